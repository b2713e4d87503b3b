//! Each rule in each dialect, through the door.

use crate::context::CallContext;
use crate::error::EngineError;
use crate::repository::Repository;
use crate::session::{PropertyList, PutMode, Session, Update};
use Dialect::{Dmtf, Wmi};
use cimarron_model::{
    Array, CimType, Class, Dialect, Flavor, Instance, Object, ObjectPath, Qualifier, Scalar,
    Status, Value,
};

/// Declared in both dialects; WMI keeps DMTF's qualifiers as custom ones.
const MOF: &str = r#"
class T_Thing { [Key] string Id; };
class T_Other { [Key] string Id; };
class T_Special : T_Thing { };
[Abstract] class T_Abstract { [Key] string Id; };
class T_Keyless { string Text; };
class T_Bounded {
    [Key] string Id;
    [MaxLen(3), MinLen(1)] string Text;
    [MaxLen(3)] string Texts[];
    [MaxValue(10), MinValue(-10)] sint32 Number;
    [MaxValue(10)] uint8 Numbers[];
    [MaxValue(10)] real64 Real;
    uint8 Pair[2];
    datetime When;
    char16 Unit;
};
class T_Needy { [Key] string Id; [Required] string Must; [Required] uint8 Some[]; uint8 Free = 7; };
class T_Shared { [Key] uint32 N; [Key] boolean B; };
[Association] class T_Link { [Key] T_Thing REF From; [Key] T_Thing REF To; };
"#;

const DMTF_QUALIFIERS: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier Abstract : boolean = false, Scope(class, association, indication), Flavor(Restricted);
Qualifier Association : boolean = false, Scope(association), Flavor(DisableOverride, ToSubclass);
Qualifier Indication : boolean = false, Scope(class, indication), Flavor(DisableOverride, ToSubclass);
Qualifier Exception : boolean = false, Scope(class), Flavor(DisableOverride, ToSubclass);
Qualifier Structure : boolean = false, Scope(class), Flavor(DisableOverride, ToSubclass);
Qualifier Required : boolean = false, Scope(property), Flavor(DisableOverride, ToSubclass);
Qualifier MaxLen : uint32 = null, Scope(property);
Qualifier MinLen : uint32 = 0, Scope(property);
Qualifier MaxValue : sint64 = null, Scope(property);
Qualifier MinValue : sint64 = null, Scope(property);
Qualifier EmbeddedInstance : string = null, Scope(property);
Qualifier EmbeddedObject : boolean = false, Scope(property);
Qualifier Description : string = null, Scope(any);
Qualifier Units : string = null, Scope(property);
"#;

const DMTF_MOF: &str = r#"
[Indication] class T_Event { [Key] string Id; };
[Exception] class T_Error { [Key] string Id; };
[Structure] class T_Struct { string Id; };
class T_Holder {
    [Key] string Id;
    [EmbeddedInstance("T_Thing")] string Thing;
    [EmbeddedInstance("T_Thing")] string Things[];
    [EmbeddedObject] string Any;
};
"#;

const WMI_MOF: &str = r#"
class T_Strict {
    [Key] string Id;
    [Not_Null: ToSubclass] uint8 Must;
    [Indexed] string Found;
    [Not_Null: ToSubclass] uint8 Given = 1;
};
[Amendment] class T_Amended { [Key] string Id; };
[Singleton] class T_Only { uint8 Level; };
class T_Holder { [Key] string Id; T_Thing Thing; T_Thing Things[]; object Any; };
"#;

fn context() -> CallContext {
    CallContext::new()
}

fn session(dialect: Dialect) -> Session {
    let repository = Repository::builder().server("ALPHA").build();
    repository.create_namespace("root/x", dialect).unwrap();
    let session = repository.session("root/x").unwrap();
    let text = match dialect {
        Dmtf => format!("{DMTF_QUALIFIERS}{MOF}{DMTF_MOF}"),
        Wmi => format!("{MOF}{WMI_MOF}"),
    };
    let compiled = session.compile_mof_text(&context(), "test.mof", &text);
    compiled.unwrap_or_else(|e| panic!("{e}: {:?}", e.diagnostics()));
    session
}

