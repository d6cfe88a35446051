//! The pages, asked as a browser asks them.
#![allow(clippy::unwrap_used)] // what fails here is the test

mod common;
#[path = "pages/comparison.rs"]
mod comparison;
#[path = "pages/panel.rs"]
mod panel;
#[path = "pages/progress.rs"]
mod progress;
#[path = "pages/report.rs"]
mod report;
#[path = "pages/search.rs"]
mod search;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use common::{PASSWORD, Site};
use http_body_util::BodyExt;
use platform::RequestAsk;
use terms::Value;
use tower::ServiceExt;

/// A browser with its cookies.
struct Visitor {
    router: Router,
    cookies: Vec<(String, String)>,
}

/// An answer: status, where it sends the browser, the page.
struct Page {
    status: StatusCode,
    location: String,
    text: String,
    headers: axum::http::HeaderMap,
}

impl Page {
    fn has(&self, words: &str) -> &Page {
        assert!(self.text.contains(words), "`{words}` is not on the page ({}):\n{}", self.status, self.text);
        self
    }
    fn lacks(&self, words: &str) -> &Page {
        assert!(!self.text.contains(words), "`{words}` is on the page:\n{}", self.text);
        self
    }
    /// The value of the first input with this name.
    fn input(&self, name: &str) -> String {
        let at =
            self.text.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no input {name}: {}", self.text));
        let rest = &self.text[at..];
        rest[rest.find("value=\"").unwrap() + 7..].split('"').next().unwrap().to_owned()
    }
}

impl Visitor {
    fn new(site: &Site) -> Visitor {
        Visitor { router: site.router(), cookies: Vec::new() }
    }

    async fn signed_in(site: &Site, name: &str) -> Visitor {
        let mut visitor = Visitor::new(site);
        let page = visitor.post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(["/desk", "/morning"].contains(&page.location.as_str()), "{}", page.location);
        visitor
    }

    /// A file that is no text.
    async fn file(&self, path: &str) -> (axum::http::HeaderMap, axum::body::Bytes) {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::get(path).header(header::COOKIE, cookies.join("; ")).body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let headers = answer.headers().clone();
        (headers, answer.into_body().collect().await.unwrap().to_bytes())
    }
    async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let form: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", quoted(name), quoted(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.join("&"))).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(name, _)| name != pair.0);
            self.cookies.push((pair.0.to_owned(), pair.1.to_owned()));
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let location = headers.get(header::LOCATION).map(|at| at.to_str().unwrap().to_owned()).unwrap_or_default();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Page { status, location, text: String::from_utf8(bytes.to_vec()).unwrap(), headers }
    }

    /// Sends the form of a page with these fields.
    async fn sends(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let hidden = ["token", "command", "seen"].map(|name| (name, page.input(name)));
        let mut form: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
        form.extend(fields);
        self.post(action, &form).await
    }
}

