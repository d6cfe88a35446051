//! `fazhi demo`: a county with a year of synthetic records.

mod data;
mod dice;
mod fill;
mod plan;
mod play;
mod staff;
mod targets;

use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use ledger::Fault;
use platform::{Clock, Platform, hash_password};
use store::{Address, Options};

use self::data::Data;
use self::dice::Dice;
use self::play::{Play, Played};
use self::staff::Staff;
use crate::args::{At, Demo};
use crate::clock::SystemClock;
use crate::failure::{Failure, Found};
use crate::{open, serve, show};

/// Everybody's password.
const PASSWORD: &str = "fazhi-demo";
/// The accounts that are shown to a newcomer.
const SHOWN: [&str; 8] =
    ["bbz-clerk", "bbz-head", "scj-clerk", "scj-head", "sfj-review", "sfj-office", "xzf-list", "xzf-mayor"];

/// Builds the demonstration, or takes what is there, and serves it.
pub fn run(at: &At, asked: &Demo) -> Result<Found, Failure> {
    let doors = if asked.no_serve { None } else { Some(serve::doors(asked.port, &asked.running)?) };
    let data = data::read(SystemClock.now().0.date())?;
    let government = data.targets.place.clone();
    let staff = Staff::new(&data.county, &government, &mut Dice::new(data.targets.seed, "staff", 0));
    let there = state(&at.data)?;
    if there == There::Nothing || asked.fresh || there == There::Half {
        if there != There::Nothing {
            clear(&at.data)?;
        }
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(&Dice::new(data.targets.seed, "nonces", 0).bytes());
        let platform = open::building(at, seed)?;
        build(&platform, &data, &staff)?;
    } else {
        show::say(&format!("the demonstration in {} is used again (--fresh builds it anew)\n", at.data))?;
    }
    let published = serve::published(&asked.published)?;
    let Some(doors) = doors else {
        show::say(&accounts(&staff))?;
        return Ok(Found::Nothing);
    };
    let greeting = format!("{}\n", accounts(&staff));
    let (spool, ways) = (at.data.spool(), Vec::new());
    serve::serve(at, open::writing(at)?, doors, government, published, &greeting, spool, ways, &asked.running)
}

/// What the folder holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum There {
    Nothing,
    Half,
    Complete,
}

/// Never touches a ledger that says nothing of a demonstration.
fn state(place: &Address) -> Result<There, Failure> {
    let note = match place {
        Address::Folder(folder) if !folder.join("ledger.db").exists() => return Ok(There::Nothing),
        // Opened for writing: a new database has no tables yet.
        Address::Postgres(_) => {
            let store = store::open(place, &Options::default())?;
            let mut read = store.read()?;
            let note = read.note("demo")?;
            if note.is_none() && read.governments()?.is_empty() {
                return Ok(There::Nothing);
            }
            note
        }
        Address::Folder(_) => store::open_read_only(place, &Options::default())?.read()?.note("demo")?,
    };
    match note.as_deref() {
        Some("complete") => Ok(There::Complete),
        Some(_) => Ok(There::Half),
        None => Err(Failure::new(
            format!("{place} holds a ledger that is no demonstration; it is left as it is"),
            "name another place with --data",
        )),
    }
}

/// Throws a demonstration away. Opening it for writing first makes sure that no other program has it.
fn clear(place: &Address) -> Result<(), Failure> {
    let Address::Folder(folder) = place else {
        return Err(Failure::new(
            format!(
                "the demonstration in {place} is not thrown away: a ledger in a database is never deleted from here"
            ),
            "drop the database and create it again, or name another with --data",
        ));
    };
    drop(store::open(place, &Options::default())?);
    for file in ["ledger.db-wal", "ledger.db-shm", "ledger.db"] {
        let path = folder.join(file);
        if path.exists() {
            std::fs::remove_file(&path).map_err(|error| {
                let what = format!("the old demonstration {} cannot be removed: {error}", path.display());
                Failure::new(what, "remove it yourself, or name another folder with --data")
            })?;
        }
    }
    let files = folder.join("attachments");
    match std::fs::remove_dir_all(&files) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::new(
            format!("the files of the old demonstration in {} cannot be removed: {error}", files.display()),
            "remove them yourself, or name another folder with --data",
        )),
        _ => Ok(()),
    }
}

fn build(platform: &Platform, data: &Data, staff: &Staff) -> Result<(), Failure> {
    let government = &data.targets.place;
    found(platform, data, staff)?;
    let mut plans = Vec::new();
    for script in &data.scripts {
        plans.extend(plan::plans(script, staff, platform.catalog(), government, data.targets.seed)?);
    }
    let bar = ProgressBar::new(plans.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} records, {elapsed}") {
        bar.set_style(style);
    }
    let started = Instant::now();
    let mut play = Play {
        platform,
        government,
        county: &data.county,
        staff,
        kept: fill::Kept::default(),
        bar: &bar,
        played: Played::default(),
    };
    play.all(&mut plans)?;
    platform.put_through(government, None)?;
    bar.finish_and_clear();
    let (played, seconds) = (play.played, started.elapsed());
    let told = targets::check(platform, &data.targets)?;
    note(platform, data, "complete")?;
    let rate = u128::from(played.acts) * 1_000 / seconds.as_millis().max(1);
    show::say(&format!(
        "{} records, {} acts, {} attempts refused; {told} figures told as the report tells them\n\
         {rate} acts a second ({}.{:03} s)\n",
        played.records,
        played.acts,
        played.refused,
        seconds.as_secs(),
        seconds.subsec_millis(),
    ))
}

/// Agencies and accounts, and the note that the building has begun.
fn found(platform: &Platform, data: &Data, staff: &Staff) -> Result<(), Failure> {
    let salt = Dice::new(data.targets.seed, "salt", 0).bytes();
    let password = hash_password(PASSWORD, salt)
        .map_err(|why| Failure::new(format!("the password cannot be kept: {why}"), "free some memory"))?;
    let mut batch = platform.batch(&data.targets.place)?;
    let tx = batch.transaction();
    tx.put_note("synthetic", "yes")?;
    tx.put_note("demo", "building")?;
    for row in staff.agency_rows(&data.targets.place) {
        tx.put_agency(&row)?;
    }
    for row in staff.account_rows(&password) {
        tx.put_account(&row)?;
    }
    Ok(batch.commit()?)
}

fn note(platform: &Platform, data: &Data, text: &str) -> Result<(), Fault> {
    let mut batch = platform.batch(&data.targets.place)?;
    batch.transaction().put_note("demo", text)?;
    batch.commit()
}

/// Who can sign in, for a newcomer.
fn accounts(staff: &Staff) -> String {
    let shown = staff.people.iter().filter(|person| SHOWN.contains(&person.account.as_str()));
    let rows = shown.map(|person| {
        let agency = staff.agencies.iter().find(|agency| agency.code == person.agency);
        let agency = agency.map(|agency| agency.name.clone()).unwrap_or_default();
        vec![person.account.to_string(), PASSWORD.to_owned(), person.shown.clone(), agency]
    });
    let table = show::table(&["account", "password", "who", "agency"], rows.collect(), &[]);
    format!("{table}and {} more accounts, agency-clerk and so on, all synthetic\n", staff.people.len() - SHOWN.len())
}
