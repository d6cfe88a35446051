//! What goes wrong, as problem details (RFC 9457). A handler says what is wrong without words; on the way out it is told
//! in the language that the caller reads.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::{Gap, GapKind, Refusal, Warning};
use ledger::Fault;
use platform::{Answer, TellError};
use procedure::{Language, Line, Said};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::language_asked;
use crate::wrong::Wrong;

/// A kind of problem that is no refusal of the law: `urn:fazhi:problem:<name>`. Names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub name: &'static str,
    pub status: StatusCode,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $constant:ident = $name:literal $status:ident;)*) => {
        $($(#[$doc])* pub(crate) const $constant: Kind = Kind { name: $name, status: StatusCode::$status };)*
        /// Every kind.
        #[cfg(test)]
        const KINDS: &[Kind] = &[$($constant),*];
    };
}

kinds! {
    /// JSON, a parameter or a header that cannot be read.
    MALFORMED = "malformed" BAD_REQUEST;
    /// Nobody is signed in.
    SIGN_IN = "sign-in" UNAUTHORIZED;
    /// Name and password do not fit together.
    WRONG_PASSWORD = "wrong-password" UNAUTHORIZED;
    /// The token only reads.
    READ_ONLY = "read-only" FORBIDDEN;
    /// The session's secret is missing.
    SECRET = "secret" FORBIDDEN;
    /// There is none, or not for this person.
    NOT_FOUND = "not-found" NOT_FOUND;
    /// The address knows other methods.
    METHOD = "method" METHOD_NOT_ALLOWED;
    /// Only JSON can be had.
    NOT_ACCEPTABLE = "not-acceptable" NOT_ACCEPTABLE;
    /// The law says no; the type is that of the first refusal.
    REFUSED = "refused" CONFLICT;
    /// Another record holds the value.
    TAKEN = "taken" CONFLICT;
    /// Somebody was quicker.
    STALE = "stale" PRECONDITION_FAILED;
    /// Too much was sent.
    TOO_LARGE = "too-large" PAYLOAD_TOO_LARGE;
    /// Something else than JSON was sent.
    MEDIA_TYPE = "media-type" UNSUPPORTED_MEDIA_TYPE;
    /// What was sent lacks something, or holds something wrong.
    INCOMPLETE = "incomplete" UNPROCESSABLE_ENTITY;
    /// The law wants a reason.
    REASON = "reason" UNPROCESSABLE_ENTITY;
    /// The same idempotency key with something else.
    KEY_REUSED = "key-reused" UNPROCESSABLE_ENTITY;
    /// The version that was seen must be told.
    VERSION = "version" PRECONDITION_REQUIRED;
    /// Too many attempts failed.
    WAIT = "wait" TOO_MANY_REQUESTS;
    /// A mistake of ours.
    BROKEN = "broken" INTERNAL_SERVER_ERROR;
    /// Disk, network, database.
    UNAVAILABLE = "unavailable" SERVICE_UNAVAILABLE;
}

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the JSON that was sent, as a JSON pointer (RFC 6901).
    Pointer(String),
    /// In a parameter of the query.
    Parameter(String),
    /// In a header.
    Header(&'static str),
}

/// What is wrong there.
#[derive(Clone, Debug)]
pub(crate) enum Says {
    /// A sentence with what is filled in.
    Code(&'static str, Vec<(&'static str, Said)>),
    /// A gap that the kernel found.
    Gap(Arc<Line>, Gap),
    /// A rule that wants a reason.
    Warning(Arc<Line>, Box<Warning>),
}

/// One thing that is wrong with what was sent.
#[derive(Clone, Debug)]
pub(crate) struct Flaw {
    pub place: Place,
    pub says: Says,
    /// The word that was probably meant.
    pub meant: Option<String>,
}

impl Flaw {
    pub fn new(place: Place, code: &'static str, args: Vec<(&'static str, Said)>) -> Flaw {
        Flaw { place, says: Says::Code(code, args), meant: None }
    }

    /// With the word of these that was probably meant.
    pub fn meant<'a>(mut self, word: &str, among: impl IntoIterator<Item = &'a str>) -> Flaw {
        self.meant = procedure::nearest(word, among).map(str::to_owned);
        self
    }
}

