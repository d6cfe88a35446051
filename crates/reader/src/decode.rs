//! Bytes to text: UTF-8 with or without a byte order mark, UTF-16 with one, GB18030 (GBK, GB2312).
//!
//! Nothing is guessed past that: bytes that fit none of them are refused with
//! the place where they break and what the reader of the message can do.

use std::fmt;

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};

/// Why bytes could not be read as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The name the caller gave: a file name.
    pub name: String,
    /// The encoding that came nearest.
    pub encoding: &'static str,
    /// The first byte (from 0) that does not fit it.
    pub position: usize,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}: byte {} is not {} text; save the file as UTF-8 (or GB18030, or UTF-16 with a byte order mark) \
             and read it again; a PDF, Word or spreadsheet file must be exported as plain text first",
            self.name, self.position, self.encoding
        )
    }
}

impl std::error::Error for DecodeError {}

/// The text of a file's bytes; `name` is only for the error message.
pub fn decode(name: &str, bytes: &[u8]) -> Result<String, DecodeError> {
    let refuse = |encoding, position| DecodeError { name: name.to_owned(), encoding, position };
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return match std::str::from_utf8(rest) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(refuse("UTF-8", 3 + error.valid_up_to())),
        };
    }
    for (mark, encoding) in [(b"\xFF\xFE", UTF_16LE), (b"\xFE\xFF", UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return strict(encoding, rest).map_err(|at| refuse(encoding.name(), 2 + at));
        }
    }
    let utf8 = match std::str::from_utf8(bytes) {
        Ok(text) => return plain(text.to_owned(), bytes).map_err(|at| refuse("UTF-8", at)),
        Err(error) => error,
    };
    // A long valid beginning means UTF-8 that is broken, not GB18030: the
    // two agree on Han characters only by accident.
    if utf8.valid_up_to() > 0 && !bytes[..utf8.valid_up_to()].is_ascii() {
        let han = bytes[..utf8.valid_up_to()].iter().filter(|b| !b.is_ascii()).count();
        if han >= 30 {
            return Err(refuse("UTF-8", utf8.valid_up_to()));
        }
    }
    match strict(GB18030, bytes) {
        Ok(text) if looks_chinese(&text) => plain(text, bytes).map_err(|at| refuse("GB18030", at)),
        Ok(_) => Err(refuse("UTF-8", utf8.valid_up_to())),
        Err(at) => Err(refuse("UTF-8 or GB18030", at.max(utf8.valid_up_to()))),
    }
}

/// Refuses binary files: text holds no NUL.
fn plain(text: String, bytes: &[u8]) -> Result<String, usize> {
    match bytes.iter().position(|&byte| byte == 0) {
        None => Ok(text),
        Some(at) => Err(at),
    }
}

/// Decodes without replacing anything; the error is the offset of the first bad byte.
fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len().saturating_mul(4));
    let mut text = String::with_capacity(room);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        encoding_rs::DecoderResult::InputEmpty => Ok(text),
        encoding_rs::DecoderResult::Malformed(bad, after) => {
            Err(read.saturating_sub(usize::from(bad) + usize::from(after)))
        }
        encoding_rs::DecoderResult::OutputFull => Err(read),
    }
}

/// Whether decoded GB18030 reads as Chinese: most of what is not ASCII lies in
/// the two common blocks. Another encoding read as GB18030 gives rare signs.
fn looks_chinese(text: &str) -> bool {
    let (mut common, mut other) = (0_usize, 0_usize);
    for sign in text.chars().filter(|sign| !sign.is_ascii()) {
        match sign {
            '\u{4E00}'..='\u{9FFF}' | '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}' | '\u{2000}'..='\u{206F}' => {
                common += 1;
            }
            _ => other += 1,
        }
    }
    common > other.saturating_mul(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offered_encoding_gives_the_same_text() {
        let text = "全年办理行政复议案件12件。";
        let mut marked = b"\xEF\xBB\xBF".to_vec();
        marked.extend(text.as_bytes());
        let (gb, _, _) = GB18030.encode(text);
        let mut little = b"\xFF\xFE".to_vec();
        let mut big = b"\xFE\xFF".to_vec();
        for unit in text.encode_utf16() {
            little.extend(unit.to_le_bytes());
            big.extend(unit.to_be_bytes());
        }
        for bytes in [text.as_bytes(), &marked, &gb, &little, &big] {
            assert_eq!(decode("a.txt", bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn bytes_of_no_known_encoding_are_refused_with_place_and_remedy() {
        let error = decode("报告.txt", b"abc\xFF\xFF\xFF").unwrap_err();
        assert_eq!(error.position, 3);
        assert!(error.to_string().contains("报告.txt"));
        assert!(error.to_string().contains("save the file as UTF-8"));
    }

    #[test]
    fn truncated_utf8_is_not_taken_for_another_encoding() {
        let text = "行政复议案件办理情况报告如下行政复议案件办理情况".repeat(3);
        let bytes = &text.as_bytes()[..text.len() - 1];
        let error = decode("a.txt", bytes).unwrap_err();
        assert_eq!((error.encoding, error.position), ("UTF-8", text.len() - 3));
    }

    #[test]
    fn half_a_utf16_sign_and_a_binary_file_are_refused() {
        assert_eq!(decode("a", b"\xFF\xFE\x00").unwrap_err().encoding, "UTF-16LE");
        assert_eq!(decode("a", b"PK\x03\x04\x00\x00").unwrap_err().position, 4);
    }
}
