//! What a figure says of change: a level, or something added, cut, risen or fallen.

use crate::Change;
use crate::vocabulary::{ADDITIONS, COMPARISONS, CUTS, FALLS, REMOVALS, RISES};

/// Judges the words of the clause before a number. `head` is the clause with its
/// opening adverbs gone; `unit` tells shares from counts; `compared` says that
/// an earlier clause sets the sentence against another period.
pub fn change(clause: &str, head: &str, unit: &str, compared: bool) -> Change {
    let clause = without_degree(clause);
    let reaches = ["至", "到", "为", "成"].iter().any(|word| clause.ends_with(word));
    let share = matches!(unit, "%" | "倍" | "百分点" | "‰");
    let compared = compared || COMPARISONS.iter().any(|word| clause.contains(word)) || against_year(clause);
    let ends = |words: &[&str]| words.iter().any(|word| clause.ends_with(word));
    // 增幅为, 降幅达到: what it reaches is a change.
    let reached = ["至", "到", "为", "成"].iter().fold(clause, |rest, word| rest.strip_suffix(word).unwrap_or(rest));
    let named = |words: &[&str]| share && words.iter().any(|word| reached.ends_with(word));
    if named(&["增幅", "涨幅", "升幅", "增长率"]) {
        return Change::YoyUp;
    }
    if named(&["降幅", "减幅", "跌幅"]) && compared {
        return Change::YoyDown;
    }
    if reaches {
        return Change::None;
    }
    if compared && ends(RISES) {
        return Change::YoyUp;
    }
    if compared && ends(FALLS) {
        return Change::YoyDown;
    }
    if share {
        return match (ends(CUTS), ends(RISES), ends(FALLS)) {
            (true, ..) if unit == "%" => Change::CutByPercent,
            (_, true, _) => Change::YoyUp,
            (_, _, true) => Change::YoyDown,
            _ => Change::None,
        };
    }
    if clause.ends_with("增长") || clause.ends_with("增幅") {
        return Change::YoyUp;
    }
    if clause.ends_with("下降") {
        return Change::YoyDown;
    }
    let begins = |words: &[&str]| words.iter().any(|word| head.starts_with(word));
    if begins(REMOVALS) || ends(REMOVALS) {
        return Change::Cut;
    }
    if begins(ADDITIONS) || ends(ADDITIONS) || clause.ends_with("又推出") {
        return Change::Added;
    }
    Change::None
}

/// The clause without the words of degree at its end: they change nothing.
fn without_degree(clause: &str) -> &str {
    let mut rest = clause;
    loop {
        let before = rest.len();
        for word in [
            "达到",
            "高达",
            "超过",
            "不低于",
            "不少于",
            "将近",
            "大约",
            "均",
            "了",
            "约",
            "近",
            "超",
            "达",
            "逾",
            "幅度",
            "比例",
            "率",
        ] {
            rest = rest.strip_suffix(word).unwrap_or(rest);
        }
        if rest.len() == before {
            return rest;
        }
    }
}

/// `较2020年`, `比上一年度`: set against a year that is named.
fn against_year(clause: &str) -> bool {
    ["较", "比", "与"].iter().any(|word| {
        clause.split(word).skip(1).any(|rest| {
            let digits = rest.chars().take_while(char::is_ascii_digit).count();
            digits == 4 && rest[4..].starts_with('年')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wording_decides() {
        for (clause, unit, expected) in [
            ("受理案件同比增长", "%", Change::YoyUp),
            ("较2018年下降", "%", Change::YoyDown),
            ("办理时限压缩", "%", Change::CutByPercent),
            ("审批时限压缩至", "%", Change::None),
            ("增幅为", "%", Change::YoyUp),
            ("新增", "项", Change::Added),
            ("审核新增志愿人员", "人", Change::None),
            ("取消证明事项", "项", Change::Cut),
            ("比去年减少", "件", Change::YoyDown),
        ] {
            assert_eq!(change(clause, clause, unit, false), expected, "{clause}");
        }
    }
}
