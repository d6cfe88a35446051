//! Numerals as they are written: Arabic and Han, scaled by 千 万 亿, fractions and percentages in words.

use rust_decimal::Decimal;

use crate::normal::{BREAK, Cells};

/// How a numeral is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Digits, whatever follows: `4.35万`.
    Arabic,
    /// Han numerals that count: `三百二十一`.
    Han,
    /// A bare power that only gives the size: `百名`, `上千件`.
    Power,
    /// `三分之二`, `百分之九十`: a share, read as a percentage.
    Share,
}

/// One numeral in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numeral {
    /// First cell.
    pub start: usize,
    /// One past the last cell, scale and 余 included.
    pub end: usize,
    /// The value after scaling.
    pub value: Decimal,
    /// The last digit's weight: 7.2万 is known to the nearest 1000.
    pub grain: Decimal,
    /// How it is written.
    pub script: Script,
    /// 余, 多 or 来 inside or behind it.
    pub over: bool,
}

/// Reads the numeral that begins at `index`, if one does.
pub fn numeral(cells: &Cells, index: usize) -> Option<Numeral> {
    let sign = cells.at(index);
    if sign.is_ascii_digit() {
        fraction(cells, index).or_else(|| arabic(cells, index))
    } else if han_digit(sign).is_some() || power(sign).is_some() {
        share(cells, index).or_else(|| han(cells, index))
    } else {
        None
    }
}

/// The value of a Han digit.
pub fn han_digit(sign: char) -> Option<u32> {
    let value = match sign {
        '零' | '〇' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    };
    Some(value)
}

/// The value of a Han power of ten.
pub fn power(sign: char) -> Option<u64> {
    let value = match sign {
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    };
    Some(value)
}

fn arabic(cells: &Cells, start: usize) -> Option<Numeral> {
    let mut digits = String::new();
    let mut index = start;
    while cells.at(index).is_ascii_digit() {
        digits.push(cells.at(index));
        index += 1;
    }
    while digits.len() <= 15 && groups(cells, start, index) && thousands(cells, start, index) {
        digits.extend((index + 1..index + 4).map(|place| cells.at(place)));
        index += 4;
    }
    let mut places = 0_u32;
    if cells.at(index) == '.' && cells.at(index + 1).is_ascii_digit() {
        digits.push('.');
        index += 1;
        while cells.at(index).is_ascii_digit() {
            digits.push(cells.at(index));
            index += 1;
            places += 1;
        }
    }
    if digits.len() > 15 {
        return None;
    }
    let value: Decimal = digits.parse().ok()?;
    let (scale, end, over) = scale(cells, index)?;
    // 12万8千元: the second scale is a part of the same number.
    if let Some(rest) = lesser(cells, end).filter(|_| scale >= Decimal::from(10_000) && places == 0 && !over) {
        let value = value.checked_mul(scale)?.checked_add(rest.value)?.normalize();
        return Some(Numeral { start, value, ..rest });
    }
    let grain = Decimal::new(1, places).checked_mul(scale)?;
    Some(Numeral { start, end, value: value.checked_mul(scale)?.normalize(), grain, script: Script::Arabic, over })
}

/// A digit with 千 or 百 at `index`, as it follows 万.
fn lesser(cells: &Cells, index: usize) -> Option<Numeral> {
    let digit = cells.at(index).to_digit(10)?;
    let factor = power(cells.at(index + 1)).filter(|&factor| matches!(factor, 100 | 1_000))?;
    let value = Decimal::from(digit).checked_mul(Decimal::from(factor))?;
    Some(Numeral {
        start: index,
        end: index + 2,
        value,
        grain: Decimal::from(factor),
        script: Script::Arabic,
        over: false,
    })
}

/// Whether the sign at `index` may group thousands: a comma, or a single blank in the middle of a line (表1 is none).
fn groups(cells: &Cells, start: usize, index: usize) -> bool {
    let label = matches!(cells.before(start), BREAK | '表' | '图' | '第') || cells.ends_with(start, "附件");
    cells.at(index) == ',' || (cells.at(index) == ' ' && !label)
}

