//! Batches against the same writes one after the other: results, errors, what is told of them and
//! what is there afterwards, also when the repository is opened again.

use super::*;
use crate::{Change, ChangeStream, PutMode, Update};
use cimarron_model::{Array, CimType, DateTime, Elements, Instance, ObjectPath, Qualifier, Value};
use proptest::prelude::*;

const MOF: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier MaxLen : uint32 = null, Scope(property, method, parameter);
Qualifier Association : boolean = false, Scope(association), Flavor(DisableOverride, ToSubclass);
class X_Base { [Key] string Id; string Text; uint32 Size = 7; };
class X_One : X_Base { uint16 Modes[]; datetime Made; [MaxLen(5)] string Short; };
class X_Two : X_Base { real64 Load; string Name = "none"; };
class X_Pair { [Key] uint32 Left; [Key] boolean Right; sint64 Offset; };
[Association] class X_On { [Key] X_Base ref From; [Key] X_Base ref To; };
"#;

#[derive(Clone, Debug)]
enum Write {
    Create(Instance),
    Put(Instance),
    Modify(ObjectPath, Instance),
    Delete(ObjectPath),
}

/// What is wrong with a row, or unusual.
#[derive(Clone, Copy, Debug)]
enum Odd {
    No,
    NoKey,
    NullKey,
    SpacedKey,
    LoudKey,
    Unknown,
    WrongType,
    OtherWidth,
    LongText,
    TooLong,
    Listed,
    Qualified,
    QualifiedProperty,
}

fn odd() -> impl Strategy<Value = Odd> {
    use Odd::*;
    let all = [
        NoKey,
        NullKey,
        SpacedKey,
        LoudKey,
        Unknown,
        WrongType,
        OtherWidth,
        LongText,
        TooLong,
        Listed,
        Qualified,
        QualifiedProperty,
    ];
    prop_oneof![60 => Just(No), 1 => prop::sample::select(all.to_vec())]
}

fn made(second: u32) -> DateTime {
    let second = second % 60;
    DateTime::parse(&format!("202402291122{second:02}.123456+060")).unwrap()
}

/// An instance of a class in which some properties come, in one order or the other.
fn instance(class: usize, key: u32, odd: Odd, nulls: u32, turned: bool) -> Instance {
    let or_null = |at: u32, value: Value, of: CimType| match nulls >> at & 1 {
        1 => Value::null(of),
        _ => value,
    };
    let id = match odd {
        Odd::SpacedKey => format!("key {key}"),
        Odd::LoudKey => format!("KEY-{key}"),
        _ => format!("key-{key}"),
    };
    let size = match odd {
        Odd::WrongType => Value::from("seven"),
        Odd::OtherWidth => Value::from(u64::from(key)),
        _ => Value::from(key * 3),
    };
    let text = if matches!(odd, Odd::LongText) { "x".repeat(5000) } else { format!("text {key}") };
    let mut given: Vec<(&str, Value)> = vec![("Id", Value::from(id))];
    match class {
        0 | 1 => {
            given.push(("Text", or_null(0, Value::from(text), CimType::String)));
            given.push(("Size", or_null(1, size, CimType::UInt32)));
        }
        2 => {
            given.push(("Load", or_null(0, Value::from(f64::from(key) / 7.0), CimType::Real64)));
            given.push(("TEXT", or_null(1, Value::from(text), CimType::String)));
        }
        3 => {
            given = vec![("Left", Value::from(key / 2)), ("right", Value::from(key % 2 == 1))];
            given.push(("Offset", or_null(0, Value::from(-i64::from(key)), CimType::SInt64)));
        }
        _ => {
            let path = |key: u32| ObjectPath::parse(&format!("X_Base.Id=\"key-{key}\"")).unwrap();
            given = vec![("From", path(key).into()), ("To", path(key / 2 + 1).into())];
        }
    }
    if class == 1 {
        given.push(("Made", or_null(2, Value::from(made(key)), CimType::DateTime)));
        let short = if matches!(odd, Odd::TooLong) { "too long" } else { "short" };
        if turned {
            given.push(("Short", Value::from(short)));
        }
        if matches!(odd, Odd::Listed) {
            let modes = Array::from_elements(Elements::UInt16(vec![1, 2]));
            given.push(("Modes", Value::Array(modes)));
        }
    }
    match odd {
        Odd::NoKey => drop(given.remove(0)),
        Odd::NullKey => given[0].1 = Value::null(CimType::String),
        Odd::Unknown => given.push(("Unknown", Value::from("?"))),
        _ => {}
    }
    if turned {
        given.reverse();
    }
    let name = ["X_Base", "X_One", "X_Two", "X_Pair", "X_On"][class];
    let mut instance = given
        .into_iter()
        .fold(Instance::new(name), |instance, (name, value)| instance.with(name, value));
    let qualifier = || Qualifier::new("MaxLen", 3_u32);
    match odd {
        Odd::Qualified => instance.qualifiers.set(qualifier()),
        Odd::QualifiedProperty => {
            if let Some(property) = instance.property_mut("Text") {
                property.qualifiers.set(qualifier());
            }
        }
        _ => {}
    }
    instance
}

