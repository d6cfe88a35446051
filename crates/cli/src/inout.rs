//! `fazhi template`, `fazhi import`, `fazhi export`, `fazhi table`: sheets in and out.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use intake::{Columns, OpenWrong, Opened, Order, RowVerdict, TableWrong, Take, verdict_sheet};
use platform::{Filter, Person, Platform};
use procedure::Language;
use sheets::{Bounds, FileKind};
use terms::{Code, PlaceCode};

use crate::args::{At, Export, Import, Table, Template};
use crate::failure::{Failure, Found};
use crate::{figures, open, show};

/// Writes a file, or says why not.
fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(file, bytes).map_err(|error| unwritable(file, &error))
}

fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    let what = format!("{} cannot be written: {error}", file.display());
    Failure::new(what, "name a file in a folder that is there and may be written")
}

fn no_line(platform: &Platform, line: &str) -> Failure {
    let codes: Vec<String> = platform.catalog().codes().iter().map(Code::to_string).collect();
    Failure::new(format!("no sheet can be made of a line `{line}`"), format!("name one of {}", codes.join(", ")))
}

/// The empty sheet of a line.
pub fn template(at: &At, asked: &Template) -> Result<Found, Failure> {
    let platform = open::reading(at)?;
    let government = open::only_government(&platform, asked.place.as_ref())?;
    let line = platform.line_today(&government, &asked.line).ok_or_else(|| no_line(&platform, &asked.line))?;
    // The columns of the line as it holds here, under which a new record is opened.
    let mut versions = platform.catalog().versions(&asked.line);
    if let Some(newest) = versions.last_mut() {
        *newest = line.clone();
    }
    let columns = Columns::of(&versions, asked.act.as_deref(), asked.history);
    let columns = columns.ok_or_else(|| no_line(&platform, &asked.line))?;
    let agencies: Vec<String> = platform.directory(&government)?.agencies.into_iter().map(|(_, name)| name).collect();
    let language = if asked.english { Language::En } else { Language::Zh };
    let bytes = intake::form(&line, &columns, &agencies, language).map_err(|error| unwritable(&asked.out, &error))?;
    write(&asked.out, &bytes)?;
    show::say(&format!("{}: {} columns for {}\n", asked.out.display(), columns.all.len(), line.name()))?;
    Ok(Found::Nothing)
}

/// Rows of a file, tried or brought in.
pub fn import(at: &At, asked: &Import) -> Result<Found, Failure> {
    let platform = open::mending(at)?;
    let government = open::only_government(&platform, asked.place.as_ref())?;
    let who = person(&platform, &government, &asked.by)?;
    let bytes = fs::read(&asked.file).map_err(|error| {
        Failure::new(format!("{} cannot be read: {error}", asked.file.display()), "name the file with --file")
    })?;
    let order = Order {
        who,
        line: asked.line.clone().unwrap_or_default().into(),
        opening: asked.act.clone().map(Into::into),
        mirror: asked.mirror.clone().map(Into::into),
        history: !asked.as_today,
        source: asked.order_source.clone().unwrap_or_default(),
        approver: asked.approved_by.clone().unwrap_or_default(),
        language: Language::Zh,
    };
    let opened = intake::open(&platform, order, &bytes, Bounds::default()).map_err(|why| unopened(&asked.file, why))?;
    let file = asked.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (verdicts, came) = if asked.dry_run {
        (opened.preview(&platform)?, None)
    } else {
        let outcome = opened.run(&platform, if asked.only_good { Take::Good } else { Take::All }, &file)?;
        (outcome.verdicts, outcome.noted)
    };
    if let Some(out) = &asked.verdicts {
        let bytes = verdict_sheet(&opened, &verdicts).map_err(|error| unwritable(out, &error))?;
        write(out, &bytes)?;
    }
    show::say(&told(&opened, &verdicts))?;
    let bad = verdicts.iter().filter(|verdict| !verdict.judgement.good()).count();
    show::say(&match came {
        Some(row) => {
            let positions = format!("log positions {} to {}", row.first, row.last);
            format!(
                "{} came in, {} had come in before, {} left out ({positions})\n",
                row.came, row.repeated, row.left_out
            )
        }
        None if asked.dry_run => "nothing was written: this was a trial\n".to_owned(),
        None => "nothing was written: all rows come in, or with --only-good the good ones\n".to_owned(),
    })?;
    Ok(Found::when(bad > 0))
}

/// So many rows are told on the screen.
const TOLD: usize = 20;

