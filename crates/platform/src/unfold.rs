//! A figure unfolded: beside itself in other periods, by its parts, by the places one level below, by agency. For the public
//! small counts of a breakdown are hidden, with as many others as it takes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use figures::{
    Amount, Figures, Period, Places, SMALLEST, Shown, amount, delta_query, shown_within, small, tell, whole_of,
};
use ledger::{Fault, GroupBy, Read};
use procedure::{Choice, Counted, Figure, Line, Said};
use terms::{Code, Date, Digest, GovernmentCode, Level, PlaceCode, Stretch};

use crate::telling::AsOf;
use crate::{Asker, FigureValue, Platform, Published, Reported, TellError, Whose};

/// A value of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// As it is.
    Value(Amount),
    /// It cannot be told: there is nothing to divide by.
    Unknown,
    /// It is so small that it would point at somebody, or would let such a one be computed.
    Hidden,
}

impl Cell {
    /// The value, where it is shown.
    pub fn value(self) -> Option<Amount> {
        if let Cell::Value(amount) = self { Some(amount) } else { None }
    }
}

/// A row of a table: what it is of, its value, and for a share what it was divided by.
#[derive(Clone, Debug)]
pub struct Unfolded<K> {
    /// Of what.
    pub of: K,
    /// The value.
    pub cell: Cell,
    /// Its rank among the others, the greatest first; none where it would not be fair.
    pub rank: Option<usize>,
}

/// A figure with its tables.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The value of the period itself.
    pub own: Cell,
    /// Of the period right before.
    pub before: Cell,
    /// Which that is.
    pub before_period: Period,
    /// The same period in each of five years.
    pub years: Vec<Unfolded<Period>>,
    /// The twelve months up to the end of the period.
    pub months: Vec<Unfolded<Period>>,
    /// By the parts that its line names.
    pub parts: Vec<Unfolded<(Code, Said)>>,
    /// By the places one level below; what is the place's own stands under its own code.
    pub places: Vec<Unfolded<PlaceCode>>,
    /// By agency, of one government.
    pub agencies: Vec<Unfolded<Code>>,
    /// The logs that it was told from: how far, and the hash over each up to there.
    pub heads: Vec<(GovernmentCode, u64, Digest)>,
    /// Whether places and agencies can be ranked: by a share, and never by a count.
    pub fair: bool,
}

/// What a figure is told by.
enum Axis {
    /// Periods, each for itself.
    Periods(Vec<Period>),
    /// Months that follow each other: parts of one span.
    Months(Vec<Period>),
    /// Parts of a breakdown.
    Parts(Vec<Code>),
    /// Places with their ranges; a code that lies in none belongs to the last.
    Places(Vec<Vec<(PlaceCode, PlaceCode)>>),
    /// Agencies.
    Agencies(Vec<Code>),
}

impl Axis {
    fn len(&self) -> usize {
        match self {
            Axis::Periods(all) | Axis::Months(all) => all.len(),
            Axis::Parts(all) | Axis::Agencies(all) => all.len(),
            Axis::Places(all) => all.len(),
        }
    }

    fn year_before(&self) -> Axis {
        let back = |all: &[Period]| all.iter().map(|period| period.previous()).collect();
        match self {
            Axis::Periods(all) => Axis::Periods(back(all)),
            Axis::Months(all) => Axis::Months(back(all)),
            Axis::Parts(all) => Axis::Parts(all.clone()),
            Axis::Places(all) => Axis::Places(all.clone()),
            Axis::Agencies(all) => Axis::Agencies(all.clone()),
        }
    }
}

/// Tells cells.
struct Teller<'t> {
    read: &'t mut dyn Read,
    figures: &'t Figures<'t>,
    as_of: &'t [(GovernmentCode, u64)],
    ranges: &'t [(PlaceCode, PlaceCode)],
    period: Period,
    part: Option<&'t Code>,
    public: bool,
    /// A government's whole year, of which also what is small is told.
    whole: bool,
}

/// So many records are looked through for what of them is published, and so much of that is shown.
const LOOKED: u32 = 1_000;
const PUBLISHED: usize = 50;

/// As deep as figures are computed from figures.
const DEPTH: u8 = 8;

