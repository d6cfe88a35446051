//! Statute texts, and citations checked against them.
//!
//! A library is a folder of texts, one file per version, named `行政复议法(2023-09-01).md`. An article begins where a
//! line begins with 第…条; its paragraphs are its text blocks, its items the bracketed numerals （一）.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use procedure::{Article, chinese};
use terms::{Code, Date, Period, Unit};

use crate::Catalog;
use crate::finding::{Draft, Finding, Findings, Spot, error, note};
use crate::lower::Cited;

/// Statute texts, by short name and the day of the text.
#[derive(Clone, Debug, Default)]
pub struct StatuteLibrary {
    texts: BTreeMap<(String, Date), StatuteText>,
}

/// One text, by article and inserted article.
#[derive(Clone, Debug, Default)]
pub struct StatuteText {
    articles: BTreeMap<(u16, u8), Vec<Paragraph>>,
}

/// A paragraph (款) and its items (项).
#[derive(Clone, Debug, Default)]
pub struct Paragraph {
    /// Its words, up to the items.
    pub text: String,
    /// Its items.
    pub items: Vec<String>,
}

impl StatuteLibrary {
    /// Reads every text of a folder; files with other names are left alone.
    ///
    /// # Errors
    /// Where a file or the folder cannot be read.
    pub fn from_dir(folder: &Path) -> io::Result<StatuteLibrary> {
        let mut texts = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            let name = stem.strip_suffix(')').and_then(|stem| stem.rsplit_once('('));
            if let Some((name, day)) = name
                && let Ok(day) = day.parse()
            {
                texts.insert((name.to_owned(), day), StatuteText::read(&fs::read_to_string(&path)?));
            }
        }
        Ok(StatuteLibrary { texts })
    }

    /// Adds a text.
    pub fn insert(&mut self, name: &str, day: Date, text: &str) {
        self.texts.insert((name.to_owned(), day), StatuteText::read(text));
    }

    /// Whether it holds no text.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The text of a statute's version.
    pub fn text(&self, name: &str, day: Date) -> Option<&StatuteText> {
        self.texts.get(&(name.to_owned(), day))
    }

    /// The words of a citation in a version of its statute.
    pub fn words(&self, article: &Article, day: Date) -> Option<String> {
        self.text(&article.statute, day)?.words(article)
    }
}

impl StatuteText {
    /// Reads a text.
    pub fn read(text: &str) -> StatuteText {
        let mut articles: BTreeMap<(u16, u8), Vec<Paragraph>> = BTreeMap::new();
        let mut current: Option<(u16, u8)> = None;
        for line in text.lines() {
            let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}');
            if line.is_empty() || line.starts_with("<!--") {
                continue;
            }
            if line.starts_with('#') {
                current = None;
                continue;
            }
            let line = line.replace("**", "");
            if let Some((number, rest)) = heading(&line) {
                current = Some(number);
                let paragraph = Paragraph { text: rest.to_owned(), items: Vec::new() };
                articles.insert(number, vec![paragraph]);
            } else if let Some(paragraphs) = current.and_then(|number| articles.get_mut(&number)) {
                continue_article(paragraphs, line.trim());
            }
        }
        StatuteText { articles }
    }

    /// The words of a citation, items included; `None` where there is no such article, paragraph or item.
    pub fn words(&self, article: &Article) -> Option<String> {
        let paragraphs = self.paragraphs(article)?;
        let whole = |paragraph: &Paragraph| {
            let mut text = paragraph.text.clone();
            paragraph.items.iter().for_each(|item| text.push_str(item));
            text
        };
        let Some(number) = article.paragraph else {
            return Some(paragraphs.iter().map(whole).collect::<Vec<_>>().join("\n"));
        };
        let paragraph = paragraphs.get(usize::from(number).checked_sub(1)?)?;
        match article.item {
            None => Some(whole(paragraph)),
            Some(item) => paragraph.items.get(usize::from(item).checked_sub(1)?).cloned(),
        }
    }

    fn paragraphs(&self, article: &Article) -> Option<&Vec<Paragraph>> {
        self.articles.get(&(article.article, article.inserted.unwrap_or(0)))
    }

    /// What of a citation the text does not have.
    fn lacks(&self, article: &Article) -> Option<String> {
        let Some(paragraphs) = self.paragraphs(article) else {
            let last = self.articles.keys().last().map_or(0, |(number, _)| *number);
            return Some(format!("has no article {}; its last is {last}", article.article));
        };
        let number = usize::from(article.paragraph?);
        let Some(paragraph) = number.checked_sub(1).and_then(|at| paragraphs.get(at)) else {
            return Some(format!(
                "has {} in article {}, no {number}",
                count(paragraphs.len(), "paragraph"),
                article.article
            ));
        };
        let item = usize::from(article.item?);
        match item.checked_sub(1).and_then(|at| paragraph.items.get(at)) {
            Some(_) => None,
            None => Some(format!(
                "has {} in article {}, paragraph {number}, no {item}",
                count(paragraph.items.len(), "item"),
                article.article
            )),
        }
    }
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// `1.` or `1．` at the head of a line.
fn is_part(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < line.len() && rest.starts_with(['.', '．'])
}