fn create(session: &Session, instance: &Instance) -> Result<(), Status> {
    session.create_instance(&context(), instance).map(drop).map_err(|e| e.status())
}

fn keyed(class: &str) -> Instance {
    Instance::new(class).with("Id", "a")
}

fn array(cim_type: CimType, items: &[Option<Scalar>]) -> Value {
    Value::Array(Array::from_options(cim_type, items.iter().cloned()).unwrap())
}

fn object(instance: Instance) -> Value {
    Value::from(Object::Instance(instance))
}

fn texts(items: &[&str]) -> Value {
    let items: Vec<_> = items.iter().map(|t| Some(Scalar::String((*t).into()))).collect();
    array(CimType::String, &items)
}

fn bytes(items: &[u8]) -> Value {
    array(CimType::UInt8, &items.iter().map(|n| Some(Scalar::UInt8(*n))).collect::<Vec<_>>())
}

type Row = (Dialect, Instance, Result<(), Status>);

fn check(rows: Vec<Row>) {
    let sessions = [session(Wmi), session(Dmtf)];
    for (dialect, instance, expected) in rows {
        let session = sessions.iter().find(|s| s.dialect() == dialect).unwrap();
        assert_eq!(create(session, &instance), expected, "{dialect} {instance:?}");
        if expected.is_ok() {
            for row in session
                .enumerate_instance_names(
                    &context(),
                    instance.class.as_str(),
                    crate::session::Depth::Shallow,
                )
                .unwrap()
            {
                session.delete_instance(&context(), &row).unwrap();
            }
        }
    }
}

fn both(instance: Instance, expected: Result<(), Status>) -> [Row; 2] {
    [(Wmi, instance.clone(), expected), (Dmtf, instance, expected)]
}

#[test]
fn which_classes_have_instances() {
    let mut rows = Vec::new();
    rows.extend(both(keyed("T_Thing"), Ok(())));
    rows.extend(both(keyed("T_Thin"), Err(Status::InvalidClass)));
    rows.extend(both(keyed("T_Abstract"), Err(Status::AbstractClass)));
    rows.extend(both(Instance::new("T_Keyless"), Err(Status::NoKey)));
    rows.extend([
        (Wmi, keyed("T_Amended"), Err(Status::AmendmentClass)),
        (Wmi, Instance::new("T_Only"), Ok(())),
        (Dmtf, keyed("T_Event"), Err(Status::NotSupported)),
        (Dmtf, keyed("T_Error"), Err(Status::NotSupported)),
        (Dmtf, Instance::new("T_Struct"), Err(Status::NotSupported)),
    ]);
    check(rows);
}

#[test]
fn values_that_must_be_there() {
    let null = Value::null(CimType::String);
    let needy = || keyed("T_Needy").with("Must", "x").with("Some", bytes(&[]));
    let strict = || keyed("T_Strict").with("Must", 1_u8).with("Found", "x");
    let mut rows = Vec::new();
    rows.extend(both(Instance::new("T_Thing"), Err(Status::IllegalNull)));
    rows.extend(both(Instance::new("T_Thing").with("Id", null.clone()), Err(Status::IllegalNull)));
    rows.extend(both(Instance::new("T_Shared").with("N", 1_u8), Err(Status::IllegalNull)));
    rows.extend(both(Instance::new("T_Shared").with("N", 1_u8).with("B", true), Ok(())));
    rows.extend(both(needy(), Ok(())));
    rows.extend(both(needy().with("Free", Value::null(CimType::UInt8)), Ok(())));
    rows.extend([
        (Wmi, keyed("T_Needy"), Ok(())),
        (Dmtf, keyed("T_Needy"), Err(Status::IllegalNull)),
        (Dmtf, needy().with("Must", null.clone()), Err(Status::IllegalNull)),
        (Dmtf, needy().with("Some", Value::null_array(CimType::UInt8)), Err(Status::IllegalNull)),
        (Dmtf, needy().with("Some", array(CimType::UInt8, &[None])), Ok(())),
        (Wmi, strict(), Ok(())),
        (Wmi, keyed("T_Strict").with("Must", 1_u8), Err(Status::IllegalNull)),
        (Wmi, strict().with("Must", Value::null(CimType::UInt8)), Err(Status::IllegalNull)),
        (Wmi, strict().with("Given", Value::null(CimType::UInt8)), Err(Status::IllegalNull)),
    ]);
    check(rows);
}

