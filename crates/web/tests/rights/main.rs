//! Rights and administration as a browser meets them.
#![allow(clippy::unwrap_used)] // what fails here is the test

#[path = "../common/mod.rs"]
mod common;
mod visitor;

use axum::http::StatusCode;
use common::{PASSWORD, Site, government};
use ledger::{AccountRow, AgencyRow};
use platform::{RequestAsk, hash_password};
use terms::Value;
use visitor::{Visitor, quoted};

/// What attacks a page and a statement.
const NASTY: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>'; DROP TABLE account; --";

/// The three administrators, each with everybody's password.
fn administrators(site: &Site) {
    let hash = hash_password(PASSWORD, [3; 16]).unwrap();
    for (name, shown, post) in [
        ("root", "系统", "system_administrator"),
        ("guard", "安全", "security_administrator"),
        ("eye", "审计", "security_auditor"),
    ] {
        site.platform.appoint(&government(), (name, shown), ("office", "信息中心"), post, &hash).unwrap();
        let who = site.person(name);
        // As after the first sign-in: the test of the change is another.
        let store = site.platform.store();
        let mut tx = store.begin(&government()).unwrap();
        let (government, account) = (government(), who.account);
        tx.put_standing(&ledger::StandingRow { government, account, closed: None, renew: false }).unwrap();
        tx.commit().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_administrators_finds_administration() {
    let site = Site::new();
    administrators(&site);
    let pages = [
        "/admin",
        "/admin/people",
        "/admin/people/wang",
        "/admin/agencies",
        "/admin/posts",
        "/admin/log",
        "/admin/looks",
    ];
    let mut clerk = Visitor::signed_in(&site, "wang", PASSWORD).await;
    for path in pages {
        clerk.get(path).await.is(StatusCode::NOT_FOUND);
    }
    for path in ["/admin/people", "/admin/people/li/close", "/admin/people/li/reset", "/admin/agencies"] {
        clerk
            .sends(path, &[("name", "x"), ("shown", "x"), ("agency", "justice"), ("code", "x")])
            .await
            .is(StatusCode::NOT_FOUND);
    }
    let mut root = Visitor::signed_in(&site, "root", PASSWORD).await;
    root.get("/admin/people").await.is(StatusCode::OK).has("建立账号");
    root.get("/admin/log").await.is(StatusCode::NOT_FOUND);
    root.get("/admin/looks").await.is(StatusCode::NOT_FOUND);
    root.sends("/admin/people/li/grant", &[("post", "handler"), ("since", "2026-03-02")])
        .await
        .is(StatusCode::NOT_FOUND);
    let mut guard = Visitor::signed_in(&site, "guard", PASSWORD).await;
    guard.get("/admin/people").await.is(StatusCode::OK).lacks("建立账号");
    guard.get("/admin/posts?day=2026-03-02").await.has("赵刚").has("登记之前");
    guard.sends("/admin/people/li/close", &[]).await.is(StatusCode::NOT_FOUND);
    let mut eye = Visitor::signed_in(&site, "eye", PASSWORD).await;
    eye.get("/admin/log").await.is(StatusCode::OK).has("授予岗位").has("@operator");
    eye.sends("/admin/people/li/close", &[]).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_do_no_business() {
    let site = Site::new();
    administrators(&site);
    let id = site.received("修路");
    for name in ["root", "guard", "eye"] {
        let mut visitor = Visitor::signed_in(&site, name, PASSWORD).await;
        visitor.get(&format!("/records/{id}")).await.is(StatusCode::NOT_FOUND);
        visitor.get(&format!("/records/{id}/act/accept")).await.is(StatusCode::NOT_FOUND);
        visitor.get("/records").await.is(StatusCode::OK).lacks("修路");
        let (command, at) = ("00000000000000000000000000000099", "/new/demo/receive");
        let form =
            [("command", command), ("f.applicant.kind", "person"), ("f.applicant.name", "甲"), ("f.matter", "乙")];
        let page = visitor.sends(at, &form).await;
        assert_ne!(page.status, StatusCode::SEE_OTHER, "{}", page.location);
    }
    Visitor::signed_in(&site, "wang", PASSWORD).await.get("/records").await.has("修路").lacks("乙");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_made_used_and_closed() {
    let site = Site::new();
    administrators(&site);
    let mut root = Visitor::signed_in(&site, "root", PASSWORD).await;
    let form = [("name", "chen"), ("shown", "陈新"), ("agency", "justice")];
    let given = root.sends("/admin/people", &form).await;
    let first = given
        .has("id=\"password\"")
        .text
        .split("id=\"password\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    // The first password opens nothing but the page to change it.
    let mut chen = Visitor::signed_in(&site, "chen", &first).await;
    for path in ["/desk", "/records", "/new", "/new/demo/receive"] {
        assert_eq!(chen.get(path).await.location, "/password", "{path}");
    }
    chen.get("/password").await.has("密码由管理员设定");
    for (new, again, wrong) in [
        ("short", "short", "至少10个字符"),
        ("12345678901", "12345678901", "不能只有数字"),
        ("the-chen-family", "the-chen-family", "不能含有账号"),
        ("河湟谷地的春天来得晚", "河湟谷地的春天来得早", "不一致"),
        (first.as_str(), first.as_str(), "相同"),
    ] {
        let page = chen.sends("/password", &[("old", &first), ("new", new), ("again", again)]).await;
        page.is(StatusCode::UNPROCESSABLE_ENTITY).has(wrong);
    }
    let new = "河湟谷地的春天来得晚";
    let wrong = chen.sends("/password", &[("old", "wrong"), ("new", new), ("again", new)]).await;
    wrong.has("原密码不正确");
    chen.sends("/password", &[("old", &first), ("new", new), ("again", new)]).await.is(StatusCode::SEE_OTHER);
    chen.get("/desk").await.is(StatusCode::OK);
    assert_eq!(site.person("chen").posts.len(), 0);
    // Posts come from another hand.
    let mut guard = Visitor::signed_in(&site, "guard", PASSWORD).await;
    let grant = [("post", "reconsideration_officer"), ("since", "2026-03-02"), ("until", "")];
    guard.sends("/admin/people/chen/grant", &grant).await.is(StatusCode::SEE_OTHER);
    guard.get("/admin/people/chen").await.has("复议人员").has("2026-03-02");
    guard.sends("/admin/people/guard/grant", &grant).await;
    guard.get("/admin/people").await.has("不能办理本人");
    let inputs = [("applicant", common::party("欧阳建国")), ("matter", Value::Text("草场".to_owned()))];
    let answer = site.does("chen", None, RequestAsk::Act("receive".into()), &inputs);
    assert!(matches!(answer, platform::Answer::Done(_)), "{answer:?}");
    // Whoever leaves is out at once, and their open records stand there to be taken over.
    root.get("/admin/people/chen").await.has("还承办1件");
    root.sends("/admin/people/chen/close", &[]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(chen.get("/desk").await.location, "/sign-in?back=/desk");
    let mut again = Visitor::new(&site);
    again.post("/sign-in", &[("name", "chen"), ("password", new)]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let mut wang = Visitor::signed_in(&site, "wang", PASSWORD).await;
    wang.get("/handover").await.has("陈新").has("草场");
    wang.get("/records?handler=chen&state=open").await.has("草场");
    let mut sun = Visitor::signed_in(&site, "sun", PASSWORD).await;
    sun.get("/handover").await.lacks("草场");
    let mut eye = Visitor::signed_in(&site, "eye", PASSWORD).await;
    eye.get("/admin/log").await.has("停用账号").has("本人修改密码").has("授予岗位").lacks(new).lacks(&first);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_finds_nothing_and_its_cookie_sends_nothing() {
    let site = Site::new();
    let id = site.received("修路");
    let mut wang = Visitor::signed_in(&site, "wang", PASSWORD).await;
    let own = wang.get(&format!("/records/{id}/act/accept")).await;
    let (token, command) = (own.input("token"), own.input("command"));
    let mut sun = Visitor::signed_in(&site, "sun", PASSWORD).await;
    let nothing = sun.get("/records/99999").await;
    for path in [format!("/records/{id}"), format!("/records/{id}/act/accept"), format!("/records/{id}/return")] {
        let page = sun.get(&path).await;
        page.is(StatusCode::NOT_FOUND).lacks("修路").lacks("欧阳");
        assert_eq!(page.text.replace(&path, "/records/99999"), nothing.text.replace(&path, "/records/99999"), "{path}");
    }
    sun.sends(&format!("/records/{id}/look"), &[("reason", "好奇")]).await.is(StatusCode::NOT_FOUND);
    sun.sends(&format!("/records/{id}/act/accept"), &[("command", &command), ("seen", "1")])
        .await
        .is(StatusCode::NOT_FOUND);
    // Somebody else's token with one's own cookie, and somebody's cookie without a token.
    let path = format!("/records/{id}/act/accept");
    let foreign = sun.post(&path, &[("token", &token), ("command", &command), ("seen", "1")]).await;
    assert!(foreign.status.is_client_error(), "{}", foreign.status);
    let bare = wang.post(&format!("/records/{id}/look"), &[("reason", "x")]).await;
    bare.is(StatusCode::FORBIDDEN);
    let view = site.platform.record_of(&government(), id).unwrap().unwrap();
    assert_eq!(view.row.seq, 1, "nothing was done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_opens_what_is_masked() {
    let site = Site::new();
    let id = site.received("修路");
    let store = site.platform.store();
    let mut tx = store.begin(&government()).unwrap();
    tx.put_account(&AccountRow {
        government: government(),
        name: "he".into(),
        shown: "何".to_owned(),
        agency: "market".into(),
        posts: vec!["enforcement_supervisor".into()],
        password: hash_password(PASSWORD, [3; 16]).unwrap(),
    })
    .unwrap();
    tx.commit().unwrap();
    let mut he = Visitor::signed_in(&site, "he", PASSWORD).await;
    let path = format!("/records/{id}");
    he.get(&path).await.has("修路").has("欧阳某").lacks("欧阳建国").lacks("13900000000").has("查看原因");
    he.sends(&format!("{path}/look"), &[("reason", " ")])
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .has("请写明查看原因");
    assert_eq!(he.sends(&format!("{path}/look"), &[("reason", NASTY)]).await.location, path);
    he.get(&path).await.has("欧阳建国").has("13900000000");
    administrators(&site);
    let mut eye = Visitor::signed_in(&site, "eye", PASSWORD).await;
    eye.get("/admin/looks").await.has("&#60;script").lacks("<script>alert").has(">he<");
    eye.get("/admin/looks?account=nobody").await.lacks(">he<");
}

#[tokio::test(flavor = "multi_thread")]
async fn script_and_sql_are_shown_as_text_and_harm_nothing() {
    let site = Site::new();
    administrators(&site);
    let id = site.received(NASTY);
    let mut wang = Visitor::signed_in(&site, "wang", PASSWORD).await;
    let clean = |page: &visitor::Page| {
        page.lacks("<script>alert").lacks("<img src=x");
    };
    let search = format!("/records?text={0}&handler={0}&agency={0}&line={0}&stage={0}&from={0}&of={0}", quoted(NASTY));
    let public = format!("/public?text={0}&line={0}", quoted(NASTY));
    for path in ["/records", "/desk", &format!("/records/{id}"), &search, &public] {
        let page = wang.get(path).await;
        page.is(StatusCode::OK);
        clean(&page);
    }
    wang.get(&format!("/records/{id}")).await.has("&#60;script&#62;");
    let mut root = Visitor::signed_in(&site, "root", PASSWORD).await;
    let nasty = [("name", NASTY), ("shown", NASTY), ("agency", "justice"), ("code", NASTY), ("place", NASTY)];
    for path in ["/admin/people", "/admin/agencies", "/admin/people/wang/change"] {
        clean(&root.sends(path, &nasty).await);
    }
    let agency = [("code", "justice"), ("name", NASTY), ("place", "632222")];
    root.sends("/admin/agencies", &agency).await.is(StatusCode::SEE_OTHER);
    for path in ["/admin/people", "/admin/agencies", "/admin/people/wang", "/admin/posts"] {
        let page = root.get(&format!("{path}?text={}", quoted(NASTY))).await;
        clean(&page);
    }
    root.get("/admin/people/wang").await.has("&#60;script&#62;");
    let mut eye = Visitor::signed_in(&site, "eye", PASSWORD).await;
    let page = eye.get("/admin/log").await;
    clean(page.has("&#60;script&#62;"));
    for path in ["/admin/log?before=", "/admin/looks?before=", "/admin/looks?account=", "/admin/posts?day="] {
        clean(eye.get(&format!("{path}{}", quoted(NASTY))).await.is(StatusCode::OK));
    }
    let mut read = site.platform.store().read().unwrap();
    assert_eq!(read.accounts(&government()).unwrap().len(), 7, "no table was dropped, no account made");
    let names: Vec<String> = read.agencies(&government()).unwrap().into_iter().map(|row: AgencyRow| row.name).collect();
    assert!(names.iter().any(|name| name == NASTY), "it is kept as it was written: {names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_wrong_passwords_lock_one_name_and_hold_up_nobody() {
    let site = Site::new();
    let mut guessing = Visitor::new(&site);
    for n in 0..1_000 {
        let password = format!("guess {n}");
        let page = guessing.post("/sign-in", &[("name", "wang"), ("password", &password)]).await;
        page.is(StatusCode::UNPROCESSABLE_ENTITY);
        // After the fifth the password is not even looked at, which is what takes time.
        page.has(if n < 5 { "不正确" } else { "1分钟后再试" });
    }
    guessing.post("/sign-in", &[("name", "wang"), ("password", PASSWORD)]).await.has("1分钟后再试");
    Visitor::signed_in(&site, "li", PASSWORD).await.get("/desk").await.is(StatusCode::OK);
    let attempts = site.platform.store().attempts(&government(), ledger::hash(b"wang")).unwrap();
    assert_eq!(attempts.failed, 5, "an attempt while one has to wait does not count");
    site.at("2026-03-02T10:01:01");
    Visitor::signed_in(&site, "wang", PASSWORD).await.get("/desk").await.is(StatusCode::OK);
}
