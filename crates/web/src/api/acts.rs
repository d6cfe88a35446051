//! What is done to records. Every call is a command of the platform, as a form of the pages is: one door for both.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Standing;
use platform::{Answer, Attaching, Person, Platform, Receipt, Request, RequestAsk};
use procedure::{General, Language, Line, Said};
use serde::{Deserialize, Serialize};
use terms::{Code, CommandId, DateTime, RecordId, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Key, Seen, Writer};
use super::files::{self, NamedFile};
use super::inputs;
use super::lines::resource;
use super::records::tag;
use super::taking::{Body, Parameters, day, moment};
use super::trouble::{self, Flaw, Place, Problem, Trouble, both};
use super::words::{FieldValue, record_id};
use crate::app::App;
use crate::record::finding_words;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(act))
        .routes(routes!(sign))
        .routes(routes!(give_back))
        .routes(routes!(correct))
        .routes(routes!(annul))
        .routes(routes!(hand_over))
        .routes(routes!(stand_in))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DryRun {
    /// Only tell what would come of it: it is judged like any other, and nothing is written.
    dry_run: Option<bool>,
}

type Inputs = BTreeMap<String, serde_json::Value>;
type Reasons = BTreeMap<String, String>;

/// A record to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "line": "demo", "act": "receive",
    "inputs": { "applicant": { "kind": "person", "name": "欧阳建国" }, "matter": "不服罚款决定" },
})))]
struct NewRecord {
    /// Code of the line.
    line: String,
    /// Code of an act that opens a record of it.
    act: String,
    /// What is filled in, by the fields' codes.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, FieldValue>)]
    inputs: Inputs,
    /// Reasons for rules that warn, by the rules' codes.
    #[serde(default)]
    reasons: Reasons,
    /// Files that come with it, taken in before (`POST /files`).
    #[serde(default)]
    files: Vec<NamedFile>,
    /// When it was done, civil time +08:00, where that is not now; of facts only.
    #[schema(examples("2026-03-01T09:30:00"))]
    done_at: Option<String>,
    /// Code of the place to which it belongs; the government's own if not said.
    #[schema(examples("632222"))]
    place: Option<String>,
    /// Account of who is to handle it; yours if not said.
    handler: Option<String>,
}

/// An act on a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "act": "decide", "inputs": { "outcome": "uphold" } })))]
struct NewAct {
    /// Code of the act.
    act: String,
    /// What is filled in, by the fields' codes.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, FieldValue>)]
    inputs: Inputs,
    /// Reasons for rules that warn, by the rules' codes.
    #[serde(default)]
    reasons: Reasons,
    /// Files that come with it, taken in before (`POST /files`).
    #[serde(default)]
    files: Vec<NamedFile>,
    /// When it was done, civil time +08:00, where that is not now; of facts only.
    #[schema(examples("2026-03-01T09:30:00"))]
    done_at: Option<String>,
}

/// A proposal given back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReturn {
    /// Why.
    reason: String,
}

/// Something put right: fields, or the claimed time of a step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "inputs": { "matter": "不服行政处罚" }, "reason": "笔误" })))]
struct NewCorrection {
    /// What the fields hold rightly.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, FieldValue>)]
    inputs: Inputs,
    /// The event whose claimed time is put right.
    step: Option<u32>,
    /// When that was rightly, civil time +08:00.
    #[schema(examples("2026-03-01T09:30:00"))]
    time: Option<String>,
    /// Why.
    reason: String,
}

/// The last act taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAnnulment {
    /// Its event.
    step: u32,
    /// Why.
    reason: String,
}

/// Another handler.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHandOver {
    /// The handler's account.
    to: String,
    /// Why.
    reason: String,
}

/// Somebody for the handler's absence.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStandIn {
    /// The account that stands in.
    to: String,
    /// The last day.
    #[schema(format = Date, examples("2026-03-31"))]
    until: String,
    /// Why.
    reason: String,
}

/// What was done.
#[derive(Serialize, ToSchema)]
struct ReceiptView {
    /// The record; none of a record that would be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
    /// Its version now.
    version: u32,
    /// Position of the last event in the government's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    events: Vec<DoneEvent>,
    /// Rules and limits that were not kept.
    findings: Vec<DoneFinding>,
    /// Numbers that were given.
    numbers: Vec<String>,
    /// It was done before, under the same idempotency key; this is the first answer.
    repeated: bool,
    /// Nothing was written.
    dry_run: bool,
}

