//! Who calls: by an access token or by the session of the pages; and what the headers of a call say.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use platform::Person;
use procedure::Language;
use terms::CommandId;

use super::trouble::{self, Flaw, Place, Trouble};
use crate::app::App;
use crate::session::{SESSION_COOKIE, cookie, language_of};
use crate::wrong::Wrong;

/// The header that carries the session's secret: a page of another site cannot know it, so it can't make a browser act.
pub(crate) const SECRET_HEADER: &str = "x-fazhi-secret";
/// The header that names a command.
pub(crate) const KEY_HEADER: &str = "idempotency-key";

/// How somebody shows who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By an access token, which may allow to act.
    Token { writes: bool },
    /// By a session's cookie. `shown`: the secret came with it.
    Session { token: String, secret: String, shown: bool },
}

/// Anybody, signed in or not.
#[derive(Clone)]
pub(crate) struct Anyone {
    pub language: Language,
    pub who: Option<(Person, Way)>,
}

/// Somebody who is signed in.
pub(crate) struct Reader {
    pub language: Language,
    pub person: Person,
    pub way: Way,
}

/// Somebody who may act: with a token that allows it, or with the session's secret.
pub(crate) struct Writer {
    pub language: Language,
    pub person: Person,
    pub way: Way,
}

impl FromRequestParts<App> for Anyone {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Anyone, Trouble> {
        let headers = &parts.headers;
        let language = language_asked(headers);
        if let Some(shown) = headers.get(header::AUTHORIZATION) {
            let token = shown.to_str().ok().and_then(bearer).ok_or(trouble::SIGN_IN)?.to_owned();
            let government = app.options.government.clone();
            let bearer = app.ask(move |platform| platform.bearer(&government, &token)).await?;
            let bearer = bearer.ok_or(trouble::SIGN_IN)?;
            return Ok(Anyone { language, who: Some((bearer.person, Way::Token { writes: bearer.writes })) });
        }
        let Some(token) = cookie(headers, SESSION_COOKIE).map(str::to_owned) else {
            return Ok(Anyone { language, who: None });
        };
        let session = app.visit(Some(&token)).await?;
        let shown = headers.get(SECRET_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        if session.as_ref().is_some_and(|session| session.renew) {
            return Err(Wrong::Renew.into());
        }
        let who = session.map(|session| {
            let shown = !session.secret.is_empty() && shown.as_ref() == Some(&session.secret);
            (session.person, Way::Session { token, secret: session.secret, shown })
        });
        Ok(Anyone { language, who })
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Reader, Trouble> {
        let Anyone { language, who } = Anyone::from_request_parts(parts, app).await?;
        let (person, way) = who.ok_or(trouble::SIGN_IN)?;
        Ok(Reader { language, person, way })
    }
}

impl FromRequestParts<App> for Writer {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Writer, Trouble> {
        let Reader { language, person, way } = Reader::from_request_parts(parts, app).await?;
        match way {
            Way::Token { writes: false } => Err(trouble::READ_ONLY.into()),
            Way::Session { shown: false, .. } => Err(trouble::SECRET.into()),
            way => Ok(Writer { language, person, way }),
        }
    }
}

/// The token of `Bearer …`.
fn bearer(text: &str) -> Option<&str> {
    let (scheme, token) = text.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The language that is asked for: by the header, else that of the pages' cookie.
pub(crate) fn language_asked(headers: &HeaderMap) -> Language {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best: Option<(u32, Language)> = None;
    for (tag, weight) in weighed(text) {
        let language = match tag.split('-').next() {
            Some(tag) if tag.eq_ignore_ascii_case("zh") => Language::Zh,
            Some(tag) if tag.eq_ignore_ascii_case("en") => Language::En,
            _ => continue,
        };
        if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, language));
        }
    }
    best.map_or_else(|| language_of(headers), |(_, language)| language)
}

/// The parts of a header that weighs its parts, each with its weight in thousandths.
fn weighed(text: &str) -> impl Iterator<Item = (&str, u32)> {
    text.split(',').filter_map(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let name = pieces.next().filter(|name| !name.is_empty())?;
        let weight = pieces.find_map(|piece| piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q=")));
        Some((name, weight.map_or(1_000, thousandths)))
    })
}

/// `0.8` as 800; what cannot be read weighs nothing.
fn thousandths(text: &str) -> u32 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    match (whole.parse::<u32>(), digits.parse::<u32>()) {
        (Ok(whole), Ok(part)) if whole <= 1 => (whole * 1_000 + part).min(1_000),
        _ => 0,
    }
}

