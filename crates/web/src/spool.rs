//! Bytes that come in as a file. They go to the disk as they come, and never lie in memory whole.

use std::fs::File;
use std::io::Write;

use platform::{Attaching, FileProblem, Person};
use tokio::task::block_in_place;

use crate::app::App;
use crate::wrong::Wrong;

/// Bytes that come in, on the disk as they come.
pub(crate) struct Spool {
    /// It has no name: whatever becomes of the program, nothing of it is left.
    file: File,
    size: u64,
    most: u64,
}

impl Spool {
    /// Without a byte yet.
    pub fn new(app: &App) -> Result<Spool, Wrong> {
        let folder = &app.options.spool;
        let made = || std::fs::create_dir_all(folder).and_then(|()| tempfile::tempfile_in(folder));
        let file = block_in_place(made).map_err(|why| unwritten(&why))?;
        Ok(Spool { file, size: 0, most: app.options.attachment_limit })
    }

    /// How much came, also of what was not written.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Writes a piece more; `false` where the file is larger than what is taken.
    pub fn push(&mut self, piece: &[u8]) -> Result<bool, Wrong> {
        self.size += piece.len() as u64;
        if self.size > self.most {
            return Ok(false);
        }
        block_in_place(|| self.file.write_all(piece)).map_err(|why| unwritten(&why))?;
        Ok(true)
    }

    /// Takes it in for somebody, with its size; or why it is not taken.
    pub async fn stage(
        mut self,
        app: &App,
        person: &Person,
        name: &str,
    ) -> Result<Result<(Attaching, u64), FileProblem>, Wrong> {
        let staged = app.ask(|platform| platform.stage(person, name, &mut self.file)).await?;
        Ok(staged.map(|attaching| (attaching, self.size)))
    }
}

fn unwritten(why: &std::io::Error) -> Wrong {
    Wrong::Fault { kind: "spool", told: why.to_string() }
}