fn quoted(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_is_refused_and_the_right_one_opens_the_desk() {
    let site = Site::new();
    let mut visitor = Visitor::new(&site);
    let page = visitor.get("/desk").await;
    assert_eq!(page.location, "/sign-in?back=/desk");
    let page = visitor.post("/sign-in", &[("name", "wang"), ("password", "wrong")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("用户名或者密码不正确").has("value=\"wang\"").lacks("value=\"wrong\"");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    visitor.get("/desk").await.has("王明").has("县司法局");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_passwords_is_slowed_down() {
    let site = Site::new();
    let mut visitor = Visitor::new(&site);
    for _ in 0..5 {
        visitor.post("/sign-in", &[("name", "wang"), ("password", "wrong")]).await.has("不正确");
    }
    visitor.post("/sign-in", &[("name", "wang"), ("password", PASSWORD)]).await.has("1分钟后再试");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_says_that_the_data_are_synthetic_and_carries_the_headers() {
    let site = Site::new();
    let id = site.received("甲");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let record = format!("/records/{id}");
    let paths = ["/", "/public", "/desk", "/records", "/new", "/figures", "/report", "/nothing", &record];
    for path in paths.into_iter().chain(["/figures/demo.received", "/new/demo/receive", "/records/999"]) {
        let page = visitor.get(path).await;
        page.has("演示数据，均为合成 / Synthetic demonstration data").has("<title>").has("lang=\"zh-CN\"");
        // Where there are charts the program's own file draws them; nothing is ever written into a page.
        let scripts = page.text.matches("<script").count();
        let own = page.text.matches("<script src=\"/assets/charts.js\" defer></script>").count();
        assert_eq!((scripts, own), if path == "/figures/demo.received" { (1, 1) } else { (0, 0) }, "{path}");
        assert!(page.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_lists_by_due_day_with_word_and_shape() {
    let site = Site::new();
    site.received("早到的");
    site.at("2026-03-09T09:00:00").received("晚到的");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let page = visitor.get("/desk").await;
    page.has("三日内届满").has("将届满").has("◆").has("今天届满").has("正常").has("●");
    assert!(page.text.find("早到的").unwrap() < page.text.find("晚到的").unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_through_its_form_gives_the_due_day() {
    let site = Site::new();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    visitor.get("/new").await.has("/new/demo/receive");
    let form = visitor.get("/new/demo/receive").await;
    form.has("name=\"f.applicant.name\"").has("type=\"date\"").has("必填").has("实际办理时间");
    let fields = [("f.applicant.kind", "person"), ("f.applicant.name", "张三"), ("f.matter", "请求撤销决定")];
    let sent = visitor.sends(&form, "/new/demo/receive", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let page = visitor.get(&sent.location).await;
    page.has("已办理：收到申请")
        .has("审查：最迟于2026-03-09（含当日）")
        .has("张三")
        .has("第1至4天")
        .has("第5天")
        .has("受理");
    visitor.get(&sent.location).await.lacks("已办理：收到申请");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_form_comes_back_with_everything_typed() {
    let site = Site::new();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let form = visitor.get("/new/demo/receive").await;
    let fields = [
        ("f.applicant.kind", "person"),
        ("f.applicant.name", "张三"),
        ("f.applicant.number", "110101199003070000"),
        ("f.applicant.address", "某村一号"),
        ("f.told_due", "三月三十二日"),
    ];
    let page = visitor.sends(&form, "/new/demo/receive", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("“事项”必须填写").has("校验位不符").has("不是有效日期").has("有3处需要改正");
    page.has("value=\"张三\"")
        .has("value=\"110101199003070000\"")
        .has("value=\"某村一号\"")
        .has("value=\"三月三十二日\"");
    assert_eq!(page.text.matches("autofocus").count(), 1, "the first wrong control takes the focus");
    assert_eq!(page.input("command"), form.input("command"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_article_and_remedy_and_keeps_the_form() {
    let site = Site::new();
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let form = visitor.get(&format!("/records/{id}/act/publish")).await;
    let page = visitor.sends(&form, &format!("/records/{id}/act/publish"), &[]).await;
    page.has("R201").has("行政复议法 第七十九条第一款").has("下一步").has("没有写入");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_asks_for_a_reason_and_takes_it() {
    let site = Site::new();
    let id = decided(&site, "revoke");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let path = format!("/records/{id}/act/close");
    let form = visitor.get(&path).await;
    form.has("撤销的应当先执行").has("reason.upheld");
    let page = visitor.sends(&form, &path, &[]).await;
    page.has("请写明理由").has("需要说明理由");
    let sent = visitor.sends(&page, &path, &[("reason.upheld", "已经另案执行")]).await;
    visitor.get(&sent.location).await.has("已经另案执行").has("已如实记录");
}

/// A record decided, through both signatures.
fn decided(site: &Site, outcome: &str) -> terms::RecordId {
    decided_of(site, "乙", outcome)
}

fn decided_of(site: &Site, matter: &str, outcome: &str) -> terms::RecordId {
    let id = site.received(matter);
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", Value::Choice(outcome.into()))]);
    for who in ["li", "zhao"] {
        assert!(matches!(site.does(who, Some(id), RequestAsk::Sign, &[]), platform::Answer::Done(_)));
    }
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_climbs_its_signatures() {
    let site = Site::new();
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    let mut officer = Visitor::signed_in(&site, "wang").await;
    let path = format!("/records/{id}/act/decide");
    let form = officer.get(&path).await;
    form.has("机构负责人、机关负责人").has("提请审批");
    let sent = officer.sends(&form, &path, &[("f.outcome", "uphold")]).await;
    officer.get(&sent.location).await.has("正在审批：决定").has("收回");
    for name in ["li", "zhao"] {
        let mut head = Visitor::signed_in(&site, name).await;
        head.get("/desk").await.has("待我签批").has("甲");
        let page = head.get(&format!("/records/{id}")).await;
        head.sends(&page, &format!("/records/{id}/sign"), &[]).await;
    }
    officer.get(&format!("/records/{id}")).await.has("祁连政复决〔2026〕1号").has("已决定").lacks("正在审批");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_second_is_told_what_happened_and_loses_nothing() {
    let site = Site::new();
    let id = site.received("甲");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    site.done("wang", id, "accept", &[]);
    let path = format!("/records/{id}/act/suspend");
    let form = visitor.get(&path).await;
    site.done("li", id, "extend", &[("extension_days", Value::Number(10))]);
    let page = visitor.sends(&form, &path, &[("f.ground", "expert")]).await;
    page.has("其他人已办理了本案卷（现有3步）").has("延长").has("value=\"expert\" checked");
    let sent = visitor.sends(&page, &path, &[("f.ground", "expert")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_command_gets_the_first_answer() {
    let site = Site::new();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let form = visitor.get("/new/demo/receive").await;
    let fields = [("f.applicant.kind", "person"), ("f.applicant.name", "张三"), ("f.matter", "甲")];
    let first = visitor.sends(&form, "/new/demo/receive", &fields).await;
    let again = visitor.sends(&form, "/new/demo/receive", &fields).await;
    assert_eq!(first.location, again.location);
    visitor.get(&again.location).await.has("没有重复写入");
    visitor.get("/records").await.has("共1件");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_agencys_record_is_not_found() {
    let site = Site::new();
    let id = site.received("保密的事");
    let mut other = Visitor::signed_in(&site, "sun").await;
    for path in [format!("/records/{id}"), format!("/records/{id}/act/accept")] {
        let page = other.get(&path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        page.has("不在您的权限之内").lacks("保密的事");
    }
    other.get("/records").await.lacks("保密的事");
    other.get("/figures/demo.received").await.has("不在您的查看权限之内").lacks("保密的事");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_sees_masks_and_a_stub() {
    let site = Site::new();
    let id = decided(&site, "uphold");
    site.done("wang", id, "pay", &[("amount", Value::Money(terms::Fen(300_000)))]);
    site.done("wang", id, "publish", &[]);
    let mut public = Visitor::new(&site);
    let page = public.get("/public").await;
    page.has("决定").has("祁连政复决").lacks("欧阳建国");
    let path = format!("/public/{id}/decision");
    public.get(&path).await.has("欧阳某").has("维持").has("摘要值").lacks("欧阳建国").lacks("13900000000");
    public.get("/public?text=没有的").await.has("没有符合条件的公开信息");
    public.get("/").await.lacks("欧阳建国");
    site.done("wang", id, "withdraw", &[]);
    public.get(&path).await.has("撤回").has("内容不再公开").lacks("欧阳");
    public.get("/figures/demo.received").await.has("登录后可以查看").lacks("乙");
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_a_field_stays_text() {
    let site = Site::new();
    let id = site.received("<script>alert(1)</script>\" onclick=\"x");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    for path in [format!("/records/{id}"), "/records".to_owned(), "/desk".to_owned()] {
        visitor.get(&path).await.lacks("<script>").lacks("onclick=\"x").has("script");
    }
    visitor.get("/records?text=%22%3E%3Cscript%3E").await.lacks("<script>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_its_token_or_from_elsewhere_is_not_taken() {
    let site = Site::new();
    let id = site.received("甲");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let page = visitor.post(&format!("/records/{id}/act/accept"), &[("seen", "1")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    page.has("没有写入任何内容");
    let foreign = Request::post("/sign-in").header("origin", "https://other.example").header("host", "here.example");
    let foreign = foreign.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(visitor.send(foreign, Body::empty()).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn general_acts_have_forms_too() {
    let site = Site::new();
    let id = site.received("写错的事项");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    visitor.get(&format!("/records/{id}")).await.has("act/correct").has("act/hand_over");
    let path = format!("/records/{id}/act/correct");
    visitor.get(&path).await.has("更正哪一项").has("某一步的办理时间");
    let form = visitor.get(&format!("{path}?field=matter")).await;
    form.has("现为：写错的事项");
    let fields = [("field", "matter"), ("f.matter", "写对的事项")];
    let page = visitor.sends(&form, &path, &fields).await;
    page.has("请写明理由").has("写对的事项");
    let sent = visitor.sends(&page, &path, &[fields[0], fields[1], ("reason", "笔误")]).await;
    visitor.get(&sent.location).await.has("更正").has("写对的事项").has("笔误");
    let form = visitor.get(&format!("/records/{id}/act/hand_over")).await;
    form.has("李华").lacks("孙丽");
    let sent = visitor.sends(&form, &format!("/records/{id}/act/hand_over"), &[("to", "li"), ("reason", "轮岗")]).await;
    visitor.get(&sent.location).await.has("轮岗");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_act_is_taken_back_and_a_time_put_right() {
    let site = Site::new();
    let id = site.received("甲");
    site.at("2026-03-03T10:00:00").done("wang", id, "accept", &[]);
    let mut head = Visitor::signed_in(&site, "li").await;
    let path = format!("/records/{id}/act/annul");
    let form = head.get(&path).await;
    form.has("第2步 · 受理");
    let sent = head.sends(&form, &path, &[("step", "2"), ("reason", "误录")]).await;
    head.get(&sent.location).await.has("已撤销").has("撤销第2步").has("误录");
    let mut officer = Visitor::signed_in(&site, "wang").await;
    let path = format!("/records/{id}/act/correct");
    let form = officer.get(&format!("{path}?field=@time")).await;
    let fields = [("field", "@time"), ("step", "1"), ("time", "bad"), ("reason", "笔误")];
    let page = officer.sends(&form, &path, &fields).await;
    page.has("不是有效时间").has("value=\"bad\"").has("笔误");
    let fields = [("field", "@time"), ("step", "1"), ("time", "2026-02-27T15:00"), ("reason", "笔误")];
    let sent = officer.sends(&page, &path, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let form = officer.get(&format!("/records/{id}/act/stand_in")).await;
    let path = format!("/records/{id}/act/stand_in");
    officer.sends(&form, &path, &[("to", "li"), ("until", "x")]).await.has("不是有效日期").has("请写明理由");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_goes_back_with_its_reason() {
    let site = Site::new();
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", Value::Choice("uphold".into()))]);
    let mut head = Visitor::signed_in(&site, "li").await;
    let path = format!("/records/{id}/return");
    let form = head.get(&path).await;
    let page = head.sends(&form, &path, &[]).await;
    page.has("请写明理由");
    let sent = head.sends(&page, &path, &[("reason", "事实不清")]).await;
    head.get(&sent.location).await.has("退回：决定").has("事实不清").lacks("正在审批");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_malformed_is_told_in_words() {
    let site = Site::new();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let large = "x".repeat(400_000); // each letter is three in the form
    let page = visitor.post("/new/demo/receive", &[("f.matter", &large)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    page.has("超过1兆字节");
    let other = Request::post("/new/demo/receive").header(header::CONTENT_TYPE, "text/plain");
    visitor.send(other, Body::from("x")).await.has("请求无法识别");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_opens_into_its_records_and_adds_up() {
    let site = Site::new();
    let id = decided(&site, "uphold");
    site.done("wang", id, "pay", &[("amount", Value::Money(terms::Fen(300_050)))]);
    site.received("丙");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    visitor.get("/figures").await.has("收到数").has("/figures/demo.received?from=2026-01-01");
    let page = visitor.get("/figures/demo.received?from=2026-01-01&to=2026-12-31").await;
    page.has("逐件合计2，与该数一致").has("以下列行为首次办理之日计入：收到申请").has("丙").has("截至日志第");
    visitor.get("/figures/demo.paid").await.has("3000.5").has("逐件合计3000.5，与该数一致");
    visitor.get("/figures/demo.by_outcome?part=uphold").await.has("逐件合计1");
    visitor.get("/figures?place=999999").await.has("已改用默认值");
    visitor.get("/figures?from=%E4%B9%B1&place=x").await.has("已改用默认值");
    assert_eq!(visitor.get("/figures/no.such").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_opening_act_of_the_catalogue_has_its_form() {
    let site = Site::over(testkit::repository().unwrap());
    common::with_every_post(&site);
    let mut visitor = Visitor::signed_in(&site, "all").await;
    let page = visitor.get("/new").await;
    let forms: Vec<&str> = page.text.split("href=\"/new/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(forms.len() > 5, "{forms:?}");
    for form in forms {
        let path = format!("/new/{form}");
        let page = visitor.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        page.has("name=\"command\"");
        let back = visitor.sends(&page, &path, &[]).await;
        assert_ne!(back.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_and_paged() {
    let site = Site::new();
    for n in 0..51 {
        site.at("2026-03-02T10:00:00").received(&format!("事项{n:03}"));
    }
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let page = visitor.get("/records").await;
    page.has("共51件").has("事项050").lacks("事项000").has("下一页");
    let at = page.text.find("href=\"/records?after=").unwrap();
    let next = page.text[at + 6..].split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    visitor.get(&next).await.has("事项000").lacks("事项050").has("回到第一页");
    visitor.get("/records?text=%E4%BA%8B%E9%A1%B9007").await.has("共1件");
    visitor.get("/records?state=closed").await.has("没有符合条件的案卷");
    visitor.get("/records?from=bad").await.has("无法识别");
}

#[tokio::test(flavor = "multi_thread")]
async fn english_by_a_switch_on_every_page() {
    let site = Site::new();
    let id = site.received("甲");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let page = visitor.get("/language/en?back=/desk").await;
    assert_eq!(page.location, "/desk");
    visitor.get("/desk").await.has("lang=\"en\"").has("In time").lacks("待办");
    visitor
        .get(&format!("/records/{id}"))
        .await
        .has("Why this date")
        .has("What may be done next")
        .lacks("为什么是这一天");
    visitor.get("/nothing").await.has("There is no such page");
    assert_eq!(visitor.get("/language/zh?back=//other.example").await.location, "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_loses_nothing_that_was_typed() {
    let site = Site::new();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let form = visitor.get("/new/demo/receive").await;
    visitor.cookies.clear();
    let fields = [("f.applicant.kind", "person"), ("f.applicant.name", "张三"), ("f.matter", "长长的\n事项")];
    let page = visitor.sends(&form, "/new/demo/receive", &fields).await;
    page.has("登录已失效").has("name=\"kept.f.matter\"").lacks("kept.token");
    let mut again = vec![("name", "wang"), ("password", PASSWORD), ("back", "/new/demo/receive")];
    let command = form.input("command");
    again.extend([("kept.f.applicant.kind", "person"), ("kept.f.applicant.name", "张三"), ("kept.f.matter", "长长的")]);
    again.push(("kept.command", &command));
    let page = visitor.post("/sign-in", &again).await;
    page.has("已重新登录").has("value=\"张三\"").has("长长的");
    let sent = visitor.sends(&page, "/new/demo/receive", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_came_back_still_knows_what_it_saw() {
    let site = Site::new();
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let path = format!("/records/{id}/act/suspend");
    let form = visitor.get(&path).await;
    site.done("li", id, "extend", &[("extension_days", Value::Number(10))]);
    let page = visitor.sends(&form, &path, &[]).await;
    page.has("“理由”必须填写");
    visitor.sends(&page, &path, &[("f.ground", "expert")]).await.has("其他人已办理了本案卷");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session() {
    let site = Site::new();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let token = visitor.get("/desk").await.input("token");
    visitor.post("/sign-out", &[("token", &token)]).await;
    assert_eq!(visitor.get("/desk").await.location, "/sign-in?back=/desk");
}

/// Another program on the same store, with the visitor's cookies.
fn elsewhere(visitor: &Visitor, site: &Site) -> Visitor {
    Visitor { router: site.another().router(), cookies: visitor.cookies.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_program_on_the_store_knows_the_session() {
    let site = Site::new();
    let mut one = Visitor::signed_in(&site, "wang").await;
    let mut two = elsewhere(&one, &site);
    two.get("/desk").await.has("王明");
    // What one does, the other tells.
    let form = one.get("/new/demo/receive").await;
    let fields = [("f.applicant.kind", "person"), ("f.applicant.name", "张三"), ("f.matter", "甲")];
    let sent = two.sends(&form, "/new/demo/receive", &fields).await;
    one.get(&sent.location).await.has("已办理：收到申请");
    two.get(&sent.location).await.lacks("已办理：收到申请");
    let token = two.get("/desk").await.input("token");
    two.post("/sign-out", &[("token", &token)]).await;
    assert_eq!(one.get("/desk").await.location, "/sign-in?back=/desk");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_nothing_for_half_an_hour_signs_in_again() {
    let site = Site::new();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    site.at("2026-03-02T10:29:00");
    assert_eq!(visitor.get("/desk").await.status, StatusCode::OK);
    site.at("2026-03-02T10:58:00");
    assert_eq!(visitor.get("/desk").await.status, StatusCode::OK);
    site.at("2026-03-02T11:28:01");
    assert_eq!(visitor.get("/desk").await.location, "/sign-in?back=/desk");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_counts_in_every_program() {
    let site = Site::new();
    let mut visitor = Visitor::new(&site);
    for _ in 0..5 {
        elsewhere(&visitor, &site).post("/sign-in", &[("name", "wang"), ("password", "wrong")]).await.has("不正确");
    }
    let right = [("name", "wang"), ("password", PASSWORD)];
    visitor.post("/sign-in", &right).await.has("1分钟后再试");
    site.at("2026-03-02T10:01:00");
    assert_eq!(visitor.post("/sign-in", &right).await.location, "/desk");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_the_browsers_alone() {
    let site = Site::new();
    let mut visitor = Visitor::new(&site);
    let page = visitor.post("/sign-in", &[("name", "wang"), ("password", PASSWORD)]).await;
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    let (_, flags) = cookie.split_once("; ").unwrap();
    assert_eq!(flags, "HttpOnly; SameSite=Lax; Path=/; Max-Age=43200");
    let first = visitor.cookies.clone();
    visitor.post("/sign-in", &[("name", "wang"), ("password", PASSWORD)]).await;
    assert_ne!(visitor.cookies, first, "a new token each time");
    visitor.cookies = first;
    assert_eq!(visitor.get("/desk").await.location, "/sign-in?back=/desk", "and the old one has ended");
}

#[test]
fn every_sentence_that_a_page_asks_for_is_there() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut asked = 0;
    let files = ["templates", "src", "src/api"].iter().flat_map(|name| std::fs::read_dir(folder.join(name)).unwrap());
    for path in files.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(&path).unwrap();
        for call in [".t(\"", ".t1(\"", "say(\"", "titled(\""] {
            for rest in text.split(call).skip(1) {
                let code = rest.split('"').next().unwrap();
                asked += 1;
                assert!(wording::has(procedure::Language::Zh, code), "{}: `{code}`", path.display());
            }
        }
    }
    assert!(asked > 100, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_is_shown_once_and_taken_back() {
    let site = Site::new();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let page = visitor.get("/account").await;
    page.has("王明 (wang)").has("县司法局").has("还没有访问令牌").lacks("fazhi_");
    let form = page.input("token");
    let foreign = visitor.post("/account/tokens", &[("label", "甲"), ("days", "30"), ("writes", "no")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let wrong =
        visitor.post("/account/tokens", &[("token", &form), ("label", ""), ("days", "5"), ("writes", "no")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.has("必须填写").lacks("id=\"fresh\"");
    let made = visitor
        .post("/account/tokens", &[("token", &form), ("label", "报表程序"), ("days", "30"), ("writes", "no")])
        .await;
    assert_eq!((made.status, made.headers["cache-control"].to_str().unwrap()), (StatusCode::OK, "no-store"));
    let token = made.text.split("<code id=\"fresh\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(token.len(), "fazhi_".len() + 64);
    let bearer = site.platform.bearer(&common::government(), &token).unwrap().unwrap();
    assert_eq!((bearer.person, bearer.writes), (site.person("wang"), false));
    let page = visitor.get("/account").await;
    page.has("报表程序").lacks(&token);
    let id = page.input("id");
    let mut other = Visitor::signed_in(&site, "li").await;
    let others = other.get("/account").await.input("token");
    other.post("/account/tokens/end", &[("token", &others), ("id", &id)]).await;
    assert!(site.platform.bearer(&common::government(), &token).unwrap().is_some());
    visitor.post("/account/tokens/end", &[("token", &form), ("id", &id)]).await;
    assert!(site.platform.bearer(&common::government(), &token).unwrap().is_none());
    visitor.get("/account").await.has("令牌已撤销").has("还没有访问令牌");
    let mut nobody = Visitor::new(&site);
    assert_eq!(nobody.get("/account").await.location, "/sign-in?back=/account");
}

/// A site whose line issues a document on acceptance and one on payment, which lacks what nobody filled in.
fn site_with_documents() -> Site {
    let documents = r#"
[document.notice]
title = { zh = "受理通知书", en = "Notice of acceptance" }
on = "accept"
law = "行政复议法 30.1"
[document.receipt]
title = { zh = "收件凭证", en = "Receipt" }
on = "receive"
law = "行政复议法 30.1"
"#;
    let line = format!("{}\n{documents}", testkit::DEMO);
    let templates = [("demo/notice", "{{申请人}}:{{机关}}于{{日期}}受理。"), ("demo/receipt", "有效期至{{有效期至}}")];
    Site::over(testkit::small_with(&[("demo/2024", &line)], &templates).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_offered_and_taken_away() {
    let site = site_with_documents();
    let record = site.received("甲");
    site.done("wang", record, "accept", &[]);
    let mut wang = Visitor::signed_in(&site, "wang").await;
    let page = wang.get(&format!("/records/{record}")).await;
    page.has("受理通知书").has(&format!("/records/{record}/documents/2/notice.docx")).lacks("casefile.pdf");

    let path = format!("/records/{record}/documents/2/notice.docx");
    let (headers, bytes) = wang.file(&path).await;
    let header = |name| headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert!(header(header::CONTENT_TYPE).ends_with("wordprocessingml.document"));
    assert!(header(header::CONTENT_DISPOSITION).starts_with("attachment; filename*=UTF-8''%E5%8F%97"));
    assert_eq!(header(header::CACHE_CONTROL), "no-store");
    let told = papers::Template::read(&bytes).unwrap().lines().join("\n");
    assert!(told.starts_with("欧阳建国:县司法局于2026年3月2日受理。"), "{told}");

    // What is lacking is told, and who may not see the record gets nothing.
    let page = wang.get(&format!("/records/{record}/documents/1/receipt.docx")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.has("有效期至");
    for path in
        ["documents/2/notice.pdf", "documents/2/other.docx", "documents/1/notice.docx", "documents/x/notice.docx"]
    {
        let page = wang.get(&format!("/records/{record}/{path}")).await;
        assert!(page.status.is_client_error(), "{path}");
    }
    let mut sun = Visitor::signed_in(&site, "sun").await;
    assert_eq!(sun.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sun.get(&format!("/records/{record}/casefile.pdf")).await.status, StatusCode::NOT_FOUND);
    let mut nobody = Visitor::new(&site);
    assert!(nobody.get(&path).await.location.starts_with("/sign-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_without_the_press_says_how_to_get_it() {
    let site = site_with_documents();
    let record = site.received("甲");
    let mut wang = Visitor::signed_in(&site, "wang").await;
    let page = wang.get(&format!("/records/{record}/casefile.pdf")).await;
    assert_eq!(page.status, StatusCode::NOT_IMPLEMENTED);
    page.has("--features press");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_file_is_handed_out_as_it_is_printed() {
    let site = site_with_documents();
    let record = site.received("甲");
    let printer = web::Printer {
        case_file: |file| Ok(format!("%PDF {} {}", file.line, file.events.len()).into_bytes()),
        letter: |letter| Ok(format!("%PDF {}", letter.lines[0].text).into_bytes()),
    };
    let options = web::Options { printer: Some(printer), ..common::options() };
    let mut wang = Visitor::signed_in(&site, "wang").await;
    wang.router = web::router(site.platform.clone(), options);
    let path = format!("/records/{record}/casefile.pdf");
    wang.get(&format!("/records/{record}")).await.has(&path);
    let page = wang.get(&path).await;
    assert_eq!(page.headers[header::CONTENT_TYPE], "application/pdf");
    assert_eq!(page.text, "%PDF 示范 1");
}
