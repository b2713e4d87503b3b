//! Archives, classes and namespaces.

use super::*;
use cimarron_model::{CimType, Class, DataType, Flavor, Property, Qualifier};
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{CompileOptions, Diagnostics, Loader};
use cimarron_schema::{Archive, ClassForm, SchemaBuilder};

pub(super) fn archive(namespaces: &[(&str, &[Class], &[Instance])]) -> Arc<Archive> {
    let mut builder = SchemaBuilder::new(Dialect::Wmi);
    for (name, classes, instances) in namespaces {
        let content = builder.namespace(name);
        for class in *classes {
            content.add_class(class.clone()).unwrap();
        }
        for instance in *instances {
            content.add_instance(instance.clone());
        }
    }
    Arc::new(Archive::from_bytes(builder.finish().unwrap()).unwrap())
}

pub(super) fn keyed(name: &str, extra: &[&str]) -> Class {
    let mut class = Class::new(name);
    let mut id = Property::new("Id", DataType::scalar(CimType::String));
    id.qualifiers.set(Qualifier {
        name: "key".into(),
        value: true.into(),
        flavor: Flavor::TO_SUBCLASS,
    });
    class.properties.push(id);
    for name in extra {
        class.properties.push(Property::new(*name, DataType::scalar(CimType::UInt32)));
    }
    class
}

