//! Text to a row of cells: one character form for each thing, every cell knowing where it came from.
//!
//! Full-width signs become ASCII, traditional characters simplified ones (one
//! for one, so places do not shift), pinyin in brackets and blanks go, page
//! furniture goes, and lines that a page broke are joined again.

use std::sync::LazyLock;

use crate::furniture;

/// The sign between paragraphs. No numeral, word or clause crosses it.
pub const BREAK: char = '\n';

/// The normalised text, column-wise: `sign[i]` stood at byte `byte[i]`, in line `line[i]`, column `column[i]`.
#[derive(Debug, Default)]
pub struct Cells {
    /// The normalised characters.
    pub sign: Vec<char>,
    /// Byte offset of the original character.
    pub byte: Vec<u32>,
    /// Line of the original, from 1.
    pub line: Vec<u32>,
    /// Column of the original in characters, from 1.
    pub column: Vec<u32>,
}

impl Cells {
    /// Normalises a whole report.
    pub fn of(text: &str) -> Cells {
        let mut cells = Cells::default();
        let mut blank_before = true;
        let mut line_start = 0_usize;
        for (number, line) in text.split('\n').enumerate() {
            let offset = line_start;
            line_start += line.len() + 1;
            let mut row = row_of(line, cells.sign.last().copied());
            if row.is_empty() {
                blank_before = true;
                continue;
            }
            let signs: String = row.iter().map(|cell| cell.0).collect();
            if furniture::is_furniture(&signs) {
                continue;
            }
            let indented = line.starts_with("  ") || line.starts_with('\u{3000}') || line.starts_with('\t');
            let goes_on = !blank_before && !indented && cells.goes_on_with(&row);
            if !cells.sign.is_empty() && !goes_on {
                cells.push(BREAK, offset, number, 0);
            }
            blank_before = false;
            for (sign, byte, column) in row.drain(..) {
                cells.push(sign, offset + byte, number, column);
            }
        }
        cells
    }

    fn push(&mut self, sign: char, byte: usize, line: usize, column: usize) {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.sign.push(sign);
        self.byte.push(small(byte));
        self.line.push(small(line + 1));
        self.column.push(small(column + 1));
    }

    /// Whether the next line continues the paragraph at the end of `self`: the
    /// page broke inside a numeral, before a unit, or inside a sentence.
    fn goes_on_with(&self, next: &[(char, usize, usize)]) -> bool {
        let Some(&last) = self.sign.last() else {
            return false;
        };
        let Some(&(first, ..)) = next.first() else {
            return false;
        };
        let length = self.sign.iter().rev().take_while(|&&sign| sign != BREAK).count();
        let split_decimal = last == '.' && self.before(self.len() - 1).is_ascii_digit() && first.is_ascii_digit();
        if split_decimal || last.is_ascii_digit() || last == '万' || last == '亿' {
            return length > 4 && (first.is_ascii_digit() || is_han(first) || first == '.' || first == '%');
        }
        if matches!(first, ',' | ';' | '、' | '。' | ')' | '%') {
            return true;
        }
        let ended = matches!(last, '。' | '!' | '?' | ';' | ':' | ')' | '》' | '】' | '>');
        let heading = furniture::is_heading(next.iter().map(|cell| cell.0));
        let this_line = self.sign.iter().rev().take_while(|&&sign| sign != BREAK);
        let opened_here: usize = this_line.filter(|&&sign| sign == '。').count();
        !ended && !heading && length >= 20 && (opened_here > 0 || length >= 24 || matches!(last, ',' | '、'))
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.sign.len()
    }

    /// The sign at `index`, or a break outside the text.
    pub fn at(&self, index: usize) -> char {
        self.sign.get(index).copied().unwrap_or(BREAK)
    }

    /// The sign before `index`, or a break at the start.
    pub fn before(&self, index: usize) -> char {
        index.checked_sub(1).map_or(BREAK, |previous| self.at(previous))
    }

