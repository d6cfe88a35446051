//! A document is a packed folder: unpacked with care, packed the same way each time.

use std::fmt;
use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Why bytes are no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTemplate {
    /// They are no packed folder, or a damaged one.
    NotPacked,
    /// Unpacked it is larger than any template.
    TooLarge,
    /// It has no text of a document.
    NoText,
    /// It carries a program: the part of that name.
    Program(String),
    /// It fetches something from elsewhere when it is opened: the address.
    Fetches(String),
    /// A part cannot be read: its name, and why.
    Part(String, String),
}

impl fmt::Display for NoTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoTemplate::NotPacked => f.write_str("it is no .docx file, or it is damaged"),
            NoTemplate::TooLarge => f.write_str("unpacked it is larger than 32 MB"),
            NoTemplate::NoText => f.write_str("it holds no text of a document"),
            NoTemplate::Program(part) => write!(f, "it carries a program (`{part}`)"),
            NoTemplate::Fetches(address) => write!(f, "it fetches `{address}` when it is opened"),
            NoTemplate::Part(part, why) => write!(f, "its part `{part}` cannot be read: {why}"),
        }
    }
}
impl std::error::Error for NoTemplate {}

const LARGEST: u64 = 32 << 20;
const MOST: usize = 1_000;

/// The files of a packed folder, in their order.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, NoTemplate> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| NoTemplate::NotPacked)?;
    if archive.len() > MOST {
        return Err(NoTemplate::TooLarge);
    }
    let mut files = Vec::with_capacity(archive.len());
    let mut left = LARGEST;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| NoTemplate::NotPacked)?;
        if file.is_dir() {
            continue;
        }
        let name = file.name().map_err(|_| NoTemplate::NotPacked)?.into_owned();
        let mut bytes = Vec::new();
        // What a head says of a size is not to be trusted: no more is read than there may be.
        let read = file.take(left + 1).read_to_end(&mut bytes).map_err(|_| NoTemplate::NotPacked)?;
        left = left.checked_sub(read as u64).ok_or(NoTemplate::TooLarge)?;
        files.push((name, bytes));
    }
    for (name, bytes) in &files {
        harmless(name, bytes)?;
    }
    Ok(files)
}

/// Programs, and what would be fetched when the document is opened.
fn harmless(name: &str, bytes: &[u8]) -> Result<(), NoTemplate> {
    let lower = name.to_ascii_lowercase();
    let program = ["vbaproject", "vbadata", "activex/", "embeddings/"];
    if program.iter().any(|word| lower.contains(word)) {
        return Err(NoTemplate::Program(name.to_owned()));
    }
    if lower == "[content_types].xml" && String::from_utf8_lossy(bytes).to_ascii_lowercase().contains("macroenabled") {
        return Err(NoTemplate::Program(name.to_owned()));
    }
    if !lower.ends_with(".rels") {
        return Ok(());
    }
    let tree = crate::tree::read(bytes).map_err(|why| NoTemplate::Part(name.to_owned(), why))?;
    let mut fetched = None;
    each(&tree, &mut |tag| {
        // A link is followed only by whoever clicks it.
        let external = tag.contains("TargetMode=\"External\"") || tag.contains("TargetMode='External'");
        if external && !tag.contains("/hyperlink") {
            let target = tag.split_once("Target=\"").and_then(|(_, rest)| rest.split('"').next());
            fetched = Some(target.unwrap_or("?").to_owned());
        }
    });
    fetched.map_or(Ok(()), |target| Err(NoTemplate::Fetches(target)))
}

fn each(nodes: &[crate::tree::Node], seen: &mut dyn FnMut(&str)) {
    for node in nodes {
        if let crate::tree::Node::Element(element) = node {
            seen(&element.tag);
            each(&element.children, seen);
        }
    }
}

/// A packed folder of these files. It knows no time: the same files give the same bytes.
pub(crate) fn pack<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        // Into memory: nothing in it can fail but a name or a size that no document has.
        let written = writer.start_file(name, options).and_then(|()| Ok(writer.write_all(bytes)?));
        written.unwrap_or_else(|why| unreachable!("a document is packed into memory: {why}"));
    }
    let packed = writer.finish().unwrap_or_else(|why| unreachable!("a document is packed into memory: {why}"));
    packed.into_inner()
}
