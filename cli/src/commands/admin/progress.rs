//! How far a long command has come: a bar on a terminal, a line now and then elsewhere. On standard error, so that what
//! is printed can be read by a program.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

const BETWEEN_LINES: Duration = Duration::from_secs(10);

pub(super) enum Progress {
    Bar(ProgressBar),
    Lines(Lines),
}

/// What the next line is made of.
pub(super) struct Lines {
    doing: &'static str,
    /// How many there are, if anybody knows.
    of: Option<u64>,
    /// How many were done before this run.
    before: u64,
    began: Instant,
    last: Instant,
}

impl Progress {
    /// Of something like "checking streams". How many there will be, nobody knows before.
    pub(super) fn of(doing: &'static str) -> Self {
        Self::of_about(doing, None, 0)
    }

    /// Of something that an earlier run has done `before` of. `of` is about how many there are.
    pub(super) fn of_about(doing: &'static str, of: Option<u64>, before: u64) -> Self {
        let of = of.filter(|of| *of > 0);
        if !io::stderr().is_terminal() {
            let began = Instant::now();
            return Self::Lines(Lines {
                doing,
                of,
                before,
                began,
                last: began,
            });
        }
        let (bar, style) = match of {
            None => (
                ProgressBar::new_spinner(),
                "{spinner} {msg}: {pos} ({per_sec}, {elapsed})",
            ),
            Some(of) => (
                ProgressBar::new(of),
                "{msg}: {wide_bar} {pos} of about {len} ({per_sec}, {eta} left)",
            ),
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(doing);
        // What was done before took no time now: it must not count for the rate.
        bar.set_position(before);
        bar.reset_eta();
        Self::Bar(bar)
    }

    pub(super) fn at(&mut self, done: u64) {
        match self {
            Self::Bar(bar) => {
                // The number there are is an old one: more may have come.
                if bar.length().is_some_and(|of| done > of) {
                    bar.set_length(done);
                }
                bar.set_position(done);
            }
            Self::Lines(lines) => {
                if lines.last.elapsed() >= BETWEEN_LINES {
                    lines.last = Instant::now();
                    // Whoever does not read on still wants it done.
                    let _ = writeln!(io::stderr(), "{}", lines.line(done, lines.began.elapsed()));
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

impl Lines {
    fn line(&self, done: u64, took: Duration) -> String {
        let mut line = format!("{}: {done}", self.doing);
        let rate = done.saturating_sub(self.before) as f64 / took.as_secs_f64().max(0.001);
        // A String takes whatever is written to it.
        if let Some(of) = self.of {
            let _ = write!(line, " of about {}", of.max(done));
        }
        let _ = write!(line, " ({rate:.0}/s");
        let left = self.of.map(|of| of.saturating_sub(done) as f64 / rate);
        if let Some(left) = left.filter(|left| left.is_finite()) {
            let _ = write!(line, ", about {left:.0} s left");
        }
        line.push(')');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(of: Option<u64>, before: u64, done: u64) -> String {
        let now = Instant::now();
        let lines = Lines {
            doing: "checking",
            of,
            before,
            began: now,
            last: now,
        };
        lines.line(done, Duration::from_secs(10))
    }

    #[test]
    fn a_line_tells_the_rate_of_this_run_and_what_is_left() {
        assert_eq!(line(None, 0, 500), "checking: 500 (50/s)");
        assert_eq!(
            line(Some(1_000), 400, 500),
            "checking: 500 of about 1000 (10/s, about 50 s left)"
        );
    }

    #[test]
    fn a_line_promises_nothing_where_nothing_is_known() {
        assert_eq!(
            line(Some(1_000), 500, 500),
            "checking: 500 of about 1000 (0/s)"
        );
        assert_eq!(
            line(Some(10), 0, 500),
            "checking: 500 of about 500 (50/s, about 0 s left)"
        );
    }
}
