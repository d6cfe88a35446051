//! Folder -> catalogue: every file read, versions merged, general files attached, overlays laid on, all checks run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use procedure::{Line, Mark};
use terms::{Code, Date, PlaceCode, Regions};

use crate::catalog::{Catalog, OverlayDays, in_force, label};
use crate::finding::{Finding, Findings, Spot, error, warning};
use crate::lower::{Cited, Lowered, World, lower};
use crate::near::meant_or_list;
use crate::overlay::{self, Overlay};
use crate::schema::{self, Document, GROUNDED};
use crate::templates::Templates;
use crate::tree::{Entry, Node, Table, Tree, merge, parse};
use crate::{Source, across, checks, figures, messages, mirror, names, places, report, statutes, tables, terms_file};

/// The files of a catalogue by what they are.
#[derive(Default)]
struct Files {
    lines: BTreeMap<Code, BTreeMap<String, Table>>,
    general: Vec<(Arc<str>, Table)>,
    local: Vec<(PlaceCode, Code, Arc<str>, Table)>,
    calendars: Vec<(Arc<str>, Table)>,
    regions: Vec<(Arc<str>, Table)>,
    reports: Vec<(Code, Arc<str>, Table)>,
    tables: Vec<(Code, Table)>,
    checks: Vec<Table>,
    mirrors: Vec<(Code, Table)>,
    statutes: Table,
    terms: Table,
    names: Table,
}

/// One national version: its merged tree, and what it lowers to.
struct Version {
    name: String,
    tree: Table,
    lowered: Lowered,
}

/// Reads a catalogue. Never stops at the first mistake; there is no catalogue while an error stands.
pub fn load(source: &Source) -> (Option<Catalog>, Vec<Finding>) {
    let mut findings = Findings::new(source);
    let files = sort(source, &mut findings);
    let statutes = statutes::read(&files.statutes, &mut findings);
    let terms = terms_file::read(&files.terms, &mut findings);
    let calendar = places::calendar(&files.calendars, &mut findings);
    let regions = places::regions(&files.regions, &mut findings);
    let codes: Vec<Code> = files.lines.keys().cloned().collect();
    let templates = Templates::read(source, &mut findings);
    let world = World { statutes: &statutes, terms: &terms, lines: &codes, templates: &templates };

    let mut versions: BTreeMap<Code, Vec<Version>> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for (code, texts) in &files.lines {
        versions.insert(code.clone(), national(code, texts, &files.general, &world, &mut used, &mut findings));
    }
    for (index, (_, table)) in files.general.iter().enumerate() {
        if !used.contains(&index)
            && let Some(entry) = table.entry("general")
        {
            findings.add(&entry.spot, warning("D160", "no line is of the kind that this file applies to"));
        }
    }
    let overlays = overlays(&files, &codes, regions.as_ref(), &mut findings);
    let local = match &regions {
        Some(regions) => resolve(&versions, &overlays, regions, &world, &mut findings),
        None => HashMap::new(),
    };
    templates
        .unused(&versions.values().flatten().map(|version| &version.lowered.line).collect::<Vec<_>>(), &mut findings);
    let known = cross_check(&versions, &local, &mut findings);
    let mut read_table = |(code, table): &(Code, Table)| tables::read(code.clone(), table, &known, &mut findings);
    let tables = files.tables.iter().filter_map(&mut read_table).collect();
    let lowered = versions.values().flatten().map(|version| &version.lowered.line);
    let lines: Vec<&Line> = lowered.chain(local.values().map(|lowered| &lowered.line)).collect();
    let checks = checks::read(&files.checks, &lines, &known, &mut findings);
    let names = names::read(&files.names, &codes, &known, &mut findings);
    let all: Vec<Arc<procedure::Line>> =
        versions.values().flatten().map(|version| Arc::new(version.lowered.line.clone())).collect();
    let reports = files
        .reports
        .iter()
        .filter_map(|(code, _, table)| report::read(code.clone(), table, &known, &all, &mut findings))
        .collect();
    let mut read_mirror = |(code, table): &(Code, Table)| mirror::read(code.clone(), table, &all, &mut findings);
    let mirrors = files.mirrors.iter().filter_map(&mut read_mirror).collect();
    let errors = findings.errors();
    let found = findings.finish();
    let (Some(calendar), Some(regions), 0) = (calendar, regions, errors) else { return (None, found) };
    let (cited, marks) = grounds(&versions, &local);
    let days = |o: Overlay| OverlayDays { line: o.line, place: o.place, from: o.from, to: o.to };
    let catalog = Catalog {
        calendar: Arc::new(calendar),
        regions,
        statutes,
        terms,
        names,
        reports,
        tables,
        checks,
        mirrors,
        lines: versions
            .into_iter()
            .map(|(code, all)| (code, all.into_iter().map(|v| Arc::new(v.lowered.line)).collect()))
            .collect(),
        resolved: local.into_iter().map(|(name, lowered)| (name, Arc::new(lowered.line))).collect(),
        overlays: overlays.into_iter().map(days).collect(),
        cited,
        marks,
        templates,
        source: source.clone(),
    };
    (Some(catalog), found)
}

