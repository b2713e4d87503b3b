//! What is written into an archive is what is read from it, and nothing that is
//! not an archive is taken for one.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a helper that fails fails its test, and one that cannot run says so"
)]

use cimarron_model::{
    Array, ArrayShape, Char16, CimType, Class, DataType, DateTime, Dialect, Flavor, Instance,
    Method, Object, ObjectPath, Parameter, Property, Qualifier, QualifierType, Qualifiers, Scalar,
    Scopes, Value,
};
use cimarron_schema::{Archive, ArchiveBytes, ClassForm, OpenError, SchemaBuilder};
use proptest::prelude::*;
use std::sync::Arc;

fn scalar(cim_type: CimType) -> BoxedStrategy<Scalar> {
    match cim_type {
        CimType::Boolean => any::<bool>().prop_map(Scalar::from).boxed(),
        CimType::UInt8 => any::<u8>().prop_map(Scalar::from).boxed(),
        CimType::SInt8 => any::<i8>().prop_map(Scalar::from).boxed(),
        CimType::UInt16 => any::<u16>().prop_map(Scalar::from).boxed(),
        CimType::SInt16 => any::<i16>().prop_map(Scalar::from).boxed(),
        CimType::UInt32 => any::<u32>().prop_map(Scalar::from).boxed(),
        CimType::SInt32 => any::<i32>().prop_map(Scalar::from).boxed(),
        CimType::UInt64 => any::<u64>().prop_map(Scalar::from).boxed(),
        CimType::SInt64 => any::<i64>().prop_map(Scalar::from).boxed(),
        CimType::Real32 => any::<u32>().prop_map(|b| f32::from_bits(b).into()).boxed(),
        CimType::Real64 => any::<u64>().prop_map(|b| f64::from_bits(b).into()).boxed(),
        CimType::Char16 => any::<u16>().prop_map(|c| Char16(c).into()).boxed(),
        CimType::String => "\\PC{0,12}".prop_map(|s| Scalar::String(s.into())).boxed(),
        CimType::DateTime => (0..1_000_000_000_000_000_i64)
            .prop_map(|t| DateTime::from_unix_micros(t, 60).unwrap().into())
            .boxed(),
        CimType::Reference => "[a-z]{1,5}"
            .prop_map(|k| ObjectPath::parse(&format!("X_C.Id=\"{k}\"")).unwrap())
            .prop_map(|p| Scalar::Reference(Arc::new(p)))
            .boxed(),
        CimType::Object => any::<u8>()
            .prop_map(|n| {
                let inner = Instance::new("X_Inner").with("N", n);
                let outer = Instance::new("X_Outer").with("In", Object::Instance(inner));
                let mut class = Class::new("X_Value");
                class.properties.push(Property::new("P", DataType::scalar(CimType::UInt8)));
                let object =
                    if n % 2 == 0 { Object::Instance(outer) } else { Object::Class(class) };
                Scalar::Object(Arc::new(object))
            })
            .boxed(),
    }
}

fn value(cim_type: CimType, array: bool) -> BoxedStrategy<Value> {
    if array {
        prop_oneof![
            Just(Value::null_array(cim_type)),
            prop::collection::vec(prop::option::of(scalar(cim_type)), 0..70)
                .prop_map(move |items| Array::from_options(cim_type, items).unwrap().into()),
        ]
        .boxed()
    } else {
        prop_oneof![
            1 => Just(Value::null(cim_type)),
            4 => scalar(cim_type).prop_map(Value::Scalar),
        ]
        .boxed()
    }
}

fn typed() -> impl Strategy<Value = (DataType, Option<Value>)> {
    (0..CimType::ALL.len(), 0..3_u8).prop_flat_map(|(t, shape)| {
        let cim_type = CimType::ALL[t];
        let array = match shape {
            0 => ArrayShape::Scalar,
            1 => ArrayShape::Variable,
            _ => ArrayShape::Fixed(7),
        };
        let class = (cim_type == CimType::Reference).then(|| "X_C".into());
        let data_type = DataType { cim_type, array, class };
        prop::option::of(value(cim_type, array.is_array()))
            .prop_map(move |v| (data_type.clone(), v))
    })
}

