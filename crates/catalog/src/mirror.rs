//! Mirrored lines: how the export of a system that authorities must use becomes the acts of a line.

use std::sync::Arc;

use procedure::{ActKind, FieldType, Line, Said};
use terms::Code;

use crate::finding::{Findings, Spot, error};
use crate::near::{meant, meant_or_list};
use crate::read;
use crate::report::items;
use crate::schema::keys;
use crate::tree::{Entry, Table, Tree};

/// How an export becomes acts.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// Code: the name of its file.
    pub code: Code,
    /// Title: the system and what it exports.
    pub title: Said,
    /// The line.
    pub line: Code,
    /// The field that keeps the system's own number.
    pub number: Code,
    /// Where the columns come from, and how they are read.
    pub note: Said,
    /// The columns of the export.
    pub columns: Vec<MirrorColumn>,
    /// What the system implies without a column for it.
    pub given: Vec<Given>,
}

/// A column of an export.
#[derive(Clone, Debug)]
pub struct MirrorColumn {
    /// Its title there.
    pub title: String,
    /// The act that it tells of; that which opens the record, if not said.
    pub act: Option<Code>,
    /// The field that it fills, a part of a party after a point (`applicant.number`); none: the day of the act.
    pub field: Option<Code>,
    /// What the system's words mean: its word, our choice.
    pub words: Vec<(String, Code)>,
    /// Known, and left out.
    pub ignored: bool,
}

/// What an act fills in that no column says.
#[derive(Clone, Debug)]
pub struct Given {
    /// The act.
    pub act: Code,
    /// The field.
    pub field: Code,
    /// The value, as it would stand in a cell.
    pub value: String,
    /// Why it may be said.
    pub why: Said,
}

/// The parts of a party that a column can hold.
pub const PARTY_PARTS: [&str; 4] = ["kind", "number", "phone", "address"];

/// Reads one mirror; `lines` are all versions of all lines.
pub(crate) fn read(code: Code, table: &Table, lines: &[Arc<Line>], findings: &mut Findings<'_>) -> Option<Mirror> {
    keys(table, &["mirror", "column", "given"], "", findings);
    let (entry, head) = (table.entry("mirror")?, table.table("mirror")?);
    keys(head, &["title", "line", "number", "note"], "mirror", findings);
    for (key, example) in [
        ("line", "line = \"reconsideration\""),
        ("number", "number = \"platform_number\""),
        ("note", "note = { zh = \"…\", en = \"…\" }"),
    ] {
        if head.get(key).is_none() {
            read::missing(entry, key, example, findings);
        }
    }
    let line = read::text(head, "line", findings)?;
    let versions: Vec<&Line> = lines.iter().map(AsRef::as_ref).filter(|one| one.code == line.text).collect();
    if versions.is_empty() {
        let draft = error("D192", format!("there is no line `{}`", line.text));
        findings.add(&line.spot, draft.help_opt(meant(&line.text, lines.iter().map(|line| line.code.as_str()))));
        return None;
    }
    let number = read::text(head, "number", findings)?;
    for version in &versions {
        let fits = |field: &procedure::Field| field.unique && field.kind == FieldType::Text;
        if !version.field_id(&number.text).is_some_and(|id| fits(version.field(id))) {
            let draft = error("D193", format!("`{}` is no unique text of {}", number.text, version.name()));
            findings.add(&number.spot, draft.help("the system's number finds the record again: declare the field with type = \"text\" and unique = true, in every version"));
        }
    }
    let known = Known { versions: &versions };
    let columns: Vec<MirrorColumn> =
        items(table, "column").iter().map(|(entry, inner)| column(entry, inner, &known, findings)).collect();
    let given: Vec<Given> =
        items(table, "given").iter().filter_map(|(entry, inner)| given(entry, inner, &known, findings)).collect();
    let mirror = Mirror {
        code,
        title: read::title(entry, head, findings),
        line: line.text.into(),
        number: number.text.into(),
        note: read::said(head, "note", findings).unwrap_or_default(),
        columns,
        given,
    };
    if !mirror.columns.iter().any(|column| column.field.as_ref() == Some(&mirror.number)) {
        findings.add(&number.spot, error("D193", format!("no column holds the number `{}`", mirror.number)));
    }
    complete(&mirror, &versions, &entry.spot, findings);
    Some(mirror)
}

