//! What a namespace holds before anybody puts anything there: WMI's system classes (WMI
//! SDK, "WMI system classes"; MS-WMI 2.2.31).
//!
//! They are compiled once for the whole program, when the first namespace of the dialect
//! is made, from the text that the MOF compiler has them from too. Every namespace starts
//! from a schema that it shares with its like, so it costs a pointer until somebody adds
//! a class, and then a place in a list for each of them.
//!
//! Namespaces of the DMTF dialect start empty.

use crate::schema::Schema;
use cimarron_model::{Dialect, Name};
use cimarron_mof::{SystemPlace, system_classes};
use cimarron_schema::{Archive, SchemaBuilder};
use std::sync::{Arc, OnceLock};

/// The schemas that namespaces start with, by the places whose classes they have.
struct Starts(Vec<(Vec<SystemPlace>, Arc<Schema>)>);

/// The namespaces that have more than the others, and one of the others.
const DIFFERENT: [&str; 6] =
    ["root/other", "root", "root/default", "root/subscription", "root/cimv2", "root/wmi"];

/// The schema that a namespace starts with.
pub(crate) fn schema(namespace: &Name, dialect: Dialect) -> Arc<Schema> {
    static STARTS: OnceLock<Starts> = OnceLock::new();
    match dialect {
        Dialect::Dmtf => Arc::default(),
        Dialect::Wmi => {
            let Starts(starts) = STARTS.get_or_init(Starts::new);
            let places = places(namespace.as_str());
            let start = starts.iter().find(|(of, _)| *of == places);
            start.map(|(_, schema)| schema.clone()).unwrap_or_default()
        }
    }
}

fn places(namespace: &str) -> Vec<SystemPlace> {
    SystemPlace::ALL.into_iter().filter(|place| place.includes(namespace)).collect()
}

impl Starts {
    fn new() -> Self {
        let Some(archive) = compiled() else { return Self(Vec::new()) };
        let number = |place| archive.namespaces().position(|n| n.name() == name_of(place));
        let start = |namespace| {
            let places = places(namespace);
            let numbers: Vec<usize> = places.iter().filter_map(|place| number(*place)).collect();
            (places, Arc::new(Schema::built_in(&archive, &numbers)))
        };
        Self(DIFFERENT.into_iter().map(start).collect())
    }
}

/// All system classes, those of a place in a namespace of their own. `None` cannot be, as
/// the tests see to it.
fn compiled() -> Option<Arc<Archive>> {
    let mut builder = SchemaBuilder::new(Dialect::Wmi);
    let mut known = Vec::new();
    for (place, classes) in system_classes() {
        let content = builder.namespace(name_of(place));
        for above in &known {
            content.know(Arc::clone(above));
        }
        for class in classes {
            known.push(content.add_class(class).ok()?);
        }
    }
    Some(Arc::new(Archive::from_bytes(builder.finish().ok()?).ok()?))
}

const fn name_of(place: SystemPlace) -> &'static str {
    match place {
        SystemPlace::Everywhere => "everywhere",
        SystemPlace::RootAndDefault => "root-and-default",
        SystemPlace::Root => "root",
        SystemPlace::Subscription => "subscription",
        SystemPlace::Cimv2 => "cimv2",
        SystemPlace::Wmi => "wmi",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(namespace: &str, dialect: Dialect) -> usize {
        schema(&Name::new(namespace), dialect).classes().count()
    }

    #[test]
    fn every_class_is_in_its_place() {
        let sizes: Vec<usize> = system_classes().iter().map(|(_, c)| c.len()).collect();
        let [everywhere, both, root, subscription, cimv2, wmi] = sizes[..] else {
            panic!("{sizes:?}")
        };
        assert_eq!(count("root/other", Dialect::Wmi), everywhere);
        assert_eq!(count("root/cimv2", Dialect::Wmi), everywhere + cimv2);
        assert_eq!(count("root/WMI", Dialect::Wmi), everywhere + wmi);
        assert_eq!(count("ROOT/Default", Dialect::Wmi), everywhere + both);
        assert_eq!(count("ROOT", Dialect::Wmi), everywhere + both + root);
        assert_eq!(count("root/Subscription", Dialect::Wmi), everywhere + subscription);
        assert_eq!(count("root/cimv2", Dialect::Dmtf), 0);
        assert!(
            everywhere > 50 && root == 5 && subscription == 7 && cimv2 == 3 && wmi == 2,
            "{sizes:?}"
        );
    }

    #[test]
    fn namespaces_share_what_they_start_with() {
        let [a, b] = ["root/a", "root/b"].map(|n| schema(&Name::new(n), Dialect::Wmi));
        assert!(Arc::ptr_eq(&a, &b) && a.is_empty());
        assert!(a.classes().all(|class| class.def().is_system()));
        let binding = a.class("__FilterToConsumerBinding").unwrap();
        assert!(binding.is_a(a.class("__systemclass").unwrap()));
        let layout = binding.layout();
        assert_eq!(layout.keys.len(), 2);
    }
}
