//! What properties take.

mod plan;
mod rules;

use super::*;
use crate::error::EngineError;
use crate::schema::{Bounds, ClassId, Layout, Slot};
use crate::view::ValueView;
use cimarron_model::{
    Array, ArrayShape, Char16, CimType, Class, ClassVersion, DateTime, Instance, KeyValue, Keys,
    MAX_PATH_DEPTH, Name, Object, ObjectPath, Property, Scalar, Status, Value,
};
use std::sync::Arc;

fn slot(cim_type: CimType, array: ArrayShape) -> Slot {
    Slot {
        name: "P".into(),
        cim_type,
        array,
        class: None,
        is_key: false,
        not_null: false,
        embedded_text: false,
        default: None,
        bounds: None,
    }
}

struct World {
    schema: Schema,
    location: Location,
    limits: Limits,
}

impl World {
    fn new() -> Self {
        let location = Location { servers: Arc::from([]), namespace: Name::new("root/cimv2") };
        Self { schema: Schema::default(), location, limits: Limits::default() }
    }

    fn checker(&self, dialect: Dialect) -> Checker<'_> {
        Checker { schema: &self.schema, dialect, location: &self.location, limits: &self.limits }
    }

    fn convert(&self, dialect: Dialect, slot: &Slot, value: &Value) -> Result<Value, Status> {
        self.checker(dialect)
            .convert(slot, ValueView::from(value))
            .map(|v| v.view().to_value(slot.cim_type, slot.array.is_array()))
            .map_err(|e| e.status())
    }
}

#[test]
fn scalars_convert_without_loss() {
    let world = World::new();
    let datetime: DateTime = "20240229120000.000000+060".parse().unwrap();
    for (cim_type, given, expected) in [
        (CimType::UInt8, Value::from(255_i64), Ok(Value::from(255_u8))),
        (CimType::UInt8, Value::from(256_u16), Err(Status::ValueOutOfRange)),
        (CimType::UInt64, Value::from(-1_i8), Err(Status::ValueOutOfRange)),
        (CimType::SInt64, Value::from(u64::MAX), Err(Status::ValueOutOfRange)),
        (CimType::UInt8, Value::from("1"), Err(Status::TypeMismatch)),
        (CimType::Boolean, Value::from(1_u8), Err(Status::TypeMismatch)),
        (CimType::Real64, Value::from(3_u8), Ok(Value::from(3.0_f64))),
        (CimType::Real64, Value::from(u64::MAX), Err(Status::ValueOutOfRange)),
        (CimType::Real32, Value::from(0.5_f64), Ok(Value::from(0.5_f32))),
        (CimType::Real32, Value::from(0.1_f64), Err(Status::ValueOutOfRange)),
        (CimType::Real32, Value::from(f64::INFINITY), Ok(Value::from(f32::INFINITY))),
        (CimType::UInt8, Value::from(1.0_f64), Err(Status::TypeMismatch)),
        (CimType::Char16, Value::from(65_u16), Ok(Value::from(Char16(65)))),
        (CimType::UInt16, Value::from(Char16(65)), Ok(Value::from(65_u16))),
        (CimType::DateTime, Value::from(datetime.to_string()), Ok(Value::from(datetime))),
        (CimType::DateTime, Value::from("soon"), Err(Status::TypeMismatch)),
        (
            CimType::Reference,
            Value::from("X.K=1"),
            Ok(Value::from(ObjectPath::parse("X.K=1").unwrap())),
        ),
        (CimType::Reference, Value::from("X.K="), Err(Status::TypeMismatch)),
        (CimType::Object, Value::from("instance of X {};"), Err(Status::TypeMismatch)),
        (CimType::String, Value::from(1_u8), Err(Status::TypeMismatch)),
        (CimType::String, Value::null(CimType::UInt8), Ok(Value::null(CimType::String))),
        (CimType::String, Value::Array(Array::new(CimType::String)), Err(Status::TypeMismatch)),
    ] {
        let slot = slot(cim_type, ArrayShape::Scalar);
        assert_eq!(world.convert(Dialect::Wmi, &slot, &given), expected, "{cim_type} {given}");
    }
}