/// The same in both languages, to be filled into a sentence.
pub(crate) fn both(text: impl Into<String>) -> Said {
    let zh: String = text.into();
    Said { en: zh.clone(), zh }
}

/// What goes wrong on the way to an answer.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub kind: Kind,
    pub flaws: Vec<Flaw>,
    /// The title of what was asked for, and why the law refuses it.
    pub refused: Option<Box<(Said, Vec<Refusal>)>>,
    /// The record's version now.
    pub now: Option<u32>,
    /// Seconds after which it may be tried again.
    pub after: Option<u32>,
}

impl From<Kind> for Trouble {
    fn from(kind: Kind) -> Trouble {
        Trouble { kind, flaws: Vec::new(), refused: None, now: None, after: None }
    }
}

impl Trouble {
    /// With what is wrong, each thing.
    pub fn flawed(kind: Kind, flaws: Vec<Flaw>) -> Trouble {
        Trouble { flaws, ..kind.into() }
    }

    /// An answer of the door other than done; `title` is what was asked for.
    pub fn answered(line: &Arc<Line>, title: &Said, answer: Answer) -> Trouble {
        let flaw = |pointer: String, says| Flaw { place: Place::Pointer(pointer), says, meant: None };
        match answer {
            Answer::Refused(refusals) => {
                Trouble { refused: Some(Box::new((title.clone(), refusals))), ..REFUSED.into() }
            }
            Answer::Asks(warnings) => {
                let one = |warning: Warning| {
                    flaw(pointer("reasons", &warning.rule), Says::Warning(line.clone(), Box::new(warning)))
                };
                Trouble::flawed(REASON, warnings.into_iter().map(one).collect())
            }
            Answer::Incomplete(gaps) => {
                let one = |gap: Gap| flaw(gap_pointer(&gap), Says::Gap(line.clone(), gap));
                Trouble::flawed(INCOMPLETE, gaps.into_iter().map(one).collect())
            }
            Answer::Taken { field, value } => {
                let title = line.field_id(&field).map(|id| line.field(id).title.clone());
                let args =
                    vec![("field", title.unwrap_or_else(|| both(field.as_str()))), ("value", both(value.as_str()))];
                Trouble::flawed(TAKEN, vec![Flaw::new(Place::Pointer(pointer("inputs", &field)), "answer-taken", args)])
            }
            Answer::NoAttachment { name } => {
                let place = Place::Pointer("/files".to_owned());
                Trouble::flawed(INCOMPLETE, vec![Flaw::new(place, "answer-no-attachment", vec![("name", both(&name))])])
            }
            Answer::Stale { now } => Trouble { now: Some(now), ..STALE.into() },
            Answer::WrongTime => {
                let flaw = Flaw::new(Place::Pointer("/done_at".to_owned()), "answer-wrong-time", Vec::new());
                Trouble::flawed(INCOMPLETE, vec![flaw])
            }
            Answer::Unknown(word) => {
                let known = line.acts.iter().map(|act| act.code.as_str());
                let flaw = Flaw::new(Place::Pointer("/act".to_owned()), "problem-unknown", vec![("word", both(&word))]);
                Trouble::flawed(INCOMPLETE, vec![flaw.meant(&word, known)])
            }
            // Done is no trouble; nobody asks.
            Answer::Done(_) => BROKEN.into(),
        }
    }
}

fn gap_pointer(gap: &Gap) -> String {
    match (gap.kind, gap.field.is_empty()) {
        (GapKind::NoReason, _) => "/reason".to_owned(),
        (_, true) => String::new(),
        (_, false) => pointer("inputs", &gap.field),
    }
}

/// A pointer to a member of a member.
pub(crate) fn pointer(outer: &str, inner: &str) -> String {
    format!("/{outer}/{}", inner.replace('~', "~0").replace('/', "~1"))
}

impl From<Wrong> for Trouble {
    fn from(wrong: Wrong) -> Trouble {
        match wrong {
            Wrong::NotFound => NOT_FOUND.into(),
            Wrong::Foreign => SECRET.into(),
            Wrong::SignIn(_) | Wrong::Renew => SIGN_IN.into(),
            Wrong::Unread(_) => MALFORMED.into(),
            Wrong::Fault { kind, told } => {
                tracing::error!(kind, told, place = "api", "fault");
                let busy = matches!(kind, "in-use" | "unavailable");
                if busy { Trouble { after: Some(5), ..UNAVAILABLE.into() } } else { BROKEN.into() }
            }
        }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        Wrong::from(fault).into()
    }
}

