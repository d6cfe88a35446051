//! Names what each mention counts, in the form the tables use: thing, deed, 数.

use crate::change::change;
use crate::clause::{Frame, frames};
use crate::lexicon::{DENIALS, Sense};
use crate::mention::Mention;
use crate::normal::Cells;
use crate::vocabulary::{
    ADDITIONS, KNOWN_SUBJECTS, LEADING_VERBS, LIGHT_VERBS, MEASURED_TAILS, NOT_KNOWN, PERSON_TAILS, REMOVALS,
};
use crate::words::{Parts, clean_noun, deed_behind, head, is_platform, noun_behind, noun_end, parts, starts_noun};
use crate::{Change, scope};

/// The name of one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The subject.
    pub subject: String,
    /// Whether it is a level or a change.
    pub change: Change,
    /// First cell of the quote.
    pub quote_start: usize,
}

/// What the mentions before have left to be taken up.
#[derive(Debug, Default, Clone)]
struct Topic {
    /// The thing last counted.
    thing: String,
    /// The deed last done.
    deed: String,
    /// The subject last made, without scope and ending.
    base: String,
    /// The subject last made, without scope.
    subject: String,
    /// The platform, line or place the segment speaks of.
    lead: String,
    /// The whole a bracket or an 其中 takes apart.
    whole: String,
    /// The thing the whole counts.
    whole_thing: String,
    /// The part of the sentence that is being read.
    segment: usize,
    /// The sentence the thing was named in.
    thing_sentence: usize,
    /// The part of the sentence the thing was named in.
    thing_segment: usize,
}

/// One subject in the making.
#[derive(Debug, Default)]
struct Made {
    thing: String,
    deed: String,
    base: String,
    tail: &'static str,
    note: String,
}

impl Made {
    fn new(thing: &str, deed: &str, base: String, unit: &str) -> Made {
        let tail = suffix(unit, &base);
        Made { thing: thing.to_owned(), deed: deed.to_owned(), base, tail, note: String::new() }
    }

    fn subject(&self) -> String {
        let note = if self.note.is_empty() { String::new() } else { format!("（{}）", self.note) };
        format!("{}{}{note}", self.base, self.tail)
    }
}

/// The year a report tells of: from its name, else the first year in its opening lines.
pub fn report_year(report: &str, text: &str) -> Option<u32> {
    let opening = text.lines().filter(|line| !line.trim().is_empty()).take(6);
    std::iter::once(report).chain(opening).find_map(first_year)
}

fn first_year(line: &str) -> Option<u32> {
    let digits: Vec<char> = line.chars().collect();
    digits.windows(4).find_map(|four| {
        let year: String = four.iter().collect();
        (year.starts_with("20") && four.iter().all(char::is_ascii_digit)).then(|| year.parse().ok())?
    })
}

