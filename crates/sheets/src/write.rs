//! The sheets that we make. What is written is text: nothing that somebody typed becomes a formula.

use std::io::{self, Read, Seek, Write};

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Formula, Note, Workbook, Worksheet, XlsxError,
};

use crate::{Cell, Grid, column_name};

/// Why a sheet cannot be written.
pub type Unwritable = io::Error;

fn failed(why: XlsxError) -> io::Error {
    match why {
        XlsxError::IoError(why) => why,
        other => io::Error::other(other.to_string()),
    }
}

/// What a column of a template takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Text, kept as it is typed.
    Text,
    /// A whole number.
    Whole,
    /// An amount with two places.
    Money,
    /// A day.
    Day,
    /// A moment.
    Moment,
}

/// A column of a template.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// What stands beside the title as a note.
    pub note: String,
    /// What it takes.
    pub holds: Holds,
    /// What can be chosen; empty: anything.
    pub choices: Vec<String>,
    /// Whether only what can be chosen is taken.
    pub only: bool,
    /// Whether each row needs it.
    pub must: bool,
    /// The row that explains it.
    pub explained: Vec<String>,
}

/// An empty sheet to be filled in.
#[derive(Clone, Debug)]
pub struct Template {
    /// Names of its sheets: rows, explanations, choices.
    pub sheets: [String; 3],
    /// The titles of the explanations.
    pub explained: Vec<String>,
    /// Sentences above the explanations.
    pub lead: Vec<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// What a list says that does not take what was typed.
    pub not_listed: String,
}

/// So many rows of a template know what they take.
const READY: u32 = 5_000;

fn head_format() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(Color::RGB(0x00EF_EBE4))
        .set_border(FormatBorder::Thin)
}

/// No clock is read: the same sheet has the same bytes.
fn book() -> Result<Workbook, io::Error> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    Ok(book)
}