/// Writes of one kind.
fn group() -> impl Strategy<Value = Vec<Write>> {
    let class = prop_oneof![Just(0_usize), Just(1), Just(2), Just(3), Just(4)];
    let row = (odd(), prop_oneof![4 => Just(0_u32), 1 => any::<u32>()]);
    let rows = prop::collection::vec(row, 1..40);
    let creates = (class.clone(), 0..2000_u32, any::<bool>(), rows).prop_map(
        |(class, first, turned, rows)| {
            let new = (first..)
                .zip(rows)
                .map(|(key, (odd, nulls))| Write::Create(instance(class, key, odd, nulls, turned)));
            new.collect::<Vec<_>>()
        },
    );
    let keys = prop::collection::vec(0..2000_u32, 1..4);
    let others = (0..3_u8, 0..3_usize, keys).prop_map(|(kind, class, keys)| {
        let path = |key: u32| ObjectPath::parse(&format!("X_Base.Id=\"key-{key}\"")).unwrap();
        let size = |key: u32| Instance::new("").with("Size", key);
        let other = |key| match kind {
            0 => Write::Put(instance(class, key, Odd::No, 0, false)),
            1 => Write::Modify(path(key), size(key)),
            _ => Write::Delete(path(key)),
        };
        keys.into_iter().map(other).collect::<Vec<_>>()
    });
    prop_oneof![8 => creates, 1 => others]
}

/// Does a write by itself.
fn write(session: &Session, write: &Write) -> Result<ObjectPath, EngineError> {
    let context = context();
    match write {
        Write::Create(instance) => session.create_instance(&context, instance),
        Write::Put(instance) => {
            session.put_instance(&context, instance, PutMode::CreateOrUpdate, &Update::Given)
        }
        Write::Modify(path, instance) => {
            session.modify_instance(&context, path, instance, &Update::Given).map(|()| path.clone())
        }
        Write::Delete(path) => session.delete_instance(&context, path).map(|()| path.clone()),
    }
}

/// Does writes in one commit.
fn write_together(session: &Session, writes: &[Write]) -> Result<Vec<ObjectPath>, EngineError> {
    let batch = writes.iter().cloned().fold(session.batch(), |batch, write| match write {
        Write::Create(instance) => batch.create(instance),
        Write::Put(instance) => batch.put(instance, PutMode::CreateOrUpdate, Update::Given),
        Write::Modify(path, instance) => batch.modify(path, instance, Update::Given),
        Write::Delete(path) => batch.delete(path),
    });
    batch.commit(&context())
}