/// Names every mention.
pub fn name_all(cells: &Cells, mentions: &[Mention], year: Option<u32>) -> Vec<Name> {
    let frames = frames(cells, mentions);
    let mut names = Vec::with_capacity(mentions.len());
    let mut topic = Topic::default();
    let scopes = scope::Scopes::new(year);
    for (index, (mention, frame)) in mentions.iter().zip(&frames).enumerate() {
        if frame.segment != topic.segment {
            topic.segment = frame.segment;
            topic.lead.clear();
            topic.deed.clear();
        }
        let pair = turned(mentions, &frames, index);
        // 提高5.1和3.2个百分点: the second stands where the first does.
        let joined = index.checked_sub(1).and_then(|before| mentions.get(before)).is_some_and(|before| {
            before.unit == mention.unit && matches!(&*cells.text(before.end, mention.start), "和" | "及" | "、")
        });
        let said = if pair.is_some() {
            Change::None
        } else if let Some(before) = names.last().filter(|_| joined) {
            let before: &Name = before;
            before.change
        } else {
            change(&frame.before_or_reach(), head(&frame.left), mention.unit, frame.compared)
        };
        let made = match pair {
            Some((thing, note)) => Made { note, ..Made::new(&thing, "", thing.clone(), mention.unit) },
            None => name(cells, mention, frame, frames.get(index + 1), said, &topic),
        };
        let mut made = known(made, cells, frame, mention);
        if let Some(bound) = bound_of_range(mentions, index) {
            bound.clone_into(&mut made.note);
        }
        let said = if said == Change::None && pair_free(mention) { deed_change(&made.deed) } else { said };
        let subject = made.subject();
        if !made.thing.is_empty() {
            topic.thing.clone_from(&made.thing);
            topic.thing_sentence = frame.sentence;
            topic.thing_segment = frame.segment;
        }
        topic.deed.clone_from(&made.deed);
        topic.base.clone_from(&made.base);
        if !frame.bracketed {
            topic.whole.clone_from(&subject);
            topic.whole_thing.clone_from(&topic.thing);
        }
        topic.subject.clone_from(&subject);
        let lead = parts(&own_left(frame)).topic;
        if !lead.is_empty() && !mention.denied {
            topic.lead = lead;
        }
        let scope = scopes.of(cells, frame.sentence, mention.start);
        names.push(Name {
            subject: scope::join(&subject, &scope),
            change: said,
            quote_start: if mention.denied { frame.left_start } else { quote_start(cells, mention, frame) },
        });
    }
    names
}

/// Whether a mention is a plain count, which the deed done to it may make a change.
fn pair_free(mention: &Mention) -> bool {
    !mention.denied && !matches!(mention.unit, "%" | "‰" | "百分点" | "倍")
}

/// The change a deed makes: 取消 takes away, 新增 adds.
fn deed_change(deed: &str) -> Change {
    if REMOVALS.iter().any(|word| deed.starts_with(word)) {
        Change::Cut
    } else if ADDITIONS.iter().any(|word| deed.starts_with(word)) {
        Change::Added
    } else {
        Change::None
    }
}

/// The bound a mention is of a range: `3-6名`.
fn bound_of_range(mentions: &[Mention], index: usize) -> Option<&'static str> {
    let touches = |low: &Mention, high: &Mention| {
        low.end == high.start && low.sense == Sense::AtLeast && high.sense == Sense::AtMost && low.unit == high.unit
    };
    let here = mentions.get(index)?;
    if mentions.get(index + 1).is_some_and(|next| touches(here, next)) {
        return Some("下限");
    }
    let before = index.checked_sub(1).and_then(|before| mentions.get(before))?;
    touches(before, here).then_some("上限")
}

/// Gives a subject the name the genre has for it, and the quoted name of the
/// platform or campaign the sentence is about.
fn known(mut made: Made, cells: &Cells, frame: &Frame, mention: &Mention) -> Made {
    let said = format!("{}{}", made.base, made.deed);
    let other = NOT_KNOWN.iter().any(|word| said.contains(word));
    let name = KNOWN_SUBJECTS.iter().find(|(words, _)| !other && words.iter().all(|word| said.contains(word)));
    let count = !matches!(mention.unit, "%" | "元" | "百分点") && made.note.is_empty() && !made.base.contains("同比");
    if let Some((_, name)) = name
        && count
        && said.chars().count() <= 22
    {
        (*name).clone_into(&mut made.base);
        return made;
    }
    if made.base.contains('“') || made.base.is_empty() || mention.denied {
        return made;
    }
    let before = cells.text(frame.sentence.max(mention.start.saturating_sub(120)), mention.start);
    for tail in ["”平台", "”行动", "”专项行动"] {
        if let Some((head, _)) = before.rsplit_once(tail)
            && let Some((_, name)) = head.rsplit_once('“')
            && name.chars().count() <= 10
            && !made.base.contains(name)
        {
            made.base = format!("“{name}”{}", made.base);
            return made;
        }
    }
    made
}

/// What stands left of the number and belongs to it: behind an earlier number
/// comes first the thing that one counts.
fn own_left(frame: &Frame) -> String {
    if frame.follows && starts_noun(&frame.left) {
        return frame.left.get(noun_end(&frame.left)..).unwrap_or("").to_owned();
    }
    frame.left.clone()
}

