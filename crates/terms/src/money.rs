//! Money, in fen, without fractions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in fen, a hundredth of a yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// A whole number of yuan; `None` where it does not fit.
    pub fn from_yuan(yuan: i64) -> Option<Fen> {
        yuan.checked_mul(100).map(Fen)
    }

    /// The sum; `None` where it does not fit.
    pub fn checked_add(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }

    /// The difference; `None` where it does not fit.
    pub fn checked_sub(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).map(Fen)
    }

    /// In Chinese: 3000元, 3000.5元.
    pub fn zh(&self) -> String {
        format!("{self}元")
    }
}

impl fmt::Display for Fen {
    /// Yuan as a decimal, without zeros at its end: `3000`, `3000.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (yuan, fen) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match (fen, fen % 10) {
            (0, _) => write!(f, "{sign}{yuan}"),
            (_, 0) => write!(f, "{sign}{yuan}.{}", fen / 10),
            _ => write!(f, "{sign}{yuan}.{fen:02}"),
        }
    }
}

impl FromStr for Fen {
    type Err = FenError;

    /// Yuan as a decimal: `3000`, `3000.50`, `3,000.00`, `-12.5`.
    fn from_str(text: &str) -> Result<Self, FenError> {
        let (sign, amount) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = amount.split_once('.').map_or((amount, None), |(whole, part)| (whole, Some(part)));
        let not_amount = || FenError::NotAmount { text: text.to_owned() };
        let whole = ungrouped(whole).ok_or_else(not_amount)?;
        let part = match part {
            None => 0,
            Some(digits) => hundredths(digits, text)?,
        };
        yuan(&whole)
            .and_then(|yuan| yuan.checked_mul(100))
            .and_then(|fen| fen.checked_add(part))
            .map(|fen| Fen(sign * fen))
            .ok_or_else(|| FenError::TooLarge { text: text.to_owned() })
    }
}

/// The digits before the point; `None` where they are more than a number can hold.
fn yuan(digits: &str) -> Option<i64> {
    digits.parse().ok()
}

/// The digits without their commas; `None` unless every group after a comma has three.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let first_fits = !first.is_empty() && (first.len() <= 3 || !whole.contains(','));
    let rest_fits = groups.all(|group| group.len() == 3);
    let digits = whole.replace(',', "");
    (first_fits && rest_fits && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// One or two digits after the point, as fen.
fn hundredths(digits: &str, text: &str) -> Result<i64, FenError> {
    match digits.as_bytes() {
        bytes if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) => {
            Err(FenError::NotAmount { text: text.to_owned() })
        }
        [tenth] => Ok(i64::from(tenth - b'0') * 10),
        [tenth, hundredth] => Ok(i64::from(tenth - b'0') * 10 + i64::from(hundredth - b'0')),
        _ => Err(FenError::BelowFen { text: text.to_owned() }),
    }
}

/// A text that is no amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FenError {
    /// Not a decimal number of yuan.
    NotAmount {
        /// What was written.
        text: String,
    },
    /// A third decimal: less than a fen.
    BelowFen {
        /// What was written.
        text: String,
    },
    /// More than an amount can hold.
    TooLarge {
        /// What was written.
        text: String,
    },
}

impl std::error::Error for FenError {}

impl fmt::Display for FenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FenError::NotAmount { text } => {
                write!(f, "`{text}` is no amount: write yuan, as in 3000, 3000.50 or 3,000.00")
            }
            FenError::BelowFen { text } => {
                write!(f, "`{text}` is finer than a fen: write at most two digits after the point")
            }
            FenError::TooLarge { text } => {
                write!(f, "`{text}` is too large: an amount is below 92,233,720,368,547,758 yuan")
            }
        }
    }
}
