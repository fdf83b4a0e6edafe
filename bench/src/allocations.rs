//! How often something asks for memory, in a build that counts it (`--features allocations`). Times are of builds that don't: counting is a
//! part of them that the product does not have.

use std::fmt;

use serde::Serialize;

/// What serves: the allocator of `hubkeys`, and of the function.
#[cfg(not(feature = "allocations"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The allocations of one call; `None` where they are not counted.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Allocations(Option<u64>);

impl Allocations {
    pub(crate) fn without(self, other: Self) -> Self {
        let both = self.0.zip(other.0);
        Self(both.map(|(all, others)| all.saturating_sub(others)))
    }
}

impl fmt::Display for Allocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => number.fmt(f),
            None => f.pad("-"),
        }
    }
}

/// The allocations of one call, on average. Counts the calling thread alone: servers run on threads of their own.
#[cfg(feature = "allocations")]
pub(crate) fn of<T>(mut call: impl FnMut() -> T) -> Allocations {
    use std::hint::black_box;

    /// A hash map may grow in one call and not in the next: the mean of this many is what a call takes.
    const CALLS: u64 = 64;

    // The first call fills caches and opens connections.
    drop(black_box(call()));
    let counted = allocation_counter::measure(|| {
        for _ in 0..CALLS {
            drop(black_box(call()));
        }
    });
    Allocations(Some(counted.count_total.div_ceil(CALLS)))
}

/// Not counted.
#[cfg(not(feature = "allocations"))]
pub(crate) fn of<T>(_: impl FnMut() -> T) -> Allocations {
    Allocations(None)
}
