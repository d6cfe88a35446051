//! Who sees what of a record.

use procedure::Record;

use crate::Person;

/// Posts that see the whole government's records; everybody else sees those of the own agency.
const OVERSEEING: [&str; 3] = ["head_of_authority", "supervisor", "auditor"];

/// Whether a person sees a record at all: the own agency's, or all of the government for an overseeing post.
pub fn visible(person: &Person, record: &Record) -> bool {
    oversees(person) || record.agency == person.agency
}

/// Whether a person's post oversees the whole government.
pub(crate) fn oversees(person: &Person) -> bool {
    person.posts.iter().any(|post| OVERSEEING.contains(&post.as_str()))
}
