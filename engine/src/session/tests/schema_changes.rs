//! Random changes of classes with instances in place.
//!
//! Whatever was put and deleted, a namespace is what its local declarations make of an
//! empty one, and what was refused left no trace.

use super::schema::keyed;
use super::*;
use cimarron_model::{CimType, Class, DataType, Property, Value};
use cimarron_schema::ClassForm;
use proptest::prelude::*;
use std::collections::BTreeMap;

const NAMES: [&str; 5] = ["X_A", "X_B", "X_C", "X_D", "X_E"];
const PROPERTIES: [&str; 3] = ["P", "Q", "R"];
const TYPES: [CimType; 3] = [CimType::UInt8, CimType::UInt32, CimType::String];

#[derive(Clone, Debug)]
enum Change {
    /// A class below another one, or none, with some properties of some types.
    Put(usize, Option<usize>, Vec<(usize, usize)>, UpdateMode),
    Delete(usize),
    Create(usize, u8),
    Set(usize, u8, usize, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let name = 0..NAMES.len();
    let properties = prop::collection::vec((0..PROPERTIES.len(), 0..TYPES.len()), 0..3);
    let mode =
        prop::sample::select(vec![UpdateMode::Compatible, UpdateMode::Safe, UpdateMode::Force]);
    prop_oneof![
        4 => (name.clone(), prop::option::of(name.clone()), properties, mode)
            .prop_map(|(class, above, properties, mode)| Change::Put(class, above, properties, mode)),
        1 => name.clone().prop_map(Change::Delete),
        3 => (name.clone(), 0..3_u8).prop_map(|(class, id)| Change::Create(class, id)),
        2 => (name, 0..3_u8, 0..PROPERTIES.len(), any::<u8>())
            .prop_map(|(class, id, property, value)| Change::Set(class, id, property, value)),
    ]
}

fn declaration(class: usize, above: Option<usize>, properties: &[(usize, usize)]) -> Class {
    // Classes without a superclass bring the key.
    let mut local = match above {
        Some(above) => Class { superclass: Some(NAMES[above].into()), ..Class::new(NAMES[class]) },
        None => keyed(NAMES[class], &[]),
    };
    for (property, of) in properties {
        let name = PROPERTIES[*property];
        if local.property(name).is_none() {
            local.properties.push(Property::new(name, DataType::scalar(TYPES[*of])));
        }
    }
    local
}

fn apply(session: &Session, change: &Change) -> Result<(), EngineError> {
    let instance = |class: usize, id: u8| device(NAMES[class], &id.to_string());
    match change {
        Change::Put(class, above, properties, mode) => {
            let local = declaration(*class, *above, properties);
            session.put_class(&context(), &local, PutMode::CreateOrUpdate, *mode)
        }
        Change::Delete(class) => session.delete_class(&context(), NAMES[*class]),
        Change::Create(class, id) => {
            session.create_instance(&context(), &instance(*class, *id)).map(drop)
        }
        Change::Set(class, id, property, value) => {
            let at = path(&format!(r#"{}.Id="{id}""#, NAMES[*class]));
            let number = instance(*class, *id).with(PROPERTIES[*property], *value);
            let text = instance(*class, *id).with(PROPERTIES[*property], value.to_string());
            let modify = |new| session.modify_instance(&context(), &at, new, &Update::Given);
            modify(&number).or_else(|_| modify(&text))
        }
    }
}

type Rows = BTreeMap<String, Vec<(Name, Value)>>;

/// Every class in both forms, and every instance with its values.
fn state(session: &Session) -> (Vec<(Class, Class)>, Rows) {
    let mut classes = Vec::new();
    let mut rows = Rows::new();
    for name in NAMES {
        let Ok(local) = session.get_class(&context(), name, ClassForm::Local) else { continue };
        classes.push((local, session.get_class(&context(), name, ClassForm::Resolved).unwrap()));
        let instances = session.enumerate_instances(&context(), name, Depth::Shallow).unwrap();
        for row in instances.rows() {
            let instance = row.unwrap().to_instance();
            let values: Vec<_> =
                instance.properties().map(|(name, p)| (name.clone(), p.value.clone())).collect();
            rows.insert(format!("{name} {:?}", instance.get("Id")), values);
        }
    }
    (classes, rows)
}

/// The same declarations put into an empty namespace, superclasses first.
fn again(classes: &[(Class, Class)]) -> Vec<(Class, Class)> {
    let repository = Repository::new();
    repository.create_namespace("root/again", Dialect::Wmi).unwrap();
    let session = repository.session("root/again").unwrap();
    let mut left: Vec<&Class> = classes.iter().map(|(local, _)| local).collect();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|local| session.create_class(&context(), local).is_err());
        assert!(left.len() < before, "cannot be declared again: {left:?}");
    }
    state(&session).0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_namespace_is_what_its_declarations_make(
        changes in prop::collection::vec(change(), 1..16),
    ) {
        let session = wmi_with("class X_Unrelated { };");
        let mut before = state(&session);
        for change in &changes {
            let done = apply(&session, change);
            let after = state(&session);
            if done.is_err() {
                prop_assert_eq!(&before, &after, "{:?} was refused: {:?}", change, done);
                continue;
            }
            prop_assert_eq!(again(&after.0), &after.0[..], "{:?}", change);
            for (key, values) in &after.1 {
                let class = after.0.iter().find(|(_, c)| key.starts_with(c.name.as_str()));
                let class = &class.unwrap().1;
                prop_assert_eq!(values.len(), class.properties.len(), "{:?}", change);
                for ((name, value), property) in values.iter().zip(&class.properties) {
                    prop_assert_eq!(name, &property.name);
                    prop_assert!(value.is_null() || value.cim_type() == property.data_type.cim_type);
                }
            }
            if let Change::Put(.., mode) = change
                && *mode != UpdateMode::Force
            {
                kept(&before.1, &after.1)?;
            }
            before = after;
        }
    }
}

/// No instance and no value is lost; a number may have become one of a wider type.
fn kept(before: &Rows, after: &Rows) -> Result<(), TestCaseError> {
    let plain =
        |value: &Value| value.as_integer().map_or_else(|| value.to_string(), |n| n.to_string());
    for (key, values) in before {
        let now = after.get(key);
        prop_assert!(now.is_some(), "{} is gone", key);
        for (name, value) in values.iter().filter(|(_, value)| !value.is_null()) {
            let kept = now.into_iter().flatten().find(|(n, _)| n == name);
            prop_assert_eq!(kept.map(|(_, v)| plain(v)), Some(plain(value)), "{} {}", key, name);
        }
    }
    Ok(())
}