#[test]
fn archives_load_whole_or_not_at_all() {
    let repository = Repository::new();
    repository.create_namespace("root/a", Dialect::Wmi).unwrap();
    let session = repository.session("root/a").unwrap();
    let class = keyed("X_C", &[]);
    let load =
        |archive: &Arc<Archive>| session.load_archive(&context(), archive).map_err(|e| e.status());

    // One namespace: into the session's, whatever its name.
    let one = archive(&[("root/cimv2", std::slice::from_ref(&class), &[device("X_C", "a")])]);
    let loaded = load(&one).unwrap();
    assert_eq!((loaded.classes, loaded.instances), (1, 1));
    assert_eq!(rows(&session, "SELECT Id FROM X_C"), ["a"]);
    let again = load(&one).unwrap();
    assert_eq!((again.classes, again.unchanged, again.instances), (0, 1, 1));

    // Another definition, with instances.
    let wider = archive(&[("root/cimv2", &[keyed("X_C", &["More"])], &[])]);
    assert_eq!(load(&wider), Err(Status::ClassHasInstances));
    session.delete_instance(&context(), &path(r#"X_C="a""#)).unwrap();
    let version = |session: &Session| {
        session.namespace.schema().class("X_C").map(|c| (c.def().id, c.def().version)).unwrap()
    };
    let before = version(&session);
    assert_eq!(load(&wider).unwrap().classes, 1);
    let after = version(&session);
    assert!(before.0 == after.0 && before.1 < after.1, "same class, later version");

    // Several: each to its own, and none when one is refused.
    let bad = device("X_C", "x").with("Nope", 1_u8);
    let both = |last: Instance| {
        archive(&[
            ("root/b", std::slice::from_ref(&class), &[device("X_C", "b")]),
            ("root/c", std::slice::from_ref(&class), &[device("X_C", "c"), last]),
        ])
    };
    assert_eq!(load(&both(bad)), Err(Status::NoSuchProperty));
    assert!(repository.session("root/b").is_err());
    assert_eq!(load(&both(device("X_C", "d"))).unwrap().instances, 3);
    assert_eq!(rows(&repository.session("root/c").unwrap(), "SELECT Id FROM X_C"), ["c", "d"]);
}

#[test]
fn a_refused_batch_leaves_the_store_as_it_was() {
    let session = wmi();
    session.create_instance(&context(), &device("X_Fan", "kept").with("Speed", 1_i8)).unwrap();
    let text = r#"
        class X_New : X_Fan { };
        instance of X_Fan { Id = "kept"; Speed = 2; };
        instance of X_New { Id = "other"; };
        instance of X_Disk { Id = "KEPT"; };
    "#;
    let refused = session.compile_mof_text(&context(), "batch.mof", text).unwrap_err();
    assert_eq!(refused.status(), Status::AlreadyExists, "{refused}");
    assert_eq!(rows(&session, "SELECT Id, Speed FROM X_Fan"), ["kept|1"]);
    assert!(session.get_class(&context(), "X_New", ClassForm::Local).is_err());
    let broken = session.compile_mof_text(&context(), "broken.mof", "class {").unwrap_err();
    assert!(broken.diagnostics().is_some_and(Diagnostics::has_errors));
}

#[test]
fn classes_come_and_go() {
    let session = wmi();
    let names = |below, depth| -> Vec<String> {
        let names = session.class_names(&context(), below, depth).unwrap();
        names.iter().map(ToString::to_string).collect()
    };
    assert_eq!(names(Some("X_Element"), Depth::Shallow), ["X_Device"]);
    assert_eq!(names(Some("x_element"), Depth::Deep), ["X_Device", "X_Disk", "X_Fan"]);
    let system = ["__NotifyStatus", "__PARAMETERS", "__SecurityRelatedClass", "__SystemClass"];
    let own = ["Win32_CurrentTime", "X_Element", "X_On", "X_Part", "X_Settings"];
    assert_eq!(names(None, Depth::Shallow), [&system[..], &own[..]].concat());

    let mut local = Class::new("X_Ssd");
    local.superclass = Some("X_Disk".into());
    local.properties.push(Property::new("Wear", DataType::scalar(CimType::UInt8)));
    session.create_class(&context(), &local).unwrap();
    let resolved = session.get_class(&context(), "x_ssd", ClassForm::Resolved).unwrap();
    assert_eq!(resolved.properties.len(), 10);
    session.create_instance(&context(), &device("X_Ssd", "s").with("Wear", 1_u8)).unwrap();
    assert!(get(&session, r#"X_Device="S""#).is_ok());

    let status = |class: &Class| session.create_class(&context(), class).unwrap_err().status();
    assert_eq!(status(&local), Status::AlreadyExists);
    local.name = "X_Other".into();
    local.superclass = Some("X_Nothing".into());
    assert_eq!(status(&local), Status::SuperclassNotFound);
    local = keyed("X_Other", &[]);
    local.superclass = Some("X_Disk".into());
    local.properties[0].name = "Id2".into();
    assert_eq!(status(&local), Status::CannotBeKey);

    session.delete_class(&context(), "X_Disk").unwrap();
    assert_eq!(names(Some("X_Element"), Depth::Deep), ["X_Device", "X_Fan"]);
    assert_eq!(get(&session, r#"X_Device="s""#), Err(Status::NotFound));
    let gone = session.delete_class(&context(), "X_Disk").unwrap_err();
    assert_eq!(gone.status(), Status::ClassNotFound);
}

#[test]
fn namespaces_come_and_go() {
    let repository = Repository::new();
    repository.create_namespace("root/a/b", Dialect::Wmi).unwrap();
    let names: Vec<_> = repository.namespaces().iter().map(|n| n.name.to_string()).collect();
    assert_eq!(names, ["root", "root/a", "root/a/b"]);
    let status = |result: Result<(), EngineError>| result.unwrap_err().status();
    assert_eq!(status(repository.create_namespace(r"ROOT\A", Dialect::Wmi)), Status::AlreadyExists);
    assert_eq!(status(repository.create_namespace("a b", Dialect::Wmi)), Status::InvalidParameter);
    let session = repository.session("root/a/b").unwrap();
    repository.delete_namespace("root/a").unwrap();
    assert_eq!(repository.namespaces().len(), 1);
    let refused = session.class_names(&context(), None, Depth::Deep).unwrap_err();
    assert_eq!(refused.status(), Status::InvalidNamespace);
    assert_eq!(status(repository.delete_namespace("root/a")), Status::InvalidNamespace);
}

/// What was compiled where a class had another shape is not loaded: its subclass would have its
/// superclass' properties in other types than that has.
#[test]
fn what_was_compiled_beside_another_superclass_is_refused() {
    let with = |mof: &str| {
        let repository = Repository::new();
        repository.create_namespace("root/cimv2", Dialect::Wmi).unwrap();
        let session = repository.session("root/cimv2").unwrap();
        session.compile_mof_text(&context(), "base.mof", mof).unwrap();
        repository
    };
    let there = with("class X_A { [key] string Id; uint8 Size; };");
    let compiled = {
        let (nowhere, mut said) = (MemoryFileSystem::new(), Diagnostics::new());
        let mut loader = Loader::new(&nowhere);
        loader.add_text("b.mof", "class X_B : X_A { string Name; };").unwrap();
        let sources = loader.finish(&mut said);
        there.prepare_mof(&context(), CompileOptions::default(), &sources, said).unwrap()
    };
    for other in [
        "class X_A { [key] uint32 Id; uint8 Size; };",
        "class X_A { [key] string Id; uint16 Size; };",
        "class X_A { [key] string Id; uint8 Size[]; };",
        "class X_A { [key] string Id; };",
        "class X_A { [key] string Id; uint8 Weight; };",
    ] {
        let repository = with(other);
        let refused = repository.load_mof(&context(), &compiled);
        let Err(EngineError::Mof(said)) = refused else { panic!("{other}: {refused:?}") };
        let message = &said.as_slice()[0].message;
        assert!(message.contains("compiled against another definition"), "{other}: {message}");
        let session = repository.session("root/cimv2").unwrap();
        assert!(session.get_class(&context(), "X_B", ClassForm::Local).is_err(), "{other}");
    }
    let same = with("class X_A { [key, read] string Id; uint8 Size = 3; };");
    for repository in [&there, &same] {
        assert_eq!(repository.load_mof(&context(), &compiled).unwrap().0.classes, 1);
    }
}
