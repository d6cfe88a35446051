//! The receiver's door: a message is judged as another organ's act, by the line in force here.

use std::collections::BTreeSet;

use kernel::Standing;
use ledger::{Fault, MessageRow, MessageState};
use procedure::{Hears, Line, Link, Truth};
use terms::{Code, DateTime, MessageId, Value};

use super::{Came, Letter, command_of, decode, done};
use crate::{Answer, Batch, ClockGrant, Person, Request, RequestAsk};

/// The post under which a message is judged.
const AUTHORITY: &str = "authority";

impl Batch<'_> {
    /// A message at the receiver's door. `agency`: a person there has said whose it is.
    pub(super) fn receive(
        &mut self,
        sent: &MessageRow,
        agency: Option<Code>,
        now: DateTime,
        grant: Option<ClockGrant>,
    ) -> Result<Came, Fault> {
        let id = &sent.id;
        let known = self.tx.message(&self.government, false, id)?;
        if let Some(MessageRow { state: MessageState::Done, record: Some(record), .. }) = &known {
            return Ok(Came::Done(*record));
        }
        if id.n > 1 {
            let before = MessageId { n: id.n - 1, ..id.clone() };
            let came = self.tx.message(&self.government, false, &before)?;
            if came.is_none_or(|row| !matches!(row.state, MessageState::Done | MessageState::Returned)) {
                return Ok(Came::Early);
            }
        }
        let letter = decode(sent)?;
        let mut row = MessageRow {
            government: self.government.clone(),
            sent: false,
            id: id.clone(),
            record: known.and_then(|row| row.record),
            seq: 0,
            other: Some(sent.government.clone()),
            line: letter.line.clone(),
            there: sent.record,
            addressee: sent.addressee.clone(),
            state: MessageState::Waits,
            told: String::new(),
            bytes: sent.bytes.clone(),
            at: terms::micros_of(now),
        };
        // It is here before it is applied: what the act tells back has to know the other end.
        self.tx.put_message(&row)?;
        let came = match &letter.opens {
            Some(opens) => self.open(sent, &letter, opens, agency, grant)?,
            None => self.hear(sent, &letter, now, grant)?,
        };
        match &came {
            Came::Done(record) => {
                row.seq = self.tx.record(&self.government, *record)?.map_or(0, |row| row.seq);
                row = done(row, *record);
                (row.record, row.there) = (Some(*record), sent.record);
            }
            Came::Waits(why) => row.told = why.clone(),
            Came::Early => {}
        }
        self.tx.put_message(&row)?;
        Ok(came)
    }

    /// A record is opened by a message.
    fn open(
        &mut self,
        sent: &MessageRow,
        letter: &Letter,
        opens: &Code,
        agency: Option<Code>,
        grant: Option<ClockGrant>,
    ) -> Result<Came, Fault> {
        let on = letter.at.date();
        let Some(line) = self.catalog.line(opens, &self.government, on) else {
            return Ok(Came::Waits(format!("unknown {opens}")));
        };
        let agency = match agency.or(letter.agency.clone()) {
            Some(named) if self.tx.agencies(&self.government)?.iter().any(|agency| agency.code == named) => named,
            Some(named) => return Ok(Came::Waits(format!("agency {named}"))),
            None => match self.takes(&line, &letter.act, &letter.from)? {
                Some(found) => found,
                None => return Ok(Came::Waits("agency".to_owned())),
            },
        };
        let inside = self.catalog.regions.government(&letter.place, on).as_ref() == Some(&self.government);
        let request = Request {
            line: opens.clone(),
            place: inside.then(|| letter.place.clone()),
            ..self.request(sent, 0, agency, &letter.act, letter.values.clone(), letter.at, grant)
        };
        self.came(&request, &sent.id)
    }

    /// What is done elsewhere does its acts here.
    fn hear(
        &mut self,
        sent: &MessageRow,
        letter: &Letter,
        now: DateTime,
        grant: Option<ClockGrant>,
    ) -> Result<Came, Fault> {
        let thread = &sent.id.thread;
        let here = if sent.id.back {
            (thread.government == self.government).then_some(thread.record)
        } else {
            let opening = MessageId { thread: thread.clone(), back: false, n: 1 };
            self.tx.message(&self.government, false, &opening)?.and_then(|row| row.record)
        };
        let found = match here {
            Some(id) => self.standing(id, now)?,
            None => None,
        };
        let Some((line, record)) = found else { return Ok(Came::Waits("no_record".to_owned())) };
        let (id, agency) = (record.id, record.agency.clone());
        let link = if sent.id.back { Link::Effect(thread.effect.clone()) } else { Link::Origin(letter.line.clone()) };
        let facts = procedure::Facts {
            line: &line,
            record: Some(&record),
            inputs: &[],
            answers: &[],
            now: Some(letter.at),
            actor: None,
            calendar: &self.catalog.calendar,
            this: None,
        };
        let holds = |hears: &&Hears| hears.when.as_ref().is_none_or(|when| facts.truth(when) == Truth::Yes);
        let hearing = line.hears.iter().filter(|hears| hears.link == link && hears.of.contains(&letter.act));
        let hearing: Vec<&Hears> = hearing.filter(holds).collect();
        for (part, hears) in hearing.into_iter().enumerate() {
            let value =
                |from: &Code| letter.values.iter().find(|(code, _)| code == from).map(|(_, value)| value.clone());
            let inputs =
                hears.fills.iter().filter_map(|(here, from)| Some((line.field(*here).code.clone(), value(from)?)));
            let act = &line.act(hears.does).code;
            let request = Request {
                record: Some(id),
                ..self.request(sent, part, agency.clone(), act, inputs.collect(), letter.at, grant)
            };
            if let Came::Waits(why) = self.came(&request, &sent.id)? {
                return Ok(Came::Waits(why));
            }
        }
        Ok(Came::Done(id))
    }

    #[allow(clippy::too_many_arguments)] // the parts of a request
    fn request(
        &self,
        sent: &MessageRow,
        part: usize,
        agency: Code,
        act: &Code,
        inputs: Vec<(Code, Value)>,
        at: DateTime,
        grant: Option<ClockGrant>,
    ) -> Request {
        Request {
            id: command_of(&sent.id, part),
            who: Person {
                government: self.government.clone(),
                account: format!("gov:{}", sent.government).into(),
                shown: String::new(),
                agency,
                posts: vec![AUTHORITY.into()],
            },
            record: None,
            line: Code::default(),
            seen: None,
            ask: RequestAsk::Act(act.clone()),
            inputs,
            reasons: Vec::new(),
            attachments: Vec::new(),
            done_at: Some(at),
            place: None,
            handler: None,
            standing: Standing::Normal,
            grant,
        }
    }

    fn came(&mut self, request: &Request, id: &MessageId) -> Result<Came, Fault> {
        let no = match self.act_for(request, Some(id))? {
            Answer::Done(receipt) => return Ok(Came::Done(receipt.record)),
            Answer::Refused(refusals) => {
                format!("refused {}", refusals.first().map_or("", |refusal| refusal.code))
            }
            Answer::Asks(warnings) => {
                format!("asks {}", warnings.first().map_or("", |warning| warning.rule.as_str()))
            }
            Answer::Incomplete(gaps) => {
                let fields: Vec<&str> = gaps.iter().map(|gap| gap.field.as_str()).collect();
                format!("incomplete {}", fields.join(" "))
            }
            Answer::Stale { .. } => "stale".to_owned(),
            Answer::Unknown(word) => format!("unknown {word}"),
            Answer::Taken { field, value } => format!("taken {field} {value}"),
            Answer::NoAttachment { name } => format!("no_attachment {name}"),
            Answer::WrongTime => "wrong_time".to_owned(),
        };
        Ok(Came::Waits(no))
    }

    /// The agency that takes what a message opens: the one whose people may do what comes next; of several, the one that is
    /// called as the sender's.
    fn takes(&mut self, line: &Line, act: &Code, from: &Code) -> Result<Option<Code>, Fault> {
        let Some(opening) = line.act_id(act).map(|id| line.act(id)) else { return Ok(None) };
        let next = |act: &&procedure::Act| opening.to.is_some_and(|to| act.from.contains(&to)) && act.general.is_none();
        let posts: BTreeSet<&Code> = line.acts.iter().filter(next).flat_map(|act| &act.by).collect();
        let outside =
            |post: &&Code| self.catalog.terms.post(post).is_some_and(|post| post.role == catalog::PostRole::Post);
        let posts: BTreeSet<&Code> = posts.into_iter().filter(outside).collect();
        let accounts = self.tx.accounts(&self.government)?;
        let agencies: BTreeSet<Code> = accounts
            .into_iter()
            .filter(|account| account.posts.iter().any(|post| posts.contains(post)))
            .map(|account| account.agency)
            .collect();
        Ok(match agencies.len() {
            1 => agencies.into_iter().next(),
            _ => agencies.into_iter().find(|agency| agency == from),
        })
    }
}
