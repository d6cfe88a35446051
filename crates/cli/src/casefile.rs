//! `fazhi casefile`: a record's whole file as one PDF, where the program was built with what prints it.

use procedure::Language;
use web::Printer;

use crate::args::{At, Casefile};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// What prints case files and letters in this program.
#[cfg(feature = "press")]
pub fn printer() -> Option<Printer> {
    Some(Printer {
        case_file: |file| press::print(file).map_err(|why| why.to_string()),
        letter: |letter| press::letter(letter).map_err(|why| why.to_string()),
    })
}

/// What prints case files and letters in this program: nothing.
#[cfg(not(feature = "press"))]
pub fn printer() -> Option<Printer> {
    None
}

/// What prints, or how to get a program that has it.
pub fn needed() -> Result<Printer, Failure> {
    printer().ok_or_else(|| {
        Failure::new(
            "this program was built without what prints case files and letters",
            "build one that has it: cargo build --release -p fazhi --features press",
        )
    })
}

/// Prints a record's file.
pub fn run(at: &At, asked: &Casefile) -> Result<Found, Failure> {
    let printer = needed()?;
    let platform = open::reading(at)?;
    let government = open::only_government(&platform, asked.place.as_ref())?;
    let says = |code: &str, args: &[(&str, String)]| wording::say(Language::Zh, code, args);
    let Some(file) = platform.case_file_of(&government, asked.record, &says)? else {
        return Err(Failure::new(
            format!("{government} has no record {}", asked.record),
            "the pages list the records with their numbers; a record's number is the log position of its first event",
        ));
    };
    let bytes = (printer.case_file)(&file).map_err(|why| Failure::new(why, "mend what is said, and print again"))?;
    std::fs::write(&asked.out, &bytes).map_err(|error| {
        Failure::new(format!("{} cannot be written: {error}", asked.out.display()), "name another file with --out")
    })?;
    show::say(&format!("{}: {} bytes, {} events\n", asked.out.display(), bytes.len(), file.events.len()))?;
    Ok(Found::Nothing)
}
