//! What a step does at other records, by messages.

use std::collections::BTreeMap;

use ledger::{AccountRow, AgencyRow, MessageRow, MessageState, RecordQuery};
use platform::RecordView;
use terms::{Code, GovernmentCode, RecordId};

use super::CaseError;
use super::run::{AGENCY, World, fault};
use super::tell::{self, Seen};

/// So many records a case looks at in a government.
const RECORDS: u32 = 100;

impl World<'_> {
    /// The agencies and people that the steps name: a message finds its way by them. Only where messages go anywhere.
    pub(super) fn people(&mut self) -> Result<(), CaseError> {
        if self.case.governments.is_empty() {
            return Ok(());
        }
        for government in self.governments() {
            let mut agencies = vec![Code::from(AGENCY)];
            let mut accounts: BTreeMap<Code, AccountRow> = BTreeMap::new();
            for deed in self.case.steps.iter().filter_map(|step| step.deed.as_ref()) {
                if deed.government.as_ref().unwrap_or(&self.home) != &government {
                    continue;
                }
                let agency: Code = deed.agency.as_deref().unwrap_or(AGENCY).into();
                agencies.push(agency.clone());
                let account = accounts.entry(deed.account.as_str().into()).or_insert_with(|| AccountRow {
                    government: government.clone(),
                    name: deed.account.as_str().into(),
                    shown: deed.account.clone(),
                    agency,
                    posts: Vec::new(),
                    password: String::new(),
                });
                account.posts.push(deed.post.as_str().into());
            }
            let mut batch = self.bench.platform.batch(&government).map_err(fault(0))?;
            for code in agencies {
                let name = code.to_string();
                let row = AgencyRow { government: government.clone(), code, name, place: government.clone() };
                batch.transaction().put_agency(&row).map_err(fault(0))?;
            }
            for account in accounts.values() {
                batch.transaction().put_account(account).map_err(fault(0))?;
            }
            batch.commit().map_err(fault(0))?;
        }
        Ok(())
    }

    fn governments(&self) -> Vec<GovernmentCode> {
        std::iter::once(&self.home).chain(&self.case.governments).cloned().collect()
    }

    /// Hands messages over, and tells what became of them, record by record.
    pub(super) fn elsewhere(&mut self, line: usize) -> Result<Vec<String>, CaseError> {
        if self.case.governments.is_empty() {
            return Ok(Vec::new());
        }
        let before = self.all(line)?;
        self.bench.platform.deliver(None).map_err(fault(line))?;
        let mut told = Vec::new();
        for (at, view) in self.all(line)? {
            let old = before.get(&at);
            if old.is_some_and(|old| old.row.seq == view.row.seq) {
                continue;
            }
            let seen = old.map(Seen::of);
            let said = tell::outcome(seen.as_ref(), &view, &[]);
            let (government, record) = at;
            told.push(format!("{government} {}", if said.is_empty() { "done" } else { &said }));
            self.records.insert(government, record);
        }
        for row in self.waiting(line)? {
            told.push(format!("{} waits {}", row.government, row.told));
        }
        Ok(told)
    }

    fn all(&self, line: usize) -> Result<BTreeMap<(GovernmentCode, RecordId), RecordView>, CaseError> {
        let mut all = BTreeMap::new();
        for government in self.governments() {
            let query = RecordQuery { government: Some(government.clone()), limit: RECORDS, ..RecordQuery::default() };
            let rows = self.bench.platform.store().read().map_err(fault(line))?.records(&query).map_err(fault(line))?;
            for row in rows {
                let view = self.bench.platform.record_of(&government, row.id).map_err(fault(line))?;
                all.extend(view.map(|view| ((government.clone(), row.id), view)));
            }
        }
        Ok(all)
    }

    fn waiting(&self, line: usize) -> Result<Vec<MessageRow>, CaseError> {
        let mut waiting = Vec::new();
        for government in self.governments() {
            let mut read = self.bench.platform.store().read().map_err(fault(line))?;
            waiting.extend(read.messages(&government, false, MessageState::Waits, RECORDS).map_err(fault(line))?);
        }
        Ok(waiting)
    }
}
