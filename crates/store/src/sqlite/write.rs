//! Writing. Few statements per act: what is unchanged is not written, and rows of a kind go in together.

use std::collections::BTreeMap;

use ledger::{
    AccountRow, AgencyRow, CommandRow, DeltaRow, DueRow, EventRow, Fault, FaultKind, KeyRow, Landing, LookRow,
    PublicRow, Read, RecordRow, Transaction, column,
};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{params, params_from_iter};
use terms::{Digest, GovernmentCode, RecordId};

use super::handle::refused;
use super::open::WriteGuard;
use super::read::Session;
use super::rows;
use crate::query::{by_month, day, integer};

/// How many rows one statement inserts.
const ROWS: usize = 32;

/// What a writing session keeps in mind until it commits.
#[derive(Default)]
pub(crate) struct Work {
    /// The government it writes in; `None` for a session that only reads.
    pub(crate) government: Option<GovernmentCode>,
    /// Something was appended: the head moves.
    appended: bool,
    /// Position of the first event appended here. Deltas from there on can't stand yet.
    first_appended: Option<u64>,
    /// Something was erased: the files must be rid of it.
    pub(crate) erased: bool,
    /// Number of the next delta.
    next_delta: i64,
    /// A mark is set, and whether something was written since.
    marked: bool,
    written: bool,
    /// A record opened just now, which can have no due days yet.
    without_due: Option<RecordId>,
    /// Position of the log's last event, once it was asked for: a record beyond it is not there, and has no keys.
    pub(crate) last: Option<u64>,
    /// Of a session that only reads: the positions of heads that were asked for.
    pub(crate) heads: BTreeMap<GovernmentCode, u64>,
    /// Definitions known to stand in this transaction.
    pub(crate) definitions: Vec<Digest>,
}

impl Work {
    /// For a session that writes.
    pub(crate) fn new(government: &GovernmentCode) -> Work {
        Work { government: Some(government.clone()), ..Work::default() }
    }

    /// Nothing is known any more of what was written since the mark.
    fn forget(&mut self) {
        self.without_due = None;
        self.last = None;
        self.definitions.clear();
        self.written = false;
    }
}

/// A parameter that borrows what it can.
struct Bound<'r>(ValueRef<'r>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.0))
    }
}

fn text(text: &str) -> Bound<'_> {
    Bound(ValueRef::Text(text.as_bytes()))
}

fn number<'r>(number: impl Into<i64>) -> Bound<'r> {
    Bound(ValueRef::Integer(number.into()))
}

fn blob(bytes: Option<&[u8]>) -> Bound<'_> {
    Bound(bytes.map_or(ValueRef::Null, ValueRef::Blob))
}

