//! Anything that the model can hold, for property tests.

use crate::row_qualifiers::RowQualifiers;
use cimarron_model::{
    Array, ArrayShape, Char16, CimType, Class, ClassVersion, DataType, DateTime, Flavor, Instance,
    KeyBinding, KeyValue, Keys, Method, Name, Object, ObjectPath, Origin, Parameter, Property,
    Qualifier, QualifierType, Qualifiers, Scalar, Scope, Scopes, Value,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use smol_str::SmolStr;
use std::sync::Arc;

/// Few and small lists, for everything nests.
const FEW: std::ops::Range<usize> = 0..4;

fn texts() -> BoxedStrategy<SmolStr> {
    prop_oneof![
        8 => ".{0,12}",
        2 => ".{20,40}",
        1 => "[a-z]{120,300}",
    ]
    .prop_map(SmolStr::new)
    .boxed()
}

pub(super) fn names() -> BoxedStrategy<Name> {
    prop_oneof![8 => "[A-Za-z_][A-Za-z0-9_]{0,14}", 1 => "\\PC{0,40}"].prop_map(Name::from).boxed()
}

/// Timestamps and intervals, some with asterisks from a field on.
pub(super) fn datetimes() -> BoxedStrategy<DateTime> {
    let micros = (0..=6_usize, 0..1_000_000_u32).prop_map(|(known, micros)| {
        let digits = format!("{micros:06}");
        format!("{}{}", digits.get(..known).unwrap_or_default(), "*".repeat(6 - known))
    });
    let clock = (0..24_u8, 0..60_u8, 0..60_u8);
    let stamp = (0..10_000_u16, 1..=12_u8, 1..=28_u8, clock, micros.clone(), -720..=720_i16);
    let interval = (0..100_000_000_u32, (0..24_u8, 0..60_u8, 0..60_u8), micros);
    prop_oneof![
        stamp.prop_filter_map(
            "a date of its kind",
            |(year, month, day, (h, m, s), micros, offset)| {
                let sign = if offset < 0 { '-' } else { '+' };
                let offset = offset.unsigned_abs();
                format!("{year:04}{month:02}{day:02}{h:02}{m:02}{s:02}.{micros}{sign}{offset:03}")
                    .parse()
                    .ok()
            }
        ),
        interval.prop_filter_map("an interval of its kind", |(days, (h, m, s), micros)| {
            format!("{days:08}{h:02}{m:02}{s:02}.{micros}:000").parse().ok()
        }),
        Just("********130000.000000+***")
            .prop_filter_map("a time of day", |text| text.parse().ok()),
        Just("20260102030405.000000-000").prop_filter_map("minus zero", |text| text.parse().ok()),
        Just(DateTime::default()),
    ]
    .boxed()
}

fn reals32() -> impl Strategy<Value = f32> + Clone {
    any::<u32>().prop_map(f32::from_bits)
}

fn reals64() -> impl Strategy<Value = f64> + Clone {
    any::<u64>().prop_map(f64::from_bits)
}

/// Paths whose references nest so deep.
pub(super) fn paths(depth: u32) -> BoxedStrategy<ObjectPath> {
    let plain = prop_oneof![
        texts().prop_map(KeyValue::String),
        any::<i64>().prop_map(|n| KeyValue::Integer(n.into())),
        any::<i128>().prop_map(KeyValue::Integer),
        reals64().prop_map(KeyValue::Real),
        any::<bool>().prop_map(KeyValue::Boolean),
        texts().prop_map(KeyValue::Untyped),
    ];
    let key = match depth.checked_sub(1) {
        None => plain.boxed(),
        Some(less) => prop_oneof![
            4 => plain,
            1 => paths(less).prop_map(|path| KeyValue::Reference(Box::new(path))),
        ]
        .boxed(),
    };
    let binding = (names(), key.clone()).prop_map(|(name, value)| KeyBinding { name, value });
    let keys = prop_oneof![
        Just(Keys::Class),
        Just(Keys::Singleton),
        key.prop_map(Keys::Unnamed),
        vec(binding, FEW).prop_map(Keys::Named),
    ];
    (option::of(texts()), option::of(texts()), option::of(names()), keys)
        .prop_map(|(host, namespace, class, keys)| ObjectPath { host, namespace, class, keys })
        .boxed()
}

fn types() -> impl Strategy<Value = CimType> + Clone {
    proptest::sample::select(CimType::ALL.to_vec())
}

/// Scalars of one type; objects as they are given.
fn scalars(of: CimType, objects: &BoxedStrategy<Object>) -> BoxedStrategy<Scalar> {
    match of {
        CimType::Boolean => any::<bool>().prop_map(Scalar::Boolean).boxed(),
        CimType::UInt8 => any::<u8>().prop_map(Scalar::UInt8).boxed(),
        CimType::SInt8 => any::<i8>().prop_map(Scalar::SInt8).boxed(),
        CimType::UInt16 => any::<u16>().prop_map(Scalar::UInt16).boxed(),
        CimType::SInt16 => any::<i16>().prop_map(Scalar::SInt16).boxed(),
        CimType::UInt32 => any::<u32>().prop_map(Scalar::UInt32).boxed(),
        CimType::SInt32 => any::<i32>().prop_map(Scalar::SInt32).boxed(),
        CimType::UInt64 => any::<u64>().prop_map(Scalar::UInt64).boxed(),
        CimType::SInt64 => any::<i64>().prop_map(Scalar::SInt64).boxed(),
        CimType::Real32 => reals32().prop_map(Scalar::Real32).boxed(),
        CimType::Real64 => reals64().prop_map(Scalar::Real64).boxed(),
        CimType::Char16 => any::<u16>().prop_map(|unit| Scalar::Char16(Char16(unit))).boxed(),
        CimType::String => texts().prop_map(Scalar::String).boxed(),
        CimType::DateTime => datetimes().prop_map(Scalar::DateTime).boxed(),
        CimType::Reference => paths(2).prop_map(|path| Scalar::Reference(Arc::new(path))).boxed(),
        CimType::Object => {
            objects.clone().prop_map(|object| Scalar::Object(Arc::new(object))).boxed()
        }
    }
}

fn arrays(of: CimType, scalars: BoxedStrategy<Scalar>) -> BoxedStrategy<Value> {
    let some_null = vec(option::weighted(0.7, scalars.clone()), 0..6);
    let none_null = vec(scalars.prop_map(Some), 0..6);
    prop_oneof![some_null, none_null]
        .prop_filter_map("elements of one type", move |items| {
            Array::from_options(of, items).ok().map(Value::Array)
        })
        .boxed()
}

/// Values of all types and forms, with objects embedded so deep.
pub(super) fn values(depth: u32) -> BoxedStrategy<Value> {
    let objects = match depth.checked_sub(1) {
        None => Just(Object::default()).boxed(),
        Some(less) => objects(&values(less)),
    };
    let of_types = CimType::ALL.map(|of| {
        let scalars = scalars(of, &objects);
        prop_oneof![
            5 => scalars.clone().prop_map(Value::Scalar),
            3 => arrays(of, scalars),
            1 => any::<bool>().prop_map(move |array| Value::Null(of, array)),
        ]
        .boxed()
    });
    proptest::strategy::Union::new(of_types).boxed()
}

fn flavors() -> impl Strategy<Value = Flavor> + Clone {
    let one = proptest::sample::select(vec![
        Flavor::TO_INSTANCE,
        Flavor::TO_SUBCLASS,
        Flavor::NOT_OVERRIDABLE,
        Flavor::PROPAGATED,
        Flavor::SYSTEM,
        Flavor::AMENDED,
    ]);
    vec(one, FEW).prop_map(|all| all.into_iter().fold(Flavor::default(), Flavor::with))
}

pub(super) fn qualifiers(values: &BoxedStrategy<Value>) -> BoxedStrategy<Qualifiers> {
    let qualifier = (names(), values.clone(), flavors())
        .prop_map(|(name, value, flavor)| Qualifier { name, value, flavor });
    vec(qualifier, FEW).prop_map(Qualifiers::from_iter).boxed()
}

pub(super) fn row_qualifiers(values: &BoxedStrategy<Value>) -> BoxedStrategy<RowQualifiers> {
    (qualifiers(values), vec((any::<u32>(), qualifiers(values)), FEW))
        .prop_map(|(instance, properties)| RowQualifiers { instance, properties })
        .boxed()
}

pub(super) fn data_types() -> BoxedStrategy<DataType> {
    let shapes = prop_oneof![
        Just(ArrayShape::Scalar),
        Just(ArrayShape::Variable),
        any::<u32>().prop_map(ArrayShape::Fixed),
    ];
    (types(), shapes, option::of(names()))
        .prop_map(|(cim_type, array, class)| DataType { cim_type, array, class })
        .boxed()
}

pub(super) fn qualifier_types(values: &BoxedStrategy<Value>) -> BoxedStrategy<QualifierType> {
    let scopes =
        vec(proptest::sample::select(Scope::ALL.to_vec()), FEW).prop_map(Scopes::from_iter);
    (names(), data_types(), values.clone(), scopes, flavors())
        .prop_map(|(name, data_type, default, scopes, flavor)| QualifierType {
            name,
            data_type,
            default,
            scopes,
            flavor,
        })
        .boxed()
}

fn origins() -> BoxedStrategy<Option<Origin>> {
    option::of((names(), any::<u16>()).prop_map(|(class, depth)| Origin { class, depth })).boxed()
}

fn properties(values: &BoxedStrategy<Value>) -> BoxedStrategy<Property> {
    let defaults = (option::of(values.clone()), any::<bool>());
    (names(), data_types(), qualifiers(values), defaults, origins(), any::<bool>())
        .prop_map(|(name, data_type, qualifiers, defaults, origin, propagated)| {
            let (default, default_inherited) = defaults;
            Property { name, data_type, qualifiers, default, default_inherited, origin, propagated }
        })
        .boxed()
}

fn methods(values: &BoxedStrategy<Value>) -> BoxedStrategy<Method> {
    let parameter = (names(), data_types(), qualifiers(values), option::of(values.clone()))
        .prop_map(|(name, data_type, qualifiers, default)| Parameter {
            name,
            data_type,
            qualifiers,
            default,
        });
    let returned = option::of(data_types());
    (names(), returned, vec(parameter, FEW), qualifiers(values), origins(), any::<bool>())
        .prop_map(|(name, return_type, parameters, qualifiers, origin, propagated)| Method {
            name,
            return_type,
            parameters,
            qualifiers,
            origin,
            propagated,
        })
        .boxed()
}

pub(super) fn classes(values: &BoxedStrategy<Value>) -> BoxedStrategy<Class> {
    let members = (vec(properties(values), FEW), vec(methods(values), FEW));
    (names(), option::of(names()), qualifiers(values), members)
        .prop_map(|(name, superclass, qualifiers, (properties, methods))| Class {
            name,
            superclass,
            qualifiers,
            properties,
            methods,
        })
        .boxed()
}

pub(super) fn instances(values: &BoxedStrategy<Value>) -> BoxedStrategy<Instance> {
    let version = option::of(any::<u64>().prop_map(ClassVersion));
    let properties = vec((names(), values.clone(), qualifiers(values)), FEW);
    (names(), version, option::of(paths(1)), qualifiers(values), properties)
        .prop_map(|(class, class_version, path, qualifiers, properties)| {
            let mut instance = Instance::new(class);
            instance.class_version = class_version;
            instance.path = path;
            instance.qualifiers = qualifiers;
            for (name, value, qualifiers) in properties {
                instance.set(name.clone(), value);
                if let Some(property) = instance.property_mut(name.as_str()) {
                    property.qualifiers = qualifiers;
                }
            }
            instance
        })
        .boxed()
}

pub(super) fn objects(values: &BoxedStrategy<Value>) -> BoxedStrategy<Object> {
    prop_oneof![
        2 => instances(values).prop_map(Object::Instance),
        1 => classes(values).prop_map(Object::Class),
    ]
    .boxed()
}
