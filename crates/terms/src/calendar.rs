//! The working-day calendar, and the last moment of a period.
//!
//! Which days are worked is set each year by a notice of the State Council. It is loaded, never computed from
//! weekdays; where no notice reaches, weekdays are all there is, and what hangs on them is provisional.

use std::fmt;

use jiff::civil::{Date, DateTime, Time, Weekday};

use crate::{Code, Period, Unit};

/// What a day is, to an office.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// A day from Monday to Friday on which offices work.
    Working,
    /// A Saturday or Sunday without work.
    Weekend,
    /// A day off by the notice, with the name of the holiday.
    Holiday(Code),
    /// A Saturday or Sunday that is worked, with the holiday for which it makes up.
    MakeUp(Code),
}

impl DayKind {
    /// Whether offices work.
    pub fn is_working(&self) -> bool {
        matches!(self, DayKind::Working | DayKind::MakeUp(_))
    }
}

/// One year's notice of holidays. It may reach into the last days of the year before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Year {
    /// The year that the notice is for.
    pub year: i16,
    /// The notice's number.
    pub notice: String,
    /// First day, last day and name of each holiday, weekends within it included.
    pub holidays: Vec<(Date, Date, Code)>,
    /// Each weekend day that is worked, and the holiday for which it makes up.
    pub make_up: Vec<(Date, Code)>,
    /// First day, last day and number of each later notice that changed the days between.
    pub amended: Vec<(Date, Date, String)>,
}

/// The last moment of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deadline {
    /// 23:59:59 of the last day, or the exact moment for hours.
    pub last: DateTime,
    /// Whether the answer hangs on a day that no loaded notice covers.
    pub provisional: bool,
}

/// Every loaded day, counted once when it is built.
#[derive(Clone, Debug)]
pub struct Calendar {
    first: i32,
    days: Vec<Loaded>,
    /// The loaded working days in order: the n-th is found by its index.
    working: Vec<Date>,
    years: Vec<Year>,
}

#[derive(Clone, Debug)]
struct Loaded {
    kind: DayKind,
    /// Working days from the first loaded day to this one, both counted.
    worked: i32,
}

impl Calendar {
    /// A calendar of consecutive years, in any order.
    pub fn new(mut years: Vec<Year>) -> Result<Calendar, CalendarError> {
        years.sort_by_key(|year| year.year);
        consecutive(&years)?;
        let (first, last) = span(&years)?;
        let mut kinds: Vec<DayKind> = (first..=last).map(|n| plain(date_of(n))).collect();
        for year in &years {
            mark(year, first, &mut kinds)?;
        }
        let mut worked = 0;
        let count = |kind: DayKind| {
            worked += i32::from(kind.is_working());
            Loaded { kind, worked }
        };
        let days: Vec<Loaded> = kinds.into_iter().map(count).collect();
        let working = (first..).zip(&days).filter(|(_, day)| day.kind.is_working()).map(|(n, _)| date_of(n)).collect();
        Ok(Calendar { first, days, working, years })
    }

    /// What `day` is. Where no notice reaches, only weekends are known.
    pub fn kind(&self, day: Date) -> DayKind {
        self.loaded(day).map_or_else(|| plain(day), |loaded| loaded.kind.clone())
    }

    /// Whether offices work on `day`.
    pub fn is_working(&self, day: Date) -> bool {
        self.loaded(day).map_or_else(|| !is_weekend(day), |loaded| loaded.kind.is_working())
    }

    /// The first day covered by a notice.
    pub fn known_from(&self) -> Date {
        date_of(self.first)
    }

    /// The last day covered by a notice. (The next year's notice may still move one of the last days of December.)
    pub fn known_until(&self) -> Date {
        date_of(self.after_last() - 1)
    }

    /// The number of the notice for a year.
    pub fn notice(&self, year: i16) -> Option<&str> {
        self.years.iter().find(|known| known.year == year).map(|known| known.notice.as_str())
    }

