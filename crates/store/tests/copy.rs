//! A ledger that moves to another store, and the proof that it arrived whole.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::atomic::{AtomicU32, Ordering};

use common::{CITY, COUNTY, answered, append, bring, date, delta, due, key, place, record};
use ledger::{
    AccountRow, AgencyPast, AgencyRow, AttachmentRow, Attachments, Attempts, Bytes, DeltaQuery, Effort, Fault,
    FaultKind, GroupBy, HoldingRow, LookRow, MessageRow, MessageState, OfficeRow, PublicRow, Read, SessionRow,
    StandingRow, Store, TokenRow, Tokens, Transaction,
};
use store::copy::{Kind, Proof, check_whole, copy, prove};
use store::{Address, Options};
use terms::{Digest, GovernmentCode, MessageId, RecordId, Thread};

fn sqlite() -> (tempfile::TempDir, store::sqlite::SqliteStore) {
    let folder = tempfile::TempDir::new().unwrap();
    let store = store::sqlite::open(folder.path(), &Options::default()).unwrap();
    (folder, store)
}

fn server() -> &'static pgserver::Server {
    static SERVER: std::sync::OnceLock<pgserver::Server> = std::sync::OnceLock::new();
    SERVER.get_or_init(|| pgserver::Server::start(false).unwrap())
}

fn postgres() -> (String, store::postgres::PostgresStore) {
    let url = server().database("copy").unwrap();
    let store = store::postgres::open(&url, &Options::default()).unwrap();
    (url, store)
}

/// Who works there, and what administrators did.
fn fill_office(into: &mut dyn ledger::Transaction, own: &terms::GovernmentCode) {
    let (government, since) = (own.clone(), date("2020-01-01"));
    let (account, post) = (terms::Code::from("zhang"), "officer".into());
    into.put_holding(&HoldingRow { government, account, post, since, until: Some(date("2020-09-01")) }).unwrap();
    let (government, account) = (own.clone(), "zhang".into());
    into.put_standing(&StandingRow { government, account, closed: Some(since), renew: true }).unwrap();
    let (government, code, place) = (own.clone(), "justice".into(), own.clone());
    let name = "司法科".to_owned();
    into.put_agency_past(&AgencyPast { government, code, since, until: None, name, place }).unwrap();
    for n in 1..=3 {
        let (government, account, subject) = (own.clone(), "root".into(), "zhang".into());
        let (what, before, after) = ("account-made".into(), String::new(), n.to_string());
        into.note_office(&OfficeRow { government, n, at: 5, account, what, subject, before, after }).unwrap();
    }
}

