//! Records: the list under your rights, and one with all that a handler needs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::ClockState;
use ledger::{Attached, RecordRow};
use platform::{Directory, Entry, Filter, Light, Person, Platform, RecordView};
use procedure::{Language, Line};
use serde::{Deserialize, Serialize};
use terms::{Date, RecordId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Reader, has};
use super::lines::resource;
use super::taking::{Cursor, Parameters, day, day_of, limit_of};
use super::trouble::{self, Problem, RefusalView, Trouble, WarningView};
use super::words::{
    AgencyName, Asked, Held, Named, Nearness, PersonName, PlaceName, Words, articles, instant, moment, record_id,
};
use crate::app::App;
use crate::record::{finding_words, signs_next};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one))
}

/// A record in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordRowView {
    /// Its number within the government.
    pub id: u64,
    /// Its version: the number of its events.
    pub version: u32,
    /// What it is called: its number or its subject, never personal content. May be empty.
    pub label: String,
    pub line: Named,
    pub stage: Named,
    pub closed: bool,
    pub agency: AgencyName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler: Option<PersonName>,
    /// Code of the place to which it belongs.
    pub place: String,
    /// Day on which it was opened.
    #[schema(format = Date)]
    pub opened: String,
    /// Day of its last event.
    #[schema(format = Date)]
    pub touched: String,
    /// The earliest day by which the agency must act; none for a closed record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub due: Option<String>,
    /// How near that day is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearness: Option<Nearness>,
}

