//! `calendars/*.toml` and `regions/*.toml`: lists of days and of divisions, turned into the spine's types.

use std::sync::Arc;

use terms::{Calendar, Code, Date, Region, Regions, Year};

use crate::finding::{Findings, Spot, error};
use crate::read::{date, list, number, parsed, text};
use crate::schema::keys;
use crate::tree::{Table, Tree};

/// Reads the holiday notices. Without any there is no calendar, which is an error.
pub(crate) fn calendar(files: &[(Arc<str>, Table)], findings: &mut Findings<'_>) -> Option<Calendar> {
    let mut years = Vec::new();
    for (file, table) in files {
        years.extend(year(file, table, findings));
    }
    match Calendar::new(years) {
        Ok(calendar) => Some(calendar),
        Err(why) => {
            let said = why.to_string();
            let named = files.iter().find(|(_, table)| {
                matches!(table.get("year").map(|node| &node.value), Some(Tree::Int(year)) if said.contains(&year.to_string()))
            });
            let file = named.or(files.first()).map_or_else(|| "calendars".into(), |(file, _)| file.clone());
            findings.add(&Spot { file, span: 0..0 }, error("D010", said));
            None
        }
    }
}

fn year(file: &Arc<str>, table: &Table, findings: &mut Findings<'_>) -> Option<Year> {
    keys(table, &["year", "notice", "holidays", "make_up"], "", findings);
    let year = number(table, "year", findings).and_then(|year| i16::try_from(year).ok());
    let Some(year) = year else {
        let spot = Spot { file: file.clone(), span: 0..0 };
        findings.add(&spot, error("D004", "the calendar has no `year`").help("write `year = 2026`"));
        return None;
    };
    let mut found = Year {
        year,
        notice: text(table, "notice", findings).map_or_else(String::new, |word| word.text),
        ..Year::default()
    };
    for inner in tables(table, "holidays") {
        keys(inner, &["name", "first", "last", "notice"], "holidays", findings);
        let span = day(inner, "first", findings).zip(day(inner, "last", findings));
        let Some((first, last)) = span else { continue };
        let name: Code = text(inner, "name", findings).map_or_else(Code::default, |word| word.text.into());
        found.holidays.push((first, last, name));
        if let Some(notice) = text(inner, "notice", findings) {
            found.amended.push((first, last, notice.text));
        }
    }
    for inner in tables(table, "make_up") {
        keys(inner, &["date", "for", "notice"], "make_up", findings);
        let Some(worked) = day(inner, "date", findings) else { continue };
        let name: Code = text(inner, "for", findings).map_or_else(Code::default, |word| word.text.into());
        found.make_up.push((worked, name));
        if let Some(notice) = text(inner, "notice", findings) {
            found.amended.push((worked, worked, notice.text));
        }
    }
    Some(found)
}

fn day(table: &Table, key: &str, findings: &mut Findings<'_>) -> Option<Date> {
    if table.get(key).is_none()
        && let Some(entry) = table.entries.first()
    {
        findings
            .add(&entry.spot, error("D004", format!("`{key}` is missing")).help(format!("write `{key} = 2026-01-01`")));
    }
    date(table, key, findings)
}

fn tables<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    let items = table.get(key).map(|node| node.items()).unwrap_or_default();
    items.iter().filter_map(|node| match &node.value {
        Tree::Table(inner) => Some(inner),
        _ => None,
    })
}

/// Reads the divisions.
pub(crate) fn regions(files: &[(Arc<str>, Table)], findings: &mut Findings<'_>) -> Option<Regions> {
    let mut all = Vec::new();
    let mut spots = Vec::new();
    for (_, table) in files {
        keys(table, &["region"], "", findings);
        for node in table.get("region").map(|node| node.items()).unwrap_or_default() {
            if let Tree::Table(inner) = &node.value
                && let Some(region) = region(inner, &node.spot, findings)
            {
                let spot = inner.get("code").map_or(&node.spot, |code| &code.spot);
                spots.push((region.code.clone(), spot.clone()));
                all.push(region);
            }
        }
    }
    match Regions::new(all) {
        Ok(regions) => Some(regions),
        Err(errors) => {
            for wrong in errors {
                let spot = spots.iter().find(|(code, _)| code == wrong.code()).map(|(_, spot)| spot);
                if let Some(spot) = spot {
                    findings.add(spot, error("D011", wrong.to_string()));
                }
            }
            None
        }
    }
}

fn region(table: &Table, spot: &Spot, findings: &mut Findings<'_>) -> Option<Region> {
    keys(table, &["code", "name", "short", "name_en", "level", "parent", "from", "to", "heir"], "region", findings);
    for key in ["code", "name", "level"] {
        if table.get(key).is_none() {
            findings.add(spot, error("D004", format!("the region has no `{key}`")));
        }
    }
    let said = |key: &str, findings: &mut Findings<'_>| list(table, key, findings).pop().map(|word| word.text);
    Some(Region {
        name_en: said("name_en", findings),
        short: said("short", findings),
        parent: parsed(table, "parent", findings),
        from: date(table, "from", findings),
        to: date(table, "to", findings),
        heir: parsed(table, "heir", findings),
        level: parsed(table, "level", findings)?,
        name: said("name", findings)?,
        code: parsed(table, "code", findings)?,
    })
}
