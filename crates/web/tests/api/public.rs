//! What everybody may read: publications, figures, the report.

use platform::{Answer, RequestAsk};
use serde_json::json;
use terms::{Fen, Value};

use crate::client::Client;
use crate::common::Site;

/// A site with a decision that was paid and published.
fn published(site: &Site) -> terms::RecordId {
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", Value::Choice("uphold".into()))]);
    for who in ["li", "zhao"] {
        assert!(matches!(site.does(who, Some(id), RequestAsk::Sign, &[]), Answer::Done(_)));
    }
    site.done("wang", id, "pay", &[("amount", Value::Money(Fen(300_050)))]);
    site.done("wang", id, "publish", &[]);
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn publications_are_masked_and_a_stub_stays() {
    let site = Site::new();
    let id = published(&site);
    let anyone = Client::anyone(&site);
    let list = anyone.get("/publications").await.is(200);
    assert_eq!(list.header("cache-control"), "public, max-age=60");
    assert!(!list.json.to_string().contains("欧阳建国") && !list.json.to_string().contains("13900000000"));
    assert_eq!(list.json["publications"][0]["href"], format!("/api/v1/publications/{id}/decision"));
    assert_eq!(
        anyone.get("/publications?line=demo&text=%E7%BB%B4%E6%8C%81").await.is(200).json["publications"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(anyone.get("/publications?line=other").await.is(200).json["publications"], json!([]));
    anyone.get("/publications?limit=51").await.problem(400, "problem:malformed");
    site.done("wang", id, "withdraw", &[]);
    let stub = anyone.get(&format!("/publications/{id}/decision")).await.is(200).json;
    assert_eq!((stub["withdrawn"].as_str(), &stub["shown"]), (Some("2026-03-02"), &json!([])));
    anyone.get(&format!("/publications/{id}/other")).await.problem(404, "problem:not-found");
    anyone.get("/publications/99/decision").await.problem(404, "problem:not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn publications_go_on_from_page_to_page() {
    let site = Site::new();
    let all = [published(&site).0];
    let anyone = Client::anyone(&site);
    let page = anyone.get("/publications?limit=1").await.is(200);
    assert_eq!(page.json["publications"][0]["record"], all[0]);
    assert_eq!(page.json.get("next"), None);
    anyone.get("/publications?cursor=x").await.problem(400, "problem:malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_opens_into_its_records() {
    let site = Site::new();
    let id = published(&site);
    let anyone = Client::anyone(&site);
    let all = anyone.get("/figures?year=2026").await.is(200).json;
    let figure =
        |code: &str| all["figures"].as_array().unwrap().iter().find(|one| one["code"] == code).unwrap().clone();
    assert_eq!(
        (figure("demo.received")["value"].as_str(), figure("demo.paid")["value"].as_str()),
        (Some("1"), Some("3000.5"))
    );
    assert!(all["as_of"][0]["position"].as_u64().unwrap() > 5);
    let one = anyone.get("/figures/demo.by_outcome?year=2026").await.is(200).json;
    assert_eq!(one["parts"][0]["part"], "uphold");
    assert!(one["definition"][0].as_str().unwrap().contains("决定"), "{one:#}");
    let part = "/figures/demo.by_outcome?year=2026&part=revoke";
    assert!(anyone.get(part).await.is(200).json["value"].is_null(), "of one decision nobody says which way it went");
    assert_eq!(Client::of(&site, "wang").get(part).await.is(200).json["value"], "0");
    anyone.get("/figures/demo.received/records").await.problem(401, "problem:sign-in");
    let wang = Client::of(&site, "wang");
    let behind = wang.get("/figures/demo.paid/records?from=2026-03-01&to=2026-03-31").await.is(200).json;
    assert_eq!(
        behind["records"],
        json!([{ "record": id.0, "label": behind["records"][0]["label"], "opened": "2026-03-02", "adds": "3000.5" }])
    );
    let hidden = Client::of(&site, "sun").get("/figures/demo.received/records?year=2026").await.is(200).json;
    assert_eq!(hidden["records"], json!([{ "adds": "1" }]));
    wang.get("/figures/demo.nothing").await.problem(404, "problem:not-found");
    wang.get("/figures/demo.nothing/records").await.problem(404, "problem:not-found");
    for wrong in [
        "year=0",
        "year=9999",
        "year=x",
        "from=2026-02-30",
        "from=2026-03-02&to=2026-03-01",
        "year=2026&from=2026-01-01",
        "place=999999",
        "place=1",
    ] {
        anyone.get(&format!("/figures?{wrong}")).await.problem(400, "problem:malformed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_links_every_number() {
    let site = Site::over(testkit::repository().unwrap());
    let report = Client::anyone(&site).with("accept-language", "en").get("/report?year=2026").await.is(200).json;
    assert_eq!(report["year"], 2026);
    assert_eq!(report["published"][0]["name"], "示范报告");
    Client::anyone(&site).get("/report?year=2026&place=999999").await.problem(400, "problem:malformed");
    // A catalogue without an outline has no report.
    Client::anyone(&Site::new()).get("/report").await.problem(404, "problem:not-found");
}
