//! Any text, run as a query of any kind over the classes and instances of the conformance suite
//! in either dialect: never a panic; what is read prints as text that means the same to the
//! binder; errors point into the text.
#![no_main]

use cimarron_fuzz::archive_of;
use cimarron_model::{ArrayShape, CimType, Class, Dialect, Instance, Name, Value};
use cimarron_schema::{ClassForm, ClassView};
use cimarron_wql::{
    BindOptions, Bound, BoundEventQuery, BoundPath, BoundQuery, ClassInfo, Genus, Level,
    ParseOptions, Projection, PropertyInfo, Row, Schema, SystemProperty, ValueRef, WqlError, bind,
    bind_event, parse_event_with, parse_with, system_value,
};
use libfuzzer_sys::fuzz_target;
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::LazyLock;

static FIXTURE: LazyLock<Fixture> = LazyLock::new(Fixture::new);

fuzz_target!(|text: &str| {
    for level in [Level::Wql, Level::Extended] {
        let options = ParseOptions { level, ..ParseOptions::default() };
        if let Ok(query) = parse_with(text, &options) {
            let canonical = query.to_string();
            let again = parse_with(&canonical, &options);
            let again = again.unwrap_or_else(|error| panic!("{canonical}: {error}"));
            compare(text, &canonical, |options, first| {
                bind(if first { &query } else { &again }, &*FIXTURE, options)
            });
        }
        if let Ok(query) = parse_event_with(text, &options) {
            let canonical = query.to_string();
            let again = parse_event_with(&canonical, &options);
            let again = again.unwrap_or_else(|error| panic!("{canonical}: {error}"));
            compare(text, &canonical, |options, first| {
                bind_event(if first { &query } else { &again }, &*FIXTURE, options)
            });
        }
    }
});

/// Binds a query, and what it prints as, in both dialects: to the same, or to errors of one
/// status; and runs what is bound.
fn compare<T: PartialEq + Debug + Run>(
    text: &str,
    canonical: &str,
    bind: impl Fn(&BindOptions, bool) -> Result<T, WqlError>,
) {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        let options = BindOptions::from(dialect);
        match (bind(&options, true), bind(&options, false)) {
            (Ok(bound), Ok(again)) => {
                assert_eq!(bound, again, "{canonical}");
                bound.run();
            }
            (Err(error), Err(again)) => {
                let span = error.span();
                assert!(text.get(span.start..span.end).is_some(), "{error} at {span:?}");
                assert_eq!(error.status(), again.status(), "{canonical}");
            }
            (bound, again) => panic!("{canonical}: {bound:?}, then {again:?}"),
        }
    }
}

trait Run {
    fn run(&self);
}

impl Run for Bound {
    fn run(&self) {
        match self {
            Self::Data(query) => run(query),
            Self::Schema(query) => {
                let filter = query.filter.iter();
                for filter in filter {
                    for class in &FIXTURE.classes {
                        filter.evaluate(&ClassRow(class), query.dialect);
                    }
                }
            }
            _ => {}
        }
    }
}

impl Run for BoundEventQuery {
    fn run(&self) {
        if let Some(group) = &self.group {
            let _ = [0, 1, u32::MAX].map(|events| group.reports(events));
        }
    }
}

fn run(query: &BoundQuery) {
    for instance in &FIXTURE.instances {
        let row = FixtureRow(instance);
        if !row.is_a(row.class_name(), query.class.as_str()) || !query.matches(&row) {
            continue;
        }
        match &query.projection {
            Projection::All => {
                for property in SystemProperty::ALL {
                    let _ = system_value(&row, property);
                }
            }
            Projection::Items(paths) => {
                paths.iter().map(BoundPath::to_string).for_each(drop);
                for path in paths {
                    let _ = format!("{:?}", path.fetch(&row));
                }
            }
        }
    }
}

struct Fixture {
    classes: Vec<Class>,
    instances: Vec<Instance>,
}