#[test]
fn bounds_and_arrays() {
    let bounded = |name: &str, value: Value| keyed("T_Bounded").with(name, value);
    let mut rows = Vec::new();
    for (name, value, expected) in [
        ("Text", Value::from("äöü"), Ok(())),
        ("Text", Value::null(CimType::String), Ok(())),
        ("Number", Value::from(10_i64), Ok(())),
        ("Number", Value::from(1_u64 << 40), Err(Status::ValueOutOfRange)),
        ("Number", Value::from("1"), Err(Status::TypeMismatch)),
        ("Real", Value::from(10.0), Ok(())),
        ("Numbers", bytes(&[1, 10]), Ok(())),
        ("Numbers", Value::from(1_u8), Err(Status::TypeMismatch)),
        ("Pair", bytes(&[1, 2]), Ok(())),
        ("Pair", Value::null_array(CimType::UInt8), Ok(())),
        ("Nowhere", Value::from(1_u8), Err(Status::NoSuchProperty)),
        ("__CLASS", Value::from("x"), Err(Status::SystemProperty)),
        ("When", Value::from("20240229120000.000000+060"), Ok(())),
        ("When", Value::from("20230229120000.000000+060"), Err(Status::TypeMismatch)),
        ("When", Value::from(7_u8), Err(Status::TypeMismatch)),
    ] {
        rows.extend(both(bounded(name, value), expected));
    }
    for (name, value) in [
        ("Text", Value::from("abcd")),
        ("Text", Value::from("")),
        ("Number", Value::from(11_u8)),
        ("Number", Value::from(-11_i8)),
        ("Real", Value::from(10.5)),
        ("Numbers", bytes(&[1, 11])),
        ("Texts", texts(&["abcd"])),
    ] {
        rows.push((Wmi, bounded(name, value.clone()), Ok(())));
        rows.push((Dmtf, bounded(name, value), Err(Status::ValueOutOfRange)));
    }
    let half = "2024022912****.******+060";
    let whole = "20240229****00.000000+060";
    let typed = |text: &str| Value::from(text.parse::<cimarron_model::DateTime>().unwrap());
    rows.extend([
        (Dmtf, bounded("Texts", texts(&["abc"])), Ok(())),
        (Wmi, bounded("Pair", bytes(&[1])), Ok(())),
        (Dmtf, bounded("Pair", bytes(&[1])), Err(Status::ValueOutOfRange)),
        (Wmi, bounded("Numbers", array(CimType::UInt8, &[None])), Err(Status::NullArrayElement)),
        (Dmtf, bounded("Numbers", array(CimType::UInt8, &[None])), Ok(())),
        (Wmi, bounded("Id", "a\tb".into()), Err(Status::InvalidKeyText)),
        (Dmtf, bounded("Id", "a\tb".into()), Ok(())),
        (Dmtf, bounded("When", Value::from(half)), Ok(())),
        (Wmi, bounded("When", typed(whole)), Ok(())),
        (Dmtf, bounded("When", Value::from(whole)), Err(Status::TypeMismatch)),
        (Dmtf, bounded("When", typed(whole)), Err(Status::TypeMismatch)),
    ]);
    check(rows);
}

