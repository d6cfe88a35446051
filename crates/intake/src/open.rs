//! A file matched with the columns of its line.

use std::sync::Arc;

use catalog::Mirror;
use ledger::Fault;
use platform::{Directory, Person, Platform};
use procedure::{Language, Line};
use sheets::{Bounds, Grid, HeadWrong, Heads, Unreadable, plain};
use terms::{Code, CommandId, Digest};

use crate::columns::{Columns, Part, Slot};
use crate::told::say;

/// What comes in, and under what title.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who brings it in.
    pub who: Person,
    /// The line; of a mirror, its own.
    pub line: Code,
    /// The act that opens a record, where the line has several.
    pub opening: Option<Code>,
    /// The mirror, for the export of another system.
    pub mirror: Option<Code>,
    /// As history under an import order; else as acts of today, judged like those of a form.
    pub history: bool,
    /// Where the rows were kept before.
    pub source: String,
    /// Who approved that they come in.
    pub approver: String,
    /// The language of what is said.
    pub language: Language,
}

impl Order {
    /// The digest of what makes it this order: the same rows under it come in once.
    pub fn digest(&self) -> Digest {
        let parts = [
            self.who.government.as_str(),
            self.line.as_str(),
            self.opening.as_deref().unwrap_or_default(),
            self.mirror.as_deref().unwrap_or_default(),
            if self.history { "import" } else { "normal" },
            self.source.trim(),
            self.approver.trim(),
        ];
        digest("order", &parts)
    }

    /// As what the rows come, for the note that is kept.
    pub fn standing(&self) -> Code {
        match (&self.mirror, self.history) {
            (Some(mirror), _) => mirror.clone(),
            (None, true) => "import".into(),
            (None, false) => "normal".into(),
        }
    }
}

/// A digest over texts, each with its length, so that no two lists are alike.
pub(crate) fn digest(what: &str, parts: &[&str]) -> Digest {
    let mut bytes = format!("fazhi {what}").into_bytes();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    ledger::hash(&bytes)
}

/// The first half of a digest, as the id of a command.
pub(crate) fn command(digest: Digest) -> CommandId {
    let mut id = [0; 16];
    id.copy_from_slice(&digest.0[..16]);
    CommandId(id)
}

/// Why a file cannot come in at all.
#[derive(Debug)]
pub enum OpenWrong {
    /// The person may not bring in files.
    NotAllowed,
    /// There is no such line or mirror.
    Unknown(String),
    /// No act opens a record of the line by a sheet.
    NothingOpens,
    /// It names no source or nobody who approved.
    NoOrder,
    /// The file cannot be read.
    Unreadable(Unreadable),
    /// Its columns are not known.
    Head(HeadWrong),
    /// Columns that every row needs are missing; their titles.
    Lacks(Vec<String>),
    /// The store failed.
    Fault(Fault),
}

impl From<Fault> for OpenWrong {
    fn from(fault: Fault) -> OpenWrong {
        OpenWrong::Fault(fault)
    }
}

/// A file whose columns are known.
pub struct Opened {
    /// The order.
    pub order: Order,
    /// The sheet as it came.
    pub grid: Grid,
    /// Its titles.
    pub heads: Heads,
    /// What is to be said of the file as a whole.
    pub notes: Vec<String>,
    /// Digest of the file.
    pub digest: Digest,
    pub(crate) columns: Columns,
    /// Columns of the sheet by the column that they are.
    pub(crate) at: Vec<Option<u16>>,
    pub(crate) versions: Vec<Arc<Line>>,
    pub(crate) mirror: Option<Mirror>,
    pub(crate) directory: Directory,
}

