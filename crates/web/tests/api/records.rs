//! Lists and records.

use serde_json::{Value, json};

use crate::client::Client;
use crate::common::{Site, with_every_post};

fn ids(list: &Value) -> Vec<u64> {
    list["records"].as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_from_page_to_page_and_loses_nothing() {
    let site = Site::new();
    let mut all: Vec<u64> = (0..5).map(|n| site.received(&format!("事项{n}")).0).collect();
    all.reverse();
    let client = Client::of(&site, "wang");
    let whole = client.get("/records?total=true").await.is(200);
    assert_eq!((ids(&whole.json), whole.json["total"].as_u64()), (all.clone(), Some(5)));
    assert_eq!(whole.json.get("next"), None);
    let mut found = Vec::new();
    let mut path = "/records?limit=2".to_owned();
    loop {
        let page = client.get(&path).await.is(200);
        assert_eq!(page.json.get("total"), None);
        found.extend(ids(&page.json));
        let Some(next) = page.json["next"].as_str() else { break };
        path = format!("/records?limit=2&cursor={next}");
    }
    assert_eq!(found, all);
    for wrong in ["cursor=x", "cursor=", "cursor=3132", "limit=0", "limit=201", "limit=x", "limit=-1"] {
        let problem = client.get(&format!("/records?{wrong}")).await.problem(400, "problem:malformed");
        assert_eq!(problem["errors"][0]["parameter"], wrong.split('=').next().unwrap(), "{problem:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_narrowed_and_keeps_to_the_callers_rights() {
    let site = Site::new();
    let (one, two) = (site.received("甲"), site.received("乙"));
    site.done("wang", two, "accept", &[]);
    let client = Client::of(&site, "wang");
    let of = async |query: &str| ids(&client.get(&format!("/records?{query}")).await.is(200).json);
    assert_eq!(of("stage=received").await, [one.0]);
    assert_eq!(of("stage=accepted&line=demo&state=open").await, [two.0]);
    assert!(of("state=closed").await.is_empty());
    assert_eq!(of("text=%E7%94%B2").await, [one.0]);
    assert_eq!(of("from=2026-03-02&to=2026-03-02").await, [two.0, one.0]);
    assert!(of("from=2026-03-03").await.is_empty());
    assert_eq!(of("mine=true").await, [two.0, one.0]);
    let problem = client.get("/records?stge=received").await.problem(400, "problem:malformed");
    assert_eq!(
        (problem["errors"][0]["parameter"].as_str(), problem["errors"][0]["did_you_mean"].as_str()),
        (Some("stge"), Some("stage"))
    );
    let problem = client.get("/records?from=2026-3-1").await.problem(400, "problem:malformed");
    assert_eq!(problem["errors"][0]["parameter"], "from");
    client.get("/records?text=%00").await.problem(400, "problem:malformed");
    let other = Client::of(&site, "sun");
    assert!(ids(&other.get("/records").await.is(200).json).is_empty());
    other.get(&format!("/records/{one}")).await.problem(404, "problem:not-found");
    other.get("/records/999").await.problem(404, "problem:not-found");
    other.get("/records/x").await.problem(404, "problem:not-found");
    other.get("/records/99999999999999999999").await.problem(404, "problem:not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_where_its_limits_stand_and_what_may_be_done() {
    let site = Site::new();
    let id = site.received("不服罚款");
    let client = Client::of(&site, "wang");
    let record = client.get(&format!("/records/{id}")).await.is(200);
    assert_eq!(record.header("etag"), "\"1\"");
    assert_eq!(record.header("cache-control"), "no-store");
    let json = &record.json;
    assert_eq!((json["version"].as_u64(), json["stage"]["title"]["en"].as_str()), (Some(1), Some("Received")));
    let applicant = &json["fields"][0];
    assert_eq!((applicant["value"]["name"].as_str(), applicant["personal"].as_bool()), (Some("欧阳建国"), Some(true)));
    let review = &json["clocks"][0];
    assert_eq!((review["limit"].as_str(), review["due"].as_str()), (Some("review"), Some("2026-03-09")));
    assert_eq!(review["state"], "runs");
    assert!(review["why"][1]["days"].as_array().unwrap().len() > 1);
    assert_eq!(review["articles"][0]["zh"], "行政复议法 第三十条第一款");
    let next = json["next"].as_array().unwrap();
    let accept = next.iter().find(|next| next["act"] == "accept").unwrap();
    assert_eq!(accept["lawful"], true);
    assert_eq!(accept["href"], format!("/api/v1/records/{id}/acts"));
    let correct = next.iter().find(|next| next["href"].as_str().unwrap().ends_with("/corrections"));
    assert!(correct.is_some(), "{next:#?}");
    assert_eq!(json["timeline"][0]["recorded_at"], "2026-03-02T02:00:00Z");
    assert_eq!(json["timeline"][0]["hash"].as_str().unwrap().len(), 64);
    // Unlawful as yet, with the reason in the language of the caller.
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", terms::Value::Choice("uphold".into()))]);
    for who in ["li", "zhao"] {
        assert!(matches!(site.does(who, Some(id), platform::RequestAsk::Sign, &[]), platform::Answer::Done(_)));
    }
    let english = client.with("accept-language", "en").get(&format!("/records/{id}")).await.is(200);
    let publish =
        english.json["next"].as_array().unwrap().iter().find(|next| next["act"] == "publish").unwrap().clone();
    assert_eq!(publish["lawful"], false);
    assert_eq!(publish["refusals"][0]["code"], "R202");
    assert_eq!(publish["refusals"][0]["detail"], "Published once it is paid.");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_version_is_told_so_and_no_look_is_noted() {
    let site = Site::new();
    let id = site.received("甲");
    let client = Client::of(&site, "wang");
    let path = format!("/records/{id}");
    for tag in ["\"1\"", "W/\"1\"", "*", "\"7\", \"1\""] {
        let answer = client.clone().with("if-none-match", tag).get(&path).await.is(304);
        assert_eq!(answer.header("etag"), "\"1\"", "{tag}");
    }
    client.clone().with("if-none-match", "\"2\"").get(&path).await.is(200);
    Client::of(&site, "sun").with("if-none-match", "\"1\"").get(&path).await.problem(404, "problem:not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_has_what_is_due_and_what_is_to_be_signed() {
    let site = Site::new();
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", terms::Value::Choice("uphold".into()))]);
    let desk = Client::of(&site, "li").get("/desk").await.is(200);
    assert_eq!(desk.json["to_sign"][0]["id"], id.0);
    assert_eq!(desk.json["due"][0]["id"], id.0);
    let proposal = Client::of(&site, "li").get(&format!("/records/{id}")).await.is(200).json["proposal"].clone();
    assert_eq!((proposal["may_sign"].as_bool(), proposal["act"]["code"].as_str()), (Some(true), Some("decide")));
    let mine = Client::of(&site, "wang").get(&format!("/records/{id}")).await.is(200).json["proposal"].clone();
    assert_eq!((mine["may_sign"].as_bool(), mine["may_return"].as_bool()), (Some(false), Some(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_describe_themselves_in_both_languages() {
    let site = Site::new();
    with_every_post(&site);
    let anyone = Client::anyone(&site);
    let lines = anyone.get("/lines").await.is(200);
    assert_eq!(
        lines.json["lines"],
        json!([{ "code": "demo", "title": { "zh": "示范", "en": "Demonstration" },
        "version": "2024", "versions": ["2024"] }])
    );
    assert_eq!(lines.header("cache-control"), "public, max-age=60");
    let demo = anyone.get("/lines/demo").await.is(200).json;
    let field = |code: &str| demo["fields"].as_array().unwrap().iter().find(|one| one["code"] == code).unwrap().clone();
    assert_eq!(
        (field("amount")["type"].as_str(), field("applicant")["personal"].as_bool()),
        (Some("money"), Some(true))
    );
    assert_eq!(field("ground")["choices"][1]["title"]["en"], "Expert opinion");
    let act = |code: &str| demo["acts"].as_array().unwrap().iter().find(|one| one["code"] == code).unwrap().clone();
    assert_eq!(act("decide")["sign"].as_array().unwrap().len(), 2);
    assert!(
        act("decide")["fills"]
            .as_array()
            .unwrap()
            .iter()
            .all(|fill| fill["field"] != "number" || fill["given"] == true)
    );
    let rule = &demo["rules"].as_array().unwrap().iter().find(|rule| rule["code"] == "paid").unwrap().clone();
    assert_eq!((rule["severity"].as_str(), rule["why"]["zh"].as_str()), (Some("forbids"), Some("缴纳后公开")));
    assert!(rule["is"]["en"].as_str().unwrap().contains("Pay"), "{rule}");
    assert_eq!(demo["limits"].as_array().unwrap().len(), 5);
    anyone.get("/lines/demo?version=2024").await.is(200);
    anyone.get("/lines/demo?version=1999").await.problem(404, "problem:not-found");
    anyone.get("/lines/dmo").await.problem(404, "problem:not-found");
    anyone.get("/openings").await.problem(401, "problem:sign-in");
    let openings = Client::of(&site, "all").get("/openings").await.is(200).json;
    assert_eq!(openings["openings"][0]["acts"][0]["code"], "receive");
    site.received("K-1");
    let keys = Client::of(&site, "wang").get("/lines/demo/keys").await.is(200).json;
    assert_eq!(keys["keys"][0]["key"], "K-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_the_catalogue_fits_the_description() {
    let site = Site::over(testkit::repository().unwrap());
    let anyone = Client::anyone(&site);
    let lines = anyone.get("/lines").await.is(200).json;
    let lines = lines["lines"].as_array().unwrap();
    assert!(lines.len() > 5);
    for line in lines {
        for version in line["versions"].as_array().unwrap() {
            let path = format!("/lines/{}?version={}", line["code"].as_str().unwrap(), version.as_str().unwrap());
            anyone.get(&path).await.is(200);
        }
    }
}
