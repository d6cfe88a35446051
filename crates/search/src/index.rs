//! The folder of the index: opened, followed up to the log, cleared of what was erased, made anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use ledger::{EventRow, Fault, FaultKind, Read, RecordRow};
use platform::{Hits, Platform, Search, Sought};
use serde::{Deserialize, Serialize};
use tantivy::indexer::{LogMergePolicy, NoMergePolicy};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError};
use terms::{GovernmentCode, RecordId};

use crate::fields::{Fields, VERSION, register};
use crate::find::find;

/// Held while a program has the folder.
const LOCK: &str = "fazhi.lock";
/// Memory of the thread that writes.
const MEMORY: usize = 50_000_000;
/// So many events are read at once, and so many stand in one commit.
const STRETCH: u32 = 500;
const COMMIT: u64 = 20_000;
/// After so many failures in a row the index is given up and made anew.
const PATIENCE: u32 = 3;

/// An index in a folder, of which one program at a time has hold.
pub struct Index {
    folder: PathBuf,
    fields: Fields,
    reader: RwLock<IndexReader>,
    reached: RwLock<Reached>,
    work: Mutex<Work>,
    stop: AtomicBool,
    _lock: File,
}

/// How far the index has come. It stands in every commit of the index, so that both are of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Reached {
    version: u32,
    governments: BTreeMap<String, Cursor>,
}

/// How far it has come with one government.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    /// Position of the last event that is in it.
    position: u64,
    /// The head of the log there: another ledger has another.
    head: String,
    /// How many parts of contents were erased before.
    erased: u64,
}

struct Work {
    index: tantivy::Index,
    /// Made when it is needed: a failure takes it away.
    writer: Option<IndexWriter>,
    reached: Reached,
    /// Governments of which the cursor was held against this ledger's log.
    known: BTreeSet<GovernmentCode>,
    failures: u32,
}

/// What was done to bring an index up to the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaughtUp {
    /// Events taken in.
    pub events: u64,
    /// Records written anew.
    pub records: u64,
    /// It was begun anew, because it was of another ledger or could not be written.
    pub anew: bool,
    /// What was erased was cleared out of its files.
    pub purged: bool,
}

/// Why a folder is no index of ours that can be used.
type Why = String;

/// A failure of the index.
pub(crate) fn failed(error: TantivyError) -> Fault {
    Fault { kind: FaultKind::Unavailable, message: format!("the search index failed: {error}") }
}

fn unusable(folder: &Path, error: &io::Error) -> Fault {
    let message = format!("the search index in {} cannot be used: {error}", folder.display());
    Fault { kind: FaultKind::Unavailable, message }
}

