//! A record: its head, its limits with their reasons, what may be done next, and what was done.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use kernel::{ClockState, Next};
use ledger::Fault;
use platform::{Directory, Entry, Light, Person, Platform, RecordView, Seen};
use procedure::{Act, Binds, Field, Language, Line, say_value};
use terms::{Code, DateTime, GovernmentCode, PartyKind, RecordId, Value};
use wording::{RefusalText, Step};

use crate::app::App;
use crate::desk::heading;
use crate::form::posts;
use crate::frame::{Frame, LightView, page};
use crate::look::{self, LookPage};
use crate::messages::{self, MessageView};
use crate::remarks::{self, RemarkView};
use crate::session::{Visitor, random};
use crate::signing::{self, ProposalView};
use crate::wrong::Wrong;

/// One line of a timeline.
pub(crate) struct EntryView {
    pub seq: u32,
    pub kind: String,
    pub title: String,
    pub done_at: String,
    pub recorded_at: String,
    pub actor: String,
    pub post: String,
    pub changes: Vec<(String, String)>,
    pub findings: Vec<(String, Option<String>)>,
    pub reason: Option<String>,
    pub annuls: Option<u32>,
    pub annulled: bool,
    pub hash: String,
    pub short: String,
}

struct ClockRow {
    title: String,
    state: String,
    light: LightView,
    articles: String,
    steps: Vec<Step>,
}

struct NextView {
    href: String,
    title: String,
    articles: String,
    refusals: Vec<RefusalText>,
    warns: bool,
    signs: Option<String>,
}

/// The next day that counts, with how it stands and why it is that day.
pub(crate) struct Due {
    pub title: String,
    pub day: String,
    pub light: LightView,
    pub articles: String,
    pub steps: Vec<Step>,
}

/// Something that the record holds.
struct FieldView {
    title: String,
    text: String,
    /// Another record.
    href: Option<String>,
}

struct FileView {
    href: String,
    name: String,
    /// The act with which it came.
    act: String,
    seq: u32,
    kind: String,
    size: String,
}

struct PublicView {
    href: String,
    title: String,
    day: String,
    withdrawn: Option<String>,
}

struct DocumentView {
    href: String,
    title: String,
    day: String,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    f: Frame,
    id: String,
    seq: u32,
    line: String,
    stage: String,
    closed: bool,
    tracks: Vec<(String, String)>,
    agency: String,
    handler: String,
    place: String,
    version: String,
    articles: String,
    opened: String,
    touched: String,
    number: String,
    parties: String,
    stand_in: Option<String>,
    due: Option<Due>,
    fields: Vec<FieldView>,
    remarks: Vec<RemarkView>,
    remark_command: String,
    clocks: Vec<ClockRow>,
    ready: Vec<NextView>,
    blocked: Vec<NextView>,
    general: Vec<NextView>,
    proposal: Option<ProposalView>,
    timeline: Vec<EntryView>,
    public: Vec<PublicView>,
    /// Personal content is masked, and can be seen for a reason.
    masked: bool,
    of: String,
    wrong: Option<String>,
    files: Vec<FileView>,
    documents: Vec<DocumentView>,
    /// It is a report, with a page of its own.
    report: bool,
    /// The whole of it can be printed, by this program and for this person.
    casefile: bool,
    messages: Vec<MessageView>,
}

/// The page of a record.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let id: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    let of = look::government_of(&person.government, given.get("of").map_or("", |of| of.as_str()))?;
    let (frame, commands) = (visitor.told().await?, (random()?, random()?));
    let prints = app.options.printer.is_some();
    match app.ask(move |platform| build(platform, frame, &person, (&of, id), commands)).await? {
        Some(Made::Record(mut made)) => {
            made.casefile &= prints;
            page(made.as_ref())
        }
        Some(Made::Reason(made)) => page(made.as_ref()),
        None => Err(Wrong::NotFound),
    }
}

/// A record, or what is asked before.
enum Made {
    Record(Box<RecordPage>),
    Reason(Box<LookPage>),
}

