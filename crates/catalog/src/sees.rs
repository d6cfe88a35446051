//! `[sees.*]`: who sees records of a line at all.

use procedure::{Above, FieldType, Line, Sees};
use terms::Code;

use crate::finding::error;
use crate::lower::Lower;
use crate::read;
use crate::terms_file::PostRole;
use crate::tree::Table;

/// What a superior government sees, as a file names it.
pub(crate) const ABOVE: [(&str, Above); 3] =
    [("figures", Above::Figures), ("reason", Above::Reason), ("records", Above::Records)];

impl Lower<'_, '_> {
    pub fn sees(&mut self) {
        for (entry, table) in self.elements("sees") {
            let narrows = ["only", "hidden_from", "personal", "above"];
            if narrows.iter().all(|key| table.get(key).is_none()) {
                let draft = error("D139", format!("sees `{}` narrows nothing", entry.key));
                self.findings.add(&entry.spot, draft.help(format!("write one of {}", narrows.join(", "))));
            }
            let when = self.guard(&table, "when");
            if when.as_ref().is_some_and(procedure::Expr::of_the_moment)
                && let Some(node) = table.get("when")
            {
                let draft =
                    error("D142", "who sees a record hangs on it as it stands, not on the day, the actor or a lookup");
                let help = "keep the answer in a field when the act is done, and ask the field";
                self.findings.add(&node.spot, draft.help(help));
            }
            let hidden_from = self.names_somebody(&table);
            let sees = Sees {
                code: entry.key.as_str().into(),
                when,
                only: self.agency_posts(&table, "only"),
                hidden_from,
                personal: self.agency_posts(&table, "personal"),
                above: read::one_of(&table, "above", &ABOVE, self.findings),
                ground: self.ground(&entry, &table, "sees", None),
            };
            self.line.sees.push(sees);
        }
    }

    /// Posts that an account can hold and that do business.
    fn agency_posts(&mut self, table: &Table, key: &str) -> Vec<Code> {
        let posts = self.posts(table, key);
        for word in read::list(table, key, self.findings) {
            let role = self.world.terms.post(&word.text).map(|post| post.role);
            if role.is_some_and(|role| role != PostRole::Post) {
                let draft = error("D102", format!("`{}` is no post of an agency", word.text));
                self.findings.add(&word.spot, draft.help("whoever signs in sees by the posts of an account"));
            }
        }
        posts
    }

    fn names_somebody(&mut self, table: &Table) -> Vec<procedure::FieldId> {
        let mut fields = Vec::new();
        for word in read::list(table, "hidden_from", self.findings) {
            let Some(field) = self.id(&word, "field", Line::field_id) else { continue };
            let kind = &self.line.field(field).kind;
            if !matches!(kind, FieldType::Text | FieldType::Party | FieldType::Key(_) | FieldType::Keys(_)) {
                let draft = error("D134", format!("`{}` names nobody", word.text));
                self.findings.add(&word.spot, draft.help("name a field of type text, party, key or keys"));
            }
            fields.push(field);
        }
        fields
    }
}
