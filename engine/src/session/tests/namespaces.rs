//! Namespaces as instances of `__NAMESPACE`.

use super::*;
use crate::context::Principal;
use crate::session::namespaces::{announce, namespace_at, namespace_of, populate, withdraw};
use crate::store::Transaction;
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{CompileOptions, Diagnostics, Loader};

/// Does something in a commit of its own.
fn commit(
    repository: &Repository,
    act: impl FnOnce(&mut Transaction<'_>) -> Result<(), EngineError>,
) {
    let mut transaction = Transaction::begin(repository.commits()).unwrap();
    act(&mut transaction).unwrap();
    transaction.commit(&Principal::system()).unwrap();
}

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
        let found = namespace_of(&wmi.namespace, &instance).map_err(|e| e.status());
        assert_eq!(found, expected.map(|name| name.map(Name::new)), "{instance:?}");
    }
    let dmtf = session(Dialect::Dmtf, DMTF_MOF);
    assert_eq!(namespace_of(&dmtf.namespace, &below("x")).unwrap(), None);
    for (at, expected) in [
        (r#"__Namespace.Name="x""#, Some("root/cimv2/x")),
        (r#"__NAMESPACE="x""#, Some("root/cimv2/x")),
        (r#"__NAMESPACE="x/y""#, None),
        ("__NAMESPACE", None),
        (r#"X_Fan.Name="x""#, None),
    ] {
        assert_eq!(namespace_at(&wmi.namespace, &path(at)), expected.map(Name::new), "{at}");
        assert_eq!(namespace_at(&dmtf.namespace, &path(at)), None, "{at}");
    }
}

#[test]
fn a_namespace_shows_in_the_one_above() {
    let wmi = wmi();
    let repository = wmi.repository();
    let name = Name::new("root/cimv2/sub");
    let shown = || rows(&wmi, "SELECT Name FROM __NAMESPACE");
    commit(repository, |t| announce(repository, t, &name));
    commit(repository, |t| announce(repository, t, &name));
    assert_eq!(shown(), ["sub"]);
    assert!(get(&wmi, r#"__Namespace.Name="SUB""#).is_ok());
    commit(repository, |t| withdraw(repository, t, &Name::new("ROOT/CIMV2/Sub")));
    commit(repository, |t| withdraw(repository, t, &name));
    assert!(shown().is_empty());
    // Where there is nobody above to tell.
    commit(repository, |t| announce(repository, t, &Name::new("other")));
    commit(repository, |t| announce(repository, t, &Name::new("nowhere/x")));
    repository.create_namespace("dmtf/x", Dialect::Dmtf).unwrap();
    commit(repository, |t| announce(repository, t, &Name::new("dmtf/x")));
}

#[test]
fn interop_lists_all_namespaces() {
    let text = r#"
        Qualifier Key : boolean = false, Scope(property, reference),
            Flavor(DisableOverride, ToSubclass);
        class CIM_Namespace {
            [Key] string SystemCreationClassName;
            [Key] string SystemName;
            [Key] string ObjectManagerCreationClassName;
            [Key] string ObjectManagerName;
            [Key] string CreationClassName;
            [Key] string Name;
            string ElementName;
        };
    "#;
    let repository = Repository::builder().server("ALPHA").build();
    repository.create_namespace("root/interop", Dialect::Dmtf).unwrap();
    repository.create_namespace("root/cimv2", Dialect::Dmtf).unwrap();
    let interop = repository.session("root/interop").unwrap();
    let shown = || rows(&interop, "SELECT Name FROM CIM_Namespace");
    // Without the class there is nothing to put there.
    commit(&repository, |t| announce(&repository, t, &Name::new("root/cimv2")));
    commit(&repository, |t| populate(&repository, t, &interop.namespace));
    interop.compile_mof_text(&context(), "ns.mof", text).unwrap();
    commit(&repository, |t| populate(&repository, t, &interop.namespace));
    assert_eq!(shown(), ["root", "root/cimv2", "root/interop"]);
    commit(&repository, |t| announce(&repository, t, &Name::new("root/more")));
    commit(&repository, |t| withdraw(&repository, t, &Name::new("ROOT/CIMV2")));
    commit(&repository, |t| withdraw(&repository, t, &Name::new("root/cimv2")));
    assert_eq!(shown(), ["root", "root/interop", "root/more"]);
    let system = rows(&interop, "SELECT SystemName, CreationClassName FROM CIM_Namespace");
    assert_eq!(system[0], "ALPHA|CIM_Namespace");

    let new = |name: &str| Instance::new("cim_namespace").with("Name", name);
    let to_create = |i: &Instance| namespace_of(&interop.namespace, i).map_err(|e| e.status());
    assert_eq!(to_create(&new(r"root\new")), Ok(Some(Name::new("root/new"))));
    assert_eq!(to_create(&new("")), Err(Status::InvalidParameter));
    let at = path(r#"CIM_Namespace.Name="root/new",CreationClassName="CIM_Namespace""#);
    assert_eq!(namespace_at(&interop.namespace, &at), Some(Name::new("root/new")));
    // Elsewhere the class is one like any other.
    let elsewhere = repository.session("root/cimv2").unwrap();
    assert_eq!(namespace_of(&elsewhere.namespace, &new("x")).unwrap(), None);
}

#[test]
fn mof_makes_the_namespaces_that_it_fills() {
    let repository = Repository::new();
    let names = || -> Vec<String> {
        repository.namespaces().iter().map(|n| format!("{} {}", n.name, n.dialect)).collect()
    };
    let compile = |dialect, text: &str| {
        let mut said = Diagnostics::new();
        let nowhere = MemoryFileSystem::new();
        let mut loader = Loader::new(&nowhere);
        loader.add_text("a.mof", text).unwrap();
        let sources = loader.finish(&mut said);
        let options =
            CompileOptions { dialect, namespace: "a/b/c".to_owned(), ..CompileOptions::default() };
        repository.compile_mof(&CallContext::new(), options, &sources, said)
    };
    assert!(compile(Dialect::Wmi, "class X_A { [key] nothing Id; };").is_err());
    // The second instance has the key of the first.
    let twice = "class X_A { [key] string Id; };\n#pragma instanceflags(\"createonly\")\n\
                 instance of X_A { Id = \"1\"; };\n#pragma namespace(\"\\\\\\\\.\\\\a\\\\d\")\n\
                 instance of X_A { Id = \"1\"; };\n";
    assert!(compile(Dialect::Wmi, twice).is_err());
    assert_eq!(names(), [] as [&str; 0]);
    let elsewhere = "#pragma namespace(\"\\\\\\\\.\\\\a\\\\d\")\nclass X_A { [key] string Id; };\n";
    compile(Dialect::Wmi, elsewhere).unwrap();
    assert_eq!(names(), ["a wmi", "a/d wmi"]);
    compile(Dialect::Dmtf, "class X_A { string Id; };").unwrap();
    assert_eq!(names(), ["a wmi", "a/b dmtf", "a/b/c dmtf", "a/d wmi"]);
}
