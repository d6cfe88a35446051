//! A file to the text of the report in it, taken for what its bytes are and not for what its name says.
//!
//! Plain text, Word documents (`docx`), saved web pages (`html`, `mhtml`) and
//! PDF files with a text layer (`pdf`) are read; whatever else is met in
//! offices is named, with what to do about it. A line of the text is a
//! paragraph, or a row of a table.

mod docx;
mod html;
mod mhtml;
mod pdf;

use std::fmt;

use crate::decode::{DecodeError, decode};

/// The largest file: a report with pictures on every page is smaller.
const LARGEST: usize = 64 << 20;

/// The longest text: many times any report. What would grow past it is refused, not cut.
const LONGEST: usize = 16 << 20;

/// Why a file gave no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenError {
    /// The name the caller gave: a file name.
    pub name: String,
    /// What is the matter.
    pub why: Closed,
}

/// What is the matter with a file that gave no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// It has no bytes.
    Empty,
    /// It is larger than any report, packed or unpacked.
    TooLarge,
    /// The binary Word format, or an older one of WPS.
    OldWord,
    /// Rich text.
    RichText,
    /// 版式文档, GB/T 33190.
    Ofd,
    /// A spreadsheet.
    Sheet,
    /// Slides.
    Slides,
    /// A text of another office program.
    OpenDocument,
    /// A picture.
    Picture,
    /// A packed folder of files.
    Packed,
    /// It opens with a password only.
    Locked,
    /// Its pages are pictures.
    Scan,
    /// Its fonts do not tell which characters they draw.
    Unmapped,
    /// It is of a kind that is read, and broken.
    Damaged(&'static str),
    /// It is of a kind that is read, and holds no text.
    NoText(&'static str),
    /// It is none of them, and no text in a known encoding.
    NotText(DecodeError),
}

impl Closed {
    /// All codes.
    pub const CODES: [&str; 16] = [
        "empty",
        "too-large",
        "old-word",
        "rich-text",
        "ofd",
        "sheet",
        "slides",
        "open-document",
        "picture",
        "packed",
        "locked",
        "scan",
        "unmapped",
        "damaged",
        "no-text",
        "not-text",
    ];

    /// The code of the sentence about it.
    pub fn code(&self) -> &'static str {
        match self {
            Closed::Empty => "empty",
            Closed::TooLarge => "too-large",
            Closed::OldWord => "old-word",
            Closed::RichText => "rich-text",
            Closed::Ofd => "ofd",
            Closed::Sheet => "sheet",
            Closed::Slides => "slides",
            Closed::OpenDocument => "open-document",
            Closed::Picture => "picture",
            Closed::Packed => "packed",
            Closed::Locked => "locked",
            Closed::Scan => "scan",
            Closed::Unmapped => "unmapped",
            Closed::Damaged(_) => "damaged",
            Closed::NoText(_) => "no-text",
            Closed::NotText(_) => "not-text",
        }
    }

    /// What the file is, and what to do.
    fn told(&self) -> (String, &'static str) {
        let is = |what: &str| what.to_owned();
        match self {
            Closed::Empty => (is("the file is empty"), "fetch it again"),
            Closed::TooLarge => (is("the file is larger than any report"), "save its text alone, without pictures"),
            Closed::OldWord => {
                (is("a document in the binary format of Word or WPS"), "open it there and save it as .docx")
            }
            Closed::RichText => (is("a document in rich text (.rtf)"), "open it in Word or WPS and save it as .docx"),
            Closed::Ofd => (is("an OFD document"), "export it as PDF with its text, or as .docx"),
            Closed::Sheet => (is("a spreadsheet, not a report"), "save the report itself as .docx, PDF or plain text"),
            Closed::Slides => (is("slides, not a report"), "save the report itself as .docx, PDF or plain text"),
            Closed::OpenDocument => (is("an OpenDocument text"), "open it and save it as .docx"),
            Closed::Picture => {
                (is("a picture"), "have its text recognised (OCR) first, and save it as .docx or as a PDF with text")
            }
            Closed::Packed => (is("a packed folder"), "unpack it and read the report in it"),
            Closed::Locked => (is("the file opens with a password only"), "save it without one"),
            Closed::Scan => (
                is("a PDF whose pages are pictures: a scan"),
                "have its text recognised (OCR) first, or ask for the document it was scanned from",
            ),
            Closed::Unmapped => (
                is("a PDF whose fonts do not say which characters they draw"),
                "have its text recognised (OCR), or ask for the document it was made from",
            ),
            Closed::Damaged(kind) => (format!("{kind} that is broken"), "fetch it again, or open it and save it anew"),
            Closed::NoText(kind) => (
                format!("{kind} that holds no text of a report"),
                "open it, copy the report's text into a document and save that as .docx or plain text",
            ),
            Closed::NotText(_) => (is("a file of no known kind"), "save it as .docx, PDF or plain text"),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Closed::NotText(error) = &self.why {
            return error.fmt(out);
        }
        let (what, remedy) = self.why.told();
        write!(out, "{}: {what}; {remedy}", self.name)
    }
}

impl std::error::Error for OpenError {}

/// The text of a report's file; `name` is only for the message where there is none.
///
/// # Errors
/// Where the file is of a kind that is not read, is broken, or holds no text: what it is, and what to do.
pub fn open(name: &str, bytes: &[u8]) -> Result<String, OpenError> {
    text_of(name, bytes).map_err(|why| OpenError { name: name.to_owned(), why })
}

fn text_of(name: &str, bytes: &[u8]) -> Result<String, Closed> {
    if bytes.is_empty() {
        return Err(Closed::Empty);
    }
    if bytes.len() > LARGEST {
        return Err(Closed::TooLarge);
    }
    if let Some(why) = foreign(bytes) {
        return Err(why);
    }
    let text = if bytes.starts_with(b"PK\x03\x04") {
        docx::text(bytes)?
    } else if head(bytes, 1024).windows(5).any(|five| five == b"%PDF-") {
        pdf::text(bytes)?
    } else if mhtml::is_one(bytes) {
        mhtml::text(bytes)?
    } else if html::is_one(bytes) {
        html::text(bytes, None)?
    } else {
        decode(name, bytes).map_err(Closed::NotText)?
    };
    if text.len() > LONGEST { Err(Closed::TooLarge) } else { Ok(text) }
}

/// The first bytes of a file, at most so many.
fn head(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most).unwrap_or(bytes)
}

