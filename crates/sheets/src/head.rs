//! Which rows name the columns: one, or two where titles stand above titles.

use std::collections::BTreeMap;

use crate::{Cell, Grid, Row, address};

/// The columns of a grid by their titles, and where its rows begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heads {
    /// Columns from 0 with their titles, as they are written.
    pub columns: Vec<(u16, String)>,
    /// The rows of the sheet that name them.
    pub rows: (u32, u32),
    /// The first row of the grid below, by its place among the grid's rows.
    pub first: usize,
}

/// Why the columns are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadWrong {
    /// No row names a column that is known; so many were looked at.
    None {
        /// Rows looked at.
        looked: usize,
    },
    /// Two columns have the same title.
    Twice {
        /// The title.
        title: String,
        /// The cells.
        cells: Vec<String>,
    },
    /// Merged cells whose columns cannot be told apart.
    Merged {
        /// The cells.
        cells: Vec<String>,
    },
}

/// So far down a head may stand, below titles and remarks.
const DOWN: usize = 15;

/// A title without what people put around and into it: blanks, stars, brackets, marks.
pub fn plain(title: &str) -> String {
    let kept = title.chars().map(|c| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    });
    // What stands before a colon names what follows: 申请人：类别 is not 申请人类别.
    let kept = kept.filter(|c| c.is_alphanumeric() || matches!(c, '_' | '@' | '.' | ':'));
    kept.collect::<String>().trim_end_matches(':').to_lowercase()
}

/// Finds the head of a grid by the titles that are known, and fills merged cells below it.
///
/// # Errors
/// Where the columns are not known or cannot be told apart.
pub fn heads(grid: &mut Grid, known: impl Fn(&str) -> bool) -> Result<Heads, HeadWrong> {
    let looked = grid.rows.len().min(DOWN);
    let mut best: Option<(usize, Heads)> = None;
    for at in 0..looked {
        let two = grid.rows.get(at + 1).filter(|next| next.number == grid.rows[at].number + 1).is_some();
        for height in 1..=1 + usize::from(two) {
            let columns = titles(grid, at, height, &known);
            // Titles that two rows make together are surer than those of one row; one row is surer than two of which the
            // upper says nothing.
            let whole = |title: &&(u16, String)| title.1.contains('：');
            let found: Vec<_> = columns.iter().filter(|(_, title)| known(title)).collect();
            let joined = if height == 2 { found.iter().copied().filter(whole).count() } else { 0 };
            let score = if found.is_empty() { 0 } else { 4 * found.len() + 2 * joined + 2 - height };
            if score > best.as_ref().map_or(0, |(most, _)| *most) {
                let rows = (grid.rows[at].number, grid.rows[at + height - 1].number);
                best = Some((score, Heads { columns, rows, first: at + height }));
            }
        }
    }
    let (_, heads) = best.ok_or(HeadWrong::None { looked })?;
    let mut seen: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for (column, title) in heads.columns.iter().filter(|(_, title)| known(title)) {
        seen.entry(plain(title)).or_default().push(*column);
    }
    if let Some(columns) = seen.values().find(|columns| columns.len() > 1) {
        let cells: Vec<String> = columns.iter().map(|column| address(heads.rows.1, *column)).collect();
        let wide = grid
            .merged
            .iter()
            .find(|span| span.holds(heads.rows.1, columns[0]) && span.holds(heads.rows.1, columns[1]));
        return Err(match wide {
            Some(span) => HeadWrong::Merged { cells: vec![span.shown()] },
            None => {
                let title = heads.columns.iter().find(|(column, _)| column == &columns[0]);
                HeadWrong::Twice { title: title.map(|(_, title)| title.clone()).unwrap_or_default(), cells }
            }
        });
    }
    fill(grid, &heads)?;
    Ok(heads)
}

/// The titles of one row, or of two with the upper before the lower.
fn titles(grid: &Grid, at: usize, height: usize, known: &impl Fn(&str) -> bool) -> Vec<(u16, String)> {
    let upper = named(grid, &grid.rows[at]);
    if height == 1 {
        return upper.into_iter().collect();
    }
    let lower = named(grid, &grid.rows[at + 1]);
    let mut columns: Vec<u16> = upper.keys().chain(lower.keys()).copied().collect();
    columns.sort_unstable();
    columns.dedup();
    let title = |column: u16| match (upper.get(&column), lower.get(&column)) {
        (Some(upper), Some(lower)) if upper != lower => {
            let both = format!("{upper}：{lower}");
            if !known(&both) && known(lower) { lower.clone() } else { both }
        }
        (Some(one), _) | (None, Some(one)) => one.clone(),
        (None, None) => String::new(),
    };
    columns.into_iter().map(|column| (column, title(column))).collect()
}

/// The texts of a row by their columns, merged ones under each of theirs.
fn named(grid: &Grid, row: &Row) -> BTreeMap<u16, String> {
    let text = |cell: &Cell| cell.shown().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut named: BTreeMap<u16, String> = row.cells.iter().map(|(column, cell)| (*column, text(cell))).collect();
    let here = grid.merged.iter().filter(|span| (span.rows.0..=span.rows.1).contains(&row.number));
    for span in here.filter(|span| span.columns.1 - span.columns.0 < 1_000) {
        let anchor = grid.rows.iter().take(DOWN + 1).find(|row| row.number == span.rows.0);
        if let Some(cell) = anchor.and_then(|row| row.get(span.columns.0)) {
            let title = text(cell);
            for column in span.columns.0..=span.columns.1 {
                named.entry(column).or_insert_with(|| title.clone());
            }
        }
    }
    named
}

/// Below the head, what is merged down a column holds for each of its rows; what is merged across columns can belong to
/// any of them.
fn fill(grid: &mut Grid, heads: &Heads) -> Result<(), HeadWrong> {
    let named = |column: &u16| heads.columns.iter().any(|(other, _)| other == column);
    let below: Vec<crate::Span> = grid.merged.iter().copied().filter(|span| span.rows.0 > heads.rows.1).collect();
    let wide = below.iter().filter(|span| (span.columns.0..=span.columns.1).filter(named).count() > 1);
    let cells: Vec<String> = wide.take(5).map(crate::Span::shown).collect();
    if !cells.is_empty() {
        return Err(HeadWrong::Merged { cells });
    }
    for span in below {
        let column = span.columns.0;
        let first = grid.rows.partition_point(|row| row.number < span.rows.0);
        let Some(cell) = grid.rows.get(first).and_then(|row| row.get(column)).cloned() else { continue };
        for row in grid.rows.iter_mut().skip(first + 1).take_while(|row| row.number <= span.rows.1) {
            row.put(column, cell.clone());
        }
    }
    Ok(())
}
