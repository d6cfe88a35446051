//! Reports as the files they come in: whatever the kind, the figures are those of the plain text.
#![allow(clippy::unwrap_used)] // what fails here is the test

mod make;

use std::path::Path;

use make::{Codes, docx, html, pdf};
use proptest::prelude::*;
use reader::{Figure, open, read};

/// A report of ours: nothing in it is from a published one.
const REPORT: &str = "某县2023年法治政府建设年度报告\n\
    2023年,某县深入学习贯彻习近平法治思想,扎实推进法治政府建设,各项工作取得新的成效。现将有关情况报告如下。\n\
    一、主要举措和成效\n\
    (一)持续优化营商环境。全年共办理政务服务事项12.6万件,其中网上办理10.2万件,占比81%,平均办理时限压缩62.5%,开展“一件事一次办”36项,新增证明事项告知承诺27项。\n\
    (二)规范行政执法。全年办理行政处罚案件1,234件,罚没款386.5万元;组织执法人员培训6期、参训860人次,\
    开展案卷评查2次,评查案卷150卷,发现问题43个,全部整改完成,合格率达97.3%,较上年提高1.8个百分点。\n\
    (三)化解矛盾纠纷。收到行政复议申请98件,受理91件,审结85件;调解纠纷3020件,调解成功2986件,成功率98.9%。\n\
    二、存在的问题\n\
    行政机关负责人出庭应诉率还不高,全县13个乡镇中仍有2个未配备专职法制审核人员。\n\
    三、下一步打算\n\
    继续加强基层执法队伍建设,推动法治政府建设再上新台阶。\n";

/// What a figure says, wherever it stands.
fn said(figures: &[Figure]) -> Vec<String> {
    let one = |f: &Figure| format!("{} {} {} {} {}", f.subject, f.value, f.unit, f.qualifier.name(), f.change.name());
    figures.iter().map(one).collect()
}

/// The documents that are made of a text, each with its kind.
fn documents(text: &str) -> Vec<(String, Vec<u8>)> {
    let page = html(text);
    let gbk = page.replace("utf-8", "gb2312");
    let quoted = |bytes: &[u8]| -> String {
        let signs: Vec<String> = bytes.iter().map(|byte| format!("={byte:02X}")).collect();
        signs.chunks(24).map(|line| line.concat() + "=\r\n").collect()
    };
    let saved = format!(
        "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; \
         boundary=\"edge\"\r\n\r\n--edge\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         {}\r\n--edge--\r\n",
        quoted(page.as_bytes())
    );
    let mut all = vec![
        ("docx".to_owned(), docx(text)),
        ("html".to_owned(), page.into_bytes()),
        ("mhtml".to_owned(), saved.into_bytes()),
    ];
    let (gbk, _, lost) = encoding_rs::GB18030.encode(&gbk);
    assert!(!lost);
    all.push(("html in GB18030".to_owned(), gbk.into_owned()));
    for codes in [Codes::Wide, Codes::Gbk, Codes::Mapped] {
        all.push((format!("pdf {codes:?}"), pdf(text, codes)));
    }
    all
}

#[test]
fn every_kind_of_document_gives_the_figures_of_its_text() {
    let expected = said(&read("某县2023", REPORT));
    assert_eq!(expected.len(), 23, "{expected:#?}");
    for (kind, bytes) in documents(REPORT) {
        let text = open("某县2023", &bytes).unwrap();
        assert_eq!(said(&read("某县2023", &text)), expected, "{kind}:\n{text}");
        assert!(!text.contains("99") && !text.contains("首页"), "{kind}:\n{text}");
        assert!(!text.contains("— 1 —"), "{kind}:\n{text}");
    }
}

#[test]
fn a_running_head_is_read_once_and_page_numbers_are_not() {
    let text = open("x", &pdf(&REPORT.repeat(5), Codes::Gbk)).unwrap();
    assert_eq!((text.matches("某县人民政府文件").count(), text.contains("— 2 —")), (1, false), "{text}");
    assert_eq!(read("某县2023", &text).len(), 5 * read("某县2023", REPORT).len());
    for line in text.lines().filter(|line| line.contains("规范行政执法")) {
        assert!(line.ends_with("1.8个百分点。"), "{line}");
    }
}

