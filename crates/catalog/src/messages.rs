//! What acts do at other records, and what is done there does here: read from a line, and checked against the other.

use procedure::{Act, ActKind, Effect, Field, FieldId, FieldType, Hears, Line, Link, Recipient};
use terms::Code;

use crate::finding::{Findings, Spot, error};
use crate::lower::{Lower, Lowered, known};
use crate::near::meant_or_list;
use crate::read::{self, Word, missing};
use crate::schema::wrong_type;
use crate::tree::{Entry, Table, Tree};

/// The post under which a message is judged: another organ.
const AUTHORITY: &str = "authority";
/// The word for the record that opened ours.
const ORIGIN: &str = "origin";

/// The places of the words that concern another line.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageSpots {
    /// Of each effect: the act there, and the fields there.
    effects: Vec<(Spot, Vec<Spot>)>,
    /// Of each hearing: the link, the acts there, and the fields there.
    hears: Vec<(Spot, Vec<Spot>, Vec<Spot>)>,
}

/// `there = "here"`, with the places of both.
struct Filling {
    key: Word,
    from: Word,
}

impl Lower<'_, '_> {
    pub fn effects(&mut self) {
        for (entry, table) in self.elements("effect") {
            self.note_spot("effect", &entry);
            let examples = [
                ("on", "on = [\"forward\"]"),
                ("opens", "opens = \"petition\""),
                ("act", "act = \"take_over\""),
                ("to", "to = \"superior\", or an organ field"),
            ];
            if !self.whole(&entry, &table, &examples) {
                continue;
            }
            let Some(word) = read::text(&table, "opens", self.findings) else { continue };
            let opens = known(&word, "line", self.world.lines, "D104", self.findings);
            let Some(act) = read::text(&table, "act", self.findings) else { continue };
            let Some(to) = self.recipient(&table) else { continue };
            let fillings = self.fillings(&table);
            let mut fills = Vec::new();
            let mut spots = Vec::new();
            for Filling { key, from } in fillings {
                let Some(field) = self.id(&from, "field", Line::field_id) else { continue };
                fills.push((Code::from(key.text.as_str()), field));
                spots.push(key.spot);
            }
            let effect = Effect {
                code: entry.key.as_str().into(),
                title: read::title(&entry, &table, self.findings),
                on: self.ids(&table, "on", "act", Line::act_id),
                when: self.guard(&table, "when"),
                opens,
                act: act.text.as_str().into(),
                to,
                fills,
                ground: self.ground(&entry, &table, "effect", None),
            };
            self.line.effects.push(effect);
            self.out.messages.effects.push((act.spot, spots));
        }
    }

    pub fn hears(&mut self) {
        for (entry, table) in self.elements("hears") {
            self.note_spot("hears", &entry);
            let examples = [
                ("link", "link = \"forward\", an effect of this line, or \"origin\""),
                ("of", "of = [\"answer\"]"),
                ("does", "does = \"answer_arrived\""),
            ];
            if !self.whole(&entry, &table, &examples) {
                continue;
            }
            let Some((link, link_spot)) = self.link(&entry, &table) else { continue };
            let Some(does) = self.optional_id(&table, "does", "act", Line::act_id) else { continue };
            self.a_fact(&table, "does", self.line.act(does).kind);
            let of = read::list(&table, "of", self.findings);
            let fillings = self.fillings(&table);
            let mut fills: Vec<(FieldId, Code)> = Vec::new();
            let mut spots = Vec::new();
            for Filling { key, from } in fillings {
                let Some(field) = self.id(&key, "field", Line::field_id) else { continue };
                fills.push((field, from.text.as_str().into()));
                spots.push(from.spot);
            }
            let hears = Hears {
                code: entry.key.as_str().into(),
                title: read::title(&entry, &table, self.findings),
                link,
                of: of.iter().map(|word| word.text.as_str().into()).collect(),
                when: self.guard(&table, "when"),
                does,
                fills,
                ground: self.ground(&entry, &table, "hearing", None),
            };
            self.line.hears.push(hears);
            self.out.messages.hears.push((link_spot, of.into_iter().map(|word| word.spot).collect(), spots));
        }
    }

