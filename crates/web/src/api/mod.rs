//! The REST API: what the pages do, for programs. It shares their use cases; a call that writes becomes the same request
//! of the platform as a form. `docs/api.md` teaches it; `openapi.rs` describes it, from the types of the handlers.

mod acts;
mod caller;
mod desk;
mod figures;
mod files;
mod inputs;
mod lines;
mod openapi;
mod people;
mod publications;
mod records;
mod report;
mod taking;
mod trouble;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::app::{App, MOST_BYTES};
pub(crate) use report::ReportRow;
use trouble::Trouble;

/// Where the API stands.
const BASE: &str = "/api/v1";

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(people::routes())
        .merge(lines::routes())
        .merge(desk::routes())
        .merge(records::routes())
        .merge(acts::routes())
        .merge(files::routes())
        .merge(publications::routes())
        .merge(figures::routes())
        .merge(report::routes())
        .layer(from_fn(caller::negotiated))
        .merge(files::given_out())
}

/// The description of the API as it is served, pretty-printed.
pub fn description() -> String {
    openapi::document(described().into_openapi())
}

/// The API, with every failure told as a problem.
pub(crate) fn router() -> Router<App> {
    let (router, api) = described().split_for_parts();
    let text: Arc<str> = openapi::document(api).into();
    let described = move || {
        let text = text.clone();
        async move { public(([(header::CONTENT_TYPE, "application/json")], text.to_string())) }
    };
    let router = router
        .route("/openapi.json", get(described))
        .fallback(|| async { Trouble::from(trouble::NOT_FOUND) })
        .method_not_allowed_fallback(|| async { Trouble::from(trouble::METHOD) })
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!(kind = "panic", told = "", place = "api", "fault");
            Trouble::from(trouble::BROKEN).into_response()
        }))
        .layer(from_fn(trouble::in_words))
        .layer(DefaultBodyLimit::max(MOST_BYTES));
    Router::new().nest(BASE, router)
}

/// An answer that is the same for everybody, and may be kept for a minute.
fn public(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    response
}