impl<'t> Teller<'t> {
    /// Where it tells.
    fn places(&self) -> Places<'t> {
        Places { as_of: self.as_of, ranges: self.ranges, agencies: &[] }
    }

    fn cells(&mut self, line: &Line, figure: &Figure, axis: &Axis, depth: u8) -> Result<Vec<Cell>, Fault> {
        let none = vec![Cell::Unknown; axis.len()];
        if figure.counted.from_records() {
            return self.counted(line, figure, axis);
        }
        if depth > DEPTH {
            return Ok(none);
        }
        let figures = self.figures;
        let mut of = |code: &Code, axis: &Axis| match figures.get(code) {
            Some((line, figure)) => self.cells(line, figure, axis, depth + 1),
            None => Ok(none.clone()),
        };
        let both = |left: Vec<Cell>, right: Vec<Cell>, join: &dyn Fn(Amount, Amount) -> Option<Amount>| {
            let one = |(left, right)| match (left, right) {
                (Cell::Value(left), Cell::Value(right)) => join(left, right).map_or(Cell::Unknown, Cell::Value),
                (Cell::Hidden, _) | (_, Cell::Hidden) => Cell::Hidden,
                _ => Cell::Unknown,
            };
            left.into_iter().zip(right).map(one).collect::<Vec<_>>()
        };
        Ok(match &figure.counted {
            Counted::Ratio(part, whole) => both(of(part, axis)?, of(whole, axis)?, &Amount::percent),
            Counted::Difference(left, right) => both(of(left, axis)?, of(right, axis)?, &Amount::minus),
            Counted::YearOnYear(code) => {
                let now = of(code, axis)?;
                let period = self.period;
                self.period = period.previous();
                let then = match self.figures.get(code) {
                    Some((line, figure)) => self.cells(line, figure, &axis.year_before(), depth + 1),
                    None => Ok(none),
                };
                self.period = period;
                both(now, then?, &|now, then| Amount::percent(now.minus(then)?, then))
            }
            // How many agencies there are in a part of the whole says nothing of the others.
            _ => match axis {
                Axis::Periods(periods) | Axis::Months(periods) => {
                    let mut all = Vec::new();
                    for period in periods {
                        let places = self.places();
                        let told = tell(self.read, self.figures, &figure.code, places, *period)?;
                        all.push(told.first().and_then(|told| told.value).map_or(Cell::Unknown, Cell::Value));
                    }
                    all
                }
                _ => none,
            },
        })
    }

    /// What a figure counts along an axis, as cells.
    fn counted(&mut self, line: &Line, figure: &Figure, axis: &Axis) -> Result<Vec<Cell>, Fault> {
        let sums = self.along(figure, axis)?;
        let plain = |sum: i64| Cell::Value(amount(line, figure, sum));
        if !self.public {
            return Ok(sums.into_iter().map(plain).collect());
        }
        let total = self.total(figure, axis, &sums)?;
        if let (Counted::Sum(..), Some(_)) = (&figure.counted, total) {
            // How many records stand behind a part of a sum is not known here: one alone would be its own amount.
            return Ok(vec![Cell::Hidden; sums.len()]);
        }
        // What each is a part of; a figure that is no part of another is its own.
        let whole = whole_of(line, figure);
        let wholes = whole.map_or_else(|| Ok(sums.clone()), |whole| self.along(whole, axis))?;
        let of: Vec<(i64, i64)> = sums.iter().copied().zip(wholes.iter().copied()).collect();
        Ok(match total {
            Some(total) => {
                let hide = |(sum, shown)| if shown == Shown::Hidden { Cell::Hidden } else { plain(sum) };
                let all = match whole {
                    Some(whole) => self.total(whole, axis, &wholes)?.unwrap_or(total),
                    None => total,
                };
                sums.into_iter().zip(shown_within((total, all), &of)).map(hide).collect()
            }
            None => {
                let told = self.whole && matches!(axis, Axis::Periods(_));
                let points = |sum: i64, of: i64| small(sum) || small(of - sum);
                let one = |(sum, of)| if points(sum, of) && !told { Cell::Hidden } else { plain(sum) };
                of.into_iter().map(one).collect()
            }
        })
    }

    /// What a figure adds up to over all the parts of an axis; nothing where they are no parts of anything.
    fn total(&mut self, figure: &Figure, axis: &Axis, sums: &[i64]) -> Result<Option<i64>, Fault> {
        Ok(match axis {
            Axis::Periods(_) => None,
            // Levels are no parts of anything.
            Axis::Months(_) if figure.counted.stands() => None,
            Axis::Months(_) => Some(sums.iter().sum()),
            _ => Some(self.sums(figure, self.period, GroupBy::Nothing)?.values().sum()),
        })
    }

    /// Sums of deltas along an axis.
    fn along(&mut self, figure: &Figure, axis: &Axis) -> Result<Vec<i64>, Fault> {
        let stands = figure.counted.stands();
        Ok(match axis {
            Axis::Periods(periods) => {
                let mut all = Vec::new();
                for period in periods {
                    all.push(self.sums(figure, *period, GroupBy::Nothing)?.values().sum());
                }
                all
            }
            Axis::Months(months) => {
                let (Some(first), Some(last)) = (months.first(), months.last()) else { return Ok(Vec::new()) };
                let by_month = self.sums(figure, Period { from: first.from, to: last.to }, GroupBy::Month)?;
                let key = |month: &Period| month.from.strftime("%Y-%m").to_string();
                let in_month = |month: &Period| by_month.get(&key(month)).copied().unwrap_or(0);
                if stands {
                    // What stood before the first month is what all earlier months left.
                    let before = by_month.iter().filter(|(month, _)| **month < key(first)).map(|(_, sum)| sum).sum();
                    let step = |stood: &mut i64, month: &Period| {
                        *stood += in_month(month);
                        Some(*stood)
                    };
                    months.iter().scan(before, step).collect()
                } else {
                    months.iter().map(in_month).collect::<Vec<i64>>()
                }
            }
            Axis::Parts(parts) => {
                let sums = self.sums(figure, self.period, GroupBy::Part)?;
                parts.iter().map(|part| sums.get(part.as_str()).copied().unwrap_or(0)).collect()
            }
            Axis::Agencies(agencies) => {
                let sums = self.sums(figure, self.period, GroupBy::Agency)?;
                agencies.iter().map(|agency| sums.get(agency.as_str()).copied().unwrap_or(0)).collect()
            }
            Axis::Places(places) => {
                let mut all = vec![0; places.len()];
                for (place, sum) in self.sums(figure, self.period, GroupBy::Place)? {
                    let place: Option<PlaceCode> = place.parse().ok();
                    let lies = |ranges: &Vec<(PlaceCode, PlaceCode)>| {
                        place.as_ref().is_some_and(|place| ranges.iter().any(|(from, to)| from <= place && place <= to))
                    };
                    let at = places.iter().position(lies).unwrap_or(places.len().saturating_sub(1));
                    if let Some(cell) = all.get_mut(at) {
                        *cell += sum;
                    }
                }
                all
            }
        })
    }

    fn sums(&mut self, figure: &Figure, period: Period, by: GroupBy) -> Result<BTreeMap<String, i64>, Fault> {
        let Some(mut query) = delta_query(figure, self.places(), period) else {
            return Ok(BTreeMap::new());
        };
        query.part = self.part.cloned();
        Ok(self.read.sums(&query, by)?.into_iter().map(|sum| (sum.key, sum.amount)).collect())
    }
}