fn build(
    platform: &Platform,
    frame: Frame,
    person: &Person,
    (of, id): (&GovernmentCode, RecordId),
    (command, remark_command): (String, String),
) -> Result<Option<Made>, Fault> {
    let Some(view) = platform.record_in(person, of, id)? else { return Ok(None) };
    if view.seen == Seen::ForReason {
        return LookPage::new(platform, frame, &view).map(|made| Some(Made::Reason(Box::new(made))));
    }
    let directory = platform.directory(of)?;
    let (line, record) = (&view.line, &view.record);
    let said = |code: usize| line.stages.get(code).map(|stage| frame.said(&stage.title)).unwrap_or_default();
    let tracks = (0u16..).map(procedure::TrackId).zip(&line.tracks).map(|(track, named)| {
        let stage = named.stages.get(record.stage_of(Some(track)).index());
        (frame.said(&named.title), stage.map(|stage| frame.said(&stage.title)).unwrap_or_default())
    });
    let region = platform.catalog().regions.get(&record.place, platform.now().date());
    let views: Vec<(bool, NextView)> = view.next.iter().map(|next| next_view(platform, &frame, &view, next)).collect();
    let (general, own): (Vec<_>, Vec<_>) = views.into_iter().partition(|(general, _)| *general);
    let (ready, blocked): (Vec<_>, Vec<_>) =
        own.into_iter().map(|(_, view)| view).partition(|view| view.refusals.is_empty());
    let law: Vec<String> = line.law.iter().map(|law| wording::article(frame.language, law)).collect();
    let made = RecordPage {
        id: id.to_string(),
        seq: view.row.seq,
        line: frame.said(&line.title),
        stage: said(record.stage.index()),
        closed: record.closed(line),
        tracks: tracks.collect(),
        agency: directory.agency(&record.agency),
        handler: record.handler.as_ref().map(|handler| directory.person(handler)).unwrap_or_default(),
        place: region.map_or_else(|| record.place.to_string(), |region| region.name.clone()),
        version: line.version.to_string(),
        articles: wording::list(frame.language, &law),
        opened: view.row.opened.to_string(),
        touched: view.row.touched.to_string(),
        number: number(&frame, &view),
        parties: parties(&frame, &view),
        stand_in: record.stand_in.as_ref().map(|(account, until)| {
            let args = [("name", directory.person(account)), ("day", until.to_string())];
            wording::say(frame.language, "record-stand-in", &args)
        }),
        due: next_due(platform, &frame, &view),
        remarks: remarks::views(platform, &frame, &directory, person, id)?,
        remark_command,
        fields: held(&frame, &view),
        clocks: clocks(platform, &frame, &view),
        ready,
        blocked,
        general: general.into_iter().map(|(_, view)| view).filter(|view| view.refusals.is_empty()).collect(),
        proposal: signing::proposal(platform, &frame, &directory, &view, person, command),
        timeline: entries(&frame, platform, &directory, &view),
        public: public(&frame, &view),
        masked: view.seen == Seen::Masked,
        of: if *of == person.government { String::new() } else { of.to_string() },
        wrong: None,
        files: files(&frame, &view),
        documents: documents(&frame, &view),
        report: *of == person.government
            && platform.catalog().reports.iter().any(|outline| outline.line.as_ref() == Some(&line.code)),
        casefile: view.seen == Seen::Whole && *of == person.government,
        messages: messages::of_record(platform, &frame, of, id)?,
        f: frame.clone().named(heading(&frame, &view.row, line)).within("records"),
    };
    Ok(Some(Made::Record(Box::new(made))))
}

fn held(frame: &Frame, view: &RecordView) -> Vec<FieldView> {
    let one = |(id, field): (procedure::FieldId, &Field)| {
        let value = view.record.get(id)?;
        let href = match value {
            Value::Link(record) => Some(format!("/records/{record}")),
            _ => None,
        };
        Some(FieldView { title: frame.said(&field.title), text: whole(frame, value, field), href })
    };
    view.line.fields_with_ids().filter_map(one).collect()
}

/// The number that the record was given, or its id.
fn number(frame: &Frame, view: &RecordView) -> String {
    let given = view.line.series.iter().filter_map(|series| match view.record.get(series.field) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    });
    let given: Vec<String> = given.collect();
    if given.is_empty() { view.row.id.to_string() } else { given.join(&frame.t("comma")) }
}

/// The names of the parties that the record holds, each with what it is in the case.
pub(crate) fn parties(frame: &Frame, view: &RecordView) -> String {
    let one = |(id, field): (procedure::FieldId, &Field)| match view.record.get(id)? {
        Value::Party(party) => Some(format!("{}{}{}", frame.said(&field.title), frame.colon(), party.name)),
        _ => None,
    };
    view.line.fields_with_ids().filter_map(one).collect::<Vec<_>>().join("\n")
}