/// A small government with a row of every kind.
fn fill(store: &dyn Store, government: &str, records: u32) {
    let own = place(government);
    let mut transaction = store.begin(&own).unwrap();
    let into = &mut *transaction;
    let agency =
        AgencyRow { government: own.clone(), code: "justice".into(), name: "司法局".into(), place: own.clone() };
    into.put_agency(&agency).unwrap();
    let posts = vec!["officer".into(), "head".into()];
    let (name, password) = ("zhang".into(), "$argon2id$".into());
    let shown = "张".to_owned();
    let account = AccountRow { government: own.clone(), name, shown, agency: "justice".into(), posts, password };
    into.put_account(&account).unwrap();
    fill_office(into, &own);
    for n in 0..records {
        let first = append(into, government, None);
        let last = append(into, government, Some(&first));
        let ends = date("2020-09-15");
        into.put_record(&record(&last, |row| row.due = Some(ends))).unwrap();
        into.put_due(&own, first.record, &[due(&first, "decide", ends), due(&first, "accept", ends)]).unwrap();
        into.put_keys(&own, first.record, &[key("number", &format!("A{n}"), true), key("holder", "zhang", false)])
            .unwrap();
        // Two of one figure on one day, by one event.
        let deltas = [
            delta(&first, "petitions", "2020-07-15", 1),
            delta(&first, "petitions", "2020-07-15", 2),
            delta(&last, "petitions", "2020-08-01", -1),
        ];
        into.add_deltas(&deltas).unwrap();
        into.put_command(&own, &answered(&first)).unwrap();
        let reason = "督查".to_owned();
        let at = 1_594_776_600_000_000 + i64::from(n);
        into.note_look(&own, &LookRow { record: first.record, account: "zhang".into(), at, reason }).unwrap();
        into.next_number(&own, "letter", 2020).unwrap();
        into.put_message(&message(&own, Some(first.record))).unwrap();
        into.put_public(&PublicRow {
            government: own.clone(),
            record: first.record,
            line: "petition".into(),
            publication: "result".into(),
            published: date("2020-07-20"),
            withdrawn: (n == 0).then(|| date("2020-08-20")),
            shown: if n == 0 { Vec::new() } else { "草场".into() },
            digest: Digest([5; 32]),
        })
        .unwrap();
    }
    into.put_message(&message(&own, None)).unwrap();
    into.put_exchange(&exchange(&own)).unwrap();
    desks(into, government);
    into.put_definition(Digest([2; 32]), "petition", b"text").unwrap();
    into.put_note("synthetic", "yes").unwrap();
    transaction.commit().unwrap();
    let named = bring(store, government, &papers());
    bring(store, government, b"in staging alone");
    let mut transaction = store.begin(&own).unwrap();
    transaction.erase(&own, 2, 1).unwrap();
    transaction.hold_attachment(&own, named).unwrap();
    transaction.hold_attachment(&own, named).unwrap();
    transaction.commit().unwrap();
}

/// A sheet that came in.
fn exchange(own: &GovernmentCode) -> ledger::ExchangeRow {
    ledger::ExchangeRow {
        government: own.clone(),
        id: Digest([6; 32]),
        at: 1_594_776_600_000_000,
        inward: true,
        account: "zhang".into(),
        line: "petition".into(),
        source: "纸质台账".into(),
        approver: "某".into(),
        standing: "import".into(),
        file: "a.xlsx".into(),
        digest: Digest([7; 32]),
        rows: 3,
        came: 2,
        repeated: 0,
        left_out: 1,
        first: 1,
        last: 2,
    }
}

/// A message that opened a record, or waits to.
fn message(own: &GovernmentCode, record: Option<RecordId>) -> MessageRow {
    let opener = RecordId(record.map_or(900, |record| record.0 + 100));
    let thread = Thread { government: place("630000"), record: opener, seq: 2, effect: "forward".into() };
    MessageRow {
        government: own.clone(),
        sent: false,
        id: MessageId { thread, back: false, n: 1 },
        record,
        seq: 1,
        other: Some(place("630000")),
        line: "petition".into(),
        there: Some(opener),
        addressee: own.to_string(),
        state: if record.is_some() { MessageState::Done } else { MessageState::Waits },
        told: String::new(),
        bytes: vec![7, 0, 7],
        at: 5,
    }
}

/// A file of several pieces.
fn papers() -> Vec<u8> {
    (0..600_000u32).map(|n| (n * 7 % 249) as u8).collect()
}

