//! Reports as tables: the figures of a report as rows of data, and those of the governments below side by side.

use std::collections::BTreeMap;

use catalog::Bound;
use figures::{Amount, Period};
use ledger::Read;
use procedure::{Figure, Language, Line, Said};
use terms::{Code, GovernmentCode, PlaceCode, Stretch};

use crate::reports::{Asker, span};
use crate::telling::{self, TellError};
use crate::{Kept, Platform, Reported};

/// Where a number of a table is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A report that was signed.
    Signed,
    /// The records, as they are counted today.
    Records,
    /// Somebody reported it, and no record carries it.
    Reported,
}

impl Origin {
    /// Its code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Origin::Signed => "signed",
            Origin::Records => "records",
            Origin::Reported => "reported",
        }
    }
}

/// A figure of a report as a row of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFigure {
    /// Its code, with its part: `power_item.by_kind/licence`.
    pub code: Code,
    /// Its name.
    pub name: Said,
    /// Of which place.
    pub place: PlaceCode,
    /// Of the agencies at the place itself alone.
    pub own: bool,
    /// First and last day.
    pub period: Period,
    /// The number.
    pub value: Amount,
    /// Its unit.
    pub unit: String,
    /// How exact it is: `exact`, `over` and so on.
    pub qualifier: Code,
    /// Where it is from.
    pub origin: Origin,
    /// The digest of the definition by which it was counted; none for a number that was reported.
    pub definition: Option<String>,
}

/// The governments below side by side.
#[derive(Clone, Debug)]
pub struct Abreast {
    /// The governments directly below.
    pub columns: Vec<Column>,
    /// The figures of a report of which any of them has a number.
    pub rows: Vec<AbreastRow>,
}

/// A government in such a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Which.
    pub government: GovernmentCode,
    /// Its name.
    pub name: String,
    /// Where its numbers are from; none: there are none.
    pub origin: Option<Origin>,
}

/// A figure in such a table.
#[derive(Clone, Debug)]
pub struct AbreastRow {
    /// Its code, with its part.
    pub code: Code,
    /// Its name.
    pub title: Said,
    /// Its unit.
    pub unit: String,
    /// Of each government in turn, with where it is from.
    pub values: Vec<Option<(Amount, Origin)>>,
}

impl Platform {
    /// The figures of a report as rows of data: those in its sentences, as whoever asks may read them, and the numbers that
    /// were reported.
    ///
    /// # Errors
    /// Where the place is unknown, there is no outline, or the store cannot be read.
    pub fn report_figures(
        &self,
        asker: Asker<'_>,
        place: &PlaceCode,
        period: Stretch,
    ) -> Result<Vec<ReportFigure>, TellError> {
        let told = self.report(asker, place, period, Language::Zh)?;
        let days = span(period);
        let lines = self.figure_lines(place, days.to);
        let mut digests: BTreeMap<&Code, String> = BTreeMap::new();
        let mut seen: Vec<&Bound> = Vec::new();
        let mut all = Vec::new();
        for piece in told.report.sections.iter().flat_map(|section| section.sentences.iter().flatten()) {
            let composer::Piece::Number { bound, text } = piece else { continue };
            let (Some(value), Some((line, figure))) = (telling::amount(text), declared(&lines, bound)) else {
                continue;
            };
            if seen.contains(&bound) {
                continue;
            }
            seen.push(bound);
            let definition = match &told.signed {
                Some(signed) => {
                    let kept = signed.kept.definitions.iter().find(|(code, _)| *code == line.code);
                    kept.map(|(_, digest)| digest.clone())
                }
                None => {
                    let digest = || ledger::hash(&catalog::frozen(line)).to_string();
                    Some(digests.entry(&line.code).or_insert_with(digest).clone())
                }
            };
            all.push(ReportFigure {
                code: bound.name(),
                name: named(line, figure, bound),
                place: place.clone(),
                own: bound.own,
                period: if bound.previous { days.previous() } else { days },
                value,
                unit: figure.unit.clone(),
                qualifier: "exact".into(),
                origin: if told.signed.is_some() { Origin::Signed } else { Origin::Records },
                definition,
            });
        }
        let reported = |one: Reported| ReportFigure {
            code: one.quantity,
            name: Said { zh: one.name.clone(), en: one.name },
            place: place.clone(),
            own: false,
            period: days,
            value: one.amount,
            unit: one.unit,
            qualifier: one.qualifier_code,
            origin: Origin::Reported,
            definition: None,
        };
        all.extend(told.reported.into_iter().map(reported));
        Ok(all)
    }

