//! `fazhi demo`: five governments with their years, as their published reports tell them.
//!
//! The county comes first and is there in a second or two; the site opens then, and the other four are built behind it.

mod annual;
mod data;
mod dice;
mod fill;
mod plan;
mod play;
mod plays;
pub mod reports;
mod staff;
mod stage;

use std::sync::Arc;
use std::time::Duration;

use ledger::Fault;
use platform::{Asker, Clock, ClockGrant, Platform, hash_password};
use store::{Address, Options};
use terms::{Date, GovernmentCode, Level, Stretch};

use self::dice::Dice;
use self::play::Played;
use self::reports::Published;
use self::staff::Staff;
use self::stage::Stage;
use crate::args::{At, Demo};
use crate::clock::SystemClock;
use crate::failure::{Failure, Found};
use crate::{open, serve, show};

/// Everybody's password.
const PASSWORD: &str = "fazhi-demo";
/// The accounts that are shown to a newcomer.
const SHOWN: [&str; 8] =
    ["bbz-clerk", "bbz-head", "scj-clerk", "scj-head", "sfj-review", "sfj-office", "xzf-list", "xzf-mayor"];
/// Who has the scheduler's duty for governments that are being built: nothing lapses there before its years are played.
const BUILDER: &str = "demo";

/// Builds the demonstration, or what of it is not there yet, and serves it.
pub fn run(at: &At, asked: &Demo) -> Result<Found, Failure> {
    let doors = if asked.no_serve { None } else { Some(serve::doors(asked.port, &asked.running)?) };
    let mut reports = reports::read()?;
    reports.retain(|report| asked.only.is_empty() || asked.only.contains(&report.place));
    if reports.is_empty() {
        return Err(Failure::new("none of these governments is in the demonstration", "see `fazhi demo --help`"));
    }
    let there = state(&at.data)?;
    if there != There::Nothing && (asked.fresh || there == There::Half) {
        clear(&at.data)?;
    }
    let first = reports.remove(0);
    let builder = Builder::open(at, asked.scale, &first)?;
    if there == There::Complete && !asked.fresh {
        show::say(&format!("the demonstration in {} is used again (--fresh builds it anew)\n", at.data))?;
    } else {
        builder.begin()?;
    }
    let government = first.place.clone();
    builder.build(&first)?;
    reports.retain(|report| !builder.is_built(report).unwrap_or(false));
    builder.put_through(std::slice::from_ref(&first), &reports)?;
    let published = serve::published(&asked.published)?;
    let greeting = builder.accounts(&first)?;
    let Some(doors) = doors else {
        show::say(&greeting)?;
        builder.all(&reports)?;
        return Ok(Found::Nothing);
    };
    builder.coming(&reports)?;
    builder.hold(&reports)?;
    // What is built behind a site is built by the site's own platform: a folder has one writing program.
    let Builder { platform, home, scale } = builder;
    drop(platform);
    let beside = (!reports.is_empty()).then_some(move |platform: Arc<Platform>| {
        let built = Builder { platform, home, scale }.all(&reports);
        if let Err(failure) = built {
            show::complain(&format!("fazhi: the rest of the demonstration could not be built: {failure}"));
        }
    });
    let (spool, ways) = (at.data.spool(), Vec::new());
    let greeting = format!("{greeting}\n");
    let platform = open::writing(at)?;
    serve::serve(at, platform, doors, government, published, &greeting, spool, ways, &asked.running, beside)
}

/// Builds reports' governments into a ledger.
struct Builder {
    platform: Arc<Platform>,
    /// In whose log notes about the whole are put.
    home: GovernmentCode,
    scale: u32,
}

impl Builder {
    fn open(at: &At, scale: u32, first: &Published) -> Result<Builder, Failure> {
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(&Dice::new(632_222, "nonces", 0).bytes());
        let platform = Arc::new(open::building(at, seed)?);
        Ok(Builder { platform, home: first.place.clone(), scale })
    }

    /// Says in a new ledger what it is.
    fn begin(&self) -> Result<(), Failure> {
        let mut batch = self.platform.batch(&self.home)?;
        batch.transaction().put_note("synthetic", "yes")?;
        batch.transaction().put_note("demo", "building")?;
        Ok(batch.commit()?)
    }

