//! Masks: what the public sees of a personal text. The original stays untouched.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What stands for a hidden text, whatever its length was.
const HIDDEN: &str = "□";

/// The surnames of two characters in common use.
const DOUBLE_SURNAMES: [&str; 34] = [
    "欧阳", "太史", "上官", "端木", "司马", "东方", "独孤", "南宫", "夏侯", "诸葛", "尉迟", "皇甫", "宇文", "鲜于",
    "闻人", "司徒", "司空", "慕容", "长孙", "令狐", "轩辕", "公孙", "申屠", "淳于", "澹台", "公冶", "宗政", "濮阳",
    "单于", "钟离", "呼延", "东郭", "西门", "百里",
];

/// A transform over a personal text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Mask {
    /// A person: the surname and 某.
    Surname,
    /// Nothing but a box.
    Hide,
    /// The last characters, and a star for each of the others.
    Tail(u8),
    /// An address, cut behind the county.
    County,
    /// A date of birth, cut behind the year.
    Year,
}

impl Mask {
    /// The masked text. An empty text stays empty; a text that the mask cannot read is hidden, never let through.
    pub fn apply(&self, text: &str) -> String {
        let text = text.trim();
        if text.is_empty() {
            return String::new();
        }
        match self {
            Mask::Surname => surname(text),
            Mask::Hide => HIDDEN.to_owned(),
            Mask::Tail(keep) => tail(text, usize::from(*keep)),
            Mask::County => county(text).unwrap_or(HIDDEN).to_owned(),
            Mask::Year => year(text).unwrap_or(HIDDEN).to_owned(),
        }
    }
}

/// A double surname is kept whole only where a given name follows it.
fn surname(name: &str) -> String {
    let double = DOUBLE_SURNAMES.iter().find(|double| name.starts_with(**double) && name.len() > double.len());
    match double {
        Some(double) => format!("{double}某"),
        None => name.chars().take(1).chain(['某']).collect(),
    }
}

/// A text no longer than what may be kept shows nothing.
fn tail(text: &str, keep: usize) -> String {
    let length = text.chars().count();
    let hidden = if length > keep { length - keep } else { length };
    text.chars().enumerate().map(|(i, c)| if i < hidden { '*' } else { c }).collect()
}

fn year(date: &str) -> Option<&str> {
    let digits = date.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?;
    let rest = &date[4..];
    if rest.starts_with(|c: char| c.is_ascii_digit()) && rest.len() != 4 {
        return None;
    }
    Some(if rest.starts_with('年') { &date[..4 + '年'.len_utf8()] } else { digits })
}

/// An address from its start to the end of the county's name, or as far as a province or prefecture is named. It reads
/// the endings of names and knows no list of them: in doubt it shows less.
fn county(address: &str) -> Option<&str> {
    let province = end_of(address, &["自治区", "特别行政区", "省"], 0);
    let prefecture = end_of_prefecture(address, province);
    let county = end_of_county(address, prefecture);
    // Without a prefecture between, a `市` directly under the province is the county itself [长垣市].
    let end = county.max(prefecture).max(province);
    (end > 0).then(|| &address[..end])
}

/// The end of the first name behind `from` that has one of these endings; `from` where there is none.
fn end_of(address: &str, endings: &[&str], from: usize) -> usize {
    let rest = &address[from..];
    let ends = endings.iter().filter_map(|ending| {
        let start = first_of_a_name(rest)?;
        rest[start..].find(ending).map(|at| start + at + ending.len())
    });
    match ends.min() {
        Some(end) if is_name(&rest[..end]) => from + end,
        _ => from,
    }
}

/// No prefecture's name has a county in it: a 市 behind one is a street or a house [朝阳区都市公寓].
fn end_of_prefecture(address: &str, from: usize) -> usize {
    let end = end_of(address, &["自治州", "地区", "盟", "市"], from);
    let name = address[from..end].strip_suffix("地区").unwrap_or(&address[from..end]);
    if name.contains(['县', '区', '旗']) { from } else { end }
}

fn end_of_county(address: &str, from: usize) -> usize {
    let end = end_of(address, &["县", "区", "旗", "市"], from);
    // 沙市区, 津市市: the name itself ends like a county.
    match address[end..].chars().next() {
        Some(next @ ('区' | '县' | '市')) if end > from => end + next.len_utf8(),
        _ => end,
    }
}

/// An ending is none at the very start of a name [市中区].
fn first_of_a_name(rest: &str) -> Option<usize> {
    rest.chars().next().map(char::len_utf8)
}

/// Whether this can be the name of a division: no house number, no housing estate, no street before it.
fn is_name(name: &str) -> bool {
    let estate = ["小区", "社区", "园区"].iter().any(|ending| name.ends_with(ending));
    let street = name.chars().skip(2).any(|c| "路街道巷乡镇村组号".contains(c));
    let number = name.chars().any(|c| c.is_ascii_digit() || c.is_whitespace());
    !estate && !number && (!street || name.ends_with("镇市"))
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mask::Surname => f.write_str("surname"),
            Mask::Hide => f.write_str("hide"),
            Mask::Tail(keep) => write!(f, "tail {keep}"),
            Mask::County => f.write_str("county"),
            Mask::Year => f.write_str("year"),
        }
    }
}

impl FromStr for Mask {
    type Err = MaskError;

    fn from_str(text: &str) -> Result<Self, MaskError> {
        match text {
            "surname" => Ok(Mask::Surname),
            "hide" => Ok(Mask::Hide),
            "county" => Ok(Mask::County),
            "year" => Ok(Mask::Year),
            _ => text
                .strip_prefix("tail ")
                .and_then(|keep| keep.parse().ok())
                .map(Mask::Tail)
                .ok_or_else(|| MaskError { text: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for Mask {
    type Error = MaskError;

    fn try_from(text: String) -> Result<Self, MaskError> {
        text.parse()
    }
}

impl From<Mask> for String {
    fn from(mask: Mask) -> String {
        mask.to_string()
    }
}

/// A text that is no mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskError {
    /// What was written.
    pub text: String,
}

impl std::error::Error for MaskError {}

impl fmt::Display for MaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no mask: write surname, hide, county, year or \"tail 4\"", self.text)
    }
}
