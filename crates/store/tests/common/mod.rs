//! A small government to write down.
#![allow(dead_code)] // each test program uses its part

use ledger::{
    AttachmentRow, Body, CommandRow, ContentRow, DeltaRow, DueRow, Envelope, EventRow, Head, KeyRow, NOTHING,
    RecordRow, Store, Transaction, extend_head, hash, seal,
};
use terms::{Code, CommandId, Date, Digest, GovernmentCode, RecordId, Value};

pub mod database;

pub const COUNTY: &str = "632222";
pub const CITY: &str = "410700";

pub fn place(code: &str) -> GovernmentCode {
    code.parse().unwrap()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn command(number: u64) -> CommandId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    CommandId(id)
}

/// The event that follows `head` and, in its record, `last`.
pub fn event(government: &str, head: Head, last: Option<&EventRow>) -> EventRow {
    let position = head.position + 1;
    let record = last.map_or(RecordId(position), |last| last.record);
    let seq = last.map_or(1, |last| last.seq + 1);
    let body = Body {
        line: (seq == 1).then(|| "petition".into()),
        changes: vec![
            ("subject".into(), Value::Text("关于草场的请求".into())),
            ("name".into(), Value::Text("张三".into())),
        ],
        ..Body::default()
    };
    let contents: Vec<ContentRow> = body
        .split(|field| field == "name")
        .into_iter()
        .map(|(part, body)| ContentRow { part, nonce: Some([7; 16]), bytes: Some(body.encode()) })
        .collect();
    let envelope = Envelope {
        government: place(government),
        record,
        seq,
        position,
        kind: "act".into(),
        what: "accept".into(),
        actor: "zhang".into(),
        agency: "justice".into(),
        post: "officer".into(),
        command: command(position),
        done_at: "2020-07-15T09:30:00".parse().unwrap(),
        recorded_at: 1_594_776_600_000_000,
        definition: Digest([2; 32]),
        lookups: Vec::new(),
        contents: contents
            .iter()
            .map(|row| (row.part, seal(&row.nonce.unwrap(), row.bytes.as_ref().unwrap())))
            .collect(),
        attachments: Vec::new(),
        previous: last.map_or(NOTHING, |last| last.hash),
    };
    let envelope = envelope.encode();
    let hash = hash(&envelope);
    let head = extend_head(head.hash, hash);
    EventRow { government: place(government), record, seq, position, envelope, hash, head, contents }
}

/// Appends an event after the log's head.
pub fn append(to: &mut dyn Transaction, government: &str, last: Option<&EventRow>) -> EventRow {
    let head = to.head(&place(government)).unwrap();
    let event = event(government, head, last);
    to.append(&event).unwrap();
    event
}

pub fn record(event: &EventRow, change: impl FnOnce(&mut RecordRow)) -> RecordRow {
    let mut row = RecordRow {
        government: event.government.clone(),
        id: event.record,
        line: "petition".into(),
        definition: Digest([2; 32]),
        agency: "justice".into(),
        handler: Some("zhang".into()),
        place: place("632222100"),
        stage: "accepted".into(),
        closed: false,
        label: format!("祁信〔2020〕{}号", event.record),
        opened: date("2020-07-15"),
        touched: date("2020-07-15"),
        due: None,
        seq: event.seq,
        hash: event.hash,
        state: vec![1; 200],
        narrowing: ledger::Narrowing::default(),
    };
    change(&mut row);
    row
}

pub fn due(event: &EventRow, limit: &str, day: Date) -> DueRow {
    DueRow { government: event.government.clone(), record: event.record, limit: limit.into(), due: day, agency: true }
}

pub fn key(field: &str, value: &str, unique: bool) -> KeyRow {
    KeyRow { line: "certificate".into(), field: field.into(), value: value.into(), unique }
}

pub fn delta(event: &EventRow, figure: &str, day: &str, amount: i64) -> DeltaRow {
    DeltaRow {
        government: event.government.clone(),
        figure: figure.into(),
        day: date(day),
        position: event.position,
        record: event.record,
        agency: "justice".into(),
        place: place("632222100"),
        part: Code::default(),
        amount,
    }
}

pub fn look(record: RecordId, account: &str, at: i64) -> ledger::LookRow {
    ledger::LookRow { record, account: account.into(), at, reason: String::new() }
}

pub fn answered(event: &EventRow) -> CommandRow {
    CommandRow { id: command(event.position), record: event.record, position: event.position }
}

/// Takes a file in; gives its digest.
pub fn bring(store: &dyn Store, government: &str, bytes: &[u8]) -> Digest {
    let (government, digest, size) = (place(government), hash(bytes), bytes.len() as u64);
    let row = AttachmentRow { government, digest, size, kind: "pdf".into(), uses: 0 };
    let mut left = bytes;
    let mut next = |piece: &mut [u8]| Ok(std::io::Read::read(&mut left, piece).unwrap());
    store.attachment_put(&row, "zhang", 1, &mut next).unwrap();
    digest
}
