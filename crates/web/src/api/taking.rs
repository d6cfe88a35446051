//! What is sent: JSON and queries, read strictly. An unknown key is refused with the one that was probably meant, and
//! everything wrong has its place.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use terms::{Date, DateTime};

use super::trouble::{self, Flaw, Place, Trouble, both};
use crate::app::App;

/// A body of JSON.
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &App) -> Result<Body<T>, Trouble> {
        if !is_json(&request) {
            return Err(trouble::MEDIA_TYPE.into());
        }
        let bytes = Bytes::from_request(request, app).await.map_err(|rejection| {
            let large = rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE;
            Trouble::from(if large { trouble::TOO_LARGE } else { trouble::MALFORMED })
        })?;
        read(&bytes).map(Body)
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let name = kind.split(';').next().unwrap_or_default().trim();
    name.eq_ignore_ascii_case("application/json")
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Trouble> {
    // First whether it is JSON at all: then a text that no store takes is found wherever it stands.
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|why| {
        let args = vec![("why", both(why.to_string()))];
        Trouble::flawed(trouble::MALFORMED, vec![Flaw::new(Place::Pointer(String::new()), "problem-no-json", args)])
    })?;
    let mut nul = Vec::new();
    nul_texts(&value, "", &mut nul);
    if !nul.is_empty() {
        let flaw = |pointer| Flaw::new(Place::Pointer(pointer), "problem-nul", Vec::new());
        return Err(Trouble::flawed(trouble::INCOMPLETE, nul.into_iter().map(flaw).collect()));
    }
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(bytes)).map_err(|error| {
        let pointer: String = error.path().iter().map(segment).collect();
        let message = error.inner().to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        Trouble::flawed(trouble::INCOMPLETE, vec![flaw(message, |key| Place::Pointer(under(&pointer, key)))])
    })
}

fn segment(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    }
}

/// The pointer to a key of what a pointer leads to; where it leads to the key itself, that.
fn under(pointer: &str, key: Option<&str>) -> String {
    match key {
        Some(key) if !pointer.ends_with(&format!("/{key}")) => format!("{pointer}/{key}"),
        _ => pointer.to_owned(),
    }
}

/// Where texts hold a character that no database takes.
fn nul_texts(value: &serde_json::Value, at: &str, found: &mut Vec<String>) {
    let key = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        serde_json::Value::String(text) if text.contains('\0') => found.push(at.to_owned()),
        serde_json::Value::Array(all) => {
            all.iter().enumerate().for_each(|(index, one)| nul_texts(one, &format!("{at}/{index}"), found));
        }
        serde_json::Value::Object(all) => {
            for (name, one) in all {
                if name.contains('\0') {
                    found.push(key(name));
                }
                nul_texts(one, &key(name), found);
            }
        }
        _ => {}
    }
}

/// What is said of something that does not fit its type. The reader's own words are always built the same way.
fn flaw(message: &str, place: impl Fn(Option<&str>) -> Place) -> Flaw {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let key = quoted.next();
    let named = |key: &str| vec![("key", both(key))];
    match (key, message) {
        (Some(key), message) if message.starts_with("unknown field") => {
            Flaw::new(place(Some(key)), "problem-key", named(key)).meant(key, quoted)
        }
        (Some(key), message) if message.starts_with("unknown variant") => {
            Flaw::new(place(None), "problem-word", named(key)).meant(key, quoted)
        }
        (Some(key), message) if message.starts_with("missing field") => {
            Flaw::new(place(Some(key)), "problem-missing", named(key))
        }
        (Some(key), message) if message.starts_with("duplicate field") => {
            Flaw::new(place(Some(key)), "problem-twice", named(key))
        }
        _ => Flaw::new(place(None), "problem-type", vec![("why", both(message))]),
    }
}

/// The parameters of a query.
pub(crate) struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Parameters<T>, Trouble> {
        let wrong = |flaws| Trouble::flawed(trouble::MALFORMED, flaws);
        if let Ok(Query(all)) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri) {
            let nul = all.iter().filter(|(name, text)| name.contains('\0') || text.contains('\0'));
            let flaws: Vec<Flaw> =
                nul.map(|(name, _)| Flaw::new(Place::Parameter(name.clone()), "problem-nul", Vec::new())).collect();
            if !flaws.is_empty() {
                return Err(wrong(flaws));
            }
        }
        Query::<T>::try_from_uri(&parts.uri).map(|Query(read)| Parameters(read)).map_err(|rejection| {
            let message = rejection.body_text();
            let message = message.strip_prefix("Failed to deserialize query string: ").unwrap_or(&message);
            // Before the reader's words stands the parameter that it was at.
            let (at, message) = message
                .split_once(": ")
                .filter(|(at, _)| !at.contains(' '))
                .map_or(("", message), |(at, message)| (at, message));
            let place = |key: Option<&str>| Place::Parameter(key.unwrap_or(at).to_owned());
            wrong(vec![flaw(message, place)])
        })
    }
}

