//! The router, what every answer carries, and what every page may ask.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use platform::{Platform, Session};
use terms::GovernmentCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::requests::{self, Requests};
use crate::wrong::Wrong;
use crate::{
    account, act, admin, api, campaign, comparison, desk, download, drafts, figures, file, handover, health, home,
    imports, look, messages, metrics, morning, notices, panel, papers, progress, record, record_report, remarks,
    report, report_data, search, session, signing, submit, unfold, wrong,
};

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
    /// The most bytes of a file that comes with an act.
    pub attachment_limit: u64,
    /// The folder in which a file lies while it comes in; on the disk, and large enough for a few.
    pub spool: PathBuf,
    /// What prints case files, where the program was built with it.
    pub printer: Option<Printer>,
}

/// Prints a case file: its bytes as PDF, or why there are none, for the operator.
#[derive(Clone, Copy)]
pub struct Printer {
    /// A case file.
    pub case_file: fn(&platform::CaseFile) -> Result<Vec<u8>, String>,
    /// An official letter.
    pub letter: fn(&composer::Letter) -> Result<Vec<u8>, String>,
}

impl std::fmt::Debug for Printer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Printer")
    }
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
    /// Which governments' records are still coming in, as last read; empty: none.
    pub coming: Arc<RwLock<String>>,
    /// What is counted of the requests.
    pub requests: Arc<Requests>,
}

impl App {
    /// Asks the platform, which blocks, without holding up other visitors: their tasks move to another thread meanwhile.
    /// Most questions take less time than it takes to wake a thread, so this one stays where it is.
    pub async fn ask<T, E: Into<Wrong>>(&self, question: impl FnOnce(&Platform) -> Result<T, E>) -> Result<T, Wrong> {
        tokio::task::block_in_place(|| question(&self.platform)).map_err(Into::into)
    }

    /// The government and the token of a session's cookie: of the site's own government it keeps the token alone.
    pub fn of_cookie(&self, cookie: &str) -> (GovernmentCode, String) {
        let other = cookie.split_once('.').and_then(|(code, token)| Some((code.parse().ok()?, token.to_owned())));
        other.unwrap_or_else(|| (self.options.government.clone(), cookie.to_owned()))
    }

    /// Reads whose session it is, and what is told of the data.
    pub async fn visit(&self, cookie: Option<&str>) -> Result<Option<Session>, Wrong> {
        let kept = cookie.map(|cookie| self.of_cookie(cookie));
        let kept = kept.as_ref().map(|(government, token)| (government, token.as_str()));
        let visit = self.ask(|platform| platform.visit(kept)).await?;
        self.synthetic.store(visit.synthetic, Ordering::Relaxed);
        *self.coming.write().unwrap_or_else(PoisonError::into_inner) = visit.coming;
        Ok(visit.session)
    }
}

/// The largest form that is taken.
pub(crate) const MOST_BYTES: usize = 1 << 20;

/// The largest file that is taken, with the form around it.
const MOST_FILE: usize = 21 << 20;

/// Nothing is loaded from elsewhere, no script runs, nobody frames a page.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                              base-uri 'none'; frame-ancestors 'none'";

/// The site, with what is counted of it.
#[derive(Clone)]
pub struct Site {
    app: App,
}

impl Site {
    /// A site over a platform.
    pub fn new(platform: Arc<Platform>, options: Options) -> Site {
        let synthetic = platform.synthetic().unwrap_or(false);
        Site {
            app: App {
                platform,
                options: Arc::new(options),
                synthetic: Arc::new(AtomicBool::new(synthetic)),
                coming: Arc::default(),
                requests: Arc::default(),
            },
        }
    }

    /// What everybody may ask: the pages, and whether the program lives and can work.
    pub fn pages(&self) -> Router {
        let app = self.app.clone();
        let always = |name: &'static str, value: &'static str| {
            SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pages()
            .fallback(|| async { Wrong::NotFound })
            .layer(CatchPanicLayer::custom(|_| Wrong::broken("panic").into_response()))
            .layer(axum::middleware::from_fn(wrong::same_origin))
            .layer(axum::middleware::from_fn_with_state(app.clone(), wrong::in_words))
            .layer(DefaultBodyLimit::max(MOST_BYTES))
            // Beside the pages: what a program asks is not answered in words.
            .merge(probes())
            .merge(api::router())
            .layer(axum::middleware::from_fn_with_state(app.clone(), requests::watched))
            // A file has one of its own.
            .layer(SetResponseHeaderLayer::if_not_present(
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(CONTENT_POLICY),
            ))
            .layer(always("x-content-type-options", "nosniff"))
            .layer(always("referrer-policy", "same-origin"))
            .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_page)))
            .with_state(app)
    }

    /// What only whoever watches over the program may ask; it is served at an address of its own.
    pub fn watching(&self) -> Router {
        probes().route("/metrics", get(metrics::metrics)).with_state(self.app.clone())
    }
}

