//! Random queries over random rows that come, change and go: what the engine answers is what
//! the plain reading of the bound condition answers on owned instances, now and in old
//! snapshots, with indexes and without, in one part and in many.

use super::*;
use crate::ValueView;
use cimarron_model::{CimType, DataType, Name, Property, Qualifier, Scalar, Value, fold};
use cimarron_wql::testing::{self, Dice, TestSchema};
use cimarron_wql::{BindOptions, BoundQuery, Level, Query, bind, parse};
use proptest::prelude::*;
use std::collections::BTreeMap;

const KEYS: &str =
    "Qualifier Key : boolean = false, Scope(property), Flavor(DisableOverride, ToSubclass);";

/// What a property of a plain class may have in DMTF, embedded objects aside.
const PLAIN_TYPES: [CimType; 14] = [
    CimType::String,
    CimType::Boolean,
    CimType::UInt8,
    CimType::SInt8,
    CimType::UInt16,
    CimType::SInt16,
    CimType::UInt32,
    CimType::SInt32,
    CimType::UInt64,
    CimType::SInt64,
    CimType::Real32,
    CimType::Real64,
    CimType::Char16,
    CimType::DateTime,
];

const IDS: [&str; 18] = [
    "a", "A", "b", "abc", "ABC", "10", "9", "-5", "TRUE", "Straße", "STRASSE", "Ärger", "K",
    "\u{212a}", "ſ", "s", "x_y", "zzz",
];

/// The instances that should be there, by key.
type Model = BTreeMap<String, Instance>;

/// A namespace, and what it should answer with.
#[derive(Clone)]
struct World {
    session: Session,
    schema: TestSchema,
    model: Model,
}

impl World {
    fn new(dialect: Dialect, dice: &mut Dice<'_>) -> Self {
        let repository = Repository::builder().server("HOST").build();
        repository.create_namespace("root/test", dialect).unwrap();
        let session = repository.session("root/test").unwrap();
        let schema = match dialect {
            Dialect::Wmi => TestSchema::random(dice),
            Dialect::Dmtf => {
                session.compile_mof_text(&context(), "keys.mof", KEYS).unwrap();
                TestSchema::random_of(dice, &PLAIN_TYPES)
            }
        };
        let world = Self { session, schema, model: Model::new() };
        let wanted: &[&str] = match dialect {
            Dialect::Wmi => &["T_Base", "T_Point", "T_Point3", "T_Other", "R_Base", "R_Derived"],
            Dialect::Dmtf => &["R_Base", "R_Derived"],
        };
        wanted.iter().for_each(|class| world.declare(class));
        world
    }

    fn dialect(&self) -> Dialect {
        self.session.dialect()
    }

    fn class(&self, name: &str) -> &cimarron_model::Class {
        self.schema.classes().iter().find(|class| class.name.is(name)).unwrap()
    }

