//! How a region stands: limits met in time and passed, what is overdue, what is open; by line, by agency, by place down to two
//! levels below. All of it is told from the figures that the catalogue declares for every line, found by how they count.

use std::collections::BTreeMap;
use std::sync::Arc;

use figures::{Amount, Period, Places, Shown, delta_query, shown, shown_within, small};
use ledger::{Fault, GroupBy, Read};
use procedure::{Binds, Counted, Figure, LimitId, Line, Said, StageId};
use terms::{Code, Date, GovernmentCode, PlaceCode};

use crate::telling::{AsOf, as_of};
use crate::{Person, Platform, TellError};

/// How something stands. For the public what is small is not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Limits that were met or passed in the period; `None`: hidden.
    pub ended: Option<i64>,
    /// Those of them that were met in time.
    pub in_time: Option<i64>,
    /// Limits that have passed and are not met, at its end.
    pub overdue: Option<i64>,
    /// Cases open at its end.
    pub open: Option<i64>,
}

/// What a standing says at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beacon {
    /// Something is overdue.
    Overdue,
    /// Nothing is overdue, but something passed in the period.
    Passed,
    /// All that ended was met in time.
    InTime,
    /// Nothing ended.
    Quiet,
}

impl Standing {
    /// The share met in time.
    pub fn share(&self) -> Option<Amount> {
        Amount::percent(Amount::whole(self.in_time?), Amount::whole(self.ended?))
    }

    /// What it says at a glance; `None` where what it hangs on is hidden.
    pub fn beacon(&self) -> Option<Beacon> {
        match (self.overdue, self.ended.zip(self.in_time)) {
            (Some(overdue), _) if overdue > 0 => Some(Beacon::Overdue),
            (Some(_), Some((ended, in_time))) if ended > in_time => Some(Beacon::Passed),
            (Some(_), Some((ended, _))) if ended > 0 => Some(Beacon::InTime),
            (Some(_), Some(_)) => Some(Beacon::Quiet),
            _ => None,
        }
    }
}

/// How a place stands, and those below it.
#[derive(Clone, Debug)]
pub struct PlaceStanding {
    /// The place.
    pub place: PlaceCode,
    /// Its name.
    pub name: Said,
    /// How it stands.
    pub standing: Standing,
    /// Those one level below.
    pub below: Vec<PlaceStanding>,
}

/// How a line stands, with the figures that say so.
#[derive(Clone, Debug)]
pub struct LineStanding {
    /// The line.
    pub line: Code,
    /// Its title.
    pub title: Said,
    /// How it stands.
    pub standing: Standing,
    /// The share met in time.
    pub share: Option<Code>,
    /// Limits passed and not met.
    pub overdue: Option<Code>,
    /// Open cases.
    pub open: Option<Code>,
}

/// How a region stands.
#[derive(Clone, Debug)]
pub struct Panel {
    /// All of it.
    pub whole: PlaceStanding,
    /// By line: those where something ended, is overdue or is open.
    pub lines: Vec<LineStanding>,
    /// By agency, of one government.
    pub agencies: Vec<(Code, Standing)>,
    /// As of which positions of the logs.
    pub as_of: AsOf,
}

/// The figures of a line that tell how it stands.
struct Told<'l> {
    line: &'l Line,
    ended: Option<&'l Figure>,
    in_time: Option<&'l Figure>,
    overdue: Option<&'l Figure>,
    open: Option<&'l Figure>,
    share: Option<&'l Figure>,
}

/// So many levels below are looked at.
const LEVELS: u8 = 2;

/// Sums in one order: ended, in time, overdue, open.
type Four = [i64; 4];

