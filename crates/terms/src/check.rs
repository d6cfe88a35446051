//! Check digits of the two numbers by which parties are known. No error repeats the number: it may reach a log.

use std::fmt;

use crate::Date;

/// The characters of a unified social credit code, in the order of their values: no I, O, S, V, Z [GB 32100].
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of three modulo 31, for the first seventeen places [GB 32100].
const USCC_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Powers of two modulo 11, for the first seventeen places [GB 11643].
const CITIZEN_WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character by the weighted sum modulo 11 [GB 11643].
const CITIZEN_CHECKS: &[u8; 11] = b"10X98765432";

/// Whether `text` is a well-formed unified social credit code (统一社会信用代码).
pub fn uscc(text: &str) -> Result<(), CheckError> {
    let (first17, last) = split(text)?;
    let check = uscc_check(first17)?;
    if !USCC_ALPHABET.contains(&last) {
        return Err(CheckError::Character { place: 18 });
    }
    if last == check { Ok(()) } else { Err(CheckError::CheckDigit) }
}

/// Whether `text` is a well-formed citizen identity number (公民身份号码).
pub fn citizen_number(text: &str) -> Result<(), CheckError> {
    let (first17, last) = split(text)?;
    let check = citizen_check(first17)?;
    if !CITIZEN_CHECKS.contains(&last) {
        return Err(CheckError::Character { place: 18 });
    }
    if last == check { Ok(()) } else { Err(CheckError::CheckDigit) }
}

/// A whole unified social credit code from its first seventeen characters, to make synthetic ones.
pub fn with_uscc_check(first17: &str) -> Option<String> {
    completed(first17, uscc_check)
}

/// A whole citizen number from its first seventeen digits, to make synthetic ones.
pub fn with_citizen_check(first17: &str) -> Option<String> {
    completed(first17, citizen_check)
}

fn completed(first17: &str, check: fn(&[u8]) -> Result<u8, CheckError>) -> Option<String> {
    if first17.len() != 17 {
        return None;
    }
    let check = check(first17.as_bytes()).ok()?;
    Some(format!("{first17}{}", char::from(check)))
}

fn split(text: &str) -> Result<(&[u8], u8), CheckError> {
    match text.as_bytes() {
        [first17 @ .., last] if first17.len() == 17 => Ok((first17, *last)),
        _ => Err(CheckError::Length { found: text.chars().count() }),
    }
}

fn uscc_check(first17: &[u8]) -> Result<u8, CheckError> {
    let value = |b: &u8| USCC_ALPHABET.iter().position(|c| c == b);
    let sum = weighted(first17, &USCC_WEIGHTS, value)?;
    Ok(USCC_ALPHABET[(31 - sum % 31) % 31])
}

fn citizen_check(first17: &[u8]) -> Result<u8, CheckError> {
    let value = |b: &u8| b.is_ascii_digit().then(|| usize::from(b - b'0'));
    let sum = weighted(first17, &CITIZEN_WEIGHTS, value)?;
    let number = |from: usize, to: usize| first17[from..to].iter().fold(0i16, |n, b| n * 10 + i16::from(b - b'0'));
    // Two digits always fit an i8.
    let (year, month, day) = (number(6, 10), number(10, 12) as i8, number(12, 14) as i8);
    Date::new(year, month, day).map_err(|_| CheckError::BirthDate)?;
    Ok(CITIZEN_CHECKS[sum % 11])
}

fn weighted(bytes: &[u8], weights: &[usize; 17], value: impl Fn(&u8) -> Option<usize>) -> Result<usize, CheckError> {
    let places = bytes.iter().zip(weights).enumerate();
    places.map(|(i, (b, w))| value(b).map(|v| v * w).ok_or(CheckError::Character { place: i + 1 })).sum()
}

/// What is wrong with a number; never the number itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckError {
    /// Not eighteen characters.
    Length {
        /// How many were written.
        found: usize,
    },
    /// A character that cannot stand at its place.
    Character {
        /// Its place, from 1.
        place: usize,
    },
    /// The eight digits of the birth date are no day.
    BirthDate,
    /// The last character does not fit the others: one of them was mistyped.
    CheckDigit,
}

impl std::error::Error for CheckError {}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckError::Length { found } => {
                write!(f, "the number has {found} characters: write all 18")
            }
            CheckError::Character { place } => {
                write!(f, "character {place} cannot stand there: write digits and capital letters as on the document")
            }
            CheckError::BirthDate => {
                write!(f, "characters 7 to 14 are no date of birth: compare them with the document")
            }
            CheckError::CheckDigit => {
                write!(f, "the last character does not fit the others: one is mistyped, compare with the document")
            }
        }
    }
}
