//! What could be left out without any change (DSP0004 5.6.1).

use super::subject::{Element, Kind, Subject};
use super::{Lint, Report};
use crate::compile::with_flavor;
use crate::syntax::ast;
use cimarron_model::{Flavor, Name, Property, Value};

/// Qualifiers that stand although they only say what holds anyway: `Override` is what
/// makes an override one, directions are told at each parameter, and schemas say of every
/// property that it is read.
const CUSTOMARY: [&str; 4] = ["Override", "In", "Out", "Read"];

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
    (!declared.default.is_null()).then_some((&declared.default, None, "is the default"))
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
    for element in &class.elements {
        for written in element.written {
            let name = Name::new(written.name.text);
            if CUSTOMARY.iter().any(|customary| name.is(customary)) {
                continue;
            }
            if let Some(why) = idle(class, element, name.as_str()) {
                let message = format!("this value of `{name}` {why} here");
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
            let all = applied(base, &written.flavors, None);
            for (i, flavor) in written.flavors.iter().enumerate() {
                if applied(base, &written.flavors, Some(i)) == all {
                    let word = flavor.kind.as_str();
                    let message = format!("`{}` is {word} without saying so", written.name.text);
                    let help = Some("leave the flavor out".to_owned());
                    report.say(Lint::RedundantFlavor, class.at(flavor.span), message, help);
                }
            }
        }
    }
}

/// The flavors that written ones make, without the one at a position.
fn applied(base: Flavor, written: &[ast::Flavor], but: Option<usize>) -> Flavor {
    let counted = written.iter().enumerate().filter(|(i, _)| Some(*i) != but);
    counted.fold(base, |flavor, (_, one)| with_flavor(flavor, one.kind))
}

/// MOF0532
pub(super) fn overrides(class: &Subject<'_>, report: &mut Report<'_>) {
    let Some(above) = class.above else { return };
    let mut elements = class.elements.iter().peekable();
    while let Some(element) = elements.next() {
        let mut idle = element.above.is_some() && says_nothing(class, element);
        match element.kind {
            Kind::Class | Kind::Parameter => continue,
            Kind::Property | Kind::Reference => {
                let of = |class: &cimarron_schema::ResolvedClass| {
                    class.property(element.name.text).map(|(_, m)| m.declaration.clone())
                };
                idle = idle
                    && matches!((of(class.resolved), of(above)), (Some(a), Some(b)) if same(&a, &b));
            }
            Kind::Method => {
                while let Some(parameter) = elements.next_if(|next| next.kind == Kind::Parameter) {
                    idle = idle && parameter.above.is_some() && says_nothing(class, parameter);
                }
            }
        }
        if let Some(written) = element.wrote("Override").filter(|_| idle) {
            let message = format!("this override of `{}` changes nothing", element.name.text);
            let help = Some("leave the declaration out: it is inherited".to_owned());
            report.say(Lint::IdleOverride, class.at(written.span), message, help);
        }
    }
}

fn says_nothing(class: &Subject<'_>, element: &Element<'_>) -> bool {
    let is_override = |written: &ast::Qualifier<'_>| Name::new(written.name.text).is("Override");
    let mut others = element.written.iter().filter(|written| !is_override(written));
    others.all(|written| idle(class, element, written.name.text).is_some())
}

fn same(here: &Property, above: &Property) -> bool {
    here.data_type == above.data_type
        && here.default == above.default
        && here.name.as_str() == above.name.as_str()
}
