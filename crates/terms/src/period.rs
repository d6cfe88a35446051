//! A length of time as a statute writes it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a period is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Hours, through nights and holidays.
    Hours,
    /// Calendar days.
    Days,
    /// Working days.
    WorkingDays,
    /// Months, to the corresponding day.
    Months,
    /// Years, to the corresponding day.
    Years,
}

impl Unit {
    /// Every unit, in the order of the declaration.
    pub const ALL: [Unit; 5] = [Unit::Hours, Unit::Days, Unit::WorkingDays, Unit::Months, Unit::Years];

    /// The English name: for one, and for any other number.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Unit::Hours => ("hour", "hours"),
            Unit::Days => ("day", "days"),
            Unit::WorkingDays => ("working day", "working days"),
            Unit::Months => ("month", "months"),
            Unit::Years => ("year", "years"),
        }
    }

    /// The Chinese measure, as it follows a number.
    pub const fn zh(self) -> &'static str {
        match self {
            Unit::Hours => "小时",
            Unit::Days => "日",
            Unit::WorkingDays => "个工作日",
            Unit::Months => "个月",
            Unit::Years => "年",
        }
    }
}

/// A number of hours, days, working days, months or years.
///
/// Periods of different units have no order: whether 3 months are more than 90 days hangs on the day they start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    /// How many.
    pub n: u32,
    /// Of what.
    pub unit: Unit,
}

impl Period {
    /// `n` of `unit`.
    pub const fn new(n: u32, unit: Unit) -> Period {
        Period { n, unit }
    }

    /// In Chinese: 5个工作日, 60日, 24小时, 6个月, 2年.
    pub fn zh(&self) -> String {
        format!("{}{}", self.n, self.unit.zh())
    }

    /// In English, as it is written in a definition.
    pub fn en(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, many) = self.unit.names();
        write!(f, "{} {}", self.n, if self.n == 1 { one } else { many })
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let wrong = || PeriodError { text: text.to_owned() };
        let (number, name) = text.split_once(' ').ok_or_else(wrong)?;
        let unit = Unit::ALL.into_iter().find(|unit| name == unit.names().0 || name == unit.names().1);
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        match (number.parse(), unit) {
            (Ok(n), Some(unit)) if digits && n > 0 => Ok(Period { n, unit }),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> String {
        period.to_string()
    }
}

/// A text that is no period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodError {
    /// What was written.
    pub text: String,
}

impl std::error::Error for PeriodError {}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no period: write a number above 0, a space and a unit, \
             as in \"24 hours\", \"60 days\", \"5 working days\", \"6 months\" or \"2 years\"",
            self.text
        )
    }
}
