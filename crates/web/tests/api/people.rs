//! Who calls, tokens, sessions.

use serde_json::json;

use crate::client::{Client, token};
use crate::common::{PASSWORD, Site};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_says_who_calls_and_what_it_may() {
    let site = Site::new();
    let me = Client::of(&site, "wang").get("/me").await.is(200);
    assert_eq!((me.json["account"].as_str(), me.json["writes"].as_bool()), (Some("wang"), Some(true)));
    assert_eq!(me.json["agency"]["name"], "县司法局");
    assert_eq!(me.json["by"], "token");
    assert_eq!(me.json.get("secret"), None);
    assert_eq!(me.header("cache-control"), "no-store");
    let reads = token(&site, "li", false);
    let reads = Client::anyone(&site).with("authorization", &format!("bearer {reads}"));
    assert_eq!(reads.get("/me").await.is(200).json["writes"], false);
    reads.post("/records", json!({ "line": "demo", "act": "receive" })).await.problem(403, "problem:read-only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_unknown_expired_or_taken_back_is_nobodys() {
    let site = Site::new();
    for shown in ["Bearer fazhi_unknown", "Bearer ", "Basic d2FuZzp4", "fazhi_x"] {
        let answer = Client::anyone(&site).with("authorization", shown).get("/me").await;
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
        answer.problem(401, "problem:sign-in");
    }
    // Also where nobody needs to sign in: who shows a token wants to be known by it.
    Client::anyone(&site).with("authorization", "Bearer fazhi_x").get("/figures").await.problem(401, "problem:sign-in");
    let client = Client::of(&site, "wang");
    client.get("/me").await.is(200);
    let listed = client.get("/tokens").await.is(200);
    let id = listed.json["tokens"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(listed.json["tokens"][0]["label"], "示范程序");
    Client::of(&site, "li").delete(&format!("/tokens/{id}")).await.problem(404, "problem:not-found");
    client.get("/me").await.is(200);
    client.delete(&format!("/tokens/{id}")).await.is(204);
    client.get("/me").await.problem(401, "problem:sign-in");

    let client = Client::of(&site, "wang");
    site.at("2026-04-01T09:59:59");
    client.get("/me").await.is(200);
    site.at("2026-04-01T10:00:00");
    client.get("/me").await.problem(401, "problem:sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_writes_only_with_its_secret() {
    let site = Site::new();
    let anyone = Client::anyone(&site);
    anyone
        .post("/session", json!({ "name": "wang", "password": "wrong" }))
        .await
        .problem(401, "problem:wrong-password");
    let begun = anyone.post("/session", json!({ "name": "wang", "password": PASSWORD })).await.is(201);
    let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(begun.header("set-cookie").contains("HttpOnly; SameSite=Lax"));
    let session = Client::anyone(&site).with("cookie", &cookie);
    let me = session.get("/me").await.is(200);
    assert_eq!(me.json["secret"], begun.json["secret"]);
    let matter = json!({ "line": "demo", "act": "receive", "inputs": {
        "applicant": { "kind": "person", "name": "欧阳建国" }, "matter": "甲" } });
    session.post("/records", matter.clone()).await.problem(403, "problem:secret");
    session
        .clone()
        .with("x-fazhi-secret", "other")
        .post("/records", matter.clone())
        .await
        .problem(403, "problem:secret");
    let session = session.with("x-fazhi-secret", me.json["secret"].as_str().unwrap());
    session.post("/records", matter).await.is(201);
    session.delete("/session").await.is(204);
    session.get("/me").await.problem(401, "problem:sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down() {
    let site = Site::new();
    let anyone = Client::anyone(&site);
    for _ in 0..5 {
        anyone
            .post("/session", json!({ "name": "wang", "password": "x" }))
            .await
            .problem(401, "problem:wrong-password");
    }
    let answer = anyone.post("/session", json!({ "name": "wang", "password": PASSWORD })).await;
    assert_eq!(answer.header("retry-after"), "60");
    answer.problem(429, "problem:wait");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_is_for_those_who_work_here() {
    let site = Site::new();
    Client::anyone(&site).get("/directory").await.problem(401, "problem:sign-in");
    let directory = Client::of(&site, "sun").get("/directory").await.is(200);
    assert_eq!(directory.json["agencies"].as_array().unwrap().len(), 2);
    assert!(directory.json["people"].as_array().unwrap().iter().any(|person| person["account"] == "wang"));
}
