//! `fazhi erase`: an order to erase a file of a record, carried out.

use crate::args::{At, Erase};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Erases what a record's events say of a file, and its bytes unless another record has it too.
pub fn run(at: &At, asked: &Erase) -> Result<Found, Failure> {
    let platform = open::writing(at)?;
    let government = open::only_government(&platform, asked.place.as_ref())?;
    let events = platform.erase_attachment(&government, asked.record, asked.file)?;
    if events == 0 {
        return Err(Failure::new(
            format!("record {} of {government} has no file {}", asked.record, asked.file),
            "the record's page lists its files; the digest stands at the end of a file's address",
        ));
    }
    let kept = platform.store().read()?.attachment(&government, asked.file)?;
    let bytes = match kept {
        Some(_) => "other events name the same file: its bytes stay until it is erased there too",
        None => "its bytes are gone",
    };
    show::say(&format!("{government}, record {}: erased from {events} events; {bytes}\n", asked.record))?;
    Ok(Found::Nothing)
}
