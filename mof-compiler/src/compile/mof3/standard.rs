//! The qualifier types that DSP0004 3.0.1 clause 7 defines for every schema, and
//! those that the declarations of MOF 2 need which stand for those of MOF 3.
//!
//! A text may use them without declaring them; its own declarations and those that
//! are there already come first. What is used becomes part of the archive.

use super::qualifier::archived_scopes;
use crate::syntax::mof3::ast::ScopeKind;
use cimarron_model::{CimType, DataType, Flavor, Name, QualifierType, Value};
use cimarron_schema::NamespaceBuilder;
use hashbrown::HashSet;

/// A qualifier type that everyone knows.
pub(super) struct Standard {
    pub(super) name: &'static str,
    pub(super) cim_type: CimType,
    pub(super) is_array: bool,
    default: Default,
    pub(super) scopes: &'static [ScopeKind],
    flavor: Flavor,
    /// The names that the enumeration of its values has, if that is its type.
    pub(super) names: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Default {
    Null,
    Boolean(bool),
    Number(u32),
    Text(&'static str),
}

use CimType::{Boolean, SInt64, String as Text, UInt32};
use ScopeKind::{
    Any, Association, Class, Enumeration, Indication, Method, Parameter, Property, Reference,
    Structure,
};

const ON_TYPES: &[ScopeKind] = &[Class, Structure, Enumeration];
const ON_DATA: &[ScopeKind] = &[Property, Method, Parameter];
const FREE: Flavor = Flavor::DMTF_DEFAULT;
const FIXED: Flavor = FREE.with(Flavor::NOT_OVERRIDABLE);
const RESTRICTED: Flavor = FREE.without(Flavor::TO_SUBCLASS);
const TRANSLATABLE: Flavor = FREE.with(Flavor::AMENDED);

const fn flag(name: &'static str, scopes: &'static [ScopeKind], flavor: Flavor) -> Standard {
    one(name, Boolean, Default::Boolean(false), scopes, flavor)
}

const fn text(name: &'static str, scopes: &'static [ScopeKind], flavor: Flavor) -> Standard {
    one(name, Text, Default::Null, scopes, flavor)
}

const fn texts(name: &'static str, scopes: &'static [ScopeKind], flavor: Flavor) -> Standard {
    Standard { is_array: true, ..text(name, scopes, flavor) }
}

const fn number(name: &'static str, default: Default, scopes: &'static [ScopeKind]) -> Standard {
    one(name, UInt32, default, scopes, FREE)
}

const fn one(
    name: &'static str,
    cim_type: CimType,
    default: Default,
    scopes: &'static [ScopeKind],
    flavor: Flavor,
) -> Standard {
    Standard { name, cim_type, is_array: false, default, scopes, flavor, names: &[] }
}

/// All of them, in the order of the alphabet.
const STANDARD: &[Standard] = &[
    flag("Abstract", ON_TYPES, RESTRICTED),
    Standard {
        names: &["None", "Shared", "Composite"],
        ..one("AggregationKind", Text, Default::Text("None"), &[Reference], FIXED)
    },
    Standard {
        names: &["Bag", "Set", "Ordered", "OrderedSet", "Indexed"],
        ..one(
            "ArrayType",
            Text,
            Default::Text("Bag"),
            &[Property, Reference, Method, Parameter],
            FIXED,
        )
    },
    flag("Association", &[Association], FIXED),
    texts("BitMap", ON_DATA, FREE),
    texts("BitValues", ON_DATA, TRANSLATABLE),
    flag("Counter", ON_DATA, FREE),
    texts("Deprecated", &[Any], RESTRICTED),
    text("Description", &[Any], TRANSLATABLE),
    text("EmbeddedInstance", ON_DATA, FREE),
    flag("EmbeddedObject", ON_DATA, FIXED),
    text("Enumeration", ON_DATA, FREE),
    flag("Experimental", &[Any], RESTRICTED),
    flag("Gauge", ON_DATA, FREE),
    one("In", Boolean, Default::Boolean(true), &[Parameter], FIXED),
    flag("Indication", &[Indication], FIXED),
    flag("IsPUnit", ON_DATA, FREE),
    flag("Key", &[Property, Reference], FIXED),
    texts("MappingStrings", &[Any], FREE),
    number("Max", Default::Null, &[Reference]),
    number("MaxLen", Default::Null, ON_DATA),
    number("MaxSize", Default::Null, &[Property, Reference, Method, Parameter]),
    one("MaxValue", SInt64, Default::Null, ON_DATA, FREE),
    number("Min", Default::Number(0), &[Reference]),
    number("MinLen", Default::Number(0), ON_DATA),
    number("MinSize", Default::Number(0), &[Property, Reference, Method, Parameter]),
    one("MinValue", SInt64, Default::Null, ON_DATA, FREE),
    texts("ModelCorrespondence", &[Any], FREE),
    texts("OCL", &[Any], FREE),
    flag("Octetstring", ON_DATA, FIXED),
    flag("Out", &[Parameter], FIXED),
    text("Override", &[Property, Reference, Method, Parameter], RESTRICTED),
    text("PackagePath", ON_TYPES, FREE),
    text("PUnit", ON_DATA, FREE),
    one("Read", Boolean, Default::Boolean(true), &[Property, Reference], FREE),
    flag("Required", &[Property, Reference, Method, Parameter], FIXED),
    flag("Static", &[Property, Reference, Method], FIXED),
    flag("Structure", &[Structure], RESTRICTED),
    flag("Terminal", ON_TYPES, FREE),
    texts("ValueMap", ON_DATA, FREE),
    texts("Values", ON_DATA, TRANSLATABLE),
    text("Version", ON_TYPES, RESTRICTED.with(Flavor::AMENDED)),
    flag("Write", &[Property, Reference], FREE),
    text("XMLNamespaceName", &[Property, Reference, Method, Parameter], FREE),
];

/// The standard qualifier type of this name.
pub(super) fn standard(name: &str) -> Option<&'static Standard> {
    STANDARD.iter().find(|standard| standard.name.eq_ignore_ascii_case(name))
}

/// What says in MOF 3 what a qualifier of MOF 2 said (DSP0004 3.0.1, changes from 2.x).
pub(crate) fn successor(name: &str) -> Option<&'static str> {
    const SUCCESSORS: [(&str, &str); 8] = [
        ("Aggregate", "AggregationKind"),
        ("Aggregation", "AggregationKind"),
        ("ClassConstraint", "OCL"),
        ("Composition", "AggregationKind"),
        ("MethodConstraint", "OCL"),
        ("PropertyConstraint", "OCL"),
        ("UMLPackagePath", "PackagePath"),
        ("Units", "PUnit"),
    ];
    let found = SUCCESSORS.iter().find(|(old, _)| old.eq_ignore_ascii_case(name));
    found.map(|(_, new)| *new)
}