    /// Creates or changes a class.
    fn declare(&self, name: &str) {
        let mut class = self.class(name).clone();
        if let Some(above) = &class.superclass {
            let inherited = &self.class(above.as_str()).properties;
            class.properties.retain(|own| !inherited.iter().any(|p| p.name == own.name));
        }
        let key = class.properties.iter_mut().find(|property| property.name.is("Id"));
        if let Some(key) = key {
            key.qualifiers.set(Qualifier::new("Key", true));
        }
        let put = self.session.put_class(&context(), &class, PutMode::default(), UpdateMode::Safe);
        put.unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// What two instances of these classes cannot both have.
    fn key(&self, id: &str) -> String {
        match self.dialect() {
            Dialect::Wmi => fold::fold(id),
            Dialect::Dmtf => id.to_owned(),
        }
    }

    /// An instance with a value or NULL for each property.
    fn instance(&self, dice: &mut Dice<'_>, id: &str) -> Instance {
        let mut instance = testing::instance(dice, &self.schema, "R_Base").unwrap();
        for property in &self.class(instance.class.as_str()).properties {
            let name = property.name.clone();
            match instance.get(name.as_str()) {
                None => instance.set(name, Value::null(property.data_type.cim_type)),
                // DMTF has asterisks at the end only.
                Some(Value::Scalar(Scalar::DateTime(time)))
                    if time.has_wildcards() && self.dialect() == Dialect::Dmtf =>
                {
                    instance.set(name, testing::datetime("2024**********.******+060"));
                }
                _ => {}
            }
        }
        instance.set("Id", id);
        instance
    }

    fn put(&mut self, dice: &mut Dice<'_>, id: &str) {
        let instance = self.instance(dice, id);
        let key = self.key(id);
        let known = self.model.get(&key);
        let put =
            self.session.put_instance(&context(), &instance, PutMode::default(), &Update::Whole);
        match known {
            Some(known) if known.class != instance.class => assert!(put.is_err(), "{id}"),
            known => {
                put.unwrap_or_else(|error| panic!("{instance:?}: {error}"));
                // A key keeps the case that it came with.
                let id = known.and_then(|known| known.get("Id")).cloned();
                let id = id.unwrap_or_else(|| Value::from(id_of(&instance)));
                self.model.insert(key, instance.with("Id", id));
            }
        }
    }

    fn delete(&mut self, class: &str, id: &str) {
        let path = ObjectPath::parse(&format!("{class}.Id=\"{id}\"")).unwrap();
        let key = self.key(id);
        let is_there = self.model.get(&key).is_some_and(|known| known.class.is(class));
        let deleted = self.session.delete_instance(&context(), &path);
        if deleted.is_ok() {
            let known = self.model.remove(&key);
            assert!(known.is_some(), "{path}");
        } else {
            assert!(!is_there, "{path}: {deleted:?}");
        }
    }

    /// Many instances of one class whose columns become those of the store.
    fn flood(&mut self, dice: &mut Dice<'_>) {
        let class = if dice.one_in(2) { "R_Derived" } else { "R_Base" };
        let names: Vec<_> =
            self.class(class).properties.iter().map(|property| property.name.clone()).collect();
        let listed: Vec<_> = names.iter().map(Name::as_str).collect();
        let mut inserter = self.session.inserter(&context(), class, &listed).unwrap();
        let kinds: Vec<_> = (0..1 + dice.below(5)).map(|_| self.instance(dice, "")).collect();
        let start = self.model.len();
        for n in 0..1030 + dice.below(300) {
            let some = &kinds[(n / (1 + dice.below(3))) % kinds.len()];
            let mut instance = Instance::new(class);
            for name in &names {
                let given = some.get(name.as_str()).cloned();
                let property = self.class(class).properties.iter().find(|p| p.name == *name);
                let null = Value::null(property.unwrap().data_type.cim_type);
                instance.set(name.clone(), given.unwrap_or(null));
            }
            let id = format!("flood {start} {n}");
            instance.set("Id", id.as_str());
            let values: Vec<_> =
                listed.iter().map(|name| ValueView::from(instance.get(name).unwrap())).collect();
            inserter.insert(&values).unwrap();
            self.model.insert(self.key(&id), instance);
        }
        inserter.commit(&context()).unwrap();
    }

    /// One property more for a class that has rows.
    fn grow(&mut self, dice: &mut Dice<'_>) {
        let class = if dice.one_in(2) { "R_Derived" } else { "R_Base" };
        let cim_type = *dice.pick(&PLAIN_TYPES).unwrap();
        let name = format!("More{}", self.class("R_Derived").properties.len());
        self.schema.add(class, &Property::new(name, DataType::scalar(cim_type)));
        self.declare(class);
    }

    /// Makes or drops an index; of some properties there is none.
    fn index(&self, dice: &mut Dice<'_>) {
        let class = if dice.one_in(3) { "R_Derived" } else { "R_Base" };
        let property = dice.pick(&self.class(class).properties).unwrap().name.as_str();
        let _ = match dice.below(4) {
            0 => self.session.drop_index(&context(), class, property),
            _ => self.session.create_index(&context(), class, property),
        };
    }

    /// The same as it is now, for ever.
    fn snapshot(&self) -> Self {
        Self { session: self.session.snapshot(&context()).unwrap(), ..self.clone() }
    }

    /// What a query should be answered with.
    fn expected(&self, bound: &BoundQuery) -> Vec<(String, String)> {
        let is_meant = |instance: &&Instance| {
            let row = self.schema.row_of(instance);
            cimarron_wql::Row::is_a(&row, instance.class.as_str(), bound.class.as_str())
                && bound.matches(&row)
        };
        let mut all: Vec<_> = self.model.values().filter(is_meant).map(name_of).collect();
        all.sort();
        all
    }

    fn check(&self, text: &str, dice: &mut Dice<'_>) {
        let options = BindOptions::new(self.session.namespace_handle().references().clone());
        let bound = bind(&parse(text).unwrap(), &self.schema, &options);
        let (bound, result) = match (bound, self.session.query(&context(), text)) {
            (Ok(bound), Ok(result)) => (bound.into_data().unwrap(), result),
            (Err(expected), Err(found)) => {
                assert_eq!(found.status(), expected.status(), "{text}");
                let span = expected.span();
                assert_eq!(found.span(), Some(span.start..span.end), "{text}");
                return;
            }
            (bound, result) => panic!("{text}: {bound:?}, but {result:?}"),
        };
        let expected = self.expected(&bound);
        let why = || {
            let plan = self.session.analyze(&context(), text).unwrap();
            let condition = result.condition().map(ToString::to_string).unwrap_or_default();
            format!("{:?}: {text}\n{condition}\n{plan}", self.dialect())
        };
        let rows: Vec<_> = result.rows().map(Result::unwrap).collect();
        let mut found: Vec<_> = rows.iter().copied().map(name_of_row).collect();
        let in_order = found.clone();
        found.sort();
        assert_eq!(found, expected, "{}", why());
        for row in &rows {
            self.check_values(&row.to_instance(), text);
        }
        assert_eq!(result.count().unwrap(), expected.len(), "{}", why());
        if dice.one_in(4) {
            let plan = self.session.analyze(&context(), text).unwrap();
            let shown = plan.root.actual.map(|actual| actual.rows);
            assert_eq!(shown, Some(expected.len() as u64), "{}", why());
        }
        // In parts, a piece at a time, and again.
        let parts = result.parts(1 + dice.below(4)).flat_map(|part| part.rows());
        let parts: Vec<_> = parts.map(|row| name_of_row(row.unwrap())).collect();
        assert_eq!(parts, in_order, "{}", why());
        let mut sequence = self.session.sequence(result);
        for _ in 0..2 {
            let mut pulled = Vec::new();
            loop {
                let give_back = dice.one_in(4);
                let end = sequence.pull(&context(), Batch::of(1 + dice.below(90)), |item| {
                    let Item::Row(row) = item else { panic!("no row") };
                    if give_back && pulled.len() % 3 == 1 && dice.one_in(2) {
                        return Taken::GiveBack;
                    }
                    pulled.push(name_of_row(row));
                    Taken::Yes(1)
                });
                let left = sequence.remaining(&context()).unwrap();
                assert_eq!(left, Some((expected.len() - pulled.len()) as u64), "{text}");
                if end.unwrap().end {
                    break;
                }
            }
            assert_eq!(pulled, in_order, "{text}");
            sequence.rewind().unwrap();
        }
    }

    /// That an instance is as it should be, embedded objects aside.
    fn check_values(&self, found: &Instance, text: &str) {
        let (class, id) = name_of(found);
        let expected = &self.model[&self.key(&id)];
        for property in &self.class(&class).properties {
            let name = property.name.as_str();
            let cim_type = property.data_type.cim_type;
            if cim_type != CimType::Object {
                let expected = expected.get(name).cloned().unwrap_or(Value::null(cim_type));
                assert_eq!(found.get(name), Some(&expected), "{name} of {id}: {text}");
            }
        }
    }
}

fn id_of(instance: &Instance) -> &str {
    instance.get("Id").and_then(Value::as_str).unwrap()
}

fn name_of(instance: &Instance) -> (String, String) {
    (instance.class.to_string(), id_of(instance).to_owned())
}

fn name_of_row(row: Row<'_>) -> (String, String) {
    let id = row.property("Id").and_then(ValueView::as_str).unwrap();
    (row.class_name().to_owned(), id.to_owned())
}

/// Bytes for the dice, as many as a case may want.
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb) >> 56) as u8
    };
    (0..200_000).map(|_| next()).collect()
}

