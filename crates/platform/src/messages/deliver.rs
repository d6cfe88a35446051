//! Carrying messages over, and the person who looks after those that wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::time::Duration;

use ledger::{Fault, MessageRow, MessageState};
use terms::{Code, GovernmentCode, MessageId, RecordId, Thread};

use super::{Came, decode, done};
use crate::{ClockGrant, Person, Platform};

/// So many messages are handed over in one commit.
const STRETCH: u32 = 200;

impl Platform {
    /// Waits until something was sent, or so long.
    pub fn await_post(&self, most: Duration) {
        let waits = self.posted.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let rung = self.posted.bell.wait_timeout_while(waits, most, |waits| !*waits);
        *rung.unwrap_or_else(PoisonError::into_inner).0 = false;
    }

    /// Hands over everything that waits to be, whatever government sent it, until nothing more comes of it. Gives how many
    /// messages were handed over. Doing it twice, or from two programs, does no harm: the receiver knows each message.
    ///
    /// # Errors
    /// Where the store fails; what was handed over stays so.
    pub fn deliver(&self, grant: Option<ClockGrant>) -> Result<usize, Fault> {
        let mut handed = 0;
        loop {
            let governments = self.store.read()?.governments()?;
            let mut moved = 0;
            for government in &governments {
                moved += self.deliver_from(government, grant)?;
            }
            handed += moved;
            if moved == 0 || self.stopping() {
                return Ok(handed);
            }
        }
    }

    fn deliver_from(&self, government: &GovernmentCode, grant: Option<ClockGrant>) -> Result<usize, Fault> {
        let (queued, stuck) = {
            let mut read = self.store.read()?;
            let queued = read.messages(government, true, MessageState::Queued, STRETCH)?;
            if queued.is_empty() {
                return Ok(0);
            }
            (queued, read.messages(government, true, MessageState::Waits, u32::MAX)?)
        };
        // What comes after a message that waits, waits with it.
        let mut stuck: BTreeSet<(Thread, bool)> = stuck.into_iter().map(|row| (row.id.thread, row.id.back)).collect();
        let mut by_receiver: BTreeMap<Option<GovernmentCode>, Vec<MessageRow>> = BTreeMap::new();
        for row in queued.into_iter().filter(|row| !stuck.contains(&(row.id.thread.clone(), row.id.back))) {
            by_receiver.entry(row.other.clone()).or_default().push(row);
        }
        let mut settled = Vec::new();
        for (receiver, rows) in by_receiver {
            let hosted = match &receiver {
                Some(receiver) => !self.store.read()?.agencies(receiver)?.is_empty(),
                None => false,
            };
            let Some(receiver) = receiver.filter(|_| hosted) else {
                let on_paper = |row| MessageRow { state: MessageState::Paper, bytes: Vec::new(), ..row };
                settled.extend(rows.into_iter().map(on_paper));
                continue;
            };
            settled.extend(self.hand_over(&receiver, rows, &mut stuck, grant)?);
        }
        let mut batch = self.batch(government)?;
        for row in &settled {
            batch.tx.put_message(row)?;
        }
        batch.commit()?;
        Ok(settled.len())
    }

    /// Hands messages to one receiver, in one commit there; gives them as they stand then.
    fn hand_over(
        &self,
        receiver: &GovernmentCode,
        rows: Vec<MessageRow>,
        stuck: &mut BTreeSet<(Thread, bool)>,
        grant: Option<ClockGrant>,
    ) -> Result<Vec<MessageRow>, Fault> {
        let now = grant.map_or_else(|| self.now(), ClockGrant::time);
        let mut settled = Vec::new();
        let mut batch = self.batch(receiver)?;
        for row in rows {
            let along = (row.id.thread.clone(), row.id.back);
            if stuck.contains(&along) {
                continue;
            }
            match batch.receive(&row, None, now, grant)? {
                Came::Done(there) => settled.push(done(row, there)),
                Came::Waits(told) => {
                    stuck.insert(along);
                    settled.push(MessageRow { state: MessageState::Waits, told, ..row });
                }
                Came::Early => {
                    stuck.insert(along);
                }
            }
        }
        batch.commit()?;
        Ok(settled)
    }

