//! What goes to the screen: text whole, tables that know how wide a Chinese character is.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::failure::Failure;

/// Writes to the screen; a reader that has gone away (`fazhi … | head`) is no failure.
pub fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("the output cannot be written: {error}"), "free some room where it is sent to"))
        }
        _ => Ok(()),
    }
}

/// Writes to standard error; there is nobody to tell where that fails.
pub fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A table for people.
pub fn table(heads: &[&str], rows: Vec<Vec<String>>, right: &[usize]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(heads.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    for index in right {
        if let Some(column) = table.column_mut(*index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let text: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    text.join("\n") + "\n"
}

/// Tab-separated values: a row of names, then the rows.
pub fn tsv(heads: &[&str], rows: &[Vec<String>]) -> String {
    let flat = |cell: &String| cell.replace(['\t', '\n', '\r'], " ");
    let mut text = heads.join("\t") + "\n";
    for row in rows {
        text.push_str(&row.iter().map(flat).collect::<Vec<_>>().join("\t"));
        text.push('\n');
    }
    text
}
