//! What people are told: made from what was committed, never by a page. Whoever makes notices goes through the log from
//! where it came last, and writes notices and the place it came to in one transaction: each thing is told once, also
//! after a crash.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{AccountRow, DueRow, Envelope, EventRow, Fault, FoundRow, NoticeRow, Read, RecordRow};
use procedure::{Binds, Record};
use terms::{Code, Date, GovernmentCode, RecordId};

use crate::{
    Directory, Person, Platform,
    remarks::mentioned,
    rows::decode_state,
    translate::{Translated, read_back},
    waiting::in_working_days,
};

/// Kinds of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// A proposal waits for my signature.
    Sign,
    /// What I proposed came back.
    Returned,
    /// What I proposed was signed and counts.
    Granted,
    /// A record was handed over to me.
    HandedOver,
    /// I am to act for a handler.
    StandIn,
    /// A colleague mentions me.
    Mentioned,
    /// A limit of my record ends within three working days.
    Soon,
    /// A limit of my record has passed.
    Passed,
    /// A message of another government came.
    Message,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [NoticeKind; 9] = [
        NoticeKind::Sign,
        NoticeKind::Returned,
        NoticeKind::Granted,
        NoticeKind::HandedOver,
        NoticeKind::StandIn,
        NoticeKind::Mentioned,
        NoticeKind::Soon,
        NoticeKind::Passed,
        NoticeKind::Message,
    ];

    /// Its name in tables, in sentences' codes and to other programs; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            NoticeKind::Sign => "sign",
            NoticeKind::Returned => "returned",
            NoticeKind::Granted => "granted",
            NoticeKind::HandedOver => "handed-over",
            NoticeKind::StandIn => "stand-in",
            NoticeKind::Mentioned => "mentioned",
            NoticeKind::Soon => "soon",
            NoticeKind::Passed => "passed",
            NoticeKind::Message => "message",
        }
    }
}

/// So many working days before its end a limit is told of.
pub const SOON: u32 = 3;
/// What was recorded longer ago (microseconds) is told to nobody: 30 days. So history that comes in makes no noise.
const OLD: i64 = 30 * 24 * 3_600 * 1_000_000;
/// What was found is kept for so long, 40 days: somebody asks for yesterday's.
const FOUND_SECONDS: u64 = 40 * 24 * 3_600;
/// So many events, due days and remarks are gone through at a time.
const STRETCH: u32 = 500;
/// The duty of making notices, and how long a program has it (microseconds).
const DUTY: &str = "notices";
const TURN: i64 = 5 * 60 * 1_000_000;
/// How far the log was read.
const LOG: &str = "notices";
/// How far remarks were read.
const REMARKS: &str = "notices-remarks";
/// The day whose coming limits were told of.
const DAY: &str = "notices-day";

/// More notices than this are not counted.
pub const MOST_UNREAD: u32 = 99;

/// What one stretch brings.
#[derive(Default)]
struct News {
    notices: Vec<NoticeRow>,
    found: Vec<FoundRow>,
    /// Records of which the proposal moved, and the source of what waits now.
    moved: BTreeMap<RecordId, Code>,
}

/// What making a stretch's notices needs to know.
struct Telling<'t> {
    platform: &'t Platform,
    government: &'t GovernmentCode,
    accounts: Vec<AccountRow>,
    now: i64,
    today: Date,
    horizon: Date,
}

