//! A report's record as a report: outline, sentences with their figures, what people write themselves, the year before, the
//! governments below, what was signed, and every state of the text.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use figures::{Amount, Period};
use platform::{Below, Directory, Platform, RecordReport, TellError, Version};
use procedure::{Act, FieldType, Line};
use similar::{ChangeTag, TextDiff};
use terms::{Code, GovernmentCode, PlaceCode, RecordId};
use wording::RefusalText;

use crate::app::App;
use crate::figures::href;
use crate::form::posts;
use crate::frame::{Frame, page};
use crate::input::control;
use crate::look;
use crate::report::{PieceView, ReportedView, SignedView, redefined_views, reported_views, section_view};
use crate::session::{Visitor, random};
use crate::wrong::Wrong;

/// A section with the form in which its own text is written.
struct SectionView {
    title: String,
    anchor: String,
    sentences: Vec<Vec<PieceView>>,
    /// Of people's own text: the control, its text, whether it can be written here and now.
    name: String,
    prose: String,
    paragraphs: Vec<String>,
    written: bool,
    /// Where it goes; empty: it cannot be changed now.
    action: String,
    command: String,
}

struct BesideView {
    title: String,
    href: String,
    now: String,
    before: String,
    change: String,
    unit: String,
}

struct BelowView {
    name: String,
    state: String,
    /// It is from a form, a sheet, or a published report.
    mark: Option<String>,
    href: Option<String>,
    good: bool,
    reported: Vec<ReportedView>,
}

struct SignView {
    href: String,
    title: String,
    signs: String,
    refusals: Vec<RefusalText>,
}

struct VersionView {
    seq: u32,
    title: String,
    chosen: (bool, bool),
}

/// A run of a text: what stayed, went or came.
struct Run {
    tag: &'static str,
    text: String,
}

struct DiffView {
    title: String,
    runs: Vec<Run>,
}

#[derive(Template)]
#[template(path = "record_report.html")]
struct Page {
    f: Frame,
    id: String,
    seq: u32,
    stage: String,
    period: String,
    /// The query that asks for the report of its place and period.
    asks: String,
    sections: Vec<SectionView>,
    sign: Option<SignView>,
    signatures: Vec<crate::signing::Signature>,
    questions: Vec<String>,
    signed: Option<SignedView>,
    redefined: Vec<String>,
    figures: Vec<BesideView>,
    below: Vec<BelowView>,
    below_open: usize,
    reported: Vec<ReportedView>,
    versions: Vec<VersionView>,
    diffs: Vec<DiffView>,
    said: Vec<(String, String)>,
}

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let id: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    let of = look::government_of(&person.government, given.get("of").map_or("", |of| of.as_str()))?;
    let (frame, command) = (visitor.told().await?, random()?);
    let number = |name: &str| given.get(name).and_then(|text| text.parse::<u32>().ok());
    let compared = (number("from"), number("to"));
    let made = app
        .ask(move |platform| {
            let found = platform.record_report(&person, &of, id, frame.language)?;
            found.map(|report| build(platform, frame, &of, report, &command, compared)).transpose()
        })
        .await?;
    page(&made.ok_or(Wrong::NotFound)?)
}

