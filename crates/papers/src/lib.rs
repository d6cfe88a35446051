//! Documents from templates that an agency opens in WPS or Word and changes without programming.
//!
//! A [`Template`] is a `.docx` with places such as `{{当事人}}` in its text. What stands for a place is asked of whoever
//! fills it in; this crate knows no line of business and no other crate. A text processor cuts the text of a paragraph
//! into runs as it likes: places are found in the paragraph's whole text, and each takes the look of its first letter.
//!
//! | in the text | meaning |
//! | --- | --- |
//! | `{{name}}` | what the name stands for; nothing at all is an error, never a blank |
//! | `{{#name}}` … `{{/name}}` | only where there is something; where there are several, once for each |
//! | `{{^name}}` … `{{/name}}` | only where there is nothing |
//! | `{{.}}` | inside `{{#name}}`: the one of several that is being told |
//!
//! Both marks of a part stand in one paragraph, or each in a paragraph of its own at the same level; then these go.
//!
//! The same template filled with the same facts gives the same bytes.

mod packed;
mod sheet;
mod template;
mod tree;
mod words;

pub use packed::NoTemplate;
pub use sheet::sheet;
pub use template::{Facts, Lack, Place, Template};
pub use words::{Flaw, FlawKind, Mark};
