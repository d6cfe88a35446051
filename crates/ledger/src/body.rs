//! The content of an event, in parts of which the personal ones can be erased.

use minicbor::{Decoder, Encoder};
use terms::{Code, Date, DateTime, Digest, MessageId, PlaceCode, RecordId, Thread, Value};

use crate::cbor::{
    DecodeError, Map, need, read_code, read_date, read_digest, read_end, read_list, read_map, read_moment,
    read_nullable, read_pair, read_parsed, read_string, read_value, write_value,
};

/// What an event says, by codes.
///
/// Its bytes are a map, for ever; every key is left out when it has nothing to say:
///
/// | key | field | as |
/// | --- | --- | --- |
/// | 1 | line | text |
/// | 2 | changes | array of [text, value] |
/// | 3 | findings | array of [text, text or null] |
/// | 4 | extended | unsigned |
/// | 5 | number | text |
/// | 6 | opening | map: 1 agency, 2 handler, 3 place, 4 line, 5 version, each text |
/// | 7 | annuls | unsigned |
/// | 8 | corrects | [unsigned, text or null] |
/// | 9 | to | text |
/// | 10 | until | text, `2020-07-15` |
/// | 11 | reason | text |
/// | 12 | attachments | array of maps: 1 digest, 32 bytes; 2 name, text; 3 kind, text; 4 size, unsigned |
/// | 13 | message | map: 1 government, 2 record, 3 seq, 4 effect, 5 back (unsigned; left out: there), 6 number |
/// | 14 | papers | array of [text, 32 bytes] |
///
/// A value is an array of its tag and its payload: 1 bool, 2 number, 3 money in fen, 4 day, 5 moment, 6 text,
/// 7 choice, 8 choices, 9 key, 10 keys, 11 party (map: 1 kind, 2 name, 3 number, 4 phone, 5 address), 12 link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Line; in the event that opens a record.
    pub line: Option<Code>,
    /// Fields and what they hold from now on, in the order in which they were set.
    pub changes: Vec<(Code, Value)>,
    /// Rules that were not kept, each with the officer's reason where one was given.
    pub findings: Vec<(Code, Option<String>)>,
    /// By how much a limit was extended, in the limit's unit.
    pub extended: Option<u32>,
    /// Number given to a document.
    pub number: Option<String>,
    /// What a record is opened with.
    pub opening: Option<Opening>,
    /// Event that this one annuls, by its number within the record.
    pub annuls: Option<u32>,
    /// Event that this one corrects, by its number within the record, and the moment at which it was really done.
    pub corrects: Option<(u32, Option<DateTime>)>,
    /// Account to which the record is handed over, or which stands in.
    pub to: Option<Code>,
    /// Last day of standing in.
    pub until: Option<Date>,
    /// Reason.
    pub reason: Option<String>,
    /// The message that did it.
    pub message: Option<MessageId>,
    /// The files that came with it.
    pub attachments: Vec<Attached>,
    /// Documents that it issues, each with the digest of its template.
    pub papers: Vec<(Code, Digest)>,
}

/// A file that came with an event. Its digest stands in the envelope too; what is said of it here can be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// SM3 of its bytes.
    pub digest: Digest,
    /// What it was called; whoever brought it may have called it by a person.
    pub name: String,
    /// What it is, told by its content.
    pub kind: Code,
    /// How many bytes.
    pub size: u64,
}

/// What a record is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Agency that keeps it.
    pub agency: Code,
    /// Account that handles it.
    pub handler: Option<Code>,
    /// Where it belongs.
    pub place: PlaceCode,
    /// Line.
    pub line: Code,
    /// Version of the line.
    pub version: Code,
}

