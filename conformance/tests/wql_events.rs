//! The suite of event queries: every case of `conformance/wql-events/*.toml` bound
//! against the classes of a namespace.
//!
//! `conformance/wql-events/README.md` describes the form of a case.

#![allow(clippy::unwrap_used, clippy::panic)]

use cimarron_conformance::{Case, read_fixture, run_suite};
use cimarron_engine::{CallContext, ClassOptions, Depth, Repository};
use cimarron_model::{CimType, Class, Dialect, Name, fold};
use cimarron_wql::{BindOptions, ClassInfo, PropertyInfo, Schema, WqlError};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventCase {
    name: String,
    spec: String,
    #[serde(default)]
    dialect: Option<String>,
    query: String,
    #[serde(default)]
    binds: bool,
    error: Option<String>,
}

impl Case for EventCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

/// The classes of a namespace, system classes and inherited members included.
struct Classes(Vec<Class>);

impl Classes {
    fn of_fixture(name: &str, dialect: Dialect) -> Self {
        let repository = Repository::new();
        repository.create_namespace("root/wql", dialect).unwrap();
        let session = repository.session("root/wql").unwrap();
        let context = CallContext::new();
        session
            .compile_mof_text(&context, name, &read_fixture("wql-events", name))
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let all = session.enumerate_classes(&context, None, Depth::Deep, ClassOptions::new());
        Self(all.unwrap())
    }

    fn find(&self, name: &str) -> Option<&Class> {
        self.0.iter().find(|class| class.name.is(name))
    }
}

struct OneClass<'a> {
    class: &'a Class,
    all: &'a Classes,
}

impl Schema for Classes {
    type Class<'a> = OneClass<'a>;

    fn class(&self, name: &str) -> Option<OneClass<'_>> {
        self.find(name).map(|class| OneClass { class, all: self })
    }

    fn class_names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|class| class.name.as_str())
    }
}

impl ClassInfo for OneClass<'_> {
    fn name(&self) -> &str {
        self.class.name.as_str()
    }

    fn property(&self, name: &str) -> Option<PropertyInfo<'_>> {
        let mut properties = self.class.properties.iter().enumerate();
        let (slot, property) = properties.find(|(_, property)| property.name.is(name))?;
        let data_type = &property.data_type;
        // DMTF declares embedded objects as strings.
        let is_object =
            data_type.cim_type == CimType::Object || property.qualifiers.is_true("EmbeddedObject");
        Some(PropertyInfo {
            slot,
            name: property.name.as_str(),
            cim_type: if is_object { CimType::Object } else { data_type.cim_type },
            is_array: data_type.array.is_array(),
            embedded_class: data_type.class.as_ref().filter(|_| is_object).map(Name::as_str),
        })
    }

    fn property_names(&self) -> impl Iterator<Item = &str> {
        self.class.properties.iter().map(|property| property.name.as_str())
    }

    fn is_a(&self, ancestor: &str) -> bool {
        let above = |class: &&Class| self.all.find(class.superclass.as_ref()?.as_str());
        let mut lineage = std::iter::successors(Some(self.class), above);
        lineage.any(|class| fold::eq(class.name.as_str(), ancestor))
    }

    fn is_indication(&self) -> bool {
        self.class.qualifiers.is_true("Indication")
    }
}

/// What is wrong with the outcome of a case, if anything.
fn judge(classes: &Classes, dialect: Dialect, case: &EventCase) -> Option<String> {
    let bind = || -> Result<(), WqlError> {
        let query = cimarron_wql::parse_event(&case.query)?;
        cimarron_wql::bind_event(&query, classes, &BindOptions { dialect }).map(|_| ())
    };
    match (case.binds, &case.error, bind()) {
        (true, None, Ok(())) => None,
        (true, None, Err(error)) => Some(format!("expected to bind, found: {error}")),
        (false, Some(expected), Err(error)) => {
            let found = error.status().wbem().name();
            (found != expected).then(|| format!("expected {expected}, found {found}: {error}"))
        }
        (false, Some(expected), Ok(())) => Some(format!("expected {expected}, and it binds")),
        _ => Some("a case either binds or has an error".to_owned()),
    }
}

#[test]
fn wql_events() {
    let wmi = Classes::of_fixture("fixture.mof", Dialect::Wmi);
    let dmtf = Classes::of_fixture("fixture-dmtf.mof", Dialect::Dmtf);
    run_suite("wql-events", 100, |case: &EventCase| {
        let problem = match case.dialect.as_deref() {
            None | Some("wmi") => judge(&wmi, Dialect::Wmi, case),
            Some("dmtf") => judge(&dmtf, Dialect::Dmtf, case),
            Some(other) => Some(format!("unknown dialect {other}")),
        };
        problem.map(|problem| format!("{}\n    {problem}", case.query)).into_iter().collect()
    });
}
