//! What people send: sheets good and bad, made here by the library that writes them, byte by byte where it can't.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use sheets::{Bounds, Cell, HeadWrong, Unreadable, heads, plain, read};

fn xlsx(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// A file of Excel before 2007, by its records: BOF, the sheet's name and place, then its cells.
fn xls(cells: &[(u16, u16, &str)]) -> Vec<u8> {
    let record = |kind: u16, body: &[u8]| {
        let length = u16::try_from(body.len()).unwrap();
        [kind.to_le_bytes().as_slice(), length.to_le_bytes().as_slice(), body].concat()
    };
    let bof = |kind: u16| {
        let words = [0x0600_u16, kind, 0x0DBB, 0x07CC].map(u16::to_le_bytes).concat();
        record(0x0809, &[words, vec![0; 8]].concat())
    };
    let end = record(0x000A, &[]);
    let name = [vec![0; 6], vec![2, 1], "名册".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let mut globals = [bof(0x0005), record(0x0042, &1200_u16.to_le_bytes())].concat();
    let place = u32::try_from(globals.len() + 4 + name.len() + end.len()).unwrap();
    let mut sheet = name;
    sheet[..4].copy_from_slice(&place.to_le_bytes());
    globals.extend([record(0x0085, &sheet), end.clone()].concat());
    globals.extend(bof(0x0010));
    for (row, column, text) in cells {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(text.encode_utf16().count()).unwrap();
        let head = [*row, *column, 0, length].map(u16::to_le_bytes).concat();
        globals.extend(record(0x0204, &[head, vec![1], units].concat()));
    }
    globals.extend(end);
    globals.resize(globals.len().max(4096), 0);
    let memory = Cursor::new(Vec::new());
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, memory).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&globals).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn cells_come_as_they_are_kept() {
    let bytes = xlsx(|sheet| {
        let day = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_string(0, 0, "　名称 ").unwrap();
        sheet.write_number(1, 1, 43_831.0).unwrap();
        sheet.write_datetime_with_format(1, 2, ExcelDateTime::from_ymd(2020, 7, 15).unwrap(), &day).unwrap();
        sheet.write_formula(1, 3, Formula::new("=1+1").set_result("2")).unwrap();
        sheet.write_boolean(1, 4, true).unwrap();
        sheet.write_string(2, 0, "  ").unwrap();
    });
    let grid = read(&bytes, Bounds::default()).unwrap();
    assert_eq!(grid.rows.len(), 2, "a row of blanks is none");
    assert_eq!(grid.rows[0].get(0), Some(&text("名称")));
    assert_eq!(grid.rows[1].get(1), Some(&Cell::Number(43_831.0)));
    assert_eq!(grid.rows[1].get(2).map(Cell::shown).as_deref(), Some("2020-07-15"));
    assert_eq!(grid.rows[1].get(3), Some(&Cell::Number(2.0)));
    assert_eq!((grid.formulas, grid.formula_cells.as_slice()), (1, ["D2".to_owned()].as_slice()));
    assert_eq!(grid.rows[1].get(4), Some(&Cell::Bool(true)));
}

#[test]
fn a_hundred_thousand_blank_rows_are_passed_over() {
    let bytes = xlsx(|sheet| {
        let framed = Format::new().set_border(rust_xlsxwriter::FormatBorder::Thin);
        sheet.write_string(0, 0, "名称").unwrap();
        for row in 1..100_000 {
            sheet.write_blank(row, 0, &framed).unwrap();
        }
        sheet.write_string(1_048_575, 16_383, "最后").unwrap();
    });
    let grid = read(&bytes, Bounds { rows: 10, ..Bounds::default() }).unwrap();
    assert_eq!(grid.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 1_048_576]);
}

#[test]
fn bounds_hold() {
    let bytes = xlsx(|sheet| {
        for row in 0..20 {
            sheet.write_string(row, 0, "甲").unwrap();
        }
    });
    let with = |bounds| read(&bytes, bounds).map(|grid| grid.rows.len());
    assert_eq!(with(Bounds::default()), Ok(20));
    assert_eq!(with(Bounds { rows: 19, ..Bounds::default() }), Err(Unreadable::TooLarge("rows", 19)));
    assert_eq!(with(Bounds { cells: 19, ..Bounds::default() }), Err(Unreadable::TooLarge("cells", 19)));
    assert_eq!(with(Bounds { file: 99, ..Bounds::default() }), Err(Unreadable::TooLarge("bytes", 99)));
}

