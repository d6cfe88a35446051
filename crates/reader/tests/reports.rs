//! The reader against reports read by hand. The folder lies beside the
//! repository, not in it; where it is absent these tests say so and pass.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use reader::{CheckKind, Decimal, Figure, audit, decode, read};

/// A row of the table read by hand.
struct Gold {
    report: String,
    line: u32,
    subject: String,
    value: Decimal,
    unit: String,
    qualifier: String,
    change: String,
}

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reports");
    if folder.join("figures.tsv").is_file() {
        return Some(folder);
    }
    println!("no reports beside the repository: nothing measured");
    None
}

fn gold(folder: &Path) -> Vec<Gold> {
    let table = std::fs::read_to_string(folder.join("figures.tsv")).expect("the table is readable");
    let row = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        Gold {
            report: fields[0].to_owned(),
            line: fields[1].parse().expect("a line number"),
            subject: fields[3].to_owned(),
            value: fields[4].parse().expect("a value"),
            unit: fields[5].to_owned(),
            qualifier: fields[6].to_owned(),
            change: fields[7].to_owned(),
        }
    };
    table.lines().skip(1).map(row).collect()
}

fn text_of(folder: &Path, report: &str) -> String {
    let bytes = std::fs::read(folder.join(format!("{report}.txt"))).expect("the report is readable");
    decode(report, &bytes).expect("the report is text")
}

/// How alike two subjects are: F1 of their pairs of neighbouring characters.
fn alike(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| {
        let signs: Vec<char> = text.chars().collect();
        signs.windows(2).map(|pair| (pair[0], pair[1])).collect::<HashSet<_>>()
    };
    let (a, b) = (pairs(a), pairs(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    2.0 * a.intersection(&b).count() as f64 / (a.len() + b.len()) as f64
}

/// The figures that match a gold row by line, value and unit, each at most once.
fn matched<'g>(gold: &'g [Gold], figures: &[Figure]) -> Vec<(&'g Gold, Figure)> {
    let mut waiting: HashMap<(u32, Decimal, String), Vec<Figure>> = HashMap::new();
    for figure in figures {
        let key = (figure.line, figure.value.normalize(), figure.unit.clone());
        waiting.entry(key).or_default().push(figure.clone());
    }
    let mut pairs = Vec::new();
    for row in gold {
        let found = waiting.entry((row.line, row.value.normalize(), row.unit.clone())).or_default();
        let best = (0..found.len()).max_by(|&a, &b| {
            let like = |index: usize| alike(&row.subject, &found[index].subject);
            like(a).total_cmp(&like(b))
        });
        if let Some(best) = best {
            pairs.push((row, found.remove(best)));
        }
    }
    pairs
}

fn f1(hit: usize, read: usize, gold: usize) -> f64 {
    2.0 * hit as f64 / (read + gold) as f64
}

#[test]
fn five_reports_are_read_as_by_hand() {
    let Some(folder) = folder() else { return };
    let mut by_report: BTreeMap<String, Vec<Gold>> = BTreeMap::new();
    for row in gold(&folder) {
        by_report.entry(row.report.clone()).or_default().push(row);
    }
    let (mut hits, mut reads, mut golds) = (0, 0, 0);
    let (mut subjects, mut qualifiers, mut changes) = (0.0, 0, 0);
    for (report, rows) in &by_report {
        let figures = read(report, &text_of(&folder, report));
        let pairs = matched(rows, &figures);
        let score = f1(pairs.len(), figures.len(), rows.len());
        println!("{report}: F1 {score:.3} ({} of {}, read {})", pairs.len(), rows.len(), figures.len());
        assert!(score >= 0.98, "{report}: F1 {score:.3}");
        hits += pairs.len();
        reads += figures.len();
        golds += rows.len();
        for (row, figure) in &pairs {
            subjects += alike(&row.subject, &figure.subject);
            qualifiers += usize::from(row.qualifier == figure.qualifier.name());
            changes += usize::from(row.change == figure.change.name());
        }
    }
    let share = |count: usize| count as f64 / hits as f64;
    println!(
        "all: F1 {:.3}, subjects {:.3}, qualifiers {:.3}, changes {:.3}",
        f1(hits, reads, golds),
        subjects / hits as f64,
        share(qualifiers),
        share(changes)
    );
    assert!(f1(hits, reads, golds) >= 0.98);
    assert!(subjects / hits as f64 >= 0.70);
    assert!(share(qualifiers) >= 0.97 && share(changes) >= 0.97);
}

#[test]
fn the_arithmetic_of_the_five_is_checked_without_false_alarms() {
    let Some(folder) = folder() else { return };
    let table = std::fs::read_to_string(folder.join("checks.tsv")).unwrap();
    let strict = ["sum", "difference", "ratio_percent", "equal"];
    let known: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let wanted: Vec<&Vec<&str>> = known.iter().filter(|row| strict.contains(&row[1])).collect();
    let reports: HashSet<&str> = known.iter().map(|row| row[0]).collect();
    let mut found = Vec::new();
    for report in reports {
        let text = text_of(&folder, report);
        for check in audit(&read(report, &text), &text) {
            found.push((check.report.clone(), check.kind.name(), check.formula.clone(), check.holds));
        }
    }
    let same = |row: &Vec<&str>, check: &(String, &str, String, bool)| {
        row[0] == check.0 && row[1] == check.1 && row[2] == check.2 && (row[4 + 1] == "yes") == check.3
    };
    let hit = wanted.iter().filter(|row| found.iter().any(|check| same(row, check))).count();
    println!("{hit} of {} strict checks found, {} made", wanted.len(), found.len());
    for row in wanted.iter().filter(|row| !found.iter().any(|check| same(row, check))) {
        println!("  not found: {} {} {}", row[0], row[1], row[2]);
    }
    assert!(hit * 100 >= wanted.len() * 85);
    let contradictions = wanted.iter().filter(|row| row[5] == "no");
    let missed: Vec<_> = contradictions.filter(|row| !found.iter().any(|check| same(row, check))).collect();
    assert!(missed.is_empty(), "contradictions not found: {missed:?}");
    let false_alarms: Vec<_> =
        found.iter().filter(|check| !check.3 && !wanted.iter().any(|row| same(row, check))).collect();
    assert!(false_alarms.is_empty(), "{false_alarms:?}");
}

#[test]
fn kinds_have_the_names_of_the_table() {
    use CheckKind::{Difference, Equal, PartLeTotal, RatioPercent, Sum};
    let kinds = [Sum, Difference, RatioPercent, Equal, PartLeTotal];
    assert_eq!(kinds.map(CheckKind::name), ["sum", "difference", "ratio_percent", "equal", "part_le_total"]);
}
