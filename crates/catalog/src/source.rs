//! Where a catalogue's text comes from: a folder, the binary itself, or a test.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

/// The texts of a catalogue, by their path inside its folder (`lines/reconsideration/2023.toml`).
#[derive(Clone, Debug, Default)]
pub struct Source {
    root: String,
    texts: BTreeMap<String, String>,
    templates: BTreeMap<String, Template>,
}

/// A file of a template.
#[derive(Clone, Debug)]
struct Template {
    /// As a reader would open it.
    shown: String,
    bytes: Arc<[u8]>,
    /// Its paragraphs, a line each, for findings to point into.
    text: String,
}

impl Template {
    fn new(shown: String, bytes: Vec<u8>) -> Template {
        let text = papers::Template::read(&bytes).map(|template| template.lines().join("\n")).unwrap_or_default();
        Template { shown, bytes: bytes.into(), text }
    }
}

const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/built_in.rs"));
const TEMPLATES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

impl Source {
    /// Reads every `.toml` and `.docx` file of a folder, however deep.
    ///
    /// # Errors
    /// Where a file or folder cannot be read.
    pub fn from_dir(folder: &Path) -> io::Result<Source> {
        let mut found = Found::default();
        collect(folder, "", &mut found)?;
        let root = folder.to_string_lossy().trim_end_matches('/').to_owned();
        let mut source = Source { root, texts: found.texts, templates: BTreeMap::new() };
        for (path, bytes) in found.templates {
            let shown = source.shown(&path);
            source.templates.insert(path, Template::new(shown, bytes));
        }
        Ok(source)
    }

    /// The catalogue that this program was built with.
    pub fn built_in() -> Source {
        let source = Source::from_texts(BUILT_IN.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
        source.with_templates(TEMPLATES.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())))
    }

    /// With these texts, by their path inside the folder, beside those that are there or in their place.
    pub fn with_texts(mut self, texts: impl IntoIterator<Item = (String, String)>) -> Source {
        self.texts.extend(texts);
        self
    }

    /// With these templates, by their path inside the folder (`documents/penalty/decision.docx`).
    pub fn with_templates(mut self, templates: impl IntoIterator<Item = (String, Vec<u8>)>) -> Source {
        for (path, bytes) in templates {
            let shown = self.shown(&path);
            self.templates.insert(path, Template::new(shown, bytes));
        }
        self
    }

    /// With the templates of an agency's own folder (`<line>/<code>.docx`) in place of those of the catalogue. A folder
    /// that is not there changes nothing.
    ///
    /// # Errors
    /// Where the folder is there and cannot be read.
    pub fn with_own_templates(mut self, folder: &Path) -> io::Result<Source> {
        if folder.is_dir() {
            let mut found = Found::default();
            collect(folder, "", &mut found)?;
            for (path, bytes) in found.templates {
                let shown = folder.join(&path).to_string_lossy().into_owned();
                self.templates.insert(format!("documents/{path}"), Template::new(shown, bytes));
            }
        }
        Ok(self)
    }

    /// The templates in order of their paths.
    pub(crate) fn templates(&self) -> impl Iterator<Item = (&str, &Arc<[u8]>)> {
        self.templates.iter().map(|(path, template)| (path.as_str(), &template.bytes))
    }

    /// A catalogue of these texts, by their path inside the folder.
    pub fn from_texts(texts: impl IntoIterator<Item = (String, String)>) -> Source {
        Source { root: "catalog".to_owned(), texts: texts.into_iter().collect(), templates: BTreeMap::new() }
    }

    /// The files in order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of a file, by its path inside the folder or as a finding names it; of a template its paragraphs.
    pub fn text(&self, path: &str) -> Option<&str> {
        let template = self.templates.get(path).or_else(|| self.templates.values().find(|one| one.shown == path));
        if let Some(template) = template {
            return Some(&template.text);
        }
        let inside = path.strip_prefix(&self.root).map_or(path, |rest| rest.trim_start_matches('/'));
        self.texts.get(inside).or_else(|| self.texts.get(path)).map(String::as_str)
    }

    /// The path as a finding names it.
    pub(crate) fn shown(&self, path: &str) -> String {
        if let Some(template) = self.templates.get(path) {
            return template.shown.clone();
        }
        if self.root.is_empty() { path.to_owned() } else { format!("{}/{path}", self.root) }
    }
}

#[derive(Default)]
struct Found {
    texts: BTreeMap<String, String>,
    templates: BTreeMap<String, Vec<u8>>,
}

fn collect(folder: &Path, prefix: &str, found: &mut Found) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let inside = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        if path.is_dir() {
            collect(&path, &inside, found)?;
        } else if name.ends_with(".toml") {
            found.texts.insert(inside, fs::read_to_string(&path)?);
        } else if name.ends_with(".docx") && !name.starts_with(['.', '~']) {
            // A text processor keeps a lock beside an open document: `~$decision.docx`.
            found.templates.insert(inside, fs::read(&path)?);
        }
    }
    Ok(())
}
