//! The smallest of many rows, and no more than those held at any time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::StoreError;
use crate::stored_event::Item;

/// Where a key stands in a sorted list: at what it is sorted by, and among equals at its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) value: String,
    pub(super) id: String,
}

impl Rank {
    /// The rank as a list's position. An id has no '#'; a name may.
    pub(super) fn position(&self) -> String {
        format!("{}#{}", self.id, self.value)
    }

    pub(super) fn at(position: &str) -> Result<Self, StoreError> {
        let (id, value) = position
            .split_once('#')
            .ok_or_else(|| StoreError::unreadable("a position", "it is of another order"))?;
        Ok(Self {
            value: value.to_owned(),
            id: id.to_owned(),
        })
    }

    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        if descending {
            other.cmp(self)
        } else {
            self.cmp(other)
        }
    }
}

/// A row, compared by its rank alone.
struct Ranked {
    rank: Rank,
    descending: bool,
    row: Item,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.compare(&other.rank, self.descending)
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

/// The first rows of a list after some rank, of all that are offered.
pub(super) struct First {
    after: Option<Rank>,
    descending: bool,
    most: usize,
    /// The last of those kept is on top, to be dropped for a better one.
    kept: BinaryHeap<Ranked>,
}

impl First {
    pub(super) fn new(most: usize, descending: bool, after: Option<Rank>) -> Self {
        Self {
            after,
            descending,
            most,
            kept: BinaryHeap::with_capacity(most.saturating_add(1)),
        }
    }

    pub(super) fn offer(&mut self, rank: Rank, row: Item) {
        let passed = |after: &Rank| rank.compare(after, self.descending) != Ordering::Greater;
        if self.after.as_ref().is_some_and(passed) {
            return;
        }
        let descending = self.descending;
        self.kept.push(Ranked {
            rank,
            descending,
            row,
        });
        if self.kept.len() > self.most {
            self.kept.pop();
        }
    }

    /// The rows in the list's order.
    pub(super) fn in_order(self) -> impl Iterator<Item = (Rank, Item)> {
        let sorted = self.kept.into_sorted_vec();
        sorted.into_iter().map(|ranked| (ranked.rank, ranked.row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(value: u32, id: u32) -> Rank {
        Rank {
            value: format!("{value:03}"),
            id: format!("{id:03}"),
        }
    }

    #[test]
    fn whatever_the_order_of_offers_the_first_after_a_rank_are_kept_and_no_more() {
        // Every rank once, in a scattered order: 7 and 100 have no common divisor.
        let offered = || (0..100).map(|number| rank(number * 7 % 100 / 10, number * 7 % 100));
        for descending in [false, true] {
            let mut all: Vec<_> = offered().collect();
            all.sort();
            if descending {
                all.reverse();
            }
            for most in [1, 3, 100, 101] {
                for after in [None, Some(0), Some(41), Some(99)] {
                    let after_rank = after.map(|at: usize| all[at].clone());
                    let mut first = First::new(most, descending, after_rank);
                    for rank in offered() {
                        first.offer(rank, Item::new());
                        assert!(first.kept.len() <= most);
                    }
                    let expected = all.iter().skip(after.map_or(0, |at| at + 1)).take(most);
                    let found: Vec<_> = first.in_order().map(|(rank, _)| rank).collect();
                    assert!(
                        found.iter().eq(expected),
                        "{most} after {after:?}: {found:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_position_is_the_rank_it_was_made_of_whatever_the_name() {
        for value in ["", "a#b", "#", "münchen 🚀"] {
            let (value, id) = (value.to_owned(), "hk_1".to_owned());
            let rank = Rank { value, id };
            assert_eq!(Rank::at(&rank.position()).unwrap(), rank);
        }
        assert!(Rank::at("KEY").is_err());
    }
}