/// An event that was written.
#[derive(Serialize, ToSchema)]
struct DoneEvent {
    seq: u32,
    kind: String,
    /// Code of the act or limit; empty for what every line has.
    what: String,
}

/// A rule or limit that was not kept.
#[derive(Serialize, ToSchema)]
struct DoneFinding {
    code: String,
    /// What it is called, in your language.
    title: String,
}

/// What a call does, beside who calls.
struct Doing {
    /// The line of a new record, or the record with its line and the version that the caller saw.
    on: On,
    line: Arc<Line>,
    /// The title of what is done.
    title: Said,
    ask: RequestAsk,
    inputs: Vec<(Code, Value)>,
    reasons: Reasons,
    done_at: Option<DateTime>,
    place: Option<terms::PlaceCode>,
    handler: Option<Code>,
    files: Vec<Attaching>,
}

#[derive(Clone, Copy)]
enum On {
    New,
    Record(RecordId, Option<u32>),
}

impl Doing {
    fn new(on: On, line: Arc<Line>, title: Said, ask: RequestAsk) -> Doing {
        Doing {
            on,
            line,
            title,
            ask,
            inputs: Vec::new(),
            reasons: Reasons::new(),
            done_at: None,
            place: None,
            handler: None,
            files: Vec::new(),
        }
    }

    fn request(self, who: &Person, id: CommandId) -> Request {
        let (record, seen) = match self.on {
            On::New => (None, None),
            On::Record(id, seen) => (Some(id), seen),
        };
        let reasons = self.reasons.into_iter().filter(|(_, text)| !text.trim().is_empty());
        Request {
            id,
            who: who.clone(),
            record,
            line: self.line.code.clone(),
            seen,
            ask: self.ask,
            inputs: self.inputs,
            reasons: reasons.map(|(rule, text)| (rule.into(), text.trim().to_owned())).collect(),
            attachments: self.files,
            done_at: self.done_at,
            place: self.place,
            handler: self.handler,
            standing: Standing::Normal,
            grant: None,
        }
    }
}

/// What came of a call, for an answer.
enum Outcome {
    Done(Receipt),
    Tried(Receipt),
    /// The key was used for something else.
    Other,
    Not(Box<Trouble>),
}

fn run(platform: &Platform, who: &Person, key: CommandId, doing: Doing, dry: bool) -> Result<Outcome, ledger::Fault> {
    let (line, title) = (doing.line.clone(), doing.title.clone());
    let request = doing.request(who, key);
    let answer = if dry { platform.try_out(&request)? } else { platform.submit(request.clone())? };
    Ok(match answer {
        Answer::Done(receipt) if receipt.repeated => match platform.first_answer(&request, &receipt)? {
            Some(first) => Outcome::Done(first),
            None => Outcome::Other,
        },
        Answer::Done(receipt) if dry => Outcome::Tried(receipt),
        Answer::Done(receipt) => Outcome::Done(receipt),
        other => Outcome::Not(Box::new(Trouble::answered(&line, &title, other))),
    })
}

async fn send(app: &App, writer: Writer, key: Key, doing: Doing, dry: DryRun) -> Result<Response, Trouble> {
    let dry = dry.dry_run == Some(true);
    let (on, line, language) = (doing.on, doing.line.clone(), writer.language);
    match app.ask(move |platform| run(platform, &writer.person, key.0, doing, dry)).await? {
        Outcome::Done(receipt) => {
            let mut headers = HeaderMap::new();
            let view = receipt_view(language, &line, &receipt, Some(receipt.record), false);
            headers.extend([tag(view.version)]);
            let mut status = StatusCode::OK;
            if matches!(on, On::New) {
                status = StatusCode::CREATED;
                let at = format!("/api/v1/records/{}", receipt.record);
                headers.extend(HeaderValue::from_str(&at).ok().map(|at| (header::LOCATION, at)));
            }
            Ok((status, headers, Json(view)).into_response())
        }
        Outcome::Tried(receipt) => {
            let record = match on {
                On::New => None,
                On::Record(id, _) => Some(id),
            };
            Ok(Json(receipt_view(language, &line, &receipt, record, true)).into_response())
        }
        Outcome::Other => {
            let flaw = Flaw::new(Place::Header("Idempotency-Key"), "problem-key-used", Vec::new());
            Err(Trouble::flawed(trouble::KEY_REUSED, vec![flaw]))
        }
        Outcome::Not(trouble) => Err(*trouble),
    }
}

