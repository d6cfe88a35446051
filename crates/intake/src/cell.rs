//! What a cell means: texts, numbers and days as people keep them become values, or a sentence about the cell.

use procedure::{Field, FieldType, Language, Line, PartyKind};
use sheets::{Cell, plain};
use terms::{CheckError, Code, Date, DateTime, Fen, Party, RecordId, Time, Value};

use crate::told::say;

/// How cells are read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub language: Language,
    /// Days of the sheet are counted from 1904.
    pub since_1904: bool,
    /// What another system's words mean.
    pub words: &'a [(String, Code)],
}

/// The cells of a party.
#[derive(Clone, Copy, Default)]
pub(crate) struct PartyCells<'a> {
    pub name: Option<&'a Cell>,
    pub kind: Option<&'a Cell>,
    pub number: Option<&'a Cell>,
    pub phone: Option<&'a Cell>,
    pub address: Option<&'a Cell>,
}

impl Reading<'_> {
    fn wrong<T>(self, code: &str, field: &Field, args: &[(&str, String)]) -> Result<T, String> {
        let title = ("field", field.title.get(self.language).to_owned());
        let args: Vec<(&str, String)> = std::iter::once(title).chain(args.iter().cloned()).collect();
        Err(say(self.language, code, &args))
    }

    /// The value of a field that one cell holds.
    pub fn value(self, line: &Line, field: &Field, cell: &Cell) -> Result<Value, String> {
        if let Cell::Wrong(error) = cell {
            return self.wrong("cell-formula-error", field, &[("error", error.clone())]);
        }
        let text = || self.text(field, cell);
        match &field.kind {
            FieldType::Bool => match self.yes(cell) {
                Some(yes) => Ok(Value::Bool(yes)),
                None => self.wrong("cell-bad-bool", field, &[("value", cell.shown())]),
            },
            FieldType::Number(unit) => match number(cell, unit.as_deref()) {
                Some(number) => Ok(Value::Number(number)),
                None => self.wrong("bad-number", field, &[]),
            },
            FieldType::Money => match money(cell) {
                Some(fen) => Ok(Value::Money(fen)),
                None => self.wrong("bad-money", field, &[]),
            },
            FieldType::Date => match self.moment(cell) {
                Some(at) => Ok(Value::Date(at.date())),
                None => self.wrong("bad-date", field, &[]),
            },
            FieldType::Moment => match self.moment(cell) {
                Some(at) => Ok(Value::Moment(at)),
                None => self.wrong("bad-moment", field, &[]),
            },
            FieldType::Text => Ok(Value::Text(text()?)),
            FieldType::Choice(_) => self.choice(line, field, &cell.shown()).map(Value::Choice),
            FieldType::Choices(_) => {
                let shown = cell.shown();
                // A title may hold the very signs that stand between choices.
                if let Ok(one) = self.choice(line, field, &shown) {
                    return Ok(Value::Choices(vec![one]));
                }
                let all: Result<Vec<Code>, String> =
                    several(&shown).map(|word| self.choice(line, field, word)).collect();
                all.map(Value::Choices)
            }
            FieldType::Key(_) | FieldType::Organ => Ok(Value::Key(text()?.into())),
            FieldType::Period => match half(&text()?).parse::<terms::Stretch>() {
                Ok(period) => Ok(Value::Key(period.to_string().into())),
                Err(_) => self.wrong("bad-period", field, &[]),
            },
            FieldType::Figures => Ok(Value::Text(text()?)),
            FieldType::Keys(_) | FieldType::Questions => Ok(Value::Keys(several(&text()?).map(Code::from).collect())),
            FieldType::Link(_) => match half(&text()?).parse::<RecordId>() {
                Ok(id) => Ok(Value::Link(id)),
                Err(_) => self.wrong("bad-link", field, &[]),
            },
            FieldType::Party => self.party(field, PartyCells { name: Some(cell), ..PartyCells::default() }),
        }
    }

    /// A party of its cells.
    pub fn party(self, field: &Field, cells: PartyCells<'_>) -> Result<Value, String> {
        let part = |cell: Option<&Cell>| cell.map(|cell| self.text(field, cell)).transpose();
        let number = part(cells.number)?.map(|number| half(&number).replace([' ', '-'], "").to_uppercase());
        let (name, phone, address) = (part(cells.name)?, part(cells.phone)?, part(cells.address)?);
        let Some(name) = name else { return self.wrong("bad-party-name", field, &[]) };
        let said = cells.kind.map(|cell| {
            let shown = cell.shown();
            let meant = self.words.iter().find(|(word, _)| plain(word) == plain(&shown));
            party_kind(meant.map_or(shown.as_str(), |(_, code)| code.as_str()))
        });
        let told = match said {
            Some(kind) => kind,
            None => number.as_deref().and_then(|number| {
                let person = terms::citizen_number(number).is_ok().then_some(PartyKind::Person);
                person.or_else(|| terms::uscc(number).is_ok().then_some(PartyKind::Organisation))
            }),
        };
        let Some(kind) = told else { return self.wrong("bad-party-kind", field, &[]) };
        if let Some(number) = &number {
            let checked = match kind {
                PartyKind::Person => terms::citizen_number(number),
                PartyKind::Organisation => terms::uscc(number),
            };
            if let Err(error) = checked {
                return self.bad_number(field, &error);
            }
        }
        Ok(Value::Party(Box::new(Party { kind, name, number, phone, address })))
    }

    fn bad_number<T>(self, field: &Field, error: &CheckError) -> Result<T, String> {
        let (code, name, value) = match error {
            CheckError::Length { found } => ("bad-number-length", "found", *found),
            CheckError::Character { place } => ("bad-number-character", "place", *place),
            CheckError::BirthDate => ("bad-number-birth", "place", 7),
            CheckError::CheckDigit => ("bad-number-check", "place", 18),
        };
        self.wrong(code, field, &[(name, value.to_string())])
    }

    /// The cell as text. A number of more than fifteen digits has lost some of them, and says so no more.
    fn text(self, field: &Field, cell: &Cell) -> Result<String, String> {
        if lost(cell) {
            return self.wrong("cell-lost-digits", field, &[("value", cell.shown())]);
        }
        Ok(cell.shown().replace("\r\n", "\n"))
    }

    fn yes(self, cell: &Cell) -> Option<bool> {
        if let Cell::Bool(yes) = cell {
            return Some(*yes);
        }
        let shown = half(&cell.shown()).to_lowercase();
        let meant = self.words.iter().find(|(word, _)| plain(word) == plain(&shown));
        match meant.map_or(shown.as_str(), |(_, code)| code.as_str()) {
            "是" | "有" | "对" | "已" | "√" | "✓" | "✔" | "yes" | "y" | "true" | "1" => Some(true),
            "否" | "无" | "没有" | "不是" | "未" | "×" | "✗" | "no" | "n" | "false" | "0" => Some(false),
            _ => None,
        }
    }

    fn choice(self, line: &Line, field: &Field, word: &str) -> Result<Code, String> {
        let meant = self.words.iter().find(|(other, _)| plain(other) == plain(word)).map(|(_, code)| code.as_str());
        let word = meant.unwrap_or(word);
        let same = |title: &str| plain(title) == plain(word);
        let found = field.choices().iter().find(|choice| {
            choice.code == word || same(&choice.title.zh) || same(&choice.title.en) || same(&choice.code)
        });
        match found {
            Some(choice) => Ok(choice.code.clone()),
            None => {
                let titles: Vec<String> =
                    field.choices().iter().map(|choice| choice.title.get(self.language).to_owned()).collect();
                let near = procedure::meant(word, titles.iter().map(String::as_str));
                let some: Vec<String> = titles.iter().take(8).cloned().collect();
                let more = if titles.len() > some.len() { "…" } else { "" };
                let choices = near.unwrap_or_else(|| format!("{}{more}", wording::list(self.language, &some)));
                let args = [("value", word.to_owned()), ("choices", choices), ("version", line.version.to_string())];
                self.wrong("cell-no-choice", field, &args)
            }
        }
    }

    /// A day or moment as people write it; a day alone is its first moment.
    pub fn moment(self, cell: &Cell) -> Option<DateTime> {
        match cell {
            Cell::Moment(at) => Some(*at),
            Cell::Number(number) => {
                let whole = number.trunc();
                if number.fract() == 0.0 && (19_000_101.0..=21_001_231.0).contains(&whole) {
                    return joined(&format!("{whole:.0}"));
                }
                serial(*number, self.since_1904)
            }
            Cell::Text(text) => written(text),
            Cell::Bool(_) | Cell::Wrong(_) => None,
        }
    }
}

