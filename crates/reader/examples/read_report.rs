//! Reads report files and prints their figures (or, with `--audit` first, their checks) as tables.
use std::path::Path;

fn main() {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let audit = files.first().is_some_and(|first| first == "--audit");
    files.retain(|file| file != "--audit");
    let mut all = Vec::new();
    for file in &files {
        let name = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read(file)
            .map_err(|e| e.to_string())
            .and_then(|b| reader::decode(file, &b).map_err(|e| e.to_string()));
        let text = text.unwrap_or_else(|error| {
            eprintln!("{error}");
            std::process::exit(1)
        });
        let figures = reader::read(&name, &text);
        if audit {
            for check in reader::audit(&figures, &text) {
                println!(
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}",
                    check.report,
                    check.line,
                    check.kind.name(),
                    check.formula,
                    check.stated,
                    check.computed,
                    check.holds
                );
            }
        }
        all.extend(figures);
    }
    if !audit {
        print!("{}", reader::to_tsv(&all));
    }
}
