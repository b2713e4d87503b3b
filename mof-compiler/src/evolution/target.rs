//! Comparing declared types, and the classes that references and embedded objects
//! are of.

use super::Comparison;
use super::fact::Fact;
use super::kind::Kind;
use super::qualifier::Flow;
use cimarron_model::{ArrayShape, CimType, DataType, Name};
use cimarron_schema::{QualifiersView, SchemaView};
use std::fmt;

/// A declared type. DMTF's strings that `EmbeddedInstance` or `EmbeddedObject` make
/// embedded objects (DSP0004 5.6.3.16) are the objects that they hold, as in WMI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    cim_type: CimType,
    array: ArrayShape,
    class: Option<Name>,
}

impl Declared {
    pub(super) fn of(data_type: &DataType, qualifiers: QualifiersView<'_>) -> Self {
        let DataType { cim_type, array, class } = data_type.clone();
        if cim_type == CimType::String {
            let instance_of = qualifiers.get("EmbeddedInstance");
            if let Some(class) = instance_of.and_then(|q| q.value().as_str().map(Name::new)) {
                return Self { cim_type: CimType::Object, array, class: Some(class) };
            }
            if qualifiers.is_true("EmbeddedObject") {
                return Self { cim_type: CimType::Object, array, class: None };
            }
        }
        Self { cim_type, array, class }
    }

    /// What stands before and behind the name in a declaration.
    pub(super) fn around_name(&self) -> (String, ArrayShape) {
        let scalar = Self { array: ArrayShape::Scalar, ..self.clone() };
        (scalar.to_string(), self.array)
    }
}

impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cim_type, array, class } = self.clone();
        write!(f, "{}", DataType { cim_type, array, class })
    }
}

/// What differs between two types. `changed` is the kind for another type; where
/// only the class of a reference or embedded object is another, it depends on
/// whether the value is given, returned or both.
pub(super) fn type_facts(
    comparison: &Comparison<'_, '_>,
    old: &Declared,
    new: &Declared,
    flow: Flow,
    changed: Kind,
) -> Option<Fact> {
    if old == new {
        return None;
    }
    let kind = if old.cim_type != new.cim_type || old.array.is_array() != new.array.is_array() {
        changed
    } else if old.array != new.array {
        Kind::ArraySizeChanged
    } else {
        target(comparison, old.class.as_ref(), new.class.as_ref(), flow)
    };
    Some(Fact::new(kind, Some(old.to_string()), Some(new.to_string())))
}

fn target(
    comparison: &Comparison<'_, '_>,
    old: Option<&Name>,
    new: Option<&Name>,
    flow: Flow,
) -> Kind {
    // No class means any class.
    let (narrowed, widened) = match (old, new) {
        (None, _) => (true, false),
        (_, None) => (false, true),
        (Some(old), Some(new)) => (
            is_below(comparison.new, new, old) || is_below(comparison.old, new, old),
            is_below(comparison.new, old, new) || is_below(comparison.old, old, new),
        ),
    };
    match (narrowed, widened) {
        (true, _) if flow.input => Kind::TargetNarrowed,
        (true, _) => Kind::OutputNarrowed,
        (_, true) if flow.output => Kind::OutputWidened,
        (_, true) => Kind::TargetWidened,
        _ => Kind::TargetRedirected,
    }
}

fn is_below(schema: SchemaView<'_>, class: &Name, above: &Name) -> bool {
    schema.class(class.as_str()).is_some_and(|c| c.ancestors().any(|name| above.is(name)))
}
