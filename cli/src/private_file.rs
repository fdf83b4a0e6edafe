//! Files that only their owner may read.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A new file that only its owner may read, reserved before there is anything to write: what it is for, such as a secret
/// that is shown once, must not be made if it then can't be kept.
pub(crate) struct NewPrivateFile {
    path: PathBuf,
    file: File,
}

impl NewPrivateFile {
    /// Makes the file, empty.
    ///
    /// # Errors
    /// It can't be made, or is there already: an earlier secret is not overwritten.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        match create(path) {
            Ok(file) => Ok(Self {
                path: path.to_owned(),
                file,
            }),
            Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists => {
                Err(Failure::Input(format!(
                    "{path:?} is there already and may hold an earlier secret: name a new file"
                )))
            }
            Err(reason) => Err(write_failed(path, reason)),
        }
    }

    /// Writes all of it, to the disk.
    pub(crate) fn write(mut self, text: &str) -> Result<(), Failure> {
        self.file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_all())
            .map_err(|reason| write_failed(&self.path, reason))
    }

    /// Takes the file away again.
    pub(crate) fn discard(self) {
        // An empty file that stays does no harm beyond being in the way next time, and says so then.
        let _ = fs::remove_file(&self.path);
    }
}

/// Puts a text into a file that only its owner may read, in place of what was there: the whole text, or nothing. Makes
/// its folder.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let write = || {
        if let Some(folder) = path.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let mut beside = OsString::from(path);
        beside.push(format!(".{}.new", std::process::id()));
        let mut file = create(Path::new(&beside))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|reason| write_failed(path, reason))
}

// Made new with its mode: a file that is narrowed after it was made was open to others for a moment.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn write_failed(path: &Path, reason: io::Error) -> Failure {
    Failure::Write {
        path: path.to_owned(),
        reason,
    }
}
