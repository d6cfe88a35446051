//! Which counts of a breakdown the public is shown. A count under five can point at somebody, so it is hidden; and since a
//! single hidden one is the total less the others, as many more are hidden as make that no use.

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

/// What is shown of the parts of a total that is told itself. What stands in no part counts as one more, which nobody sees.
///
/// Where anything is hidden, it is two counts or more that add up to [`SMALLEST`] or more, so neither one of them nor that
/// all are small follows from the total and the rest; the smallest are taken. A total that is small itself is not broken
/// down at all.
pub fn shown(total: i64, parts: &[i64]) -> Vec<Shown> {
    let small = |count: i64| count != 0 && count.abs() < SMALLEST;
    if small(total) {
        return vec![Shown::Hidden; parts.len()];
    }
    let rest = total.saturating_sub(parts.iter().fold(0, |sum: i64, part| sum.saturating_add(*part)));
    let mut cells: Vec<(usize, i64)> = parts.iter().copied().chain([rest]).enumerate().collect();
    cells.retain(|(_, count)| *count != 0);
    cells.sort_by_key(|(at, count)| (count.abs(), *at));
    let mut hidden: Vec<usize> = Vec::new();
    let mut sum: i64 = 0;
    for (at, count) in cells {
        let safe = hidden.is_empty() || hidden.len() >= 2 && sum >= SMALLEST;
        if !small(count) && safe {
            break;
        }
        hidden.push(at);
        sum = sum.saturating_add(count.abs());
    }
    let one = |(at, count): (usize, &i64)| if hidden.contains(&at) { Shown::Hidden } else { Shown::Count(*count) };
    parts.iter().enumerate().map(one).collect()
}
