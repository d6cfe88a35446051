//! A platform for a test: a temporary store, a clock that stands still, seeded nonces, numbered commands.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use catalog::Catalog;
use kernel::Standing;
use ledger::Fault;
use platform::{Answer, Person, Platform, Request, RequestAsk};
use terms::{Code, CommandId, DateTime, GovernmentCode, RecordId, Value};

use crate::{FixedClock, TempStore};

/// A platform with nothing in it yet.
pub struct Bench {
    /// The platform.
    pub platform: Arc<Platform>,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    /// Its store.
    pub temp: TempStore,
    commands: AtomicU64,
}

/// Somebody with these posts.
pub fn person(government: &GovernmentCode, account: &str, agency: &str, posts: &[&str]) -> Person {
    Person {
        government: government.clone(),
        account: account.into(),
        shown: account.to_owned(),
        agency: agency.into(),
        posts: posts.iter().map(|post| Code::from(*post)).collect(),
    }
}

impl Bench {
    /// A platform over this catalogue.
    ///
    /// # Errors
    /// Where no store can be made.
    pub fn new(catalog: &Arc<Catalog>, now: DateTime) -> Result<Bench, Fault> {
        let temp = TempStore::new()?;
        let clock = Arc::new(FixedClock::new(now));
        let platform = Arc::new(Platform::new(temp.store(), catalog.clone(), clock.clone(), [7; 32]));
        Ok(Bench { platform, clock, temp, commands: AtomicU64::new(0) })
    }

    /// A command id that was not used yet.
    pub fn command(&self) -> CommandId {
        let number = self.commands.fetch_add(1, Ordering::Relaxed) + 1;
        CommandId(u128::from(number).to_be_bytes())
    }

    /// A request by somebody, with nothing unusual about it.
    pub fn request(&self, who: &Person, line: &str, record: Option<RecordId>, ask: RequestAsk) -> Request {
        Request {
            id: self.command(),
            who: who.clone(),
            record,
            line: line.into(),
            seen: None,
            ask,
            inputs: Vec::new(),
            reasons: Vec::new(),
            attachments: Vec::new(),
            done_at: None,
            place: None,
            handler: None,
            standing: Standing::Normal,
            grant: None,
        }
    }

    /// A request for an act.
    pub fn act(
        &self,
        who: &Person,
        line: &str,
        record: Option<RecordId>,
        act: &str,
        inputs: &[(&str, Value)],
    ) -> Request {
        let inputs = inputs.iter().map(|(field, value)| (Code::from(*field), value.clone())).collect();
        Request { inputs, ..self.request(who, line, record, RequestAsk::Act(act.into())) }
    }

    /// Does one command in a commit of its own.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn submit(&self, request: Request) -> Result<Answer, Fault> {
        let government = request.who.government.clone();
        let mut answers = self.platform.submit_all(&government, vec![request], 1)?;
        Ok(answers.swap_remove(0))
    }
}