fn build(
    platform: &Platform,
    frame: Frame,
    of: &GovernmentCode,
    report: RecordReport,
    command: &str,
    compared: (Option<u32>, Option<u32>),
) -> Result<Page, TellError> {
    let directory = platform.directory(of)?;
    let (line, view) = (report.view.line.clone(), &report.view);
    let span = Period { from: report.period.first(), to: report.period.last() };
    let place = &report.place;
    let write = writes(view);
    let below: Vec<BelowView> = report.below.iter().map(|one| below_view(&frame, one)).collect();
    let person = frame.person.clone().ok_or(TellError::NoReport)?;
    let proposal = crate::signing::proposal(platform, &frame, &directory, view, &person, String::new());
    let (versions, diffs, said) = versions(&frame, &line, &directory, &report.versions, compared);
    let questions = report.questions.iter().map(|question| {
        let (code, args) = question.sentence(frame.language);
        wording::say(frame.language, code, &args)
    });
    Ok(Page {
        id: view.row.id.to_string(),
        seq: view.row.seq,
        stage: line.stages.get(view.record.stage.index()).map(|stage| frame.said(&stage.title)).unwrap_or_default(),
        period: report.period.to_string(),
        asks: crate::report_data::asks(place, report.period),
        sign: keeps(platform, &frame, view),
        signatures: proposal.map(|proposal| proposal.signatures).unwrap_or_default(),
        questions: questions.collect(),
        signed: report.signed.as_ref().map(|signed| SignedView::of(&frame, place, span, signed)),
        redefined: redefined_views(&frame, &report.redefined),
        figures: report
            .figures
            .iter()
            .map(|one| {
                let told = |amount: Option<Amount>| {
                    amount.map_or_else(|| frame.t("figure-unknown-value"), |amount| amount.to_string())
                };
                let change = one.change.map_or(String::new(), |change| {
                    if change.units > 0 { format!("+{change}") } else { change.to_string() }
                });
                BesideView {
                    title: frame.said(&one.title),
                    href: href(&one.code, one.part.as_deref(), place, span),
                    now: told(one.now),
                    before: told(one.before),
                    change,
                    unit: one.unit.clone(),
                }
            })
            .collect(),
        below_open: below.iter().filter(|one| !one.good).count(),
        below,
        reported: reported_views(&frame, &report.reported),
        sections: sections(&report, &write, place, span, command),
        versions,
        diffs,
        said,
        f: frame.named(report.report.title.clone()).within("records"),
    })
}

/// The act by which people write now, with the fields that it may fill: nothing else is asked, and nobody signs it.
fn writes(view: &platform::RecordView) -> Option<(Code, Vec<Code>)> {
    let ready = view.next.iter().filter(|next| next.refusals.is_empty() && next.warnings.is_empty());
    ready.map(|next| view.line.act(next.act)).find_map(|act: &Act| {
        let texts = act.fills.iter().all(|(id, must)| !must && view.line.field(*id).kind == FieldType::Text);
        let free = texts && act.sign.is_empty() && act.general.is_none() && !act.fills.is_empty();
        free.then(|| (act.code.clone(), act.fills.iter().map(|(id, _)| view.line.field(*id).code.clone()).collect()))
    })
}

/// The act that keeps the figures: the signature, or a restatement of what was signed.
fn keeps(platform: &Platform, frame: &Frame, view: &platform::RecordView) -> Option<SignView> {
    let keeping = |act: &Act| act.fills.iter().any(|(id, _)| view.line.field(*id).kind == FieldType::Figures);
    let all = view.next.iter().filter(|next| keeping(view.line.act(next.act)));
    let next = all.min_by_key(|next| !next.refusals.is_empty())?;
    let act = view.line.act(next.act);
    let title = frame.said(&act.title);
    let signers = wording::list(frame.language, &posts(frame, platform, &act.sign));
    Some(SignView {
        href: format!("/records/{}/act/{}", view.row.id, act.code),
        refusals: next.refusals.iter().map(|refusal| wording::refusal(frame.language, &title, refusal)).collect(),
        signs: frame.t1("form-climbs", "posts", signers),
        title,
    })
}

fn sections(
    report: &RecordReport,
    write: &Option<(Code, Vec<Code>)>,
    place: &PlaceCode,
    span: Period,
    command: &str,
) -> Vec<SectionView> {
    let mut all = Vec::new();
    for (number, section) in (1u32..).zip(&report.report.sections) {
        let field = section.field.clone();
        let prose = section.prose.join("\n");
        let action = match (write, &field) {
            (Some((act, fields)), Some(field)) if fields.contains(field) => {
                format!("/records/{}/act/{act}", report.view.row.id)
            }
            _ => String::new(),
        };
        // One command for each section: each is sent on its own.
        let command = match command.len() {
            32 => format!("{}{number:02x}", &command[..30]),
            _ => command.to_owned(),
        };
        let made = section_view(section.clone(), place, span);
        all.push(SectionView {
            title: format!("{}{}", report.report.number(u16::try_from(number).unwrap_or(u16::MAX)), made.title),
            anchor: format!("section-{number}"),
            sentences: made.sentences,
            name: field.as_deref().map(control).unwrap_or_default(),
            written: !prose.is_empty(),
            paragraphs: made.prose,
            prose,
            action,
            command,
        });
    }
    all
}