fn receipt_view(
    language: Language,
    line: &Line,
    receipt: &Receipt,
    record: Option<RecordId>,
    dry: bool,
) -> ReceiptView {
    let event =
        |(kind, what, seq): &(Code, Code, u32)| DoneEvent { seq: *seq, kind: kind.to_string(), what: what.to_string() };
    let finding = |code: &Code| DoneFinding { code: code.to_string(), title: finding_words(language, line, code) };
    ReceiptView {
        record: record.map(|id| id.0),
        version: receipt.events.last().map_or(0, |(.., seq)| *seq),
        position: (!dry).then_some(receipt.position),
        events: receipt.events.iter().map(event).collect(),
        findings: receipt.findings.iter().map(finding).collect(),
        numbers: receipt.numbers.clone(),
        repeated: receipt.repeated,
        dry_run: dry,
    }
}

/// The record of a path, its line, and the version that must stand.
async fn found(app: &App, person: &Person, id: &str, seen: &Seen) -> Result<(On, Arc<Line>), Trouble> {
    let id = record_id(id).ok_or(trouble::NOT_FOUND)?;
    let person = person.clone();
    let glimpse = app.ask(move |platform| platform.glimpse(&person, id)).await?;
    let (row, line) = glimpse.ok_or(trouble::NOT_FOUND)?;
    Ok((On::Record(id, seen.at(row.seq)), line))
}

/// The title of an act that every line has; where a line has none, the door says so.
fn general(line: &Line, kind: General) -> Said {
    line.acts.iter().find(|act| act.general == Some(kind)).map(|act| act.title.clone()).unwrap_or_default()
}

fn unknown_act(line: &Line, act: &str, opens: bool) -> Flaw {
    let known = line.acts.iter().filter(|one| one.opens == opens && one.general.is_none());
    let flaw = Flaw::new(Place::Pointer("/act".to_owned()), "problem-act", vec![("act", both(act))]);
    flaw.meant(act, known.map(|one| one.code.as_str()))
}

fn at(text: Option<&str>, pointer: &str, flaws: &mut Vec<Flaw>) -> Option<DateTime> {
    let read = text.map(moment)?;
    if read.is_none() {
        let field = both(pointer.trim_start_matches('/'));
        flaws.push(Flaw::new(Place::Pointer(pointer.to_owned()), "problem-moment", vec![("field", field)]));
    }
    read
}

fn whole(flaws: Vec<Flaw>) -> Result<(), Trouble> {
    if flaws.is_empty() { Ok(()) } else { Err(Trouble::flawed(trouble::INCOMPLETE, flaws)) }
}

