//! Compares a report's figures with one another: totals with their parts, rates
//! with the counts beside them, falls with the levels before and after, and the
//! same thing stated twice.
//!
//! Few false alarms matter more than finding everything: a check is made only
//! where the wording says that the numbers belong together.

use rust_decimal::Decimal;

use crate::mention::LONGEST_CLAUSE;
use crate::normal::Cells;
use crate::numeral::numeral;
use crate::{Change, Figure, Qualifier};

/// One relation between figures, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The report's name.
    pub report: String,
    /// The line of the figure that states the result.
    pub line: u32,
    /// The kind of relation.
    pub kind: CheckKind,
    /// The relation in numbers: `18+2`, `45/50`, `300-240`, `260=260`.
    pub formula: String,
    /// What the report says.
    pub stated: String,
    /// What the numbers give.
    pub computed: String,
    /// Whether they agree, rounding allowed for.
    pub holds: bool,
}

/// The kinds of relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckKind {
    /// A total and its parts.
    Sum,
    /// A level before, a level after, and the stated fall or rise.
    Difference,
    /// A rate and the two counts it is made of.
    RatioPercent,
    /// One thing stated twice.
    Equal,
}

impl CheckKind {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            CheckKind::Sum => "sum",
            CheckKind::Difference => "difference",
            CheckKind::RatioPercent => "ratio_percent",
            CheckKind::Equal => "equal",
        }
    }
}

/// A figure with what only its text tells.
struct Place<'a> {
    figure: &'a Figure,
    /// Weight of the last digit written.
    grain: Decimal,
    /// The cells before it in its clause.
    before: String,
    /// The cell after its quote.
    end: usize,
    /// The first cell of its number.
    start: usize,
    /// The first cell of its sentence.
    sentence: usize,
}

/// Checks the arithmetic of one report's figures, as read from `text`.
pub fn audit(figures: &[Figure], text: &str) -> Vec<Check> {
    let cells = Cells::of(text);
    let places = places(figures, &cells);
    let mut checks = Vec::new();
    let mut from = 0;
    while from < places.len() {
        let mut to = from + 1;
        while to < places.len() && places[to].sentence == places[from].sentence {
            to += 1;
        }
        let sentence = &places[from..to];
        differences(sentence, &mut checks);
        ratios(sentence, &mut checks);
        from = to;
    }
    sums(&places, &cells, &mut checks);
    repeats(&places, &mut checks);
    checks.sort_by_key(|check| check.line);
    checks
}

/// Finds each figure's cells again by line and column.
fn places<'a>(figures: &'a [Figure], cells: &Cells) -> Vec<Place<'a>> {
    let mut out = Vec::with_capacity(figures.len());
    let mut index = 0;
    let mut sentence = 0;
    let mut clause = 0;
    for figure in figures {
        let key = |place: usize| (cells.line.get(place).copied(), cells.column.get(place).copied());
        let wanted = (Some(figure.line), Some(figure.column));
        let mut at = index;
        while at < cells.len() && key(at) < wanted {
            match cells.at(at) {
                '。' | '!' | '?' | '\n' => {
                    sentence = at + 1;
                    clause = at + 1;
                }
                ',' | ';' | ':' | '(' => clause = at + 1,
                _ => {}
            }
            at += 1;
        }
        if key(at) != wanted {
            continue;
        }
        let number = numeral(cells, at);
        let grain = number.as_ref().map_or(Decimal::ONE, |number| number.grain);
        index = at;
        out.push(Place {
            figure,
            grain,
            before: cells.text(clause.max(at.saturating_sub(LONGEST_CLAUSE)), at),
            end: number.map_or(at + 1, |number| number.end),
            start: at,
            sentence,
        });
    }
    out
}

fn level(place: &Place) -> bool {
    let figure = place.figure;
    figure.qualifier == Qualifier::Exact
        && !matches!(figure.change, Change::YoyUp | Change::YoyDown | Change::CutByPercent)
}

fn is_count(place: &Place) -> bool {
    level(place) && !matches!(place.figure.unit.as_str(), "%" | "‰" | "百分点" | "倍" | "年" | "分")
}

fn check(place: &Place, kind: CheckKind, formula: String, stated: String, computed: String, holds: bool) -> Check {
    Check { report: place.figure.report.clone(), line: place.figure.line, kind, formula, stated, computed, holds }
}

