//! A Word document: its paragraphs, and its tables row by row.
//!
//! Of the packed folder only the main part is unpacked, and no more of it than
//! a text may hold: heads and feet, remarks, notes and pictures stand in others.
//! What was struck out in a tracked change or is hidden is no text of the
//! report. (`papers` unpacks documents too, but whole, to write them again, and
//! refuses those that a report may well be.)

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{Closed, LONGEST};

const KIND: &str = "a Word document";

/// A main part's XML is many times its text.
const PART: u64 = 4 * LONGEST as u64;

/// How deep tables and text boxes lie in one another at most.
const DEEPEST: usize = 60;

/// The text of a packed document.
pub fn text(bytes: &[u8]) -> Result<String, Closed> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Closed::Damaged(KIND))?;
    let main = main_part(&mut archive)?;
    let xml = part(&mut archive, &main)?.ok_or(Closed::Damaged(KIND))?;
    let text = Page::default().read(&String::from_utf8_lossy(&xml))?;
    if text.trim().is_empty() { Err(Closed::NoText(KIND)) } else { Ok(text) }
}

type Folder<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// The name of the part that holds the text, or what the folder is instead.
fn main_part(archive: &mut Folder<'_>) -> Result<String, Closed> {
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("word/document.xml") {
        return Ok("word/document.xml".to_owned());
    }
    if has("OFD.xml") {
        return Err(Closed::Ofd);
    }
    if has("xl/workbook.xml") || has("xl/workbook.bin") {
        return Err(Closed::Sheet);
    }
    if has("ppt/presentation.xml") {
        return Err(Closed::Slides);
    }
    if has("content.xml") && has("mimetype") {
        return Err(Closed::OpenDocument);
    }
    // Some programs name the main part otherwise and say so here.
    let rels = part(archive, "_rels/.rels")?.unwrap_or_default();
    let rels = String::from_utf8_lossy(&rels).into_owned();
    let main = rels.split("<Relationship ").find(|one| one.contains("/officeDocument\""));
    let target = main.and_then(|one| one.split_once("Target=\"")).and_then(|(_, rest)| rest.split('"').next());
    let target = target.map(|target| target.trim_start_matches('/').to_owned());
    target.filter(|target| archive.index_for_name(target).is_some()).ok_or(Closed::Packed)
}

/// One part, unpacked; `None` where there is none of that name.
fn part(archive: &mut Folder<'_>, name: &str) -> Result<Option<Vec<u8>>, Closed> {
    let Some(index) = archive.index_for_name(name) else { return Ok(None) };
    let file = archive.by_index(index).map_err(|why| match why {
        zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => Closed::Locked,
        _ => Closed::Damaged(KIND),
    })?;
    let mut bytes = Vec::new();
    // What a head says of a size is not to be trusted: no more is read than there may be.
    file.take(PART + 1).read_to_end(&mut bytes).map_err(|_| Closed::Damaged(KIND))?;
    if bytes.len() as u64 > PART { Err(Closed::TooLarge) } else { Ok(Some(bytes)) }
}

/// What is not read wherever it stands: what was struck out or moved away, the second form of a drawing, readings over
/// characters, and what is no text of the page.
const LEFT_OUT: &[&str] =
    &["w:del", "w:moveFrom", "mc:Fallback", "w:rt", "w:pPr", "w:tblPr", "w:sectPr", "w:instrText", "w:delText"];

/// The text as it grows.
#[derive(Default)]
struct Page {
    out: String,
    /// Paragraphs begun and not ended: a text box stands inside one.
    open: Vec<String>,
    /// Where the cells begun and not ended begin in `out`.
    cells: Vec<usize>,
    /// The text of the run at hand, and whether it is hidden.
    run: String,
    hidden: bool,
}

