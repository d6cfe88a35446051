//! Between records: messages that wait for somebody, and one decision over many.
#![allow(clippy::unwrap_used)] // what fails here is the test

#[path = "../common/mod.rs"]
mod common;
#[path = "../rights/visitor.rs"]
mod visitor;

use axum::http::StatusCode;
use common::{PASSWORD, Site, government};
use ledger::{AccountRow, AgencyRow};
use platform::hash_password;
use terms::GovernmentCode;
use testkit::{LIST, TASK};
use visitor::Visitor;

const NASTY: &str = "<script>alert(1)</script>\"'; DROP TABLE message; --";

/// The prefecture above, with one office and one person.
fn above(site: &Site) -> GovernmentCode {
    let above: GovernmentCode = "632200".parse().unwrap();
    let store = site.platform.store();
    let mut tx = store.begin(&above).unwrap();
    let place = above.clone();
    let agency = AgencyRow { government: above.clone(), code: "xfj".into(), name: "州信访局".into(), place };
    tx.put_agency(&agency).unwrap();
    tx.put_account(&AccountRow {
        government: above.clone(),
        name: "ma".into(),
        shown: "马红".into(),
        agency: "xfj".into(),
        posts: vec!["handler".into()],
        password: hash_password(PASSWORD, [3; 16]).unwrap(),
    })
    .unwrap();
    tx.commit().unwrap();
    above
}

/// Sends a form of a page with the token that it carries.
async fn act(visitor: &mut Visitor, path: &str, fields: &[(&str, &str)]) -> visitor::Page {
    let page = visitor.get(path).await;
    let (token, command, seen) = (page.input("token"), page.input("command"), page.input("seen"));
    let mut form = vec![("token", token.as_str()), ("command", command.as_str()), ("seen", seen.as_str())];
    form.extend(fields);
    visitor.post(path, &form).await
}