/// The bytes of a template.
///
/// # Errors
/// Where it is more than a sheet can hold.
pub fn template(template: &Template) -> Result<Vec<u8>, Unwritable> {
    let mut book = book()?;
    rows(book.add_worksheet(), template).map_err(failed)?;
    explanations(book.add_worksheet(), template).map_err(failed)?;
    choices(book.add_worksheet(), template).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

fn rows(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    sheet.set_name(&template.sheets[0])?.set_freeze_panes(1, 0)?;
    sheet.set_row_height(0, 32)?;
    let (plain, must) = (head_format(), head_format().set_font_color(Color::RGB(0x008F_1D1D)));
    for (index, column) in (0_u16..).zip(&template.columns) {
        let code = match column.holds {
            Holds::Text => "@",
            Holds::Whole => "0",
            Holds::Money => "0.00",
            Holds::Day => "yyyy-mm-dd",
            Holds::Moment => "yyyy-mm-dd hh:mm",
        };
        sheet.set_column_width(index, width(&column.title).max(14.0))?;
        sheet.set_column_format(index, &Format::new().set_num_format(code))?;
        sheet.write_string_with_format(0, index, &column.title, if column.must { &must } else { &plain })?;
        if !column.note.is_empty() {
            sheet.insert_note(0, index, &Note::new(&column.note).add_author_prefix(false).set_width(260))?;
        }
        if !column.choices.is_empty() {
            let (name, last) = (column_name(index), column.choices.len() + 1);
            let list = format!("='{}'!${name}$2:${name}${last}", template.sheets[2]);
            let style =
                if column.only { DataValidationErrorStyle::Stop } else { DataValidationErrorStyle::Information };
            let list = DataValidation::new()
                .allow_list_formula(Formula::new(list))
                .set_error_style(style)
                .set_error_message(&template.not_listed)?;
            sheet.add_data_validation(1, index, READY, index, &list)?;
        }
    }
    Ok(())
}

fn explanations(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    sheet.set_name(&template.sheets[1])?;
    let (head, wrapped) = (head_format(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    let mut row = 0;
    for line in &template.lead {
        sheet.write_string(row, 0, line)?;
        row += 1;
    }
    for (index, title) in (0_u16..).zip(&template.explained) {
        sheet.set_column_width(index, if index == 0 { 28.0 } else { 24.0 })?;
        sheet.write_string_with_format(row, index, title, &head)?;
    }
    for column in &template.columns {
        row += 1;
        for (index, text) in (0_u16..).zip(&column.explained) {
            sheet.write_string_with_format(row, index, text, &wrapped)?;
        }
    }
    Ok(())
}

fn choices(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    sheet.set_name(&template.sheets[2])?.set_hidden(true);
    for (index, column) in (0_u16..).zip(&template.columns) {
        let all = column.choices.iter().map(String::as_str);
        for (row, text) in (0_u32..).zip(std::iter::once(column.title.as_str()).chain(all)) {
            sheet.write_string(row, index, text)?;
        }
    }
    Ok(())
}

/// About as wide as a text is, Chinese characters two wide.
fn width(text: &str) -> f64 {
    let wide: u32 = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    f64::from(wide.min(40)) + 4.0
}

/// What is written beside a row that came in a grid.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// Number of the row.
    pub row: u32,
    /// One text for each added column.
    pub words: Vec<String>,
    /// Whether the row is good.
    pub good: bool,
    /// Columns whose cells are wrong.
    pub wrong: Vec<u16>,
}

/// The grid as it came, with columns added at its end and wrong cells coloured. `head` is the row of its titles.
///
/// # Errors
/// Where it is more than a sheet can hold.
pub fn marked(grid: &Grid, head: u32, titles: &[String], marks: &[Mark]) -> Result<Vec<u8>, Unwritable> {
    let mut book = book()?;
    let sheet = book.add_worksheet();
    marks_on(sheet, grid, head, titles, marks).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

fn marks_on(sheet: &mut Worksheet, grid: &Grid, head: u32, titles: &[String], marks: &[Mark]) -> Result<(), XlsxError> {
    let last = grid.rows.iter().filter_map(|row| row.cells.last()).map(|(column, _)| *column).max().unwrap_or(0);
    let added = last.saturating_add(1);
    let (bold, red) = (head_format(), Color::RGB(0x00F4_C7C3));
    let (good, bad) =
        (Format::new().set_background_color(Color::RGB(0x00DD_EFE2)), Format::new().set_background_color(red));
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_freeze_panes(head, 0)?;
    for (index, title) in (added..).zip(titles) {
        sheet.set_column_width(index, if index == added { 12.0 } else { 48.0 })?;
        sheet.write_string_with_format(head - 1, index, title, &bold)?;
    }
    for row in &grid.rows {
        let at = row.number - 1;
        let mark = marks.binary_search_by_key(&row.number, |mark| mark.row).ok().map(|at| &marks[at]);
        for (column, cell) in &row.cells {
            let wrong = mark.is_some_and(|mark| mark.wrong.contains(column));
            let format = match (wrong, row.number <= head) {
                (true, _) => bad.clone(),
                (false, true) => bold.clone(),
                (false, false) => Format::new(),
            };
            write_cell(sheet, at, *column, cell, &format)?;
        }
        let Some(mark) = mark else { continue };
        for column in mark.wrong.iter().filter(|column| row.get(**column).is_none()) {
            sheet.write_blank(at, *column, &bad)?;
        }
        for (index, text) in (added..).zip(&mark.words) {
            let verdict = if mark.good { &good } else { &bad };
            sheet.write_string_with_format(at, index, text, if index == added { verdict } else { &wrapped })?;
        }
    }
    Ok(())
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, format: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Number(number) => sheet.write_number_with_format(row, column, *number, format)?,
        Cell::Bool(yes) => sheet.write_boolean_with_format(row, column, *yes, format)?,
        other => sheet.write_string_with_format(row, column, other.shown(), format)?,
    };
    Ok(())
}

/// A cell of a board: where it stands, how many rows and columns it takes, what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardCell {
    /// Row and column, from 0.
    pub at: (u32, u16),
    /// Rows and columns.
    pub size: (u32, u16),
    /// Text, or a number for cells that can be added up.
    pub cell: Cell,
    /// Whether it names others.
    pub head: bool,
}

/// A table as forms print it, with merged cells and frames.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Name of the sheet.
    pub sheet: String,
    /// Widths of its columns.
    pub widths: Vec<f64>,
    /// Its cells.
    pub cells: Vec<BoardCell>,
}

impl Board {
    /// Its bytes, as a file of Excel.
    ///
    /// # Errors
    /// Where cells lie upon each other, or it is more than a sheet can hold.
    pub fn bytes(&self) -> Result<Vec<u8>, Unwritable> {
        let mut book = book()?;
        let sheet = book.add_worksheet();
        self.onto(sheet).map_err(failed)?;
        book.save_to_buffer().map_err(failed)
    }

