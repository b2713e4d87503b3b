//! Values of every type.

use super::super::json::Json;
use super::super::read;
use super::super::shapes::Declared;
use super::super::values::Exact;
use cimarron_model::{
    Array, Char16, CimType, DateTime, Instance, KeyBinding, KeyValue, Keys, Object, ObjectPath,
    Scalar, Value,
};
use std::sync::Arc;

/// A value of a type, made of some bits and a text.
fn scalar_of(cim_type: CimType, bits: u64, text: &str) -> Scalar {
    match cim_type {
        CimType::Boolean => Scalar::Boolean(bits & 1 == 1),
        // Exports have one NaN.
        CimType::Real32 => {
            let x = f32::from_bits(bits as u32);
            Scalar::Real32(if x.is_nan() { f32::NAN } else { x })
        }
        CimType::Real64 => {
            let x = f64::from_bits(bits);
            Scalar::Real64(if x.is_nan() { f64::NAN } else { x })
        }
        CimType::Char16 => Scalar::Char16(Char16(bits as u16)),
        CimType::String => Scalar::String(text.into()),
        CimType::DateTime => {
            let micros = bits % 99_999_999_000_000;
            Scalar::DateTime(DateTime::interval_from_micros(micros).unwrap())
        }
        CimType::Reference => {
            let keys = vec![KeyBinding { name: "K".into(), value: KeyValue::String(text.into()) }];
            let path = ObjectPath::of_instance("X_A", Keys::Named(keys));
            Scalar::Reference(Arc::new(path))
        }
        CimType::Object => {
            let inner = Instance::new("X_A").with("N", bits).with("T", text);
            Scalar::Object(Arc::new(Object::Instance(inner)))
        }
        integer => {
            let (least, greatest) = integer.integer_range().unwrap();
            let number = least + i128::from(bits) % (greatest - least + 1);
            Scalar::from_integer(integer, number).unwrap()
        }
    }
}

proptest::proptest! {
    #[test]
    fn values_come_back(
        kind in 0_usize..16,
        parts in proptest::collection::vec(proptest::option::of((proptest::num::u64::ANY, ".{0,6}")), 0..4)
    ) {
        let cim_type = CimType::ALL[kind];
        let scalars: Vec<_> =
            parts.iter().map(|p| p.as_ref().map(|(bits, t)| scalar_of(cim_type, *bits, t))).collect();
        let first = scalars.first().cloned().flatten();
        let single = first.map_or(Value::null(cim_type), Value::Scalar);
        let array = Value::Array(Array::from_options(cim_type, scalars).unwrap());
        for (value, is_array) in [(single, false), (array, true)] {
            let text = serde_json::to_string(&Exact(&value, None)).unwrap();
            let json: Json = serde_json::from_str(&text).unwrap();
            let declared = Declared { cim_type, is_array, has_default: false };
            let back = read::value(json, declared, None).map_err(|problem| problem.message);
            proptest::prop_assert_eq!(back, Ok(value), "{}", text);
        }
    }
}