/// What stands on the desks of that government.
fn desks(into: &mut dyn Transaction, government: &str) {
    let own = place(government);
    let (record, account, line, act) = (terms::RecordId(1), "zhang", "petition", "decide");
    let (day, at) = (date("2020-09-15"), 1_594_776_600_000_000);
    let (kind, who, agency) = (ledger::WaitingKind::Sign, "head".into(), "justice".into());
    let waiting = ledger::WaitingRow { record, kind, what: act.into(), who, agency, day };
    into.put_waiting(&own, record, &[waiting]).unwrap();
    for (n, record) in [(1, None), (2, Some(record))] {
        let id = terms::CommandId([n; 16]);
        let (account, line, act) = (account.into(), line.into(), act.into());
        let typed = "半份".into();
        into.put_draft(&own, &ledger::DraftRow { account, id, record, line, act, typed, at }).unwrap();
    }
    for (n, withdrawn) in [(1, None), (2, Some(at + 1))] {
        let text = if withdrawn.is_some() { String::new() } else { "请核对".into() };
        let id = terms::CommandId([n; 16]);
        let remark = ledger::RemarkRow { n: 0, id, record, account: account.into(), at, text, withdrawn };
        into.put_remark(&own, &remark).unwrap();
    }
    let notice = |source: &str, due, read| ledger::NoticeRow {
        n: 0,
        account: account.into(),
        source: source.into(),
        kind: "sign".into(),
        record,
        line: line.into(),
        what: act.into(),
        by: "li".into(),
        due,
        at,
        read,
    };
    into.add_notices(&own, &[notice("a", None, Some(at)), notice("b", Some(day), None)]).unwrap();
    let (code, agency) = ("heard".into(), "justice".into());
    into.add_found(&own, &[ledger::FoundRow { position: 2, code, record, agency, day }]).unwrap();
    into.reach(&own, "notices", 2).unwrap();
}

fn moved(from: &dyn Store, to: &dyn Store) -> Proof {
    let copied = copy(from, to, &mut |_| {}).unwrap();
    assert_eq!(copied.missed, 0);
    check_whole(&mut *to.read().unwrap()).unwrap();
    copied.proof
}

fn rows(proof: &Proof, kind: Kind) -> u64 {
    proof.kinds.iter().find(|(found, ..)| *found == kind).map(|(_, from, _)| from.rows).unwrap()
}

/// What the walk does not ask for itself.
fn same_answers(from: &dyn Store, to: &dyn Store) {
    let (mut from, mut to) = (from.read().unwrap(), to.read().unwrap());
    let county = place(COUNTY);
    let log = from.log(&county, 0, u32::MAX).unwrap();
    assert_eq!(to.log(&county, 0, u32::MAX).unwrap(), log);
    assert_eq!((log[1].contents[1].nonce, log[1].contents[1].bytes.clone()), (None, None));
    for until in 1..=log.len() as u64 {
        let query =
            DeltaQuery { figure: "petitions".into(), as_of: vec![(county.clone(), until)], ..DeltaQuery::default() };
        assert_eq!(to.sums(&query, GroupBy::Month).unwrap(), from.sums(&query, GroupBy::Month).unwrap());
    }
    let files = from.attachments(&county, None, 9).unwrap();
    assert_eq!(to.attachments(&county, None, 9).unwrap(), files);
    assert_eq!(files.iter().map(|file| file.uses).collect::<Vec<_>>(), [2], "what is in staging alone stays behind");
    let record = log[0].record;
    assert_eq!(to.deltas_of(&county, record).unwrap(), from.deltas_of(&county, record).unwrap());
    assert_eq!(to.public(&county, None, None, 0, 9).unwrap(), from.public(&county, None, None, 0, 9).unwrap());
    assert_eq!(to.due(&county, date("2021-01-01"), 9).unwrap(), from.due(&county, date("2021-01-01"), 9).unwrap());
}

#[test]
fn ledger_moves_to_the_same_engine() {
    let (_a, from) = sqlite();
    fill(&from, COUNTY, 3);
    fill(&from, CITY, 1);
    let (folder, to) = sqlite();
    let proof = moved(&from, &to);
    assert!(proof.holds(), "{proof:?}");
    let counted: Vec<u64> = Kind::ALL.into_iter().map(|kind| rows(&proof, kind)).collect();
    assert_eq!(counted, [8, 16, 4, 1, 2, 4, 8, 2, 8, 12, 8, 4, 4, 6, 2, 2, 2, 2, 2, 6, 4, 4, 4, 2, 2, 2, 1, 2]);
    same_answers(&from, &to);
    // It goes on where the other stopped.
    let mut transaction = to.begin(&place(COUNTY)).unwrap();
    assert_eq!(transaction.next_number(&place(COUNTY), "letter", 2020).unwrap(), 4);
    append(&mut *transaction, COUNTY, None);
    transaction.commit().unwrap();
    drop(to);
    store::sqlite::open(folder.path(), &Options::default()).unwrap();
}

