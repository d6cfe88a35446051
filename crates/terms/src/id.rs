//! What a record, a place and a digest are called.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Code;

/// A code of the dated tree of regions: six digits down to the county, nine for a township, twelve for a village.
///
/// The digits are a name. What lies under a place is asked of the tree ([`crate::Regions`]), never of a prefix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlaceCode(Code);

/// The place whose government keeps a log; a county or above.
pub type GovernmentCode = PlaceCode;

impl PlaceCode {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PlaceCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let long = matches!(text.len(), 6 | 9 | 12);
        if long && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(PlaceCode(Code::new(text)))
        } else {
            Err(IdError::Place { text: text.to_owned() })
        }
    }
}

impl TryFrom<String> for PlaceCode {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<PlaceCode> for String {
    fn from(code: PlaceCode) -> String {
        code.0.into()
    }
}

impl AsRef<str> for PlaceCode {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlaceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The log position of the event that opened a record; unique within its government.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub u64);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for RecordId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(position) if digits => Ok(RecordId(position)),
            _ => Err(IdError::Record { text: text.to_owned() }),
        }
    }
}

/// The name that a sender gives a command, so that a repeated one gets the first answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub [u8; 16]);

/// An SM3 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// Hexadecimal text in and out, for the two arrays of bytes.
macro_rules! as_hex {
    ($name:ident, $bytes:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                hex(text).map($name).ok_or_else(|| IdError::Hex { text: text.to_owned(), bytes: $bytes })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

as_hex!(CommandId, 16);
as_hex!(Digest, 32);

/// `N` bytes from lower-case hexadecimal digits. One spelling only: the same bytes have the same text.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// A text that is no id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdError {
    /// Not a code of a place.
    Place {
        /// What was written.
        text: String,
    },
    /// Not a record's number.
    Record {
        /// What was written.
        text: String,
    },
    /// Not the name of a message.
    Message {
        /// What was written.
        text: String,
    },
    /// Not hexadecimal digits, or not the right count of them.
    Hex {
        /// What was written.
        text: String,
        /// How many bytes were wanted.
        bytes: usize,
    },
}

impl std::error::Error for IdError {}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IdError::Place { text } => write!(
                f,
                "`{text}` is no code of a place: write 6 digits (county or above), 9 (township) or 12 (village)"
            ),
            IdError::Record { text } => {
                write!(f, "`{text}` is no record: write its number in digits")
            }
            IdError::Message { text } => write!(f, "`{text}` is no message: it reads as 632200-12.3-forward-f1"),
            IdError::Hex { text, bytes } => {
                write!(f, "`{text}` is not {bytes} bytes: write {} digits of 0-9 and a-f", bytes * 2)
            }
        }
    }
}
