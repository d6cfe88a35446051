//! A form sent: it becomes a command, and the answer becomes a page. Nothing that was typed is lost.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Gap, GapKind, Standing};
use ledger::Fault;
use platform::{Answer, Platform, Receipt, RecordView, Request, RequestAsk};
use procedure::{ActKind, Language};
use terms::{Code, CommandId, DateTime, RecordId, Value};

use crate::act::{Case, Doing, Told, build, code_of};
use crate::app::App;
use crate::drafts;
use crate::form::FormPage;
use crate::frame::{Frame, page};
use crate::general;
use crate::input::{self, Errors, Posted, control};
use crate::record::{entries, finding_title};
use crate::sent::{FILE, Sent, attached};
use crate::session::{self, Visitor, random};
use crate::wrong::Wrong;

/// What comes of a form.
enum Outcome {
    /// It is done; this is said on the record's page.
    Done(RecordId, Vec<String>),
    /// The form comes back.
    Back(Box<FormPage>),
}

type Typed = Form<Vec<(String, String)>>;

/// An act that opens a record.
pub(crate) async fn new(
    State(app): State<App>,
    visitor: Visitor,
    Path((line, act)): Path<(String, String)>,
    request: axum::extract::Request,
) -> Result<Response, Wrong> {
    let sent = match taken(&app, &visitor, request).await? {
        Taken::Form(sent) => sent,
        Taken::Ended(page) => return Ok(page),
    };
    let case = Case::of_new(&app, visitor.person()?, &line, &act).await?;
    send(&app, visitor, case, sent).await
}

/// An act on a record.
pub(crate) async fn act(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, act)): Path<(String, String)>,
    request: axum::extract::Request,
) -> Result<Response, Wrong> {
    let sent = match taken(&app, &visitor, request).await? {
        Taken::Form(sent) => sent,
        Taken::Ended(page) => return Ok(page),
    };
    let case = Case::of_record(&app, visitor.person()?, &id, Some(&act)).await?;
    send(&app, visitor, case, sent).await
}

/// A proposal returned.
pub(crate) async fn give_back(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    request: axum::extract::Request,
) -> Result<Response, Wrong> {
    let sent = match taken(&app, &visitor, request).await? {
        Taken::Form(sent) => sent,
        Taken::Ended(page) => return Ok(page),
    };
    let case = Case::of_record(&app, visitor.person()?, &id, None).await?;
    send(&app, visitor, case, sent).await
}

/// A signature. What it meets is told on the record's page.
pub(crate) async fn sign(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(typed): Typed,
) -> Result<Response, Wrong> {
    let sent = Sent { posted: Posted(typed), problems: Vec::new() };
    let posted = match checked(&visitor, sent)? {
        Taken::Form(sent) => sent.posted,
        Taken::Ended(page) => return Ok(page),
    };
    let case = Case::of_record(&app, visitor.person()?, &id, None).await?;
    let frame = visitor.frame.clone();
    let (id, lines) = app.ask(move |platform| signed(platform, &frame, &case, &posted)).await?;
    visitor.tell(lines).await?;
    Ok(Redirect::to(&format!("/records/{id}")).into_response())
}

/// A form, or the sign-in page that keeps it.
enum Taken {
    Form(Sent),
    Ended(Response),
}

/// A form that can come with files.
async fn taken(app: &App, visitor: &Visitor, request: axum::extract::Request) -> Result<Taken, Wrong> {
    checked(visitor, Sent::read(app, visitor, request).await?)
}

/// The form, if it is ours. Where the session has ended, the sign-in page keeps what was typed.
fn checked(visitor: &Visitor, sent: Sent) -> Result<Taken, Wrong> {
    if visitor.frame.person.is_none() {
        return session::ended(visitor.frame.clone(), sent.posted.0).map(Taken::Ended);
    }
    visitor.check(sent.posted.get("token"))?;
    Ok(Taken::Form(sent))
}

