//! Figures, reports and the comparison with what was published.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::Catalog;
use figures::{Amount, Figures, Period, Places, delta_query, tell};
use ledger::{Fault, Read, RecordRow};
use procedure::{Figure, Line, Said};
use terms::{Code, Date, GovernmentCode, PlaceCode, RecordId};

use crate::{Platform, rows::decode_state};

/// Governments, each with the position of its log up to which figures are told. Told as of the same list they are the
/// same, whatever was recorded since.
pub type AsOf = Arc<[(GovernmentCode, u64)]>;

/// A figure told, with nothing borrowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureValue {
    /// Line.
    pub line: Code,
    /// Figure.
    pub code: Code,
    /// Title; of a part, with the part in brackets.
    pub title: Said,
    /// Unit.
    pub unit: String,
    /// Choice, for one part of a breakdown.
    pub part: Option<Code>,
    /// Value; `None` where it cannot be told.
    pub value: Option<Amount>,
    /// Told of the agencies at the place itself alone, and not of those below it.
    pub own: bool,
    /// It is not told to the public, because it is small.
    pub hidden: bool,
    /// Period.
    pub period: Period,
    /// Log positions as of which it is told.
    pub as_of: AsOf,
    /// Whether it is counted from records, and so opens into them.
    pub opens: bool,
    /// The figures that it is computed from.
    pub of: Vec<Code>,
    /// The figure of which it counts a part, where what is left of that is nobody's business either.
    pub within: Option<Code>,
}

/// A record behind a figure, with what it adds.
#[derive(Clone, Debug)]
pub struct Behind {
    /// The record.
    pub row: RecordRow,
    /// What it adds.
    pub amount: i64,
}

/// Why a place cannot be told of.
#[derive(Debug)]
pub enum TellError {
    /// There is no such place on that day.
    UnknownPlace(PlaceCode),
    /// The code holds at another time, and not on the last day of the period; another may act for it then.
    AnotherTime {
        /// The code.
        place: PlaceCode,
        /// The day.
        on: Date,
        /// Who acts for it on that day.
        now: Option<(PlaceCode, String)>,
    },
    /// There is no such figure.
    UnknownFigure(String),
    /// There is no such outline.
    NoOutline,
    /// What is asked for is no such report, or not for whoever asks.
    NoReport,
    /// The file of a published report gives no text.
    Unread(reader::OpenError),
    /// The store failed.
    Fault(Fault),
}

impl From<Fault> for TellError {
    fn from(fault: Fault) -> TellError {
        TellError::Fault(fault)
    }
}

impl std::fmt::Display for TellError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TellError::UnknownPlace(place) => {
                write!(f, "there is no place {place} in that period; see catalog/regions")
            }
            TellError::AnotherTime { place, on, now: Some((code, name)) } => {
                write!(f, "the code {place} is not in use on {on}; on that day {name} ({code}) stands in its place")
            }
            TellError::AnotherTime { place, on, now: None } => {
                write!(f, "the code {place} is not in use on {on}; see catalog/regions for when it is")
            }
            TellError::UnknownFigure(code) => write!(f, "there is no figure `{code}`; `fazhi figures` lists them"),
            TellError::NoOutline => write!(f, "the catalogue has no report outline; add one under catalog/reports"),
            TellError::NoReport => write!(f, "there is no such report"),
            TellError::Unread(why) => why.fmt(f),
            TellError::Fault(fault) => fault.fmt(f),
        }
    }
}
impl std::error::Error for TellError {}

/// Of whom figures are told.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'p> {
    place: &'p PlaceCode,
    own: bool,
}

impl<'p> From<&'p PlaceCode> for Whose<'p> {
    /// A place with all that lies below it.
    fn from(place: &'p PlaceCode) -> Whose<'p> {
        Whose { place, own: false }
    }
}

