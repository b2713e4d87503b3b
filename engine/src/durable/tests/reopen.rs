//! What was there is there again.

use super::*;
use crate::{ClassOptions, Update, ValueView};
use cimarron_model::{Instance, ObjectPath};

const MOF: &str = r#"
    class X_Disk { [key] string Id; uint64 Size = 7; string Note; datetime When; uint8 Bytes[]; };
    class X_Big : X_Disk { real64 Weight; };
    class X_Host { [key] string Name; [key] uint16 Port; };
    [Association] class X_HostedOn { [key] X_Disk ref Disk; [key] X_Host ref Host; };
    [Singleton] class X_Only { string Text; };
"#;

fn path(text: &str) -> ObjectPath {
    ObjectPath::parse(text).unwrap()
}

/// Does something of every kind.
fn work(repository: &Repository) {
    let wmi = session(repository, "root/cimv2", Dialect::Wmi);
    wmi.compile_mof_text(&context(), "a.mof", MOF).unwrap();
    wmi.create_index(&context(), "X_Disk", "Size").unwrap();
    for n in 0..100_u64 {
        let class = if n % 3 == 0 { "X_Big" } else { "X_Disk" };
        let disk = Instance::new(class).with("Id", format!("d{n}")).with("Size", n * n);
        wmi.create_instance(&context(), &disk).unwrap();
    }
    for name in ["a", "b"] {
        let host = Instance::new("X_Host").with("Name", name).with("Port", 5_u16);
        wmi.create_instance(&context(), &host).unwrap();
    }
    for n in 0..20 {
        let link =
            Instance::new("X_HostedOn").with("Disk", path(&format!("X_Disk.Id=\"d{n}\""))).with(
                "Host",
                path(if n % 2 == 0 {
                    "X_Host.Name=\"a\",Port=5"
                } else {
                    "X_Host.Name=\"gone\",Port=6"
                }),
            );
        wmi.create_instance(&context(), &link).unwrap();
    }
    let mut batch = wmi.batch();
    for n in 0..30 {
        let at = path(&format!("X_Disk.Id=\"d{n}\""));
        batch = match n % 3 {
            0 => batch.delete(at),
            1 => batch.modify(
                at,
                Instance::new("X_Disk").with("Note", format!("note {n}")),
                Update::Given,
            ),
            _ => batch.create(Instance::new("X_Disk").with("Id", format!("new {n}"))),
        };
    }
    batch.commit(&context()).unwrap();
    wmi.create_instance(&context(), &Instance::new("X_Only").with("Text", "ſ")).unwrap();
    let mut inserter = wmi.inserter(&context(), "X_Host", &["Name", "Port"]).unwrap();
    for n in 0..5000_u16 {
        inserter.insert(&[ValueView::String("many"), ValueView::UInt16(n)]).unwrap();
    }
    inserter.commit(&context()).unwrap();
    // A property more, with rows in place, and another that must be written again.
    let more = "class X_Host { [key] string Name; [key] uint16 Port; string Owner = \"me\"; };";
    wmi.compile_mof_text(
        &context(),
        "b.mof",
        &format!("#pragma classflags(\"safeupdate\")\n{more}"),
    )
    .unwrap();
    repository.create_namespace("root/cimv2/below", Dialect::Wmi).unwrap();
    repository.create_namespace("root/gone/deep", Dialect::Wmi).unwrap();
    repository.delete_namespace("root/gone").unwrap();
    let dmtf = session(repository, "interop", Dialect::Dmtf);
    dmtf.compile_mof_text(&context(), "c.mof", r#"
        Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
        class Y_A { [Key] string Id; boolean Up; };
        class Y_B : Y_A { char16 C; };
    "#).unwrap();
    for class in ["Y_A", "Y_B"] {
        let row = Instance::new(class).with("Id", class).with("Up", true);
        dmtf.create_instance(&context(), &row).unwrap();
    }
    dmtf.delete_class(&context(), "Y_B").unwrap_err();
}

#[test]
fn the_log_has_everything() {
    for sync in [
        SyncPolicy::Always,
        SyncPolicy::Every(std::time::Duration::from_secs(3600)),
        SyncPolicy::Never,
    ] {
        let medium = Arc::new(SimulatedMedium::new());
        let repository = open_with(&medium, sync);
        work(&repository);
        let before = image_of(&repository);
        drop(repository);
        let repository = open(&medium).unwrap();
        assert_eq!(image_of(&repository), before, "{sync:?}");
    }
}

#[test]
fn a_checkpoint_has_everything() {
    let medium = Arc::new(SimulatedMedium::new());
    let repository = open(&medium).unwrap();
    work(&repository);
    repository.checkpoint().unwrap();
    let before = image_of(&repository);
    drop(repository);
    let repository = open(&medium).unwrap();
    assert_eq!(image_of(&repository), before);
    // On top of it a log again, and another checkpoint.
    let wmi = repository.session("root/cimv2").unwrap();
    wmi.create_instance(&context(), &Instance::new("X_Disk").with("Id", "later")).unwrap();
    wmi.delete_instance(&context(), &path("X_Host.Name=\"many\",Port=17")).unwrap();
    let before = image_of(&repository);
    drop((wmi, repository));
    let repository = open(&medium).unwrap();
    assert_eq!(image_of(&repository), before);
    repository.compact().unwrap();
    drop(repository);
    assert_eq!(image_of(&open(&medium).unwrap()), before);
}

#[test]
fn system_classes_that_are_new_come_to_what_is_old() {
    let medium = Arc::new(SimulatedMedium::new());
    let repository = open(&medium).unwrap();
    let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
    wmi.compile_mof_text(&context(), "a.mof", "class X_A { [key] string Id; };").unwrap();
    // As a version would have left it that did not know this class.
    wmi.forget_class("__AggregateEvent");
    assert!(wmi.get_class(&context(), "__AggregateEvent", ClassOptions::default()).is_err());
    drop((wmi, repository));
    let repository = open(&medium).unwrap();
    let wmi = repository.session("root/cimv2").unwrap();
    wmi.get_class(&context(), "__AggregateEvent", ClassOptions::default()).unwrap();
    wmi.create_instance(&context(), &Instance::new("X_A").with("Id", "a")).unwrap();
    let before = image_of(&repository);
    drop((wmi, repository));
    assert_eq!(image_of(&open(&medium).unwrap()), before);
}
