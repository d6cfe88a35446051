//! Documents that acts issue. With the act stands which template it was; the document is made of that template and of
//! the record as it stood after the act, whenever it is asked for, and so never changes.

use std::collections::BTreeMap;

use ::papers::Template;
use catalog::{Catalog, Fact, Part, Style, fact};
use kernel::{ClockState, Event, Kind, Refusal};
use ledger::{Fault, FaultKind, Read};
use procedure::{ActId, ActKind, Article, Document, Language, Line, Record, Said, SeriesId, say_value};
use terms::{Calendar, Code, Date, Digest, GovernmentCode, PartyKind, RecordId, Value, day_in_digits, day_in_han};

use crate::{Person, Platform, Seen, history::History, translate};

/// A document that an act issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Event, by its number within the record.
    pub seq: u32,
    /// Its code.
    pub code: Code,
    /// Its title.
    pub title: Said,
}

/// A document, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// As it was issued.
    Document {
        /// Name of the file, without its ending.
        name: String,
        /// The `.docx`.
        bytes: Vec<u8>,
        /// SM3 of the bytes.
        digest: Digest,
    },
    /// What it needs is not on the record, or was erased: the titles of what is missing.
    Lacking(Vec<Said>),
}

/// What a document tells from.
struct Scene<'s> {
    line: &'s Line,
    document: &'s Document,
    record: &'s Record,
    act: ActId,
    day: Date,
    calendar: &'s Calendar,
    names: Option<&'s Names>,
}

/// Names that no record holds.
#[derive(Default)]
struct Names {
    government: String,
    agency: String,
    handler: String,
    actor: String,
}

fn day_in(style: Style, day: Date) -> String {
    match style {
        Style::Digits => day_in_digits(day),
        Style::Han => day_in_han(day),
    }
}

impl Scene<'_> {
    fn tell(&self, name: &str) -> Option<Vec<String>> {
        fact(self.line, self.document, name).map(|fact| self.say(fact))
    }

    fn say(&self, fact: Fact) -> Vec<String> {
        // Where it is only asked whether there will be something: names there always are.
        let named =
            |of: fn(&Names) -> &String| vec![self.names.map_or_else(|| "…".to_owned(), |names| of(names).clone())];
        match fact {
            Fact::Government => named(|names| &names.government),
            Fact::Agency => named(|names| &names.agency),
            Fact::Handler if self.record.handler.is_none() => Vec::new(),
            Fact::Handler => named(|names| &names.handler),
            Fact::Actor => named(|names| &names.actor),
            Fact::Number(field) => match self.record.get(field) {
                Some(_) => self.value(field, Part::Whole),
                // The store gives it with the act.
                None if self.names.is_none() => vec!["…".to_owned()],
                None => Vec::new(),
            },
            Fact::Today(style) => vec![day_in(style, self.day)],
            Fact::DayOf(act, style) => {
                self.record.last(act).map(|done| day_in(style, done.at.date())).into_iter().collect()
            }
            Fact::Limit(limit, style) => {
                let clock = kernel::clock(self.line, self.record, limit, self.calendar);
                match clock.map(|clock| clock.state) {
                    Some(ClockState::Runs(deadline) | ClockState::Met { deadline, .. }) => {
                        vec![day_in(style, deadline.last.date())]
                    }
                    _ => Vec::new(),
                }
            }
            Fact::Record => vec![self.record.id.to_string()],
            Fact::Line => vec![self.line.title.zh.clone()],
            Fact::Act => vec![self.line.act(self.act).title.zh.clone()],
            Fact::Law => {
                let law: Vec<String> = self.line.act(self.act).ground.law.iter().map(cited).collect();
                vec![law.join("、")]
            }
            Fact::Field(field, part) => self.value(field, part),
        }
    }

    fn value(&self, id: procedure::FieldId, part: Part) -> Vec<String> {
        let field = self.line.field(id);
        let Some(value) = self.record.get(id) else { return Vec::new() };
        let said = |value: &Value| say_value(value, Some(field), Language::Zh);
        match (value, part) {
            (Value::Bool(yes), Part::Yes) => yes.then(|| "是".to_owned()).into_iter().collect(),
            (Value::Choice(made), Part::Choice(at)) => chosen(field, std::slice::from_ref(made), at),
            (Value::Choices(made), Part::Choice(at)) => chosen(field, made, at),
            (Value::Date(day), Part::Han) => vec![day_in_han(*day)],
            (Value::Date(day), _) => vec![day_in_digits(*day)],
            (Value::Moment(moment), _) => {
                vec![format!("{}{}时{:02}分", day_in_digits(moment.date()), moment.hour(), moment.minute())]
            }
            (Value::Money(fen), Part::Capital) => vec![fen.capital()],
            (Value::Choices(codes), _) => codes.iter().map(|code| said(&Value::Choice(code.clone()))).collect(),
            (Value::Keys(codes), _) => codes.iter().map(ToString::to_string).collect(),
            (Value::Party(party), Part::Number) => party.number.iter().cloned().collect(),
            (Value::Party(party), Part::Address) => party.address.iter().cloned().collect(),
            (Value::Party(party), Part::Phone) => party.phone.iter().cloned().collect(),
            (Value::Party(party), Part::Kind) => vec![
                match party.kind {
                    PartyKind::Person => "公民",
                    PartyKind::Organisation => "法人或者其他组织",
                }
                .to_owned(),
            ],
            (Value::Number(number), _) => match &field.kind {
                procedure::FieldType::Number(Some(unit)) => vec![format!("{number}{unit}")],
                _ => vec![number.to_string()],
            },
            (value, _) => vec![said(value)],
        }
    }

    /// What a name is called, for somebody who is to fill it in.
    fn called(&self, name: &str) -> Said {
        let title = match fact(self.line, self.document, name) {
            Some(Fact::Field(id, part)) => {
                let title = &self.line.field(id).title;
                let more = match part {
                    Part::Address => Some(("住址", "address")),
                    Part::Number => Some(("号码", "number")),
                    Part::Phone => Some(("电话", "telephone")),
                    _ => None,
                };
                more.map_or_else(
                    || title.clone(),
                    |(zh, en)| Said { zh: format!("{}的{zh}", title.zh), en: format!("{}: {en}", title.en) },
                )
            }
            Some(Fact::Limit(id, _)) => self.line.limit(id).title.clone(),
            Some(Fact::DayOf(id, _)) => self.line.act(id).title.clone(),
            _ => Said { zh: name.to_owned(), en: name.to_owned() },
        };
        Said {
            zh: format!("《{}》中的“{}”", self.document.title.zh, title.zh),
            en: format!("\u{201c}{}\u{201d} in \u{201c}{}\u{201d}", title.en, self.document.title.en),
        }
    }
}

