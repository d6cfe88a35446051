//! Tells the numerals that count something from those that name, date or rank.

use rust_decimal::Decimal;

use crate::lexicon::{
    AFTER_UNIT, BEFORE_NUMBER, DISTRIBUTIVES, DONE_BEFORE, DURATION_CUES, DURATION_UNITS, LIMIT_TAILS,
    NOT_BEFORE_NUMBER, NOT_UNIT_BEFORE, PERIODS, SCORE_WORDS, Sense, TOTAL_BEFORE, UNITS,
};
use crate::mask::{is_tied, mask};
use crate::normal::{BREAK, Cells, is_han};
use crate::numeral::{Numeral, Script, numeral, power};
use crate::vocabulary::{STRUCTURE_NOUNS, VERBS};

/// How far a clause is followed; text without stops is no sentence.
pub const LONGEST_CLAUSE: usize = 200;

/// A number that counts something, where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// First cell of the words that qualify the number, or of the number.
    pub start: usize,
    /// First cell of the number.
    pub number: usize,
    /// One past the unit and the words behind it.
    pub end: usize,
    /// The value in base units.
    pub value: Decimal,
    /// Weight of the last digit written.
    pub grain: Decimal,
    /// The base unit.
    pub unit: &'static str,
    /// How sure the number is.
    pub sense: Sense,
    /// Whether the text denies that there was any: the number is not written.
    pub denied: bool,
}

/// All mentions of a text, in order.
pub fn mentions(cells: &Cells) -> Vec<Mention> {
    let hidden = mask(cells);
    let mut found: Vec<Mention> = Vec::new();
    let mut bare: Vec<(Numeral, usize)> = Vec::new();
    let mut index = 0;
    while index < cells.len() {
        if hidden.get(index).copied().unwrap_or(false) {
            index += 1;
            continue;
        }
        let Some(number) = numeral(cells, index) else {
            // The rest of a run of digits that is no number is none either.
            let digits = cells.at(index).is_ascii_digit();
            index += 1;
            while digits && cells.at(index).is_ascii_digit() {
                index += 1;
            }
            continue;
        };
        let end = number.end;
        if (index..end).any(|place| hidden.get(place).copied().unwrap_or(false)) || is_tied(cells, index, end) {
            index = end;
            continue;
        }
        index = match ranged(cells, &number) {
            Some([low, high]) => {
                let after = high.end;
                found.extend([low, high]);
                after
            }
            None => match counted(cells, &number, &found) {
                Some(mention) => {
                    let after = mention.end;
                    found.push(mention);
                    after
                }
                None => {
                    if is_bare(cells, &number) {
                        bare.push((number, found.len()));
                    }
                    end
                }
            },
        };
    }
    lend_units(cells, found, bare)
}

/// The measure word at `index`: the base unit and one past it.
fn unit_at(cells: &Cells, index: usize) -> Option<(&'static str, usize)> {
    let &(written, base) = UNITS.iter().find(|(written, _)| cells.has(index, written))?;
    let end = index + written.chars().count();
    let next = cells.at(end);
    let other_word = NOT_UNIT_BEFORE.iter().any(|(unit, signs)| *unit == written && signs.contains(next));
    let troop = written == "支" && cells.has(end, "队伍");
    let own_household = written == "户" || (written == "个" && cells.has(end, "人民"));
    (!other_word || troop || (own_household && written != "户")).then_some((base, end))
}

/// Reads a number with its measure word, and decides whether it is an amount.
fn counted(cells: &Cells, number: &Numeral, found: &[Mention]) -> Option<Mention> {
    if number.script == Script::Share {
        let (start, sense) = words_before(cells, number.start);
        let (end, after) = words_after(cells, number.end);
        return Some(build(number, start, end, "%", merge(sense, after, number)));
    }
    let (unit, unit_end) = match unit_at(cells, number.end) {
        Some(found) => found,
        None => money(cells, number)?,
    };
    let (start, before) = words_before(cells, number.start);
    let (end, after) = words_after(cells, unit_end);
    let amounts = match number.script {
        Script::Arabic => arabic_counts(cells, number, unit, unit_end),
        Script::Han => han_counts(cells, number, unit, unit_end, found),
        Script::Power => power_counts(cells, number, unit, unit_end, before),
        Script::Share => true,
    };
    if !amounts {
        return None;
    }
    let mut sense = merge(before, after, number);
    // 检查不超过3次的占九成: the bound says which ones are meant.
    if matches!(sense, Sense::AtMost | Sense::AtLeast) && cells.has(end, "的占") {
        return None;
    }
    if number.script == Script::Power && sense == Sense::Exact && unit_end > number.end {
        sense = Sense::Approx;
    }
    Some(build(number, start, end, unit, sense))
}