#[test]
fn ledger_moves_to_the_other_engine_and_back() {
    let (_a, from) = sqlite();
    fill(&from, COUNTY, 3);
    fill(&from, CITY, 2);
    let ((_, between), (_b, back)) = (postgres(), sqlite());
    assert!(moved(&from, &between).holds());
    same_answers(&from, &between);
    assert!(moved(&between, &back).holds());
    same_answers(&from, &back);
    assert!(prove(&from, &back, &mut |_| {}).unwrap().holds());
}

#[test]
fn more_than_one_batch_of_events_and_records() {
    let (_a, from) = sqlite();
    fill(&from, COUNTY, 1_201);
    let (_b, to) = sqlite();
    let mut told = Vec::new();
    let copied = copy(&from, &to, &mut |at| told.push((at.proving, at.done, at.of))).unwrap();
    assert!(copied.proof.holds());
    assert_eq!(told[..5].iter().map(|(_, done, _)| *done).collect::<Vec<_>>(), [2000, 2402, 2902, 3402, 3603]);
    assert_eq!(told[4], (false, 3603, 3603));
    assert_eq!(told[5..].len(), 5);
}

#[test]
fn what_was_altered_in_the_target_is_found() {
    let (_a, from) = sqlite();
    fill(&from, COUNTY, 2);
    let (folder, to) = sqlite();
    assert!(moved(&from, &to).holds());
    let differs = |change: &str| {
        let database = rusqlite::Connection::open(folder.path().join("ledger.db")).unwrap();
        database.execute_batch(&format!("BEGIN; DROP TRIGGER delta_stays; {change}")).unwrap();
        let guard = "CREATE TRIGGER delta_stays BEFORE UPDATE ON delta BEGIN SELECT RAISE(FAIL, ''); END; COMMIT";
        database.execute_batch(guard).unwrap();
        drop(database);
        let proof = prove(&from, &to, &mut |_| {}).unwrap();
        assert!(!proof.holds());
        let kinds = proof.kinds.iter().filter(|(_, from, to)| from != to);
        kinds.map(|(kind, ..)| *kind).collect::<Vec<_>>()
    };
    assert_eq!(differs("UPDATE record SET label = 'another' WHERE id = 1;"), [Kind::Record]);
    assert_eq!(
        differs("UPDATE record SET label = '祁信〔2020〕1号' WHERE id = 1; UPDATE account SET posts = 'x';"),
        [Kind::Account]
    );
    let found = differs("UPDATE delta SET amount = 7 WHERE position = 1 AND n = 0;");
    assert_eq!(found, [Kind::Delta, Kind::Figure, Kind::Account]);
}