/// Whether the sign at `index` groups thousands: three digits follow, no
/// more, and at most three stand before it.
fn thousands(cells: &Cells, start: usize, index: usize) -> bool {
    let digits_before = (start..index).rev().take_while(|&place| cells.at(place).is_ascii_digit()).count();
    let digits_after = (index + 1..index + 5).take_while(|&place| cells.at(place).is_ascii_digit()).count();
    (1..=3).contains(&digits_before) && digits_after == 3
}

/// The powers and the 余 or 多 after a numeral's digits: the factor, the end, and whether it is more than it says.
fn scale(cells: &Cells, mut index: usize) -> Option<(Decimal, usize, bool)> {
    let mut factor = Decimal::ONE;
    let mut over = false;
    if is_more(cells.at(index)) && power(cells.at(index + 1)).is_some() {
        over = true;
        index += 1;
    }
    let mut powers = 0;
    while let Some(value) = power(cells.at(index)) {
        factor = factor.checked_mul(Decimal::from(value))?;
        index += 1;
        powers += 1;
        if powers > 3 {
            return None;
        }
    }
    if is_more(cells.at(index)) {
        over = true;
        index += 1;
    }
    Some((factor, index, over))
}

fn is_more(sign: char) -> bool {
    matches!(sign, '余' | '多')
}

/// The cells of `1/4` where it is a share of something (占总数的1/4), else 0.
pub fn fraction_length(cells: &Cells, start: usize) -> usize {
    let digit = |place: usize| cells.at(place).is_ascii_digit();
    let part = "的约近达过占为了少短缩减".contains(cells.before(start));
    let shaped = digit(start)
        && cells.at(start + 1) == '/'
        && digit(start + 2)
        && !digit(start + 3)
        && cells.at(start + 3) != '/';
    if part && shaped && cells.at(start) < cells.at(start + 2) { 3 } else { 0 }
}

fn fraction(cells: &Cells, start: usize) -> Option<Numeral> {
    if fraction_length(cells, start) == 0 {
        return None;
    }
    let (count, parts) = (cells.at(start).to_digit(10)?, cells.at(start + 2).to_digit(10)?);
    let value = Decimal::from(count * 100).checked_div(Decimal::from(parts))?.round_dp(2);
    Some(Numeral {
        start,
        end: start + 3,
        value: value.normalize(),
        grain: Decimal::new(1, 2),
        script: Script::Share,
        over: false,
    })
}

/// Whether 成 at `index` means tenths (近三成, 九成以上) and begins no other word.
fn is_tenths(cells: &Cells, index: usize) -> bool {
    cells.at(index) == '成'
        && (matches!(cells.at(index + 1), ',' | '。' | ';' | '、' | '左' | ')' | BREAK) || cells.has(index + 1, "以上"))
}

/// `三分之二`, `百分之三十五`: in hundredths, to two places.
fn share(cells: &Cells, start: usize) -> Option<Numeral> {
    let (parts, middle) = han_value(cells, start)?;
    if middle == start + 1 && is_tenths(cells, middle) && parts < Decimal::TEN && !parts.is_zero() {
        return Some(Numeral {
            start,
            end: middle + 1,
            value: parts.checked_mul(Decimal::TEN)?.normalize(),
            grain: Decimal::TEN,
            script: Script::Share,
            over: false,
        });
    }
    if !cells.has(middle, "分之") || parts.is_zero() {
        return None;
    }
    let after = middle + 2;
    let (count, end) = if cells.at(after).is_ascii_digit() {
        let inner = arabic(cells, after)?;
        (inner.value, inner.end)
    } else {
        han_value(cells, after)?
    };
    let value = count.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(parts)?.round_dp(2);
    Some(Numeral {
        start,
        end,
        value: value.normalize(),
        grain: Decimal::new(1, 2),
        script: Script::Share,
        over: false,
    })
}

