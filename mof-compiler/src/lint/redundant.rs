//! What could be left out without any change (DSP0004 5.6.1).

use super::subject::{Element, Kind, Subject};
use super::{Lint, Report};
use crate::compile::with_flavor;
use crate::syntax::ast;
use cimarron_model::{Flavor, Name, Value};

/// Qualifiers that stand although they may only say what holds anyway. `Override` is what
/// makes an override one. What kind of class or member something is, and in which package,
/// DMTF's schema says at each (its grammar wants `Association` first), as it tells the
/// direction of each parameter and that a property is read.
const CUSTOMARY: [&str; 11] = [
    "Override",
    "Association",
    "Indication",
    "Aggregation",
    "Composition",
    "Aggregate",
    "Key",
    "UMLPackagePath",
    "In",
    "Out",
    "Read",
];

/// The value and flavor that an element would have without a written qualifier.
fn without<'s>(
    class: &'s Subject<'_>,
    element: &Element<'s>,
    name: &str,
) -> Option<(&'s Value, Option<Flavor>, &'static str)> {
    let above = element.above.and_then(|q| q.get(name)).filter(|q| q.flavor.to_subclass());
    if let Some(inherited) = above {
        return Some((&inherited.value, Some(inherited.flavor), "is inherited"));
    }
    let declared = class.namespace.qualifier_type(name)?;
    (!declared.default.is_null()).then_some((&declared.default, None, "is its default"))
}

/// Whether leaving a written qualifier out would change nothing, and why.
fn idle(class: &Subject<'_>, element: &Element<'_>, name: &str) -> Option<&'static str> {
    let own = element.qualifiers.get(name)?;
    let (value, flavor, why) = without(class, element, name)?;
    let same = |flavor: Flavor| {
        flavor.without(Flavor::PROPAGATED) == own.flavor.without(Flavor::PROPAGATED)
    };
    (*value == own.value && flavor.is_none_or(same)).then_some(why)
}

/// MOF0530
pub(super) fn qualifiers(class: &Subject<'_>, report: &mut Report<'_>) {
    // Of an override that changes nothing, nothing need stand: that is one finding.
    let whole: Vec<bool> = idle_overrides(class);
    for (element, _) in class.elements.iter().zip(whole).filter(|(_, idle)| !idle) {
        for written in element.written {
            let name = Name::new(written.name.text);
            if CUSTOMARY.iter().any(|customary| name.is(customary)) {
                continue;
            }
            if let Some(why) = idle(class, element, name.as_str()) {
                let message = format!("`{name}` repeats what {why}");
                let help = Some("leave it out".to_owned());
                report.say(Lint::RedundantQualifier, class.at(written.span), message, help);
            }
        }
    }
}

/// MOF0531
pub(super) fn flavors(class: &Subject<'_>, report: &mut Report<'_>) {
    for element in &class.elements {
        for written in element.written.iter().filter(|q| !q.flavors.is_empty()) {
            let base = class.unwritten_flavor(written.name.text);
            let name = written.name.text;
            for flavor in idle_flavors(base, &written.flavors) {
                let message = format!("`{name}` is {} without saying so", flavor.kind.as_str());
                let help = Some("leave the flavor out".to_owned());
                report.say(Lint::RedundantFlavor, class.at(flavor.span), message, help);
            }
        }
    }
}

/// The flavors that change nothing of what `base` and those before them make.
fn idle_flavors(base: Flavor, written: &[ast::Flavor]) -> Vec<&ast::Flavor> {
    let mut flavor = base;
    let mut is_idle = |one: &&ast::Flavor| {
        let before = flavor;
        flavor = with_flavor(flavor, one.kind);
        flavor == before
    };
    written.iter().filter(|one| is_idle(one)).collect()
}

/// MOF0532
pub(super) fn overrides(class: &Subject<'_>, report: &mut Report<'_>) {
    for (element, idle) in class.elements.iter().zip(idle_overrides(class)) {
        if let Some(written) = element.wrote("Override").filter(|_| idle) {
            let message = format!("this override of `{}` changes nothing", element.name.text);
            let help = Some("leave the declaration out: it is inherited".to_owned());
            report.say(Lint::IdleOverride, class.at(written.span), message, help);
        }
    }
}

/// Which elements belong to an override that changes nothing.
fn idle_overrides(class: &Subject<'_>) -> Vec<bool> {
    let mut idle: Vec<bool> =
        class.elements.iter().map(|e| e.above.is_some() && says_nothing(class, e)).collect();
    let mut properties = class.resolved.own_properties.iter();
    let mut start = 0;
    while let Some(element) = class.elements.get(start) {
        let parameters = class.elements.iter().skip(start + 1);
        let parameters = parameters.take_while(|e| e.kind == Kind::Parameter).count();
        let same = match element.kind {
            Kind::Class | Kind::Parameter => false,
            Kind::Property | Kind::Reference => {
                properties.next().is_some_and(|slot| same_property(class, *slot as usize))
            }
            Kind::Method => element.wrote("Override").is_some(),
        };
        let end = start + 1 + parameters;
        if let Some(all) = idle.get_mut(start..end) {
            let whole = same && all.iter().all(|idle| *idle);
            all.fill(whole);
        }
        start = end;
    }
    idle
}

/// Whether the property of a slot is what the superclass has, qualifiers apart.
fn same_property(class: &Subject<'_>, slot: usize) -> bool {
    let here = class.resolved.properties.get(slot);
    let above = class.above.and_then(|above| above.properties.get(slot));
    let (Some(here), Some(above)) = (here, above) else { return false };
    let (here, above) = (&here.declaration, &above.declaration);
    here.data_type == above.data_type
        && here.default == above.default
        && here.name.as_str() == above.name.as_str()
}

fn says_nothing(class: &Subject<'_>, element: &Element<'_>) -> bool {
    let is_override = |written: &ast::Qualifier<'_>| Name::new(written.name.text).is("Override");
    let mut others = element.written.iter().filter(|written| !is_override(written));
    others.all(|written| idle(class, element, written.name.text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;
    use FlavorKind::{
        Amended, DisableOverride, EnableOverride, NotToSubclass, Restricted, ToInstance, ToSubclass,
    };
    use ast::FlavorKind;

    #[test]
    fn a_flavor_is_idle_when_leaving_it_out_changes_nothing() {
        for (base, written, expected) in [
            (Flavor::DMTF_DEFAULT, &[ToSubclass][..], &[ToSubclass][..]),
            (Flavor::DMTF_DEFAULT, &[Restricted], &[]),
            (Flavor::DMTF_DEFAULT, &[DisableOverride, DisableOverride], &[DisableOverride]),
            (Flavor::WMI_DEFAULT, &[ToSubclass, ToInstance, Amended], &[]),
            (Flavor::WMI_DEFAULT, &[ToSubclass, ToSubclass], &[ToSubclass]),
            (
                Flavor::WMI_DEFAULT,
                &[NotToSubclass, EnableOverride],
                &[NotToSubclass, EnableOverride],
            ),
        ] {
            let written: Vec<_> = written
                .iter()
                .map(|kind| ast::Flavor { span: Span::default(), kind: *kind })
                .collect();
            let found: Vec<_> = idle_flavors(base, &written).iter().map(|f| f.kind).collect();
            assert_eq!(found, expected, "{written:?}");
        }
    }
}
