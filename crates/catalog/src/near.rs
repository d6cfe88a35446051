//! The word that was probably meant.

pub(crate) use procedure::meant;

/// The nearest word, or all of them where they are few.
pub(crate) fn meant_or_list<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let all: Vec<&str> = among.into_iter().collect();
    meant(word, all.iter().copied()).or_else(|| {
        let quoted: Vec<String> = all.iter().map(|other| format!("`{other}`")).collect();
        (!all.is_empty() && all.len() <= 16).then(|| format!("it is one of {}", quoted.join(", ")))
    })
}
