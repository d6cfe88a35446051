//! Measures, each number beside its bound: `cargo xtask bench`.
//!
//! Every bound is a ratio taken in one run, or a rate so far below what is usual that only a mistake falls short of it;
//! so the same bounds hold on any machine. `docs/performance.md` says what each means and what was measured.

mod acts;
mod bare;
mod desk;
mod figures;
mod growth;
mod http;
mod judging;
mod lawful;
mod lists;
mod reading;
mod report;

use std::error::Error;
use std::process::ExitCode;

use desk::Engine;

/// Anything that went wrong while measuring.
pub type Res<T> = Result<T, Box<dyn Error>>;

/// Measures one thing.
type Measure<'a> = dyn Fn() -> Res<Vec<Measured>> + 'a;

/// One measured number.
pub struct Measured {
    /// What.
    pub what: String,
    /// As printed.
    pub value: String,
    /// The bound, as printed; none: for comparison only.
    pub bound: Option<(&'static str, bool)>,
}

impl Measured {
    /// A number with its bound.
    pub fn bound(what: impl Into<String>, value: String, bound: &'static str, held: bool) -> Measured {
        Measured { what: what.into(), value, bound: Some((bound, held)) }
    }
    /// A number for comparison.
    pub fn plain(what: impl Into<String>, value: String) -> Measured {
        Measured { what: what.into(), value, bound: None }
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = words.as_slice()
        && first == http::CLIENT
    {
        return http::client(rest);
    }
    let has = |name: &str| words.iter().any(|word| word == name);
    let many = if has("--full") { 1_000_000 } else { 100_000 };
    let served = if has("--small") { 2_000 } else { many };
    let chosen = |name: &str| {
        let is_name = |word: &&String| !word.starts_with("--") && !["sqlite", "postgres"].contains(&word.as_str());
        let named: Vec<&String> = words.iter().filter(is_name).collect();
        named.is_empty() || named.iter().any(|word| *word == name)
    };
    let all: [(&str, &str, &Measure); 13] = [
        ("kernel", "", &judging::measure),
        ("reader", "", &reading::measure),
        ("acts", "sqlite", &|| acts::measure(Engine::Sqlite)),
        ("acts", "postgres", &|| acts::measure(Engine::Postgres)),
        ("growth", "sqlite", &|| growth::measure(Engine::Sqlite, many)),
        ("growth", "postgres", &|| growth::measure(Engine::Postgres, many)),
        ("figures", "sqlite", &|| figures::measure(Engine::Sqlite, many)),
        ("figures", "postgres", &|| figures::measure(Engine::Postgres, many)),
        ("report", "", &report::measure),
        ("lists", "sqlite", &|| lists::measure(Engine::Sqlite, many)),
        ("lists", "postgres", &|| lists::measure(Engine::Postgres, many)),
        ("http", "sqlite", &|| http::measure(Engine::Sqlite, served)),
        ("http", "postgres", &|| http::measure(Engine::Postgres, served)),
    ];
    let engine = ["sqlite", "postgres"].into_iter().find(|name| words.iter().any(|word| word == name));
    let chosen = |name: &str, on: &str| chosen(name) && engine.is_none_or(|engine| engine == on);
    let mut short = 0;
    for (name, on, measure) in all.into_iter().filter(|(name, on, _)| chosen(name, on)) {
        println!("\n{name} {on}");
        match measure() {
            Ok(rows) => rows.iter().for_each(|row| short += print(row)),
            Err(why) => {
                eprintln!("  {name} could not be measured: {why}");
                short += 1;
            }
        }
    }
    if short == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print(row: &Measured) -> u32 {
    let (bound, word, short) = match row.bound {
        Some((bound, true)) => (bound, "ok", 0),
        Some((bound, false)) => (bound, "short", 1),
        None => ("", "", 0),
    };
    println!("  {:58} {:>16}   {bound:12} {word}", row.what, row.value);
    short
}
