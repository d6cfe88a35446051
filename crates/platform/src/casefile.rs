//! The case file of a record: everything that happened to it, in words, ready to be printed.

use ledger::Fault;
use procedure::{Language, Said, say_value};
use serde::Serialize;
use terms::{Code, Date, DateTime, GovernmentCode, RecordId, day_in_digits};

use crate::{Entry, Made, Person, Platform, RecordView, Seen, papers::cited};

/// A sentence by its code, with what is filled in.
pub type Says<'s> = &'s dyn Fn(&str, &[(&str, String)]) -> String;

/// A case file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CaseFile {
    /// Name of the government.
    pub government: String,
    /// Name of the agency.
    pub agency: String,
    /// Title of the line.
    pub line: String,
    /// Number of the record.
    pub number: String,
    /// What lists show of it.
    pub label: String,
    /// Day on which it was last touched.
    pub touched: Date,
    /// What stands on the cover: name and value.
    pub cover: Vec<(String, String)>,
    /// What the record holds: name and value.
    pub fields: Vec<(String, String)>,
    /// What happened, in order.
    pub events: Vec<CaseEvent>,
    /// Documents that were issued, in order.
    pub documents: Vec<CaseDocument>,
    /// Attachments: name and digest.
    pub attachments: Vec<(String, String)>,
    /// Hash of the last event.
    pub hash: String,
    /// Whether nothing of it is anybody's.
    pub synthetic: bool,
}

/// Something that happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CaseEvent {
    /// Number within the record.
    pub seq: u32,
    /// What.
    pub title: String,
    /// When it was done.
    pub done_at: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// Who.
    pub actor: String,
    /// Under which post.
    pub post: String,
    /// Under which articles.
    pub law: String,
    /// What it filled in: name and value.
    pub changes: Vec<(String, String)>,
    /// What was found unlawful or late, each with the reason that was given.
    pub findings: Vec<(String, String)>,
    /// The reason given.
    pub reason: String,
    /// Whether it was annulled later.
    pub annulled: bool,
    /// Titles of the documents that it issued.
    pub documents: Vec<String>,
    /// Its hash.
    pub hash: String,
}

/// A document that was issued.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CaseDocument {
    /// Event.
    pub seq: u32,
    /// Title.
    pub title: String,
    /// Day.
    pub day: String,
    /// Its paragraphs.
    pub lines: Vec<String>,
    /// SM3 of the `.docx`; empty where it can no longer be made.
    pub digest: String,
}

fn minute(at: DateTime) -> String {
    format!("{} {:02}:{:02}", day_in_digits(at.date()), at.hour(), at.minute())
}

