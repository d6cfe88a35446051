//! A record that is going to be made: when, where, by whom, and what chance has in store for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog::Catalog;
use procedure::{ActId, Line};
use terms::{Calendar, Code, Date, DateTime, GovernmentCode, PlaceCode, RecordId};

use super::data::{Agency, Script};
use super::dice::Dice;
use super::fill::shift;
use super::staff::Staff;
use crate::failure::Failure;

/// A record on its way.
pub struct Plan<'a> {
    pub script: &'a Script,
    pub number: u64,
    pub agency: &'a Agency,
    pub place: PlaceCode,
    pub place_name: String,
    pub dice: Dice,
    /// When the next step is done, and when it is recorded.
    pub done_at: DateTime,
    pub recorded_at: DateTime,
    pub step: usize,
    /// The act that waits for signatures, and how many it has.
    pub signing: Option<(ActId, usize)>,
    pub record: Option<RecordId>,
    pub line: Arc<Line>,
    pub opener: Option<platform::Person>,
    pub last: u32,
    pub held: BTreeSet<Code>,
    pub key: Option<Code>,
    pub shares: BTreeMap<String, u64>,
}

/// Plans for every record of a script.
pub fn plans<'a>(
    script: &'a Script,
    staff: &'a Staff,
    catalog: &Catalog,
    government: &GovernmentCode,
    seed: u64,
) -> Result<Vec<Plan<'a>>, Failure> {
    let wrong = |what: String| {
        Failure::new(format!("the demonstration's script `{}` in {government}: {what}", script.name), "mend the script")
    };
    let mut dice = Dice::new(seed, &script.name, 0);
    let agencies = staff.group(&script.by);
    if agencies.is_empty() {
        return Err(wrong(format!("no agency is in the group `{}`", script.by)));
    }
    let weights: Vec<u32> = agencies.iter().map(|agency| agency.weight).collect();
    let quotas = dice.parts(u64::from(script.count), &weights);
    let mut turns: Vec<&Agency> = Vec::new();
    for (agency, quota) in agencies.iter().zip(quotas) {
        turns.extend(std::iter::repeat_n(*agency, usize::try_from(quota).unwrap_or(0)));
    }
    dice.shuffle(&mut turns);
    let shares = shares(script, &mut dice);
    let days = days(script, &catalog.calendar).ok_or_else(|| wrong("its days are in no order".into()))?;
    let mut all = Vec::new();
    for (number, agency) in (1u64..).zip(turns) {
        let mut dice = Dice::new(seed, &script.name, number);
        let day = opening_day(script, &days, &mut dice);
        let line = catalog.line(&script.line, government, day);
        let line = line.ok_or_else(|| wrong(format!("the catalogue has no line `{}` on {day}", script.line)))?;
        let villages = catalog.regions.children(&agency.place, day);
        let village = dice.pick(&villages).filter(|_| script.villages);
        let place = village.map_or_else(|| agency.place.clone(), |region| region.code.clone());
        let place_name = catalog.regions.get(&place, day).map(|region| region.name.clone()).unwrap_or_default();
        let at = hour(day, &mut dice);
        let index = usize::try_from(number - 1).unwrap_or(0);
        let mut plan = Plan {
            script,
            number,
            agency,
            place,
            place_name,
            dice,
            done_at: at,
            recorded_at: at,
            step: 0,
            signing: None,
            record: None,
            line,
            opener: None,
            last: 0,
            held: BTreeSet::new(),
            key: None,
            shares: shares.iter().map(|(field, parts)| (field.clone(), parts[index])).collect(),
        };
        plan.be_late();
        all.push(plan);
    }
    Ok(all)
}

/// Every `share 15263` of a script, divided among its records.
fn shares(script: &Script, dice: &mut Dice) -> BTreeMap<String, Vec<u64>> {
    let everywhere = script.step.iter().flat_map(|step| &step.set).chain(&script.set);
    let mut shares = BTreeMap::new();
    for (field, value) in everywhere {
        let whole = value.as_str().and_then(|text| text.strip_prefix("share ")).and_then(|text| text.parse().ok());
        if let Some(whole) = whole {
            let weights: Vec<u32> =
                (0..script.count).map(|_| u32::try_from(dice.between(30, 170)).unwrap_or(1)).collect();
            shares.insert(field.clone(), dice.parts(whole, &weights));
        }
    }
    shares
}

