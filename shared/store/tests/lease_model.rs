//! Leases as a small machine, gone through in every order: one key, one instance of verify, one revocation, and an operator who changes
//! the lease in force. Instances share nothing but the tables, so one stands for all.
//!
//! Time is counted in ticks, anything may happen between two of them, and only how long ago something was is kept, so that the machine
//! is finite though the lease may be changed any number of times. The model is of the argument in docs/adr/0027-leases.md, not of the
//! code; that each of its steps is needed is shown by leaving it out.
#![cfg(test)]

use stateright::{Checker as _, Model, Property};

/// For how long an instance uses a lease that it read.
const KNOWN_FOR: i8 = 1;
/// Strict, and one that is longer.
const LEASES: [i8; 2] = [0, 2];
/// What is this old is as good as any that is older.
const OLD: i8 = 2;

const INVARIANT: &str = "a revoked key never verifies once its revocation was answered";
const ANSWERED: &str = "a revocation is answered while a lease is in force";
const HELD: &str = "an instance may answer from memory";

/// What is left out of the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeftOut {
    Nothing,
    /// The lease is counted from when the answer came, not from before the read began.
    FromBeforeTheRead,
    /// The lease of an answer is the one known when it comes, not the one known before the read began.
    LeaseKnownBeforeTheRead,
    /// The longest lease is read before the commit, not after.
    LongestReadAfterTheCommit,
    /// A revocation is answered when it is committed.
    Waiting,
    /// A lease is shortened in one write.
    WaitingBeforeShorter,
    /// What an instance read of the lease in force it uses for ever.
    KnowingForAWhile,
    WallClock,
    MonotonicClock,
}

struct Leases(LeftOut);

/// How long ago something was, by the instance's two clocks. Below 0: the clock has been set back to before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Age {
    monotonic: i8,
    wall: i8,
}

/// What has gone wrong with a clock. Never both: if the wall clock were set back for as long as the instance was frozen, nobody could
/// tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Clocks {
    Right,
    /// The instance was frozen for a tick: its monotonic clock stood still.
    Frozen,
    /// The wall clock was set back by a tick.
    SetBack,
}

/// A read under way. What it will find is settled at one instant between its beginning and its end, as that of every consistent
/// read is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Read<T> {
    since: Age,
    found: Option<T>,
}

/// A lease, and how long ago the read began that it counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Known {
    lease: i8,
    since: Age,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Revocation {
    NotYet,
    /// Only where it is read before the commit.
    LongestRead(i8),
    Committed,
    Waiting {
        left: i8,
    },
    Answered,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    clocks: Clocks,
    /// The row: the lease in force and the longest.
    lease: i8,
    longest: i8,
    /// For how long to wait until the longest is lowered.
    shortening: Option<i8>,
    revocation: Revocation,
    known: Option<Known>,
    lease_read: Option<Read<i8>>,
    /// A read of the key, with the lease known before it; it finds whether the key is live.
    key_read: Option<(Read<bool>, i8)>,
    held: Option<Known>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Tick,
    TickWhileFrozen,
    SetTheClockBack,
    BeginToReadTheLease,
    FindTheLease,
    EndReadingTheLease,
    BeginToReadTheKey,
    FindTheKey,
    EndReadingTheKey,
    ReadLongestFirst,
    Commit,
    ReadLongest,
    Answer,
    ChangeTheLease(i8),
    FinishShortening,
}

const NOW: Age = Age {
    monotonic: 0,
    wall: 0,
};

impl State {
    /// All that is remembered becomes older.
    fn ages(&mut self) -> impl Iterator<Item = &mut Age> {
        let known = self.known.iter_mut().map(|known| &mut known.since);
        let lease_read = self.lease_read.iter_mut().map(|read| &mut read.since);
        let key_read = self.key_read.iter_mut().map(|(read, _)| &mut read.since);
        let held = self.held.iter_mut().map(|held| &mut held.since);
        known.chain(lease_read).chain(key_read).chain(held)
    }

