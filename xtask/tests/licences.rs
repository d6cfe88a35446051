//! The licences of everything in the tree against deny.toml, where cargo-deny is not at hand.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot read the repository should stop")]

mod common;

use std::process::Command;

use common::{root, text};

/// The quoted words of deny.toml's list, and of its exceptions: a crate and its licence.
fn allowed() -> (Vec<String>, Vec<(String, String)>) {
    let file = text("deny.toml");
    let quoted = |text: &str| text.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let part = |key: &str, end: &str| file.split_once(key).unwrap().1.split_once(end).unwrap().0.to_owned();
    let exceptions = quoted(&part("\nexceptions = [", "]\n"));
    let pairs = exceptions.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    (quoted(&part("\nallow = [", "\n]")), pairs)
}

/// Whether an expression (`A OR (B AND C)`, also `A/B`) can be kept with the licences at hand.
fn kept(expression: &str, known: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "-WITH-");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    either(&words, &mut 0, known)
}

fn either(words: &[&str], at: &mut usize, known: &dyn Fn(&str) -> bool) -> bool {
    let mut held = both(words, at, known);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        held |= both(words, at, known);
    }
    held
}

fn both(words: &[&str], at: &mut usize, known: &dyn Fn(&str) -> bool) -> bool {
    let mut held = true;
    loop {
        let word = words.get(*at).copied().unwrap_or_default();
        *at += 1;
        held &= match word {
            "(" => {
                let inner = either(words, at, known);
                *at += 1;
                inner
            }
            name => known(name),
        };
        if words.get(*at) != Some(&"AND") {
            return held;
        }
        *at += 1;
    }
}

#[test]
fn expressions_are_read() {
    let known = |name: &str| ["MIT", "Zlib"].contains(&name);
    for good in ["MIT", "MIT/Apache-2.0", "(MIT OR GPL-3.0) AND Zlib", "GPL-3.0 OR MIT AND Zlib"] {
        assert!(kept(good, &known), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Zlib) AND GPL-3.0", ""] {
        assert!(!kept(bad, &known), "{bad}");
    }
}

#[test]
fn every_licence_is_one_that_we_keep() {
    let (allow, exceptions) = allowed();
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let arguments = ["metadata", "--format-version", "1", "--offline", "--filter-platform", &platform];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut wrong = Vec::new();
    for package in told["packages"].as_array().unwrap() {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or_default());
        let excused = |one: &str| exceptions.iter().any(|(who, what)| who == name && what == one);
        if !kept(licence, &|one| allow.iter().any(|known| known.replace(" WITH ", "-WITH-") == one) || excused(one)) {
            wrong.push(format!("{name}: {licence}"));
        }
    }
    assert!(wrong.is_empty(), "not in deny.toml:\n{}", wrong.join("\n"));
}