impl Platform {
    /// The case file of a record; `None` where there is none that this person sees as a whole: its documents name whom
    /// they are about, and paper keeps no mask. It is a look like any other.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn case_file(&self, person: &Person, id: RecordId, says: Says<'_>) -> Result<Option<CaseFile>, Fault> {
        let view = self.record(person, id)?.filter(|view| view.seen == Seen::Whole);
        view.map(|view| self.case_told(&person.government, &view, says)).transpose()
    }

    /// The same for the operator's own commands, without rights.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn case_file_of(
        &self,
        government: &GovernmentCode,
        id: RecordId,
        says: Says<'_>,
    ) -> Result<Option<CaseFile>, Fault> {
        let view = self.record_of(government, id)?;
        view.map(|view| self.case_told(government, &view, says)).transpose()
    }

    fn case_told(&self, government: &GovernmentCode, view: &RecordView, says: Says<'_>) -> Result<CaseFile, Fault> {
        let (line, record, row) = (&view.line, &view.record, &view.row);
        let directory = self.directory(government)?;
        let name = |place: &terms::PlaceCode, on: Date| {
            let region = self.catalog.regions.get(place, on);
            region.map_or_else(|| place.to_string(), |region| region.name.clone())
        };
        let stage = line.stages.get(record.stage.index()).map(|stage| stage.title.zh.clone()).unwrap_or_default();
        let law: Vec<String> = line.law.iter().map(cited).collect();
        let handler = record.handler.as_ref().map(|account| directory.person(account)).unwrap_or_default();
        let mut cover = Vec::new();
        for (code, value) in [
            ("agency", directory.agency(&record.agency)),
            ("handler", handler),
            ("record-place", name(&record.place, row.touched)),
            ("opened", day_in_digits(row.opened)),
            ("record-touched", day_in_digits(row.touched)),
            ("stage", stage),
            ("record-law", law.join("、")),
            ("record-version", line.name()),
        ] {
            cover.push((says(code, &[]), value));
        }
        let held = line.fields_with_ids().filter_map(|(id, field)| {
            let value = record.get(id)?;
            Some((field.title.zh.clone(), say_value(value, Some(field), Language::Zh)))
        });
        let annulled: Vec<u32> = view.timeline.iter().filter_map(|entry| entry.annuls).collect();
        let mut documents = Vec::new();
        for entry in view.timeline.iter().filter(|entry| !annulled.contains(&entry.seq)) {
            for paper in &entry.papers {
                let made = self.document_of(government, row.id, paper.seq, &paper.code)?;
                let (lines, digest) = match made {
                    Some(Made::Document { bytes, digest, .. }) => {
                        let read = ::papers::Template::read(&bytes);
                        let lines = read.map(|document| document.lines().to_vec()).unwrap_or_default();
                        (lines, digest.to_string())
                    }
                    Some(Made::Lacking(what)) => {
                        let what: Vec<String> = what.into_iter().map(|one| one.zh).collect();
                        (vec![says("document-lacking", &[("what", what.join("、"))])], String::new())
                    }
                    None => (Vec::new(), String::new()),
                };
                documents.push(CaseDocument {
                    seq: paper.seq,
                    title: paper.title.zh.clone(),
                    day: day_in_digits(entry.done_at.date()),
                    lines,
                    digest,
                });
            }
        }
        let events = view.timeline.iter().map(|entry| {
            let actor = if entry.actor.is_empty() { says("event-timer", &[]) } else { directory.person(&entry.actor) };
            self.event(view, entry, actor, annulled.contains(&entry.seq), says)
        });
        Ok(CaseFile {
            government: name(government, row.touched),
            agency: directory.agency(&record.agency),
            line: line.title.zh.clone(),
            number: row.id.to_string(),
            label: row.label.clone(),
            touched: row.touched,
            cover,
            fields: held.collect(),
            events: events.collect(),
            documents,
            attachments: view
                .timeline
                .iter()
                .flat_map(|entry| &entry.attachments)
                .map(|file| (file.name.clone(), file.digest.to_string()))
                .collect(),
            hash: row.hash.to_string(),
            synthetic: self.synthetic()?,
        })
    }

    fn event(&self, view: &RecordView, entry: &Entry, actor: String, annulled: bool, says: Says<'_>) -> CaseEvent {
        let post = self.catalog.terms.post(&entry.post).map(|post| post.title.zh.clone()).unwrap_or_default();
        let law: Vec<String> = entry.law.iter().map(cited).collect();
        let zh = |(title, text): &(Said, Said)| (title.zh.clone(), text.zh.clone());
        let found = |(code, reason): &(Code, Option<String>)| {
            let line = &view.line;
            let rule = line.rules.iter().find(|rule| rule.code == *code).map(|rule| rule.why.zh.clone());
            let limit = || line.limit_id(code).map(|id| line.limit(id).title.zh.clone());
            let words = rule.or_else(limit).unwrap_or_else(|| says(&format!("finding-{code}"), &[]));
            (words, reason.clone().unwrap_or_default())
        };
        CaseEvent {
            seq: entry.seq,
            title: says(&format!("event-{}", entry.kind), &[("title", entry.title.zh.clone())]),
            done_at: minute(entry.done_at),
            recorded_at: minute(terms::civil_of(entry.recorded_at)),
            actor,
            post,
            law: law.join("、"),
            changes: entry.changes.iter().map(zh).collect(),
            findings: entry.findings.iter().map(found).collect(),
            reason: entry.reason.clone().unwrap_or_default(),
            annulled,
            documents: entry.papers.iter().map(|paper| paper.title.zh.clone()).collect(),
            hash: entry.hash.to_string(),
        }
    }
}
