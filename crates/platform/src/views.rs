//! What pages and commands read: a day's work, lists, a record with its clocks.

use std::sync::Arc;

use kernel::{Next, Question, Standing, Why, clock, next_acts, why};
use ledger::{Fault, Order, PublicRow, RecordQuery, RecordRow};
use procedure::{Article, Binds, Language, LimitId, Line, Record, Said, say_value};
use terms::{Code, Date, DateTime, GovernmentCode, RecordId};

use crate::{
    Issued, Person, Platform,
    lookups::{self, Asking},
    rights::{self, Seen},
    rows::decode_state,
    translate::{Translated, read_back},
};

/// How near a due day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// It has passed.
    Late,
    /// Three days or fewer are left.
    Soon,
    /// There is time.
    Fine,
    /// The date is provisional: the year's holidays are not announced yet.
    Provisional,
}

impl Light {
    /// The light of a due day.
    pub fn of(due: Date, today: Date) -> Light {
        if due < today {
            Light::Late
        } else if due.duration_since(today).as_hours() <= 72 {
            Light::Soon
        } else {
            Light::Fine
        }
    }
}

/// Something that waits for a person.
#[derive(Clone, Debug)]
pub struct InboxItem {
    /// The record.
    pub row: RecordRow,
    /// Its line.
    pub line: Arc<Line>,
    /// Its light, where something is due.
    pub light: Option<Light>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Rows with their lines.
    pub rows: Vec<(RecordRow, Arc<Line>)>,
    /// How many there are, exact up to 1,000 (then 1,001).
    pub total: u32,
    /// Where the next page starts.
    pub next: Option<(Option<Date>, RecordId)>,
}

/// What a list is narrowed by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Line.
    pub line: Option<Code>,
    /// Agency.
    pub agency: Option<Code>,
    /// A government below one's own; `None`: one's own.
    pub government: Option<GovernmentCode>,
    /// Stage.
    pub stage: Option<Code>,
    /// Open or closed.
    pub closed: Option<bool>,
    /// Opened on or after.
    pub from: Option<Date>,
    /// Opened on or before.
    pub to: Option<Date>,
    /// Part of the label.
    pub text: Option<String>,
    /// Only what I handle.
    pub mine: bool,
    /// Only what this account handles.
    pub handler: Option<Code>,
    /// Where the page before ended.
    pub after: Option<(Option<Date>, RecordId)>,
    /// How many rows, if not as many as a page shows; at most 200.
    pub limit: Option<u32>,
    /// The total is not asked for, which then is 0.
    pub uncounted: bool,
}

/// A limit of a record.
#[derive(Clone, Debug)]
pub struct ClockView {
    /// The limit.
    pub limit: LimitId,
    /// Where it stands.
    pub clock: kernel::Clock,
    /// Why its date is what it is.
    pub why: Option<Why>,
    /// Its light, while it runs.
    pub light: Option<Light>,
}

/// One line of a record's timeline.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Number within the record.
    pub seq: u32,
    /// Kind of event.
    pub kind: Code,
    /// Title of the act or limit; empty for general events.
    pub title: Said,
    /// When it was done, as claimed.
    pub done_at: DateTime,
    /// When it was recorded, in microseconds UTC.
    pub recorded_at: i64,
    /// Account.
    pub actor: Code,
    /// Post.
    pub post: Code,
    /// Titles of fields with what they hold from then on, in Chinese and English.
    pub changes: Vec<(Said, Said)>,
    /// Findings with reasons.
    pub findings: Vec<(Code, Option<String>)>,
    /// Reason.
    pub reason: Option<String>,
    /// The files that came with it, those erased left out.
    pub attachments: Vec<ledger::Attached>,
    /// Number of the event that it annuls.
    pub annuls: Option<u32>,
    /// Hash of the event.
    pub hash: terms::Digest,
    /// Documents that it issued.
    pub papers: Vec<Issued>,
    /// The articles of its act or limit.
    pub law: Vec<Article>,
}