    fn whole(&mut self, entry: &Entry, table: &Table, examples: &[(&str, &str)]) -> bool {
        let lacking: Vec<_> = examples.iter().filter(|(key, _)| table.get(key).is_none()).collect();
        for (key, example) in &lacking {
            missing(entry, key, example, self.findings);
        }
        lacking.is_empty()
    }

    fn recipient(&mut self, table: &Table) -> Option<Recipient> {
        let word = read::text(table, "to", self.findings)?;
        match word.text.as_str() {
            "superior" => return Some(Recipient::Superior),
            "own" => return Some(Recipient::Own),
            text => {
                if let Some(lookup) = text.strip_prefix("holder:") {
                    let word = Word { text: lookup.to_owned(), spot: word.spot };
                    return self.id(&word, "lookup", Line::lookup_id).map(Recipient::Holder);
                }
            }
        }
        let field = self.id(&word, "field", Line::field_id)?;
        if self.line.field(field).kind != FieldType::Organ {
            let draft = error("D134", format!("`{}` names no organ", word.text));
            let help = "write `type = \"organ\"` in that field, or send it to \"superior\", \"own\" or \"holder:…\"";
            self.findings.add(&word.spot, draft.help(help));
        }
        Some(Recipient::Organ(field))
    }

    fn link(&mut self, entry: &Entry, table: &Table) -> Option<(Link, Spot)> {
        let word = read::text(table, "link", self.findings)?;
        if word.text == ORIGIN {
            if table.get("line").is_none() {
                missing(entry, "line", "line = \"petition\", whose record opened ours", self.findings);
            }
            let line = read::text(table, "line", self.findings)?;
            let code = known(&line, "line", self.world.lines, "D104", self.findings);
            return Some((Link::Origin(code), line.spot));
        }
        if let Some(line) = table.entry("line") {
            let draft = error("D134", "`line` belongs to `link = \"origin\"` alone");
            self.findings.add(&line.spot, draft.help("the line of an effect is the one that it opens"));
        }
        if self.line.effects.iter().all(|effect| effect.code != word.text) {
            let names = self.line.effects.iter().map(|effect| effect.code.as_str()).chain([ORIGIN]);
            let help = meant_or_list(&word.text, names);
            self.findings.add(&word.spot, error("D101", format!("there is no effect `{}`", word.text)).help_opt(help));
            return None;
        }
        Some((Link::Effect(word.text.as_str().into()), word.spot))
    }

    fn a_fact(&mut self, table: &Table, key: &str, kind: ActKind) {
        if kind != ActKind::Fact
            && let Some(node) = table.get(key)
        {
            let draft = error("D190", "a message brings facts; what is decided here is nobody else's act");
            self.findings.add(&node.spot, draft.help("write `kind = \"fact\"` in the act, or name one that is a fact"));
        }
    }

    fn fillings(&mut self, table: &Table) -> Vec<Filling> {
        let Some(node) = table.get("fills") else { return Vec::new() };
        let Tree::Table(inner) = &node.value else {
            wrong_type(node, "fills", "{ there = \"here\" }", self.findings);
            return Vec::new();
        };
        let inner = inner.clone();
        let filling = |entry: &Entry, findings: &mut Findings<'_>| {
            let from = read::text(&inner, &entry.key, findings)?;
            Some(Filling { key: Word { text: entry.key.clone(), spot: entry.spot.clone() }, from })
        };
        inner.entries.iter().filter_map(|entry| filling(entry, self.findings)).collect()
    }
}