impl<'p> Whose<'p> {
    /// The agencies that sit at the place itself, and none below it: 本级.
    pub fn own(place: &'p PlaceCode) -> Whose<'p> {
        Whose { place, own: true }
    }
}

/// Where figures are told from.
pub(crate) struct Where {
    /// Whose logs.
    pub(crate) governments: Vec<GovernmentCode>,
    /// Places within their records; none: all of them.
    pub(crate) ranges: Vec<(PlaceCode, PlaceCode)>,
    agencies: Vec<Code>,
    /// The agencies alone, and not those below.
    own: bool,
}

impl Where {
    /// What is told there as of positions.
    pub(crate) fn told<'p>(&'p self, as_of: &'p [(GovernmentCode, u64)]) -> Places<'p> {
        Places { as_of, ranges: &self.ranges, agencies: &self.agencies }
    }
}

impl FigureValue {
    /// The logs as of which it is told, those that had begun: `7`, or of several `410700:7 410702:12`.
    pub fn positions(&self) -> String {
        match &*self.as_of {
            [] => "0".to_owned(),
            [(_, position)] => position.to_string(),
            many => {
                let begun = many.iter().filter(|(_, position)| *position > 0);
                begun.map(|(government, position)| format!("{government}:{position}")).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

impl Platform {
    /// The governments whose records figures are told from, and the ranges of places or the agencies within them.
    pub(crate) fn place<'p>(&self, whose: impl Into<Whose<'p>>, on: Date) -> Result<Where, TellError> {
        let Whose { place: code, own } = whose.into();
        let all = place(&self.catalog, code, on)?;
        if own { Ok(own_level(&self.catalog, self.store.read()?.as_mut(), code, on)?) } else { Ok(all) }
    }

    /// The newest version of every line as it holds for a place: its figures, with local choices.
    pub(crate) fn figure_lines(&self, place: &PlaceCode, on: Date) -> Vec<std::sync::Arc<Line>> {
        figure_lines(&self.catalog, place, on)
    }

    /// What a figure of a place is called, or a part of one: `reconsideration.received`, `mediation.by_source/petition`.
    pub fn figure_title(&self, place: &PlaceCode, on: Date, code: &str) -> Option<Said> {
        let (code, part) = code.split_once('/').map_or((code, None), |(code, part)| (code, Some(part)));
        let lines = self.figure_lines(place, on);
        let figures = Figures::new(lines.iter().map(AsRef::as_ref));
        let (line, figure) = figures.get(code)?;
        let choices = figure.by.map(|field| line.field(field).choices()).unwrap_or_default();
        Some(title_of(figure, part.and_then(|part| choices.iter().find(|choice| choice.code == part))))
    }

    /// Every figure of a place and period.
    ///
    /// # Errors
    /// Where the place is unknown or the store cannot be read.
    pub fn figures<'p>(&self, whose: impl Into<Whose<'p>>, period: Period) -> Result<Vec<FigureValue>, TellError> {
        let whose = whose.into();
        let at = self.place(whose, period.to)?;
        let mut read = self.store.read()?;
        let as_of = as_of(read.as_mut(), &at.governments)?;
        self.told(read.as_mut(), whose, &at, period, &as_of, None)
    }

    /// One figure of a place and period, with its parts.
    ///
    /// # Errors
    /// Where the place or the figure is unknown, or the store cannot be read.
    pub fn figure<'p>(
        &self,
        whose: impl Into<Whose<'p>>,
        period: Period,
        code: &str,
    ) -> Result<Vec<FigureValue>, TellError> {
        let whose = whose.into();
        let at = self.place(whose, period.to)?;
        let mut read = self.store.read()?;
        let as_of = as_of(read.as_mut(), &at.governments)?;
        let told = self.told(read.as_mut(), whose, &at, period, &as_of, Some(code))?;
        if told.is_empty() {
            return Err(TellError::UnknownFigure(code.to_owned()));
        }
        Ok(told)
    }

    /// The same as they were told before, as of the positions that were told with them.
    ///
    /// # Errors
    /// Where the place is unknown or the store cannot be read.
    pub fn figures_as_of<'p>(
        &self,
        whose: impl Into<Whose<'p>>,
        period: Period,
        as_of: &AsOf,
    ) -> Result<Vec<FigureValue>, TellError> {
        let whose = whose.into();
        let at = self.place(whose, period.to)?;
        self.told(self.store.read()?.as_mut(), whose, &at, period, as_of, None)
    }

    fn told(
        &self,
        read: &mut dyn Read,
        whose: Whose<'_>,
        at: &Where,
        period: Period,
        as_of: &AsOf,
        only: Option<&str>,
    ) -> Result<Vec<FigureValue>, TellError> {
        Ok(told(read, &self.figure_lines(whose.place, period.to), at, period, as_of, only)?)
    }

