//! Event bytes and their chain: the format is frozen, round trips lose nothing, and every alteration is found.

#![allow(clippy::unwrap_used)]

use ledger::{
    Attached, Body, ContentRow, Envelope, EventRow, Head, Links, NOTHING, Opening, What, check_chain, check_record,
    extend_head, hash, seal,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use terms::{
    Code, CommandId, Date, DateTime, Digest, Fen, GovernmentCode, MessageId, Party, PartyKind, PlaceCode, RecordId,
    Thread, Value,
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn government() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn sample_envelope() -> Envelope {
    Envelope {
        government: government(),
        record: RecordId(7),
        seq: 2,
        position: 300,
        kind: "act".into(),
        what: "accept".into(),
        actor: "zhang".into(),
        agency: "justice".into(),
        post: "officer".into(),
        command: CommandId([1; 16]),
        done_at: "2020-07-15T09:30:00".parse().unwrap(),
        recorded_at: 1_594_776_600_000_000,
        definition: Digest([2; 32]),
        lookups: vec![("certificate".into(), 299)],
        contents: vec![(0, Digest([3; 32])), (1, Digest([4; 32]))],
        attachments: vec![Digest([5; 32])],
        previous: Digest([6; 32]),
    }
}

fn message(back: bool) -> MessageId {
    let thread =
        Thread { government: "632200".parse().unwrap(), record: RecordId(12), seq: 3, effect: "forward".into() };
    MessageId { thread, back, n: 2 }
}

/// What a message did.
fn told() -> Body {
    Body { message: Some(message(true)), ..Body::default() }
}

fn sample_body() -> Body {
    let party = Party {
        kind: PartyKind::Person,
        name: "张三".into(),
        number: Some("11010519491231002X".into()),
        phone: None,
        address: Some("祁连县".into()),
    };
    Body {
        line: Some("petition".into()),
        changes: vec![
            ("urgent".into(), Value::Bool(true)),
            ("people".into(), Value::Number(-3)),
            ("fine".into(), Value::Money(Fen(300_050))),
            ("day".into(), Value::Date("2020-07-15".parse().unwrap())),
            ("moment".into(), Value::Moment("2020-07-15T09:30:00".parse().unwrap())),
            ("text".into(), Value::Text("土地".into())),
            ("ground".into(), Value::Choice("land".into())),
            ("grounds".into(), Value::Choices(vec!["land".into(), "water".into()])),
            ("item".into(), Value::Key("A1".into())),
            ("items".into(), Value::Keys(vec!["A1".into()])),
            ("link".into(), Value::Link(RecordId(9))),
            ("applicant".into(), Value::Party(Box::new(party))),
        ],
        findings: vec![("R1".into(), None), ("R2".into(), Some("停电".into()))],
        extended: Some(30),
        number: Some("祁复决〔2020〕1号".into()),
        opening: Some(Opening {
            agency: "justice".into(),
            handler: Some("zhang".into()),
            place: "632222100".parse().unwrap(),
            line: "petition".into(),
            version: "2020".into(),
        }),
        annuls: Some(1),
        corrects: Some((2, Some("2020-07-14T10:00:00".parse().unwrap()))),
        to: Some("li".into()),
        until: Some("2020-08-01".parse().unwrap()),
        reason: Some("调岗".into()),
        message: None,
        attachments: Vec::new(),
        papers: Vec::new(),
    }
}

fn sample_file(byte: u8, name: &str) -> Attached {
    Attached { digest: Digest([byte; 32]), name: name.into(), kind: "pdf".into(), size: 70_000 }
}

/// If this fails, the change is not allowed: give the new meaning a new key.
#[test]
fn documents_stand_in_the_body_with_their_templates() {
    let papers = vec![("notice".into(), Digest([0xab; 32]))];
    let body = Body { papers, ..Body::default() };
    let bytes = body.encode();
    assert_eq!(hex(&bytes), format!("a10e8182666e6f746963655820{}", "ab".repeat(32)));
    assert_eq!(Body::decode(&bytes).unwrap(), body);
    let parts = body.clone().split(|_| false);
    assert_eq!(Body::join(parts), body, "they are nobody's");
}

#[test]
fn bytes_are_frozen() {
    let bytes = [
        hex(&sample_envelope().encode()),
        hex(&sample_body().encode()),
        hex(&Body::default().encode()),
        hex(&told().encode()),
        hash(&sample_envelope().encode()).to_string(),
        seal(&[9; 16], b"content").to_string(),
        extend_head(NOTHING, hash(b"event")).to_string(),
    ];
    assert_eq!(bytes.join("\n"), include_str!("golden.txt").trim_end(), "\n{}\n", bytes.join("\n"));
    assert_eq!(Envelope::decode(&sample_envelope().encode()), Ok(sample_envelope()));
    assert_eq!(Body::decode(&sample_body().encode()), Ok(sample_body()));
    assert_eq!(Body::decode(&told().encode()), Ok(told()));
}

/// The same for what was added later: files.
#[test]
fn bytes_of_files_are_frozen() {
    let body = Body { attachments: vec![sample_file(5, "甲.pdf")], ..Body::default() };
    let expected = format!("a10c81a4015820{}0267e794b22e706466036370646604 1a00011170", "05".repeat(32));
    assert_eq!(hex(&body.encode()), expected.replace(' ', ""));
    assert_eq!(Body::decode(&body.encode()), Ok(body));
}

#[test]
fn each_file_is_a_part_of_its_own() {
    let files = vec![sample_file(5, "甲.pdf"), sample_file(6, "乙.pdf")];
    let body = Body { attachments: files.clone(), ..sample_body() };
    let parts = body.clone().split(|_| false);
    // Part 0, the party, and a part for each file.
    assert_eq!(parts.len(), 4);
    assert_eq!(parts[0].1.attachments, []);
    assert_eq!(parts[2].1, Body { attachments: vec![files[0].clone()], ..Body::default() });
    let erased = Body::join(parts.into_iter().filter(|(part, _)| *part != 2));
    assert_eq!(erased.attachments, [files[1].clone()]);
    assert_eq!(erased.changes.len(), body.changes.len());
}

#[test]
fn hash_is_sm3() {
    // The example of GM/T 0004-2012, A.1.
    assert_eq!(hash(b"abc").to_string(), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

#[test]
fn unknown_keys_are_skipped_and_missing_ones_named() {
    // {1: "petition", 99: [1, {2: 3}], 100: "later"}
    let bytes = [b"\xa3\x01\x68petition".as_slice(), b"\x18\x63\x82\x01\xa1\x02\x03", b"\x18\x64\x65later"].concat();
    assert_eq!(Body::decode(&bytes), Ok(Body { line: Some("petition".into()), ..Body::default() }));
    let error = Envelope::decode(&[0xa0]).unwrap_err();
    assert_eq!(error.to_string(), "key 1 is missing");
}

#[test]
fn only_one_spelling_is_read() {
    for (bytes, message) in [
        (b"\xa2\x04\x01\x04\x02".as_slice(), "key 4 is out of order or written twice"),
        (b"\xa2\x05\x61a\x04\x02", "key 4 is out of order or written twice"),
        (b"\xa0\x00", "bytes follow the end of the event"),
        (b"\xbf\xff", "`indefinite length` is no map of a known length"),
        (b"\xa1\x0a\x61x", "`x` is no day as in 2020-07-15"),
        (b"\xa1\x02\x81\x82\x61a\x82\x18\x63\x01", "`99` is no tag of a value"),
    ] {
        assert_eq!(Body::decode(bytes).unwrap_err().to_string(), message);
    }
}

#[test]
fn each_personal_field_is_a_part_of_its_own() {
    let mut body = sample_body();
    body.changes.push(("text".into(), Value::Text("again".into())));
    let parts = body.clone().split(|field| field == "text");
    let fields: Vec<Vec<&str>> =
        parts.iter().map(|(_, part)| part.changes.iter().map(|(field, _)| field.as_str()).collect()).collect();
    assert_eq!(fields[1], ["text", "text"]);
    assert_eq!(fields[2], ["applicant"]); // a party is personal without being named
    assert_eq!(parts.iter().map(|(part, _)| *part).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(parts[1].1, Body { changes: parts[1].1.changes.clone(), ..Body::default() });

    let erased = Body::join(parts.into_iter().filter(|(part, _)| *part != 1));
    assert_eq!(erased.changes.len(), body.changes.len() - 2);
    assert_eq!(erased.reason, body.reason);
    assert_eq!(Body::default().split(|_| true), vec![(0, Body::default())]);
}

/// A log of two records whose events alternate.
fn sample_log(count: u64) -> Vec<EventRow> {
    let mut links = Links::new();
    let mut head = NOTHING;
    let mut rows = Vec::new();
    for position in 1..=count {
        let record = RecordId(if position % 2 == 1 { 1 } else { 2 });
        let (seq, previous) = links.get(&record).copied().unwrap_or((0, NOTHING));
        let contents: Vec<ContentRow> = sample_body()
            .split(|_| false)
            .into_iter()
            .map(|(part, body)| ContentRow { part, nonce: Some([position as u8; 16]), bytes: Some(body.encode()) })
            .collect();
        let sealed =
            contents.iter().map(|row| (row.part, seal(&row.nonce.unwrap(), row.bytes.as_ref().unwrap()))).collect();
        let envelope = Envelope { record, seq: seq + 1, position, previous, contents: sealed, ..sample_envelope() };
        let envelope = envelope.encode();
        let hash = hash(&envelope);
        head = extend_head(head, hash);
        links.insert(record, (seq + 1, hash));
        rows.push(EventRow {
            government: government(),
            record,
            seq: seq + 1,
            position,
            envelope,
            hash,
            head,
            contents,
        });
    }
    rows
}

fn check(rows: &[EventRow]) -> Result<Head, What> {
    let empty = Head { position: 0, hash: NOTHING };
    check_chain(&government(), empty, &mut Links::new(), rows).map_err(|difference| difference.what)
}

#[test]
fn log_checks_in_one_stretch_or_in_several() {
    let rows = sample_log(9);
    let whole = check(&rows).unwrap();
    assert_eq!(whole, Head { position: 9, hash: rows[8].head });

    let mut links = Links::new();
    let mut head = Head { position: 0, hash: NOTHING };
    for stretch in rows.chunks(2) {
        head = check_chain(&government(), head, &mut links, stretch).unwrap();
    }
    assert_eq!(head, whole);
    let record: Vec<EventRow> = rows.into_iter().filter(|row| row.record == RecordId(2)).collect();
    check_record(&government(), &record).unwrap();
    assert_eq!(check_record(&government(), &record[1..]).unwrap_err().what, What::Sequence);
}

#[test]
fn erasure_leaves_the_proof_whole() {
    let mut rows = sample_log(4);
    rows[1].contents[1] = ContentRow { part: 1, nonce: None, bytes: None };
    assert!(check(&rows).is_ok());
    rows[1].contents[1].nonce = Some([0; 16]);
    assert_eq!(check(&rows), Err(What::Erased { part: 1 }));
    let mut rows = sample_log(4);
    rows[1].contents[0] = ContentRow { part: 0, nonce: None, bytes: None };
    assert_eq!(check(&rows), Err(What::Erased { part: 0 }));
    assert_eq!(
        check_chain(&government(), Head { position: 0, hash: NOTHING }, &mut Links::new(), &rows)
            .unwrap_err()
            .to_string(),
        "position 2, record 2, event 1: part 0 of the content is missing, without a lawful erasure"
    );
}

#[test]
fn every_alteration_is_found() {
    type Attack = fn(&mut Vec<EventRow>);
    let attacks: [(Attack, What); 9] = [
        (|rows| drop(rows.remove(1)), What::Position { expected: 2 }),
        (|rows| rows[2].hash = Digest([0; 32]), What::Hash),
        (|rows| rows[2].seq = 9, What::Row),
        (|rows| rows[2].head = Digest([0; 32]), What::Head),
        (|rows| rows[2].contents[0].bytes = Some(vec![0xa0]), What::Content { part: 0 }),
        (|rows| drop(rows[2].contents.pop()), What::Erased { part: 1 }),
        (|rows| rows[2].contents.push(ContentRow { part: 5, nonce: None, bytes: None }), What::Added { part: 5 }),
        // Rewritten with its own hash: the next event of the record still names the old one.
        (
            |rows| {
                let envelope = Envelope { actor: "li".into(), ..Envelope::decode(&rows[2].envelope).unwrap() };
                rows[2].envelope = envelope.encode();
                rows[2].hash = hash(&rows[2].envelope);
                rows[2].head = extend_head(rows[1].head, rows[2].hash);
                rows[3].head = extend_head(rows[2].head, rows[3].hash);
            },
            What::Previous,
        ),
        // The whole record rewritten: another record's event that follows has a head that no longer fits.
        (
            |rows| {
                let envelope = Envelope { actor: "li".into(), ..Envelope::decode(&rows[4].envelope).unwrap() };
                rows[4].envelope = envelope.encode();
                rows[4].hash = hash(&rows[4].envelope);
                rows[4].head = extend_head(rows[3].head, rows[4].hash);
            },
            What::Head,
        ),
    ];
    for (attack, expected) in attacks {
        let mut rows = sample_log(6);
        attack(&mut rows);
        assert_eq!(check(&rows), Err(expected));
    }
}

fn code() -> impl Strategy<Value = Code> {
    "[a-z_]{0,30}".prop_map(Code::from)
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

fn date() -> impl Strategy<Value = Date> {
    (-9999i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn moment() -> impl Strategy<Value = DateTime> {
    (date(), 0i8..24, 0i8..60, 0i8..60, 0i32..1_000_000_000)
        .prop_map(|(day, hour, minute, second, rest)| day.at(hour, minute, second, rest))
}

fn place() -> impl Strategy<Value = PlaceCode> {
    "[0-9]{6}([0-9]{3}([0-9]{3})?)?".prop_map(|text| text.parse().unwrap())
}

fn party() -> impl Strategy<Value = Party> {
    (any::<bool>(), ".{0,9}", of(".{0,9}"), of(".{0,9}"), of(".{0,9}")).prop_map(
        |(person, name, number, phone, address)| Party {
            kind: if person { PartyKind::Person } else { PartyKind::Organisation },
            name,
            number,
            phone,
            address,
        },
    )
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Number),
        any::<i64>().prop_map(|fen| Value::Money(Fen(fen))),
        date().prop_map(Value::Date),
        moment().prop_map(Value::Moment),
        ".{0,40}".prop_map(Value::Text),
        code().prop_map(Value::Choice),
        vec(code(), 0..4).prop_map(Value::Choices),
        code().prop_map(Value::Key),
        vec(code(), 0..4).prop_map(Value::Keys),
        party().prop_map(|party| Value::Party(Box::new(party))),
        any::<u64>().prop_map(|id| Value::Link(RecordId(id))),
    ]
}

fn opening() -> impl Strategy<Value = Opening> {
    (code(), of(code()), place(), code(), code()).prop_map(|(agency, handler, place, line, version)| Opening {
        agency,
        handler,
        place,
        line,
        version,
    })
}

fn body() -> impl Strategy<Value = Body> {
    let first = (of(code()), vec((code(), value()), 0..8), vec((code(), of(".{0,20}")), 0..4), of(any::<u32>()));
    let second = (of(".{0,20}"), of(opening()), of(any::<u32>()), of((any::<u32>(), of(moment()))));
    let message = of(any::<bool>().prop_map(message));
    let third = (of(code()), of(date()), of(".{0,20}"), vec(file(), 0..3), message, vec((code(), digest()), 0..3));
    (first, second, third).prop_map(
        |(
            (line, changes, findings, extended),
            (number, opening, annuls, corrects),
            (to, until, reason, attachments, message, papers),
        )| Body {
            line,
            changes,
            findings,
            extended,
            number,
            opening,
            annuls,
            corrects,
            to,
            until,
            reason,
            message,
            attachments,
            papers,
        },
    )
}

fn file() -> impl Strategy<Value = Attached> {
    (digest(), ".{0,20}", code(), any::<u64>()).prop_map(|(digest, name, kind, size)| Attached {
        digest,
        name,
        kind,
        size,
    })
}

fn envelope() -> impl Strategy<Value = Envelope> {
    let numbers = (any::<u64>(), any::<u32>(), any::<u64>(), any::<i64>(), any::<[u8; 16]>());
    let names = (place(), code(), code(), code(), code(), code());
    let lists = (vec((code(), any::<u64>()), 0..3), vec((any::<u16>(), digest()), 0..3), vec(digest(), 0..3));
    (numbers, names, lists, moment(), digest(), digest()).prop_map(
        |(numbers, names, (lookups, contents, attachments), done_at, definition, previous)| Envelope {
            government: names.0,
            record: RecordId(numbers.0),
            seq: numbers.1,
            position: numbers.2,
            kind: names.1,
            what: names.2,
            actor: names.3,
            agency: names.4,
            post: names.5,
            command: CommandId(numbers.4),
            done_at,
            recorded_at: numbers.3,
            definition,
            lookups,
            contents,
            attachments,
            previous,
        },
    )
}

proptest! {
    #[test]
    fn body_comes_back(body in body()) {
        prop_assert_eq!(Body::decode(&body.encode()), Ok(body));
    }

    #[test]
    fn envelope_comes_back(envelope in envelope()) {
        prop_assert_eq!(Envelope::decode(&envelope.encode()), Ok(envelope));
    }

    #[test]
    fn parts_join_to_the_same_content(body in body(), letter in "[a-z_]") {
        let parts = body.clone().split(|field| field.starts_with(&letter));
        let joined = Body::join(parts.into_iter().rev());
        let sorted = |mut body: Body| { body.changes.sort_by(|a, b| a.0.cmp(&b.0)); body };
        prop_assert_eq!(sorted(joined), sorted(body));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Body::decode(&bytes);
        let _ = Envelope::decode(&bytes);
    }

    #[test]
    fn damaged_bytes_never_panic(
        envelope in envelope(), body in body(), at in any::<prop::sample::Index>(), by in 1u8..
    ) {
        for mut bytes in [envelope.encode(), body.encode()] {
            let index = at.index(bytes.len());
            bytes[index] ^= by;
            let _ = Body::decode(&bytes);
            let _ = Envelope::decode(&bytes);
            let _ = Envelope::decode(&bytes[..index]);
        }
    }
}
