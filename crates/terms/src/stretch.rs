//! A stretch of the calendar that reports are about: a day, a month, a quarter or a year, written `2020-07-15`,
//! `2020-07`, `2020Q3`, `2020`.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;

use crate::Date;

/// A day, a month, a quarter or a year of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stretch {
    /// A day.
    Day(Date),
    /// A month: year, month from 1.
    Month(i16, i8),
    /// A quarter: year, quarter from 1.
    Quarter(i16, i8),
    /// A year.
    Year(i16),
}

/// A text that names no stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StretchError;

impl fmt::Display for StretchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a period is written 2020, 2020Q3, 2020-07 or 2020-07-15")
    }
}
impl std::error::Error for StretchError {}

impl Stretch {
    /// The kinds, from the shortest.
    pub const KINDS: [&'static str; 4] = ["day", "month", "quarter", "year"];

    /// Its first day.
    pub fn first(self) -> Date {
        let day = |year, month| Date::new(year, month, 1).unwrap_or(Date::MIN);
        match self {
            Stretch::Day(day) => day,
            Stretch::Month(year, month) => day(year, month),
            Stretch::Quarter(year, quarter) => day(year, quarter * 3 - 2),
            Stretch::Year(year) => day(year, 1),
        }
    }

    /// Its last day.
    pub fn last(self) -> Date {
        match self {
            Stretch::Day(day) => day,
            Stretch::Month(..) => self.first().last_of_month(),
            Stretch::Quarter(..) => {
                self.first().checked_add(2.months()).map_or(Date::MAX, jiff::civil::Date::last_of_month)
            }
            Stretch::Year(year) => Date::new(year, 12, 31).unwrap_or(Date::MAX),
        }
    }

    /// Its kind, one of [`Stretch::KINDS`].
    pub fn kind(self) -> &'static str {
        match self {
            Stretch::Day(_) => "day",
            Stretch::Month(..) => "month",
            Stretch::Quarter(..) => "quarter",
            Stretch::Year(_) => "year",
        }
    }

    /// The stretch with this first and last day, where there is one.
    pub fn of(first: Date, last: Date) -> Option<Stretch> {
        let (year, month) = (first.year(), first.month());
        let all = [
            Stretch::Day(first),
            Stretch::Month(year, month),
            Stretch::Quarter(year, (month + 2) / 3),
            Stretch::Year(year),
        ];
        all.into_iter().find(|one| one.first() == first && one.last() == last)
    }

    /// 2020年, 2020年第三季度, 2020年7月, 2020年7月15日.
    pub fn zh(self) -> String {
        match self {
            Stretch::Day(day) => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            Stretch::Month(year, month) => format!("{year}年{month}月"),
            Stretch::Quarter(year, quarter) => {
                let said = match quarter {
                    1 => "一",
                    2 => "二",
                    3 => "三",
                    _ => "四",
                };
                format!("{year}年第{said}季度")
            }
            Stretch::Year(year) => format!("{year}年"),
        }
    }
}

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stretch::Day(day) => day.fmt(f),
            Stretch::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Stretch::Quarter(year, quarter) => write!(f, "{year:04}Q{quarter}"),
            Stretch::Year(year) => write!(f, "{year:04}"),
        }
    }
}

impl FromStr for Stretch {
    type Err = StretchError;

    /// Exactly as it is written: one stretch has one name, by which it is found.
    fn from_str(text: &str) -> Result<Stretch, StretchError> {
        let year = |text: &str| text.parse::<i16>().ok().filter(|year| (1..=9998).contains(year));
        let small = |text: &str, most: i8| text.parse::<i8>().ok().filter(|n| (1..=most).contains(n));
        let found = match text.len() {
            4 => year(text).map(Stretch::Year),
            6 => text
                .split_once('Q')
                .and_then(|(first, quarter)| Some(Stretch::Quarter(year(first)?, small(quarter, 4)?))),
            7 => text.split_once('-').and_then(|(first, month)| Some(Stretch::Month(year(first)?, small(month, 12)?))),
            10 => text.parse().ok().map(Stretch::Day),
            _ => None,
        };
        found.filter(|found| found.to_string() == text).ok_or(StretchError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_lengths_each_with_one_name() {
        let check = |text: &str, first: &str, last: &str, zh: &str| {
            let one: Stretch = text.parse().unwrap();
            assert_eq!(
                (one.first().to_string(), one.last().to_string()),
                (first.to_owned(), last.to_owned()),
                "{text}"
            );
            assert_eq!((one.to_string().as_str(), one.zh().as_str()), (text, zh));
            assert_eq!(Stretch::of(one.first(), one.last()), Some(one));
        };
        check("2020", "2020-01-01", "2020-12-31", "2020年");
        check("2020Q1", "2020-01-01", "2020-03-31", "2020年第一季度");
        check("2020Q4", "2020-10-01", "2020-12-31", "2020年第四季度");
        check("2020-02", "2020-02-01", "2020-02-29", "2020年2月");
        check("2020-07-15", "2020-07-15", "2020-07-15", "2020年7月15日");
        for text in ["", "20", "0000", "2020Q5", "2020q3", "2020-13", "2020-7", "2020-02-30", "2020年", "+020"] {
            assert_eq!(text.parse::<Stretch>(), Err(StretchError), "{text}");
        }
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(Stretch::of(day("2020-02-01"), day("2021-01-31")), None);
    }
}