/// A total whose parts stand in a bracket behind it, or behind 其中, 中 or 分别 in its sentence.
fn sums(places: &[Place], cells: &Cells, checks: &mut Vec<Check>) {
    for (index, total) in places.iter().enumerate() {
        if !is_count(total) {
            continue;
        }
        let rest = places.get(index + 1..).unwrap_or(&[]);
        let (parts, complete) = match bracket_after(cells, total.end) {
            Some((open, close)) => {
                let inside = rest.iter().take_while(|part| part.start < close);
                let parts: Vec<&Place> =
                    inside.filter(|part| like_unit(part, total) && !is_part_of_part(part, open)).collect();
                let listed =
                    !cells.text(open, close).contains("其中") && parts.iter().all(|part| same_unit(part, total));
                (parts, listed)
            }
            None => (run_of_parts(total, rest, cells), false),
        };
        if parts.len() < 2 || !parts.iter().all(|part| is_count(part)) {
            continue;
        }
        let Some(sum) = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part.figure.value)) else {
            continue;
        };
        let holds = sum == total.figure.value;
        // Parts behind 其中 need not be all, and may overlap: only a plain list must add up.
        if !holds && !complete {
            continue;
        }
        let formula = parts.iter().map(|part| part.figure.value.to_string()).collect::<Vec<_>>().join("+");
        checks.push(check(total, CheckKind::Sum, formula, total.figure.value.to_string(), sum.to_string(), holds));
    }
}

fn same_unit(part: &Place, total: &Place) -> bool {
    part.figure.unit == total.figure.unit
}

/// Whether a part in the bracket that opened at `open` is itself taken out of the part before it.
fn is_part_of_part(part: &Place, open: usize) -> bool {
    part.before.contains("其中") && part.start.saturating_sub(part.before.chars().count()) > open
}

/// Whether both are counted by words that stand for one another: 300条清单, 行政许可40项.
fn like_unit(part: &Place, total: &Place) -> bool {
    let loose = |place: &Place| matches!(place.figure.unit.as_str(), "件" | "条" | "项" | "个");
    let people = |place: &Place| matches!(place.figure.unit.as_str(), "人" | "名" | "位");
    same_unit(part, total) || (loose(part) && loose(total)) || (people(part) && people(total))
}

/// The inside of a bracket that opens behind the figure's unit (a few words and a full stop may stand between).
fn bracket_after(cells: &Cells, end: usize) -> Option<(usize, usize)> {
    let open = (end..end + 24).find(|&place| cells.at(place) == '(')?;
    let between = cells.text(end, open);
    if between.contains([',', ';', '、', ')']) || (between.contains('。') && !between.ends_with('。')) {
        return None;
    }
    let digits = |from: usize, to: usize| (from..to).filter(|&place| cells.at(place).is_ascii_digit()).count();
    let close = (open + 1..open + 400).find(|&place| cells.at(place) == ')' || cells.at(place) == '\n')?;
    (digits(open, close) >= 2).then_some((open + 1, close))
}

/// The counts of the total's unit behind 其中 or `…中,` up to the sentence's end, while they fit into it.
fn run_of_parts<'p, 'a>(total: &Place, rest: &'p [Place<'a>], cells: &Cells) -> Vec<&'p Place<'a>> {
    let mut parts = Vec::new();
    let sentence = rest.iter().take_while(|part| part.sentence == total.sentence);
    for (nth, part) in sentence.enumerate() {
        let from = if nth == 0 { total.end } else { parts.last().map_or(total.end, |last: &&Place| last.end) };
        let between = cells.text(from, part.start);
        let cue = between.contains("其中")
            || between.contains("中,")
            || between.contains("分别为")
            || between.contains("包括");
        if !same_unit(part, total) || (nth == 0 && !cue) || between.contains([';', ':']) {
            break;
        }
        if part.figure.value > total.figure.value {
            break;
        }
        parts.push(part);
    }
    // What follows the parts may be another subject: the longest run that meets the total is the one meant.
    let mut sum = Decimal::ZERO;
    for (nth, part) in parts.iter().enumerate() {
        sum = sum.checked_add(part.figure.value).unwrap_or(Decimal::MAX);
        if sum == total.figure.value && nth > 0 {
            parts.truncate(nth + 1);
            return parts;
        }
    }
    Vec::new()
}

