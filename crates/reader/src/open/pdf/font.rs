//! What the codes of a font mean, and how wide they are drawn.

use encoding_rs::{BIG5, Encoding, GB18030, MACINTOSH, UTF_16BE, WINDOWS_1252};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::cmap::{CMap, number};
use super::{numbers, unpacked};
use crate::normal::character;

/// A font as far as its text is concerned.
#[derive(Debug)]
pub struct Font {
    meaning: Meaning,
    to_unicode: CMap,
    widths: Vec<(u32, u32, f64)>,
    width: f64,
}

/// How codes are told apart and, without a `ToUnicode` map, what they mean.
#[derive(Debug)]
enum Meaning {
    /// One byte each: by a table of the font's own, then by an encoding.
    Simple(&'static Encoding, Vec<(u8, String)>),
    /// Two bytes each, numbers of glyphs: only the map tells.
    Glyphs,
    /// As long as a map says, which the font carries.
    Own(CMap),
    /// Two bytes each, UTF-16.
    Wide,
    /// One, two or four bytes, as an encoding of Han characters has them.
    Han(&'static Encoding),
}

/// One code of a string that is drawn.
pub struct Code {
    /// What it means; `None` where nothing tells.
    pub text: Option<String>,
    /// How wide it is, in parts of the font's size.
    pub width: f64,
    /// Whether it is the one-byte blank, which may be drawn wider.
    pub blank: bool,
}

impl Font {
    /// Reads a font.
    pub fn of(font: &Dict<'_>) -> Font {
        let map = |stream: Stream<'_>| unpacked(&stream).map(|text| CMap::parse(&text));
        let to_unicode = font.get::<Stream<'_>>("ToUnicode").and_then(map).unwrap_or_default();
        let kind = font.get::<Name<'_>>("Subtype");
        if kind.as_deref() == Some(b"Type0") {
            let under = font.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next());
            let under = under.unwrap_or_default();
            let meaning = match font.get::<Object<'_>>("Encoding") {
                Some(Object::Name(name)) => composite(name.as_str()),
                Some(Object::Stream(stream)) => map(stream).map_or(Meaning::Glyphs, Meaning::Own),
                _ => Meaning::Glyphs,
            };
            let width = under.get::<Object<'_>>("DW").and_then(Object::into_f32).map_or(1.0, |w| f64::from(w) / 1000.0);
            return Font { meaning, to_unicode, widths: glyph_widths(&under), width };
        }
        // Glyphs that are drawings are measured in a space of their own.
        let matrix = font.get::<Array<'_>>("FontMatrix").map(|matrix| numbers(&matrix));
        let scale = matrix.and_then(|matrix| matrix.first().copied()).unwrap_or(0.001).abs();
        let first =
            font.get::<Object<'_>>("FirstChar").and_then(Object::into_i32).and_then(|code| u32::try_from(code).ok());
        let widths = font.get::<Array<'_>>("Widths").map(|widths| numbers(&widths)).unwrap_or_default();
        let widths = (first.unwrap_or(0)..).zip(widths).take(256).map(|(code, w)| (code, code, w * scale)).collect();
        Font { meaning: simple(font), to_unicode, widths, width: 0.5 }
    }

    /// The codes of a string.
    pub fn codes(&self, mut bytes: &[u8], mut each: impl FnMut(Code)) {
        while !bytes.is_empty() {
            let size = self.size(bytes).clamp(1, bytes.len());
            let (code, rest) = bytes.split_at(size);
            bytes = rest;
            let text = self.text(code).filter(|text| text.chars().all(is_known));
            let text = text.map(|text| text.chars().map(|sign| character(sign).unwrap_or(sign)).collect());
            each(Code { width: self.width_of(code, text.as_deref()), text, blank: code == [b' '] });
        }
    }

    fn size(&self, bytes: &[u8]) -> usize {
        let first = bytes.first().copied().unwrap_or(0);
        match &self.meaning {
            Meaning::Simple(..) => 1,
            Meaning::Glyphs => 2,
            Meaning::Own(map) => map.size(bytes).or_else(|| self.to_unicode.size(bytes)).unwrap_or(2),
            Meaning::Wide if (0xD8..0xDC).contains(&first) => 4,
            Meaning::Wide => 2,
            Meaning::Han(_) if first < 0x81 => 1,
            Meaning::Han(encoding) if *encoding == GB18030 && bytes.get(1).is_some_and(u8::is_ascii_digit) => 4,
            Meaning::Han(_) => 2,
        }
    }

    fn text(&self, code: &[u8]) -> Option<String> {
        let size = u8::try_from(code.len()).unwrap_or(u8::MAX);
        if let Some(text) = self.to_unicode.meaning(size, number(code)) {
            return Some(text);
        }
        let (encoding, own): (&Encoding, &[(u8, String)]) = match &self.meaning {
            // A map that tells of some codes tells of all that mean something.
            _ if !self.to_unicode.is_empty() => return None,
            Meaning::Simple(encoding, own) => (encoding, own),
            Meaning::Wide => (UTF_16BE, &[]),
            Meaning::Han(encoding) => (encoding, &[]),
            Meaning::Glyphs | Meaning::Own(_) => return None,
        };
        if let Some((_, text)) = own.iter().find(|(of, _)| code == [*of]) {
            return (!text.is_empty()).then(|| text.clone());
        }
        encoding.decode_without_bom_handling_and_without_replacement(code).map(|text| text.into_owned())
    }