impl Platform {
    /// A figure, or a part of one, with its tables. Of what `public` sees, small counts are hidden.
    ///
    /// # Errors
    /// Where the place or the figure is unknown, or the store cannot be read.
    pub fn unfold(
        &self,
        place: &PlaceCode,
        period: Period,
        (code, part): (&str, Option<&str>),
        public: bool,
    ) -> Result<Sheet, TellError> {
        let at = self.place(place, period.to)?;
        let lines = self.figure_lines(place, period.to);
        let figures = Figures::new(lines.iter().map(AsRef::as_ref));
        let (line, figure) = figures.get(code).ok_or_else(|| TellError::UnknownFigure(code.to_owned()))?;
        let part = part.map(Code::from);
        let mut read = self.store.read()?;
        let heads = read.heads(&at.governments)?;
        let as_of: AsOf = heads.iter().map(|(government, head)| (government.clone(), head.position)).collect();
        let heads = heads.into_iter().map(|(government, head)| (government, head.position, head.hash)).collect();
        let agencies: Vec<Code> = match at.governments.as_slice() {
            [one] => read.agencies(one)?.into_iter().map(|agency| agency.code).collect(),
            _ => Vec::new(),
        };
        let mut teller = Teller {
            read: read.as_mut(),
            figures: &figures,
            as_of: &as_of,
            ranges: &at.ranges,
            period,
            part: part.as_ref(),
            public,
            whole: part.is_none() && self.whole(place, period),
        };
        let (years, mut months) = (five_years(period), twelve_months(period.to));
        // Of a month to come nothing can be told, not even that it is nought.
        months.retain(|month| month.from <= self.now().date());
        let before_period = right_before(period);
        let mut of = |axis: &Axis| teller.cells(line, figure, axis, 0);
        let own = of(&Axis::Periods(vec![period, before_period]))?;
        let rows = |keys: Vec<Period>, cells: Vec<Cell>| {
            keys.into_iter().zip(cells).map(|(of, cell)| Unfolded { of, cell, rank: None }).collect::<Vec<_>>()
        };
        let by_year = rows(years.clone(), of(&Axis::Periods(years))?);
        let by_month = rows(months.clone(), of(&Axis::Months(months))?);
        let choices: &[Choice] = match (figure.by, &part) {
            (Some(field), None) => line.field(field).choices(),
            _ => &[],
        };
        let parts = of(&Axis::Parts(choices.iter().map(|choice| choice.code.clone()).collect()))?;
        let part = |(choice, cell): (&Choice, Cell)| Unfolded {
            of: (choice.code.clone(), choice.title.clone()),
            cell,
            rank: None,
        };
        let parts = choices.iter().zip(parts).map(part).collect();
        let below = self.below_place(place, period.to);
        let ranges = below.iter().map(|(_, ranges)| ranges.clone()).collect();
        let mut by_place = of(&Axis::Places(ranges))?;
        let by_agency = of(&Axis::Agencies(agencies.clone()))?;
        self.unheard(&teller.read.governments()?, &below, period.to, &mut by_place);
        let fair = figure.counted.in_percent();
        // A share of next to nothing says nothing.
        let bases = |axis: &Axis, teller: &mut Teller<'_>| match &figure.counted {
            Counted::Ratio(_, whole) => match figures.get(whole) {
                Some((line, figure)) => teller.cells(line, figure, axis, 0),
                None => Ok(Vec::new()),
            },
            _ => Ok(Vec::new()),
        };
        let place_bases = bases(&Axis::Places(below.iter().map(|(_, ranges)| ranges.clone()).collect()), &mut teller)?;
        let agency_bases = bases(&Axis::Agencies(agencies.clone()), &mut teller)?;
        let own_code = below.last().map(|(code, _)| code.clone());
        let mut places = ranked(below.into_iter().map(|(code, _)| code).collect(), by_place, &place_bases, fair);
        // The place itself is a row only where something is its own and of none below.
        places.retain(|row| Some(&row.of) != own_code.as_ref() || !is_nothing(row.cell));
        if places.len() < 2 {
            places.clear();
        }
        let mut agencies = ranked(agencies, by_agency, &agency_bases, fair);
        agencies.retain(|row| !is_nothing(row.cell));
        Ok(Sheet {
            own: own.first().copied().unwrap_or(Cell::Unknown),
            before: own.get(1).copied().unwrap_or(Cell::Unknown),
            before_period,
            years: by_year,
            months: by_month,
            parts,
            places,
            agencies,
            heads,
            fair,
        })
    }

    /// Whether it is a government's whole year: then it is told to the public whatever it is, as its report tells it.
    pub fn whole(&self, place: &PlaceCode, period: Period) -> bool {
        let year = Period::year(period.from.year()).is_some_and(|year| year == period);
        year && self.catalog.regions.get(place, period.to).is_some_and(|region| region.level <= Level::County)
    }

    /// Records behind a figure of which their line publishes something, newest publications and all, as far as one look goes.
    ///
    /// # Errors
    /// Where the place or the figure is unknown, or the store cannot be read.
    pub fn published_behind(
        &self,
        place: &PlaceCode,
        period: Period,
        (code, part): (&str, Option<&str>),
    ) -> Result<Vec<Published>, TellError> {
        let behind = self.behind(place, period, code, part, None, LOOKED)?;
        let mut read = self.store.read()?;
        let mut all = Vec::new();
        for one in behind {
            let rows = read.public_of(&one.row.government, one.row.id)?;
            let line = self.line_today(&one.row.government, &one.row.line);
            all.extend(rows.into_iter().filter(|row| row.withdrawn.is_none()).map(|row| (row, line.clone())));
            if all.len() >= PUBLISHED {
                break;
            }
        }
        Ok(all)
    }

    /// Of places where none of the governments that work here is, nothing is known, which is not nought.
    fn unheard<R>(&self, here: &[GovernmentCode], places: &[(PlaceCode, R)], on: Date, cells: &mut [Cell]) {
        let regions = &self.catalog.regions;
        for ((code, _), cell) in places.iter().zip(cells) {
            let own = regions.government(code, on);
            let mut heard = regions.subtree(code, on).into_iter().map(|region| &region.code).chain(&own);
            if !heard.any(|government| here.contains(government)) {
                *cell = Cell::Unknown;
            }
        }
    }

    /// The places one level below with their ranges, and at the end the place itself, for what is in none of them.
    pub(crate) fn below_place(&self, place: &PlaceCode, on: Date) -> Vec<(PlaceCode, Vec<(PlaceCode, PlaceCode)>)> {
        let regions = &self.catalog.regions;
        let children = regions.children(place, on).into_iter();
        let mut all: Vec<_> = children.map(|child| (child.code.clone(), regions.ranges(&child.code, on))).collect();
        all.push((place.clone(), Vec::new()));
        all
    }
}

