//! One million instances through each door: rate, and resident bytes an instance.
//!
//! `cargo run --release -p cimarron-benches --bin million [COUNT]`

#![allow(clippy::print_stdout, clippy::expect_used, reason = "prints figures for a person")]

use cimarron_benches::fleet::{self, Disk};
use cimarron_engine::Session;
use std::time::Instant;

/// Resident bytes of this process (Linux; 0 elsewhere).
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok());
    pages.unwrap_or(0) * 4_096
}

/// Measures one door. The session comes back, to be kept: memory that the
/// allocator could use again would not count for the next door.
fn measure(door: &str, count: u64, baseline: f64, create: fn(&Session, u64)) -> Session {
    let session = fleet::namespace();
    let before = resident();
    let start = Instant::now();
    create(&session, count);
    let seconds = start.elapsed().as_secs_f64();
    let bytes = resident().saturating_sub(before) as f64 / count as f64;
    let rate = count as f64 / seconds / 1e6;
    let net = count as f64 / (seconds - baseline) / 1e6;
    println!(
        "{door:<18} {count} instances in {seconds:.2} s: {rate:.2} M/s ({net:.2} M/s without \
         making the values), {bytes:.0} resident bytes each"
    );
    session
}

/// Seconds to make the values alone.
fn baseline(count: u64, owned: bool) -> f64 {
    let mut disk = Disk::default();
    let start = Instant::now();
    for number in 0..count {
        disk.fill(number);
        if owned {
            std::hint::black_box(disk.instance());
        } else {
            std::hint::black_box(disk.views());
        }
    }
    start.elapsed().as_secs_f64()
}

fn main() {
    let count = std::env::args().nth(1).map_or(1_000_000, |n| n.parse().expect("a number"));
    let inserter = measure("inserter", count, baseline(count, false), fleet::insert);
    let generic = measure("create_instance", count, baseline(count, true), fleet::create);
    drop((inserter, generic));
}
