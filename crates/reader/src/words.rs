//! Takes the words before and behind a number apart: adverbs, doer, deed, thing.

use crate::normal::is_han;
use crate::vocabulary::{AGENT_TAILS, LIGHT_VERBS, NOMINALS, NOUN_VERBS, OPENERS, SAME_DEEDS, VERBS};

/// The words left of a number.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Parts {
    /// What stands before the deed and is not merely the office that did it.
    pub topic: String,
    /// The people who did it (党政领导, 律师), where they are named.
    pub doer: String,
    /// The deed, one or more verbs.
    pub verb: String,
    /// The thing it was done to.
    pub object: String,
}

/// Words that begin like an opener and are none.
const NOT_OPENERS: &[&str] = &[
    "自治",
    "自查",
    "自评",
    "自建",
    "自愿",
    "有关",
    "有效",
    "对口",
    "在线",
    "在押",
    "在册",
    "总量",
    "总人",
    "总额",
    "总数",
    "总金",
    "总投",
    "总面",
    "总收",
    "现场",
    "和解",
    "和谐",
    "和睦",
    "为民",
    "共享",
    "共同",
    "共建",
    "全面依",
    "各类",
    "均衡",
    "另案",
    "并联",
    "再生",
    "再审",
    "还款",
    "将军",
    "向社会公开",
    "到案",
    "到场",
    "到期",
    "自然",
    "自助",
    "自主",
    "对外",
    "与会",
    "及时率",
    "因公",
    "依法行",
    "依法治",
    "主动公开",
    "统一战",
    "通过率",
    "成功率",
    "有组",
    "有奖",
    "至今",
    "使用",
    "让利",
    "总体",
    "现代",
    "又好",
    "把关",
    "已办",
    "直接投",
    "创新创",
    "创新示",
    "创新案",
    "自行",
    "对象",
    "对照",
    "在校",
    "在职",
    "在建",
    "在办",
    "也门",
    "从业",
    "从严",
    "由衷",
];

/// Words that say how much of a thing and not what it is.
const FILLERS: &[&str] = &[
    "各类",
    "各项",
    "各种",
    "各级",
    "各地",
    "相关",
    "有关",
    "了",
    "的",
    "等",
    "其他各类",
    "全部",
    "所有",
    "一批",
    "此类",
    "上述",
    "该",
    "本",
    "大量",
    "全市",
    "全县",
    "全盟",
    "全区",
    "全省",
    "全旗",
    "全州",
    "全",
];

/// Verbs that end the noun behind a number and begin what it did.
const DEEDS: &[&str] = &[
    "实现",
    "参加",
    "参与",
    "进行",
    "纳入",
    "接受",
    "被",
    "已",
    "均",
    "全部",
    "统一",
    "共",
    "实行",
    "进驻",
    "建立",
    "设立",
    "聘请",
    "下沉",
    "授信",
    "担任",
    "开展",
    "完成",
    "经",
    "充分",
    "向",
    "获",
    "入选",
    "对",
    "在",
    "为",
    "并",
    "到",
    "通过",
    "取得",
    "达到",
    "达标",
    "落实",
    "配备",
    "公布",
    "签订",
    "举办",
    "形成",
    "提供",
    "制定",
    "列入",
    "融入",
    "基础",
    "活动",
    "予以",
    "给予",
    "持证上岗",
    "成功",
    "得到",
    "及时",
    "集中",
    "整改",
    "有效",
    "顺利",
    "率先",
    "按",
    "以",
    "将",
    "与",
    "上线",
    "入驻",
    "投入",
    "建成",
    "获评",
    "荣获",
    "通报",
    "按期",
    "依法",
    "正式",
    "办理",
];

/// Verbs that are seldom part of a noun.
const DOING: &[&str] = &[
    "办理", "受理", "审理", "出具", "发放", "召开", "举办", "开展", "完成", "下达", "录入", "认领", "编制", "覆盖",
    "接听", "接待", "解答", "印发", "制定", "出台", "公布", "发布", "归集", "调处", "化解", "收到", "提供", "听取",
    "报送", "上报", "查处", "查办", "举行", "设立", "建立", "聘请", "参加", "移送", "配备", "组建", "选聘", "推出",
    "培育", "纠正", "撤销", "废止", "修订", "建成", "促进", "追回", "追索", "帮助", "挽回", "节省", "节约", "减免",
];

