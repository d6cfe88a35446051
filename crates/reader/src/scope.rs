//! The period and the level a figure is bound to, as brackets behind its subject.

use crate::normal::Cells;

/// Finds scopes sentence by sentence.
#[derive(Debug)]
pub struct Scopes {
    year: Option<u32>,
}

impl Scopes {
    /// `year` is the report's own: it is no scope.
    pub fn new(year: Option<u32>) -> Scopes {
        Scopes { year }
    }

    /// The scope of a mention at `place` in the sentence that began at `sentence`.
    pub fn of(&self, cells: &Cells, sentence: usize, place: usize) -> String {
        let from = sentence.max(place.saturating_sub(240));
        let said = cells.text(from, place);
        let clause = said.rsplit([',', ';']).next().unwrap_or("");
        let mut scopes = Vec::new();
        let event = ["召开", "举办", "收到", "公开", "开展", "发布"].iter().any(|verb| clause.contains(verb));
        if !event && let Some(level) = level(clause) {
            scopes.push(level);
        }
        if let Some(period) = self.period(&said) {
            scopes.push(period);
        }
        scopes.join("，")
    }

    /// `2015年以来`, `五年来`, or a year that is not the report's; the last one said holds.
    fn period(&self, said: &str) -> Option<String> {
        let own_period = ["今年", "全年", "目前", "本年"].iter().filter_map(|word| said.rfind(word)).max();
        let mut found: Option<(usize, String)> = None;
        for (at, _) in said.match_indices('年') {
            let Some(before) = said.get(..at) else { continue };
            let digits: Vec<char> = before.chars().rev().take_while(char::is_ascii_digit).collect();
            let after = said.get(at + '年'.len_utf8()..).unwrap_or("");
            let number: String = digits.iter().rev().collect();
            let period = if number.len() == 4 {
                let since =
                    after.split_once("以来").filter(|(gap, _)| gap.chars().count() <= 12 && !gap.contains([',', ';']));
                if since.is_some() {
                    Some(format!("{number}年以来"))
                } else if number.parse::<u32>().ok() != self.year
                    && !after.starts_with(['较', '度', '底', '前'])
                    && !is_compared(before)
                {
                    Some(format!("{number}年"))
                } else {
                    None
                }
            } else if after.starts_with('来') && number.is_empty() {
                let span = before.chars().last().filter(|sign| "两三四五六七八九十".contains(*sign));
                span.map(|span| format!("{span}年来"))
            } else {
                None
            };
            // The report's own year ends an earlier scope.
            if let Some(period) = period {
                found = Some((at, period));
            } else if number.len() == 4 && number.parse::<u32>().ok() == self.year {
                found = None;
            }
        }
        let (at, period) = found?;
        (own_period.is_none_or(|own| own < at)).then_some(period)
    }
}

fn is_compared(before: &str) -> bool {
    let head = before.trim_end_matches(|sign: char| sign.is_ascii_digit());
    head.ends_with(['较', '比', '与', '-', '—', '《', '至', '(', '〔'])
}

/// `盟本级`, `自治区本级`: the level named at the head of the clause.
fn level(clause: &str) -> Option<String> {
    let at = clause.find("本级")?;
    let before = clause.get(..at)?;
    let short = ["自治区", "省", "市", "州", "盟", "县", "区", "旗"].iter().find(|level| before.ends_with(**level))?;
    Some(format!("{short}本级"))
}

/// A noun without the level at its head, where the scope says it.
pub fn without_level(noun: &str) -> String {
    noun.split_once("本级").filter(|(place, _)| place.chars().count() <= 5).map_or(noun, |(_, rest)| rest).to_owned()
}

/// Puts a scope behind a subject, inside its bracket where it has one.
pub fn join(subject: &str, scope: &str) -> String {
    if scope.is_empty() {
        return subject.to_owned();
    }
    match subject.strip_suffix('）') {
        Some(open) if subject.contains('（') => format!("{open}，{scope}）"),
        _ => format!("{subject}（{scope}）"),
    }
}