fn qualifiers() -> impl Strategy<Value = Qualifiers> {
    let flavors = [0, 2, 3, 0x10, 0x12, 0x80, 0x82].map(|b| Flavor::from_bits(b).unwrap());
    prop::collection::vec(("[A-E]", typed(), prop::sample::select(flavors.to_vec())), 0..4)
        .prop_map(|all| {
            let one =
                |(name, (data_type, value), flavor): (String, (DataType, Option<Value>), _)| {
                    let value = value.unwrap_or_else(|| QualifierType::null(&data_type));
                    Qualifier { name: name.into(), value, flavor }
                };
            all.into_iter().map(one).collect()
        })
}

fn class(number: usize) -> impl Strategy<Value = Class> {
    let property = ("[A-F]", typed(), qualifiers()).prop_map(|(name, (data_type, default), q)| {
        let mut property = Property::new(name, data_type);
        property.default = default;
        property.qualifiers = q;
        property
    });
    let parameter = ("[a-c]", typed(), qualifiers()).prop_map(|(name, (data_type, default), q)| {
        Parameter { name: name.into(), data_type, qualifiers: q, default }
    });
    let method = ("[M-P]", prop::collection::vec(parameter, 0..3), qualifiers(), any::<bool>())
        .prop_map(|(name, parameters, qualifiers, void)| Method {
            name: name.into(),
            return_type: (!void).then(|| DataType::scalar(CimType::UInt32)),
            parameters,
            qualifiers,
            origin: None,
            propagated: false,
        });
    let above = prop::option::of(0..number.max(1));
    let parts = (
        above,
        qualifiers(),
        prop::collection::vec(property, 0..5),
        prop::collection::vec(method, 0..3),
    );
    parts.prop_map(move |(above, qualifiers, mut properties, mut methods)| {
        let mut names = std::collections::HashSet::new();
        properties.retain(|p| names.insert(p.name.to_string()));
        methods.retain(|m| names.insert(m.name.to_string()));
        Class {
            name: format!("X_{number}").into(),
            superclass: above.filter(|_| number > 0).map(|n| format!("X_{n}").into()),
            qualifiers,
            properties,
            methods,
        }
    })
}

fn schema() -> impl Strategy<Value = (Vec<Class>, Vec<Instance>)> {
    let classes = (1..8_usize).prop_flat_map(|n| (0..n).map(class).collect::<Vec<_>>());
    let property = ("[A-F]", typed(), qualifiers());
    let instance = prop::collection::vec(property, 0..5).prop_map(|all| {
        let mut instance = Instance::new("X_0");
        for (name, (data_type, value), qualifiers) in all {
            let value = value.unwrap_or_else(|| QualifierType::null(&data_type));
            instance.set(name.as_str(), value);
            instance.property_mut(&name).unwrap().qualifiers = qualifiers;
        }
        instance
    });
    (classes, prop::collection::vec(instance, 0..4))
}