fn sort(source: &Source, findings: &mut Findings<'_>) -> Files {
    let mut files = Files::default();
    for (path, text) in source.files() {
        let file: Arc<str> = path.into();
        let parts: Vec<&str> = path.trim_end_matches(".toml").split('/').collect();
        if parts.first() == Some(&"drafts") {
            continue;
        }
        let table = parse(&file, text, findings);
        match parts.as_slice() {
            ["lines", line, version] => {
                head(Document::Line, &file, &table, findings);
                files.lines.entry((*line).into()).or_default().insert((*version).to_owned(), marked(table));
            }
            ["general", _] => {
                head(Document::General, &file, &table, findings);
                files.general.push((file, general(table)));
            }
            ["local", place, line] => {
                head(Document::Overlay, &file, &table, findings);
                match place.parse() {
                    Ok(place) => files.local.push((place, (*line).into(), file, table)),
                    Err(why) => findings.add(&Spot { file, span: 0..0 }, error("D172", format!("{why}"))),
                }
            }
            ["sector", _, _] => head(Document::Overlay, &file, &table, findings),
            ["calendars", _] => files.calendars.push((file, table)),
            ["regions", _] => files.regions.push((file, table)),
            ["reports", "tables", name] => {
                files.tables.push(((*name).into(), beginning(&file, table, "table", findings)))
            }
            ["reports", "checks", _] => files.checks.push(table),
            ["mirrors", name] => files.mirrors.push(((*name).into(), beginning(&file, table, "mirror", findings))),
            ["reports", name] => files.reports.push(((*name).into(), file, table)),
            ["statutes"] => files.statutes = table,
            ["terms"] => files.terms = table,
            ["names"] => files.names = table,
            _ => {
                let draft = error("D006", "this file has no place in a catalogue");
                let help = "lines stand in lines/<line>/<version>.toml, general rules in general/, overlays in \
                            local/<place>/<line>.toml, what is not to be loaded in drafts/";
                findings.add(&Spot { file, span: 0..0 }, draft.help(help));
            }
        }
    }
    files
}

/// A file that has to begin with a head of its own.
fn beginning(file: &Arc<str>, table: Table, head: &str, findings: &mut Findings<'_>) -> Table {
    if table.table(head).is_none() {
        let draft = error("D004", format!("the file has no `[{head}]`"));
        findings.add(&Spot { file: file.clone(), span: 0..0 }, draft.help(format!("begin it with `[{head}]`")));
    }
    table
}

/// Checks the keys of a file that holds pieces of a line, and that it has its head.
fn head(document: Document, file: &Arc<str>, table: &Table, findings: &mut Findings<'_>) {
    schema::check(document, table, findings);
    if table.table(document.head()).is_none() {
        let draft = error("D004", format!("the file has no `[{}]`", document.head()));
        findings.add(
            &Spot { file: file.clone(), span: 0..0 },
            draft.help(format!("begin it with `[{}]`", document.head())),
        );
    }
}

/// Gives every rule of a file the file's mark, so that it keeps it through merging.
fn marked(mut table: Table) -> Table {
    let Some(mark) = table.table("line").and_then(|head| head.entry("mark")).cloned() else { return table };
    each_grounded(&mut table, |inner| {
        if inner.get("mark").is_none() {
            inner.entries.push(mark.clone());
        }
    });
    table
}

/// Gives every rule of a general file the file's law and mark, where it has none of its own.
fn general(mut table: Table) -> Table {
    let head = table.table("general").cloned().unwrap_or_default();
    each_grounded(&mut table, |inner| {
        if inner.get("law").is_none() && inner.get("reading").is_none() {
            inner.entries.extend(head.entry("law").cloned());
        }
        if inner.get("mark").is_none() {
            inner.entries.extend(head.entry("mark").cloned());
        }
    });
    table
}

