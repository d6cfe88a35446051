//! What a file is, told by its content and never by its name alone; and what it may be called.

use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{Encoding, GB18030, UTF_8};
use zip::ZipArchive;

/// Kinds of files that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // their names say it
pub enum FileKind {
    Pdf,
    Png,
    Jpeg,
    Docx,
    Xlsx,
    /// 版式文档, GB/T 33190.
    Ofd,
    /// Plain text in UTF-8.
    Text,
    /// Plain text in GB18030, as older programs write it.
    TextGb,
    Mp4,
    Mp3,
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileProblem {
    /// It has no bytes.
    Empty,
    /// It may do something when it is opened: a program, a script, a page, a drawing, a document with macros.
    Active,
    /// It is of no kind that is kept, or is broken.
    Unknown,
    /// Its name says that it is something else.
    NotWhatItSays {
        /// What it is.
        is: FileKind,
        /// The ending of its name.
        says: String,
    },
}

impl FileKind {
    /// All of them, as people are told.
    pub const ALL: [FileKind; 10] = [
        FileKind::Pdf,
        FileKind::Png,
        FileKind::Jpeg,
        FileKind::Docx,
        FileKind::Xlsx,
        FileKind::Ofd,
        FileKind::Text,
        FileKind::TextGb,
        FileKind::Mp4,
        FileKind::Mp3,
    ];

    /// Its name in the ledger; it never changes.
    pub fn code(self) -> &'static str {
        match self {
            FileKind::Pdf => "pdf",
            FileKind::Png => "png",
            FileKind::Jpeg => "jpeg",
            FileKind::Docx => "docx",
            FileKind::Xlsx => "xlsx",
            FileKind::Ofd => "ofd",
            FileKind::Text => "txt",
            FileKind::TextGb => "txt-gb18030",
            FileKind::Mp4 => "mp4",
            FileKind::Mp3 => "mp3",
        }
    }

    /// The kind of a name in the ledger.
    pub fn of(code: &str) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The endings that a name of this kind may have, the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            FileKind::Pdf => &["pdf"],
            FileKind::Png => &["png"],
            FileKind::Jpeg => &["jpg", "jpeg"],
            FileKind::Docx => &["docx"],
            FileKind::Xlsx => &["xlsx"],
            FileKind::Ofd => &["ofd"],
            FileKind::Text | FileKind::TextGb => &["txt"],
            FileKind::Mp4 => &["mp4"],
            FileKind::Mp3 => &["mp3"],
        }
    }

    /// What a browser is told that it is.
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Pdf => "application/pdf",
            FileKind::Png => "image/png",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            FileKind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            FileKind::Ofd => "application/ofd",
            FileKind::Text => "text/plain; charset=utf-8",
            FileKind::TextGb => "text/plain; charset=gb18030",
            FileKind::Mp4 => "video/mp4",
            FileKind::Mp3 => "audio/mpeg",
        }
    }

    /// Whether a browser may show it; the others are only saved.
    pub fn is_shown(self) -> bool {
        matches!(self, FileKind::Pdf | FileKind::Png | FileKind::Jpeg | FileKind::Text | FileKind::TextGb)
    }
}

/// How much of a file its first bytes are.
const FIRST: u64 = 8_192;

/// Tells what a file is, and whether its name says the same.
///
/// # Errors
/// Where it cannot be read.
pub fn tell<F: Read + Seek>(name: &str, file: &mut F) -> io::Result<Result<FileKind, FileProblem>> {
    file.seek(SeekFrom::Start(0))?;
    let mut first = Vec::new();
    file.by_ref().take(FIRST).read_to_end(&mut first)?;
    let kind = match by_content(&first, file)? {
        Ok(kind) => kind,
        Err(problem) => return Ok(Err(problem)),
    };
    Ok(match ending(name) {
        Some(says) if !kind.endings().contains(&says.as_str()) => Err(FileProblem::NotWhatItSays { is: kind, says }),
        _ => Ok(kind),
    })
}

fn by_content<F: Read + Seek>(first: &[u8], file: &mut F) -> io::Result<Result<FileKind, FileProblem>> {
    if first.is_empty() {
        return Ok(Err(FileProblem::Empty));
    }
    if first.starts_with(b"PK") {
        return Ok(in_archive(file));
    }
    let found = infer::get(first);
    Ok(match found.map(|found| (found.matcher_type(), found.mime_type())) {
        Some((_, "application/pdf")) => Ok(FileKind::Pdf),
        Some((_, "image/png")) => Ok(FileKind::Png),
        Some((_, "image/jpeg")) => Ok(FileKind::Jpeg),
        Some((_, "video/mp4")) => Ok(FileKind::Mp4),
        Some((_, "audio/mpeg")) => Ok(FileKind::Mp3),
        // Two letters at the beginning of a text may be those of a program.
        Some((infer::MatcherType::App | infer::MatcherType::Text, _)) => match in_words(first, file)? {
            Err(FileProblem::Unknown) => Err(FileProblem::Active),
            told => told,
        },
        Some(_) => Err(FileProblem::Unknown),
        None => return in_words(first, file),
    })
}

