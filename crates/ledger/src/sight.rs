//! What somebody sees: one condition on the records of a government, which a store lays into its queries and which
//! answers for a single record alike.

use terms::{Code, GovernmentCode};

use crate::RecordRow;

/// What a record's own line lets be seen of it, beyond what posts allow. Derived from its events, as the rest of its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// The posts, and the accounts with `@` before them, which alone see it; empty: whoever a post lets see it.
    pub only: Vec<Code>,
    /// From whom it is hidden, whatever they hold: agencies and accounts by code or by name.
    pub hidden: Vec<Code>,
    /// What a superior government sees of it.
    pub above: Above,
}

/// What a superior government sees of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Above {
    /// That it is counted.
    Figures,
    /// It, where a reason is stated.
    Reason,
    /// It.
    #[default]
    Records,
}

impl Above {
    /// As a store keeps it; never changed.
    pub fn number(self) -> i64 {
        match self {
            Above::Figures => 0,
            Above::Reason => 1,
            Above::Records => 2,
        }
    }

    /// What a store kept; `None`: nothing that we wrote.
    pub fn of(number: i64) -> Option<Above> {
        [Above::Figures, Above::Reason, Above::Records].into_iter().find(|above| above.number() == number)
    }
}

/// What somebody sees of one government's records. It is made once, from who asks and what their posts allow; then lists,
/// counts, search and a single record ask it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The government.
    pub government: GovernmentCode,
    /// The agency whose records are the person's own.
    pub near: Option<Near>,
    /// A view of every agency.
    pub wide: Option<Wide>,
    /// What the person and their agency are called, by code and by name: no record that is hidden from one of these is
    /// seen.
    pub names: Vec<Code>,
}

/// A view of the own agency's records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The agency.
    pub agency: Code,
    /// The posts held there and the account with `@`, by which a narrowed record is seen.
    pub by: Vec<Code>,
}

/// A view of the records of every agency of a government.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    /// The posts that reach so far, by which a narrowed record is seen.
    pub by: Vec<Code>,
    /// Whether it is a view from a superior government: then the record must let itself be seen from there.
    pub above: bool,
}

impl Sight {
    /// A view of nothing.
    pub fn nothing(government: GovernmentCode) -> Sight {
        Sight { government, near: None, wide: None, names: Vec::new() }
    }

    /// Whether there is nothing that it could see.
    pub fn is_nothing(&self) -> bool {
        self.near.is_none() && self.wide.is_none()
    }

    /// Whether a record is seen: the same answer that a query under this sight gives.
    pub fn sees(&self, row: &RecordRow) -> bool {
        let narrowing = &row.narrowing;
        let lets = |by: &[Code]| narrowing.only.is_empty() || by.iter().any(|one| narrowing.only.contains(one));
        let near = self.near.as_ref().is_some_and(|near| near.agency == row.agency && lets(&near.by));
        let wide = self.wide.as_ref();
        let wide = wide.is_some_and(|wide| lets(&wide.by) && (!wide.above || narrowing.above >= Above::Reason));
        let hidden = self.names.iter().any(|name| narrowing.hidden.contains(name));
        row.government == self.government && (near || wide) && !hidden
    }
}

/// Words as a store keeps them in one column, so that one of them is found as a part: each between line ends.
pub fn column(words: &[Code]) -> String {
    if words.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n");
    for word in words {
        text.extend(word.as_str().chars().map(|c| if c == '\n' { ' ' } else { c }));
        text.push('\n');
    }
    text
}

/// What a column holds.
pub fn words(column: &str) -> Vec<Code> {
    column.lines().filter(|word| !word.is_empty()).map(Code::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_gives_back_its_words() {
        let codes = |words: &[&str]| words.iter().map(|word| Code::from(*word)).collect::<Vec<_>>();
        for all in [codes(&[]), codes(&["handler"]), codes(&["handler", "@li", "草场 科"])] {
            assert_eq!(words(&column(&all)), all);
        }
        assert_eq!(column(&codes(&["a\nb"])), "\na b\n");
    }
}