fn each_grounded(table: &mut Table, mut change: impl FnMut(&mut Table)) {
    for section in GROUNDED {
        let Some(Tree::Table(elements)) = table.get_mut(section).map(|node| &mut node.value) else { continue };
        for entry in &mut elements.entries {
            if let Tree::Table(inner) = &mut entry.node.value {
                change(inner);
            }
        }
    }
}

/// The national versions of a line, oldest first.
fn national(
    code: &Code,
    texts: &BTreeMap<String, Table>,
    general: &[(Arc<str>, Table)],
    world: &World<'_>,
    used: &mut BTreeSet<usize>,
    findings: &mut Findings<'_>,
) -> Vec<Version> {
    let mut versions = Vec::new();
    for name in texts.keys() {
        let Some(mut tree) = inherit(name, texts, &mut Vec::new(), findings) else { continue };
        let own = tree.clone();
        for (index, (_, table)) in general.iter().enumerate() {
            if applies(table, &own, world, findings) {
                used.insert(index);
                attach(&mut tree, table);
            }
        }
        if let Some(lowered) = lower(code, name, &tree, world, findings) {
            versions.push(Version { name: name.clone(), tree, lowered });
        }
    }
    versions.sort_by_key(|version| version.lowered.line.from);
    follow(&versions, findings);
    versions
}

/// Versions of a line follow each other without sharing a day.
fn follow(versions: &[Version], findings: &mut Findings<'_>) {
    for pair in versions.windows(2) {
        let (old, new) = (&pair[0].lowered.line, &pair[1].lowered.line);
        let Some(entry) = pair[1].tree.table("line").and_then(|head| head.entry("from")) else { continue };
        match old.to {
            _ if old.from == new.from => {
                let draft =
                    error("D150", format!("versions {} and {} begin on the same day", old.version, new.version));
                findings.add(&entry.node.spot, draft.help("a version is told by the day from which it is in force"));
            }
            Some(to) if to >= new.from => {
                let draft = error(
                    "D150",
                    format!("versions {} and {} are both in force on {}", old.version, new.version, new.from),
                );
                findings.add(&entry.node.spot, draft.help(format!("version {} lasts until {to}", old.version)));
            }
            Some(to) if to.tomorrow().is_ok_and(|next| next < new.from) => {
                let draft = warning("D151", format!("no version is in force between {to} and {}", new.from));
                findings
                    .add(&entry.node.spot, draft.help("say so in a comment if the law left a gap, or correct a date"));
            }
            _ => {}
        }
    }
}

/// A version with what it starts from.
fn inherit(
    name: &str,
    texts: &BTreeMap<String, Table>,
    above: &mut Vec<String>,
    findings: &mut Findings<'_>,
) -> Option<Table> {
    let own = texts.get(name)?;
    let head = own.table("line")?;
    let Some(extends) = head.get("extends") else {
        if let Some(entry) = head.entry("removes") {
            findings.add(&entry.spot, error("D153", "`removes` stands only beside `extends`"));
        }
        return Some(own.clone());
    };
    let Some(base_name) = head.text("extends") else {
        schema::wrong_type(extends, "extends", "the name of a version in quotation marks", findings);
        return None;
    };
    above.push(name.to_owned());
    if above.iter().any(|version| version == base_name) {
        findings.add(&extends.spot, error("D152", format!("version `{name}` starts from itself")));
        return None;
    }
    if !texts.contains_key(base_name) {
        let draft = error("D152", format!("there is no version `{base_name}` of this line"));
        findings.add(&extends.spot, draft.help_opt(meant_or_list(base_name, texts.keys().map(String::as_str))));
        return None;
    }
    let mut base = inherit(base_name, texts, above, findings)?;
    if let Some(Tree::Table(head)) = base.get_mut("line").map(|node| &mut node.value) {
        for key in ["from", "to", "extends", "removes", "pending"] {
            head.remove(key);
        }
    }
    for item in head.get("removes").map(|node| node.items()).unwrap_or_default() {
        if let Tree::Text(path) = &item.value
            && !base.remove_path(path)
        {
            let draft = error("D153", format!("version `{base_name}` has no `{path}` to remove"));
            let names = base.entries.iter().flat_map(|section| {
                base.table(&section.key)
                    .into_iter()
                    .flat_map(|table| &table.entries)
                    .map(|e| format!("{}.{}", section.key, e.key))
            });
            let names: Vec<String> = names.collect();
            findings.add(&item.spot, draft.help_opt(crate::near::meant(path, names.iter().map(String::as_str))));
        }
    }
    merge(&mut base, own);
    Some(base)
}

