//! Marks the cells in which no numeral is a figure: titles, quoted names, dates, document numbers, ordinals.

use crate::normal::{BREAK, Cells, is_han};
use crate::numeral::{fraction_length, han_digit, power};

/// The longest quotation taken for a name; a longer one is speech, with figures of its own.
const LONGEST_NAME: usize = 40;

/// One flag for each cell: whether it belongs to a name, a date or an ordinal.
pub fn mask(cells: &Cells) -> Vec<bool> {
    let mut hidden = vec![false; cells.len()];
    brackets(cells, &mut hidden, '《', '》', 120);
    brackets(cells, &mut hidden, '〈', '〉', 120);
    brackets(cells, &mut hidden, '“', '”', LONGEST_NAME);
    brackets(cells, &mut hidden, '‘', '’', LONGEST_NAME);
    brackets(cells, &mut hidden, '"', '"', LONGEST_NAME);
    brackets(cells, &mut hidden, '〔', '〕', 8);
    let mut index = 0;
    while index < cells.len() {
        let length = span_at(cells, index);
        for flag in hidden.iter_mut().skip(index).take(length) {
            *flag = true;
        }
        index += length.max(1);
    }
    hidden
}

/// Hides what stands between a pair of brackets of one paragraph.
fn brackets(cells: &Cells, hidden: &mut [bool], open: char, close: char, longest: usize) {
    let mut opened: Option<usize> = None;
    for index in 0..cells.len() {
        let sign = cells.at(index);
        if sign == BREAK {
            opened = None;
        } else if sign == close && opened.is_some() {
            let from = opened.take().unwrap_or(index);
            if index - from <= longest + 1 {
                for flag in hidden.iter_mut().take(index + 1).skip(from) {
                    *flag = true;
                }
            }
        } else if sign == open {
            // The innermost pair counts; a title may hold a second one.
            opened = if opened.is_some() && open == '《' { opened } else { Some(index) };
        }
    }
}

/// The length of the date, document number, ordinal or code that begins at `index`; 0 where none does.
fn span_at(cells: &Cells, index: usize) -> usize {
    let sign = cells.at(index);
    if sign == '第' {
        return ordinal(cells, index);
    }
    let numeric = sign.is_ascii_digit() || han_digit(sign).is_some();
    let starts = numeric && !cells.before(index).is_ascii_digit();
    if starts || sign == '十' {
        let rules =
            [date, year_range, month_range, clock, document_number, chained_code, list_marker, around_the_clock];
        return rules.iter().map(|rule| rule(cells, index)).max().unwrap_or(0);
    }
    if sign.is_ascii_alphabetic() && !cells.before(index).is_ascii_alphabetic() {
        return latin_code(cells, index);
    }
    if sign == '前' && cells.at(index + 1).is_ascii_digit() {
        let end = digits(cells, index + 1);
        return if "名位强列".contains(cells.at(end)) { end + 1 - index } else { 0 };
    }
    0
}

/// One past the digits at `index`.
fn digits(cells: &Cells, mut index: usize) -> usize {
    while cells.at(index).is_ascii_digit() {
        index += 1;
    }
    index
}

/// `第3次`, `第 十三 届`, `第12号`: the numeral and the word it ranks.
fn ordinal(cells: &Cells, index: usize) -> usize {
    let mut end = index + 1;
    while cells.at(end).is_ascii_digit() || han_digit(cells.at(end)).is_some() || power(cells.at(end)).is_some() {
        end += 1;
    }
    if end == index + 1 {
        return 0;
    }
    // 第3、4批; 第1-3批
    while matches!(cells.at(end), '、' | '-' | '至')
        && (cells.at(end + 1).is_ascii_digit() || cells.at(end + 1) == '第')
    {
        end = digits(cells, end + 1 + usize::from(cells.at(end + 1) == '第'));
    }
    end + 1 - index
}

fn is_range(sign: char) -> bool {
    matches!(sign, '-' | '—' | '~' | '～' | '至' | '到')
}

/// One past the signs of a range, or `index` where none stands.
fn range_sign(cells: &Cells, index: usize) -> usize {
    if !is_range(cells.at(index)) {
        return index;
    }
    index + 1 + usize::from(cells.at(index + 1) == '—' || cells.at(index + 1) == '-')
}

/// A year of four digits (or Han digits) from 1900 to 2099 at `index`: one past it.
fn year(cells: &Cells, index: usize) -> Option<usize> {
    let end = digits(cells, index);
    if end - index == 4 {
        let century = (cells.at(index), cells.at(index + 1));
        return matches!(century, ('1', '9') | ('2', '0')).then_some(end);
    }
    let four = (index..index + 4).all(|place| han_digit(cells.at(place)).is_some());
    (four && cells.at(index + 4) == '年').then_some(index + 4)
}

