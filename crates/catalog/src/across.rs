//! Checks of one line against another: a lookup asks for a key that is there, and for fields that are there.

use std::collections::BTreeMap;

use terms::Code;

use crate::finding::{Findings, error};
use crate::lower::{Lowered, report_guard};
use crate::near::meant_or_list;
use crate::tree::inside;

/// Checks the lookups of a line against the newest versions of the lines they ask.
pub(crate) fn lookups(lowered: &Lowered, newest: &BTreeMap<&Code, &Lowered>, findings: &mut Findings<'_>) {
    for (lookup, spots) in lowered.line.lookups.iter().zip(&lowered.lookups) {
        let Some(other) = newest.get(&lookup.line).map(|other| &other.line) else { continue };
        match other.field_id(&lookup.by).map(|id| other.field(id)) {
            None => {
                let draft = error("D101", format!("line `{}` has no field `{}`", lookup.line, lookup.by));
                let names = other.fields.iter().map(|field| field.code.as_str());
                findings.add(&spots.by, draft.help_opt(meant_or_list(&lookup.by, names)));
            }
            Some(field) if !field.key => {
                let draft = error("D131", format!("`{}` of line `{}` cannot be found by", lookup.by, lookup.line));
                let help = format!("write `find = true` in `[field.{}]` of that line", lookup.by);
                findings.add(&spots.by, draft.help(help));
            }
            Some(_) => {}
        }
        if let Some(word) = &spots.is
            && let Err(errors) = procedure::compile(&word.text, other, Some(&lowered.line))
        {
            report_guard(word, errors, findings);
        }
        answers(lowered, &lookup.code, other, findings);
    }
}

/// `lookup.field` in a guard asks for a field of the other line.
fn answers(lowered: &Lowered, lookup: &Code, other: &procedure::Line, findings: &mut Findings<'_>) {
    for word in &lowered.guards {
        for (at, part) in parts(&word.text, lookup) {
            if other.field_id(part).is_some() {
                continue;
            }
            let text = findings.source.text(&word.spot.file).unwrap_or_default();
            let spot = inside(text, &word.spot, &(at..at + part.len()));
            let draft = error("D101", format!("line `{}` has no field `{part}`", other.code));
            let names = other.fields.iter().map(|field| field.code.as_str());
            findings.add(&spot, draft.help_opt(meant_or_list(part, names)));
        }
    }
}

/// The names after `code.` in a guard, and where they stand; quoted text aside.
fn parts<'a>(text: &'a str, code: &str) -> Vec<(usize, &'a str)> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = format!("{code}.");
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&start) {
        let quoted = text[..at].matches('"').count() % 2 == 1;
        let begins = !text[..at].ends_with(|c: char| word(c) || c == '.');
        let part_at = at + start.len();
        let end = text[part_at..].find(|c: char| !word(c)).map_or(text.len(), |end| part_at + end);
        if !quoted && begins && end > part_at {
            found.push((part_at, &text[part_at..end]));
        }
    }
    found
}
