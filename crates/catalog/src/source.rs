//! Where a catalogue's text comes from: a folder, the binary itself, or a test.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// The texts of a catalogue, by their path inside its folder (`lines/reconsideration/2023.toml`).
#[derive(Clone, Debug, Default)]
pub struct Source {
    root: String,
    texts: BTreeMap<String, String>,
}

const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

impl Source {
    /// Reads every `.toml` file of a folder, however deep.
    ///
    /// # Errors
    /// Where a file or folder cannot be read.
    pub fn from_dir(folder: &Path) -> io::Result<Source> {
        let mut texts = BTreeMap::new();
        collect(folder, "", &mut texts)?;
        let root = folder.to_string_lossy().trim_end_matches('/').to_owned();
        Ok(Source { root, texts })
    }

    /// The catalogue that this program was built with.
    pub fn built_in() -> Source {
        Source::from_texts(BUILT_IN.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
    }

    /// A catalogue of these texts, by their path inside the folder.
    pub fn from_texts(texts: impl IntoIterator<Item = (String, String)>) -> Source {
        Source { root: "catalog".to_owned(), texts: texts.into_iter().collect() }
    }

    /// The files in order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of a file, by its path inside the folder or as a finding names it.
    pub fn text(&self, path: &str) -> Option<&str> {
        let inside = path.strip_prefix(&self.root).map_or(path, |rest| rest.trim_start_matches('/'));
        self.texts.get(inside).or_else(|| self.texts.get(path)).map(String::as_str)
    }

    /// The path as a finding names it.
    pub(crate) fn shown(&self, path: &str) -> String {
        if self.root.is_empty() { path.to_owned() } else { format!("{}/{path}", self.root) }
    }
}

fn collect(folder: &Path, prefix: &str, texts: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let inside = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        if path.is_dir() {
            collect(&path, &inside, texts)?;
        } else if name.ends_with(".toml") {
            texts.insert(inside, fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
