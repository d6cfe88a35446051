//! What prints case files and official letters: built and tried on demand, because Typst is a third of all that is compiled.

use crate::packages;
use crate::step::{Outcome, cargo};

/// Prints, and reads back: by the crate alone, and by the program.
pub fn press() -> Outcome {
    packages::for_press()?;
    // Without full-text search, which takes long to compile too.
    let tests = ["test", "--profile", "press", "-p", "press", "-p", "fazhi", "--no-default-features"];
    let what =
        ["--features", "press,press/typst", "--lib", "--test", "print", "--test", "letter", "--test", "casefile"];
    cargo("tests", &[tests.as_slice(), &what].concat(), &[])
}
