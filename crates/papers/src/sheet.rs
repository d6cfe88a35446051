//! Writes a template from a page of plain text: the first version of each template, which people then change in their
//! text processor.
//!
//! | line | becomes |
//! | --- | --- |
//! | `% red 名称` | the red head with its rule below |
//! | `% title 标题` | the title, centred |
//! | `% number 文号` | the number, centred |
//! | `% to 抬头` | flush left, as the addressee stands |
//! | `% right 署名` | to the right, as signature and date stand |
//! | `# 一、…`, `## （一）…` | a heading of the first or second level |
//! | `\| 甲 \| 乙` | a row of a table; rows that follow each other make one |
//! | anything else | a paragraph; a line with nothing is an empty one |
//!
//! An official letter (公文) has parts of its own:
//!
//! | line | becomes |
//! | --- | --- |
//! | `% mark 某县人民政府文件` | the red head, its top 35 mm below that of the text |
//! | `% ruled 文号` | the number in the middle, with the red rule 4 mm below |
//! | `% upward 文号\|签发人：某` | the same for a letter upward: the number to the left, who signed to the right |
//! | `% headline 标题` | the title, two lines below |
//! | `% signed 署名\|日期` | who signs, in the middle above the day, which ends four letters from the edge |
//! | `% copies 抄送：某`, `% issued 某办公室\|日期印发` | at the foot of the page, between rules |
//!
//! Measures and type are those of GB/T 9704-2012: text in 仿宋 of 三号 (16 points, set a quarter of a point closer, which
//! is its true size) on lines of 28.95 points: 22 lines of 28 letters in 156 by 225 mm.

use crate::packed::pack;
use crate::tree::escape;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const SPACE: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

/// The bytes of a `.docx` with this text.
pub fn sheet(text: &str) -> Vec<u8> {
    let mut body = String::new();
    let mut lines = text.trim_end().lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with('|') {
            let mut rows = vec![line];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(row);
            }
            table(&rows, &mut body);
        } else if line.starts_with("% copies ") || line.starts_with("% issued ") {
            let mut rows = vec![line];
            while let Some(row) = lines.next_if(|line| line.starts_with("% copies ") || line.starts_with("% issued ")) {
                rows.push(row);
            }
            foot(&rows, &mut body);
        } else {
            paragraph(line, &mut body);
        }
    }
    let document = format!(
        "{HEAD}\n<w:document {SPACE}><w:body>{body}<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId2\"/>\
         <w:footerReference w:type=\"even\" r:id=\"rId3\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1985\" w:left=\"1588\" \
         w:header=\"851\" w:footer=\"1307\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    );
    let files: [(&str, String); 9] = [
        (
            "[Content_Types].xml",
            format!(
                "{HEAD}\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
             ContentType=\"application/xml\"/>{}{}{}{}{}{}</Types>",
                kind("document", "document.main"),
                kind("styles", "styles"),
                kind("settings", "settings"),
                kind("fontTable", "fontTable"),
                kind("footer1", "footer"),
                kind("footer2", "footer")
            ),
        ),
        ("_rels/.rels", relations(&[("rId1", "officeDocument", "word/document.xml")])),
        ("word/document.xml", document),
        (
            "word/_rels/document.xml.rels",
            relations(&[
                ("rId1", "styles", "styles.xml"),
                ("rId2", "footer", "footer1.xml"),
                ("rId3", "footer", "footer2.xml"),
                ("rId4", "settings", "settings.xml"),
                ("rId5", "fontTable", "fontTable.xml"),
            ]),
        ),
        ("word/styles.xml", styles()),
        ("word/settings.xml", format!("{HEAD}\n<w:settings {SPACE}><w:evenAndOddHeaders/></w:settings>")),
        ("word/fontTable.xml", faces()),
        ("word/footer1.xml", footer("<w:ind w:rightChars=\"100\" w:right=\"280\"/><w:jc w:val=\"right\"/>")),
        ("word/footer2.xml", footer("<w:ind w:leftChars=\"100\" w:left=\"280\"/><w:jc w:val=\"left\"/>")),
    ];
    pack(files.iter().map(|(name, text)| (*name, text.as_bytes())))
}

