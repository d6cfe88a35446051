//! A file is taken for what its bytes are.

use std::io::{Cursor, Read};

use crate::{Bounds, Grid, Unreadable, text, xls, xlsx};

/// The first sheet of a file that holds something.
///
/// # Errors
/// Why it is no sheet.
pub fn read(bytes: &[u8], bounds: Bounds) -> Result<Grid, Unreadable> {
    if bytes.len() > bounds.file {
        return Err(Unreadable::TooLarge("bytes", bounds.file as u64));
    }
    let grid = match bytes {
        [] => return Err(Unreadable::Empty),
        [b'P', b'K', 3, 4, ..] => {
            unpacks(bytes, bounds)?;
            xlsx::read(bytes, bounds)?
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => xls::read(bytes, bounds)?,
        [b'%', b'P', b'D', b'F', ..] => return Err(Unreadable::NoSheet("PDF")),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] => return Err(Unreadable::NoSheet("a picture")),
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xBC, 0xAF, ..] => return Err(Unreadable::NoSheet("an archive")),
        _ => text::read(bytes, bounds)?,
    };
    if grid.rows.is_empty() { Err(Unreadable::Empty) } else { Ok(grid) }
}

/// Unpacks everything once into nothing and counts: what a packed file says of its own size is no proof.
fn unpacks(bytes: &[u8], bounds: Bounds) -> Result<(), Unreadable> {
    let damaged = |why: zip::result::ZipError| Unreadable::Damaged(why.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let what = |name: &str| archive.index_for_name(name).is_some();
    if !what("xl/workbook.xml") {
        let others = [
            ("word/document.xml", "a Word document"),
            ("ppt/presentation.xml", "a PowerPoint presentation"),
            ("xl/workbook.bin", "xlsb"),
            ("mimetype", "an OpenDocument file"),
        ];
        let found = others.iter().find(|(name, _)| what(name));
        return Err(Unreadable::NoSheet(found.map_or("an archive", |(_, told)| told)));
    }
    let mut left = bounds.unpacked;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(damaged)?;
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|why| Unreadable::Damaged(why.to_string()))?;
        left = left.checked_sub(read).ok_or(Unreadable::TooLarge("unpacked bytes", bounds.unpacked))?;
    }
    Ok(())
}