/// The quote begins with the clause, or where adverbs and places end in a long one.
fn quote_start(cells: &Cells, mention: &Mention, frame: &Frame) -> usize {
    let rest = head(&frame.left).chars().count();
    let start = mention.start.saturating_sub(rest);
    let start = start.max(frame.left_start);
    let lead = cells.at(start);
    if start < mention.start && matches!(lead, '、' | '的') { start + 1 } else { start }
}

/// `由A项压减到B项`, `将A家网站整合为B家`: the thing and 压减前 or 压减后.
fn turned(mentions: &[Mention], frames: &[Frame], index: usize) -> Option<(String, String)> {
    let here = frames.get(index)?;
    let (first, second, when) = if here.leads && turn_verb(&frames.get(index + 1)?.reach).is_some() {
        (index, index + 1, "前")
    } else if here.follows && turn_verb(&here.reach).is_some() {
        (index.checked_sub(1)?, index, "后")
    } else {
        return None;
    };
    if mentions.get(first)?.unit != mentions.get(second)?.unit {
        return None;
    }
    let between = &frames.get(second)?.reach;
    let (noun, verb) = turn_verb(between)?;
    let left = frames.get(first)?.left.trim_end_matches(['由', '从']);
    let thing = if noun.is_empty() { clean_noun(head(left).trim_end_matches("数量")) } else { clean_noun(noun) };
    let thing = scope::without_level(&thing);
    (!thing.is_empty()).then(|| (thing, format!("{verb}{when}")))
}

/// The noun and the verb of a phrase that turns one number into another.
fn turn_verb(between: &str) -> Option<(&str, &str)> {
    let verbs = [
        "压减", "整合", "压缩", "减少", "精简", "缩短", "增加", "提升", "提高", "扩大", "扩展", "调整", "优化", "合并",
        "下降", "上升", "增长", "降低", "减", "增", "降", "升", "提速",
    ];
    let rest = between.trim_end_matches(['到', '至', '为', '成']);
    if rest.len() == between.len() {
        return None;
    }
    let verb = verbs.iter().find(|verb| rest.ends_with(*verb))?;
    let noun = rest.strip_suffix(verb)?;
    Some((noun, verb))
}

/// The subject, by the shape of the clause.
fn name(cells: &Cells, mention: &Mention, frame: &Frame, next: Option<&Frame>, said: Change, topic: &Topic) -> Made {
    if mention.denied {
        return denied(&cells.text(mention.start, mention.end), mention, topic);
    }
    let own = own_left(frame);
    let left = head(&own);
    if matches!(mention.unit, "%" | "‰" | "百分点" | "倍") {
        return Made::new("", "", share(left, frame, said, topic), "%");
    }
    if matches!(said, Change::YoyUp | Change::YoyDown) {
        return growth(left, mention, said, topic);
    }
    let parted = parts(left);
    let is_part = frame.bracketed || (frame.left.starts_with("其中") && left.chars().count() <= 6);
    if is_part && !topic.whole.is_empty() {
        return part(&parted, left, mention, topic);
    }
    let right = frame.right.trim_start_matches('的');
    if matches!(mention.unit, "年" | "届") {
        return span(right, left, mention);
    }
    if matches!(mention.unit, "日" | "天" | "工作日" | "小时")
        && ["办结", "内"].iter().any(|tail| right.starts_with(tail))
    {
        let what =
            clean_noun(if parted.verb.is_empty() { left } else { left.strip_prefix(&parted.verb).unwrap_or(left) });
        return Made { tail: "办结时限", ..Made::new(&what, "", what.clone(), mention.unit) };
    }
    if starts_noun(right) && !mention.unit.ends_with('元') {
        return noun_first(&parted, left, right, mention, next);
    }
    // 接待30批90人次: the second number counts the same thing.
    if frame.follows && left.is_empty() && !topic.base.is_empty() {
        return Made::new(&topic.thing, &topic.deed, topic.base.clone(), mention.unit);
    }
    if chained(frame, next) {
        return noun_first(&parted, left, next.map_or("", |next| next.right.as_str()), mention, None);
    }
    if left.is_empty() && !deed_behind(right).is_empty() {
        let deed = deed_behind(right);
        return Made::new(&deed, "", deed.clone(), mention.unit);
    }
    object_first(&parted, left, mention, frame, topic)
}