impl<'l> Told<'l> {
    /// Those that count over all limits that bind the agency, and all stages that are open; no filter narrows them.
    fn of(line: &'l Line) -> Told<'l> {
        let own: Vec<LimitId> = line
            .limits_with_ids()
            .filter(|(_, limit)| limit.binds == Binds::Agency && !matches!(limit.allow, procedure::Allow::AtLeast(_)))
            .map(|(id, _)| id)
            .collect();
        let open: Vec<StageId> =
            (0_u16..).map(StageId).zip(&line.stages).filter(|(_, stage)| !stage.closed).map(|(id, _)| id).collect();
        let find = |is: &dyn Fn(&Counted) -> bool| {
            line.figures.iter().find(|figure| figure.filter.is_none() && !figure.per_matter && is(&figure.counted))
        };
        let ended = find(&|counted| matches!(counted, Counted::Ended(limits) if *limits == own));
        let in_time = find(&|counted| matches!(counted, Counted::InTime(limits) if *limits == own));
        let share = ended.zip(in_time).and_then(|(ended, in_time)| {
            find(&|counted| matches!(counted, Counted::Ratio(part, whole) if *part == in_time.code && *whole == ended.code))
        });
        Told {
            line,
            ended,
            in_time,
            overdue: find(&|counted| matches!(counted, Counted::Overdue(limits) if *limits == own)),
            open: find(&|counted| matches!(counted, Counted::Stock(stages) if *stages == open)),
            share,
        }
    }

    fn four(&self) -> [Option<&'l Figure>; 4] {
        [self.ended, self.in_time, self.overdue, self.open]
    }
}

fn plus(into: &mut Four, at: usize, amount: i64) {
    into[at] = into[at].saturating_add(amount);
}

fn standing(four: Four) -> Standing {
    let [ended, in_time, overdue, open] = four.map(Some);
    Standing { ended, in_time, overdue, open }
}

/// What is asked.
struct Asks<'a> {
    as_of: &'a [(GovernmentCode, u64)],
    ranges: &'a [(PlaceCode, PlaceCode)],
    period: Period,
    agency: Option<&'a Code>,
}

impl Asks<'_> {
    fn sums(&self, read: &mut dyn Read, figure: &Figure, by: GroupBy) -> Result<Vec<(String, i64)>, Fault> {
        let Some(mut query) =
            delta_query(figure, Places { as_of: self.as_of, ranges: self.ranges, agencies: &[] }, self.period)
        else {
            return Ok(Vec::new());
        };
        query.agencies = self.agency.cloned().into_iter().collect();
        Ok(read.sums(&query, by)?.into_iter().map(|sum| (sum.key, sum.amount)).collect())
    }
}

impl Platform {
    /// The agency whose standing a person looks at; `None`: all of the government.
    pub fn agency_of(&self, person: &Person) -> Option<Code> {
        self.own_agency(person).cloned()
    }

