//! `hubkeys explain`: judges requests offline, so that a client's author sees where their signature differs.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::case::{self, Case, Entry};
use crate::failure::Failure;
use crate::input::{self, MAX_INPUT};
use crate::judgement::{Judgement, judge};
use crate::output::visible;

#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    /// One case or a list of `cases` as JSON; `-` for standard input
    file: PathBuf,
    /// Print a line of JSON a case
    #[arg(long)]
    json: bool,
}

/// A line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_string: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// How many cases came out how.
#[derive(Default)]
struct Tally {
    cases: usize,
    unexpected: usize,
    not_judged: usize,
    unreadable: usize,
}

/// Judges each case by itself: one that can't be read does not keep the others from being judged.
pub(crate) fn run(arguments: &ExplainArguments, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let entries = case::read(&input::read(&arguments.file, MAX_INPUT)?)?;
    let mut tally = Tally::default();
    for entry in &entries {
        let judgement = entry.case.as_ref().map(|case| (case, judge(case)));
        tally.add(&judgement);
        if arguments.json {
            writeln!(out, "{}", line(entry, &judgement)?)?;
        } else {
            print(entry, &judgement, out)?;
        }
    }
    if !arguments.json {
        tally.print(out)?;
    }
    Ok(
        if tally.unexpected + tally.not_judged + tally.unreadable == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        },
    )
}

type Judged<'a> = Result<(&'a Case, Judgement), &'a String>;

impl Tally {
    fn add(&mut self, judged: &Judged<'_>) {
        self.cases += 1;
        match judged {
            Err(_) => self.unreadable += 1,
            Ok((case, judgement)) if judgement.not_judged().is_some() => self.not_judged += 1,
            Ok((case, judgement)) if judgement.is_expected(case) == Some(false) => {
                self.unexpected += 1;
            }
            Ok(_) => {}
        }
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            cases,
            unexpected,
            not_judged,
            unreadable,
        } = self;
        writeln!(
            out,
            "{cases} judged: {unexpected} not as expected, {not_judged} not supported, {unreadable} unreadable"
        )
    }
}

fn line(entry: &Entry, judged: &Judged<'_>) -> Result<String, Failure> {
    let name = entry.name.as_str();
    let line = match judged {
        Err(fault) => Line {
            name,
            outcome: "error",
            signing_string: None,
            detail: Some((*fault).clone()),
        },
        Ok((_, judgement)) => Line {
            name,
            outcome: judgement.outcome(),
            signing_string: judgement.signing_string.as_deref(),
            detail: detail(judgement),
        },
    };
    serde_json::to_string(&line).map_err(|error| Failure::Output(error.into()))
}

fn detail(judgement: &Judgement) -> Option<String> {
    let refusal = judgement.refusal.as_ref()?;
    let hints = judgement.hints.iter().map(String::as_str);
    let sentences: Vec<&str> = std::iter::once(&*refusal.detail).chain(hints).collect();
    Some(sentences.join("; "))
}

fn print(entry: &Entry, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
    let name = visible(&entry.name);
    let (case, judgement) = match judged {
        Err(fault) => return writeln!(out, "{name}: unreadable\n  {}\n", visible(fault)),
        Ok((case, judgement)) => (case, judgement),
    };
    let expected = match (judgement.not_judged(), &case.expect) {
        (Some(why), _) => format!(" (not judged: {why})"),
        (None, None) => String::new(),
        (None, Some(expect)) => match judgement.is_expected(case) {
            Some(true) => " (as expected)".to_owned(),
            _ => format!(" (NOT AS EXPECTED: {} was)", visible(expect)),
        },
    };
    writeln!(out, "{name}: {}{expected}", judgement.outcome())?;
    if let Some(refusal) = &judgement.refusal {
        writeln!(out, "  {}", visible(&refusal.detail))?;
    }
    for hint in &judgement.hints {
        writeln!(out, "  {}", visible(hint))?;
    }
    if let Some(text) = &judgement.signing_string {
        let count = text.split('\n').count();
        writeln!(
            out,
            "  The signing string, {count} lines with a line feed (\\n) between them:"
        )?;
        for (at, line) in text.split('\n').enumerate() {
            let end = if at + 1 == count { "" } else { "\\n" };
            writeln!(out, "    |{}{end}", visible(line))?;
        }
    }
    writeln!(out)
}
