//! Any text, run as a query over the classes and instances of the conformance suite in either
//! dialect: never a panic; what is read prints as text that means the same, to the parser and
//! to the binder; errors point into the text.
#![no_main]

use cimarron_fuzz::archive_of;
use cimarron_model::{ArrayShape, CimType, Class, Dialect, Instance, Name, Value};
use cimarron_schema::{ClassForm, ClassView};
use cimarron_wql::{
    BindOptions, BoundPath, BoundQuery, ClassInfo, Projection, PropertyInfo, Query, Row, Schema,
    SystemProperty, ValueRef, WqlError, bind, parse, system_value,
};
use libfuzzer_sys::fuzz_target;
use std::borrow::Cow;
use std::sync::LazyLock;

static FIXTURE: LazyLock<Fixture> = LazyLock::new(Fixture::new);

fuzz_target!(|text: &str| {
    let query = match parse(text) {
        Ok(query) => query,
        Err(error) => return assert_inside(text, &error),
    };
    let canonical = query.to_string();
    let again = parse(&canonical).unwrap_or_else(|error| panic!("{canonical}: {error}"));
    assert_eq!(without_spans(&query), without_spans(&again), "{canonical}");
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        let options = BindOptions { dialect };
        let (bound, again) = (bind(&query, &*FIXTURE, &options), bind(&again, &*FIXTURE, &options));
        match (bound, again) {
            (Ok(bound), Ok(again)) => {
                assert_eq!(bound, again, "{canonical}");
                run(&bound);
            }
            (Err(error), Err(again)) => {
                assert_inside(text, &error);
                assert_eq!(error.status(), again.status(), "{canonical}");
            }
            (bound, again) => panic!("{canonical}: {bound:?}, then {again:?}"),
        }
    }
});

fn assert_inside(text: &str, error: &WqlError) {
    let span = error.span();
    assert!(text.get(span.start..span.end).is_some(), "{error} at {span:?}");
}

/// The tree as text, which tells two trees apart as `==` does, but for where they stood.
fn without_spans(query: &Query) -> String {
    let tree = format!("{query:?}");
    let mut pieces = tree.split("Span {");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text += piece.split_once('}').map_or(piece, |(_, rest)| rest);
    }
    text
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
