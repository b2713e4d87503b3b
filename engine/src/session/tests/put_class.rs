//! Creating, changing and deleting classes (DSP0200 5.3.2.4, 5.3.2.6, 5.3.2.8; MS-WMI
//! 3.1.4.3.6, 3.1.4.3.10).

use super::schema::keyed;
use super::*;
use cimarron_model::{CimType, Class, DataType, Flavor, Property, Qualifier};
use cimarron_schema::ClassForm;

const WMI: &str = r#"
class X_Top { [key] string Id; uint32 Size = 7; string Note; };
[Weight(1)] class X_Mid : X_Top { uint8 Level; };
class X_Low : X_Mid { };
class X_Free { [key] string Id; };
class X_FreeToo { [key] string Id; };
instance of X_Low { Id = "a"; Size = 70000; Note = "n"; Level = 1; };
"#;

const DMTF: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier Override : string = null, Scope(property, reference, method), Flavor(Restricted);
Qualifier Abstract : boolean = false, Scope(class, association, indication), Flavor(Restricted);
class X_Top { [Key] string Id; uint32 Size = 7; string Note; };
class X_Mid : X_Top { uint8 Level; };
class X_Low : X_Mid { };
class X_Free { [Key] string Id; };
class X_FreeToo { [Key] string Id; };
instance of X_Low { Id = "a"; Size = 70000; Note = "n"; Level = 1; };
"#;

fn in_dialect(dialect: Dialect) -> Session {
    session(dialect, if dialect == Dialect::Wmi { WMI } else { DMTF })
}

/// A class as a reader gets it, changed.
fn changed(session: &Session, name: &str, change: impl FnOnce(&mut Class)) -> Class {
    let mut class = session.get_class(&context(), name, ClassForm::Resolved).unwrap();
    change(&mut class);
    class
}

fn add(class: &mut Class, name: &str, cim_type: CimType) {
    class.properties.push(Property::new(name, DataType::scalar(cim_type)));
}

fn retype(class: &mut Class, name: &str, cim_type: CimType) {
    let property = class.properties.iter_mut().find(|p| p.name.is(name)).unwrap();
    property.data_type = DataType::scalar(cim_type);
    property.default = None;
}

fn status(result: Result<(), EngineError>) -> Result<(), Status> {
    result.map_err(|e| e.status())
}

#[test]
fn each_mode_goes_as_far_as_it_may() {
    use UpdateMode::{Compatible, Force, Safe};
    type Change = fn(&mut Class);
    let wider: Change = |class| add(class, "More", CimType::UInt64);
    let narrower: Change = |class| retype(class, "Size", CimType::UInt8);
    let fewer: Change = |class| class.properties.retain(|p| !p.name.is("Note"));
    let clash: Change = |class| add(class, "Level", CimType::String);
    let note: Change = |class| {
        let value = "said".into();
        let name = "Description".into();
        class.qualifiers.set(Qualifier { name, value, flavor: Flavor::default() });
    };
    for (dialect, name, change, mode, expected) in [
        (Dialect::Wmi, "X_Top", wider, Compatible, Err(Status::ClassHasChildren)),
        (Dialect::Wmi, "X_Low", wider, Compatible, Err(Status::ClassHasInstances)),
        (Dialect::Wmi, "X_Free", wider, Compatible, Ok(())),
        (Dialect::Wmi, "X_Top", note, Compatible, Ok(())),
        (Dialect::Wmi, "X_Top", wider, Safe, Ok(())),
        (Dialect::Wmi, "X_Top", fewer, Safe, Err(Status::ClassHasInstances)),
        (Dialect::Wmi, "X_Top", narrower, Safe, Err(Status::ClassHasInstances)),
        (Dialect::Wmi, "X_Top", clash, Safe, Err(Status::ClassHasChildren)),
        (Dialect::Wmi, "X_Top", wider, Force, Ok(())),
        (Dialect::Wmi, "X_Top", fewer, Force, Ok(())),
        (Dialect::Wmi, "X_Top", narrower, Force, Ok(())),
        (Dialect::Wmi, "X_Top", clash, Force, Err(Status::ClassHasChildren)),
        // DSP0200 5.3.2.8 refuses what cannot be updated consistently.
        (Dialect::Dmtf, "X_Top", wider, Compatible, Ok(())),
        (Dialect::Dmtf, "X_Low", wider, Compatible, Ok(())),
        (Dialect::Dmtf, "X_Top", narrower, Compatible, Err(Status::ClassHasInstances)),
        (Dialect::Dmtf, "X_Top", clash, Compatible, Err(Status::ClassHasChildren)),
    ] {
        let session = in_dialect(dialect);
        let before = session.get_class(&context(), name, ClassForm::Resolved).unwrap();
        let class = changed(&session, name, change);
        let found = session.put_class(&context(), &class, PutMode::UpdateOnly, mode);
        assert_eq!(status(found), expected, "{dialect} {name} {mode:?}");
        assert_eq!(rows(&session, "SELECT Id, Level FROM X_Mid"), ["a|1"]);
        let after = session.get_class(&context(), name, ClassForm::Resolved).unwrap();
        assert_eq!(after == before, expected.is_err(), "{dialect} {name} {mode:?}");
        if expected.is_err() {
            assert_eq!(rows(&session, "SELECT Size, Note FROM X_Top"), ["70000|n"]);
        }
    }
}

