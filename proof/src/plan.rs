//! What the clients of a run do, all of it decided by the seed before the first of them begins.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt as _, SeedableRng as _};

/// What a client does next, and which instance it asks first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) act: Act,
    pub(crate) instance: usize,
}

/// Keys are known by the number of the create that makes them. Who wants one that is not made yet waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The account is one of two, so that neither comes near its limit.
    Create {
        key: usize,
        hmac: bool,
        once: bool,
    },
    Rename {
        key: usize,
        name: usize,
    },
    Revoke {
        key: usize,
    },
    Get {
        key: usize,
    },
    Verify {
        key: usize,
        right: bool,
    },
}

/// An instance is killed once so many calls were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kill {
    pub(crate) after: usize,
    pub(crate) instance: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The steps of each client, in order.
    pub(crate) clients: Vec<Vec<Step>>,
    pub(crate) kills: Vec<Kill>,
    /// How many keys are made.
    pub(crate) keys: usize,
}

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) operations: usize,
    pub(crate) clients: usize,
    pub(crate) instances: usize,
    pub(crate) kills: usize,
}

/// Live keys beyond which one is revoked before another is made: far below the limit, for lost answers leave keys that
/// nobody knows.
const LIVE: usize = 60;
/// A key is used by others only so many steps after the one that makes it, or they would only wait.
const SETTLED: usize = 2;

pub(crate) fn random(seed: u64, of: u64) -> Xoshiro256PlusPlus {
    // Far apart for seeds that are neighbours, as people choose them.
    Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ of)
}

impl Plan {
    pub(crate) fn of(seed: u64, size: Size) -> Self {
        let mut draw = Draw {
            random: random(seed, 1),
            made: Vec::new(),
            live: Vec::new(),
            keys: 0,
            names: 0,
        };
        let mut clients = vec![Vec::new(); size.clients];
        let rounds = size.operations.div_ceil(size.clients.max(1));
        for round in 0..rounds {
            for client in 0..size.clients {
                for act in draw.acts(round) {
                    // The same create from two places at once: somebody clicked twice.
                    let to = if matches!(act, Act::Create { once: true, .. })
                        && draw.random.random_bool(0.4)
                    {
                        vec![client, (client + 1) % size.clients]
                    } else {
                        vec![client]
                    };
                    for client in to {
                        let instance = draw.random.random_range(0..size.instances);
                        if let Some(steps) = clients.get_mut(client) {
                            steps.push(Step {
                                act: act.clone(),
                                instance,
                            });
                        }
                    }
                }
            }
        }
        let mut kills: Vec<Kill> = (0..size.kills)
            .map(|_| Kill {
                after: draw.random.random_range(0..size.operations),
                instance: draw.random.random_range(0..size.instances),
            })
            .collect();
        kills.sort_by_key(|kill| kill.after);
        Self {
            clients,
            kills,
            keys: draw.keys,
        }
    }
}

struct Draw {
    random: Xoshiro256PlusPlus,
    /// Keys, and the round each is made in.
    made: Vec<(usize, usize)>,
    live: Vec<usize>,
    keys: usize,
    names: usize,
}

impl Draw {
    /// One act, or a few that belong together.
    fn acts(&mut self, round: usize) -> Vec<Act> {
        let Some(key) = self.key(round) else {
            return vec![self.create(round)];
        };
        match self.random.random_range(0..100) {
            0..10 if self.live.len() < LIVE => vec![self.create(round)],
            0..10 => vec![self.revoke_oldest()],
            10..20 => {
                self.names += 1;
                vec![Act::Rename {
                    key,
                    name: self.names,
                }]
            }
            20..27 => {
                self.live.retain(|live| *live != key);
                // Whoever revoked a key looks at once whether it still opens.
                let look = Act::Verify { key, right: true };
                vec![Act::Revoke { key }, look]
            }
            27..34 => vec![Act::Get { key }],
            34..40 => vec![Act::Verify { key, right: false }],
            _ => vec![Act::Verify { key, right: true }],
        }
    }

    fn create(&mut self, round: usize) -> Act {
        let key = self.keys;
        self.keys += 1;
        self.made.push((key, round));
        self.live.push(key);
        Act::Create {
            key,
            hmac: self.random.random_bool(0.5),
            once: self.random.random_bool(0.5),
        }
    }

    fn revoke_oldest(&mut self) -> Act {
        Act::Revoke {
            key: self.live.remove(0),
        }
    }

    /// Mostly one of the last few, so that clients meet.
    fn key(&mut self, round: usize) -> Option<usize> {
        let settled = self
            .made
            .iter()
            .rposition(|(_, made)| made + SETTLED <= round)?;
        let first = if self.random.random_bool(0.7) {
            settled.saturating_sub(6)
        } else {
            0
        };
        let chosen = self.random.random_range(first..=settled);
        self.made.get(chosen).map(|(key, _)| *key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_one_plan_and_no_other_seeds() {
        let size = Size {
            operations: 500,
            clients: 4,
            instances: 2,
            kills: 3,
        };
        assert_eq!(Plan::of(7, size), Plan::of(7, size));
        assert_ne!(Plan::of(7, size), Plan::of(8, size));
    }

    #[test]
    fn a_key_is_made_before_anybody_waits_for_it() {
        let size = Size {
            operations: 2_000,
            clients: 5,
            instances: 2,
            kills: 0,
        };
        let plan = Plan::of(3, size);
        let step = |wanted: usize| {
            plan.clients.iter().find_map(|steps| {
                steps
                    .iter()
                    .position(|step| matches!(step.act, Act::Create { key, .. } if key == wanted))
            })
        };
        for (at, step_of) in plan
            .clients
            .iter()
            .flat_map(|steps| steps.iter().enumerate())
        {
            if let Act::Verify { key, .. } | Act::Rename { key, .. } = step_of.act {
                assert!(step(key).unwrap() < at + 50, "{key}");
            }
        }
    }
}
