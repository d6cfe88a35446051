//! How surely published figures are put to ours: right for at least 85 of a hundred of those that are put to one.
//!
//! The truth of the five published reports is `demo/reports`, written by hand for what each records; their texts stand
//! beside the repository and are no part of it. Those in `published/` are made up, each with its truth beside it:
//! `county-2022` and `city-2023` were written before the words of the catalogue, `banner-2024` after them and for none.
#![allow(clippy::unwrap_used, reason = "what fails here is the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::{Catalog, Source, load};
use figures::Period;
use platform::Matched;
use serde::Deserialize;
use terms::PlaceCode;
use testkit::Bench;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn source() -> Source {
    Source::from_dir(&root().join("catalog")).unwrap()
}

fn bench(source: &Source) -> Bench {
    let (catalog, findings) = load(source);
    let catalog: Arc<Catalog> = Arc::new(catalog.unwrap_or_else(|| panic!("{findings:?}")));
    Bench::new(&catalog, "2025-01-11T09:00:00".parse().unwrap()).unwrap()
}

/// A figure of a report, and what it is of ours: any of these, or none.
#[derive(Clone, Debug)]
struct Truth {
    line: u32,
    value: String,
    unit: String,
    name: String,
    is: Vec<String>,
    own: bool,
    period: Period,
}

struct Report {
    name: String,
    text: String,
    place: PlaceCode,
    year: i16,
    truth: Vec<Truth>,
}

#[derive(Deserialize)]
struct Published {
    report: String,
    place: PlaceCode,
    year: i16,
    figures: Vec<Printed>,
}

#[derive(Deserialize)]
struct Printed {
    line: u32,
    name: String,
    value: String,
    unit: String,
    told: Option<String>,
    also: Option<String>,
    #[serde(default)]
    own: bool,
    from: Option<terms::Date>,
    to: Option<terms::Date>,
}

/// The five published reports; none where they are not at hand.
fn published() -> Vec<Report> {
    let texts = root().join("../shared/reports");
    if !texts.exists() {
        eprintln!("skipped: the published reports are not at hand");
        return Vec::new();
    }
    let mut files: Vec<PathBuf> =
        fs::read_dir(root().join("demo/reports")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let one = |file: &PathBuf| {
        let read: Published = toml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let year = Period::year(read.year).unwrap();
        let truth = read.figures.into_iter().map(|one| Truth {
            line: one.line,
            value: one.value.trim_start_matches('-').to_owned(),
            unit: one.unit,
            name: one.name,
            is: one.told.into_iter().chain(one.also).collect(),
            own: one.own,
            period: Period { from: one.from.unwrap_or(year.from), to: one.to.unwrap_or(year.to) },
        });
        let text = fs::read_to_string(texts.join(format!("{}.txt", read.report))).unwrap();
        Report { text, place: read.place, year: read.year, truth: truth.collect(), name: read.report }
    };
    files.iter().map(one).collect()
}

/// A report of our own making, under the figures that hold in a place.
fn made_up(name: &str, place: &str) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/published");
    let year: i16 = name.rsplit_once('-').unwrap().1.parse().unwrap();
    let table = fs::read_to_string(folder.join(format!("{name}.tsv"))).unwrap();
    let truth = table.lines().skip(1).map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        let [line, value, unit, figure] = cells[..] else { panic!("{name}: {row}") };
        let (is, own) = figure.strip_suffix(" 本级").map_or((figure, false), |figure| (figure, true));
        Truth {
            line: line.parse().unwrap(),
            value: value.to_owned(),
            unit: unit.to_owned(),
            name: String::new(),
            is: is.split('|').filter(|one| *one != "-").map(str::to_owned).collect(),
            own,
            period: Period::year(year).unwrap(),
        }
    });
    Report {
        name: name.to_owned(),
        text: fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap(),
        place: place.parse().unwrap(),
        year,
        truth: truth.collect(),
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// Figures of the report that are put to one of ours.
    put: usize,
    /// Those that are put to the right one.
    right: usize,
    /// Of those, with the right level and period too.
    in_scope: usize,
    /// Figures that should be put to one.
    should: usize,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.put += other.put;
        self.right += other.right;
        self.in_scope += other.in_scope;
        self.should += other.should;
    }

    fn say(&self, name: &str) {
        let percent = |part: usize, whole: usize| format!("{part} of {whole} ({} %)", 100 * part / whole.max(1));
        println!(
            "{name}: right {}, in level and period too {}, found {}",
            percent(self.right, self.put),
            percent(self.in_scope, self.put),
            percent(self.right, self.should)
        );
    }

    /// At least 85 of a hundred of those that are put to one are right.
    fn holds(&self) -> bool {
        self.put > 0 && 100 * self.right >= 85 * self.put
    }
}

fn code(matched: &Matched) -> String {
    matched.part.as_ref().map_or_else(|| matched.code.to_string(), |part| format!("{}/{part}", matched.code))
}

