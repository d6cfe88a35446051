//! Compares a report's figures with one another: totals with their parts, rates
//! with the counts beside them, falls with the levels before and after, and the
//! same thing stated twice.
//!
//! Few false alarms matter more than finding everything: a check is made only
//! where the wording says that the numbers belong together.

mod repeats;

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
    /// A part and what it is taken out of.
    PartLeTotal,
}

impl CheckKind {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            CheckKind::Sum => "sum",
            CheckKind::Difference => "difference",
            CheckKind::RatioPercent => "ratio_percent",
            CheckKind::Equal => "equal",
            CheckKind::PartLeTotal => "part_le_total",
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
        growth(sentence, &mut checks);
        from = to;
    }
    sums(&places, &cells, &mut checks);
    parts(&places, &cells, &mut checks);
    repeats::repeats(&places, &cells, &mut checks);
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
                // 其中, 含 and 等 say that there are others.
                let inner = cells.text(open, close);
                let listed = !["其中", "含", "包括", "等"].iter().any(|word| inner.contains(word))
                    && parts.iter().all(|part| same_unit(part, total));
                (parts, listed)
            }
            None => match run_of_parts(total, rest, cells) {
                parts if parts.is_empty() => (run_of_kinds(total, rest, cells), true),
                parts => (parts, false),
            },
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

/// Kinds of which a thing is one and not another: their numbers add up, and to no more than all.
const KINDS: &[&[&str]] = &[
    &["简易程序", "普通程序", "一般程序"],
    &["刑事", "民事", "行政"],
    &["一审", "二审", "再审"],
    &["继续有效", "废止", "失效", "修改"],
    &["维持", "撤销", "变更", "确认违法", "责令履行", "驳回", "终止"],
];

/// The numbers behind 其中 of kinds that exclude one another, where they come to more than all of them.
fn run_of_kinds<'p, 'a>(total: &Place, rest: &'p [Place<'a>], cells: &Cells) -> Vec<&'p Place<'a>> {
    let mut parts: Vec<&Place> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut kinds: Option<&[&str]> = None;
    for part in rest.iter().take_while(|part| part.sentence == total.sentence && same_unit(part, total)) {
        let from = parts.last().map_or(total.end, |last| last.end);
        let between = cells.text(from, part.start);
        let begins = !parts.is_empty() || (between.contains("其中") && between.chars().count() <= 24);
        if !begins || between.contains([';', '(', ')']) {
            break;
        }
        let row = kinds.or_else(|| KINDS.iter().find(|row| row.iter().any(|kind| between.contains(kind))).copied());
        let Some(kind) = row.and_then(|row| row.iter().find(|kind| between.contains(**kind))) else { break };
        if seen.contains(kind) {
            break;
        }
        kinds = row;
        seen.push(kind);
        parts.push(part);
    }
    let sum = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part.figure.value));
    if sum.is_some_and(|sum| sum > total.figure.value) { parts } else { Vec::new() }
}

/// `由A压减到B`, with the number or the share taken away or added stated in the same sentence.
fn differences(sentence: &[Place], checks: &mut Vec<Check>) {
    for (index, pair) in sentence.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let rates = [before, after].iter().all(|place| place.figure.unit == "%" && level(place));
        let turned = has_note(before, '前') && has_note(after, '后') && same_unit(before, after);
        if !turned || !(rates || (is_count(before) && is_count(after))) {
            continue;
        }
        let (a, b) = (before.figure.value, after.figure.value);
        let (high, low) = if a >= b { (a, b) } else { (b, a) };
        let Some(computed) = high.checked_sub(low) else { continue };
        let rest = sentence.get(index + 2..).unwrap_or_default();
        let changes: Vec<&Place> = rest.iter().take_while(|change| is_step(change, before, rates)).take(4).collect();
        // 新增5项,取消27项: either may be the fall by itself, or both together are.
        let fits = |change: &&&Place| computed == change.figure.value || (rates && near(computed, change));
        let told = changes.iter().find(fits).or(changes.first()).copied();
        if let Some(change) = told {
            let holds = fits(&&change);
            if holds || changes.len() == 1 {
                let formula = format!("{high}-{low}");
                let (stated, told) = (change.figure.value.to_string(), computed.to_string());
                checks.push(check(change, CheckKind::Difference, formula, stated, told, holds));
            }
        }
        let Some(change) = rest.first().filter(|change| change.figure.qualifier == Qualifier::Exact) else { continue };
        // 压减59.9%, 增长20%: the share of what there was before.
        let share = change.figure.unit == "%" && change.figure.change != Change::None && is_bare(&change.before);
        if share && !rates && !a.is_zero() {
            share_of(change, high, low, a, format!("({high}-{low})/{a}"), checks);
        }
    }
}

