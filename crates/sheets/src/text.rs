//! Text with separators, as Excel and the systems of authorities write it.

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use crate::grid::Gather;
use crate::xlsx::damaged;
use crate::{Bounds, Cell, Grid, Unreadable};

pub(crate) fn read(bytes: &[u8], bounds: Bounds) -> Result<Grid, Unreadable> {
    let (text, encoding) = decode(bytes)?;
    let start = text.trim_start().get(..200).unwrap_or(text.trim_start()).to_lowercase();
    if ["<html", "<!doctype html", "<table"].iter().any(|tag| start.contains(tag)) {
        return Err(Unreadable::NoSheet("a web page"));
    }
    let (text, separator) = separated(&text);
    let mut gather = Gather::new(String::new(), bounds);
    gather.grid.encoding = Some(encoding);
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    // A text in quotes may have several lines; the rows are numbered as Excel shows them, blank ones told by the lines
    // that they leave out.
    let (mut row, mut line) = (0_u32, 1_u64);
    while reader.read_record(&mut record).map_err(damaged)? {
        let inside = record.iter().map(|text| text.matches('\n').count() as u64).sum::<u64>();
        let read = reader.position().line() - line;
        row += 1 + u32::try_from(read.saturating_sub(1 + inside)).unwrap_or(0);
        line = reader.position().line();
        for (column, text) in (0_u16..).zip(&record) {
            // Excel keeps text as text where the csv says ="00123".
            let text = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"')).unwrap_or(text);
            gather.put(row, column, Some(Cell::Text(text.to_owned())))?;
        }
    }
    Ok(gather.grid)
}

/// UTF-8, UTF-16 with its mark, or GB18030, which holds GBK and GB 2312.
fn decode(bytes: &[u8]) -> Result<(String, &'static str), Unreadable> {
    let strict = |encoding: &'static encoding_rs::Encoding, bytes: &[u8]| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        text.map(std::borrow::Cow::into_owned).ok_or(Unreadable::Encoding)
    };
    let (text, name) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (strict(UTF_16LE, rest)?, "UTF-16"),
        [0xFE, 0xFF, rest @ ..] => (strict(UTF_16BE, rest)?, "UTF-16"),
        _ => {
            let plain = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
            match std::str::from_utf8(plain) {
                Ok(text) => (text.to_owned(), "UTF-8"),
                Err(_) => (strict(GB18030, bytes)?, "GB18030"),
            }
        }
    };
    if text.contains('\0') { Err(Unreadable::NoSheet("no text")) } else { Ok((text, name)) }
}

/// The text without Excel's own `sep=` line, and what separates its cells: whatever its first line that holds something
/// has most of, outside quotes.
fn separated(text: &str) -> (&str, u8) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some((separator @ (',' | ';' | '\t' | '|'), rest)) =
            rest.chars().next().map(|c| (c, &rest[c.len_utf8()..]))
    {
        return (rest.trim_start_matches(['\r', '\n']), separator as u8);
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0), (b'\t', 0), (b';', 0), (b'|', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        counts.iter_mut().filter(|(other, _)| !quoted && *other == byte).for_each(|(_, count)| *count += 1);
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator);
    (text, most)
}