fn build(number: &Numeral, start: usize, end: usize, unit: &'static str, sense: Sense) -> Mention {
    Mention { start, number: number.start, end, value: number.value, grain: number.grain, unit, sense, denied: false }
}

/// An amount of money that leaves its 元 out: behind a noun of money a scaled number may.
fn money(cells: &Cells, number: &Numeral) -> Option<(&'static str, usize)> {
    let scaled = matches!(cells.before(number.end), '万' | '亿');
    let closes = matches!(cells.at(number.end), ',' | '。' | ';' | '、' | ')' | BREAK);
    let noun = cells.text(clause_start(cells, number.start), number.start);
    let money = ["额", "金额", "资金", "投资", "收入", "产值", "损失", "费用"];
    (scaled && closes && money.iter().any(|word| noun.contains(word))).then_some(("元", number.end))
}

fn merge(before: Sense, after: Sense, number: &Numeral) -> Sense {
    match (before, after) {
        (_, after) if after != Sense::Exact => after,
        (Sense::Exact, _) if number.over => Sense::Over,
        (before, _) => before,
    }
}

/// The start of the words right before a number, and what they say of it.
fn words_before(cells: &Cells, number: usize) -> (usize, Sense) {
    let mut start = number;
    let mut sense = Sense::Exact;
    for _ in 0..3 {
        let Some(&(word, said)) =
            BEFORE_NUMBER.iter().filter(|(word, _)| cells.ends_with(start, word)).max_by_key(|(word, _)| word.len())
        else {
            break;
        };
        let before = start - word.chars().count();
        let other_word = |(of, signs): &(&str, &str)| *of == word && signs.contains(cells.before(before));
        if NOT_BEFORE_NUMBER.iter().any(other_word) {
            break;
        }
        if matches!(word, "上" | "过") && !matches!(cells.at(number), '百' | '千' | '万' | '亿') {
            break;
        }
        if sense == Sense::Exact {
            sense = said;
        }
        start = before;
    }
    (start, sense)
}

fn words_after(cells: &Cells, unit_end: usize) -> (usize, Sense) {
    let word = AFTER_UNIT.iter().find(|(word, _)| cells.has(unit_end, word));
    match word {
        // 3次多元化解: 多 and 余 close the phrase or they belong to the next word.
        Some((word @ ("多" | "余"), _)) if is_han(cells.at(unit_end + word.chars().count())) => {
            (unit_end, Sense::Exact)
        }
        Some((word, sense)) => (unit_end + word.chars().count(), *sense),
        None => (unit_end, Sense::Exact),
    }
}

/// Whether Arabic digits with this unit are an amount.
fn arabic_counts(cells: &Cells, number: &Numeral, unit: &str, unit_end: usize) -> bool {
    let start = number.start;
    // 法定30日内: what the law gives everybody is nothing done here.
    let lawful = cells.ends_with(start, "法定") || cells.ends_with(start, "之日起");
    let cue = || DURATION_CUES.iter().any(|cue| cells.ends_with(start, cue));
    let limit = || LIMIT_TAILS.iter().any(|tail| cells.has(unit_end, tail));
    let small = number.value < Decimal::ONE_HUNDRED;
    if unit == "年" {
        return small && cue() && !cells.ends_with(start, "从") && !cells.ends_with(start, "由");
    }
    if unit == "日" || unit == "个月" {
        return small && !lawful && (cue() || limit());
    }
    if unit == "分" {
        // 得分91.3分,较上年提高1.2分: the clause before says what is scored.
        let earlier = clause_start(cells, start).saturating_sub(1);
        let clause = cells.text(clause_start(cells, earlier), start);
        return SCORE_WORDS.iter().any(|word| clause.contains(word));
    }
    if DURATION_UNITS.contains(&unit) && unit != "届" {
        return false;
    }
    if unit == "届" && !cells.ends_with(start, "连续") {
        return false;
    }
    // Slogans (4个1, 3个“零”) and ways of working (每月1次) count nothing done.
    // 21个1.3万套 is none: the second number has a unit of its own.
    let second = numeral(cells, unit_end).filter(|_| cells.at(unit_end).is_ascii_digit());
    let alone = second.is_some_and(|second| unit_at(cells, second.end).is_none_or(|(unit, _)| unit == "%"));
    let slogan = unit == "个" && (alone || short_quote(cells, unit_end));
    let lead = cells.text(start.saturating_sub(6), start);
    let placed = matches!(unit, "位" | "名")
        && ["位居", "居全", "位列", "列全", "排名", "名列", "排在", "居于"].iter().any(|word| lead.contains(word));
    let first = matches!(cells.before(start), '前' | '第' | '每') && !cells.ends_with(start, "提前");
    let rank = placed || first || cells.ends_with(start, "排名");
    let routine = number.value <= Decimal::from(12) && habitual(cells, start);
    !slogan && !rank && !routine
}

