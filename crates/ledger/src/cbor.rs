//! How values become bytes, once and for ever.
//!
//! Deterministic CBOR (RFC 8949, 4.2): shortest integers, definite lengths, maps with integer keys that ascend. A key
//! is never given a second meaning and never reused; a reader skips those it does not know. A key that has nothing to
//! say is left out. Days and moments are ISO 8601 text (`2020-07-15`, `2020-07-15T09:30:00`), civil, +08:00.
//!
//! A value is an array of its tag and its payload:
//!
//! | tag | value | payload |
//! | --- | --- | --- |
//! | 1 | `Bool` | bool |
//! | 2 | `Number` | integer |
//! | 3 | `Money` | integer, fen |
//! | 4 | `Date` | text |
//! | 5 | `Moment` | text |
//! | 6 | `Text` | text |
//! | 7 | `Choice` | text |
//! | 8 | `Choices` | array of text |
//! | 9 | `Key` | text |
//! | 10 | `Keys` | array of text |
//! | 11 | `Party` | map: 1 kind (1 person, 2 organisation), 2 name, 3 number, 4 phone, 5 address |
//! | 12 | `Link` | unsigned |

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use minicbor::data::Type;
use minicbor::{Decoder, Encoder, decode};
use terms::{Code, Date, DateTime, Digest, Fen, Party, PartyKind, RecordId, Value};

/// Bytes that are no event of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Not CBOR, cut short, or of another type than the key's.
    Malformed {
        /// What the reader says.
        message: String,
    },
    /// A key that must be there is not.
    Missing {
        /// The key.
        key: u32,
    },
    /// Keys out of order, or one twice.
    Order {
        /// The key.
        key: u32,
    },
    /// A text, number or array that its key does not allow.
    Content {
        /// What was read.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Bytes after the end.
    Trailing,
}

impl std::error::Error for DecodeError {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Malformed { message } => write!(f, "not the bytes of an event: {message}"),
            DecodeError::Missing { key } => write!(f, "key {key} is missing"),
            DecodeError::Order { key } => write!(f, "key {key} is out of order or written twice"),
            DecodeError::Content { found, expected } => write!(f, "`{found}` is no {expected}"),
            DecodeError::Trailing => f.write_str("bytes follow the end of the event"),
        }
    }
}

impl From<decode::Error> for DecodeError {
    fn from(error: decode::Error) -> Self {
        DecodeError::Malformed { message: error.to_string() }
    }
}

/// What writing to a vector returns; it can't fail.
pub(crate) type Written = Result<(), minicbor::encode::Error<Infallible>>;

/// A map being written: its fields are gathered first, because CBOR says the count before them.
pub(crate) struct Map {
    count: u64,
    bytes: Encoder<Vec<u8>>,
}

impl Map {
    pub(crate) fn new() -> Map {
        Map { count: 0, bytes: Encoder::new(Vec::with_capacity(512)) }
    }

    /// Writes one field. Keys must ascend.
    pub(crate) fn field(&mut self, key: u32, write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Written) {
        self.count += 1;
        never(self.bytes.u32(key).map(drop));
        never(write(&mut self.bytes));
    }

    pub(crate) fn text(&mut self, key: u32, text: &str) {
        self.field(key, |to| to.str(text).map(drop));
    }

    pub(crate) fn unsigned(&mut self, key: u32, number: u64) {
        self.field(key, |to| to.u64(number).map(drop));
    }

    pub(crate) fn bytes(&mut self, key: u32, bytes: &[u8]) {
        self.field(key, |to| to.bytes(bytes).map(drop));
    }

    /// Writes an array; an empty one is left out.
    pub(crate) fn list<T>(
        &mut self,
        key: u32,
        items: &[T],
        mut write: impl FnMut(&mut Encoder<Vec<u8>>, &T) -> Written,
    ) {
        if items.is_empty() {
            return;
        }
        self.field(key, |to| {
            to.array(items.len() as u64)?;
            items.iter().try_for_each(|item| write(to, item))
        });
    }

