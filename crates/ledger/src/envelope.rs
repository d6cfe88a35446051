//! The part of an event that is never erased.

use minicbor::Decoder;
use terms::{Code, CommandId, DateTime, Digest, GovernmentCode, RecordId};

use crate::cbor::{
    DecodeError, Map, need, read_bytes, read_code, read_digest, read_end, read_list, read_map, read_moment, read_pair,
    read_parsed,
};

/// Who did what, when, under which definition: no content, only its digests.
///
/// Its bytes are a map, for ever:
///
/// | key | field | as |
/// | --- | --- | --- |
/// | 1 | government | text |
/// | 2 | record | unsigned |
/// | 3 | seq | unsigned |
/// | 4 | position | unsigned |
/// | 5 | kind | text |
/// | 6 | what | text |
/// | 7 | actor | text |
/// | 8 | agency | text |
/// | 9 | post | text |
/// | 10 | command | 16 bytes |
/// | 11 | done_at | text, `2020-07-15T09:30:00`, +08:00 |
/// | 12 | recorded_at | integer, microseconds since 1970-01-01T00:00:00Z |
/// | 13 | definition | 32 bytes |
/// | 14 | lookups | array of [text, unsigned]; left out when empty |
/// | 15 | contents | array of [unsigned, 32 bytes]; left out when empty |
/// | 16 | attachments | array of 32 bytes; left out when empty |
/// | 17 | previous | 32 bytes |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Government in whose log it stands.
    pub government: GovernmentCode,
    /// Record: the position of its first event.
    pub record: RecordId,
    /// Number within the record, from 1.
    pub seq: u32,
    /// Position in the government's log, from 1.
    pub position: u64,
    /// Kind of event, by its stable name: `act`, `propose`, `sign`, `return`, `lapse`, `correct`, `annul`,
    /// `hand_over`, `stand_in`.
    pub kind: Code,
    /// Code of the act, or of the limit that lapsed.
    pub what: Code,
    /// Account that acted; empty where nobody did (a lapse).
    pub actor: Code,
    /// Agency for which it acted.
    pub agency: Code,
    /// Post by which it acted.
    pub post: Code,
    /// Command that caused it.
    pub command: CommandId,
    /// When it was done, as claimed: civil, +08:00.
    pub done_at: DateTime,
    /// When we wrote it down: microseconds, UTC.
    pub recorded_at: i64,
    /// Digest of the resolved definition that ran.
    pub definition: Digest,
    /// Lookups read, with the log position each was read at.
    pub lookups: Vec<(Code, u64)>,
    /// Sealed digests of the parts of its content.
    pub contents: Vec<(u16, Digest)>,
    /// Digests of its attachments.
    pub attachments: Vec<Digest>,
    /// Hash of the record's previous event; zeros for its first.
    pub previous: Digest,
}

impl Envelope {
    /// The bytes over which the event's hash is taken.
    pub fn encode(&self) -> Vec<u8> {
        let mut map = Map::new();
        map.text(1, self.government.as_str());
        map.unsigned(2, self.record.0);
        map.unsigned(3, u64::from(self.seq));
        map.unsigned(4, self.position);
        map.text(5, &self.kind);
        map.text(6, &self.what);
        map.text(7, &self.actor);
        map.text(8, &self.agency);
        map.text(9, &self.post);
        map.bytes(10, &self.command.0);
        map.text(11, &self.done_at.to_string());
        map.field(12, |to| to.i64(self.recorded_at).map(drop));
        map.bytes(13, &self.definition.0);
        map.list(14, &self.lookups, |to, (name, position)| to.array(2)?.str(name)?.u64(*position).map(drop));
        map.list(15, &self.contents, |to, (part, digest)| to.array(2)?.u16(*part)?.bytes(&digest.0).map(drop));
        map.list(16, &self.attachments, |to, digest| to.bytes(&digest.0).map(drop));
        map.bytes(17, &self.previous.0);
        map.finish()
    }

    /// Reads an envelope.
    ///
    /// # Errors
    /// Where the bytes are none; never a panic, whatever they are.
    pub fn decode(bytes: &[u8]) -> Result<Envelope, DecodeError> {
        let mut from = Decoder::new(bytes);
        let mut draft = Draft::default();
        read_map(&mut from, |key, from| draft.take(key, from))?;
        read_end(&from)?;
        draft.finish()
    }
}

/// An envelope while it is read.
#[derive(Default)]
struct Draft {
    government: Option<GovernmentCode>,
    record: Option<u64>,
    seq: Option<u32>,
    position: Option<u64>,
    kind: Option<Code>,
    what: Option<Code>,
    actor: Option<Code>,
    agency: Option<Code>,
    post: Option<Code>,
    command: Option<[u8; 16]>,
    done_at: Option<DateTime>,
    recorded_at: Option<i64>,
    definition: Option<Digest>,
    lookups: Vec<(Code, u64)>,
    contents: Vec<(u16, Digest)>,
    attachments: Vec<Digest>,
    previous: Option<Digest>,
}

impl Draft {
    fn take(&mut self, key: u32, from: &mut Decoder<'_>) -> Result<bool, DecodeError> {
        match key {
            1 => self.government = Some(read_parsed(from, "code of a government")?),
            2 => self.record = Some(from.u64()?),
            3 => self.seq = Some(from.u32()?),
            4 => self.position = Some(from.u64()?),
            5 => self.kind = Some(read_code(from)?),
            6 => self.what = Some(read_code(from)?),
            7 => self.actor = Some(read_code(from)?),
            8 => self.agency = Some(read_code(from)?),
            9 => self.post = Some(read_code(from)?),
            10 => self.command = Some(read_bytes(from)?),
            11 => self.done_at = Some(read_moment(from)?),
            12 => self.recorded_at = Some(from.i64()?),
            13 => self.definition = Some(read_digest(from)?),
            14 => {
                self.lookups = read_list(from, |from| {
                    read_pair(from)?;
                    Ok((read_code(from)?, from.u64()?))
                })?;
            }
            15 => {
                self.contents = read_list(from, |from| {
                    read_pair(from)?;
                    Ok((from.u16()?, read_digest(from)?))
                })?;
            }
            16 => self.attachments = read_list(from, read_digest)?,
            17 => self.previous = Some(read_digest(from)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn finish(self) -> Result<Envelope, DecodeError> {
        Ok(Envelope {
            government: need(1, self.government)?,
            record: RecordId(need(2, self.record)?),
            seq: need(3, self.seq)?,
            position: need(4, self.position)?,
            kind: need(5, self.kind)?,
            what: need(6, self.what)?,
            actor: need(7, self.actor)?,
            agency: need(8, self.agency)?,
            post: need(9, self.post)?,
            command: CommandId(need(10, self.command)?),
            done_at: need(11, self.done_at)?,
            recorded_at: need(12, self.recorded_at)?,
            definition: need(13, self.definition)?,
            lookups: self.lookups,
            contents: self.contents,
            attachments: self.attachments,
            previous: need(17, self.previous)?,
        })
    }
}
