//! A PDF: the text its pages draw, put together to lines and paragraphs again.
//!
//! The library reads the file's objects; here what a page draws becomes runs of
//! text with their places (`content`), by what its fonts say of their codes
//! (`font`, `cmap`), and runs become lines and paragraphs (`page`). Nothing is
//! unpacked past a bound.

mod cmap;
mod content;
mod font;
mod page;

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use flate2::read::ZlibDecoder;
use hayro_syntax::object::{Array, Object, Stream};
use hayro_syntax::{Filter, LoadPdfError, Pdf};

use super::Closed;
use content::Drawn;

const KIND: &str = "a PDF";

/// How many pages are read: a yearbook has fewer.
const PAGES: usize = 3_000;

/// What one stream may unpack to.
const STREAM: usize = 32 << 20;

/// What the streams that hold objects may unpack to together.
const OBJECTS: u64 = 512 << 20;

/// The most that DEFLATE packs a byte into.
const RATIO: u64 = 1_032;

/// The text of a PDF's pages.
pub fn text(bytes: &[u8]) -> Result<String, Closed> {
    if unpacks_to(bytes) > OBJECTS {
        return Err(Closed::TooLarge);
    }
    // The library is made for any bytes; should some yet be found on which it breaks off, that is a broken file to whoever
    // sent it and not the end of a program that serves others.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or(Err(Closed::Damaged(KIND)))
}

fn read(bytes: &[u8]) -> Result<String, Closed> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|why| match why {
        LoadPdfError::Decryption(_) => Closed::Locked,
        LoadPdfError::Invalid => Closed::Damaged(KIND),
    })?;
    if pdf.pages().is_empty() {
        return Err(Closed::Damaged(KIND));
    }
    if pdf.pages().len() > PAGES {
        return Err(Closed::TooLarge);
    }
    let mut drawn = Drawn::default();
    let mut pages = Vec::with_capacity(pdf.pages().len());
    let (mut pictures, mut empty) = (0, 0);
    for page in pdf.pages().iter() {
        let pictures_before = drawn.pictures;
        let runs = drawn.page(page)?;
        if runs.is_empty() {
            empty += 1;
            pictures += usize::from(drawn.pictures > pictures_before);
        }
        pages.push(runs);
    }
    if drawn.unknown > drawn.known {
        return Err(Closed::Unmapped);
    }
    // A scan whose cover alone has text is a scan.
    if pictures * 2 > pages.len() || (empty == pages.len() && pictures > 0) {
        return Err(Closed::Scan);
    }
    let text = page::text(pages);
    if text.trim().is_empty() { Err(Closed::NoText(KIND)) } else { Ok(text) }
}

/// What a stream holds, unpacked; `None` where it cannot be, or is more than it may be.
fn unpacked(stream: &Stream<'_>) -> Option<Vec<u8>> {
    let raw = stream.raw_data();
    let filters = stream.filters();
    let plain = !stream.dict().contains_key("DecodeParms") && !stream.dict().contains_key("DP");
    match filters.as_slice() {
        [] => Some(raw.into_owned()),
        [Filter::FlateDecode] if plain => {
            let mut out = Vec::new();
            // What was unpacked before a break is what other programs show too.
            let whole = ZlibDecoder::new(&*raw).take(STREAM as u64 + 1).read_to_end(&mut out).is_ok();
            (out.len() <= STREAM && (whole || !out.is_empty())).then_some(out)
        }
        // Other packings are old or rare, and small where they are met.
        _ if raw.len() as u64 * RATIO <= OBJECTS => stream.decoded_data().ok().map(|data| data.into_owned()),
        _ => None,
    }
}

/// What the streams that hold objects unpack to: they are unpacked whole by whoever opens the file.
fn unpacks_to(bytes: &[u8]) -> u64 {
    let mut total = 0_u64;
    let mut at = 0;
    while let Some(found) = find(bytes, b"stream", at) {
        at = found + 6;
        let head = bytes.get(found.saturating_sub(1_024)..found).unwrap_or_default();
        let head = find_last(head, b"obj").and_then(|from| head.get(from..)).unwrap_or(head);
        let holds = |word: &[u8]| find(head, word, 0).is_some();
        // `#` may write any name in another way.
        let objects = holds(b"ObjStm") || holds(b"XRef") || holds(b"#");
        if head.ends_with(b"end") || !objects {
            continue;
        }
        let data = bytes.get(at..).unwrap_or_default();
        let data = data.strip_prefix(b"\r").unwrap_or(data);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        let left = OBJECTS.saturating_sub(total).saturating_add(1);
        let size = std::io::copy(&mut ZlibDecoder::new(data).take(left), &mut std::io::sink());
        total = total.saturating_add(size.unwrap_or_else(|_| {
            let raw = find(data, b"endstream", 0).unwrap_or(data.len());
            (raw as u64).saturating_mul(RATIO)
        }));
        if total > OBJECTS {
            break;
        }
    }
    total
}

fn find(bytes: &[u8], word: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(word.len()).position(|here| here == word).map(|at| at + from)
}

fn find_last(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|here| here == word)
}

/// The numbers of an array; what is no number counts as none.
fn numbers(array: &Array<'_>) -> Vec<f64> {
    let number = |object: Object<'_>| object.into_number().map_or(0.0, |number| number.as_f64());
    array.iter::<Object<'_>>().map(number).collect()
}
