//! The router, what every answer carries, and what every page may ask.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use platform::{Person, Platform};
use terms::GovernmentCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_sessions::cookie::{SameSite, time::Duration};
use tower_sessions::{Expiry, MemoryStore, SessionManagerLayer};

use crate::wrong::Wrong;
use crate::{act, desk, figures, home, record, report, session, submit, wrong};

/// How the site is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; only told, the listener is the caller's.
    pub address: SocketAddr,
    /// The government whose site it is.
    pub government: GovernmentCode,
    /// Published reports that stand beside ours.
    pub published_reports: Vec<PublishedReport>,
    /// Whether cookies go over HTTPS alone; on wherever the site is reached by HTTPS.
    pub secure_cookies: bool,
}

/// A report as it was published.
#[derive(Clone, Debug)]
pub struct PublishedReport {
    /// Its year.
    pub year: i16,
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What every handler has.
#[derive(Clone)]
pub(crate) struct App {
    pub platform: Arc<Platform>,
    pub options: Arc<Options>,
    /// Whether the store's data are synthetic, as last read: also a page about a failure must say so.
    pub synthetic: Arc<AtomicBool>,
    /// Failed attempts to sign in: how many, since when.
    pub attempts: Arc<Mutex<HashMap<String, (u32, Instant)>>>,
}

impl App {
    /// Asks the platform, which blocks, without holding up other visitors.
    pub async fn ask<T, E>(&self, question: impl FnOnce(&Platform) -> Result<T, E> + Send + 'static) -> Result<T, Wrong>
    where
        T: Send + 'static,
        E: Into<Wrong> + Send + 'static,
    {
        let platform = self.platform.clone();
        let answer = tokio::task::spawn_blocking(move || question(&platform)).await;
        answer.map_err(|why| Wrong::Fault(why.to_string()))?.map_err(Into::into)
    }

    /// Reads who is behind an account and whether the data are synthetic.
    pub async fn visit(&self, account: Option<String>) -> Result<Option<Person>, Wrong> {
        let government = self.options.government.clone();
        let (person, synthetic) = self
            .ask(move |platform| {
                let person = account.map(|account| platform.person(&government, &account)).transpose()?.flatten();
                Ok::<_, ledger::Fault>((person, platform.synthetic()?))
            })
            .await?;
        self.synthetic.store(synthetic, Ordering::Relaxed);
        Ok(person)
    }
}

/// The largest form that is taken.
const MOST_BYTES: usize = 1 << 20;
/// Hours without a request after which a session ends.
const SESSION_HOURS: i64 = 8;

/// Nothing is loaded from elsewhere, no script runs, nobody frames a page.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                              base-uri 'none'; frame-ancestors 'none'";

/// The site as a service.
pub fn router(platform: Arc<Platform>, options: Options) -> Router {
    let synthetic = platform.synthetic().unwrap_or(false);
    let secure = options.secure_cookies;
    let app = App {
        platform,
        options: Arc::new(options),
        synthetic: Arc::new(AtomicBool::new(synthetic)),
        attempts: Arc::default(),
    };
    let sessions = SessionManagerLayer::new(MemoryStore::default())
        .with_name("fazhi")
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::hours(SESSION_HOURS)));
    let always = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    pages()
        .fallback(|| async { Wrong::NotFound })
        .layer(CatchPanicLayer::custom(|_| Wrong::Fault("a page panicked".to_owned()).into_response()))
        .layer(axum::middleware::from_fn(wrong::same_origin))
        .layer(axum::middleware::from_fn_with_state(app.clone(), wrong::in_words))
        .layer(sessions)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(always("content-security-policy", CONTENT_POLICY))
        .layer(always("x-content-type-options", "nosniff"))
        .layer(always("referrer-policy", "same-origin"))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(CompressionLayer::new())
        .with_state(app)
}

fn pages() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/public", get(home::list))
        .route("/public/{record}/{publication}", get(home::one))
        .route("/sign-in", get(session::show).post(session::sign_in))
        .route("/sign-out", post(session::sign_out))
        .route("/language/{language}", get(session::language))
        .route("/desk", get(desk::desk))
        .route("/records", get(desk::records))
        .route("/new", get(desk::new))
        .route("/new/{line}/{act}", get(act::show_new).post(submit::new))
        .route("/records/{id}", get(record::show))
        .route("/records/{id}/act/{act}", get(act::show).post(submit::act))
        .route("/records/{id}/sign", post(submit::sign))
        .route("/records/{id}/return", get(act::show_return).post(submit::give_back))
        .route("/figures", get(figures::list))
        .route("/figures/{code}", get(figures::one))
        .route("/report", get(report::show))
        .route(
            "/assets/style.css",
            get(|| async { asset("text/css; charset=utf-8", include_str!("../assets/style.css")) }),
        )
        .route("/assets/icon.svg", get(|| async { asset("image/svg+xml", include_str!("../assets/icon.svg")) }))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=600")], text).into_response()
}

/// Serves the site until the process ends.
///
/// # Errors
/// Where the listener fails.
pub async fn serve(platform: Arc<Platform>, listener: tokio::net::TcpListener, options: Options) -> io::Result<()> {
    axum::serve(listener, router(platform, options)).await
}