/// Ten megabytes of nothing pack into ten kilobytes; what the file says of its own size is not asked.
#[test]
fn a_bomb_is_not_unpacked() {
    let good = xlsx(|sheet| {
        sheet.write_string(0, 0, "名称").unwrap();
    });
    let mut file = zip::ZipArchive::new(Cursor::new(good)).unwrap();
    let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<String> = file.file_names().map(|name| name.unwrap().into_owned()).collect();
    for name in names {
        bomb.raw_copy_file(file.by_name(&name).unwrap()).unwrap();
    }
    bomb.start_file("xl/more.xml", zip::write::SimpleFileOptions::default()).unwrap();
    bomb.write_all(&vec![b' '; 10 << 20]).unwrap();
    let bytes = bomb.finish().unwrap().into_inner();
    assert!(bytes.len() < 100_000);
    let bounds = Bounds { unpacked: 5 << 20, ..Bounds::default() };
    assert_eq!(read(&bytes, bounds), Err(Unreadable::TooLarge("unpacked bytes", 5 << 20)));
    assert!(read(&bytes, Bounds::default()).is_ok());
}

#[test]
fn what_is_no_sheet_is_told() {
    let is = |bytes: &[u8]| read(bytes, Bounds::default()).unwrap_err();
    assert_eq!(is(b""), Unreadable::Empty);
    assert_eq!(is(b"\n\n , ,\n"), Unreadable::Empty);
    assert_eq!(is(b"%PDF-1.7 ..."), Unreadable::NoSheet("PDF"));
    assert_eq!(is(b"<html><table><tr><td>1</td></tr></table></html>"), Unreadable::NoSheet("a web page"));
    assert_eq!(is(b"\x89PNG\r\n"), Unreadable::NoSheet("a picture"));
    assert_eq!(is(b"abc\0def"), Unreadable::NoSheet("no text"));
    assert_eq!(is(b"abc\xff\xff\xff"), Unreadable::Encoding);
    assert!(matches!(is(b"PK\x03\x04 and nothing more"), Unreadable::Damaged(_)));
    let mut word = zip::ZipWriter::new(Cursor::new(Vec::new()));
    word.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    assert_eq!(is(&word.finish().unwrap().into_inner()), Unreadable::NoSheet("a Word document"));
    let mut locked = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    locked.create_stream("/EncryptedPackage").unwrap().write_all(b"secret").unwrap();
    locked.flush().unwrap();
    assert_eq!(is(&locked.into_inner().into_inner()), Unreadable::Locked);
}

#[test]
fn half_a_file_is_damaged() {
    let bytes = xlsx(|sheet| {
        sheet.write_string(0, 0, "名称").unwrap();
    });
    assert!(matches!(read(&bytes[..bytes.len() / 2], Bounds::default()), Err(Unreadable::Damaged(_))));
}

#[test]
fn an_old_file_is_read() {
    let bytes = xls(&[(0, 0, "姓名"), (0, 1, "部门"), (3, 0, "王小明"), (3, 1, "司法局")]);
    let grid = read(&bytes, Bounds::default()).unwrap();
    assert_eq!(grid.sheet, "名册");
    assert_eq!(grid.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(grid.rows[1].get(1), Some(&text("司法局")));
}

#[test]
fn an_old_file_of_two_cells_far_apart_is_not_blown_up() {
    let bytes = xls(&[(0, 0, "姓名"), (65_535, 255, "王小明")]);
    assert_eq!(read(&bytes, Bounds::default()), Err(Unreadable::TooLarge("cells", 6_000_000)));
}

#[test]
fn text_in_the_encodings_of_china() {
    let lines = "姓名,部门\r\n王小明,\"司法局,一科\"\r\n\r\n李某某,=\"00123\"\r\n";
    let with_mark = [b"\xEF\xBB\xBF".as_slice(), lines.as_bytes()].concat();
    let chinese = encoding_rs::GB18030.encode(lines).0.into_owned();
    let wide: Vec<u8> = "\u{feff}姓名\t部门\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, encoding) in [(lines.as_bytes(), "UTF-8"), (&with_mark, "UTF-8"), (&chinese, "GB18030")] {
        let grid = read(bytes, Bounds::default()).unwrap();
        assert_eq!(grid.encoding, Some(encoding));
        assert_eq!(grid.rows[1].get(1), Some(&text("司法局,一科")));
        assert_eq!(grid.rows[2].number, 4, "a blank line counts");
        assert_eq!(grid.rows[2].get(1), Some(&text("00123")));
    }
    assert_eq!(read(&wide, Bounds::default()).unwrap().rows[0].get(1), Some(&text("部门")));
    for separated in ["姓名;部门\n王;司", "姓名\t部门\n王\t司", "姓名|部门\n王|司", "sep=;\n姓名;部门\n王;司"]
    {
        let grid = read(separated.as_bytes(), Bounds::default()).unwrap();
        assert_eq!(grid.rows[1].get(1), Some(&text("司")), "{separated}");
    }
}

