//! One thing stated twice: the same subject, the same number of the same thing, one register under two names, a stock and
//! its place in a list. Two statements are held against one another only where both are of one place and time.

use rust_decimal::Decimal;

use super::{CheckKind, Place, check, is_count, like_unit};
use crate::mention::LONGEST_CLAUSE;
use crate::normal::Cells;
use crate::{Change, Check, Figure};

/// One thing counted twice: the same subject in different lines, the same
/// number of the same long-named thing close by, or one register by two names.
pub(super) fn repeats(places: &[Place], cells: &Cells, checks: &mut Vec<Check>) {
    for (index, first) in places.iter().enumerate() {
        if !is_count(first) || first.figure.value < Decimal::TEN {
            continue;
        }
        for second in places.iter().skip(index + 1).take(400) {
            let (a, b) = (first.figure, second.figure);
            if !is_count(second) || a.unit == "元" || b.value < Decimal::TEN || !within(a.value, b.value, Decimal::TWO)
            {
                continue;
            }
            // A subject is only as good as the clause it was read from: short ones name different things.
            let same_subject = a.subject == b.subject
                && a.subject.chars().count() >= 8
                && !a.subject.contains('（')
                && a.line != b.line
                && a.unit == b.unit
                && same_reach(first, second, cells);
            let same_number =
                a.value == b.value && a.value >= Decimal::ONE_HUNDRED && shared_noun(&a.subject, &b.subject) >= 5;
            let same_register = a.line != b.line
                && like_unit(first, second)
                && within(a.value, b.value, Decimal::new(125, 2))
                && register(a).is_some_and(|name| register(b) == Some(name))
                && same_reach(first, second, cells);
            if same_subject || same_number || same_register || is_stock_of(a, b) || is_stock_of(b, a) {
                let formula = format!("{}={}", a.value, b.value);
                checks.push(check(
                    second,
                    CheckKind::Equal,
                    formula,
                    b.value.to_string(),
                    a.value.to_string(),
                    a.value == b.value,
                ));
                break;
            }
        }
    }
}

/// Whether neither of two numbers is more than so many times the other: what differs more was counted elsewhere or at
/// another time.
fn within(a: Decimal, b: Decimal, times: Decimal) -> bool {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    low.checked_mul(times).is_some_and(|most| high <= most)
}

/// Registers that reports name in several ways: the names of each.
const REGISTERS: &[&[&str]] = &[
    &["行政职权事项", "行政权力事项", "权力事项", "职权事项", "权责清单事项", "权责清单", "权责事项", "权力清单"],
    &["人民调解委员会", "人民调解组织", "调解委员会", "调解组织", "调委会"],
    &["政务服务事项清单", "政务服务事项"],
    &["持证执法人员", "行政执法人员", "执法人员"],
];

/// Deeds after which a number is that of the whole register.
const WHOLES: &[&str] =
    &["梳理", "保留", "编制", "公布", "现有", "共有", "实有", "建立", "设立", "配备", "数", "人数", "个"];

/// Which register a number is the whole of, if any: its subject is a name of it and nothing more.
fn register(figure: &Figure) -> Option<usize> {
    if figure.subject.contains('（') || figure.change != Change::None {
        return None;
    }
    REGISTERS.iter().position(|names| {
        let longest = names.iter().filter(|name| figure.subject.contains(**name)).max_by_key(|name| name.len());
        longest.is_some_and(|name| {
            let mut rest = figure.subject.replacen(name, "", 1);
            for whole in WHOLES {
                rest = rest.replacen(whole, "", 1);
            }
            rest.is_empty()
        })
    })
}

/// The places and times a number is of: its own clause's, and offices named before it in its sentence.
fn same_reach(first: &Place, second: &Place, cells: &Cells) -> bool {
    let opening =
        |place: &Place| cells.text(place.sentence.max(place.start.saturating_sub(LONGEST_CLAUSE)), place.start);
    let (a, b) = (opening(first), opening(second));
    reach(&a) == reach(&b) && offices(&a) == offices(&b)
}

/// The places, levels and times some words name. 全县 says no more than the report itself does.
fn reach(words: &str) -> Vec<String> {
    let known = [
        "本级",
        "各级",
        "累计",
        "以来",
        "上半年",
        "下半年",
        "季度",
        "去年",
        "上年",
        "同期",
        "截至",
        "近年",
        "直属",
        "基层",
        "乡镇",
        "街道",
        "村",
        "社区",
        "下一步",
        "力争",
        "计划",
    ];
    let mut found: Vec<String> =
        known.iter().filter(|word| words.contains(**word)).map(|word| (*word).to_owned()).collect();
    let signs: Vec<char> = words.chars().collect();
    let years = signs.windows(5).filter(|five| five[4] == '年' && five[..4].iter().all(char::is_ascii_digit));
    found.extend(years.map(|five| five.iter().collect()));
    found.sort();
    found.dedup();
    found
}

/// The offices some words name, by the three signs each ends with.
fn offices(words: &str) -> Vec<String> {
    let signs: Vec<char> = words.chars().collect();
    let tail = |at: &usize| {
        let office = "局委院厅队所站镇乡办".contains(signs[*at]);
        // 行政执法队伍, 委托, 办理: the sign begins or continues another word.
        let word = signs.get(at + 1).is_some_and(|next| "伍托员会长点理结案复公事法有属谓".contains(*next));
        office && !word && !(*at > 0 && "全我本各".contains(signs[at - 1]))
    };
    let mut found: Vec<String> =
        (0..signs.len()).filter(tail).map(|at| signs[at.saturating_sub(2)..=at].iter().collect()).collect();
    let fields =
        (3..signs.len()).filter(|at| matches!((signs[at - 1], signs[*at]), ('领', '域') | ('系', '统') | ('行', '业')));
    let field = |at: usize| signs[at - 3..=at].iter().collect::<String>();
    // 重点领域 and the like name none.
    let vague = |name: &String| ["重点", "相关", "有关", "主要", "各个"].iter().any(|word| name.starts_with(word));
    found.extend(fields.map(field).filter(|name| !vague(name)));
    found.sort();
    found.dedup();
    found
}

/// Whether one figure gives the stock of things (保留行政给付事项) that the other
/// gives as a part of a list (权责清单: 行政许可).
fn is_stock_of(stock: &Figure, part: &Figure) -> bool {
    let label = part.subject.split_once('（').and_then(|(_, rest)| rest.strip_suffix('）')).unwrap_or("");
    let kept =
        ["保留", "现有", "实有", "共有"].iter().any(|word| stock.subject.contains(word) || stock.quote.contains(word));
    let rest = stock.subject.strip_prefix(label).unwrap_or("");
    let whole = matches!(rest, "事项数" | "事项保留数" | "数" | "保留数");
    label.chars().count() >= 4 && kept && whole && stock.unit == part.unit && stock.line != part.line
}

/// The length of the longest run of signs two subjects share.
fn shared_noun(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(40).collect();
    let b: Vec<char> = b.chars().take(40).collect();
    let mut best = 0;
    let mut row = vec![0_usize; b.len() + 1];
    for sign in &a {
        let mut diagonal = 0;
        for (column, other) in b.iter().enumerate() {
            let here = if sign == other { diagonal + 1 } else { 0 };
            diagonal = row[column + 1];
            row[column + 1] = here;
            best = best.max(here);
        }
    }
    best
}