/// The limit that presses most: one that has passed and was not met, else the earliest that runs against the agency, else
/// against anybody.
pub(crate) fn next_due(platform: &Platform, frame: &Frame, view: &RecordView) -> Option<Due> {
    if view.row.closed {
        return None;
    }
    let today = platform.now().date();
    let pressing = view.clocks.iter().filter_map(|one| {
        let limit = view.line.limit(one.limit);
        let ours = limit.binds == Binds::Agency;
        match one.clock.state {
            ClockState::Passed(deadline) if ours => Some((0, deadline, Light::Late, one)),
            ClockState::Runs(deadline) if !matches!(limit.allow, procedure::Allow::AtLeast(_)) => {
                let light =
                    if deadline.provisional { Light::Provisional } else { Light::of(deadline.last.date(), today) };
                Some((if ours { 1 } else { 2 }, deadline, light, one))
            }
            _ => None,
        }
    });
    let (_, deadline, light, one) = pressing.min_by_key(|(rank, deadline, ..)| (*rank, deadline.last))?;
    let limit = view.line.limit(one.limit);
    let law: Vec<String> = limit.ground.law.iter().map(|law| wording::article(frame.language, law)).collect();
    let day = deadline.last.date();
    Some(Due {
        title: frame.said(&limit.title),
        day: day.to_string(),
        light: LightView::of(frame, light, Some((day, today))),
        articles: wording::list(frame.language, &law),
        steps: one.why.as_ref().map(|why| wording::why(frame.language, why)).unwrap_or_default(),
    })
}

/// A value in full: of a party also what is needed to reach it.
pub(crate) fn whole(frame: &Frame, value: &Value, field: &Field) -> String {
    let said = say_value(value, Some(field), frame.language);
    let (Value::Party(party), unit) = (value, field_unit(field)) else {
        return format!("{said}{}", field_unit(field));
    };
    let kind = frame.t(match party.kind {
        PartyKind::Person => "party-person",
        PartyKind::Organisation => "party-organisation",
    });
    let rest = [Some(&kind), party.number.as_ref(), party.phone.as_ref(), party.address.as_ref()];
    let rest: Vec<String> = rest.into_iter().flatten().cloned().collect();
    format!("{said}{unit}\n{}", rest.join(" · "))
}

fn field_unit(field: &Field) -> &str {
    match &field.kind {
        procedure::FieldType::Number(Some(unit)) => unit,
        _ => "",
    }
}

fn clocks(platform: &Platform, frame: &Frame, view: &RecordView) -> Vec<ClockRow> {
    let today = platform.now().date();
    let row = |one: &platform::ClockView| {
        let limit = view.line.limit(one.limit);
        let law: Vec<String> = limit.ground.law.iter().map(|law| wording::article(frame.language, law)).collect();
        let ours = limit.binds == Binds::Agency;
        let light = match (one.light, one.clock.state) {
            (Some(light), ClockState::Runs(deadline)) if !view.row.closed => {
                LightView::of(frame, light, Some((deadline.last.date(), today)))
            }
            (_, ClockState::Met { at, deadline }) if ours && at > deadline.last => {
                LightView::of(frame, platform::Light::Late, None)
            }
            (_, ClockState::Met { .. }) => LightView::quiet(frame, "light-met"),
            (_, ClockState::StandsStill) => LightView::quiet(frame, "light-still"),
            (_, ClockState::Passed(_)) if ours => LightView::of(frame, platform::Light::Late, None),
            // A party's or a court's limit that has passed is nobody's lateness here.
            (_, ClockState::Passed(_)) => LightView::quiet(frame, "light-passed"),
            _ => LightView::quiet(frame, "light-other"),
        };
        ClockRow {
            title: frame.said(&limit.title),
            state: wording::state(frame.language, &one.clock.state),
            light,
            articles: wording::list(frame.language, &law),
            steps: one.why.as_ref().map(|why| wording::why(frame.language, why)).unwrap_or_default(),
        }
    };
    view.clocks.iter().map(row).collect()
}

/// An act that may come next, and whether it is one of those that every line has.
fn next_view(platform: &Platform, frame: &Frame, view: &RecordView, next: &Next) -> (bool, NextView) {
    let act: &Act = view.line.act(next.act);
    let title = frame.said(&act.title);
    let law: Vec<String> = act.ground.law.iter().map(|law| wording::article(frame.language, law)).collect();
    let signers = wording::list(frame.language, &posts(frame, platform, &act.sign));
    let made = NextView {
        href: format!("/records/{}/act/{}", view.row.id, act.code),
        articles: wording::list(frame.language, &law),
        refusals: next.refusals.iter().map(|refusal| wording::refusal(frame.language, &title, refusal)).collect(),
        warns: !next.warnings.is_empty(),
        signs: (!act.sign.is_empty()).then(|| frame.t1("form-climbs", "posts", signers)),
        title,
    };
    (act.general.is_some(), made)
}

