//! What check and rebuild have in common: they walk over everything, tell how far they are, and go on where they were.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use hubkeys_store::{Checkpoint, Mode, Report};
use serde::{Deserialize, Serialize};

use super::place::Place;
use super::progress::Progress;
use crate::failure::Failure;

/// What is lost of a run that is killed.
const BETWEEN_SAVES: Duration = Duration::from_secs(1);

#[derive(Args, Debug)]
pub(super) struct WalkArguments {
    /// Note in this file how far it is, and go on from there if the file exists: for when it is interrupted. The file is
    /// removed at the end
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
}

/// What stands in the file.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    /// Which tables it is about: in others its positions would skip what was never looked at.
    place: String,
    checkpoint: Checkpoint,
}

/// Walks from where an earlier run was, if one was.
pub(super) async fn walk(
    mode: Mode,
    doing: &'static str,
    arguments: &WalkArguments,
    place: &Place,
) -> Result<Report, Failure> {
    let name = place.name();
    let start = match &arguments.resume {
        Some(file) => read(file, &name, mode)?,
        None => None,
    };
    let start = start.unwrap_or_else(|| Checkpoint::start(mode, place.segments()));
    let mut saved = Instant::now();
    if let Some(file) = &arguments.resume {
        // At once, so that a place that can't be written to is known before hours of work.
        write(file, &name, &start)?;
    }
    let store = place.store();
    let about = store.rows_about().await;
    let mut progress = Progress::of_about(doing, about, rows(&start));
    let walked = store
        .walk(start, |reached| {
            progress.at(rows(reached));
            if let Some(file) = &arguments.resume
                && saved.elapsed() >= BETWEEN_SAVES
            {
                saved = Instant::now();
                if let Err(error) = write(file, &name, reached) {
                    let _ = writeln!(io::stderr(), "{error}");
                }
            }
        })
        .await;
    progress.end();
    match (walked, &arguments.resume) {
        (Ok(report), Some(file)) => {
            // Left there, the next run would take itself for finished.
            fs::remove_file(file).map_err(|reason| unwritable(file, reason))?;
            Ok(report)
        }
        (Ok(report), None) => Ok(report),
        (Err(error), Some(_)) => Err(Failure::Admin(format!(
            "{}. The same command again goes on where it was",
            Failure::admin(&error)
        ))),
        (Err(error), None) => Err(Failure::admin(&error)),
    }
}

/// Rows of both tables that were read.
fn rows(reached: &Checkpoint) -> u64 {
    let progress = reached.progress();
    progress.events + progress.rows
}

fn read(file: &Path, place: &str, mode: Mode) -> Result<Option<Checkpoint>, Failure> {
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(reason) => {
            let path = file.to_owned();
            return Err(Failure::Read { path, reason });
        }
    };
    let refused = |why: &dyn std::fmt::Display| {
        let file = file.display();
        Failure::Input(format!("{file}: {why}"))
    };
    let noted: Noted = serde_json::from_slice(&text)
        .map_err(|_| refused(&"not a file of --resume of this version: begin anew with another"))?;
    if noted.place != place {
        return Err(refused(&format!(
            "it is about {}, and this is {place}: begin anew with another",
            noted.place
        )));
    }
    let checkpoint = noted.checkpoint.for_mode(mode);
    checkpoint.map(Some).map_err(|error| refused(&error))
}

/// Beside it, then in its place: whenever the process is killed, one of the two is whole.
fn write(file: &Path, place: &str, checkpoint: &Checkpoint) -> Result<(), Failure> {
    let noted = Noted {
        place: place.to_owned(),
        checkpoint: checkpoint.clone(),
    };
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let written = serde_json::to_vec(&noted)
        .map_err(io::Error::from)
        .and_then(|text| fs::write(&beside, text))
        .and_then(|()| fs::rename(&beside, file));
    written.map_err(|reason| unwritable(file, reason))
}

fn unwritable(file: &Path, reason: io::Error) -> Failure {
    let path = file.to_owned();
    Failure::Write { path, reason }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    /// A path that nothing is at, in a folder that is there.
    struct Unused(PathBuf);

    impl Unused {
        fn new() -> Self {
            let name = format!("hubkeys-resume-{}", uuid::Uuid::now_v7());
            Self(std::env::temp_dir().join(name))
        }
    }

    impl Drop for Unused {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    fn refused(read: Result<Option<Checkpoint>, Failure>) -> String {
        match read {
            Err(failure) => failure.to_string(),
            Ok(found) => format!("{found:?}"),
        }
    }

    #[test]
    fn what_was_noted_is_gone_on_from_by_the_same_command_on_the_same_tables_only() {
        let file = Unused::new();
        let start = Checkpoint::start(Mode::Mend, NonZeroU32::MIN);
        assert!(matches!(read(&file.0, "here", Mode::Mend), Ok(None)));
        for _ in 0..2 {
            assert!(write(&file.0, "here", &start).is_ok());
        }
        let found = read(&file.0, "here", Mode::Mend);
        assert!(matches!(found, Ok(Some(found)) if found == start));
        let elsewhere = refused(read(&file.0, "there", Mode::Mend));
        assert!(
            elsewhere.contains("about here, and this is there"),
            "{elsewhere}"
        );
        let otherwise = refused(read(&file.0, "here", Mode::Check));
        assert!(
            otherwise.contains("left by a rebuild, not by a check"),
            "{otherwise}"
        );
    }

    #[test]
    fn a_file_of_something_else_is_refused_and_left() {
        let file = Unused::new();
        assert!(fs::write(&file.0, "{}").is_ok());
        let other = refused(read(&file.0, "here", Mode::Check));
        assert!(other.contains("not a file of --resume"), "{other}");
        assert!(matches!(fs::read(&file.0), Ok(left) if left == b"{}"));
    }
}
