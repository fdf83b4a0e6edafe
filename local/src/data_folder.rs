//! The data folder: one process at a time, and files only their owner can read.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::StartError;

/// The folder, locked for as long as this lives. The operating system frees the lock of a process that was killed.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if it is missing, and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self, StartError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|error| folder(path, &error))?;
        let lock_path = path.join("lock");
        let lock = private(OpenOptions::new().create(true).truncate(false).write(true))
            .open(&lock_path)
            .map_err(|error| folder(&lock_path, &error))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StartError::FolderInUse(path.to_owned()),
            TryLockError::Error(error) => folder(&lock_path, &error),
        })?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// The path of a file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes an empty file that only its owner can read, unless there is one. What SQLite puts beside it inherits that.
    pub(crate) fn ensure_private(&self, name: &str) -> Result<PathBuf, StartError> {
        let path = self.file(name);
        private(OpenOptions::new().create(true).truncate(false).write(true))
            .open(&path)
            .map_err(|error| folder(&path, &error))?;
        Ok(path)
    }

    /// The text of a file, made by `make` at first.
    pub(crate) fn text(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Zeroizing<String>, StartError>,
    ) -> Result<Zeroizing<String>, StartError> {
        let path = self.file(name);
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(Zeroizing::new(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(folder(&path, &error)),
        }
        let text = make()?;
        self.write(&path, &text)
            .map_err(|error| folder(&path, &error))?;
        Ok(text)
    }

    /// Under another name first: a process killed half-way must not leave half a key, which would stay for ever.
    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        let unfinished = path.with_extension("unfinished");
        let mut file = private(OpenOptions::new().create(true).truncate(true).write(true))
            .open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        File::open(&self.path)?.sync_all()
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn folder(path: &Path, error: &io::Error) -> StartError {
    StartError::Folder {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Folder;

    fn never() -> Result<Zeroizing<String>, StartError> {
        panic!("made twice")
    }

    #[test]
    fn a_folder_is_one_process_at_a_time() {
        let folder = Folder::new();
        let first = DataFolder::open(folder.path()).unwrap();
        let second = DataFolder::open(folder.path()).unwrap_err();
        assert!(matches!(second, StartError::FolderInUse(_)), "{second}");
        drop(first);
        DataFolder::open(folder.path()).unwrap();
    }

    #[test]
    fn a_text_is_made_once_and_only_its_owner_can_read_it() {
        let folder = Folder::new();
        let data = DataFolder::open(&folder.path().join("made/when/missing")).unwrap();
        let made = data.text("key.pem", || Ok(Zeroizing::new("text".to_owned())));
        assert_eq!(made.unwrap().as_str(), "text");
        assert_eq!(data.text("key.pem", never).unwrap().as_str(), "text");
        data.ensure_private("database").unwrap();
        #[cfg(unix)]
        for name in ["key.pem", "database", "lock"] {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(data.file(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn a_half_written_text_is_written_anew() {
        let folder = Folder::new();
        let data = DataFolder::open(folder.path()).unwrap();
        fs::write(data.file("key.unfinished"), "ha").unwrap();
        let made = data.text("key.pem", || Ok(Zeroizing::new("text".to_owned())));
        assert_eq!(made.unwrap().as_str(), "text");
    }

    #[test]
    fn what_can_not_be_a_folder_is_one_line_that_names_it() {
        let folder = Folder::new();
        let file = folder.path().join("file");
        fs::create_dir_all(folder.path()).unwrap();
        fs::write(&file, "").unwrap();
        let error = DataFolder::open(&file).unwrap_err().to_string();
        assert!(error.contains("file") && !error.contains('\n'), "{error}");
        let data = DataFolder::open(folder.path()).unwrap();
        fs::create_dir(data.file("key.pem")).unwrap();
        assert!(matches!(
            data.text("key.pem", never),
            Err(StartError::Folder { .. })
        ));
    }
}