impl Session<WriteGuard<'_>> {
    /// The transaction still runs, and something is about to be written.
    fn runs(&mut self) -> Result<(), Fault> {
        self.work.written = true;
        self.handle.whole()
    }

    /// Every row belongs to the transaction's government.
    pub(super) fn own(&mut self, government: &GovernmentCode) -> Result<(), Fault> {
        self.runs()?;
        match &self.work.government {
            Some(own) if own == government => Ok(()),
            own => Err(refused(format!(
                "a row of government {government} in a transaction of {}: begin one for each government",
                own.as_ref().map_or("none", |own| own.as_str())
            ))),
        }
    }

    /// Inserts rows of one table, several in a statement.
    fn insert<'r, R, const N: usize>(
        &self,
        into: &str,
        rows: &'r [R],
        params: impl Fn(&'r R) -> [Bound<'r>; N],
    ) -> Result<(), Fault> {
        self.insert_or(into, "", rows, params)
    }

    /// The same, with what is done where a row of the same key stands.
    fn insert_or<'r, R, const N: usize>(
        &self,
        into: &str,
        or: &str,
        rows: &'r [R],
        params: impl Fn(&'r R) -> [Bound<'r>; N],
    ) -> Result<(), Fault> {
        let row = format!("({})", ["?"; N].join(", "));
        for some in rows.chunks(ROWS) {
            let sql = format!("INSERT INTO {into} VALUES {}{or}", vec![row.as_str(); some.len()].join(", "));
            self.handle.run(&sql, params_from_iter(some.iter().flat_map(&params)))?;
        }
        Ok(())
    }

    /// Inserts keys; a unique one that another record holds is named.
    fn insert_keys(&self, government: &GovernmentCode, record: RecordId, keys: &[&KeyRow]) -> Result<(), Fault> {
        let id = integer(record.0);
        let inserted =
            self.insert("key_value (government, line, field, value, record, only_one)", keys, |key: &&KeyRow| {
                [
                    text(government.as_str()),
                    text(&key.line),
                    text(&key.field),
                    text(&key.value),
                    number(id),
                    number(key.unique),
                ]
            });
        let Err(error) = inserted else { return Ok(()) };
        for key in keys.iter().filter(|key| key.unique) {
            let sql = "SELECT record FROM key_value \
                       WHERE government = $1 AND line = $2 AND field = $3 AND value = $4 AND only_one = 1";
            let params = params![government.as_str(), key.line.as_str(), key.field.as_str(), key.value.as_str()];
            if let Some(holder) = self.handle.one(sql, params, |row| rows::record_id(row, 0))? {
                let message = format!(
                    "({}, {}, {}) is unique, and record {holder} holds it: use that record, or another value",
                    key.line, key.field, key.value
                );
                return Err(Fault { kind: FaultKind::Unique, message });
            }
        }
        Err(error)
    }

    fn change_keys(
        &self,
        government: &GovernmentCode,
        record: RecordId,
        gone: &[&KeyRow],
        new: &[&KeyRow],
    ) -> Result<(), Fault> {
        for key in gone {
            self.handle.run(
                "DELETE FROM key_value \
                 WHERE government = $1 AND line = $2 AND field = $3 AND value = $4 AND record = $5",
                params![
                    government.as_str(),
                    key.line.as_str(),
                    key.field.as_str(),
                    key.value.as_str(),
                    integer(record.0)
                ],
            )?;
        }
        self.insert_keys(government, record, new)
    }

    /// Brings a record's row up to date where no list's order changes; the lists' indexes then stay as they are.
    fn update_record(&self, row: &RecordRow) -> Result<bool, Fault> {
        let changed = self.handle.run(
            "UPDATE record SET definition = $1, place = $2, stage = $3, closed = $4, label = $5, touched = $6, \
             seq = $7, hash = $8, state = $9, seen_by = $10, hidden = $11, above = $12 \
             WHERE government = $13 AND id = $14 AND line = $15 AND agency = $16 \
             AND handler IS NOT DISTINCT FROM $17 AND opened = $18 AND due IS NOT DISTINCT FROM $19",
            params![
                row.definition.0,
                row.place.as_str(),
                row.stage.as_str(),
                row.closed,
                row.label,
                day(row.touched),
                row.seq,
                row.hash.0,
                row.state,
                column(&row.narrowing.only),
                column(&row.narrowing.hidden),
                row.narrowing.above.number(),
                row.government.as_str(),
                integer(row.id.0),
                row.line.as_str(),
                row.agency.as_str(),
                row.handler.as_deref(),
                day(row.opened),
                row.due.map(day),
            ],
        )?;
        Ok(changed > 0)
    }

    fn upsert_record(&self, row: &RecordRow) -> Result<(), Fault> {
        self.handle.run(
            "INSERT INTO record (government, id, line, definition, agency, handler, place, stage, closed, label, \
             opened, touched, due, seq, hash, state, seen_by, hidden, above) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
             ON CONFLICT (government, id) DO UPDATE SET line = excluded.line, definition = excluded.definition, \
             agency = excluded.agency, handler = excluded.handler, place = excluded.place, stage = excluded.stage, \
             closed = excluded.closed, label = excluded.label, opened = excluded.opened, touched = excluded.touched, \
             due = excluded.due, seq = excluded.seq, hash = excluded.hash, state = excluded.state, \
             seen_by = excluded.seen_by, hidden = excluded.hidden, above = excluded.above",
            params![
                row.government.as_str(),
                integer(row.id.0),
                row.line.as_str(),
                row.definition.0,
                row.agency.as_str(),
                row.handler.as_deref(),
                row.place.as_str(),
                row.stage.as_str(),
                row.closed,
                row.label,
                day(row.opened),
                day(row.touched),
                row.due.map(day),
                row.seq,
                row.hash.0,
                row.state,
                column(&row.narrowing.only),
                column(&row.narrowing.hidden),
                row.narrowing.above.number(),
            ],
        )?;
        Ok(())
    }

    /// Moves the head to the last event, in the row that a database with many writers would lock.
    fn move_head(&self, government: &GovernmentCode) -> Result<(), Fault> {
        self.handle.run(
            "INSERT INTO head (government, position, hash) \
             SELECT government, position, head FROM event \
             WHERE government = $1 AND position = (SELECT max(position) FROM event WHERE government = $1) \
             ON CONFLICT (government) DO UPDATE SET position = excluded.position, hash = excluded.hash",
            params![government.as_str()],
        )?;
        Ok(())
    }
}