/// The instances of all classes, in the order in which they are there.
fn all(session: &Session) -> Vec<Instance> {
    let of = |class: &str| {
        let found = session.enumerate_instances(&context(), class, crate::Depth::Deep).unwrap();
        found.rows().map(|row| row.unwrap().to_instance()).collect::<Vec<_>>()
    };
    ["X_Base", "X_Pair", "X_On"].into_iter().flat_map(of).collect()
}

/// What the commits that were not told of yet changed.
fn told(stream: &mut ChangeStream) -> Vec<(Option<Instance>, Option<Instance>)> {
    let mut told = Vec::new();
    while let Some(commit) = stream.try_next().unwrap() {
        for change in commit.changes() {
            let Change::Instance { old, new, .. } = change else { continue };
            told.push((old.map(|i| i.to_instance()), new.map(|i| i.to_instance())));
        }
    }
    told
}

/// A repository in memory in which writes were done one after the other.
fn alone(dialect: Dialect, done: &[Write]) -> (Repository, Session) {
    let repository = Repository::new();
    let session = session(&repository, "root/cimv2", dialect);
    session.compile_mof_text(&context(), "a.mof", MOF).unwrap();
    done.iter().for_each(|one| drop(write(&session, one).unwrap()));
    (repository, session)
}

fn is_as_alone(dialect: Dialect, batches: &[Vec<Write>]) -> Result<(), TestCaseError> {
    let medium = Arc::new(SimulatedMedium::new());
    let repository = open(&medium).unwrap();
    let together = session(&repository, "root/cimv2", dialect);
    together.compile_mof_text(&context(), "a.mof", MOF).unwrap();
    let mut stream = repository.changes();
    let mut done: Vec<Write> = Vec::new();
    for batch in batches {
        let (other, one) = alone(dialect, &done);
        let before = all(&one);
        let mut expected_stream = other.changes();
        let expected: Result<Vec<_>, _> = batch.iter().map(|w| write(&one, w)).collect();
        match (write_together(&together, batch), expected) {
            (Ok(paths), Ok(expected)) => {
                let text = |paths: Vec<ObjectPath>| {
                    paths.iter().map(ToString::to_string).collect::<Vec<_>>()
                };
                prop_assert_eq!(text(paths), text(expected));
                prop_assert_eq!(told(&mut stream), told(&mut expected_stream));
                prop_assert_eq!(all(&together), all(&one));
                done.extend(batch.iter().cloned());
            }
            (Err(error), Err(expected)) => {
                prop_assert_eq!(error.to_string(), expected.to_string());
                prop_assert_eq!(error.status(), expected.status());
                prop_assert_eq!(all(&together), before);
            }
            (found, expected) => prop_assert!(false, "{found:?} and not {expected:?}"),
        }
    }
    let before = all(&together);
    drop((stream, together, repository));
    let repository = open(&medium).unwrap();
    prop_assert_eq!(all(&session(&repository, "root/cimv2", dialect)), before);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn batches_do_what_their_writes_do(
        is_dmtf in any::<bool>(),
        batches in prop::collection::vec(
            prop::collection::vec(group(), 1..6).prop_map(|groups| groups.concat()),
            1..5,
        ),
    ) {
        is_as_alone(if is_dmtf { Dialect::Dmtf } else { Dialect::Wmi }, &batches)?;
    }
}

/// A batch of more rows than are looked at together.
#[test]
fn long_runs_end_where_something_else_comes() {
    for at in [0, 100, 255, 256, 511, 699] {
        let row = |key: u32| {
            let odd = if key == at { Odd::Listed } else { Odd::No };
            Write::Create(instance(1, key, odd, key % 3, false))
        };
        let batch: Vec<Write> = (0..700).map(row).collect();
        let refused = [(700..720).map(row).collect(), vec![row(at)]].concat();
        is_as_alone(Dialect::Wmi, &[batch, refused]).unwrap();
    }
}
