//! Event delivery: 1, 1,000 and 100,000 subscriptions with different names on one class, and the
//! way from a commit to a callback.

#![allow(missing_docs)]

use cimarron_benches::events::{Fans, Way};
use cimarron_engine::SubscribeOptions;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn matching(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("match and queue an event");
    group.throughput(Throughput::Elements(1)).sample_size(10);
    for (name, subscriptions) in
        [("1 subscription", 1), ("1,000 subscriptions", 1_000), ("100,000 subscriptions", 100_000)]
    {
        let mut fans = Fans::new(subscriptions);
        let heard = fans.subscribe(subscriptions);
        group.bench_function(name, |b| {
            b.iter_custom(|events| fans.match_and_queue(&heard, events, Way::CommitEach));
        });
    }
    group.finish();
}

fn writing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("modify and dispatch");
    group.throughput(Throughput::Elements(1));
    let mut fans = Fans::new(1_000);
    group.bench_function("no subscription", |b| {
        b.iter(|| {
            fans.change(1_000);
            fans.dispatch();
        });
    });
    let unmatched = fans.subscribe_to("another", SubscribeOptions::new());
    group.bench_function("1 subscription to something else", |b| {
        b.iter(|| {
            fans.change(1_000);
            fans.dispatch();
        });
    });
    drop(unmatched);
    let called =
        fans.subscribe_to("fan-0000000", SubscribeOptions::new().with_callback(|_| Ok(())));
    group.bench_function("until the callback", |b| {
        b.iter(|| {
            fans.change(1);
            fans.dispatch();
        });
    });
    drop(called);
    group.finish();
}

criterion_group!(benches, matching, writing);
criterion_main!(benches);
