//! Reports of our own in styles the reader was not written on, with the figures read off them by hand before the reader saw
//! them. Places and numbers are made up.

use std::collections::HashMap;

use reader::{Decimal, read};

/// The reports by name.
const REPORTS: &[(&str, &str)] = &[
    ("bureau-2023", include_str!("held/bureau-2023.txt")),
    ("county-2022", include_str!("held/county-2022.txt")),
    ("province-2024", include_str!("held/province-2024.txt")),
];

#[test]
fn reports_it_was_not_written_on_are_read() {
    let table = include_str!("held/figures.tsv");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|row| row.split('\t').collect()).collect();
    let (mut all_hits, mut all) = (0_usize, 0_usize);
    for (name, text) in REPORTS {
        let figures = read(name, text);
        let mut waiting: HashMap<(String, Decimal, String), usize> = HashMap::new();
        let mut said: HashMap<(String, String, String), usize> = HashMap::new();
        for figure in &figures {
            *waiting.entry((figure.line.to_string(), figure.value.normalize(), figure.unit.clone())).or_default() += 1;
            let words = format!("{}/{}", figure.qualifier.name(), figure.change.name());
            *said.entry((figure.line.to_string(), figure.value.normalize().to_string(), words)).or_default() += 1;
        }
        let mut take = |key: (String, Decimal, String)| match waiting.get_mut(&key) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        };
        let mine: Vec<&Vec<&str>> = rows.iter().filter(|row| row[0] == *name).collect();
        let (mut hits, mut agree) = (0_usize, 0_usize);
        for row in &mine {
            let value: Decimal = row[2].parse().unwrap();
            if take((row[1].to_owned(), value.normalize(), row[3].to_owned())) {
                hits += 1;
                let words = format!("{}/{}", row[4], row[5]);
                agree += usize::from(said.contains_key(&(row[1].to_owned(), value.normalize().to_string(), words)));
            } else {
                println!("{name}:{}: {} {} not read", row[1], row[2], row[3]);
            }
        }
        for ((line, value, unit), left) in waiting.iter().filter(|(_, left)| **left > 0) {
            println!("{name}:{line}: {value} {unit} read {left} times too often");
        }
        let score = 2.0 * hits as f64 / (mine.len() + figures.len()) as f64;
        let agreed = agree as f64 / hits as f64;
        println!("{name}: F1 {score:.3} ({hits} of {}, read {}), words {agreed:.3}", mine.len(), figures.len());
        assert!(score >= 0.95, "{name}: F1 {score:.3}");
        assert!(agreed >= 0.95, "{name}: qualifiers and changes {agreed:.3}");
        all_hits += hits;
        all += mine.len() + figures.len();
    }
    println!("all: F1 {:.3}", 2.0 * all_hits as f64 / all as f64);
}