/// A number of more than fifteen digits, as a program of sheets keeps it or has written it.
pub(crate) fn lost(cell: &Cell) -> bool {
    match cell {
        Cell::Number(number) => number.abs() >= 1e15,
        Cell::Text(text) => scientific(text),
        _ => false,
    }
}

/// Full-width letters, digits and signs as plain ones.
pub(crate) fn half(text: &str) -> String {
    let plain = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    };
    text.chars().map(plain).collect::<String>().trim().to_owned()
}

/// Words in one text, as people separate them.
fn several(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '，', '、', ';', '；', '/', '|', '\n', '\r']).map(str::trim).filter(|word| !word.is_empty())
}

/// `1.23E+17`.
fn scientific(text: &str) -> bool {
    let text = half(text);
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    let number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    number(digits) && power.strip_prefix('+').is_some_and(number)
}

fn party_kind(word: &str) -> Option<PartyKind> {
    let word = half(word).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|one| word.contains(one));
    if has(&["法人", "组织", "单位", "企业", "公司", "机构", "organisation", "organization", "company"]) {
        Some(PartyKind::Organisation)
    } else if has(&["自然人", "个人", "公民", "person", "natural"]) {
        Some(PartyKind::Person)
    } else {
        None
    }
}

/// A whole number, with or without thousands and the field's unit.
fn number(cell: &Cell, unit: Option<&str>) -> Option<i64> {
    match cell {
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}").parse().ok(),
        Cell::Text(text) => {
            let text = half(text).replace([',', ' '], "");
            let text = unit.and_then(|unit| text.strip_suffix(unit)).unwrap_or(&text);
            text.strip_suffix(".0").unwrap_or(text).parse().ok()
        }
        _ => None,
    }
}

