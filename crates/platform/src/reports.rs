//! Reports: composed from figures and from what people wrote, kept as they were signed, with those of the governments
//! below.

use std::sync::Arc;

use catalog::{Bound, Outline};
use composer::{Asked, Head, Letter, Report, compose};
use figures::{Amount, Period};
use kernel::Kind;
use ledger::{Fault, Read, RecordRow};
use procedure::{FieldType, Language, Line, Record, Said, say_value};
use terms::{Code, Date, DateTime, GovernmentCode, PlaceCode, RecordId, Stretch, Value, day_in_digits};

use crate::kept::{self, Kept, Redefined};
use crate::rows::decode_state;
use crate::telling::{self, FigureValue, TellError};
use crate::{Person, Platform, Question, RecordView, Reported, Seen, Whose, translate, unfold};

/// A report told: as it was signed, where it was.
#[derive(Clone, Debug)]
pub struct ReportTold {
    /// The report.
    pub report: Report,
    /// Its period.
    pub period: Stretch,
    /// Who signed it and when, and what is counted otherwise today.
    pub signed: Option<Signed>,
    /// Figures whose definition changed within the period.
    pub redefined: Vec<Redefined>,
    /// Numbers that are reported and not counted from records.
    pub reported: Vec<Reported>,
}

/// A report that was signed: its figures stand.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Whose record.
    pub government: GovernmentCode,
    /// The record.
    pub record: RecordId,
    /// The day of the last signature that kept figures.
    pub on: Date,
    /// The number of its letter, which the line's series gave it with the signature; empty where none did.
    pub number: String,
    /// The name of whoever gave that signature; empty where nobody signs.
    pub signer: String,
    /// What was kept.
    pub kept: Kept,
    /// What people say of it: why it was restated, and the like, by the field's title.
    pub said: Vec<(Said, String)>,
    /// Figures that are counted otherwise today.
    pub differs: Vec<Differs>,
}

/// A figure as it was signed, and as it is counted today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differs {
    /// Which.
    pub code: Code,
    /// Its part.
    pub part: Option<Code>,
    /// Its title.
    pub title: Said,
    /// Its unit.
    pub unit: String,
    /// As signed.
    pub signed: Option<Amount>,
    /// Today.
    pub today: Option<Amount>,
}

/// A figure of a report beside the same a year before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Which.
    pub code: Code,
    /// Its part.
    pub part: Option<Code>,
    /// Its title.
    pub title: Said,
    /// Its unit.
    pub unit: String,
    /// Of the period.
    pub now: Option<Amount>,
    /// A year before.
    pub before: Option<Amount>,
    /// By how much it grew.
    pub change: Option<Amount>,
}

/// A state of a report's text: what stood after an act that wrote in it.
#[derive(Clone, Debug)]
pub struct Version {
    /// The event.
    pub seq: u32,
    /// When.
    pub at: DateTime,
    /// Account.
    pub by: Code,
    /// The act.
    pub act: Said,
    /// Each section's own text, by field, in the order of the outline.
    pub prose: Vec<(Code, String)>,
    /// The figures that the act kept.
    pub kept: Option<Kept>,
    /// What else was said with it, by the field's title: why it is restated.
    pub said: Vec<(Said, String)>,
}

/// A government below, and where its report is.
#[derive(Clone, Debug)]
pub struct Below {
    /// Which.
    pub government: GovernmentCode,
    /// Its name.
    pub name: String,
    /// It works on this platform.
    pub here: bool,
    /// Where its own report stands, where it works here and has begun one.
    pub stage: Option<Said>,
    /// What came up from it.
    pub received: Option<Received>,
    /// Its numbers that were reported and not counted.
    pub reported: Vec<Reported>,
}

/// A report that came up.
#[derive(Clone, Debug)]
pub struct Received {
    /// The record that holds it.
    pub record: RecordId,
    /// Where that stands.
    pub stage: Said,
    /// How it came, where not by message: by form, by sheet, read from what was published.
    pub source: Option<Said>,
    /// The figures that were signed.
    pub kept: Option<Kept>,
}