/// `由A压减到B`, with the number taken away or added stated in the same sentence.
fn differences(sentence: &[Place], checks: &mut Vec<Check>) {
    for (index, pair) in sentence.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let turned = has_note(before, '前') && has_note(after, '后');
        if !turned || !is_count(before) || !is_count(after) || !same_unit(before, after) {
            continue;
        }
        let change = sentence.get(index + 2).filter(|change| {
            let named = matches!(change.figure.change, Change::Cut | Change::Added)
                || ["取消", "减少", "核减", "下放", "压减", "新增", "增加"]
                    .iter()
                    .any(|verb| change.before.contains(verb));
            named && same_unit(change, before) && change.figure.qualifier == Qualifier::Exact
        });
        let Some(change) = change else { continue };
        let (high, low) = if before.figure.value >= after.figure.value { (before, after) } else { (after, before) };
        let Some(computed) = high.figure.value.checked_sub(low.figure.value) else {
            continue;
        };
        let formula = format!("{}-{}", high.figure.value, low.figure.value);
        let holds = computed == change.figure.value;
        checks.push(check(
            change,
            CheckKind::Difference,
            formula,
            change.figure.value.to_string(),
            computed.to_string(),
            holds,
        ));
    }
}

/// Whether the subject's bracket says 压减前 or 压减后.
fn has_note(place: &Place, side: char) -> bool {
    let note = place.figure.subject.split_once('（').and_then(|(_, rest)| rest.strip_suffix('）'));
    note.is_some_and(|note| note.split('，').any(|item| item.ends_with(side)))
}

/// A rate, and the two counts before it in its sentence that it is made of.
fn ratios(sentence: &[Place], checks: &mut Vec<Check>) {
    for (index, rate) in sentence.iter().enumerate() {
        let stated = rate.figure.unit == "%" && level(rate) && rate.figure.value <= Decimal::ONE_HUNDRED;
        if !stated {
            continue;
        }
        let name = rate_name(&rate.before);
        let near = sentence.get(index.saturating_sub(12)..index).unwrap_or(&[]);
        let counts: Vec<&Place> = near.iter().filter(|place| place.figure.unit != "%").collect();
        let Some((whole, part, taken)) = base_of(&name, &counts) else {
            continue;
        };
        let Some((low, high, middle)) = bounds(whole, part, taken) else {
            continue;
        };
        let half = rate.grain.checked_div(Decimal::TWO).unwrap_or_default();
        let value = rate.figure.value;
        let holds = low <= value.saturating_add(half) && value.saturating_sub(half) <= high;
        let formula = if taken {
            format!("({whole}-{part})/{whole}", whole = whole.figure.value, part = part.figure.value)
        } else {
            format!("{}/{}", part.figure.value, whole.figure.value)
        };
        checks.push(check(
            rate,
            CheckKind::RatioPercent,
            formula,
            format!("{value}%"),
            format!("{}%", middle.round_dp(4).normalize()),
            holds,
        ));
    }
}

/// The rate's own word: of `调解成功率达` the 调解成功, of `比例达` nothing.
fn rate_name(before: &str) -> String {
    let stem = before.rfind('率').and_then(|at| before.get(..at));
    // 按期办结率 is no share of what was settled at all.
    let qualified = ["按期", "按时", "及时", "限时", "准时", "提前", "一次"].iter().any(|word| before.contains(word));
    match stem {
        _ if qualified => "\u{0}".to_owned(),
        Some(stem) => stem.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect(),
        None if before.contains("比例") || before.contains("占比") => String::new(),
        None => "\u{0}".to_owned(),
    }
}

/// The whole and the part a rate compares, and whether the part was taken away from the whole.
fn base_of<'p, 'a>(name: &str, counts: &[&'p Place<'a>]) -> Option<(&'p Place<'a>, &'p Place<'a>, bool)> {
    let (part, earlier) = match counts.iter().rposition(|place| is_count(place) && deed_of(place, name)) {
        Some(at) => (*counts.get(at)?, counts.get(..at)?),
        None => return None,
    };
    let whole = earlier.iter().rev().find(|place| is_count(place) && same_unit(place, part))?;
    let adjacent = earlier.last().is_some_and(|last| last.start == whole.start);
    let shared = whole.figure.subject.chars().zip(part.figure.subject.chars()).take_while(|(a, b)| a == b).count();
    if !adjacent || shared < 3 || whole.figure.value < part.figure.value || whole.figure.value.is_zero() {
        return None;
    }
    let turned = has_note(whole, '前') && has_note(part, '后');
    Some((whole, part, turned))
}