/// Kinds that are known by their first bytes and not read.
fn foreign(bytes: &[u8]) -> Option<Closed> {
    let starts = |marks: &[&[u8]]| marks.iter().any(|mark| bytes.starts_with(mark));
    let inside = |from: usize, mark: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(mark));
    if starts(&[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"]) {
        return Some(compound(bytes));
    }
    if starts(&[b"{\\rtf"]) {
        return Some(Closed::RichText);
    }
    let picture = starts(&[b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"II*\0", b"MM\0*"])
        || (starts(&[b"BM"]) && inside(6, &[0, 0, 0, 0]))
        || (starts(&[b"RIFF"]) && inside(8, b"WEBP"))
        || inside(4, b"ftyphei")
        || inside(4, b"ftypmif1");
    if picture {
        return Some(Closed::Picture);
    }
    starts(&[b"Rar!", b"7z\xBC\xAF", b"\x1F\x8B", b"PK\x05\x06"]).then_some(Closed::Packed)
}

/// A folder in the format of old office programs: a document, a spreadsheet, slides, or a locked one of today's.
fn compound(bytes: &[u8]) -> Closed {
    let names = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|here| here == wide)
    };
    if names("EncryptedPackage") {
        Closed::Locked
    } else if names("WordDocument") {
        Closed::OldWord
    } else if names("Workbook") || names("Book") {
        Closed::Sheet
    } else if names("PowerPoint Document") {
        Closed::Slides
    } else {
        Closed::OldWord
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_named_with_its_remedy() {
        let wide = |name: &str| {
            let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
            bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
            bytes
        };
        for (bytes, code, says) in [
            (Vec::new(), "empty", "fetch it again"),
            (wide("WordDocument"), "old-word", "save it as .docx"),
            (wide("Workbook"), "sheet", "spreadsheet"),
            (wide("EncryptedPackage"), "locked", "password"),
            (b"{\\rtf1\\ansi".to_vec(), "rich-text", ".docx"),
            (b"\x89PNG\r\n\x1a\n".to_vec(), "picture", "OCR"),
            (b"\xFF\xD8\xFF\xE0".to_vec(), "picture", "OCR"),
            (b"Rar!\x1a\x07".to_vec(), "packed", "unpack"),
            (b"PK\x03\x04 and nothing".to_vec(), "damaged", "fetch it again"),
            (b"%PDF-1.7 and nothing".to_vec(), "damaged", "fetch it again"),
            (vec![0xFF, 0x00, 0x81], "not-text", "UTF-8"),
        ] {
            let error = open("报告", &bytes).unwrap_err();
            assert_eq!(error.why.code(), code);
            assert!(Closed::CODES.contains(&code));
            assert!(error.to_string().starts_with("报告: ") && error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn plain_text_is_what_it_was() {
        assert_eq!(open("a", "办理案件3件。\n<以上>".as_bytes()).as_deref(), Ok("办理案件3件。\n<以上>"));
    }
}
