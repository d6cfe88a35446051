//! Who is here: language, session, signing in and out.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use askama::Template;
use axum::Form;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use platform::Person;
use procedure::Language;
use serde::Deserialize;
use tower_sessions::Session;

use crate::act;
use crate::app::App;
use crate::frame::{Frame, page};
use crate::input::Posted;
use crate::wrong::Wrong;

const ACCOUNT: &str = "account";
const TOKEN: &str = "token";
const FLASH: &str = "flash";
const LANGUAGE_COOKIE: &str = "fazhi_language";

/// Somebody who asks for a page.
pub(crate) struct Visitor {
    pub frame: Frame,
    pub session: Session,
}

impl Visitor {
    /// The person, or the way to the sign-in page.
    pub fn person(&self) -> Result<Person, Wrong> {
        self.frame.person.clone().ok_or_else(|| Wrong::SignIn(self.frame.path.clone()))
    }

    /// Whether a form carries the token of this session.
    pub fn check(&self, token: Option<&str>) -> Result<(), Wrong> {
        let fits = !self.frame.token.is_empty() && token == Some(self.frame.token.as_str());
        if fits { Ok(()) } else { Err(Wrong::Foreign) }
    }

    /// Says something on the next page.
    pub async fn tell(&self, lines: Vec<String>) -> Result<(), Wrong> {
        self.session.insert(FLASH, lines).await.map_err(session_fault)
    }

    /// The frame, with what was to be said on this page.
    pub async fn told(mut self) -> Result<Frame, Wrong> {
        if self.frame.person.is_some() {
            let lines: Option<Vec<String>> = self.session.remove(FLASH).await.map_err(session_fault)?;
            self.frame.flash = lines.unwrap_or_default();
        }
        Ok(self.frame)
    }
}

fn session_fault(why: tower_sessions::session::Error) -> Wrong {
    Wrong::Fault(format!("session: {why}"))
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Wrong;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visitor, Wrong> {
        let session = Session::from_request_parts(parts, app).await;
        let session = session.map_err(|(_, why)| Wrong::Fault(why.to_owned()))?;
        let account: Option<String> = session.get(ACCOUNT).await.map_err(session_fault)?;
        let signed_in = account.is_some();
        let person = app.visit(account).await?;
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let mut frame = Frame::bare(app, language_of(&parts.headers), path);
        if signed_in {
            frame.token = session.get(TOKEN).await.map_err(session_fault)?.unwrap_or_default();
        }
        frame.person = person;
        Ok(Visitor { frame, session })
    }
}

/// The language of the cookie; Chinese where there is none.
pub(crate) fn language_of(headers: &HeaderMap) -> Language {
    let english = |cookies: &HeaderValue| {
        let pairs = cookies.to_str().unwrap_or_default().split(';');
        pairs.filter_map(|pair| pair.trim().split_once('=')).any(|pair| pair == (LANGUAGE_COOKIE, "en"))
    };
    if headers.get_all(header::COOKIE).iter().any(english) { Language::En } else { Language::Zh }
}

/// A path on this site, or the home page.
fn local(path: Option<&str>) -> String {
    let good = |path: &&str| {
        path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.contains(char::is_control)
    };
    path.filter(good).unwrap_or("/").to_owned()
}

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct Back {
    back: Option<String>,
}