fn told(opened: &Opened, verdicts: &[RowVerdict]) -> String {
    let mut text = opened.notes.iter().map(|note| format!("{note}\n")).collect::<String>();
    let mut words: Vec<(String, usize)> = Vec::new();
    for verdict in verdicts {
        let word = wording::say(Language::Zh, verdict.judgement.code(), &[("number", "…".to_owned())]);
        match words.iter_mut().find(|(other, _)| *other == word) {
            Some((_, count)) => *count += 1,
            None => words.push((word, 1)),
        }
    }
    text.push_str(&words.iter().map(|(word, count)| format!("{word}: {count}\n")).collect::<String>());
    let bad: Vec<&RowVerdict> = verdicts.iter().filter(|verdict| !verdict.judgement.good()).collect();
    for verdict in bad.iter().take(TOLD) {
        let word = verdict.judgement.word(Language::Zh);
        let reasons = verdict.reasons().replace('\n', " ");
        text.push_str(&format!("{} {word} {reasons} {}\n", verdict.row, verdict.remedies().replace('\n', " ")));
    }
    if bad.len() > TOLD {
        text.push_str(&format!("and {} more: --verdicts writes a sheet with all of them\n", bad.len() - TOLD));
    }
    text
}

fn unopened(file: &Path, why: OpenWrong) -> Failure {
    match why {
        OpenWrong::Fault(fault) => fault.into(),
        why => Failure::new(format!("{}: {}", file.display(), why.text(Language::Zh).unwrap_or_default()), ""),
    }
}

fn person(platform: &Platform, government: &PlaceCode, account: &str) -> Result<Person, Failure> {
    let found = platform.person(government, account)?;
    found.ok_or_else(|| {
        Failure::new(format!("{government} has no account `{account}`"), "name with --by the account of a data steward")
    })
}

/// A list of records as a file, as an account may see it.
pub fn export(at: &At, asked: &Export) -> Result<Found, Failure> {
    let platform = open::mending(at)?;
    let government = open::only_government(&platform, asked.place.as_ref())?;
    let who = person(&platform, &government, &asked.by)?;
    let kind = match asked.out.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => FileKind::Csv,
        Some("xlsx") => FileKind::Xlsx,
        _ => {
            return Err(Failure::new(
                "a list is written as csv or xlsx",
                "end the name after --out with .csv or .xlsx",
            ));
        }
    };
    let filter =
        Filter { line: asked.line.clone().map(Into::into), from: asked.from, to: asked.to, ..Filter::default() };
    let text = |day: Option<terms::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let parts = [asked.line.clone().unwrap_or_default(), text(asked.from), text(asked.to)];
    let out = File::create(&asked.out).map_err(|error| unwritable(&asked.out, &error))?;
    let how = (kind, Language::Zh, parts.join(" "));
    let rows = intake::list(&platform, &who, &filter, (how.0, how.1, &how.2), BufWriter::new(out));
    let rows = rows.map_err(|why| match why {
        intake::ListWrong::Fault(fault) => fault.into(),
        intake::ListWrong::Write(error) => unwritable(&asked.out, &error),
    })?;
    show::say(&format!("{}: {rows} records\n", asked.out.display()))?;
    Ok(Found::Nothing)
}

/// An official table of a place and a year.
pub fn table(at: &At, asked: &Table) -> Result<Found, Failure> {
    let platform = open::reading(at)?;
    open::know_place(&platform, &asked.place, figures::year(asked.year)?.to)?;
    let told = intake::table(&platform, &asked.name, &asked.place, asked.year).map_err(|why| match why {
        TableWrong::Unknown(name) => {
            let names: Vec<String> = platform.catalog().tables.iter().map(|table| table.code.to_string()).collect();
            Failure::new(format!("there is no table `{name}`"), format!("name one of {}", names.join(", ")))
        }
        TableWrong::Year(year) => Failure::new(format!("there is no year {year}"), "write it with four digits"),
        TableWrong::Tell(why) => why.into(),
    })?;
    let language = if asked.english { Language::En } else { Language::Zh };
    let bytes = intake::board(&told, language).bytes().map_err(|error| unwritable(&asked.out, &error))?;
    write(&asked.out, &bytes)?;
    let mut text = format!("{}: {} {}\n", asked.out.display(), told.place, told.form.title.zh);
    for wrong in &told.wrong {
        text.push_str(&format!("{}\n", wrong.get(language)));
    }
    show::say(&text)?;
    Ok(Found::when(!told.wrong.is_empty()))
}
