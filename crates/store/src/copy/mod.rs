//! A whole ledger from one store to another, and the proof that both hold the same.
//!
//! One walk goes through a ledger in a defined order and hands on its parts; copying writes what the walk brings, and
//! the proof walks both ledgers and compares a digest over each kind of row. Sessions, access tokens and leases stay
//! behind: they belong to the programs that run, not to the ledger.

mod proof;
mod walk;

use ledger::{AttachmentRow, Fault, FaultKind, Read, Store, Transaction};
use terms::GovernmentCode;

use self::proof::Tally;
pub use self::proof::{Kind, Proof, Sum};
use self::walk::{Part, Walk, Whole, pieces};

/// The note of a ledger that is a copy.
const NOTE: &str = "copy";
/// What it says until the copy is whole and proven.
const INCOMPLETE: &str = "incomplete";
/// What it says then.
const COMPLETE: &str = "complete";

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copying<'a> {
    /// The government whose rows are under way.
    pub government: &'a GovernmentCode,
    /// They are compared; else they are copied.
    pub proving: bool,
    /// Events and records done.
    pub done: u64,
    /// Events and records known so far.
    pub of: u64,
}

/// A copy that was made.
#[derive(Debug)]
pub struct Copied {
    /// Whether both hold the same.
    pub proof: Proof,
    /// Events that were written to the source while it was copied, and which the copy does not have.
    pub missed: u64,
}