    /// How a place stands in a period; `agency` narrows it to one. Of what `public` sees, small counts are hidden.
    ///
    /// # Errors
    /// Where the place is unknown or the store cannot be read.
    pub fn panel(
        &self,
        place: &PlaceCode,
        period: Period,
        agency: Option<&Code>,
        public: bool,
    ) -> Result<Panel, TellError> {
        let at = self.place(place, period.to)?;
        let lines: Vec<Arc<Line>> = self.figure_lines(place, period.to);
        let mut read = self.store.read()?;
        let as_of = as_of(read.as_mut(), &at.governments)?;
        let asks = Asks { as_of: &as_of, ranges: &at.ranges, period, agency };
        let mut by_place: BTreeMap<PlaceCode, Four> = BTreeMap::new();
        let mut by_agency: BTreeMap<Code, Four> = BTreeMap::new();
        let mut by_line: Vec<(Told<'_>, Four)> = Vec::new();
        for line in &lines {
            let told = Told::of(line);
            let mut whole = Four::default();
            for (n, figure) in told.four().into_iter().enumerate() {
                let Some(figure) = figure else { continue };
                for (key, sum) in asks.sums(read.as_mut(), figure, GroupBy::Place)? {
                    plus(&mut whole, n, sum);
                    if let Ok(place) = key.parse() {
                        plus(by_place.entry(place).or_default(), n, sum);
                    }
                }
                if agency.is_none() && at.governments.len() == 1 {
                    for (key, sum) in asks.sums(read.as_mut(), figure, GroupBy::Agency)? {
                        plus(by_agency.entry(key.into()).or_default(), n, sum);
                    }
                }
            }
            if whole != Four::default() {
                by_line.push((told, whole));
            }
        }
        let mut tree = self.tree(place, period.to, &by_place, LEVELS);
        let mut agencies: Vec<(Code, Standing)> = by_agency
            .into_iter()
            .filter(|(_, four)| *four != Four::default())
            .map(|(code, four)| (code, standing(four)))
            .collect();
        let mut lines: Vec<LineStanding> = by_line.into_iter().map(|(told, four)| line_standing(&told, four)).collect();
        if public {
            if !self.whole(place, period) {
                hide_small(&mut tree.standing);
            }
            let whole = tree.standing;
            hide(whole, &mut agencies.iter_mut().map(|(_, standing)| standing).collect::<Vec<_>>());
            hide(whole, &mut lines.iter_mut().map(|line| &mut line.standing).collect::<Vec<_>>());
            hide_below(&mut tree);
        }
        Ok(Panel { whole: tree, lines, agencies, as_of })
    }

    fn tree(&self, place: &PlaceCode, on: Date, sums: &BTreeMap<PlaceCode, Four>, levels: u8) -> PlaceStanding {
        let regions = &self.catalog.regions;
        let ranges = regions.ranges(place, on);
        let mut four = Four::default();
        for (_, one) in sums.iter().filter(|(at, _)| ranges.iter().any(|(from, to)| from <= *at && *at <= to)) {
            (0..four.len()).for_each(|n| plus(&mut four, n, one[n]));
        }
        let name = regions.get(place, on).map_or_else(
            || Said { zh: place.to_string(), en: place.to_string() },
            |region| Said {
                zh: region.name.clone(),
                en: region.name_en.clone().unwrap_or_else(|| region.name.clone()),
            },
        );
        let children = if levels == 0 { Vec::new() } else { regions.children(place, on) };
        let mut below: Vec<PlaceStanding> =
            children.into_iter().map(|child| self.tree(&child.code, on, sums, levels - 1)).collect();
        // Directly below, that nothing happened is said; further down it would be a page of villages.
        if levels < LEVELS {
            below.retain(|place| place.standing != standing(Four::default()));
        }
        PlaceStanding { place: place.clone(), name, standing: standing(four), below }
    }
}

fn line_standing(told: &Told<'_>, four: Four) -> LineStanding {
    let code = |figure: Option<&Figure>| figure.map(|figure| figure.code.clone());
    LineStanding {
        line: told.line.code.clone(),
        title: told.line.title.clone(),
        standing: standing(four),
        share: code(told.share),
        overdue: code(told.overdue),
        open: code(told.open),
    }
}

/// Hides what is small in a place or a period that somebody chose: it is as good as a part. So is how many were in time,
/// where few were not.
fn hide_small(one: &mut Standing) {
    if one.ended.zip(one.in_time).is_some_and(|(ended, in_time)| small(ended - in_time)) {
        one.in_time = None;
    }
    for count in [&mut one.ended, &mut one.in_time, &mut one.overdue, &mut one.open] {
        *count = count.filter(|count| !small(*count));
    }
}

/// Hides what is small among the parts of a whole that is told itself, column by column, with as many others as it takes. Of
/// those in time it is also small what is left of those that ended.
fn hide(whole: Standing, parts: &mut [&mut Standing]) {
    let columns: [fn(&mut Standing) -> &mut Option<i64>; 4] =
        [|one| &mut one.ended, |one| &mut one.in_time, |one| &mut one.overdue, |one| &mut one.open];
    const IN_TIME: usize = 1;
    // As they are counted, before any of them is hidden.
    let ended: Vec<i64> = parts.iter().map(|part| part.ended.unwrap_or(0)).collect();
    for (of, column) in columns.into_iter().enumerate() {
        let mut own = whole;
        let values: Vec<i64> = parts.iter_mut().map(|part| column(part).unwrap_or(0)).collect();
        let told = match *column(&mut own) {
            Some(total) if of == IN_TIME => {
                let values: Vec<(i64, i64)> = values.into_iter().zip(ended.iter().copied()).collect();
                shown_within((total, whole.ended.unwrap_or(total)), &values)
            }
            Some(total) => shown(total, &values),
            // Of a whole that is hidden itself no part is told.
            None => vec![Shown::Hidden; values.len()],
        };
        for (part, told) in parts.iter_mut().zip(told) {
            if told == Shown::Hidden {
                *column(part) = None;
            }
        }
    }
}

fn hide_below(place: &mut PlaceStanding) {
    let whole = place.standing;
    hide(whole, &mut place.below.iter_mut().map(|below| &mut below.standing).collect::<Vec<_>>());
    place.below.iter_mut().for_each(hide_below);
}
