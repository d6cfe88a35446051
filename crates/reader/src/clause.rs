//! The clause around a mention: what stands left and right of the number, and how it hangs on its neighbours.

use crate::mention::{Mention, is_stop};
use crate::normal::{BREAK, Cells};

/// How far a clause is followed.
const LONGEST: usize = 160;

/// The surroundings of one mention.
#[derive(Debug, Clone)]
pub struct Frame {
    /// First cell of what is left of the number in its clause, behind an earlier mention.
    pub left_start: usize,
    /// What is left of the number.
    pub left: String,
    /// What is right of the unit, up to the next mention or the clause's end.
    pub right: String,
    /// The whole clause before the number and its qualifying words, earlier mentions included.
    pub before: String,
    /// The same with the qualifying words (达到, 为, 分别 ...).
    pub reach: String,
    /// Whether the sentence sets its numbers against another period's (与上年相比).
    pub compared: bool,
    /// The clause before this one, where it is of the same sentence.
    pub earlier: String,
    /// First cell of the part of the sentence behind the last semicolon.
    pub segment: usize,
    /// Whether an earlier mention stands in the same clause.
    pub follows: bool,
    /// Whether the right side ends at another mention.
    pub leads: bool,
    /// Whether a bracket around the mention holds parts of the mention before it.
    pub bracketed: bool,
    /// The sentence: its first cell.
    pub sentence: usize,
}

impl Frame {
    /// The clause up to the number, its qualifying words included.
    pub fn before_or_reach(&self) -> String {
        match self.reach.strip_prefix(self.left.as_str()) {
            Some(words) => format!("{}{words}", self.before),
            None => self.before.clone(),
        }
    }
}

/// Frames for all mentions, in order.
pub fn frames(cells: &Cells, mentions: &[Mention]) -> Vec<Frame> {
    let mut out = Vec::with_capacity(mentions.len());
    let mut sentence = 0_usize;
    let mut segment = 0_usize;
    let mut scanned = 0_usize;
    for (index, mention) in mentions.iter().enumerate() {
        for place in scanned..mention.start.max(scanned) {
            if matches!(cells.at(place), '。' | '!' | '?') || cells.at(place) == BREAK {
                sentence = place + 1;
                segment = place + 1;
            } else if cells.at(place) == ';' {
                segment = place + 1;
            }
        }
        scanned = scanned.max(mention.start);
        let (start, bracketed) = left_edge(cells, mention.start);
        let end = right_edge(cells, mention.end);
        let previous = index.checked_sub(1).and_then(|i| mentions.get(i)).filter(|m| m.end > start);
        let next = mentions.get(index + 1).filter(|m| m.start < end);
        let left_start = previous.map_or(start, |m| m.end).min(mention.start);
        out.push(Frame {
            left_start,
            left: cells.text(left_start, mention.start),
            right: cells.text(mention.end, next.map_or(end, |m| m.start.max(mention.end))),
            before: cells.text(start, mention.start),
            reach: cells.text(left_start, mention.number),
            compared: cells.text(sentence.max(start.saturating_sub(LONGEST)), start).contains("相比"),
            earlier: earlier(cells, start, sentence),
            segment,
            follows: previous.is_some(),
            leads: next.is_some(),
            bracketed,
            sentence,
        });
    }
    out
}

/// The clause that ends just before the one beginning at `start`.
fn earlier(cells: &Cells, start: usize, sentence: usize) -> String {
    let end = start.saturating_sub(1).max(sentence);
    let from = left_edge(cells, end).0.max(sentence);
    cells.text(from, end)
}

/// The first cell of the clause before `index`, and whether a bracket opened there.
/// A bracket that is closed again (县(市、区)) is part of its word.
fn left_edge(cells: &Cells, index: usize) -> (usize, bool) {
    let mut start = index;
    let mut depth = 0_usize;
    while start > 0 && index - start < LONGEST {
        match cells.at(start - 1) {
            ')' => depth += 1,
            '(' if depth == 0 => return (start, true),
            '(' => depth -= 1,
            BREAK => break,
            sign if depth == 0 && is_stop(sign) => {
                return (start, matches!(sign, ',' | ';') && open_bracket(cells, start - 1));
            }
            _ => {}
        }
        start -= 1;
    }
    (start, false)
}

/// Whether `index` lies inside a bracket that opened earlier in the sentence.
fn open_bracket(cells: &Cells, index: usize) -> bool {
    let mut depth = 0_usize;
    for back in 1..=LONGEST.min(index) {
        match cells.at(index - back) {
            ')' => depth += 1,
            '(' if depth == 0 => return true,
            '(' => depth -= 1,
            BREAK => return false,
            _ => {}
        }
    }
    false
}

fn right_edge(cells: &Cells, index: usize) -> usize {
    let mut end = index;
    let mut depth = 0_usize;
    while end < cells.len() && end - index < LONGEST {
        match cells.at(end) {
            // A bracket right behind the unit holds parts, not a word.
            '(' if end == index => break,
            '(' => depth += 1,
            ')' if depth == 0 => break,
            ')' => depth -= 1,
            sign if depth == 0 && is_stop(sign) => break,
            BREAK => break,
            _ => {}
        }
        end += 1;
    }
    end
}