/// The names of all.
pub(super) fn names<'n>() -> impl Iterator<Item = &'n str> {
    STANDARD.iter().map(|standard| standard.name)
}

/// The qualifiers that the compiler itself writes, besides those that the text does.
pub(super) const MADE: [&str; 8] = [
    "Association",
    "EmbeddedInstance",
    "Enumeration",
    "Indication",
    "Octetstring",
    "Structure",
    "ValueMap",
    "Values",
];

impl Standard {
    fn declaration(&self) -> QualifierType {
        let data_type = match self.is_array {
            true => DataType::array(self.cim_type),
            false => DataType::scalar(self.cim_type),
        };
        let default = match self.default {
            Default::Null => QualifierType::null(&data_type),
            Default::Boolean(value) => Value::from(value),
            Default::Number(value) => Value::from(value),
            Default::Text(value) => Value::from(value),
        };
        QualifierType {
            name: Name::new(self.name),
            data_type,
            default,
            scopes: archived_scopes(self.scopes.iter().copied()),
            flavor: self.flavor,
        }
    }
}

/// Whether a declaration is the one that a text of MOF 3 need not make.
pub(crate) fn is_standard(declared: &QualifierType) -> bool {
    standard(declared.name.as_str()).is_some_and(|standard| standard.declaration() == *declared)
}

/// Makes them known where nothing else of the name is, and the text declares none.
pub(super) fn know(builder: &mut NamespaceBuilder, declared: &HashSet<Name>) {
    for standard in STANDARD {
        let known = builder.qualifier_type(standard.name).is_some();
        if !known && !declared.contains(&Name::new(standard.name)) {
            builder.know_qualifier_type(standard.declaration());
        }
    }
}

/// Makes those that are used, and that only we know, part of the archive.
pub(super) fn keep_used(
    builder: &mut NamespaceBuilder,
    used: &HashSet<Name>,
    base: &[QualifierType],
) {
    for standard in STANDARD {
        let name = Name::new(standard.name);
        let declared = builder.qualifier_types().any(|declared| declared.name == name)
            || base.iter().any(|declared| declared.name == name);
        if used.contains(&name) && !declared {
            builder.add_qualifier_type(standard.declaration());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_found() {
        for pair in STANDARD.windows(2) {
            let lower = |standard: &Standard| standard.name.to_ascii_lowercase();
            assert!(lower(&pair[0]) < lower(&pair[1]), "{}", pair[1].name);
        }
        assert!(standard("OVERRIDE").is_some() && standard("Nope").is_none());
    }
}
