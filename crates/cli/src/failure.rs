//! Why the program could not run: what happened, where, and what to do.

use std::fmt;

use ledger::Fault;
use platform::TellError;

/// What a command that ran has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing is wrong.
    Nothing,
    /// Something is: the command has said what.
    Something,
}

impl Found {
    /// Something, where that is so.
    pub fn when(something: bool) -> Found {
        if something { Found::Something } else { Found::Nothing }
    }
}

/// The program could not run.
#[derive(Debug)]
pub struct Failure {
    what: String,
    remedy: String,
}

impl Failure {
    /// What happened, with its place, and the remedy.
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Failure {
        Failure { what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fazhi: {}", self.what)?;
        if self.remedy.is_empty() { Ok(()) } else { write!(f, "\n  do this: {}", self.remedy) }
    }
}

impl From<Fault> for Failure {
    /// A fault's message ends with its remedy.
    fn from(fault: Fault) -> Failure {
        Failure::new(fault.to_string(), "")
    }
}

impl From<TellError> for Failure {
    fn from(error: TellError) -> Failure {
        Failure::new(error.to_string(), "")
    }
}
