//! Prints a case file as one PDF: cover, contents with page numbers, events, documents, attachments, the chain's last
//! hash. Typst composes it; what people wrote goes in as data and never as markup, so that no word of theirs is taken for
//! an instruction. Typst is large: without the feature `typst` the crate is empty, and a program prints only where it was
//! built with it.
#![cfg(feature = "typst")]

mod world;

use std::fmt;

use serde::Serialize;
use typst::layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use world::Desk;

/// Families of Chinese letters that are free: for the text, those with the most letters first, since names have rare ones.
/// A letter that one lacks is taken from the next.
pub const TEXT_FONTS: [&str; 4] = ["Noto Serif CJK SC", "Source Han Serif SC", "FandolSong", "Noto Sans CJK SC"];
/// The same for headings.
pub const HEADING_FONTS: [&str; 4] = ["Noto Sans CJK SC", "Source Han Sans SC", "FandolHei", "Noto Serif CJK SC"];

/// Why nothing was printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PressError {
    /// No font with Chinese letters is installed.
    NoFont,
    /// What was given is no case file, or Typst failed on it: what it says.
    Failed(String),
}

impl fmt::Display for PressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PressError::NoFont => write!(
                f,
                "no font with Chinese letters is installed; install one (Debian: apt install fonts-noto-cjk), looked for: {}",
                TEXT_FONTS.join(", ")
            ),
            PressError::Failed(why) => write!(f, "the case file could not be composed: {why}"),
        }
    }
}
impl std::error::Error for PressError {}

/// What the page is composed from: the case file, and the letters it is set in.
#[derive(Serialize)]
struct Given<'c, C> {
    file: &'c C,
    text: Vec<&'static str>,
    heading: Vec<&'static str>,
}

/// A case file as PDF, in the form for archives (PDF/A-2b) unless it has a letter that no font of the machine has. The
/// same case file gives the same bytes on a machine with the same fonts.
///
/// # Errors
/// Where no Chinese font is installed, or what is given lacks something that a case file has.
pub fn print(file: &impl Serialize) -> Result<Vec<u8>, PressError> {
    print_with(file, &world::fonts())
}

fn print_with(file: &impl Serialize, fonts: &world::Letters) -> Result<Vec<u8>, PressError> {
    let there = |families: &[&'static str]| -> Vec<&'static str> {
        families.iter().copied().filter(|family| fonts.has(family)).collect()
    };
    let (text, heading) = (there(&TEXT_FONTS), there(&HEADING_FONTS));
    if text.is_empty() || heading.is_empty() {
        return Err(PressError::NoFont);
    }
    let failed = |why: &dyn fmt::Display| PressError::Failed(why.to_string());
    let data = serde_json::to_vec(&Given { file, text, heading }).map_err(|why| failed(&why))?;
    let desk = Desk::new(fonts, data);
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
        let why = print_with(&"nothing", &world::Letters::none()).unwrap_err();
        assert_eq!(why, PressError::NoFont);
        assert!(why.to_string().contains("fonts-noto-cjk"));
    }

    #[test]
    fn what_is_no_case_file_is_told() {
        assert!(matches!(print(&"nothing"), Err(PressError::Failed(_))));
    }
}
