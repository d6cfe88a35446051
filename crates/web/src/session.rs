//! Who is here: language, session, signing in and out.

use askama::Template;
use axum::Form;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use platform::{Person, SignIn as Entry};
use procedure::Language;
use serde::Deserialize;

use crate::act;
use crate::app::App;
use crate::frame::{self, Frame, page};
use crate::input::Posted;
use crate::wrong::Wrong;

/// The cookie that keeps a session's token.
pub(crate) const SESSION_COOKIE: &str = "fazhi";
const LANGUAGE_COOKIE: &str = "fazhi_language";
const PRINT_COOKIE: &str = "fazhi_print";

/// Somebody who asks for a page.
pub(crate) struct Visitor {
    pub frame: Frame,
    app: App,
    /// The token of the session, where there is one.
    token: Option<String>,
    told: Vec<String>,
    /// The password has to be changed before anything else.
    pub renew: bool,
}

impl Visitor {
    /// The person, or the way to the sign-in page.
    pub fn person(&self) -> Result<Person, Wrong> {
        if self.renew { Err(Wrong::Renew) } else { self.anybody() }
    }

    /// The person, also one whose password has to be changed before anything else.
    pub fn anybody(&self) -> Result<Person, Wrong> {
        self.frame.person.clone().ok_or_else(|| Wrong::SignIn(self.frame.path.clone()))
    }

    /// Whether a form carries the token of this session.
    pub fn check(&self, token: Option<&str>) -> Result<(), Wrong> {
        let fits = !self.frame.token.is_empty() && token == Some(self.frame.token.as_str());
        if fits { Ok(()) } else { Err(Wrong::Foreign) }
    }

    /// Says something on the next page.
    pub async fn tell(&self, lines: Vec<String>) -> Result<(), Wrong> {
        let Some(token) = self.token.clone() else { return Ok(()) };
        let (government, token) = self.app.of_cookie(&token);
        self.app.ask(move |platform| platform.session_tell(&government, &token, &lines)).await
    }

