//! A connection whose statements are prepared once and counted.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::{Fault, FaultKind};
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Row, Statement};

use crate::query::Param;

/// A value to bind.
#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
    Integers(Vec<i64>),
    Texts(Vec<String>),
    Blobs(Vec<Vec<u8>>),
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(value) => value.to_sql(ty, out),
            Value::Text(value) => value.to_sql(ty, out),
            Value::Bytes(value) => value.to_sql(ty, out),
            Value::Integers(value) => value.to_sql(ty, out),
            Value::Texts(value) => value.to_sql(ty, out),
            Value::Blobs(value) => value.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Integer(value)
    }
}
impl From<u32> for Value {
    fn from(value: u32) -> Value {
        Value::Integer(value.into())
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Integer(value.into())
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.to_owned())
    }
}
impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Value {
        Value::Bytes(value.to_vec())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}
impl From<&Param> for Value {
    fn from(value: &Param) -> Value {
        match value {
            Param::Integer(value) => Value::Integer(*value),
            Param::Text(value) => Value::Text(value.clone()),
        }
    }
}

/// A connection of the store.
pub(crate) struct Handle {
    pub(crate) client: Client,
    prepared: HashMap<String, Statement>,
    statements: Arc<AtomicU64>,
    /// How the server went away or ended the session: the client itself notices only later.
    lost: Option<String>,
}

fn borrowed(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}

impl Handle {
    pub(crate) fn new(client: Client, statements: Arc<AtomicU64>) -> Handle {
        Handle { client, prepared: HashMap::new(), statements, lost: None }
    }

    /// Whether nothing more can be sent on it.
    pub(crate) fn lost(&self) -> bool {
        self.lost.is_some() || self.client.is_closed()
    }

    fn note(&mut self, error: &postgres::Error) {
        if gone(error) {
            self.lost.get_or_insert_with(|| words(error));
        }
    }

    fn told<T>(&mut self, answer: Result<T, postgres::Error>) -> Result<T, Fault> {
        answer.map_err(|error| {
            self.note(&error);
            fault(error)
        })
    }

    /// What a failure is called where the statement committed by itself: it may stand, if the server went away.
    pub(crate) fn alone(&self, fault: Fault) -> Fault {
        match &self.lost {
            None => fault,
            Some(told) => refused(format!(
                "the database does not answer ({told}): it is not known whether this was written; it can be done again"
            )),
        }
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, Fault> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql);
        let statement = self.told(statement)?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Runs a statement without parameters or answer.
    pub(crate) fn simple(&mut self, sql: &str) -> Result<(), Fault> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let done = self.client.batch_execute(sql);
        self.told(done)
    }

    /// Commits. A transaction in which a statement failed answers COMMIT with a rollback and no error, so that another
    /// statement goes before it, in the same message: that one fails.
    pub(crate) fn commit(&mut self) -> Result<(), Fault> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.client.batch_execute("SELECT 1; COMMIT").map_err(|error| {
            self.note(&error);
            if refuses(&error) { fault(error) } else { unknown(&error) }
        })
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64, Fault> {
        let statement = self.prepare(sql)?;
        let done = self.client.execute(&statement, &borrowed(params));
        self.told(done)
    }

    /// All rows of a statement.
    pub(crate) fn rows<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        read: impl FnMut(&Row) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let statement = self.prepare(sql)?;
        let rows = self.client.query(&statement, &borrowed(params));
        self.told(rows)?.iter().map(read).collect()
    }

    /// The first row of a statement.
    pub(crate) fn one<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        read: impl FnMut(&Row) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        Ok(self.rows(sql, params, read)?.into_iter().next())
    }
}

fn words(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(told) => told.message().to_owned(),
        None => error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}")),
    }
}

fn class(error: &postgres::Error) -> &str {
    error.code().map_or("", |code| code.code())
}

/// Whether the session is over: the connection broke, the server shuts down or starts, or it had enough of the session.
fn gone(error: &postgres::Error) -> bool {
    let class = class(error);
    error.as_db_error().is_none() || class.starts_with("57P") || class.starts_with("08") || class == "25P03"
}

/// Whether an error says for certain that the transaction was rolled back: a constraint, the transaction's own state, a
/// conflict, a lock, a trigger that objects. Any other may have come after the commit was on the disk.
fn refuses(error: &postgres::Error) -> bool {
    let class = class(error);
    class != "40003" && ["23", "25", "40", "55", "P0"].iter().any(|group| class.starts_with(group)) && !gone(error)
}

/// A commit that was not answered.
fn unknown(error: &postgres::Error) -> Fault {
    refused(format!(
        "the database did not confirm the commit ({}): it is not known whether the act stands; repeat it, which is safe: \
         the same command gets the first answer",
        words(error)
    ))
}

/// A failure of PostgreSQL as the operator needs it. Not of a commit: [`unknown`].
pub(crate) fn fault(error: postgres::Error) -> Fault {
    let told = words(&error);
    let class = class(&error);
    let message = match class {
        "28P01" | "28000" => format!("the database refuses the sign-in ({told}): check user and password"),
        "3D000" => format!("the database is not there ({told}): create it, or correct its name"),
        "53100" => format!("the database's disk is full ({told}): make room; nothing of this act was written"),
        "25P02" => "an earlier statement of the transaction failed: nothing of it was written".to_owned(),
        _ if gone(&error) => format!(
            "the database does not answer ({told}): check that the server runs and can be reached; nothing of this act \
             was written, and it can be repeated"
        ),
        _ => format!("the ledger can't be used: {told}"),
    };
    let kind = if class == "XX001" || class == "XX002" { FaultKind::Damaged } else { FaultKind::Unavailable };
    Fault { kind, message }
}

/// What is stored is not what was written.
pub(crate) fn damaged(what: &str) -> Fault {
    let message = format!("the ledger is damaged ({what}): stop the program, and put back the last backup");
    Fault { kind: FaultKind::Damaged, message }
}

/// The caller asked for what can't be done.
pub(crate) fn refused(message: String) -> Fault {
    Fault { kind: FaultKind::Unavailable, message }
}
