//! The form of an act: what it is made for, and showing it for the first time.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kernel::Warning;
use ledger::Fault;
use platform::{Person, Platform, RecordView};
use procedure::{ActId, ActKind, Line};
use terms::{Code, RecordId};
use wording::RefusalText;

use crate::app::App;
use crate::form::{Control, Files, FormPage, Look, Making, Reason, posts};
use crate::frame::{Frame, page};
use crate::general;
use crate::input::{Errors, Posted};
use crate::record::EntryView;
use crate::session::{Visitor, random};
use crate::signing;
use crate::wrong::Wrong;

/// What a form does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Act(ActId),
    /// The proposal goes back.
    Return,
}

/// A form's record, or the line of a new one.
#[derive(Clone)]
pub(crate) struct Case {
    pub person: Person,
    pub line: Arc<Line>,
    pub view: Option<Box<RecordView>>,
    pub doing: Doing,
}

/// What the page of a form says beside its controls.
#[derive(Default)]
pub(crate) struct Told {
    pub notice: Option<String>,
    pub refusals: Vec<RefusalText>,
    pub warnings: Option<Vec<Warning>>,
    pub since: Vec<EntryView>,
}

impl Case {
    /// The act of a new record.
    pub async fn of_new(app: &App, person: Person, line: &str, act: &str) -> Result<Case, Wrong> {
        let (government, code) = (person.government.clone(), line.to_owned());
        let line = app.ask(move |platform| Ok::<_, Fault>(platform.line_today(&government, &code))).await?;
        let line = line.ok_or(Wrong::NotFound)?;
        let id = line.act_id(act).filter(|id| line.act(*id).opens).ok_or(Wrong::NotFound)?;
        Ok(Case { person, line, view: None, doing: Doing::Act(id) })
    }

    /// An act of a record; `None` is the return of its proposal.
    pub async fn of_record(app: &App, person: Person, id: &str, act: Option<&str>) -> Result<Case, Wrong> {
        let id: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
        let asks = person.clone();
        let view = app.ask(move |platform| platform.record(&asks, id)).await?.ok_or(Wrong::NotFound)?;
        let doing = match act {
            Some(act) => Doing::Act(view.line.act_id(act).ok_or(Wrong::NotFound)?),
            None => Doing::Return,
        };
        Ok(Case { person, line: view.line.clone(), view: Some(Box::new(view)), doing })
    }

    /// The title of what is done.
    pub fn title(&self, frame: &Frame) -> String {
        match self.doing {
            Doing::Act(id) => frame.said(&self.line.act(id).title),
            Doing::Return => frame.t1("return-title", "act", self.proposed(frame)),
        }
    }

    /// The title of the act on its way up.
    pub fn proposed(&self, frame: &Frame) -> String {
        let proposal = self.view.as_ref().and_then(|view| view.record.proposal.as_ref());
        proposal.map(|proposal| frame.said(&self.line.act(proposal.act).title)).unwrap_or_default()
    }

    /// Number of events of the record.
    pub fn seq(&self) -> u32 {
        self.view.as_ref().map_or(0, |view| view.row.seq)
    }

    fn action(&self) -> String {
        match (&self.view, self.doing) {
            (Some(view), Doing::Act(id)) => format!("/records/{}/act/{}", view.row.id, self.line.act(id).code),
            (Some(view), Doing::Return) => format!("/records/{}/return", view.row.id),
            (None, Doing::Act(id)) => format!("/new/{}/{}", self.line.code, self.line.act(id).code),
            (None, Doing::Return) => "/new".to_owned(),
        }
    }

    /// What it will want reasons for, as it stands.
    fn warnings(&self) -> Vec<Warning> {
        let Doing::Act(id) = self.doing else { return Vec::new() };
        let next = self.view.as_ref().and_then(|view| view.next.iter().find(|next| next.act == id));
        next.map(|next| next.warnings.clone()).unwrap_or_default()
    }
}

/// Builds the page of a form, with everything that was typed in it.
pub(crate) fn build(
    platform: &Platform,
    frame: Frame,
    case: &Case,
    posted: &Posted,
    errors: &Errors,
    told: Told,
) -> Result<FormPage, Fault> {
    let title = case.title(&frame);
    let making = Making { frame: &frame, platform, posted, errors };
    let record = case.view.as_ref().map(|view| &view.record);
    let mut parts = general::Parts::default();
    let (mut articles, mut climbs, mut done_at) = (Vec::new(), None, None);
    match case.doing {
        Doing::Return => parts.controls.push(making.reason()),
        Doing::Act(id) => {
            let act = case.line.act(id);
            articles.extend(act.ground.law.iter().map(|law| wording::article(frame.language, law)));
            if !act.sign.is_empty() {
                let signers = wording::list(frame.language, &posts(&frame, platform, &act.sign));
                climbs = Some(frame.t1("form-climbs", "posts", signers));
            }
            parts = match act.general {
                Some(kind) => general::parts(&making, case, kind)?,
                None => general::Parts { controls: making.of_act(&case.line, act, record)?, ..Default::default() },
            };
            if act.kind == ActKind::Fact {
                let control = Control::plain("done_at", frame.t("form-done-at"), Look::Moment, false, posted, errors);
                done_at = Some(control.hinted(frame.t("form-done-at-hint")));
            }
        }
    }
    let reasons = reasons(&making, case, told.warnings.unwrap_or_else(|| case.warnings()));
    parts.along.extend(kept_reasons(posted, &reasons));
    let about = match &case.view {
        Some(view) => crate::desk::heading(&frame, &view.row, &view.line),
        None => frame.said(&case.line.title),
    };
    if climbs.is_none() {
        climbs = second_person(platform, &frame, case);
    }
    let submit = if climbs.is_some() { "form-propose" } else { "form-submit" };
    let made = FormPage {
        action: case.action(),
        back: case.view.as_ref().map_or_else(|| "/new".to_owned(), |view| format!("/records/{}", view.row.id)),
        about,
        articles: wording::list(frame.language, &articles),
        climbs,
        notice: told.notice,
        refusals: told.refusals,
        since: told.since,
        reasons,
        controls: parts.controls,
        done_at,
        files: Files::of(&frame, posted, errors),
        command: posted.text("command").to_owned(),
        // Of a form that comes back: what was seen when it was first opened.
        seen: posted.get("seen").and_then(|seen| seen.parse().ok()).unwrap_or_else(|| case.seq()),
        submit: if parts.chooses { frame.t("correct-choose") } else { frame.t1(submit, "act", &title) },
        along: parts.along,
        chooses: parts.chooses,
        restates: signing::restates(platform, &frame, case)?,
        problems: Vec::new(),
        f: frame.clone().named(title).within(if case.view.is_some() { "records" } else { "new" }),
    };
    Ok(made.with_problems(errors))
}

