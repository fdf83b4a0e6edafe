//! The data folder: one process at a time, and nothing in it that others could have read, written or planted. Whoever can
//! write to it can let any key in.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::StartError;

/// The folder, locked for as long as this lives. The operating system frees the lock of a process that was killed.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    folder: File,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if it is missing, and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self, StartError> {
        // Without a slash at its end, which would have a link followed.
        let path: PathBuf = path.components().collect();
        make(&path).map_err(|error| unusable(&path, &error))?;
        let folder = open(&path, OpenOptions::new().read(true))?;
        let found = metadata(&path, &folder)?;
        refuse_if(!found.is_dir(), &path, "it is not a folder")?;
        refuse_if(
            found.mode() & 0o022 != 0,
            &path,
            "others may write to it: chmod go-w it if you trust what it holds, or choose another with --data",
        )?;
        ours(&path, &found)?;
        let lock_path = path.join("lock");
        let lock = open_private(
            &lock_path,
            OpenOptions::new().create(true).truncate(false).write(true),
        )?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StartError::FolderInUse(path.clone()),
            TryLockError::Error(error) => unusable(&lock_path, &error),
        })?;
        Ok(Self {
            path,
            folder,
            _lock: lock,
        })
    }

    /// The path of a file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Refuses a file that others than us could have read, written or put there. One that is missing is fine.
    pub(crate) fn refuse_unsafe(&self, name: &str) -> Result<(), StartError> {
        self.existing(name).map(drop)
    }

    /// Makes an empty file that only its owner can read, unless there is one. What SQLite puts beside it inherits that.
    pub(crate) fn ensure_private(&self, name: &str) -> Result<PathBuf, StartError> {
        let path = self.file(name);
        let mut options = OpenOptions::new();
        open_private(&path, options.create(true).truncate(false).write(true))?;
        self.sync(&path)?;
        Ok(path)
    }

    /// The text of a file, made by `make` at first.
    pub(crate) fn text(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Zeroizing<String>, StartError>,
    ) -> Result<Zeroizing<String>, StartError> {
        let path = self.file(name);
        if let Some(mut file) = self.existing(name)? {
            let mut text = Zeroizing::new(String::new());
            file.read_to_string(&mut text)
                .map_err(|error| unusable(&path, &error))?;
            return Ok(text);
        }
        let text = make()?;
        self.write(&path, &text)?;
        Ok(text)
    }

    fn existing(&self, name: &str) -> Result<Option<File>, StartError> {
        let path = self.file(name);
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            _ => open_private(&path, OpenOptions::new().read(true)).map(Some),
        }
    }

    /// Under another name first: a process killed half-way must not leave half a key, which would stay for ever.
    fn write(&self, path: &Path, text: &str) -> Result<(), StartError> {
        let draft = path.with_extension(format!("{}.draft", Uuid::now_v7()));
        let mut file = open_private(&draft, OpenOptions::new().create_new(true).write(true))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&draft, path))
            .map_err(|error| unusable(path, &error))?;
        self.sync(path)
    }

    /// A file that was synced is still lost if its name was not.
    fn sync(&self, made: &Path) -> Result<(), StartError> {
        self.folder
            .sync_all()
            .map_err(|error| unusable(made, &error))
    }
}

fn make(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    match path.parent() {
        Some(parent) if parent != Path::new("") => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Opens what is there, and never what a link there points to.
fn open(path: &Path, options: &mut OpenOptions) -> Result<File, StartError> {
    // Nor waits for the other end of a pipe.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options
        .mode(0o600)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
        .map_err(|error| {
            if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) {
                unsafe_to_use(path, "it is a symbolic link: put what it points to there")
            } else {
                unusable(path, &error)
            }
        })
}

/// Opens a file that is ours alone.
fn open_private(path: &Path, options: &mut OpenOptions) -> Result<File, StartError> {
    let file = open(path, options)?;
    let found = metadata(path, &file)?;
    refuse_if(!found.is_file(), path, "it is not a file")?;
    ours(path, &found)?;
    refuse_if(
        found.mode() & 0o077 != 0,
        path,
        "others may read or write it: chmod 600 it if nobody has, or choose another folder with --data",
    )?;
    Ok(file)
}

fn metadata(path: &Path, file: &File) -> Result<Metadata, StartError> {
    file.metadata().map_err(|error| unusable(path, &error))
}

fn ours(path: &Path, found: &Metadata) -> Result<(), StartError> {
    refuse_if(
        found.uid() != rustix::process::geteuid().as_raw(),
        path,
        "it belongs to another user: choose another folder with --data",
    )
}

fn refuse_if(refuse: bool, path: &Path, reason: &'static str) -> Result<(), StartError> {
    if refuse {
        Err(unsafe_to_use(path, reason))
    } else {
        Ok(())
    }
}

fn unsafe_to_use(path: &Path, reason: &'static str) -> StartError {
    StartError::Unsafe {
        path: path.to_owned(),
        reason,
    }
}

fn unusable(path: &Path, error: &io::Error) -> StartError {
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
        for name in ["key.pem", "database", "lock"] {
            let mode = fs::metadata(data.file(name)).unwrap().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn a_text_is_there_whole_or_not_at_all() {
        let folder = Folder::new();
        let data = DataFolder::open(folder.path()).unwrap();
        let failed = data.text("key.pem", || Err(StartError::Database(String::new())));
        assert!(failed.is_err() && !data.file("key.pem").exists());
        let made = data.text("key.pem", || Ok(Zeroizing::new("text".to_owned())));
        assert_eq!(made.unwrap().as_str(), "text");
        let names = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["key.pem", "lock"]);
    }

    #[test]
    fn a_pipe_in_the_place_of_a_file_is_refused_without_waiting_for_its_other_end() {
        let folder = Folder::new();
        let data = DataFolder::open(folder.path()).unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mkfifoat(rustix::fs::CWD, data.file("key.pem"), mode).unwrap();
        let error = data.text("key.pem", never).unwrap_err();
        assert!(matches!(error, StartError::Unsafe { .. }), "{error}");
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
            Err(StartError::Unsafe { .. })
        ));
    }
}