/// Reads a file for an order.
///
/// # Errors
/// Why it cannot come in at all.
pub fn open(platform: &Platform, order: Order, bytes: &[u8], bounds: Bounds) -> Result<Opened, OpenWrong> {
    if !platform.may_import(&order.who) {
        return Err(OpenWrong::NotAllowed);
    }
    let catalog = platform.catalog();
    let mirror = match &order.mirror {
        Some(code) => Some(catalog.mirror(code).cloned().ok_or_else(|| OpenWrong::Unknown(code.to_string()))?),
        None => None,
    };
    let mut order = order;
    if let Some(mirror) = &mirror {
        order.line = mirror.line.clone();
        order.history = true;
    }
    let versions = versions(platform, &order);
    if versions.is_empty() {
        return Err(OpenWrong::Unknown(order.line.to_string()));
    }
    if order.history && (order.source.trim().is_empty() || order.approver.trim().is_empty()) {
        return Err(OpenWrong::NoOrder);
    }
    let opens = mirror.as_ref().and_then(|mirror| versions.last().and_then(|line| mirror.opens(line)));
    let opening = opens.map(|act| act.code.clone()).or_else(|| order.opening.clone());
    let columns = Columns::of(&versions, opening.as_deref(), order.history).ok_or(OpenWrong::NothingOpens)?;
    let mut grid = sheets::read(bytes, bounds).map_err(OpenWrong::Unreadable)?;
    let known = |title: &str| match &mirror {
        Some(mirror) => mirror.columns.iter().any(|column| plain(&column.title) == plain(title)),
        None => columns.find(title).is_some(),
    };
    let heads = sheets::heads(&mut grid, known).map_err(OpenWrong::Head)?;
    let mut at = vec![None; columns.all.len()];
    let mut extra = Vec::new();
    for (column, title) in &heads.columns {
        match &mirror {
            None => match columns.find(title) {
                Some(index) => at[index] = at[index].or(Some(*column)),
                None => extra.push(title.clone()),
            },
            Some(mirror) => match mirror.columns.iter().find(|one| plain(&one.title) == plain(title)) {
                Some(one) => {
                    if let Some(index) = mirrored(&columns, one) {
                        at[index] = at[index].or(Some(*column));
                    }
                }
                None => extra.push(title.clone()),
            },
        }
    }
    let lacks: Vec<String> = columns
        .all
        .iter()
        .zip(&at)
        .filter(|(column, at)| column.must && at.is_none() && needed(&versions, column))
        .map(|(column, _)| column.title.get(order.language).to_owned())
        .collect();
    if !lacks.is_empty() {
        return Err(OpenWrong::Lacks(lacks));
    }
    let notes = notes(&order, &grid, &extra);
    let directory = platform.directory(&order.who.government)?;
    let digest = ledger::hash(bytes);
    Ok(Opened { order, grid, heads, notes, digest, columns, at, versions, mirror, directory })
}

/// The versions of a line as they hold for the government, oldest first.
fn versions(platform: &Platform, order: &Order) -> Vec<Arc<Line>> {
    let government = &order.who.government;
    let catalog = platform.catalog();
    let today = platform.now().date();
    let one = |line: Arc<Line>| {
        // As it held on its last day, with what was laid over it by then.
        let day = line.to.unwrap_or(today).min(today).max(line.from);
        catalog.line(&line.code, government, day).unwrap_or(line)
    };
    catalog.versions(&order.line).into_iter().filter(|line| line.from <= today).map(one).collect()
}

/// A column that only some versions need may be missing: whether a row needs it, its own version says.
fn needed(versions: &[Arc<Line>], column: &crate::Column) -> bool {
    let Slot::Field(act, field, Part::Whole) = &column.slot else { return true };
    versions.iter().all(|line| {
        let ids = (line.act_id(act), line.field_id(field));
        let (Some(act), Some(field)) = ids else { return false };
        line.act(act).fills.iter().any(|(id, must)| *id == field && *must)
    })
}

/// The column that a column of an export is.
fn mirrored(columns: &Columns, one: &catalog::MirrorColumn) -> Option<usize> {
    if one.ignored {
        return None;
    }
    let act = one.act.clone().unwrap_or_else(|| columns.opening.clone());
    columns.place(&match &one.field {
        None => Slot::Day(act),
        Some(field) => match field.split_once('.') {
            None => Slot::Field(act, field.clone(), Part::Whole),
            Some((whole, part)) => Slot::Field(act, whole.into(), Part::of(part)?),
        },
    })
}

/// What is to be said of the file as a whole.
fn notes(order: &Order, grid: &Grid, extra: &[String]) -> Vec<String> {
    let language = order.language;
    let mut notes = Vec::new();
    if !extra.is_empty() {
        notes.push(say(language, "intake-extra", &[("columns", wording::list(language, extra))]));
    }
    if grid.formulas > 0 {
        let args = [("count", grid.formulas.to_string()), ("cells", wording::list(language, &grid.formula_cells))];
        notes.push(say(language, "intake-formulas", &args));
    }
    if let Some(encoding) = grid.encoding {
        notes.push(say(language, "intake-encoding", &[("encoding", encoding.to_owned())]));
    }
    notes
}

impl Opened {
    /// How many rows stand below the titles.
    pub fn rows(&self) -> usize {
        self.grid.rows.len() - self.heads.first
    }

    /// The title of the line.
    pub fn line_title(&self) -> String {
        let newest = self.versions.last();
        newest.map(|line| line.title.get(self.order.language).to_owned()).unwrap_or_default()
    }
}