#[test]
fn bytes_that_were_altered_are_neither_copied_nor_proven() {
    let (folder, from) = sqlite();
    fill(&from, COUNTY, 1);
    let (_b, to) = sqlite();
    assert!(moved(&from, &to).holds());
    let name = ledger::hash(&papers()).to_string();
    let path = folder.path().join("attachments").join(COUNTY).join(&name[..2]).join(&name[2..]);
    for damage in [Some(b"altered".as_slice()), None] {
        match damage {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let proof = prove(&from, &to, &mut |_| {}).unwrap();
        let kinds = proof.kinds.iter().filter(|(_, from, to)| from != to).map(|(kind, ..)| *kind);
        assert_eq!(kinds.collect::<Vec<_>>(), [Kind::Attachment]);
        let (_c, other) = sqlite();
        assert_eq!(copy(&from, &other, &mut |_| {}).unwrap_err().kind, FaultKind::Damaged);
        assert!(check_whole(&mut *other.read().unwrap()).is_err());
    }
}

#[test]
fn acts_beyond_the_copy_are_counted() {
    let (_a, from) = sqlite();
    fill(&from, COUNTY, 1);
    let (_b, to) = sqlite();
    let mut once = true;
    let copied = copy(&from, &to, &mut |_| {
        if std::mem::take(&mut once) {
            let mut transaction = from.begin(&place(COUNTY)).unwrap();
            append(&mut *transaction, COUNTY, None);
            transaction.commit().unwrap();
        }
    });
    let copied = copied.unwrap();
    assert!(copied.proof.holds());
    assert_eq!(copied.missed, 1);
}

#[test]
fn ledger_is_never_copied_over_another() {
    let (_a, from) = sqlite();
    fill(&from, COUNTY, 1);
    let (_b, to) = sqlite();
    let fault = copy(&to, &from, &mut |_| {}).unwrap_err();
    assert!(fault.message.contains("the ledger to copy is empty"), "{fault}");
    let ((_, postgres), (_c, other)) = (postgres(), sqlite());
    fill(&postgres, CITY, 1);
    fill(&other, CITY, 1);
    for to in [&postgres as &dyn Store, &other, &from] {
        let before = to.read().unwrap().notes().unwrap();
        let fault = copy(&from, to, &mut |_| {}).unwrap_err();
        assert!(fault.message.contains("a ledger lies at the target already"), "{fault}");
        assert_eq!(to.read().unwrap().notes().unwrap(), before);
    }
}

/// A store whose connection is lost after some commits.
struct Failing<'a> {
    store: &'a dyn Store,
    left: AtomicU32,
}

fn lost<T>() -> Result<T, Fault> {
    Err(Fault { kind: FaultKind::Unavailable, message: "the connection is lost".into() })
}

impl Attachments for Failing<'_> {
    fn attachment_put(&self, row: &AttachmentRow, by: &str, at: i64, bytes: &mut Bytes<'_>) -> Result<(), Fault> {
        self.store.attachment_put(row, by, at, bytes)
    }
    fn attachment_bytes(
        &self,
        government: &GovernmentCode,
        digest: Digest,
        from: u64,
        most: usize,
    ) -> Result<Option<Vec<u8>>, Fault> {
        self.store.attachment_bytes(government, digest, from, most)
    }
    fn attachments_sweep(&self, _: &GovernmentCode, _: i64) -> Result<u64, Fault> {
        lost()
    }
}

impl Store for Failing<'_> {
    fn begin<'a>(&'a self, government: &GovernmentCode) -> Result<Box<dyn Transaction + 'a>, Fault> {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_ok() { self.store.begin(government) } else { lost() }
    }
    fn read<'a>(&'a self) -> Result<Box<dyn Read + 'a>, Fault> {
        self.store.read()
    }
    fn lease(&self, _: &GovernmentCode, _: &str, _: &str, _: i64, _: i64) -> Result<bool, Fault> {
        lost()
    }
    fn effort(&self) -> Effort {
        self.store.effort()
    }
    fn engine(&self) -> String {
        self.store.engine()
    }
    fn session_begin(&self, _: &SessionRow) -> Result<(), Fault> {
        lost()
    }
    fn session(&self, _: &GovernmentCode, _: Digest) -> Result<Option<SessionRow>, Fault> {
        lost()
    }
    fn session_seen(&self, _: &GovernmentCode, _: Digest, _: i64) -> Result<(), Fault> {
        lost()
    }
    fn session_tell(&self, _: &GovernmentCode, _: Digest, _: &str) -> Result<(), Fault> {
        lost()
    }
    fn session_end(&self, _: &GovernmentCode, _: Digest) -> Result<(), Fault> {
        lost()
    }
    fn sessions(&self, _: &GovernmentCode, _: i64, _: i64) -> Result<u64, Fault> {
        lost()
    }
    fn attempts(&self, _: &GovernmentCode, _: Digest) -> Result<Attempts, Fault> {
        lost()
    }
    fn attempts_put(&self, _: &GovernmentCode, _: Digest, _: u32, _: Attempts) -> Result<bool, Fault> {
        lost()
    }
    fn attempts_end(&self, _: &GovernmentCode, _: Digest) -> Result<(), Fault> {
        lost()
    }
    fn sessions_sweep(&self, _: &GovernmentCode, _: i64, _: i64, _: i64) -> Result<u64, Fault> {
        lost()
    }
}