/// An amount of yuan, exact to the fen; 万元 are ten thousand.
fn money(cell: &Cell) -> Option<Fen> {
    let text = match cell {
        Cell::Number(number) if number.abs() < 1e13 => {
            let text = format!("{number:.2}");
            // What has a third place is no amount, but what a sum of amounts leaves behind is nothing.
            let exact = text.parse::<f64>().is_ok_and(|rounded| (rounded - number).abs() < 1e-6);
            exact.then_some(text)?
        }
        Cell::Text(text) => half(text),
        _ => return None,
    };
    let text = text.replace([',', ' ', '¥', '￥'], "");
    let (text, shift) = match text.strip_suffix("万元").or_else(|| text.strip_suffix('万')) {
        Some(text) => (text, 4),
        None => (text.strip_suffix('元').unwrap_or(&text), 0),
    };
    if shift == 0 {
        return text.parse().ok();
    }
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let (near, far) = places.split_at_checked(shift).unwrap_or((places, ""));
    format!("{whole}{near:0<shift$}.{}", if far.is_empty() { "0" } else { far }).parse().ok()
}

/// Days since 1899-12-30, as Excel counts after its leap day of 1900; of old Macintosh sheets, since 1904-01-01.
fn serial(number: f64, since_1904: bool) -> Option<DateTime> {
    // From 1920 to 2100: what lies outside is a number and no day.
    if !(7_306.0..73_416.0).contains(&number) {
        return None;
    }
    let first = if since_1904 { Date::constant(1904, 1, 1) } else { Date::constant(1899, 12, 30) };
    let seconds = (number * 86_400.0).round();
    let seconds: i64 = format!("{seconds:.0}").parse().ok()?;
    first.to_datetime(Time::midnight()).checked_add(jiff_seconds(seconds)).ok()
}