struct Known<'a> {
    versions: &'a [&'a Line],
}

impl Known<'_> {
    fn act(&self, code: &str) -> bool {
        self.versions.iter().any(|line| line.act_id(code).is_some())
    }

    /// Whether some version's act fills the field; the opening act, where none is named.
    fn fills(&self, act: Option<&str>, field: &str) -> bool {
        let whole = field.split_once('.').map_or(field, |(whole, _)| whole);
        self.versions.iter().any(|line| {
            let id = line.field_id(whole);
            let acts = line.acts.iter().filter(|one| act.map_or(one.opens, |code| one.code == code));
            let part = field.split_once('.').is_none_or(|(_, part)| {
                PARTY_PARTS.contains(&part) && id.is_some_and(|id| line.field(id).kind == FieldType::Party)
            });
            let fills = |act: &procedure::Act, id| {
                let numbered = act.number.map(|series| line.series[series.index()].field);
                numbered == Some(id) || act.fills.iter().any(|(field, _)| *field == id)
            };
            part && id.is_some_and(|id| acts.into_iter().any(|act| fills(act, id)))
        })
    }

    fn choice(&self, field: &str, choice: &str) -> bool {
        let found = |line: &&&Line| {
            let id = line.field_id(field);
            id.is_some_and(|id| line.field(id).choice(choice).is_some())
        };
        self.versions.iter().any(|line| found(&line))
    }

    fn boolean(&self, field: &str) -> bool {
        self.versions.iter().any(|line| line.field_id(field).is_some_and(|id| line.field(id).kind == FieldType::Bool))
    }

    fn act_codes(&self) -> Vec<&str> {
        self.versions.iter().flat_map(|line| line.acts.iter().map(|act| act.code.as_str())).collect()
    }

    fn field_codes(&self) -> Vec<&str> {
        self.versions.iter().flat_map(|line| line.fields.iter().map(|field| field.code.as_str())).collect()
    }
}

fn act_of(table: &Table, known: &Known<'_>, findings: &mut Findings<'_>) -> Option<Code> {
    let word = read::text(table, "act", findings)?;
    if !known.act(&word.text) {
        let draft = error("D194", format!("the line has no act `{}`", word.text));
        findings.add(&word.spot, draft.help_opt(meant_or_list(&word.text, known.act_codes())));
    }
    Some(word.text.into())
}

fn field_of(table: &Table, act: Option<&Code>, known: &Known<'_>, findings: &mut Findings<'_>) -> Option<Code> {
    let word = read::text(table, "field", findings)?;
    if !known.fills(act.map(Code::as_str), &word.text) {
        let by = act.map_or_else(|| "the act that opens the record".to_owned(), |act| format!("`{act}`"));
        let draft = error("D194", format!("{by} does not fill in `{}`", word.text));
        findings.add(&word.spot, draft.help_opt(meant(&word.text, known.field_codes())));
    }
    Some(word.text.into())
}

fn column(entry: &Entry, table: &Table, known: &Known<'_>, findings: &mut Findings<'_>) -> MirrorColumn {
    keys(table, &["title", "act", "field", "words", "ignored"], "column", findings);
    let title = read::text(table, "title", findings).map(|word| word.text);
    if title.is_none() {
        read::missing(entry, "title", "title = \"案件编号\"", findings);
    }
    let act = act_of(table, known, findings);
    let field = field_of(table, act.as_ref(), known, findings);
    let ignored = read::flag(table, "ignored", findings).unwrap_or(false);
    if act.is_none() && field.is_none() && !ignored {
        let draft = error("D194", "this column says nothing");
        findings.add(
            &entry.spot,
            draft.help("name the act whose day it is, the field that it fills, or write ignored = true"),
        );
    }
    let mut words = Vec::new();
    for one in table.table("words").map(|words| words.entries.as_slice()).unwrap_or_default() {
        let Tree::Text(ours) = &one.node.value else {
            crate::schema::wrong_type(&one.node, &one.key, "the code of a choice in quotation marks", findings);
            continue;
        };
        let field = field.as_deref().unwrap_or_default();
        let kind = field.ends_with(".kind") && matches!(ours.as_str(), "person" | "organisation");
        let yes_or_no = known.boolean(field) && matches!(ours.as_str(), "yes" | "no");
        if !yes_or_no && !kind && !known.choice(field, ours) {
            findings.add(&one.node.spot, error("D195", format!("`{field}` has no choice `{ours}`")));
        }
        words.push((one.key.clone(), ours.into()));
    }
    MirrorColumn { title: title.unwrap_or_default(), act, field, words, ignored }
}