    /// The finished map.
    pub(crate) fn finish(self) -> Vec<u8> {
        let fields = self.bytes.into_writer();
        let mut head = Encoder::new(Vec::with_capacity(fields.len() + 9));
        never(head.map(self.count).map(drop));
        let mut whole = head.into_writer();
        whole.extend_from_slice(&fields);
        whole
    }
}

/// A vector takes every byte it is given.
fn never(written: Written) {
    assert!(written.is_ok(), "writing to memory failed");
}

/// Reads a whole map: `field` is told each key in turn and answers whether it took it; others are skipped.
pub(crate) fn read_map<'b>(
    from: &mut Decoder<'b>,
    mut field: impl FnMut(u32, &mut Decoder<'b>) -> Result<bool, DecodeError>,
) -> Result<(), DecodeError> {
    let count = length(from.map()?, "map of a known length")?;
    let mut last = None;
    for _ in 0..count {
        let key = from.u32()?;
        if last.is_some_and(|last| key <= last) {
            return Err(DecodeError::Order { key });
        }
        last = Some(key);
        if !field(key, from)? {
            from.skip()?;
        }
    }
    Ok(())
}

/// Reads an array.
pub(crate) fn read_list<'b, T>(
    from: &mut Decoder<'b>,
    mut item: impl FnMut(&mut Decoder<'b>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let count = length(from.array()?, "array of a known length")?;
    // No capacity by a count that is only claimed.
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(item(from)?);
    }
    Ok(items)
}

/// Reads an array that must have two items, and leaves their reading to the caller.
pub(crate) fn read_pair(from: &mut Decoder<'_>) -> Result<(), DecodeError> {
    match from.array()? {
        Some(2) => Ok(()),
        other => Err(DecodeError::Content { found: format!("{other:?}"), expected: "array of two" }),
    }
}

/// Nothing may follow.
pub(crate) fn read_end(from: &Decoder<'_>) -> Result<(), DecodeError> {
    if from.position() == from.input().len() { Ok(()) } else { Err(DecodeError::Trailing) }
}

fn length(known: Option<u64>, expected: &'static str) -> Result<u64, DecodeError> {
    known.ok_or(DecodeError::Content { found: "indefinite length".to_owned(), expected })
}

/// What a required key holds.
pub(crate) fn need<T>(key: u32, found: Option<T>) -> Result<T, DecodeError> {
    found.ok_or(DecodeError::Missing { key })
}

/// A text that reads as something narrower.
pub(crate) fn read_parsed<T: FromStr>(from: &mut Decoder<'_>, expected: &'static str) -> Result<T, DecodeError> {
    let text = from.str()?;
    text.parse().map_err(|_| DecodeError::Content { found: text.to_owned(), expected })
}

pub(crate) fn read_code(from: &mut Decoder<'_>) -> Result<Code, DecodeError> {
    Ok(Code::new(from.str()?))
}

pub(crate) fn read_date(from: &mut Decoder<'_>) -> Result<Date, DecodeError> {
    read_parsed(from, "day as in 2020-07-15")
}

pub(crate) fn read_moment(from: &mut Decoder<'_>) -> Result<DateTime, DecodeError> {
    read_parsed(from, "moment as in 2020-07-15T09:30:00")
}

pub(crate) fn read_string(from: &mut Decoder<'_>) -> Result<String, DecodeError> {
    Ok(from.str()?.to_owned())
}

/// Something that may be null.
pub(crate) fn read_nullable<'b, T>(
    from: &mut Decoder<'b>,
    read: impl FnOnce(&mut Decoder<'b>) -> Result<T, DecodeError>,
) -> Result<Option<T>, DecodeError> {
    if from.datatype()? == Type::Null {
        from.null()?;
        return Ok(None);
    }
    read(from).map(Some)
}

pub(crate) fn read_bytes<const N: usize>(from: &mut Decoder<'_>) -> Result<[u8; N], DecodeError> {
    let bytes = from.bytes()?;
    bytes
        .try_into()
        .map_err(|_| DecodeError::Content { found: format!("{} bytes", bytes.len()), expected: "digest or id" })
}