impl Page {
    fn read(mut self, xml: &str) -> Result<String, Closed> {
        let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
        reader.config_mut().check_end_names = false;
        // How many elements lie inside one that is left out.
        let mut skipped = 0_usize;
        let mut texts = false;
        loop {
            let event = reader.read_event().map_err(|_| Closed::Damaged(KIND))?;
            match event {
                Event::Eof => break,
                Event::Start(_) if skipped > 0 => skipped += 1,
                Event::End(_) if skipped > 0 => skipped -= 1,
                _ if skipped > 0 => {}
                Event::Start(start) => {
                    let name = start.name();
                    if LEFT_OUT.contains(&name.as_ref()) {
                        skipped = 1;
                    } else {
                        texts = name.as_ref() == "w:t";
                        self.begin(&start)?;
                    }
                }
                Event::Empty(start) => {
                    self.begin(&start)?;
                    self.end(start.name().as_ref());
                }
                Event::End(end) => {
                    texts = false;
                    self.end(end.name().as_ref());
                }
                Event::Text(text) if texts => self.run.push_str(&text),
                Event::CData(text) if texts => self.run.push_str(&text),
                Event::GeneralRef(named) if texts => {
                    let known = match &*named {
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "amp" => Some('&'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => named.resolve_char_ref().ok().flatten(),
                    };
                    self.run.extend(known);
                }
                _ => {}
            }
            if self.out.len() > LONGEST {
                return Err(Closed::TooLarge);
            }
        }
        while !self.open.is_empty() {
            self.end("w:p");
        }
        Ok(self.out)
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), Closed> {
        if self.open.len().max(self.cells.len()) > DEEPEST {
            return Err(Closed::Damaged(KIND));
        }
        match start.name().as_ref() {
            "w:p" => self.open.push(String::new()),
            "w:r" => {
                self.run.clear();
                self.hidden = false;
            }
            "w:vanish" | "w:webHidden" => self.hidden |= is_on(start),
            "w:tab" => self.run.push('\t'),
            "w:br" | "w:cr" => self.run.push('\n'),
            "w:noBreakHyphen" => self.run.push('-'),
            "w:tc" => self.cells.push(self.out.len()),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        match name {
            "w:r" => {
                let run = std::mem::take(&mut self.run);
                if let Some(paragraph) = self.open.last_mut().filter(|_| !self.hidden) {
                    paragraph.push_str(&run);
                }
            }
            "w:p" => {
                if let Some(paragraph) = self.open.pop() {
                    self.out.push_str(&paragraph);
                    self.out.push('\n');
                }
            }
            "w:tc" => {
                let from = self.cells.pop().unwrap_or_default();
                end_cell(&mut self.out, from);
            }
            "w:tr" => end_row(&mut self.out),
            _ => {}
        }
    }
}

/// Ends a cell: one of a single line stands beside the next, a longer one by itself.
fn end_cell(out: &mut String, from: usize) {
    let lines = out.get(from..).unwrap_or("").trim_end().lines().count();
    out.truncate(out.trim_end_matches('\n').len().max(from));
    out.push(if lines > 1 { '\n' } else { '\t' });
}

/// Ends a row of cells: a line of its own.
fn end_row(out: &mut String) {
    out.truncate(out.trim_end_matches('\t').len());
    if !out.ends_with('\n') && !out.is_empty() {
        out.push('\n');
    }
}

/// Whether a property that may be turned off is on.
fn is_on(start: &BytesStart<'_>) -> bool {
    let value = start.try_get_attribute("w:val").ok().flatten();
    value.is_none_or(|value| !matches!(&*value.value, "0" | "false" | "off"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> String {
        Page::default().read(&format!("<w:document><w:body>{body}</w:body></w:document>")).unwrap()
    }

    #[test]
    fn a_table_comes_row_by_row_and_a_long_cell_by_itself() {
        let cell = |text: &str| format!("<w:tc><w:tcPr/><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
        let rows =
            format!("<w:tr>{}{}</w:tr><w:tr>{}{}</w:tr>", cell("事项"), cell("件数"), cell("处罚"), cell("12件"));
        assert_eq!(read(&format!("<w:tbl>{rows}</w:tbl>")), "事项\t件数\n处罚\t12件\n");
        let long = "<w:tc><w:p><w:r><w:t>第一段</w:t></w:r></w:p><w:p><w:r><w:t>第二段</w:t></w:r></w:p></w:tc>";
        assert_eq!(read(&format!("<w:tbl><w:tr>{}{long}</w:tr></w:tbl>", cell("左"))), "左\t第一段\n第二段\n");
    }

    #[test]
    fn what_was_struck_out_or_is_hidden_is_no_text() {
        let text = "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>办理</w:t></w:r>\
            <w:del><w:r><w:delText>11</w:delText></w:r></w:del><w:ins><w:r><w:t>12</w:t></w:r></w:ins>\
            <w:moveFrom><w:r><w:t>13</w:t></w:r></w:moveFrom>\
            <w:r><w:rPr><w:vanish/></w:rPr><w:t>14</w:t></w:r>\
            <w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>件</w:t></w:r>\
            <w:r><w:instrText>PAGE 15</w:instrText></w:r><w:r><w:t>A&amp;B&#12290;</w:t></w:r></w:p>";
        assert_eq!(read(text), "办理12件A&B。\n");
    }

    #[test]
    fn a_text_box_is_read_once() {
        let inner = "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>";
        let text = format!(
            "<w:p><w:r><w:t>框外</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{inner}</mc:Choice>\
             <mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        );
        assert_eq!(read(&text), "框内\n框外\n");
    }
}
