//! Figures from deltas: all of a government's year with few records in the ledger and with many, beside counting them from
//! the records; and what deltas cost an act.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ::figures::Period;
use catalog::{Catalog, Source};
use platform::Request;
use terms::RecordId;

use crate::desk::{COUNTY, Desk, Engine, done};
use crate::{Measured, Res};

/// How often all figures are told.
const TIMED: usize = 9;
/// Items of a round with figures, and without, each of four acts.
const ITEMS: u64 = 10_000;
/// Acts of a commit.
const BULK: usize = 256;
const ROUNDS: usize = 5;

/// Tells all figures of a year with a tenth of the records and with all of them, and counts them once.
pub fn measure(engine: Engine, many: u64) -> Res<Vec<Measured>> {
    let (with, without) = (catalogue(true)?, catalogue(false)?);
    let mut shares = Vec::new();
    for _ in 0..ROUNDS {
        let (with, without) = (acts(engine, &with)?, acts(engine, &without)?);
        shares.push(1.0 - without.as_secs_f64() / with.as_secs_f64());
    }
    shares.sort_by(f64::total_cmp);
    let ground = engine.ground("figures")?;
    let desk = Desk::open(&ground)?;
    let few = many / 10;
    publish(&desk, 0, few)?;
    let of_few = told(&desk)?;
    publish(&desk, few, many)?;
    let of_many = told(&desk)?;
    let began = Instant::now();
    let counted = desk.platform.recount(&COUNTY.parse()?, year()?)?;
    let recount = began.elapsed();
    if counted.values().sum::<i64>() == 0 {
        return Err("nothing was counted: the figures of the benchmark say nothing".into());
    }
    let (growth, share) = (of_many.as_secs_f64() / of_few.as_secs_f64(), recount.as_secs_f64() / of_many.as_secs_f64());
    let millis = |took: Duration| format!("{:.1}", took.as_secs_f64() * 1e3);
    let mut rows = vec![
        Measured::plain(format!("all figures of a year, {few} records, milliseconds"), millis(of_few)),
        Measured::plain(format!("the same, {many} records"), millis(of_many)),
        Measured::bound("  times as long", format!("{growth:.2}"), "<= 3", growth <= 3.0),
        Measured::plain("counted from the records, milliseconds", millis(recount)),
        Measured::bound("  times the figures from deltas", format!("{share:.0}"), ">= 100", share >= 100.0),
    ];
    let share = shares[ROUNDS / 2] * 100.0;
    rows.push(Measured::bound("deltas, percent of an act", format!("{share:.0}"), "<= 15", share <= 15.0));
    Ok(rows)
}

fn year() -> Res<Period> {
    Period::year(2026).ok_or_else(|| "2026 is no year".into())
}

/// The middle of many times.
fn told(desk: &Desk) -> Res<Duration> {
    let (county, year) = (COUNTY.parse()?, year()?);
    let mut all = Vec::new();
    for _ in 0..TIMED {
        let began = Instant::now();
        let told = desk.platform.figures(&county, year)?;
        all.push(began.elapsed());
        if told.is_empty() {
            return Err("the catalogue has no figures".into());
        }
    }
    all.sort();
    Ok(all[TIMED / 2])
}

/// The power list alone, with its figures or without.
fn catalogue(figures: bool) -> Res<Arc<Catalog>> {
    let needed = |path: &str| {
        let line = path.strip_prefix("lines/");
        let aside = ["reports/", "mirrors/", "local/", "documents/", "names.toml"];
        let aside = aside.iter().any(|begins| path.starts_with(begins));
        line.map_or(!aside, |line| line.starts_with("power_item/"))
    };
    let built_in = Source::built_in();
    let texts = built_in.files().filter(|(path, _)| needed(path)).map(|(path, text)| {
        let text = if figures || !path.starts_with("lines/") { text.to_owned() } else { without_figures(text) };
        (path.to_owned(), text)
    });
    let (catalog, findings) = catalog::load(&Source::from_texts(texts));
    let wrong = || format!("the power list alone is no catalogue: {:?}", findings.first().map(|one| &one.message));
    Ok(Arc::new(catalog.ok_or_else(wrong)?))
}

/// A line's text without its tables of figures.
fn without_figures(text: &str) -> String {
    let mut kept = true;
    let lines = text.lines().filter(|line| {
        kept = if line.starts_with('[') { !line.starts_with("[figure.") } else { kept };
        kept
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// How long items of the power list take from the proposal to publication, in bulk.
fn acts(engine: Engine, catalog: &Arc<Catalog>) -> Res<Duration> {
    let ground = engine.ground("figures-acts")?;
    publish(&Desk::with(&ground, catalog.clone())?, 0, ITEMS)
}

/// Takes items onto the list, from one up to another, and says how long that took.
fn publish(desk: &Desk, from: u64, to: u64) -> Res<Duration> {
    let began = Instant::now();
    let mut from = from;
    while from < to {
        let items = from..to.min(from + 1_024);
        let all = |requests: Vec<Request>| -> Res<Vec<RecordId>> {
            let answers = desk.platform.submit_all(&desk.person.government, requests, BULK)?;
            answers.iter().map(done).collect()
        };
        let records = all(items.clone().map(|n| desk.propose(n * 4)).collect())?;
        for step in 1..4 {
            all(items.clone().zip(&records).map(|(n, record)| desk.step(n * 4 + step, *record, step)).collect())?;
        }
        from = items.end;
    }
    Ok(began.elapsed())
}
