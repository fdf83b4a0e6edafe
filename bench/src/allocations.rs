//! How often something asks for memory. Counts the calling thread alone: servers run on threads of their own.

use std::hint::black_box;

use allocation_counter::measure;

/// A hash map may grow in one call and not in the next: the mean of this many is what a call takes.
const CALLS: u64 = 64;

/// The allocations of one call, on average.
pub(crate) fn of<T>(mut call: impl FnMut() -> T) -> u64 {
    // The first call fills caches and opens connections.
    drop(black_box(call()));
    let counted = measure(|| {
        for _ in 0..CALLS {
            drop(black_box(call()));
        }
    });
    counted.count_total.div_ceil(CALLS)
}
