//! A figure told: for a place and a period, as of log positions, from the sums of deltas.

use ledger::{DeltaQuery, Fault, GroupBy, Read};
use procedure::{Choice, Counted, Figure, Line};
use terms::{Code, Date, GovernmentCode, PlaceCode};

use crate::Amount;

/// A period, first and last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Period {
    /// A calendar year.
    pub fn year(year: i16) -> Option<Period> {
        Some(Period { from: Date::new(year, 1, 1).ok()?, to: Date::new(year, 12, 31).ok()? })
    }
    /// The same period a year earlier; 29 February becomes the 28th.
    pub fn previous(self) -> Period {
        let back = |day: Date| {
            let year = day.year() - 1;
            Date::new(year, day.month(), day.day()).or_else(|_| Date::new(year, day.month(), 28)).unwrap_or(day)
        };
        Period { from: back(self.from), to: back(self.to) }
    }
}

/// The figures of all lines, by code; ratios may reach across lines.
#[derive(Clone, Default)]
pub struct Figures<'a> {
    all: Vec<(&'a Line, &'a Figure)>,
}

/// A figure told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told<'a> {
    /// Its line.
    pub line: &'a Code,
    /// The figure.
    pub figure: &'a Figure,
    /// The part, for one of a breakdown.
    pub part: Option<&'a Choice>,
    /// The value; `None` where it cannot be told (nothing to divide by).
    pub value: Option<Amount>,
}

impl<'a> Figures<'a> {
    /// The figures of these lines, in their order.
    pub fn new(lines: impl Iterator<Item = &'a Line>) -> Figures<'a> {
        Figures { all: lines.flat_map(|line| line.figures.iter().map(move |figure| (line, figure))).collect() }
    }
    /// The figure with a code.
    pub fn get(&self, code: &str) -> Option<(&'a Line, &'a Figure)> {
        self.all.iter().copied().find(|(_, figure)| figure.code == code)
    }
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&'a Line, &'a Figure)> + '_ {
        self.all.iter().copied()
    }
}

/// Where a figure is told for.
#[derive(Clone, Copy, Debug)]
pub struct Places<'p> {
    /// Governments, each as of a position of its log.
    pub as_of: &'p [(GovernmentCode, u64)],
    /// Ranges of places within them; empty: anywhere.
    pub ranges: &'p [(PlaceCode, PlaceCode)],
    /// Agencies; empty: all of them.
    pub agencies: &'p [Code],
}

/// The deltas behind a figure; a stock is summed from the beginning. `None` for a figure computed from others.
pub fn delta_query(figure: &Figure, places: Places<'_>, period: Period) -> Option<DeltaQuery> {
    let from = match &figure.counted {
        counted if counted.stands() => None,
        counted if counted.from_records() => Some(period.from),
        _ => return None,
    };
    Some(DeltaQuery {
        governments: places.as_of.iter().map(|(government, _)| government.clone()).collect(),
        as_of: places.as_of.to_vec(),
        figure: figure.code.clone(),
        from,
        to: Some(period.to),
        places: places.ranges.to_vec(),
        agencies: places.agencies.to_vec(),
        ..DeltaQuery::default()
    })
}

/// Tells a figure, and its parts where it is broken down.
///
/// # Errors
/// Where the store cannot be read.
pub fn tell<'a>(
    read: &mut dyn Read,
    figures: &Figures<'a>,
    code: &str,
    places: Places<'_>,
    period: Period,
) -> Result<Vec<Told<'a>>, Fault> {
    let Some((line, figure)) = figures.get(code) else { return Ok(Vec::new()) };
    let value = value(read, figures, line, figure, places, period, 0)?;
    let mut told = vec![Told { line: &line.code, figure, part: None, value }];
    if let (Some(field), Some(query)) = (figure.by, delta_query(figure, places, period)) {
        let sums = read.sums(&query, GroupBy::Part)?;
        for choice in line.field(field).choices() {
            let sum = sums.iter().find(|sum| sum.key == choice.code).map_or(0, |sum| sum.amount);
            let value = Some(amount(line, figure, sum));
            told.push(Told { line: &line.code, figure, part: Some(choice), value });
        }
    }
    Ok(told)
}

/// Figures over figures are few and shallow; deeper is a circle that the catalogue let through.
const DEPTH: u8 = 8;

fn value(
    read: &mut dyn Read,
    figures: &Figures<'_>,
    line: &Line,
    figure: &Figure,
    places: Places<'_>,
    period: Period,
    depth: u8,
) -> Result<Option<Amount>, Fault> {
    if let Some(query) = delta_query(figure, places, period) {
        let sum = read.sums(&query, GroupBy::Nothing)?.first().map_or(0, |sum| sum.amount);
        return Ok(Some(amount(line, figure, sum)));
    }
    if depth > DEPTH {
        return Ok(None);
    }
    let mut of = |code: &Code, period: Period| match figures.get(code) {
        Some((line, figure)) => value(read, figures, line, figure, places, period, depth + 1),
        None => Ok(None),
    };
    Ok(match &figure.counted {
        Counted::Ratio(part, whole) => match (of(part, period)?, of(whole, period)?) {
            (Some(part), Some(whole)) => Amount::percent(part, whole),
            _ => None,
        },
        Counted::Difference(left, right) => match (of(left, period)?, of(right, period)?) {
            (Some(left), Some(right)) => left.minus(right),
            _ => None,
        },
        Counted::YearOnYear(code) => match (of(code, period)?, of(code, period.previous())?) {
            (Some(now), Some(then)) => now.minus(then).and_then(|change| Amount::percent(change, then)),
            _ => None,
        },
        Counted::Agencies(code) => match figures.get(code).and_then(|(_, of)| delta_query(of, places, period)) {
            Some(query) => {
                let agencies = read.sums(&query, GroupBy::Agency)?;
                let count = agencies.iter().filter(|sum| sum.amount > 0).count();
                Some(Amount::whole(i64::try_from(count).unwrap_or(i64::MAX)))
            }
            None => None,
        },
        counted => {
            debug_assert!(counted.from_records());
            None
        }
    })
}

/// A sum of deltas of a figure as its amount.
pub fn amount(line: &Line, figure: &Figure, sum: i64) -> Amount {
    match &figure.counted {
        Counted::Sum(_, field) if line.field(*field).kind == procedure::FieldType::Money => Amount::fen(sum),
        _ => Amount::whole(sum),
    }
}
