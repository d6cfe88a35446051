//! What is done to records.

use serde_json::json;

use crate::client::{Client, key};
use crate::common::Site;

fn matter(text: &str) -> serde_json::Value {
    json!({ "line": "demo", "act": "receive", "inputs": {
        "applicant": { "kind": "person", "name": "欧阳建国", "phone": "13900000000" }, "matter": text } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_lives_from_opening_to_publication() {
    let site = Site::new();
    let (wang, li, zhao) = (Client::of(&site, "wang"), Client::of(&site, "li"), Client::of(&site, "zhao"));
    let opened = wang.post("/records", matter("不服罚款")).await.is(201);
    assert_eq!((opened.json["record"].as_u64(), opened.json["version"].as_u64()), (Some(1), Some(1)));
    assert_eq!((opened.header("location"), opened.header("etag")), ("/api/v1/records/1", "\"1\""));
    let acts = "/records/1/acts";
    let accepted = wang.on(1, acts, json!({ "act": "accept" })).await.is(200);
    assert_eq!(accepted.json["events"], json!([{ "seq": 2, "kind": "act", "what": "accept" }]));
    let proposed = wang.on(2, acts, json!({ "act": "decide", "inputs": { "outcome": "uphold" } })).await.is(200);
    assert_eq!(proposed.json["events"][0]["kind"], "propose");
    li.on(3, "/records/1/signatures", json!({})).await.is(200);
    let back = zhao.on(4, "/records/1/returns", json!({ "reason": "" })).await.problem(422, "problem:incomplete");
    assert_eq!(back["errors"][0]["pointer"], "/reason");
    zhao.on(4, "/records/1/returns", json!({ "reason": "再议" })).await.is(200);
    wang.on(5, acts, json!({ "act": "decide", "inputs": { "outcome": "uphold" } })).await.is(200);
    li.on(6, "/records/1/signatures", json!({})).await.is(200);
    let decided = zhao.on(7, "/records/1/signatures", json!({})).await.is(200);
    assert_eq!(decided.json["numbers"], json!(["祁连政复决〔2026〕1号"]));
    site.at("2026-03-02T12:00:00");
    let paid = json!({ "act": "pay", "inputs": { "amount": "3000.50" }, "done_at": "2026-03-02T11:00:00" });
    let version = decided.json["version"].as_u64().unwrap().try_into().unwrap();
    let paid = wang.on(version, acts, paid).await.is(200);
    let version = paid.json["version"].as_u64().unwrap().try_into().unwrap();
    let published = wang.on(version, acts, json!({ "act": "publish" })).await.is(200);
    let one = Client::anyone(&site).get("/publications/1/decision").await.is(200);
    assert_eq!(one.json["shown"][1]["text"]["zh"], "欧阳某");
    let record = wang.get("/records/1").await.is(200);
    assert_eq!(record.header("etag"), published.header("etag"));
    assert_eq!(record.json["stage"]["code"], "decided");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gets_the_first_answer_and_nothing_else() {
    let site = Site::new();
    let client = Client::of(&site, "wang").with("idempotency-key", &key());
    let first = client.post("/records", matter("甲")).await.is(201);
    let again = client.post("/records", matter("甲")).await.is(201);
    assert_eq!(again.json["repeated"], true);
    for part in ["record", "version", "position", "events", "findings", "numbers"] {
        assert_eq!(first.json[part], again.json[part], "{part}");
    }
    assert_eq!(again.header("location"), first.header("location"));
    let other = client.post("/records", matter("乙")).await.problem(422, "problem:key-reused");
    assert_eq!(other["errors"][0]["header"], "Idempotency-Key");
    // Somebody else's key is nobody's way to a record.
    let shown = client.clone();
    let li = Client::of(&site, "sun");
    let stolen = shown.with("authorization", &bearer(&site, "sun"));
    stolen.post("/records", matter("甲")).await.problem(422, "problem:key-reused");
    assert_eq!(li.get("/records").await.is(200).json["records"], json!([]));

    let client = Client::of(&site, "wang").with("idempotency-key", &key());
    client.on(1, "/records/1/acts", json!({ "act": "accept" })).await.is(200);
    // The record has moved on, and the answer is still the first.
    let again = client.on(1, "/records/1/acts", json!({ "act": "accept" })).await.is(200);
    assert_eq!((again.json["repeated"].as_bool(), again.header("etag")), (Some(true), "\"2\""));
    client
        .on(2, "/records/1/acts", json!({ "act": "suspend", "inputs": { "ground": "expert" } }))
        .await
        .problem(422, "problem:key-reused");
    client.on(2, "/records/1/signatures", json!({})).await.problem(422, "problem:key-reused");
}

fn bearer(site: &Site, who: &str) -> String {
    format!("Bearer {}", crate::client::token(site, who, true))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_number_is_told_again() {
    let site = Site::new();
    let id = site.received("甲");
    let wang = Client::of(&site, "wang");
    wang.on(1, &format!("/records/{id}/acts"), json!({ "act": "accept" })).await.is(200);
    wang.on(2, &format!("/records/{id}/acts"), json!({ "act": "decide", "inputs": { "outcome": "revoke" } }))
        .await
        .is(200);
    Client::of(&site, "li").on(3, &format!("/records/{id}/signatures"), json!({})).await.is(200);
    let zhao = Client::of(&site, "zhao").with("idempotency-key", &key());
    let first = zhao.on(4, &format!("/records/{id}/signatures"), json!({})).await.is(200);
    let again = zhao.on(4, &format!("/records/{id}/signatures"), json!({})).await.is(200);
    assert_eq!(first.json["numbers"], json!(["祁连政复决〔2026〕1号"]));
    assert_eq!(again.json["numbers"], first.json["numbers"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_cites_its_article_and_the_lawful_way() {
    let site = Site::new();
    let id = site.received("甲");
    let wang = Client::of(&site, "wang");
    let acts = format!("/records/{id}/acts");
    let problem = wang
        .on(1, &acts, json!({ "act": "suspend", "inputs": { "ground": "expert" } }))
        .await
        .problem(409, "refusal:R201");
    assert_eq!(problem["code"], "R201");
    assert!(problem["title"].as_str().unwrap().contains("中止"), "{problem:#}");
    assert!(!problem["lawful_way"].as_str().unwrap().is_empty());
    let english = wang.clone().with("accept-language", "en-GB,en;q=0.9");
    let answer = english.on(1, &acts, json!({ "act": "suspend", "inputs": { "ground": "expert" } })).await;
    assert_eq!(answer.header("content-language"), "en");
    let problem = answer.problem(409, "refusal:R201");
    assert!(problem["title"].as_str().unwrap().contains("Suspend"), "{problem:#}");
    // Of another agency: not even to be seen.
    Client::of(&site, "sun").on(1, &acts, json!({ "act": "accept" })).await.problem(404, "problem:not-found");
    let problem = Client::of(&site, "li").on(1, &acts, json!({ "act": "accept" })).await.problem(409, "refusal:R103");
    assert!(problem["lawful_way"].is_string());
    let unchanged = wang.get(&format!("/records/{id}")).await.is(200);
    assert_eq!(unchanged.json["version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_warns_wants_its_reason() {
    let site = Site::new();
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", terms::Value::Choice("revoke".into()))]);
    for who in ["li", "zhao"] {
        assert!(matches!(site.does(who, Some(id), platform::RequestAsk::Sign, &[]), platform::Answer::Done(_)));
    }
    let wang = Client::of(&site, "wang").with("if-match", "*");
    let acts = format!("/records/{id}/acts");
    let problem = wang.post(&acts, json!({ "act": "close" })).await.problem(422, "problem:reason");
    assert_eq!(problem["errors"][0]["pointer"], "/reasons/upheld");
    assert_eq!(problem["errors"][0]["articles"], json!(["行政复议法 第六十一条第一款"]));
    let done = wang.post(&acts, json!({ "act": "close", "reasons": { "upheld": "已经执行" } })).await.is(200);
    assert_eq!(done.json["findings"][0]["code"], "upheld");
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_have_their_pointers_and_unknown_words_their_neighbours() {
    let site = Site::new();
    let wang = Client::of(&site, "wang");
    let problem =
        wang.post("/records", json!({ "line": "demo", "act": "receive" })).await.problem(422, "problem:incomplete");
    let pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/inputs/applicant", "/inputs/matter"]);
    let meant = async |body: serde_json::Value| {
        let problem = wang.post("/records", body).await.problem(422, "problem:incomplete");
        let error = &problem["errors"][0];
        (error["pointer"].as_str().unwrap().to_owned(), error["did_you_mean"].as_str().unwrap_or_default().to_owned())
    };
    let pair = |pointer: &str, meant: &str| (pointer.to_owned(), meant.to_owned());
    assert_eq!(meant(json!({ "lne": "demo", "act": "receive" })).await, pair("/lne", "line"));
    assert_eq!(meant(json!({ "line": "dmo", "act": "receive" })).await, pair("/line", "demo"));
    assert_eq!(meant(json!({ "line": "demo", "act": "recieve" })).await, pair("/act", "receive"));
    assert_eq!(
        meant(json!({ "line": "demo", "act": "receive", "inputs": { "mater": "x" } })).await,
        pair("/inputs/mater", "matter")
    );
    let party =
        json!({ "line": "demo", "act": "receive", "inputs": { "applicant": { "kind": "person", "nme": "x" } } });
    assert_eq!(meant(party).await, pair("/inputs/applicant/nme", "name"));
    let number = json!({ "line": "demo", "act": "receive",
        "inputs": { "applicant": { "kind": "person", "name": "某", "number": "632222199001010000" } } });
    assert_eq!(meant(number).await, pair("/inputs/applicant/number", ""));
    assert_eq!(meant(json!({ "line": "demo", "act": "receive", "done_at": "yesterday" })).await.0, "/done_at");
    assert_eq!(meant(json!({ "line": "demo", "act": "receive", "place": "1" })).await.0, "/place");
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    let problem = wang
        .on(2, &format!("/records/{id}/acts"), json!({ "act": "suspend", "inputs": { "ground": "expret" } }))
        .await
        .problem(422, "problem:incomplete");
    assert_eq!(problem["errors"][0]["did_you_mean"], "expert");
    for (field, wrong) in [
        ("amount", json!(3)),
        ("amount", json!("3.005")),
        ("hearing_on", json!("2026-3-1")),
        ("extension_days", json!("3")),
        ("ground", json!(["expert"])),
        ("matter", json!("  ")),
        ("applicant", json!("某")),
    ] {
        let body = json!({ "act": "suspend", "inputs": { field: wrong } });
        let problem = wang.on(2, &format!("/records/{id}/acts"), body).await.problem(422, "problem:incomplete");
        assert_eq!(problem["errors"][0]["pointer"], format!("/inputs/{field}"), "{problem:#}");
    }
    // A value that another record holds.
    let problem = wang.post("/records", matter("甲")).await.problem(409, "problem:taken");
    assert_eq!(problem["errors"][0]["pointer"], "/inputs/matter");
    // A power is not done in the past.
    let late = json!({ "act": "suspend", "inputs": { "ground": "expert" }, "done_at": "2026-03-01T09:00" });
    let problem = wang.on(2, &format!("/records/{id}/acts"), late).await.problem(422, "problem:incomplete");
    assert_eq!(problem["errors"][0]["pointer"], "/done_at");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_slower_is_told_so() {
    let site = Site::new();
    let id = site.received("甲");
    let wang = Client::of(&site, "wang");
    let acts = format!("/records/{id}/acts");
    wang.post(&acts, json!({ "act": "accept" })).await.problem(428, "problem:version");
    site.done("wang", id, "accept", &[]);
    let suspend = json!({ "act": "suspend", "inputs": { "ground": "expert" } });
    for tag in ["\"1\"", "W/\"2\"", "\"x\"", "2", "\"7\", \"8\""] {
        let answer = wang.clone().with("if-match", tag).post(&acts, suspend.clone()).await;
        assert_eq!(answer.header("etag"), "\"2\"", "{tag}");
        assert_eq!(answer.problem(412, "problem:stale")["version"], 2, "{tag}");
    }
    wang.clone().with("if-match", "\"1\", \"2\"").post(&acts, suspend).await.is(200);
    wang.with("if-match", "*").post(&acts, json!({ "act": "resume" })).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_is_judged_and_leaves_nothing() {
    let site = Site::new();
    let wang = Client::of(&site, "wang");
    let dry = wang.post("/records?dry_run=true", matter("甲")).await.is(200);
    assert_eq!((dry.json["dry_run"].as_bool(), dry.json.get("record")), (Some(true), None));
    assert_eq!(dry.json["events"][0]["what"], "receive");
    assert_eq!(wang.get("/records").await.is(200).json["records"], json!([]));
    // The first real one freezes the definition that the trial had seen.
    wang.post("/records", matter("甲")).await.is(201);
    let other = site.another();
    assert!(other.0.record(&site.person("wang"), terms::RecordId(1)).unwrap().is_some());
    let acts = "/records/1/acts?dry_run=true";
    wang.on(1, acts, json!({ "act": "accept" })).await.is(200);
    wang.on(1, acts, json!({ "act": "publish" })).await.problem(409, "refusal:R201");
    wang.on(7, acts, json!({ "act": "accept" })).await.problem(412, "problem:stale");
    assert_eq!(wang.get("/records/1").await.is(200).json["version"], 1);
    assert!(site.platform.verify(&crate::common::government()).unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_every_line_has_is_done_at_its_own_place() {
    let site = Site::new();
    let id = site.received("甲");
    let wang = Client::of(&site, "wang");
    let at = |what: &str| format!("/records/{id}/{what}");
    let problem = wang.on(1, &at("acts"), json!({ "act": "correct" })).await;
    if problem.status != 422 {
        panic!("{problem:?}");
    }
    let fixed = json!({ "inputs": { "matter": "乙" }, "reason": "笔误" });
    wang.on(1, &at("corrections"), fixed).await.is(200);
    let time = json!({ "step": 1, "time": "2026-03-01T09:00:00", "reason": "笔误" });
    wang.on(2, &at("corrections"), time).await.is(200);
    let half =
        wang.on(3, &at("corrections"), json!({ "step": 1, "reason": "x" })).await.problem(422, "problem:incomplete");
    assert_eq!(half["errors"][0]["pointer"], "/time");
    wang.on(3, &at("corrections"), json!({ "reason": "x" })).await.problem(422, "problem:incomplete");
    wang.on(3, &at("acts"), json!({ "act": "accept" })).await.is(200);
    wang.on(4, &at("annulments"), json!({ "step": 1, "reason": "误" })).await.problem(409, "refusal:R209");
    wang.on(4, &at("annulments"), json!({ "step": 4, "reason": "误" })).await.is(200);
    let nobody = wang
        .on(5, &at("hand-overs"), json!({ "to": "nobody", "reason": "调岗" }))
        .await
        .problem(422, "problem:incomplete");
    assert_eq!(nobody["errors"][0]["pointer"], "/to");
    let day = wang.on(5, &at("stand-ins"), json!({ "to": "li", "until": "soon", "reason": "出差" })).await;
    assert_eq!(day.problem(422, "problem:incomplete")["errors"][0]["pointer"], "/until");
    wang.on(5, &at("stand-ins"), json!({ "to": "li", "until": "2026-03-20", "reason": "出差" })).await.is(200);
    let over = wang.on(6, &at("hand-overs"), json!({ "to": "li", "reason": "调岗" })).await.is(200);
    assert_eq!(over.json["events"][0]["kind"], "hand_over");
    let record = wang.get(&format!("/records/{id}")).await.is(200).json;
    assert_eq!(record["handler"]["account"], "li");
    assert_eq!(record["stage"]["code"], "received");
}
