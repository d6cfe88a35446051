//! Remarks beside a record: what colleagues say to each other about it. They are no part of the log and prove nothing;
//! they are kept as they were written, never changed, and can be withdrawn by their author, which leaves a stub.

use ledger::{Fault, RemarkRow};
use terms::{Code, CommandId, RecordId};

use crate::{Directory, Person, Platform};

/// The longest remark, in characters.
pub const LONGEST_REMARK: usize = 2_000;

/// What came of a remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remarked {
    /// It stands.
    Done,
    /// It says nothing.
    Empty,
    /// It is too long.
    Long,
    /// There is no such record for this person.
    Unknown,
}

impl Platform {
    /// The remarks beside a record, in their order, for somebody who sees the record.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn remarks(&self, person: &Person, record: RecordId) -> Result<Vec<RemarkRow>, Fault> {
        let mut read = self.store.read()?;
        let row = read.record(&person.government, record)?;
        let sees = match row {
            Some(row) => self.sees(read.as_mut(), person, &row)?,
            None => false,
        };
        if !sees {
            return Ok(Vec::new());
        }
        read.remarks(&person.government, record)
    }

    /// Writes a remark beside a record that the person sees. The same id again writes nothing.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn remark(&self, person: &Person, record: RecordId, id: CommandId, text: &str) -> Result<Remarked, Fault> {
        let text = text.trim().replace("\r\n", "\n");
        if text.is_empty() {
            return Ok(Remarked::Empty);
        }
        if text.chars().count() > LONGEST_REMARK {
            return Ok(Remarked::Long);
        }
        let mut read = self.store.read()?;
        let sees = match read.record(&person.government, record)? {
            Some(row) => self.sees(read.as_mut(), person, &row)?,
            None => false,
        };
        drop(read);
        if !sees {
            return Ok(Remarked::Unknown);
        }
        let (_, at) = self.clock.now();
        let mut tx = self.store.begin(&person.government)?;
        let remark = RemarkRow { n: 0, id, record, account: person.account.clone(), at, text, withdrawn: None };
        tx.put_remark(&person.government, &remark)?;
        tx.commit()?;
        Ok(Remarked::Done)
    }

    /// Withdraws a remark of this person; gives whether it stood.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn withdraw_remark(&self, person: &Person, n: u64) -> Result<bool, Fault> {
        let (_, at) = self.clock.now();
        let mut tx = self.store.begin(&person.government)?;
        let stood = tx.withdraw_remark(&person.government, &person.account, n, at)?;
        tx.commit()?;
        Ok(stood)
    }
}

/// The accounts that a text names: `@` before a sign-in name or the name that is shown; of several that fit, the
/// longest.
pub fn mentioned(text: &str, directory: &Directory) -> Vec<Code> {
    let mut found: Vec<Code> = Vec::new();
    for (at, sign) in text.match_indices(['@', '＠']) {
        let rest = &text[at + sign.len()..];
        let names =
            directory.people.iter().flat_map(|(account, shown, _)| [(account.as_str(), account), (shown, account)]);
        let fits = names.filter(|(name, _)| !name.is_empty() && begins(rest, name));
        let longest = fits.max_by_key(|(name, _)| name.len());
        if let Some((_, account)) = longest
            && !found.contains(account)
        {
            found.push(account.clone());
        }
    }
    found
}

/// Whether a text begins with a name: a sign-in name has to end there, while Chinese goes on without a space.
fn begins(text: &str, name: &str) -> bool {
    let Some(rest) = text.strip_prefix(name) else { return false };
    let latin = name.ends_with(|last: char| last.is_ascii_alphanumeric());
    !latin || !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_mentioned() {
        let people = [("li", "李华"), ("lihua", "李华强"), ("wang", "王明")];
        let people = people.map(|(account, shown)| (account.into(), shown.to_owned(), "justice".into()));
        let directory = Directory { people: people.to_vec(), ..Directory::default() };
        let names = |text: &str| mentioned(text, &directory).iter().map(Code::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(names("请@李华看一下，@李华强也看；＠wang"), "li lihua wang");
        assert_eq!(names("@li: 见第三步 @li"), "li");
        assert_eq!(names("@lihua @lihuaqiang @nobody a@b"), "lihua");
        assert_eq!(names("没有提到任何人"), "");
    }
}