/// Whether a quotation of at most two signs begins at `index`.
fn short_quote(cells: &Cells, index: usize) -> bool {
    matches!(cells.at(index), '“' | '"' | '‘')
        && (index + 2..index + 4).any(|place| matches!(cells.at(place), '”' | '"' | '’'))
}

/// Whether the number says how often something is done: 每月2次, 每季度召开1次.
fn habitual(cells: &Cells, start: usize) -> bool {
    let clause = cells.text(clause_start(cells, start).max(start.saturating_sub(8)), start);
    let periods = PERIODS;
    let gap = periods.iter().filter_map(|period| clause.rsplit_once(period)).map(|(_, gap)| gap.chars().count()).min();
    gap.is_some_and(|gap| gap <= 4)
}

/// Whether Han numerals with this unit are an amount; small ones mostly name things.
fn han_counts(cells: &Cells, number: &Numeral, unit: &str, unit_end: usize, found: &[Mention]) -> bool {
    let start = number.start;
    let before = |words: &[&str]| words.iter().any(|word| cells.ends_with(start, word));
    if before(DISTRIBUTIVES) || habitual(cells, start) || is_vague(cells, start) {
        return false;
    }
    if matches!(unit, "年" | "届" | "个月" | "天") {
        let spans = before(&["连续", "提前", "延长", "已连续"]);
        let phrase = phrase_after(cells, unit_end);
        return spans && !STRUCTURE_NOUNS.iter().any(|noun| phrase.starts_with(noun));
    }
    if DURATION_UNITS.contains(&unit) {
        return false;
    }
    // 三个100%: a way of saying which.
    if unit == "个" && cells.at(unit_end).is_ascii_digit() {
        return false;
    }
    let small = number.value <= Decimal::TEN && !number.over;
    if !small {
        return !structure_follows(cells, unit_end) && !matches!(unit, "类" | "种" | "级");
    }
    if number.value.is_zero() || matches!(unit, "%" | "元") {
        return unit == "元" && !number.value.is_zero();
    }
    // 增长近一倍.
    if unit == "倍" {
        return true;
    }
    let one = number.value == Decimal::ONE;
    if before(TOTAL_BEFORE) {
        return !structure_follows(cells, unit_end) || matches!(unit, "件" | "起" | "名" | "人");
    }
    if unit == "期" && !one && before(&["分"]) {
        return true;
    }
    let event = matches!(
        unit,
        "次" | "场" | "期" | "批" | "批次" | "轮" | "场次" | "件" | "名" | "人" | "家" | "起" | "部" | "份"
    );
    let done = before(DONE_BEFORE);
    if event && !one && done && !cells.has(unit_end, "以上") {
        return true;
    }
    !one && enumerated(cells, number, found) && !structure_follows(cells, unit_end)
}

/// Whether the noun behind the unit belongs to a name (制度, 机制 ...), within its phrase.
fn structure_follows(cells: &Cells, unit_end: usize) -> bool {
    let phrase = phrase_after(cells, unit_end);
    STRUCTURE_NOUNS.iter().any(|noun| phrase.ends_with(noun) || phrase.starts_with(noun))
}

/// The Han signs from `index` to the next sign that is none, at most twelve.
fn phrase_after(cells: &Cells, index: usize) -> String {
    (index..index + 12).map(|place| cells.at(place)).take_while(|&sign| is_han(sign)).collect()
}

/// Whether the things are listed right before the number, as many as it says: `A、B、C三项`.
fn enumerated(cells: &Cells, number: &Numeral, found: &[Mention]) -> bool {
    let floor = found.last().map_or(0, |mention| mention.end).max(clause_start(cells, number.start));
    let list = cells.text(floor, number.start);
    let items = list.split('、').count();
    Decimal::from(items) == number.value && items >= 2
}

/// Whether a bare power (百名, 上万人次) gives the size of something.
fn power_counts(cells: &Cells, number: &Numeral, unit: &str, unit_end: usize, before: Sense) -> bool {
    let phrase = phrase_after(cells, unit_end);
    let named = ["活动", "行动", "工程", "计划", "讲堂", "论坛", "评选"].iter().any(|noun| phrase.ends_with(noun));
    let clause_end = (unit_end..unit_end + 30).take_while(|&place| !is_stop(cells.at(place)));
    // 百名律师进百村: two powers make a slogan.
    let doubled = clause_end
        .into_iter()
        .any(|place| matches!(cells.at(place), '百' | '千' | '万') && number.end - number.start == 1);
    let qualified = !matches!(before, Sense::Exact);
    let vague = is_vague(cells, number.start) || cells.ends_with(number.start, "千上");
    // 招募百名志愿者: somebody did it to so many.
    let done = matches!(unit, "名" | "件" | "场") && VERBS.iter().any(|verb| cells.ends_with(number.start, verb));
    !vague && (qualified || (done && !named && !doubled && unit_end > number.end))
}

