//! `terms.toml`: who acts, how acts are sorted, and the kinds of public power.

use procedure::{Above, Said};
use terms::Code;

use crate::finding::{Findings, error};
use crate::read;
use crate::schema::keys;
use crate::sees::ABOVE;
use crate::tree::Table;

/// The words that lines share.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    posts: Vec<Post>,
    kinds: Vec<Code>,
    powers: Vec<Code>,
    post_codes: Vec<Code>,
    kind_titles: Vec<Said>,
    power_titles: Vec<Said>,
}

/// Who acts.
#[derive(Clone, Debug)]
pub struct Post {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Where it stands.
    pub role: PostRole,
    /// Sees and acts on the records of every agency of its government, not of its own alone.
    pub across: bool,
    /// What it sees of the records of governments below its own.
    pub below: Above,
    /// What it administers; such a post does no business, and sees no records.
    pub administers: Option<Administers>,
    /// It leads: whoever holds it begins the day with what matters, and not with what is to be done.
    pub leads: bool,
}

/// What an administrator does: three who check each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Administers {
    /// Makes and closes accounts and agencies.
    Accounts,
    /// Grants posts.
    Posts,
    /// Reads what the other two did, and who looked at personal data.
    Log,
}

/// Where a post stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostRole {
    /// A post of an agency, which an account can hold.
    Post,
    /// A party to a record.
    Party,
    /// Another authority or body: a court, a bank.
    Outside,
    /// The passing of time.
    Timer,
}

impl Terms {
    /// Posts and parties, in the order of the file.
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }
    /// The post with this code.
    pub fn post(&self, code: &str) -> Option<&Post> {
        self.posts.iter().find(|post| post.code == code)
    }
    /// Kinds of act, by which general rules find acts.
    pub fn kinds(&self) -> &[Code] {
        &self.kinds
    }
    /// Kinds of public power.
    pub fn powers(&self) -> &[Code] {
        &self.powers
    }
    /// The title of a kind of act.
    pub fn kind_title(&self, code: &str) -> Option<&Said> {
        self.kinds.iter().position(|kind| kind == code).map(|at| &self.kind_titles[at])
    }
    /// The title of a kind of power.
    pub fn power_title(&self, code: &str) -> Option<&Said> {
        self.powers.iter().position(|kind| kind == code).map(|at| &self.power_titles[at])
    }
    pub(crate) fn post_codes(&self) -> &[Code] {
        &self.post_codes
    }
}

const ROLES: [(&str, PostRole); 3] =
    [("party", PostRole::Party), ("outside", PostRole::Outside), ("timer", PostRole::Timer)];

const ADMINISTERS: [(&str, Administers); 3] =
    [("accounts", Administers::Accounts), ("posts", Administers::Posts), ("log", Administers::Log)];

/// Reads `terms.toml`.
pub(crate) fn read(table: &Table, findings: &mut Findings<'_>) -> Terms {
    keys(table, &["post", "kind", "power"], "", findings);
    let mut terms = Terms::default();
    for (entry, inner) in table.elements("post") {
        let known = ["title", "is", "reach", "below", "administers", "leads"];
        keys(inner, &known, &format!("post.{}", entry.key), findings);
        let role = read::one_of(inner, "is", &ROLES, findings).unwrap_or(PostRole::Post);
        let title = read::title(entry, inner, findings);
        let across = read::one_of(inner, "reach", &[("agency", false), ("government", true)], findings);
        let below = read::one_of(inner, "below", &ABOVE, findings).unwrap_or(Above::Figures);
        let administers = read::one_of(inner, "administers", &ADMINISTERS, findings);
        for key in ["is", "reach", "below"] {
            if let Some(node) = inner.get(key)
                && administers.is_some()
            {
                let draft = error("D002", format!("`{key}` means nothing for an administrator"));
                findings.add(&node.spot, draft.help("who administers sees no records"));
            }
        }
        let leads = read::flag(inner, "leads", findings).unwrap_or(false);
        let across = across.unwrap_or(false);
        terms.posts.push(Post { code: entry.key.as_str().into(), title, role, across, below, administers, leads });
    }
    for (section, codes, titles) in
        [("kind", &mut terms.kinds, &mut terms.kind_titles), ("power", &mut terms.powers, &mut terms.power_titles)]
    {
        for (entry, inner) in table.elements(section) {
            keys(inner, &["title"], &format!("{section}.{}", entry.key), findings);
            codes.push(entry.key.as_str().into());
            titles.push(read::title(entry, inner, findings));
        }
    }
    terms.post_codes = terms.posts.iter().map(|post| post.code.clone()).collect();
    terms
}
