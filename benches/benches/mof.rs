//! Compiling the whole DMTF CIM Schema: each stage, and all of them.

#![allow(missing_docs, clippy::expect_used)]

use cimarron_benches::{compile_schema, schema_sources, schema_zip};
use cimarron_model::{Class, Dialect, Name, QualifierType};
use cimarron_mof::{Diagnostics, Language, Loader, OsFileSystem, syntax};
use cimarron_schema::rules::{Environment, check_class, check_links};
use cimarron_schema::{ClassForm, NamespaceBuilder, ResolvedClass};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::sync::Arc;

/// A whole schema, for the rules to ask.
struct Rules<'a>(&'a NamespaceBuilder);

impl Environment for Rules<'_> {
    fn superclass(&self, class: &str) -> Option<Option<Name>> {
        self.0.class(class).map(|class| class.superclass().cloned())
    }

    fn qualifier_type(&self, name: &str) -> Option<&QualifierType> {
        self.0.qualifier_type(name)
    }

    fn resolved(&self, class: &str) -> Option<Arc<ResolvedClass>> {
        self.0.class(class).cloned()
    }

    fn similar_class(&self, _: &str) -> Option<String> {
        None
    }

    fn similar_qualifier(&self, _: &str) -> Option<String> {
        None
    }
}

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
    let lex = || {
        let texts = sources.map().iter().map(|(_, file)| file.text());
        texts.map(|text| syntax::lex(text, Language::Mof2).count()).sum::<usize>()
    };
    group.bench_function("lex", |b| b.iter(lex));
    group.bench_function("parse", |b| {
        b.iter(|| syntax::parse_sources(&sources, &mut Diagnostics::new()).len());
    });
    group.bench_function("parse, resolve, check", |b| b.iter(|| compile_schema(&sources)));
    let compiled = compile_schema(&sources);
    let (_, namespace) = compiled.schema.namespaces().next().expect("one namespace");
    let locals: Vec<_> =
        namespace.classes().map(|class| (class, class.to_class(ClassForm::Local))).collect();
    let check = || {
        let judge = |(class, local): &(&Arc<ResolvedClass>, Class)| {
            let above = class.superclass().and_then(|name| namespace.class(name.as_str()));
            let rules = Rules(namespace);
            let judged = check_class(local, above.map(|c| &**c), &rules, Dialect::Dmtf);
            judged.violations.len() + check_links(class, judged.says, &rules, Dialect::Dmtf).len()
        };
        locals.iter().map(judge).sum::<usize>()
    };
    group.bench_function("check", |b| b.iter(check));
    group.bench_function("resolve", |b| {
        b.iter(|| {
            let mut again = NamespaceBuilder::default();
            for (_, local) in &locals {
                again.add_class(local.clone()).expect("superclasses come first");
            }
            again
        });
    });
    group.bench_function("write archive", |b| b.iter(|| compiled.archive().expect("it fits")));
    group.bench_function("zip to archive", |b| {
        b.iter(|| compile_schema(&load()).archive().expect("it fits"));
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