#[test]
fn cells_with_several_lines_keep_the_rows_apart() {
    let grid = read("a,b\n\"1\n2\",x\ny,z\n".as_bytes(), Bounds::default()).unwrap();
    assert_eq!(grid.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3]);
}

const KNOWN: [&str; 4] = ["姓名", "证件号码", "住址", "申请人：姓名"];

fn known(title: &str) -> bool {
    KNOWN.iter().any(|known| plain(known) == plain(title))
}

#[test]
fn a_head_stands_below_titles_and_remarks() {
    let lines = "某某县登记表,,\n填报单位：,司法局,\n* 姓 名,证件号码（18位）,备注\n王,1,x\n";
    let mut grid = read(lines.as_bytes(), Bounds::default()).unwrap();
    let heads = heads(&mut grid, |title| known(title) || plain(title) == plain("证件号码（18位）")).unwrap();
    assert_eq!((heads.rows, heads.first), ((3, 3), 3));
    assert_eq!(heads.columns[2].1, "备注");
}

#[test]
fn two_rows_with_merged_titles_are_one_head() {
    let bytes = xlsx(|sheet| {
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 3, "登记表", &plain).unwrap();
        sheet.merge_range(1, 0, 1, 1, "申请人", &plain).unwrap();
        sheet.merge_range(1, 2, 2, 2, "住址", &plain).unwrap();
        sheet.write_string(2, 0, "姓名").unwrap();
        sheet.write_string(2, 1, "证件号码").unwrap();
        for row in 3..6 {
            sheet.write_string(row, 0, format!("甲{row}")).unwrap();
        }
        sheet.merge_range(3, 2, 4, 2, "八宝镇", &plain).unwrap();
    });
    let mut grid = read(&bytes, Bounds::default()).unwrap();
    let heads = heads(&mut grid, known).unwrap();
    let titles: Vec<&str> = heads.columns.iter().map(|(_, title)| title.as_str()).collect();
    assert_eq!(titles[..3], ["申请人：姓名", "证件号码", "住址"]);
    assert_eq!(heads.rows, (2, 3));
    let below: Vec<Option<&Cell>> = grid.rows[heads.first..].iter().map(|row| row.get(2)).collect();
    assert_eq!(below, [Some(&text("八宝镇")), Some(&text("八宝镇")), None], "merged down: for each of its rows");
}

#[test]
fn what_cannot_be_told_apart_is_named_by_its_cells() {
    let mut none = read("甲,乙\n1,2\n".as_bytes(), Bounds::default()).unwrap();
    assert_eq!(heads(&mut none, known), Err(HeadWrong::None { looked: 2 }));
    let mut twice = read("姓名,住址,姓 名\n1,2,3\n".as_bytes(), Bounds::default()).unwrap();
    let cells = vec!["A1".to_owned(), "C1".to_owned()];
    assert_eq!(heads(&mut twice, known), Err(HeadWrong::Twice { title: "姓名".to_owned(), cells }));
    let merged = |head: bool| {
        let bytes = xlsx(|sheet| {
            let plain = Format::new();
            sheet.write_string(0, 0, "姓名").unwrap();
            if head {
                sheet.merge_range(0, 1, 0, 2, "住址", &plain).unwrap();
            } else {
                sheet.write_string(0, 1, "住址").unwrap();
                sheet.write_string(0, 2, "证件号码").unwrap();
                sheet.merge_range(1, 1, 1, 2, "八宝镇", &plain).unwrap();
            }
            sheet.write_string(1, 0, "王").unwrap();
        });
        heads(&mut read(&bytes, Bounds::default()).unwrap(), known)
    };
    assert_eq!(merged(true), Err(HeadWrong::Merged { cells: vec!["B1:C1".to_owned()] }));
    assert_eq!(merged(false), Err(HeadWrong::Merged { cells: vec!["B2:C2".to_owned()] }));
}