/// A report's record, with all that is needed to write and to sign it.
#[derive(Clone, Debug)]
pub struct RecordReport {
    /// The record.
    pub view: RecordView,
    /// The report as it stands: of a draft with today's figures.
    pub report: Report,
    /// Its period.
    pub period: Stretch,
    /// Of which place.
    pub place: PlaceCode,
    /// Where it was signed.
    pub signed: Option<Signed>,
    /// Its figures beside those of a year before.
    pub figures: Vec<Beside>,
    /// Figures whose definition changed within the period.
    pub redefined: Vec<Redefined>,
    /// The states of its text, oldest first.
    pub versions: Vec<Version>,
    /// The governments directly below.
    pub below: Vec<Below>,
    /// Its own reported numbers.
    pub reported: Vec<Reported>,
    /// What its figures ask today, before it is signed.
    pub questions: Vec<Question>,
}

/// Who asks for a report.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'p> {
    /// Whoever runs the program.
    Operator,
    /// Somebody who is signed in.
    Person(&'p Person),
    /// Anybody.
    Public,
}

impl<'p> From<Option<&'p Person>> for Asker<'p> {
    fn from(person: Option<&'p Person>) -> Asker<'p> {
        person.map_or(Asker::Public, Asker::Person)
    }
}

/// The first field of a line that holds this.
pub(crate) fn field_of<'l>(line: &'l Line, kind: &FieldType) -> Option<&'l Code> {
    line.fields.iter().find(|field| field.kind == *kind).map(|field| &field.code)
}

impl Platform {
    /// The outline of reports, and its line as it is today.
    fn outline(&self) -> Result<(&Outline, Option<Arc<Line>>), TellError> {
        let outline = self.catalog.reports.first().ok_or(TellError::NoOutline)?;
        let line = outline.line.as_ref().and_then(|code| self.catalog.versions(code).last().cloned());
        Ok((outline, line))
    }

    fn title(
        &self,
        outline: &Outline,
        place: &PlaceCode,
        period: Stretch,
        language: Language,
    ) -> Result<String, TellError> {
        let region = self.catalog.regions.get(place, period.last());
        let region = region.ok_or_else(|| TellError::UnknownPlace(place.clone()))?;
        let title = if period.kind() == "year" { &outline.title } else { &outline.shorter };
        Ok(match language {
            Language::Zh => format!("{}{}{}", region.name, period.zh(), title.zh),
            Language::En => {
                format!("{}: {} {period}", region.name_en.as_ref().unwrap_or(&region.name), title.en)
            }
        })
    }

    /// The report of a place and period as an official letter. One that was signed here has its number by the series of its
    /// line, and whoever signed it last as its signer. For any other, who numbers letters gives the number and, where it goes
    /// upward, the signer; without a number it is a draft and has no red head. The public reads no letter upward: it names
    /// no signer of ours.
    ///
    /// # Errors
    /// Where the place is unknown, there is no outline, or the store cannot be read.
    pub fn report_letter(
        &self,
        asker: Asker<'_>,
        place: &PlaceCode,
        period: Stretch,
        number: &str,
        signer: &str,
    ) -> Result<Letter, TellError> {
        let told = self.report(asker, place, period, Language::Zh)?;
        let ours = told.signed.as_ref().filter(|signed| !signed.number.is_empty());
        let (number, signer) = match (ours, asker) {
            (Some(signed), Asker::Public) => (signed.number.as_str(), ""),
            (Some(signed), _) => (signed.number.as_str(), signed.signer.as_str()),
            (None, _) => (number, signer),
        };
        let regions = &self.catalog.regions;
        let on = period.last();
        let organ = |code: &PlaceCode| regions.get(code, on).map(terms::Region::government).unwrap_or_default();
        let above = regions.get(place, on).and_then(|region| region.parent.as_ref());
        let head = Head {
            organ: organ(place),
            number: number.to_owned(),
            signer: signer.to_owned(),
            to: above.filter(|_| !signer.is_empty()).map(organ).unwrap_or_default(),
            day: told.signed.as_ref().map(|signed| day_in_digits(signed.on)).unwrap_or_default(),
            remarks: self.synthetic()?.then(|| "本件为合成的示范数据".to_owned()).into_iter().collect(),
            copies: String::new(),
        };
        Ok(told.report.letter(&head))
    }