/// Checks effects and hearings against the other line, as it stands where ours begins.
pub(crate) fn check<'a>(lowered: &Lowered, other: impl Fn(&Code) -> Option<&'a Line>, findings: &mut Findings<'_>) {
    let line = &lowered.line;
    for (effect, (act_spot, spots)) in line.effects.iter().zip(&lowered.messages.effects) {
        let Some(other) = other(&effect.opens) else { continue };
        let Some(act) = act_there(other, &effect.act, act_spot, findings) else { continue };
        if !act.opens || act.kind != ActKind::Fact || !act.by.iter().any(|post| post == AUTHORITY) {
            let draft = error("D191", format!("`{}` of line `{}` cannot be opened by a message", act.code, other.code));
            let help = format!("it needs `kind = \"fact\"`, `opens = true` and `{AUTHORITY}` among those who do it");
            findings.add(act_spot, draft.help(help));
        }
        for ((there, here), spot) in effect.fills.iter().zip(spots) {
            let Some(field) = field_there(other, there, spot, findings) else { continue };
            if act.fills.iter().all(|(id, _)| other.field(*id).code != *there) {
                let draft = error("D192", format!("`{}` of line `{}` does not fill `{there}`", act.code, other.code));
                findings.add(spot, draft.help("take it away, or let the act there fill it in"));
            }
            same_type(field, line.field(*here), spot, findings);
        }
        for (id, must) in &act.fills {
            let field = other.field(*id);
            if *must && effect.fills.iter().all(|(there, _)| *there != field.code) {
                let draft = error("D192", format!("`{}` must fill `{}` there", act.code, field.code));
                findings.add(act_spot, draft.help(format!("write `{} = \"…\"` in `fills`", field.code)));
            }
        }
    }
    for (hears, (link_spot, acts, spots)) in line.hears.iter().zip(&lowered.messages.hears) {
        let there = match &hears.link {
            Link::Origin(line) => line,
            Link::Effect(code) => match line.effects.iter().find(|effect| effect.code == *code) {
                Some(effect) => &effect.opens,
                None => continue,
            },
        };
        let Some(other) = other(there) else { continue };
        let opens_us = |effect: &Effect| effect.opens == line.code;
        if matches!(hears.link, Link::Origin(_)) && !other.effects.iter().any(opens_us) {
            let draft = error("D193", format!("no act of line `{}` opens a record of ours", other.code));
            findings.add(link_spot, draft.help("name the line whose effect opens this one"));
        }
        for (act, spot) in hears.of.iter().zip(acts) {
            act_there(other, act, spot, findings);
        }
        for ((here, there), spot) in hears.fills.iter().zip(spots) {
            let Some(field) = field_there(other, there, spot, findings) else { continue };
            same_type(line.field(*here), field, spot, findings);
        }
    }
}

fn act_there<'l>(other: &'l Line, act: &Code, spot: &Spot, findings: &mut Findings<'_>) -> Option<&'l Act> {
    let found = other.act_id(act).map(|id| other.act(id));
    if found.is_none() {
        let draft = error("D101", format!("line `{}` has no act `{act}`", other.code));
        let names = other.acts.iter().map(|act| act.code.as_str());
        findings.add(spot, draft.help_opt(meant_or_list(act, names)));
    }
    found
}

fn field_there<'l>(other: &'l Line, field: &Code, spot: &Spot, findings: &mut Findings<'_>) -> Option<&'l Field> {
    let found = other.field_id(field).map(|id| other.field(id));
    if found.is_none() {
        let draft = error("D101", format!("line `{}` has no field `{field}`", other.code));
        let names = other.fields.iter().map(|field| field.code.as_str());
        findings.add(spot, draft.help_opt(meant_or_list(field, names)));
    }
    found
}

/// What comes over must be of the type of the field that takes it, and every choice must be known there.
fn same_type(to: &Field, from: &Field, spot: &Spot, findings: &mut Findings<'_>) {
    let alike = std::mem::discriminant(&to.kind) == std::mem::discriminant(&from.kind);
    let known = from.choices().iter().all(|choice| to.choice(&choice.code).is_some());
    if !alike || !known {
        let what = if alike { "does not know every choice of" } else { "is of another type than" };
        let draft = error("D192", format!("`{}` {what} `{}`", to.code, from.code));
        findings.add(spot, draft.help("let both fields be of one type, with the same choices"));
    }
}