#[test]
fn the_five_reports_give_the_same_figures_as_documents() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reports");
    if !folder.join("figures.tsv").is_file() {
        println!("no reports beside the repository: nothing compared");
        return;
    }
    let names = ["xilingol-2020", "xinxiang-2021", "qilian-2020", "baotou-2020", "inner-mongolia-2024"];
    for name in names {
        let bytes = std::fs::read(folder.join(format!("{name}.txt"))).unwrap();
        let text = open(name, &bytes).unwrap();
        let expected = said(&read(name, &text));
        assert!(expected.len() > 40);
        for (kind, bytes) in documents(&text) {
            // GBK itself has no letters for the readings that one of them carries.
            if kind == "pdf Gbk" && name == "inner-mongolia-2024" {
                continue;
            }
            let opened = open(name, &bytes).unwrap();
            assert_eq!(said(&read(name, &opened)), expected, "{name} as {kind}");
        }
    }
}

/// Printed by Chromium 156 from a page of our own: its fonts are parts of fonts, with maps that say 人 and 民 as radicals.
#[test]
fn a_page_printed_by_a_browser_is_read() {
    let text = open("printed.pdf", include_bytes!("printed.pdf")).unwrap();
    let figures = said(&read("某县2023", &text));
    assert_eq!(figures, said(&read("某县2023", include_str!("printed.txt"))), "{text}");
    assert!(text.contains("人民政府"));
}

#[test]
fn a_scan_and_fonts_without_meaning_are_said_to_be_so() {
    let image = make::stream(&[0; 12], false, "/Type /XObject /Subtype /Image /Width 2 /Height 2");
    let scan = make::file(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] /MediaBox [0 0 595 842] >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>".to_vec(),
        make::stream(b"q 595 0 0 842 0 0 cm /I Do Q", true, ""),
        image,
    ]);
    let error = open("报告.pdf", &scan).unwrap_err();
    assert_eq!(error.why.code(), "scan");
    assert!(error.to_string().contains("报告.pdf") && error.to_string().contains("OCR"));
    assert_eq!(open("x", &pdf(REPORT, Codes::Unmapped)).unwrap_err().why.code(), "unmapped");
}

#[test]
fn a_stamp_across_the_page_and_heads_of_pages_are_no_text() {
    let hex = |text: &str| text.encode_utf16().map(|unit| format!("{unit:04X}")).collect::<String>();
    let drawn = format!(
        "/Artifact << /Type /Pagination /Subtype /Header >> BDC BT /F 10 Tf 72 810 Td <{}> Tj ET EMC\n\
         BT /F 60 Tf 0.7 0.7 -0.7 0.7 100 100 Tm <{}> Tj ET\n\
         BT /F 16 Tf 104 700 Td <{}> Tj ET BT /F 16 Tf 104.3 700 Td <{}> Tj ET\n\
         BT /F 16 Tf 72 640 Td <{}> Tj 200 0 Td <{}> Tj ET",
        hex("页眉9件"),
        hex("仅供8人内部使用"),
        hex("全年办理行政复议案件36件。"),
        hex("全年办理行政复议案件36件。"),
        hex("行政处罚"),
        hex("12件"),
    );
    let bytes = make::file(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] /MediaBox [0 0 595 842] >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents [4 0 R] /Resources << /Font << /F 5 0 R >> >> >>".to_vec(),
        make::stream(drawn.as_bytes(), false, ""),
        b"<< /Type /Font /Subtype /Type0 /Encoding /UniGB-UTF16-H /DescendantFonts [<< /Type /Font >>] >>".to_vec(),
    ]);
    assert_eq!(
        open("x", &bytes).unwrap(),
        "\u{3000}\u{3000}全年办理行政复议案件36件。\n\u{3000}\u{3000}行政处罚\t12件\n"
    );
}