impl Fixture {
    fn new() -> Self {
        let mof = include_str!("../../conformance/wql/fixture.mof");
        let archive = archive_of(mof, Dialect::Wmi);
        let mut fixture = Self { classes: Vec::new(), instances: Vec::new() };
        for schema in archive.namespaces() {
            let resolved = |class: ClassView<'_>| class.to_class(ClassForm::Resolved);
            fixture.classes.extend(schema.classes().map(resolved));
            fixture.instances.extend(schema.instances());
        }
        fixture
    }

    fn find(&self, name: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.name.is(name))
    }
}

impl Schema for Fixture {
    type Class<'a> = FixtureClass<'a>;

    fn class(&self, name: &str) -> Option<FixtureClass<'_>> {
        self.find(name).map(FixtureClass)
    }

    fn class_names(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().map(|class| class.name.as_str())
    }
}

struct FixtureClass<'a>(&'a Class);

impl ClassInfo for FixtureClass<'_> {
    fn name(&self) -> &str {
        self.0.name.as_str()
    }

    fn property(&self, name: &str) -> Option<PropertyInfo<'_>> {
        let slot = self.0.properties.iter().position(|property| property.name.is(name))?;
        let property = &self.0.properties[slot];
        let data_type = &property.data_type;
        let is_object = data_type.cim_type == CimType::Object;
        Some(PropertyInfo {
            slot,
            name: property.name.as_str(),
            cim_type: data_type.cim_type,
            is_array: data_type.array != ArrayShape::Scalar,
            embedded_class: data_type.class.as_ref().filter(|_| is_object).map(Name::as_str),
        })
    }

    fn property_names(&self) -> impl Iterator<Item = &str> {
        self.0.properties.iter().map(|property| property.name.as_str())
    }

    fn is_a(&self, ancestor: &str) -> bool {
        let above = |class: &&Class| FIXTURE.find(class.superclass.as_ref()?.as_str());
        std::iter::successors(Some(self.0), above).any(|class| class.name.is(ancestor))
    }

    fn is_indication(&self) -> bool {
        self.0.is_indication()
    }
}

struct ClassRow<'a>(&'a Class);

impl Row for ClassRow<'_> {
    fn value(&self, _slot: usize) -> ValueRef<'_> {
        ValueRef::Null
    }

    fn class_name(&self) -> &str {
        self.0.name.as_str()
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        FIXTURE.find(class)?.superclass.as_ref().map(Name::as_str)
    }

    fn genus(&self) -> Genus {
        Genus::Class
    }

    fn property_count(&self) -> usize {
        self.0.properties.len()
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        Some(self.class_name().into())
    }

    fn namespace(&self) -> Option<&str> {
        Some("root/wql")
    }

    fn server(&self) -> Option<&str> {
        Some("HOST")
    }
}

struct FixtureRow<'a>(&'a Instance);

impl FixtureRow<'_> {
    fn class(&self) -> &'static Class {
        FIXTURE.find(self.0.class.as_str()).expect("an instance's class is there")
    }
}

impl Row for FixtureRow<'_> {
    fn value(&self, slot: usize) -> ValueRef<'_> {
        let name = &self.class().properties[slot].name;
        self.0.get(name.as_str()).map_or(ValueRef::Null, ValueRef::from)
    }

    fn class_name(&self) -> &str {
        self.0.class.as_str()
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        FIXTURE.find(class)?.superclass.as_ref().map(Name::as_str)
    }

    fn property_count(&self) -> usize {
        self.class().properties.len()
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        let id = self.0.get("Id").and_then(Value::as_str)?;
        Some(format!("{}.Id=\"{id}\"", self.class_name()).into())
    }

    fn namespace(&self) -> Option<&str> {
        Some("root/wql")
    }

    fn server(&self) -> Option<&str> {
        Some("HOST")
    }
}
