//! Catalogues for tests: the repository's, and small ones with lines of their own.

use std::path::Path;
use std::sync::Arc;

use catalog::{Catalog, Source, load, render};

fn usable(source: &Source) -> Result<Arc<Catalog>, String> {
    let (catalog, findings) = load(source);
    catalog.map(Arc::new).ok_or_else(|| render(&findings, source, false))
}

/// The repository's catalogue as its files are now.
///
/// # Errors
/// Every finding, where it is not usable.
pub fn repository() -> Result<Arc<Catalog>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    usable(&Source::from_dir(&folder).map_err(|why| why.to_string())?)
}

/// A catalogue of these lines (`demo/2020`, text) under the repository's statutes, places, terms and calendars.
///
/// # Errors
/// Every finding, where it is not usable.
pub fn small(lines: &[(&str, &str)]) -> Result<Arc<Catalog>, String> {
    small_with(lines, &[])
}

/// The same with templates of documents: `demo/decision`, and the page that it is made from.
///
/// # Errors
/// Every finding, where it is not usable.
pub fn small_with(lines: &[(&str, &str)], templates: &[(&str, &str)]) -> Result<Arc<Catalog>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let all = Source::from_dir(&folder).map_err(|why| why.to_string())?;
    let kept = [
        "calendars/",
        "regions/",
        "statutes.toml",
        "terms.toml",
        "general/acts.toml",
        "general/limits.toml",
        "general/cases.toml",
    ];
    let base = all.files().filter(|(path, _)| kept.iter().any(|kept| path.starts_with(kept)));
    let base = base.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let own = lines.iter().map(|(name, text)| (format!("lines/{name}.toml"), (*text).to_owned()));
    let papers = templates.iter().map(|(name, page)| (format!("documents/{name}.docx"), papers::sheet(page)));
    usable(&Source::from_texts(base.chain(own)).with_templates(papers))
}

/// The text of a line with one of everything, for tests that need a line and do not care which: `small(&[("demo/2024",
/// DEMO)])`.
pub const DEMO: &str = include_str!("demo.toml");

/// The text of a line whose records go from one government to the next: `small(&[("task/2022", TASK)])`.
pub const TASK: &str = include_str!("task.toml");

/// The text of a register with a campaign over it: `small(&[("list/2022", LIST)])`.
pub const LIST: &str = include_str!("list.toml");