/// A figure in five years, and the same figure of the places beside its own.
#[derive(Clone, Debug)]
pub struct Around {
    /// Each year, with what was reported of it and not counted.
    pub years: Vec<(Unfolded<Period>, Option<Amount>)>,
    /// The places under the same superior, without the place itself; none where it has no superior here.
    pub neighbours: Vec<Unfolded<PlaceCode>>,
}

impl Platform {
    /// Figures in the five years up to their own and, of their own period, of the places beside theirs, as whoever asks may
    /// see them.
    ///
    /// # Errors
    /// Where the place is unknown or the store cannot be read.
    pub fn around(&self, asker: Asker<'_>, place: &PlaceCode, of: &[&FigureValue]) -> Result<Vec<Around>, TellError> {
        let here = self.store.read()?.governments()?;
        let mut reported: BTreeMap<i16, Vec<Reported>> = BTreeMap::new();
        let mut all = Vec::new();
        for figure in of {
            let last = figure.period.to.year();
            let years = Period::year(last).map(five_years).unwrap_or_default();
            let cells = self.along(asker, place, figure, Axis::Periods(years.clone()))?;
            let name = figure
                .part
                .as_ref()
                .map_or_else(|| figure.code.clone(), |part| format!("{}/{part}", figure.code).into());
            let mut rows = Vec::new();
            for (of, cell) in years.into_iter().zip(cells) {
                let year = of.to.year();
                if let Entry::Vacant(space) = reported.entry(year) {
                    // Who reported what is for those who work with it.
                    let public = matches!(asker, Asker::Public);
                    space.insert(if public { Vec::new() } else { self.reported(place, Stretch::Year(year))? });
                }
                let told = reported.get(&year).into_iter().flatten().find(|one| one.quantity == name && !figure.own);
                rows.push((Unfolded { of, cell, rank: None }, told.map(|one| one.amount)));
            }
            all.push(Around { years: rows, neighbours: self.neighbours(asker, place, figure, &here)? });
        }
        Ok(all)
    }

