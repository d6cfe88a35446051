//! Files that come with acts.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::client::{Answer, Client};
use crate::common::Site;

const PDF: &str = "%PDF-1.4\n%%EOF\n";

async fn put(client: &Client, name: &str, bytes: &str) -> Answer {
    let client = client.clone().with("content-type", "application/octet-stream");
    client.call(Method::POST, &format!("/files?name={name}"), Some(bytes.to_owned())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_with_an_act_and_is_given_out_again() {
    let site = Site::new();
    let wang = Client::of(&site, "wang");
    let taken = put(&wang, "decision.pdf", PDF).await.is(201).json;
    assert_eq!((taken["name"].as_str(), taken["size"].as_u64()), (Some("decision.pdf"), Some(15)));
    let applicant = json!({ "kind": "person", "name": "欧阳建国", "phone": "13900000000" });
    let opens = json!({ "line": "demo", "act": "receive", "inputs": { "applicant": applicant, "matter": "不服罚款" },
        "files": [{ "digest": taken["digest"], "name": "申请书.pdf" }] });
    wang.post("/records", opens).await.is(201);
    let record = wang.get("/records/1").await.is(200).json;
    let file = &record["timeline"][0]["files"][0];
    assert_eq!((file["name"].as_str(), file["kind"].as_str()), (Some("申请书.pdf"), Some("pdf")));
    let href = file["href"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
    // A file is no JSON, whatever the rest of the API speaks.
    let reader = wang.clone().with("accept", "application/pdf");
    assert_eq!(reader.bytes(href).await, (StatusCode::OK, PDF.into()));
    let part = wang.clone().with("range", "bytes=0-3").bytes(href).await;
    assert_eq!(part, (StatusCode::PARTIAL_CONTENT, "%PDF".into()));
    Client::of(&site, "sun").get(href).await.problem(404, "problem:not-found");
    Client::anyone(&site).get(href).await.problem(401, "problem:sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_taken_is_told() {
    let site = Site::new();
    let wang = Client::of(&site, "wang");
    for (name, bytes) in [("a.pdf", ""), ("a.pdf", "MZ\u{0}\u{1}"), ("a.pdf", "plain words"), ("a.html", "<script>")] {
        let problem = put(&wang, name, bytes).await.problem(422, "problem:incomplete");
        assert!(problem["errors"][0]["detail"].as_str().is_some_and(|text| text.contains(name)), "{problem:#}");
    }
    put(&wang, "a.txt", &"a".repeat(3_000_000)).await.problem(413, "problem:too-large");
    put(&Client::anyone(&site), "a.pdf", PDF).await.problem(401, "problem:sign-in");
    let named = |digest: &str| {
        json!({ "line": "demo", "act": "receive", "inputs": { "applicant": { "kind": "person", "name": "某" },
            "matter": "不服罚款" }, "files": [{ "digest": digest, "name": "a.pdf" }] })
    };
    for (digest, pointer) in [("00", "/files/0/digest"), (&"0".repeat(64), "/files")] {
        let problem = wang.post("/records", named(digest)).await.problem(422, "problem:incomplete");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem:#}");
    }
    // Whose file it is does not matter, but it must have been taken in for this person's government.
    let taken = put(&wang, "a.pdf", PDF).await.is(201).json;
    let many = vec![json!({ "digest": taken["digest"], "name": "a.pdf" }); 11];
    let mut body = named("");
    body["files"] = json!(many);
    wang.post("/records", body).await.problem(422, "problem:incomplete");
    assert_eq!(wang.get("/records").await.is(200).json["records"], json!([]), "none was opened");
}
