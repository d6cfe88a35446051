//! A step: a heading, a program, how long it took.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Done, or why not.
pub type Outcome = Result<(), String>;

/// The folder of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Runs a program under a heading; stops the chore where it fails.
pub fn run(heading: &str, program: &str, arguments: &[&str], set: &[(&str, &str)]) -> Outcome {
    let name = Path::new(program).file_name().map_or(program.into(), |name| name.to_string_lossy());
    println!("\n── {heading}: {name} {}", arguments.join(" "));
    let began = Instant::now();
    let mut command = Command::new(program);
    command.args(arguments).envs(set.iter().copied()).current_dir(root());
    let status = command.status().map_err(|why| format!("{program} does not start: {why}"))?;
    println!("── {heading}: {:.1} s", began.elapsed().as_secs_f32());
    if status.success() { Ok(()) } else { Err(format!("{heading}: {name} failed ({status})")) }
}

/// Runs cargo.
pub fn cargo(heading: &str, arguments: &[&str], set: &[(&str, &str)]) -> Outcome {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    run(heading, &cargo, arguments, set)
}

/// Whether a program answers.
pub fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}