    fn pass(&mut self, monotonic: i8, wall: i8) {
        for age in self.ages() {
            age.monotonic = (age.monotonic + monotonic).min(OLD);
            age.wall = (age.wall + wall).min(OLD);
        }
    }

    /// A tick for everybody whose clocks are right.
    fn tick(&mut self) {
        if let Revocation::Waiting { left } = &mut self.revocation {
            *left = (*left - 1).max(0);
        }
        if let Some(left) = &mut self.shortening {
            *left = (*left - 1).max(0);
        }
    }

    fn is_revoked(&self) -> bool {
        !matches!(
            self.revocation,
            Revocation::NotYet | Revocation::LongestRead(_)
        )
    }
}

impl Leases {
    fn is_within(&self, time: i8, age: Age) -> bool {
        let within = |age: i8| (0..time).contains(&age);
        (self.0 == LeftOut::MonotonicClock || within(age.monotonic))
            && (self.0 == LeftOut::WallClock || within(age.wall))
    }

    /// The lease that the instance may use for a read that begins now.
    fn lease_known(&self, state: &State) -> i8 {
        let usable = |known: &Known| {
            self.0 == LeftOut::KnowingForAWhile || self.is_within(KNOWN_FOR, known.since)
        };
        state.known.filter(usable).map_or(0, |known| known.lease)
    }

    fn answers_from_memory(&self, state: &State) -> bool {
        state
            .held
            .is_some_and(|held| self.is_within(held.lease, held.since))
    }

    /// What can't be used any more is as good as forgotten: fewer states to go through.
    fn forget(&self, state: &mut State) {
        if self.0 == LeftOut::MonotonicClock {
            return;
        }
        state.held = state.held.filter(|held| held.since.monotonic < held.lease);
        if self.0 != LeftOut::KnowingForAWhile {
            state.known = state
                .known
                .filter(|known| known.since.monotonic < KNOWN_FOR);
            let is_of_use = |read: &Read<i8>| read.since.monotonic < KNOWN_FOR;
            state.lease_read = state.lease_read.filter(is_of_use);
        }
        if self.0 != LeftOut::FromBeforeTheRead && self.0 != LeftOut::LeaseKnownBeforeTheRead {
            let is_of_use = |(read, lease): &(Read<bool>, i8)| read.since.monotonic < *lease;
            state.key_read = state.key_read.filter(is_of_use);
        }
    }

    fn waiting(&self, longest: i8) -> Revocation {
        Revocation::Waiting {
            left: if self.0 == LeftOut::Waiting {
                0
            } else {
                longest
            },
        }
    }
}

