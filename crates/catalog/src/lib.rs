//! The law as data: reads the catalogue's files, checks all of them in one run, and resolves them into lines.
//!
//! Text comes in as a [`Source`]; out come a [`Catalog`] and [`Finding`]s, each with file, line and column. Versions,
//! general rules and overlays are merged as trees that keep every value's place, so a finding points at the file that
//! wrote what is wrong, whichever version inherits it.

mod across;
mod catalog;
mod checks;
mod facts;
mod figures;
mod finding;
mod graph;
mod library;
mod load;
mod lower;
mod messages;
mod mirror;
mod names;
mod near;
mod overlay;
mod places;
mod read;
mod report;
mod rules;
mod schema;
mod sees;
mod source;
mod statutes;
mod tables;
mod templates;
mod terms_file;
mod tree;

pub use catalog::{Catalog, Tally, frozen, tally, thaw};
pub use facts::{Fact, Part, Style, fact};
pub use finding::{Finding, Severity, render};
pub use library::{Paragraph, StatuteLibrary, StatuteText, check_statutes};
pub use load::load;
pub use mirror::{Given, Mirror, MirrorColumn, PARTY_PARTS};
pub use names::{Names, NamesOf};
pub use procedure::Bound;
pub use report::{OWN_WORD, Outline, OutlineSection, Quantities, SPAN_WORDS, Sentence, bound};
pub use source::Source;
pub use statutes::{Statute, StatuteKind, StatuteVersion, Statutes};
pub use tables::{FormCheck, FormLine, FormPart, FormTable};
pub use templates::Paper;
pub use terms_file::{Administers, Post, PostRole, Terms};
