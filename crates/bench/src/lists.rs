//! What a list that goes out needs of memory, with ten thousand records and with many more.

use std::{fs, io};

use platform::Filter;
use procedure::Language;
use sheets::FileKind;

use crate::desk::{Desk, Engine};
use crate::growth::{Proposed, fill};
use crate::{Measured, Res};

const FEW: u64 = 10_000;
/// So much more may a hundred times as long a list need: what allocators leave lying about.
const MORE_KIB: u64 = 16 << 10;

/// Writes the same list at two lengths, and compares the peaks.
pub fn measure(engine: Engine, many: u64) -> Res<Vec<Measured>> {
    let ground = engine.ground("lists")?;
    let desk = Desk::open(&ground)?;
    let mut proposed = Proposed::default();
    fill(&desk, &mut proposed, FEW)?;
    let few = [peak(&desk, FileKind::Csv)?, peak(&desk, FileKind::Xlsx)?];
    fill(&desk, &mut proposed, many)?;
    let more = [peak(&desk, FileKind::Csv)?, peak(&desk, FileKind::Xlsx)?];
    let row = |kind: FileKind, few: u64, more: u64| {
        let what = format!("KiB above rest for {FEW} and {many} records as {}", kind.ending());
        Measured::bound(what, format!("{few} {more}"), "+ 16 MiB", more <= few + MORE_KIB)
    };
    Ok(vec![row(FileKind::Csv, few[0], more[0]), row(FileKind::Xlsx, few[1], more[1])])
}

/// The peak of the program's memory above what it had before, in KiB, while a list is written to nowhere.
fn peak(desk: &Desk, kind: FileKind) -> Res<u64> {
    fs::write("/proc/self/clear_refs", "5")?;
    let before = status("VmRSS")?;
    let how = (kind, Language::Zh, "");
    let written = intake::list(&desk.platform, &desk.person, &Filter::default(), how, io::sink());
    written.map_err(|why| format!("{why:?}"))?;
    Ok(status("VmHWM")?.saturating_sub(before))
}

fn status(name: &str) -> Res<u64> {
    let all = fs::read_to_string("/proc/self/status")?;
    let line = all.lines().find_map(|line| line.strip_prefix(name)).ok_or("the system tells no memory")?;
    let number = line.trim_start_matches(':').trim().trim_end_matches(" kB").trim();
    Ok(number.parse()?)
}
