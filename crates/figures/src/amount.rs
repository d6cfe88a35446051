//! Exact amounts: a whole number of units of 10^-scale.

use std::cmp::Ordering;
use std::fmt;

/// An exact decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Units.
    pub units: i64,
    /// Digits after the point.
    pub scale: u8,
}

impl Amount {
    /// A whole number.
    pub fn whole(units: i64) -> Amount {
        Amount { units, scale: 0 }
    }
    /// Money in fen, printed in yuan.
    pub fn fen(fen: i64) -> Amount {
        Amount { units: fen, scale: 2 }
    }
    /// `part` of `whole` in percent, two decimals, halves away from nought. `None` where there is no whole.
    pub fn percent(part: Amount, whole: Amount) -> Option<Amount> {
        let (part, whole) = common(part, whole)?;
        if whole == 0 {
            return None;
        }
        let scaled = i128::from(part) * 10_000;
        let half = i128::from(whole).abs() / 2;
        let rounded = (scaled.abs() + half) / i128::from(whole).abs();
        let sign = if (part < 0) == (whole < 0) { 1 } else { -1 };
        Some(Amount { units: i64::try_from(rounded * sign).ok()?, scale: 2 })
    }
    /// The difference.
    pub fn minus(self, other: Amount) -> Option<Amount> {
        let (left, right) = common(self, other)?;
        Some(Amount { units: left.checked_sub(right)?, scale: self.scale.max(other.scale) })
    }
    /// The sum.
    pub fn plus(self, other: Amount) -> Option<Amount> {
        let (left, right) = common(self, other)?;
        Some(Amount { units: left.checked_add(right)?, scale: self.scale.max(other.scale) })
    }
    /// Without its sign.
    pub fn magnitude(self) -> Amount {
        Amount { units: self.units.saturating_abs(), ..self }
    }
    /// So many times.
    pub fn times(self, n: i64) -> Option<Amount> {
        Some(Amount { units: self.units.checked_mul(n)?, ..self })
    }
    /// The middle of several: half of them are no more, half no less. Of an even number it lies between two.
    pub fn median(of: &[Amount]) -> Option<Amount> {
        // One digit more, so that a half is exact.
        let scale = of.iter().map(|amount| amount.scale).max()?.checked_add(1)?;
        let lift = |amount: &Amount| amount.units.checked_mul(10_i64.checked_pow(u32::from(scale - amount.scale))?);
        let mut units: Vec<i64> = of.iter().map(lift).collect::<Option<_>>()?;
        units.sort_unstable();
        let half = units.len() / 2;
        let units = match units.len() % 2 {
            0 => units[half - 1].midpoint(units[half]),
            _ => units[half],
        };
        Some(Amount { units, scale })
    }
    /// Whether it is nought.
    pub fn is_zero(self) -> bool {
        self.units == 0
    }
    /// Which is more.
    pub fn compare(self, other: Amount) -> Option<Ordering> {
        common(self, other).map(|(left, right)| left.cmp(&right))
    }
}

fn common(left: Amount, right: Amount) -> Option<(i64, i64)> {
    let scale = left.scale.max(right.scale);
    let lift = |amount: Amount| amount.units.checked_mul(10_i64.checked_pow(u32::from(scale - amount.scale))?);
    Some((lift(left)?, lift(right)?))
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.units);
        }
        let unit = 10_u64.pow(u32::from(self.scale));
        let (whole, part) = (self.units.unsigned_abs() / unit, self.units.unsigned_abs() % unit);
        let sign = if self.units < 0 { "-" } else { "" };
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:0width$}", width = usize::from(self.scale));
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_exactly() {
        assert_eq!(Amount::fen(53_500_000).to_string(), "535000");
        assert_eq!(Amount::fen(-1_050).to_string(), "-10.5");
        assert_eq!(Amount::percent(Amount::whole(4450), Amount::whole(4489)).unwrap().to_string(), "99.13");
        assert_eq!(Amount::percent(Amount::whole(1), Amount::whole(-3)).unwrap().to_string(), "-33.33");
        assert_eq!(Amount::percent(Amount::whole(1), Amount::whole(0)), None);
        assert_eq!(Amount::whole(3).minus(Amount::fen(150)).unwrap().to_string(), "1.5");
        assert_eq!(Amount::whole(3).plus(Amount::fen(150)).unwrap().to_string(), "4.5");
    }

    #[test]
    fn the_middle_lies_between_two() {
        let middle = |units: &[i64]| {
            let all: Vec<Amount> = units.iter().map(|units| Amount::fen(*units)).collect();
            Amount::median(&all).map(|middle| middle.to_string())
        };
        assert_eq!(middle(&[300, 100, 201]).unwrap(), "2.01");
        assert_eq!(middle(&[300, 100, 201, 202]).unwrap(), "2.015");
        assert_eq!(middle(&[-101, 100]).unwrap(), "-0.005");
        assert_eq!(middle(&[]), None);
    }
}
