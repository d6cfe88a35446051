//! The index of words beside a ledger: where it lies, kept up to the log while the program serves, and `fazhi search`.
//!
//! Built without the feature `search`, the program serves all the same and finds records by their names alone.

#[cfg(feature = "search")]
pub use with_index::{begin, run};
#[cfg(not(feature = "search"))]
pub use without_index::{begin, run};

#[cfg(feature = "search")]
mod with_index {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use platform::{Platform, Search as _};
    use search::{Follower, Index};
    use store::Address;

    use crate::args::{At, Search};
    use crate::failure::{Failure, Found};
    use crate::{open, show};

    /// An index that is kept up to the log.
    pub struct Searching(Option<Follower>);

    impl Searching {
        /// Ends it, once what it had begun is committed.
        pub fn stop(self) {
            if let Some(follower) = self.0 {
                follower.stop();
            }
        }
    }

    /// Where the index of a ledger lies: where it was said, in the ledger's own folder, or beside the program.
    fn folder(at: &At, said: Option<&Path>) -> PathBuf {
        match (said, &at.data) {
            (Some(said), _) => said.to_owned(),
            (None, Address::Folder(data)) => data.join("search"),
            (None, Address::Postgres(_)) => "fazhi-search".into(),
        }
    }

    /// The platform with its index, and what to say of it. That it cannot be used stops nothing: records are found by their
    /// names then.
    pub fn begin(platform: Platform, at: &At, said: Option<&Path>) -> (Arc<Platform>, Searching, String) {
        let index = match Index::open(&folder(at, said)) {
            Ok(index) => Arc::new(index),
            Err(why) => return (Arc::new(platform), Searching(None), without(&why.message)),
        };
        let platform = Arc::new(platform.with_search(index.clone()));
        match Follower::start(index, platform.clone()) {
            Ok(follower) => (platform, Searching(Some(follower)), String::new()),
            Err(why) => (platform, Searching(None), without(&why.to_string())),
        }
    }

    fn without(why: &str) -> String {
        tracing::error!(why, place = "search", "fault");
        format!("full-text search is off: {why}; name a folder of its own with --index\n")
    }

    /// Brings the index up to the log, or makes it anew, and says how far it goes.
    pub fn run(at: &At, asked: &Search) -> Result<Found, Failure> {
        let platform = open::reading(at)?;
        let governments = open::governments(&platform)?;
        let index = Index::open(&folder(at, asked.index.as_deref())).map_err(|fault| {
            Failure::new(fault.message, "stop the program that serves this ledger, or name another folder with --index")
        })?;
        if asked.rebuild {
            index.begin_anew()?;
        }
        let done = index.catch_up(&platform)?;
        let mut text = format!(
            "search index in {}: {} documents; {} events taken in now\n",
            index.folder().display(),
            index.documents(),
            done.events
        );
        for government in governments {
            text.push_str(&format!("{government}: up to position {}\n", index.reached(&government)));
        }
        show::say(&text)?;
        Ok(Found::Nothing)
    }
}

#[cfg(not(feature = "search"))]
mod without_index {
    use std::path::Path;
    use std::sync::Arc;

    use platform::Platform;

    use crate::args::{At, Search};
    use crate::failure::{Failure, Found};

    /// No index.
    pub struct Searching;

    impl Searching {
        /// Nothing to end.
        pub fn stop(self) {}
    }

    /// The platform as it is.
    pub fn begin(platform: Platform, _: &At, _: Option<&Path>) -> (Arc<Platform>, Searching, String) {
        (Arc::new(platform), Searching, String::new())
    }

    /// There is nothing to bring up.
    pub fn run(_: &At, _: &Search) -> Result<Found, Failure> {
        Err(Failure::new("this program was built without full-text search", "build it with the feature `search`"))
    }
}
