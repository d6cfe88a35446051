//! Overlays: what a place adds to a national line, and what it may not touch.

use terms::{Code, Date, Period, PlaceCode, Unit};

use crate::finding::{Findings, error};
use crate::near::meant_or_list;
use crate::read;
use crate::schema::GROUNDED;
use crate::tree::{Entry, Node, Table, Tree, merge};

/// The overlay of one place on one line.
#[derive(Clone, Debug)]
pub(crate) struct Overlay {
    pub place: PlaceCode,
    pub line: Code,
    pub from: Date,
    pub to: Option<Date>,
    pub table: Table,
}

impl Overlay {
    /// Whether it is in force on a day.
    pub fn holds(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// Sections to which a place may add elements of its own.
const ADDS: [&str; 8] = ["requires", "limit", "lookup", "field", "publish", "sees", "figure", "value"];

/// What a place may write into an element that is there.
const PATCHES: [(&str, &[&str]); 10] = [
    ("requires", &["adopted", "forbids", "instead"]),
    ("limit", &["adopted", "allow", "at_least"]),
    ("extend", &["adopted", "at_most", "times"]),
    ("act", &["adopted", "fills", "may_fill"]),
    ("value", &["is", "adopted"]),
    ("publish", &["adopted"]),
    ("sees", &["adopted"]),
    ("series", &["format"]),
    ("field", &["choices", "hint", "mask"]),
    ("figure", &["also"]),
];

/// Whatever a place may write beside: the instrument that it rests on.
const GROUNDS: [&str; 2] = ["law", "mark"];
/// A patch of these rests on the place's instrument.
const CONTENT: [&str; 5] = ["is", "allow", "at_least", "at_most", "times"];

/// Lays an overlay on a version. `elsewhere`: other versions of the line, which may have what this one has not.
pub(crate) fn apply(base: &Table, overlay: &Overlay, elsewhere: &[&Table], findings: &mut Findings<'_>) -> Table {
    let mut result = base.clone();
    let head = overlay.table.table("overlay").cloned().unwrap_or_default();
    let mut laid = Table::default();
    for section in &overlay.table.entries {
        let Tree::Table(elements) = &section.node.value else { continue };
        if section.key == "overlay" {
            continue;
        }
        let mut kept = Table::default();
        for element in &elements.entries {
            let Tree::Table(inner) = &element.node.value else { continue };
            let there = base.table(&section.key).and_then(|table| table.table(&element.key));
            let in_other =
                elsewhere.iter().any(|other| other.table(&section.key).and_then(|t| t.get(&element.key)).is_some());
            let made = match there {
                Some(old) => Some(patch(&section.key, element, old, inner, &head, findings)),
                None if in_other => None,
                None => addition(&section.key, element, inner, base, &head, findings),
            };
            kept.entries.extend(made.map(|table| with(element, table)));
        }
        if !kept.entries.is_empty() {
            let node = Node { spot: section.node.spot.clone(), value: Tree::Table(kept) };
            laid.entries.push(Entry { key: section.key.clone(), spot: section.spot.clone(), node });
        }
    }
    merge(&mut result, &laid);
    result
}

fn with(element: &Entry, table: Table) -> Entry {
    let node = Node { spot: element.node.spot.clone(), value: Tree::Table(table) };
    Entry { key: element.key.clone(), spot: element.spot.clone(), node }
}

/// Something of the place's own.
fn addition(
    section: &str,
    element: &Entry,
    inner: &Table,
    base: &Table,
    head: &Table,
    findings: &mut Findings<'_>,
) -> Option<Table> {
    if section == "fills" {
        return Some(inner.clone());
    }
    let loosens = base.table("limit").and_then(|table| table.table(&element.key)).is_some_and(may_loosen);
    let may_add = ADDS.contains(&section) || (section == "extend" && loosens);
    if !may_add {
        let known = base.table(section).map(|table| table.entries.iter().map(|entry| entry.key.as_str()));
        let help = known.and_then(|names| meant_or_list(&element.key, names));
        let draft = error("D170", format!("a place may not add {section} `{}`", element.key));
        findings.add(&element.spot, draft.help_opt(help).note(format!("it may add {}", ADDS.join(", "))));
        return None;
    }
    let mut made = inner.clone();
    if GROUNDED.contains(&section) {
        rest_on(&mut made, head);
    }
    Some(made)
}

/// Gives an element the instrument and the mark of the overlay, where it has none of its own.
fn rest_on(table: &mut Table, head: &Table) {
    if table.get("law").is_none() && table.get("reading").is_none() {
        table.entries.extend(head.entry("law").cloned());
    }
    if table.get("mark").is_none() {
        table.entries.extend(head.entry("mark").cloned());
    }
}

fn may_loosen(table: &Table) -> bool {
    table.text("local") == Some("may_loosen")
}

/// A change to something that is there: only what makes it stricter, or what the line leaves to the place.
fn patch(
    section: &str,
    element: &Entry,
    old: &Table,
    inner: &Table,
    head: &Table,
    findings: &mut Findings<'_>,
) -> Table {
    let allowed = PATCHES.iter().find(|(name, _)| *name == section).map_or(&[][..], |(_, keys)| keys);
    let mut made = Table::default();
    for entry in &inner.entries {
        let key = entry.key.as_str();
        if !may_loosen(old) && !allowed.contains(&key) && !GROUNDS.contains(&key) {
            let code = if key == "warns" && old.is("forbids") { "D171" } else { "D170" };
            let draft = error(code, format!("a place may not change `{key}` of {section} `{}`", element.key));
            let help = match section {
                "requires" => "add a rule of your own beside it".to_owned(),
                _ if allowed.is_empty() => format!("a place may not touch a {section} of the line"),
                _ => format!("it may write {}", allowed.join(", ")),
            };
            findings.add(&entry.spot, draft.help(help));
            continue;
        }
        if !may_loosen(old) {
            stricter(key, element, old, inner, entry, findings);
        }
        made.entries.push(match key {
            "fills" | "may_fill" => joined(old, entry),
            _ => entry.clone(),
        });
    }
    choices(element, old, inner, findings);
    if GROUNDED.contains(&section) && made.entries.iter().any(|entry| CONTENT.contains(&entry.key.as_str())) {
        let own = made.get("law").is_some();
        if !own {
            made.entries.extend(head.entry("law").cloned());
        }
        if made.get("mark").is_none() {
            made.entries.extend(head.entry("mark").cloned());
        }
    }
    made
}

/// The fields that an act fills already, and the place's.
fn joined(old: &Table, entry: &Entry) -> Entry {
    let mut items: Vec<Node> = old.get(&entry.key).map(|node| node.items().to_vec()).unwrap_or_default();
    items.extend(entry.node.items().iter().cloned());
    let node = Node { spot: entry.node.spot.clone(), value: Tree::List(items) };
    Entry { key: entry.key.clone(), spot: entry.spot.clone(), node }
}

/// A local choice counts as a national one, or national figures lose it.
fn choices(element: &Entry, old: &Table, inner: &Table, findings: &mut Findings<'_>) {
    for (choice, table) in inner.elements("choices") {
        let there = old.table("choices").and_then(|all| all.get(&choice.key)).is_some();
        if there {
            let draft = error("D170", format!("a place may not change choice `{}` of `{}`", choice.key, element.key));
            findings.add(&choice.spot, draft.help("add a choice of your own that counts as it"));
        } else if table.get("counts_as").is_none() {
            let draft = error("D173", format!("local choice `{}` counts as no choice of the line", choice.key));
            findings.add(&choice.spot, draft.help("write `counts_as = \"…\"`, so that national figures keep it"));
        }
    }
}

fn stricter(key: &str, element: &Entry, old: &Table, new: &Table, entry: &Entry, findings: &mut Findings<'_>) {
    let period = |table: &Table| table.text(key).and_then(|text| text.parse::<Period>().ok());
    let wrong = match key {
        "allow" | "at_most" if old.get(key).is_some() => period(old).zip(period(new)).and_then(|(old, new)| {
            (!at_most(new, old)).then(|| format!("`{}` allowed {old}, and a place may only shorten it", element.key))
        }),
        "at_least" if old.get(key).is_some() => period(old).zip(period(new)).and_then(|(old, new)| {
            (!at_most(old, new))
                .then(|| format!("`{}` takes at least {old}, and a place may only lengthen it", element.key))
        }),
        "allow" | "at_least" => Some(format!("`{}` is a limit of the other kind", element.key)),
        "times" => {
            let times = |table: &Table| match table.get("times").map(|node| &node.value) {
                Some(Tree::Int(times)) => Some(*times),
                _ => None,
            };
            times(old).zip(times(new)).filter(|(old, new)| new > old).map(|(old, _)| format!("only {old} times"))
        }
        "forbids" if !new.is("forbids") && old.is("forbids") => {
            Some(format!("rule `{}` forbids, and a place may not loosen it", element.key))
        }
        _ => None,
    };
    if let Some(wrong) = wrong {
        let draft = error("D171", wrong);
        findings.add(
            &entry.node.spot,
            draft.help(
                "a place may be stricter; where the law lets it be looser, the line says `local = \"may_loosen\"`",
            ),
        );
    }
}

/// Whether one period is surely not longer than another. Periods of different units have no order, but that as many
/// days are not longer than as many working days.
fn at_most(one: Period, other: Period) -> bool {
    let rank = |unit: Unit| match unit {
        Unit::Hours => 0,
        Unit::Days => 1,
        Unit::WorkingDays => 2,
        Unit::Months => 3,
        Unit::Years => 4,
    };
    let hours = |period: Period| if period.unit == Unit::Days { period.n * 24 } else { period.n };
    match (one.unit, other.unit) {
        (Unit::Hours | Unit::Days, Unit::Hours | Unit::Days) => hours(one) <= hours(other),
        (a, b) => rank(a) <= rank(b) && one.n <= other.n,
    }
}

/// Reads an overlay's head; `None` where it cannot be used.
pub(crate) fn read(place: PlaceCode, line: Code, table: Table, findings: &mut Findings<'_>) -> Option<Overlay> {
    let entry = table.entry("overlay")?.clone();
    let head = table.table("overlay")?.clone();
    read::title(&entry, &head, findings);
    if head.get("from").is_none() {
        read::missing(&entry, "from", "from = 2020-01-01", findings);
    }
    if head.get("law").is_none() {
        read::missing(&entry, "law", "law = \"青政办〔2015〕12号\"", findings);
    }
    let (from, to) = (read::date(&head, "from", findings), read::date(&head, "to", findings));
    Some(Overlay { place, line, from: from?, to, table })
}
