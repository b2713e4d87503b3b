//! Value maps (DSP0004 5.6.3, ValueMap and Values).

use super::subject::{Element, Subject};
use super::{Lint, Report};
use crate::syntax::ast::{Qualifier, ValueKind};
use cimarron_model::{CimType, TypeClass};
use std::collections::BTreeSet;

fn is_integer(element: &Element<'_>) -> bool {
    let class = element.intrinsic().map(CimType::class);
    matches!(class, Some(TypeClass::Unsigned | TypeClass::Signed))
}

/// Whether the numbers of a map are codes, running on without a gap. Others are quantities
/// that mean themselves, such as a width of 8, 16 or 32 bits.
fn has_codes(map: &Qualifier<'_>) -> bool {
    let Some(ValueKind::Array(entries)) = map.value.as_ref().map(|value| &value.kind) else {
        return false;
    };
    let numbers: Option<BTreeSet<i64>> = entries
        .iter()
        .map(|entry| match &entry.kind {
            ValueKind::String(text) => text.trim().parse().ok(),
            _ => None,
        })
        .collect();
    let Some(numbers) = numbers else { return false };
    let runs_on = |(a, b): (&i64, &i64)| b.checked_sub(*a) == Some(1);
    numbers.iter().zip(numbers.iter().skip(1)).all(runs_on)
}

/// MOF0520: strings speak for themselves, codes do not.
pub(super) fn without_values(class: &Subject<'_>, report: &mut Report<'_>) {
    for element in class.elements.iter().filter(|e| is_integer(e)) {
        let Some(map) = element.wrote("ValueMap").filter(|map| has_codes(map)) else { continue };
        if element.value("Values").is_none() && element.wrote("Values").is_none() {
            let message = format!("the numbers of `{}` have no names", element.name.text);
            let help = Some("write Values with a name for each".to_owned());
            report.say(Lint::ValueMapWithoutValues, class.at(map.name.span), message, help);
        }
    }
}

/// MOF0521
pub(super) fn without_value_map(class: &Subject<'_>, report: &mut Report<'_>) {
    for element in class.elements.iter().filter(|e| is_integer(e)) {
        let Some(values) = element.wrote("Values") else { continue };
        let numbered = ["ValueMap", "BitMap"];
        let mapped = |name: &&str| element.value(name).is_some() || element.wrote(name).is_some();
        if !numbered.iter().any(mapped) {
            let message =
                format!("the numbers of these names of `{}` are only implied", element.name.text);
            let help = Some("write ValueMap with a number for each, from \"0\"".to_owned());
            report.say(Lint::ValuesWithoutValueMap, class.at(values.name.span), message, help);
        }
    }
}