impl Body {
    /// The bytes that are sealed.
    pub fn encode(&self) -> Vec<u8> {
        let mut map = Map::new();
        if let Some(line) = &self.line {
            map.text(1, line);
        }
        map.list(2, &self.changes, |to, (field, value)| write_value(to.array(2)?.str(field)?, value));
        map.list(3, &self.findings, |to, (rule, reason)| {
            to.array(2)?.str(rule)?;
            write_nullable(to, reason.as_deref())
        });
        if let Some(extended) = self.extended {
            map.unsigned(4, u64::from(extended));
        }
        if let Some(number) = &self.number {
            map.text(5, number);
        }
        if let Some(opening) = &self.opening {
            map.field(6, |to| opening.write(to));
        }
        if let Some(seq) = self.annuls {
            map.unsigned(7, u64::from(seq));
        }
        if let Some((seq, moment)) = &self.corrects {
            map.field(8, |to| {
                to.array(2)?.u32(*seq)?;
                write_nullable(to, moment.map(|moment| moment.to_string()).as_deref())
            });
        }
        if let Some(account) = &self.to {
            map.text(9, account);
        }
        if let Some(day) = self.until {
            map.text(10, &day.to_string());
        }
        if let Some(reason) = &self.reason {
            map.text(11, reason);
        }
        map.list(12, &self.attachments, |to, one| one.write(to));
        if let Some(message) = &self.message {
            map.field(13, |to| write_message(to, message));
        }
        map.list(14, &self.papers, |to, (code, template)| to.array(2)?.str(code)?.bytes(&template.0).map(drop));
        map.finish()
    }

    /// Reads a body.
    ///
    /// # Errors
    /// Where the bytes are none; never a panic, whatever they are.
    pub fn decode(bytes: &[u8]) -> Result<Body, DecodeError> {
        let mut from = Decoder::new(bytes);
        let mut body = Body::default();
        read_map(&mut from, |key, from| body.take(key, from))?;
        read_end(&from)?;
        Ok(body)
    }