/// Whether the next number follows at once, so that both count what stands behind it.
fn chained(frame: &Frame, next: Option<&Frame>) -> bool {
    let shares = |next: &Frame| starts_noun(&next.right) || !deed_behind(&next.right).is_empty();
    frame.leads && frame.right.is_empty() && next.is_some_and(shares)
}

/// `没有信访案件`, `均无差错`.
fn denied(words: &str, mention: &Mention, topic: &Topic) -> Made {
    let denial = DENIALS.iter().find_map(|denial| words.strip_prefix(denial)).unwrap_or(words);
    let mut thing = clean_noun(if words.starts_with("无新增") { words.trim_start_matches('无') } else { denial });
    if thing.chars().count() <= 2 {
        thing = format!("{}{}", topic.base, thing);
    } else if thing == topic.thing && !topic.base.is_empty() {
        return Made::new(&thing, &topic.deed, topic.base.clone(), mention.unit);
    }
    Made { tail: "数", ..Made::new(&thing, "", thing.clone(), mention.unit) }
}

/// `连续三年举办法律考试`, `连续三届获得“…”称号`, `提前两年完成`.
fn span(right: &str, left: &str, mention: &Mention) -> Made {
    let parted = parts(right);
    let quoted = right.split_once('“').and_then(|(_, rest)| rest.split_once('”')).map(|(name, _)| name);
    let what = if parted.object.is_empty() { clean_noun(right) } else { parted.object.clone() };
    let what = what.split(['—', '“', ',']).find(|part| !part.is_empty()).unwrap_or("").to_owned();
    let early = left.ends_with("提前");
    if early {
        return Made { tail: "时间", ..Made::new(&what, "", format!("{what}提前完成"), mention.unit) };
    }
    if mention.unit == "届"
        && let Some(name) = quoted
    {
        return Made::new(name, "", format!("{name}连续获评"), mention.unit);
    }
    let deed = if LIGHT_VERBS.contains(&parted.verb.as_str()) { "举办" } else { parted.verb.as_str() };
    Made::new(&what, "", format!("{what}连续{deed}"), mention.unit)
}

/// A percentage: a rate by its own name, a change by what changed.
fn share(left: &str, frame: &Frame, said: Change, topic: &Topic) -> String {
    if matches!(said, Change::YoyUp | Change::YoyDown) {
        let what = compared_noun(left);
        let base = if what.is_empty() { topic.subject.clone() } else { what };
        let tail = if said == Change::YoyUp { "同比增幅" } else { "同比降幅" };
        return format!("{base}{tail}");
    }
    if said == Change::CutByPercent {
        let what = left.trim_end_matches(['了', '均']).trim_start_matches(['比', '较']);
        return format!("{}比例", clean_noun(what).replace("均", ""));
    }
    let mut rate = distributed(left, frame).unwrap_or_else(|| clean_noun(left));
    if rate.is_empty() {
        rate = frame
            .earlier
            .rfind('率')
            .and_then(|at| frame.earlier.get(..at))
            .map_or(rate, |noun| format!("{}率", clean_noun(noun)));
    }
    if let Some((whole, of)) = rate.split_once('占').filter(|(_, of)| !of.is_empty() && !of.starts_with('比')) {
        let thing = if whole.is_empty() { topic.thing.as_str() } else { whole };
        return format!("{thing}占{of}{}", if of.ends_with("比例") { "" } else { "比例" });
    }
    if rate.is_empty() {
        "占比".clone_into(&mut rate);
    } else if !MEASURED_TAILS.iter().any(|tail| rate.ends_with(tail)) {
        rate.push_str("占比");
    }
    let short = rate.chars().count() <= 6;
    match short {
        true if is_platform(&topic.lead) => format!("{}{rate}", topic.lead),
        true => overlay(&topic.thing, &rate),
        false => rate,
    }
}