    /// The last signs of the paragraph before `index`, no more than `most`.
    pub fn paragraph_before(&self, index: usize, most: usize) -> String {
        let here = self.sign.get(..index).unwrap_or(&self.sign);
        let from = here.iter().rposition(|sign| *sign == BREAK).map_or(0, |at| at + 1);
        here.get(from.max(index.saturating_sub(most))..).unwrap_or_default().iter().collect()
    }

    /// Whether `word` stands at `index`.
    pub fn has(&self, index: usize, word: &str) -> bool {
        word.chars().enumerate().all(|(step, sign)| self.at(index + step) == sign)
    }

    /// Whether `word` ends just before `index`.
    pub fn ends_with(&self, index: usize, word: &str) -> bool {
        let length = word.chars().count();
        index >= length && self.has(index - length, word)
    }

    /// The normalised text of a range.
    pub fn text(&self, start: usize, end: usize) -> String {
        let end = end.min(self.len());
        self.sign.get(start.min(end)..end).unwrap_or(&[]).iter().collect()
    }

    /// The original text a range was made of.
    pub fn original<'a>(&self, text: &'a str, start: usize, end: usize) -> &'a str {
        let Some(&from) = self.byte.get(start) else {
            return "";
        };
        let Some(&last) = end.checked_sub(1).and_then(|index| self.byte.get(index)) else {
            return "";
        };
        let from = from as usize;
        let last = last as usize;
        let width = text.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        text.get(from..last + width).unwrap_or("")
    }
}

/// Whether a sign is a Han character.
pub fn is_han(sign: char) -> bool {
    matches!(sign, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '〇')
}

/// One line's signs, each with its byte and column in that line. `last_before` is
/// the sign at the end of the line before: its pinyin may have slipped to this one.
fn row_of(line: &str, last_before: Option<char>) -> Vec<(char, usize, usize)> {
    let mut row: Vec<(char, usize, usize)> = Vec::with_capacity(line.len() / 2);
    let mut skip_to = 0_usize;
    // The blanks since the last sign: one groups a number's digits, a wider gap sets columns apart.
    let mut gap = 0_usize;
    for (column, (byte, raw)) in line.char_indices().enumerate() {
        if byte < skip_to {
            continue;
        }
        let sign = form(raw);
        if sign.is_whitespace() || sign.is_control() {
            gap += if raw == '\t' { 2 } else { 1 };
            continue;
        }
        if is_invisible(sign) {
            continue;
        }
        let after_han = row.last().map(|&(last, ..)| last).or(last_before).is_some_and(is_han);
        if sign == '('
            && after_han
            && let Some(length) = pinyin(&line[byte..])
        {
            skip_to = byte + length;
            continue;
        }
        // A blank says something only between two Latin words or numbers.
        let latin_before = row.last().is_some_and(|&(last, ..)| last.is_ascii_alphanumeric());
        if gap > 0 && latin_before && sign.is_ascii_alphanumeric() {
            row.push((if gap == 1 { ' ' } else { '\t' }, byte.saturating_sub(1), column.saturating_sub(1)));
        }
        gap = 0;
        row.push((sign, byte, column));
    }
    // The cell of a blank must point at a character's first byte.
    for cell in &mut row {
        while matches!(cell.0, ' ' | '\t') && !line.is_char_boundary(cell.1) {
            cell.1 -= 1;
        }
    }
    row
}

/// Signs a web page or a word processor leaves behind.
fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{00AD}' | '\u{2060}')
}

/// One form for each sign: full-width ASCII narrowed, traditional simplified.
fn form(sign: char) -> char {
    match sign {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(sign) - 0xFEE0).unwrap_or(sign),
        '\u{3000}' | '\u{00A0}' => ' ',
        '﹪' => '%',
        '﹐' => ',',
        '−' | '–' | '‑' | '‐' => '-',
        '「' => '“',
        '」' => '”',
        '『' => '‘',
        '』' => '’',
        '﹝' | '﹙' => '〔',
        '﹞' | '﹚' => '〕',
        '\u{3400}'..='\u{9FFF}' => SIMPLE[(u32::from(sign) - 0x3400) as usize],
        '\u{2E80}'..='\u{2FD5}' => character(sign).map_or(sign, form),
        _ => sign,
    }
}