/// `2021年`, `2021年3月5日`, `3月5日`, `2021-03-05`, `2021/3/5`, `2021.03.05`, `12月25日至27日`.
fn date(cells: &Cells, index: usize) -> usize {
    let mut end = index;
    if let Some(after) = year(cells, index) {
        if cells.at(after) == '年' {
            end = after + 1;
        } else if matches!(cells.at(after), '-' | '/' | '.') {
            let separator = cells.at(after);
            let month = digits(cells, after + 1);
            if month > after + 1 && month <= after + 3 && cells.at(month) == separator {
                let day = digits(cells, month + 1);
                if day > month + 1 && day <= month + 3 {
                    return day - index;
                }
            }
        }
    }
    let month = digits(cells, end);
    if month > end && month <= end + 2 && cells.at(month) == '月' {
        end = month + 1;
        let day = digits(cells, end);
        if day > end && day <= end + 2 && matches!(cells.at(day), '日' | '号') {
            end = day + 1;
            let from = range_sign(cells, end);
            let last = digits(cells, from);
            if from > end && last > from && cells.at(last) == '日' {
                end = last + 1;
            }
        }
    }
    if han_digit(cells.at(index)).is_some() || cells.at(index) == '十' {
        end = end.max(han_month(cells, index));
    }
    end - index
}

/// `十二月四日`, `三月份`: one past it, or `index`.
fn han_month(cells: &Cells, index: usize) -> usize {
    let number = |mut place: usize| {
        while han_digit(cells.at(place)).is_some() || cells.at(place) == '十' {
            place += 1;
        }
        place
    };
    let month = number(index);
    if month - index > 2 || cells.at(month) != '月' {
        return index;
    }
    let day = number(month + 1);
    if day > month + 1 && matches!(cells.at(day), '日' | '号') { day + 1 } else { month + 1 }
}

/// `2021-2025年`, `2015—2020`, `2021年至2025年`.
fn year_range(cells: &Cells, index: usize) -> usize {
    let Some(first) = year(cells, index) else {
        return 0;
    };
    let from = range_sign(cells, first + usize::from(cells.at(first) == '年'));
    if from <= first {
        return 0;
    }
    match year(cells, from) {
        Some(end) if is_range(cells.before(from)) => end + usize::from(cells.at(end) == '年') - index,
        _ => 0,
    }
}

/// `1-6月`, `1至11月份`, `1月至6月`.
fn month_range(cells: &Cells, index: usize) -> usize {
    let first = digits(cells, index);
    if first == index || first > index + 2 {
        return 0;
    }
    let from = range_sign(cells, first + usize::from(cells.at(first) == '月'));
    let end = digits(cells, from);
    let ranged = from > first && is_range(cells.before(from)) && end > from && end <= from + 2;
    if ranged && cells.at(end) == '月' { end + 1 - index } else { 0 }
}

/// `9:30`, `09:18:00`, `9时`, `上午9点30分`, `8:30-17:30`.
fn clock(cells: &Cells, index: usize) -> usize {
    let end = digits(cells, index);
    if end == index || end > index + 2 {
        return 0;
    }
    if cells.at(end) == ':' && cells.at(end + 1).is_ascii_digit() && cells.at(end + 2).is_ascii_digit() {
        return digits(cells, end + 1) - index;
    }
    if matches!(cells.at(end), '时' | '点') && !is_han_of(cells.at(end + 1), "段期刻数位") {
        let minute = digits(cells, end + 1);
        let minutes = minute > end + 1 && cells.at(minute) == '分';
        return if minutes { minute + 1 - index } else { end + 1 - index };
    }
    0
}

fn is_han_of(sign: char, set: &str) -> bool {
    set.contains(sign)
}

/// `〔2021〕15号` (the year is hidden by its brackets), `(2021)15号`, `[2021]15号`, `15号文件`, `令第15号`.
fn document_number(cells: &Cells, index: usize) -> usize {
    let end = digits(cells, index);
    if end == index {
        return 0;
    }
    if cells.at(end) == '号' && !cells.has(end, "号召") {
        return end + 1 - index;
    }
    let framed = matches!((cells.before(index), cells.at(end)), ('(', ')') | ('[', ']') | ('【', '】') | ('〔', '〕'));
    let number = digits(cells, end + 1);
    if framed && year(cells, index).is_some() && number > end + 1 && cells.at(number) == '号' {
        return number + 1 - index;
    }
    0
}

