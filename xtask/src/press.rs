//! What prints case files: built and tried on demand, because Typst is a third of all that is compiled.

use crate::packages;
use crate::step::{Outcome, cargo};

/// Prints, and reads back: by the crate alone, and by the program.
pub fn press() -> Outcome {
    packages::for_press()?;
    let what = ["--profile", "press", "-p", "press", "-p", "fazhi", "--features", "press,press/typst"];
    let tests = [&["test"], what.as_slice(), &["--lib", "--test", "print", "--test", "casefile"]].concat();
    cargo("tests", &tests, &[])
}