    /// The figures of a place and a period as somebody may be told them.
    fn figures_for(&self, asker: Asker<'_>, place: &PlaceCode, span: Period) -> Result<Vec<FigureValue>, TellError> {
        let mut all = self.figures(place, span)?;
        if matches!(asker, Asker::Public) {
            unfold::for_the_public(&mut all, self.whole(place, span));
        }
        Ok(all)
    }

    /// The figures of the place itself, where its report tells them apart. The public is told of a place with all below it:
    /// the rest could be computed from the two.
    fn own_for(
        &self,
        asker: Asker<'_>,
        outline: &Outline,
        place: &PlaceCode,
        span: Period,
    ) -> Result<Vec<FigureValue>, TellError> {
        let told = !matches!(asker, Asker::Public) && kept::has_own(outline, &self.catalog, place, span.to);
        if told { self.figures(Whose::own(place), span) } else { Ok(Vec::new()) }
    }

    /// The report of a place and period: as it was signed, where that may be seen by whoever asks, else of the figures of
    /// today. The public sees what was published, and small counts only of a government's whole year.
    ///
    /// # Errors
    /// Where the place is unknown, there is no outline, or the store cannot be read.
    pub fn report(
        &self,
        asker: Asker<'_>,
        place: &PlaceCode,
        period: Stretch,
        language: Language,
    ) -> Result<ReportTold, TellError> {
        let (outline, line) = self.outline()?;
        let span = span(period);
        telling::place(&self.catalog, place, span.to)?;
        let title = self.title(outline, place, period, language)?;
        let now = self.figures_for(asker, place, span)?;
        let then = self.figures_for(asker, place, span.previous())?;
        let signed = match &line {
            Some(line) => self.signed(asker, line, place, period, &now)?,
            None => None,
        };
        let asked = Asked { title, language, period, whole: false };
        let written = |record: &Record, line: &Line| {
            let (record, line) = (record.clone(), line.clone());
            move |field: &Code| text_of(&line, &record, field)
        };
        let report = match &signed {
            Some((signed, line, record)) => {
                let mut tell = |bound: &Bound| Ok::<_, TellError>(signed.kept.tell(bound));
                compose(&signed.kept.outline(outline), asked, &written(record, line), &mut tell)?
            }
            None => {
                let own = self.own_for(asker, outline, place, span)?;
                let mut tell = |bound: &Bound| Ok::<_, TellError>(live(bound, &now, &then, &own));
                let outline = kept::named(outline, &self.catalog, place, span.to);
                compose(&outline, asked, &|_| None, &mut tell)?
            }
        };
        Ok(ReportTold {
            report,
            period,
            signed: signed.map(|(signed, ..)| signed),
            redefined: kept::redefined(&self.catalog, span),
            reported: match asker {
                // Who reported what is for those who work with it: no line publishes it by itself.
                Asker::Public => Vec::new(),
                _ => self.reported(place, period)?,
            },
        })
    }

