//! The word that was probably meant.

/// `did you mean …?`, if one of the words is near enough.
pub fn meant<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, among).map(|other| format!("did you mean `{other}`?"))
}

/// The nearest of the words, if it is near enough.
pub fn nearest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = among.into_iter().map(|other| (strsim::levenshtein(word, other), other)).min_by_key(|(far, _)| *far);
    near.filter(|(far, _)| *far <= 1 + word.chars().count() / 4).map(|(_, other)| other)
}