    fn onto(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(&self.sheet)?.set_landscape().set_print_fit_to_pages(1, 0);
        for (column, width) in (0_u16..).zip(&self.widths) {
            sheet.set_column_width(column, *width)?;
        }
        let plain = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::VerticalCenter);
        let head = plain.clone().set_bold();
        let number = plain.clone().set_align(FormatAlign::Center).set_num_format("0");
        for one in &self.cells {
            let ((row, column), (rows, columns)) = (one.at, one.size);
            let is_number = matches!(one.cell, Cell::Number(_));
            let format = if is_number {
                &number
            } else if one.head {
                &head
            } else {
                &plain
            };
            if (rows, columns) != (1, 1) {
                let end = (row + rows.max(1) - 1, column + columns.max(1) - 1);
                sheet.merge_range(row, column, end.0, end.1, "", format)?;
            }
            write_cell(sheet, row, column, &one.cell, format)?;
        }
        Ok(())
    }
}

/// The kinds of files that a list is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text with commas, in UTF-8 with its mark, so that Excel opens it.
    Csv,
    /// A file of Excel.
    Xlsx,
}

impl FileKind {
    /// Its ending: `csv`, `xlsx`.
    pub fn ending(self) -> &'static str {
        match self {
            FileKind::Csv => "csv",
            FileKind::Xlsx => "xlsx",
        }
    }
    /// Its type, as HTTP knows it.
    pub fn media(self) -> &'static str {
        match self {
            FileKind::Csv => "text/csv; charset=utf-8",
            FileKind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A list, written line by line; no more than a line of it is in memory.
pub trait Lines {
    /// A line of texts; the first are the titles.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn line(&mut self, cells: &[String]) -> io::Result<()>;
    /// The end of the list.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// A list of a kind of file, written to `out`.
///
/// # Errors
/// Where it cannot be begun.
pub fn lines<'w>(kind: FileKind, mut out: impl Write + 'w) -> io::Result<Box<dyn Lines + 'w>> {
    Ok(match kind {
        FileKind::Csv => {
            out.write_all("\u{feff}".as_bytes())?;
            let mut writer = csv::WriterBuilder::new();
            Box::new(Csv(writer.terminator(csv::Terminator::CRLF).from_writer(out)))
        }
        FileKind::Xlsx => Box::new(Xlsx { book: book()?, titles: Vec::new(), row: 0, out }),
    })
}

struct Csv<W: Write>(csv::Writer<W>);

impl<W: Write> Lines for Csv<W> {
    fn line(&mut self, cells: &[String]) -> io::Result<()> {
        let cells: Vec<std::borrow::Cow<'_, str>> = cells.iter().map(|cell| harmless(cell)).collect();
        self.0.write_record(cells.iter().map(|cell| cell.as_bytes())).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        })
    }
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}

/// A cell that a program of sheets would compute is made text by a quote before it; plain numbers are left alone.
fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    let computes = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if computes && !number { format!("'{cell}").into() } else { cell.into() }
}

struct Xlsx<W: Write> {
    book: Workbook,
    titles: Vec<String>,
    /// Lines of the sheet at hand.
    row: u32,
    out: W,
}

/// A sheet holds 1,048,576 rows.
const SHEET: u32 = 1_000_000;

impl<W: Write> Xlsx<W> {
    fn write(&mut self, cells: &[String], titles: bool) -> Result<(), XlsxError> {
        if self.row == 0 {
            self.book.add_worksheet_with_constant_memory()?;
        }
        let last = self.book.worksheets().len() - 1;
        let sheet = self.book.worksheet_from_index(last)?;
        let bold = titles.then(head_format);
        for (column, cell) in (0_u16..).zip(cells) {
            if let Some(bold) = &bold {
                sheet.set_column_width(column, width(cell).max(12.0))?;
                sheet.write_string_with_format(self.row, column, cell, bold)?;
            } else if !cell.is_empty() {
                sheet.write_string(self.row, column, cell)?;
            }
        }
        self.row += 1;
        Ok(())
    }
}

impl<W: Write> Lines for Xlsx<W> {
    fn line(&mut self, cells: &[String]) -> io::Result<()> {
        if self.titles.is_empty() {
            self.titles = cells.to_vec();
            return self.write(cells, true).map_err(failed);
        }
        if self.row >= SHEET {
            self.row = 0;
            let titles = self.titles.clone();
            self.write(&titles, true).map_err(failed)?;
        }
        self.write(cells, false).map_err(failed)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let mut file = tempfile::tempfile()?;
        self.book.save_to_writer(&mut file).map_err(failed)?;
        file.rewind()?;
        let mut part = [0; 64 << 10];
        loop {
            let read = file.read(&mut part)?;
            if read == 0 {
                return self.out.flush();
            }
            self.out.write_all(&part[..read])?;
        }
    }
}
