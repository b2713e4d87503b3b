//! Namespaces as instances of `__NAMESPACE`.

use super::*;
use crate::session::namespaces::{announce, withdraw};

fn below(name: &str) -> Instance {
    Instance::new("__namespace").with("Name", name)
}

#[test]
fn instances_name_the_namespaces_right_below() {
    let wmi = wmi();
    for (instance, expected) in [
        (below("sub"), Ok(Some("root/cimv2/sub"))),
        (below("ms_409"), Ok(Some("root/cimv2/ms_409"))),
        (below(""), Err(Status::InvalidParameter)),
        (below("a/b"), Err(Status::InvalidParameter)),
        (below(r"\a"), Err(Status::InvalidParameter)),
        (Instance::new("__NAMESPACE"), Err(Status::InvalidParameter)),
        (Instance::new("X_Fan").with("Name", "x"), Ok(None)),
    ] {
        let found = wmi.namespace_to_create(&instance).map_err(|e| e.status());
        assert_eq!(found, expected.map(|name| name.map(Name::new)), "{instance:?}");
    }
    let dmtf = session(Dialect::Dmtf, DMTF_MOF);
    assert_eq!(dmtf.namespace_to_create(&below("x")).unwrap(), None);
    for (at, expected) in [
        (r#"__Namespace.Name="x""#, Some("root/cimv2/x")),
        (r#"__NAMESPACE="x""#, Some("root/cimv2/x")),
        (r#"__NAMESPACE="x/y""#, None),
        ("__NAMESPACE", None),
        (r#"X_Fan.Name="x""#, None),
    ] {
        assert_eq!(wmi.namespace_at(&path(at)), expected.map(Name::new), "{at}");
        assert_eq!(dmtf.namespace_at(&path(at)), None, "{at}");
    }
}

#[test]
fn a_namespace_shows_in_the_one_above() {
    let wmi = wmi();
    let repository = wmi.repository();
    let name = Name::new("root/cimv2/sub");
    let shown = || rows(&wmi, "SELECT Name FROM __NAMESPACE");
    announce(repository, &name).unwrap();
    announce(repository, &name).unwrap();
    assert_eq!(shown(), ["sub"]);
    assert!(get(&wmi, r#"__Namespace.Name="SUB""#).is_ok());
    withdraw(repository, &Name::new("ROOT/CIMV2/Sub")).unwrap();
    withdraw(repository, &name).unwrap();
    assert!(shown().is_empty());
    // Where there is nobody above to tell.
    announce(repository, &Name::new("other")).unwrap();
    announce(repository, &Name::new("nowhere/x")).unwrap();
    repository.create_namespace("dmtf/x", Dialect::Dmtf).unwrap();
    announce(repository, &Name::new("dmtf/x")).unwrap();
}
