//! Files that come with acts: taken in before, named by a command, shown to whoever sees the record, erased with what is
//! personal in it.

use std::collections::BTreeMap;
use std::io::{self, Read as Reading, Seek, SeekFrom};

use ledger::{Attached, AttachmentRow, Body, Envelope, EventRow, Fault, FaultKind, Hashing, Read, Store, Transaction};
use terms::{Code, Digest, GovernmentCode, RecordId};

use crate::files::{FileKind, FileProblem, clean_name, tell};
use crate::{Answer, Mismatch, Person, Platform, Request, Seen, rows::decode_state, translate};

/// A file that a command names: it was taken in before, for the same account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attaching {
    /// SM3 of its bytes.
    pub digest: Digest,
    /// What it is called.
    pub name: String,
}

/// So long a file stands in staging that no act names: a day, in microseconds.
const STAGING: i64 = 24 * 60 * 60 * 1_000_000;
/// How much of a file is held at once.
const PIECE: usize = 1 << 16;
/// How many files are listed at once.
const STRETCH: u32 = 500;

fn unreadable(error: &io::Error) -> Fault {
    Fault { kind: FaultKind::Unavailable, message: format!("a file that comes in can't be read: {error}") }
}

impl Platform {
    /// Takes a file in for somebody: what it is, is told by its content. Until an act names it, it stands in staging for a
    /// day. Gives it as a command names it, with its cleaned name, or why it is not taken.
    ///
    /// # Errors
    /// Where the file cannot be read, or the store fails.
    pub fn stage<F: Reading + Seek>(
        &self,
        person: &Person,
        name: &str,
        file: &mut F,
    ) -> Result<Result<Attaching, FileProblem>, Fault> {
        let kind = match tell(name, file).map_err(|error| unreadable(&error))? {
            Ok(kind) => kind,
            Err(problem) => return Ok(Err(problem)),
        };
        let (digest, size) = digest(file).map_err(|error| unreadable(&error))?;
        file.seek(SeekFrom::Start(0)).map_err(|error| unreadable(&error))?;
        let (government, code) = (person.government.clone(), Code::from(kind.code()));
        let row = AttachmentRow { government, digest, size, kind: code, uses: 0 };
        let (_, now) = self.clock.now();
        let mut bytes = |piece: &mut [u8]| file.read(piece).map_err(|error| unreadable(&error));
        self.store.attachment_put(&row, &person.account, now, &mut bytes)?;
        Ok(Ok(Attaching { digest, name: clean_name(name, kind) }))
    }

    /// A file of a record, for somebody who sees the record with what is personal in it; `None` where there is none for this person. That it was
    /// looked at is noted.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn attachment(&self, person: &Person, id: RecordId, digest: Digest) -> Result<Option<Attached>, Fault> {
        let mut read = self.store.read()?;
        let Some(row) = read.record(&person.government, id)? else { return Ok(None) };
        let line = self.definitions.line(read.as_mut(), row.definition)?;
        let Some(record) = decode_state(&row.state) else { return Ok(None) };
        // What is in a file is personal until somebody has said otherwise.
        let whole = self.seen(read.as_mut(), person, &row, &line, &record)? == Some(Seen::Whole);
        if !whole || read.attachment(&person.government, digest)?.is_none() {
            return Ok(None);
        }
        for event in read.events(&person.government, id)? {
            let said = translate::read_back(&event)?.body.attachments;
            if let Some(file) = said.into_iter().find(|file| file.digest == digest) {
                self.note_look(person, &person.government, id)?;
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// Erases a file of a record: what its events say of it, and its bytes unless another event names them. The chain
    /// proves the rest as before. Gives how many events named it.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn erase_attachment(&self, government: &GovernmentCode, id: RecordId, digest: Digest) -> Result<usize, Fault> {
        let mut tx = self.store.begin(government)?;
        let mut erased = 0;
        for event in tx.events(government, id)? {
            for (part, file) in told(&event)? {
                if file.digest == digest {
                    tx.erase(government, event.position, part)?;
                    tx.release_attachment(government, digest)?;
                    erased += 1;
                }
            }
        }
        tx.commit()?;
        // Nobody's staging ends by this: only what was released goes.
        self.store.attachments_sweep(government, i64::MIN)?;
        Ok(erased)
    }

    /// Clears away the files that no act named for a day; gives how many.
    pub(crate) fn sweep_attachments(&self, government: &GovernmentCode) -> Result<u64, Fault> {
        let (_, now) = self.clock.now();
        self.store.attachments_sweep(government, now - STAGING)
    }
}

/// SM3 and size of a file.
fn digest<F: Reading + Seek>(file: &mut F) -> io::Result<(Digest, u64)> {
    file.seek(SeekFrom::Start(0))?;
    let (mut hashing, mut size, mut piece) = (Hashing::default(), 0, vec![0; PIECE]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok((hashing.end(), size)),
            read => {
                hashing.take(&piece[..read]);
                size += read as u64;
            }
        }
    }
}

