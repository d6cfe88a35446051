//! A line of business as plain types, the records that live under it, and its guard expressions:
//! what the catalogue makes and the kernel runs. Knows no file format, no store and no clock.
//!
//! Within a [`Line`] everything is addressed by position ([`ActId`], [`FieldId`] ...), because the
//! kernel judges hundreds of thousands of acts a second; what is stored for ever uses codes.

mod article;
mod campaign;
mod check;
mod eval;
mod expr;
mod figure;
mod line;
mod message;
mod near;
mod parse;
mod record;
mod say;
mod sees;

pub use article::{Article, ArticleError, Ground, Mark, chinese};
pub use campaign::Campaign;
pub use check::compile;
pub use eval::{Answer, Facts, Truth};
pub use expr::{Compare, Expr, ExprError, Term};
pub use figure::{Bound, Chosen, Counted, Figure, FigureRule, Should};
pub use line::{
    Act, ActId, ActKind, Allow, Binds, Choice, Choices, Document, Extension, Field, FieldId, FieldType, General, Habit,
    Lapse, Limit, LimitId, Line, Lookup, LookupId, NamedValue, Pending, Publication, Rests, Rule, RuleId, Said, Second,
    Series, SeriesId, Severity, Stage, StageId, Start, Strictness, Track, TrackId, ValueId,
};
pub use message::{Effect, Hears, Link, Recipient};
pub use near::{meant, nearest};
pub use record::{Actor, Done, Mend, Proposal, Record, What};
pub use say::{Language, say_value};
pub use sees::{Above, Sees};
pub use terms::{Party, PartyKind, Value};
