//! Whether some order of the calls of one key explains their answers: each call takes effect at one instant between its start
//! and its end, as if it were alone then (linearizability). The search of Wing and Gong with the memory of Lowe: a set of calls
//! that are done and the state they led to is looked at once.

use std::collections::HashSet;

use crate::history::{Answer, Asked, Call, Instant, Seen};

/// `None`: the key is not there yet.
type State = Option<Seen>;

/// A call with the time in which it took effect. A write without an answer has no end, and need not have taken effect.
struct Timed<'a> {
    start: Instant,
    end: Instant,
    call: &'a Call,
}

const NEVER: Instant = Instant::MAX;

impl<'a> Timed<'a> {
    fn of(call: &'a Call, lease: Instant) -> Self {
        let valid = matches!(&call.answer, Answer::Decision { outcome, .. } if outcome == "valid");
        Self {
            // What verify says from memory was so when it was read.
            start: if valid {
                call.start.saturating_sub(lease)
            } else {
                call.start
            },
            end: if call.answer == Answer::Nothing {
                NEVER
            } else {
                call.end
            },
            call,
        }
    }
}

/// Whether some order explains the answers of all calls of a key, and that it is `found` so in the end.
pub(crate) fn explained(calls: Vec<&Call>, found: Option<&Seen>, lease: Instant) -> bool {
    let mut timed: Vec<Timed<'_>> = calls
        .into_iter()
        // Says nothing of the key, whatever was answered; and what was not answered says nothing if it changes nothing.
        .filter(|call| {
            !matches!(call.asked, Asked::Verify { right: false, .. })
                && (call.asked.is_write() || call.answer != Answer::Nothing)
        })
        .map(|call| Timed::of(call, lease))
        .collect();
    timed.sort_by_key(|timed| timed.start);
    let mut search = Search {
        calls: timed,
        found,
        seen: HashSet::new(),
    };
    let done = Done::none(search.calls.len());
    search.from(done, None)
}

/// Which calls have taken effect.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Done(Vec<bool>);

impl Done {
    fn none(calls: usize) -> Self {
        Self(vec![false; calls])
    }

    fn is(&self, call: usize) -> bool {
        self.0.get(call).copied().unwrap_or(true)
    }

    fn with(mut self, call: usize) -> Self {
        if let Some(done) = self.0.get_mut(call) {
            *done = true;
        }
        self
    }
}

struct Search<'a> {
    calls: Vec<Timed<'a>>,
    found: Option<&'a Seen>,
    seen: HashSet<(Done, State)>,
}

impl Search<'_> {
    fn from(&mut self, mut done: Done, state: State) -> bool {
        // One that changes nothing and is right now may take effect now: in any order that has it later, it can be moved here.
        // But not one without an answer: it may be what explains a change later.
        while let Some(call) = self.next(&done).into_iter().find(|call| {
            let after = self.effect(*call, &state);
            self.end(*call) != NEVER && after.is_some_and(|after| after == state)
        }) {
            done = done.with(call);
        }
        let answered = |call: &usize| !done.is(*call) && self.end(*call) != NEVER;
        let is_end = self.found.is_none_or(|found| state.as_ref() == Some(found));
        if is_end && !(0..self.calls.len()).any(|call| answered(&call)) {
            return true;
        }
        if !self.seen.insert((done.clone(), state.clone())) {
            return false;
        }
        self.next(&done).into_iter().any(|call| {
            self.effect(call, &state)
                .is_some_and(|after| self.from(done.clone().with(call), after))
        })
    }

    fn end(&self, call: usize) -> Instant {
        self.calls.get(call).map_or(NEVER, |timed| timed.end)
    }

    /// The calls that may take effect next: those that began before any other that is not done had ended.
    fn next(&self, done: &Done) -> Vec<usize> {
        let waiting = || {
            self.calls
                .iter()
                .enumerate()
                .filter(|(call, _)| !done.is(*call))
        };
        let first_end = waiting().map(|(_, timed)| timed.end).min().unwrap_or(NEVER);
        waiting()
            .take_while(|(_, timed)| timed.start <= first_end)
            .map(|(call, _)| call)
            .collect()
    }

    /// The state after a call, if its answer is right in this one.
    fn effect(&self, call: usize, state: &State) -> Option<State> {
        let call = self.calls.get(call)?.call;
        let after = match (&call.asked, state) {
            (Asked::Create { name, .. }, None) => {
                let created = !matches!(call.answer, Answer::Repeated { .. });
                created.then(|| Seen {
                    name: name.clone(),
                    revoked: false,
                    version: 1,
                })?
            }
            // Without an answer it had nothing to do with this key.
            (Asked::Create { .. }, Some(seen)) => match call.answer {
                Answer::Repeated { .. } => seen.clone(),
                _ => return None,
            },
            (_, None) => return None,
            (Asked::Rename { name, .. }, Some(seen)) => match (&call.answer, seen.revoked) {
                (Answer::Refused(_), true) => return Some(state.clone()),
                (Answer::Refused(_), false) | (_, true) => return None,
                (_, false) if seen.name == *name => seen.clone(),
                (_, false) => Seen {
                    name: name.clone(),
                    revoked: false,
                    version: seen.version + 1,
                },
            },
            (Asked::Revoke { .. }, Some(seen)) if seen.revoked => seen.clone(),
            (Asked::Revoke { .. }, Some(seen)) => Seen {
                revoked: true,
                version: seen.version + 1,
                ..seen.clone()
            },
            (Asked::Get { .. }, Some(seen)) => seen.clone(),
            (Asked::Verify { .. }, Some(seen)) => {
                let Answer::Decision { outcome, version } = &call.answer else {
                    return None;
                };
                let right = match outcome.as_str() {
                    "valid" => !seen.revoked && *version == Some(seen.version),
                    "revoked" => seen.revoked,
                    _ => false,
                };
                return right.then(|| state.clone());
            }
        };
        match &call.answer {
            Answer::Created { seen, .. } | Answer::Repeated { seen, .. } | Answer::Key(seen)
                if *seen != after =>
            {
                None
            }
            _ => Some(Some(after)),
        }
    }
}