/// An archive is a document by what it holds. Its parts are not unpacked: macros stand in parts of their own, and an
/// office program runs none in a document whose name ends as one without.
fn in_archive<F: Read + Seek>(file: &mut F) -> Result<FileKind, FileProblem> {
    let archive = ZipArchive::new(file).map_err(|_| FileProblem::Unknown)?;
    let mut names = Vec::new();
    for name in archive.file_names() {
        names.push(name.map_err(|_| FileProblem::Unknown)?.to_lowercase().replace('\\', "/"));
    }
    let has = |name: &str| names.iter().any(|other| other == name);
    if names.iter().any(|name| runs(name)) {
        Err(FileProblem::Active)
    } else if has("word/document.xml") {
        Ok(FileKind::Docx)
    } else if has("xl/workbook.xml") {
        Ok(FileKind::Xlsx)
    } else if has("ofd.xml") {
        Ok(FileKind::Ofd)
    } else {
        Err(FileProblem::Unknown)
    }
}

/// Whether a part of a document may be a program.
fn runs(name: &str) -> bool {
    let beside = ["word/", "xl/"].iter().find_map(|folder| name.strip_prefix(folder));
    let binary = beside.is_some_and(|name| name.ends_with(".bin") && !name.contains('/'));
    binary || ["vbaproject", "vbadata", "macrosheets/", "activex/"].iter().any(|word| name.contains(word))
}

/// Plain text: letters from the first to the last, and no page, drawing or script.
fn in_words<F: Read + Seek>(first: &[u8], file: &mut F) -> io::Result<Result<FileKind, FileProblem>> {
    let marked = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start();
    let signs = |bytes: &[u8]| matches!(bytes, [b'<', b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?', ..] | [b'#', b'!', ..]);
    if signs(marked) {
        return Ok(Err(FileProblem::Active));
    }
    for (encoding, kind) in [(UTF_8, FileKind::Text), (GB18030, FileKind::TextGb)] {
        if is_text(encoding, file)? {
            return Ok(Ok(kind));
        }
    }
    Ok(Err(FileProblem::Unknown))
}

fn is_text<F: Read + Seek>(encoding: &'static Encoding, file: &mut F) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut piece, mut text) = (vec![0; 1 << 16], String::new());
    loop {
        let read = file.read(&mut piece)?;
        let bytes = &piece[..read];
        text.clear();
        // Room enough, or the end of what was read would not be told.
        text.reserve(decoder.max_utf8_buffer_length(read).unwrap_or(1 << 18));
        let (_, _, errors) = decoder.decode_to_string(bytes, &mut text, read == 0);
        if errors || text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}')) {
            return Ok(false);
        }
        if read == 0 {
            return Ok(true);
        }
    }
}

/// What the name of a file says that it is: `pdf`. A day at the end of a name (`2026.3`) is no ending.
fn ending(name: &str) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    let ending = ending.trim().to_lowercase();
    let plain = (1..=10).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && ending.bytes().any(|byte| byte.is_ascii_alphabetic())).then_some(ending)
}

/// How long a name may be.
const LONGEST: usize = 100;

