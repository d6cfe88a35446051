//! The word that was probably meant.

/// `did you mean …?`, if one of the words is near enough.
pub(crate) fn meant<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, among).map(|other| format!("did you mean `{other}`?"))
}

/// The nearest word, or all of them where they are few.
pub(crate) fn meant_or_list<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let all: Vec<&str> = among.into_iter().collect();
    meant(word, all.iter().copied()).or_else(|| {
        let quoted: Vec<String> = all.iter().map(|other| format!("`{other}`")).collect();
        (!all.is_empty() && all.len() <= 16).then(|| format!("it is one of {}", quoted.join(", ")))
    })
}

fn nearest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    among
        .into_iter()
        .map(|other| (distance(word, other), other))
        .min_by_key(|(far, _)| *far)
        .filter(|(far, _)| *far <= 1 + word.chars().count() / 4)
        .map(|(_, other)| other)
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}