async fn send(app: &App, visitor: Visitor, case: Case, sent: Sent) -> Result<Response, Wrong> {
    let Sent { mut posted, problems } = sent;
    if posted.text("command").parse::<CommandId>().is_err() {
        posted.0.retain(|(name, _)| name != "command");
        posted.0.push(("command".to_owned(), random()?));
    }
    if posted.text(drafts::ASIDE.0) == drafts::ASIDE.1 {
        return put_aside(app, visitor, case, &posted).await;
    }
    let frame = visitor.frame.clone();
    let report = posted.text("back").contains("/report#");
    match app.ask(move |platform| run(platform, frame, case, &posted, problems)).await? {
        Outcome::Done(id, lines) => {
            visitor.tell(lines).await?;
            // What is written on a report's page goes on there.
            let page = if report { "/report" } else { "" };
            Ok(Redirect::to(&format!("/records/{id}{page}")).into_response())
        }
        Outcome::Back(made) => Ok((StatusCode::UNPROCESSABLE_ENTITY, page(made.as_ref())?).into_response()),
    }
}

/// Puts the form aside as it is: nothing in it needs to be right yet.
async fn put_aside(app: &App, visitor: Visitor, case: Case, posted: &Posted) -> Result<Response, Wrong> {
    let id = posted.text("command").parse().unwrap_or(CommandId([0; 16]));
    let draft = drafts::draft_of(&case, id, posted);
    let person = case.person.clone();
    let kept = app.ask(move |platform| platform.put_aside(&person, &draft)).await?;
    visitor.tell(vec![visitor.frame.t(if kept { "draft-kept" } else { "draft-too-many" })]).await?;
    Ok(Redirect::to("/desk?tab=drafts").into_response())
}

fn run(
    platform: &Platform,
    frame: Frame,
    case: Case,
    posted: &Posted,
    problems: Vec<String>,
) -> Result<Outcome, Fault> {
    let mut errors = Errors::default();
    errors.0.extend(problems.into_iter().map(|sentence| (FILE.to_owned(), sentence)));
    let (ask, inputs) = asked(&frame, &case, posted, &mut errors);
    let done_at = done_at(&frame, &case, posted, &mut errors);
    if !errors.0.is_empty() {
        let told = Told { notice: Some(frame.t("answer-incomplete")), ..Told::default() };
        return back(platform, frame, &case, posted, &errors, told);
    }
    let request = Request { inputs, done_at, ..request(&case, posted, ask) };
    match platform.submit(request)? {
        Answer::Done(receipt) => {
            // A draft of this form has done its duty. Where that fails, the list of drafts finds it out later.
            let _ = platform.end_draft(&case.person, posted.text("command").parse().unwrap_or(CommandId([0; 16])));
            let lines = done_lines(platform, &frame, &case, &receipt)?;
            Ok(Outcome::Done(receipt.record, lines))
        }
        Answer::Stale { now } => stale(platform, frame, case, posted, now),
        answer => {
            let told = told(&frame, &case, answer, &mut errors);
            back(platform, frame, &case, posted, &errors, told)
        }
    }
}

fn back(
    platform: &Platform,
    frame: Frame,
    case: &Case,
    posted: &Posted,
    errors: &Errors,
    told: Told,
) -> Result<Outcome, Fault> {
    Ok(Outcome::Back(Box::new(build(platform, frame, case, posted, errors, told)?)))
}

/// Somebody was quicker: the form comes back over the record as it is now, with what happened meanwhile.
fn stale(platform: &Platform, frame: Frame, case: Case, posted: &Posted, now: u32) -> Result<Outcome, Fault> {
    let seen = posted.text("seen").parse().unwrap_or(0);
    let id = case.view.as_ref().map(|view| view.row.id);
    let view = id.map(|id| platform.record(&case.person, id)).transpose()?.flatten();
    let directory = platform.directory(&case.person.government)?;
    let mut since = view.as_ref().map(|view| entries(&frame, platform, &directory, view)).unwrap_or_default();
    since.retain(|entry| entry.seq > seen);
    let case = Case { view: view.map(Box::new).or(case.view), ..case };
    let told = Told { notice: Some(frame.t1("answer-stale", "now", now)), since, ..Told::default() };
    // From here on the form has seen the record as it is now.
    let mut posted = posted.clone();
    posted.0.retain(|(name, _)| name != "seen");
    back(platform, frame, &case, &posted, &Errors::default(), told)
}

