//! Files and standard input, never more of them than can be meant.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Failure;

/// The most that is read of any file, in bytes.
pub(crate) const MAX_INPUT: u64 = 16 * 1024 * 1024;

/// Whether the path stands for standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// All of a file, or of standard input for `-`.
///
/// # Errors
/// It can't be read, or has more than `most` bytes.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let failed = |reason| Failure::Read {
        path: path.to_owned(),
        reason,
    };
    let bytes = if is_stdin(path) {
        bounded(io::stdin().lock(), most)
    } else {
        bounded(File::open(path).map_err(failed)?, most)
    };
    bytes.map_err(failed)
}

fn bounded(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One more than allowed tells a file of that size from a longer one, without reading on.
    from.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has more than {most} bytes, and no more are read"),
        ));
    }
    Ok(bytes)
}
