//! What is printed, read back from the PDF.
#![allow(clippy::unwrap_used, reason = "what fails here is the test")]

use std::process::Command;

use platform::{CaseDocument, CaseEvent, CaseFile};

/// Words that Typst would take for markup, were they any.
const MARKUP: &str = "#panic(\"x\") *粗* _斜_ $x^2$ `代码` [括号] @引用 <标签> \\ // 注释 #include \"/etc/passwd\"";

/// Longer than a line.
const NAME: &str = "某某藏族自治州某某县某某某某某某某某高原特色农畜产品综合开发利用与冷链物流配送有限责任公司";

fn file(events: usize) -> CaseFile {
    let event = |seq: usize| CaseEvent {
        seq: u32::try_from(seq).unwrap(),
        title: format!("第{seq}次办理"),
        done_at: "2026年3月2日 10:00".into(),
        recorded_at: "2026年3月2日 10:01".into(),
        actor: "欧阳建国".into(),
        post: "执法人员".into(),
        law: "《行政处罚法》第五十四条第一款".into(),
        changes: vec![("认定的事实".into(), format!("{MARKUP}\n第二行"))],
        findings: vec![("超过期限".into(), "大雪封路".into())],
        reason: String::new(),
        annulled: seq == 2,
        documents: vec!["行政处罚决定书".into()],
        hash: "ab".repeat(32),
    };
    CaseFile {
        government: "祁连县".into(),
        agency: "县市场监督管理局".into(),
        line: "行政处罚".into(),
        number: "4711".into(),
        label: "祁罚决〔2026〕3号".into(),
        touched: "2026-05-02".parse().unwrap(),
        cover: vec![("机关".into(), "县市场监督管理局".into())],
        fields: vec![("当事人".into(), NAME.into()), ("事由".into(), MARKUP.into()), ("长".into(), "法".repeat(5_000))],
        events: (1..=events).map(event).collect(),
        documents: vec![
            CaseDocument {
                seq: 1,
                title: "行政处罚决定书".into(),
                day: "2026年3月2日".into(),
                lines: vec!["一、违法事实和证据".into(), MARKUP.into()],
                digest: "cd".repeat(32),
            },
            CaseDocument {
                seq: 2,
                title: "送达回证".into(),
                day: "2026年3月3日".into(),
                lines: vec!["送达人签名".into()],
                digest: String::new(),
            },
        ],
        attachments: vec![("现场照片.jpg".into(), "ef".repeat(32))],
        hash: "0123456789abcdef".repeat(4),
        synthetic: true,
    }
}

/// The text of each page, as another program reads it.
fn pages(pdf: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pdf");
    std::fs::write(&path, pdf).unwrap();
    let read = Command::new("pdftotext").arg(&path).arg("-").output();
    let read = read.expect("pdftotext reads what was printed (Debian: apt install poppler-utils)");
    assert!(read.status.success() && read.stderr.is_empty(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    text.strip_suffix('\u{c}').unwrap().split('\u{c}').map(str::to_owned).collect()
}

/// Without spaces, and without the mark that glues a page number to its dots.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{2060}').collect()
}

/// Without the feet of pages, which may stand within anything.
fn whole(pdf: &[u8]) -> String {
    let body = |page: &String| bare(page.rsplit_once("案卷 4711").map_or(page.as_str(), |(body, _)| body));
    pages(pdf).iter().map(body).collect()
}

#[test]
fn everything_can_be_read_back() {
    let pdf = press::print(&file(3)).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    if let Some(path) = std::env::var_os("KEEP") {
        std::fs::write(path, &pdf).unwrap();
    }
    let text = whole(&pdf);
    for word in [
        "祁连县",
        NAME,
        "案卷编号4711",
        "祁罚决〔2026〕3号",
        "欧阳建国",
        "《行政处罚法》第五十四条第一款",
        "超过期限（理由：大雪封路）",
        "3.第3次办理",
        "2.第2次办理（已撤销）",
        "现场照片.jpg",
        "本卷全部为合成的示范数据",
        &"cd".repeat(32),
        &"ef".repeat(32),
        &"0123456789abcdef".repeat(4),
    ] {
        assert!(text.contains(word), "{word} is not in\n{text}");
    }
    assert!(text.matches("法").count() >= 5_000);
}

#[test]
fn what_people_wrote_is_no_markup() {
    let text = whole(&press::print(&file(1)).unwrap());
    // Once among the fields, once in the event, once in the document.
    assert_eq!(text.matches(&bare(MARKUP)).count(), 3, "{text}");
}

#[test]
fn the_contents_tell_the_pages_on_which_things_stand() {
    let pages = pages(&press::print(&file(40)).unwrap());
    let all = pages.len();
    // Only in the contents do dots lead to a number.
    let lines = || pages.iter().flat_map(|page| page.lines()).map(bare);
    let contents: Vec<String> = lines().filter(|line| line.contains("....")).collect();
    assert_eq!(contents.len(), 5 + 40 + 2, "{contents:?}");
    let titles = (1..=40).map(|seq| format!("{seq}.第{seq}次办理")).chain(["校验".to_owned(), "送达回证".to_owned()]);
    for title in titles {
        let at = 1 + pages.iter().rposition(|page| page.lines().any(|line| bare(line).starts_with(&title))).unwrap();
        let entry = contents.iter().find(|line| line.starts_with(&title)).unwrap();
        let told = entry.rsplit('.').next().unwrap();
        assert_eq!(told, at.to_string(), "{title}");
    }
    for (page, number) in pages.iter().zip(1..) {
        let foot = format!("第{number}页共{all}页");
        assert_eq!(bare(page).contains(&foot), number > 1, "the cover alone has no number: {page}");
    }
}

/// Whether it declares itself fit for archives, in the metadata that such a file leaves uncompressed.
fn archival(pdf: &[u8]) -> bool {
    let mark = b"<pdfaid:part>2</pdfaid:part>";
    pdf.windows(mark.len()).any(|part| part == mark)
}

#[test]
fn it_is_fit_for_archives_and_a_letter_without_a_font_does_not_stop_it() {
    let mut file = file(1);
    assert!(archival(&press::print(&file).unwrap()));
    // A letter of somebody's own making.
    file.label = "甲\u{e7c7}乙".into();
    let pdf = press::print(&file).unwrap();
    assert!(!archival(&pdf));
    assert!(whole(&pdf).contains(NAME));
}

#[test]
fn the_same_is_the_same_to_the_byte() {
    assert_eq!(press::print(&file(2)).unwrap(), press::print(&file(2)).unwrap());
}