/// Switches the language.
pub(crate) async fn language(Path(language): Path<String>, Query(query): Query<Back>) -> Result<Response, Wrong> {
    let code = match language.as_str() {
        "zh" | "en" => language.as_str(),
        _ => return Err(Wrong::NotFound),
    };
    let cookie = format!("{LANGUAGE_COOKIE}={code}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    let cookie = HeaderValue::from_str(&cookie).map_err(|why| Wrong::Fault(why.to_string()))?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&local(query.back.as_deref()))).into_response())
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    f: Frame,
    back: String,
    name: String,
    lead: String,
    wrong: Option<String>,
    /// A form that was typed before the session ended.
    kept: Vec<(String, String)>,
}

/// The sign-in page.
pub(crate) async fn show(visitor: Visitor, Query(query): Query<Back>) -> Result<Response, Wrong> {
    if visitor.frame.person.is_some() {
        return Ok(Redirect::to("/desk").into_response());
    }
    let frame = visitor.frame.titled("sign-in").within("sign-in");
    let code = if query.back.is_some() { "sign-in-first" } else { "sign-in-lead" };
    let lead = frame.t(code);
    page(&SignIn {
        f: frame,
        back: query.back.unwrap_or_default(),
        name: String::new(),
        lead,
        wrong: None,
        kept: Vec::new(),
    })
}

/// The name of a hidden control that keeps what was typed.
const KEPT: &str = "kept.";

/// The sign-in page for somebody whose session ended while a form was open: it keeps what was typed.
pub(crate) fn ended(frame: Frame, typed: Vec<(String, String)>) -> Result<Response, Wrong> {
    let back = frame.path.clone();
    let frame = Frame { path: "/sign-in".to_owned(), ..frame }.titled("sign-in").within("sign-in");
    let (wrong, lead) = (Some(frame.t("sign-in-ended")), frame.t("sign-in-lead"));
    let kept = typed.into_iter().filter(|(name, _)| name != "token").collect();
    let page = page(&SignIn { f: frame, back, name: String::new(), lead, wrong, kept })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// So many attempts may fail, and then one waits this long.
const ATTEMPTS: u32 = 5;
const WAIT: Duration = Duration::from_secs(60);

/// Signs in.
pub(crate) async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let given = Posted(typed);
    let name = given.text("name").to_owned();
    let password = given.0.iter().find(|(name, _)| name == "password").map(|(_, text)| text.clone());
    let password = password.unwrap_or_default();
    if name.is_empty() || password.is_empty() {
        return again(&visitor, &given, "sign-in-missing");
    }
    if must_wait(&app, &name) {
        return again(&visitor, &given, "sign-in-wait");
    }
    let (government, account) = (app.options.government.clone(), name.clone());
    let person = app.ask(move |platform| platform.sign_in(&government, &account, &password)).await?;
    let Some(person) = person else {
        failed(&app, &name);
        return again(&visitor, &given, "sign-in-wrong");
    };
    app.attempts.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
    // A new id, so that nobody who knew the old one is signed in too.
    visitor.session.cycle_id().await.map_err(session_fault)?;
    visitor.session.insert(ACCOUNT, person.account.to_string()).await.map_err(session_fault)?;
    let token = random()?;
    visitor.session.insert(TOKEN, token.clone()).await.map_err(session_fault)?;
    let (back, kept) = (local(given.get("back")), kept(&given));
    if !kept.is_empty() {
        let frame = Frame { person: Some(person.clone()), token, path: back.clone(), ..visitor.frame };
        if let Some(page) = act::resumed(&app, frame, person, &back, Posted(kept)).await? {
            return Ok(page);
        }
    }
    // What is only sent has no page to come back to.
    let back = back.strip_suffix("/sign").map(str::to_owned).unwrap_or(back);
    Ok(Redirect::to(if back == "/" { "/desk" } else { &back }).into_response())
}

/// The sign-in page once more, with what is wrong.
fn again(visitor: &Visitor, given: &Posted, code: &str) -> Result<Response, Wrong> {
    let frame = visitor.frame.clone().titled("sign-in").within("sign-in");
    let (wrong, lead) = (Some(frame.t(code)), frame.t("sign-in-lead"));
    let (back, name) = (given.text("back").to_owned(), given.text("name").to_owned());
    let page = page(&SignIn { f: frame, back, name, lead, wrong, kept: kept(given) })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn kept(given: &Posted) -> Vec<(String, String)> {
    let kept = given.0.iter().filter_map(|(name, text)| Some((name.strip_prefix(KEPT)?.to_owned(), text.clone())));
    kept.collect()
}

fn must_wait(app: &App, name: &str) -> bool {
    let attempts = app.attempts.lock().unwrap_or_else(PoisonError::into_inner);
    attempts.get(name).is_some_and(|(failed, since)| *failed >= ATTEMPTS && since.elapsed() < WAIT)
}

fn failed(app: &App, name: &str) {
    let mut attempts = app.attempts.lock().unwrap_or_else(PoisonError::into_inner);
    attempts.retain(|_, (_, since)| since.elapsed() < WAIT);
    let entry = attempts.entry(name.to_owned()).or_insert((0, Instant::now()));
    *entry = (entry.0 + 1, Instant::now());
}

/// The token of a form.
#[derive(Deserialize)]
pub(crate) struct Token {
    #[serde(default)]
    token: String,
}

/// Signs out.
pub(crate) async fn sign_out(visitor: Visitor, Form(form): Form<Token>) -> Result<Response, Wrong> {
    if visitor.frame.person.is_some() {
        visitor.check(Some(&form.token))?;
        visitor.session.flush().await.map_err(session_fault)?;
    }
    Ok(Redirect::to("/").into_response())
}

/// Sixteen random bytes of the operating system, as hexadecimal digits.
pub(crate) fn random() -> Result<String, Wrong> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|why| Wrong::Fault(format!("no random bytes: {why}")))?;
    Ok(terms::CommandId(bytes).to_string())
}
