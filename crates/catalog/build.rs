//! Writes the list of the catalogue's files, so that the binary carries them and runs from anywhere.
//! A list of `include_str!` needs no embedding crate, and cargo builds again when a file comes or goes.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("../../catalog");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    if root.is_dir() {
        collect(&root, &mut files)?;
    }
    files.sort();
    let (templates, files): (Vec<PathBuf>, Vec<PathBuf>) =
        files.into_iter().partition(|file| file.extension().is_some_and(|extension| extension == "docx"));
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("built_in.rs"), list_of(&root, &files, "include_str!")?)?;
    fs::write(Path::new(&out).join("templates.rs"), list_of(&root, &templates, "include_bytes!")?)
}

fn list_of(root: &Path, files: &[PathBuf], include: &str) -> io::Result<String> {
    let mut list = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(root).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        list.push_str(&format!("({name:?}, {include}({:?})),\n", file.to_string_lossy()));
    }
    list.push(']');
    Ok(list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml" || extension == "docx") {
            files.push(path);
        }
    }
    Ok(())
}
