//! Chores: `cargo xtask`. One door for everything that is not the program itself.

mod api_fuzz;
mod ci;
mod new_line;
mod packages;
mod press;
mod step;
mod tidy;

use std::process::ExitCode;

use step::{Outcome, cargo};

const HELP: &str = "\
cargo xtask <chore>

  ci               everything a change must pass; installs what it needs on Debian
  bless            writes what the cases and the broken definitions say now; review it as a diff
  docs [--check]   writes the generated parts of the documents and the templates of acts; --check only compares
  bench [--full]   measures, each number beside its bound; --full with a million records (about half an hour)
  api-fuzz [most]  tries the API with made-up calls (schemathesis, in a folder of its own); so many of each, 25 if not said
  kills [times]    kills the serving program and its database under load, 50 times each if not said (minutes)
  charts           packs what draws the charts of pages anew, from npm as its lock pins it (needs node)
  press            builds what prints case files, which `ci` leaves out (minutes), and tries it
  new-line <code> [year]
                   begins a line of business: a definition and a first case, with comments
  tidy             files and functions that have grown long (a report, never an error)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match chore(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("\nxtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn chore(words: &[&str]) -> Outcome {
    match words {
        ["ci"] => ci::ci(),
        ["bless"] => bless(),
        ["docs"] => documents(true),
        ["docs", "--check"] => documents(false),
        ["bench", rest @ ..] => bench(rest),
        ["api-fuzz"] => api_fuzz::api_fuzz("25"),
        ["api-fuzz", most] => api_fuzz::api_fuzz(most),
        ["kills"] => kills("50"),
        ["kills", times] => kills(times),
        ["press"] => press::press(),
        ["charts"] => charts(),
        ["new-line", code] => new_line::new_line(code, None),
        ["new-line", code, year] => new_line::new_line(code, Some(year)),
        ["tidy"] => tidy::tidy(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!("`{}` is no chore\n\n{HELP}", other.join(" "))),
    }
}

/// The texts that tests expect, written anew.
fn bless() -> Outcome {
    let update = [("UPDATE", "1")];
    cargo("broken definitions", &["test", "--quiet", "-p", "catalog", "--test", "bad"], &update)?;
    cargo("cases", &["test", "--quiet", "-p", "testkit", "--test", "cases"], &update)?;
    println!("\nnow read `git diff cases`");
    Ok(())
}

fn documents(write: bool) -> Outcome {
    let update: &[(&str, &str)] = if write { &[("UPDATE", "1")] } else { &[] };
    cargo(
        "generated parts of the documents",
        &["test", "--quiet", "-p", "xtask", "--test", "docs", "--test", "documents", "--test", "example"],
        update,
    )
}

fn kills(times: &str) -> Outcome {
    if times.parse::<u32>().is_err() {
        return Err(format!("`{times}` is no number of kills"));
    }
    let arguments = ["test", "--quiet", "-p", "fazhi", "--test", "killed", "--", "--nocapture"];
    cargo("kills", &arguments, &[("KILLS", times)])
}

/// What draws the charts is kept packed, so that a build needs no npm; a test holds it to what it was made from.
fn charts() -> Outcome {
    let folder = std::path::Path::new("crates/web/charts");
    for (program, arguments) in [("npm", &["ci", "--no-audit", "--no-fund"][..]), ("node", &["build.mjs"][..])] {
        let status = std::process::Command::new(program).args(arguments).current_dir(folder).status();
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => return Err(format!("{program} ended with {status}")),
            Err(why) => return Err(format!("{program}: {why}; install Node.js 20 or newer")),
        }
    }
    Ok(())
}

fn bench(rest: &[&str]) -> Outcome {
    let mut arguments = vec!["run", "--quiet", "--release", "-p", "bench"];
    // Typst takes minutes to compile: only for what is printed.
    if rest.iter().all(|word| word.starts_with("--")) || rest.contains(&"report") {
        arguments.extend(["--features", "press"]);
    }
    arguments.push("--");
    arguments.extend(rest);
    cargo("benchmarks", &arguments, &[])
}
