//! What goes wrong before anything is asked of the platform.

use axum::http::Method;
use serde_json::json;

use crate::client::Client;
use crate::common::Site;

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_is_a_problem_in_the_language_asked_for() {
    let site = Site::new();
    let wang = Client::of(&site, "wang");
    let problem = wang.get("/nothing").await.problem(404, "problem:not-found");
    assert_eq!(problem["title"], "没有找到");
    let problem =
        wang.clone().with("accept-language", "fr, en;q=0.5").get("/nothing").await.problem(404, "problem:not-found");
    assert_eq!(problem["title"], "Not found");
    wang.get("").await.problem(404, "problem:not-found");
    let method = wang.call(Method::PUT, "/records", Some("{}".to_owned())).await;
    let mut allow: Vec<&str> = method.header("allow").split(',').map(str::trim).collect();
    allow.sort_unstable();
    assert_eq!(allow, ["GET", "HEAD", "POST"]);
    method.problem(405, "problem:method");
    wang.clone().with("accept", "text/html").get("/me").await.problem(406, "problem:not-acceptable");
    wang.clone().with("accept", "text/html, */*;q=0.1").get("/me").await.is(200);
    let plain = wang.clone().with("content-type", "text/plain").post("/records", json!({})).await;
    plain.problem(415, "problem:media-type");
    let form = wang.clone().with("content-type", "application/x-www-form-urlencoded");
    form.post("/records", json!({})).await.problem(415, "problem:media-type");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_told_with_its_place() {
    let site = Site::new();
    let wang = Client::of(&site, "wang").with("idempotency-key", &crate::client::key());
    let problem =
        wang.call(Method::POST, "/records", Some("{\"line\"".to_owned())).await.problem(400, "problem:malformed");
    assert_eq!(problem["errors"][0]["pointer"], "");
    let problem = wang
        .post("/records", json!({ "line": "demo\u{0}", "act": "receive" }))
        .await
        .problem(422, "problem:incomplete");
    assert_eq!(problem["errors"][0]["pointer"], "/line");
    let large = json!({ "line": "x".repeat(1 << 20), "act": "receive" });
    wang.post("/records", large).await.problem(413, "problem:too-large");
    wang.post("/records?dry_run=maybe", json!({ "line": "demo", "act": "receive" }))
        .await
        .problem(400, "problem:malformed");
    for key in ["", "1", "00000000-0000-0000-0000-000000000000"] {
        let problem = wang
            .clone()
            .with("idempotency-key", key)
            .post("/records", json!({ "line": "demo", "act": "receive" }))
            .await
            .problem(400, "problem:malformed");
        assert_eq!(problem["errors"][0]["header"], "Idempotency-Key");
    }
    let none = Client::of(&site, "wang").call(Method::POST, "/records", Some("{}".to_owned())).await;
    assert_eq!(none.problem(400, "problem:malformed")["errors"][0]["code"], "problem-no-key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_gets_nothing_done_with_a_cookie() {
    let site = Site::new();
    let begun = Client::anyone(&site)
        .post("/session", json!({ "name": "wang", "password": crate::common::PASSWORD }))
        .await
        .is(201);
    let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
    let foreign = Client::anyone(&site).with("cookie", &cookie).with("origin", "https://elsewhere.example");
    for (method, path) in [(Method::POST, "/records"), (Method::DELETE, "/session"), (Method::POST, "/records/1/acts")]
    {
        let answer = foreign.call(method, path, Some("{}".to_owned())).await;
        answer.problem(403, "problem:secret");
    }
    let answer = foreign.get("/me").await.is(200);
    assert_eq!(answer.header("access-control-allow-origin"), "", "a script there cannot read it");
}
