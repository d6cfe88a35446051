//! Campaigns: one decision over many records, with a verdict for each, in one commit or not at all.

use std::sync::Arc;

use kernel::Standing;
use ledger::{Fault, RecordQuery, RecordRow};
use procedure::{Campaign, Line};
use terms::{Code, CommandId, Date, RecordId, Value};

use crate::rows::decode_state;
use crate::{Answer, Person, Platform, Request, RequestAsk};

/// The most records that one decision is about.
pub const MOST_VERDICTS: u32 = 2_000;

/// A decision that somebody asks for.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Its id: the same again gets the first answers.
    pub id: CommandId,
    /// The line.
    pub line: Code,
    /// Its campaign.
    pub campaign: Code,
    /// What is filled in for all.
    pub shared: Vec<(Code, Value)>,
    /// Reasons for rules that warn, for all.
    pub reasons: Vec<(Code, String)>,
    /// The verdict on each record.
    pub verdicts: Vec<(RecordId, Code)>,
    /// Only tried: nothing is written.
    pub tried: bool,
}

/// What came of a decision.
#[derive(Clone, Debug)]
pub struct Decided {
    /// Whether it stands: every record took its verdict, and it was not only tried.
    pub stands: bool,
    /// The number that it got.
    pub number: Option<String>,
    /// The answer of each record, in the order asked.
    pub answers: Vec<(RecordId, Answer)>,
}

/// The id of one record's part in a decision.
fn part_of(id: CommandId, record: RecordId) -> CommandId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&ledger::hash(format!("{id}/{record}").as_bytes()).0[..16]);
    CommandId(bytes)
}

impl Platform {
    /// The campaigns that somebody can decide or propose today.
    pub fn campaigns(&self, person: &Person) -> Vec<(Arc<Line>, usize)> {
        let lines = self.lines_today(&person.government);
        let may = |line: &Line, campaign: &Campaign| {
            let by = campaign.verdicts.iter().flat_map(|id| line.act(*id).by.iter().chain(&line.act(*id).sign));
            by.into_iter().any(|post| person.posts.contains(post))
        };
        let found = lines.into_iter().flat_map(|line| {
            let own: Vec<usize> = (0..line.campaigns.len()).filter(|at| may(&line, &line.campaigns[*at])).collect();
            own.into_iter().map(move |at| (line.clone(), at))
        });
        found.collect()
    }