/// Who has to sign a correction or an annulment beside whoever makes it, where what it concerns was served or published.
fn second_person(platform: &Platform, frame: &Frame, case: &Case) -> Option<String> {
    let (Doing::Act(id), Some(view)) = (case.doing, &case.view) else { return None };
    let second = case.line.act(id).second.as_ref()?;
    let relied_on =
        |done: &procedure::Done| matches!(done.what, procedure::What::Act(act) if second.after.contains(&act));
    let signers = wording::list(frame.language, &posts(frame, platform, &second.by));
    view.record.done.iter().any(relied_on).then(|| frame.t1("form-second", "posts", signers))
}

impl Making<'_> {
    /// The control for a reason.
    pub fn reason(&self) -> Control {
        Control::plain("reason", self.frame.t("reason"), Look::Area, true, self.posted, self.errors)
    }
}

fn reasons(making: &Making<'_>, case: &Case, warnings: Vec<Warning>) -> Vec<Reason> {
    let reason = |warning: Warning| {
        let text = wording::warning(making.frame.language, &case.line, &warning);
        let name = format!("reason.{}", text.rule);
        let title = making.frame.t("form-reason-for");
        Reason { text, control: Control::plain(&name, title, Look::Area, true, making.posted, making.errors) }
    };
    warnings.into_iter().map(reason).collect()
}

/// Reasons that were given before and are not asked for on this page go along unseen.
fn kept_reasons(posted: &Posted, shown: &[Reason]) -> Vec<(String, String)> {
    let kept = |(name, text): &&(String, String)| {
        name.starts_with("reason.") && !text.trim().is_empty() && shown.iter().all(|one| one.control.name != *name)
    };
    posted.0.iter().filter(kept).cloned().collect()
}

/// The parts of a query as a form that was typed; only what the line itself sets is taken.
async fn first(app: &App, visitor: Visitor, case: Case, query: Vec<(String, String)>) -> Result<Response, Wrong> {
    let mut posted = Posted(query.into_iter().filter(|(name, _)| name == "field").collect());
    posted.0.push(("command".to_owned(), random()?));
    let frame = visitor.told().await?;
    let made =
        app.ask(move |platform| build(platform, frame, &case, &posted, &Errors::default(), Told::default())).await?;
    page(&made)
}

/// The form of an act that opens a record.
pub(crate) async fn show_new(
    State(app): State<App>,
    visitor: Visitor,
    Path((line, act)): Path<(String, String)>,
) -> Result<Response, Wrong> {
    let case = Case::of_new(&app, visitor.person()?, &line, &act).await?;
    first(&app, visitor, case, Vec::new()).await
}

/// The form of an act on a record.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, act)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let case = Case::of_record(&app, visitor.person()?, &id, Some(&act)).await?;
    first(&app, visitor, case, query).await
}

/// The form to return a proposal.
pub(crate) async fn show_return(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Wrong> {
    let case = Case::of_record(&app, visitor.person()?, &id, None).await?;
    first(&app, visitor, case, Vec::new()).await
}

/// The form at a path once more, with what was typed before: when the session ended, or when it was put aside; `None`
/// where no form is there.
pub(crate) async fn resumed(
    app: &App,
    frame: Frame,
    person: Person,
    path: &str,
    mut posted: Posted,
    notice: String,
) -> Result<Option<Response>, Wrong> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let case = match parts.as_slice() {
        ["new", line, act] => Case::of_new(app, person, line, act).await?,
        ["records", id, "act", act] => Case::of_record(app, person, id, Some(act)).await?,
        ["records", id, "return"] => Case::of_record(app, person, id, None).await?,
        _ => return Ok(None),
    };
    if posted.text("command").is_empty() {
        posted.0.push(("command".to_owned(), random()?));
    }
    let told = Told { notice: Some(notice), ..Told::default() };
    let made = app.ask(move |platform| build(platform, frame, &case, &posted, &Errors::default(), told)).await?;
    page(&made).map(Some)
}

/// The code of a line's act as a request names it.
pub(crate) fn code_of(line: &Line, id: ActId) -> Code {
    line.act(id).code.clone()
}
