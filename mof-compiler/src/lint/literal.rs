//! Literals that read like something else (DSP0004 Annex A, octalValue).

use super::{Lint, Linted, Report};
use crate::source::FileId;
use crate::syntax::ast::{
    ClassDeclaration, Feature, InstanceDeclaration, Integer, Qualifier, Value, ValueKind,
};

/// MOF0523
pub(super) fn leading_zero(linted: &Linted<'_>, report: &mut Report<'_>) {
    for (file, class) in linted.classes() {
        let mut values = Vec::new();
        of_class(class, &mut values);
        judge(linted, file, values, report);
    }
    for (file, instance) in linted.instances() {
        let mut values = Vec::new();
        of_instance(instance, &mut values);
        judge(linted, file, values, report);
    }
    for declared in linted.units.values().flat_map(|unit| &unit.qualifiers) {
        let values = declared.node.default.iter().collect();
        judge(linted, declared.file, values, report);
    }
}

/// Judges values and all that they hold.
fn judge<'a>(
    linted: &Linted<'a>,
    file: FileId,
    mut values: Vec<&'a Value<'a>>,
    report: &mut Report<'_>,
) {
    while let Some(value) = values.pop() {
        match &value.kind {
            ValueKind::Array(items) => values.extend(items),
            ValueKind::Instance(instance) => of_instance(instance, &mut values),
            ValueKind::Class(class) => of_class(class, &mut values),
            ValueKind::Integer(number) => octal(linted, file, value, *number, report),
            _ => {}
        }
    }
}

fn octal(
    linted: &Linted<'_>,
    file: FileId,
    value: &Value<'_>,
    number: Integer,
    report: &mut Report<'_>,
) {
    let text = linted.sources.map().text(file);
    let text = text.get(value.span.range()).unwrap_or_default();
    let digits = text.trim_start_matches(['+', '-']);
    let Integer { negative, magnitude } = number;
    let sign = if negative { "-" } else { "" };
    // Up to seven it is the same number in either reading.
    let is_octal = digits.len() > 1
        && digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && magnitude > 7;
    if is_octal {
        let message = format!("`{text}` is octal: it is {sign}{magnitude}");
        let decimal = digits.trim_start_matches('0');
        let help = Some(format!(
            "write {sign}{magnitude} or {sign}0x{magnitude:X}; or {sign}{decimal} if that is meant"
        ));
        report.say(Lint::LeadingZero, (file, value.span), message, help);
    }
}

fn of_qualifiers<'a>(qualifiers: &'a [Qualifier<'a>], values: &mut Vec<&'a Value<'a>>) {
    values.extend(qualifiers.iter().filter_map(|q| q.value.as_ref()));
}

fn of_class<'a>(class: &'a ClassDeclaration<'a>, values: &mut Vec<&'a Value<'a>>) {
    of_qualifiers(&class.qualifiers, values);
    for feature in &class.features {
        match feature {
            Feature::Property(property) => {
                of_qualifiers(&property.qualifiers, values);
                values.extend(&property.default);
            }
            Feature::Method(method) => {
                of_qualifiers(&method.qualifiers, values);
                for parameter in &method.parameters {
                    of_qualifiers(&parameter.qualifiers, values);
                    values.extend(&parameter.default);
                }
            }
        }
    }
}

fn of_instance<'a>(instance: &'a InstanceDeclaration<'a>, values: &mut Vec<&'a Value<'a>>) {
    of_qualifiers(&instance.qualifiers, values);
    for property in &instance.properties {
        of_qualifiers(&property.qualifiers, values);
        values.push(&property.value);
    }
}
