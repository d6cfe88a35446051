//! Figures as tab-separated values and as JSON.

use std::fmt::Write as _;

use crate::Figure;

/// The columns, in order.
pub const COLUMNS: &str = "report\tline\tquote\tsubject\tvalue\tunit\tqualifier\tchange";

/// A table with a header row; fields are not quoted, tabs and line ends in them become blanks.
pub fn to_tsv(figures: &[Figure]) -> String {
    let mut out = String::with_capacity(64 + figures.len() * 96);
    out.push_str(COLUMNS);
    out.push('\n');
    for figure in figures {
        let fields = [
            flat(&figure.report),
            figure.line.to_string(),
            flat(&figure.quote),
            flat(&figure.subject),
            figure.value.to_string(),
            flat(&figure.unit),
            figure.qualifier.name().to_owned(),
            figure.change.name().to_owned(),
        ];
        out.push_str(&fields.join("\t"));
        out.push('\n');
    }
    out
}

fn flat(field: &str) -> String {
    field.replace(['\t', '\n', '\r'], " ")
}

/// A JSON array with one object a figure; values are strings, so that no reader rounds them.
pub fn to_json(figures: &[Figure]) -> String {
    let mut out = String::from("[");
    for (index, figure) in figures.iter().enumerate() {
        out.push_str(if index == 0 { "\n  {" } else { ",\n  {" });
        let numbers = format!("\"line\": {}, \"column\": {}, ", figure.line, figure.column);
        let value = figure.value.to_string();
        let texts = [
            ("report", figure.report.as_str()),
            ("quote", &figure.quote),
            ("subject", &figure.subject),
            ("value", &value),
            ("unit", &figure.unit),
            ("qualifier", figure.qualifier.name()),
            ("change", figure.change.name()),
        ];
        for (place, (name, text)) in texts.iter().enumerate() {
            out.push_str(if place == 0 { "" } else { ", " });
            string(&mut out, name);
            out.push_str(": ");
            string(&mut out, text);
            if place == 0 {
                out.push_str(", ");
                out.push_str(numbers.trim_end_matches(", "));
            }
        }
        out.push('}');
    }
    out.push_str(if figures.is_empty() { "]\n" } else { "\n]\n" });
    out
}

/// Writes a JSON string.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            sign if (sign as u32) < 0x20 => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", sign as u32);
            }
            sign => out.push(sign),
        }
    }
    out.push('"');
}
