//! What a font says its codes mean: a `ToUnicode` map, and how long codes are.

/// The most ranges of one map: each of a font's characters once, twice over.
const MOST: usize = 140_000;

/// A map from codes to text.
#[derive(Debug, Default)]
pub struct CMap {
    /// The lengths of codes in bytes with the first and last of each length.
    spaces: Vec<(u8, u32, u32)>,
    /// Runs of codes, sorted: length, first, last, and what the first means (the last sign of it counts up).
    runs: Vec<(u8, u32, u32, String)>,
}

/// A word of a map's text.
enum Word<'m> {
    Hex(Vec<u8>),
    Open,
    Close,
    Other(&'m [u8]),
}

impl CMap {
    /// Reads a map; what is not understood is passed over.
    pub fn parse(text: &[u8]) -> CMap {
        let mut map = CMap::default();
        let mut rest = text;
        let mut list: Vec<Word> = Vec::new();
        while let Some(word) = next(&mut rest) {
            match word {
                Word::Other(b"endcodespacerange") => {
                    for pair in hexes(&list).chunks_exact(2) {
                        let [low, high] = pair else { continue };
                        map.spaces.push((length(low), number(low), number(high)));
                    }
                    list.clear();
                }
                Word::Other(b"endbfchar") => {
                    for pair in hexes(&list).chunks_exact(2) {
                        let [code, text] = pair else { continue };
                        map.runs.push((length(code), number(code), number(code), utf16(text)));
                    }
                    list.clear();
                }
                Word::Other(b"endbfrange") => {
                    map.ranges(&list);
                    list.clear();
                }
                // A section begins: what came before it is of no section.
                Word::Other(word) if word.starts_with(b"begin") => list.clear(),
                word => list.push(word),
            }
            if map.runs.len() > MOST || list.len() > MOST {
                break;
            }
        }
        map.runs.sort_by_key(|run| (run.0, run.1));
        map
    }

    fn ranges(&mut self, list: &[Word]) {
        let mut words = list.iter();
        while let (Some(Word::Hex(low)), Some(Word::Hex(high)), Some(third)) =
            (words.next(), words.next(), words.next())
        {
            let (size, first, last) = (length(low), number(low), number(high));
            match third {
                Word::Hex(text) if last >= first => self.runs.push((size, first, last, utf16(text))),
                Word::Open => {
                    // To the list's end: it may be longer or shorter than its codes.
                    let texts = words.by_ref().map_while(|word| match word {
                        Word::Hex(text) => Some(text),
                        _ => None,
                    });
                    for (step, text) in (0_u32..).zip(texts) {
                        let code = first.saturating_add(step);
                        if code <= last {
                            self.runs.push((size, code, code, utf16(text)));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// What a code of so many bytes means.
    pub fn meaning(&self, size: u8, code: u32) -> Option<String> {
        let after = self.runs.partition_point(|run| (run.0, run.1) <= (size, code));
        let (of, first, last, text) = self.runs.get(after.checked_sub(1)?)?;
        if *of != size || code > *last {
            return None;
        }
        let step = code - first;
        if step == 0 {
            return Some(text.clone());
        }
        let mut signs: Vec<char> = text.chars().collect();
        let end = signs.pop()?;
        signs.push(char::from_u32(u32::from(end).checked_add(step)?)?);
        Some(signs.into_iter().collect())
    }

    /// The length of the code at the beginning of `bytes`, where the map says.
    pub fn size(&self, bytes: &[u8]) -> Option<usize> {
        let fits = |size: usize| {
            let code = bytes.get(..size).map(number);
            code.is_some_and(|code| {
                self.spaces.iter().any(|&(of, low, high)| usize::from(of) == size && (low..=high).contains(&code))
            })
        };
        (1..=4).find(|&size| fits(size))
    }

    /// Whether the map says nothing.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }
}

fn hexes<'w>(list: &'w [Word<'_>]) -> Vec<&'w Vec<u8>> {
    let hex = |word: &'w Word| match word {
        Word::Hex(bytes) => Some(bytes),
        _ => None,
    };
    list.iter().filter_map(hex).collect()
}

fn length(code: &[u8]) -> u8 {
    u8::try_from(code.len()).unwrap_or(u8::MAX)
}

/// A code as a number: its last four bytes.
pub fn number(code: &[u8]) -> u32 {
    code.iter().fold(0, |sum: u32, &byte| (sum << 8) | u32::from(byte))
}

fn utf16(bytes: &[u8]) -> String {
    if let [one] = bytes {
        return char::from(*one).to_string();
    }
    let units = bytes.chunks_exact(2).take(16).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|sign| sign.unwrap_or('\u{FFFD}')).collect()
}

/// Takes the next word off a map's text.
fn next<'m>(rest: &mut &'m [u8]) -> Option<Word<'m>> {
    loop {
        *rest = rest.trim_ascii_start();
        match *rest.first()? {
            b'%' => {
                let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                *rest = rest.get(end..)?;
            }
            b'<' if rest.get(1) != Some(&b'<') => {
                let end = rest.iter().position(|&byte| byte == b'>')?;
                let digits: Vec<u8> = rest
                    .get(1..end)?
                    .iter()
                    .filter_map(|&byte| char::from(byte).to_digit(16))
                    .map(|digit| digit as u8)
                    .collect();
                *rest = rest.get(end + 1..)?;
                return Some(Word::Hex(
                    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect(),
                ));
            }
            sign @ (b'[' | b']') => {
                *rest = rest.get(1..)?;
                return Some(if sign == b'[' { Word::Open } else { Word::Close });
            }
            _ => {
                let stop = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'[' | b']' | b'%' | b'/');
                let end = rest.iter().skip(1).position(stop).map_or(rest.len(), |at| at + 1);
                let (word, after) = rest.split_at(end);
                *rest = after;
                return Some(Word::Other(word));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_what_the_map_says() {
        let map = CMap::parse(
            b"/CMapName /x def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
              2 beginbfchar <0003> <0020> <0004> <53D86362> endbfchar % remark <\n\
              3 beginbfrange <0010><0019><0030> <0020> <0022> [<884C> <653F> <590D>] <0030> <0031> <D840DC00> endbfrange",
        );
        let said = |code| map.meaning(2, code);
        assert_eq!(said(3).as_deref(), Some(" "));
        assert_eq!(said(4).as_deref(), Some("变换"));
        assert_eq!(said(0x15).as_deref(), Some("5"));
        assert_eq!(said(0x21).as_deref(), Some("政"));
        assert_eq!(said(0x31).as_deref(), Some("\u{20001}"));
        assert_eq!((said(0x40), map.meaning(1, 3)), (None, None));
        assert_eq!(map.size(&[0, 3, 0]), Some(2));
    }
}