fn run(seed: u64, dialect: Dialect) {
    let bytes = bytes(seed);
    let dice = &mut Dice::new(&bytes);
    let mut world = World::new(dialect, dice);
    let mut old: Vec<World> = Vec::new();
    let id = |dice: &mut Dice<'_>| match dice.below(3) {
        0 => dice.text(&IDS).to_owned(),
        _ => format!("k{}", dice.below(120)),
    };
    for _ in 0..dice.below(200) {
        let id = id(dice);
        world.put(dice, &id);
    }
    for _ in 0..30 {
        match dice.below(40) {
            0..12 => {
                let id = id(dice);
                world.put(dice, &id);
            }
            12..18 => {
                let (class, id) = match dice.one_in(2) {
                    true => ("R_Base", id(dice)),
                    false => ("R_Derived", id(dice)),
                };
                world.delete(class, &id);
            }
            18..20 => world.grow(dice),
            20 => world.flood(dice),
            21..24 => {
                old.truncate(1);
                old.push(world.snapshot());
            }
            24..28 => world.index(dice),
            _ => {
                let class = if dice.one_in(4) { "R_Derived" } else { "R_Base" };
                for world in old.iter().chain([&world]) {
                    let query = testing::data_query(dice, &world.schema, class, Level::Wql);
                    world.check(&Query::Data(query).to_string(), dice);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 0, ..ProptestConfig::with_cases(16) })]

    #[test]
    fn answers_are_those_of_the_plain_reading(seed: u64) {
        run(seed, Dialect::Wmi);
    }

    #[test]
    fn answers_are_those_of_the_plain_reading_in_dmtf(seed: u64) {
        run(seed, Dialect::Dmtf);
    }
}