/// A PDF of one page with these lines, each at its place from the left.
fn lines(lines: &[(u32, &str)]) -> Vec<u8> {
    let hex = |text: &str| text.encode_utf16().map(|unit| format!("{unit:04X}")).collect::<String>();
    let line = |(row, (left, text)): (usize, &(u32, &str))| {
        format!("BT /F 16 Tf {left} {} Td <{}> Tj ET\n", 750 - 28 * row, hex(text))
    };
    let drawn: String = lines.iter().enumerate().map(line).collect();
    make::file(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] /MediaBox [0 0 595 842] >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>".to_vec(),
        make::stream(drawn.as_bytes(), false, ""),
        b"<< /Type /Font /Subtype /Type0 /Encoding /UniGB-UCS2-H /DescendantFonts [<< /Type /Font >>] >>".to_vec(),
    ])
}

#[test]
fn lines_are_joined_where_a_paragraph_goes_on_and_nowhere_else() {
    let page = lines(&[
        (72, "\u{3000}\u{3000}全年办理行政复议申请收件登记立案审理调解等各类事项"),
        (72, "共九百余次，服务群众不断增多，其中办理法律援助受援总人数12"),
        // The number and its unit had no room together on the line before.
        (72, "348次；案件质量稳步提升，群众满意程度逐年提高，得到一致好评。"),
        (72, "\u{3000}\u{3000}全县各有关部门单位密切配合协同推进工作任务落实见效。"),
        (72, "一、下一步打算"),
    ]);
    let text = open("x", &page).unwrap();
    let found: Vec<&str> = text.lines().map(|line| line.trim_start_matches('\u{3000}')).collect();
    assert_eq!(found.len(), 3, "{text}");
    assert!(found[0].contains("人数12348次") && found[1].starts_with("全县各") && found[2] == "一、下一步打算");
}

#[test]
fn what_unpacks_to_more_than_it_may_is_refused() {
    let huge = vec![b' '; 80 << 20];
    let bomb = make::packed(&[("word/document.xml", &huge)]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(open("x", &bomb).unwrap_err().why.code(), "too-large");
    // Objects in a stream that unpacks to half a gigabyte: it is measured before anything opens it.
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..520 {
        std::io::Write::write_all(&mut packer, &[0_u8; 1 << 20]).unwrap();
    }
    let data = packer.finish().unwrap();
    let mut file = b"%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\n".to_vec();
    file.extend(data);
    file.extend(b"\nendstream\nendobj\n");
    assert_eq!(open("x", &file).unwrap_err().why.code(), "too-large");
}

#[test]
fn folders_of_other_programs_are_told_apart() {
    for (part, code) in [
        ("OFD.xml", "ofd"),
        ("xl/workbook.xml", "sheet"),
        ("ppt/presentation.xml", "slides"),
        ("word/nothing.xml", "packed"),
    ] {
        assert_eq!(open("x", &make::packed(&[(part, b"<a/>")])).unwrap_err().why.code(), code);
    }
    let empty = make::packed(&[("word/document.xml", b"<w:document><w:body><w:p/></w:body></w:document>")]);
    assert_eq!(open("x", &empty).unwrap_err().why.code(), "no-text");
}

/// A document with some bytes changed, taken out or put in.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let all: Vec<Vec<u8>> = documents(REPORT).into_iter().map(|(_, bytes)| bytes).collect();
    let change = (any::<prop::sample::Index>(), 0_usize..40, prop::collection::vec(any::<u8>(), 0..12));
    (prop::sample::select(all), prop::collection::vec(change, 0..6)).prop_map(|(mut bytes, changes)| {
        for (at, gone, put) in changes {
            let from = at.index(bytes.len() + 1);
            let to = (from + gone).min(bytes.len());
            bytes.splice(from..to, put);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_documents_are_read_or_refused(bytes in damaged()) {
        match open("damaged", &bytes) {
            Ok(text) => {
                let _ = read("damaged", &text);
            }
            Err(error) => prop_assert!(error.to_string().contains("; "), "{error}"),
        }
    }

    #[test]
    fn any_bytes_behind_the_mark_of_a_kind_are_read_or_refused(
        mark in prop::sample::select(vec!["%PDF-1.4\n", "PK\u{3}\u{4}", "<html>", "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"]),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = open("any", &[mark.as_bytes(), &bytes].concat());
    }
}