/// A record, for somebody who may see it.
#[derive(Clone, Debug)]
pub struct RecordView {
    /// Its row.
    pub row: RecordRow,
    /// Its line.
    pub line: Arc<Line>,
    /// It, as it stands.
    pub record: Record,
    /// What happened, in order.
    pub timeline: Vec<Entry>,
    /// Its limits.
    pub clocks: Vec<ClockView>,
    /// What may be done now.
    pub next: Vec<Next>,
    /// What is published of it.
    pub public: Vec<PublicRow>,
    /// How it is seen; what need not be known is masked in all of the above, and where a reason is still to be stated
    /// there is no more than the row and the line.
    pub seen: Seen,
}

/// A line with the acts that open a record of it.
pub type Openable = (Arc<Line>, Vec<Next>);

/// Something published, with its line as it stands today.
pub type Published = (PublicRow, Option<Arc<Line>>);

const PAGE: u32 = 50;
pub(crate) const EXACT: u32 = 1_000;
/// The longest page of a list.
const MOST: u32 = 200;

impl Platform {
    /// What waits for a person, by due day.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn inbox(&self, person: &Person, limit: u32) -> Result<Vec<InboxItem>, Fault> {
        let today = self.now().date();
        let mut read = self.store.read()?;
        let own = self.query(read.as_mut(), person, &person.government)?;
        let query = RecordQuery { closed: Some(false), order: Order::Due, limit, ..own };
        let mut items = Vec::new();
        for row in read.records(&query)? {
            let line = self.definitions.line(read.as_mut(), row.definition)?;
            let light = row.due.map(|due| Light::of(due, today));
            items.push(InboxItem { row, line, light });
        }
        Ok(items)
    }

    /// A filter as a query under a person's rights: the one place where a list, on a page or in a file, is narrowed.
    pub(crate) fn narrowed(
        &self,
        read: &mut dyn ledger::Read,
        person: &Person,
        filter: &Filter,
    ) -> Result<RecordQuery, Fault> {
        let mut query = self.query(read, person, filter.government.as_ref().unwrap_or(&person.government))?;
        query.limit = filter.limit.map_or(PAGE, |limit| limit.clamp(1, MOST));
        query.lines = filter.line.iter().cloned().collect();
        query.agencies = filter.agency.iter().cloned().collect();
        query.handler = filter.handler.clone().or_else(|| filter.mine.then(|| person.account.clone()));
        query.stage = filter.stage.clone();
        query.closed = filter.closed;
        query.opened_from = filter.from;
        query.opened_to = filter.to;
        query.text = filter.text.clone();
        query.after = filter.after;
        Ok(query)
    }

    /// A list under a person's rights.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn list(&self, person: &Person, filter: &Filter) -> Result<Page, Fault> {
        let mut read = self.store.read()?;
        let query = self.narrowed(read.as_mut(), person, filter)?;
        let found = read.records(&query)?;
        let total = match filter.uncounted {
            true => 0,
            false => read.count(&RecordQuery { after: None, ..query.clone() }, EXACT + 1)?,
        };
        let next =
            (found.len() >= query.limit as usize).then(|| found.last().map(|row| (Some(row.opened), row.id))).flatten();
        let mut rows = Vec::new();
        for row in found {
            let line = self.definitions.line(read.as_mut(), row.definition)?;
            rows.push((row, line));
        }
        Ok(Page { rows, total, next })
    }

    /// The year in which the newest record of a government was opened; this year where there is none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn latest_year(&self, government: &GovernmentCode) -> Result<i16, Fault> {
        let newest = RecordQuery { government: Some(government.clone()), limit: 1, ..RecordQuery::default() };
        let rows = self.store.read()?.records(&newest)?;
        Ok(rows.first().map_or_else(|| self.now().year(), |row| row.opened.year()))
    }

    /// A record with all that a handler needs; `None` where there is none that this person may see. A look at
    /// personal content is noted, once a day.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn record(&self, person: &Person, id: RecordId) -> Result<Option<RecordView>, Fault> {
        self.record_in(person, &person.government, id)
    }

    /// The same in another government, for a post that sees records below its own.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn record_in(
        &self,
        person: &Person,
        government: &GovernmentCode,
        id: RecordId,
    ) -> Result<Option<RecordView>, Fault> {
        let view = self.view(government, id, Some(person))?;
        if let Some(view) = &view
            && view.seen == Seen::Whole
            && view.line.fields_with_ids().any(|(id, field)| field.personal && view.record.get(id).is_some())
        {
            self.note_look(person, government, id)?;
        }
        Ok(view)
    }

    /// A record for the operator's own commands, without rights.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn record_of(&self, government: &GovernmentCode, id: RecordId) -> Result<Option<RecordView>, Fault> {
        self.view(government, id, None)
    }

    fn view(
        &self,
        government: &GovernmentCode,
        id: RecordId,
        person: Option<&Person>,
    ) -> Result<Option<RecordView>, Fault> {
        let mut read = self.store.read()?;
        let Some(row) = read.record(government, id)? else { return Ok(None) };
        let line = self.definitions.line(read.as_mut(), row.definition)?;
        let Some(record) = decode_state(&row.state) else { return Ok(None) };
        let seen = match person {
            Some(person) => self.seen(read.as_mut(), person, &row, &line, &record)?,
            None => Some(Seen::Whole),
        };
        let Some(seen) = seen else { return Ok(None) };
        let mut view = RecordView {
            row,
            line: line.clone(),
            record,
            timeline: Vec::new(),
            clocks: Vec::new(),
            next: Vec::new(),
            public: Vec::new(),
            seen,
        };
        if seen == Seen::ForReason {
            view.record = rights::masked(&line, &view.record);
            return Ok(Some(view));
        }
        for stored in read.events(government, id)? {
            view.timeline.push(entry(&line, read_back(&stored)?, stored.hash, seen));
        }
        view.public = read.public_of(government, id)?;
        let now = self.now();
        if let Some(person) = person.filter(|person| person.government == *government) {
            view.next = self.next(read.as_mut(), person, &line, Some(&view.record), now)?;
        }
        view.clocks = self.clocks(&line, &view.record, now.date());
        if seen == Seen::Masked {
            view.record = rights::masked(&line, &view.record);
        }
        Ok(Some(view))
    }

    pub(crate) fn clocks(&self, line: &Line, record: &Record, today: Date) -> Vec<ClockView> {
        let calendar = &self.catalog.calendar;
        let view = |(limit, _): (LimitId, &procedure::Limit)| {
            let clock = clock(line, record, limit, calendar)?;
            let light = match clock.state {
                kernel::ClockState::Runs(deadline) if deadline.provisional => Some(Light::Provisional),
                kernel::ClockState::Runs(deadline) if line.limit(limit).binds != Binds::Other => {
                    Some(Light::of(deadline.last.date(), today))
                }
                _ => None,
            };
            Some(ClockView { limit, clock, why: why(line, record, limit, calendar), light })
        };
        line.limits_with_ids().filter_map(view).collect()
    }

    fn next(
        &self,
        read: &mut dyn ledger::Read,
        person: &Person,
        line: &Line,
        record: Option<&Record>,
        now: DateTime,
    ) -> Result<Vec<Next>, Fault> {
        let actor = person.actor(&self.catalog.terms);
        // Lapses that are due are put through before any act, so what is lawful is what is lawful after them.
        let current = record.map(|record| kernel::lapses(line, record, &self.catalog.calendar, now).1);
        let head = read.head(&person.government)?;
        let asking = Asking {
            government: &person.government,
            line,
            record: current.as_ref(),
            inputs: &[],
            actor: &actor,
            now,
            calendar: &self.catalog.calendar,
            regions: &self.catalog.regions,
            position: head.position,
        };
        let all: Vec<procedure::LookupId> = (0u16..).map(procedure::LookupId).take(line.lookups.len()).collect();
        let answers = lookups::answers(read, &self.definitions, &asking, &all)?;
        let question = Question {
            line,
            record: current.as_ref(),
            answers: &answers,
            calendar: &self.catalog.calendar,
            actor: &actor,
            standing: Standing::Normal,
        };
        Ok(next_acts(&question, now))
    }

    /// The lines that a person can open a record of, each with its opening acts.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn openable(&self, person: &Person) -> Result<Vec<Openable>, Fault> {
        let now = self.now();
        let mut read = self.store.read()?;
        let mut all = Vec::new();
        for code in self.catalog.codes() {
            let Some(line) = self.catalog.line(&code, &person.government, now.date()) else { continue };
            let mut next = self.next(read.as_mut(), person, &line, None, now)?;
            let posted = |next: &Next| line.act(next.act).by.iter().any(|post| person.posts.contains(post));
            next.retain(posted);
            if !next.is_empty() {
                all.push((line, next));
            }
        }
        Ok(all)
    }

    /// The line of a record to be opened today.
    pub fn line_today(&self, government: &GovernmentCode, code: &str) -> Option<Arc<Line>> {
        self.catalog.line(code, government, self.now().date())
    }

    /// What is published, newest first, with its line.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn published(
        &self,
        government: &GovernmentCode,
        line: Option<&str>,
        text: Option<&str>,
        skip: u32,
    ) -> Result<Vec<Published>, Fault> {
        let mut read = self.store.read()?;
        let rows = read.public(government, line, text, skip, PAGE)?;
        let day = self.now().date();
        let with_line = |row: PublicRow| {
            let line = self.catalog.line(&row.line, government, day);
            (row, line)
        };
        Ok(rows.into_iter().map(with_line).collect())
    }
}

