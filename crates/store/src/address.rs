//! Where a ledger lies, in one word: a folder, or the address of a database.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ledger::{Fault, FaultKind, Store};

use crate::{Options, postgres, sqlite};

/// Where a ledger lies.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A folder, with the embedded database.
    Folder(PathBuf),
    /// A database of PostgreSQL: `postgres://user:password@host:port/name`.
    Postgres(String),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Address, String> {
        match text.split_once("://") {
            None => Ok(Address::Folder(text.into())),
            Some(("postgres" | "postgresql", _)) => Ok(Address::Postgres(text.to_owned())),
            Some((scheme, _)) => Err(format!(
                "no ledger can lie at a {scheme} address: name a folder, or postgres://user:password@host:port/name"
            )),
        }
    }
}

impl Address {
    /// A folder in which files lie while they come in: on the disk of a ledger in a folder, else where this machine keeps
    /// what is temporary.
    pub fn spool(&self) -> PathBuf {
        match self {
            Address::Folder(path) => sqlite::spool(path),
            Address::Postgres(_) => std::env::temp_dir(),
        }
    }
}

/// The address as it may be shown: without its password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Folder(path) => write!(f, "{}", path.display()),
            Address::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
                // A password can stand before the host or among the options.
                let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
                let (user, place) = rest.rsplit_once('@').map_or(("", rest), |(user, place)| (user, place));
                match user.split(':').next() {
                    Some(user) if !user.is_empty() => write!(f, "{scheme}://{user}@{place}"),
                    _ => write!(f, "{scheme}://{place}"),
                }
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Opens the ledger at an address, or makes one where there is none.
///
/// # Errors
/// Where it can't be reached, was written by a newer version, is damaged, or another program writes to its folder.
pub fn open(address: &Address, options: &Options) -> Result<Box<dyn Store>, Fault> {
    Ok(match address {
        Address::Folder(path) => Box::new(sqlite::open(path, options)?),
        Address::Postgres(url) => Box::new(postgres::open(url, options)?),
    })
}

/// Opens the ledger at an address for reading, also while others write.
///
/// # Errors
/// Where there is none, where it can't be reached, was written by a newer version or is damaged.
pub fn open_read_only(address: &Address, options: &Options) -> Result<Box<dyn Store>, Fault> {
    Ok(match address {
        Address::Folder(path) => Box::new(sqlite::open_read_only(path, options)?),
        Address::Postgres(url) => Box::new(postgres::open_read_only(url, options)?),
    })
}

/// The schema of a ledger before and after it was brought up to date; 0: there was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Version found.
    pub before: usize,
    /// Version now.
    pub now: usize,
}

/// Brings the schema of the ledger at an address up to date; `citus`: distributes its tables, which only a database can
/// whose tables are made now.
///
/// # Errors
/// Where it can't be reached, was written by a newer version, is damaged, or can't be distributed.
pub fn migrate(address: &Address, citus: bool) -> Result<Schema, Fault> {
    match address {
        Address::Folder(_) if citus => Err(Fault {
            kind: FaultKind::Unavailable,
            message:
                "a folder has no tables to distribute: leave --citus away, or name a PostgreSQL database with the \
                      extension citus by --data"
                    .to_owned(),
        }),
        Address::Folder(path) => sqlite::migrate(path),
        Address::Postgres(url) => postgres::migrate(url, citus),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        let shown = |text: &str| text.parse::<Address>().map(|address| format!("{address} {address:?}"));
        for (text, expected) in [
            ("county", "county"),
            ("postgres://fazhi:se:cr@et@db:5432/city?password=secret", "postgres://fazhi@db:5432/city"),
            ("postgresql://db/city", "postgresql://db/city"),
        ] {
            assert_eq!(shown(text), Ok(format!("{expected} {expected}")));
        }
        assert!("mysql://db/city".parse::<Address>().is_err());
    }
}