impl ledger::Staging for Failing<'_> {
    fn stage(&self, _: &ledger::StagedRow) -> Result<(), Fault> {
        lost()
    }
    fn staged(&self, _: &GovernmentCode, _: Digest) -> Result<Option<ledger::StagedRow>, Fault> {
        lost()
    }
    fn stage_end(&self, _: &GovernmentCode, _: Digest, _: i64) -> Result<(), Fault> {
        lost()
    }
}

impl Tokens for Failing<'_> {
    fn token_put(&self, _: &TokenRow) -> Result<(), Fault> {
        lost()
    }
    fn token(&self, _: &GovernmentCode, _: Digest) -> Result<Option<TokenRow>, Fault> {
        lost()
    }
    fn tokens_of(&self, _: &GovernmentCode, _: &str) -> Result<Vec<TokenRow>, Fault> {
        lost()
    }
    fn token_used(&self, _: &GovernmentCode, _: Digest, _: i64) -> Result<(), Fault> {
        lost()
    }
    fn token_end(&self, _: &GovernmentCode, _: &str, _: Digest) -> Result<bool, Fault> {
        lost()
    }
    fn tokens_sweep(&self, _: &GovernmentCode, _: i64) -> Result<u64, Fault> {
        lost()
    }
}

#[test]
fn copy_that_ends_early_says_so() {
    let (_a, from) = sqlite();
    fill(&from, COUNTY, 1);
    fill(&from, CITY, 1);
    let mut interrupted = 0;
    loop {
        let (_b, to) = sqlite();
        let failing = Failing { store: &to, left: AtomicU32::new(interrupted) };
        let Err(fault) = copy(&from, &failing, &mut |_| {}) else { break };
        assert_eq!(fault.message, "the connection is lost");
        let whole = check_whole(&mut *to.read().unwrap());
        let again = copy(&from, &to, &mut |_| {});
        if interrupted == 0 {
            // Nothing was written: it can begin again.
            whole.unwrap();
            assert!(again.unwrap().proof.holds());
        } else {
            for fault in [whole.unwrap_err(), again.unwrap_err(), copy(&to, &from, &mut |_| {}).unwrap_err()] {
                assert!(fault.message.contains("a copy that was not finished"), "{fault}");
            }
        }
        interrupted += 1;
    }
    // The note, seven parts and a file of each government, what is shared, and the note again.
    assert_eq!(interrupted, 17);
}

#[test]
fn schema_is_brought_up_to_date_and_says_so() {
    let (folder, _) = sqlite();
    let at = Address::Folder(folder.path().into());
    let schema = store::migrate(&at, false).unwrap();
    assert_eq!((schema.before, schema.now), (schema.now, schema.now));
    let fault = store::migrate(&at, true).unwrap_err();
    assert!(fault.message.contains("leave --citus away"), "{fault}");
    let nowhere = Address::Folder(folder.path().join("nowhere"));
    assert!(store::migrate(&nowhere, false).unwrap_err().message.contains("holds no ledger"));
    assert!(!folder.path().join("nowhere").exists());

    let at: Address = server().database("migrate").unwrap().parse().unwrap();
    let schema = store::migrate(&at, false).unwrap();
    assert_eq!(schema.before, 0);
    assert_eq!(store::migrate(&at, false).unwrap().before, schema.now);
    let fault = store::migrate(&at, true).unwrap_err();
    assert!(fault.message.contains("is not distributed"), "{fault}");
}
