//! `fazhi verify`.

use platform::Rebuilt;
use terms::GovernmentCode;

use crate::args::{At, Verify};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Every government's ledger; names the first record that differs.
pub fn run(at: &At, asked: &Verify) -> Result<Found, Failure> {
    if asked.rebuild {
        return rebuild(at);
    }
    let platform = open::reading(at)?;
    let mut found = Found::Nothing;
    let mut text = String::new();
    for government in open::governments(&platform)? {
        match platform.verify(&government)? {
            Ok(verified) => text.push_str(&format!(
                "{government}: {} events of {} records and {} files hold; head {}\n",
                verified.events, verified.records, verified.files, verified.head
            )),
            Err(mismatch) => {
                found = Found::Something;
                let remedy = if mismatch.is_derived() {
                    "the events hold: stop every program on this ledger, and make it anew from them with \
                     `fazhi verify --rebuild`"
                } else {
                    "stop writing, keep this ledger as it is, and restore it from the last backup that verifies"
                };
                text.push_str(&format!("{government}: {mismatch}\n  do this: {remedy}\n"));
            }
        }
    }
    show::say(&text)?;
    Ok(found)
}

/// Every government's derived data, made anew where they differ from their events.
fn rebuild(at: &At) -> Result<Found, Failure> {
    let platform = open::mending(at)?;
    let mut found = Found::Nothing;
    for government in open::governments(&platform)? {
        let rebuilt = platform.rebuild(&government)?;
        if rebuilt.differed() {
            found = Found::Something;
        }
        show::say(&said(&government, &rebuilt))?;
    }
    Ok(found)
}

fn said(government: &GovernmentCode, rebuilt: &Rebuilt) -> String {
    let Rebuilt { events, records, rows, due, waiting, keys, public, deltas, months, first } = rebuilt;
    if !rebuilt.differed() {
        return format!("{government}: {events} events of {records} records; nothing differed\n");
    }
    let months = if *months { ", the sums of figures by month" } else { "" };
    let named: Vec<String> = first.iter().map(ToString::to_string).collect();
    format!(
        "{government}: {events} events of {records} records; rebuilt: {rows} rows, {due} with due days, {waiting} that wait, {keys} with \
         keys, {public} with publications, {deltas} with figures{months}; first records: {}\n",
        named.join(" ")
    )
}