    /// Tries a message again that waits here, with the agency that a person has named.
    ///
    /// # Errors
    /// Where the store fails. The answer is why it still waits, or nothing.
    pub fn take_up(&self, person: &Person, id: &MessageId, agency: Option<Code>) -> Result<Option<String>, Fault> {
        let now = self.now();
        let Some(waiting) = self.waits_here(person, id)? else { return Ok(Some("gone".to_owned())) };
        let Some(sender) = waiting.other.clone() else { return Ok(Some("gone".to_owned())) };
        let Some(sent) = self.store.read()?.message(&sender, true, id)? else { return Ok(Some("gone".to_owned())) };
        let mut batch = self.batch(&person.government)?;
        let came = batch.receive(&sent, agency, now, None)?;
        batch.commit()?;
        match came {
            Came::Done(there) => {
                self.settle(&sender, done(sent, there))?;
                self.deliver(None)?;
                Ok(None)
            }
            Came::Waits(told) => {
                self.settle(&sender, MessageRow { told: told.clone(), ..sent })?;
                Ok(Some(told))
            }
            Came::Early => Ok(Some("early".to_owned())),
        }
    }

    /// Sends a message back that waits here, with the reason.
    ///
    /// # Errors
    /// Where the store fails. Gives whether there was such a message.
    pub fn send_back(&self, person: &Person, id: &MessageId, reason: &str) -> Result<bool, Fault> {
        let Some(waiting) = self.waits_here(person, id)? else { return Ok(false) };
        let returned = |row: MessageRow| MessageRow {
            state: MessageState::Returned,
            told: reason.to_owned(),
            bytes: Vec::new(),
            ..row
        };
        let sender = waiting.other.clone();
        self.settle(&person.government, returned(waiting))?;
        if let Some(sender) = sender
            && let Some(sent) = self.store.read()?.message(&sender, true, id)?
        {
            self.settle(&sender, returned(sent))?;
        }
        Ok(true)
    }

    fn settle(&self, government: &GovernmentCode, row: MessageRow) -> Result<(), Fault> {
        let mut batch = self.batch(government)?;
        batch.tx.put_message(&row)?;
        batch.commit()
    }

    /// A message that waits at a person's government, if they are the one to look at it.
    fn waits_here(&self, person: &Person, id: &MessageId) -> Result<Option<MessageRow>, Fault> {
        let row = self.store.read()?.message(&person.government, false, id)?;
        Ok(row.filter(|row| row.state == MessageState::Waits && self.looks_after(person, row)))
    }

    /// Whether it is this person's to look at a message that waits: of posts that reach over the government, or of those
    /// that could do what it asks.
    fn looks_after(&self, person: &Person, row: &MessageRow) -> bool {
        let across = |post: &Code| self.catalog.terms.post(post).is_some_and(|post| post.across);
        let oversees = person.posts.iter().any(across);
        let letter = decode(row).ok();
        let opens = letter.and_then(|letter| letter.opens);
        let line = opens.and_then(|line| self.catalog.line(&line, &person.government, self.now().date()));
        oversees
            || line.is_some_and(|line| {
                line.acts
                    .iter()
                    .filter(|act| act.general.is_none())
                    .any(|act| act.by.iter().any(|by| person.posts.contains(by)))
            })
    }

    /// What waits for a person: messages that came and could not be applied, and messages of the own agency's records that
    /// wait or were sent back elsewhere, or go on paper.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn waiting_messages(&self, person: &Person) -> Result<(Vec<MessageRow>, Vec<MessageRow>), Fault> {
        const MOST: u32 = 200;
        let mut read = self.store.read()?;
        let came = read.messages(&person.government, false, MessageState::Waits, MOST)?;
        let sight = self.sight_of(read.as_mut(), person, &person.government)?;
        let came = came.into_iter().filter(|row| self.looks_after(person, row)).collect();
        let mut sent = Vec::new();
        for state in [MessageState::Waits, MessageState::Returned] {
            for row in read.messages(&person.government, true, state, MOST)? {
                let Some(id) = row.record else { continue };
                if read.record(&person.government, id)?.is_some_and(|record| sight.sees(&record)) {
                    sent.push(row);
                }
            }
        }
        Ok((came, sent))
    }

    /// The messages of a record, in order.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn messages_of(&self, government: &GovernmentCode, record: RecordId) -> Result<Vec<MessageRow>, Fault> {
        self.store.read()?.messages_of(government, record)
    }

    /// The organs that a message can go to: the agencies of every government that has the platform.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn organs(&self) -> Result<Vec<(Code, String)>, Fault> {
        let on = self.now().date();
        let mut read = self.store.read()?;
        let mut all = Vec::new();
        for government in read.governments()? {
            let place = self.catalog.regions.get(&government, on);
            let place = place.map_or_else(|| government.to_string(), |region| region.name.clone());
            for agency in read.agencies(&government)? {
                let name =
                    if agency.name.starts_with(&place) { agency.name } else { format!("{place}{}", agency.name) };
                all.push((format!("{government}/{}", agency.code).into(), name));
            }
        }
        Ok(all)
    }
}