    fn neighbours(
        &self,
        asker: Asker<'_>,
        place: &PlaceCode,
        figure: &FigureValue,
        here: &[GovernmentCode],
    ) -> Result<Vec<Unfolded<PlaceCode>>, TellError> {
        let on = figure.period.to;
        let Some(above) = self.catalog.regions.superior(place, on) else { return Ok(Vec::new()) };
        let mut below = self.below_place(&above, on);
        let mut cells = if figure.own {
            let mut cells = Vec::new();
            for (code, _) in &below {
                cells.push(self.own_cell(code, figure.period, figure)?);
            }
            cells
        } else {
            let ranges = below.iter().map(|(_, ranges)| ranges.clone()).collect();
            self.along(asker, &above, figure, Axis::Places(ranges))?
        };
        self.unheard(here, &below, on, &mut cells);
        // The last is the superior itself.
        below.pop();
        let rows = below.into_iter().zip(cells).filter(|((code, _), _)| code != place);
        Ok(rows.map(|((of, _), cell)| Unfolded { of, cell, rank: None }).collect())
    }

    /// A figure of the level itself; not known where the place or the figure was not there.
    fn own_cell(&self, place: &PlaceCode, period: Period, of: &FigureValue) -> Result<Cell, TellError> {
        let told = match self.figure(Whose::own(place), period, &of.code) {
            Err(TellError::Fault(fault)) => return Err(fault.into()),
            told => told.unwrap_or_default(),
        };
        let value = told.iter().find(|one| one.part == of.part).and_then(|one| one.value);
        Ok(value.map_or(Cell::Unknown, Cell::Value))
    }

