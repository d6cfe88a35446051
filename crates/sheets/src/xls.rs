//! Sheets of Excel before 2007.

use std::io::{Cursor, Read, Seek};

use calamine::{Data, Reader, Xls};

use crate::grid::Gather;
use crate::xlsx::{damaged, moment, span};
use crate::{Bounds, Cell, Grid, Unreadable};

pub(crate) fn read(bytes: &[u8], bounds: Bounds) -> Result<Grid, Unreadable> {
    fits(bytes, bounds)?;
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(damaged)?;
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(damaged)?;
        let mut gather = Gather::new(name.clone(), bounds);
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let Ok(column) = u16::try_from(column + left as usize) else { continue };
            let Ok(row) = u32::try_from(row) else { continue };
            gather.put(row + top + 1, column, held(value))?;
        }
        if gather.grid.rows.is_empty() {
            continue;
        }
        if let Ok(formulas) = book.worksheet_formula(&name) {
            let (top, left) = formulas.start().unwrap_or_default();
            for (row, column, text) in formulas.used_cells() {
                let at = (u32::try_from(row).ok(), u16::try_from(column + left as usize).ok());
                if let ((Some(row), Some(column)), false) = (at, text.is_empty()) {
                    gather.formula(row + top + 1, column);
                }
            }
        }
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        gather.grid.merged = merged.iter().filter_map(|area| span(area.start, area.end)).collect();
        gather.grid.since_1904 = book.has_1904_epoch();
        return Ok(gather.grid);
    }
    Err(Unreadable::Empty)
}

fn held(value: &Data) -> Option<Cell> {
    Some(match value {
        Data::Empty => return None,
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text.clone()),
        Data::Bool(yes) => Cell::Bool(*yes),
        Data::DateTime(at) => moment(at),
        Data::Error(error) => Cell::Wrong(error.to_string()),
    })
}

/// Such a file is read into areas from its first to its last cell: two cells far apart would be a hundred megabytes. So
/// the areas are measured first, from the records of the file itself.
fn fits(bytes: &[u8], bounds: Bounds) -> Result<(), Unreadable> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.exists("/EncryptedPackage") {
        return Err(Unreadable::Locked);
    }
    let Some(name) = ["/Workbook", "/Book"].into_iter().find(|name| file.exists(name)) else {
        let word = file.exists("/WordDocument");
        return Err(Unreadable::NoSheet(if word { "a Word document" } else { "an old Office file" }));
    };
    let mut stream = file.open_stream(name).map_err(damaged)?;
    let (mut cells, mut area) = (0_u64, Area::default());
    let mut head = [0; 4];
    while stream.read_exact(&mut head).is_ok() {
        let kind = u16::from_le_bytes([head[0], head[1]]);
        let length = i64::from(u16::from_le_bytes([head[2], head[3]]));
        match kind {
            // The beginning of a sheet.
            0x0809 | 0x0409 | 0x0209 | 0x0009 => {
                cells += area.size();
                area = Area::default();
            }
            // The file is locked.
            0x002F => return Err(Unreadable::Locked),
            // Cells of every kind begin with row and column; those of several columns end with the last.
            0x0006 | 0x00BD | 0x00BE | 0x00D6 | 0x00FD | 0x0201..=0x0206 | 0x027E if length >= 6 => {
                let mut at = [0; 4];
                stream.read_exact(&mut at).map_err(damaged)?;
                let (row, first) = (u16::from_le_bytes([at[0], at[1]]), u16::from_le_bytes([at[2], at[3]]));
                let wide = i64::from(u8::from(kind == 0x00BD)) * 6 + i64::from(u8::from(kind == 0x00BE)) * 2;
                let more = if wide == 0 { 0 } else { ((length - 6) / wide - 1).max(0) };
                area.take(row, u16::try_from(i64::from(first) + more).unwrap_or(u16::MAX), first);
                stream.seek_relative(length - 4).map_err(damaged)?;
                continue;
            }
            _ => {}
        }
        stream.seek_relative(length).map_err(damaged)?;
    }
    let most = 2 * bounds.cells as u64;
    if cells + area.size() > most { Err(Unreadable::TooLarge("cells", most)) } else { Ok(()) }
}

/// From the first to the last cell.
#[derive(Default)]
struct Area(Option<(u16, u16, u16, u16)>);

impl Area {
    fn take(&mut self, row: u16, last: u16, first: u16) {
        let (top, bottom, left, right) = self.0.unwrap_or((row, row, first, last));
        self.0 = Some((top.min(row), bottom.max(row), left.min(first), right.max(last)));
    }
    fn size(&self) -> u64 {
        let wide = |from: u16, to: u16| u64::from(to - from) + 1;
        self.0.map_or(0, |(top, bottom, left, right)| wide(top, bottom) * wide(left, right))
    }
}