fn han(cells: &Cells, start: usize) -> Option<Numeral> {
    let (value, mut end) = han_value(cells, start)?;
    let bare = (start..end).all(|place| power(cells.at(place)).is_some());
    let mut over = false;
    let mut value = value;
    if is_more(cells.at(end)) {
        over = true;
        end += 1;
        // 三十余万
        while let Some(factor) = power(cells.at(end)).filter(|&factor| factor >= 10_000) {
            value = value.checked_mul(Decimal::from(factor))?;
            end += 1;
        }
    }
    let one_ten = end - start == 1 && cells.at(start) == '十';
    Some(Numeral {
        start,
        end,
        value: value.normalize(),
        grain: Decimal::ONE,
        script: if bare && !one_ten && !over { Script::Power } else { Script::Han },
        over,
    })
}

/// Reads a Han number by the usual grammar and gives its end; a run of digits
/// without powers (二〇三五) is a year or a name, not a number.
fn han_value(cells: &Cells, start: usize) -> Option<(Decimal, usize)> {
    let mut index = start;
    let (mut total, mut section, mut digit) = (Decimal::ZERO, Decimal::ZERO, None::<Decimal>);
    let mut decimals = None::<u32>;
    while index < start + 24 {
        let sign = cells.at(index);
        if let Some(value) = han_digit(sign) {
            if let Some(places) = decimals.as_mut() {
                *places += 1;
                let part = Decimal::new(i64::from(value), *places);
                digit = Some(digit.unwrap_or_default().checked_add(part)?);
            } else if digit.is_some_and(|digit| !digit.is_zero()) {
                return None;
            } else {
                digit = Some(Decimal::from(value));
            }
        } else if let Some(value) = power(sign) {
            decimals = None;
            let value = Decimal::from(value);
            if value < Decimal::from(10_000) {
                section = section.checked_add(digit.take().unwrap_or(Decimal::ONE).checked_mul(value)?)?;
            } else {
                section = section.checked_add(digit.take().unwrap_or_default())?;
                let whole = if section.is_zero() && total.is_zero() { Decimal::ONE } else { section };
                total = if whole.is_zero() || value > Decimal::from(10_000) {
                    total.checked_add(whole)?.checked_mul(value)?
                } else {
                    total.checked_add(whole.checked_mul(value)?)?
                };
                section = Decimal::ZERO;
            }
        } else if sign == '点' && digit.is_some() && decimals.is_none() && han_digit(cells.at(index + 1)).is_some() {
            decimals = Some(0);
        } else {
            break;
        }
        index += 1;
    }
    let value = total.checked_add(section)?.checked_add(digit.unwrap_or_default())?;
    (index > start).then_some((value, index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_written() {
        for (text, value, over) in [
            ("12件", "12", false),
            ("4.35万件", "43500", false),
            ("12万8千元", "128000", false),
            ("1,234,567元", "1234567", false),
            ("30多万人次", "300000", true),
            ("15000余份", "15000", true),
            ("2.3亿人次", "230000000", false),
            ("三百二十一件", "321", false),
            ("两千余件", "2000", true),
            ("一万零五十件", "10050", false),
            ("三十余万份", "300000", true),
            ("百分之九十二点五", "92.5", false),
            ("三分之二", "66.67", false),
            ("百亿", "10000000000", false),
            ("十二亿三千万元", "1230000000", false),
        ] {
            let read = numeral(&Cells::of(text), 0).map(|n| (n.value.to_string(), n.over));
            assert_eq!(read, Some((value.to_owned(), over)), "{text}");
        }
    }

    #[test]
    fn a_blank_groups_thousands_inside_a_line_and_columns_stay_apart() {
        let read = |text: &str, at| numeral(&Cells::of(text), at).map(|n| n.value.to_string());
        assert_eq!(read("共1 286件", 1).as_deref(), Some("1286"));
        assert_eq!(read("共2 134 286件", 1).as_deref(), Some("2134286"));
        for (text, at) in
            [("12 345件", 0), ("共12\t345件", 1), ("共12  345件", 1), ("见表12 345件", 2), ("共12 34件", 1)]
        {
            assert_eq!(read(text, at).as_deref(), Some("12"), "{text}");
        }
    }

    #[test]
    fn a_comma_between_two_numbers_does_not_join_them() {
        let read = numeral(&Cells::of("26,93条"), 0).map(|n| n.value.to_string());
        assert_eq!(read.as_deref(), Some("26"));
    }
}