    /// A figure along an axis of a place; nothing where the place has no such figure.
    fn along(&self, asker: Asker<'_>, place: &PlaceCode, of: &FigureValue, axis: Axis) -> Result<Vec<Cell>, TellError> {
        if of.own {
            let Axis::Periods(periods) = &axis else { return Ok(Vec::new()) };
            return periods.iter().map(|period| self.own_cell(place, *period, of)).collect();
        }
        let at = self.place(place, of.period.to)?;
        let lines = self.figure_lines(place, of.period.to);
        let figures = Figures::new(lines.iter().map(AsRef::as_ref));
        let Some((line, figure)) = figures.get(&of.code) else { return Ok(vec![Cell::Unknown; axis.len()]) };
        let mut read = self.store.read()?;
        let as_of = crate::telling::as_of(read.as_mut(), &at.governments)?;
        let mut teller = Teller {
            read: read.as_mut(),
            figures: &figures,
            as_of: &as_of,
            ranges: &at.ranges,
            period: of.period,
            part: of.part.as_ref(),
            public: matches!(asker, Asker::Public),
            whole: of.part.is_none() && self.whole(place, of.period),
        };
        Ok(teller.cells(line, figure, &axis, 0)?)
    }
}

fn is_nothing(cell: Cell) -> bool {
    match cell {
        Cell::Value(amount) => amount.is_zero(),
        Cell::Unknown => true,
        Cell::Hidden => false,
    }
}

/// Rows with their ranks, where that is fair: by a share, of enough, among enough others.
fn ranked<K>(keys: Vec<K>, cells: Vec<Cell>, bases: &[Cell], fair: bool) -> Vec<Unfolded<K>> {
    let enough = |at: usize| match bases.get(at) {
        None => true,
        Some(Cell::Value(base)) => base.compare(Amount::whole(SMALLEST)).is_some_and(|order| order.is_ge()),
        Some(_) => false,
    };
    let told = |at: usize, cell: &Cell| cell.value().filter(|_| fair && enough(at));
    let values: Vec<Option<Amount>> = cells.iter().enumerate().map(|(at, cell)| told(at, cell)).collect();
    let several = values.iter().flatten().count() > 1;
    let rank = |value: Option<Amount>| {
        let value = value.filter(|_| several)?;
        let above = values.iter().flatten().filter(|other| other.compare(value).is_some_and(|order| order.is_gt()));
        Some(above.count() + 1)
    };
    let ranks: Vec<Option<usize>> = values.iter().map(|value| rank(*value)).collect();
    keys.into_iter().zip(cells).zip(ranks).map(|((of, cell), rank)| Unfolded { of, cell, rank }).collect()
}

fn five_years(period: Period) -> Vec<Period> {
    let mut all: Vec<Period> = std::iter::successors(Some(period), |period| Some(period.previous())).take(5).collect();
    all.reverse();
    all
}

fn twelve_months(to: Date) -> Vec<Period> {
    let month = |first: Date| Period { from: first, to: first.last_of_month() };
    let earlier = |first: &Date| first.yesterday().ok().map(Date::first_of_month);
    let mut all: Vec<Period> = std::iter::successors(Some(to.first_of_month()), earlier).take(12).map(month).collect();
    all.reverse();
    all
}

/// The period of the same length that ends the day before: the month before, the quarter before, the year before.
fn right_before(period: Period) -> Period {
    let to = period.from.yesterday().unwrap_or(period.from);
    let whole = period.from.day() == 1 && period.to == period.to.last_of_month();
    if !whole {
        return Period { from: to.saturating_sub(period.to.duration_since(period.from)), to };
    }
    let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    let mut from = to.first_of_month();
    for _ in months(period.from)..months(period.to) {
        from = from.yesterday().unwrap_or(from).first_of_month();
    }
    Period { from, to }
}

