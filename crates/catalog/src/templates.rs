//! Templates of documents: read once, and every name in them held against the line that issues the document.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use papers::{FlawKind, Template};
use procedure::{Document, Line};
use terms::Code;

use crate::facts::{fact, fact_names};
use crate::finding::{Findings, Spot, error, warning};
use crate::lower::Lower;
use crate::near::{meant, meant_or_list};
use crate::read::{self, missing};
use crate::source::Source;

/// A template as the ledger keeps it.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// The same, read.
    pub template: Template,
}

/// All templates, by line and name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Templates {
    papers: BTreeMap<(Code, Code), Arc<Paper>>,
    /// All that are there, those too that cannot be used.
    there: BTreeSet<(Code, Code)>,
}

fn path(line: &str, name: &str) -> Arc<str> {
    format!("documents/{line}/{name}.docx").into()
}

impl Templates {
    /// Reads every template.
    pub fn read(source: &Source, findings: &mut Findings<'_>) -> Templates {
        let mut all = Templates::default();
        for (file, bytes) in source.templates() {
            let spot = Spot { file: file.into(), span: 0..0 };
            let parts: Vec<&str> = file.trim_end_matches(".docx").split('/').collect();
            let ["documents", line, name] = parts.as_slice() else {
                let draft = error("D190", "a template has no place here");
                findings.add(&spot, draft.help("templates stand in documents/<line>/<name>.docx"));
                continue;
            };
            let key = (Code::from(*line), Code::from(*name));
            all.there.insert(key.clone());
            match Template::read(bytes) {
                Ok(template) => {
                    flaws(&spot.file, &template, findings);
                    all.papers.insert(key, Arc::new(Paper { bytes: bytes.clone(), template }));
                }
                Err(why) => {
                    let help = "save it anew from WPS or Word as a plain .docx, without macros and without links that are \
                                followed by themselves";
                    findings.add(&spot, error("D191", format!("the template cannot be used: {why}")).help(help));
                }
            }
        }
        all
    }

    pub fn get(&self, line: &str, name: &str) -> Option<&Arc<Paper>> {
        self.papers.get(&(line.into(), name.into()))
    }

    /// Says which templates no document is made from.
    pub fn unused(&self, lines: &[&Line], findings: &mut Findings<'_>) {
        for (code, name) in &self.there {
            let own = lines.iter().filter(|line| line.code == *code);
            let used: Vec<&Code> = own.flat_map(|line| &line.documents).map(|document| &document.template).collect();
            if !used.contains(&name) {
                let draft = warning("D192", format!("no document of line `{code}` is made from this template"));
                let help = meant_or_list(name, used.into_iter().map(Code::as_str));
                findings.add(&Spot { file: path(code, name), span: 0..0 }, draft.help_opt(help));
            }
        }
    }
}

/// A place in a template: findings see a template as a text with a paragraph on each line.
fn spot(file: &Arc<str>, template: &Template, paragraph: usize, at: &Range<usize>) -> Spot {
    let before: usize = template.lines().iter().take(paragraph).map(|line| line.len() + 1).sum();
    Spot { file: file.clone(), span: before + at.start..before + at.end }
}

fn flaws(file: &Arc<str>, template: &Template, findings: &mut Findings<'_>) {
    for flaw in template.flaws() {
        let (message, help) = match &flaw.kind {
            FlawKind::Unfinished => {
                ("`{{` without `}}` in this paragraph".to_owned(), "write `}}` after the name".to_owned())
            }
            FlawKind::Nameless => {
                ("`{{}}` names nothing".to_owned(), "write what stands here, as `{{文号}}`, or take it away".to_owned())
            }
            FlawKind::NeverEnds(name) => (
                format!("the part `{{{{#{name}}}}}` does not end"),
                format!(
                    "write `{{{{/{name}}}}}` in the same paragraph, or each in a paragraph of its own, in the same cell of \
                     a table"
                ),
            ),
            FlawKind::NeverBegan(name) => (
                format!("`{{{{/{name}}}}}` ends what did not begin last"),
                format!("write `{{{{#{name}}}}}` where the part begins; parts lie whole in one another"),
            ),
            FlawKind::NothingToTell => (
                "`{{.}}` stands outside of any part".to_owned(),
                "it means the one of several that `{{#…}}` tells".to_owned(),
            ),
        };
        findings.add(&spot(file, template, flaw.paragraph, &flaw.at), error("D193", message).help(help));
    }
}

impl Lower<'_, '_> {
    pub fn documents(&mut self) {
        for (entry, table) in self.elements("document") {
            self.note_spot("document", &entry);
            if table.get("on").is_none() {
                missing(&entry, "on", "on = [\"decide\"]", self.findings);
            }
            let word = read::text(&table, "template", self.findings);
            let document = Document {
                code: entry.key.as_str().into(),
                title: read::title(&entry, &table, self.findings),
                on: self.ids(&table, "on", "act", Line::act_id),
                template: word.as_ref().map_or(entry.key.as_str(), |word| word.text.as_str()).into(),
                series: self.optional_id(&table, "series", "series", Line::series_id),
                ground: self.ground(&entry, &table, "document", None),
            };
            let key = (self.line.code.clone(), document.template.clone());
            let templates = self.world.templates;
            match templates.papers.get(&key) {
                Some(paper) => names(&path(&key.0, &key.1), &paper.template, &self.line, &document, self.findings),
                // What cannot be used has been told.
                None if templates.there.contains(&key) => {}
                None => {
                    let spot = word.as_ref().map_or(&entry.spot, |word| &word.spot);
                    let draft = error("D194", format!("there is no template `{}` of this line", key.1));
                    let others =
                        templates.there.iter().filter(|(line, _)| *line == key.0).map(|(_, name)| name.as_str());
                    let help = meant_or_list(&key.1, others)
                        .unwrap_or_else(|| format!("put it at catalog/{}", path(&key.0, &key.1)));
                    self.findings.add(spot, draft.help(help));
                }
            }
            self.line.documents.push(document);
        }
    }
}

/// Every name in a template means something in the line.
fn names(file: &Arc<str>, template: &Template, line: &Line, document: &Document, findings: &mut Findings<'_>) {
    for place in template.places().iter().filter(|place| place.name != ".") {
        if fact(line, document, &place.name).is_some() {
            continue;
        }
        let draft = error("D195", format!("`{}` means nothing in {}", place.name, line.name()));
        let known = fact_names(line, document);
        let help = meant(&place.name, known.iter().map(String::as_str)).unwrap_or_else(|| {
            "write the title or the code of a field of the line, or one of the general names in docs/catalog.md"
                .to_owned()
        });
        findings.add(&spot(file, template, place.paragraph, &place.at), draft.help(help));
    }
}