/// Opens a record.
#[utoipa::path(post, path = "/records", tag = "acts", operation_id = "openRecord",
    params(DryRun),
    request_body = NewRecord,
    security(("token" = []), ("session" = [], "secret" = [])),
    responses(
        (status = 201, body = ReceiptView, headers(("ETag" = String), ("Location" = String))),
        (status = 200, body = ReceiptView, description = "What a dry run would do."),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn open(
    State(app): State<App>,
    writer: Writer,
    key: Key,
    Parameters(dry): Parameters<DryRun>,
    Body(body): Body<NewRecord>,
) -> Result<Response, Trouble> {
    let mut flaws = Vec::new();
    let Some(line) = app.platform.line_today(&writer.person.government, &body.line) else {
        let codes = app.platform.catalog().codes();
        let flaw = Flaw::new(Place::Pointer("/line".to_owned()), "problem-line", vec![("line", both(&body.line))]);
        flaws.push(flaw.meant(&body.line, codes.iter().map(Code::as_str)));
        return Err(Trouble::flawed(trouble::INCOMPLETE, flaws));
    };
    let act = line.act_id(&body.act).map(|id| line.act(id)).filter(|act| act.opens);
    if act.is_none() {
        flaws.push(unknown_act(&line, &body.act, true));
    }
    let inputs = inputs::values(&line, &body.inputs, &mut flaws);
    let files = files::named(&body.files, &mut flaws);
    let done_at = at(body.done_at.as_deref(), "/done_at", &mut flaws);
    let today = app.platform.now().date();
    let place = body.place.as_ref().map(|text| {
        let known = text.parse().ok().filter(|place| app.platform.catalog().regions.get(place, today).is_some());
        known.ok_or_else(|| {
            Flaw::new(Place::Pointer("/place".to_owned()), "problem-no-place", vec![("place", both(text))])
        })
    });
    let place = place.transpose().map_err(|flaw| flaws.push(flaw)).ok().flatten();
    whole(flaws)?;
    let title = act.map(|act| act.title.clone()).unwrap_or_default();
    let doing = Doing::new(On::New, line, title, RequestAsk::Act(body.act.into()));
    let handler = body.handler.filter(|handler| !handler.is_empty()).map(Code::from);
    let doing = Doing { inputs, reasons: body.reasons, done_at, place, handler, files, ..doing };
    send(&app, writer, key, doing, dry).await
}

/// Does an act on a record; an act that is signed is proposed.
#[utoipa::path(post, path = "/records/{id}/acts", tag = "acts", operation_id = "act",
    params(("id" = u64, Path, description = "The record's number."), DryRun),
    request_body = NewAct,
    security(("token" = []), ("session" = [], "secret" = [])),
    responses((status = 200, body = ReceiptView, headers(("ETag" = String))),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn act(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    key: Key,
    seen: Seen,
    Parameters(dry): Parameters<DryRun>,
    Body(body): Body<NewAct>,
) -> Result<Response, Trouble> {
    let (on, line) = found(&app, &writer.person, &id, &seen).await?;
    let mut flaws = Vec::new();
    let act = line.act_id(&body.act).map(|id| line.act(id));
    match act {
        None => flaws.push(unknown_act(&line, &body.act, false)),
        Some(act) => flaws.extend(act.general.map(|kind| {
            let args = vec![("act", act.title.clone()), ("resource", both(resource(kind)))];
            Flaw::new(Place::Pointer("/act".to_owned()), "problem-elsewhere", args)
        })),
    }
    let inputs = inputs::values(&line, &body.inputs, &mut flaws);
    let files = files::named(&body.files, &mut flaws);
    let done_at = at(body.done_at.as_deref(), "/done_at", &mut flaws);
    whole(flaws)?;
    let title = act.map(|act| act.title.clone()).unwrap_or_default();
    let doing = Doing::new(on, line, title, RequestAsk::Act(body.act.into()));
    send(&app, writer, key, Doing { inputs, reasons: body.reasons, done_at, files, ..doing }, dry).await
}

/// Gives the next signature of the record's proposal; the last one does the act.
#[utoipa::path(post, path = "/records/{id}/signatures", tag = "acts", operation_id = "sign",
    params(("id" = u64, Path, description = "The record's number."), DryRun),
    security(("token" = []), ("session" = [], "secret" = [])),
    responses((status = 200, body = ReceiptView, headers(("ETag" = String))),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 428, body = Problem)))]
async fn sign(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    key: Key,
    seen: Seen,
    Parameters(dry): Parameters<DryRun>,
) -> Result<Response, Trouble> {
    let (on, line) = found(&app, &writer.person, &id, &seen).await?;
    let title = said("problem-sign");
    send(&app, writer, key, Doing::new(on, line, title, RequestAsk::Sign), dry).await
}

/// A sentence as words in both languages.
fn said(code: &str) -> Said {
    Said { zh: wording::say(Language::Zh, code, &[]), en: wording::say(Language::En, code, &[]) }
}