fn below_view(frame: &Frame, below: &Below) -> BelowView {
    let received = below.received.as_ref();
    let (state, good) = match (received, &below.stage) {
        (Some(received), _) => (frame.said(&received.stage), true),
        (None, Some(stage)) => (frame.t1("below-under-way", "stage", frame.said(stage)), false),
        (None, None) if below.here => (frame.t("below-nothing"), false),
        (None, None) => (frame.t("below-not-here"), false),
    };
    let source = received.and_then(|received| received.source.as_ref());
    BelowView {
        name: below.name.clone(),
        state,
        mark: source.map(|source| frame.said(source)),
        href: received.map(|received| format!("/records/{}", received.record)),
        good,
        reported: reported_views(frame, &below.reported),
    }
}

/// The states of the text to choose from, and what came and went between two of them.
fn versions(
    frame: &Frame,
    line: &Line,
    directory: &Directory,
    all: &[Version],
    compared: (Option<u32>, Option<u32>),
) -> (Vec<VersionView>, Vec<DiffView>, Vec<(String, String)>) {
    let found = |seq: Option<u32>| seq.and_then(|seq| all.iter().position(|one| one.seq == seq));
    let to = found(compared.1).or(all.len().checked_sub(1));
    let from = found(compared.0).or(to.and_then(|to| to.checked_sub(1)));
    let view = |(at, one): (usize, &Version)| VersionView {
        seq: one.seq,
        title: format!(
            "{} · {} · {} · {}",
            one.seq,
            frame.said(&one.act),
            directory.person(&one.by),
            one.at.strftime("%Y-%m-%d %H:%M")
        ),
        chosen: (Some(at) == from, Some(at) == to),
    };
    let views = all.iter().enumerate().map(view).collect();
    let (Some(old), Some(new)) = (from.and_then(|at| all.get(at)), to.and_then(|at| all.get(at))) else {
        return (views, Vec::new(), Vec::new());
    };
    let text = |version: &Version, field: &Code| {
        version.prose.iter().find(|(code, _)| code == field).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let mut diffs = Vec::new();
    for (field, _) in &new.prose {
        let (before, after) = (text(old, field), text(new, field));
        if before != after {
            let title = line.field_id(field).map(|id| frame.said(&line.field(id).title));
            diffs.push(DiffView { title: title.unwrap_or_else(|| field.to_string()), runs: runs(&before, &after) });
        }
    }
    let said = new.said.iter().map(|(title, text)| (frame.said(title), text.clone())).collect();
    (views, diffs, said)
}

/// What stayed, went and came, letter by letter: Chinese has no spaces between words.
fn runs(before: &str, after: &str) -> Vec<Run> {
    let diff = TextDiff::from_chars(before, after);
    let mut runs: Vec<Run> = Vec::new();
    for change in diff.iter_all_changes() {
        let tag = match change.tag() {
            ChangeTag::Equal => "same",
            ChangeTag::Delete => "del",
            ChangeTag::Insert => "ins",
        };
        match runs.last_mut() {
            Some(last) if last.tag == tag => last.text.push_str(change.value()),
            _ => runs.push(Run { tag, text: change.value().to_owned() }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_and_went_is_told_by_letters() {
        let said = |before: &str, after: &str| {
            let runs = runs(before, after);
            runs.iter().map(|run| format!("{} {}", run.tag, run.text)).collect::<Vec<_>>().join(" | ")
        };
        assert_eq!(said("调解有效", "调解成效有效"), "same 调解 | ins 成效 | same 有效");
        assert_eq!(said("办结12件", "办结13件"), "same 办结1 | del 2 | ins 3 | same 件");
        assert_eq!(said("", "一"), "ins 一");
    }
}