fn entry(line: &Line, Translated { envelope, body }: Translated, hash: terms::Digest, seen: Seen) -> Entry {
    let title = match envelope.kind.as_str() {
        "lapse" => line.limit_id(&envelope.what).map(|id| line.limit(id).title.clone()),
        _ => line.act_id(&envelope.what).map(|id| line.act(id).title.clone()),
    };
    let law = match envelope.kind.as_str() {
        "lapse" => line.limit_id(&envelope.what).map(|id| line.limit(id).ground.law.clone()),
        _ => line.act_id(&envelope.what).map(|id| line.act(id).ground.law.clone()),
    };
    let paper = |(code, _): &(Code, terms::Digest)| {
        let document = line.documents.iter().find(|document| document.code == *code);
        let title =
            document.map_or_else(|| Said { zh: code.to_string(), en: code.to_string() }, |one| one.title.clone());
        Issued { seq: envelope.seq, code: code.clone(), title }
    };
    let papers = body.papers.iter().map(paper).collect();
    let change = |(code, value): &(Code, terms::Value)| {
        let field = line.field_id(code).map(|id| line.field(id));
        let title =
            field.map_or_else(|| Said { zh: code.to_string(), en: code.to_string() }, |field| field.title.clone());
        let masks = field.filter(|field| field.personal && seen != Seen::Whole);
        let masked = masks.map(|field| rights::masked_value(field, value));
        let value = masked.as_ref().unwrap_or(value);
        let text = Said { zh: say_value(value, field, Language::Zh), en: say_value(value, field, Language::En) };
        (title, text)
    };
    let is_annulment = envelope.kind == "annul";
    Entry {
        seq: envelope.seq,
        kind: envelope.kind,
        title: title.unwrap_or_default(),
        done_at: envelope.done_at,
        recorded_at: envelope.recorded_at,
        actor: envelope.actor,
        post: envelope.post,
        changes: body.changes.iter().map(change).collect(),
        findings: body.findings,
        reason: body.reason,
        attachments: body.attachments,
        // A proposal to annul has annulled nothing yet.
        annuls: body.annuls.filter(|_| is_annulment),
        hash,
        papers,
        law: law.unwrap_or_default(),
    }
}