/// The clause's words from the first that says something.
pub fn head(left: &str) -> &str {
    let mut rest = left;
    loop {
        let shorter = strip_opener(strip_period(rest));
        if shorter.len() == rest.len() {
            return rest;
        }
        rest = shorter;
    }
}

fn strip_opener(text: &str) -> &str {
    if NOT_OPENERS.iter().any(|word| text.starts_with(word)) {
        return text;
    }
    let opener = OPENERS.iter().filter(|opener| text.starts_with(**opener)).max_by_key(|opener| opener.len());
    opener.and_then(|opener| text.strip_prefix(opener)).unwrap_or(text)
}

/// Drops a date at the head: `2021年`, `2015年以来`, `1-6月`, `截至2018年底`.
fn strip_period(text: &str) -> &str {
    let after_digits = text.trim_start_matches(|sign: char| sign.is_ascii_digit() || matches!(sign, '-' | '—'));
    if after_digits.len() == text.len() {
        return text;
    }
    let Some(after) = after_digits.strip_prefix(['年', '月', '日']) else {
        return text;
    };
    ["度", "以来", "底", "末", "初", "份", "期间", "间"]
        .iter()
        .find_map(|tail| after.strip_prefix(*tail))
        .unwrap_or(after)
}

/// A noun without the words that only introduce it.
pub fn clean_noun(noun: &str) -> String {
    let mut rest = head(noun);
    loop {
        let before = rest.len();
        rest = without_ordinal(rest);
        for filler in FILLERS {
            rest = rest.strip_prefix(filler).unwrap_or(rest);
        }
        rest = rest.trim_end_matches(['等', '的', '了', '、', ',', '(', ':', '-', '—', '共', '均', '已']);
        for tail in ["数量", "工作的", "共计", "合计", "累计", "分别"] {
            rest = rest.strip_suffix(tail).unwrap_or(rest);
        }
        rest = rest.trim_start_matches(['、', ')', ',', '。', ':', '—', '-', '“', '”']).trim_start_matches("以及");
        rest = if NOT_OPENERS.iter().any(|word| rest.starts_with(word)) { rest } else { head(rest) };
        if rest.len() == before {
            return balanced(rest);
        }
    }
}

/// Drops `第1批` from the head.
fn without_ordinal(noun: &str) -> &str {
    let Some(rest) = noun.strip_prefix('第') else {
        return noun;
    };
    let rest = rest.trim_start_matches(|sign: char| sign.is_ascii_digit() || "一二三四五六七八九十".contains(sign));
    rest.strip_prefix(['批', '次', '期', '轮']).unwrap_or(noun)
}

/// Drops quotation marks and a bracket that lost its other half.
fn balanced(noun: &str) -> String {
    let open = noun.matches('(').count();
    let close = noun.matches(')').count();
    let quotes = noun.matches('“').count() == noun.matches('”').count();
    noun.chars()
        .filter(|sign| !(open != close && matches!(sign, '(' | ')')) && (quotes || !matches!(sign, '“' | '”')))
        .collect()
}

/// Takes the words left of a number apart.
pub fn parts(left: &str) -> Parts {
    let whole = left;
    let left = last_of_several(head(left));
    if left.strip_suffix("成功").is_some_and(|verb| VERBS.contains(&verb)) {
        return finish("", left, "");
    }
    if VERBS.contains(&left) && whole.ends_with(&format!("成功{left}")) {
        return finish("", &format!("成功{left}"), "");
    }
    if let Some((verb, object)) = leading_verbs(left) {
        return finish("", verb, object);
    }
    for marker in ["共", "累计", "先后", "已", "分别", "均", "年内", "总计", "全年", "依法"] {
        for (at, _) in left.match_indices(marker).take(3) {
            let (before, after) = (left.get(..at).unwrap_or(""), left.get(at + marker.len()..).unwrap_or(""));
            if marker == "共" && before.ends_with('公') {
                continue;
            }
            if let Some((verb, object)) = leading_verbs(head(after)) {
                return finish(before, verb, object);
            }
            if ends_in_agent(before) && after.chars().count() >= 2 {
                return finish(before, "", after);
            }
        }
    }
    for (at, _) in left.char_indices().skip(2).take(60) {
        let (before, after) = left.split_at(at);
        if !(ends_in_agent(before) || is_doing(after)) {
            continue;
        }
        if let Some((verb, object)) = leading_verbs(after)
            && !object.is_empty()
        {
            return finish(before, verb, object);
        }
    }
    // `调解成功`, `纠纷化解`: the deed stands at the end.
    let tail = ["成功"].iter().chain(VERBS).filter(|verb| left.ends_with(**verb) && left.len() > verb.len());
    match tail.max_by_key(|verb| verb.len()) {
        Some(verb) if !NOUN_VERBS.contains(verb) => finish(left.strip_suffix(verb).unwrap_or(left), verb, ""),
        _ => finish("", "", left),
    }
}