#[test]
fn where_references_lead() {
    let link = |to: &str| Instance::new("T_Link").with("From", "T_Thing.Id=\"a\"").with("To", to);
    let mut rows = Vec::new();
    for (to, expected) in [
        ("T_Thing.Id=\"nobody\"", Ok(())),
        ("T_Special.Id=\"a\"", Ok(())),
        ("t_special", Ok(())),
        ("root/y:T_Other.Id=\"a\"", Ok(())),
        (r"\\beta\root\x:T_Other.Id='a'", Ok(())),
        ("root/y:T_Nowhere.Id=\"a\"", Ok(())),
        ("T_Thing.Id=", Err(Status::TypeMismatch)),
        ("//alpha/root/x", Err(Status::TypeMismatch)),
    ] {
        rows.extend(both(link(to), expected));
    }
    for to in [
        "T_Other.Id=\"a\"",
        "root/x:T_Other.Id=\"a\"",
        r"\\alpha\root\x:T_Other.Id='a'",
        "T_Nowhere.Id=\"a\"",
    ] {
        rows.push((Wmi, link(to), Ok(())));
        rows.push((Dmtf, link(to), Err(Status::InvalidReferenceClass)));
    }
    rows.extend(both(
        Instance::new("T_Link").with("From", "T_Thing.Id=\"a\""),
        Err(Status::IllegalNull),
    ));
    check(rows);
}

#[test]
fn what_can_be_embedded() {
    let holder = |name: &str, value: Value| keyed("T_Holder").with(name, value);
    let class = Value::from(Object::Class(Class::new("T_Thing")));
    let bad = object(Instance::new("T_Special").with("Nowhere", 1_u8));
    let long = object(keyed("T_Bounded").with("Text", "abcd"));
    let deep =
        (0..20).fold(keyed("T_Holder"), |inner, _| keyed("T_Holder").with("Any", object(inner)));
    let things = |instance: Instance| {
        array(CimType::Object, &[Some(Scalar::Object(Object::Instance(instance).into()))])
    };
    let mut rows = Vec::new();
    for (name, value, expected) in [
        ("Thing", object(Instance::new("T_Thing")), Ok(())),
        ("Thing", object(Instance::new("t_special").with("Id", 'x'.to_string())), Ok(())),
        ("Thing", object(keyed("T_Other")), Err(Status::InvalidReferenceClass)),
        ("Thing", object(keyed("T_Nowhere")), Err(Status::InvalidReferenceClass)),
        ("Thing", bad.clone(), Err(Status::NoSuchProperty)),
        ("Things", things(keyed("T_Special")), Ok(())),
        ("Things", things(keyed("T_Other")), Err(Status::InvalidReferenceClass)),
        ("Any", object(keyed("T_Other")), Ok(())),
        ("Any", object(keyed("T_Nowhere")), Ok(())),
        ("Any", object(keyed("T_Abstract")), Err(Status::AbstractClass)),
        ("Any", class.clone(), Ok(())),
        ("Any", object(deep), Err(Status::InvalidObject)),
        ("Any", object(Instance::new("T_Needy")), Ok(())),
    ] {
        rows.extend(both(holder(name, value), expected));
    }
    rows.extend([
        (Wmi, holder("Any", long.clone()), Ok(())),
        (Dmtf, holder("Any", long), Err(Status::ValueOutOfRange)),
        (Wmi, holder("Thing", class.clone()), Ok(())),
        (Dmtf, holder("Thing", class), Err(Status::TypeMismatch)),
        (Dmtf, holder("Thing", Value::from("instance of T_Thing { };")), Ok(())),
        (Wmi, holder("Thing", Value::from("instance of T_Thing { };")), Err(Status::TypeMismatch)),
        (Dmtf, holder("Any", object(keyed("T_Event"))), Ok(())),
        (Dmtf, holder("Any", object(Instance::new("T_Struct"))), Ok(())),
    ]);
    check(rows);
}

#[test]
fn embedded_members_are_converted_and_have_no_path() {
    for dialect in [Wmi, Dmtf] {
        let session = session(dialect);
        let mut inner =
            Instance::new("T_Shared").with("n", 1_i64).with("B", Value::null(CimType::Boolean));
        inner.path = Some(ObjectPath::of_class("T_Shared"));
        let path = session
            .create_instance(&context(), &keyed("T_Holder").with("Any", object(inner)))
            .unwrap();
        let found = session.get_instance(&context(), &path, &PropertyList::All).unwrap();
        let expected =
            Instance::new("T_Shared").with("n", 1_u32).with("B", Value::null(CimType::Boolean));
        assert_eq!(found.get("Any"), Some(&object(expected)));
    }
}

