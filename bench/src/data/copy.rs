//! Copies of a database to write to, thrown away when they are done with.

use std::path::{Path, PathBuf};
use std::{fs, io, process};

use crate::Failure;

const PREFIX: &str = "copy-";

/// A copy of a database, alone in a directory of its own, which goes with it.
pub(crate) struct Copy {
    directory: PathBuf,
    pub file: PathBuf,
}

impl Copy {
    /// Copies a file that nobody writes. It stays on the same disk: how long that takes to sync is part of a write.
    pub(crate) fn of(original: &Path, name: &str) -> Result<Self, Failure> {
        let parent = original.parent().ok_or("the database is in no directory")?;
        clean(parent)?;
        let directory = parent.join(format!("{PREFIX}{}-{name}", process::id()));
        fs::create_dir(&directory)?;
        let copy = Self { file: directory.join("blog.db"), directory };
        fs::copy(original, &copy.file)?;
        // Written back now, so that it does not have to be while something is measured.
        fs::File::open(&copy.file)?.sync_all()?;
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.directory).ok();
    }
}

/// Removes what interrupted runs have left.
fn clean(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
    Ok(())
}