    /// The records behind a figure counted from records: exactly those whose amounts add up to it.
    ///
    /// # Errors
    /// Where the place or the figure is unknown, or the store cannot be read.
    pub fn behind<'p>(
        &self,
        whose: impl Into<Whose<'p>>,
        period: Period,
        code: &str,
        part: Option<&str>,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Behind>, TellError> {
        let mut read = self.store.read()?;
        let Some(query) = self.behind_query(read.as_mut(), whose.into(), period, code, part)? else {
            return Ok(Vec::new());
        };
        let mut all = Vec::new();
        for (government, record, amount) in read.counted(&query, after, limit)? {
            if let Some(row) = read.record(&government, record)? {
                all.push(Behind { row, amount });
            }
        }
        Ok(all)
    }

    /// What all the records behind a figure add up to, each for itself.
    ///
    /// # Errors
    /// Where the place or the figure is unknown, or the store cannot be read.
    pub fn behind_total<'p>(
        &self,
        whose: impl Into<Whose<'p>>,
        period: Period,
        code: &str,
        part: Option<&str>,
    ) -> Result<i64, TellError> {
        const STRETCH: u32 = 10_000;
        let mut read = self.store.read()?;
        let Some(query) = self.behind_query(read.as_mut(), whose.into(), period, code, part)? else { return Ok(0) };
        let (mut total, mut after) = (0, None);
        loop {
            let rows = read.counted(&query, after, STRETCH)?;
            total += rows.iter().map(|(_, _, amount)| amount).sum::<i64>();
            match rows.last() {
                Some((_, last, _)) if rows.len() >= STRETCH as usize => after = Some(*last),
                _ => return Ok(total),
            }
        }
    }

    /// The deltas behind a figure; none for a figure computed from others.
    fn behind_query(
        &self,
        read: &mut dyn Read,
        whose: Whose<'_>,
        period: Period,
        code: &str,
        part: Option<&str>,
    ) -> Result<Option<ledger::DeltaQuery>, TellError> {
        let lines = self.figure_lines(whose.place, period.to);
        let figures = Figures::new(lines.iter().map(AsRef::as_ref));
        let (_, figure) = figures.get(code).ok_or_else(|| TellError::UnknownFigure(code.to_owned()))?;
        let figure = match &figure.counted {
            procedure::Counted::Agencies(of) => figures.get(of).map_or(figure, |(_, figure)| figure),
            _ => figure,
        };
        let at = self.place(whose, period.to)?;
        let as_of = as_of(read, &at.governments)?;
        let query = delta_query(figure, at.told(&as_of), period);
        Ok(query.map(|query| ledger::DeltaQuery { part: part.map(Code::from), ..query }))
    }

    /// The same figures counted from the records themselves, for `fazhi recount`.
    ///
    /// # Errors
    /// Where the place is unknown or the store cannot be read.
    pub fn recount<'p>(
        &self,
        whose: impl Into<Whose<'p>>,
        period: Period,
    ) -> Result<BTreeMap<(Code, Code), i64>, TellError> {
        let at = self.place(whose, period.to)?;
        let mut read = self.store.read()?;
        let mut sums = BTreeMap::new();
        for government in &at.governments {
            let mut after = None;
            loop {
                let query = ledger::RecordQuery {
                    government: Some(government.clone()),
                    places: at.ranges.clone(),
                    agencies: at.agencies.clone(),
                    after,
                    limit: 1_000,
                    ..ledger::RecordQuery::default()
                };
                let rows = read.records(&query)?;
                let Some(last) = rows.last() else { break };
                after = Some((Some(last.opened), last.id));
                for row in &rows {
                    let line = self.definitions.line(read.as_mut(), row.definition)?;
                    let Some(record) = decode_state(&row.state) else { continue };
                    for one in figures::contributions(&line, &record, &self.catalog.calendar) {
                        let figure = &line.figures[one.figure];
                        let stock = figure.counted.stands();
                        if one.day <= period.to && (stock || one.day >= period.from) {
                            *sums.entry((figure.code.clone(), one.part)).or_insert(0) += one.amount;
                        }
                    }
                }
            }
        }
        Ok(sums)
    }
}

/// The governments whose records a place's figures are told from, and the ranges of places within them.
pub(crate) fn place(catalog: &Catalog, place: &PlaceCode, on: Date) -> Result<Where, TellError> {
    let regions = &catalog.regions;
    if regions.get(place, on).is_none() {
        return Err(match regions.all().iter().any(|region| region.code == *place) {
            true => TellError::AnotherTime {
                place: place.clone(),
                on,
                now: regions.acting(place, on).map(|region| (region.code.clone(), region.name.clone())),
            },
            false => TellError::UnknownPlace(place.clone()),
        });
    }
    let below = regions.subtree(place, on);
    let mut governments: Vec<GovernmentCode> =
        below.iter().filter_map(|region| regions.government(&region.code, on)).collect();
    governments.sort();
    governments.dedup();
    Ok(Where { governments, ranges: regions.ranges(place, on), agencies: Vec::new(), own: false })
}