#[test]
fn what_is_there_decides_what_may_be_put() {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        let session = in_dialect(dialect);
        let put = |class: &Class, mode| {
            status(session.put_class(&context(), class, mode, UpdateMode::Compatible))
        };
        let new = keyed("X_New", &[]);
        assert_eq!(put(&new, PutMode::UpdateOnly), Err(Status::ClassNotFound));
        assert_eq!(put(&new, PutMode::CreateOrUpdate), Ok(()));
        assert_eq!(put(&new, PutMode::CreateOnly), Err(Status::AlreadyExists));
        assert_eq!(put(&keyed("x_new", &["More"]), PutMode::CreateOrUpdate), Ok(()));
        assert_eq!(put(&keyed("X_New", &["More"]), PutMode::UpdateOnly), Ok(()));
        assert_eq!(status(session.create_class(&context(), &new)), Err(Status::AlreadyExists));
        assert_eq!(status(session.modify_class(&context(), &new)), Ok(()));
        let class = session.get_class(&context(), "X_NEW", ClassForm::Local).unwrap();
        assert_eq!(class.properties.len(), 1);
    }
}

#[test]
fn superclasses_are_judged() {
    for (dialect, name, superclass, expected) in [
        (Dialect::Wmi, "X_Free", Some("X_Nope"), Err(Status::SuperclassNotFound)),
        (Dialect::Wmi, "X_Top", Some("X_Low"), Err(Status::CircularReference)),
        (Dialect::Wmi, "X_Top", Some("x_top"), Err(Status::CircularReference)),
        (Dialect::Wmi, "X_Low", None, Ok(())),
        (Dialect::Dmtf, "X_Free", Some("X_FreeToo"), Err(Status::SuperclassChanged)),
        (Dialect::Dmtf, "X_Low", None, Err(Status::SuperclassChanged)),
        (Dialect::Dmtf, "X_Low", Some("x_mid"), Ok(())),
    ] {
        let session = in_dialect(dialect);
        let mut class = if superclass.is_none() { keyed(name, &[]) } else { Class::new(name) };
        class.superclass = superclass.map(Name::new);
        let found = session.put_class(&context(), &class, PutMode::UpdateOnly, UpdateMode::Force);
        assert_eq!(status(found), expected, "{dialect} {name} {superclass:?}");
    }
}

#[test]
fn declarations_are_judged_before_anything_changes() {
    let mut wrong_default = keyed("X_New", &["Count"]);
    wrong_default.properties[1].default = Some("seven".into());
    let mut narrow_default = keyed("X_New", &["Count"]);
    narrow_default.properties[1].default = Some((-1_i32).into());
    let mut fitting_default = keyed("X_New", &["Count"]);
    fitting_default.properties[1].default = Some(7_u8.into());
    let mut undeclared = keyed("X_New", &[]);
    undeclared.qualifiers.set(Qualifier {
        name: "Shiny".into(),
        value: true.into(),
        flavor: Flavor::default(),
    });
    let mut mistyped = keyed("X_New", &[]);
    mistyped.qualifiers.set(Qualifier {
        name: "Abstract".into(),
        value: "yes".into(),
        flavor: Flavor::default(),
    });
    for (dialect, class, expected) in [
        (Dialect::Wmi, keyed("__New", &[]), Err(Status::LeadingUnderscore)),
        (Dialect::Wmi, keyed("X_New_", &[]), Err(Status::TrailingUnderscore)),
        (Dialect::Wmi, keyed("X New", &[]), Err(Status::InvalidName)),
        (Dialect::Wmi, wrong_default, Err(Status::TypeMismatch)),
        (Dialect::Wmi, narrow_default, Err(Status::ValueOutOfRange)),
        (Dialect::Wmi, fitting_default, Ok(())),
        (Dialect::Wmi, undeclared.clone(), Ok(())),
        (Dialect::Dmtf, undeclared, Err(Status::UndeclaredQualifier)),
        (Dialect::Dmtf, mistyped, Err(Status::InvalidQualifierType)),
    ] {
        let session = in_dialect(dialect);
        let found = status(session.create_class(&context(), &class));
        assert_eq!(found, expected, "{dialect} {}", class.name);
        let there = session.get_class(&context(), class.name.as_str(), ClassForm::Local);
        assert_eq!(there.is_ok(), expected.is_ok(), "{dialect} {}", class.name);
    }
}

