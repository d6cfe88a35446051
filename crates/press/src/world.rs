//! What Typst sees of the world: one page of markup of ours, one file of data, the fonts of the machine. No network, no
//! packages, no other file, no clock.

use std::sync::OnceLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime};
use typst::syntax::{FileId, Source, VirtualPath};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::{FontSlot, Fonts};

/// A page of markup of ours.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Page {
    CaseFile,
    Letter,
}

impl Page {
    fn markup(self) -> &'static str {
        match self {
            Page::CaseFile => include_str!("casefile.typ"),
            Page::Letter => include_str!("letter.typ"),
        }
    }
}

/// The fonts of the machine.
pub(crate) struct Letters {
    book: LazyHash<FontBook>,
    slots: Vec<FontSlot>,
}

/// The fonts of the machine, looked for once.
pub(crate) fn fonts() -> &'static Letters {
    static FOUND: OnceLock<Letters> = OnceLock::new();
    FOUND.get_or_init(|| {
        let Fonts { book, fonts } = Fonts::searcher().include_system_fonts(true).search();
        Letters { book: LazyHash::new(book), slots: fonts }
    })
}

impl Letters {
    /// Whether there is a family of this name.
    pub fn has(&self, family: &str) -> bool {
        self.book.families().any(|(name, _)| name == family)
    }

    #[cfg(test)]
    pub fn none() -> Letters {
        Letters { book: LazyHash::new(FontBook::new()), slots: Vec::new() }
    }
}

/// One piece of work.
pub(crate) struct Desk<'f> {
    library: LazyHash<Library>,
    fonts: &'f Letters,
    page: Source,
    data: (FileId, Bytes),
}

impl Desk<'_> {
    pub fn new(page: Page, fonts: &Letters, data: Vec<u8>) -> Desk<'_> {
        let at = |path: &str| FileId::new(None, VirtualPath::new(path));
        Desk {
            library: LazyHash::new(Library::default()),
            fonts,
            page: Source::new(at("/page.typ"), page.markup().to_owned()),
            data: (at("/given.json"), Bytes::new(data)),
        }
    }
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }
    fn main(&self) -> FileId {
        self.page.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.page.id() { Ok(self.page.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 { Ok(self.data.1.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.slots.get(index)?.get()
    }
    fn today(&self, _: Option<i64>) -> Option<Datetime> {
        None
    }
}