    fn take(&mut self, key: u32, from: &mut Decoder<'_>) -> Result<bool, DecodeError> {
        match key {
            1 => self.line = Some(read_code(from)?),
            2 => {
                self.changes = read_list(from, |from| {
                    read_pair(from)?;
                    Ok((read_code(from)?, read_value(from)?))
                })?;
            }
            3 => {
                self.findings = read_list(from, |from| {
                    read_pair(from)?;
                    Ok((read_code(from)?, read_nullable(from, read_string)?))
                })?;
            }
            4 => self.extended = Some(from.u32()?),
            5 => self.number = Some(read_string(from)?),
            6 => self.opening = Some(Opening::read(from)?),
            7 => self.annuls = Some(from.u32()?),
            8 => {
                read_pair(from)?;
                self.corrects = Some((from.u32()?, read_nullable(from, read_moment)?));
            }
            9 => self.to = Some(read_code(from)?),
            10 => self.until = Some(read_date(from)?),
            11 => self.reason = Some(read_string(from)?),
            13 => self.message = Some(read_message(from)?),
            12 => self.attachments = read_list(from, Attached::read)?,
            14 => {
                self.papers = read_list(from, |from| {
                    read_pair(from)?;
                    Ok((read_code(from)?, read_digest(from)?))
                })?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The parts in which it is stored: part 0, which is not personal and is always there, and one further part for
    /// each personal field and then for each file, so that one can be erased without the others.
    ///
    /// A field is personal where `personal` says so, and wherever it holds a party; a file always is.
    pub fn split(mut self, personal: impl Fn(&Code) -> bool) -> Vec<(u16, Body)> {
        let mut fields: Vec<Code> = Vec::new();
        for (field, value) in &self.changes {
            if (personal(field) || matches!(value, Value::Party(_))) && !fields.contains(field) {
                fields.push(field.clone());
            }
        }
        let mut parts: Vec<Vec<(Code, Value)>> = vec![Vec::new(); fields.len() + 1];
        for (field, value) in std::mem::take(&mut self.changes) {
            let part = fields.iter().position(|other| *other == field).map_or(0, |index| index + 1);
            parts[part].push((field, value));
        }
        let mut parts = parts.into_iter();
        self.changes = parts.next().unwrap_or_default();
        let files = std::mem::take(&mut self.attachments).into_iter();
        let files = files.map(|one| Body { attachments: vec![one], ..Body::default() });
        let further = parts.map(|changes| Body { changes, ..Body::default() }).chain(files);
        (0..=u16::MAX).zip(std::iter::once(self).chain(further)).collect()
    }

    /// The content again, from the parts that remain. The changes of each field keep their order; those of personal
    /// fields come after the others.
    pub fn join(parts: impl IntoIterator<Item = (u16, Body)>) -> Body {
        let mut parts: Vec<_> = parts.into_iter().collect();
        parts.sort_by_key(|(part, _)| *part);
        let mut whole = Body::default();
        for (_, part) in parts {
            whole.line = whole.line.or(part.line);
            whole.changes.extend(part.changes);
            whole.findings.extend(part.findings);
            whole.extended = whole.extended.or(part.extended);
            whole.number = whole.number.or(part.number);
            whole.opening = whole.opening.or(part.opening);
            whole.annuls = whole.annuls.or(part.annuls);
            whole.corrects = whole.corrects.or(part.corrects);
            whole.to = whole.to.or(part.to);
            whole.until = whole.until.or(part.until);
            whole.reason = whole.reason.or(part.reason);
            whole.message = whole.message.or(part.message);
            whole.attachments.extend(part.attachments);
            whole.papers.extend(part.papers);
        }
        whole
    }
}

impl Opening {
    fn write(&self, to: &mut Encoder<Vec<u8>>) -> crate::cbor::Written {
        to.map(4 + u64::from(self.handler.is_some()))?.u8(1)?.str(&self.agency)?;
        if let Some(handler) = &self.handler {
            to.u8(2)?.str(handler)?;
        }
        to.u8(3)?.str(self.place.as_str())?.u8(4)?.str(&self.line)?.u8(5)?.str(&self.version).map(drop)
    }

    fn read(from: &mut Decoder<'_>) -> Result<Opening, DecodeError> {
        let (mut agency, mut handler, mut place, mut line, mut version) = (None, None, None, None, None);
        read_map(from, |key, from| {
            match key {
                1 => agency = Some(read_code(from)?),
                2 => handler = Some(read_code(from)?),
                3 => place = Some(read_parsed(from, "code of a place")?),
                4 => line = Some(read_code(from)?),
                5 => version = Some(read_code(from)?),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(Opening {
            agency: need(1, agency)?,
            handler,
            place: need(3, place)?,
            line: need(4, line)?,
            version: need(5, version)?,
        })
    }
}

impl Attached {
    fn write(&self, to: &mut Encoder<Vec<u8>>) -> crate::cbor::Written {
        to.map(4)?.u8(1)?.bytes(&self.digest.0)?.u8(2)?.str(&self.name)?;
        to.u8(3)?.str(&self.kind)?.u8(4)?.u64(self.size).map(drop)
    }

    fn read(from: &mut Decoder<'_>) -> Result<Attached, DecodeError> {
        let (mut digest, mut name, mut kind, mut size) = (None, None, None, None);
        read_map(from, |key, from| {
            match key {
                1 => digest = Some(read_digest(from)?),
                2 => name = Some(read_string(from)?),
                3 => kind = Some(read_code(from)?),
                4 => size = Some(from.u64()?),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(Attached { digest: need(1, digest)?, name: need(2, name)?, kind: need(3, kind)?, size: need(4, size)? })
    }
}

fn write_nullable(to: &mut Encoder<Vec<u8>>, text: Option<&str>) -> crate::cbor::Written {
    match text {
        Some(text) => to.str(text).map(drop),
        None => to.null().map(drop),
    }
}

fn write_message(to: &mut Encoder<Vec<u8>>, message: &MessageId) -> crate::cbor::Written {
    let thread = &message.thread;
    to.map(5 + u64::from(message.back))?.u8(1)?.str(thread.government.as_str())?.u8(2)?.u64(thread.record.0)?;
    to.u8(3)?.u32(thread.seq)?.u8(4)?.str(&thread.effect)?;
    if message.back {
        to.u8(5)?.u8(1)?;
    }
    to.u8(6)?.u32(message.n).map(drop)
}

fn read_message(from: &mut Decoder<'_>) -> Result<MessageId, DecodeError> {
    let (mut government, mut record, mut seq, mut effect, mut back, mut n) = (None, None, None, None, None, None);
    read_map(from, |key, from| {
        match key {
            1 => government = Some(read_parsed(from, "code of a government")?),
            2 => record = Some(from.u64()?),
            3 => seq = Some(from.u32()?),
            4 => effect = Some(read_code(from)?),
            5 => back = Some(from.u8()?),
            6 => n = Some(from.u32()?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let thread = Thread {
        government: need(1, government)?,
        record: RecordId(need(2, record)?),
        seq: need(3, seq)?,
        effect: need(4, effect)?,
    };
    Ok(MessageId { thread, back: back.is_some_and(|back| back == 1), n: need(6, n)? })
}