impl Telling<'_> {
    fn notice(&self, kind: NoticeKind, account: &Code, source: String, row: &RecordRow) -> NoticeRow {
        NoticeRow {
            n: 0,
            account: account.clone(),
            source: source.into(),
            kind: kind.name().into(),
            record: row.id,
            line: row.line.clone(),
            what: Code::default(),
            by: Code::default(),
            due: None,
            at: self.now,
            read: None,
        }
    }

    /// The handler, and whoever acts for the handler today.
    fn handlers(&self, record: &Record) -> Vec<Code> {
        let stand_in = record.stand_in.iter().filter(|(_, until)| *until >= self.today).map(|(account, _)| account);
        record.handler.iter().chain(stand_in).cloned().collect()
    }

    /// The events of a stretch.
    fn stretch(&self, read: &mut dyn Read, events: &[EventRow]) -> Result<News, Fault> {
        let mut news = News::default();
        let ids: BTreeSet<RecordId> = events.iter().map(|event| event.record).collect();
        let ids: Vec<RecordId> = ids.into_iter().collect();
        let rows = read.records_of(self.government, &ids)?;
        let rows: BTreeMap<RecordId, RecordRow> = rows.into_iter().map(|row| (row.id, row)).collect();
        let mut proposals = BTreeSet::new();
        let mut touched = BTreeSet::new();
        for event in events {
            let stored = read_back(event)?;
            if self.now - stored.envelope.recorded_at > OLD {
                continue;
            }
            let Some(row) = rows.get(&event.record) else { continue };
            touched.insert(event.record);
            if matches!(stored.envelope.kind.as_str(), "propose" | "sign" | "return") {
                proposals.insert(event.record);
            }
            self.event(read, row, &stored, &mut news)?;
        }
        for id in proposals {
            if let Some(row) = rows.get(&id) {
                self.proposal(read, row, &mut news)?;
            }
        }
        for id in touched {
            let due = read.due_of(self.government, id)?;
            self.coming(&due, rows.get(&id), &mut news);
        }
        Ok(news)
    }

    fn event(&self, read: &mut dyn Read, row: &RecordRow, stored: &Translated, news: &mut News) -> Result<(), Fault> {
        let Translated { envelope, body } = stored;
        let position = envelope.position;
        let by = |notice: NoticeRow| NoticeRow { by: envelope.actor.clone(), ..notice };
        match envelope.kind.as_str() {
            "hand_over" | "stand_in" => {
                let to = body.to.as_ref().filter(|to| **to != envelope.actor);
                let kind = if envelope.kind == "stand_in" { NoticeKind::StandIn } else { NoticeKind::HandedOver };
                let made = to.map(|to| by(self.notice(kind, to, format!("{}.{position}", kind.name()), row)));
                news.notices.extend(made.map(|made| NoticeRow { due: body.until, ..made }));
            }
            "lapse" => {
                let line = self.platform.definitions.line(read, envelope.definition)?;
                let limit = line.limit_id(&envelope.what).map(|id| line.limit(id));
                if limit.is_some_and(|limit| limit.binds == Binds::Agency) {
                    self.found(&envelope.what, row, envelope, news);
                    let record = decode_state(&row.state).filter(|_| !row.closed);
                    for account in record.iter().flat_map(|record| self.handlers(record)) {
                        let made = self.notice(NoticeKind::Passed, &account, format!("passed.{position}"), row);
                        let due = Some(envelope.done_at.date());
                        news.notices.push(NoticeRow { what: envelope.what.clone(), due, ..made });
                    }
                }
            }
            // What a proposal would find is found when it is done.
            "propose" => {}
            _ => body.findings.iter().for_each(|(code, _)| self.found(code, row, envelope, news)),
        }
        Ok(())
    }

    fn found(&self, code: &Code, row: &RecordRow, envelope: &Envelope, news: &mut News) {
        news.found.push(FoundRow {
            position: envelope.position,
            code: code.clone(),
            record: row.id,
            agency: row.agency.clone(),
            day: terms::civil_of(envelope.recorded_at).date(),
        });
    }

    /// Where the proposal of a record stands: who is to sign, or to whom it came back.
    fn proposal(&self, read: &mut dyn Read, row: &RecordRow, news: &mut News) -> Result<(), Fault> {
        let Some(record) = decode_state(&row.state) else { return Ok(()) };
        let line = self.platform.definitions.line(read, row.definition)?;
        let mut proposer = Code::default();
        let mut moved: Option<Envelope> = None;
        let mut before = Code::default();
        for stored in read.events(self.government, row.id)? {
            let envelope = read_back(&stored)?.envelope;
            let recent = self.now - envelope.recorded_at <= OLD;
            match envelope.kind.as_str() {
                "propose" => {
                    proposer = envelope.actor.clone();
                    moved = Some(envelope.clone());
                }
                "sign" => moved = Some(envelope.clone()),
                "return" => {
                    if proposer != envelope.actor && !proposer.is_empty() && recent {
                        self.answered(NoticeKind::Returned, &proposer, row, &envelope, news);
                    }
                    moved = None;
                }
                // The act that was proposed follows its last signature at once.
                "act" | "correct" | "annul" if before == "sign" && recent => {
                    let signer = moved.take().map(|signed| signed.actor).unwrap_or_default();
                    if signer != envelope.actor {
                        let by = Envelope { actor: signer, ..envelope.clone() };
                        self.answered(NoticeKind::Granted, &envelope.actor, row, &by, news);
                    }
                }
                _ => {}
            }
            before = envelope.kind;
        }
        let waits = record.proposal.as_ref().zip(moved);
        let Some((proposal, moved)) = waits else {
            news.moved.insert(row.id, Code::default());
            return Ok(());
        };
        let source = format!("sign.{}.{}", row.id, moved.seq);
        news.moved.insert(row.id, source.as_str().into());
        let act = line.act(proposal.act);
        let posts = act.signers(proposal.signed);
        let terms = &self.platform.catalog.terms;
        for account in &self.accounts {
            let signs = account.posts.iter().any(|post| {
                let across = terms.post(post).is_some_and(|post| post.across);
                posts.contains(post) && (across || account.agency == row.agency)
            });
            // Whoever brought it here knows, and nobody signs alone what takes two.
            let own = account.name == moved.actor || proposal.mend.is_some() && account.name == proposal.by;
            if signs && !own {
                let made = self.notice(NoticeKind::Sign, &account.name, source.clone(), row);
                news.notices.push(NoticeRow { what: act.code.clone(), by: moved.actor.clone(), due: row.due, ..made });
            }
        }
        Ok(())
    }

    fn answered(&self, kind: NoticeKind, to: &Code, row: &RecordRow, envelope: &Envelope, news: &mut News) {
        let made = self.notice(kind, to, format!("{}.{}", kind.name(), envelope.position), row);
        news.notices.push(NoticeRow { what: envelope.what.clone(), by: envelope.actor.clone(), ..made });
    }

    /// Limits of a record that end within three working days.
    fn coming(&self, due: &[DueRow], row: Option<&RecordRow>, news: &mut News) {
        let Some(row) = row.filter(|row| !row.closed) else { return };
        let known = self.platform.catalog.calendar.known_until();
        let near = |due: &&DueRow| due.agency && due.due >= self.today && due.due <= self.horizon && due.due <= known;
        let near: Vec<&DueRow> = due.iter().filter(near).collect();
        let Some(record) = (!near.is_empty()).then(|| decode_state(&row.state)).flatten() else { return };
        for due in near {
            for account in self.handlers(&record) {
                let source = format!("soon.{}.{}.{}", row.id, due.limit, due.due);
                let made = self.notice(NoticeKind::Soon, &account, source, row);
                news.notices.push(NoticeRow { what: due.limit.clone(), due: Some(due.due), ..made });
            }
        }
    }
}