impl Index {
    /// The index in a folder; where there is none, or one that is damaged or of another form, an empty one. It is then
    /// filled by [`Index::catch_up`].
    ///
    /// # Errors
    /// Where the folder cannot be written, holds something else, or another program has it.
    pub fn open(folder: &Path) -> Result<Index, Fault> {
        fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
        let lock = lock(folder)?;
        let (index, reached) = match existing(folder) {
            Ok(found) => found,
            Err(why) => {
                if folder.join("meta.json").exists() {
                    tracing::warn!(why, "the search index is made anew");
                }
                (empty(folder)?, Reached::default())
            }
        };
        let reader = reader(&index)?;
        Ok(Index {
            folder: folder.to_owned(),
            fields: Fields::schema().1,
            reader: RwLock::new(reader),
            reached: RwLock::new(reached.clone()),
            work: Mutex::new(Work { index, writer: None, reached, known: BTreeSet::new(), failures: 0 }),
            stop: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many documents it holds: records and publications.
    pub fn documents(&self) -> u64 {
        self.reader().searcher().num_docs()
    }

    /// Throws everything away; [`Index::catch_up`] fills it again.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn begin_anew(&self) -> Result<(), Fault> {
        self.anew(&mut self.work())
    }

    /// Brings it up to the log of every government.
    ///
    /// # Errors
    /// Where the store cannot be read or the index not written; what was committed stands, and it can be asked again.
    pub fn catch_up(&self, platform: &Platform) -> Result<CaughtUp, Fault> {
        self.advance(platform, u64::MAX)
    }

    /// Takes in at most about so many events of each government.
    ///
    /// # Errors
    /// As [`Index::catch_up`].
    pub fn advance(&self, platform: &Platform, events: u64) -> Result<CaughtUp, Fault> {
        let mut work = self.work();
        let mut done = CaughtUp::default();
        if work.failures >= PATIENCE {
            self.anew(&mut work)?;
            done.anew = true;
        }
        let result = self.follow(&mut work, platform, events, &mut done);
        if result.is_err() {
            work.writer = None;
            work.failures += 1;
            work.reached = self.reached.read().unwrap_or_else(PoisonError::into_inner).clone();
        } else {
            work.failures = 0;
        }
        result.map(|()| done)
    }

    /// Asks a catching up that is under way to end early.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> IndexReader {
        self.reader.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn anew(&self, work: &mut Work) -> Result<(), Fault> {
        if let Some(writer) = work.writer.take() {
            // A merge that ended later would write its list of files over the new one. What failed is thrown away anyhow.
            let _ = writer.wait_merging_threads();
        }
        work.index = empty(&self.folder)?;
        *self.reader.write().unwrap_or_else(PoisonError::into_inner) = reader(&work.index)?;
        work.reached = Reached::default();
        work.known.clear();
        work.failures = 0;
        *self.reached.write().unwrap_or_else(PoisonError::into_inner) = Reached::default();
        Ok(())
    }

    fn follow(&self, work: &mut Work, platform: &Platform, events: u64, done: &mut CaughtUp) -> Result<(), Fault> {
        let governments = platform.store().read()?.governments()?;
        for government in &governments {
            if !work.known.contains(government) {
                if !is_of(&work.reached, platform, government)? {
                    tracing::warn!(government = government.as_str(), "the search index is of another ledger");
                    self.anew(work)?;
                    done.anew = true;
                }
                work.known.insert(government.clone());
            }
        }
        for government in &governments {
            self.take_in(work, platform, government, events, done)?;
            self.forget(work, platform, government, done)?;
        }
        Ok(())
    }

    /// Takes in what was appended since.
    fn take_in(
        &self,
        work: &mut Work,
        platform: &Platform,
        government: &GovernmentCode,
        most: u64,
        done: &mut CaughtUp,
    ) -> Result<(), Fault> {
        let (mut taken, mut waiting) = (0, 0);
        while taken < most && !self.stop.load(Ordering::SeqCst) {
            let mut read = platform.store().read()?;
            let after = work.reached.governments.get(government.as_str()).map_or(0, |cursor| cursor.position);
            let stretch = u32::try_from(most - taken).unwrap_or(STRETCH).min(STRETCH);
            let events = read.log(government, after, stretch)?;
            let Some(last) = events.last() else { break };
            let rows = changed(read.as_mut(), government, &events)?;
            done.records += rows.len() as u64;
            work.write(&self.fields, platform, read.as_mut(), government, &rows)?;
            let cursor = work.reached.governments.entry(government.to_string()).or_default();
            (cursor.position, cursor.head) = (last.position, last.head.to_string());
            let count = events.len() as u64;
            (taken, waiting, done.events) = (taken + count, waiting + count, done.events + count);
            if waiting >= COMMIT {
                self.commit(work)?;
                waiting = 0;
            }
        }
        if waiting > 0 { self.commit(work) } else { Ok(()) }
    }

    /// Takes out what was erased, of which no event tells: first the texts, then the files in which they stood. Only once
    /// these are gone is it noted as done.
    fn forget(
        &self,
        work: &mut Work,
        platform: &Platform,
        government: &GovernmentCode,
        done: &mut CaughtUp,
    ) -> Result<(), Fault> {
        let erased = platform.store().read()?.erased(government)?;
        let known = work.reached.governments.get(government.as_str()).map_or(0, |cursor| cursor.erased);
        if erased == known || self.stop.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut after = RecordId(0);
        loop {
            let mut read = platform.store().read()?;
            let ids = read.erased_records(government, after, STRETCH)?;
            let Some(last) = ids.last() else { break };
            after = *last;
            let rows = read.records_of(government, &ids)?;
            done.records += rows.len() as u64;
            work.write(&self.fields, platform, read.as_mut(), government, &rows)?;
        }
        self.commit(work)?;
        if self.purge(work)? {
            work.reached.governments.entry(government.to_string()).or_default().erased = erased;
            done.purged = true;
            self.commit(work)?;
        }
        Ok(())
    }

    /// Writes all files of the index anew, without what was taken out of it; gives whether none of the old ones is left. One
    /// that somebody still reads stays until the next time.
    fn purge(&self, work: &mut Work) -> Result<bool, Fault> {
        if let Some(writer) = work.writer.take() {
            writer.wait_merging_threads().map_err(failed)?;
        }
        let old = work.index.searchable_segment_ids().map_err(failed)?;
        let writer = work.writer()?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        if !old.is_empty() {
            writer.merge(&old).wait().map_err(failed)?;
        }
        self.reader().reload().map_err(failed)?;
        let writer = work.writer()?;
        writer.garbage_collect_files().wait().map_err(failed)?;
        writer.set_merge_policy(Box::new(LogMergePolicy::default()));
        let files = fs::read_dir(&self.folder).map_err(|error| unusable(&self.folder, &error))?;
        let names: Vec<String> = files.flatten().map(|file| file.file_name().to_string_lossy().into_owned()).collect();
        Ok(!old.iter().any(|id| names.iter().any(|name| name.starts_with(&id.uuid_string()))))
    }

    fn commit(&self, work: &mut Work) -> Result<(), Fault> {
        work.reached.version = VERSION;
        let reached = work.reached.clone();
        let payload =
            serde_json::to_string(&reached).map_err(|error| failed(TantivyError::InternalError(error.to_string())))?;
        let mut prepared = work.writer()?.prepare_commit().map_err(failed)?;
        prepared.set_payload(&payload);
        prepared.commit().map_err(failed)?;
        self.reader().reload().map_err(failed)?;
        *self.reached.write().unwrap_or_else(PoisonError::into_inner) = reached;
        Ok(())
    }
}

impl Search for Index {
    fn find(&self, sought: &Sought<'_>) -> Result<Hits, Fault> {
        find(&self.reader().searcher(), &self.fields, sought)
    }

    fn reached(&self, government: &GovernmentCode) -> u64 {
        let reached = self.reached.read().unwrap_or_else(PoisonError::into_inner);
        reached.governments.get(government.as_str()).map_or(0, |cursor| cursor.position)
    }
}

impl Work {
    fn writer(&mut self) -> Result<&mut IndexWriter, Fault> {
        if self.writer.is_none() {
            self.writer = Some(self.index.writer_with_num_threads(1, MEMORY).map_err(failed)?);
        }
        self.writer.as_mut().ok_or_else(|| failed(TantivyError::InternalError("no writer".to_owned())))
    }

    /// Puts records in the place of what stood of them.
    fn write(
        &mut self,
        fields: &Fields,
        platform: &Platform,
        read: &mut dyn Read,
        government: &GovernmentCode,
        rows: &[RecordRow],
    ) -> Result<(), Fault> {
        let writer = self.writer()?;
        for row in rows {
            writer.delete_term(fields.of_record(government, row.id));
        }
        for document in platform.documents(read, government, rows)? {
            let document: TantivyDocument = fields.document(&document);
            writer.add_document(document).map_err(failed)?;
        }
        Ok(())
    }
}

/// The records of which the last event stands in this stretch: the others come with a later one.
fn changed(read: &mut dyn Read, government: &GovernmentCode, events: &[EventRow]) -> Result<Vec<RecordRow>, Fault> {
    let last: BTreeMap<RecordId, u32> = events.iter().map(|event| (event.record, event.seq)).collect();
    let ids: Vec<RecordId> = last.keys().copied().collect();
    let mut rows = read.records_of(government, &ids)?;
    rows.retain(|row| last.get(&row.id) == Some(&row.seq));
    Ok(rows)
}

/// Whether an index has come along this ledger's log: not along another's, nor further than it goes.
fn is_of(reached: &Reached, platform: &Platform, government: &GovernmentCode) -> Result<bool, Fault> {
    let Some(cursor) = reached.governments.get(government.as_str()).filter(|cursor| cursor.position > 0) else {
        return Ok(true);
    };
    let there = platform.store().read()?.log(government, cursor.position - 1, 1)?;
    Ok(there.first().is_some_and(|event| event.head.to_string() == cursor.head))
}

fn lock(folder: &Path) -> Result<File, Fault> {
    let path = folder.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|error| unusable(folder, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Fault {
            kind: FaultKind::InUse,
            message: format!("another program has the search index in {}", folder.display()),
        }),
        Err(TryLockError::Error(error)) => Err(unusable(folder, &error)),
    }
}

fn reader(index: &tantivy::Index) -> Result<IndexReader, Fault> {
    index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(failed)
}

/// What lies in a folder, where it is whole and of our form.
fn existing(folder: &Path) -> Result<(tantivy::Index, Reached), Why> {
    let index = tantivy::Index::open_in_dir(folder).map_err(|error| error.to_string())?;
    register(&index);
    if index.schema() != Fields::schema().0 {
        return Err("its fields are others".to_owned());
    }
    let meta = index.load_metas().map_err(|error| error.to_string())?;
    let reached: Reached = serde_json::from_str(meta.payload.as_deref().unwrap_or_default())
        .map_err(|error| format!("it does not say how far it goes: {error}"))?;
    if reached.version != VERSION {
        return Err(format!("it is of form {} and not {VERSION}", reached.version));
    }
    let damaged = index.validate_checksum().map_err(|error| error.to_string())?;
    match damaged.iter().next() {
        Some(file) => Err(format!("{} is damaged", file.display())),
        // A file that is missing is found here.
        None => reader(&index).map(|_| (index, reached)).map_err(|fault| fault.message),
    }
}

/// An empty index in a folder that holds nothing but an index.
fn empty(folder: &Path) -> Result<tantivy::Index, Fault> {
    let broken = |error: io::Error| unusable(folder, &error);
    let mut files = Vec::new();
    for file in fs::read_dir(folder).map_err(broken)? {
        let file = file.map_err(broken)?;
        let name = file.file_name().to_string_lossy().into_owned();
        if name == LOCK {
            continue;
        }
        if !of_an_index(&name) || file.file_type().map_err(broken)?.is_dir() {
            let message = format!("{} holds {name}, which is not of a search index", folder.display());
            return Err(Fault { kind: FaultKind::Unavailable, message });
        }
        files.push(file.path());
    }
    for file in files {
        fs::remove_file(file).map_err(broken)?;
    }
    let index = tantivy::Index::create_in_dir(folder, Fields::schema().0).map_err(failed)?;
    register(&index);
    Ok(index)
}

/// Whether a file is one that an index makes.
fn of_an_index(name: &str) -> bool {
    let segment = name.split('.').next().unwrap_or_default();
    let segment = segment.len() == 32 && segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    segment
        || matches!(name, "meta.json" | ".managed.json")
        || name.starts_with(".tantivy-")
        || name.starts_with(".tmp")
}
