//! Text as search compares it, and the part of a text in which something was found.

/// So much of a text stands before the first mark, and so much is shown at all.
const BEFORE: usize = 24;
const SHOWN: usize = 120;

/// A part of a text, and whether it is what was looked for.
pub type Marked = Vec<(String, bool)>;

/// A text as it is compared: letters, digits and signs of whatever width and case are one; what is none of them is left
/// out, so that `〔2020〕14号`, `[2020]14号` and `2020 14号` are the same. Index and query use the same.
pub fn plain(text: &str) -> String {
    text.chars().filter_map(letter).collect()
}

/// A letter, digit or sign as it is compared.
fn letter(c: char) -> Option<char> {
    // Full-width forms of ASCII.
    let narrow = match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let mut lower = narrow.to_lowercase();
    // A letter whose small form is several stays as it is: marks are counted letter by letter.
    let small = if lower.len() == 1 { lower.next().unwrap_or(narrow) } else { narrow };
    small.is_alphanumeric().then_some(small)
}

/// The part of a text around the first mark, with every mark in it; `None` where there is none. `marks` are plain.
pub(crate) fn excerpt(text: &str, marks: &[String]) -> Option<Marked> {
    let chars: Vec<char> = text.chars().collect();
    let letters: Vec<(usize, char)> = chars.iter().enumerate().filter_map(|(at, c)| Some((at, letter(*c)?))).collect();
    let mut lit = vec![false; chars.len()];
    for mark in marks {
        let mark: Vec<char> = mark.chars().collect();
        if mark.is_empty() {
            continue;
        }
        for found in letters.windows(mark.len()) {
            if let ([(from, _), ..], [.., (to, _)]) = (found, found)
                && found.iter().map(|(_, c)| c).eq(&mark)
            {
                lit[*from..=*to].fill(true);
            }
        }
    }
    let first = lit.iter().position(|lit| *lit)?;
    let from = first.saturating_sub(BEFORE);
    let to = chars.len().min(from + SHOWN);
    let mut parts: Marked = Vec::new();
    let mut push = |c: char, lit: bool| match parts.last_mut() {
        Some((part, same)) if *same == lit => part.push(c),
        _ => parts.push((c.to_string(), lit)),
    };
    if from > 0 {
        push('…', false);
    }
    for at in from..to {
        push(if chars[at].is_control() { ' ' } else { chars[at] }, lit[at]);
    }
    if to < chars.len() {
        push('…', false);
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, marks: &[&str], expected: &str) {
        let marks: Vec<String> = marks.iter().map(|mark| plain(mark)).collect();
        let told = excerpt(text, &marks).map(|parts| {
            let parts = parts.into_iter().map(|(part, lit)| if lit { format!("[{part}]") } else { part });
            parts.collect::<String>()
        });
        assert_eq!(told.unwrap_or_default(), expected);
    }

    #[test]
    fn marks_are_found_whatever_their_width_case_and_brackets() {
        check("不服行政处罚决定", &["处罚", "行政"], "不服[行政处罚]决定");
        check("祁政复决〔2020〕14号", &["2020 14"], "祁政复决〔[2020〕14]号");
        check("ＡＢc 公司", &["abC"], "[ＡＢc] 公司");
        check("<b>征地</b>", &["征地"], "<b>[征地]</b>");
        check("没有", &["有没"], "");
        check("", &["a"], "");
        check("任何", &["", "《》"], "");
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_mark() {
        let text = format!("{}草场{}", "前".repeat(200), "后".repeat(200));
        let parts = excerpt(&text, &["草场".to_owned()]).unwrap_or_default();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0].0.chars().count(), BEFORE + 1);
        assert_eq!(parts.iter().map(|(part, _)| part.chars().count()).sum::<usize>(), SHOWN + 2);
    }
}
