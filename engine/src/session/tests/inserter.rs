//! One inserter for many commits, against instances that are made one by one.

use super::*;
use crate::ValueView;
use cimarron_model::{Array, CimType, DateTime, Object, Scalar, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;

const MOF: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier EmbeddedObject : boolean = false, Scope(property, method, parameter);
class X_Part { uint8 Number; };
class X_Row {
    [Key] string Id;
    string Text;
    uint32 Size = 7;
    uint16 Modes[];
    datetime Made;
    [EmbeddedObject] string Part;
};
"#;

const COLUMNS: [&str; 6] = ["Id", "Text", "Size", "Modes", "Made", "Part"];

fn object(number: u8) -> Value {
    Value::from(Object::Instance(Instance::new("X_Part").with("Number", number)))
}

/// What a row has beside its key; mostly NULL for some rows, so that columns begin late.
fn values() -> impl Strategy<Value = Vec<Option<Value>>> {
    let or_null = |value: BoxedStrategy<Value>| prop::option::weighted(0.4, value);
    let made = DateTime::parse("20240101120000.000000+060").unwrap();
    (
        or_null("[a-c]{0,3}|ß{1,2}".prop_map(Value::from).boxed()),
        or_null(any::<u32>().prop_map(Value::from).boxed()),
        or_null(
            prop::collection::vec(any::<u16>(), 0..3)
                .prop_map(|items| {
                    let items = items.into_iter().map(|n| Some(Scalar::from(n)));
                    Value::Array(Array::from_options(CimType::UInt16, items).unwrap())
                })
                .boxed(),
        ),
        or_null(Just(Value::from(made)).boxed()),
        or_null(
            prop_oneof!["[a-c]{1,3}".prop_map(Value::from), any::<u8>().prop_map(object),].boxed(),
        ),
    )
        .prop_map(|(text, size, modes, made, part)| vec![text, size, modes, made, part])
}

#[derive(Clone, Debug)]
enum End {
    Commit,
    /// A key is taken; the rows are tried again without it, or given up.
    Refused,
    Discard,
    /// So many rows more, which become a chunk of their own.
    Flood,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![4 => Just(End::Commit), 2 => Just(End::Refused), 1 => Just(End::Discard), 1 => Just(End::Flood)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn rows_of_every_commit_are_as_they_were_given(
        commits in prop::collection::vec((prop::collection::vec(values(), 0..7), end()), 1..9),
    ) {
        let session = session(Dialect::Dmtf, MOF);
        let mut inserter = session.inserter(&context(), "X_Row", &COLUMNS).unwrap();
        let mut model: BTreeMap<String, Vec<Option<Value>>> = BTreeMap::new();
        let mut next = 0;
        for (rows, end) in commits {
            let mut added = BTreeMap::new();
            let mut add = |inserter: &mut Inserter, id: String, row: &[Option<Value>]| {
                let given = row.iter().map(|v| v.as_ref().map_or(ValueView::Null, ValueView::from));
                let all: Vec<_> = [ValueView::String(&id)].into_iter().chain(given).collect();
                inserter.insert(&all).unwrap();
                added.insert(id, row.to_vec());
            };
            for row in &rows {
                next += 1;
                add(&mut inserter, format!("r{next}"), row);
            }
            if matches!(end, End::Flood) {
                for n in 0..1100 {
                    next += 1;
                    let empty = vec![None; 5];
                    add(&mut inserter, format!("r{next}"), rows.get(n % 11).unwrap_or(&empty));
                }
            }
            match end {
                End::Commit | End::Flood => {
                    prop_assert_eq!(inserter.commit(&context()).unwrap(), added.len());
                    model.append(&mut added);
                }
                End::Refused => {
                    if let Some(taken) = model.keys().next().cloned() {
                        inserter.insert(&[
                            ValueView::String(&taken), ValueView::Null, ValueView::Null,
                            ValueView::Null, ValueView::Null, ValueView::Null,
                        ]).unwrap();
                        prop_assert!(inserter.commit(&context()).is_err());
                        prop_assert!(inserter.commit(&context()).is_err());
                    }
                    inserter.discard();
                }
                End::Discard => inserter.discard(),
            }
        }
        let result = session.query(&context(), "SELECT * FROM X_Row").unwrap();
        let mut found: BTreeMap<String, Vec<Option<Value>>> = BTreeMap::new();
        for row in result.rows() {
            let row = row.unwrap();
            let value = |name: &&str| {
                let value = row.property(name).unwrap();
                (!value.is_null()).then(|| value.to_value(CimType::String, false))
            };
            let id = row.property("Id").unwrap().as_str().unwrap().to_owned();
            prop_assert!(found.insert(id, COLUMNS[1..].iter().map(value).collect()).is_none());
        }
        prop_assert_eq!(found.len(), model.len());
        for (id, row) in &model {
            prop_assert_eq!(&found[id], row, "{}", id);
        }
    }
}

#[test]
fn what_is_refused_or_null_takes_no_memory() {
    let mof = "class X_Item { [key] string Id; string Text; uint64 Size; };";
    let session = session(Dialect::Wmi, mof);
    let mut inserter = session.inserter(&context(), "X_Item", &["Id", "Text", "Size"]).unwrap();
    let mut add = |ids: &[&str], text, size| {
        for id in ids {
            inserter.insert(&[ValueView::String(id), text, size]).unwrap();
        }
        let done = inserter.commit(&context());
        inserter.discard();
        done
    };
    let bytes = || session.namespace.store.heap_bytes();
    add(&["a"], ValueView::Null, ValueView::Null).unwrap();
    let before = bytes();
    for _ in 0..5000 {
        add(&["a"], ValueView::String("text"), ValueView::Null).unwrap_err();
        add(&["b", "c", "a"], ValueView::String("text"), ValueView::UInt64(1)).unwrap_err();
        add(&["b", "a"], ValueView::Null, ValueView::Null).unwrap_err();
    }
    assert_eq!(bytes(), before);
    // The same key twice is seen when the first of them is there.
    add(&["b", "c", "b"], ValueView::Null, ValueView::Null).unwrap_err();
    let taken_back = bytes();
    // Staged columns keep their form, and no place in the chunk comes of that.
    add(&["b", "c"], ValueView::Null, ValueView::Null).unwrap();
    assert_eq!(bytes(), taken_back);
    assert_eq!(session.query(&context(), "SELECT * FROM X_Item").unwrap().count().unwrap(), 3);
}
