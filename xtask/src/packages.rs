//! What the tests need of the system, on Debian.

use crate::step::{Outcome, answers, run};

/// A C compiler for the embedded database; PostgreSQL, which the tests start for themselves; curl, with
/// which the commands of the API's guide are sent; a browser, its driver and Chinese letters for the tests of pages.
pub const TESTS: [&str; 8] = [
    "build-essential",
    "ca-certificates",
    "chromium",
    "chromium-driver",
    "curl",
    "fonts-noto-cjk",
    "pkg-config",
    "postgresql",
];

/// A C compiler; Chinese letters to print with; what reads a PDF.
pub const PRESS: [&str; 3] = ["build-essential", "fonts-noto-cjk", "poppler-utils"];

/// Installs what is missing of these.
pub fn install(needed: &[&'static str]) -> Outcome {
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

fn installed(package: &str) -> bool {
    let output = std::process::Command::new("dpkg-query").args(["-W", "-f=${Status}", package]).output();
    output.is_ok_and(|output| output.stdout.starts_with(b"install ok installed"))
}

fn root() -> bool {
    let output = std::process::Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