/// `1+9`, `7×24`, `12·4`, `010-88886666`, `1:2`: numbers tied to one another by a sign.
fn chained_code(cells: &Cells, index: usize) -> usize {
    if fraction_length(cells, index) > 0 || fraction_length(cells, index.saturating_sub(2)) > 0 {
        return 0;
    }
    let tie = |sign: char| matches!(sign, '+' | '×' | '*' | '=' | '·' | '•' | '/');
    if tie(cells.before(index)) {
        return digits(cells, index).max(index + 1) - index;
    }
    let end = digits(cells, index);
    if end == index {
        return 0;
    }
    if tie(cells.at(end)) {
        let next = digits(cells, end + 1);
        // The unit of `7×24小时` belongs to the name too.
        return next.max(end + 1) - index + if cells.has(next, "小时") { 2 } else { 0 };
    }
    let dash_code = cells.at(end) == '-' && digits(cells, end + 1) - (end + 1) >= 5;
    if dash_code { digits(cells, end + 1) - index } else { 0 }
}

/// `1.`, `2、`, `(3)`, `3)` at the head of a paragraph or behind a bracket.
fn list_marker(cells: &Cells, index: usize) -> usize {
    let end = digits(cells, index);
    if end == index || end > index + 2 {
        return 0;
    }
    let head = cells.before(index) == BREAK || (cells.before(index) == '(' && cells.at(end) == ')');
    let marks = matches!(cells.at(end), '.' | '、' | ')') && !cells.at(end + 1).is_ascii_digit();
    if head && marks { end - index } else { 0 }
}

/// `24小时`, `365天`, `7天无理由`: a way of working or a rule's name, and no amount done.
fn around_the_clock(cells: &Cells, index: usize) -> usize {
    for (number, unit) in [
        ("24", "小时"),
        ("24", "个小时"),
        ("365", "天"),
        ("二十四", "小时"),
        ("7", "天无理由"),
        ("七", "天无理由"),
        ("7", "日无理由"),
        ("8", "小时外"),
        ("8", "小时之外"),
        ("8", "小时以外"),
        ("八", "小时外"),
    ] {
        let length = number.chars().count();
        if cells.has(index, number) && cells.has(index + length, unit) {
            return length + unit.chars().count();
        }
    }
    0
}

/// `PM2.5`, `GB/T 9704-2012`, `5G` is told at the numeral, `A4`, `V2.0`, `ISO 9001`.
fn latin_code(cells: &Cells, index: usize) -> usize {
    let mut end = index;
    let mut held_digit = false;
    while end < index + 40 {
        let sign = cells.at(end);
        let joins = matches!(sign, '/' | '-' | '.' | ' ' | '_') && cells.at(end + 1).is_ascii_alphanumeric();
        if !(sign.is_ascii_alphanumeric() || joins) {
            break;
        }
        held_digit |= sign.is_ascii_digit();
        end += 1;
    }
    if held_digit { end - index } else { 0 }
}

/// Whether a Latin letter or a tying sign makes the numeral between `start` and `end` part of a name.
pub fn is_tied(cells: &Cells, start: usize, end: usize) -> bool {
    let before = cells.before(start);
    let after = cells.at(end);
    before.is_ascii_alphanumeric()
        || after.is_ascii_alphabetic()
        || matches!(before, '+' | '×' | '/' | '*' | '.')
        || (matches!(after, '+' | '×' | '/')
            && (cells.at(end + 1).is_ascii_alphanumeric() || is_han(cells.at(end + 1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> String {
        let cells = Cells::of(text);
        let hidden = mask(&cells);
        (0..cells.len()).filter(|&i| !hidden[i]).map(|i| cells.at(i)).collect()
    }

    #[test]
    fn names_dates_and_numbers_of_documents_are_hidden() {
        for (text, rest) in [
            ("2021年3月5日召开", "召开"),
            ("2021-2025年规划", "规划"),
            ("1-6月办理3件", "办理3件"),
            ("上午9时开庭", "上午开庭"),
            ("9:00-17:30开放", "-开放"),
            ("政发〔2021〕15号文", "政发文"),
            ("政发(2021)15号", "政发("),
            ("标准GB/T 9704-2012执行", "标准执行"),
            ("第3次会议", "会议"),
            ("《2021年工作要点》3项", "3项"),
            ("“315”工作室", "工作室"),
            ("降低PM2.5浓度", "降低浓度"),
            ("7×24小时服务", "服务"),
            ("24小时自助", "自助"),
            ("“1+3”平台", "平台"),
            ("二〇三五年目标", "目标"),
            ("12月4日至6日", ""),
        ] {
            assert_eq!(left(text), rest, "{text}");
        }
    }
}
