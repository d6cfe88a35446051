//! The thread that keeps an index up to the log. It asks the store what is new: so it also sees what other programs on
//! the same database wrote, and the writer has nothing to do with it.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use platform::Platform;

use crate::Index;

/// Between two looks at the log, and after a failure.
const SOON: Duration = Duration::from_secs(1);
const LATER: Duration = Duration::from_secs(30);

/// An index that follows the log until it is stopped.
pub struct Follower {
    index: Arc<Index>,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Follower {
    /// Begins to follow.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(index: Arc<Index>, platform: Arc<Platform>) -> io::Result<Follower> {
        let (stop, stopped) = channel();
        let followed = index.clone();
        let thread = Builder::new().name("search".to_owned()).spawn(move || {
            loop {
                let wait = round(&followed, &platform);
                if !matches!(stopped.recv_timeout(wait), Err(RecvTimeoutError::Timeout)) {
                    return;
                }
            }
        })?;
        Ok(Follower { index, stop, thread })
    }

    /// Stops, and returns once what it had begun is committed.
    pub fn stop(self) {
        self.index.stop();
        drop(self.stop);
        // One that panicked has said so.
        let _ = self.thread.join();
    }
}

/// One look; gives how long to wait until the next.
fn round(index: &Index, platform: &Platform) -> Duration {
    match index.catch_up(platform) {
        Ok(done) => {
            if done.events > 0 || done.purged {
                tracing::debug!(events = done.events, records = done.records, purged = done.purged, "search index");
            }
            SOON
        }
        Err(fault) => {
            tracing::error!(kind = fault.kind.name(), told = fault.for_log(), place = "search", "fault");
            LATER
        }
    }
}