    /// The signed report of a place and period, if there is one that whoever asks may see.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn signed_of(&self, asker: Asker<'_>, place: &PlaceCode, period: Stretch) -> Result<Option<Signed>, TellError> {
        let Ok((_, Some(line))) = self.outline() else { return Ok(None) };
        let now = self.figures_for(asker, place, span(period))?;
        Ok(self.signed(asker, &line, place, period, &now)?.map(|(signed, ..)| signed))
    }

    /// Whether somebody may read a signed report: what is published is everybody's, the rest is for who sees the record.
    fn open_to(
        &self,
        read: &mut dyn Read,
        asker: Asker<'_>,
        row: &RecordRow,
        line: &Line,
        record: &Record,
    ) -> Result<bool, Fault> {
        let seen = match asker {
            Asker::Operator => true,
            Asker::Person(person) => {
                self.seen(read, person, row, line, record)?.is_some_and(|seen| seen != Seen::ForReason)
            }
            Asker::Public => false,
        };
        Ok(seen || read.public_of(&row.government, row.id)?.iter().any(|one| one.withdrawn.is_none()))
    }

    /// Whether somebody may read a record of the government of a place.
    pub(crate) fn reads(&self, asker: Asker<'_>, place: &PlaceCode, record: RecordId) -> Result<bool, Fault> {
        let mut read = self.store.read()?;
        let Some(row) = read.record(place, record)? else { return Ok(false) };
        let line = self.definitions.line(read.as_mut(), row.definition)?;
        let Some(record) = decode_state(&row.state) else { return Ok(false) };
        self.open_to(read.as_mut(), asker, &row, &line, &record)
    }

    /// The signed report of a place and period, if there is one to be seen, with its line and record.
    fn signed(
        &self,
        asker: Asker<'_>,
        line: &Line,
        place: &PlaceCode,
        period: Stretch,
        now: &[FigureValue],
    ) -> Result<Option<(Signed, Arc<Line>, Record)>, TellError> {
        let Some(government) = self.catalog.regions.government(place, period.last()) else { return Ok(None) };
        let mut read = self.store.read()?;
        let Some(by) = field_of(line, &FieldType::Period) else { return Ok(None) };
        let mut found = None;
        for (_, id) in read.keyed(&government, &line.code, by, &[period.to_string().into()])? {
            let Some(row) = read.record(&government, id)? else { continue };
            let line = self.definitions.line(read.as_mut(), row.definition)?;
            let Some(record) = decode_state(&row.state) else { continue };
            if record.place == *place
                && let Some(kept) = Kept::of(&line, &record)
                && self.open_to(read.as_mut(), asker, &row, &line, &record)?
            {
                let signed = self.signed_of_record(read.as_mut(), &government, &line, &record, kept, now)?;
                found = Some((signed, line, record));
            }
        }
        Ok(found)
    }

    /// The report as it was signed: its figures, its number, and whose the last signature is.
    fn signed_of_record(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        line: &Line,
        record: &Record,
        kept: Kept,
        now: &[FigureValue],
    ) -> Result<Signed, Fault> {
        // The signature right before the last act that kept figures: one under a restatement that is on its way is none yet.
        let (mut signer, mut stands) = (String::new(), false);
        for row in read.events(government, record.id)?.iter().rev() {
            let stored = translate::read_back(row)?;
            let line = self.definitions.line(read, stored.envelope.definition)?;
            let event = translate::event_of(&line, row, stored)?;
            match event.kind {
                Kind::Act(act) => stands |= keeps(&line, line.act(act)),
                Kind::Signed(act) if stands && keeps(&line, line.act(act)) => {
                    let account = read.account(government, &event.by)?;
                    signer = account.map_or_else(|| event.by.to_string(), |account| account.shown);
                    break;
                }
                _ => {}
            }
        }
        Ok(Signed { signer, ..signed_of(government.clone(), line, record, kept, now) })
    }

    pub(crate) fn stored(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        id: RecordId,
    ) -> Result<Option<(Arc<Line>, Record)>, Fault> {
        let Some(row) = read.record(government, id)? else { return Ok(None) };
        let line = self.definitions.line(read, row.definition)?;
        Ok(decode_state(&row.state).map(|record| (line, record)))
    }

    /// A report's record for somebody who may see it; `None` where it is no report, or not theirs to see.
    ///
    /// # Errors
    /// Where its place is unknown in its period, or the store cannot be read.
    pub fn record_report(
        &self,
        person: &Person,
        government: &GovernmentCode,
        id: RecordId,
        language: Language,
    ) -> Result<Option<RecordReport>, TellError> {
        let (outline, _) = self.outline()?;
        let Some(view) = self.record_in(person, government, id)? else { return Ok(None) };
        if outline.line.as_ref() != Some(&view.line.code) || view.seen == Seen::ForReason {
            return Ok(None);
        }
        let Some(period) = kept::period_of(&view.line, |field| view.record.get(field)) else { return Ok(None) };
        let place = view.record.place.clone();
        let span = span(period);
        telling::place(&self.catalog, &place, span.to)?;
        let (now, then) = (self.figures(&place, span)?, self.figures(&place, span.previous())?);
        let kept = Kept::of(&view.line, &view.record);
        let title = self.title(outline, &place, period, language)?;
        let asked = Asked { title, language, period, whole: true };
        let prose = |field: &Code| text_of(&view.line, &view.record, field);
        let (used, report) = match &kept {
            Some(kept) => {
                let used = kept.outline(outline);
                let mut tell = |bound: &Bound| Ok::<_, TellError>(kept.tell(bound));
                let report = compose(&used, asked, &prose, &mut tell)?;
                (used, report)
            }
            None => {
                let own = self.own_for(Asker::Person(person), outline, &place, span)?;
                let mut tell = |bound: &Bound| Ok::<_, TellError>(live(bound, &now, &then, &own));
                let outline = kept::named(outline, &self.catalog, &place, span.to);
                let report = compose(&outline, asked, &prose, &mut tell)?;
                (outline, report)
            }
        };
        let figures = beside(&report, kept.as_ref(), &now, &then);
        let mut read = self.store.read()?;
        let versions = self.versions(read.as_mut(), government, id, &used)?;
        let signed = match kept {
            Some(kept) => {
                Some(self.signed_of_record(read.as_mut(), government, &view.line, &view.record, kept, &now)?)
            }
            None => None,
        };
        drop(read);
        let questions = if signed.is_none() { self.questions(&place, span)? } else { Vec::new() };
        Ok(Some(RecordReport {
            below: self.reports_below(&place, period)?,
            reported: self.reported(&place, period)?,
            redefined: kept::redefined(&self.catalog, span),
            view,
            report,
            period,
            place,
            signed,
            figures,
            versions,
            questions,
        }))
    }

    /// What stood in a report after each act that wrote in it.
    fn versions(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        id: RecordId,
        outline: &Outline,
    ) -> Result<Vec<Version>, Fault> {
        let sections: Vec<&Code> = outline.sections.iter().filter_map(|section| section.prose.as_ref()).collect();
        let mut stands: Vec<(Code, String)> = sections.iter().map(|field| ((*field).clone(), String::new())).collect();
        let mut all = Vec::new();
        for row in read.events(government, id)? {
            let stored = translate::read_back(&row)?;
            let line = self.definitions.line(read, stored.envelope.definition)?;
            let event = translate::event_of(&line, &row, stored)?;
            let Kind::Act(act) = event.kind else { continue };
            let (mut wrote, mut kept, mut said) = (false, None, Vec::new());
            for (field, value) in &event.changes {
                let field = line.field(*field);
                match (&field.kind, value) {
                    (FieldType::Figures, value) => kept = Kept::read(value),
                    (FieldType::Text, Value::Text(text)) => {
                        match stands.iter_mut().find(|(code, _)| *code == field.code) {
                            Some((_, stood)) => {
                                stood.clone_from(text);
                                wrote = true;
                            }
                            None => said.push((field.title.clone(), text.clone())),
                        }
                    }
                    _ => {}
                }
            }
            if wrote || kept.is_some() {
                all.push(Version {
                    seq: row.seq,
                    at: event.at,
                    by: event.by,
                    act: line.act(act).title.clone(),
                    prose: stands.clone(),
                    kept,
                    said,
                });
            }
        }
        Ok(all)
    }

    /// The governments directly below a place's own, and where their reports of the period are.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn reports_below(&self, place: &PlaceCode, period: Stretch) -> Result<Vec<Below>, TellError> {
        let (_, Some(line)) = self.outline()? else { return Ok(Vec::new()) };
        let regions = &self.catalog.regions;
        let on = period.last();
        let Some(own) = regions.government(place, on).filter(|own| own == place) else { return Ok(Vec::new()) };
        let upward = line.effects.iter().find(|effect| effect.to == procedure::Recipient::Superior);
        let there = upward.and_then(|effect| self.catalog.versions(&effect.opens).last().cloned());
        let mut read = self.store.read()?;
        let known = read.governments()?;
        let mut all = Vec::new();
        for government in regions.below(&own, on) {
            let here = known.contains(&government) && !read.agencies(&government)?.is_empty();
            let stage = if here { self.newest(read.as_mut(), &government, &line, &government, period)? } else { None };
            let received = match &there {
                Some(there) => self.newest(read.as_mut(), &own, there, &government, period)?,
                None => None,
            };
            let name =
                regions.get(&government, on).map_or_else(|| government.to_string(), |region| region.name.clone());
            all.push(Below {
                name,
                here,
                stage: stage.map(|(line, record)| line.stages[record.stage.index()].title.clone()),
                received: received.map(|(line, record)| Received {
                    record: record.id,
                    stage: line.stages[record.stage.index()].title.clone(),
                    source: chosen(&line, &record),
                    kept: Kept::of(&line, &record),
                }),
                reported: Vec::new(),
                government,
            });
        }
        drop(read);
        for one in &mut all {
            one.reported = self.reported(&one.government, period)?;
        }
        Ok(all)
    }

    /// The newest record of a line in a government that is of an organ and a period.
    fn newest(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        line: &Line,
        organ: &GovernmentCode,
        period: Stretch,
    ) -> Result<Option<(Arc<Line>, Record)>, Fault> {
        let Some(by) = field_of(line, &FieldType::Period) else { return Ok(None) };
        let mut found: Option<(Arc<Line>, Record)> = None;
        for (_, id) in read.keyed(government, &line.code, by, &[period.to_string().into()])? {
            let Some((line, record)) = self.stored(read, government, id)? else { continue };
            let of = field_of(&line, &FieldType::Organ).and_then(|code| line.field_id(code));
            let is = of
                .and_then(|id| record.get(id))
                .is_some_and(|value| matches!(value, Value::Key(code) if code.as_str() == organ.as_str()));
            // One that was given up says nothing, where another is there.
            let better = found.as_ref().is_none_or(|(held_line, held)| {
                held.closed(held_line) && Kept::of(held_line, held).is_none()
                    || record.id > held.id && !record.closed(&line)
            });
            if is && better {
                found = Some((line, record));
            }
        }
        Ok(found)
    }
}