/// `甲类和乙类占比分别为60%和40%`: the noun of this one of the numbers.
fn distributed(left: &str, frame: &Frame) -> Option<String> {
    let whole = format!("{}{}", frame.before, frame.reach);
    let (nouns, _) = whole.split_once("分别").or_else(|| frame.before.split_once("分别"))?;
    let nouns: Vec<&str> = head(nouns).split(['、', '和', '及']).collect();
    let last = nouns.last()?;
    let tail = MEASURED_TAILS.iter().filter(|tail| last.ends_with(**tail)).max_by_key(|tail| tail.len())?;
    let nth = if frame.follows { nouns.len() - 1 } else { 0 };
    if nouns.len() < 2 || (frame.follows && !matches!(left, "" | "和" | "、" | "及")) {
        return None;
    }
    let noun = nouns.get(nth)?;
    Some(if noun.ends_with(tail) { clean_noun(noun) } else { format!("{}{tail}", clean_noun(noun)) })
}

/// Puts a thing before a short rate, letting go of what both say.
fn overlay(thing: &str, rate: &str) -> String {
    let signs: Vec<char> = rate.chars().collect();
    for length in (2..signs.len()).rev() {
        let shared: String = signs.iter().take(length).collect();
        if thing.contains(&shared) {
            let rest: String = signs.iter().skip(length).collect();
            return if thing.ends_with(&shared) { format!("{thing}{rest}") } else { format!("{thing}{rate}") };
        }
    }
    format!("{thing}{rate}")
}

/// What stands before the words of comparison.
fn compared_noun(left: &str) -> String {
    let words = ["同比", "环比", "较", "比上", "比去", "增长", "下降", "上升", "提高", "减少", "增加", "提升", "降低"];
    let cut = words.iter().filter_map(|word| left.find(word)).min().unwrap_or(left.len());
    clean_noun(left.get(..cut).unwrap_or(left))
}

/// An increase or decrease in units: of what was counted before.
fn growth(left: &str, mention: &Mention, said: Change, topic: &Topic) -> Made {
    let own = compared_noun(left);
    let base = if own.is_empty() { topic.base.clone() } else { own };
    let verb = match (said, left.contains("同比")) {
        (Change::YoyUp, false) => "增长",
        (Change::YoyUp, true) => "同比增加",
        _ => "同比减少",
    };
    Made::new("", "", format!("{base}{verb}"), mention.unit)
}

/// A part in brackets: the whole's subject with the part named behind it, or the deed done to the whole's thing.
fn part(parted: &Parts, left: &str, mention: &Mention, topic: &Topic) -> Made {
    let label = clean_noun(left);
    if parted.object.is_empty() && parted.topic.is_empty() && !parted.verb.is_empty() {
        return Made::new("", "", format!("{}{}", topic.whole_thing, parted.verb), mention.unit);
    }
    Made { base: topic.whole.clone(), note: label, ..Made::default() }
}

/// `30个执法单位`, `选派20名干部到企业任职`: the thing stands behind the unit.
fn noun_first(parted: &Parts, left: &str, right: &str, mention: &Mention, next: Option<&Frame>) -> Made {
    let noun = noun_behind(right);
    let mut rest = deed_behind(right);
    if rest.is_empty()
        && let Some(next) = next
    {
        rest = deed_behind(&next.right);
    }
    let thing = if noun.is_empty() { rest.clone() } else { noun };
    let deed = if LIGHT_VERBS.contains(&parted.verb.as_str()) { "" } else { parted.verb.as_str() };
    if left.ends_with('的') && left.chars().count() <= 24 {
        let base = format!("{}{thing}", clean_noun(left));
        return Made::new(&thing, "", base, mention.unit);
    }
    let topic = &parted.topic;
    let base = if LEADING_VERBS.contains(&deed) || (!topic.is_empty() && !deed.is_empty()) {
        format!("{topic}{deed}{thing}")
    } else if !deed.is_empty() {
        format!("{thing}{deed}")
    } else if rest.is_empty() || rest == thing {
        format!("{topic}{thing}")
    } else if rest.starts_with('“')
        && ["表彰", "评为", "命名", "授予", "称号", "认定"].iter().any(|word| right.contains(word))
    {
        rest.trim_matches(['“', '”']).to_owned()
    } else {
        format!("{rest}{thing}")
    };
    Made::new(&thing, deed, base, mention.unit)
}