    /// The figures of a report for each of the governments directly below: as they signed it, where whoever asks may read
    /// what came up or was published; else as their records tell them today; else as they were reported. For those who are
    /// signed in: the public reads each government's own.
    ///
    /// # Errors
    /// Where the place is unknown, there is no outline, or the store cannot be read.
    pub fn abreast(&self, asker: Asker<'_>, place: &PlaceCode, period: Stretch) -> Result<Abreast, TellError> {
        let days = span(period);
        telling::place(&self.catalog, place, days.to)?;
        let lines = self.figure_lines(place, days.to);
        let bounds = self.bounds(period)?;
        let mut rows: Vec<AbreastRow> = Vec::new();
        let mut asked: Vec<&Bound> = Vec::new();
        for bound in &bounds {
            let Some((line, figure)) = declared(&lines, bound) else { continue };
            let (title, unit) = (named(line, figure, bound), figure.unit.clone());
            rows.push(AbreastRow { code: bound.name(), title, unit, values: Vec::new() });
            asked.push(bound);
        }
        let mut columns = Vec::new();
        for below in self.reports_below(place, period)? {
            let kept = self.kept_of_below(asker, place, &below, period)?;
            let counted = match &kept {
                None if below.here => self.counted_for(&below.government, days, &asked)?,
                _ => Vec::new(),
            };
            let mut origin = if kept.is_some() { Some(Origin::Signed) } else { below.here.then_some(Origin::Records) };
            for (at, (row, bound)) in rows.iter_mut().zip(&asked).enumerate() {
                let signed = kept.as_ref().and_then(|kept| kept.tell(bound)).map(|value| (value, Origin::Signed));
                let counted = counted.get(at).copied().flatten().map(|value| (value, Origin::Records));
                let reported = below.reported.iter().find(|one| one.quantity == row.code);
                let reported = reported.map(|one| (one.amount, Origin::Reported));
                let told = signed.or(counted).or(reported);
                origin = origin.or(told.map(|(_, origin)| origin));
                row.values.push(told);
            }
            columns.push(Column { government: below.government, name: below.name, origin });
        }
        rows.retain(|row| row.values.iter().any(Option::is_some));
        Ok(Abreast { columns, rows })
    }

    /// The figures that a report of a period states of itself, each once.
    fn bounds(&self, period: Stretch) -> Result<Vec<Bound>, TellError> {
        let outline = self.catalog.reports.first().ok_or(TellError::NoOutline)?;
        let here = |periods: &[Code]| periods.is_empty() || periods.iter().any(|kind| kind == period.kind());
        let sections = outline.sections.iter().filter(|section| here(&section.periods));
        let mut all: Vec<Bound> = Vec::new();
        for bound in sections.flat_map(|section| &section.sentences).flat_map(|sentence| &sentence.figures) {
            if !bound.previous && !bound.own && !all.contains(bound) {
                all.push(bound.clone());
            }
        }
        Ok(all)
    }

    /// What a government below signed, where whoever asks may read it: as it came up, or as it was published.
    fn kept_of_below(
        &self,
        asker: Asker<'_>,
        place: &PlaceCode,
        below: &crate::Below,
        period: Stretch,
    ) -> Result<Option<Kept>, TellError> {
        let received = below.received.as_ref().filter(|received| received.kept.is_some());
        if let Some(received) = received
            && self.reads(asker, place, received.record)?
        {
            return Ok(received.kept.clone());
        }
        Ok(self.signed_of(asker, &below.government, period)?.map(|signed| signed.kept))
    }

    /// What the records of a government tell of figures.
    fn counted_for(
        &self,
        government: &GovernmentCode,
        period: Period,
        asked: &[&Bound],
    ) -> Result<Vec<Option<Amount>>, TellError> {
        let at = telling::place(&self.catalog, government, period.to)?;
        let lines = self.figure_lines(government, period.to);
        let mut read = self.store.read()?;
        let as_of = telling::as_of(read.as_mut(), &at.governments)?;
        let mut known: BTreeMap<Code, Vec<crate::FigureValue>> = BTreeMap::new();
        let mut all = Vec::new();
        for bound in asked {
            let told = match known.get(&bound.figure) {
                Some(told) => told,
                None => {
                    let read: &mut dyn Read = read.as_mut();
                    let told = telling::told(read, &lines, &at, period, &as_of, Some(&bound.figure))?;
                    known.entry(bound.figure.clone()).or_insert(told)
                }
            };
            all.push(told.iter().find(|value| value.part == bound.choice).and_then(|value| value.value));
        }
        Ok(all)
    }
}

/// The figure that is bound, with its line.
fn declared<'l>(lines: &'l [std::sync::Arc<Line>], bound: &Bound) -> Option<(&'l Line, &'l Figure)> {
    let both = |line: &'l std::sync::Arc<Line>| line.figures.iter().map(move |figure| (line.as_ref(), figure));
    lines.iter().flat_map(both).find(|(_, figure)| figure.code == bound.figure)
}

/// Its name, with its part in brackets.
fn named(line: &Line, figure: &Figure, bound: &Bound) -> Said {
    let choices = figure.by.map(|field| line.field(field).choices()).unwrap_or_default();
    let part = bound.choice.as_ref().and_then(|code| choices.iter().find(|choice| choice.code == *code));
    telling::title_of(figure, part)
}