/// Those who sit at a place, wherever the matters lie that they handle.
pub(crate) fn own_level(catalog: &Catalog, read: &mut dyn Read, place: &PlaceCode, on: Date) -> Result<Where, Fault> {
    let governments: Vec<GovernmentCode> = catalog.regions.government(place, on).into_iter().collect();
    let mut agencies = Vec::new();
    for government in &governments {
        let there = read.agencies(government)?.into_iter().filter(|agency| agency.place == *place);
        agencies.extend(there.map(|agency| agency.code));
    }
    if agencies.is_empty() {
        // Nobody sits there: no agency has this code, where an empty list would be all of them.
        agencies.push(Code::default());
    }
    Ok(Where { governments, ranges: Vec::new(), agencies, own: true })
}

/// The newest version of every line as it holds for a place: its figures, with local choices.
pub(crate) fn figure_lines(catalog: &Catalog, place: &PlaceCode, on: Date) -> Vec<Arc<Line>> {
    let line = |code: Code| {
        let local = catalog.line(&code, place, on);
        local.or_else(|| catalog.versions(&code).last().cloned())
    };
    catalog.codes().into_iter().filter_map(line).collect()
}

/// Every figure of these lines, or one alone with its parts.
pub(crate) fn told(
    read: &mut dyn Read,
    lines: &[Arc<Line>],
    at: &Where,
    period: Period,
    as_of: &AsOf,
    only: Option<&str>,
) -> Result<Vec<FigureValue>, Fault> {
    let figures = Figures::new(lines.iter().map(AsRef::as_ref));
    // Positions may be those of a whole subtree where the place itself is asked for: agencies of other governments have
    // the same codes.
    let ours = |(government, _): &&(GovernmentCode, u64)| at.governments.contains(government);
    let as_of: &AsOf = &as_of.iter().filter(ours).cloned().collect();
    let mut all = Vec::new();
    for (line, figure) in figures.iter().filter(|(_, figure)| only.is_none_or(|code| figure.code == code)) {
        let told = tell(read, &figures, &figure.code, at.told(as_of), period)?;
        let within = figures::whole_of(line, figure).map(|whole| whole.code.clone());
        all.extend(told.into_iter().map(|told| value_of(figure, told, within.clone(), period, as_of, at.own)));
    }
    Ok(all)
}

/// A decimal in plain digits as an amount.
pub(crate) fn amount(text: &str) -> Option<Amount> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let scale = u8::try_from(part.len()).ok()?;
    Some(Amount { units: format!("{whole}{part}").parse().ok()?, scale })
}

/// Where each log stands now.
pub(crate) fn as_of(read: &mut dyn Read, governments: &[GovernmentCode]) -> Result<AsOf, Fault> {
    Ok(read.heads(governments)?.into_iter().map(|(government, head)| (government, head.position)).collect())
}

/// The title of a figure; of a part, with the part in brackets.
pub(crate) fn title_of(figure: &Figure, part: Option<&procedure::Choice>) -> Said {
    match part {
        None => figure.title.clone(),
        Some(part) => Said {
            zh: format!("{}（{}）", figure.title.zh, part.title.zh),
            en: format!("{} ({})", figure.title.en, part.title.en),
        },
    }
}

fn value_of(
    figure: &Figure,
    told: figures::Told<'_>,
    within: Option<Code>,
    period: Period,
    as_of: &AsOf,
    own: bool,
) -> FigureValue {
    use procedure::Counted;
    let title = title_of(figure, told.part);
    let of = match &figure.counted {
        Counted::Ratio(part, whole) | Counted::Difference(part, whole) => vec![part.clone(), whole.clone()],
        Counted::YearOnYear(code) => vec![code.clone()],
        _ => Vec::new(),
    };
    FigureValue {
        line: told.line.clone(),
        code: figure.code.clone(),
        title,
        unit: figure.unit.clone(),
        part: told.part.map(|part| part.code.clone()),
        value: told.value,
        own,
        hidden: false,
        period,
        as_of: Arc::clone(as_of),
        opens: figure.counted.from_records() || matches!(figure.counted, Counted::Agencies(_)),
        of,
        within,
    }
}
