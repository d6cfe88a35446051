//! What is counted and logged of each request: its route as the program knows it, never the path that was asked for,
//! which may hold anything.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use platform::{Spread, Spreading};
use tracing::Instrument;

use crate::app::App;

/// Microseconds of a request, up to so many.
const TIMES: &[u64] =
    &[500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000];
/// The route of what has none.
const NOWHERE: &str = "none";
/// Says which log line tells of a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Route, method, status.
type Kind = (String, &'static str, u16);

/// What is counted of the requests since the program started.
#[derive(Debug)]
pub(crate) struct Requests {
    counts: Mutex<BTreeMap<Kind, u64>>,
    times: Mutex<BTreeMap<String, Arc<Spread>>>,
    /// Sets the ids of this process apart from another's.
    process: u32,
    next: AtomicU64,
}

impl Default for Requests {
    fn default() -> Self {
        // Without randomness ids are less telling, and still count up.
        let process = getrandom::u32().unwrap_or_default();
        Requests { counts: Mutex::default(), times: Mutex::default(), process, next: AtomicU64::new(1) }
    }
}

impl Requests {
    fn id(&self) -> String {
        format!("{:08x}-{:x}", self.process, self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn count(&self, route: &str, method: &'static str, status: u16, micros: u64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((route.to_owned(), method, status)).or_default() += 1;
        drop(counts);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        if !times.contains_key(route) {
            times.insert(route.to_owned(), Arc::new(Spread::new(TIMES)));
        }
        if let Some(spread) = times.get(route) {
            spread.add(micros);
        }
    }

    /// How many requests there were of each kind.
    pub fn counts(&self) -> Vec<(Kind, u64)> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(kind, count)| (kind.clone(), *count)).collect()
    }

    /// How long they took, by route.
    pub fn times(&self) -> Vec<(String, Spreading)> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.iter().map(|(route, spread)| (route.clone(), spread.read())).collect()
    }
}

/// A method by name; a client can make up as many others as it likes.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts a request and logs one line of it.
pub(crate) async fn watched(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or(NOWHERE, MatchedPath::as_str).to_owned();
    let method = name(request.method());
    let id = app.requests.id();
    let begun = Instant::now();
    let span = tracing::error_span!("request", id);
    let mut response = next.run(request).instrument(span).await;
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    app.requests.count(&route, method, status, micros);
    let ms = micros / 1_000;
    if matches!(route.as_str(), "/health" | "/ready") {
        tracing::debug!(id, method, route, status, ms, "request");
    } else {
        tracing::info!(id, method, route, status, ms, "request");
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
