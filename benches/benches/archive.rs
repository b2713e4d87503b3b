//! Opening an archive and looking up a class.

#![allow(missing_docs, clippy::expect_used)]
#![allow(unsafe_code, reason = "a trusted open is measured beside the checked one")]

use cimarron_benches::{compile_schema, schema_sources};
use cimarron_schema::{Archive, ClassForm};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn archive(criterion: &mut Criterion) {
    let Some(sources) = schema_sources() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("cim.cimar");
    Archive::save(&compile_schema(&sources).archive().expect("it fits"), &path).expect("saved");

    let mut group = criterion.benchmark_group("archive");
    let open = || Archive::open(&path).expect("it opens");
    group.bench_function("open", |b| b.iter(open));
    group.bench_function("trusted open", |b| {
        // SAFETY: the file was written above, and the folder is this process's own.
        b.iter(|| unsafe { Archive::open_trusted(&path) }.expect("it opens"));
    });
    group.bench_function("trusted open and look up one class", |b| {
        b.iter(|| {
            // SAFETY: as above.
            let archive = unsafe { Archive::open_trusted(&path) }.expect("it opens");
            let schema = archive.namespaces().next().expect("one namespace");
            black_box(schema.class("CIM_ComputerSystem").expect("it is there").property_count())
        });
    });
    group.bench_function("open and look up one class", |b| {
        b.iter(|| {
            let archive = open();
            let schema = archive.namespaces().next().expect("one namespace");
            black_box(schema.class("CIM_ComputerSystem").expect("it is there").property_count())
        });
    });
    let archive = open();
    let schema = archive.namespaces().next().expect("one namespace");
    group.bench_function("class by name", |b| {
        b.iter(|| {
            schema.class(black_box("cim_computersystem")).map(cimarron_schema::ClassView::number)
        });
    });
    let class = schema.class("CIM_ComputerSystem").expect("it is there");
    group.bench_function("property by name", |b| {
        b.iter(|| {
            class.property(black_box("enabledstate")).map(cimarron_schema::PropertyView::slot)
        });
    });
    let above = schema.class("CIM_ManagedElement").expect("it is there");
    group.bench_function("is a subclass", |b| {
        b.iter(|| black_box(class).is_subclass_of(black_box(above)));
    });
    group.bench_function("owned copy of a class", |b| {
        b.iter(|| class.to_class(ClassForm::Resolved));
    });
    group.finish();
}

criterion_group!(benches, archive);
criterion_main!(benches);