    /// The number of the notice that governs one day, a later one before an earlier.
    pub fn notice_of(&self, day: Date) -> Option<&str> {
        let within = |first: Date, last: Date| first <= day && day <= last;
        let amended = self.years.iter().flat_map(|year| &year.amended).rev();
        let special = |year: &&Year| {
            year.holidays.iter().any(|(first, last, _)| within(*first, *last))
                || year.make_up.iter().any(|(date, _)| *date == day)
        };
        amended
            .filter(|(first, last, _)| within(*first, *last))
            .map(|(_, _, notice)| notice.as_str())
            .next()
            .or_else(|| self.years.iter().find(special).map(|year| year.notice.as_str()))
            .or_else(|| self.notice(day.year()))
    }

    /// The day `n` working days after `day`, the day itself not counted; `day` for none.
    pub fn working_days_after(&self, day: Date, n: u32) -> Date {
        if n == 0 { day } else { self.nth(self.worked(day) + i64::from(n)) }
    }

    /// The working days in (`after`, `until`]; below zero where `until` lies before `after`.
    pub fn working_days_between(&self, after: Date, until: Date) -> i64 {
        self.worked(until) - self.worked(after)
    }

    /// `day` itself if it is worked, else the first working day after it.
    pub fn next_working(&self, day: Date) -> Date {
        if self.is_working(day) { day } else { self.working_days_after(day, 1) }
    }

    /// The last moment of `period`. The first day does not count, nor the moment itself for hours
    /// [民法典 201, 民事诉讼法 85.2]; months and years end on the corresponding day, or on the month's last
    /// [民法典 202]; where it `rolls`, a last day that is no working day moves to the next one
    /// [民法典 203.1, 民事诉讼法 85.3]. Hours run through nights and holidays and never roll.
    pub fn deadline(&self, start: DateTime, period: Period, rolls: bool) -> Deadline {
        if period.unit == Unit::Hours {
            return Deadline { last: hours_after(start, period.n), provisional: false };
        }
        let unrolled = self.advance(start.date(), period.n, period.unit);
        let last = if rolls { self.next_working(unrolled) } else { unrolled };
        let counts_work = rolls || period.unit == Unit::WorkingDays;
        // A period of working days asks about every day from its start, another only about its end.
        let asked_from = if period.unit == Unit::WorkingDays { tomorrow(start.date()) } else { unrolled };
        let known = asked_from >= self.known_from() && last <= self.known_until();
        Deadline { last: last.to_datetime(LAST_SECOND), provisional: counts_work && !known }
    }

    /// The day that is `n` of `unit` after `day`, before any roll; hours round up to whole days.
    pub fn advance(&self, day: Date, n: u32, unit: Unit) -> Date {
        match unit {
            Unit::Hours => days_after(day, i64::from(n.div_ceil(24))),
            Unit::Days => days_after(day, i64::from(n)),
            Unit::WorkingDays => self.working_days_after(day, n),
            Unit::Months => months_after(day, i64::from(n)),
            Unit::Years => months_after(day, i64::from(n) * 12),
        }
    }

    /// How many whole `unit` lie in (`after`, `until`]; none where `until` lies before `after`.
    pub fn elapsed(&self, after: Date, until: Date, unit: Unit) -> u32 {
        let count = match unit {
            Unit::Hours => days_between(after, until) * 24,
            Unit::Days => days_between(after, until),
            Unit::WorkingDays => self.working_days_between(after, until),
            Unit::Months => months_between(after, until),
            Unit::Years => months_between(after, until) / 12,
        };
        u32::try_from(count.max(0)).unwrap_or(u32::MAX)
    }

    fn loaded(&self, day: Date) -> Option<&Loaded> {
        let place = number_of(day) - self.first;
        usize::try_from(place).ok().and_then(|place| self.days.get(place))
    }

    /// The number of the first day behind the loaded ones.
    fn after_last(&self) -> i32 {
        // Some thousand days: far inside an i32.
        self.first + self.days.len() as i32
    }

    /// Working days from the first loaded day to `day`, negative before it: differences of it are counts.
    fn worked(&self, day: Date) -> i64 {
        if let Some(loaded) = self.loaded(day) {
            return i64::from(loaded.worked);
        }
        let number = number_of(day);
        if number < self.first {
            weekdays(number) - weekdays(self.first - 1)
        } else {
            self.working.len() as i64 + weekdays(number) - weekdays(self.after_last() - 1)
        }
    }