/// Front ends send the whole class back, inherited parts marked.
#[test]
fn what_is_marked_as_inherited_is_not_declared_again() {
    let session = in_dialect(Dialect::Wmi);
    let local = |name| session.get_class(&context(), name, ClassForm::Local).unwrap();
    let before = local("X_Mid");
    let whole = session.get_class(&context(), "X_Mid", ClassForm::Resolved).unwrap();
    session.modify_class(&context(), &whole).unwrap();
    assert_eq!(local("X_Mid"), before);
    // A key without any flavor is a key below too.
    let mut bare = keyed("X_Bare", &[]);
    bare.properties[0].qualifiers.flavors_mut().for_each(|flavor| *flavor = Flavor::default());
    session.create_class(&context(), &bare).unwrap();
    let mut below = Class::new("X_BelowBare");
    below.superclass = Some("X_Bare".into());
    session.create_class(&context(), &below).unwrap();
    let below = session.get_class(&context(), "X_BelowBare", ClassForm::Resolved).unwrap();
    assert!(below.properties[0].is_key());
}

#[test]
fn deleting_cascades_or_refuses() {
    for (dialect, name, expected) in [
        (Dialect::Wmi, "X_Top", Ok(())),
        (Dialect::Wmi, "X_Low", Ok(())),
        (Dialect::Wmi, "X_Nope", Err(Status::ClassNotFound)),
        (Dialect::Wmi, "__EventFilter", Err(Status::SystemClass)),
        (Dialect::Dmtf, "X_Top", Err(Status::ClassHasChildren)),
        (Dialect::Dmtf, "X_Low", Err(Status::ClassHasInstances)),
        (Dialect::Dmtf, "X_Nope", Err(Status::ClassNotFound)),
        (Dialect::Dmtf, "X_Free", Ok(())),
    ] {
        let session = in_dialect(dialect);
        let found = status(session.delete_class(&context(), name));
        assert_eq!(found, expected, "{dialect} {name}");
        let there = session.get_class(&context(), name, ClassForm::Local).is_ok();
        assert_eq!(there, expected.is_err_and(|e| e != Status::ClassNotFound));
        if (dialect, name) == (Dialect::Wmi, "X_Top") {
            let below = session.class_names(&context(), None, Depth::Shallow).unwrap();
            assert!(!below.iter().any(|n| n.is("X_Low")));
        }
    }
}

/// What the store reads old rows with when a class changes.
#[test]
fn rows_stay_readable_or_are_judged_one_by_one() {
    use crate::schema::slot_map::{Cause, SlotMap, Source};
    type Change = fn(&mut Class);
    let cases: [(&str, &str, Change, Result<Source, Cause>); 7] = [
        ("X_Mid", "Size", |c| add(c, "More", CimType::UInt64), Ok(Source::Same(1))),
        ("X_Top", "Size", |c| retype(c, "Size", CimType::UInt64), Ok(Source::Widened(1))),
        ("X_Top", "New", |c| add(c, "New", CimType::UInt64), Ok(Source::Default)),
        ("X_Top", "Size", |c| retype(c, "Size", CimType::SInt64), Ok(Source::Widened(1))),
        ("X_Top", "Size", |c| retype(c, "Size", CimType::Real32), Err(Cause::Type)),
        (
            "X_Free",
            "Id",
            |c| {
                let name = "Abstract".into();
                let flavor = Flavor::default();
                c.qualifiers.set(Qualifier { name, value: true.into(), flavor });
            },
            Err(Cause::Abstract),
        ),
        ("X_Top", "Size", |c| c.properties.retain(|p| !p.name.is("Id")), Err(Cause::Key)),
    ];
    for (name, property, change, expected) in cases {
        let session = in_dialect(Dialect::Wmi);
        session.delete_instance(&context(), &path(r#"X_Top="a""#)).unwrap();
        let before = session.namespace.schema();
        let class = changed(&session, name, change);
        session.put_class(&context(), &class, PutMode::UpdateOnly, UpdateMode::Force).unwrap();
        let after = session.namespace.schema();
        let below = if name == "X_Free" { name } else { "X_Low" };
        let (old, new) = (before.class(below).unwrap(), after.class(below).unwrap());
        let found = SlotMap::of_class(old, new)
            .map_err(|e| e.cause)
            .map(|map| map.source(new.layout().find(property).unwrap().0));
        assert_eq!(found, expected, "{name} {property}");
    }
}

/// MOF that declares a class again changes it as ModifyClass does.
#[test]
fn texts_follow_the_rules_of_their_dialect() {
    let wider = |key: &str| {
        format!("class X_Top {{ [{key}] string Id; uint32 Size = 7; string Note; uint8 More; }};")
    };
    for (dialect, text, expected) in [
        (Dialect::Wmi, wider("key"), Err(Status::ClassHasChildren)),
        (Dialect::Dmtf, wider("Key"), Ok(())),
        (
            Dialect::Dmtf,
            "class X_Top { [Key] string Id; uint8 Size = 7; string Note; };".to_owned(),
            Err(Status::ClassHasInstances),
        ),
    ] {
        let session = in_dialect(dialect);
        let found = session.compile_mof_text(&context(), "x.mof", &text);
        assert_eq!(found.map(drop).map_err(|e| e.status()), expected, "{dialect} {text}");
        assert_eq!(rows(&session, "SELECT Id, Level FROM X_Mid"), ["a|1"]);
    }
}