/// Whether JSON may be answered.
fn takes_json(headers: &HeaderMap) -> bool {
    let mut all = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if all.peek().is_none() {
        return true;
    }
    let json = ["application/json", "application/problem+json", "application/*", "*/*"];
    all.flat_map(weighed).any(|(name, weight)| weight > 0 && json.iter().any(|one| name.eq_ignore_ascii_case(one)))
}

/// Turns away who takes no JSON: there is nothing else.
pub(crate) async fn negotiated(request: Request, next: Next) -> Response {
    if takes_json(request.headers()) {
        next.run(request).await
    } else {
        Trouble::from(trouble::NOT_ACCEPTABLE).into_response()
    }
}

/// The command that a call names by its idempotency key, a UUID.
pub(crate) struct Key(pub CommandId);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Key, Trouble> {
        let text = parts.headers.get(KEY_HEADER).map(|value| value.to_str().unwrap_or_default().trim());
        let wrong =
            |code| Trouble::flawed(trouble::MALFORMED, vec![Flaw::new(Place::Header("Idempotency-Key"), code, vec![])]);
        let text = text.ok_or_else(|| wrong("problem-no-key"))?;
        uuid(text.trim_matches('"')).map(Key).ok_or_else(|| wrong("problem-bad-key"))
    }
}

/// A UUID with or without its hyphens; the one of all noughts names nothing.
fn uuid(text: &str) -> Option<CommandId> {
    let hyphens = text.len() == 36 && [8, 13, 18, 23].iter().all(|at| text.as_bytes()[*at] == b'-');
    let digits = if hyphens { text.replace('-', "") } else { text.to_owned() };
    digits.to_ascii_lowercase().parse().ok().filter(|id| *id != CommandId([0; 16]))
}

/// Which version of a record a call has seen.
pub(crate) enum Seen {
    /// Whichever stands.
    Any,
    /// One of these; a tag that is no version of ours fits none.
    These(Vec<u32>),
}

impl Seen {
    /// The number of events that must stand, where `now` stand.
    pub fn at(&self, now: u32) -> Option<u32> {
        match self {
            Seen::Any => None,
            Seen::These(all) if all.contains(&now) => Some(now),
            // No record has so many events.
            Seen::These(all) => Some(all.first().copied().unwrap_or(u32::MAX)),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Seen, Trouble> {
        let lines: Vec<&str> =
            parts.headers.get_all(header::IF_MATCH).iter().map(|line| line.to_str().unwrap_or_default()).collect();
        if lines.is_empty() {
            return Err(trouble::VERSION.into());
        }
        let tags: Vec<&str> = lines.iter().flat_map(|line| line.split(',')).map(str::trim).collect();
        if tags == ["*"] {
            return Ok(Seen::Any);
        }
        Ok(Seen::These(tags.into_iter().filter_map(version).collect()))
    }
}

/// The version of a strong tag.
fn version(tag: &str) -> Option<u32> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// Whether the caller has this version already.
pub(crate) fn has(headers: &HeaderMap, now: u32) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    tags.any(|tag| tag == "*" || version(tag) == Some(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(text: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, text.parse().unwrap());
        language_asked(&headers)
    }

    #[test]
    fn the_heaviest_language_that_we_speak_is_taken() {
        assert_eq!(language_asked(&HeaderMap::new()), Language::Zh);
        assert_eq!(language("en"), Language::En);
        assert_eq!(language("mn, en-GB;q=0.8, zh;q=0.9"), Language::Zh);
        assert_eq!(language("en;q=0, fr"), Language::Zh);
        assert_eq!(language("EN-us;q=0.1"), Language::En);
    }

    #[test]
    fn keys_are_uuids() {
        let plain = "0f8fad5bd9cb469fa16570867728950e";
        let id: CommandId = plain.parse().unwrap();
        assert_eq!(uuid("0f8fad5b-d9cb-469f-a165-70867728950e"), Some(id));
        assert_eq!(uuid("0F8FAD5B-D9CB-469F-A165-70867728950E"), Some(id));
        assert_eq!(uuid(plain), Some(id));
        for text in ["", "1", "00000000-0000-0000-0000-000000000000", "0f8fad5b-d9cb-469fa-165-70867728950e", "法"] {
            assert_eq!(uuid(text), None, "{text}");
        }
    }

    #[test]
    fn json_is_taken_unless_it_is_not_asked_for() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, text.parse().unwrap());
            takes_json(&headers)
        };
        assert!(takes_json(&HeaderMap::new()));
        assert!(asked("text/html, */*;q=0.1") && asked("application/json") && asked("application/*"));
        assert!(!asked("text/html") && !asked("application/json;q=0"));
    }
}