/// A task of the prefecture that is given to an agency of the county; gives its page.
async fn given(site: &Site, to: &str) -> (Visitor, String) {
    above(site);
    let mut ma = Visitor::signed_in(site, "ma@632200", PASSWORD).await;
    let opened = act(&mut ma, "/new/task/register", &[("f.matter", NASTY)]).await;
    opened.is(StatusCode::SEE_OTHER);
    let record = opened.location.clone();
    ma.get(&record).await.has("海北藏族自治州");
    let gave = act(&mut ma, &format!("{record}/act/give"), &[("f.given_to", to)]).await;
    gave.is(StatusCode::SEE_OTHER);
    site.platform.deliver(None).unwrap();
    (ma, record)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_goes_down_and_its_answer_comes_back() {
    let site = Site::over(testkit::small(&[("task/2022", TASK)]).unwrap());
    let (mut ma, record) = given(&site, "632222/justice").await;
    ma.get(&record).await.has("联办往来").has("已送达").lacks("<script>");
    let mut wang = Visitor::signed_in(&site, "wang", PASSWORD).await;
    let list = wang.get("/records").await;
    let below = list.text.split("href=\"/records/").nth(1).unwrap().split(['"', '?']).next().unwrap().to_owned();
    wang.get(&format!("/records/{below}")).await.has("来文立卷").has("海北藏族自治州").lacks("<script>");
    act(&mut wang, &format!("/records/{below}/act/reply"), &[("f.answer", "已经疏通")]).await.is(StatusCode::SEE_OTHER);
    site.platform.deliver(None).unwrap();
    ma.get(&record).await.has("已经疏通").has("办结");
    // Nobody of the one government sees the other's records.
    wang.get(&format!("{record}?of=632200")).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_finds_no_agency_is_looked_after_by_a_person_who_may() {
    let site = Site::over(testkit::small(&[("task/2022", TASK)]).unwrap());
    let (mut ma, record) = given(&site, "632222/nobody").await;
    ma.get(&record).await.has("对方待处理");
    ma.get("/messages").await.has("不能确定由哪个机构办理").has(&record);
    let mut sun = Visitor::signed_in(&site, "sun", PASSWORD).await;
    sun.get("/messages").await.has("没有待处理的").lacks("name=\"message\"");
    let mut wang = Visitor::signed_in(&site, "wang", PASSWORD).await;
    let page = wang.get("/messages").await;
    page.has("海北藏族自治州").lacks("<script>");
    let (token, message) = (page.input("token"), page.input("message"));
    let foreign = [("message", message.as_str()), ("agency", "justice"), ("do", "take")];
    wang.post("/messages", &foreign).await.is(StatusCode::FORBIDDEN);
    let form = |agency| [("token", token.as_str()), ("message", message.as_str()), ("agency", agency), ("do", "take")];
    wang.post("/messages", &form("nobody")).await.is(StatusCode::SEE_OTHER);
    wang.get("/messages").await.has("仍不能办理");
    wang.post("/messages", &form("justice")).await.is(StatusCode::SEE_OTHER);
    wang.get("/messages").await.has("已收下").has("没有待处理的");
    ma.get(&record).await.has("已送达");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_back_says_why() {
    let site = Site::over(testkit::small(&[("task/2022", TASK)]).unwrap());
    let (mut ma, record) = given(&site, "632222/nobody").await;
    let mut wang = Visitor::signed_in(&site, "wang", PASSWORD).await;
    let page = wang.get("/messages").await;
    let (token, message) = (page.input("token"), page.input("message"));
    let form = |reason| [("token", token.as_str()), ("message", message.as_str()), ("reason", reason), ("do", "back")];
    wang.post("/messages", &form("")).await.is(StatusCode::SEE_OTHER);
    wang.get("/messages").await.has("请写明退回理由");
    wang.post("/messages", &form(NASTY)).await.is(StatusCode::SEE_OTHER);
    wang.get("/messages").await.has("已退回").has("没有待处理的");
    ma.get("/messages").await.has("退回理由").lacks("<script>");
    ma.get(&record).await.has("已退回").lacks("<script>");
    wang.post("/messages", &form("again")).await.is(StatusCode::SEE_OTHER);
    wang.get("/messages").await.has("已经处理过");
    let nothing = [("token", token.as_str()), ("message", "nothing"), ("do", "take")];
    wang.post("/messages", &nothing).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_of_one_government() {
    let site = Site::over(testkit::small(&[("task/2022", TASK)]).unwrap());
    above(&site);
    for name in ["ma", "wang@632200", "ma@630000", "ma@", "@632200"] {
        let page = Visitor::new(&site).post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        page.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let mut ma = Visitor::signed_in(&site, "ma@632200", PASSWORD).await;
    ma.get("/desk").await.is(StatusCode::OK);
    let token = ma.get("/desk").await.input("token");
    ma.post("/sign-out", &[("token", &token)]).await;
    ma.get("/desk").await.is(StatusCode::SEE_OTHER);
}

/// A site with so many documents in force, the last based on nothing.
fn documents(many: usize) -> Site {
    let site = Site::over(testkit::small(&[("list/2022", LIST)]).unwrap());
    site.at("2026-06-01T09:00:00");
    let who = site.person("wang");
    for at in 0..many {
        let inputs = [
            ("title".into(), terms::Value::Text(format!("文件{at}"))),
            ("binding".into(), terms::Value::Bool(at + 1 < many)),
        ];
        let request = platform::Request {
            id: terms::CommandId([u8::try_from(at).unwrap() + 100; 16]),
            who: who.clone(),
            record: None,
            line: "list".into(),
            seen: None,
            ask: platform::RequestAsk::Act("issue".into()),
            inputs: inputs.to_vec(),
            reasons: Vec::new(),
            attachments: Vec::new(),
            done_at: None,
            place: None,
            handler: None,
            standing: kernel::Standing::Normal,
            grant: None,
        };
        assert!(matches!(site.platform.submit(request).unwrap(), platform::Answer::Done(_)));
    }
    let store = site.platform.store();
    let mut tx = store.begin(&government()).unwrap();
    tx.put_account(&AccountRow {
        government: government(),
        name: "bai".into(),
        shown: "白云".into(),
        agency: "justice".into(),
        posts: vec!["head_of_government".into()],
        password: hash_password(PASSWORD, [3; 16]).unwrap(),
    })
    .unwrap();
    tx.commit().unwrap();
    site
}

/// The verdicts of a campaign's page: the same on every record, but for the last.
fn verdicts(page: &visitor::Page, all: &str, last: &str) -> Vec<(String, String)> {
    let names = page.text.split("name=\"verdict.").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut ids: Vec<u64> = names.map(|id| id.parse().unwrap()).collect();
    ids.sort_unstable();
    let newest = ids.last().copied();
    let verdict = |id: u64| if Some(id) == newest { last } else { all };
    ids.into_iter().map(|id| (format!("verdict.{id}"), verdict(id).to_owned())).collect()
}

async fn decides(visitor: &mut Visitor, doing: &str, all: &str, last: &str) -> visitor::Page {
    let page = visitor.get("/campaigns/list/cleanup").await;
    let (token, command) = (page.input("token"), page.input("command"));
    let chosen = verdicts(&page, all, last);
    let mut form = vec![("token", token.as_str()), ("command", command.as_str()), ("do", doing)];
    form.extend(chosen.iter().map(|(name, verdict)| (name.as_str(), verdict.as_str())));
    visitor.post("/campaigns/list/cleanup", &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_decision_over_many_documents() {
    let site = documents(6);
    let mut wang = Visitor::signed_in(&site, "wang", PASSWORD).await;
    wang.get("/campaigns").await.has("规范性文件清理").has("/campaigns/list/cleanup");
    let none = decides(&mut wang, "decide", "", "").await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).has("请至少为一件选择意见");
    let refused = decides(&mut wang, "decide", "keep", "keep").await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).has("决定没有作出").has("没有依据的不能继续有效");
    decides(&mut wang, "try", "keep", "end").await.has("试算通过");
    let stands = decides(&mut wang, "decide", "keep", "end").await;
    stands.is(StatusCode::SEE_OTHER);
    wang.get("/campaigns/list/cleanup").await.has("文号祁连政清〔2026〕1号").lacks("全部签批");
    let mut bai = Visitor::signed_in(&site, "bai", PASSWORD).await;
    let page = bai.get("/campaigns/list/cleanup").await;
    page.has("祁连政清〔2026〕1号").has("涉及1件");
    let (token, command, records) = (page.input("token"), page.input("command"), page.input("records"));
    let form = [("token", token.as_str()), ("command", command.as_str()), ("records", records.as_str())];
    wang.sends("/campaigns/list/cleanup/sign", &form[1..]).await;
    wang.get("/campaigns/list/cleanup").await.has("这批提请已有变化");
    bai.post("/campaigns/list/cleanup/sign", &form).await.is(StatusCode::SEE_OTHER);
    bai.get("/campaigns/list/cleanup").await.has("已签批1件").lacks("全部签批");
    let mut sun = Visitor::signed_in(&site, "sun", PASSWORD).await;
    sun.get("/campaigns/list/cleanup").await.is(StatusCode::NOT_FOUND);
    sun.get("/campaigns").await.has("没有可以办理的专项");
}