impl Transaction for Session<WriteGuard<'_>> {
    fn append(&mut self, event: &EventRow) -> Result<(), Fault> {
        self.own(&event.government)?;
        let government = event.government.as_str();
        let position = integer(event.position);
        self.handle.run(
            "INSERT INTO event (government, position, record, seq, hash, head, envelope) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params![
                government,
                position,
                integer(event.record.0),
                event.seq,
                event.hash.0,
                event.head.0,
                event.envelope
            ],
        )?;
        self.insert("content (government, position, part, nonce, bytes)", &event.contents, |part| {
            [
                text(government),
                number(position),
                number(part.part),
                blob(part.nonce.as_ref().map(<[u8; 16]>::as_slice)),
                blob(part.bytes.as_deref()),
            ]
        })?;
        self.work.appended = true;
        self.work.first_appended.get_or_insert(event.position);
        if event.seq == 1 {
            self.work.without_due = Some(event.record);
        }
        self.work.last = Some(event.position);
        Ok(())
    }

    fn erase(&mut self, government: &GovernmentCode, position: u64, part: u16) -> Result<(), Fault> {
        self.own(government)?;
        if part == 0 {
            return Err(refused("part 0 of an event is not personal and can't be erased".to_owned()));
        }
        let erased = self.handle.run(
            "UPDATE content SET nonce = NULL, bytes = NULL WHERE government = $1 AND position = $2 AND part = $3",
            params![government.as_str(), integer(position), part],
        )?;
        if erased == 0 {
            return Err(refused(format!("the event at position {position} has no part {part}")));
        }
        self.work.erased = true;
        Ok(())
    }

    fn put_record(&mut self, row: &RecordRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        if row.seq > 1 && self.update_record(row)? {
            return Ok(());
        }
        self.upsert_record(row)
    }

    fn put_due(&mut self, government: &GovernmentCode, record: RecordId, rows: &[DueRow]) -> Result<(), Fault> {
        self.own(government)?;
        let fresh = self.work.without_due.take_if(|fresh| *fresh == record).is_some();
        let before = if fresh { Vec::new() } else { self.due_of(government, record)? };
        let gone: Vec<&DueRow> = before.iter().filter(|row| !rows.contains(row)).collect();
        let new: Vec<&DueRow> = rows.iter().filter(|row| !before.contains(row)).collect();
        for row in gone {
            self.handle.run(
                "DELETE FROM due WHERE government = $1 AND record = $2 AND limit_code = $3",
                params![government.as_str(), integer(record.0), row.limit.as_str()],
            )?;
        }
        let id = integer(record.0);
        self.insert("due (government, record, limit_code, due, agency)", &new, |row| {
            [text(government.as_str()), number(id), text(&row.limit), number(day(row.due)), number(row.agency)]
        })
    }

    fn put_keys(&mut self, government: &GovernmentCode, record: RecordId, rows: &[KeyRow]) -> Result<(), Fault> {
        self.own(government)?;
        let fresh = self.work.last.is_some_and(|last| record.0 > last);
        let before = if fresh { Vec::new() } else { self.keys(government, record)? };
        let gone: Vec<&KeyRow> = before.iter().filter(|row| !rows.contains(row)).collect();
        let new: Vec<&KeyRow> = rows.iter().filter(|row| !before.contains(row)).collect();
        if gone.is_empty() && new.len() <= ROWS {
            // One statement at most, which stands or falls as a whole.
            return self.insert_keys(government, record, &new);
        }
        self.handle.run("SAVEPOINT keys", [])?;
        let changed = self.change_keys(government, record, &gone, &new);
        if changed.is_err() {
            self.handle.run("ROLLBACK TO SAVEPOINT keys", [])?;
        }
        self.handle.run("RELEASE SAVEPOINT keys", [])?;
        changed
    }

    fn add_deltas(&mut self, rows: &[DeltaRow]) -> Result<(), Fault> {
        for row in rows {
            self.own(&row.government)?;
        }
        // A further delta at a position of before: others stand there under their own numbers.
        let own = self.work.first_appended;
        for row in rows.iter().filter(|row| own.is_none_or(|own| row.position < own)) {
            let sql = "SELECT MAX(n) + 1 FROM delta \
                       WHERE government = $1 AND figure = $2 AND day = $3 AND position = $4 HAVING COUNT(*) > 0";
            let params = params![row.government.as_str(), row.figure.as_str(), day(row.day), integer(row.position)];
            let free = self.handle.one(sql, params, |row| rows::unsigned(row, 0))?;
            self.work.next_delta = self.work.next_delta.max(free.map_or(0, integer));
        }
        let first = self.work.next_delta;
        let mut numbered: Vec<(i64, &DeltaRow)> = (first..).zip(rows).collect();
        self.work.next_delta = first + numbered.len() as i64;
        // In the order of the table, so that those which come together touch few of its pages.
        numbered.sort_by(|(_, one), (_, other)| (&one.figure, one.day).cmp(&(&other.figure, other.day)));
        self.insert(
            "delta (government, figure, day, position, n, record, agency, place, part, amount)",
            &numbered,
            |(n, row)| {
                [
                    text(row.government.as_str()),
                    text(&row.figure),
                    number(day(row.day)),
                    number(integer(row.position)),
                    number(*n),
                    number(integer(row.record.0)),
                    text(&row.agency),
                    text(row.place.as_str()),
                    text(&row.part),
                    number(row.amount),
                ]
            },
        )?;
        let months = by_month(rows);
        let government = self.work.government.as_ref().map_or("", |own| own.as_str());
        self.insert_or(
            "delta_month (government, figure, month, agency, place, part, amount)",
            " ON CONFLICT (government, figure, month, agency, place, part) \
             DO UPDATE SET amount = delta_month.amount + excluded.amount",
            &months,
            |((figure, month, agency, place, part), amount)| {
                [text(government), text(figure), number(*month), text(agency), text(place), text(part), number(*amount)]
            },
        )
    }

    fn months_anew(&mut self, government: &GovernmentCode) -> Result<(), Fault> {
        self.own(government)?;
        self.handle.run("DELETE FROM delta_month WHERE government = $1", params![government.as_str()])?;
        let sql = "INSERT INTO delta_month (government, figure, month, agency, place, part, amount) \
                   SELECT government, figure, day / 100, agency, place, part, sum(amount) FROM delta \
                   WHERE government = $1 GROUP BY figure, day / 100, agency, place, part";
        self.handle.run(sql, params![government.as_str()]).map(drop)
    }

    fn next_number(&mut self, government: &GovernmentCode, series: &str, year: i16) -> Result<u64, Fault> {
        self.own(government)?;
        let params = params![government.as_str(), series, year];
        let next = self.handle.one(
            "UPDATE series SET last = last + 1 WHERE government = $1 AND series = $2 AND year = $3 RETURNING last",
            params,
            |row| rows::unsigned(row, 0),
        )?;
        if let Some(next) = next {
            return Ok(next);
        }
        self.handle.run("INSERT INTO series (government, series, year, last) VALUES ($1, $2, $3, 1)", params)?;
        Ok(1)
    }

    fn put_definition(&mut self, digest: Digest, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        if self.handle.knows(digest) || self.work.definitions.contains(&digest) {
            return Ok(());
        }
        self.runs()?;
        let stands = self.handle.one("SELECT 1 FROM definition WHERE digest = $1", params![digest.0], |_| Ok(()))?;
        if stands.is_none() {
            let sql = "INSERT INTO definition (digest, name, bytes) VALUES ($1, $2, $3)";
            self.handle.run(sql, params![digest.0, name, bytes])?;
        }
        self.work.definitions.push(digest);
        Ok(())
    }

    fn put_public(&mut self, row: &PublicRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        self.handle.run(
            "INSERT INTO public (government, record, publication, line, published, withdrawn, shown, digest) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (government, record, publication) DO UPDATE SET line = excluded.line, \
             published = excluded.published, withdrawn = excluded.withdrawn, shown = excluded.shown, \
             digest = excluded.digest",
            params![
                row.government.as_str(),
                integer(row.record.0),
                row.publication.as_str(),
                row.line.as_str(),
                day(row.published),
                row.withdrawn.map(day),
                row.shown,
                row.digest.0
            ],
        )?;
        Ok(())
    }

    fn put_command(&mut self, government: &GovernmentCode, row: &CommandRow) -> Result<(), Fault> {
        self.own(government)?;
        self.handle.run(
            "INSERT INTO command (government, id, record, position) VALUES ($1, $2, $3, $4)",
            params![government.as_str(), row.id.0, integer(row.record.0), integer(row.position)],
        )?;
        Ok(())
    }

    fn put_account(&mut self, row: &AccountRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        let posts: Vec<&str> = row.posts.iter().map(|post| post.as_str()).collect();
        self.handle.run(
            "INSERT INTO account (government, name, shown, agency, posts, password) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (government, name) DO UPDATE SET shown = excluded.shown, agency = excluded.agency, \
             posts = excluded.posts, password = excluded.password",
            params![
                row.government.as_str(),
                row.name.as_str(),
                row.shown,
                row.agency.as_str(),
                posts.join("\n"),
                row.password
            ],
        )?;
        Ok(())
    }

    fn put_agency(&mut self, row: &AgencyRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        self.handle.run(
            "INSERT INTO agency (government, code, name, place) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (government, code) DO UPDATE SET name = excluded.name, place = excluded.place",
            params![row.government.as_str(), row.code.as_str(), row.name, row.place.as_str()],
        )?;
        Ok(())
    }

    fn note_look(&mut self, government: &GovernmentCode, look: &LookRow) -> Result<(), Fault> {
        self.own(government)?;
        let noted = self.handle.run(
            "INSERT INTO look (government, record, at, account, reason) VALUES ($1, $2, $3, $4, $5)",
            params![government.as_str(), integer(look.record.0), look.at, look.account.as_str(), look.reason],
        );
        // The same look at the same microsecond is one look.
        let again = || {
            let sql = "SELECT 1 FROM look WHERE government = $1 AND record = $2 AND at = $3 AND account = $4";
            let params = params![government.as_str(), integer(look.record.0), look.at, look.account.as_str()];
            self.handle.one(sql, params, |_| Ok(()))
        };
        match noted {
            Err(error) if again()?.is_none() => Err(error),
            _ => Ok(()),
        }
    }

    fn put_note(&mut self, name: &str, text: &str) -> Result<(), Fault> {
        self.runs()?;
        let sql = "INSERT INTO note (name, text) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET text = excluded.text";
        self.handle.run(sql, params![name, text])?;
        Ok(())
    }

    fn mark(&mut self) -> Result<(), Fault> {
        if self.work.marked && !self.work.written {
            return Ok(());
        }
        if self.work.marked {
            self.handle.run("RELEASE SAVEPOINT mark", [])?;
        }
        self.handle.run("SAVEPOINT mark", [])?;
        self.work.marked = true;
        self.work.written = false;
        Ok(())
    }

    fn undo(&mut self) -> Result<(), Fault> {
        if !self.work.marked {
            return Err(refused("there is no mark to return to".to_owned()));
        }
        if self.work.written {
            self.handle.run("ROLLBACK TO SAVEPOINT mark", [])?;
        }
        self.work.forget();
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Fault> {
        if self.work.marked {
            self.handle.run("RELEASE SAVEPOINT mark", [])?;
        }
        self.work.marked = false;
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<(), Fault> {
        self.commit_early()?.landed()
    }

    fn commit_early(self: Box<Self>) -> Result<Box<dyn Landing>, Fault> {
        self.handle.whole()?;
        if self.work.appended
            && let Some(government) = self.work.government.clone()
        {
            self.move_head(&government)?;
        }
        let Session { handle, work } = *self;
        handle.commit(work)
    }
}
