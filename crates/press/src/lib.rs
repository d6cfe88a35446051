//! Prints case files and official letters as PDF. Typst composes them; what people wrote goes in as data and never as
//! markup, so that no word of theirs is taken for an instruction. Typst is large: without the feature `typst` the crate is
//! empty, and a program prints only where it was built with it.
#![cfg(feature = "typst")]

mod world;

use std::fmt;

use serde::Serialize;
use typst::layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use world::{Desk, Page};

/// Faces in the order in which they are looked for. A letter that one lacks is taken from the next.
type Faces = &'static [&'static str];

/// Of a case file, all free: those with the most letters first, since names have rare ones.
const FILE_TEXT: Faces = &["Noto Serif CJK SC", "Source Han Serif SC", "FandolSong", "Noto Sans CJK SC"];
/// The same for headings.
const FILE_HEADING: Faces = &["Noto Sans CJK SC", "Source Han Sans SC", "FandolHei", "Noto Serif CJK SC"];
/// 仿宋, of a letter's text; behind those that the standard means stand free ones.
const FANGSONG: Faces = &["FangSong_GB2312", "FangSong", "FandolFang R", "Noto Serif CJK SC"];
/// 小标宋, of its red head and title.
const BIAOSONG: Faces =
    &["FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", "FandolSong", "Noto Serif CJK SC"];
/// 黑体, of headings of the first level.
const HEITI: Faces = &["SimHei", "FandolHei", "Noto Sans CJK SC"];
/// 楷体, of headings of the second level.
const KAITI: Faces = &["KaiTi_GB2312", "KaiTi", "FandolKai", "Noto Serif CJK SC"];
/// 宋体, of page numbers.
const SONGTI: Faces = &["SimSun", "FandolSong", "Noto Serif CJK SC"];

/// Why nothing was printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PressError {
    /// No font with Chinese letters is installed.
    NoFont,
    /// What was given lacks something that the page has, or Typst failed on it: what it says.
    Failed(String),
}

impl fmt::Display for PressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PressError::NoFont => write!(
                f,
                "no font with Chinese letters is installed; install one (Debian: apt install fonts-noto-cjk), looked for: {}",
                FILE_TEXT.join(", ")
            ),
            PressError::Failed(why) => write!(f, "it could not be composed: {why}"),
        }
    }
}
impl std::error::Error for PressError {}

/// What a page is composed from: what is told, and the faces it is set in.
#[derive(Serialize)]
struct Given<'c, C> {
    file: &'c C,
    text: Vec<&'static str>,
    heading: Vec<&'static str>,
    title: Vec<&'static str>,
    kai: Vec<&'static str>,
    song: Vec<&'static str>,
    /// The weight of titles: a 小标宋 is heavy by itself.
    weight: &'static str,
}

/// A case file (`platform::CaseFile`) as PDF, in the form for archives (PDF/A-2b) unless it has a letter that no font of
/// the machine has. The same case file gives the same bytes on a machine with the same fonts.
///
/// # Errors
/// Where no Chinese font is installed, or what is given lacks something that a case file has.
pub fn print(file: &impl Serialize) -> Result<Vec<u8>, PressError> {
    print_with(Page::CaseFile, file, world::fonts())
}

/// An official letter (`composer::Letter`) as PDF, laid out after GB/T 9704-2012, in the same form.
///
/// # Errors
/// Where no Chinese font is installed, or what is given lacks something that a letter has.
pub fn letter(letter: &impl Serialize) -> Result<Vec<u8>, PressError> {
    print_with(Page::Letter, letter, world::fonts())
}

/// The faces in which a letter is set on this machine: of text, title, headings of the first and of the second level.
pub fn letter_faces() -> [Option<&'static str>; 4] {
    let fonts = world::fonts();
    [FANGSONG, BIAOSONG, HEITI, KAITI].map(|faces| faces.iter().copied().find(|face| fonts.has(face)))
}

fn print_with(page: Page, file: &impl Serialize, fonts: &world::Letters) -> Result<Vec<u8>, PressError> {
    let there = |faces: Faces| -> Vec<&'static str> { faces.iter().copied().filter(|face| fonts.has(face)).collect() };
    let (text, heading) = match page {
        Page::CaseFile => (there(FILE_TEXT), there(FILE_HEADING)),
        Page::Letter => (there(FANGSONG), there(HEITI)),
    };
    let (title, kai, song) = (there(BIAOSONG), there(KAITI), there(SONGTI));
    if [&text, &heading, &title, &kai, &song].iter().any(|faces| faces.is_empty()) {
        return Err(PressError::NoFont);
    }
    let weight = if title[0].starts_with("FZ") || title[0].starts_with("ST") { "regular" } else { "bold" };
    let given = Given { file, text, heading, title, kai, song, weight };
    let failed = |why: &dyn fmt::Display| PressError::Failed(why.to_string());
    let data = serde_json::to_vec(&given).map_err(|why| failed(&why))?;
    let desk = Desk::new(page, fonts, data);
    let told = |wrong: typst::ecow::EcoVec<typst::diag::SourceDiagnostic>| {
        let all: Vec<&str> = wrong.iter().map(|one| one.message.as_str()).collect();
        PressError::Failed(all.join("; "))
    };
    let composed = typst::compile::<PagedDocument>(&desk).output;
    let standards = PdfStandards::new(&[PdfStandard::A_2b]).map_err(|why| failed(&why))?;
    let archival = PdfOptions { standards, ..PdfOptions::default() };
    let printed = composed.and_then(|document| {
        typst_pdf::pdf(&document, &archival).or_else(|_| typst_pdf::pdf(&document, &PdfOptions::default()))
    });
    // Typst keeps what it computed for a next time; the next is another record, and this one is nobody's to keep.
    typst::comemo::evict(0);
    printed.map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_chinese_letters_is_told_what_to_install() {
        let why = print_with(Page::CaseFile, &"nothing", &world::Letters::none()).unwrap_err();
        assert_eq!(why, PressError::NoFont);
        assert!(why.to_string().contains("fonts-noto-cjk"));
    }

    #[test]
    fn what_lacks_something_is_told() {
        assert!(matches!(print(&"nothing"), Err(PressError::Failed(_))));
        assert!(matches!(letter(&"nothing"), Err(PressError::Failed(_))));
    }
}