fn ends_in_agent(text: &str) -> bool {
    AGENT_TAILS.iter().any(|tail| text.ends_with(tail))
}

/// Verbs that are seldom part of a noun: they may follow any doer.
fn is_doing(text: &str) -> bool {
    DOING.iter().any(|verb| text.starts_with(verb))
}

/// Of `审核合同并出具意见书` the last deed and its object count; so of `邀请专家举办讲座`.
fn last_of_several(left: &str) -> &str {
    for joint in ["并", "后", ")", "员", "家", "师", "干部", "题"] {
        for (at, _) in left.rmatch_indices(joint).take(2) {
            let after = left.get(at + joint.len()..).unwrap_or("");
            let follows = if matches!(joint, "并" | "后") {
                VERBS.iter().any(|verb| after.starts_with(verb))
            } else {
                ["举办", "开展", "召开", "进行", "组织"].iter().any(|verb| after.starts_with(verb))
            };
            if follows {
                return after;
            }
        }
    }
    left
}

/// The verb at the head, unless it begins a noun.
fn verb_at(text: &str) -> Option<&'static str> {
    let verb = VERBS.iter().filter(|verb| text.starts_with(**verb)).max_by_key(|verb| verb.len())?;
    let after = text.strip_prefix(verb).unwrap_or("");
    let noun = NOUN_VERBS.contains(verb) && NOMINALS.iter().any(|nominal| after.starts_with(nominal));
    (!noun).then_some(verb)
}

/// The verbs at the head and what follows them. Where nothing would follow, the
/// verbs are all deed (取消下放), or noun behind a light one (开展监督检查).
fn leading_verbs(text: &str) -> Option<(&str, &str)> {
    let first = verb_at(text)?;
    let light = LIGHT_VERBS.contains(&first);
    let mut at = first.len();
    for _ in 0..2 {
        let rest = text.get(at..).unwrap_or("");
        let joined = rest.strip_prefix(['、', '和', '并']).unwrap_or(rest);
        let Some(verb) = verb_at(joined) else {
            break;
        };
        let after = joined.strip_prefix(verb).unwrap_or("");
        if after.is_empty() && !light {
            return Some((text, ""));
        }
        // 审计项目, 培训班, 调解员: a single sign behind belongs to the verb's noun.
        let listed = after.starts_with('第');
        let short = after.chars().take(2).filter(|sign| is_han(*sign)).count() < 2;
        // 审核新增人员: what is new is named, not added.
        if (short && !listed) || noun_goes_on(after) || matches!(verb, "新增" | "新建" | "新任") {
            break;
        }
        at = text.len() - after.len();
    }
    Some(text.split_at(at))
}

/// Whether what follows two verbs makes the second one part of a noun: 开展 监督检查, 完成 审查立法项目.
fn noun_goes_on(after: &str) -> bool {
    [
        "活动", "工作", "项目", "案件", "事项", "人员", "机构", "组织", "平台", "中心", "制度", "任务", "意见", "机关",
        "主体", "小组", "实施", "班",
    ]
    .iter()
    .any(|noun| after.starts_with(noun))
}

fn finish(before: &str, verb: &str, object: &str) -> Parts {
    let aside = ["对", "向"].iter().find_map(|word| before.split_once(word)).filter(|(first, _)| !first.is_empty());
    let before = aside.map_or(before, |(first, _)| first);
    let topic = clean_noun(before);
    let length = topic.chars().count();
    let office = (ends_in_agent(&topic) && !is_platform(&topic)) || length <= 1 || length > 14;
    let people = ["领导", "负责人", "律师", "顾问", "团", "员"].iter().any(|tail| topic.ends_with(tail)) && length <= 8;
    Parts {
        doer: if people { topic.clone() } else { String::new() },
        topic: if office { String::new() } else { topic },
        verb: deed_name(&verb.replace(['、', '和', '并'], "")),
        object: thing_of(object),
    }
}