/// Hides what the public is not shown of figures as they are listed: small parts, with as many others as it takes, and small
/// figures of less than a government's whole year, with what is computed from them. So is a figure that leaves little of
/// what it is a part of.
pub fn for_the_public(figures: &mut [FigureValue], whole: bool) {
    let count = |value: Option<Amount>| value.filter(|value| value.scale == 0).map(|value| value.units);
    // What each is a part of; a figure that is no part of another is its own.
    let all_of = |one: &FigureValue, figures: &[FigureValue]| match &one.within {
        Some(code) => figures.iter().find(|all| all.code == *code && all.part == one.part).map(|all| all.value),
        None => Some(one.value),
    };
    let wholes: Vec<Option<i64>> = figures.iter().map(|one| count(all_of(one, figures).unwrap_or(one.value))).collect();
    let mut at = 0;
    while at < figures.len() {
        let parts = figures[at + 1..].iter().take_while(|part| part.part.is_some()).count();
        let (own, rest) = figures[at..=at + parts].split_at_mut(1);
        let total = count(own[0].value).zip(wholes[at]);
        let of = |(part, all): (&FigureValue, &Option<i64>)| count(part.value).zip(*all);
        let values: Option<Vec<(i64, i64)>> = rest.iter().zip(&wholes[at + 1..]).map(of).collect();
        match (total, values) {
            (Some(total), Some(values)) => {
                for (part, told) in rest.iter_mut().zip(shown_within(total, &values)) {
                    hide(part, told == Shown::Hidden);
                }
            }
            _ => rest.iter_mut().for_each(|part| hide(part, true)),
        }
        let points = |(total, all): (i64, i64)| small(total) || small(all - total);
        if !whole && own[0].opens && total.is_some_and(points) {
            hide(&mut own[0], true);
        }
        at += parts + 1;
    }
    // A share of what is hidden would tell it.
    let mut gone: Vec<Code> = Vec::new();
    loop {
        let known = gone.len();
        for one in figures.iter_mut().filter(|one| one.part.is_none()) {
            if !gone.contains(&one.code) && (one.hidden || one.of.iter().any(|code| gone.contains(code))) {
                hide(one, true);
                gone.push(one.code.clone());
            }
        }
        if gone.len() == known {
            return;
        }
    }
}

fn hide(figure: &mut FigureValue, hidden: bool) {
    if hidden {
        figure.hidden = true;
        figure.value = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        let day = |text: &str| text.parse().unwrap_or(Date::MIN);
        Period { from: day(from), to: day(to) }
    }

    #[test]
    fn the_period_right_before() {
        let before = |from: &str, to: &str| right_before(period(from, to));
        assert_eq!(before("2026-01-01", "2026-12-31"), period("2025-01-01", "2025-12-31"));
        assert_eq!(before("2026-01-01", "2026-03-31"), period("2025-10-01", "2025-12-31"));
        assert_eq!(before("2026-03-01", "2026-03-31"), period("2026-02-01", "2026-02-28"));
        assert_eq!(before("2026-03-05", "2026-03-11"), period("2026-02-26", "2026-03-04"));
    }

    #[test]
    fn twelve_months_end_with_the_period() {
        let months = twelve_months(Date::constant(2026, 2, 10));
        assert_eq!(months.len(), 12);
        assert_eq!(months[0], period("2025-03-01", "2025-03-31"));
        assert_eq!(months[11], period("2026-02-01", "2026-02-28"));
    }

    #[test]
    fn ranked_only_where_it_is_fair() {
        let value = |units| Cell::Value(Amount::whole(units));
        let ranks = |fair, bases: &[Cell]| {
            let rows = ranked(vec![1, 2, 3], vec![value(90), value(95), value(100)], bases, fair);
            rows.iter().map(|row| row.rank).collect::<Vec<_>>()
        };
        assert_eq!(ranks(true, &[]), [Some(3), Some(2), Some(1)]);
        assert_eq!(ranks(false, &[]), [None; 3], "a count ranks nobody");
        assert_eq!(
            ranks(true, &[value(50), value(20), value(1)]),
            [Some(2), Some(1), None],
            "one of one is no hundred percent"
        );
    }
}
