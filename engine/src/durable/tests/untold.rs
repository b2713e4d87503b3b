//! Who is told of a commit is told when it is safe.

use super::*;
use crate::ClassOptions;
use cimarron_model::{Instance, ObjectPath};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::yield_now;

const MOF: &str = "class X_A { [key] string Id; };";

/// How often others are let run who should not get on.
const PATIENCE: usize = 20_000;

#[test]
fn who_changes_nothing_waits_for_what_is_there_already() {
    let medium = Arc::new(SimulatedMedium::new());
    let repository = open(&medium).unwrap();
    let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
    let pipeline = &repository.durable().unwrap().pipeline;
    let load = || wmi.compile_mof_text(&context(), "a.mof", MOF).unwrap();
    let is_there = || wmi.get_class(&context(), "X_A", ClassOptions::default()).is_ok();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Nobody writes the log meanwhile.
        let end = pipeline.end();
        scope.spawn(load);
        while pipeline.waiting() == 0 {
            yield_now();
        }
        let second = scope.spawn(|| {
            load();
            done.store(true, Ordering::Release);
            is_there()
        });
        for _ in 0..PATIENCE {
            if done.load(Ordering::Acquire) {
                break;
            }
            yield_now();
        }
        assert!(!is_there());
        drop(end);
        assert!(second.join().unwrap());
    });
    assert!(is_there());
}

#[test]
fn a_namespace_that_is_made_anew_is_never_missing() {
    let repository = Repository::new();
    let root = session(&repository, "root", Dialect::Wmi);
    repository.create_namespace("root/twice", Dialect::Wmi).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                repository.session("root/twice").unwrap();
                assert_eq!(repository.namespaces().len(), 2);
            }
        });
        for _ in 0..400 {
            let gone = ObjectPath::parse("__NAMESPACE.Name=\"twice\"").unwrap();
            let space = Instance::new("__NAMESPACE").with("Name", "twice");
            root.batch().delete(gone).create(space).commit(&context()).unwrap();
        }
        done.store(true, Ordering::Release);
    });
}
