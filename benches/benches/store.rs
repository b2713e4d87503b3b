//! The store and WQL over it: 100,000 instances of one key and eight properties.

#![allow(missing_docs, clippy::expect_used)]

use cimarron_benches::fleet;
use cimarron_engine::{CallContext, Depth, PropertyList, ValueView};
use cimarron_model::ObjectPath;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const COUNT: u64 = 100_000;

fn create(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("create");
    group.throughput(Throughput::Elements(10_000)).sample_size(20);
    for (door, through) in
        [("inserter", fleet::insert as fn(&_, _)), ("create_instance", fleet::create)]
    {
        group.bench_function(door, |b| {
            b.iter_batched(fleet::namespace, |s| through(&s, 10_000), BatchSize::LargeInput);
        });
    }
    group.finish();
}

fn read(criterion: &mut Criterion) {
    let session = fleet::namespace();
    fleet::insert(&session, COUNT);
    let context = CallContext::new();
    let mut group = criterion.benchmark_group("read");
    let path = ObjectPath::parse("Bench_Disk.Id=\"disk-00012345\"").expect("a path");
    let size = PropertyList::Names(vec!["Size".into()]);
    group.bench_function("get by key, one property", |b| {
        b.iter(|| session.get_instance(&context, black_box(&path), &size).expect("it is there"));
    });
    group.throughput(Throughput::Elements(COUNT)).sample_size(20);
    group.bench_function("enumerate, all properties touched", |b| {
        b.iter(|| {
            let rows =
                session.enumerate_instances(&context, "Bench_Disk", Depth::Deep).expect("rows");
            let mut touched = 0;
            for row in rows.rows() {
                let row = row.expect("a row");
                touched += (0..9).filter(|s| !matches!(row.value(*s), ValueView::Null)).count();
            }
            touched
        });
    });
    for (name, text) in [
        ("numeric range", "SELECT Id FROM Bench_Disk WHERE Size > 1000000 AND Size < 2000000"),
        ("like", "SELECT Id FROM Bench_Disk WHERE Serial LIKE '%abc%'"),
        ("key equality", "SELECT * FROM Bench_Disk WHERE Id = 'disk-00012345'"),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| session.query(&context, text).expect("rows").count().expect("counted"));
        });
    }
    group.finish();
}

criterion_group!(benches, create, read);
criterion_main!(benches);
