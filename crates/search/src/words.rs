//! What was typed, as what is looked for.

use platform::plain;

/// So much of what was typed is looked at.
const LETTERS: usize = 200;
/// So many parts of it.
const UNITS: usize = 20;
/// Words that say nothing by themselves.
const EMPTY: [&str; 12] = ["的", "了", "和", "与", "及", "在", "是", "对", "为", "等", "不", "一"];

/// One thing that has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// These letters one after the other: a phrase in quotation marks, a number, a part of a number.
    Part(String),
    /// Words, in any order and place.
    Words(String),
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) units: Vec<Unit>,
    /// Something was left out at the end.
    pub(crate) cut: bool,
}

/// Reads what was typed. Nothing of it is syntax but quotation marks: every other sign parts words or is passed over, so
/// that no text is wrong.
pub(crate) fn read(typed: &str) -> Asked {
    let mut asked = Asked { units: Vec::new(), cut: typed.chars().count() > LETTERS };
    let (mut quoted, mut part) = (false, String::new());
    for c in typed.chars().take(LETTERS).chain([' ']) {
        let quote = matches!(c, '"' | '“' | '”' | '「' | '」' | '『' | '』' | '＂');
        if !quote && (quoted || !c.is_whitespace()) {
            part.push(c);
            continue;
        }
        asked.push(quoted, &std::mem::take(&mut part));
        quoted ^= quote;
    }
    // A quotation mark that was never closed.
    asked.push(quoted, &part);
    asked
}

impl Asked {
    fn push(&mut self, quoted: bool, text: &str) {
        let letters = plain(text);
        if letters.is_empty() {
            return;
        }
        if self.units.len() == UNITS {
            self.cut = true;
            return;
        }
        let number = letters.chars().any(|c| c.is_ascii_digit());
        self.units.push(if quoted || number { Unit::Part(letters) } else { Unit::Words(text.to_owned()) });
    }
}

/// Those words of a text that say something; all, where none does.
pub(crate) fn telling(words: Vec<String>) -> Vec<String> {
    let told: Vec<String> = words.iter().filter(|word| !EMPTY.contains(&word.as_str())).cloned().collect();
    if told.is_empty() { words } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str) -> Unit {
        Unit::Part(text.to_owned())
    }

    fn words(text: &str) -> Unit {
        Unit::Words(text.to_owned())
    }

    #[test]
    fn words_phrases_and_numbers() {
        assert_eq!(read("土地 确权").units, [words("土地"), words("确权")]);
        assert_eq!(read("“土地 确权”决定").units, [part("土地确权"), words("决定")]);
        assert_eq!(read("\"行政 复议").units, [part("行政复议")]);
        assert_eq!(read("祁政复决〔2020〕14号").units, [part("祁政复决202014号")]);
        assert_eq!(read("９１63 abc").units, [part("9163"), words("abc")]);
    }

    #[test]
    fn no_text_is_wrong() {
        for nothing in ["", "   ", "\"\"", "*", "AND(", "+-!(){}[]^~?:\\/", "'; --", "\u{0}"] {
            let asked = read(nothing);
            assert!(asked.units.len() <= 1 && !asked.cut, "{nothing}: {asked:?}");
        }
        assert!(read("*:*").units.is_empty());
        assert_eq!(read("' OR 1=1 --").units.len(), 2);
        let long = read(&"长".repeat(10_000));
        assert!(long.cut && long.units.len() == 1);
        let many = read(&"a ".repeat(100));
        assert!(many.cut && many.units.len() == UNITS);
    }
}