fn given(entry: &Entry, table: &Table, known: &Known<'_>, findings: &mut Findings<'_>) -> Option<Given> {
    keys(table, &["act", "field", "value", "why"], "given", findings);
    for (key, example) in [
        ("act", "act = \"accept\""),
        ("field", "field = \"major\""),
        ("value", "value = \"no\""),
        ("why", "why = { zh = \"…\", en = \"…\" }"),
    ] {
        if table.get(key).is_none() {
            read::missing(entry, key, example, findings);
        }
    }
    let act = act_of(table, known, findings)?;
    let field = field_of(table, Some(&act), known, findings)?;
    let value = read::text(table, "value", findings)?;
    let choices =
        known.versions.iter().any(|line| line.field_id(&field).is_some_and(|id| !line.field(id).choices().is_empty()));
    let words = value.text.split(',').map(str::trim);
    if let Some(wrong) = words.clone().find(|word| choices && !known.choice(&field, word)) {
        findings.add(&value.spot, error("D195", format!("`{field}` has no choice `{wrong}`")));
    }
    let why = read::said(table, "why", findings)?;
    Some(Given { act, field, value: value.text, why })
}

/// Whatever an act must fill in stands in a column, is given, or was filled in before: else no row could come in.
fn complete(mirror: &Mirror, versions: &[&Line], spot: &Spot, findings: &mut Findings<'_>) {
    for line in versions {
        let Some(opening) = opening(mirror, line) else { continue };
        let mut held = Vec::new();
        let told: Vec<&procedure::Act> = line
            .acts
            .iter()
            .filter(|act| act.code == opening.code || mirror.tells_of(&act.code) && !act.opens)
            .collect();
        for act in told {
            let numbered = act.number.map(|series| line.series[series.index()].field);
            let own = mirror.columns.iter().filter(|column| match &column.act {
                Some(code) => *code == act.code,
                None => act.code == opening.code,
            });
            let own: Vec<&str> = own.filter_map(|column| column.field.as_deref()).collect();
            for (id, must) in &act.fills {
                let code = &line.field(*id).code;
                let here = own.contains(&code.as_str())
                    || mirror.given.iter().any(|given| given.act == act.code && given.field == *code);
                if *must && !here && !held.contains(id) && Some(*id) != numbered {
                    let name = format!("`{}` of {} needs `{code}`", act.code, line.name());
                    let draft = error("D196", format!("{name}, which no column holds"));
                    findings.add(
                        spot,
                        draft.help("map a column to it, or say with [[given]] what the system implies, and why"),
                    );
                }
                if here {
                    held.push(*id);
                }
            }
        }
    }
}

/// The act by which a mirrored record is opened.
pub(crate) fn opening<'l>(mirror: &Mirror, line: &'l Line) -> Option<&'l procedure::Act> {
    let mut opening = line.acts.iter().filter(|act| act.opens && act.kind != ActKind::Deemed);
    let named = line.acts.iter().find(|act| act.opens && mirror.tells_of(&act.code));
    named.or_else(|| opening.next())
}

impl Mirror {
    /// Whether a column tells the day of an act.
    pub fn tells_of(&self, act: &str) -> bool {
        self.columns.iter().any(|column| column.field.is_none() && column.act.as_deref() == Some(act))
    }

    /// The act of a line by which a record of the system is opened.
    pub fn opens<'l>(&self, line: &'l Line) -> Option<&'l procedure::Act> {
        opening(self, line)
    }
}