/// An article as a document cites it: 《行政复议法》第三十条第一款.
pub(crate) fn cited(article: &Article) -> String {
    let said = article.zh();
    let rest = said.strip_prefix(article.statute.as_str()).map(str::trim_start);
    rest.map_or_else(|| said.clone(), |rest| format!("《{}》{rest}", article.statute))
}

/// The title of a choice, where it was made.
fn chosen(field: &procedure::Field, made: &[Code], at: u16) -> Vec<String> {
    let choice = field.choices().get(usize::from(at)).filter(|choice| made.contains(&choice.code));
    choice.map(|choice| choice.title.zh.clone()).into_iter().collect()
}

/// The act that an event does.
fn done(event: &Event) -> Option<ActId> {
    match event.kind {
        Kind::Act(id) => Some(id),
        _ => None,
    }
}

/// The series from which an event takes numbers: the act's, and those of the documents that it issues.
pub(crate) fn series(line: &Line, event: &Event) -> Vec<SeriesId> {
    let mut all: Vec<SeriesId> = event.number.into_iter().collect();
    if let Some(act) = done(event) {
        all.extend(line.documents_of(act).filter_map(|document| document.series));
    }
    all.dedup();
    all
}

/// The documents that an event issues, each with its template's digest and bytes.
pub(crate) fn issued<'c>(catalog: &'c Catalog, line: &Line, event: &Event) -> Vec<(Code, Digest, &'c [u8])> {
    let Some(act) = done(event) else { return Vec::new() };
    let paper = |document: &Document| {
        let paper = catalog.paper(&line.code, &document.template)?;
        Some((document.code.clone(), ledger::hash(&paper.bytes), paper.bytes.as_ref()))
    };
    line.documents_of(act).filter_map(paper).collect()
}

/// A decision whose document would have a blank is not made: what is lacking is said before anything is written.
pub(crate) fn refusal(
    catalog: &Catalog,
    line: &Line,
    record: Option<&Record>,
    events: &[Event],
    id: RecordId,
) -> Option<Refusal> {
    let act = events.iter().rev().find_map(|event| match event.kind {
        Kind::Act(act) | Kind::Proposed(act) => Some((act, event.at.date())),
        _ => None,
    });
    let (act, day) =
        act.filter(|(act, _)| line.act(*act).kind == ActKind::Power && line.documents_of(*act).next().is_some())?;
    let mut after = record.cloned();
    for event in events {
        if matches!(event.kind, Kind::Annulled { .. }) {
            return None;
        }
        let seq = after.as_ref().map_or(1, |record| record.seq + 1);
        after = Some(kernel::apply(line, after, event, id, seq));
    }
    let mut after = after?;
    if let Some(proposal) = after.proposal.take() {
        // As it will stand once it is signed.
        let signed = Event {
            changes: proposal.changes,
            ..Event::bare(Kind::Act(proposal.act), day.at(0, 0, 0, 0), proposal.by)
        };
        let seq = after.seq + 1;
        after = kernel::apply(line, Some(after), &signed, id, seq);
    }
    let mut lacking = Vec::new();
    for document in line.documents_of(act) {
        let Some(paper) = catalog.paper(&line.code, &document.template) else { continue };
        let scene = Scene { line, document, record: &after, act, day, calendar: &catalog.calendar, names: None };
        let lacks = paper.template.lacks(&|name: &str| scene.tell(name));
        lacking.extend(lacks.iter().map(|lack| scene.called(&lack.name)));
    }
    let law = &line.act(act).ground.law;
    (!lacking.is_empty()).then(|| Refusal::blank(law, lacking))
}

