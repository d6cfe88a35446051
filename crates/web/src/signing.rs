//! The page on which a proposal is signed: what is proposed, what it changes, why, who signed and who comes next; and
//! what the annulment of an act does to figures.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::Fault;
use platform::{Directory, Entry, Person, Platform, RecordView, Restated};
use procedure::{General, Mend};
use terms::RecordId;
use wording::{RefusalText, WarningText};

use crate::act::{Case, Doing};
use crate::app::App;
use crate::desk::heading;
use crate::form::{RestateView, posts};
use crate::frame::{Frame, page};
use crate::general;
use crate::record::{Due, finding_title, minute, next_due, parties, whole};
use crate::session::{Visitor, random};
use crate::wrong::Wrong;

/// A field that changes.
pub(crate) struct Content {
    pub title: String,
    /// What it holds; empty: nothing yet.
    pub now: String,
    pub then: String,
}

/// A signature on the ladder.
pub(crate) struct Signature {
    pub post: String,
    pub state: String,
    /// Who signed, and when.
    pub by: String,
    pub done: bool,
    pub next: bool,
}

/// A proposal as it is shown, here and on the record's page.
pub(crate) struct ProposalView {
    pub title: String,
    pub by: String,
    pub at: String,
    pub content: Vec<Content>,
    pub reasons: Vec<(String, String)>,
    /// What is put right or taken back, and why.
    pub mends: Vec<(String, String)>,
    pub signatures: Vec<Signature>,
    pub may_sign: bool,
    pub may_return: bool,
    pub mine: bool,
    pub command: String,
}

/// A record's proposal.
pub(crate) fn proposal(
    platform: &Platform,
    frame: &Frame,
    directory: &Directory,
    view: &RecordView,
    person: &Person,
    command: String,
) -> Option<ProposalView> {
    let proposal = view.record.proposal.as_ref()?;
    let act = view.line.act(proposal.act);
    // The events of this proposal: from the last time that it was proposed.
    let begun = view.timeline.iter().rposition(|entry| entry.kind == "propose").unwrap_or(0);
    let under_way = view.timeline.get(begun..).unwrap_or_default();
    let signed: Vec<&Entry> = under_way.iter().filter(|entry| entry.kind == "sign").collect();
    let posted = |post: String, at: usize| {
        let by = signed.get(at).map(|entry| format!("{} {}", directory.person(&entry.actor), minute(entry.done_at)));
        let code = match at.cmp(&usize::from(proposal.signed)) {
            std::cmp::Ordering::Less => "proposal-signed",
            std::cmp::Ordering::Equal => "proposal-next",
            std::cmp::Ordering::Greater => "proposal-later",
        };
        let (done, next) = (code == "proposal-signed", code == "proposal-next");
        Signature { post, state: frame.t(code), by: by.unwrap_or_default(), done, next }
    };
    let ladder: Vec<String> = match &act.second {
        // Any of them signs, and one is enough.
        Some(second) if act.sign.is_empty() => {
            vec![posts(frame, platform, &second.by).join(&frame.t("proposal-or"))]
        }
        _ => posts(frame, platform, &act.sign),
    };
    let content = proposal.changes.iter().map(|(id, value)| {
        let field = view.line.field(*id);
        let now = view.record.get(*id).map(|now| whole(frame, now, field)).unwrap_or_default();
        Content { title: frame.said(&field.title), now, then: whole(frame, value, field) }
    });
    let own = view.record.agency == person.agency;
    let across = |post: &terms::Code| platform.catalog().terms.post(post).is_some_and(|post| post.across);
    let signers = act.signers(proposal.signed);
    let holds = signers.iter().any(|post| person.posts.contains(post) && (own || across(post)));
    let mine = proposal.by == person.account;
    let may_sign = holds && (proposal.mend.is_none() || !mine);
    Some(ProposalView {
        title: frame.said(&act.title),
        by: directory.person(&proposal.by),
        at: under_way.first().map(|entry| minute(entry.done_at)).unwrap_or_default(),
        content: content.collect(),
        reasons: proposal
            .reasons
            .iter()
            .map(|(code, reason)| (finding_title(frame, &view.line, code), reason.clone()))
            .collect(),
        mends: proposal.mend.as_ref().map(|mend| mends(frame, view, mend)).unwrap_or_default(),
        signatures: ladder.into_iter().enumerate().map(|(at, post)| posted(post, at)).collect(),
        may_sign,
        may_return: holds || own && mine,
        mine,
        command,
    })
}