/// Whether a number says how much was taken from another or added to it.
fn is_step(change: &Place, before: &Place, rates: bool) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| change.before.contains(word));
    let named = matches!(change.figure.change, Change::Cut | Change::Added | Change::YoyUp | Change::YoyDown)
        || says(&["取消", "减少", "核减", "下放", "压减", "新增", "增加"]);
    let same = if rates { change.figure.unit == "百分点" } else { same_unit(change, before) };
    named && same && change.figure.qualifier == Qualifier::Exact
}

/// Notes a stated percentage beside `(high-low)/base`.
fn share_of(rate: &Place, high: Decimal, low: Decimal, base: Decimal, formula: String, checks: &mut Vec<Check>) {
    let part = high.checked_sub(low).and_then(|part| part.checked_mul(Decimal::ONE_HUNDRED));
    let Some(computed) = part.and_then(|part| part.checked_div(base)) else { return };
    let stated = format!("{}%", rate.figure.value);
    let told = format!("{}%", computed.round_dp(4).normalize());
    checks.push(check(rate, CheckKind::RatioPercent, formula, stated, told, near(computed, rate)));
}

/// Whether a number is the stated one, written to as many digits.
fn near(computed: Decimal, stated: &Place) -> bool {
    let slack = stated.grain.checked_div(Decimal::TWO).unwrap_or_default();
    (computed - stated.figure.value).abs() <= slack
}

/// A growth stated in percent, beside the two years' numbers, or beside this year's and how much it rose or fell.
fn growth(sentence: &[Place], checks: &mut Vec<Check>) {
    for (index, three) in sentence.windows(3).enumerate() {
        let [first, second, rate] = three else { continue };
        let rises = match rate.figure.change {
            Change::YoyUp => true,
            Change::YoyDown => false,
            _ => continue,
        };
        let counts = whole_count(first) && whole_count(second) && same_unit(first, second);
        // Two turned into one another are compared above.
        let turned = has_note(first, '前') || index.checked_sub(1).is_some_and(|at| has_note(&sentence[at], '前'));
        if rate.figure.unit != "%" || rate.figure.qualifier != Qualifier::Exact || !counts || turned {
            continue;
        }
        let (a, b) = (first.figure.value, second.figure.value);
        // 收案2194件,较上年增加903件,增幅69.9%.
        let step = matches!(second.figure.change, Change::YoyUp | Change::YoyDown);
        // What stands between the second number and the rate, where they share a clause: 比上年的100件增长20%.
        let between =
            rate.before.rsplit_once(|sign: char| sign.is_ascii_digit()).map_or(&*rate.before, |(_, rest)| rest);
        let bare = is_bare(between.strip_prefix(&*second.figure.unit).unwrap_or(between));
        if step && level(first) && bare {
            let before = if second.figure.change == Change::YoyUp { a.checked_sub(b) } else { a.checked_add(b) };
            let Some(before) = before.filter(|before| *before > Decimal::ZERO) else { continue };
            let (high, low) = if a >= before { (a, before) } else { (before, a) };
            share_of(rate, high, low, before, format!("{b}/{before}"), checks);
            continue;
        }
        // 今年办理120件,上年办理100件,增长20%; 上年在前也一样.
        let earlier = |place: &Place| EARLIER.iter().any(|word| place.before.contains(word));
        let (now, before) = match (earlier(first), earlier(second)) {
            (true, false) => (b, a),
            (false, true) => (a, b),
            _ => continue,
        };
        if !(level(first) && level(second) && bare) || before.is_zero() {
            continue;
        }
        let (high, low) = if now >= before { (now, before) } else { (before, now) };
        let formula = format!("({high}-{low})/{before}");
        let up = now >= before;
        if up == rises {
            share_of(rate, high, low, before, formula, checks);
        } else {
            let told = if up { "a rise" } else { "a fall" };
            let stated = format!("{}%", rate.figure.value);
            checks.push(check(rate, CheckKind::RatioPercent, formula, stated, told.to_owned(), false));
        }
    }
}