/// `共办理行政复议案件12件`: deed, thing, number; either may be taken from before.
fn object_first(parted: &Parts, left: &str, mention: &Mention, frame: &Frame, topic: &Topic) -> Made {
    let light = LIGHT_VERBS.contains(&parted.verb.as_str());
    let deed = if light { "" } else { parted.verb.as_str() };
    if mention.unit.ends_with('元') {
        let own = if parted.object.is_empty() { clean_noun(left) } else { format!("{}{}", parted.verb, parted.object) };
        let inherits = own.chars().count() <= 8 && !topic.thing.is_empty() && topic.thing_segment == frame.segment;
        let base = if inherits { format!("{}{own}", topic.thing) } else { own };
        return Made::new("", "", base, mention.unit);
    }
    if parted.object.is_empty() {
        let deed = if deed.is_empty() { parted.verb.as_str() } else { deed };
        let own = if parted.topic.is_empty() { &parted.doer } else { &parted.topic };
        let before = if topic.thing_sentence == frame.sentence { String::new() } else { parts(&frame.earlier).object };
        let thing = match (own.is_empty(), before.chars().count()) {
            (false, _) => own.clone(),
            (true, 2..=16) => before,
            _ => topic.thing.clone(),
        };
        return Made::new(&thing, deed, format!("{thing}{deed}"), mention.unit);
    }
    let mut thing = parted.object.clone();
    // 参加人员16万人, 访问量3万次: of what, the clause before says.
    if parted.verb.is_empty()
        && parted.topic.is_empty()
        && ["参", "访问", "受众", "浏览", "观看", "点击"].iter().any(|word| thing.starts_with(word))
    {
        let of = parts(&frame.earlier).object;
        let of = of.split(|sign: char| sign.is_ascii_digit()).next().unwrap_or("");
        if (2..=14).contains(&of.chars().count()) {
            thing = format!("{of}{thing}");
        }
    }
    let thing = &thing;
    // 办理复议案件3件、应诉案件2件: the deed goes on.
    let listed = parted.verb.is_empty()
        && !topic.deed.is_empty()
        && (frame.left.starts_with('、') || frame.left.starts_with("和"));
    let deed = if listed { topic.deed.as_str() } else { deed };
    let lead = match (parted.topic.is_empty(), is_platform(&topic.lead)) {
        (false, _) => parted.topic.as_str(),
        (true, true) => topic.lead.as_str(),
        (true, false) => parted.doer.as_str(),
    };
    let first = LEADING_VERBS.contains(&deed) || !lead.is_empty();
    let base = if first { format!("{lead}{deed}{thing}") } else { format!("{thing}{deed}") };
    Made::new(thing, deed, base, mention.unit)
}

/// The ending that says what the number is a number of.
fn suffix(unit: &str, thing: &str) -> &'static str {
    if MEASURED_TAILS.iter().any(|tail| thing.ends_with(tail)) {
        return "";
    }
    match unit {
        "人" | "名" | "位" => {
            if PERSON_TAILS.iter().any(|tail| thing.ends_with(tail)) {
                "数"
            } else {
                "人数"
            }
        }
        "人次" => "人次",
        "场次" => "场次",
        "批次" | "批" => "批次",
        "轮次" => "轮次",
        "件次" => "件次",
        "次" => "次数",
        "期" => "期数",
        "场" => "场次",
        "元" | "美元" => "额",
        "年" => "年数",
        "届" => "届数",
        "日" | "工作日" | "天" | "小时" | "分钟" | "个月" => "时间",
        "分" => "得分",
        "亩" | "公顷" | "平方米" | "平方公里" => "面积",
        _ => "数",
    }
}
