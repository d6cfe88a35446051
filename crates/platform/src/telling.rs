//! Figures, reports and the comparison with what was published.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::Catalog;
use figures::{Amount, Figures, Period, Places, delta_query, tell};
use ledger::{Fault, Read, RecordRow};
use procedure::{Figure, Line, Said};
use reader::Qualifier;
use terms::{Code, Date, GovernmentCode, PlaceCode, RecordId};

use crate::{Platform, commit::decode_state};

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
    /// Other names in published reports.
    pub also: Vec<String>,
}

/// A published figure beside ours.
#[derive(Clone, Debug)]
pub struct Compared {
    /// As published.
    pub published: reader::Figure,
    /// Ours.
    pub ours: FigureValue,
    /// Theirs less ours.
    pub difference: Option<Amount>,
}

impl Compared {
    /// Whether our figure is what the report says: 余 and 以上 mean no less, 近 and 以内 no more, each within a tenth.
    pub fn agrees(&self) -> bool {
        let (Some(difference), Some(ours)) = (self.difference, self.ours.value) else { return false };
        let small = Amount { units: difference.units.saturating_mul(10).saturating_abs(), ..difference };
        let small = small.compare(ours).is_some_and(|order| order.is_le());
        match self.published.qualifier {
            Qualifier::Exact => difference.is_zero(),
            Qualifier::Over => difference.units <= 0 && small,
            Qualifier::AtLeast => difference.units <= 0,
            Qualifier::Nearly => difference.units >= 0 && small,
            Qualifier::AtMost => difference.units >= 0,
            Qualifier::Approx => small,
        }
    }
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

    /// A published report beside our records, for the figures that both know.
    ///
    /// # Errors
    /// Where the place is unknown or the store cannot be read.
    pub fn compare(&self, place: &PlaceCode, year: i16, report: &str, text: &str) -> Result<Vec<Compared>, TellError> {
        let period = Period::year(year).ok_or_else(|| TellError::UnknownPlace(place.clone()))?;
        let now = self.figures(place, period)?;
        let then = self.figures(place, period.previous())?;
        let mut all = Vec::new();
        for published in reader::read(report, text) {
            let (subject, earlier) = subject_of(&published.subject, year);
            let before = words_before(text, published.line, published.column);
            let values = if earlier { &then } else { &now };
            let ours = values
                .iter()
                .filter(|value| value.unit == published.unit || counts(&value.unit) && counts(&published.unit))
                .map(|value| (likeness(&subject, &before, value), value))
                .max_by_key(|(likeness, _)| *likeness)
                .filter(|(likeness, _)| *likeness >= LIKE);
            let Some((_, ours)) = ours else { continue };
            let theirs = amount(&published.value.to_string());
            let difference = theirs.zip(ours.value).and_then(|(theirs, ours)| theirs.minus(ours));
            all.push(Compared { published, ours: ours.clone(), difference });
        }
        Ok(all)
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
    let mut all = Vec::new();
    for (line, figure) in figures.iter().filter(|(_, figure)| only.is_none_or(|code| figure.code == code)) {
        let told = tell(read, &figures, &figure.code, at.told(as_of), period)?;
        let within = figures::whole_of(line, figure).map(|whole| whole.code.clone());
        all.extend(told.into_iter().map(|told| value_of(figure, told, within.clone(), period, as_of, at.own)));
    }
    Ok(all)
}

/// Subjects at least this alike (per mille of shared pairs of characters) name the same figure.
const LIKE: u32 = 750;

/// Units of plain counting, which reports use one for the other.
fn counts(unit: &str) -> bool {
    matches!(unit, "件" | "个" | "项" | "条" | "名" | "人" | "场" | "场次" | "次" | "份")
}

/// The subject without a year in brackets or 上年 before it, and whether that year is the one before.
fn subject_of(subject: &str, year: i16) -> (String, bool) {
    let mark = format!("（{}年）", year - 1);
    let before = subject.contains(&mark) || subject.starts_with("上年");
    (subject.replace(&mark, "").replace(&format!("（{year}年）"), "").replace("上年", ""), before)
}

/// How surely a published figure is this one: by the words right before its number, where they are one of the names
/// that the figure has in reports, else by how alike the subject and the nearest name are.
fn likeness(subject: &str, before: &str, value: &FigureValue) -> u32 {
    let stated = value.also.iter().filter(|name| before.ends_with(name.as_str())).map(|name| name.chars().count());
    if let Some(length) = stated.max() {
        return 1_000 + u32::try_from(length).unwrap_or(0);
    }
    let own = std::iter::once(value.title.zh.as_str());
    own.chain(value.also.iter().map(String::as_str)).map(|name| alike(subject, name)).max().unwrap_or(0)
}

/// The words of a line up to a column (both from 1), without the words that lead over to a number.
fn words_before(text: &str, line: u32, column: u32) -> String {
    let number = |from_one: u32| usize::try_from(from_one.saturating_sub(1)).unwrap_or(0);
    let line = text.lines().nth(number(line)).unwrap_or_default();
    let words: String = line.chars().take(number(column)).collect();
    words.trim_end_matches(|last| "达为共计了约近超".contains(last)).to_owned()
}

/// Shared pairs of characters, per mille (Dice).
fn alike(left: &str, right: &str) -> u32 {
    let pairs = |text: &str| {
        let chars: Vec<char> = text.chars().collect();
        let mut pairs: Vec<(char, char)> = chars.windows(2).map(|pair| (pair[0], pair[1])).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    };
    let (left, right) = (pairs(left), pairs(right));
    let shared = left.iter().filter(|pair| right.contains(pair)).count();
    let all = left.len() + right.len();
    (2_000 * shared).checked_div(all).and_then(|share| u32::try_from(share).ok()).unwrap_or(0)
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
    let named = |name: &String| match told.part {
        None => name.clone(),
        Some(part) => format!("{name}（{}）", part.title.zh),
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
        also: figure.also.iter().map(named).collect(),
    }
}
