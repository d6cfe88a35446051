//! A sheet as a grid, and why a file is none.

use terms::DateTime;

/// How much of a file is taken.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of the file.
    pub file: usize,
    /// Bytes of everything packed into it, counted as they are unpacked.
    pub unpacked: u64,
    /// Rows that hold something.
    pub rows: usize,
    /// Cells that hold something.
    pub cells: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { file: 20 << 20, unpacked: 200 << 20, rows: 100_000, cells: 3_000_000 }
    }
}

/// What a cell holds. A cell that holds nothing is not there.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text, without blanks around it.
    Text(String),
    /// A number, as the program that wrote the file keeps it.
    Number(f64),
    /// A day or moment.
    Moment(DateTime),
    /// Yes or no.
    Bool(bool),
    /// An error of a formula: `#N/A`.
    Wrong(String),
}

impl Cell {
    /// The cell as text, as a person reads it.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Wrong(text) => text.clone(),
            Cell::Number(number) => number_shown(*number),
            Cell::Moment(at) if at.time() == terms::Time::midnight() => at.date().to_string(),
            Cell::Moment(at) => at.strftime("%Y-%m-%d %H:%M").to_string(),
            Cell::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        }
    }
}

/// Whole numbers without a point, as they were typed.
fn number_shown(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { format!("{number}") }
}

/// A row with its cells, in the order of their columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Its number in the sheet, from 1.
    pub number: u32,
    /// Columns, from 0, with what they hold.
    pub cells: Vec<(u16, Cell)>,
}

impl Row {
    /// What a column holds.
    pub fn get(&self, column: u16) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&column, |(column, _)| *column).ok()?;
        Some(&self.cells[at].1)
    }

    pub(crate) fn put(&mut self, column: u16, cell: Cell) {
        if let Err(at) = self.cells.binary_search_by_key(&column, |(column, _)| *column) {
            self.cells.insert(at, (column, cell));
        }
    }
}

/// Cells that are merged into one: rows from 1, columns from 0, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First and last row.
    pub rows: (u32, u32),
    /// First and last column.
    pub columns: (u16, u16),
}

impl Span {
    /// `B2:D3`.
    pub fn shown(&self) -> String {
        format!("{}:{}", address(self.rows.0, self.columns.0), address(self.rows.1, self.columns.1))
    }

    pub(crate) fn holds(&self, row: u32, column: u16) -> bool {
        (self.rows.0..=self.rows.1).contains(&row) && (self.columns.0..=self.columns.1).contains(&column)
    }
}

/// A sheet: the rows that hold something, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// Name of the sheet; empty for a csv.
    pub sheet: String,
    /// Rows.
    pub rows: Vec<Row>,
    /// Merged cells.
    pub merged: Vec<Span>,
    /// How many cells are formulas: their last computed value was taken.
    pub formulas: usize,
    /// The first of them, `C5`.
    pub formula_cells: Vec<String>,
    /// Its days are counted from 1904, as old programs on a Macintosh did.
    pub since_1904: bool,
    /// How the text was encoded, for a csv.
    pub encoding: Option<&'static str>,
}

/// Why a file cannot be read as a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It holds nothing.
    Empty,
    /// It is no sheet; what it seems to be.
    NoSheet(&'static str),
    /// It is locked by a password.
    Locked,
    /// It is larger than what is taken: bytes, unpacked bytes, rows or cells, and how many are.
    TooLarge(&'static str, u64),
    /// Its text is in no encoding that we know.
    Encoding,
    /// It is damaged.
    Damaged(String),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::Empty => write!(f, "the file holds nothing"),
            Unreadable::NoSheet(what) => write!(f, "the file is no sheet but {what}"),
            Unreadable::Locked => write!(f, "the file is locked by a password"),
            Unreadable::TooLarge(what, most) => write!(f, "the file is too large: at most {most} {what}"),
            Unreadable::Encoding => write!(f, "the text is neither UTF-8 nor GB18030"),
            Unreadable::Damaged(why) => write!(f, "the file is damaged: {why}"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Gathers cells row by row, within bounds.
pub(crate) struct Gather {
    pub grid: Grid,
    cells: usize,
    bounds: Bounds,
}

/// So many addresses of formulas are told.
const TOLD: usize = 5;

impl Gather {
    pub fn new(sheet: String, bounds: Bounds) -> Gather {
        Gather { grid: Grid { sheet, ..Grid::default() }, cells: 0, bounds }
    }

    /// A cell of a row (from 1) and column (from 0); rows come in their order.
    pub fn put(&mut self, row: u32, column: u16, cell: Option<Cell>) -> Result<(), Unreadable> {
        let Some(cell) = cell.and_then(kept) else { return Ok(()) };
        self.cells += 1;
        if self.cells > self.bounds.cells {
            return Err(Unreadable::TooLarge("cells", self.bounds.cells as u64));
        }
        let full = self.grid.rows.len() >= self.bounds.rows;
        match self.grid.rows.last_mut() {
            Some(last) if last.number == row => last.put(column, cell),
            Some(last) if last.number > row => return Err(Unreadable::Damaged(format!("row {row} comes too late"))),
            _ if full => {
                return Err(Unreadable::TooLarge("rows", self.bounds.rows as u64));
            }
            _ => self.grid.rows.push(Row { number: row, cells: vec![(column, cell)] }),
        }
        Ok(())
    }

    pub fn formula(&mut self, row: u32, column: u16) {
        self.grid.formulas += 1;
        if self.grid.formula_cells.len() < TOLD {
            self.grid.formula_cells.push(address(row, column));
        }
    }
}

/// A cell of nothing but blanks is no cell.
fn kept(cell: Cell) -> Option<Cell> {
    match cell {
        Cell::Text(text) => {
            let blank = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}');
            let text = text.trim_matches(blank);
            (!text.is_empty()).then(|| Cell::Text(text.to_owned()))
        }
        other => Some(other),
    }
}

/// `A`, `B` … `AA`, of a column from 0.
pub fn column_name(column: u16) -> String {
    let (mut rest, mut name) = (u32::from(column) + 1, Vec::new());
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    name.iter().rev().collect()
}

/// `C5`, of a row from 1 and a column from 0.
pub fn address(row: u32, column: u16) -> String {
    format!("{}{row}", column_name(column))
}