/// Whether a count tells of the deed the rate is named for.
fn deed_of(place: &Place, name: &str) -> bool {
    if name == "\u{0}" {
        return false;
    }
    let signs: Vec<char> = name.chars().collect();
    let said = format!("{}{}", place.before, place.figure.subject);
    if signs.is_empty() {
        return place.before.contains("其中") || place.before.starts_with('中');
    }
    // The last two signs of the name are the deed: 问题解决, 调解成功.
    let deed: String = signs.iter().rev().take(2).rev().collect();
    said.contains(&deed)
}

/// The least, the greatest and the middle percentage two rounded counts can give.
fn bounds(whole: &Place, part: &Place, taken: bool) -> Option<(Decimal, Decimal, Decimal)> {
    let slack = |place: &Place| {
        if place.grain > Decimal::ONE {
            place.grain.checked_div(Decimal::TWO).unwrap_or_default()
        } else {
            Decimal::ZERO
        }
    };
    let percent = |part: Decimal, whole: Decimal| part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole);
    let (p, w) = (part.figure.value, whole.figure.value);
    let least = percent(p.checked_sub(slack(part))?, w.checked_add(slack(whole))?)?;
    let most = percent(p.checked_add(slack(part))?, w.checked_sub(slack(whole))?)?;
    let middle = percent(p, w)?;
    Some(if taken {
        (Decimal::ONE_HUNDRED - most, Decimal::ONE_HUNDRED - least, Decimal::ONE_HUNDRED - middle)
    } else {
        (least, most, middle)
    })
}

/// One thing counted twice: the same subject in different lines, or the same
/// number of the same long-named thing close by.
fn repeats(places: &[Place], checks: &mut Vec<Check>) {
    for (index, first) in places.iter().enumerate() {
        if !is_count(first) || first.figure.value < Decimal::TEN {
            continue;
        }
        for second in places.iter().skip(index + 1).take(400) {
            let (a, b) = (first.figure, second.figure);
            if !is_count(second) || a.unit == "元" || b.value < Decimal::TEN {
                continue;
            }
            // A subject is only as good as the clause it was read from: short ones name different things.
            let same_subject = a.subject == b.subject
                && a.subject.chars().count() >= 8
                && reach(first) == reach(second)
                && !a.subject.contains('（')
                && a.line != b.line
                && a.unit == b.unit;
            let same_number =
                a.value == b.value && a.value >= Decimal::ONE_HUNDRED && shared_noun(&a.subject, &b.subject) >= 5;
            if same_subject || same_number || is_stock_of(a, b) || is_stock_of(b, a) {
                let formula = format!("{}={}", a.value, b.value);
                checks.push(check(
                    second,
                    CheckKind::Equal,
                    formula,
                    b.value.to_string(),
                    a.value.to_string(),
                    a.value == b.value,
                ));
                break;
            }
        }
    }
}

/// The places or levels a clause names: 全市 and 市本级 are counted apart.
fn reach(place: &Place) -> String {
    let words = [
        "本级",
        "全市",
        "全县",
        "全区",
        "全省",
        "全盟",
        "全旗",
        "全州",
        "我市",
        "我县",
        "我局",
        "各级",
        "累计",
        "以来",
        "上半年",
        "局",
        "院",
        "委",
    ];
    words.iter().filter(|word| place.before.contains(**word)).copied().collect()
}

/// Whether one figure gives the stock of things (保留行政给付事项) that the other
/// gives as a part of a list (权责清单: 行政许可).
fn is_stock_of(stock: &Figure, part: &Figure) -> bool {
    let label = part.subject.split_once('（').and_then(|(_, rest)| rest.strip_suffix('）')).unwrap_or("");
    let kept =
        ["保留", "现有", "实有", "共有"].iter().any(|word| stock.subject.contains(word) || stock.quote.contains(word));
    let rest = stock.subject.strip_prefix(label).unwrap_or("");
    let whole = matches!(rest, "事项数" | "事项保留数" | "数" | "保留数");
    label.chars().count() >= 4 && kept && whole && stock.unit == part.unit && stock.line != part.line
}

/// The length of the longest run of signs two subjects share.
fn shared_noun(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(40).collect();
    let b: Vec<char> = b.chars().take(40).collect();
    let mut best = 0;
    let mut row = vec![0_usize; b.len() + 1];
    for sign in &a {
        let mut diagonal = 0;
        for (column, other) in b.iter().enumerate() {
            let here = if sign == other { diagonal + 1 } else { 0 };
            diagonal = row[column + 1];
            row[column + 1] = here;
            best = best.max(here);
        }
    }
    best
}