/// The character that a radical stands for: programs that print pages write 人 and 民 as radicals, which look the same.
pub fn character(sign: char) -> Option<char> {
    /// U+2F00 to U+2FD5, in order.
    const RADICALS: &str = "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干\
        幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛\
        矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門\
        阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";
    /// Those of the supplement that are characters by themselves.
    const MORE: &str = "⺟母⺠民⺩王⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻳龟";
    if !matches!(sign, '\u{2E80}'..='\u{2FD5}') {
        return None;
    }
    match u32::from(sign).checked_sub(0x2F00) {
        Some(place) => RADICALS.chars().nth(place as usize),
        None => {
            let mut signs = MORE.chars();
            signs.find(|&radical| radical == sign).and_then(|_| signs.next())
        }
    }
}

/// Simplified forms by code point from U+3400 to U+9FFF.
static SIMPLE: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table: Vec<char> = ('\u{3400}'..='\u{9FFF}').collect();
    for (from, to) in hanconv::RawDictionary::TSCharacters.iter() {
        let (Some(from), Some(to)) = (from.chars().next(), to.chars().next()) else {
            continue;
        };
        if let Some(slot) = u32::from(from).checked_sub(0x3400).and_then(|index| table.get_mut(index as usize)) {
            *slot = to;
        }
    }
    table
});

/// The byte length of a bracket that holds one syllable of pinyin, as converters
/// leave behind a traditional character: `內(nèi)`.
fn pinyin(rest: &str) -> Option<usize> {
    let mut letters = 0_usize;
    let mut marked = false;
    let mut vowel = false;
    let mut last = ' ';
    for (byte, sign) in rest.char_indices().skip(1) {
        match form(sign) {
            ')' if letters > 0 && vowel => {
                let closed = matches!(last, 'a' | 'e' | 'i' | 'o' | 'u' | 'v' | 'n' | 'g' | 'r');
                return (marked || closed).then(|| byte + sign.len_utf8());
            }
            'a'..='z' => {
                letters += 1;
                vowel |= matches!(sign, 'a' | 'e' | 'i' | 'o' | 'u' | 'v');
                last = sign;
            }
            'ā' | 'á' | 'ǎ' | 'à' | 'ē' | 'é' | 'ě' | 'è' | 'ī' | 'í' | 'ǐ' | 'ì' | 'ō' | 'ó' | 'ǒ' | 'ò' | 'ū'
            | 'ú' | 'ǔ' | 'ù' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' | 'ü' | 'ń' | 'ň' | 'ǹ' | 'ɡ' => {
                letters += 1;
                marked = true;
                vowel = true;
                last = 'a';
            }
            _ => return None,
        }
        if letters > 6 {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        Cells::of(text).sign.iter().collect()
    }

    #[test]
    fn pinyin_blanks_and_traditional_forms_go() {
        assert_eq!(normal("辦(bàn)理案 件１２ 件"), "办理案件12件");
        assert_eq!(normal("縣(市、區(qū))"), "县(市、区)");
        assert_eq!(normal("平台(app)上线"), "平台(app)上线");
    }

    #[test]
    fn radicals_become_the_characters_they_look_like() {
        assert_eq!(normal("⼈⺠政府⼯作⻓⼾"), "人民政府工作长户");
        assert_eq!(
            (character('\u{2F00}'), character('\u{2FD5}'), character('\u{2E80}')),
            (Some('一'), Some('龠'), None)
        );
    }

    #[test]
    fn a_numeral_broken_by_the_page_is_whole_again_and_keeps_its_line() {
        let cells = Cells::of("全年共办理各类案件12\n34件。\n— 2 —\n下一段");
        assert_eq!(cells.text(0, 14), "全年共办理各类案件1234件");
        assert_eq!((cells.line[9], cells.column[9]), (1, 10));
        assert_eq!((cells.line[11], cells.column[11]), (2, 1));
    }

    #[test]
    fn the_original_of_a_range_keeps_its_pinyin() {
        let text = "共辦(bàn)理3件";
        let cells = Cells::of(text);
        assert_eq!(cells.original(text, 1, cells.len()), "辦(bàn)理3件");
    }
}
