//! Desks as a browser asks for them: drafts, signing, remarks, notices, a leader's morning, the file of a case.
#![allow(clippy::unwrap_used)] // what fails here is the test

mod common;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use common::{PASSWORD, Site, government};
use http_body_util::BodyExt;
use platform::{Answer, RequestAsk};
use terms::{Fen, RecordId, Value};
use tower::ServiceExt;

/// Somebody at a browser.
struct Visitor {
    router: Router,
    cookie: String,
}

struct Page {
    status: StatusCode,
    location: String,
    text: String,
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
    /// The hidden fields of the form that goes to a place.
    fn form(&self, action: &str) -> Vec<(String, String)> {
        let from = self.text.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("{action}: {}", self.text));
        let form = self.text[from..].split("</form>").next().unwrap();
        let inputs = form.split("<input type=\"hidden\" ").skip(1);
        let part = |input: &str, name: &str| {
            input.split(&format!("{name}=\"")).nth(1).map(|rest| rest.split('"').next().unwrap().to_owned())
        };
        inputs.map(|input| (part(input, "name").unwrap(), part(input, "value").unwrap())).collect()
    }
}

impl Visitor {
    async fn signed_in(site: &Site, name: &str) -> (Visitor, Page) {
        let mut visitor = Visitor { router: site.router(), cookie: String::new() };
        let page = visitor.post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let first = visitor.get(&page.location).await;
        (visitor, Page { location: page.location, ..first })
    }

    async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let quoted = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let form: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", quoted(name), quoted(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.join("&"))).await
    }

    /// Sends a page's form with some fields more, and goes where it leads.
    async fn sends(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let hidden = page.form(action);
        let mut form: Vec<(&str, &str)> = hidden.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        form.extend(fields);
        let sent = self.post(action, &form).await;
        if sent.status != StatusCode::SEE_OTHER {
            return sent;
        }
        let next = self.get(sent.location.split('#').next().unwrap()).await;
        Page { location: sent.location, ..next }
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let request = request.header(header::COOKIE, &self.cookie).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map(|at| at.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Page { status, location: location.unwrap_or_default(), text: String::from_utf8(bytes.to_vec()).unwrap() }
    }
}

fn proposed(site: &Site, matter: &str) -> RecordId {
    let id = site.received(matter);
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", Value::Choice("uphold".into()))]);
    id
}

