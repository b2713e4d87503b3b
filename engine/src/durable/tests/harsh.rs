//! Commits that do the same thing twice, or undo what others of their entry did.

use super::*;
use crate::{PutMode, Update};
use cimarron_model::{Instance, Object, ObjectPath};
use std::time::Duration;

fn path(text: &str) -> ObjectPath {
    ObjectPath::parse(text).unwrap()
}

/// A namespace that comes, goes and comes within one commit, and a few times more.
pub(super) fn namespaces(repository: &Repository) {
    let root = session(repository, "root", Dialect::Wmi);
    let space = || Instance::new("__NAMESPACE").with("Name", "twice");
    let gone = || path("__NAMESPACE.Name=\"twice\"");
    let batch = root.batch().create(space()).delete(gone()).create(space()).delete(gone());
    batch.commit(&context()).unwrap();
    let batch = root.batch().create(space()).delete(gone()).create(space());
    batch.commit(&context()).unwrap();
    let twice = repository.session("root/twice").unwrap();
    twice.compile_mof_text(&context(), "a.mof", "class X_T { [key] string Id; };").unwrap();
    twice.create_instance(&context(), &Instance::new("X_T").with("Id", "old")).unwrap();
    drop(twice);
    root.batch().delete(gone()).create(space()).commit(&context()).unwrap();
    let twice = repository.session("root/twice").unwrap();
    twice.compile_mof_text(&context(), "a.mof", "class X_T { [key] uint8 Id; };").unwrap();
    twice.create_instance(&context(), &Instance::new("X_T").with("Id", 1_u8)).unwrap();
}

/// Classes that go and come under the same name, with indexes.
pub(super) fn classes(repository: &Repository) {
    let wmi = session(repository, "root/classes", Dialect::Wmi);
    let compile = |text: &str| wmi.compile_mof_text(&context(), "a.mof", text).unwrap();
    for round in 0..3_u32 {
        compile("class X_A { [key] string Id; uint32 Size; [Indexed] string Tag; };");
        wmi.create_index(&context(), "X_A", "Size").unwrap();
        for n in 0..20 {
            let row = Instance::new("X_A").with("Id", format!("{n}")).with("Size", n * round);
            wmi.create_instance(&context(), &row.with("Tag", format!("t{}", n % 3))).unwrap();
        }
        if round == 0 {
            wmi.drop_index(&context(), "X_A", "Size").unwrap();
            wmi.create_index(&context(), "X_A", "Size").unwrap();
        }
        // Rows that stay, with a property more, then rows that are written again.
        compile(
            "#pragma classflags(\"safeupdate\")\n\
             class X_A { [key] string Id; uint32 Size; [Indexed] string Tag; [Indexed] uint8 New = 5; };",
        );
        compile(
            "#pragma classflags(\"forceupdate\")\n\
             class X_A { [key] string Id; uint64 Size; string Tag; };",
        );
        for n in 5..9 {
            wmi.delete_instance(&context(), &path(&format!("X_A.Id=\"{n}\""))).unwrap();
        }
        if round < 2 {
            compile("#pragma deleteclass(\"X_A\", fail)");
        }
    }
    compile("[Singleton] class X_Only { string Text; }; class X_Less : X_Only { uint8 N; };");
    for text in ["a", "b"] {
        let one = Instance::new("X_Only").with("Text", text);
        wmi.put_instance(&context(), &one, PutMode::CreateOrUpdate, &Update::Given).unwrap();
    }
    wmi.delete_instance(&context(), &path("X_Only=@")).unwrap();
    wmi.create_instance(&context(), &Instance::new("X_Only").with("Text", "c")).unwrap();
}

/// Siblings that share a key, and objects within objects.
pub(super) fn siblings(repository: &Repository) {
    let dmtf = session(repository, "root/dmtf", Dialect::Dmtf);
    let mof = r#"
        Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
        Qualifier Association : boolean = false, Scope(association), Flavor(DisableOverride, ToSubclass);
        Qualifier EmbeddedObject : boolean = false, Scope(property);
        class Y_A { [Key] string Id; string Note; };
        class Y_B : Y_A { uint8 N; [EmbeddedObject] string Inner; };
        class Y_C : Y_A { uint8 N; };
        [Association] class Y_L { [Key] Y_A ref From; [Key] Y_A ref To; };
    "#;
    dmtf.compile_mof_text(&context(), "c.mof", mof).unwrap();
    for class in ["Y_B", "Y_C"] {
        let row = Instance::new(class).with("Id", "same").with("Note", class);
        dmtf.create_instance(&context(), &row).unwrap();
    }
    let link = Instance::new("Y_L").with("From", path("Y_B.Id=\"same\""));
    dmtf.create_instance(&context(), &link.with("To", path("Y_C.Id=\"same\""))).unwrap();
    let inner = Instance::new("Y_C").with("Id", "in").with("N", 3_u8);
    let change = Instance::new("Y_B").with("Inner", Object::Instance(inner)).with("N", 4_u8);
    dmtf.modify_instance(&context(), &path("Y_B.Id=\"same\""), &change, &Update::Given).unwrap();
    let change = Instance::new("Y_C").with("N", 9_u8);
    dmtf.modify_instance(&context(), &path("Y_C.Id=\"same\""), &change, &Update::Given).unwrap();
    dmtf.create_instance(&context(), &Instance::new("Y_A").with("Id", "other")).unwrap();
    let link = Instance::new("Y_L").with("From", path("Y_A.Id=\"other\""));
    dmtf.create_instance(&context(), &link.with("To", path("Y_B.Id=\"same\""))).unwrap();
    dmtf.delete_instance(&context(), &path("Y_A.Id=\"other\"")).unwrap();
}

#[test]
fn what_is_done_twice_is_there_as_it_was() {
    for sync in [SyncPolicy::Always, SyncPolicy::Every(Duration::from_secs(3600))] {
        // The bits say after which part there is a checkpoint.
        for checkpoints in [0, 1, 2, 3, 4, 7] {
            let medium = Arc::new(SimulatedMedium::new());
            let repository = open_with(&medium, sync);
            for (n, part) in [namespaces, classes, siblings].into_iter().enumerate() {
                part(&repository);
                if checkpoints >> n & 1 == 1 {
                    repository.checkpoint().unwrap();
                }
            }
            let before = image_of(&repository);
            drop(repository);
            let repository = open(&medium).unwrap();
            assert_eq!(image_of(&repository), before, "{sync:?}, {checkpoints}");
            repository.compact().unwrap();
            drop(repository);
            assert_eq!(image_of(&open(&medium).unwrap()), before, "{sync:?}, {checkpoints}");
        }
    }
}