impl From<TellError> for Trouble {
    fn from(error: TellError) -> Trouble {
        match error {
            TellError::UnknownPlace(place) => {
                let flaw = Flaw::new(
                    Place::Parameter("place".to_owned()),
                    "problem-no-place",
                    vec![("place", both(place.to_string()))],
                );
                Trouble::flawed(MALFORMED, vec![flaw])
            }
            other => Wrong::from(other).into(),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.kind.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Problem details after RFC 9457: what happened, on what law, and what to do now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "urn:fazhi:refusal:R202",
    "title": "未能“公开”（R202）",
    "status": 409,
    "detail": "缴纳后公开。",
    "code": "R202",
    "rule": "paid",
    "articles": ["行政复议法 第七十九条第一款"],
    "lawful_way": "请先满足该条件，再办理。",
    "lacking": ["已办理“缴纳”"],
})))]
pub(crate) struct Problem {
    /// `urn:fazhi:refusal:<code>` where the law says no, `urn:fazhi:problem:<name>` else. Stable.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    kind: String,
    /// What happened, in one line.
    title: String,
    /// The status of the answer.
    status: u16,
    /// Why, and what to do now.
    detail: String,
    /// The code of the (first) refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The rule or limit that refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// The articles that it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    articles: Vec<String>,
    /// What can lawfully be done instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    lawful_way: Option<String>,
    /// The parts of the condition that do not hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lacking: Vec<String>,
    /// The day that matters: a limit's last day, the first lawful day.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    /// Further refusals of the same command.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    further: Vec<RefusalView>,
    /// What is wrong with what was sent, each thing at its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FlawView>,
    /// The record's version now (of a 412).
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
}

/// Why the law refuses an act.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RefusalView {
    /// Its code; docs/refusals.md tells each.
    #[schema(examples("R202"))]
    pub code: String,
    /// `urn:fazhi:refusal:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is not done.
    pub title: String,
    /// Why.
    pub detail: String,
    /// The rule or limit that refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The articles that it rests on.
    pub articles: Vec<String>,
    /// What can lawfully be done instead.
    pub lawful_way: String,
    /// The parts of the condition that do not hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<String>,
    /// The day that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
}

impl RefusalView {
    pub fn new(language: Language, title: &Said, refusal: &Refusal) -> RefusalView {
        let text = wording::refusal(language, title.get(language), refusal);
        RefusalView {
            code: refusal.code.to_owned(),
            kind: format!("urn:fazhi:refusal:{}", refusal.code),
            title: text.head,
            detail: text.why,
            rule: refusal.rule.as_ref().map(ToString::to_string),
            articles: text.basis,
            lawful_way: text.next,
            lacking: text.lacking,
            day: refusal.day.map(|day| day.date().to_string()),
        }
    }
}

/// A rule that the act would break, and for which the law wants a reason on the record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WarningView {
    /// The rule: the key of the reason in `reasons`.
    pub rule: String,
    /// Why.
    pub detail: String,
    /// The articles that it rests on.
    pub articles: Vec<String>,
    /// Where the rule goes beyond the words of the law: what is read into them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
}

impl WarningView {
    pub fn new(language: Language, line: &Line, warning: &Warning) -> WarningView {
        let text = wording::warning(language, line, warning);
        WarningView { rule: text.rule, detail: text.why, articles: text.basis, reading: text.reading }
    }
}

/// One thing that is wrong with what was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct FlawView {
    /// Where in the JSON, as a JSON pointer (RFC 6901); empty: the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// Which parameter of the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// Which header.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'static str>,
    /// What is wrong, as a stable code.
    code: String,
    /// What is wrong, in words.
    detail: String,
    /// The word that was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<String>,
    /// Of a rule that wants a reason: the articles that it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    articles: Vec<String>,
}

