//! Which request of an instance meets which fault.

use std::time::Duration;

use fault_proxy::{Call, Fault, Twin};
use rand::RngExt as _;
use rand::rngs::Xoshiro256PlusPlus;

use crate::plan::random;

/// How many of a hundred reads without consistency see the past.
const STALE: u32 = 30;

/// What meets the requests of an instance: of a hundred, `percent` something bad. The same request in order of its operation
/// meets the same, whatever came between. Which of the clients' calls that is depends on how their threads ran.
pub(crate) fn chosen(seed: u64, instance: usize, percent: u32) -> impl Fn(&Call) -> Fault + Send {
    move |call| {
        let operation = call.operation.bytes().fold(0_u64, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(byte.into())
        });
        let number = call.number as u64;
        let of = operation ^ (instance as u64) << 56 ^ number << 20;
        let mut random = random(seed, of);
        let reads = matches!(&*call.operation, "GetItem" | "Query" | "Scan");
        if random.random_range(0..100) < percent {
            return bad(&mut random);
        }
        if reads && random.random_range(0..100) < STALE {
            return Fault::Stale(random.random_range(1..4));
        }
        Fault::None
    }
}

fn bad(random: &mut Xoshiro256PlusPlus) -> Fault {
    let mut millis = |most| Duration::from_millis(random.random_range(1..=most));
    let (short, long) = (millis(5), millis(25));
    match random.random_range(0..14) {
        0 | 1 => Fault::LostRequest,
        2 | 3 => Fault::LostAnswer,
        4 | 5 => Fault::Delayed(long),
        6 => Fault::Duplicated(Twin::First),
        7 => Fault::Duplicated(Twin::Second),
        8 => Fault::Duplicated(Twin::Late(short)),
        9 => Fault::TransactionConflict,
        10 => Fault::RowThrottled,
        11 => Fault::Throttled,
        12 => Fault::InternalError,
        _ if random.random_bool(0.5) => Fault::Corrupted(random.random()),
        _ => Fault::Truncated,
    }
}
