//! What goes wrong on the way to a page, told in words.

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::Fault;
use platform::TellError;

use crate::app::App;
use crate::frame::{Frame, encoded};
use crate::session::language_of;

/// Why there is no page.
#[derive(Clone, Debug)]
pub(crate) enum Wrong {
    /// There is none, or not for this person.
    NotFound,
    /// It did not come from our own form.
    Foreign,
    /// What was sent cannot be read, or is more than is taken.
    Unread(StatusCode),
    /// Somebody must sign in first, and then comes back here.
    SignIn(String),
    /// The password has to be changed first.
    Renew,
    /// Disk, network, or a mistake of ours; for the operator.
    Fault {
        /// Its kind, of a fixed vocabulary.
        kind: &'static str,
        /// What may be told of it in a log: nothing that anybody wrote.
        told: String,
    },
}

impl Wrong {
    /// A failure of which no more than its kind is told.
    pub fn broken(kind: &'static str) -> Wrong {
        Wrong::Fault { kind, told: String::new() }
    }
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Wrong {
        Wrong::Fault { kind: fault.kind.name(), told: fault.for_log().to_owned() }
    }
}

impl From<TellError> for Wrong {
    fn from(error: TellError) -> Wrong {
        match error {
            TellError::Fault(fault) => fault.into(),
            TellError::UnknownPlace(_)
            | TellError::AnotherTime { .. }
            | TellError::UnknownFigure(_)
            | TellError::NoReport
            | TellError::Unread(_)
            | TellError::NoOutline => Wrong::NotFound,
        }
    }
}

impl From<askama::Error> for Wrong {
    fn from(_: askama::Error) -> Wrong {
        Wrong::broken("template")
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let status = match &self {
            Wrong::SignIn(path) => {
                return Redirect::to(&format!("/sign-in?back={}", encoded(path))).into_response();
            }
            Wrong::Renew => return Redirect::to("/password").into_response(),
            Wrong::NotFound => StatusCode::NOT_FOUND,
            Wrong::Foreign => StatusCode::FORBIDDEN,
            Wrong::Unread(status) => *status,
            Wrong::Fault { kind, told } => {
                tracing::error!(kind, told, place = "page", "fault");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        status.into_response()
    }
}

#[derive(Template)]
#[template(path = "wrong.html")]
struct Page {
    f: Frame,
    code: u16,
    what: String,
    next: String,
}

/// Gives an answer without words its page.
pub(crate) async fn in_words(State(app): State<App>, request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    let html =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if html || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let group = match status.as_u16() {
        400 | 415 | 422 => "400",
        403 => "403",
        413 => "413",
        400..500 => "404",
        _ => "500",
    };
    let frame = Frame::bare(&app, language, path);
    let frame = frame.titled(&format!("error-{group}-title"));
    let what = frame.t(&format!("error-{group}"));
    let next = frame.t(&format!("error-{group}-next"));
    let page = Page { f: frame, code: status.as_u16(), what, next };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, axum::http::HeaderValue::from_static("text/html; charset=utf-8"));
    Response::from_parts(parts, Body::from(page.render().unwrap_or_default()))
}

/// A form of another site is not taken, whatever cookie the browser sends with it.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && foreign(request.headers()) {
        return Wrong::Foreign.into_response();
    }
    next.run(request).await
}

fn foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_none_or(|(_, from)| from != host),
        _ => false,
    }
}
