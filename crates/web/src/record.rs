//! A record: its head, its limits with their reasons, what may be done next, and what was done.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use kernel::{ClockState, Next};
use ledger::Fault;
use platform::{Directory, Entry, Person, Platform, RecordView};
use procedure::{Act, Binds, Field, Line, say_value};
use terms::{Code, DateTime, PartyKind, RecordId, Value};
use wording::{RefusalText, Step};

use crate::app::App;
use crate::desk::heading;
use crate::form::posts;
use crate::frame::{Frame, LightView, page};
use crate::session::{Visitor, random};
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

struct Signature {
    post: String,
    state: String,
    done: bool,
}

struct ProposalView {
    title: String,
    by: String,
    content: Vec<(String, String)>,
    signatures: Vec<Signature>,
    may_sign: bool,
    may_return: bool,
    mine: bool,
    command: String,
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
    fields: Vec<(String, String)>,
    clocks: Vec<ClockRow>,
    ready: Vec<NextView>,
    blocked: Vec<NextView>,
    general: Vec<NextView>,
    proposal: Option<ProposalView>,
    timeline: Vec<EntryView>,
    public: Vec<PublicView>,
    documents: Vec<DocumentView>,
}

/// The page of a record.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let id: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    let (frame, command) = (visitor.told().await?, random()?);
    let made = app.ask(move |platform| build(platform, frame, &person, id, command)).await?;
    page(&made.ok_or(Wrong::NotFound)?)
}

fn build(
    platform: &Platform,
    frame: Frame,
    person: &Person,
    id: RecordId,
    command: String,
) -> Result<Option<RecordPage>, Fault> {
    let Some(view) = platform.record(person, id)? else { return Ok(None) };
    let directory = platform.directory(&person.government)?;
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
        fields: held(&frame, &view),
        clocks: clocks(platform, &frame, &view),
        ready,
        blocked,
        general: general.into_iter().map(|(_, view)| view).filter(|view| view.refusals.is_empty()).collect(),
        proposal: proposal(platform, &frame, &directory, &view, person, command),
        timeline: entries(&frame, platform, &directory, &view),
        public: public(&frame, &view),
        documents: documents(&frame, &view),
        f: frame.clone().named(heading(&frame, &view.row, line)).within("records"),
    };
    Ok(Some(made))
}

fn held(frame: &Frame, view: &RecordView) -> Vec<(String, String)> {
    let one = |(id, field): (procedure::FieldId, &Field)| {
        let value = view.record.get(id)?;
        Some((frame.said(&field.title), whole(frame, value, field)))
    };
    view.line.fields_with_ids().filter_map(one).collect()
}

/// A value in full: of a party also what is needed to reach it.
fn whole(frame: &Frame, value: &Value, field: &Field) -> String {
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

fn proposal(
    platform: &Platform,
    frame: &Frame,
    directory: &Directory,
    view: &RecordView,
    person: &Person,
    command: String,
) -> Option<ProposalView> {
    let proposal = view.record.proposal.as_ref()?;
    let act = view.line.act(proposal.act);
    let signed = usize::from(proposal.signed);
    let state = |at: usize| match at.cmp(&signed) {
        std::cmp::Ordering::Less => "proposal-signed",
        std::cmp::Ordering::Equal => "proposal-next",
        std::cmp::Ordering::Greater => "proposal-later",
    };
    let titles = posts(frame, platform, &act.sign);
    let signatures = titles.into_iter().enumerate();
    let signature = |(at, post)| Signature { post, state: frame.t(state(at)), done: at < signed };
    let content = proposal.changes.iter().map(|(id, value)| {
        let field = view.line.field(*id);
        (frame.said(&field.title), whole(frame, value, field))
    });
    let may_sign = act.sign.get(signed).is_some_and(|post| person.posts.contains(post));
    let mine = proposal.by == person.account;
    Some(ProposalView {
        title: frame.said(&act.title),
        by: directory.person(&proposal.by),
        content: content.collect(),
        signatures: signatures.map(signature).collect(),
        may_sign,
        may_return: may_sign || mine,
        mine,
        command,
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
    let rule = line.rules.iter().find(|rule| rule.code == *code).map(|rule| frame.said(&rule.why));
    let limit = || line.limit_id(code).map(|id| frame.said(&line.limit(id).title));
    rule.or_else(limit).unwrap_or_else(|| {
        let known = format!("finding-{code}");
        if wording::has(frame.language, &known) { frame.t(&known) } else { code.to_string() }
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

fn minute(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Microseconds UTC as civil time (+08:00).
fn civil(micros: i64) -> String {
    let beijing = u64::try_from(micros).unwrap_or(0) + 8 * 3_600_000_000;
    let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    minute(epoch.saturating_add(std::time::Duration::from_micros(beijing)))
}
