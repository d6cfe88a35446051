//! Sheets as people keep them: what a file of Excel or a csv holds, as a grid of cells, and the sheets that we make. What
//! the cells mean is nobody's business here.
//!
//! [`read`] takes a file for what its bytes are and not for what its name says, within [`Bounds`]; [`heads`] finds the row
//! or the two rows that name the columns. [`template`] makes an empty form, [`marked`] gives a grid back with verdicts,
//! [`Board`] is a table with merged cells, and [`Lines`] writes a list that may be longer than memory.

mod grid;
mod head;
mod read;
mod text;
mod write;
mod xls;
mod xlsx;

pub use grid::{Bounds, Cell, Grid, Row, Span, Unreadable, address, column_name};
pub use head::{HeadWrong, Heads, heads, plain};
pub use read::read;
pub use write::{
    Board, BoardCell, Column, FileKind, Holds, Lines, Mark, Template, Unwritable, lines, marked, template,
};