/// A block of text is a paragraph, unless it is an item of the one before.
fn continue_article(paragraphs: &mut Vec<Paragraph>, line: &str) {
    let item = line.starts_with(['（', '(']) && {
        let inside: String = line.chars().skip(1).take_while(|c| !matches!(c, '）' | ')')).collect();
        numeral(&inside).is_some()
    };
    match paragraphs.last_mut() {
        Some(paragraph) if item => paragraph.items.push(line.to_owned()),
        // A numbered line under an item is a part (目) of it.
        Some(Paragraph { items, .. }) if is_part(line) && !items.is_empty() => {
            if let Some(item) = items.last_mut() {
                item.push_str(line);
            }
        }
        _ => paragraphs.push(Paragraph { text: line.to_owned(), items: Vec::new() }),
    }
}

/// 第十七条之一 at the beginning of a line: its number, and the words after it.
fn heading(line: &str) -> Option<((u16, u8), &str)> {
    let rest = line.strip_prefix('第')?;
    let (number, rest) = rest.split_once('条')?;
    let article = numeral(number)?;
    if let Some(after) = rest.strip_prefix('之') {
        let end = after.find(|c: char| numeral(&c.to_string()).is_none()).unwrap_or(after.len());
        let inserted = numeral(&after[..end]).and_then(|number| u8::try_from(number).ok())?;
        return begins(&after[end..]).then(|| ((article, inserted), after[end..].trim_start()));
    }
    begins(rest).then(|| ((article, 0), rest.trim_start()))
}

/// A heading is followed by a space; 第九条规定的 inside a sentence is none.
fn begins(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(char::is_whitespace)
}

/// A Chinese numeral below 10000.
fn numeral(text: &str) -> Option<u16> {
    let (mut total, mut digit) = (0u16, 0u16);
    for c in text.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            '零' | '〇' => 0,
            _ => {
                digit = u16::try_from("一二三四五六七八九".chars().position(|d| d == c)? + 1).ok()?;
                continue;
            }
        };
        if unit > 0 {
            total += digit.max(1) * unit;
        }
        digit = 0;
    }
    (!text.is_empty()).then_some(total + digit)
}

/// Checks every citation and every period of a catalogue against the texts at hand.
pub fn check_statutes(catalog: &Catalog, library: &StatuteLibrary) -> Vec<Finding> {
    let mut findings = Findings::new(catalog.source());
    let mut absent: BTreeSet<Code> = BTreeSet::new();
    for cited in &catalog.cited {
        for (article, spot) in &cited.articles {
            check_article(catalog, library, cited, article, spot, &mut absent, &mut findings);
        }
        if let Some((period, spot)) = &cited.period {
            check_period(catalog, library, cited, *period, spot, &mut findings);
        }
    }
    findings.finish()
}

fn text_of<'a>(catalog: &Catalog, library: &'a StatuteLibrary, article: &Article, on: Date) -> Option<&'a StatuteText> {
    let version = catalog.statutes.version(&article.statute, on)?;
    library.text(&article.statute, version.text)
}

fn check_article(
    catalog: &Catalog,
    library: &StatuteLibrary,
    cited: &Cited,
    article: &Article,
    spot: &Spot,
    absent: &mut BTreeSet<Code>,
    findings: &mut Findings<'_>,
) {
    if article.article == 0 {
        return;
    }
    let Some(text) = text_of(catalog, library, article, cited.on) else {
        let Some(version) = catalog.statutes.version(&article.statute, cited.on) else { return };
        let name: Code = format!("{}({})", article.statute, version.text).into();
        if absent.insert(name.clone()) {
            findings
                .add(spot, note("D111", format!("the text of {name} is not at hand; its citations are not checked")));
        }
        return;
    };
    if let Some(lacks) = text.lacks(article) {
        let draft = error("D110", format!("`{}` {lacks}", article.statute));
        findings.add(spot, draft.help_opt(elsewhere(catalog, library, article, cited.on)));
    }
}

/// Another version of the statute that has the article: perhaps it was renumbered.
fn elsewhere(catalog: &Catalog, library: &StatuteLibrary, article: &Article, on: Date) -> Option<String> {
    let statute = catalog.statutes.get(&article.statute)?;
    let now = statute.version(on)?;
    let other = statute
        .versions
        .iter()
        .find(|version| version.text != now.text && library.words(article, version.text).is_some())?;
    Some(format!("the text of {} has it; this version rests on the text of {}", other.text, now.text))
}

