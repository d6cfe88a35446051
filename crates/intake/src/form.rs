//! The empty sheet of a line, made of its columns.

use std::sync::Arc;

use procedure::{Field, FieldType, Language, Line};
use sheets::{Column as SheetColumn, Holds, Template};

use crate::columns::{Column, Columns, Part, Slot};
use crate::told::say;

/// The bytes of a line's empty sheet. `agencies` can be chosen for each row.
///
/// # Errors
/// Where it is more than a sheet can hold.
pub fn form(
    line: &Arc<Line>,
    columns: &Columns,
    agencies: &[String],
    language: Language,
) -> Result<Vec<u8>, sheets::Unwritable> {
    let t = |code: &str| say(language, code, &[]);
    let made = Form { line, agencies, language };
    sheets::template(&Template {
        sheets: [t("blank-sheet-rows"), t("blank-sheet-columns"), t("blank-sheet-choices")],
        explained: ["blank-column", "blank-code", "blank-must", "blank-holds", "blank-choices", "blank-hint"]
            .map(t)
            .to_vec(),
        lead: vec![
            say(language, "blank-lead", &[("line", line.title.get(language).to_owned())]),
            t("blank-lead-title"),
            t("blank-lead-number"),
        ],
        columns: columns.all.iter().map(|column| made.column(column)).collect(),
        not_listed: t("blank-not-listed"),
    })
}

struct Form<'a> {
    line: &'a Line,
    agencies: &'a [String],
    language: Language,
}

impl Form<'_> {
    fn t(&self, code: &str) -> String {
        say(self.language, code, &[])
    }

    fn column(&self, column: &Column) -> SheetColumn {
        let (holds, told, choices, only, hint) = match &column.slot {
            Slot::Day(_) => (Holds::Day, self.t("holds-day"), Vec::new(), false, String::new()),
            Slot::Agency => {
                (Holds::Text, self.t("holds-agency"), self.agencies.to_vec(), true, self.t("blank-agency-hint"))
            }
            Slot::Handler => (Holds::Text, self.t("holds-handler"), Vec::new(), false, String::new()),
            Slot::Field(_, code, part) => match self.line.field_id(code) {
                Some(id) => self.field(self.line.field(id), *part),
                None => (Holds::Text, self.t("holds-text"), Vec::new(), false, String::new()),
            },
        };
        let must = self.t(if column.must { "blank-yes" } else { "blank-no" });
        let title = column.title.get(self.language).to_owned();
        let note = [if column.must { self.t("blank-must-note") } else { String::new() }, told.clone(), hint.clone()];
        let note: Vec<String> = note.into_iter().filter(|part| !part.is_empty()).collect();
        let listed = wording::list(self.language, &choices);
        SheetColumn {
            explained: vec![title.clone(), column.code.clone(), must, told, listed, hint],
            title,
            note: note.join("\n"),
            holds,
            choices,
            only,
            must: column.must,
        }
    }

    /// What a field's column takes: kind, words for it, choices, whether only those, and its hint.
    fn field(&self, field: &Field, part: Part) -> (Holds, String, Vec<String>, bool, String) {
        let hint = field.hint.as_ref().map(|hint| hint.get(self.language).to_owned()).unwrap_or_default();
        let titles = || field.choices().iter().map(|choice| choice.title.get(self.language).to_owned()).collect();
        let plain = |holds, code: &str| (holds, self.t(code), Vec::new(), false, hint.clone());
        match part {
            Part::Kind => {
                let kinds = ["party-person", "party-organisation"].map(|code| self.t(code)).to_vec();
                return (Holds::Text, self.t("holds-choice"), kinds, true, self.t("blank-kind-hint"));
            }
            Part::Number => return plain(Holds::Text, "holds-party-number"),
            Part::Phone | Part::Address => return plain(Holds::Text, "holds-text"),
            Part::Whole => {}
        }
        match &field.kind {
            FieldType::Bool => {
                let both = ["yes", "no"].map(|code| self.t(code)).to_vec();
                (Holds::Text, self.t("holds-choice"), both, true, hint)
            }
            FieldType::Number(unit) => {
                let unit = unit.clone().unwrap_or_default();
                (Holds::Whole, say(self.language, "holds-number", &[("unit", unit)]), Vec::new(), false, hint)
            }
            FieldType::Money => plain(Holds::Money, "holds-money"),
            FieldType::Date => plain(Holds::Day, "holds-day"),
            FieldType::Moment => plain(Holds::Moment, "holds-moment"),
            FieldType::Text => plain(Holds::Text, "holds-text"),
            FieldType::Choice(_) => (Holds::Text, self.t("holds-choice"), titles(), true, hint),
            FieldType::Choices(_) => (Holds::Text, self.t("holds-choices"), titles(), false, hint),
            FieldType::Key(_) => plain(Holds::Text, "holds-key"),
            FieldType::Organ => plain(Holds::Text, "holds-organ"),
            FieldType::Period => plain(Holds::Text, "holds-period"),
            FieldType::Figures | FieldType::Questions => plain(Holds::Text, "holds-figures"),
            FieldType::Keys(_) => plain(Holds::Text, "holds-keys"),
            FieldType::Party => plain(Holds::Text, "holds-party"),
            FieldType::Link(_) => plain(Holds::Text, "holds-link"),
        }
    }
}
