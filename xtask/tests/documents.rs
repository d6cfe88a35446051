//! The templates of documents, as they are made from `xtask/documents`: a page of plain text each, in the form that
//! `papers::sheet` tells. `UPDATE=1` (`cargo xtask docs`) makes them anew. An agency changes its own copies; these are the
//! ones that the program brings along.
#![allow(clippy::unwrap_used, reason = "a test that cannot read the repository should stop")]

mod common;

use std::collections::BTreeSet;
use std::{env, fs};

use common::{files, root, text};

#[test]
fn templates_are_what_their_pages_say() {
    let mut made = BTreeSet::new();
    let mut old = Vec::new();
    for page in files("xtask/documents", ".txt") {
        let name = page.trim_start_matches("xtask/documents/").trim_end_matches(".txt");
        let path = root().join(format!("catalog/documents/{name}.docx"));
        let now = papers::sheet(&text(&page));
        if fs::read(&path).ok().as_ref() != Some(&now) {
            if env::var_os("UPDATE").is_some() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &now).unwrap();
            } else {
                old.push(name.to_owned());
            }
        }
        made.insert(format!("catalog/documents/{name}.docx"));
    }
    assert!(old.is_empty(), "templates older than their pages: {old:?}; run `cargo xtask docs`");
    let there: BTreeSet<String> = files("catalog/documents", ".docx").into_iter().collect();
    assert_eq!(made, there, "pages in xtask/documents (left) and templates in catalog/documents (right)");
}