fn jiff_seconds(seconds: i64) -> std::time::Duration {
    std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

/// `20200715`.
fn joined(digits: &str) -> Option<DateTime> {
    let all = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let part = |from: usize, to: usize| digits.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    all.then(|| day_of(year, month, day))?.map(|day| day.to_datetime(Time::midnight()))
}

fn day_of(year: &str, month: &str, day: &str) -> Option<Date> {
    let year = (year.len() == 4).then(|| year.parse().ok())??;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// 2020年7月15日, 2020.7.15, 2020-07-15 09:30, 二〇二〇年七月十五日, 20200715.
fn written(text: &str) -> Option<DateTime> {
    let text = half(text);
    let text = if text.chars().any(|c| numeral(c).is_some()) { chinese(&text) } else { text };
    let text = text.replace('T', " ");
    if let Some(at) = joined(&text) {
        return Some(at);
    }
    let text = text.replace(['年', '月', '/', '.'], "-").replace(['日', '号'], " ");
    let mut words = text.split_whitespace();
    let mut days: String = words.next()?.to_owned();
    let mut rest: Vec<&str> = words.collect();
    // 2020 年 7 月 15 日.
    while days.ends_with('-') && !rest.is_empty() {
        days.push_str(rest.remove(0));
    }
    while rest.first().is_some_and(|word| word.starts_with('-')) {
        days.push_str(rest.remove(0));
        while days.ends_with('-') && !rest.is_empty() {
            days.push_str(rest.remove(0));
        }
    }
    let parts: Vec<&str> = days.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let day = day_of(year, month, day)?;
    match rest.as_slice() {
        [] => Some(day.to_datetime(Time::midnight())),
        [time] => {
            let mut parts = time.split([':', '时', '分']).filter(|part| !part.is_empty());
            let (hour, minute) = (parts.next()?.parse().ok()?, parts.next().map_or(Ok(0), str::parse).ok()?);
            let second = parts.next().and_then(|part| part.split('.').next()).map_or(Ok(0), str::parse).ok()?;
            Some(day.to_datetime(Time::new(hour, minute, second, 0).ok()?))
        }
        _ => None,
    }
}

fn numeral(c: char) -> Option<u32> {
    "〇一二三四五六七八九"
        .chars()
        .position(|other| other == c)
        .or((c == '零' || c == '○').then_some(0))
        .and_then(|n| u32::try_from(n).ok())
}

/// Chinese numerals of a day as digits: the year digit by digit, month and day with 十.
fn chinese(text: &str) -> String {
    let digits = |part: &str| part.chars().filter_map(numeral).map(|digit| digit.to_string()).collect::<String>();
    let counted = |part: &str| match part.split_once('十') {
        None => digits(part),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { "1".to_owned() } else { digits(tens) };
            format!("{tens}{}", if ones.is_empty() { "0".to_owned() } else { digits(ones) })
        }
    };
    let Some((year, rest)) = text.split_once('年') else { return text.to_owned() };
    let Some((month, day)) = rest.split_once('月') else { return text.to_owned() };
    format!("{}-{}-{}", digits(year), counted(month), counted(day.trim_end_matches(['日', '号'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading() -> Reading<'static> {
        Reading { language: Language::Zh, since_1904: false, words: &[] }
    }

    fn day(cell: &Cell) -> Option<String> {
        reading().moment(cell).map(|at| at.date().to_string())
    }

    #[test]
    fn days_as_people_keep_them() {
        let texts = [
            "2020年7月15日",
            "2020.7.15",
            "2020-07-15",
            "2020/7/15",
            "20200715",
            "２０２０年７月１５日",
            "2020年07月15号",
            "2020 年 7 月 15 日",
            "2020-07-15 09:30:00",
            "2020-07-15T09:30",
            "二〇二〇年七月十五日",
            "二零二零年七月十五日",
        ];
        for text in texts {
            assert_eq!(day(&Cell::Text(text.to_owned())).as_deref(), Some("2020-07-15"), "{text}");
        }
        for number in [44_027.0, 20_200_715.0, 44_027.5] {
            assert_eq!(day(&Cell::Number(number)).as_deref(), Some("2020-07-15"), "{number}");
        }
        for text in ["2020年7月", "15/7/2020", "20.7.15", "2020-13-01", "2020-02-30", "七月十五日", "昨天", "2020715"]
        {
            assert_eq!(day(&Cell::Text(text.to_owned())), None, "{text}");
        }
        for number in [1.0, 7.0, 123_456.0, 20_201_315.0] {
            assert_eq!(day(&Cell::Number(number)), None, "{number}");
        }
        let old = Reading { since_1904: true, ..reading() };
        assert_eq!(old.moment(&Cell::Number(42_565.0)).map(|at| at.date().to_string()).as_deref(), Some("2020-07-15"));
        let at = reading().moment(&Cell::Text("2020年10月8日 9时30分".to_owned()));
        assert_eq!(at.map(|at| at.to_string()).as_deref(), Some("2020-10-08T09:30:00"));
    }

    #[test]
    fn numbers_and_amounts() {
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(number(&text("１,２００人"), Some("人")), Some(1_200));
        assert_eq!(number(&text("3.0"), None), Some(3));
        assert_eq!(number(&Cell::Number(3.0), None), Some(3));
        assert_eq!(number(&Cell::Number(3.5), None), None);
        assert_eq!(number(&text("约3"), None), None);
        let fen = |cell: &Cell| money(cell).map(|fen| fen.to_string());
        assert_eq!(fen(&text("￥3,000.50元")).as_deref(), Some("3000.5"));
        assert_eq!(fen(&text("1.25万元")).as_deref(), Some("12500"));
        assert_eq!(fen(&text("0.00015万")).as_deref(), Some("1.5"));
        assert_eq!(fen(&Cell::Number(0.1 + 0.2)).as_deref(), Some("0.3"));
        assert_eq!(fen(&Cell::Number(0.333)), None);
        assert!(scientific("1.23457E+17") && scientific("６E+17") && !scientific("E+17") && !scientific("A1E5"));
    }
}