/// The site as a service.
pub fn router(platform: Arc<Platform>, options: Options) -> Router {
    Site::new(platform, options).pages()
}

/// A page is made small on its way. A file is not: it is asked for by its bytes, in parts too.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::CONTENT_DISPOSITION)
}

fn probes() -> Router<App> {
    Router::new().route("/health", get(health::health)).route("/ready", get(health::ready))
}

/// A form that can come with files has bounds of its own, in `sent.rs`.
fn pages() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/public", get(home::list))
        .route("/public/{record}/{publication}", get(home::one))
        .route("/progress", get(progress::show).post(progress::ask))
        .route("/sign-in", get(session::show).post(session::sign_in))
        .route("/sign-out", post(session::sign_out))
        .route("/language/{language}", get(session::language))
        .route("/print/{size}", get(session::print))
        .route("/search", get(search::show))
        .route("/account", get(account::show))
        .route("/account/tokens", post(account::make))
        .route("/account/tokens/end", post(account::end))
        .route("/desk", get(desk::desk))
        .route("/records", get(desk::records))
        .route("/records/export", get(download::list))
        .route("/imports", get(imports::show).post(imports::send).layer(DefaultBodyLimit::max(MOST_FILE)))
        .route("/imports/read", post(imports::read).layer(DefaultBodyLimit::max(MOST_FILE)))
        .route("/imports/template", get(imports::template))
        .route("/imports/{id}", get(imports::preview).post(imports::take))
        .route("/imports/{id}/verdicts.xlsx", get(imports::verdicts))
        .route("/tables/{code}", get(download::table))
        .route("/new", get(desk::new))
        .route("/new/{line}/{act}", get(act::show_new).post(submit::new).layer(DefaultBodyLimit::disable()))
        .route("/records/{id}", get(record::show))
        .route("/records/{id}/report", get(record_report::show))
        .route("/records/{id}/look", post(look::look))
        .route("/handover", get(handover::show))
        .route("/password", get(admin::password).post(admin::change_password))
        .route("/admin", get(admin::home))
        .route("/admin/people", get(admin::people).post(admin::make))
        .route("/admin/people/{name}", get(admin::person))
        .route("/admin/people/{name}/{act}", post(admin::change))
        .route("/admin/agencies", get(admin::agencies_page).post(admin::change_agency))
        .route("/admin/posts", get(admin::posts))
        .route("/admin/log", get(admin::log))
        .route("/admin/looks", get(admin::looks))
        .route("/records/{id}/files/{digest}", get(file::show))
        .route("/records/{id}/act/{act}", get(act::show).post(submit::act).layer(DefaultBodyLimit::disable()))
        .route("/records/{id}/sign", get(signing::show).post(submit::sign))
        .route("/records/{id}/remarks", post(remarks::add))
        .route("/records/{id}/remarks/{n}", post(remarks::withdraw))
        .route("/drafts/{id}", get(drafts::resume).post(drafts::drop_one))
        .route("/notices", get(notices::list).post(notices::read_all))
        .route("/notices/{n}", post(notices::open))
        .route("/morning", get(morning::show))
        .route("/records/{id}/return", get(act::show_return).post(submit::give_back).layer(DefaultBodyLimit::disable()))
        .route("/records/{id}/documents/{seq}/{file}", get(papers::document))
        .route("/records/{id}/casefile.pdf", get(papers::case_file))
        .route("/messages", get(messages::list).post(messages::settle))
        .route("/campaigns", get(campaign::list))
        .route("/campaigns/{line}/{code}", get(campaign::show).post(campaign::decide))
        .route("/campaigns/{line}/{code}/sign", post(campaign::sign))
        .route("/figures", get(figures::list))
        .route("/figures/{code}", get(figures::one))
        .route("/figures/{code}/{table}", get(unfold::table))
        .route("/panel", get(panel::show))
        .route("/panel/{table}", get(panel::file))
        .route("/assets/charts.js", get(unfold::script))
        .route("/report", get(report::show))
        .route("/comparison", get(comparison::show).post(comparison::send).layer(DefaultBodyLimit::max(MOST_FILE)))
        .route("/comparison/{part}", get(comparison::part))
        .route("/comparison/sent/{id}", get(comparison::show_sent))
        .route("/comparison/sent/{id}/{part}", get(comparison::part_of_sent))
        .route("/report/letter.docx", get(papers::letter_docx))
        .route("/report/letter.pdf", get(papers::letter_pdf))
        .route("/report/below", get(report_data::below))
        .route("/report/{file}", get(report_data::file))
        .route(
            "/assets/style.css",
            get(|| async { asset("text/css; charset=utf-8", include_str!("../assets/style.css")) }),
        )
        .route("/assets/icon.svg", get(|| async { asset("image/svg+xml", include_str!("../assets/icon.svg")) }))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=600")], text).into_response()
}

/// Serves a router until it is to stop; then takes no further connection and returns once every request is answered.
///
/// # Errors
/// Where the listener fails.
pub async fn serve(
    router: Router,
    listener: tokio::net::TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}
