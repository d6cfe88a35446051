//! Days and money in the numerals of official documents.

use crate::{Date, Fen};

const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const CAPITALS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// A day in digits: 2026年3月2日.
pub fn day_in_digits(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// A day in Chinese numerals: 二〇二六年三月二日.
pub fn day_in_han(day: Date) -> String {
    let digit = |c: char| c.to_digit(10).and_then(|digit| DIGITS.get(digit as usize)).copied();
    let year: String = day.year().to_string().chars().filter_map(digit).collect();
    format!("{year}年{}月{}日", below_hundred(day.month()), below_hundred(day.day()))
}

fn below_hundred(number: i8) -> String {
    let digit = |at: i8| usize::try_from(at).ok().and_then(|at| DIGITS.get(at)).copied();
    let (tens, ones) = (number / 10, number % 10);
    let mut said = String::new();
    if tens > 1 {
        said.extend(digit(tens));
    }
    if tens > 0 {
        said.push('十');
    }
    if ones > 0 {
        said.extend(digit(ones));
    }
    said
}

impl Fen {
    /// In the numerals of a bank, which nobody can alter: 叁仟元整, 壹拾万零伍元零伍分.
    pub fn capital(&self) -> String {
        let sign = if self.0 < 0 { "负" } else { "" };
        let (yuan, fen) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        let mut said = format!("{sign}{}元", if yuan == 0 { "零".to_owned() } else { whole(yuan) });
        let digit = |at: u64| usize::try_from(at).ok().and_then(|at| CAPITALS.get(at)).copied();
        match (fen / 10, fen % 10) {
            (0, 0) => said.push('整'),
            (tenths, 0) => said.extend(digit(tenths).into_iter().chain(['角', '整'])),
            (tenths, rest) => {
                said.extend(digit(tenths));
                if tenths > 0 {
                    said.push('角');
                }
                said.extend(digit(rest).into_iter().chain(['分']));
            }
        }
        said
    }
}

/// A whole number above nothing.
fn whole(number: u64) -> String {
    for (unit, name) in [(100_000_000, "亿"), (10_000, "万"), (1_000, "仟"), (100, "佰"), (10, "拾")] {
        if number >= unit {
            let (head, rest) = (number / unit, number % unit);
            let between = if rest > 0 && rest < unit / 10 { "零" } else { "" };
            let rest = if rest > 0 { whole(rest) } else { String::new() };
            return format!("{}{name}{between}{rest}", whole(head));
        }
    }
    usize::try_from(number).ok().and_then(|at| CAPITALS.get(at)).copied().map(String::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        let told = |year, month, day| day_in_han(Date::constant(year, month, day));
        assert_eq!(told(2020, 10, 20), "二〇二〇年十月二十日");
        assert_eq!(told(1999, 1, 31), "一九九九年一月三十一日");
        assert_eq!(told(2026, 12, 11), "二〇二六年十二月十一日");
        assert_eq!(day_in_digits(Date::constant(2026, 3, 2)), "2026年3月2日");
    }

    #[test]
    fn money() {
        let all = [
            (0, "零元整"),
            (300_000, "叁仟元整"),
            (10_000_505, "壹拾万零伍元零伍分"),
            (10_010, "壹佰元壹角整"),
            (101_000, "壹仟零壹拾元整"),
            (1_000_000_000, "壹仟万元整"),
            (1_000_010_000, "壹仟万零壹佰元整"),
            (12_345_678_901_234, "壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分"),
            (-5, "负零元零伍分"),
        ];
        for (fen, said) in all {
            assert_eq!(Fen(fen).capital(), said);
        }
        assert!(Fen(i64::MAX).capital().ends_with("零柒分"));
    }
}