#[test]
fn modifying_keeps_the_rules() {
    let null = || Value::null(CimType::String);
    for (dialect, instance, change, expected) in [
        (Wmi, keyed("T_Thing"), ("Id", Value::from("b")), Err(Status::KeyImmutable)),
        (Dmtf, keyed("T_Thing"), ("Id", Value::from("A")), Err(Status::KeyImmutable)),
        (Wmi, keyed("T_Thing"), ("Id", Value::from("A")), Ok(())),
        (Dmtf, keyed("T_Bounded"), ("Text", Value::from("abcd")), Err(Status::ValueOutOfRange)),
        (
            Dmtf,
            keyed("T_Needy").with("Must", "x").with("Some", bytes(&[])),
            ("Must", null()),
            Err(Status::IllegalNull),
        ),
        (Wmi, keyed("T_Needy").with("Must", "x"), ("Must", null()), Ok(())),
        (
            Wmi,
            keyed("T_Strict").with("Must", 1_u8).with("Found", "x"),
            ("Found", null()),
            Err(Status::IllegalNull),
        ),
    ] {
        let session = session(dialect);
        let path = session.create_instance(&context(), &instance).unwrap();
        let changed = Instance::new(instance.class.clone()).with(change.0, change.1);
        let result = session.modify_instance(&context(), &path, &changed, &Update::Given);
        assert_eq!(result.map_err(|e| e.status()), expected, "{dialect} {changed:?}");
    }
}

#[test]
fn qualifiers_of_instances() {
    let qualifier = |name: &str, value: Value| Qualifier {
        name: name.into(),
        value,
        flavor: Flavor::default(),
    };
    let on_instance = |name: &str, value: Value| {
        let mut instance = keyed("T_Thing");
        instance.qualifiers.set(qualifier(name, value));
        instance
    };
    let on_property = |name: &str, value: Value| {
        let mut instance = keyed("T_Thing");
        instance.property_mut("Id").unwrap().qualifiers.set(qualifier(name, value));
        instance
    };
    check(vec![
        (Wmi, on_instance("Anything", 1_i32.into()), Ok(())),
        (Dmtf, on_instance("Anything", 1_i32.into()), Err(Status::UndeclaredQualifier)),
        (Dmtf, on_instance("Description", "x".into()), Ok(())),
        (Dmtf, on_instance("Description", 1_u8.into()), Err(Status::InvalidQualifierType)),
        (Dmtf, on_instance("Units", "x".into()), Err(Status::QualifierOutOfScope)),
        (Dmtf, on_property("Units", "x".into()), Ok(())),
        (Dmtf, on_property("Indication", true.into()), Err(Status::QualifierOutOfScope)),
        (Wmi, on_property("cimtype", "string".into()), Err(Status::ReservedQualifier)),
        (Wmi, on_property("Anything", true.into()), Ok(())),
    ]);
}

/// One cause, one error: what is said names what is wrong.
#[test]
fn errors_name_property_and_class() {
    let session = session(Dmtf);
    let message = |instance: Instance| -> String {
        session
            .create_instance(&context(), &instance)
            .map_err(|e: EngineError| e.to_string())
            .unwrap_err()
    };
    for (instance, expected) in [
        (
            keyed("T_Bounded").with("Pair", bytes(&[1])),
            "property `Pair`: the array has 1 elements instead of 2",
        ),
        (keyed("T_Needy"), "property `Must` cannot be NULL: it is Required"),
        (
            keyed("T_Event"),
            "`T_Event` is an indication: its instances have no path and are not stored",
        ),
        (
            Instance::new("T_Link").with("From", "T_Thin.Id=\"a\"").with("To", "T_Thing.Id=\"a\""),
            "property `From`: unknown class `T_Thin`: did you mean `T_Thing`?",
        ),
        (
            keyed("T_Holder").with("Thing", Object::Class(Class::new("T_Thing"))),
            "property `Thing` takes instances, and `class T_Thing` is a class",
        ),
    ] {
        assert_eq!(message(instance), expected);
    }
    let put = session.put_instance(
        &context(),
        &keyed("T_Needy"),
        PutMode::CreateOrUpdate,
        &Update::Given,
    );
    assert_eq!(put.map_err(|e| e.status()), Err(Status::IllegalNull));
}
