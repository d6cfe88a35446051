//! Which counts of a breakdown the public is shown. A count under five can point at somebody, so it is hidden; and since a
//! single hidden one is the total less the others, as many more are hidden as make that no use. Where each count is a part
//! of another that is told too (those met in time, of all that ended), what is left of it is a count like any other.

use procedure::{Counted, Figure, Line};

/// The smallest count that is shown; nought points at nobody.
pub const SMALLEST: i64 = 5;

/// A count of a breakdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Count(i64),
    /// Not shown.
    Hidden,
}

/// Whether a count can point at somebody.
pub fn small(count: i64) -> bool {
    count != 0 && count.abs() < SMALLEST
}

/// The figure of a line that counts all of which this one counts those that were in time: both are told, and so is the rest.
pub fn whole_of<'l>(line: &'l Line, figure: &Figure) -> Option<&'l Figure> {
    let Counted::InTime(limits) = &figure.counted else { return None };
    line.figures.iter().find(|other| {
        matches!(&other.counted, Counted::Ended(all) if all == limits)
            && (&other.filter, other.per_matter, other.by) == (&figure.filter, figure.per_matter, figure.by)
    })
}

/// What is shown of the parts of a total that is told itself. What stands in no part counts as one more, which nobody sees.
///
/// Where anything is hidden, it is two counts or more that add up to [`SMALLEST`] or more, so neither one of them nor that
/// all are small follows from the total and the rest; the smallest are taken. A total that is small itself is not broken
/// down at all.
pub fn shown(total: i64, parts: &[i64]) -> Vec<Shown> {
    shown_within((total, total), &parts.iter().map(|part| (*part, *part)).collect::<Vec<_>>())
}

/// The same where each count is a part of another that is told too: counts and those they are parts of, the total first. What
/// is left of one is hidden like the count itself, and follows no more than it from the totals.
pub fn shown_within(total: (i64, i64), parts: &[(i64, i64)]) -> Vec<Shown> {
    let left = |(count, of): (i64, i64)| of.saturating_sub(count);
    if small(total.0) || small(left(total)) {
        return vec![Shown::Hidden; parts.len()];
    }
    let less = |all: (i64, i64), part: &(i64, i64)| (all.0.saturating_sub(part.0), all.1.saturating_sub(part.1));
    let rest = parts.iter().fold(total, less);
    let points = |cell: (i64, i64)| small(cell.0) || small(left(cell));
    let mut cells: Vec<(usize, (i64, i64))> = parts.iter().copied().chain([rest]).enumerate().collect();
    cells.retain(|(_, cell)| *cell != (0, 0));
    cells.sort_by_key(|(at, cell)| (!points(*cell), cell.0.abs(), *at));
    let mut hidden: Vec<usize> = Vec::new();
    let (mut sum, mut sum_left) = (0_i64, 0_i64);
    for (at, cell) in cells {
        let enough = hidden.len() >= 2 && sum >= SMALLEST && !small(sum_left);
        if !points(cell) && (hidden.is_empty() || enough) {
            break;
        }
        hidden.push(at);
        sum = sum.saturating_add(cell.0.abs());
        sum_left = sum_left.saturating_add(left(cell).abs());
    }
    let one = |(at, cell): (usize, &(i64, i64))| {
        if hidden.contains(&at) { Shown::Hidden } else { Shown::Count(cell.0) }
    };
    parts.iter().enumerate().map(one).collect()
}