fn build(classes: &[Class], instances: &[Instance]) -> SchemaBuilder {
    let mut builder = SchemaBuilder::new(Dialect::Dmtf);
    let namespace = builder.namespace("root/test");
    for class in classes {
        namespace.add_class(class.clone()).unwrap();
    }
    for instance in instances {
        namespace.add_instance(instance.clone());
    }
    namespace.add_qualifier_type(QualifierType {
        name: "Key".into(),
        data_type: DataType::scalar(CimType::Boolean),
        default: Value::from(false),
        scopes: Scopes::ANY,
        flavor: Flavor::TO_SUBCLASS,
    });
    builder
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reads_back_what_was_written((classes, instances) in schema()) {
        let mut builder = build(&classes, &instances);
        let bytes = builder.finish().unwrap();
        prop_assert_eq!(&bytes[..], &builder.finish().unwrap()[..], "the same content, the same bytes");
        let archive = Archive::from_bytes(bytes).unwrap();
        let view = archive.namespace("ROOT/test").unwrap();
        prop_assert_eq!(view.class_count(), classes.len());

        let namespace = builder.namespace("root/test");
        for class in namespace.classes() {
            let read = view.class(&class.name.as_str().to_lowercase()).unwrap();
            for form in [ClassForm::Resolved, ClassForm::Local] {
                prop_assert_eq!(read.to_class(form), class.to_class(form));
            }
            for (slot, member) in class.properties.iter().enumerate() {
                prop_assert_eq!(read.property(member.declaration.name.as_str()).unwrap().slot(), slot);
            }
            for other in namespace.classes() {
                let above = view.class(other.name.as_str()).unwrap();
                prop_assert_eq!(read.is_subclass_of(above), class.is_a(other.name.as_str()));
            }
        }
        prop_assert_eq!(view.instances().collect::<Vec<_>>(), instances);
        prop_assert_eq!(view.qualifier_type("KEY").unwrap().to_qualifier_type(), namespace.qualifier_type("key").unwrap().clone());
        prop_assert!(view.class("X_none").is_none());
    }

    #[test]
    fn never_panics_on_damage((classes, instances) in schema(), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let bytes = build(&classes, &instances).finish().unwrap();
        let mut damaged = bytes.to_vec();
        for (at, to) in flips {
            let at = at.index(damaged.len() - 64) + 64;
            damaged[at] = to;
        }
        // With a hash that fits, so that the structural checks have to hold.
        let hash = blake3::hash(&damaged[64..]);
        damaged[24..56].copy_from_slice(hash.as_bytes());
        if let Ok(archive) = Archive::from_bytes(ArchiveBytes::copy_from(&damaged)) {
            for namespace in archive.namespaces() {
                for class in namespace.classes() {
                    let _ = class.to_class(ClassForm::Resolved);
                    let _ = class.to_class(ClassForm::Local);
                    for below in class.descendants() {
                        let _ = below.name();
                    }
                }
                for instance in namespace.instances() {
                    let _ = instance.len();
                }
                let _ = namespace.class("X_0");
                for declaration in namespace.qualifier_types() {
                    let _ = declaration.to_qualifier_type();
                }
            }
        }
    }
}

#[test]
fn refuses_what_is_not_an_archive() {
    let bytes = build(&[Class::new("X_A")], &[]).finish().unwrap();
    let open = |bytes: &[u8]| Archive::from_bytes(ArchiveBytes::copy_from(bytes));
    assert!(open(&bytes).is_ok());
    assert!(matches!(open(b""), Err(OpenError::NotAnArchive)));
    assert!(matches!(open(&[0; 200]), Err(OpenError::NotAnArchive)));
    assert!(matches!(open(&bytes[..bytes.len() - 1]), Err(OpenError::Length { .. })));
    let with = |at: usize, to: u8| {
        let mut copy = bytes.to_vec();
        copy[at] = to;
        open(&copy).unwrap_err()
    };
    assert!(matches!(with(8, 99), OpenError::Version { found: 99, .. }));
    assert!(matches!(with(12, 0), OpenError::Layout { .. }));
    assert!(matches!(with(30, bytes[30] ^ 1), OpenError::ContentHash));
    assert!(matches!(with(100, bytes[100] ^ 1), OpenError::ContentHash));
}

#[test]
fn open_files_are_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.cimar");
    let first = build(&[Class::new("X_A")], &[]).finish().unwrap();
    let second = build(&[Class::new("X_B")], &[]).finish().unwrap();
    Archive::save(&first, &path).unwrap();
    let open = Archive::open(&path).unwrap();
    Archive::save(&second, &path).unwrap();
    assert!(open.namespace("root/test").unwrap().class("X_A").is_some());
    let again = Archive::open(&path).unwrap();
    assert!(again.namespace("root/test").unwrap().class("X_B").is_some());
    assert_ne!(open.content_hash(), again.content_hash());
    assert!(matches!(Archive::open(folder.path().join("none")), Err(OpenError::Io(_))));
}
