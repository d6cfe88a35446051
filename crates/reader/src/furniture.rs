//! What a web page or a printed page adds around a report.

/// Labels of a page's frame: a short line that holds one is not report text.
/// Words that a report may use as well carry their colon.
const LABELS: &[&str] = &[
    "ICP备",
    "公网安备",
    "版权所有",
    "网站标识码",
    "浏览次数:",
    "阅读次数:",
    "点击次数:",
    "点击数:",
    "浏览量:",
    "阅读量:",
    "点击量:",
    "访问量:",
    "浏览:",
    "阅读:",
    "点击:",
    "访问次数:",
    "人气:",
    "今日访问:",
    "字号:",
    "字体:",
    "【字体",
    "【打印",
    "【关闭",
    "发布日期:",
    "发布时间:",
    "发布机构:",
    "发布人:",
    "信息来源:",
    "来源:",
    "当前位置:",
    "索引号:",
    "发文字号:",
    "文号:",
    "成文日期:",
    "生成日期:",
    "公开日期:",
    "发文日期:",
    "联系电话:",
    "办公电话:",
    "咨询电话:",
    "传真:",
    "邮编:",
    "邮政编码:",
    "主办:",
    "主办单位:",
    "承办单位:",
    "分享到",
    "上一篇",
    "下一篇",
    "扫一扫",
    "总编:",
    "责任编辑:",
    "编辑:",
    "首页>",
    "轮播图",
    "登录后",
    "技术支持:",
    "网站地图",
    "时间:20",
    "时间:19",
    "有效性:",
    "主题分类:",
    "保护视力色",
];

/// The same labels where a page sets them off by a blank.
const FIRST_WORDS: &[&str] = &["浏览次数", "阅读次数", "点击次数", "访问次数", "浏览量", "点击数", "您是第"];

/// Whether a normalised line belongs to the page and not to the report.
pub fn is_furniture(line: &str) -> bool {
    let length = line.chars().count();
    if length <= 16 && is_page_number(line) {
        return true;
    }
    if length > 70 || line.contains('。') {
        return false;
    }
    let counter = length <= 20 && FIRST_WORDS.iter().any(|word| line.starts_with(word));
    counter || LABELS.iter().any(|label| line.contains(label))
}

/// `- 3 -`, `3/12`, `第3页`, `第 3 页 共 12 页`, or nothing but signs and digits.
fn is_page_number(line: &str) -> bool {
    let framed = line.starts_with('第') && line.ends_with('页');
    let bare = line
        .chars()
        .all(|sign| sign.is_ascii_digit() || matches!(sign, '-' | '—' | '/' | '·' | ' ' | '|' | '_' | '*' | '='));
    framed || (bare && !line.is_empty())
}

/// Whether a line begins as a heading or a list item does: `一、`, `(二)`, `3.`, `第四章`.
pub fn is_heading(line: impl Iterator<Item = char>) -> bool {
    let mut signs = line.take(6).peekable();
    let bracket = signs.next_if(|&sign| sign == '(' || sign == '第').is_some();
    let mut numeral = 0;
    while signs.next_if(|sign| sign.is_ascii_digit() || "一二三四五六七八九十百零".contains(*sign)).is_some()
    {
        numeral += 1;
    }
    let Some(next) = signs.next() else {
        return false;
    };
    numeral > 0
        && if bracket { matches!(next, ')' | '章' | '节' | '条' | '部') } else { matches!(next, '、' | '.') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_told_from_a_report() {
        for line in ["-3-", "第3页共12页", "浏览次数:1204次", "主办:某县人民政府ICP备05000001号"] {
            assert!(is_furniture(line), "{line}");
        }
        for line in ["公众号访问量达到3万次。", "第3次会议", "办理案件3件"] {
            assert!(!is_furniture(line), "{line}");
        }
    }

    #[test]
    fn headings_are_known_by_their_beginning() {
        for line in ["一、总体情况", "(三)强化监督", "12.重点", "第二章总则"] {
            assert!(is_heading(line.chars()), "{line}");
        }
        for line in ["一是加强领导", "12件", "第三方评估"] {
            assert!(!is_heading(line.chars()), "{line}");
        }
    }
}
