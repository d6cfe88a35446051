//! The layout of a blessed case: right sides in one column.

use super::{Case, Step};

/// Longer left sides do not push the column of all others to the right.
const WIDEST: usize = 88;

/// How many columns a text takes: Chinese takes two each.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|letter| if ('\u{1100}'..'\u{10000}').contains(&letter) { 2 } else { 1 }).sum()
}

/// The text of the case with these right sides.
pub(crate) fn lay(case: &Case, rights: &[String]) -> String {
    let widths = case.steps.iter().map(|step| width(&step.left));
    let column = widths.filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let mut lines = case.text.clone();
    for (step, right) in case.steps.iter().zip(rights) {
        lines[step.line - 1] = line(step, right, column);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn line(step: &Step, right: &str, column: usize) -> String {
    let pad = column.saturating_sub(width(&step.left));
    let left = format!("{}{}  {right}", step.left, " ".repeat(pad));
    match &step.comment {
        Some(comment) => format!("{left}    {comment}"),
        None => left,
    }
}