/// A parameter that cannot be taken.
pub(crate) fn bad_parameter(name: &str, code: &'static str) -> Trouble {
    let flaw = Flaw::new(Place::Parameter(name.to_owned()), code, vec![("field", both(name))]);
    Trouble::flawed(trouble::MALFORMED, vec![flaw])
}

/// A day as ISO 8601 has it, and no other way.
pub(crate) fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|day: &Date| day.to_string() == text)
}

/// A civil moment as ISO 8601 has it, without an offset: to the minute, the second, or parts of it.
pub(crate) fn moment(text: &str) -> Option<DateTime> {
    let plain = text.len() >= 16 && text.as_bytes().get(10) == Some(&b'T') && !text.contains(['Z', '+', '[']);
    plain.then(|| text.parse().ok()).flatten().filter(|at: &DateTime| text.starts_with(&at.date().to_string()))
}

/// The day of a parameter.
pub(crate) fn day_of(name: &str, text: Option<&str>) -> Result<Option<Date>, Trouble> {
    text.map(|text| day(text).ok_or_else(|| bad_parameter(name, "bad-date"))).transpose()
}

/// Where a page of a list ended, as a text that says nothing to its holder.
pub(crate) struct Cursor(pub String);

impl Cursor {
    /// As it is handed out.
    pub fn sealed(&self) -> String {
        self.0.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What was handed out, read.
    pub fn open(text: Option<&str>) -> Result<Option<Cursor>, Trouble> {
        let Some(text) = text else { return Ok(None) };
        let digits = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(digits).collect();
        let read = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|read| !read.is_empty());
        read.map(|read| Some(Cursor(read))).ok_or_else(|| bad_parameter("cursor", "problem-cursor"))
    }

    /// Where it cannot be of ours.
    pub fn wrong() -> Trouble {
        bad_parameter("cursor", "problem-cursor")
    }
}

/// How many rows are asked for.
pub(crate) fn limit_of(asked: Option<u32>, usual: u32, most: u32) -> Result<u32, Trouble> {
    let limit = asked.unwrap_or(usual);
    if (1..=most).contains(&limit) { Ok(limit) } else { Err(bad_parameter("limit", "problem-limit")) }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::api::trouble::Says;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Inner {
        stage: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Outer {
        act: String,
        inner: Vec<Inner>,
    }

    fn wrong(text: &str) -> (Place, &'static str, Option<String>) {
        let flaw = read::<Outer>(text.as_bytes()).unwrap_err().flaws.remove(0);
        let Says::Code(code, _) = flaw.says else { panic!("{flaw:?}") };
        (flaw.place, code, flaw.meant)
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let at = |pointer: &str| Place::Pointer(pointer.to_owned());
        let stage = Some("stage".to_owned());
        assert_eq!(wrong(r#"{"act": "a", "inner": [{"stge": 1}]}"#), (at("/inner/0/stge"), "problem-key", stage));
        assert_eq!(wrong(r#"{"act": "a", "inner": [{}]}"#), (at("/inner/0/stage"), "problem-missing", None));
        assert_eq!(wrong(r#"{"act": "a", "act": "b"}"#), (at("/act"), "problem-twice", None));
        assert_eq!(wrong(r#"{"act": 1}"#), (at("/act"), "problem-type", None));
        assert_eq!(wrong(r#"{"act": "a\u0000"}"#), (at("/act"), "problem-nul", None));
        assert_eq!(wrong(r#"{"act"#), (at(""), "problem-no-json", None));
        assert_eq!(wrong(r#"{"act": "a", "inner": []} x"#), (at(""), "problem-no-json", None));
    }

    #[test]
    fn days_and_moments_have_one_spelling() {
        assert!(day("2026-03-01").is_some());
        for text in ["2026-3-1", "20260301", "2026-02-30", "2026-03-01T00:00", ""] {
            assert_eq!(day(text), None, "{text}");
        }
        assert!(moment("2026-03-01T09:30").is_some() && moment("2026-03-01T09:30:15").is_some());
        for text in
            ["2026-03-01", "2026-03-01 09:30", "2026-03-01T09:30:00Z", "2026-03-01T09:30+08:00", "法治法治法治法治"]
        {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let sealed = Cursor("2026-03-01.17".to_owned()).sealed();
        assert_eq!(Cursor::open(Some(&sealed)).unwrap().unwrap().0, "2026-03-01.17");
        assert!(Cursor::open(None).unwrap().is_none());
        for text in ["", "1", "zz", "ff", "法治"] {
            assert!(Cursor::open(Some(text)).is_err(), "{text}");
        }
    }
}
