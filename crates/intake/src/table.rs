//! An official table: its cells told from the figures, its sums checked.

use catalog::{Bound, FormLine, FormPart, FormTable};
use figures::Period;
use platform::{AsOf, FigureValue, Platform, TellError};
use procedure::{Language, Said};
use sheets::{Board, BoardCell, Cell};
use terms::PlaceCode;

use crate::told::say;

/// A table with its numbers.
#[derive(Clone, Debug)]
pub struct Told {
    /// The table.
    pub form: FormTable,
    /// The place, as it is called.
    pub place: String,
    /// The year.
    pub year: i16,
    /// Each part's numbers, row by row.
    pub numbers: Vec<Vec<Vec<i64>>>,
    /// What does not add up, in words.
    pub wrong: Vec<Said>,
    /// As of which positions of the logs it is told.
    pub as_of: AsOf,
}

/// Why a table cannot be told.
#[derive(Debug)]
pub enum TableWrong {
    /// There is no such table.
    Unknown(String),
    /// There is no such year.
    Year(i16),
    /// Its figures cannot be told.
    Tell(TellError),
}

impl From<TellError> for TableWrong {
    fn from(why: TellError) -> TableWrong {
        TableWrong::Tell(why)
    }
}

/// Tells a table of a place and a year.
///
/// # Errors
/// Where it, the place or the year is not known, or the store cannot be read.
pub fn table(platform: &Platform, code: &str, place: &PlaceCode, year: i16) -> Result<Told, TableWrong> {
    let form = platform.catalog().table(code).cloned().ok_or_else(|| TableWrong::Unknown(code.to_owned()))?;
    let period = Period::year(year).ok_or(TableWrong::Year(year))?;
    let now = platform.figures(place, period)?;
    // Both years as of the same logs: what came in between would not add up.
    let as_of = now.first().map(|value| value.as_of.clone()).unwrap_or_default();
    let then = platform.figures_as_of(place, period.previous(), &as_of)?;
    let name = platform.catalog().regions.get(place, period.to).map(|region| region.name.clone());
    let told = |bound: &Bound| value(if bound.previous { &then } else { &now }, bound);
    let (mut numbers, mut wrong) = (Vec::new(), Vec::new());
    for part in &form.parts {
        let cells = part_of(part, &told, &mut wrong);
        checks(part, &cells, &mut wrong);
        numbers.push(cells);
    }
    Ok(Told { place: name.unwrap_or_else(|| place.to_string()), year, numbers, wrong, as_of, form })
}

/// A figure, or the part of one; what has none yet is nought.
fn value(values: &[FigureValue], bound: &Bound) -> i64 {
    let hit = values.iter().find(|value| value.code == bound.figure && value.part == bound.choice);
    hit.and_then(|value| value.value).map_or(0, |amount| amount.units)
}

fn part_of(part: &FormPart, told: &impl Fn(&Bound) -> i64, wrong: &mut Vec<Said>) -> Vec<Vec<i64>> {
    let bound = |row: &FormLine, column: &FormLine| -> i64 {
        if row.is.is_empty() {
            return column.is.iter().map(told).sum();
        }
        let of = |bound: &Bound| match &column.choice {
            Some(choice) if bound.choice.is_none() => told(&Bound { choice: Some(choice.clone()), ..bound.clone() }),
            _ => told(bound),
        };
        row.is.iter().map(of).sum()
    };
    let mut cells = vec![vec![0; part.columns.len()]; part.rows.len()];
    for (at, row) in part.rows.iter().enumerate() {
        for (to, column) in part.columns.iter().enumerate().filter(|(_, column)| column.adds.is_empty()) {
            cells[at][to] = bound(row, column);
        }
    }
    for (at, row) in part.rows.iter().enumerate().filter(|(_, row)| !row.adds.is_empty()) {
        for (to, column) in part.columns.iter().enumerate().filter(|(_, column)| column.adds.is_empty()) {
            let sum: i64 = row.adds.iter().map(|other| cells[*other][to]).sum();
            // Where the row is a figure of its own as well, both must say the same.
            if !row.is.is_empty() && cells[at][to] != sum {
                wrong.push(unequal(&[row, column], cells[at][to], sum));
            }
            cells[at][to] = sum;
        }
    }
    for row in &mut cells {
        for (to, column) in part.columns.iter().enumerate().filter(|(_, column)| !column.adds.is_empty()) {
            row[to] = column.adds.iter().map(|other| row[*other]).sum();
        }
    }
    cells
}

