//! What we make is read back.
#![allow(clippy::unwrap_used)]

use sheets::{
    Board, BoardCell, Bounds, Cell, Column, FileKind, Grid, Holds, Mark, Template, lines, marked, read, template,
};

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| (*word).to_owned()).collect()
}

fn list(kind: FileKind, rows: &[&[&str]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut list = lines(kind, &mut bytes).unwrap();
    for row in rows {
        list.line(&words(row)).unwrap();
    }
    list.finish().unwrap();
    bytes
}

#[test]
fn a_list_is_read_back_and_computes_nothing() {
    let rows: [&[&str]; 3] = [&["名称", "数额"], &["=HYPERLINK(\"http://x\")", "-5.20"], &["@SUM(A1)", "＋1，\"甲\""]];
    let csv = list(FileKind::Csv, &rows);
    assert!(csv.starts_with("\u{feff}名称,数额\r\n".as_bytes()));
    let read_back = String::from_utf8(csv).unwrap();
    assert!(read_back.contains("\"'=HYPERLINK(\"\"http://x\"\")\",-5.20\r\n"), "{read_back}");
    assert!(read_back.contains("'@SUM(A1),\"'＋1，\"\"甲\"\"\"\r\n"), "{read_back}");
    let grid = read(&list(FileKind::Xlsx, &rows), Bounds::default()).unwrap();
    assert_eq!(grid.formulas, 0);
    assert_eq!(grid.rows[1].get(0), Some(&text("=HYPERLINK(\"http://x\")")));
    assert_eq!(grid.rows[2].get(1), Some(&text("＋1，\"甲\"")));
}

#[test]
fn a_template_has_its_titles_and_nothing_else() {
    let column = |title: &str, choices: &[&str]| Column {
        title: title.to_owned(),
        note: "说明".to_owned(),
        holds: Holds::Text,
        choices: words(choices),
        only: true,
        must: true,
        explained: words(&[title, "说明"]),
    };
    // More than the 255 signs that a list of Excel itself can hold.
    let many: Vec<String> = (0..100).map(|n| format!("选项第{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let form = Template {
        sheets: ["填写".to_owned(), "说明".to_owned(), "选项".to_owned()],
        explained: words(&["列", "说明"]),
        lead: words(&["一行一件"]),
        columns: vec![column("申请人", &[]), column("结果", &many)],
        not_listed: "请从列表中选择".to_owned(),
    };
    let bytes = template(&form).unwrap();
    assert_eq!(bytes, template(&form).unwrap(), "the same form has the same bytes");
    let grid = read(&bytes, Bounds::default()).unwrap();
    assert_eq!(grid.rows.len(), 1);
    assert_eq!(grid.rows[0].cells, [(0, text("申请人")), (1, text("结果"))]);
}

#[test]
fn verdicts_stand_beside_their_rows() {
    let grid: Grid = read("登记表\n名称,数额\n甲,1\n乙,x\n".as_bytes(), Bounds::default()).unwrap();
    let mark = |row, word: &str, wrong: &[u16]| Mark {
        row,
        words: words(&[word, "原因"]),
        good: wrong.is_empty(),
        wrong: wrong.to_vec(),
    };
    let marks = [mark(3, "可以导入", &[]), mark(4, "不完整", &[1])];
    let bytes = marked(&grid, 2, &words(&["结论", "原因"]), &marks).unwrap();
    let back = read(&bytes, Bounds::default()).unwrap();
    assert_eq!(back.rows[1].get(2), Some(&text("结论")));
    assert_eq!(back.rows[3].cells, [(0, text("乙")), (1, text("x")), (2, text("不完整")), (3, text("原因"))]);
}

#[test]
fn a_board_keeps_its_merged_cells_and_numbers() {
    let cell = |at, size, cell| BoardCell { at, size, cell, head: true };
    let board = Board {
        sheet: "表".to_owned(),
        widths: vec![20.0, 8.0],
        cells: vec![
            cell((0, 0), (1, 2), text("标题")),
            cell((1, 0), (1, 1), text("总计")),
            cell((1, 1), (1, 1), Cell::Number(7.0)),
        ],
    };
    let back = read(&board.bytes().unwrap(), Bounds::default()).unwrap();
    assert_eq!(back.merged.len(), 1);
    assert_eq!(back.rows[1].get(1), Some(&Cell::Number(7.0)));
}
