//! Rows through the door: tried in a transaction that is dropped, or brought in.

use std::collections::HashMap;

use kernel::Standing;
use ledger::{ExchangeRow, Fault};
use platform::{Answer, Batch, Platform, Request, RequestAsk};
use terms::{CommandId, Digest, RecordId};

use crate::mirror::Against;
use crate::open::{Opened, command, digest};
use crate::row::{Intent, Step};
use crate::told::{Judgement, RowVerdict, Why};

/// Which rows come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// All of them, or none.
    All,
    /// The good ones.
    Good,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// One verdict for each row.
    pub verdicts: Vec<RowVerdict>,
    /// The note that is kept; none where nothing came in because something was wrong.
    pub noted: Option<ExchangeRow>,
}

/// So many rows are tried or brought in together: nobody else who writes waits longer.
const STRETCH: usize = 200;

/// What rows tell, read; or what is wrong with their cells.
type Read = Vec<Result<Intent, RowVerdict>>;

impl Opened {
    /// Tries every row as it would come in, and lets none of it stand.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn preview(&self, platform: &Platform) -> Result<Vec<RowVerdict>, Fault> {
        let rows = self.read(platform);
        let mut verdicts = Vec::with_capacity(rows.len());
        for stretch in rows.chunks(STRETCH) {
            let (told, batch) = self.stretch(platform, stretch)?;
            drop(batch);
            verdicts.extend(told);
        }
        Ok(verdicts)
    }

    /// Brings rows in. `file` is what the file is called.
    ///
    /// # Errors
    /// Where the store fails: what came in before stands, and comes in no second time.
    pub fn run(&self, platform: &Platform, take: Take, file: &str) -> Result<Outcome, Fault> {
        if take == Take::All {
            let verdicts = self.preview(platform)?;
            if verdicts.iter().any(|verdict| !verdict.judgement.good()) {
                return Ok(Outcome { verdicts, noted: None });
            }
        }
        let mut noted = self.note(platform, file)?;
        // The order is on record before the first row comes in.
        platform.note_exchange(&noted)?;
        let rows = self.read(platform);
        let mut verdicts: Vec<RowVerdict> = Vec::with_capacity(rows.len());
        let size = if take == Take::All { rows.len().max(1) } else { STRETCH };
        for stretch in rows.chunks(size) {
            let (told, batch) = self.stretch(platform, stretch)?;
            if take == Take::All && told.iter().any(|verdict| !verdict.judgement.good()) {
                // Somebody was quicker: nothing comes in.
                drop(batch);
                noted.left_out = noted.rows;
                platform.note_exchange(&noted)?;
                return Ok(Outcome { verdicts: told, noted: None });
            }
            batch.commit()?;
            verdicts.extend(told);
        }
        let number = |of: &dyn Fn(&Judgement) -> bool| verdicts.iter().filter(|one| of(&one.judgement)).count() as u64;
        noted.came = number(&|judgement| matches!(judgement, Judgement::Good | Judgement::Adds(_)));
        noted.repeated = number(&|judgement| matches!(judgement, Judgement::Before | Judgement::Same));
        noted.left_out = noted.rows - noted.came - noted.repeated;
        noted.last = platform.position(&self.order.who.government)?;
        platform.note_exchange(&noted)?;
        Ok(Outcome { verdicts, noted: Some(noted) })
    }

    fn note(&self, platform: &Platform, file: &str) -> Result<ExchangeRow, Fault> {
        let government = self.order.who.government.clone();
        let at = platform.instant();
        let first = platform.position(&government)?;
        let run = [self.order.digest().to_string(), self.digest.to_string(), at.to_string(), first.to_string()];
        let parts: Vec<&str> = run.iter().map(String::as_str).collect();
        Ok(ExchangeRow {
            government,
            id: digest("run", &parts),
            at,
            inward: true,
            account: self.order.who.account.clone(),
            line: self.order.line.clone(),
            source: self.order.source.trim().to_owned(),
            approver: self.order.approver.trim().to_owned(),
            standing: self.order.standing(),
            file: file.to_owned(),
            digest: self.digest,
            rows: self.rows() as u64,
            came: 0,
            repeated: 0,
            left_out: 0,
            first,
            last: first,
        })
    }

    /// Every row read; a row that says the same as one before it is told, and a unique value that one before it holds.
    fn read(&self, platform: &Platform) -> Read {
        let mut seen: HashMap<Digest, u32> = HashMap::new();
        let rows = &self.grid.rows[self.heads.first..];
        let one = |row| match self.intent(platform, row) {
            Err(why) => Err(RowVerdict { row: row.number, judgement: Judgement::Incomplete, record: None, why }),
            Ok(intent) => match seen.get(&intent.content) {
                Some(first) => Err(RowVerdict::of(row.number, Judgement::Twice(*first))),
                None => {
                    seen.insert(intent.content, row.number);
                    Ok(intent)
                }
            },
        };
        rows.iter().map(one).collect()
    }

    /// Rows one after the other in one transaction. A row comes in whole or not at all: where one fails after part of it
    /// was written, the transaction is dropped and begun again without it.
    fn stretch<'p>(
        &self,
        platform: &'p Platform,
        rows: &[Result<Intent, RowVerdict>],
    ) -> Result<(Vec<RowVerdict>, Batch<'p>), Fault> {
        let mut known: Vec<Option<RowVerdict>> = rows.iter().map(|row| row.as_ref().err().cloned()).collect();
        loop {
            let mut batch = platform.batch(&self.order.who.government)?;
            let mut told = Vec::with_capacity(rows.len());
            let mut broken = None;
            for (index, row) in rows.iter().enumerate() {
                let verdict = match (&known[index], row) {
                    (Some(verdict), _) => verdict.clone(),
                    (None, Err(verdict)) => verdict.clone(),
                    (None, Ok(intent)) => {
                        let (verdict, wrote) = self.comes_in(&mut batch, intent)?;
                        if wrote && !verdict.judgement.good() {
                            broken = Some((index, verdict));
                            break;
                        }
                        verdict
                    }
                };
                told.push(verdict);
            }
            match broken {
                Some((index, verdict)) => known[index] = Some(verdict),
                None => return Ok((told, batch)),
            }
        }
    }

    /// A row's acts, each judged on what the one before left. Gives also whether anything was written.
    fn comes_in(&self, batch: &mut Batch<'_>, intent: &Intent) -> Result<(RowVerdict, bool), Fault> {
        let (mut record, steps) = match self.against(batch, intent)? {
            Against::New => (None, intent.steps.iter().collect::<Vec<_>>()),
            Against::Known(id, steps) if steps.is_empty() => {
                let verdict = RowVerdict { record: Some(id), ..RowVerdict::of(intent.number, Judgement::Same) };
                return Ok((verdict, false));
            }
            Against::Known(id, steps) => (Some(id), steps),
            Against::Contradicts(id, why) => {
                let verdict =
                    RowVerdict { row: intent.number, judgement: Judgement::Contradicts, record: Some(id), why };
                return Ok((verdict, false));
            }
        };
        let adds = record.is_some();
        let (mut wrote, mut repeated) = (false, false);
        for step in &steps {
            match batch.act(&self.request(intent, step, record))? {
                Answer::Done(receipt) => {
                    repeated |= receipt.repeated;
                    wrote |= !receipt.repeated;
                    record = Some(receipt.record);
                }
                answer => {
                    let (judgement, why) = self.answered(intent, step, &answer);
                    return Ok((RowVerdict { row: intent.number, judgement, record: None, why }, wrote));
                }
            }
        }
        let judgement = match (repeated && !wrote, adds) {
            (true, _) => Judgement::Before,
            (false, true) => Judgement::Adds(steps.len()),
            (false, false) => Judgement::Good,
        };
        Ok((RowVerdict { record, ..RowVerdict::of(intent.number, judgement) }, wrote))
    }

    fn request(&self, intent: &Intent, step: &Step, record: Option<RecordId>) -> Request {
        Request {
            id: self.command_id(intent, step),
            who: intent.who.clone(),
            record,
            line: self.order.line.clone(),
            seen: None,
            ask: RequestAsk::Act(step.act.clone()),
            inputs: step.inputs.clone(),
            reasons: Vec::new(),
            attachments: Vec::new(),
            done_at: step.at,
            place: None,
            handler: intent.handler.clone(),
            standing: if self.order.history { Standing::Import } else { Standing::Normal },
            grant: None,
        }
    }

    /// The same row under the same order is the same command; of a mirror, the same act of the same case.
    fn command_id(&self, intent: &Intent, step: &Step) -> CommandId {
        let order = self.order.digest().to_string();
        let content = intent.content.to_string();
        let at = step.at.map(|at| at.to_string()).unwrap_or_default();
        let id = match (&self.mirror, self.number_of(intent)) {
            (Some(mirror), Some(number)) => {
                digest("mirrored", &[self.order.who.government.as_str(), &mirror.code, &number, &step.act, &at])
            }
            _ => digest("came in", &[&order, &content, &step.act, &at]),
        };
        command(id)
    }

    /// An answer other than done, in words.
    fn answered(&self, intent: &Intent, step: &Step, answer: &Answer) -> (Judgement, Vec<Why>) {
        crate::told::answered(self, intent, step, answer)
    }
}