    fn width_of(&self, code: &[u8], text: Option<&str>) -> f64 {
        if matches!(self.meaning, Meaning::Wide | Meaning::Han(_)) {
            // Widths are told by another number there: narrow signs are half as wide.
            return if text.is_some_and(|text| text.is_ascii()) { self.width * 0.5 } else { self.width };
        }
        let code = number(code);
        let after = self.widths.partition_point(|&(first, ..)| first <= code);
        let run = after.checked_sub(1).and_then(|at| self.widths.get(at));
        run.filter(|&&(_, last, _)| code <= last).map_or(self.width, |&(.., width)| width)
    }
}

/// Whether a sign is one that text is made of: not a gap in a map, and not from a font's private signs.
fn is_known(sign: char) -> bool {
    !matches!(sign, '\u{0}'..='\u{8}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The encodings of composite fonts that have names.
fn composite(name: &str) -> Meaning {
    let of = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if of(&["UCS2", "UTF16"]) {
        Meaning::Wide
    } else if of(&["GBK", "GB-EUC", "GBpc", "GBT"]) {
        Meaning::Han(GB18030)
    } else if of(&["B5", "HKscs"]) {
        Meaning::Han(BIG5)
    } else {
        Meaning::Glyphs
    }
}

/// The encoding of a simple font, with what it says of single codes.
fn simple(font: &Dict<'_>) -> Meaning {
    let named = |name: &Name<'_>| if &**name == b"MacRomanEncoding" { MACINTOSH } else { WINDOWS_1252 };
    match font.get::<Object<'_>>("Encoding") {
        Some(Object::Name(name)) => Meaning::Simple(named(&name), Vec::new()),
        Some(Object::Dict(dict)) => {
            let base = dict.get::<Name<'_>>("BaseEncoding").map_or(WINDOWS_1252, |name| named(&name));
            let mut own = Vec::new();
            let mut code = 0_i64;
            let list = dict.get::<Array<'_>>("Differences");
            for item in list.iter().flat_map(|list| list.iter::<Object<'_>>()).take(1_024) {
                match item {
                    Object::Number(number) => code = number.as_i64(),
                    Object::Name(name) => {
                        if let Ok(code) = u8::try_from(code) {
                            own.push((code, glyph(name.as_str())));
                        }
                        code = code.saturating_add(1);
                    }
                    _ => {}
                }
            }
            Meaning::Simple(base, own)
        }
        _ => Meaning::Simple(WINDOWS_1252, Vec::new()),
    }
}

/// The names of glyphs that reports are made of, where a font names them; empty where the name tells nothing.
fn glyph(name: &str) -> String {
    const NAMES: &[(&str, &str)] = &[
        ("space", " "),
        ("zero", "0"),
        ("one", "1"),
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("five", "5"),
        ("six", "6"),
        ("seven", "7"),
        ("eight", "8"),
        ("nine", "9"),
        ("percent", "%"),
        ("period", "."),
        ("comma", ","),
        ("hyphen", "-"),
        ("endash", "–"),
        ("emdash", "—"),
        ("parenleft", "("),
        ("parenright", ")"),
        ("slash", "/"),
        ("colon", ":"),
        ("semicolon", ";"),
        ("plus", "+"),
        ("quotedblleft", "“"),
        ("quotedblright", "”"),
        ("quoteleft", "‘"),
        ("quoteright", "’"),
        ("bracketleft", "["),
        ("bracketright", "]"),
        ("underscore", "_"),
        ("equal", "="),
        ("multiply", "×"),
    ];
    let stem = name.split('.').next().unwrap_or(name);
    if let Some((_, sign)) = NAMES.iter().find(|(known, _)| *known == stem) {
        return (*sign).to_owned();
    }
    if stem.len() == 1 {
        return stem.to_owned();
    }
    let hex = stem.strip_prefix("uni").or_else(|| stem.strip_prefix('u')).filter(|hex| hex.len() >= 4);
    let sign = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
    sign.map(String::from).unwrap_or_default()
}

/// The widths of a composite font's glyphs, sorted: first, last, width.
fn glyph_widths(font: &Dict<'_>) -> Vec<(u32, u32, f64)> {
    let mut runs = Vec::new();
    let Some(list) = font.get::<Array<'_>>("W") else { return runs };
    let mut list = list.iter::<Object<'_>>();
    let code = |object: Object<'_>| object.into_i32().and_then(|code| u32::try_from(code).ok());
    while let (Some(first), Some(second)) = (list.next().and_then(code), list.next()) {
        match second {
            Object::Array(widths) => {
                for (code, width) in (first..).zip(numbers(&widths)) {
                    runs.push((code, code, width / 1000.0));
                }
            }
            last => {
                let width = list.next().and_then(Object::into_f32);
                if let (Some(last), Some(width)) = (code(last), width) {
                    runs.push((first, last, f64::from(width) / 1000.0));
                }
            }
        }
        if runs.len() > 100_000 {
            break;
        }
    }
    runs.sort_by_key(|run| run.0);
    runs
}