fn check_period(
    catalog: &Catalog,
    library: &StatuteLibrary,
    cited: &Cited,
    period: Period,
    spot: &Spot,
    findings: &mut Findings<'_>,
) {
    if cited.reading && !cited.what.starts_with("extension") {
        return;
    }
    let mut said = Vec::new();
    for (article, _) in &cited.articles {
        let Some(text) = text_of(catalog, library, article, cited.on) else { return };
        let Some(words) = text.words(article) else { return };
        if states(&words, period) {
            return;
        }
        said.push((article.clone(), periods(&words)));
    }
    if said.is_empty() {
        return;
    }
    findings.add(spot, unfounded(cited, period, &said));
}

fn unfounded(cited: &Cited, period: Period, said: &[(Article, Vec<String>)]) -> Draft {
    let what = &cited.what;
    let mut draft = error("D107", format!("{what} allows {period}, but none of its articles says so"));
    for (article, found) in said {
        let found = if found.is_empty() { "no period".to_owned() } else { found.join(", ") };
        draft = draft.note(format!("{article} says: {found}"));
    }
    draft.help("write what the article says, cite the article that says it, or mark the rule as a `reading`")
}

/// Whether a text states a period: 六十日, 15日, 五个工作日, 6个月, 二十四小时.
fn states(words: &str, period: Period) -> bool {
    let n = u16::try_from(period.n).map(chinese).unwrap_or_default();
    let mut numbers = vec![period.n.to_string(), n];
    if period.n == 2 {
        numbers.push("两".into());
    }
    let units: &[&str] = match period.unit {
        Unit::Hours => &["小时", "个小时"],
        Unit::Days => &["日", "天", "个自然日"],
        Unit::WorkingDays => &["日", "个工作日", "工作日", "天"],
        Unit::Months => &["个月", "月"],
        Unit::Years => &["年"],
    };
    let squeezed: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    numbers.iter().any(|number| {
        units.iter().any(|unit| {
            let wanted = format!("{number}{unit}");
            squeezed.match_indices(&wanted).any(|(at, _)| !squeezed[..at].ends_with(is_digit))
        })
    })
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十百千零".contains(c)
}

/// The periods that a text states, in its own words.
fn periods(words: &str) -> Vec<String> {
    let squeezed: Vec<char> = words.chars().filter(|c| !c.is_whitespace()).collect();
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    while at < squeezed.len() {
        let digits = squeezed[at..].iter().take_while(|c| is_digit(**c) || **c == '两').count();
        let rest: String = squeezed[at + digits..].iter().take(4).collect();
        let unit = ["个工作日", "工作日", "个小时", "小时", "个月", "日", "天", "年"];
        if digits > 0
            && let Some(unit) = unit.into_iter().find(|unit| rest.starts_with(unit))
        {
            let number: String = squeezed[at..at + digits].iter().collect();
            let text = format!("{number}{unit}");
            if !found.contains(&text) {
                found.push(text);
            }
        }
        at += digits.max(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# 某法\n\n第一条 甲。\n\n乙，有下列情形之一的：\n\n（一）丙；\n（二）十五日内丁。\n\n\
                        **第十七条之一**　戊，第九条规定的除外。\n\n第十八条规定的己。\n";

    #[test]
    fn a_text_is_read_by_article_paragraph_and_item() {
        let text = StatuteText::read(TEXT);
        let words = |citation: &str| text.words(&citation.parse().unwrap());
        assert_eq!(words("某法 1.1").as_deref(), Some("甲。"));
        assert_eq!(words("某法 1.2.2").as_deref(), Some("（二）十五日内丁。"));
        assert_eq!(words("某法 17-1.2").as_deref(), Some("第十八条规定的己。"));
        assert_eq!(words("某法 1.3"), None);
        assert_eq!(words("某法 17"), None);
    }

    #[test]
    fn a_period_is_found_whole() {
        let states = |words: &str, period: &str| states(words, period.parse().unwrap());
        assert!(states("自受理之日起六十日内", "60 days"));
        assert!(states("在15个工作日内", "15 working days"));
        assert!(states("不超过二 十四小时", "24 hours"));
        assert!(states("六个月", "6 months"));
        assert!(states("五日内", "5 working days"));
        assert!(!states("十五日内", "5 working days"));
        assert!(!states("六十日内", "50 days"));
        assert_eq!(periods("六十日内；延长不得超过三十日，情况特殊的六个月"), ["六十日", "三十日", "六个月"]);
    }
}