impl Platform {
    /// A document that an act of a record issued; `None` where there is none that this person may see. A look at it is
    /// noted like any at the record.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn document(&self, person: &Person, id: RecordId, seq: u32, code: &str) -> Result<Option<Made>, Fault> {
        let seen = {
            let mut read = self.store.read()?;
            let Some(row) = read.record(&person.government, id)? else { return Ok(None) };
            let line = self.definitions.line(read.as_mut(), row.definition)?;
            let Some(record) = crate::rows::decode_state(&row.state) else { return Ok(None) };
            // A document names whom it is about.
            self.seen(read.as_mut(), person, &row, &line, &record)? == Some(Seen::Whole)
        };
        if !seen {
            return Ok(None);
        }
        let made = self.document_of(&person.government, id, seq, code)?;
        if made.is_some() {
            self.note_look(person, &person.government, id)?;
        }
        Ok(made)
    }

    /// The same for the operator's own commands, without rights.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn document_of(
        &self,
        government: &GovernmentCode,
        id: RecordId,
        seq: u32,
        code: &str,
    ) -> Result<Option<Made>, Fault> {
        let mut read = self.store.read()?;
        let rows = read.events(government, id)?;
        let Some(rows) = usize::try_from(seq).ok().and_then(|seq| rows.get(..seq)) else { return Ok(None) };
        let Some(last) = rows.last() else { return Ok(None) };
        let stored = translate::read_back(last)?;
        let Some((_, template)) = stored.body.papers.iter().find(|(other, _)| other == code) else { return Ok(None) };
        let history = History::read(read.as_mut(), &self.definitions, rows)?;
        let (Some(line), Some(record)) = (history.line(), history.fold(id)?) else { return Ok(None) };
        let (Some(document), Some(act)) =
            (line.documents.iter().find(|document| document.code == code), line.act_id(&stored.envelope.what))
        else {
            return Ok(None);
        };
        let damaged = |why: String| Fault {
            kind: FaultKind::Damaged,
            message: format!("the template {template} {why}; restore the ledger from a backup"),
        };
        let bytes = read.definition(*template)?.ok_or_else(|| damaged("is missing".to_owned()))?;
        let paper = Template::read(&bytes).map_err(|why| damaged(format!("cannot be read ({why})")))?;
        let names = self.names(read.as_mut(), government, &record, &stored.envelope)?;
        let scene = Scene {
            line,
            document,
            record: &record,
            act,
            day: stored.envelope.done_at.date(),
            calendar: &self.catalog.calendar,
            names: Some(&names),
        };
        Ok(Some(match paper.fill(&|name: &str| scene.tell(name)) {
            Ok(bytes) => {
                let number = line.series_of(document).and_then(|series| record.get(line.series[series.index()].field));
                let number = number.map(|value| say_value(value, None, Language::Zh)).unwrap_or_else(|| id.to_string());
                let name = format!("{}-{number}", document.title.zh);
                Made::Document { name, digest: ledger::hash(&bytes), bytes }
            }
            Err(lacks) => Made::Lacking(lacks.iter().map(|lack| scene.called(&lack.name)).collect()),
        }))
    }

    fn names(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        record: &Record,
        envelope: &ledger::Envelope,
    ) -> Result<Names, Fault> {
        let day = envelope.done_at.date();
        let people: BTreeMap<Code, String> =
            read.accounts(government)?.into_iter().map(|account| (account.name, account.shown)).collect();
        let person = |code: &Code| people.get(code).cloned().unwrap_or_else(|| code.to_string());
        let agency = read.agencies(government)?.into_iter().find(|agency| agency.code == record.agency);
        let place = self.catalog.regions.get(government, day).map(terms::Region::government);
        Ok(Names {
            government: place.unwrap_or_default(),
            agency: agency.map_or_else(|| record.agency.to_string(), |agency| agency.name),
            handler: record.handler.as_ref().map(person).unwrap_or_default(),
            actor: person(&envelope.actor),
        })
    }
}