#[test]
fn arrays_convert_by_element() {
    let world = World::new();
    let array = |cim_type, items: &[Option<Scalar>]| {
        Value::Array(Array::from_options(cim_type, items.iter().cloned()).unwrap())
    };
    let wide = array(CimType::UInt32, &[Some(Scalar::UInt32(1)), Some(Scalar::UInt32(2))]);
    let narrow = array(CimType::UInt8, &[Some(Scalar::UInt8(1)), Some(Scalar::UInt8(2))]);
    let with_null = array(CimType::UInt8, &[Some(Scalar::UInt8(1)), None]);
    let (dmtf, wmi) = (Dialect::Dmtf, Dialect::Wmi);
    let (variable, fixed) = (ArrayShape::Variable, ArrayShape::Fixed(3));
    for (dialect, shape, given, expected) in [
        (wmi, variable, &wide, Ok(narrow.clone())),
        (wmi, variable, &with_null, Err(Status::NullArrayElement)),
        (dmtf, variable, &with_null, Ok(with_null.clone())),
        (dmtf, fixed, &narrow, Err(Status::ValueOutOfRange)),
        (wmi, fixed, &narrow, Ok(narrow.clone())),
        (wmi, variable, &Value::from(1_u8), Err(Status::TypeMismatch)),
    ] {
        let slot = slot(CimType::UInt8, shape);
        assert_eq!(world.convert(dialect, &slot, given), expected, "{dialect} {shape:?} {given}");
    }
}

#[test]
fn bounds_hold() {
    let world = World::new();
    let bounds = Bounds {
        max_len: Some(3),
        min_len: Some(1),
        max_value: Some(10),
        min_value: Some(-10),
        required: false,
    };
    for (given, fits) in [
        (Value::from("äöü"), true),
        (Value::from("abcd"), false),
        (Value::from(""), false),
        (Value::from(10_i32), true),
        (Value::from(11_i32), false),
        (Value::from(-11_i32), false),
        (Value::from(9.5_f64), true),
        (Value::from(10.5_f32), false),
    ] {
        let slot =
            Slot { bounds: Some(Box::new(bounds)), ..slot(given.cim_type(), ArrayShape::Scalar) };
        assert_eq!(world.convert(Dialect::Dmtf, &slot, &given).is_ok(), fits, "{given}");
    }
}

#[test]
fn key_text_must_be_printable_in_wmi() {
    let world = World::new();
    let slot = Slot { is_key: true, ..slot(CimType::String, ArrayShape::Scalar) };
    for (text, fits) in [("SCM Event Log", true), ("", true), (" ", false), ("a\tb", false)] {
        let value = Value::from(text);
        assert_eq!(world.convert(Dialect::Wmi, &slot, &value).is_ok(), fits, "{text:?}");
        assert!(world.convert(Dialect::Dmtf, &slot, &value).is_ok());
    }
}

#[test]
fn references_nest_as_deep_as_paths() {
    let world = World::new();
    let slot = slot(CimType::Reference, ArrayShape::Scalar);
    // Built by hand: `KeyValue::reference` would refuse.
    let nested = |depth: usize| {
        (1..depth).fold(ObjectPath::of_class("X"), |inner, _| {
            ObjectPath::of_instance("X", Keys::Unnamed(KeyValue::Reference(Box::new(inner))))
        })
    };
    for (depth, fits) in [(1, true), (MAX_PATH_DEPTH, true), (MAX_PATH_DEPTH + 1, false)] {
        let value = Value::from(nested(depth));
        assert_eq!(world.convert(Dialect::Wmi, &slot, &value).is_ok(), fits, "{depth}");
    }
}

#[test]
fn embedding_has_a_limit() {
    let world = World::new();
    let slot = slot(CimType::Object, ArrayShape::Scalar);
    let nested = |depth: usize| {
        (0..depth).fold(Value::null(CimType::Object), |inner, _| {
            Value::from(Object::Instance(Instance::new("X").with("Inner", inner)))
        })
    };
    // Classes that the namespace does not know are not looked into.
    // Their depth counts all the same, and that of what embedded classes hold.
    let in_class = |depth: usize| {
        let part = Property::new("P", CimType::Object).with_default(nested(depth));
        Value::from(Object::Class(Class::new("X").with(part)))
    };
    let in_array = |depth: usize| {
        let inner = nested(depth).as_scalar().cloned();
        let array = Array::from_options(CimType::Object, [inner]).unwrap();
        Value::from(Object::Instance(Instance::new("X").with("Inner", array)))
    };
    for (value, fits) in [
        (nested(3), true),
        (nested(Object::MAX_DEPTH), true),
        (nested(Object::MAX_DEPTH + 1), false),
        (nested(200), false),
        (in_class(Object::MAX_DEPTH - 1), true),
        (in_class(Object::MAX_DEPTH), false),
        (in_array(Object::MAX_DEPTH - 1), true),
        (in_array(Object::MAX_DEPTH), false),
    ] {
        let error = world.convert(Dialect::Wmi, &slot, &value).err();
        assert_eq!(error, (!fits).then_some(Status::InvalidObject));
    }
    let layout = Layout::from_slots(ClassId(0), ClassVersion(0), "X".into(), std::iter::empty());
    let missing = slot_of(&layout, &"Y".into(), 0).unwrap_err();
    assert_eq!(missing.status(), Status::NoSuchProperty);
    let system = slot_of(&layout, &"__path".into(), 0).unwrap_err();
    assert_eq!(system.status(), Status::SystemProperty);
}
