//! Whether the program lives and can work, for whoever starts and stops it. Says nothing of what it keeps.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;

fn json(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// The process lives. Asks nobody, so that it answers whatever else stands still.
pub(crate) async fn health() -> Response {
    json(StatusCode::OK, r#"{"alive":true}"#.to_owned())
}

/// Records can be read and acts written; else the reason, of a fixed vocabulary.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let (platform, government) = (app.platform.clone(), app.options.government.clone());
    let reason = match tokio::task::spawn_blocking(move || platform.ready(&government)).await {
        Ok(Ok(())) => return json(StatusCode::OK, r#"{"ready":true}"#.to_owned()),
        Ok(Err(unready)) => unready.name(),
        Err(_) => "panic",
    };
    json(StatusCode::SERVICE_UNAVAILABLE, format!(r#"{{"ready":false,"reason":"{reason}"}}"#))
}
