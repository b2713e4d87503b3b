//! Values of every type, the common and the odd ones.

use crate::numbers::Numbers;
use cimarron_model::{
    Array, Char16, CimType, DateTime, Elements, Instance, Object, ObjectPath, Value,
};

/// A text: none, short, long, or with what folding and escaping must get right.
pub(super) fn text(numbers: &mut Numbers) -> Value {
    match numbers.below(8) {
        0 => Value::null(CimType::String),
        1 => "".into(),
        2 => "ſpeciaL İ ẞ \"quoted\" \\ \u{1F980}".into(),
        3 => "long ".repeat(numbers.below(300) as usize).into(),
        _ => format!("text {}", numbers.below(50)).into(),
    }
}

/// A number of any size.
pub(super) fn large(numbers: &mut Numbers) -> u64 {
    let bits = numbers.below(64);
    numbers.number() >> bits
}

/// A real number, among them the odd ones.
pub(super) fn real(numbers: &mut Numbers) -> f64 {
    let odd = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MIN_POSITIVE, 1.5];
    if numbers.once_in(2) { numbers.one_of(&odd) } else { large(numbers) as f64 / 7.0 }
}

/// A timestamp or an interval.
pub(super) fn time(numbers: &mut Numbers) -> Value {
    let text = match numbers.below(3) {
        0 => format!("{:08}112233.000000:000", numbers.below(90_000)),
        1 => "20240229******.******+120".to_owned(),
        _ => format!("202{}0101000000.{:06}-060", numbers.below(10), numbers.below(1_000_000)),
    };
    DateTime::parse(&text).map_or(Value::null(CimType::DateTime), Value::from)
}

/// Some bytes, none, or NULL.
pub(super) fn bytes(numbers: &mut Numbers) -> Value {
    if numbers.once_in(4) {
        return Value::null_array(CimType::UInt8);
    }
    let count = numbers.below(20);
    let bytes = (0..count).map(|_| numbers.number() as u8).collect();
    Value::Array(Array::from_elements(Elements::UInt8(bytes)))
}

/// Some texts.
pub(super) fn texts(numbers: &mut Numbers) -> Value {
    let count = numbers.below(4);
    let texts = (0..count).map(|n| format!("{n} of {}", numbers.below(9)).into()).collect();
    Value::Array(Array::from_elements(Elements::String(texts)))
}

/// A character, lone surrogates included.
pub(super) fn letter(numbers: &mut Numbers) -> Char16 {
    Char16(numbers.one_of(&[0x41, 0x17f, 0xd800, 0xffff, 1]))
}

/// Numbers, times and reals in arrays, each of which may be missing.
pub(super) fn arrays(numbers: &mut Numbers, mut instance: Instance) -> Instance {
    if numbers.once_in(2) {
        let times = (0..numbers.below(3)).filter_map(|_| match time(numbers) {
            Value::Scalar(cimarron_model::Scalar::DateTime(time)) => Some(time),
            _ => None,
        });
        let times = times.collect();
        instance.set("Times", Value::Array(Array::from_elements(Elements::DateTime(times))));
    }
    if numbers.once_in(2) {
        let reals = (0..numbers.below(5)).map(|_| real(numbers)).collect();
        instance.set("Reals", Value::Array(Array::from_elements(Elements::Real64(reals))));
    }
    instance
}

/// An instance within another, or a class, or an instance in an instance in an instance.
pub(super) fn object(numbers: &mut Numbers, class: &str) -> Value {
    let depth = numbers.below(4);
    let mut inner =
        Instance::new(class).with("Id", format!("inner {}", numbers.below(9))).with("Up", true);
    for _ in 0..depth {
        inner = Instance::new("X_Holder")
            .with("Id", numbers.below(99) as u32)
            .with("Inner", Value::from(Object::Instance(inner)));
    }
    Value::from(Object::Instance(inner))
}

/// Several objects in an array.
pub(super) fn objects(numbers: &mut Numbers) -> Value {
    let count = numbers.below(3);
    let objects = (0..count).filter_map(|_| match object(numbers, "X_Disk") {
        Value::Scalar(cimarron_model::Scalar::Object(object)) => Some(object),
        _ => None,
    });
    Value::Array(Array::from_elements(Elements::Object(objects.collect())))
}

/// A path of a text that this crate writes.
pub(super) fn path(text: &str) -> ObjectPath {
    ObjectPath::parse(text).unwrap_or_default()
}
