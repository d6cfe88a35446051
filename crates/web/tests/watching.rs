//! What is said to whoever watches over the program.
#![allow(clippy::unwrap_used)] // what fails here is the test

mod common;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use common::{Site, government, options};
use http_body_util::BodyExt;
use platform::RequestAsk;
use tower::ServiceExt;

async fn get(router: &Router, path: &str) -> (StatusCode, String, HeaderMap) {
    let response = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap(), headers)
}

/// The lines of a figure, without its help and type.
fn lines<'m>(told: &'m str, figure: &str) -> Vec<&'m str> {
    told.lines()
        .filter(|line| line.starts_with(&format!("{figure}{{")) || line.starts_with(&format!("{figure} ")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lives_and_is_ready_until_it_is_stopped() {
    let site = Site::new();
    let router = site.router();
    let (status, text, headers) = get(&router, "/health").await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, r#"{"alive":true}"#));
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["cache-control"], "no-store");
    let (status, text, _) = get(&router, "/ready").await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, r#"{"ready":true}"#));
    site.platform.close();
    let (status, text, _) = get(&router, "/ready").await;
    assert_eq!((status, text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, r#"{"ready":false,"reason":"stopping"}"#));
    assert_eq!(get(&router, "/health").await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_no_page() {
    let site = Site::new();
    let (status, text, _) = get(&site.router(), "/metrics").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(!text.contains("fazhi_"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_count_by_government_outcome_and_route() {
    let site = Site::new();
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    let refused = site.does("wang", Some(id), RequestAsk::Act("publish".into()), &[]);
    assert!(matches!(refused, platform::Answer::Refused(_)), "{refused:?}");
    site.platform.session_begin(&site.person("wang"), "token", "secret").unwrap();
    // The record's first limit has passed, and nobody put it through.
    site.at("2026-03-02T10:05:00");
    let web = web::Site::new(site.platform.clone(), options());
    let pages = web.pages();
    for path in ["/records/12345?text=%E5%BC%A0%E4%B8%89", "/nothing/at/all", "/figures"] {
        get(&pages, path).await;
    }
    let (status, told, headers) = get(&web.watching(), "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let place = format!("government=\"{}\"", government());
    for line in [
        format!("fazhi_commands_waiting{{{place}}} 0"),
        format!("fazhi_commands_total{{{place},outcome=\"done\"}} 2"),
        format!("fazhi_commands_total{{{place},outcome=\"refused\"}} 1"),
        format!("fazhi_commands_total{{{place},outcome=\"fault\"}} 0"),
        format!("fazhi_commit_commands_count{{{place}}} 3"),
        format!("fazhi_commit_commands_sum{{{place}}} 3.0"),
        format!("fazhi_commit_commands_bucket{{le=\"1.0\",{place}}} 3"),
        format!("fazhi_commit_seconds_count{{{place}}} 3"),
        format!("fazhi_sessions{{{place}}} 1"),
        "fazhi_http_requests_total{route=\"/records/{id}\",method=\"GET\",status=\"303\"} 1".to_owned(),
        "fazhi_http_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1".to_owned(),
        "fazhi_http_requests_total{route=\"/figures\",method=\"GET\",status=\"200\"} 1".to_owned(),
        "fazhi_http_seconds_count{route=\"/figures\"} 1".to_owned(),
    ] {
        assert!(told.lines().any(|one| one == line), "`{line}` is not told:\n{told}");
    }
    let position = site.platform.store().read().unwrap().head(&government()).unwrap().position;
    assert_eq!(lines(&told, "fazhi_log_position"), [format!("fazhi_log_position{{{place}}} {position}")]);
    assert_eq!(lines(&told, "fazhi_store_statements_total").len(), 1);
    assert!(!told.contains("12345") && !told.contains("nothing/at/all") && !told.contains("wang"), "{told}");
    assert!(told.ends_with("# EOF\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passed_and_nobody_recorded_is_told() {
    let site = Site::new();
    site.received("甲");
    let web = web::Site::new(site.platform.clone(), options());
    let place = format!("government=\"{}\"", government());
    let told = get(&web.watching(), "/metrics").await.1;
    assert_eq!(lines(&told, "fazhi_due_late"), [format!("fazhi_due_late{{{place}}} 0")]);
    site.at("2026-03-20T10:00:00");
    let told = get(&web.watching(), "/metrics").await.1;
    assert_eq!(lines(&told, "fazhi_due_late"), [format!("fazhi_due_late{{{place}}} 1")]);
    assert_eq!(lines(&told, "fazhi_due_overdue"), [format!("fazhi_due_overdue{{{place}}} 1")]);
    assert_eq!(site.platform.round(&government(), "here").unwrap(), Some(1));
    let told = get(&web.watching(), "/metrics").await.1;
    assert_eq!(lines(&told, "fazhi_due_late"), [format!("fazhi_due_late{{{place}}} 0")]);
    assert_eq!(lines(&told, "fazhi_put_through_total"), [format!("fazhi_put_through_total{{{place}}} 1")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_has_the_number_of_its_log_line() {
    let site = Site::new();
    let router = site.router();
    let ids: Vec<String> = [get(&router, "/").await, get(&router, "/nothing").await]
        .iter()
        .map(|(_, _, headers)| headers["x-request-id"].to_str().unwrap().to_owned())
        .collect();
    assert_ne!(ids[0], ids[1]);
}