fn mends(frame: &Frame, view: &RecordView, mend: &Mend) -> Vec<(String, String)> {
    let step = |seq: u32| {
        let entry = view.timeline.iter().find(|entry| entry.seq == seq);
        let title = entry.map(|entry| crate::record::entry_title(frame, entry)).unwrap_or_default();
        format!("{} · {title}", frame.t1("event-number", "seq", seq))
    };
    let mut lines = match mend {
        Mend::Annul { seq, .. } => vec![(frame.t("annul-step"), step(*seq))],
        Mend::Correct { time: Some((seq, at)), .. } => {
            vec![(frame.t("correct-step"), step(*seq)), (frame.t("correct-new-time"), minute(*at))]
        }
        Mend::Correct { time: None, .. } => Vec::new(),
    };
    lines.push((frame.t("reason"), mend.reason().to_owned()));
    lines
}

/// The figures that an annulment restates, on its form.
pub(crate) fn restates(platform: &Platform, frame: &Frame, case: &Case) -> Result<Vec<RestateView>, Fault> {
    let (Doing::Act(id), Some(view)) = (case.doing, &case.view) else { return Ok(Vec::new()) };
    if case.line.act(id).general != Some(General::Annul) {
        return Ok(Vec::new());
    }
    let Some(seq) = general::last_act(case) else { return Ok(Vec::new()) };
    restated(platform, frame, &case.person, view.row.id, seq)
}

fn restated(
    platform: &Platform,
    frame: &Frame,
    person: &Person,
    id: RecordId,
    seq: u32,
) -> Result<Vec<RestateView>, Fault> {
    let view = |one: Restated| RestateView {
        title: frame.said(&one.title),
        year: one.year,
        before: one.before.to_string(),
        after: one.after.to_string(),
        unit: one.unit,
    };
    Ok(platform.restated(person, id, seq)?.into_iter().map(view).collect())
}

#[derive(Template)]
#[template(path = "sign.html")]
struct SignPage {
    f: Frame,
    id: String,
    seq: u32,
    about: String,
    line: String,
    parties: String,
    handler: String,
    stage: String,
    leads_to: Option<String>,
    articles: String,
    due: Option<Due>,
    proposal: ProposalView,
    last: bool,
    refusals: Vec<RefusalText>,
    warnings: Vec<WarningText>,
    restates: Vec<RestateView>,
    back: String,
}

/// The page; where nothing is proposed any more, the record's.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let id: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    let commands = (random()?, random()?);
    let asks = person.clone();
    let view = app.ask(move |platform| platform.record(&asks, id)).await?.ok_or(Wrong::NotFound)?;
    if view.record.proposal.is_none() {
        return Ok(Redirect::to(&format!("/records/{id}")).into_response());
    }
    let frame = visitor.told().await?;
    let made = app.ask(move |platform| build(platform, frame, &person, &view, commands)).await?;
    page(&made.ok_or(Wrong::NotFound)?)
}

fn build(
    platform: &Platform,
    frame: Frame,
    person: &Person,
    view: &RecordView,
    (command, back): (String, String),
) -> Result<Option<SignPage>, Fault> {
    let directory = platform.directory(&person.government)?;
    let (line, record) = (&view.line, &view.record);
    let made = proposal(platform, &frame, &directory, view, person, command);
    let (Some(made), Some(raw)) = (made, &record.proposal) else { return Ok(None) };
    let act = line.act(raw.act);
    let outlook = platform.outlook(person, view)?.unwrap_or_default();
    let stage = |id: procedure::StageId| line.stages_of(act.track).get(id.index()).map(|one| frame.said(&one.title));
    let restates = match &raw.mend {
        Some(Mend::Annul { seq, .. }) => restated(platform, &frame, person, view.row.id, *seq)?,
        _ => Vec::new(),
    };
    let law: Vec<String> = act.ground.law.iter().map(|law| wording::article(frame.language, law)).collect();
    let title = frame.t1("sign-title", "act", &made.title);
    Ok(Some(SignPage {
        id: view.row.id.to_string(),
        seq: view.row.seq,
        about: heading(&frame, &view.row, line),
        line: frame.said(&line.title),
        parties: parties(&frame, view),
        handler: record.handler.as_ref().map(|handler| directory.person(handler)).unwrap_or_default(),
        stage: stage(record.stage_of(act.track)).unwrap_or_default(),
        leads_to: act.to.and_then(stage),
        articles: wording::list(frame.language, &law),
        due: next_due(platform, &frame, view),
        last: outlook.last,
        refusals: outlook
            .refusals
            .iter()
            .map(|refusal| wording::refusal(frame.language, &made.title, refusal))
            .collect(),
        warnings: outlook.warnings.iter().map(|warning| wording::warning(frame.language, line, warning)).collect(),
        restates,
        proposal: made,
        back,
        f: frame.named(title).within("desk"),
    }))
}
