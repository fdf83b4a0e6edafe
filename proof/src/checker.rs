//! From a history to what is wrong with it: nothing, if for each key some order of the calls explains every answer, and what
//! is there in the end is what that order leaves. A pure function; it knows no clock, no network, no store.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use crate::history::{Answer, Asked, Call, Event, Found, Instant, Seen};
use crate::order::explained;

/// Something that must not have happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    /// A request was valid that began after a revocation of its key had returned success.
    ValidAfterRevoked {
        key: String,
        revoked: Instant,
        began: Instant,
    },
    /// An answer that is wrong whatever happened before it.
    NeverRight(Box<Call>),
    /// No order of the calls of this key explains all of their answers.
    NoOrder { key: String, calls: usize },
    /// Creates under one idempotency key made several keys, or showed a secret twice.
    NotOnce {
        name: String,
        keys: BTreeSet<String>,
        secrets: usize,
    },
    /// A key that was made is not there.
    Lost { key: String },
    /// A key is there that no create explains.
    Invented { key: String },
    /// There is an event more of this kind than calls that can have led to it, or the list shows another key than its events.
    Events { key: String, what: String },
    /// What is stored is not what follows from the events.
    Rows(String),
}

impl Violation {
    /// What kind of wrong it is, in a word or two.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::ValidAfterRevoked { .. } => "valid after revoked",
            Self::NeverRight(_) => "never right",
            Self::NoOrder { .. } => "no order",
            Self::NotOnce { .. } => "not once",
            Self::Lost { .. } => "lost",
            Self::Invented { .. } => "invented",
            Self::Events { .. } => "events",
            Self::Rows(_) => "rows",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ValidAfterRevoked {
                key,
                revoked,
                began,
            } => write!(
                f,
                "{key} was valid in a request that began {} µs after its revocation had returned success",
                began - revoked
            ),
            Self::NeverRight(call) => write!(f, "never right: {:?}: {:?}", call.asked, call.answer),
            Self::NoOrder { key, calls } => {
                write!(f, "no order explains the {calls} calls of {key}")
            }
            Self::NotOnce {
                name,
                keys,
                secrets,
            } => write!(
                f,
                "one idempotency key ({name}) made the keys {keys:?} and showed {secrets} secrets"
            ),
            Self::Lost { key } => write!(f, "{key} was made and is not there"),
            Self::Invented { key } => write!(f, "{key} is there and nobody made it"),
            Self::Events { key, what } => write!(f, "{key}: {what}"),
            Self::Rows(what) => f.write_str(what),
        }
    }
}

/// What is wrong with a history and what was found after it. `lease` is for how many microseconds an instance may answer
/// verify from memory; 0: never. It makes no difference to what counts once a revocation has returned.
pub(crate) fn violations(calls: &[Call], found: &[Found], lease: Instant) -> Vec<Violation> {
    let creates = Creates::of(calls);
    let keys = by_key(calls, found, &creates);
    let mut wrong = Vec::new();
    // The promise first: who reads on learns what else it came with.
    for (key, calls) in &keys {
        valid_after_revoked(key, calls, &mut wrong);
    }
    creates.check(found, &mut wrong);
    let never_right = calls.iter().filter(|call| is_never_right(call));
    wrong.extend(never_right.map(|call| Violation::NeverRight(Box::new(call.clone()))));
    for (key, calls) in keys {
        let end = found.iter().find(|found| found.key == key);
        if let Some(found) = end {
            events(found, &calls, &mut wrong);
        }
        let count = calls.len();
        if !explained(calls, end.map(|found| &found.seen), lease) {
            wrong.push(Violation::NoOrder { key, calls: count });
        }
    }
    wrong
}

/// Whether no history makes this the right answer.
fn is_never_right(call: &Call) -> bool {
    match (&call.asked, &call.answer) {
        (_, Answer::Absurd(_)) => true,
        (_, Answer::Nothing) => false,
        (Asked::Create { once, name }, answer) => match answer {
            Answer::Created { seen, .. } => seen.version != 1 || seen.revoked || seen.name != *name,
            Answer::Repeated { .. } => !once,
            Answer::Refused(kind) => kind != "key-limit-reached",
            Answer::Key(_) | Answer::Decision { .. } | Answer::Absurd(_) | Answer::Nothing => true,
        },
        // Only a key that an answer named is renamed, so it can't be unknown.
        (Asked::Rename { .. }, Answer::Refused(kind)) => kind != "key-revoked",
        (Asked::Rename { .. } | Asked::Get { .. }, answer) => !matches!(answer, Answer::Key(_)),
        (Asked::Revoke { .. }, answer) => !matches!(answer, Answer::Key(seen) if seen.revoked),
        // A key that was made is never unknown, and its own secret never wrong.
        (Asked::Verify { right: true, .. }, answer) => {
            !matches!(answer, Answer::Decision { outcome, .. } if outcome == "valid" || outcome == "revoked")
        }
        // Whoever has not the secret learns nothing of the key.
        (Asked::Verify { right: false, .. }, answer) => {
            !matches!(answer, Answer::Decision { outcome, .. }
                if outcome == "wrong_secret" || outcome == "signature_mismatch")
        }
    }
}

/// All that is known of creates, by their names.
struct Creates<'a>(BTreeMap<&'a str, Create<'a>>);

#[derive(Default)]
struct Create<'a> {
    once: bool,
    calls: Vec<&'a Call>,
    /// The keys that answers named.
    keys: BTreeSet<&'a str>,
    secrets: usize,
    unanswered: usize,
}

