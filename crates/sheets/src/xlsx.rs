//! Sheets of Excel since 2007, read cell by cell: a sheet of a million blank rows costs nothing.

use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};

use crate::grid::Gather;
use crate::{Bounds, Cell, Grid, Span, Unreadable};

pub(crate) fn damaged(why: impl std::fmt::Display) -> Unreadable {
    Unreadable::Damaged(why.to_string())
}

pub(crate) fn read(bytes: &[u8], bounds: Bounds) -> Result<Grid, Unreadable> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets = book.sheets_metadata().iter();
    let shown = sheets.filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = shown.map(|sheet| sheet.name.clone()).collect();
    for name in names {
        let mut grid = sheet(&mut book, &name, bounds)?;
        if grid.rows.is_empty() {
            continue;
        }
        let merged = book.merge_cells_by_sheet_name(&name).map_err(damaged)?;
        grid.merged = merged.iter().filter_map(|area| span(area.start, area.end)).collect();
        grid.since_1904 = book.has_1904_epoch();
        return Ok(grid);
    }
    Err(Unreadable::Empty)
}

fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, bounds: Bounds) -> Result<Grid, Unreadable> {
    let mut cells = book.worksheet_cells_reader(name).map_err(damaged)?;
    let mut gather = Gather::new(name.to_owned(), bounds);
    while let Some(cell) = cells.next_cell_with_formula().map_err(damaged)? {
        let (row, column) = cell.pos;
        let Ok(column) = u16::try_from(column) else { continue };
        if cell.formula.is_some() {
            gather.formula(row + 1, column);
        }
        gather.put(row + 1, column, held(cell.value))?;
    }
    Ok(gather.grid)
}

fn held(value: DataRef<'_>) -> Option<Cell> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => Cell::Number(number as f64),
        DataRef::Float(number) => Cell::Number(number),
        DataRef::String(text) => Cell::Text(text),
        DataRef::SharedString(text) => Cell::Text(text.to_owned()),
        DataRef::Bool(yes) => Cell::Bool(yes),
        DataRef::DateTime(at) => moment(&at),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.parse().map_or_else(|_| Cell::Text(text), Cell::Moment)
        }
        DataRef::Error(error) => Cell::Wrong(error.to_string()),
    })
}

/// A day or moment; a duration, or what is no day, stays the number that it is.
pub(crate) fn moment(at: &calamine::ExcelDateTime) -> Cell {
    let number = Cell::Number(at.as_f64());
    if !at.is_datetime() {
        return number;
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let small = |n: u8| i8::try_from(n).unwrap_or(i8::MAX);
    let date = i16::try_from(year).ok().and_then(|year| terms::Date::new(year, small(month), small(day)).ok());
    let time = terms::Time::new(small(hour), small(minute), small(second), 0).ok();
    match (date, time) {
        (Some(date), Some(time)) => Cell::Moment(date.to_datetime(time)),
        _ => number,
    }
}

/// Merged cells, of positions from 0; one cell alone is not merged.
pub(crate) fn span(start: (u32, u32), end: (u32, u32)) -> Option<Span> {
    let column = |n: u32| u16::try_from(n).ok();
    let span = Span { rows: (start.0 + 1, end.0 + 1), columns: (column(start.1)?, column(end.1)?) };
    (start != end).then_some(span)
}