    /// The records that can be part of a campaign, newest first: those in its stages that the person sees.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn campaign_records(&self, person: &Person, line: &Line, campaign: &Campaign) -> Result<Vec<RecordRow>, Fault> {
        let mut read = self.store.read()?;
        let whole = self.query(read.as_mut(), person, &person.government)?;
        let mut all = Vec::new();
        for stage in &campaign.from {
            let stage = line.stages[stage.index()].code.clone();
            let query = RecordQuery {
                lines: vec![line.code.clone()],
                stage: Some(stage),
                limit: MOST_VERDICTS,
                ..whole.clone()
            };
            all.extend(read.records(&query)?);
        }
        all.sort_by_key(|row| std::cmp::Reverse((row.opened, row.id)));
        all.truncate(MOST_VERDICTS as usize);
        Ok(all)
    }

    /// Decides. Where one record does not take its verdict nothing is written, and every answer says why.
    ///
    /// # Errors
    /// Where the store fails: nothing was done.
    pub fn decide_campaign(&self, who: &Person, decision: &Decision) -> Result<Option<Decided>, Fault> {
        let today = self.now().date();
        let Some(line) = self.catalog.line(&decision.line, &who.government, today) else { return Ok(None) };
        let Some(campaign) = line.campaigns.iter().find(|one| one.code == decision.campaign) else { return Ok(None) };
        let allowed = |act: &Code| campaign.verdicts.iter().any(|id| line.act(*id).code == *act);
        if decision.verdicts.is_empty() || !decision.verdicts.iter().all(|(_, act)| allowed(act)) {
            return Ok(None);
        }
        let mut batch = self.batch(&who.government)?;
        let mut shared = decision.shared.clone();
        let number = match campaign.number {
            Some(series) => {
                let series = &line.series[series.index()];
                let field = line.field(series.field).code.clone();
                let number = batch.next_number(&line, series, today)?;
                shared.retain(|(code, _)| *code != field);
                shared.push((field, Value::Text(number.clone())));
                Some(number)
            }
            None => None,
        };
        let mut answers = Vec::with_capacity(decision.verdicts.len());
        for (record, act) in &decision.verdicts {
            let request = Request {
                inputs: shared.clone(),
                reasons: decision.reasons.clone(),
                ..plain(who, part_of(decision.id, *record), *record, &line.code, RequestAsk::Act(act.clone()))
            };
            answers.push((*record, batch.act(&request)?));
        }
        let all = answers.iter().all(|(_, answer)| matches!(answer, Answer::Done(_)));
        // A decision that came before has its number, and takes no other.
        let repeated = answers.iter().any(|(_, answer)| matches!(answer, Answer::Done(receipt) if receipt.repeated));
        let stands = all && !decision.tried;
        if stands && !repeated {
            batch.commit()?;
        }
        Ok(Some(Decided { stands, number: number.filter(|_| !repeated), answers }))
    }

    /// The proposals of one decision that wait for this person's signature: records whose proposal is one of the campaign's
    /// verdicts, by what they fill in for all.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn campaign_proposals(
        &self,
        person: &Person,
        line: &Line,
        campaign: &Campaign,
    ) -> Result<Vec<(String, Vec<RecordRow>)>, Fault> {
        let mut found: Vec<(String, Vec<RecordRow>)> = Vec::new();
        for row in self.campaign_records(person, line, campaign)? {
            let Some(proposal) = decode_state(&row.state).and_then(|record| record.proposal) else { continue };
            let next = line.act(proposal.act).sign.get(usize::from(proposal.signed));
            let waits = next.is_some_and(|post| person.posts.contains(post));
            if !waits || !campaign.verdicts.contains(&proposal.act) {
                continue;
            }
            let said = |field: &procedure::FieldId| {
                let (_, value) = proposal.changes.iter().find(|(id, _)| id == field)?;
                Some(procedure::say_value(value, Some(line.field(*field)), procedure::Language::Zh))
            };
            let name = campaign.shares.iter().filter_map(said).collect::<Vec<_>>().join(" ");
            match found.iter_mut().find(|(other, _)| *other == name) {
                Some((_, rows)) => rows.push(row),
                None => found.push((name, vec![row])),
            }
        }
        Ok(found)
    }

    /// Signs many proposals at once: all of them, or none.
    ///
    /// # Errors
    /// Where the store fails: nothing was signed.
    pub fn sign_all(&self, who: &Person, id: CommandId, records: &[RecordId]) -> Result<Decided, Fault> {
        let mut batch = self.batch(&who.government)?;
        let mut answers = Vec::with_capacity(records.len());
        for record in records {
            let request = plain(who, part_of(id, *record), *record, "", RequestAsk::Sign);
            answers.push((*record, batch.act(&request)?));
        }
        let stands = answers.iter().all(|(_, answer)| matches!(answer, Answer::Done(_)));
        if stands {
            batch.commit()?;
        }
        Ok(Decided { stands, number: None, answers })
    }

    fn lines_today(&self, government: &terms::GovernmentCode) -> Vec<Arc<Line>> {
        let today: Date = self.now().date();
        let codes = self.catalog.codes();
        codes.iter().filter_map(|code| self.catalog.line(code, government, today)).collect()
    }
}

fn plain(who: &Person, id: CommandId, record: RecordId, line: &str, ask: RequestAsk) -> Request {
    Request {
        id,
        who: who.clone(),
        record: Some(record),
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