    /// The frame, with what was to be said on this page.
    pub async fn told(mut self) -> Result<Frame, Wrong> {
        if !self.told.is_empty() {
            self.tell(Vec::new()).await?;
            self.frame.flash = self.told;
        }
        Ok(self.frame)
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Wrong;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visitor, Wrong> {
        let token = cookie(&parts.headers, SESSION_COOKIE).map(str::to_owned);
        let session = app.visit(token.as_deref()).await?;
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let mut frame = Frame::bare(app, language_of(&parts.headers), path);
        frame.large = cookie(&parts.headers, PRINT_COOKIE) == Some("large");
        let mut visitor = Visitor { frame, app: app.clone(), token: None, told: Vec::new(), renew: false };
        if let Some(session) = session {
            visitor.frame.unread = session.unread;
            visitor.frame.leads = app.platform.leads(&session.person);
            let duties = app.platform.administers(&session.person);
            visitor.frame.administers = !duties.is_empty();
            visitor.frame.audits = duties.contains(&catalog::Administers::Log);
            visitor.renew = session.renew;
            visitor.frame.place = frame::place(app, visitor.frame.language, &session.person.government);
            visitor.frame.person = Some(session.person);
            visitor.frame.token = session.secret;
            visitor.token = token;
            visitor.told = session.told;
        }
        Ok(visitor)
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value)
}

/// Gives the browser a session's token, or takes it away. Scripts cannot read it and other sites cannot send it with a
/// form; it goes over HTTPS alone where the site is reached so.
pub(crate) fn with_cookie(app: &App, token: &str, mut response: Response) -> Result<Response, Wrong> {
    let seconds = if token.is_empty() { 0 } else { u64::from(app.platform.session_times().whole_hours) * 3_600 };
    let secure = if app.options.secure_cookies { "; Secure" } else { "" };
    let text = format!("{SESSION_COOKIE}={token}; HttpOnly; SameSite=Lax{secure}; Path=/; Max-Age={seconds}");
    let value = HeaderValue::from_str(&text).map_err(|_| Wrong::broken("cookie"))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(response)
}

/// The language of the cookie; Chinese where there is none.
pub(crate) fn language_of(headers: &HeaderMap) -> Language {
    if cookie(headers, LANGUAGE_COOKIE) == Some("en") { Language::En } else { Language::Zh }
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
    kept_for_a_year(LANGUAGE_COOKIE, code, query.back.as_deref())
}

/// Switches between large print and the usual size.
pub(crate) async fn print(Path(size): Path<String>, Query(query): Query<Back>) -> Result<Response, Wrong> {
    let code = match size.as_str() {
        "large" | "usual" => size.as_str(),
        _ => return Err(Wrong::NotFound),
    };
    kept_for_a_year(PRINT_COOKIE, code, query.back.as_deref())
}

/// Keeps a choice in the browser, and goes back.
fn kept_for_a_year(name: &str, choice: &str, back: Option<&str>) -> Result<Response, Wrong> {
    let cookie = format!("{name}={choice}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Wrong::broken("cookie"))?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&local(back))).into_response())
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
        return Ok(Redirect::to(first_page(&visitor.frame)).into_response());
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

/// Where a day begins: with what matters for who leads, with what is to be done for everybody else.
fn first_page(frame: &Frame) -> &'static str {
    if frame.leads { "/morning" } else { "/desk" }
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
        return again(&visitor, &given, visitor.frame.t("sign-in-missing"));
    }
    // Of another government an account is named with it: `li@632200`.
    let elsewhere = name.rsplit_once('@').and_then(|(name, code)| Some((name.to_owned(), code.parse().ok()?)));
    let (name, government) = elsewhere.unwrap_or_else(|| (name, app.options.government.clone()));
    let person = match app.ask(move |platform| platform.sign_in(&government, &name, &password)).await? {
        Entry::In(person) => person,
        Entry::No => return again(&visitor, &given, visitor.frame.t("sign-in-wrong")),
        Entry::Wait { minutes } => {
            return again(&visitor, &given, visitor.frame.t1("sign-in-wait", "minutes", minutes));
        }
    };
    // Always a new token, so that nobody who knew the old one is signed in too.
    let (token, secret) = (random()?, random()?);
    let old = visitor.token.as_ref().map(|old| app.of_cookie(old));
    let (who, begun, kept_by) = (person.clone(), token.clone(), secret.clone());
    let own = person.government == app.options.government;
    let token = if own { token } else { format!("{}.{token}", person.government) };
    app.ask(move |platform| {
        if let Some((government, old)) = old {
            platform.session_end(&government, &old)?;
        }
        platform.session_begin(&who, &begun, &kept_by)
    })
    .await?;
    let (back, kept) = (local(given.get("back")), kept(&given));
    let first = first_page(&Frame { leads: app.platform.leads(&person), ..visitor.frame.clone() });
    if !kept.is_empty() {
        let frame = Frame { person: Some(person.clone()), token: secret, path: back.clone(), ..visitor.frame.clone() };
        let notice = frame.t("sign-in-resumed");
        if let Some(page) = act::resumed(&app, frame, person, &back, Posted(kept), notice).await? {
            return with_cookie(&app, &token, page);
        }
    }
    // What is only sent has no page to come back to.
    let back = back.strip_suffix("/sign").map(str::to_owned).unwrap_or(back);
    let to = Redirect::to(if back == "/" { first } else { &back });
    with_cookie(&app, &token, to.into_response())
}

/// The sign-in page once more, with what is wrong.
fn again(visitor: &Visitor, given: &Posted, wrong: String) -> Result<Response, Wrong> {
    let frame = visitor.frame.clone().titled("sign-in").within("sign-in");
    let (wrong, lead) = (Some(wrong), frame.t("sign-in-lead"));
    let (back, name) = (given.text("back").to_owned(), given.text("name").to_owned());
    let page = page(&SignIn { f: frame, back, name, lead, wrong, kept: kept(given) })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn kept(given: &Posted) -> Vec<(String, String)> {
    let kept = given.0.iter().filter_map(|(name, text)| Some((name.strip_prefix(KEPT)?.to_owned(), text.clone())));
    kept.collect()
}

/// The token of a form.
#[derive(Deserialize)]
pub(crate) struct Token {
    #[serde(default)]
    token: String,
}

/// Signs out.
pub(crate) async fn sign_out(
    State(app): State<App>,
    visitor: Visitor,
    Form(form): Form<Token>,
) -> Result<Response, Wrong> {
    let home = Redirect::to("/").into_response();
    let Some(token) = visitor.token.clone() else { return Ok(home) };
    visitor.check(Some(&form.token))?;
    let (government, token) = app.of_cookie(&token);
    app.ask(move |platform| platform.session_end(&government, &token)).await?;
    with_cookie(&app, "", home)
}

/// Sixteen random bytes of the operating system, as hexadecimal digits.
pub(crate) fn random() -> Result<String, Wrong> {
    random_bytes().map(|bytes| terms::CommandId(bytes).to_string())
}

/// Sixteen random bytes of the operating system.
pub(crate) fn random_bytes() -> Result<[u8; 16], Wrong> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Wrong::broken("no-randomness"))?;
    Ok(bytes)
}
