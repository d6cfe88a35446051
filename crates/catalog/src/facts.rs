//! What a name in a template means: a field by its title or code, or one of the general names.

use procedure::{ActId, Document, FieldId, FieldType, LimitId, Line};
use terms::Code;

/// How a day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// 2026年3月2日
    Digits,
    /// 二〇二六年三月二日
    Han,
}

/// What of a field is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it; of a party the name.
    Whole,
    /// A day in Chinese numerals.
    Han,
    /// Money in the letters of a bank: 叁仟元整.
    Capital,
    /// A party's number.
    Number,
    /// A party's address.
    Address,
    /// A party's telephone.
    Phone,
    /// What a party is.
    Kind,
    /// Something where the answer is yes.
    Yes,
    /// Something where this choice, by its position, was made.
    Choice(u16),
}

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The government's name.
    Government,
    /// The name of the agency that keeps the record.
    Agency,
    /// The number of the document: the field that keeps it.
    Number(FieldId),
    /// The day of the act that issues it.
    Today(Style),
    /// The day on which an act was last done.
    DayOf(ActId, Style),
    /// The last day of a limit.
    Limit(LimitId, Style),
    /// The number of the record.
    Record,
    /// The name of whoever handles it.
    Handler,
    /// The name of whoever did the act.
    Actor,
    /// The title of the line.
    Line,
    /// The title of the act.
    Act,
    /// The articles that the act rests on.
    Law,
    /// A field.
    Field(FieldId, Part),
}

const HAN: [&str; 2] = ["汉字", "han"];
/// The general names, in Chinese and in English.
const GENERAL: [(&str, &str, Fact); 9] = [
    ("政府", "government", Fact::Government),
    ("机关", "agency", Fact::Agency),
    ("日期", "date", Fact::Today(Style::Digits)),
    ("案号", "record", Fact::Record),
    ("承办人", "handler", Fact::Handler),
    ("办理人", "actor", Fact::Actor),
    ("业务", "line", Fact::Line),
    ("行为", "act", Fact::Act),
    ("依据", "law", Fact::Law),
];
const NUMBER: [&str; 2] = ["文号", "number"];
const DAY: [&str; 2] = ["日期", "date"];
const LIMIT: [&str; 2] = ["期限", "limit"];

fn is(word: &str, names: [&str; 2]) -> bool {
    names.contains(&word)
}

/// The position of the one element with this code or title; none where a title stands for several.
fn one<T>(all: &[T], word: &str, name: impl Fn(&T) -> (&Code, &str)) -> Option<u16> {
    if let Some(at) = all.iter().position(|element| name(element).0 == word) {
        return u16::try_from(at).ok();
    }
    let mut titled = (0u16..).zip(all).filter(|(_, element)| name(element).1 == word).map(|(at, _)| at);
    let first = titled.next()?;
    titled.next().is_none().then_some(first)
}

/// What a name in the template of a document means; `None` where it means nothing, or several things.
pub fn fact(line: &Line, document: &Document, name: &str) -> Option<Fact> {
    let parts: Vec<&str> = name.split(['.', '．']).map(str::trim).collect();
    let (word, rest) = parts.split_first()?;
    match rest {
        [] => general(line, document, word).or_else(|| field(line, word, None)),
        [how] if is(word, DAY) && is(how, HAN) => Some(Fact::Today(Style::Han)),
        [named, how @ ..] if is(word, DAY) || is(word, LIMIT) => {
            let style = match how {
                [] => Style::Digits,
                [how] if is(how, HAN) => Style::Han,
                _ => return None,
            };
            if is(word, LIMIT) {
                let limit = one(&line.limits, named, |limit| (&limit.code, &limit.title.zh))?;
                return Some(Fact::Limit(LimitId(limit), style));
            }
            let act = one(&line.acts, named, |act| (&act.code, &act.title.zh))?;
            Some(Fact::DayOf(ActId(act), style))
        }
        [named] if *word == "field" => field(line, named, None),
        [named, part] if *word == "field" => field(line, named, Some(part)),
        [part] => field(line, word, Some(part)),
        _ => None,
    }
}

fn general(line: &Line, document: &Document, word: &str) -> Option<Fact> {
    if is(word, NUMBER) {
        return line.series_of(document).map(|series| Fact::Number(line.series[series.index()].field));
    }
    GENERAL.iter().find(|(zh, en, _)| [*zh, *en].contains(&word)).map(|(.., fact)| *fact)
}

fn field(line: &Line, word: &str, part: Option<&str>) -> Option<Fact> {
    let at = one(&line.fields, word, |field| (&field.code, &field.title.zh))?;
    let Some(part) = part else { return Some(Fact::Field(FieldId(at), Part::Whole)) };
    let field = &line.fields[usize::from(at)];
    let fixed = parts_of(&field.kind).iter().find(|(zh, en, _)| [*zh, *en].contains(&part)).map(|(.., part)| *part);
    let choice = || one(field.choices(), part, |choice| (&choice.code, &choice.title.zh)).map(Part::Choice);
    Some(Fact::Field(FieldId(at), fixed.or_else(choice)?))
}

/// What can be told of a field beside its whole.
fn parts_of(kind: &FieldType) -> &'static [(&'static str, &'static str, Part)] {
    match kind {
        FieldType::Bool => &[("是", "yes", Part::Yes)],
        FieldType::Date => &[("汉字", "han", Part::Han)],
        FieldType::Money => &[("大写", "capital", Part::Capital)],
        FieldType::Party => &[
            ("名称", "name", Part::Whole),
            ("号码", "number", Part::Number),
            ("住址", "address", Part::Address),
            ("电话", "phone", Part::Phone),
            ("类别", "kind", Part::Kind),
        ],
        _ => &[],
    }
}

/// Every name that means something, for "did you mean".
pub(crate) fn fact_names(line: &Line, document: &Document) -> Vec<String> {
    let mut names: Vec<String> = GENERAL.iter().flat_map(|(zh, en, _)| [*zh, *en]).map(str::to_owned).collect();
    if line.series_of(document).is_some() {
        names.extend(NUMBER.map(str::to_owned));
    }
    for field in &line.fields {
        for name in [field.title.zh.as_str(), field.code.as_str()] {
            names.push(name.to_owned());
            names.extend(
                parts_of(&field.kind).iter().flat_map(|(zh, en, _)| [format!("{name}.{zh}"), format!("{name}.{en}")]),
            );
            let choices = field.choices().iter();
            names.extend(
                choices.flat_map(|choice| [format!("{name}.{}", choice.title.zh), format!("{name}.{}", choice.code)]),
            );
        }
    }
    let limits =
        line.limits.iter().flat_map(|limit| [format!("期限.{}", limit.title.zh), format!("limit.{}", limit.code)]);
    let acts = line.acts.iter().flat_map(|act| [format!("日期.{}", act.title.zh), format!("date.{}", act.code)]);
    names.extend(limits.chain(acts));
    names.retain(|name| fact(line, document, name).is_some());
    names
}