/// Whether a general file attaches itself to a line.
fn applies(general: &Table, line: &Table, world: &World<'_>, findings: &mut Findings<'_>) -> bool {
    let Some(head) = general.table("general") else { return false };
    let Some(node) = head.get("applies") else {
        if let Some(entry) = general.entry("general") {
            crate::read::missing(entry, "applies", "applies = \"power\"", findings);
        }
        return false;
    };
    let one = |selector: &str, findings: &mut Findings<'_>| match selector {
        "all" => true,
        "power" => line.table("line").is_some_and(|head| head.get("power").is_some()),
        "limits" => line.elements("limit").any(|(_, limit)| binds_agency(limit)),
        "case" | "register" | "journal" => line.table("line").and_then(|head| head.text("habit")) == Some(selector),
        _ => match selector.split_once(':') {
            Some(("kind", kind)) if world.terms.kinds().iter().any(|known| known == kind) => has_kind(line, kind),
            _ => {
                let draft = error("D161", format!("`{selector}` selects no lines"));
                let help = "write power, limits, case, register, journal, all, or kind: and a kind of act in `catalog/terms.toml`";
                findings.add(&node.spot, draft.help(help));
                false
            }
        },
    };
    let mut any = false;
    for item in node.items() {
        if let Tree::Text(selector) = &item.value {
            any |= one(selector, findings);
        }
    }
    any
}

/// A limit that the agency can miss.
fn binds_agency(limit: &Table) -> bool {
    limit.get("at_least").is_none() && limit.text("binds").is_none_or(|binds| binds == "agency")
}

fn has_kind(line: &Table, kind: &str) -> bool {
    line.elements("act").any(|(_, act)| {
        let kinds = act.get("kinds").map(|node| node.items()).unwrap_or_default();
        kinds.iter().any(|item| matches!(&item.value, Tree::Text(text) if text == kind))
    })
}

/// Adds what a general file declares; where the line declares the same name, the line's own wins.
fn attach(line: &mut Table, general: &Table) {
    for section in general.entries.iter().filter(|section| section.key != "general") {
        let Tree::Table(elements) = &section.node.value else { continue };
        if line.get(&section.key).is_none() {
            let node = Node { spot: section.node.spot.clone(), value: Tree::Table(Table::default()) };
            line.entries.push(Entry { key: section.key.clone(), spot: section.spot.clone(), node });
        }
        let Some(Tree::Table(own)) = line.get_mut(&section.key).map(|node| &mut node.value) else { continue };
        for element in &elements.entries {
            // Two general files may name what they fill alike: both fill.
            if section.key == "fills" || own.get(&element.key).is_none() {
                own.entries.push(element.clone());
            }
        }
    }
}

fn overlays(files: &Files, codes: &[Code], regions: Option<&Regions>, findings: &mut Findings<'_>) -> Vec<Overlay> {
    let mut found = Vec::new();
    for (place, line, file, table) in &files.local {
        let spot = table.entry("overlay").map_or(Spot { file: file.clone(), span: 0..0 }, |entry| entry.spot.clone());
        if !codes.contains(line) {
            let draft = error("D172", format!("there is no line `{line}` to lay this on"));
            findings.add(&spot, draft.help_opt(meant_or_list(line, codes.iter().map(Code::as_str))));
            continue;
        }
        if regions.is_some_and(|regions| regions.all().iter().all(|region| region.code != *place)) {
            let draft = error("D172", format!("there is no place {place}"));
            findings.add(&spot, draft.help("add it to `catalog/regions`, or correct the folder's name"));
            continue;
        }
        found.extend(overlay::read(place.clone(), line.clone(), table.clone(), findings));
    }
    found
}

type Local = HashMap<(Code, Code), Lowered>;