    /// Whether a report's governments are there.
    fn is_built(&self, report: &Published) -> Result<bool, Fault> {
        let note = self.platform.store().read()?.note(&built(report))?;
        Ok(note.as_deref() == Some("complete"))
    }

    /// All of these, one after the other, until the platform is closed; each says when it is there.
    fn all(&self, reports: &[Published]) -> Result<(), Failure> {
        self.hold(reports)?;
        for (index, report) in reports.iter().enumerate() {
            self.coming(&reports[index..])?;
            if !self.build(report)? {
                return Ok(());
            }
        }
        self.put_through(reports, &[])?;
        self.coming(&[])
    }

    /// Puts through what has passed since the years that were played, where none are to be played any more.
    fn put_through(&self, built: &[Published], coming: &[Published]) -> Result<(), Failure> {
        let coming = self.governments(coming)?;
        for government in self.governments(built)?.iter().filter(|government| !coming.contains(government)) {
            self.platform.put_through(government, None)?;
            self.platform.give_up_rounds(government, BUILDER)?;
        }
        Ok(())
    }

    /// Keeps the scheduler away from governments whose past is still coming in: what their limits of 2020 do, they do
    /// in 2020, and not before the record has come so far.
    fn hold(&self, reports: &[Published]) -> Result<(), Failure> {
        for government in self.governments(reports)? {
            self.platform.hold_rounds(&government, BUILDER)?;
        }
        Ok(())
    }

    /// The governments of these reports.
    fn governments(&self, reports: &[Published]) -> Result<Vec<GovernmentCode>, Failure> {
        let mut all = Vec::new();
        for report in reports {
            all.extend(self.stages(report)?.into_iter().map(|stage| stage.government));
        }
        all.sort();
        all.dedup();
        Ok(all)
    }

    /// Notes which governments are still coming, for whoever reads a page.
    fn coming(&self, reports: &[Published]) -> Result<(), Failure> {
        let regions = &self.platform.catalog().regions;
        let today = self.platform.now().date();
        let name = |report: &Published| regions.get(&report.place, today).map(|region| region.name.clone());
        let names: Vec<String> = reports.iter().filter_map(name).collect();
        self.note("coming", &names.join("、"))
    }

    fn note(&self, key: &str, text: &str) -> Result<(), Failure> {
        let mut batch = self.platform.batch(&self.home)?;
        batch.transaction().put_note(key, text)?;
        Ok(batch.commit()?)
    }

    /// The governments of a report.
    fn stages(&self, report: &Published) -> Result<Vec<Stage>, Failure> {
        if report.report == "qilian-2020" {
            let (county, scripts) = data::county(SystemClock.now().0.date())?;
            return Ok(vec![Stage::new(report.place.clone(), county, scripts)]);
        }
        plays::stages(&report.report, &report.place, &self.platform.catalog().regions, self.scale)
    }

    /// Builds what a report tells of, and asks whether it is told. Whether it came to its end: a platform that was
    /// closed ends it, and the next time it goes on where it was.
    fn build(&self, report: &Published) -> Result<bool, Failure> {
        if self.is_built(report)? {
            return Ok(true);
        }
        let stages = self.stages(report)?;
        let mut all = (Played::default(), Duration::ZERO);
        let password = self.password(&report.place)?;
        for stage in &stages {
            if self.platform.store().read()?.agencies(&stage.government)?.is_empty() {
                stage.found(&self.platform, &password)?;
            }
        }
        for (number, stage) in (1..).zip(&stages) {
            let said = format!("{} {number}/{}", report.report, stages.len());
            let Some((played, time)) = stage.play(&self.platform, &stage.scripts, &said)? else { return Ok(false) };
            all = (all.0.and(played), all.1 + time);
        }
        // What it says of its year it says last: its figures are also those of the governments below, and what limits of that
        // year did has been done.
        let over = annual::over(report);
        for stage in &stages {
            self.platform.put_through(&stage.government, Some(ClockGrant::at(over)))?;
        }
        if let Some(own) = stages.iter().find(|stage| stage.government == report.place) {
            let scripts = annual::scripts(report, self.level(report))?;
            let Some((played, time)) = own.play(&self.platform, &scripts, &report.report)? else { return Ok(false) };
            all = (all.0.and(played), all.1 + time);
        }
        let told = if self.scale == 1 || report.report == "qilian-2020" { Some(self.told(report)?) } else { None };
        let number = self.public_report(report)?;
        self.note(&built(report), "complete")?;
        self.note("demo", "complete")?;
        let (played, time) = all;
        let rate = u128::from(played.acts) * 1_000 / time.as_millis().max(1);
        let told =
            told.map_or_else(|| format!("one in {}", self.scale), |told| format!("{told} figures told as printed"));
        show::say(&format!(
            "{}: {} governments, {} records, {} acts, {} attempts refused; {told}; report {number} is public\n\
             {rate} acts a second ({}.{:03} s)\n",
            report.report,
            stages.len(),
            played.records,
            played.acts,
            played.refused,
            time.as_secs(),
            time.subsec_millis(),
        ))?;
        Ok(true)
    }

