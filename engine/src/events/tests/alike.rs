//! Which writes change something.

use super::*;
use crate::events::system::embedded;
use cimarron_model::{Array, CimType, Class, Object, Scalar, Value};

const HOLDER: &str = r#"
class E_Part { string Name; real64 Weight; };
class E_Spare : E_Part { };
class E_Holder
{
    [key] string Name; object One; object Many[]; real64 Reals[]; real64 Real; string Texts[];
    E_Holder ref Refs[];
};
"#;

fn part(class: &str, name: &str) -> Value {
    embedded(Instance::new(class).with("Name", name))
}

fn many(parts: impl IntoIterator<Item = Value>) -> Value {
    let items = parts.into_iter().map(|part| match part {
        Value::Scalar(scalar) => Some(scalar),
        other => panic!("{other}"),
    });
    Value::from(Array::from_options(CimType::Object, items).unwrap())
}

fn array(cim_type: CimType, items: impl IntoIterator<Item = Option<Scalar>>) -> Value {
    Value::from(Array::from_options(cim_type, items).unwrap())
}

/// Whether a write of the second value over the first is a modification.
fn modifies(property: &str, values: [Value; 2]) -> bool {
    let world = World::new();
    world.compile(HOLDER);
    let events = world.subscribe("SELECT * FROM __InstanceModificationEvent");
    let [first, second] = values;
    let holder = Instance::new("E_Holder").with("Name", "h");
    world.session.create_instance(&context(), &holder.with(property, first)).unwrap();
    world.modify("E_Holder='h'", &Instance::new("E_Holder").with(property, second));
    !all(&events).is_empty()
}

#[test]
fn what_is_written_again_is_no_modification() {
    let class = |default: Option<u32>| {
        let mut class = Class::new("E_Loose");
        let mut property = cimarron_model::Property::new("N", CimType::UInt32);
        property.default = default.map(Value::from);
        class.properties.push(property);
        Value::from(Object::Class(class))
    };
    let one = || part("E_Part", "a");
    let heavy = |weight: f64| embedded(Instance::new("E_Part").with("Weight", weight));
    let null = Value::null(CimType::Object);
    let reals = |items: &[f64]| array(CimType::Real64, items.iter().map(|x| Some((*x).into())));
    let texts = |items: &[&str]| {
        array(CimType::String, items.iter().map(|x| Some(Scalar::String((*x).into()))))
    };
    for (property, values, expected) in [
        ("One", [one(), one()], false),
        ("One", [one(), part("E_Part", "A")], true),
        ("One", [one(), part("E_Spare", "a")], true),
        ("One", [one(), null.clone()], true),
        ("One", [null.clone(), null.clone()], false),
        // What is left out of an embedded object is NULL.
        ("One", [embedded(Instance::new("E_Part")), heavy(f64::NAN)], true),
        ("One", [heavy(f64::NAN), heavy(f64::NAN)], false),
        ("One", [heavy(0.0), heavy(-0.0)], true),
        ("One", [class(Some(1)), class(Some(1))], false),
        ("One", [class(Some(1)), class(None)], true),
        ("One", [class(None), one()], true),
        ("Many", [many([one()]), many([one()])], false),
        ("Many", [many([one()]), many([one(), one()])], true),
        ("Many", [many([one()]), many([part("E_Part", "b")])], true),
        ("Many", [many([one()]), many([part("E_Spare", "a")])], true),
        ("Many", [many([]), Value::null_array(CimType::Object)], true),
        ("Many", [many([class(Some(1))]), many([class(Some(1))])], false),
        ("Many", [many([class(Some(1))]), many([class(Some(2))])], true),
        ("Real", [f64::NAN.into(), f64::NAN.into()], false),
        ("Real", [0.0.into(), (-0.0).into()], true),
        ("Reals", [reals(&[1.0, f64::NAN]), reals(&[1.0, f64::NAN])], false),
        ("Reals", [reals(&[0.0]), reals(&[-0.0])], true),
        ("Reals", [reals(&[0.0]), reals(&[0.0])], false),
        ("Texts", [texts(&["a", "b"]), texts(&["a", "b"])], false),
        ("Texts", [texts(&["a", "b"]), texts(&["b", "a"])], true),
        ("Texts", [texts(&["a"]), texts(&["A"])], true),
    ] {
        assert_eq!(modifies(property, values.clone()), expected, "{property} {values:?}");
    }
}

/// A look at a polled class may find it in another version than the look before.
#[test]
fn another_version_of_the_class_is_no_modification() {
    let world = World::new();
    world.session.set_polled(&context(), "E_Disk", true).unwrap();
    world.compile("instance of E_Disk { Name = \"a\"; Label = \"l\"; Size = 1; };");
    world.compile("instance of E_Disk { Name = \"b\"; Size = 1; };");
    let query =
        "SELECT * FROM __InstanceModificationEvent WITHIN 10 WHERE TargetInstance ISA 'E_Disk'";
    let events = world.subscribe(query);
    let class = |properties: &str| {
        world.compile(&format!(
            "#pragma classflags(\"forceupdate\")\nclass E_Disk : E_Element {{ {properties} }};"
        ));
    };
    class("uint8 More; string Label; boolean Online;");
    world.advance(10.0);
    assert!(all(&events).is_empty());
    world.modify("E_Disk='b'", &Instance::new("E_Disk").with("More", 1_u8));
    class("uint8 More; string Label; boolean Online; uint8 Others;");
    world.advance(10.0);
    let modified = |name: &str| {
        format!(
            "InstanceModificationEvent E_Disk.Name=\"{name}\" UInt32(1) from E_Disk.Name=\"{name}\" UInt32(1)"
        )
    };
    assert_eq!(all(&events), [modified("b")]);
    // What the class has no more was lost.
    class("uint8 More; boolean Online;");
    world.advance(10.0);
    assert_eq!(all(&events), [modified("a")]);
    world.advance(10.0);
    assert!(all(&events).is_empty());
}