/// What an event says of its files, each with the part that says it; what was erased is missing.
fn told(event: &EventRow) -> Result<Vec<(u16, Attached)>, Fault> {
    let mut told = Vec::new();
    for content in event.contents.iter().filter(|content| content.part > 0) {
        let Some(bytes) = &content.bytes else { continue };
        let body = Body::decode(bytes).map_err(|why| Fault {
            kind: FaultKind::Damaged,
            message: format!("part {} of position {} cannot be read ({why})", content.part, event.position),
        })?;
        told.extend(body.attachments.into_iter().map(|file| (content.part, file)));
    }
    Ok(told)
}

/// The files that a command names, as its event will tell of them; or the answer about the first that whoever asks has
/// not brought. Whoever knows a digest alone does not come by the file.
pub(crate) fn named(tx: &mut dyn Transaction, request: &Request) -> Result<Result<Vec<Attached>, Answer>, Fault> {
    let mut files: Vec<Attached> = Vec::new();
    for Attaching { digest, name } in &request.attachments {
        if files.iter().any(|file| file.digest == *digest) {
            continue;
        }
        let government = &request.who.government;
        let staged = tx.attachment_staged(government, *digest, &request.who.account)?;
        let row = if staged { tx.attachment(government, *digest)? } else { None };
        let found = row.and_then(|row| FileKind::of(&row.kind).map(|kind| (row, kind)));
        let Some((AttachmentRow { kind, size, .. }, told)) = found else {
            return Ok(Err(Answer::NoAttachment { name: name.clone() }));
        };
        files.push(Attached { digest: *digest, name: clean_name(name, told), kind, size });
    }
    Ok(Ok(files))
}

/// The files that a log names and that were not erased: how often, and how large each is.
#[derive(Default)]
pub(crate) struct Living(BTreeMap<Digest, (u64, u64)>);

impl Living {
    /// Takes in an event of a checked log.
    pub(crate) fn see(&mut self, event: &EventRow) -> Result<Option<Mismatch>, Fault> {
        let sealed = Envelope::decode(&event.envelope).map(|envelope| envelope.attachments).unwrap_or_default();
        for (_, file) in told(event)? {
            if !sealed.contains(&file.digest) {
                return Ok(Some(Mismatch::File(file.digest, "an event tells of it and did not seal it")));
            }
            self.0.entry(file.digest).or_insert((0, file.size)).0 += 1;
        }
        Ok(None)
    }

    /// Compares with the files that are kept, and their bytes with their digests.
    pub(crate) fn check(
        self,
        read: &mut dyn Read,
        store: &dyn Store,
        government: &GovernmentCode,
    ) -> Result<Result<u64, Mismatch>, Fault> {
        let (mut left, mut after, mut files) = (self.0, None, 0);
        loop {
            let rows = read.attachments(government, after, STRETCH)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.digest);
            for row in rows {
                let differs = match left.remove(&row.digest) {
                    Some(named) if named == (row.uses, row.size) => altered(store, &row)?,
                    _ => Some("it is not named by as many events as it is kept for"),
                };
                if let Some(what) = differs {
                    return Ok(Err(Mismatch::File(row.digest, what)));
                }
                files += 1;
            }
        }
        match left.into_keys().next() {
            Some(digest) => Ok(Err(Mismatch::File(digest, "it is missing, without a lawful erasure"))),
            None => Ok(Ok(files)),
        }
    }
}

/// What is wrong with the bytes of a file.
fn altered(store: &dyn Store, row: &AttachmentRow) -> Result<Option<&'static str>, Fault> {
    let (mut hashing, mut at) = (Hashing::default(), 0);
    loop {
        let Some(bytes) = store.attachment_bytes(&row.government, row.digest, at, PIECE * 4)? else {
            // The reader's state is older than the bytes: they may have been erased meanwhile.
            let now = store.read()?.attachment(&row.government, row.digest)?;
            let named = now.is_some_and(|now| now.uses > 0);
            return Ok(named.then_some("its bytes are missing, without a lawful erasure"));
        };
        if bytes.is_empty() {
            break;
        }
        hashing.take(&bytes);
        at += bytes.len() as u64;
    }
    Ok((hashing.end() != row.digest).then_some("its bytes were altered"))
}