    /// The working day at which `worked` reaches `count`.
    fn nth(&self, count: i64) -> Date {
        let loaded = self.working.len() as i64;
        if count <= 0 {
            nth_weekday(count + weekdays(self.first - 1))
        } else if count <= loaded {
            self.working[(count - 1) as usize]
        } else {
            nth_weekday(count - loaded + weekdays(self.after_last() - 1))
        }
    }
}

/// The last second of a day: a period ends at 24:00 [民法典 203.2].
const LAST_SECOND: Time = Time::constant(23, 59, 59, 0);

fn plain(day: Date) -> DayKind {
    if is_weekend(day) { DayKind::Weekend } else { DayKind::Working }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn consecutive(years: &[Year]) -> Result<(), CalendarError> {
    if years.is_empty() {
        return Err(CalendarError::Empty);
    }
    for pair in years.windows(2) {
        let (year, next) = (pair[0].year, pair[1].year);
        if next == year {
            return Err(CalendarError::Twice { year });
        }
        if next != year + 1 {
            return Err(CalendarError::Missing { year: year + 1 });
        }
    }
    Ok(())
}

/// The numbers of the first and last day that the years reach.
fn span(years: &[Year]) -> Result<(i32, i32), CalendarError> {
    let (first, last) = (&years[0], &years[years.len() - 1]);
    let start = Date::new(first.year, 1, 1).map_err(|_| CalendarError::NoYear { year: first.year })?;
    let end = Date::new(last.year, 12, 31).map_err(|_| CalendarError::NoYear { year: last.year })?;
    let holidays = first.holidays.iter().map(|(day, _, _)| *day);
    let listed = holidays.chain(first.make_up.iter().map(|(day, _)| *day));
    let start = listed.filter(|day| in_notice(first, *day)).fold(start, Date::min);
    Ok((number_of(start), number_of(end)))
}

/// A notice speaks of its own year and of December before it.
fn in_notice(year: &Year, day: Date) -> bool {
    day.year() == year.year || (day.year() == year.year - 1 && day.month() == 12)
}

/// Puts one year's holidays and make-up days over the plain weekdays.
fn mark(year: &Year, first: i32, kinds: &mut [DayKind]) -> Result<(), CalendarError> {
    for (from, to, name) in &year.holidays {
        if from > to {
            return Err(CalendarError::Backwards { first: *from, last: *to });
        }
        for number in number_of(*from)..=number_of(*to) {
            set(year, date_of(number), DayKind::Holiday(name.clone()), first, kinds)?;
        }
    }
    for (day, name) in &year.make_up {
        if !is_weekend(*day) {
            return Err(CalendarError::MakeUpOnWeekday { day: *day });
        }
        set(year, *day, DayKind::MakeUp(name.clone()), first, kinds)?;
    }
    Ok(())
}

fn set(year: &Year, day: Date, kind: DayKind, first: i32, kinds: &mut [DayKind]) -> Result<(), CalendarError> {
    if !in_notice(year, day) {
        return Err(CalendarError::OutsideYear { year: year.year, day });
    }
    let place = usize::try_from(number_of(day) - first).ok().and_then(|place| kinds.get_mut(place));
    match place {
        Some(old) if matches!(old, DayKind::Working | DayKind::Weekend) => *old = kind,
        Some(_) => return Err(CalendarError::Overlap { day }),
        None => {
            return Err(CalendarError::OutsideYear { year: year.year, day });
        }
    }
    Ok(())
}

// Days as numbers, from 0 on 1 March of the year 0 in the proleptic Gregorian calendar: one addition per day, and
// no arithmetic that can fail. Beyond the last date there is, the last date stands.

/// The number of a day.
pub(crate) fn number_of(day: Date) -> i32 {
    let (year, month) = (i32::from(day.year()), i32::from(day.month()));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(day.day()) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
}

/// The day of a number.
pub(crate) fn date_of(number: i32) -> Date {
    let number = number.clamp(number_of(Date::MIN), number_of(Date::MAX));
    let era = number.div_euclid(146_097);
    let of_era = number.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year + i32::from(month <= 2);
    Date::new(year as i16, month as i8, day as i8).unwrap_or(Date::MAX)
}

/// The day after.
pub(crate) fn tomorrow(day: Date) -> Date {
    date_of(number_of(day) + 1)
}

fn days_between(after: Date, until: Date) -> i64 {
    i64::from(number_of(until)) - i64::from(number_of(after))
}

fn days_after(day: Date, n: i64) -> Date {
    let number = (i64::from(number_of(day)) + n).clamp(i64::from(i32::MIN), i64::from(i32::MAX));
    date_of(number as i32)
}

/// The corresponding day, or the month's last where it has no such day [民法典 202].
fn months_after(day: Date, n: i64) -> Date {
    let months = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + n;
    let year = i16::try_from(months.div_euclid(12));
    let month = months.rem_euclid(12) as i8 + 1;
    let Some(first) = year.ok().and_then(|year| Date::new(year, month, 1).ok()) else {
        return Date::MAX;
    };
    Date::new(first.year(), month, day.day().min(first.days_in_month())).unwrap_or(Date::MAX)
}

fn months_between(after: Date, until: Date) -> i64 {
    let count = |day: Date| i64::from(day.year()) * 12 + i64::from(day.month());
    let months = count(until) - count(after);
    if months > 0 && months_after(after, months) > until { months - 1 } else { months }
}

fn hours_after(start: DateTime, n: u32) -> DateTime {
    let hour = i64::from(start.hour()) + i64::from(n);
    let day = days_after(start.date(), hour / 24);
    let time = Time::new((hour % 24) as i8, start.minute(), start.second(), start.subsec_nanosecond());
    day.to_datetime(time.unwrap_or(LAST_SECOND))
}

/// Days from Monday to Friday, from a Monday far back to the numbered day; differences of it are counts.
fn weekdays(number: i32) -> i64 {
    let days = i64::from(number) - MONDAY + 1;
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

/// The day at which [`weekdays`] reaches `count`.
fn nth_weekday(count: i64) -> Date {
    let before = count - 1;
    let number = MONDAY + before.div_euclid(5) * 7 + before.rem_euclid(5);
    date_of(number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32)
}

/// The number of a Monday: 1 March of the year 0 was a Wednesday.
const MONDAY: i64 = -2;

/// What is wrong with a list of years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarError {
    /// There is no year at all.
    Empty,
    /// A year that no date can have.
    NoYear {
        /// That year.
        year: i16,
    },
    /// A year stands twice.
    Twice {
        /// That year.
        year: i16,
    },
    /// A year between two others is missing.
    Missing {
        /// That year.
        year: i16,
    },
    /// A holiday ends before it starts.
    Backwards {
        /// Its first day as written.
        first: Date,
        /// Its last day as written.
        last: Date,
    },
    /// A day that this year's notice cannot speak of.
    OutsideYear {
        /// The notice's year.
        year: i16,
        /// That day.
        day: Date,
    },
    /// A make-up day from Monday to Friday: it is worked anyway.
    MakeUpOnWeekday {
        /// That day.
        day: Date,
    },
    /// A day is named twice.
    Overlap {
        /// That day.
        day: Date,
    },
}

impl std::error::Error for CalendarError {}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CalendarError::Empty => write!(f, "no year is loaded: a calendar needs at least one holiday notice"),
            CalendarError::NoYear { year } => {
                write!(f, "{year} is no year: write the four digits of the notice's year")
            }
            CalendarError::Twice { year } => {
                write!(f, "the year {year} is loaded twice: keep one notice of it")
            }
            CalendarError::Missing { year } => {
                write!(f, "the year {year} is missing between two others: load its holiday notice")
            }
            CalendarError::Backwards { first, last } => {
                write!(f, "the holiday from {first} to {last} ends before it starts: exchange the dates")
            }
            CalendarError::OutsideYear { year, day } => {
                write!(f, "{day} is outside the notice of {year}: move it to the year whose notice names it")
            }
            CalendarError::MakeUpOnWeekday { day } => {
                write!(f, "{day} is no Saturday or Sunday, so it makes up for nothing: check the date")
            }
            CalendarError::Overlap { day } => {
                write!(f, "{day} is named twice: a day is one holiday or one make-up day")
            }
        }
    }
}