/// A figure counts where the report's text has it: on its line, with its number and unit. What the reader made up and put
/// to one of ours is wrong.
fn tally(bench: &Bench, report: &Report) -> Tally {
    let read = bench.platform.matched(&report.place, report.year, &report.name, &report.text).unwrap();
    let mut open: Vec<Option<&Truth>> = report.truth.iter().map(Some).collect();
    let mut tally = Tally { should: report.truth.iter().filter(|one| !one.is.is_empty()).count(), ..Tally::default() };
    for (figure, matched) in &read {
        let is = |one: &Truth| {
            (one.line, one.value.as_str(), one.unit.as_str())
                == (figure.line, figure.value.normalize().to_string().as_str(), figure.unit.as_str())
        };
        // Two numbers of a line may be alike: the one that is named alike.
        let shared = |name: &str| name.chars().filter(|sign| figure.subject.contains(*sign)).count();
        let there = (0..open.len()).filter(|at| open[*at].is_some_and(is));
        let at = there.max_by_key(|at| open[*at].map(|one| shared(&one.name)));
        let truth = at.and_then(|at| open[at].take());
        let Some(matched) = matched else { continue };
        tally.put += 1;
        let right = truth.is_some_and(|one| one.is.contains(&code(matched)));
        tally.right += usize::from(right);
        // What stood on a day has no first day: the truth of such a one may begin after it.
        let from = |one: &Truth| one.period.from == matched.period.from || one.period.from > one.period.to;
        let scope = truth.is_some_and(|one| (one.own, one.period.to) == (matched.own, matched.period.to) && from(one));
        tally.in_scope += usize::from(right && scope);
        if let Some(one) = truth.filter(|_| right && !scope) {
            let level = |own: bool| if own { "own" } else { "all" };
            let (is, not) = (level(matched.own), level(one.own));
            println!(
                "  {} {} {} is of {is} {:?}, not {not} {:?}",
                report.name, figure.line, figure.subject, matched.period, one.period
            );
        }
        if !right {
            let is = truth.map(|one| one.is.join(" ")).unwrap_or_default();
            println!(
                "  {} {} {} is {} {}, not {is:?}",
                report.name,
                figure.line,
                figure.subject,
                code(matched),
                matched.score
            );
        }
    }
    for truth in open.iter().flatten().filter(|one| !one.is.is_empty()) {
        println!("  {} {} {} {} was not read", report.name, truth.line, truth.value, truth.name);
    }
    tally
}

#[test]
fn most_of_what_the_published_reports_state_is_put_to_the_right_figure() {
    let bench = bench(&source());
    let mut all = Tally::default();
    for report in published() {
        let one = tally(&bench, &report);
        one.say(&report.name);
        all.add(one);
    }
    if all.should > 0 {
        all.say("five published reports");
        assert!(all.holds(), "{all:?}");
        assert!(100 * all.right >= 85 * all.should, "too few are found: {all:?}");
    }
}

#[test]
fn reports_that_no_word_was_chosen_for_are_read_as_well() {
    let bench = bench(&source());
    for (name, place) in [("county-2022", "150200"), ("city-2023", "410700"), ("banner-2024", "152500")] {
        let one = tally(&bench, &made_up(name, place));
        one.say(name);
        assert!(one.holds(), "{name}: {one:?}");
    }
}

/// The words of the catalogue's lists, with what stands between quotation marks in `also` of its lines.
fn words(source: &Source) -> BTreeSet<String> {
    let quoted = |text: &str| text.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let mut all = BTreeSet::new();
    for (path, text) in source.files() {
        let lists = text.lines().filter(|line| path == "names.toml" || line.starts_with("also"));
        all.extend(lists.flat_map(quoted));
    }
    all.retain(|word| !word.is_ascii());
    all
}

/// The catalogue without these words in its lists.
fn without(source: &Source, left_out: &BTreeSet<String>) -> Source {
    let mut changed = Vec::new();
    for (path, text) in source.files() {
        let one = |line: &str| {
            let list = path == "names.toml" || line.starts_with("also");
            let words = if list { left_out.iter().filter(|word| line.contains(*word)).collect() } else { Vec::new() };
            words.into_iter().fold(line.to_owned(), |line, word: &String| {
                let forms = [format!("\"{word}\", "), format!(", \"{word}\""), format!("\"{word}\"")];
                forms.iter().fold(line, |line, form| line.replace(form.as_str(), ""))
            })
        };
        changed.push((path.to_owned(), text.lines().map(one).collect::<Vec<_>>().join("\n")));
    }
    source.clone().with_texts(changed)
}

#[test]
fn a_report_is_read_without_the_words_that_it_alone_has() {
    let source = source();
    let reports = published();
    let mut all = Tally::default();
    // What each says, and is read to say.
    let said = |report: &Report| {
        let read = reader::read(&report.name, &report.text);
        let read = read.iter().map(|figure| format!("\n{}\n{}", figure.subject, figure.before)).collect::<String>();
        format!("{}{read}", report.text)
    };
    let said: Vec<String> = reports.iter().map(said).collect();
    for (at, report) in reports.iter().enumerate() {
        // A word that this report says and no other one.
        let alone = |word: &String| (0..said.len()).all(|other| said[other].contains(word.as_str()) == (other == at));
        let words: BTreeSet<String> = words(&source).into_iter().filter(alone).collect();
        println!("  words that {} alone has: {}", report.name, words.iter().cloned().collect::<Vec<_>>().join(" "));
        let one = tally(&bench(&without(&source, &words)), report);
        one.say(&format!("{} without {} words of its own", report.name, words.len()));
        all.add(one);
    }
    if all.should > 0 {
        all.say("five published reports, each without its own words");
        assert!(all.holds(), "{all:?}");
    }
}
