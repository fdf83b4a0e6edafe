//! The keyring as a file that only its owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use hubkeys_domain::keyring::Keyring;
use rustix::fs::OFlags;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::KeyringError;

pub(super) fn read(path: &Path) -> Result<Zeroizing<String>, KeyringError> {
    let failed = |source| KeyringError::File {
        path: path.to_owned(),
        source,
    };
    // What a link points to may be anybody's.
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)
        .map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyringError::NotPrivate(path.to_owned()));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Written whole under another name first, then linked: a crash leaves no half keyring, and of two processes that start
/// at once one makes it and both read the same.
pub(crate) fn make_if_missing(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let text = Keyring::generate_text().map_err(io::Error::other)?;
    // A name of its own: two in one process must not write into each other's draft either.
    let draft = path.with_extension(format!("{}.draft", Uuid::now_v7()));
    write(&draft, &text)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        // What is sealed under a keyring that a power cut takes away is lost: its name must be on the disk too.
        _ => sync_folder_of(path),
    }
}

/// Puts a text in the place of the file: a crash at any point leaves the old one or the new one, whole.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    // One name, so that what a crash left behind, which holds root keys, is gone after the next time.
    let draft = path.with_extension("draft");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write(&draft, text)?;
    fs::rename(&draft, path)?;
    sync_folder_of(path)
}

fn write(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}