    /// The number of the government's own report on its year, as the public reads it.
    fn public_report(&self, report: &Published) -> Result<String, Failure> {
        let signed = self.platform.signed_of(Asker::Public, &report.place, Stretch::Year(report.year))?;
        signed.map(|signed| signed.number).ok_or_else(|| {
            let what = format!("{} has no report on its year that the public could read", report.report);
            Failure::new(what, "mend demo/annual.toml, or the line of such reports")
        })
    }

    fn level(&self, report: &Published) -> Level {
        let on = Date::new(report.year, 12, 31).unwrap_or(Date::MAX);
        self.platform.catalog().regions.get(&report.place, on).map_or(Level::County, |region| region.level)
    }

    fn password(&self, government: &GovernmentCode) -> Result<String, Failure> {
        let salt = Dice::new(government.as_str().parse().unwrap_or(0), "salt", 0).bytes();
        hash_password(PASSWORD, salt)
            .map_err(|why| Failure::new(format!("the password cannot be kept: {why}"), "free some memory"))
    }

    /// Asks the platform for every figure that the lines cover; fails with all that are not told.
    fn told(&self, report: &Published) -> Result<usize, Failure> {
        let (mut told, mut wrong) = (0, Vec::new());
        for printed in &report.figures {
            for ours in report.ours(&self.platform, printed)? {
                if ours.tells {
                    told += 1;
                    continue;
                }
                let value = ours.value.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
                let (line, name, print) = (printed.line, &printed.name, &printed.value);
                wrong.push(format!("line {line}, {name}: {print}, and {} is {value}", ours.code));
            }
        }
        if wrong.is_empty() {
            return Ok(told);
        }
        let what =
            format!("{} does not tell {} of its figures:\n    {}", report.report, wrong.len(), wrong.join("\n    "));
        Err(Failure::new(what, "mend what is played in demo/, or the line that counts"))
    }

    /// Who can sign in, for a newcomer.
    fn accounts(&self, report: &Published) -> Result<String, Failure> {
        let stages = self.stages(report)?;
        Ok(stages.first().map(|stage| accounts(&stage.staff)).unwrap_or_default())
    }
}

/// The note that says how far a report's governments are.
fn built(report: &Published) -> String {
    format!("demo:{}", report.report)
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

/// Who can sign in, for a newcomer.
fn accounts(staff: &Staff) -> String {
    let all = staff.people.iter().zip(&staff.titles);
    let shown = all.filter(|(person, _)| SHOWN.contains(&person.account.as_str()));
    let rows = shown.map(|(person, title)| {
        let agency = staff.agencies.iter().find(|agency| agency.code == person.agency);
        let agency = agency.map(|agency| agency.name.clone()).unwrap_or_default();
        vec![person.account.to_string(), PASSWORD.to_owned(), format!("{}（{title}）", person.shown), agency]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let more = staff.people.len() - rows.len();
    let table = show::table(&["account", "password", "who", "agency"], rows, &[]);
    format!("{table}and {more} more accounts, agency-clerk and so on, all synthetic\n")
}
