//! Who sees what of a record.

use catalog::Terms;
use procedure::Record;

use crate::Person;

/// Whether a person sees a record at all: the own agency's, or all of the government for a post of that reach.
pub fn visible(terms: &Terms, person: &Person, record: &Record) -> bool {
    oversees(terms, person) || record.agency == person.agency
}

/// Whether a post of the person reaches over the whole government.
pub(crate) fn oversees(terms: &Terms, person: &Person) -> bool {
    person.posts.iter().any(|post| terms.post(post).is_some_and(|post| post.across))
}