impl RecordRowView {
    pub fn new(directory: &Directory, today: Date, row: &RecordRow, line: &Line) -> RecordRowView {
        let due = row.due.filter(|_| !row.closed);
        RecordRowView {
            id: row.id.0,
            version: row.seq,
            label: row.label.clone(),
            line: Named::new(&line.code, &line.title),
            stage: Named::stage(line, &row.stage),
            closed: row.closed,
            agency: AgencyName::of(directory, &row.agency),
            handler: row.handler.as_ref().map(|handler| PersonName::of(directory, handler)),
            place: row.place.to_string(),
            opened: row.opened.to_string(),
            touched: row.touched.to_string(),
            due: due.map(|due| due.to_string()),
            nearness: due.map(|due| Light::of(due, today).into()),
        }
    }
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
struct RecordList {
    records: Vec<RecordRowView>,
    /// Where the next page begins: give it as `cursor`. None on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// How many there are, where it was asked: exact up to 1,000; 1,001 stands for more.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u32>,
}

/// Open or closed.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OpenOrClosed {
    Open,
    Closed,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Code of a line.
    line: Option<String>,
    /// Code of an agency; it narrows only for those who see more than their own.
    agency: Option<String>,
    /// Code of a stage.
    stage: Option<String>,
    /// Open or closed.
    #[param(inline)]
    state: Option<OpenOrClosed>,
    /// Opened on or after this day.
    #[param(format = Date)]
    from: Option<String>,
    /// Opened on or before this day.
    #[param(format = Date)]
    to: Option<String>,
    /// Part of the label.
    text: Option<String>,
    /// Only those that you handle.
    mine: Option<bool>,
    /// Count all of them, up to 1,000.
    total: Option<bool>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// How many, 50 if not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Lists the records that you may see, newest first.
#[utoipa::path(get, path = "/records", tag = "records", operation_id = "listRecords", params(ListQuery),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = RecordList)))]
async fn list(
    State(app): State<App>,
    reader: Reader,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Json<RecordList>, Trouble> {
    let after = Cursor::open(query.cursor.as_deref())?.map(|Cursor(text)| {
        let (opened, id) = text.split_once('.').ok_or_else(Cursor::wrong)?;
        Ok::<_, Trouble>((Some(day(opened).ok_or_else(Cursor::wrong)?), record_id(id).ok_or_else(Cursor::wrong)?))
    });
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let counted = query.total == Some(true);
    let filter = Filter {
        line: some(query.line).map(Into::into),
        agency: some(query.agency).map(Into::into),
        stage: some(query.stage).map(Into::into),
        closed: query.state.map(|state| matches!(state, OpenOrClosed::Closed)),
        from: day_of("from", query.from.as_deref())?,
        to: day_of("to", query.to.as_deref())?,
        text: some(query.text),
        mine: query.mine == Some(true),
        handler: None,
        government: None,
        after: after.transpose()?,
        limit: Some(limit_of(query.limit, 50, 200)?),
        uncounted: !counted,
    };
    let made = app.ask(move |platform| listed(platform, &reader.person, &filter)).await?;
    Ok(Json(made))
}

fn listed(platform: &Platform, person: &Person, filter: &Filter) -> Asked<RecordList> {
    let found = platform.list(person, filter)?;
    let directory = platform.directory(&person.government)?;
    let today = platform.now().date();
    let row = |(row, line): &(RecordRow, Arc<Line>)| RecordRowView::new(&directory, today, row, line);
    let next = found.next.and_then(|(day, id)| Some(Cursor(format!("{}.{id}", day?)).sealed()));
    Ok(RecordList {
        records: found.rows.iter().map(row).collect(),
        next,
        total: (!filter.uncounted).then_some(found.total),
    })
}

/// A track with the stage in which the record stands on it.
#[derive(Serialize, ToSchema)]
struct OnTrack {
    track: Named,
    stage: Named,
}

/// A limit of the record: where it stands, and why.
#[derive(Serialize, ToSchema)]
struct ClockRow {
    limit: String,
    title: Words,
    /// `runs`, `stands_still`, `passed` or `met`.
    state: &'static str,
    /// The same in a sentence, in your language.
    text: String,
    /// Whose limit it is: `agency`, `party` or `other`.
    binds: &'static str,
    /// Its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    due: Option<String>,
    /// Its last moment, civil time +08:00.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    /// The year's holidays are not announced yet: the day may move.
    provisional: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    nearness: Option<Nearness>,
    articles: Vec<Words>,
    /// The account of its day: starts, stops, extensions, and the days between; in your language.
    why: Vec<WhyStep>,
}

/// One step of the account of a day.
#[derive(Serialize, ToSchema)]
struct WhyStep {
    text: String,
    /// Of a count: the days, in runs that fare alike.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    days: Vec<String>,
}

/// An act that may come next, for you.
#[derive(Serialize, ToSchema)]
struct NextView {
    act: String,
    title: Words,
    /// Where it is done.
    #[schema(examples("/api/v1/records/17/acts"))]
    href: String,
    /// It is lawful now, once its form is filled in.
    lawful: bool,
    /// Why it is not, in your language.
    refusals: Vec<RefusalView>,
    /// What it will want a reason for, in your language.
    warnings: Vec<WarningView>,
    /// Posts that sign it; it counts from the last signature.
    sign: Vec<Named>,
    articles: Vec<Words>,
}

/// A signature of a proposal.
#[derive(Serialize, ToSchema)]
struct Signature {
    post: Named,
    given: bool,
}

/// An act on its way up.
#[derive(Serialize, ToSchema)]
struct ProposalView {
    act: Named,
    by: PersonName,
    /// What it fills in.
    fields: Vec<Held>,
    signatures: Vec<Signature>,
    /// The next signature is yours.
    may_sign: bool,
    /// You may give it back.
    may_return: bool,
}

/// A change of a field.
#[derive(Serialize, ToSchema)]
struct ChangeView {
    title: Words,
    text: Words,
}

/// A rule or limit that was not kept.
#[derive(Serialize, ToSchema)]
struct FindingView {
    code: String,
    /// What it is called, in your language.
    title: String,
    /// The officer's reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A file of the record.
#[derive(Serialize, ToSchema)]
struct FileOf {
    /// SM3 of its bytes.
    digest: String,
    name: String,
    /// What it is, by its content.
    #[schema(examples("pdf"))]
    kind: String,
    /// Its bytes.
    size: u64,
    /// Where it is given out.
    href: String,
}

/// Something that happened to the record.
#[derive(Serialize, ToSchema)]
struct EventView {
    /// Its number within the record, from 1.
    seq: u32,
    /// `act`, `propose`, `sign`, `return`, `lapse`, `correct`, `annul`, `hand_over` or `stand_in`.
    kind: String,
    /// The act or limit that it concerns.
    title: Words,
    /// When it was done, as claimed: civil time +08:00.
    done_at: String,
    /// When it was written down.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// Who did it; nobody's is a lapse.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<PersonName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<Named>,
    changes: Vec<ChangeView>,
    findings: Vec<FindingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The files that came with it, those erased left out.
    files: Vec<FileOf>,
    /// The event that this one takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    annuls: Option<u32>,
    /// SM3 of the event: what the chain of the ledger is made of.
    hash: String,
}

/// Something that is published of the record.
#[derive(Serialize, ToSchema)]
struct PublishedOf {
    publication: String,
    title: Words,
    #[schema(format = Date)]
    published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    withdrawn: Option<String>,
    href: String,
}

/// A record with all that a handler needs.
#[derive(Serialize, ToSchema)]
struct RecordDetail {
    #[serde(flatten)]
    row: RecordRowView,
    /// The version of the line under which it stands.
    line_version: String,
    tracks: Vec<OnTrack>,
    place_name: String,
    fields: Vec<Held>,
    clocks: Vec<ClockRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
    /// What may be done now, the lawful first.
    next: Vec<NextView>,
    /// What happened, in order.
    timeline: Vec<EventView>,
    publications: Vec<PublishedOf>,
}

/// Gives a record: what it holds, where its limits stand and why, what happened, what may be done now.
///
/// The `ETag` is the record's version. It says that nothing happened to the record; what hangs on the day (how near a due
/// day is, what is lawful now) moves without it.
#[utoipa::path(get, path = "/records/{id}", tag = "records", operation_id = "getRecord",
    params(("id" = u64, Path, description = "The record's number."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` that you have.")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = RecordDetail, headers(("ETag" = String, description = "The record's version."))),
        (status = 304, description = "You have it."),
        (status = 404, body = Problem)))]
async fn one(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let id = record_id(&id).ok_or(trouble::NOT_FOUND)?;
    if headers.contains_key(header::IF_NONE_MATCH) {
        // Who has it looks at nothing, and no look is noted.
        let person = reader.person.clone();
        let glimpse = app.ask(move |platform| platform.glimpse(&person, id)).await?;
        let (row, _) = glimpse.ok_or(trouble::NOT_FOUND)?;
        if has(&headers, row.seq) {
            return Ok((StatusCode::NOT_MODIFIED, [tag(row.seq)]).into_response());
        }
    }
    let made = app.ask(move |platform| detail(platform, &reader, id)).await?;
    let made = made.ok_or(trouble::NOT_FOUND)?;
    Ok(([tag(made.row.version)], Json(made)).into_response())
}

/// A version as a tag.
pub(super) fn tag(version: u32) -> (HeaderName, HeaderValue) {
    let tag = HeaderValue::from_str(&format!("\"{version}\""));
    // Digits between quotes are a header's text always.
    (header::ETAG, tag.unwrap_or(HeaderValue::from_static("\"\"")))
}

fn detail(platform: &Platform, reader: &Reader, id: RecordId) -> Asked<Option<RecordDetail>> {
    let (person, language) = (&reader.person, reader.language);
    let Some(view) = platform.record(person, id)? else { return Ok(None) };
    let directory = platform.directory(&person.government)?;
    let today = platform.now().date();
    let (line, record) = (&view.line, &view.record);
    let fields = line.fields_with_ids().filter_map(|(id, field)| Some(Held::new(field, record.get(id)?)));
    Ok(Some(RecordDetail {
        row: RecordRowView::new(&directory, today, &view.row, line),
        line_version: line.version.to_string(),
        tracks: tracks(&view),
        place_name: PlaceName::of(platform, &record.place, today).name,
        fields: fields.collect(),
        clocks: view.clocks.iter().map(|one| clock(language, line, one)).collect(),
        proposal: proposal(platform, &directory, &view, person),
        next: view.next.iter().map(|next| next_view(platform, language, &view, next)).collect(),
        timeline: view.timeline.iter().map(|entry| event(platform, &directory, language, (id, line), entry)).collect(),
        publications: view.public.iter().map(|row| published(line, row)).collect(),
    }))
}

fn tracks(view: &RecordView) -> Vec<OnTrack> {
    let on = |(id, track): (procedure::TrackId, &procedure::Track)| {
        let stage = track.stages.get(view.record.stage_of(Some(id)).index())?;
        Some(OnTrack { track: Named::new(&track.code, &track.title), stage: Named::new(&stage.code, &stage.title) })
    };
    (0u16..).map(procedure::TrackId).zip(&view.line.tracks).filter_map(on).collect()
}

fn clock(language: Language, line: &Line, one: &platform::ClockView) -> ClockRow {
    let limit = line.limit(one.limit);
    let (state, deadline) = match one.clock.state {
        ClockState::Runs(deadline) => ("runs", Some(deadline)),
        ClockState::StandsStill => ("stands_still", None),
        ClockState::Passed(deadline) => ("passed", Some(deadline)),
        ClockState::Met { deadline, .. } => ("met", Some(deadline)),
    };
    let why = one.why.as_ref().map(|why| wording::why(language, why)).unwrap_or_default();
    ClockRow {
        limit: limit.code.to_string(),
        title: (&limit.title).into(),
        state,
        text: wording::state(language, &one.clock.state),
        binds: match limit.binds {
            procedure::Binds::Agency => "agency",
            procedure::Binds::Party => "party",
            procedure::Binds::Other => "other",
        },
        due: deadline.map(|deadline| deadline.last.date().to_string()),
        last: deadline.map(|deadline| moment(deadline.last)),
        provisional: deadline.is_some_and(|deadline| deadline.provisional),
        nearness: one.light.map(Into::into),
        articles: articles(&limit.ground.law),
        why: why.into_iter().map(|step| WhyStep { text: step.text, days: step.days }).collect(),
    }
}

fn next_view(platform: &Platform, language: Language, view: &RecordView, next: &kernel::Next) -> NextView {
    let act = view.line.act(next.act);
    NextView {
        act: act.code.to_string(),
        title: (&act.title).into(),
        href: format!("/api/v1/records/{}/{}", view.row.id, act.general.map_or("acts", resource)),
        lawful: next.refusals.is_empty(),
        refusals: next.refusals.iter().map(|refusal| RefusalView::new(language, &act.title, refusal)).collect(),
        warnings: next.warnings.iter().map(|warning| WarningView::new(language, &view.line, warning)).collect(),
        sign: act.sign.iter().map(|post| Named::post(platform, post)).collect(),
        articles: articles(&act.ground.law),
    }
}

fn proposal(platform: &Platform, directory: &Directory, view: &RecordView, person: &Person) -> Option<ProposalView> {
    let proposal = view.record.proposal.as_ref()?;
    let act = view.line.act(proposal.act);
    let signature = |(at, post): (usize, &terms::Code)| Signature {
        post: Named::post(platform, post),
        given: at < usize::from(proposal.signed),
    };
    let may_sign = signs_next(view, person);
    Some(ProposalView {
        act: Named::new(&act.code, &act.title),
        by: PersonName::of(directory, &proposal.by),
        fields: proposal.changes.iter().map(|(id, value)| Held::new(view.line.field(*id), value)).collect(),
        signatures: act.sign.iter().enumerate().map(signature).collect(),
        may_sign,
        may_return: may_sign || proposal.by == person.account,
    })
}

fn event(
    platform: &Platform,
    directory: &Directory,
    language: Language,
    (record, line): (RecordId, &Line),
    entry: &Entry,
) -> EventView {
    let finding = |(code, reason): &(terms::Code, Option<String>)| FindingView {
        code: code.to_string(),
        title: finding_words(language, line, code),
        reason: reason.clone(),
    };
    EventView {
        seq: entry.seq,
        kind: entry.kind.to_string(),
        title: (&entry.title).into(),
        done_at: moment(entry.done_at),
        recorded_at: instant(entry.recorded_at),
        actor: (!entry.actor.is_empty()).then(|| PersonName::of(directory, &entry.actor)),
        post: (!entry.post.is_empty()).then(|| Named::post(platform, &entry.post)),
        changes: entry
            .changes
            .iter()
            .map(|(title, text)| ChangeView { title: title.into(), text: text.into() })
            .collect(),
        findings: entry.findings.iter().map(finding).collect(),
        reason: entry.reason.clone(),
        files: entry.attachments.iter().map(|file| file_of(record, file)).collect(),
        annuls: entry.annuls,
        hash: entry.hash.to_string(),
    }
}

fn file_of(record: RecordId, file: &Attached) -> FileOf {
    FileOf {
        digest: file.digest.to_string(),
        name: file.name.clone(),
        kind: file.kind.to_string(),
        size: file.size,
        href: format!("/api/v1/records/{record}/files/{}", file.digest),
    }
}

fn published(line: &Line, row: &ledger::PublicRow) -> PublishedOf {
    let one = line.publications.iter().find(|one| one.code == row.publication);
    PublishedOf {
        publication: row.publication.to_string(),
        title: one.map_or_else(|| Words::same(row.publication.as_str()), |one| (&one.title).into()),
        published: row.published.to_string(),
        withdrawn: row.withdrawn.map(|day| day.to_string()),
        href: format!("/api/v1/publications/{}/{}", row.record, row.publication),
    }
}