/// Whether a clause says of its rate no more than that it is a rise or a fall: what rose or fell was said before.
fn is_bare(clause: &str) -> bool {
    const WORDS: &[&str] = &[
        "与",
        "和",
        "比",
        "较",
        "同比",
        "环比",
        "上年度",
        "上年",
        "去年",
        "上一年",
        "同期",
        "年",
        "相比",
        "整体",
        "总体",
        "增长",
        "上升",
        "提高",
        "提升",
        "增加",
        "下降",
        "降低",
        "减少",
        "压减",
        "压缩",
        "精简",
        "缩短",
        "增幅",
        "降幅",
        "减幅",
        "压减率",
        "幅度",
        "比例",
        "达到",
        "达",
        "为",
        "约",
        "了",
        "率",
    ];
    let mut rest = clause.trim_matches(|sign: char| sign.is_ascii_digit());
    while let Some(after) = WORDS.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = after.trim_start_matches(|sign: char| sign.is_ascii_digit());
    }
    rest.is_empty()
}

/// Words of a clause that gives an earlier period's number.
const EARLIER: &[&str] = &["去年", "上年", "上一年", "同期", "前一年"];

/// An exact number of things, a change of it included, written to the last one.
fn whole_count(place: &Place) -> bool {
    place.figure.qualifier == Qualifier::Exact
        && place.grain <= Decimal::ONE
        && !matches!(place.figure.unit.as_str(), "%" | "‰" | "百分点" | "倍" | "年" | "分")
}

/// `共120件,其中刑事40件`: what is taken out of a number is no more than it.
fn parts(places: &[Place], cells: &Cells, checks: &mut Vec<Check>) {
    for pair in places.windows(2) {
        let [total, part] = pair else { continue };
        let between = cells.text(total.end, part.start);
        let taken = between.contains("其中") && between.chars().count() <= 24;
        let same_sentence = total.sentence == part.sentence && !between.contains([';', '(', ')']);
        if !taken || !same_sentence || !is_count(total) || !is_count(part) || !same_unit(total, part) {
            continue;
        }
        let (whole, value) = (total.figure.value, part.figure.value);
        checks.push(check(
            part,
            CheckKind::PartLeTotal,
            format!("{value}<={whole}"),
            whole.to_string(),
            value.to_string(),
            value <= whole,
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
        // A rate of fewer may be one of all that were counted before: 排查, 调解, 调解成功.
        let half = rate.grain.checked_div(Decimal::TWO).unwrap_or_default();
        let value = rate.figure.value;
        let fits =
            |low: Decimal, high: Decimal| low <= value.saturating_add(half) && value.saturating_sub(half) <= high;
        let agrees = |whole: &&&Place| bounds(whole, part, taken).is_some_and(|(low, high, _)| fits(low, high));
        let wholes = counts.iter().filter(|place| {
            place.start < part.start
                && is_count(place)
                && same_unit(place, part)
                && place.figure.value >= part.figure.value
        });
        let whole = wholes.rev().filter(|place| !place.figure.value.is_zero()).find(agrees).copied().unwrap_or(whole);
        let Some((low, high, middle)) = bounds(whole, part, taken) else {
            continue;
        };
        let holds = fits(low, high);
        // A rate between the two closes what it is of: what comes behind it is of something else.
        if !holds
            && sentence.iter().any(|other| other.figure.unit == "%" && (whole.start..part.start).contains(&other.start))
        {
            continue;
        }
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
        None if before.starts_with("占总") || before.trim_end_matches('约') == "占" => String::new(),
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
    // 其中 says by itself that the one is a part of the other.
    if !adjacent
        || (shared < 3 && !name.is_empty())
        || whole.figure.value < part.figure.value
        || whole.figure.value.is_zero()
    {
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