/// The files of a record, newest first.
fn files(frame: &Frame, view: &RecordView) -> Vec<FileView> {
    let of_entry = |entry: &Entry| {
        let act = entry_title(frame, entry);
        let seq = entry.seq;
        let one = |file: &ledger::Attached| FileView {
            href: format!("/records/{}/files/{}", view.row.id, file.digest),
            name: file.name.clone(),
            act: act.clone(),
            seq,
            kind: frame.t(&format!("file-kind-{}", file.kind)),
            size: crate::file::size(file.size),
        };
        entry.attachments.iter().map(one).collect::<Vec<_>>()
    };
    view.timeline.iter().rev().flat_map(of_entry).collect()
}

/// Whether the next signature of a record's proposal is this person's.
pub(crate) fn signs_next(view: &RecordView, person: &Person) -> bool {
    view.record.proposal.as_ref().is_some_and(|proposal| {
        let next = view.line.act(proposal.act).sign.get(usize::from(proposal.signed));
        next.is_some_and(|post| person.posts.contains(post))
    })
}

fn public(frame: &Frame, view: &RecordView) -> Vec<PublicView> {
    let row = |row: &ledger::PublicRow| {
        let publication = view.line.publications.iter().find(|one| one.code == row.publication);
        PublicView {
            href: format!("/public/{}/{}", row.record, row.publication),
            title: publication.map_or_else(|| row.publication.to_string(), |one| frame.said(&one.title)),
            day: row.published.to_string(),
            withdrawn: row.withdrawn.map(|day| frame.t1("public-withdrawn", "day", day)),
        }
    };
    view.public.iter().map(row).collect()
}

/// The documents that acts issued, newest first; what was annulled issued nothing.
fn documents(frame: &Frame, view: &RecordView) -> Vec<DocumentView> {
    let annulled: Vec<u32> = view.timeline.iter().filter_map(|entry| entry.annuls).collect();
    let standing = view.timeline.iter().rev().filter(|entry| !annulled.contains(&entry.seq));
    let one = |entry: &Entry| {
        let day = entry.done_at.date().to_string();
        let of = |paper: &platform::Issued| DocumentView {
            href: format!("/records/{}/documents/{}/{}.docx", view.row.id, paper.seq, paper.code),
            title: frame.said(&paper.title),
            day: day.clone(),
        };
        entry.papers.iter().map(of).collect::<Vec<_>>()
    };
    standing.flat_map(one).collect()
}

/// What an event is called.
pub(crate) fn entry_title(frame: &Frame, entry: &Entry) -> String {
    frame.t1(&format!("event-{}", entry.kind), "title", frame.said(&entry.title))
}

/// What a finding is called: the rule's or the limit's own words.
pub(crate) fn finding_title(frame: &Frame, line: &Line, code: &Code) -> String {
    finding_words(frame.language, line, code)
}

/// The same, for whoever has no frame.
pub(crate) fn finding_words(language: Language, line: &Line, code: &Code) -> String {
    let rule = line.rules.iter().find(|rule| rule.code == *code).map(|rule| rule.why.get(language).to_owned());
    let limit = || line.limit_id(code).map(|id| line.limit(id).title.get(language).to_owned());
    rule.or_else(limit).unwrap_or_else(|| {
        let known = format!("finding-{code}");
        if wording::has(language, &known) { wording::say(language, &known, &[]) } else { code.to_string() }
    })
}

/// The timeline, newest first.
pub(crate) fn entries(frame: &Frame, platform: &Platform, directory: &Directory, view: &RecordView) -> Vec<EntryView> {
    let annulled: Vec<u32> = view.timeline.iter().filter_map(|entry| entry.annuls).collect();
    let one = |entry: &Entry| {
        let hash = entry.hash.to_string();
        let actor = if entry.actor.is_empty() { frame.t("event-timer") } else { directory.person(&entry.actor) };
        EntryView {
            seq: entry.seq,
            kind: entry.kind.to_string(),
            title: entry_title(frame, entry),
            done_at: minute(entry.done_at),
            recorded_at: civil(entry.recorded_at),
            actor,
            post: posts(frame, platform, std::slice::from_ref(&entry.post)).join(""),
            changes: entry.changes.iter().map(|(title, text)| (frame.said(title), frame.said(text))).collect(),
            findings: entry
                .findings
                .iter()
                .map(|(code, reason)| (finding_title(frame, &view.line, code), reason.clone()))
                .collect(),
            reason: entry.reason.clone(),
            annuls: entry.annuls,
            annulled: annulled.contains(&entry.seq),
            short: hash.chars().take(8).collect(),
            hash,
        }
    };
    view.timeline.iter().rev().map(one).collect()
}

pub(crate) fn minute(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Microseconds UTC as civil time (+08:00).
pub(crate) fn civil(micros: i64) -> String {
    minute(terms::civil_of(micros))
}