fn tell(site: &Site) {
    site.platform.tell_news(&government(), "test").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_put_aside_and_taken_up_again() {
    let site = Site::new();
    let (mut wang, _) = Visitor::signed_in(&site, "wang").await;
    let form = wang.get("/new/demo/receive").await;
    // Half of it: nothing needs to be right yet.
    let aside = [("f.applicant.name", "王小二"), ("f.matter", "请求<b>"), ("do", "aside")];
    let desk = wang.sends(&form, "/new/demo/receive", &aside).await;
    assert_eq!(desk.location, "/desk?tab=drafts");
    desk.has("已存为草稿，没有提交").has("收到申请").has("草稿 1").lacks("王小二");
    let at = desk.text.find("/drafts/").unwrap();
    let draft = desk.text[at..].split('"').next().unwrap().to_owned();

    let (mut li, _) = Visitor::signed_in(&site, "li").await;
    assert_eq!(li.get(&draft).await.status, StatusCode::NOT_FOUND, "another's");
    li.get("/desk?tab=drafts").await.lacks("/drafts/").has("没有草稿");

    let again = wang.get(&draft).await;
    again.has("暂存的草稿，尚未提交").has("value=\"王小二\"").has("请求&#60;b&#62;");
    let fields = [("f.applicant.kind", "person"), ("f.applicant.name", "王小二"), ("f.matter", "请求")];
    wang.sends(&again, "/new/demo/receive", &fields).await.has("已办理：收到申请");
    wang.get("/desk?tab=drafts").await.lacks("/drafts/");
    assert_eq!(wang.get(&draft).await.status, StatusCode::NOT_FOUND);

    // And thrown away.
    let form = wang.get("/new/demo/receive").await;
    let desk = wang.sends(&form, "/new/demo/receive", &[("f.matter", "x"), ("do", "aside")]).await;
    let at = desk.text.find("/drafts/").unwrap();
    let draft = desk.text[at..].split('"').next().unwrap().to_owned();
    wang.sends(&desk, &draft, &[]).await.has("草稿已删除").lacks("/drafts/");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signing_page_says_all_and_signs_with_one_tap() {
    let site = Site::new();
    let id = proposed(&site, "甲");
    let (mut li, first) = Visitor::signed_in(&site, "li").await;
    assert_eq!(first.location, "/morning");
    first.has("待我签批").has(&format!("/records/{id}/sign"));
    let path = format!("/records/{id}/sign");
    li.get("/desk").await.has(&path);
    let page = li.get(&path).await;
    page.has("签批：决定").has("维持").has("王明").has("机构负责人").has("机关负责人").has("待签批").has("其后签批");
    page.has("欧阳建国")
        .has("受理 → <strong>已决定</strong>")
        .has("行政复议法 第六十一条第一款")
        .has("签批后转下一级签批");
    let after = li.sends(&page, &path, &[]).await;
    after.has("已签批").lacks("签批同意");

    let (mut zhao, _) = Visitor::signed_in(&site, "zhao").await;
    let page = zhao.get(&path).await;
    page.has("李华 2026-03-02 10:00").has("最后一级签批人");
    let back = format!("/records/{id}/return");
    zhao.sends(&page, &back, &[("reason", "")]).await.has("请写明理由");
    zhao.sends(&page, &back, &[("reason", "依据不足")]).await.has("已退回").has("依据不足");
    assert_eq!(zhao.get(&path).await.location, format!("/records/{id}"), "nothing is proposed any more");
    let (mut sun, _) = Visitor::signed_in(&site, "sun").await;
    assert_eq!(sun.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_would_meet_a_refusal_says_so_first() {
    let site = Site::new();
    let id = proposed(&site, "甲");
    assert!(matches!(site.does("li", Some(id), RequestAsk::Sign, &[]), Answer::Done(_)));
    site.done("wang", id, "notify", &[("hearing_on", Value::Date(common::day("2026-03-20")))]);
    let (mut zhao, _) = Visitor::signed_in(&site, "zhao").await;
    zhao.get(&format!("/records/{id}/sign")).await.has("按目前情况，签批不能生效").has("R201");
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_counted_read_and_opened() {
    let site = Site::new();
    let id = proposed(&site, "甲");
    tell(&site);
    let (mut li, first) = Visitor::signed_in(&site, "li").await;
    first.has("class=\"badge\">1<");
    let list = li.get("/notices").await;
    list.has("王明提请您签批：决定").has("甲").has("未读");
    let at = list.text.find("action=\"/notices/").unwrap() + 8;
    let one = list.text[at..].split('"').next().unwrap().to_owned();
    let opened = li.sends(&list, &one, &[]).await;
    assert_eq!(opened.location, format!("/records/{id}/sign"));
    opened.lacks("class=\"badge\"");
    let (mut wang, _) = Visitor::signed_in(&site, "wang").await;
    assert_eq!(wang.post(&one, &[("token", "")]).await.status, StatusCode::FORBIDDEN);
    let token = wang.get("/desk").await.form("/sign-out")[0].1.clone();
    assert_eq!(wang.post(&one, &[("token", &token)]).await.status, StatusCode::NOT_FOUND, "another's");
    for who in ["li", "zhao"] {
        assert!(matches!(site.does(who, Some(id), RequestAsk::Sign, &[]), Answer::Done(_)));
    }
    tell(&site);
    let list = wang.get("/notices").await;
    list.has("您提请的已由赵刚签批").has("全部标为已读");
    wang.sends(&list, "/notices", &[]).await.lacks("未读").lacks("class=\"badge\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn remarks_stand_beside_a_record_and_leave_a_stub() {
    let site = Site::new();
    let id = site.received("甲");
    let (mut wang, _) = Visitor::signed_in(&site, "wang").await;
    let (record, remarks) = (format!("/records/{id}"), format!("/records/{id}/remarks"));
    let page = wang.get(&record).await;
    let written = wang.sends(&page, &remarks, &[("remark", "@李华 <i>请看附图</i>")]).await;
    written.has("批注已写入").has("&#60;i&#62;请看附图").lacks("<i>");
    tell(&site);
    let (mut li, first) = Visitor::signed_in(&site, "li").await;
    first.has("class=\"badge\">1<");
    li.get("/notices").await.has("王明在批注中提到了您");
    li.get(&record).await.has("请看附图").lacks(&format!("{remarks}/1"));
    let gone = wang.sends(&written, &format!("{remarks}/1"), &[]).await;
    gone.has("批注已撤回").has("批注已于2026-03-02 10:00撤回").lacks("请看附图");
    let (mut sun, _) = Visitor::signed_in(&site, "sun").await;
    let token = sun.get("/desk").await.form("/sign-out")[0].1.clone();
    let sent = sun.post(&remarks, &[("token", &token), ("command", &"11".repeat(16)), ("remark", "x")]).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_file_begins_with_what_presses() {
    let site = Site::new();
    let id = site.received("甲");
    let (mut wang, first) = Visitor::signed_in(&site, "wang").await;
    assert_eq!(first.location, "/desk");
    first.has("我的待办").lacks("/morning");
    let page = wang.get(&format!("/records/{id}")).await;
    page.has("申请人：欧阳建国").has("2026-03-09").has("还有7天").has("为什么是这一天").has("下一步");
    site.at("2026-03-10T09:00:00");
    site.platform.put_through(&government(), None).unwrap();
    // The session ended over these days.
    let (mut wang, _) = Visitor::signed_in(&site, "wang").await;
    wang.get(&format!("/records/{id}")).await.has("pressing late").has("已过1天");
    wang.get("/desk").await.has("已逾期").has("审查 2026-03-09");
    assert_eq!(wang.get("/morning").await.status, StatusCode::NOT_FOUND);
    let (_, first) = Visitor::signed_in(&site, "zhao").await;
    first.has("已逾期、尚未办结").has("tab=agency&#38;agency=justice").has("县司法局 <strong>1</strong>");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_annulment_shows_what_it_restates_before_it_is_sent() {
    let site = Site::new();
    let id = proposed(&site, "甲");
    for who in ["li", "zhao"] {
        assert!(matches!(site.does(who, Some(id), RequestAsk::Sign, &[]), Answer::Done(_)));
    }
    site.done("wang", id, "pay", &[("amount", Value::Money(Fen(300_050)))]);
    let (mut li, _) = Visitor::signed_in(&site, "li").await;
    let path = format!("/records/{id}/act/annul");
    let form = li.get(&path).await;
    form.has("撤销后将重新统计的指标").has("缴纳额").has("3000.5 元").lacks("决定数");
    let step = form.text.split("name=\"step\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    li.sends(&form, &path, &[("step", &step), ("reason", "误录")]).await.has("已办理：撤销上一步");
}