/// Copies a whole ledger into an empty one and proves that both hold the same. A copy that ends early, or is not the
/// same, says so of itself: [`check_whole`] refuses it.
///
/// # Errors
/// Where the source is empty or itself half a copy, where the target holds anything, or where either can't be reached.
pub fn copy(from: &dyn Store, to: &dyn Store, progress: &mut dyn FnMut(Copying<'_>)) -> Result<Copied, Fault> {
    let mut read = from.read()?;
    check_whole(&mut *read)?;
    let governments = read.governments()?;
    let Some(first) = governments.first() else {
        return Err(refused("the ledger to copy is empty: name the one that holds the records".to_owned()));
    };
    check_empty(&mut *to.read()?)?;
    put_note(to, first, INCOMPLETE)?;
    let mut had = Tally::default();
    let mut walk = Walk { read: &mut *read, store: from, proving: false, progress };
    walk.all(&mut |government, part| {
        had.add(government, part);
        match part {
            Part::Files(files) => files.iter().try_for_each(|(file, _)| write_file(from, to, file)),
            part => write(to, government, part),
        }
    })?;
    // The proof may take long, and no reader stays open so long with nothing to read.
    drop(read);
    let proof = had.against(to, progress)?;
    if proof.holds() {
        put_note(to, first, COMPLETE)?;
    }
    let mut read = from.read()?;
    let mut missed = 0;
    for (government, copied, _) in &proof.heads {
        missed += read.head(government)?.position.saturating_sub(copied.position);
    }
    Ok(Copied { proof, missed })
}

/// Proves that two ledgers hold the same, or tells what differs.
///
/// # Errors
/// Where either can't be reached.
pub fn prove(from: &dyn Store, to: &dyn Store, progress: &mut dyn FnMut(Copying<'_>)) -> Result<Proof, Fault> {
    let mut had = Tally::default();
    let mut read = from.read()?;
    Walk { read: &mut *read, store: from, proving: true, progress }.all(&mut |government, part| {
        had.add(government, part);
        Ok(())
    })?;
    drop(read);
    had.against(to, progress)
}

/// Refuses a ledger that is half a copy.
///
/// # Errors
/// Where it is one, or can't be read.
pub fn check_whole(read: &mut dyn Read) -> Result<(), Fault> {
    if read.note(NOTE)?.as_deref() != Some(INCOMPLETE) {
        return Ok(());
    }
    Err(refused(
        "the ledger is a copy that was not finished: remove the folder, or drop the database and create it anew, and \
         copy again (fazhi copy); the ledger it was copied from is as it was"
            .to_owned(),
    ))
}

/// Refuses a target that holds anything.
fn check_empty(read: &mut dyn Read) -> Result<(), Fault> {
    check_whole(read)?;
    if read.governments()?.is_empty() && read.notes()?.is_empty() && read.definitions()?.is_empty() {
        return Ok(());
    }
    Err(refused(
        "a ledger lies at the target already, and nothing was written to it: name an empty folder or a new database"
            .to_owned(),
    ))
}

fn refused(message: String) -> Fault {
    Fault { kind: FaultKind::Unavailable, message }
}

fn put_note(to: &dyn Store, government: &GovernmentCode, text: &str) -> Result<(), Fault> {
    let mut transaction = to.begin(government)?;
    transaction.put_note(NOTE, text)?;
    transaction.commit()
}

fn write(to: &dyn Store, government: &GovernmentCode, part: &Part) -> Result<(), Fault> {
    if matches!(part, Part::Files(_) | Part::Sums(_)) {
        return Ok(());
    }
    let mut transaction = to.begin(government)?;
    let into = &mut *transaction;
    match part {
        Part::Government { agencies, accounts, series, waiting, office, exchanges } => {
            waiting.iter().try_for_each(|row| into.put_message(row))?;
            office.holdings.iter().try_for_each(|row| into.put_holding(row))?;
            office.standings.iter().try_for_each(|row| into.put_standing(row))?;
            office.agencies.iter().try_for_each(|row| into.put_agency_past(row))?;
            office.done.iter().try_for_each(|row| into.note_office(row))?;
            exchanges.iter().try_for_each(|row| into.put_exchange(row))?;
            agencies.iter().try_for_each(|row| into.put_agency(row))?;
            accounts.iter().try_for_each(|row| into.put_account(row))?;
            for row in series {
                // A series goes up by one, whoever asks.
                while into.next_number(government, &row.series, row.year)? < row.last {}
            }
        }
        Part::Log { events, commands } => {
            events.iter().try_for_each(|event| into.append(event))?;
            commands.iter().try_for_each(|row| into.put_command(government, row))?;
        }
        Part::Records(wholes) => wholes.iter().try_for_each(|whole| write_whole(into, government, whole))?,
        Part::Desk(desk) => {
            desk.drafts.iter().try_for_each(|row| into.put_draft(government, row))?;
            // Both are numbered without a gap, and here again in the same order.
            desk.remarks.iter().try_for_each(|row| into.put_remark(government, row))?;
            into.add_notices(government, &desk.notices)?;
            into.add_found(government, &desk.found)?;
            desk.reached.iter().try_for_each(|(what, position)| into.reach(government, what, *position))?;
        }
        Part::Files(_) | Part::Sums(_) => {}
        Part::Shared { definitions, notes } => {
            for (digest, name, bytes) in definitions {
                into.put_definition(*digest, name, bytes)?;
            }
            for (name, text) in notes {
                into.put_note(name, text)?;
            }
        }
    }
    transaction.commit()
}

/// A file, and how many events name it.
fn write_file(from: &dyn Store, to: &dyn Store, file: &AttachmentRow) -> Result<(), Fault> {
    // Nobody has it in staging there: that ends with the next sweep.
    to.attachment_put(file, "", 0, &mut pieces(from, file))?;
    let mut transaction = to.begin(&file.government)?;
    (0..file.uses).try_for_each(|_| transaction.hold_attachment(&file.government, file.digest))?;
    transaction.commit()
}

fn write_whole(into: &mut dyn Transaction, government: &GovernmentCode, whole: &Whole) -> Result<(), Fault> {
    if let Some(row) = &whole.row {
        into.put_record(row)?;
    }
    into.put_due(government, whole.record, &whole.due)?;
    if !whole.waiting.is_empty() {
        into.put_waiting(government, whole.record, &whole.waiting)?;
    }
    into.put_keys(government, whole.record, &whole.keys)?;
    // All deltas of a position are those of one record: numbered here, they keep their order.
    into.add_deltas(&whole.deltas)?;
    whole.public.iter().try_for_each(|row| into.put_public(row))?;
    whole.messages.iter().try_for_each(|row| into.put_message(row))?;
    whole.looks.iter().try_for_each(|look| into.note_look(government, look))
}