/// The one name of a deed that is written in several ways.
fn deed_name(verb: &str) -> String {
    SAME_DEEDS.iter().find(|(written, _)| *written == verb).map_or(verb, |(_, named)| named).to_owned()
}

/// Whether a topic is a line, platform or counter through which things come in.
pub fn is_platform(topic: &str) -> bool {
    ["平台", "热线", "系统", "网站", "大厅", "公众号", "信箱"].iter().any(|tail| topic.ends_with(tail))
}

/// The noun of an object: of `A、B等主题活动` the 主题活动.
fn thing_of(object: &str) -> String {
    let noun = object.rsplit_once('等').filter(|(list, noun)| list.contains('、') && noun.chars().count() >= 2);
    clean_noun(noun.map_or(object, |(_, noun)| noun))
}

/// Whether the words behind a unit begin with the thing counted.
pub fn starts_noun(right: &str) -> bool {
    let Some(first) = right.chars().next() else {
        return false;
    };
    let among = right
        .strip_prefix('中')
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['有', '已', '共', '占', '包', ',', '的']));
    let joint = [
        "并", "和", "及", "以", "、", "后", "等", "均", "已", "全部", "被", "未", "无", "次", "共", "同", "其", "占",
        "比", "较", "达", "由", "将", "(", ")",
    ];
    let opens = is_han(first) || matches!(first, '“' | '《' | '"');
    opens
        && !among
        && !joint.iter().any(|word| right.starts_with(word))
        && !DEEDS.iter().any(|deed| right.starts_with(deed))
}

/// The thing behind a unit, up to what it did.
pub fn noun_behind(right: &str) -> String {
    thing_of(right.get(..noun_end(right)).unwrap_or(right))
}

/// Where the noun at the head of `right` ends. Brackets and quotations belong to it.
pub fn noun_end(right: &str) -> usize {
    let mut depth = 0_i32;
    let mut last = ' ';
    for (at, sign) in right.char_indices() {
        let rest = right.get(at..).unwrap_or("");
        let inside = depth > 0;
        match sign {
            '“' | '(' | '《' => depth += 1,
            '”' | ')' | '》' => depth -= 1,
            _ => {}
        }
        let before = last;
        last = sign;
        if inside || depth > 0 || at == 0 {
            continue;
        }
        let part_of_word = "公行责存保成现实参".contains(before);
        let deed = DEEDS.iter().find(|deed| rest.starts_with(**deed));
        let ends = match deed {
            Some(deed) => deed.chars().count() > 1 || !part_of_word,
            None => matches!(sign, '的' | '、' | '和' | '及' | '中') && at >= 6,
        };
        if ends {
            return at;
        }
    }
    right.len()
}

/// What the thing behind a unit did: `参加竞赛`; of a long one the quoted name.
pub fn deed_behind(right: &str) -> String {
    let at_once = DEEDS.iter().any(|deed| right.starts_with(deed));
    let rest = right.get(if at_once { 0 } else { noun_end(right) }..).unwrap_or("");
    if rest.starts_with("共同") || rest.starts_with(['的', '中', '、', '和', '及']) || rest.starts_with("基础")
    {
        return String::new();
    }
    let rest = rest.trim_start_matches(['已', '均', '共', '被', '经', '并']);
    let rest = ["全部", "统一", "进行了", "进行", "实现", "开展", "参加了", "荣获", "获得", "获"]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest);
    if let Some((_, name)) = rest.split_once('“')
        && let Some((name, _)) = name.split_once('”')
    {
        return format!("“{name}”");
    }
    let rest: String = rest.chars().filter(|sign| !matches!(sign, '了')).take(20).collect();
    let cut = ["实现", ",", "、并"].iter().filter_map(|word| rest.find(word)).min().unwrap_or(rest.len());
    let rest = clean_noun(rest.get(..cut).unwrap_or(&rest));
    let deeds_only = VERBS.iter().fold(rest.clone(), |left, verb| left.replace(verb, ""));
    if deeds_only.chars().count() < 2 { String::new() } else { rest }
}