impl Platform {
    /// Goes through what was committed since it did so last, and tells whom it concerns. Gives how many notices are new;
    /// `None` where nothing happened, or another program has the duty. `holder` names this program.
    ///
    /// # Errors
    /// Where the store fails: then what was committed before stands, and the next time goes on from there.
    pub fn tell_news(&self, government: &GovernmentCode, holder: &str) -> Result<Option<u64>, Fault> {
        let (civil, now) = self.clock.now();
        let (today, stamp) = (civil.date(), stamp(civil.date()));
        let idle = {
            let mut read = self.store.read()?;
            read.head(government)?.position <= read.reached(government, LOG)?
                && read.reached(government, DAY)? >= stamp
                && {
                    let seen = read.reached(government, REMARKS)?;
                    read.remarks_after(government, seen, 1)?.is_empty()
                }
        };
        if idle || !self.store.lease(government, DUTY, holder, now, now + TURN)? {
            return Ok(None);
        }
        let accounts = self.store.read()?.accounts(government)?;
        let horizon = in_working_days(&self.catalog.calendar, civil, SOON);
        let telling = Telling { platform: self, government, accounts, now, today, horizon };
        let mut told = self.tell_log(&telling)?;
        told += self.tell_remarks(&telling)?;
        if self.store.read()?.reached(government, DAY)? < stamp {
            told += self.tell_day(&telling)?;
        }
        // A turn that ends now is free for anybody.
        self.store.lease(government, DUTY, holder, now, now)?;
        Ok(Some(told))
    }

    fn tell_log(&self, telling: &Telling<'_>) -> Result<u64, Fault> {
        let government = telling.government;
        let mut told = 0;
        loop {
            let mut read = self.store.read()?;
            let after = match read.reached(government, LOG)? {
                0 => begin(read.as_mut(), government, telling.now - OLD)?,
                after => after,
            };
            let events = read.log(government, after, STRETCH)?;
            let Some(last) = events.last().map(|event| event.position) else {
                if after > 0 && read.reached(government, LOG)? == 0 {
                    // All of it is history.
                    drop(read);
                    let mut tx = self.store.begin(government)?;
                    tx.reach(government, LOG, after)?;
                    tx.commit()?;
                }
                return Ok(told);
            };
            let news = telling.stretch(read.as_mut(), &events)?;
            drop(read);
            let mut tx = self.store.begin(government)?;
            for (record, but) in &news.moved {
                tx.settle_notices(government, *record, NoticeKind::Sign.name(), but, telling.now)?;
            }
            told += tx.add_notices(government, &news.notices)?;
            tx.add_found(government, &news.found)?;
            tx.reach(government, LOG, last)?;
            tx.commit()?;
            if self.stopping() {
                return Ok(told);
            }
        }
    }

