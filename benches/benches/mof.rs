//! Compiling the whole DMTF CIM Schema: each stage, and all of them.

#![allow(missing_docs, clippy::expect_used)]

use cimarron_benches::{compile_schema, schema_sources, schema_zip};
use cimarron_mof::{Diagnostics, Loader, OsFileSystem, syntax};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn stages(criterion: &mut Criterion) {
    let (Some(zip), Some(sources)) = (schema_zip(), schema_sources()) else { return };
    let bytes: usize = sources.map().iter().map(|(_, file)| file.text().len()).sum();
    let mut group = criterion.benchmark_group("dmtf_schema");
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(20);
    let load = || {
        let mut loader = Loader::new(&OsFileSystem);
        loader.add_path(&zip).expect("the zip is readable");
        loader.finish(&mut Diagnostics::new())
    };
    group.bench_function("load zip", |b| b.iter(load));
    group.bench_function("parse", |b| {
        b.iter(|| syntax::parse_sources(&sources, &mut Diagnostics::new()).len());
    });
    group.bench_function("parse, resolve, check", |b| b.iter(|| compile_schema(&sources)));
    let compiled = compile_schema(&sources);
    group.bench_function("write archive", |b| b.iter(|| compiled.archive().expect("it fits")));
    group.bench_function("zip to archive", |b| {
        b.iter(|| compile_schema(&load()).archive().expect("it fits"));
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