fn request(case: &Case, posted: &Posted, ask: RequestAsk) -> Request {
    let reason = |(name, text): &(String, String)| {
        let rule = name.strip_prefix("reason.")?;
        (!text.trim().is_empty()).then(|| (Code::from(rule), text.trim().to_owned()))
    };
    Request {
        id: posted.text("command").parse().unwrap_or(CommandId([0; 16])),
        who: case.person.clone(),
        record: case.view.as_ref().map(|view| view.row.id),
        line: case.line.code.clone(),
        seen: case.view.as_ref().map(|_| posted.text("seen").parse().unwrap_or(0)),
        ask,
        inputs: Vec::new(),
        reasons: posted.0.iter().filter_map(reason).collect(),
        attachments: attached(posted),
        done_at: None,
        place: None,
        handler: None,
        standing: Standing::Normal,
        grant: None,
    }
}

/// What the form asks for, with every fault of the form at once.
fn asked(frame: &Frame, case: &Case, posted: &Posted, errors: &mut Errors) -> (RequestAsk, Vec<(Code, Value)>) {
    let id = match case.doing {
        Doing::Act(id) => id,
        Doing::Return => {
            if posted.text("reason").is_empty() {
                errors.add("reason", frame.t("gap-no-reason"));
            }
            return (RequestAsk::Return(posted.text("reason").to_owned()), Vec::new());
        }
    };
    let act = case.line.act(id);
    if let Some(kind) = act.general {
        return general::ask(frame, case, kind, posted, errors);
    }
    let numbered = act.number.map(|series| case.line.series[series.index()].field);
    let mut inputs = Vec::new();
    for (field_id, must) in act.fills.iter().filter(|(field, _)| Some(*field) != numbered) {
        let field = case.line.field(*field_id);
        let held = case.view.as_ref().is_some_and(|view| view.record.get(*field_id).is_some());
        match input::value(frame, field, posted) {
            Ok(Some(value)) => inputs.push((field.code.clone(), value)),
            // The kernel says the same; here it is said together with what cannot be read.
            Ok(None) if *must && !held => {
                errors.add(&control(&field.code), frame.t1("gap-missing", "field", frame.said(&field.title)));
            }
            Ok(None) => {}
            Err(sentence) => errors.add(&control(&field.code), sentence),
        }
    }
    (RequestAsk::Act(code_of(&case.line, id)), inputs)
}

fn done_at(frame: &Frame, case: &Case, posted: &Posted, errors: &mut Errors) -> Option<DateTime> {
    let Doing::Act(id) = case.doing else { return None };
    let text = posted.text("done_at");
    if case.line.act(id).kind != ActKind::Fact || text.is_empty() {
        return None;
    }
    let at = input::moment(text);
    if at.is_none() {
        errors.add("done_at", frame.t1("bad-moment", "field", frame.t("form-done-at")));
    }
    at
}

/// An answer other than done, in words.
fn told(frame: &Frame, case: &Case, answer: Answer, errors: &mut Errors) -> Told {
    let mut told = Told::default();
    let language = frame.language;
    match answer {
        Answer::Refused(refusals) => {
            let title = case.title(frame);
            told.refusals = refusals.iter().map(|refusal| wording::refusal(language, &title, refusal)).collect();
            told.notice = Some(frame.t("answer-refused"));
        }
        Answer::Asks(warnings) => {
            for warning in &warnings {
                errors.add(&format!("reason.{}", warning.rule), frame.t("gap-no-reason"));
            }
            told.warnings = Some(warnings);
            told.notice = Some(frame.t("answer-asks"));
        }
        Answer::Incomplete(gaps) => {
            for gap in &gaps {
                errors.add(&place_of(gap), wording::gap(language, &case.line, gap));
            }
            told.notice = Some(frame.t("answer-incomplete"));
        }
        Answer::Taken { field, value } => {
            let title = case.line.field_id(&field).map(|id| frame.said(&case.line.field(id).title));
            let args = [("field", title.unwrap_or_else(|| field.to_string())), ("value", value.to_string())];
            errors.add(&control(&field), wording::say(language, "answer-taken", &args));
        }
        Answer::NoAttachment { name } => errors.add(FILE, frame.t1("answer-no-attachment", "name", name)),
        Answer::WrongTime => errors.add("done_at", frame.t("answer-wrong-time")),
        Answer::Unknown(word) => errors.add("", frame.t1("answer-unknown", "word", word)),
        Answer::Stale { now } => told.notice = Some(frame.t1("answer-stale", "now", now)),
        Answer::Done(_) => {}
    }
    told
}