/// The number of the page between two dashes; right on odd pages, left on even ones, a letter from the edge.
fn footer(side: &str) -> String {
    let small = type_("宋体", 28, "");
    let (before, after) = (run("— ", &small), run(" —", &small));
    format!(
        "{HEAD}\n<w:ftr {SPACE}><w:p><w:pPr><w:spacing w:line=\"240\" w:lineRule=\"auto\"/>{side}</w:pPr>{before}<w:r>\
         {small}<w:fldChar w:fldCharType=\"begin\"/></w:r><w:r>{small}<w:instrText xml:space=\"preserve\"> PAGE \
         </w:instrText></w:r><w:r>{small}<w:fldChar w:fldCharType=\"end\"/></w:r>{after}</w:p></w:ftr>"
    )
}

/// The face of titles.
const HEADLINE: &str = "方正小标宋简体";

/// Which free face stands in where one of the usual ones is not installed.
fn faces() -> String {
    let free = [
        ("仿宋", "FandolFang R"),
        ("楷体", "FandolKai"),
        ("黑体", "Noto Sans CJK SC"),
        ("宋体", "Noto Serif CJK SC"),
        (HEADLINE, "Noto Serif CJK SC"),
    ];
    let one = |(face, free): &(&str, &str)| {
        format!("<w:font w:name=\"{face}\"><w:altName w:val=\"{free}\"/><w:charset w:val=\"86\"/></w:font>")
    };
    format!("{HEAD}\n<w:fonts {SPACE}>{}</w:fonts>", free.iter().map(one).collect::<String>())
}

fn kind(part: &str, kind: &str) -> String {
    format!(
        "<Override PartName=\"/word/{part}.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml\"/>"
    )
}

fn relations(all: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!(
            "<Relationship Id=\"{id}\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/>"
        )
    };
    let all: String = all.iter().map(one).collect();
    format!(
        "{HEAD}\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
    )
}

fn styles() -> String {
    format!(
        "{HEAD}\n<w:styles {SPACE}><w:docDefaults><w:rPrDefault>{}</w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after=\"0\" \
         w:line=\"579\" w:lineRule=\"exact\"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type=\"paragraph\" \
         w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/><w:qFormat/><w:pPr><w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/></w:pPr></w:style></w:styles>",
        type_("仿宋", TEXT, "<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/>"),
    )
}

/// The width of a page's text, in twentieths of a point.
const WIDE: u32 = 8_844;
/// The size of the text, in half points.
const TEXT: u32 = 32;
/// The width of a letter of it, in twentieths of a point.
const LETTER: u32 = 315;

/// The look of letters: the face, the size in half points, what else.
fn type_(face: &str, size: u32, more: &str) -> String {
    // The order of the elements is fixed by the format: fonts, bold, colour, spacing, size, language.
    let (before, after) = if more.contains("w:lang") { ("", more) } else { (more, "") };
    // 三号 is 15.75 points, and sizes are given in halves.
    let closer = if size == TEXT { "<w:spacing w:val=\"-5\"/>" } else { "" };
    format!(
        "<w:rPr><w:rFonts w:ascii=\"{face}\" w:hAnsi=\"{face}\" w:eastAsia=\"{face}\" w:cs=\"{face}\"/>{before}{closer}<w:sz \
         w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>{after}</w:rPr>"
    )
}

fn run(text: &str, look: &str) -> String {
    let mut escaped = String::new();
    escape(text, &mut escaped);
    format!("<w:r>{look}<w:t xml:space=\"preserve\">{escaped}</w:t></w:r>")
}

