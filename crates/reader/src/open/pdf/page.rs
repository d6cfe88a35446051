//! Runs of text to lines, lines to paragraphs.
//!
//! A page number and what stands at the head or foot of page after page go. A
//! line goes on the paragraph of the one before where that one is full and this
//! one begins at the margin.

use super::content::Run;
use crate::furniture;
use crate::normal::is_han;

/// One line of a page.
#[derive(Debug, Clone)]
struct Line {
    text: String,
    from: f64,
    to: f64,
    up: f64,
    size: f64,
    /// The page, from 0.
    page: usize,
    /// Whether it has columns.
    row: bool,
}

/// The text of all pages, a paragraph or a row of a table on each line.
pub fn text(pages: Vec<Vec<Run>>) -> String {
    let mut lines: Vec<Vec<Line>> =
        pages.into_iter().enumerate().map(|(number, runs)| lines_of(runs, number)).collect();
    drop_frames(&mut lines);
    paragraphs(&lines.concat())
}

/// The lines of a page, from top to bottom.
fn lines_of(mut runs: Vec<Run>, page: usize) -> Vec<Line> {
    runs.retain(|run| !run.text.trim().is_empty());
    runs.sort_by(|a, b| b.up.total_cmp(&a.up));
    let mut rows: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        let near = |row: &Vec<Run>| {
            let first = row.first()?;
            let apart = (first.up - run.up).abs();
            (apart < first.size.min(run.size).max(first.size * 0.5) * 0.5).then_some(())
        };
        match rows.last_mut() {
            Some(row) if near(row).is_some() => row.push(run),
            _ => rows.push(vec![run]),
        }
    }
    rows.into_iter().map(|row| line_of(row, page)).collect()
}

fn line_of(mut row: Vec<Run>, page: usize) -> Line {
    row.sort_by(|a, b| a.from.total_cmp(&b.from));
    let from = row.first().map_or(0.0, |run| run.from);
    let (mut to, mut up, mut size) = (from, 0.0, 0.0_f64);
    let mut text = String::new();
    let mut columns = false;
    let mut last: Option<&Run> = None;
    for run in &row {
        if let Some(last) = last {
            // Drawn twice, a little aside: that is how some programs make letters bold.
            if run.text == last.text && (run.from - last.from).abs() < run.size * 0.3 {
                continue;
            }
            let gap = run.from - to;
            if gap > run.size * 2.0 {
                text.push('\t');
                columns = true;
            } else if gap > run.size * 0.3 {
                text.push(' ');
            }
        }
        text.push_str(&run.text);
        to = to.max(run.to);
        if run.size > size {
            (size, up) = (run.size, run.up);
        }
        last = Some(run);
    }
    let text = text.trim().to_owned();
    let short = text.chars().filter(|sign| !sign.is_whitespace()).count() <= 12;
    Line { text, from, to, up, size, page, row: columns && (!short || to - from > size * 12.0) }
}

/// How many lines at either end of a page may be its frame.
const EDGE: usize = 2;

/// Takes page numbers and running heads away.
fn drop_frames(pages: &mut [Vec<Line>]) {
    let plain = |line: &Line| -> String {
        line.text.chars().filter(|sign| !sign.is_whitespace() && !sign.is_ascii_digit()).collect()
    };
    let at_edge = |number: usize, length: usize| number < EDGE || number + EDGE >= length;
    let mut seen: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for page in pages.iter() {
        let edges = page.iter().enumerate().filter(|(number, _)| at_edge(*number, page.len()));
        let mut here: Vec<String> = edges.map(|(_, line)| plain(line)).filter(|text| !text.is_empty()).collect();
        here.sort();
        here.dedup();
        for text in here {
            *seen.entry(text).or_default() += 1;
        }
    }
    let many = pages.len();
    for (page_number, page) in pages.iter_mut().enumerate() {
        let length = page.len();
        let mut number = 0;
        page.retain(|line| {
            let edge = at_edge(number, length);
            number += 1;
            let spaceless: String = line.text.chars().filter(|sign| !sign.is_whitespace()).collect();
            let numbered = spaceless.chars().count() <= 16 && furniture::is_furniture(&spaceless);
            let text = plain(line);
            // On the first page it may be the report's own title.
            let running = page_number > 0
                && many >= 3
                && !text.contains('。')
                && seen.get(&text).is_some_and(|&pages| pages * 2 > many);
            !(edge && (numbered || running))
        });
    }
}

/// The middle one of some numbers, or the one at another share of them.
fn at_share(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1) as f64;
    values.get((last * share) as usize).copied().unwrap_or(0.0)
}

/// How wide the beginning of a line is that no line break may part, in letters' sizes: it had no room on the line before.
fn first_word(text: &str) -> f64 {
    let mut signs = text.chars();
    let wide = |sign: char| if sign.is_ascii() { 0.5 } else { 1.0 };
    let mut width = signs.next().map_or(0.0, wide);
    for sign in signs.take(24) {
        if !(sign.is_ascii_graphic() || "，。；：、！？）》】”’％".contains(sign)) {
            break;
        }
        width += wide(sign);
    }
    width
}

/// Joins lines to paragraphs.
fn paragraphs(lines: &[Line]) -> String {
    let body =
        at_share(lines.iter().filter(|line| line.text.chars().count() > 12).map(|line| line.size).collect(), 0.5);
    let of_body = |line: &&Line| (line.size - body).abs() < body * 0.1 && line.text.chars().count() > 8;
    let left = at_share(lines.iter().filter(of_body).map(|line| line.from).collect(), 0.1);
    let right = at_share(lines.iter().filter(of_body).map(|line| line.to).collect(), 0.85);
    let steps = lines.windows(2).filter(|pair| pair[0].page == pair[1].page).map(|pair| pair[0].up - pair[1].up);
    let step = at_share(steps.filter(|step| *step > 0.0).collect(), 0.5);
    let mut out = String::new();
    let mut last: Option<&Line> = None;
    for line in lines {
        let goes_on = last.is_some_and(|last| {
            let size = last.size.max(line.size);
            let same_size = (last.size - line.size).abs() < size * 0.12;
            let close = last.page != line.page || last.up - line.up < step.max(size) * 1.6;
            let ended = last.text.ends_with(['。', '！', '？', '；', '：']);
            // A closing stop may hang a little short of the margin; a sentence that ends there may also be the last one.
            let short = right - last.to;
            let full = short < size * if ended { 0.9 } else { 1.6 + first_word(&line.text) };
            let at_margin = line.from < left + size * 0.8 || line.from < last.from - size;
            let heads = ended && furniture::is_heading(line.text.chars().filter(|sign| !sign.is_whitespace()));
            // A number that is cut goes on whatever the margins say.
            let cut = last.text.ends_with(|sign: char| sign.is_ascii_digit())
                && line.text.starts_with(|sign: char| sign.is_ascii_digit());
            same_size && close && !last.row && !line.row && ((full && at_margin && !heads) || (cut && full))
        });
        if goes_on {
            let latin = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_alphabetic());
            if latin(out.chars().next_back()) && latin(line.text.chars().next()) {
                out.push(' ');
            }
        } else {
            if !out.is_empty() {
                out.push('\n');
            }
            // As Chinese paragraphs begin: where the next one is joined or not is settled here.
            if line.text.chars().next().is_some_and(|sign| is_han(sign) || sign.is_ascii_digit() || !sign.is_ascii()) {
                out.push_str("\u{3000}\u{3000}");
            }
        }
        out.push_str(&line.text);
        last = Some(line);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}