fn place_of(gap: &Gap) -> String {
    match (gap.kind, gap.field.is_empty()) {
        (GapKind::NoReason, _) => "reason".to_owned(),
        (_, true) => String::new(),
        (_, false) => control(&gap.field),
    }
}

/// What is said after an act: what was done, the numbers given, and the days that run from now on.
fn done_lines(platform: &Platform, frame: &Frame, case: &Case, receipt: &Receipt) -> Result<Vec<String>, Fault> {
    if receipt.repeated {
        return Ok(vec![frame.t("answer-repeated")]);
    }
    let title = case.title(frame);
    let proposed = receipt.events.iter().any(|(kind, ..)| kind == "propose");
    let mut lines = vec![match case.doing {
        Doing::Return => frame.t("answer-returned"),
        Doing::Act(_) if proposed => frame.t1("answer-proposed", "act", title),
        Doing::Act(_) => frame.t1("answer-done", "act", title),
    }];
    lines.extend(after_lines(platform, frame, case, receipt)?);
    Ok(lines)
}

fn after_lines(platform: &Platform, frame: &Frame, case: &Case, receipt: &Receipt) -> Result<Vec<String>, Fault> {
    let mut lines: Vec<String> =
        receipt.numbers.iter().map(|number| frame.t1("answer-number", "number", number)).collect();
    if !receipt.findings.is_empty() {
        let titles: Vec<String> = receipt.findings.iter().map(|code| finding_title(frame, &case.line, code)).collect();
        lines.push(frame.t1("answer-findings", "findings", wording::list(frame.language, &titles)));
    }
    let now = platform.record(&case.person, receipt.record)?;
    let before = case.view.as_ref().map(|view| running(frame.language, view)).unwrap_or_default();
    let fresh = now.map(|view| running(frame.language, &view)).unwrap_or_default();
    for (limit, day) in fresh.into_iter().filter(|one| !before.contains(one)) {
        lines.push(wording::say(frame.language, "answer-due", &[("limit", limit), ("day", day)]));
    }
    Ok(lines)
}

/// The limits that run against somebody, with their days.
fn running(language: Language, view: &RecordView) -> Vec<(String, String)> {
    let one = |clock: &platform::ClockView| {
        let kernel::ClockState::Runs(deadline) = clock.clock.state else { return None };
        let limit = view.line.limit(clock.limit);
        let minimum = matches!(limit.allow, procedure::Allow::AtLeast(_));
        (!minimum).then(|| (limit.title.get(language).to_owned(), deadline.last.date().to_string()))
    };
    view.clocks.iter().filter_map(one).collect()
}

fn signed(platform: &Platform, frame: &Frame, case: &Case, posted: &Posted) -> Result<(RecordId, Vec<String>), Fault> {
    let id = case.view.as_ref().map_or(RecordId(0), |view| view.row.id);
    let title = case.proposed(frame);
    let lines = match platform.submit(request(case, posted, RequestAsk::Sign))? {
        Answer::Done(receipt) if receipt.repeated => vec![frame.t("answer-repeated")],
        Answer::Done(receipt) => {
            let acts = receipt.events.iter().any(|(kind, ..)| kind == "act");
            let head = if acts { frame.t1("answer-done", "act", &title) } else { frame.t("answer-signed") };
            let mut lines = vec![head];
            lines.extend(after_lines(platform, frame, case, &receipt)?);
            lines
        }
        Answer::Refused(refusals) => {
            let text = |refusal| wording::refusal(frame.language, &title, refusal).text(frame.language);
            refusals.iter().map(text).collect()
        }
        answer => {
            let mut errors = Errors::default();
            let told = told(frame, case, answer, &mut errors);
            told.notice.into_iter().chain(errors.0.into_iter().map(|(_, sentence)| sentence)).collect()
        }
    };
    Ok((id, lines))
}