fn paragraph(line: &str, out: &mut String) {
    let (mark, text) = line.strip_prefix("% ").and_then(|rest| rest.split_once(' ')).unwrap_or(("", line));
    let middle = "<w:jc w:val=\"center\"/>";
    let indented = "<w:ind w:firstLineChars=\"200\" w:firstLine=\"630\"/><w:jc w:val=\"both\"/>";
    let free = "<w:spacing w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/>";
    let rule = |space: u32| {
        format!("<w:pBdr><w:bottom w:val=\"single\" w:sz=\"18\" w:space=\"{space}\" w:color=\"FF0000\"/></w:pBdr>")
    };
    let plain = type_("仿宋", TEXT, "");
    match mark {
        "red" => {
            let look = type_("宋体", 62, "<w:b/><w:color w:val=\"FF0000\"/>");
            block(&format!("{}{free}{middle}", rule(6)), text, &look, out);
        }
        "mark" => {
            // As large as nine tenths of the width allow, at most 64 points; 35 mm below the top edge of the text.
            let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX).max(1);
            let size = (WIDE / 11 / letters).min(128);
            let form = "<w:spacing w:before=\"1984\" w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/>";
            block(&format!("{form}{middle}"), text, &type_(HEADLINE, size, "<w:color w:val=\"FF0000\"/>"), out);
        }
        "ruled" | "upward" => {
            // Two lines below the red head; the rule 4 mm (11 points) below.
            let form = "<w:spacing w:before=\"1158\" w:after=\"0\" w:line=\"320\" w:lineRule=\"exact\"/>";
            match text.split_once('|') {
                Some((number, signer)) => {
                    let tab = format!("<w:tabs><w:tab w:val=\"right\" w:pos=\"{}\"/></w:tabs>", WIDE - LETTER);
                    out.push_str(&format!(
                        "<w:p><w:pPr>{}{tab}{form}<w:ind w:firstLine=\"{LETTER}\"/></w:pPr>{}<w:r>{plain}<w:tab/></w:r>{}</w:p>",
                        rule(11),
                        run(number, &plain),
                        run(signer, &plain),
                    ));
                }
                None => block(&format!("{}{form}{middle}", rule(11)), text, &plain, out),
            }
        }
        "headline" => {
            let form = "<w:spacing w:before=\"1158\" w:after=\"0\" w:line=\"700\" w:lineRule=\"exact\"/>";
            block(&format!("{form}{middle}"), text, &type_(HEADLINE, 44, ""), out);
        }
        "title" => {
            let form = "<w:spacing w:before=\"240\" w:after=\"120\" w:line=\"700\" w:lineRule=\"exact\"/>";
            block(&format!("{form}{middle}"), text, &type_("宋体", 44, "<w:b/>"), out);
        }
        "number" => block(middle, text, &plain, out),
        "to" => block("<w:jc w:val=\"both\"/>", text, &plain, out),
        "right" => block(&right(4 * LETTER), text, &plain, out),
        "signed" => {
            let (who, day) = text.split_once('|').unwrap_or((text, ""));
            // The middle of the name stands above the middle of the day; a long name ends at the edge.
            let (name, date) = (width(who), width(day));
            block(&right((4 * LETTER + date / 2).saturating_sub(name / 2)), who, &plain, out);
            block(&right(4 * LETTER), day, &plain, out);
        }
        _ => match line.split_once(' ') {
            Some(("#", heading)) => block(indented, heading, &type_("黑体", TEXT, ""), out),
            Some(("##", heading)) => block(indented, heading, &type_("楷体", TEXT, ""), out),
            _ => block(indented, line, &plain, out),
        },
    }
}

/// To the right, so far from the edge in twentieths of a point.
fn right(from: u32) -> String {
    format!("<w:ind w:right=\"{from}\"/><w:jc w:val=\"right\"/>")
}

/// How wide a text is, in twentieths of a point: a letter, or half of one for a digit.
fn width(text: &str) -> u32 {
    text.chars().map(|letter| if letter.is_ascii() { LETTER / 2 } else { LETTER }).sum()
}

fn block(form: &str, text: &str, look: &str, out: &mut String) {
    let run = if text.is_empty() { String::new() } else { run(text, look) };
    out.push_str(&format!("<w:p><w:pPr>{form}</w:pPr>{run}</w:p>"));
}