    fn tell_remarks(&self, telling: &Telling<'_>) -> Result<u64, Fault> {
        let government = telling.government;
        let mut told = 0;
        loop {
            let mut read = self.store.read()?;
            let seen = read.reached(government, REMARKS)?;
            let remarks = read.remarks_after(government, seen, STRETCH)?;
            let Some(last) = remarks.last().map(|remark| remark.n) else { return Ok(told) };
            let mut notices = Vec::new();
            let people = telling.accounts.iter();
            let people = people.map(|one| (one.name.clone(), one.shown.clone(), one.agency.clone())).collect();
            let directory = Directory { people, ..Directory::default() };
            for remark in remarks.iter().filter(|one| one.withdrawn.is_none() && telling.now - one.at <= OLD) {
                let accounts = mentioned(&remark.text, &directory);
                if accounts.is_empty() {
                    continue;
                }
                let Some(row) = read.record(government, remark.record)? else { continue };
                for account in accounts.iter().filter(|account| **account != remark.account) {
                    let account = telling.accounts.iter().find(|one| one.name == *account);
                    let Some(account) = account else { continue };
                    let Some(person) = self.person(government, &account.name)? else { continue };
                    // What somebody may not see, nobody is told of.
                    if self.sees(read.as_mut(), &person, &row)? {
                        let source = format!("mentioned.{}", remark.n);
                        let made = telling.notice(NoticeKind::Mentioned, &person.account, source, &row);
                        notices.push(NoticeRow { by: remark.account.clone(), ..made });
                    }
                }
            }
            drop(read);
            let mut tx = self.store.begin(government)?;
            told += tx.add_notices(government, &notices)?;
            tx.reach(government, REMARKS, last)?;
            tx.commit()?;
        }
    }

    /// Once a day: every limit that has come near without anything happening to its record.
    fn tell_day(&self, telling: &Telling<'_>) -> Result<u64, Fault> {
        let government = telling.government;
        let mut told = 0;
        let mut after = None;
        loop {
            let mut read = self.store.read()?;
            let due = read.due_between(government, telling.today, telling.horizon, after.clone(), STRETCH)?;
            let Some(last) = due.last() else { break };
            after = Some((last.due, last.record, last.limit.clone()));
            let ids: BTreeSet<RecordId> = due.iter().map(|row| row.record).collect();
            let ids: Vec<RecordId> = ids.into_iter().collect();
            let rows = read.records_of(government, &ids)?;
            drop(read);
            let mut news = News::default();
            for row in &rows {
                let own: Vec<DueRow> = due.iter().filter(|due| due.record == row.id).cloned().collect();
                telling.coming(&own, Some(row), &mut news);
            }
            let mut tx = self.store.begin(government)?;
            told += tx.add_notices(government, &news.notices)?;
            tx.commit()?;
        }
        let mut tx = self.store.begin(government)?;
        let oldest = telling.today.saturating_sub(std::time::Duration::from_secs(FOUND_SECONDS));
        tx.sweep_found(government, oldest)?;
        tx.reach(government, DAY, stamp(telling.today))?;
        tx.commit()?;
        Ok(told)
    }

    /// What a person is told, newest first, each with its record where the person still sees it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn notices(&self, person: &Person, before: Option<u64>, limit: u32) -> Result<Vec<Notice>, Fault> {
        let mut read = self.store.read()?;
        let rows = read.notices(&person.government, &person.account, before, limit)?;
        let mut ids: Vec<RecordId> = rows.iter().map(|row| row.record).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut records = read.records_of(&person.government, &ids)?;
        let sight = self.sight_of(read.as_mut(), person, &person.government)?;
        records.retain(|row| sight.sees(row));
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let about = records.iter().find(|record| record.id == row.record).cloned();
            let about = match about {
                Some(record) => Some((self.definitions.line(read.as_mut(), record.definition)?, record)),
                None => None,
            };
            all.push(Notice { row, about });
        }
        Ok(all)
    }

    /// Notes that a person has read the notices up to one; or that one alone.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn read_notices(&self, person: &Person, n: u64, alone: bool) -> Result<(), Fault> {
        let (_, at) = self.clock.now();
        let mut tx = self.store.begin(&person.government)?;
        tx.read_notices(&person.government, &person.account, n, alone, at)?;
        tx.commit()
    }
}

/// A notice and what it is about.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The notice.
    pub row: NoticeRow,
    /// Its record with the line, where the person sees it.
    pub about: Option<(std::sync::Arc<procedure::Line>, RecordRow)>,
}

/// A day as a number that grows.
fn stamp(day: Date) -> u64 {
    let number = i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day());
    u64::try_from(number).unwrap_or(0)
}

/// The position before the first event that was recorded since a moment: events are recorded in their order.
fn begin(read: &mut dyn Read, government: &GovernmentCode, since: i64) -> Result<u64, Fault> {
    let (mut low, mut high) = (0, read.head(government)?.position);
    while low < high {
        let middle = low + (high - low) / 2;
        let recorded = match read.log(government, middle, 1)?.first() {
            Some(event) => read_back(event)?.envelope.recorded_at,
            None => i64::MAX,
        };
        if recorded < since {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