/// Gives the record's proposal back to whoever made it.
#[utoipa::path(post, path = "/records/{id}/returns", tag = "acts", operation_id = "giveBack",
    params(("id" = u64, Path, description = "The record's number."), DryRun),
    request_body = NewReturn,
    security(("token" = []), ("session" = [], "secret" = [])),
    responses((status = 200, body = ReceiptView, headers(("ETag" = String))),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn give_back(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    key: Key,
    seen: Seen,
    Parameters(dry): Parameters<DryRun>,
    Body(body): Body<NewReturn>,
) -> Result<Response, Trouble> {
    let (on, line) = found(&app, &writer.person, &id, &seen).await?;
    let ask = RequestAsk::Return(body.reason.trim().to_owned());
    send(&app, writer, key, Doing::new(on, line, said("problem-return"), ask), dry).await
}

/// Puts right what the record holds, or when a step was done. What was written before stays readable.
#[utoipa::path(post, path = "/records/{id}/corrections", tag = "acts", operation_id = "correct",
    params(("id" = u64, Path, description = "The record's number."), DryRun),
    request_body = NewCorrection,
    security(("token" = []), ("session" = [], "secret" = [])),
    responses((status = 200, body = ReceiptView, headers(("ETag" = String))),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn correct(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    key: Key,
    seen: Seen,
    Parameters(dry): Parameters<DryRun>,
    Body(body): Body<NewCorrection>,
) -> Result<Response, Trouble> {
    let (on, line) = found(&app, &writer.person, &id, &seen).await?;
    let mut flaws = Vec::new();
    let inputs = inputs::values(&line, &body.inputs, &mut flaws);
    let time = at(body.time.as_deref(), "/time", &mut flaws);
    for (missing, other, pointer, key) in [
        (body.step.is_none(), body.time.is_some(), "/step", "step"),
        (body.time.is_none(), body.step.is_some(), "/time", "time"),
    ] {
        if missing && other {
            flaws.push(Flaw::new(Place::Pointer(pointer.to_owned()), "problem-missing", vec![("key", both(key))]));
        }
    }
    whole(flaws)?;
    let ask = RequestAsk::Correct { time: body.step.zip(time), reason: body.reason.trim().to_owned() };
    let title = general(&line, General::Correct);
    send(&app, writer, key, Doing { inputs, ..Doing::new(on, line, title, ask) }, dry).await
}

/// Takes back the record's last act, as if it had not been done; what was written stays readable.
#[utoipa::path(post, path = "/records/{id}/annulments", tag = "acts", operation_id = "annul",
    params(("id" = u64, Path, description = "The record's number."), DryRun),
    request_body = NewAnnulment,
    security(("token" = []), ("session" = [], "secret" = [])),
    responses((status = 200, body = ReceiptView, headers(("ETag" = String))),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn annul(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    key: Key,
    seen: Seen,
    Parameters(dry): Parameters<DryRun>,
    Body(body): Body<NewAnnulment>,
) -> Result<Response, Trouble> {
    let (on, line) = found(&app, &writer.person, &id, &seen).await?;
    let ask = RequestAsk::Annul { seq: body.step, reason: body.reason.trim().to_owned() };
    let title = general(&line, General::Annul);
    send(&app, writer, key, Doing::new(on, line, title, ask), dry).await
}

/// The account that is named, where there is one in the government.
async fn account(app: &App, person: &Person, to: &str) -> Result<Code, Trouble> {
    let (government, name) = (person.government.clone(), to.to_owned());
    let known = app.ask(move |platform| platform.person(&government, &name)).await?;
    known.map(|person| person.account).ok_or_else(|| {
        let flaw = Flaw::new(Place::Pointer("/to".to_owned()), "problem-account", vec![("account", both(to))]);
        Trouble::flawed(trouble::INCOMPLETE, vec![flaw])
    })
}

/// Gives the record to another handler.
#[utoipa::path(post, path = "/records/{id}/hand-overs", tag = "acts", operation_id = "handOver",
    params(("id" = u64, Path, description = "The record's number."), DryRun),
    request_body = NewHandOver,
    security(("token" = []), ("session" = [], "secret" = [])),
    responses((status = 200, body = ReceiptView, headers(("ETag" = String))),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn hand_over(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    key: Key,
    seen: Seen,
    Parameters(dry): Parameters<DryRun>,
    Body(body): Body<NewHandOver>,
) -> Result<Response, Trouble> {
    let (on, line) = found(&app, &writer.person, &id, &seen).await?;
    let to = account(&app, &writer.person, &body.to).await?;
    let ask = RequestAsk::HandOver { to, reason: body.reason.trim().to_owned() };
    let title = general(&line, General::HandOver);
    send(&app, writer, key, Doing::new(on, line, title, ask), dry).await
}

/// Lets somebody act for the handler until a day.
#[utoipa::path(post, path = "/records/{id}/stand-ins", tag = "acts", operation_id = "standIn",
    params(("id" = u64, Path, description = "The record's number."), DryRun),
    request_body = NewStandIn,
    security(("token" = []), ("session" = [], "secret" = [])),
    responses((status = 200, body = ReceiptView, headers(("ETag" = String))),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn stand_in(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    key: Key,
    seen: Seen,
    Parameters(dry): Parameters<DryRun>,
    Body(body): Body<NewStandIn>,
) -> Result<Response, Trouble> {
    let (on, line) = found(&app, &writer.person, &id, &seen).await?;
    let until = day(&body.until).ok_or_else(|| {
        let flaw = Flaw::new(Place::Pointer("/until".to_owned()), "bad-date", vec![("field", both("until"))]);
        Trouble::flawed(trouble::INCOMPLETE, vec![flaw])
    })?;
    let to = account(&app, &writer.person, &body.to).await?;
    let ask = RequestAsk::StandIn { to, until, reason: body.reason.trim().to_owned() };
    let title = general(&line, General::StandIn);
    send(&app, writer, key, Doing::new(on, line, title, ask), dry).await
}
