//! How far a long command has come: a bar on a terminal, a line now and then elsewhere. On standard error, so that what
//! is printed can be read by a program.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

const BETWEEN_LINES: Duration = Duration::from_secs(10);

pub(super) enum Progress {
    Bar(ProgressBar),
    Lines { doing: &'static str, last: Instant },
}

impl Progress {
    /// Of something like "checking streams". How many there will be, nobody knows before.
    pub(super) fn of(doing: &'static str) -> Self {
        if !io::stderr().is_terminal() {
            return Self::Lines {
                doing,
                last: Instant::now(),
            };
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {msg}: {pos} ({per_sec}, {elapsed})")
        {
            bar.set_style(style);
        }
        bar.set_message(doing);
        Self::Bar(bar)
    }

    pub(super) fn at(&mut self, done: u64) {
        match self {
            Self::Bar(bar) => bar.set_position(done),
            Self::Lines { doing, last } => {
                if last.elapsed() >= BETWEEN_LINES {
                    *last = Instant::now();
                    // Whoever does not read on still wants it done.
                    let _ = writeln!(io::stderr(), "{doing}: {done}");
                }
            }
        }
    }

    pub(super) fn end(self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