fn checks(part: &FormPart, cells: &[Vec<i64>], wrong: &mut Vec<Said>) {
    for check in &part.checks {
        for (to, column) in part.columns.iter().enumerate() {
            let sum = |rows: &[usize]| -> i64 { rows.iter().map(|row| cells[*row][to]).sum() };
            let (left, right) = (sum(&check.left), sum(&check.right));
            if left != right {
                let own = unequal(&[column], left, right);
                wrong.push(Said {
                    zh: format!("{}：{}", check.why.zh, own.zh),
                    en: format!("{}: {}", check.why.en, own.en),
                });
            }
        }
    }
}

fn unequal(lines: &[&FormLine], left: i64, right: i64) -> Said {
    let one = |language: Language| {
        let names: Vec<String> =
            lines.iter().filter_map(|line| line.titles.last()).map(|title| title.get(language).to_owned()).collect();
        let args =
            [("cell", wording::list(language, &names)), ("left", left.to_string()), ("right", right.to_string())];
        say(language, "table-unequal", &args)
    };
    Said { zh: one(Language::Zh), en: one(Language::En) }
}

/// The table as a sheet, with the titles of its form above and beside its numbers.
pub fn board(told: &Told, language: Language) -> Board {
    let label_columns =
        told.form.parts.iter().flat_map(|part| &part.rows).map(|row| row.titles.len()).max().unwrap_or(1);
    let labels = u16::try_from(label_columns).unwrap_or(1);
    let columns = told.form.parts.iter().map(|part| part.columns.len()).max().unwrap_or(1);
    let width = labels + u16::try_from(columns).unwrap_or(1);
    let text = |text: String| Cell::Text(text);
    let mut board = Board { sheet: told.year.to_string(), ..Board::default() };
    board.widths = (0..width).map(|column| if column < labels { 26.0 } else { 11.0 }).collect();
    let mut put =
        |at: (u32, u16), size: (u32, u16), cell: Cell, head: bool| board.cells.push(BoardCell { at, size, cell, head });
    let args = [
        ("place", told.place.clone()),
        ("year", told.year.to_string()),
        ("title", told.form.title.get(language).to_owned()),
    ];
    put((0, 0), (1, width), text(say(language, "table-title", &args)), true);
    let mut row = 1;
    for (part, numbers) in told.form.parts.iter().zip(&told.numbers) {
        put((row, 0), (1, width), text(part.title.get(language).to_owned()), true);
        row += 1;
        let high = part.columns.iter().map(|column| column.titles.len()).max().unwrap_or(1);
        let high = u32::try_from(high).unwrap_or(1);
        put((row, 0), (high, labels), text(say(language, "table-corner", &[])), true);
        for (at, size, title) in spans(&part.columns, high, language) {
            put((row + at.0, labels + at.1), size, text(title), true);
        }
        row += high;
        let long = u32::from(labels);
        for ((at, across), (size_down, size_across), title) in spans(&part.rows, long, language)
            .into_iter()
            .map(|((level, index), (levels, count), title)| ((index, level), (count, levels), title))
        {
            let at = (row + u32::from(at), u16::try_from(across).unwrap_or(0));
            put(at, (u32::from(size_down), u16::try_from(size_across).unwrap_or(1)), text(title), true);
        }
        for numbers in numbers {
            for (column, number) in (labels..).zip(numbers) {
                put((row, column), (1, 1), Cell::Number(*number as f64), false);
            }
            row += 1;
        }
    }
    let mut notes: Vec<String> = told.form.note.iter().map(|note| note.get(language).to_owned()).collect();
    notes.extend(told.wrong.iter().map(|wrong| wrong.get(language).to_owned()));
    for note in notes {
        put((row, 0), (1, width), text(note), false);
        row += 1;
    }
    board
}

type Placed = ((u32, u16), (u32, u16), String);

/// Titles as merged cells: neighbours that share what stands above them share a cell; a line with fewer titles than others
/// reaches down to the last level.
fn spans(lines: &[FormLine], levels: u32, language: Language) -> Vec<Placed> {
    let mut all = Vec::new();
    for level in 0..levels {
        let depth = usize::try_from(level).unwrap_or(0);
        let mut index = 0;
        while let Some(line) = lines.get(index) {
            let Some(title) = line.titles.get(depth) else {
                index += 1;
                continue;
            };
            let ends = line.titles.len() == depth + 1;
            let same = |other: &&FormLine| {
                !ends && other.titles.len() > depth + 1 && other.titles[..=depth] == line.titles[..=depth]
            };
            let count = if ends { 1 } else { lines[index..].iter().take_while(same).count().max(1) };
            let down = if ends { levels - level } else { 1 };
            let at = (level, u16::try_from(index).unwrap_or(u16::MAX));
            all.push((at, (down, u16::try_from(count).unwrap_or(1)), title.get(language).to_owned()));
            index += count;
        }
    }
    all
}