impl FlawView {
    fn new(language: Language, flaw: Flaw) -> FlawView {
        let (pointer, parameter, header) = match flaw.place {
            Place::Pointer(pointer) => (Some(pointer), None, None),
            Place::Parameter(name) => (None, Some(name), None),
            Place::Header(name) => (None, None, Some(name)),
        };
        let (code, detail, articles) = match &flaw.says {
            Says::Code(code, args) => {
                let args: Vec<(&str, String)> =
                    args.iter().map(|(name, said)| (*name, said.get(language).to_owned())).collect();
                ((*code).to_owned(), wording::say(language, code, &args), Vec::new())
            }
            Says::Gap(line, gap) => {
                (wording::gap_code(gap.kind).to_owned(), wording::gap(language, line, gap), Vec::new())
            }
            Says::Warning(line, warning) => {
                let text = wording::warning(language, line, warning);
                ("gap-no-reason".to_owned(), text.why, text.basis)
            }
        };
        FlawView { pointer, parameter, header, code, detail, did_you_mean: flaw.meant, articles }
    }
}

impl Problem {
    fn new(language: Language, trouble: Trouble) -> Problem {
        let Kind { name, status } = trouble.kind;
        let say = |code: String| wording::say(language, &code, &[]);
        let errors = trouble.flaws.into_iter().map(|flaw| FlawView::new(language, flaw)).collect();
        let mut problem = Problem {
            kind: format!("urn:fazhi:problem:{name}"),
            title: say(format!("problem-{name}")),
            status: status.as_u16(),
            detail: say(format!("problem-{name}-next")),
            code: None,
            rule: None,
            articles: Vec::new(),
            lawful_way: None,
            lacking: Vec::new(),
            day: None,
            further: Vec::new(),
            errors,
            version: trouble.now,
        };
        let Some((title, refusals)) = trouble.refused.map(|refused| *refused) else { return problem };
        let mut views = refusals.iter().map(|refusal| RefusalView::new(language, &title, refusal));
        if let Some(first) = views.next() {
            let RefusalView { code, kind, title, detail, rule, articles, lawful_way, lacking, day } = first;
            problem = Problem {
                kind,
                title,
                detail,
                code: Some(code),
                rule,
                articles,
                lawful_way: Some(lawful_way),
                lacking,
                day,
                ..problem
            };
        }
        problem.further = views.collect();
        problem
    }
}

/// The media type of a problem.
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Tells every failure as a problem, in the caller's language; also those that no handler of ours made.
pub(crate) async fn in_words(request: Request, next: Next) -> Response {
    let language = language_asked(request.headers());
    let mut response = next.run(request).await;
    let status = response.status();
    let trouble = response.extensions_mut().remove::<Trouble>();
    let trouble = match trouble {
        Some(trouble) => trouble,
        None if status.is_client_error() || status.is_server_error() => of_status(status).into(),
        None => {
            // What is sent on in two languages is told apart by them.
            response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Language"));
            return response;
        }
    };
    let (kind, after) = (trouble.kind, trouble.after);
    let problem = Problem::new(language, trouble);
    let mut told = (kind.status, serde_json::to_vec(&problem).unwrap_or_default()).into_response();
    let headers = told.headers_mut();
    headers.insert(header::CONTENT_TYPE, PROBLEM);
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(wording::tag(language)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if kind.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"fazhi\""));
    }
    if let Some(version) = problem.version
        && let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\""))
    {
        headers.insert(header::ETAG, tag);
    }
    if let Some(seconds) = after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    told
}

/// The kind of an answer that the router gave by itself.
fn of_status(status: StatusCode) -> Kind {
    match status {
        StatusCode::NOT_FOUND => NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED => METHOD,
        StatusCode::PAYLOAD_TOO_LARGE => TOO_LARGE,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => MEDIA_TYPE,
        status if status.is_client_error() => MALFORMED,
        _ => BROKEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_words_and_stands_in_the_guide() {
        let guide = include_str!("../../../../docs/api.md");
        for kind in KINDS {
            for language in [Language::Zh, Language::En] {
                for code in [format!("problem-{}", kind.name), format!("problem-{}-next", kind.name)] {
                    assert!(wording::has(language, &code), "{code}");
                }
            }
            // A refusal has the type of its own code.
            let named = guide.contains(&format!("`problem:{}`", kind.name)) || *kind == REFUSED;
            assert!(named && guide.contains(kind.status.as_str()), "docs/api.md: {}", kind.name);
        }
    }
}
