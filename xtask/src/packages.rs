//! What the tests need of the system, on Debian.

use crate::step::{Outcome, answers, run};

/// A C compiler for the embedded database; PostgreSQL, which the tests start for themselves; curl, with
/// which the commands of the API's guide are sent; a browser, its driver and Chinese letters for the tests of pages.
const NEEDED: [&str; 8] = [
    "build-essential",
    "ca-certificates",
    "chromium",
    "chromium-driver",
    "curl",
    "fonts-noto-cjk",
    "pkg-config",
    "postgresql",
];

/// A C compiler; Chinese letters to print with; a text processor to open what is made for one; what reads a PDF.
const PRESS: [&str; 4] = ["build-essential", "fonts-noto-cjk", "libreoffice-writer-nogui", "poppler-utils"];

/// Installs what is missing of what the tests need.
pub fn install() -> Outcome {
    // Node's own packages bring npm along under another name.
    let npm = (!answers("npm", &["--version"])).then_some("npm");
    install_missing(&NEEDED.into_iter().chain(npm).collect::<Vec<_>>())
}

/// The same for the tests of what prints case files.
pub fn for_press() -> Outcome {
    install_missing(&PRESS)
}

fn install_missing(needed: &[&'static str]) -> Outcome {
    if !answers("dpkg-query", &["--version"]) {
        println!("no Debian: {} must be at hand under whatever names", needed.join(", "));
        return Ok(());
    }
    let missing: Vec<&str> = needed.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        println!("system packages: all there");
        return Ok(());
    }
    let install = [&["apt-get", "install", "-y", "--no-install-recommends"], missing.as_slice()].concat();
    let line = install.join(" ");
    println!("system packages missing: {}", missing.join(" "));
    if root() {
        run("package lists", "apt-get", &["update"], &[])?;
        run("packages", install[0], &install[1..], &[("DEBIAN_FRONTEND", "noninteractive")])
    } else if answers("sudo", &["-n", "true"]) {
        run("package lists", "sudo", &["apt-get", "update"], &[])?;
        run("packages", "sudo", &install, &[])
    } else {
        Err(format!("not root, and no sudo without a password; run this and then again:\n\n  sudo {line}"))
    }
}

/// Where the rules by which pages are checked are named, with the lock file that pins them.
const PAGE_CHECKS: &str = "crates/web/tests/axe";

/// Fetches from npm what the tests of pages run in the browser.
pub fn page_checks() -> Outcome {
    println!("\nfrom npm, for the tests of pages: axe-core, as {PAGE_CHECKS}/package-lock.json pins it");
    let arguments = ["ci", "--prefix", PAGE_CHECKS, "--ignore-scripts", "--no-audit", "--no-fund"];
    run("page checks", "npm", &arguments, &[])
}

fn installed(package: &str) -> bool {
    let output = std::process::Command::new("dpkg-query").args(["-W", "-f=${Status}", package]).output();
    output.is_ok_and(|output| output.stdout.starts_with(b"install ok installed"))
}

fn root() -> bool {
    let output = std::process::Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