/// The days on which the script opens records: by month, working days and days off.
struct Days {
    months: Vec<(u32, [Vec<Date>; 2])>,
}

fn days(script: &Script, calendar: &Calendar) -> Option<Days> {
    let [first, last] = script.opens;
    let mut months: Vec<(u32, [Vec<Date>; 2])> = Vec::new();
    let mut month = None;
    let mut day = first;
    while day <= last {
        if month != Some((day.year(), day.month())) {
            month = Some((day.year(), day.month()));
            let index = usize::try_from(day.month() - 1).unwrap_or(0);
            months.push((script.months.map_or(1, |weights| weights[index]), [Vec::new(), Vec::new()]));
        }
        let off = usize::from(!calendar.is_working(day));
        months.last_mut()?.1[off].push(day);
        day = shift(day, 1)?;
    }
    (!months.is_empty()).then_some(Days { months })
}

fn opening_day(script: &Script, days: &Days, dice: &mut Dice) -> Date {
    let weights: Vec<u32> = days.months.iter().map(|(weight, _)| *weight).collect();
    let (_, [working, off]) = &days.months[dice.weighted(&weights)];
    let on_day_off = dice.below(100) < u64::from(script.days_off);
    let (wanted, other) = if on_day_off { (off, working) } else { (working, off) };
    dice.pick(wanted).or_else(|| dice.pick(other)).copied().unwrap_or(script.opens[0])
}

/// Some time of the morning or the early afternoon.
fn hour(day: Date, dice: &mut Dice) -> DateTime {
    let minutes = dice.between(0, 359);
    day.at(9, 0, 0, 0).saturating_add(jiff::SignedDuration::from_mins(minutes))
}

impl Plan<'_> {
    /// Sets the time of the next step, after the one that was just recorded.
    pub fn go_on(&mut self, calendar: &Calendar) -> Result<(), String> {
        let Some(step) = self.script.step.get(self.step) else { return Ok(()) };
        let text = step.after.as_deref().unwrap_or("0");
        let (range, civil) = text.strip_suffix(" days").map_or((text, false), |range| (range, true));
        let (low, high) = range.split_once("..").unwrap_or((range, range));
        let (Ok(low), Ok(high)) = (low.parse(), high.parse()) else {
            return Err(format!("`after = \"{text}\"` is no time: write 2, 2..5 or 2..5 days"));
        };
        let n = self.dice.between(low, high);
        let today = self.recorded_at.date();
        let at = match (n, civil) {
            (0, _) => self.soon(),
            (n, true) => hour(shift(today, n).unwrap_or(today), &mut self.dice),
            (n, false) => hour(calendar.working_days_after(today, u32::try_from(n).unwrap_or(1)), &mut self.dice),
        };
        self.done_at = at;
        self.recorded_at = at;
        self.be_late();
        Ok(())
    }

    /// The next signature, the same day.
    pub fn sign_soon(&mut self) {
        self.done_at = self.soon();
        self.recorded_at = self.done_at;
    }

    /// A quarter of an hour or so later.
    fn soon(&mut self) -> DateTime {
        self.recorded_at.saturating_add(jiff::SignedDuration::from_mins(self.dice.between(3, 30)))
    }

    /// Moves the recording behind the doing, where the step says so.
    fn be_late(&mut self) {
        let late = self.script.step.get(self.step).and_then(|step| step.late.as_deref());
        let Some((low, high)) = late.map(|text| text.split_once("..").unwrap_or((text, text))) else { return };
        if let (Ok(low), Ok(high)) = (low.parse(), high.parse()) {
            let days = self.dice.between(low, high);
            let day = shift(self.done_at.date(), days).unwrap_or(self.done_at.date());
            self.recorded_at = hour(day, &mut self.dice).max(self.done_at);
        }
    }
}