/// Every version with overlays on it that any government works under on any day.
fn resolve(
    versions: &BTreeMap<Code, Vec<Version>>,
    overlays: &[Overlay],
    regions: &Regions,
    world: &World<'_>,
    findings: &mut Findings<'_>,
) -> Local {
    let mut made = Local::new();
    for overlay in overlays {
        let all = versions.get(&overlay.line).map(Vec::as_slice).unwrap_or_default();
        let mut used = false;
        for day in days(all, overlays, regions) {
            let Some(version) = in_force(all, day, |v| (v.lowered.line.from, v.lowered.line.to)) else { continue };
            let laid: Vec<&Overlay> = regions
                .path(&overlay.place, day)
                .into_iter()
                .flat_map(|region| {
                    overlays.iter().filter(|o| o.line == overlay.line && o.place == region.code && o.holds(day))
                })
                .collect();
            used |= overlay.holds(day) && laid.iter().any(|other| other.place == overlay.place);
            let places: Vec<PlaceCode> = laid.iter().map(|overlay| overlay.place.clone()).collect();
            let name = label(&version.name, &places);
            if laid.is_empty() || made.contains_key(&(overlay.line.clone(), name.clone())) {
                continue;
            }
            let elsewhere: Vec<&Table> = all.iter().map(|version| &version.tree).collect();
            let tree = laid.iter().fold(version.tree.clone(), |tree, o| overlay::apply(&tree, o, &elsewhere, findings));
            if let Some(lowered) = lower(&overlay.line, &name, &tree, world, findings) {
                made.insert((overlay.line.clone(), name), lowered);
            }
        }
        if !used && let Some(entry) = overlay.table.entry("overlay") {
            findings
                .add(&entry.spot, warning("D174", "no version of the line is in force in the days of this overlay"));
        }
    }
    made
}

/// The days on which a version, an overlay or a division begins, or has just ended.
fn days(versions: &[Version], overlays: &[Overlay], regions: &Regions) -> BTreeSet<Date> {
    let mut days = BTreeSet::new();
    let mut span = |from: Option<Date>, to: Option<Date>| {
        days.extend(from);
        days.extend(to.and_then(|to| to.tomorrow().ok()));
    };
    for version in versions {
        span(Some(version.lowered.line.from), version.lowered.line.to);
    }
    overlays.iter().for_each(|overlay| span(Some(overlay.from), overlay.to));
    regions.all().iter().for_each(|region| span(region.from, region.to));
    days
}

/// What only all lines together can tell: lookups, computed figures. The codes of all figures and of their parts.
fn cross_check(versions: &BTreeMap<Code, Vec<Version>>, local: &Local, findings: &mut Findings<'_>) -> Vec<Code> {
    let newest: BTreeMap<&Code, &Lowered> =
        versions.iter().filter_map(|(code, all)| all.last().map(|version| (code, &version.lowered))).collect();
    let national = versions.values().flatten().map(|version| &version.lowered);
    let all: Vec<&Lowered> = national.chain(local.values()).collect();
    for lowered in &all {
        across::lookups(lowered, &newest, findings);
        let day = lowered.line.from;
        let then = |code: &Code| {
            let all = versions.get(code)?;
            let holds = |line: &&Line| line.from <= day && line.to.is_none_or(|to| day <= to);
            all.iter().map(|version| &version.lowered.line).find(holds).or(all.last().map(|last| &last.lowered.line))
        };
        messages::check(lowered, then, findings);
    }
    let known: BTreeSet<Code> = all.iter().flat_map(|line| &line.figures).map(|(code, _)| code.clone()).collect();
    let known: Vec<Code> = known.into_iter().collect();
    figures::check(&all, &known, findings);
    let parts: BTreeSet<Code> = all.iter().flat_map(|lowered| figures::parts(&lowered.line)).collect();
    known.into_iter().chain(parts).collect()
}

/// All citations, and the marks by line: of the newest national version, and of what overlays add.
fn grounds(versions: &BTreeMap<Code, Vec<Version>>, local: &Local) -> (Vec<Cited>, BTreeMap<Code, Vec<Mark>>) {
    let national = versions.values().flatten().map(|version| &version.lowered);
    let cited = national.chain(local.values()).flat_map(|line| line.cited.iter().cloned()).collect();
    let mut marks = BTreeMap::new();
    for (code, all) in versions {
        let mut own: Vec<Mark> = all.last().map(|version| version.lowered.marks.clone()).unwrap_or_default();
        let most = local
            .iter()
            .filter(|((line, _), _)| line == code)
            .map(|(_, lowered)| lowered.marks.iter().filter(|mark| **mark == Mark::K).count());
        own.extend(std::iter::repeat_n(Mark::K, most.max().unwrap_or(0)));
        marks.insert(code.clone(), own);
    }
    (cited, marks)
}
