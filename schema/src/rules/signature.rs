//! Whether a method that overrides another keeps what it returns and takes (DSP0004 5.6.3.34).
//!
//! Base types and whether there are several count in either dialect. To the DMTF the class of a
//! reference or an embedded object may only be narrowed, and arrays keep their size.

use super::Environment;
use super::member::Embedded;
use super::repeats::Repeats;
use cimarron_model::{DataType, Dialect, Method, Parameter, Qualifiers};

/// Whether a method returns what the one above does.
pub fn returns_the_same(
    local: &Method,
    above: &Method,
    dialect: Dialect,
    environment: &dyn Environment,
) -> bool {
    match (&local.return_type, &above.return_type) {
        (Some(a), Some(b)) => {
            keeps((a, &local.qualifiers), (b, &above.qualifiers), dialect, environment)
        }
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// Whether a method takes the parameters that the one above does.
pub(super) fn takes_the_same(
    local: &Method,
    above: &Method,
    dialect: Dialect,
    environment: &dyn Environment,
) -> bool {
    let same = |a: &Parameter, b: &Parameter| {
        a.name == b.name && passes_the_same(a, b, dialect, environment)
    };
    let (own, others) = (&local.parameters, &above.parameters);
    if own.len() == others.len() && own.iter().zip(others).all(|(a, b)| same(a, b)) {
        return true;
    }
    // Of those that a mistake declares twice, the first counts. To WMI two may be one.
    let (own, others) = (distinct(own), distinct(others));
    dialect == Dialect::Dmtf
        && own.len() == others.len()
        && own.into_iter().zip(others).all(|(a, b)| same(a, b))
}

/// The parameters whose names do not stand before.
fn distinct(parameters: &[Parameter]) -> Vec<&Parameter> {
    let mut repeats = Repeats::new(parameters, |p| &p.name);
    let of = parameters.iter().enumerate();
    of.filter(|(i, _)| repeats.before(*i).is_none()).map(|(_, p)| p).collect()
}

/// Whether a parameter takes what the one above does.
pub fn passes_the_same(
    local: &Parameter,
    above: &Parameter,
    dialect: Dialect,
    environment: &dyn Environment,
) -> bool {
    let of_local = (&local.data_type, &local.qualifiers);
    keeps(of_local, (&above.data_type, &above.qualifiers), dialect, environment)
}

fn keeps(
    (local, says): (&DataType, &Qualifiers),
    (above, said): (&DataType, &Qualifiers),
    dialect: Dialect,
    environment: &dyn Environment,
) -> bool {
    if local.cim_type != above.cim_type || local.is_array() != above.is_array() {
        return false;
    }
    if dialect == Dialect::Wmi {
        return true;
    }
    // What is not known, or not there, is reported on its own.
    let narrows = |narrow: &str, wide: &str| {
        environment.superclass(narrow).is_none() || environment.is_a(narrow, wide)
    };
    let class = match (&local.class, &above.class) {
        (Some(narrow), Some(wide)) => narrows(narrow.as_str(), wide.as_str()),
        _ => true,
    };
    let embedded = match (Embedded::of_any(says), Embedded::of_any(said)) {
        (Embedded::Plain, Embedded::Plain) | (Embedded::Object, Embedded::Object) => true,
        (Embedded::Plain, of) => {
            // Where EmbeddedInstance is inherited, NULL takes it away again.
            let dropped = says.get("EmbeddedInstance").is_some_and(|q| q.value.is_null());
            !(environment.types_say_all() || (dropped && matches!(of, Embedded::Instance(_))))
        }
        (Embedded::Instance(_), Embedded::Object) => true,
        (Embedded::Instance(narrow), Embedded::Instance(wide)) => narrows(narrow, wide),
        (Embedded::Object | Embedded::Instance(_), _) => false,
    };
    local.array == above.array && class && embedded
}