impl<'a> Creates<'a> {
    fn of(calls: &'a [Call]) -> Self {
        let mut creates: BTreeMap<&str, Create<'_>> = BTreeMap::new();
        for call in calls {
            let Asked::Create { name, once } = &call.asked else {
                continue;
            };
            let create = creates.entry(name).or_default();
            create.once = *once;
            create.calls.push(call);
            match &call.answer {
                Answer::Created { key, .. } => {
                    create.keys.insert(key);
                    create.secrets += 1;
                }
                Answer::Repeated { key, .. } => {
                    create.keys.insert(key);
                }
                _ => create.unanswered += 1,
            }
        }
        Self(creates)
    }

    fn check(&self, found: &[Found], wrong: &mut Vec<Violation>) {
        let mut made: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for found in found {
            match found.events.first() {
                Some(Event::Created(name)) if self.0.contains_key(name.as_str()) => {
                    made.entry(name).or_default().insert(&found.key);
                }
                _ => wrong.push(Violation::Invented {
                    key: found.key.clone(),
                }),
            }
        }
        for (name, create) in &self.0 {
            let made = made.remove(name).unwrap_or_default();
            for lost in create.keys.difference(&made) {
                wrong.push(Violation::Lost {
                    key: (*lost).to_owned(),
                });
            }
            let nameless: Vec<_> = made.difference(&create.keys).collect();
            if create.once {
                let keys: BTreeSet<&str> = made.union(&create.keys).copied().collect();
                if keys.len() > 1 || create.secrets > 1 {
                    wrong.push(Violation::NotOnce {
                        name: (*name).to_owned(),
                        keys: keys.into_iter().map(str::to_owned).collect(),
                        secrets: create.secrets,
                    });
                }
            } else if nameless.len() > create.unanswered {
                for key in nameless {
                    wrong.push(Violation::Invented {
                        key: (*key).to_owned(),
                    });
                }
            }
        }
    }
}

/// The calls of each key, with the creates that may have made it.
fn by_key<'a>(
    calls: &'a [Call],
    found: &[Found],
    creates: &Creates<'a>,
) -> BTreeMap<String, Vec<&'a Call>> {
    let mut keys: BTreeMap<String, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        if let Some(key) = call.asked.key() {
            keys.entry(key.to_owned()).or_default().push(call);
        }
    }
    let mut may_have_made: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, create) in &creates.0 {
        for key in &create.keys {
            may_have_made.insert(key, name);
        }
    }
    for found in found {
        if let Some(Event::Created(name)) = found.events.first() {
            may_have_made.entry(&found.key).or_insert(name);
        }
    }
    for (key, name) in may_have_made {
        let Some(create) = creates.0.get(name) else {
            continue;
        };
        let of_key = keys.entry(key.to_owned()).or_default();
        of_key.extend(create.calls.iter().filter(|call| match &call.answer {
            Answer::Created { key: made, .. } | Answer::Repeated { key: made, .. } => made == key,
            Answer::Nothing => true,
            _ => false,
        }));
    }
    keys
}

fn valid_after_revoked(key: &str, calls: &[&Call], wrong: &mut Vec<Violation>) {
    let revoked = calls
        .iter()
        .filter(|call| {
            matches!(
                (&call.asked, &call.answer),
                (Asked::Revoke { .. }, Answer::Key(_))
            )
        })
        .map(|call| call.end)
        .min();
    let Some(revoked) = revoked else { return };
    for call in calls {
        if call.start > revoked
            && matches!(&call.answer, Answer::Decision { outcome, .. } if outcome == "valid")
        {
            wrong.push(Violation::ValidAfterRevoked {
                key: key.to_owned(),
                revoked,
                began: call.start,
            });
        }
    }
}

/// The stream of a key holds nothing that was not asked for, and nothing more often than it was asked for.
fn events(found: &Found, calls: &[&Call], wrong: &mut Vec<Violation>) {
    let mut amiss = |what: String| {
        wrong.push(Violation::Events {
            key: found.key.clone(),
            what,
        });
    };
    let mut state: Option<Seen> = None;
    let mut renames: HashMap<&str, usize> = HashMap::new();
    for event in &found.events {
        let version = state.as_ref().map_or(1, |seen| seen.version + 1);
        state = match (event, state) {
            (Event::Created(name), None) => Some(Seen {
                name: name.clone(),
                revoked: false,
                version,
            }),
            (Event::Renamed(name), Some(seen)) if !seen.revoked => {
                *renames.entry(name).or_default() += 1;
                Some(Seen {
                    name: name.clone(),
                    version,
                    ..seen
                })
            }
            (Event::Revoked, Some(seen)) if !seen.revoked => Some(Seen {
                revoked: true,
                version,
                ..seen
            }),
            (event, state) => {
                amiss(format!("{event:?} after {state:?}"));
                return;
            }
        };
    }
    if state.as_ref() != Some(&found.seen) {
        amiss(format!(
            "its events make it {state:?}, and the list {:?}",
            found.seen
        ));
    }
    for (name, events) in renames {
        let asked = calls.iter().filter(
            |call| matches!(&call.asked, Asked::Rename { name: asked, .. } if asked == name),
        );
        let asked = asked.count();
        if events > asked {
            amiss(format!(
                "renamed to {name} {events} times, asked for {asked} times"
            ));
        }
    }
}

#[cfg(test)]
mod tests;