/// A name as it is kept and shown: without folders, without signs that are not seen or turn a line around, not too long,
/// and with an ending of its kind.
pub fn clean_name(name: &str, kind: FileKind) -> String {
    let own = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    let seen: String = own.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !unseen(*c)).collect();
    let seen = seen.trim_matches([' ', '.']);
    let usual = kind.endings()[0];
    let (stem, ending) = match seen.rsplit_once('.') {
        Some((stem, end)) if kind.endings().contains(&end.to_lowercase().as_str()) => (stem, end),
        _ => (seen, usual),
    };
    let stem: String = stem.trim_end_matches([' ', '.']).chars().take(LONGEST).collect();
    let stem = if stem.trim().is_empty() { "附件" } else { stem.trim() };
    format!("{stem}.{ending}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn told(name: &str, bytes: &[u8]) -> Result<FileKind, FileProblem> {
        tell(name, &mut Cursor::new(bytes)).unwrap()
    }

    /// An archive with empty parts of these names.
    fn archive(names: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for name in names {
            writer.start_file(*name, stored).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn kind_is_told_by_the_content() {
        let docx = archive(&["[Content_Types].xml", "word/document.xml", "word/embeddings/oleObject1.bin"]);
        let xlsx = archive(&["[Content_Types].xml", "xl/workbook.xml", "xl/printerSettings/printerSettings1.bin"]);
        let ofd = archive(&["OFD.xml", "Doc_0/Document.xml"]);
        let (gb, ..) = GB18030.encode("当事人陈述");
        for (name, bytes, kind) in [
            ("a.pdf", b"%PDF-1.7\n".as_slice(), FileKind::Pdf),
            ("a.PNG", PNG, FileKind::Png),
            ("a.jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF", FileKind::Jpeg),
            ("决定书.docx", &docx, FileKind::Docx),
            ("a.xlsx", &xlsx, FileKind::Xlsx),
            ("a.ofd", &ofd, FileKind::Ofd),
            ("陈述.txt", "当事人陈述\r\n<签名>".as_bytes(), FileKind::Text),
            ("陈述.txt", &gb, FileKind::TextGb),
            ("a.txt", b"MZ stands for something", FileKind::Text),
            ("a.mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", FileKind::Mp4),
            ("a.mp3", b"ID3\x03\0\0\0\0\0\x21", FileKind::Mp3),
            ("扫描件", b"%PDF-1.7\n", FileKind::Pdf),
            ("至2026.3", b"%PDF-1.7\n", FileKind::Pdf),
        ] {
            assert_eq!(told(name, bytes), Ok(kind), "{name}");
            assert_eq!(FileKind::of(kind.code()), Some(kind));
        }
    }

    #[test]
    fn what_may_do_something_is_refused_whatever_it_is_called() {
        let docm = archive(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
        let renamed = archive(&["[Content_Types].xml", "word/document.xml", "word/other.bin"]);
        let sheets = archive(&["[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/sheet1.xml"]);
        for bytes in [
            b"MZ\x90\0\x03\0\0\0".as_slice(),
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            b"<!doctype html><p>",
            b"  \n<HTML><script>alert(1)</script>",
            b"\xEF\xBB\xBF<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
            b"<?xml version=\"1.0\"?><svg/>",
            b"#!/bin/sh\nrm -rf /\n",
            &docm,
            &renamed,
            &sheets,
        ] {
            for name in ["a.pdf", "a.txt", "a.docx", "a.docm", "a.html"] {
                assert_eq!(told(name, bytes), Err(FileProblem::Active), "{name} {bytes:?}");
            }
        }
    }

    #[test]
    fn file_that_is_not_what_it_says_is_refused() {
        let says = |is, says: &str| Err(FileProblem::NotWhatItSays { is, says: says.to_owned() });
        assert_eq!(told("a.pdf", PNG), says(FileKind::Png, "pdf"));
        assert_eq!(told("a.pdf.exe", b"%PDF-1.7\n"), says(FileKind::Pdf, "exe"));
        assert_eq!(told("a.docm", &archive(&["word/document.xml"])), says(FileKind::Docx, "docm"));
        assert_eq!(told("a.html", b"words"), says(FileKind::Text, "html"));
        assert_eq!(told("a.pdf", b""), Err(FileProblem::Empty));
        for bytes in [b"\0\x01\x02\x03".as_slice(), b"GIF89a\x01\0", b"PK\x03\x04 broken", &archive(&["a.txt"])] {
            assert_eq!(told("a.pdf", bytes), Err(FileProblem::Unknown), "{bytes:?}");
        }
        // Half a letter at the end, and one that two pieces share.
        assert_eq!(told("a.txt", b"\xe7\x94\xb2\xe4\xb9"), Err(FileProblem::Unknown));
        assert_eq!(told("a.txt", "x甲".repeat(40_000).as_bytes()), Ok(FileKind::Text));
    }

    #[test]
    fn names_are_cleaned() {
        for (name, clean) in [
            ("决定书.pdf", "决定书.pdf"),
            ("C:\\Users\\wang\\决定书.PDF", "决定书.PDF"),
            ("../../etc/passwd", "passwd.pdf"),
            ("a\u{202e}fdp.exe\r\nx.pdf", "afdp.exe  x.pdf"),
            ("  .pdf", "pdf.pdf"),
            ("", "附件.pdf"),
            ("...", "附件.pdf"),
            ("a\t b .pdf", "a  b.pdf"),
        ] {
            assert_eq!(clean_name(name, FileKind::Pdf), clean, "{name:?}");
        }
        let long = clean_name(&format!("{}.pdf", "长".repeat(5_000)), FileKind::Pdf);
        assert_eq!(long.chars().count(), LONGEST + 4);
    }
}
