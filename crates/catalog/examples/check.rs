//! `cargo run -p catalog --example check -- catalog [statutes]`: every finding of a catalogue, and how surely its rules
//! were read.

use std::io::Write;
use std::path::Path;
use std::{env, io};

use catalog::{Source, StatuteLibrary, check_statutes, load, render, tally};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "catalog".to_owned());
    let source = Source::from_dir(Path::new(&folder))?;
    let (catalog, mut findings) = load(&source);
    if let (Some(catalog), Some(texts)) = (&catalog, arguments.next()) {
        findings.extend(check_statutes(catalog, &StatuteLibrary::from_dir(Path::new(&texts))?));
    }
    let mut out = io::stdout().lock();
    write!(out, "{}", render(&findings, &source, false))?;
    for line in catalog.iter().flat_map(tally) {
        writeln!(out, "{:24} V {:3}  Vx {:3}  K {:3}", line.line, line.v, line.vx, line.k)?;
    }
    writeln!(out, "{} findings, catalogue {}", findings.len(), if catalog.is_some() { "usable" } else { "refused" })
}