/// 数百, 几十, 成千: no number.
fn is_vague(cells: &Cells, start: usize) -> bool {
    power(cells.at(start)).is_some() && matches!(cells.before(start), '数' | '几' | '成')
}

/// `3-6名`: the bounds, each a mention of its own.
fn ranged(cells: &Cells, first: &Numeral) -> Option<[Mention; 2]> {
    let (low_unit_end, written) = match unit_at(cells, first.end) {
        Some((unit, end)) => (end, Some(unit)),
        None => (first.end, None),
    };
    let sign = cells.at(low_unit_end);
    if !matches!(sign, '-' | '—' | '~' | '～' | '至') || first.script != Script::Arabic {
        return None;
    }
    let second = numeral(cells, low_unit_end + 1).filter(|second| second.script == Script::Arabic)?;
    let (unit, unit_end) = unit_at(cells, second.end)?;
    if written.is_some_and(|written| written != unit) || DURATION_UNITS.contains(&unit) || second.value <= first.value {
        return None;
    }
    let (start, _) = words_before(cells, first.start);
    let unscaled = first.grain <= Decimal::ONE
        && second.grain >= Decimal::from(1000)
        && !matches!(cells.before(first.end), '万' | '亿');
    let mut low = build(first, start, second.start, unit, Sense::AtLeast);
    if unscaled {
        let factor = if cells.before(second.end) == '亿' { 100_000_000 } else { 10_000 };
        low.value = low.value.checked_mul(Decimal::from(factor))?;
    }
    let mut high = build(&second, second.start, unit_end, unit, Sense::AtMost);
    high.end = words_after(cells, unit_end).0;
    Some([low, high])
}

/// Whether a number without unit closes its phrase, so that a neighbour's unit may be meant.
fn is_bare(cells: &Cells, number: &Numeral) -> bool {
    let closes =
        matches!(cells.at(number.end), ',' | '、' | ';' | '和' | '及' | '。' | '以') && !cells.has(number.end, "以来");
    let noun = is_han(cells.before(number.start)) || matches!(cells.before(number.start), '、' | '和');
    let year = number.value >= Decimal::from(1900) && number.value <= Decimal::from(2099);
    let code = number.value >= Decimal::from(10_000)
        && number.grain == Decimal::ONE
        && !number.over
        && noun
        && cells.at(number.end) == '、';
    number.script == Script::Arabic && closes && noun && !year && !code
}

/// Gives each bare number the unit of the mention that follows it in the sentence, clause by clause.
fn lend_units(cells: &Cells, mut found: Vec<Mention>, bare: Vec<(Numeral, usize)>) -> Vec<Mention> {
    for (number, next) in bare.into_iter().rev() {
        let Some(lender) = found.get(next) else {
            continue;
        };
        let between = cells.text(number.end, lender.start);
        let far = between.chars().count() > 14 || between.contains(['。', ';', BREAK, '!', '?']);
        let listed = between.chars().filter(|sign| matches!(sign, ',' | '、' | '和' | '及')).count() == 1;
        // 提高5.1和3.2个百分点: with nothing between, a share may be lent too.
        let adjacent = between.chars().count() == 1 && matches!(lender.unit, "%" | "百分点");
        let own = matches!(lender.unit, "%" | "年" | "元" | "百分点") && !adjacent;
        if far || !listed || own || between.contains(['“', '《', '(']) {
            continue;
        }
        let (start, sense) = words_before(cells, number.start);
        let sense = merge(sense, Sense::Exact, &number);
        let mention = build(&number, start, number.end, lender.unit, sense);
        found.insert(next, mention);
    }
    found
}

/// Whether a sign ends a clause.
pub fn is_stop(sign: char) -> bool {
    matches!(sign, ',' | '。' | ';' | '!' | '?' | ':') || sign == BREAK
}

/// The first cell of the clause that holds `index`.
pub fn clause_start(cells: &Cells, index: usize) -> usize {
    let mut start = index;
    while start > 0 && index - start < LONGEST_CLAUSE && !is_stop(cells.at(start - 1)) {
        start -= 1;
    }
    start
}

/// One past the last cell of the clause that holds `index`.
pub fn clause_end(cells: &Cells, index: usize) -> usize {
    let mut end = index;
    while end < cells.len() && end - index < LONGEST_CLAUSE && !is_stop(cells.at(end)) {
        end += 1;
    }
    end
}