/// Lines between rules at the foot of the page on which they stand: a table that floats there.
fn foot(rows: &[&str], out: &mut String) {
    let edge = |side: &str, thick: u32| {
        format!("<w:{side} w:val=\"single\" w:sz=\"{thick}\" w:space=\"0\" w:color=\"000000\"/>")
    };
    // 0.35 mm above and below, 0.25 mm between.
    let edges = [edge("top", 8), edge("bottom", 8), edge("insideH", 6)].concat();
    out.push_str(&format!(
        "<w:tbl><w:tblPr><w:tblpPr w:vertAnchor=\"margin\" w:horzAnchor=\"margin\" w:tblpXSpec=\"center\" \
         w:tblpYSpec=\"bottom\"/><w:tblOverlap w:val=\"never\"/><w:tblW w:w=\"{WIDE}\" w:type=\"dxa\"/><w:tblBorders>{edges}\
         </w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"280\" w:type=\"dxa\"/><w:right w:w=\"280\" \
         w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w=\"{WIDE}\"/></w:tblGrid>"
    ));
    let small = type_("仿宋", 28, "");
    for row in rows {
        let text = row.get("% copies ".len()..).unwrap_or_default();
        let (who, day) = text.split_once('|').unwrap_or((text, ""));
        let day =
            if day.is_empty() { String::new() } else { format!("<w:r>{small}<w:tab/></w:r>{}", run(day, &small)) };
        out.push_str(&format!(
            "<w:tr><w:tc><w:tcPr><w:tcW w:w=\"{WIDE}\" w:type=\"dxa\"/></w:tcPr><w:p><w:pPr><w:tabs><w:tab w:val=\"right\" \
             w:pos=\"{}\"/></w:tabs><w:spacing w:after=\"0\" w:line=\"480\" w:lineRule=\"exact\"/></w:pPr>{}{day}</w:p></w:tc>\
             </w:tr>",
            WIDE - 560,
            run(who, &small)
        ));
    }
    out.push_str("</w:tbl><w:p><w:pPr><w:spacing w:after=\"0\" w:line=\"20\" w:lineRule=\"exact\"/></w:pPr></w:p>");
}

/// A table as wide as the text; the first cell of a row of two is narrow: it names what the other says.
fn table(rows: &[&str], out: &mut String) {
    let edge = |side: &str| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>");
    let edges: String = ["top", "left", "bottom", "right", "insideH", "insideV"].map(edge).concat();
    let cells = |row: &&str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let most = rows.iter().map(Vec::len).max().unwrap_or(1);
    let even = WIDE / u32::try_from(most).unwrap_or(1);
    let widths: Vec<u32> = (0..most)
        .map(|index| match (most, index) {
            (2, 0) => WIDE / 4,
            (2, _) => WIDE - WIDE / 4,
            _ => even,
        })
        .collect();
    let grid: String = widths.iter().map(|width| format!("<w:gridCol w:w=\"{width}\"/>")).collect();
    out.push_str(&format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{WIDE}\" w:type=\"dxa\"/><w:tblBorders>{edges}</w:tblBorders><w:tblLayout \
         w:type=\"fixed\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    ));
    for row in rows {
        out.push_str("<w:tr>");
        let last = row.len() - 1;
        for (index, cell) in row.iter().enumerate() {
            // A short row's last cell reaches to the edge.
            let span = if index == last { most - last } else { 1 };
            let width: u32 = widths[index..index + span].iter().sum();
            let span = if span > 1 { format!("<w:gridSpan w:val=\"{span}\"/>") } else { String::new() };
            out.push_str(&format!(
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{span}<w:vAlign w:val=\"center\"/></w:tcPr><w:p><w:pPr>\
                 <w:spacing w:before=\"60\" w:after=\"60\" w:line=\"480\" w:lineRule=\"exact\"/></w:pPr>{}</w:p></w:tc>",
                run(cell, &type_("仿宋", 28, ""))
            ));
        }
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
    // Two tables need something between them, and a page cannot end with one.
    out.push_str("<w:p><w:pPr><w:spacing w:after=\"0\" w:line=\"240\" w:lineRule=\"exact\"/></w:pPr></w:p>");
}