/// First and last day.
pub(crate) fn span(period: Stretch) -> Period {
    Period { from: period.first(), to: period.last() }
}

pub(crate) fn text_of(line: &Line, record: &Record, field: &Code) -> Option<String> {
    match record.get(line.field_id(field)?)? {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// The choice that a record says of how it came: its one choice field that is filled in by an act of its own making.
fn chosen(line: &Line, record: &Record) -> Option<Said> {
    let opening = record.done.iter().find_map(|done| match done.what {
        procedure::What::Act(act) if line.act(act).opens => Some(line.act(act)),
        _ => None,
    })?;
    let must = opening.fills.iter().filter(|(_, must)| *must);
    must.filter_map(|(id, _)| Some((line.field(*id), record.get(*id)?))).find_map(|(field, value)| match value {
        Value::Choice(_) => Some(Said {
            zh: say_value(value, Some(field), Language::Zh),
            en: say_value(value, Some(field), Language::En),
        }),
        _ => None,
    })
}

fn live(bound: &Bound, now: &[FigureValue], then: &[FigureValue], own: &[FigureValue]) -> Option<Amount> {
    let values = match bound {
        Bound { own: true, .. } => own,
        Bound { previous: true, .. } => then,
        _ => now,
    };
    values.iter().find(|value| value.code == bound.figure && value.part == bound.choice).and_then(|value| value.value)
}

/// Whether an act keeps figures.
fn keeps(line: &Line, act: &procedure::Act) -> bool {
    act.fills.iter().any(|(id, _)| line.field(*id).kind == FieldType::Figures)
}

/// The report as it was signed, with what is counted otherwise today.
fn signed_of(government: GovernmentCode, line: &Line, record: &Record, kept: Kept, now: &[FigureValue]) -> Signed {
    let last = record.done.iter().rev().find_map(|done| match done.what {
        procedure::What::Act(act) if keeps(line, line.act(act)) => Some((done.at.date(), line.act(act))),
        _ => None,
    });
    let differs = kept.figures.iter().filter(|one| !one.own).filter_map(|one| {
        let today = now.iter().find(|value| value.code == one.code && value.part == one.part);
        let today = today.filter(|value| !value.hidden)?;
        let signed = kept.value(&one.code, one.part.as_deref(), false).flatten();
        let same = match (signed, today.value) {
            // Nought is nought, with whatever places it prints.
            (Some(signed), Some(today)) => signed.compare(today) == Some(std::cmp::Ordering::Equal),
            (signed, today) => signed == today,
        };
        (!same).then(|| Differs {
            code: one.code.clone(),
            part: one.part.clone(),
            title: today.title.clone(),
            unit: today.unit.clone(),
            signed,
            today: today.value,
        })
    });
    let differs = differs.collect();
    let must = last.iter().flat_map(|(_, act)| act.fills.iter().filter(|(_, must)| *must));
    let said = must.filter_map(|(id, _)| match record.get(*id)? {
        Value::Text(text) => Some((line.field(*id).title.clone(), text.clone())),
        _ => None,
    });
    let numbered = line.acts.iter().filter(|act| keeps(line, act)).find_map(|act| act.number);
    let number = match numbered.and_then(|series| record.get(line.series[series.index()].field)) {
        Some(Value::Text(number)) => number.clone(),
        _ => String::new(),
    };
    Signed {
        government,
        record: record.id,
        number,
        signer: String::new(),
        on: last.as_ref().map_or(Date::MIN, |(on, _)| *on),
        said: said.collect(),
        kept,
        differs,
    }
}

/// The figures of a report, each once, beside a year before.
fn beside(report: &Report, kept: Option<&Kept>, now: &[FigureValue], then: &[FigureValue]) -> Vec<Beside> {
    let mut all: Vec<Beside> = Vec::new();
    let pieces = report.sections.iter().flat_map(|section| section.sentences.iter().flatten());
    for piece in pieces {
        let composer::Piece::Number { bound, .. } = piece else { continue };
        if bound.own || all.iter().any(|one| one.code == bound.figure && one.part == bound.choice) {
            continue;
        }
        let Some(value) = now.iter().find(|value| value.code == bound.figure && value.part == bound.choice) else {
            continue;
        };
        let of = |previous: bool| match kept {
            Some(kept) => kept.value(&bound.figure, bound.choice.as_deref(), previous).flatten(),
            None => live(&Bound { previous, ..bound.clone() }, now, then, &[]),
        };
        let (now, before) = (of(false), of(true));
        all.push(Beside {
            code: bound.figure.clone(),
            part: bound.choice.clone(),
            title: value.title.clone(),
            unit: value.unit.clone(),
            now,
            before,
            change: now.zip(before).and_then(|(now, before)| now.minus(before)),
        });
    }
    all
}
