//! WQL: from the text to a tree, to a bound query, and to rows of 100,000 instances.

#![allow(missing_docs, clippy::expect_used)]

use cimarron_benches::one_class::{NAME, OneClass};
use cimarron_benches::{fleet, words::Letters};
use cimarron_engine::{CallContext, Session};
use cimarron_model::Dialect;
use cimarron_wql::{BindOptions, bind, parse};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const COUNT: u64 = 100_000;

const KEY: &str = "SELECT * FROM Bench_Disk WHERE Id = 'disk-00012345'";

fn text(criterion: &mut Criterion) {
    let (schema, options) = (OneClass::new(), BindOptions::from(Dialect::Wmi));
    let typical = format!(
        "SELECT Id, Size FROM {NAME} WHERE Size > 1000000 AND Model LIKE '%foo%' AND State = 3"
    );
    let long = format!("{typical}{}", " OR Speed = 7200".repeat(100));
    let mut group = criterion.benchmark_group("wql");
    for (name, text) in [("typical", &*typical), ("key", KEY), ("100 alternatives", &*long)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("parse, {name}"), |b| {
            b.iter(|| parse(black_box(text)).expect("WQL"));
        });
        group.bench_function(format!("parse and bind, {name}"), |b| {
            b.iter(|| {
                let query = parse(black_box(text)).expect("WQL");
                bind(&query, &schema, &options).expect("it fits the class")
            });
        });
    }
    group.finish();
}

fn rows(criterion: &mut Criterion) {
    let session = fleet::namespace();
    fleet::insert_with_words(&session, COUNT, Letters::Ascii);
    let mixed = fleet::namespace();
    fleet::insert_with_words(&mixed, COUNT, Letters::Mixed);
    let mut group = criterion.benchmark_group("wql");
    count(&mut group, "key equality", &session, KEY);
    group.throughput(Throughput::Elements(COUNT)).sample_size(20);
    for (name, condition) in [
        ("numeric scan", "Speed >= 3000 AND Speed < 4500"),
        ("LIKE scan", "Model LIKE '%foo%'"),
        ("numeric AND LIKE scan", "Speed >= 3000 AND Speed < 4500 AND Model LIKE '%foo%'"),
    ] {
        let query = format!("SELECT Id FROM Bench_Disk WHERE {condition}");
        count(&mut group, name, &session, &query);
    }
    let query = "SELECT Id FROM Bench_Disk WHERE Model LIKE '%höhe%'";
    count(&mut group, "LIKE scan, 5 % not ASCII", &mixed, query);
    group.finish();
}

fn count(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, session: &Session, query: &str) {
    let context = CallContext::new();
    group.bench_function(name, |b| {
        b.iter(|| {
            session.query(&context, black_box(query)).expect("rows").count().expect("a count")
        });
    });
}

criterion_group!(benches, text, rows);
criterion_main!(benches);
