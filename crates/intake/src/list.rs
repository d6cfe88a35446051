//! A list of records as a file, of any length, under the rights of whoever asks.

use std::io::{self, Write};
use std::sync::Arc;

use ledger::{ExchangeRow, Fault, RecordRow};
use platform::{Filter, Person, Platform, told};
use procedure::{Language, Line, Record};
use sheets::FileKind;
use terms::Digest;

use crate::open::digest;
use crate::told::say;

/// Why a list was not written.
#[derive(Debug)]
pub enum ListWrong {
    /// It could not be written where it goes.
    Write(io::Error),
    /// The store failed.
    Fault(Fault),
}

impl From<Fault> for ListWrong {
    fn from(fault: Fault) -> ListWrong {
        ListWrong::Fault(fault)
    }
}

impl From<io::Error> for ListWrong {
    fn from(error: io::Error) -> ListWrong {
        ListWrong::Write(error)
    }
}

/// Writes the records of a filter, newest first: what a list shows of each, and, where they are of one line, every field.
/// Whatever is personal is masked. That it went out is noted before the first line; `asked` says what was asked for.
///
/// # Errors
/// Where the store fails, or `out` takes no more.
pub fn list(
    platform: &Platform,
    person: &Person,
    filter: &Filter,
    (kind, language, asked): (FileKind, Language, &str),
    out: impl Write,
) -> Result<u64, ListWrong> {
    let mut noted = note(platform, person, filter, kind, asked)?;
    platform.note_exchange(&noted)?;
    let directory = platform.directory(&person.government)?;
    let versions = filter.line.as_ref().map(|line| platform.catalog().versions(line)).unwrap_or_default();
    let fields = fields(&versions);
    let t = |code: &str| say(language, code, &[]);
    let mut titles: Vec<String> =
        ["record-id", "label", "line", "stage", "agency", "handler", "opened", "due", "state"].map(t).to_vec();
    titles.extend(fields.iter().map(|(_, title)| title.get(language).to_owned()));
    let mut file = sheets::lines(kind, out)?;
    file.line(&titles)?;
    let rows = platform.each(person, filter, |row: &RecordRow, line: &Arc<Line>, record: &Record| {
        let stage = line.stages.iter().find(|stage| stage.code == row.stage);
        let mut cells = vec![
            row.id.to_string(),
            row.label.clone(),
            line.title.get(language).to_owned(),
            stage.map_or_else(|| row.stage.to_string(), |stage| stage.title.get(language).to_owned()),
            directory.agency(&row.agency),
            row.handler.as_ref().map(|handler| directory.person(handler)).unwrap_or_default(),
            row.opened.to_string(),
            row.due.filter(|_| !row.closed).map(|due| due.to_string()).unwrap_or_default(),
            t(if row.closed { "state-closed" } else { "state-open" }),
        ];
        cells.extend(fields.iter().map(|(code, _)| {
            let id = line.field_id(code);
            let value = id.and_then(|id| Some((line.field(id), record.get(id)?)));
            value.map(|(field, value)| told(field, value, language)).unwrap_or_default()
        }));
        file.line(&cells).map_err(ListWrong::from)
    })?;
    file.finish()?;
    noted.rows = rows;
    noted.came = rows;
    platform.note_exchange(&noted)?;
    Ok(rows)
}

fn note(
    platform: &Platform,
    person: &Person,
    filter: &Filter,
    kind: FileKind,
    asked: &str,
) -> Result<ExchangeRow, Fault> {
    let at = platform.instant();
    let first = platform.position(&person.government)?;
    let parts = [person.government.as_str(), person.account.as_str(), asked, kind.ending(), &at.to_string()];
    Ok(ExchangeRow {
        government: person.government.clone(),
        id: digest("list", &parts),
        at,
        inward: false,
        account: person.account.clone(),
        line: filter.line.clone().unwrap_or_default(),
        source: asked.to_owned(),
        approver: String::new(),
        standing: kind.ending().into(),
        file: String::new(),
        digest: Digest([0; 32]),
        rows: 0,
        came: 0,
        repeated: 0,
        left_out: 0,
        first,
        last: first,
    })
}

/// The fields of all versions of a line, the newest first.
fn fields(versions: &[Arc<Line>]) -> Vec<(terms::Code, procedure::Said)> {
    let mut all: Vec<(terms::Code, procedure::Said)> = Vec::new();
    for field in versions.iter().rev().flat_map(|line| &line.fields) {
        if all.iter().all(|(code, _)| *code != field.code) {
            all.push((field.code.clone(), field.title.clone()));
        }
    }
    all
}