impl Model for Leases {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        LEASES
            .map(|lease| State {
                clocks: Clocks::Right,
                lease,
                longest: lease,
                shortening: None,
                revocation: Revocation::NotYet,
                known: None,
                lease_read: None,
                key_read: None,
                held: None,
            })
            .to_vec()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.push(Action::Tick);
        if state.clocks == Clocks::Right {
            actions.push(Action::TickWhileFrozen);
            actions.push(Action::SetTheClockBack);
        }
        actions.push(match state.lease_read {
            None => Action::BeginToReadTheLease,
            Some(Read { found: None, .. }) => Action::FindTheLease,
            Some(_) => Action::EndReadingTheLease,
        });
        actions.push(match state.key_read {
            None => Action::BeginToReadTheKey,
            Some((Read { found: None, .. }, _)) => Action::FindTheKey,
            Some(_) => Action::EndReadingTheKey,
        });
        let too_early = self.0 == LeftOut::LongestReadAfterTheCommit;
        match state.revocation {
            Revocation::NotYet if too_early => actions.push(Action::ReadLongestFirst),
            Revocation::NotYet | Revocation::LongestRead(_) => actions.push(Action::Commit),
            Revocation::Committed => actions.push(Action::ReadLongest),
            Revocation::Waiting { left: 0 } => actions.push(Action::Answer),
            Revocation::Waiting { .. } | Revocation::Answered => {}
        }
        match state.shortening {
            None => {
                let other = |lease: &i8| *lease != state.lease;
                actions.extend(LEASES.into_iter().filter(other).map(Action::ChangeTheLease));
            }
            Some(0) => actions.push(Action::FinishShortening),
            Some(_) => {}
        }
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        let mut state = before.clone();
        match action {
            Action::Tick => {
                state.tick();
                state.pass(1, 1);
            }
            Action::TickWhileFrozen => {
                state.tick();
                state.pass(0, 1);
                state.clocks = Clocks::Frozen;
            }
            Action::SetTheClockBack => {
                state.pass(0, -1);
                state.clocks = Clocks::SetBack;
            }
            Action::BeginToReadTheLease => {
                state.lease_read = Some(Read {
                    since: NOW,
                    found: None,
                });
            }
            Action::FindTheLease => state.lease_read.as_mut()?.found = Some(state.lease),
            Action::EndReadingTheLease => {
                let read = state.lease_read.take()?;
                state.known = Some(Known {
                    lease: read.found?,
                    since: read.since,
                });
            }
            Action::BeginToReadTheKey => {
                let read = Read {
                    since: NOW,
                    found: None,
                };
                state.key_read = Some((read, self.lease_known(&state)));
            }
            Action::FindTheKey => {
                let live = !state.is_revoked();
                state.key_read.as_mut()?.0.found = Some(live);
            }
            Action::EndReadingTheKey => {
                let (read, lease) = state.key_read.take()?;
                // Only a live key is held.
                if read.found? {
                    state.held = Some(Known {
                        lease: match self.0 {
                            LeftOut::LeaseKnownBeforeTheRead => self.lease_known(&state),
                            _ => lease,
                        },
                        since: match self.0 {
                            LeftOut::FromBeforeTheRead => NOW,
                            _ => read.since,
                        },
                    });
                }
            }
            Action::ReadLongestFirst => state.revocation = Revocation::LongestRead(state.longest),
            Action::Commit => {
                state.revocation = match state.revocation {
                    Revocation::LongestRead(longest) => self.waiting(longest),
                    _ => Revocation::Committed,
                };
            }
            Action::ReadLongest => state.revocation = self.waiting(state.longest),
            Action::Answer => state.revocation = Revocation::Answered,
            Action::ChangeTheLease(lease) => {
                state.lease = lease;
                if lease >= state.longest || self.0 == LeftOut::WaitingBeforeShorter {
                    state.longest = lease;
                } else {
                    state.shortening = Some(KNOWN_FOR + state.longest);
                }
            }
            Action::FinishShortening => {
                state.shortening = None;
                state.longest = state.lease;
            }
        }
        self.forget(&mut state);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(INVARIANT, |model: &Self, state: &State| {
                state.revocation != Revocation::Answered || !model.answers_from_memory(state)
            }),
            Property::sometimes(ANSWERED, |_, state: &State| {
                state.revocation == Revocation::Answered && state.longest > 0
            }),
            Property::sometimes(HELD, Self::answers_from_memory),
        ]
    }
}

#[test]
fn in_every_order_a_revoked_key_never_verifies_once_its_revocation_was_answered() {
    let checked = Leases(LeftOut::Nothing)
        .checker()
        .threads(2)
        .spawn_bfs()
        .join();
    eprintln!("{} states", checked.unique_state_count());
    checked.assert_properties();
}

#[test]
fn no_step_of_the_design_can_be_left_out() {
    for left_out in [
        LeftOut::FromBeforeTheRead,
        LeftOut::LeaseKnownBeforeTheRead,
        LeftOut::LongestReadAfterTheCommit,
        LeftOut::Waiting,
        LeftOut::WaitingBeforeShorter,
        LeftOut::KnowingForAWhile,
        LeftOut::WallClock,
        LeftOut::MonotonicClock,
    ] {
        let checked = Leases(left_out).checker().threads(2).spawn_bfs().join();
        assert!(checked.discovery(INVARIANT).is_some(), "{left_out:?}");
    }
}
