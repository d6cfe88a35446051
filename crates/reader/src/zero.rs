//! Statements that there was none: 没有信访案件, 均无差错, 零投诉, 败诉率为零.

use rust_decimal::Decimal;

use crate::lexicon::{DENIALS, EVENTS, Sense, WISHES};
use crate::mask::mask;
use crate::mention::{Mention, clause_end, clause_start, is_stop};
use crate::normal::Cells;

/// The longest noun phrase a denial is followed through.
const LONGEST_NOUN: usize = 18;

/// Adds the figures of zero that the text states in words.
pub fn add_denials(cells: &Cells, mentions: &mut Vec<Mention>) {
    let hidden = mask(cells);
    let mut denials = Vec::new();
    let mut index = 0;
    while index < cells.len() {
        let free = !hidden.get(index).copied().unwrap_or(false);
        let begins = free && matches!(cells.at(index), '没' | '未' | '无' | '均' | '尚' | '暂' | '零' | '0');
        match begins.then(|| equals_zero(cells, index).or_else(|| denial(cells, index, mentions))).flatten() {
            Some(mention) => {
                index = mention.end;
                denials.push(mention);
            }
            None => index += 1,
        }
    }
    denials.retain(|denial| !mentions.iter().any(|m| m.start < denial.end && denial.start < m.end));
    if !denials.is_empty() {
        mentions.append(&mut denials);
        mentions.sort_by_key(|mention| mention.number);
    }
}

/// `败诉率为零`, `投诉为0`: zero stands behind the noun.
fn equals_zero(cells: &Cells, index: usize) -> Option<Mention> {
    let zero = matches!(cells.at(index), '零' | '0') && is_stop(cells.at(index + 1));
    if !zero || !matches!(cells.before(index), '为' | '是') {
        return None;
    }
    let start = clause_start(cells, index);
    let clause = cells.text(start, index - 1);
    if WISHES.iter().any(|wish| clause.contains(wish)) {
        return None;
    }
    let event = EVENTS.iter().find(|(event, _)| clause.ends_with(event)).map(|(_, unit)| *unit);
    let unit = if clause.ends_with('率') { "%" } else { event? };
    Some(Mention {
        start: index - 1,
        number: index,
        end: index + 1,
        value: Decimal::ZERO,
        grain: Decimal::ONE,
        unit,
        sense: Sense::Exact,
        denied: false,
    })
}

/// The denial that begins at `index`: a word of denial, then a noun that is counted, up to the clause's end.
fn denial(cells: &Cells, index: usize, mentions: &[Mention]) -> Option<Mention> {
    let word = DENIALS.iter().find(|word| cells.has(index, word))?;
    let noun_start = index + word.chars().count();
    let whole = clause_end(cells, noun_start);
    let listed = (noun_start..whole).find(|&place| matches!(cells.at(place), '、' | '(' | ')' | '和'));
    let counted = |end: usize| EVENTS.iter().any(|(event, _)| cells.ends_with(end, event));
    let end = if counted(whole) { whole } else { listed.unwrap_or(whole) };
    let noun = cells.text(noun_start, end);
    let start = clause_start(cells, index);
    let clause = cells.text(start, end);
    if *word == "零" && (cells.before(index) == '归' || cells.before(index) == '为') {
        return None;
    }
    if end - noun_start > LONGEST_NOUN + 6
        || noun.chars().count() > LONGEST_NOUN + 6
        || WISHES.iter().any(|wish| clause.contains(wish))
    {
        return None;
    }
    // 没有一起因执法引发的事件: one of a kind is denied, whatever describes it.
    let noun = if noun.starts_with('一') { noun.rsplit('的').next().unwrap_or("").to_owned() } else { noun };
    if noun.contains(['的', '不'])
        || !is_stop(cells.at(end)) && cells.at(end) != '、' && cells.at(end) != ')' && cells.at(end) != '和'
    {
        return None;
    }
    let noun = noun.trim_end_matches("发生");
    let (event, usual) = EVENTS.iter().find(|(event, _)| noun.ends_with(event))?;
    // Of those just counted none: the unit is theirs.
    let lent = mentions
        .iter()
        .rev()
        .find(|mention| mention.end <= index)
        .filter(|mention| *event == "阳性" && index - mention.end < 12 && mention.unit != "%");
    let unit = lent.map_or(*usual, |mention| mention.unit);
    Some(Mention {
        start: index,
        number: index,
        end,
        value: Decimal::ZERO,
        grain: Decimal::ONE,
        unit,
        sense: Sense::Exact,
        denied: true,
    })
}
