//! A connection whose statements are prepared once and counted.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::{Fault, FaultKind};
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Row};

use super::statement::{SETTINGS, Statement};
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
impl From<Param> for Value {
    fn from(value: Param) -> Value {
        match value {
            Param::Integer(value) => Value::Integer(value),
            Param::Text(value) => Value::Text(value),
        }
    }
}

/// A connection of the store. It takes classified statements alone, so that none can be sent that a distributed
/// database would refuse.
pub(crate) struct Handle {
    client: Client,
    prepared: HashMap<String, postgres::Statement>,
    statements: Arc<AtomicU64>,
}

fn borrowed(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}

impl Handle {
    /// Connects. What this asks of the server does not count as a statement of the store.
    pub(crate) fn connect(config: &Config, statements: Arc<AtomicU64>) -> Result<Handle, Fault> {
        let mut client = config.connect(NoTls).map_err(fault)?;
        client.batch_execute(SETTINGS.sql()).map_err(fault)?;
        Ok(Handle { client, prepared: HashMap::new(), statements })
    }

    /// Whether the connection was lost.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    fn prepare(&mut self, statement: &Statement) -> Result<postgres::Statement, Fault> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let sql = statement.sql();
        if let Some(prepared) = self.prepared.get(sql) {
            return Ok(prepared.clone());
        }
        let prepared = self.client.prepare(sql).map_err(fault)?;
        self.prepared.insert(sql.to_owned(), prepared.clone());
        Ok(prepared)
    }

    /// Runs a statement without parameters or answer.
    pub(crate) fn simple(&mut self, statement: &Statement) -> Result<(), Fault> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.client.batch_execute(statement.sql()).map_err(fault)
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn run(&mut self, statement: &Statement, params: &[Value]) -> Result<u64, Fault> {
        let prepared = self.prepare(statement)?;
        self.client.execute(&prepared, &borrowed(params)).map_err(fault)
    }

    /// All rows of a statement.
    pub(crate) fn rows<T>(
        &mut self,
        statement: &Statement,
        params: &[Value],
        read: impl FnMut(&Row) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let prepared = self.prepare(statement)?;
        self.client.query(&prepared, &borrowed(params)).map_err(fault)?.iter().map(read).collect()
    }

    /// The first row of a statement.
    pub(crate) fn one<T>(
        &mut self,
        statement: &Statement,
        params: &[Value],
        read: impl FnMut(&Row) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        Ok(self.rows(statement, params, read)?.into_iter().next())
    }
}

/// A failure of PostgreSQL as the operator needs it.
pub(crate) fn fault(error: postgres::Error) -> Fault {
    let told = match error.as_db_error() {
        Some(told) => told.message().to_owned(),
        None => error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}")),
    };
    let class = error.code().map_or("", |code| code.code());
    let message = match class {
        "28P01" | "28000" => format!("the database refuses the sign-in ({told}): check user and password"),
        "3D000" => format!("the database is not there ({told}): create it, or correct its name"),
        "53100" => format!("the database's disk is full ({told}): make room; nothing of this act was written"),
        _ if class.starts_with("57P") || error.as_db_error().is_none() => format!(
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