pub(crate) fn read_digest(from: &mut Decoder<'_>) -> Result<Digest, DecodeError> {
    read_bytes(from).map(Digest)
}

/// Writes a value by its tag.
pub(crate) fn write_value(to: &mut Encoder<Vec<u8>>, value: &Value) -> Written {
    to.array(2)?;
    match value {
        Value::Bool(yes) => to.u8(1)?.bool(*yes)?,
        Value::Number(number) => to.u8(2)?.i64(*number)?,
        Value::Money(Fen(fen)) => to.u8(3)?.i64(*fen)?,
        Value::Date(day) => to.u8(4)?.str(&day.to_string())?,
        Value::Moment(moment) => to.u8(5)?.str(&moment.to_string())?,
        Value::Text(text) => to.u8(6)?.str(text)?,
        Value::Choice(code) => to.u8(7)?.str(code)?,
        Value::Choices(codes) => return write_codes(to.u8(8)?, codes),
        Value::Key(code) => to.u8(9)?.str(code)?,
        Value::Keys(codes) => return write_codes(to.u8(10)?, codes),
        Value::Party(party) => return write_party(to.u8(11)?, party),
        Value::Link(RecordId(id)) => to.u8(12)?.u64(*id)?,
    };
    Ok(())
}

fn write_codes(to: &mut Encoder<Vec<u8>>, codes: &[Code]) -> Written {
    to.array(codes.len() as u64)?;
    codes.iter().try_for_each(|code| to.str(code).map(drop))
}

fn write_party(to: &mut Encoder<Vec<u8>>, party: &Party) -> Written {
    let optional = [(3u8, &party.number), (4, &party.phone), (5, &party.address)];
    let given = optional.iter().filter(|(_, text)| text.is_some()).count() as u64;
    let kind = match party.kind {
        PartyKind::Person => 1,
        PartyKind::Organisation => 2,
    };
    to.map(2 + given)?.u8(1)?.u8(kind)?.u8(2)?.str(&party.name)?;
    for (key, text) in optional {
        if let Some(text) = text {
            to.u8(key)?.str(text)?;
        }
    }
    Ok(())
}

/// Reads a value. A tag that is not known is an error: unlike a key, it can't be skipped without a hole.
pub(crate) fn read_value(from: &mut Decoder<'_>) -> Result<Value, DecodeError> {
    read_pair(from)?;
    Ok(match from.u32()? {
        1 => Value::Bool(from.bool()?),
        2 => Value::Number(from.i64()?),
        3 => Value::Money(Fen(from.i64()?)),
        4 => Value::Date(read_date(from)?),
        5 => Value::Moment(read_moment(from)?),
        6 => Value::Text(read_string(from)?),
        7 => Value::Choice(read_code(from)?),
        8 => Value::Choices(read_list(from, read_code)?),
        9 => Value::Key(read_code(from)?),
        10 => Value::Keys(read_list(from, read_code)?),
        11 => Value::Party(Box::new(read_party(from)?)),
        12 => Value::Link(RecordId(from.u64()?)),
        tag => return Err(DecodeError::Content { found: tag.to_string(), expected: "tag of a value" }),
    })
}

fn read_party(from: &mut Decoder<'_>) -> Result<Party, DecodeError> {
    let (mut kind, mut name, mut number, mut phone, mut address) = (None, None, None, None, None);
    read_map(from, |key, from| {
        match key {
            1 => kind = Some(from.u8()?),
            2 => name = Some(read_string(from)?),
            3 => number = Some(read_string(from)?),
            4 => phone = Some(read_string(from)?),
            5 => address = Some(read_string(from)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let kind = match need(1, kind)? {
        1 => PartyKind::Person,
        2 => PartyKind::Organisation,
        other => return Err(DecodeError::Content { found: other.to_string(), expected: "kind of a party" }),
    };
    Ok(Party { kind, name: need(2, name)?, number, phone, address })
}
