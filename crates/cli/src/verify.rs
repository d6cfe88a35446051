//! `fazhi verify`.

use crate::args::At;
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Every government's ledger; names the first record that differs.
pub fn run(at: &At) -> Result<Found, Failure> {
    let platform = open::reading(at)?;
    let mut found = Found::Nothing;
    let mut text = String::new();
    for government in open::governments(&platform)? {
        match platform.verify(&government)? {
            Ok(verified) => text.push_str(&format!(
                "{government}: {} events of {} records hold; head {}\n",
                verified.events, verified.records, verified.head
            )),
            Err(mismatch) => {
                found = Found::Something;
                text.push_str(&format!(
                    "{government}: {mismatch}\n  do this: stop writing, keep this folder as it is, and restore the \
                     ledger from the last backup that verifies\n"
                ));
            }
        }
    }
    show::say(&text)?;
    Ok(found)
}
