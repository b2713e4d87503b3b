//! Rules on what a class is, and on what is said about it (DSP0004 5.6.3).

use super::site::{Site, texts};
use super::{Element, Judge, Known, Part, Rule};
use cimarron_model::{Dialect, Name, Qualifier, Scope};

impl<'a> Judge<'a> {
    /// A class name in DMTF MOF begins with the name of its schema: `CIM_Fan`.
    pub(super) fn schema_name(&mut self) {
        let name = self.local.name.as_str();
        let has_schema =
            name.split_once('_').is_some_and(|(s, rest)| !s.is_empty() && !rest.is_empty());
        if self.dialect == Dialect::Wmi || has_schema || !Name::is_identifier(name, self.dialect) {
            return;
        }
        let message = format!("the class name `{name}` names no schema");
        let help = Some(format!("write the schema and an underscore before it: ACME_{name}"));
        self.advise(Rule::NoSchemaName, Element::Class, Part::Name, message, help);
    }

    /// `major.minor.update`.
    pub(super) fn version(&mut self, site: &Site<'a>, one: &Qualifier) {
        let Some(text) = one.value.as_str() else { return };
        if self.dialect == Dialect::Wmi || site.element != Element::Class {
            return;
        }
        let number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        let mut parts = text.as_bytes().split(|byte| *byte == b'.');
        if parts.clone().count() != 3 || !parts.all(number) {
            let message = format!("`{text}` is no version");
            let help = "write three numbers: major.minor.update, as \"2.8.0\"";
            self.at_value(Rule::VersionForm, site, one, None, message, Some(help));
        }
    }

    /// `Schema::Package::Package`, the schema being the class's.
    pub(super) fn package_path(&mut self, site: &Site<'a>, one: &Qualifier) {
        let Some(text) = one.value.as_str() else { return };
        let schema = self.local.name.as_str().split('_').next().unwrap_or_default();
        let mut parts = Parts(Some(text));
        let first = parts.clone().next().unwrap_or_default();
        let problem = if parts.any(is_blank) {
            format!("`{text}` has an empty package name")
        } else if !first.eq_ignore_ascii_case(schema) {
            format!("`{text}` begins with `{first}`, and the class is of the schema `{schema}`")
        } else {
            return;
        };
        let help = format!("write \"{schema}::Package::Package\"");
        self.at_value(Rule::PackagePath, site, one, None, problem, Some(&help));
    }

    /// Exceptions, structures and indications are kinds that do not mix with others
    /// and hold for whole hierarchies.
    pub(super) fn class_kind(&mut self, site: &Site<'a>, known: Known, one: &Qualifier) {
        if one.value.as_bool() != Some(true) || site.element != Element::Class {
            return;
        }
        let excluded: &[&str] = match known {
            Known::Exception => &["Abstract", "Association"],
            Known::Structure => &["Association"],
            _ => &[],
        };
        for other in excluded {
            if self.local.qualifiers.is_true(other) {
                let message = format!("`{}` is both {} and {other}", site.name, one.name);
                self.at_qualifier(Rule::KindsExclude, site, one, message, None);
                self.see(site, Part::Qualifier((*other).into()), format!("{other} here"));
            }
        }
        let name = one.name.as_str();
        let Some(above) = self.superclass.filter(|s| !s.qualifiers.is_true(name)) else { return };
        if known != Known::Structure && self.dialect != Dialect::Wmi {
            let message =
                format!("`{}` is {name} and its superclass `{}` is not", site.name, above.name);
            let help = Some(format!("a hierarchy is {name} from its root, or not at all"));
            let part = Part::Qualifier(one.name.clone());
            self.advise(Rule::KindChanged, Element::Class, part, message, help);
            self.see_above(site, Part::Name, format!("not {name}"));
        }
    }

    /// What to use instead: `No value`, a class, or an element of a class.
    pub(super) fn deprecated(&mut self, site: &Site<'a>, one: &Qualifier) {
        for (i, text) in texts(&one.value).enumerate() {
            if !is_element_name(text) && !text.eq_ignore_ascii_case("no value") {
                let message = format!("`{text}` names no replacement");
                let help =
                    "write \"No value\", \"Class\", \"Class.Property\" or \"Class.Method()\"";
                self.at_value(Rule::ElementForm, site, one, Some(i), message, Some(help));
            }
        }
    }

    /// DSP0004 keeps Revision and Schema for old schemas only.
    pub(super) fn deprecated_qualifier(&mut self, site: &Site<'a>, one: &Qualifier) {
        if self.dialect != Dialect::Wmi {
            let message = format!("the qualifier `{}` is deprecated", one.name);
            let help = if one.name.is("Revision") { "use Version" } else { "leave it out" };
            self.at_qualifier(Rule::DeprecatedQualifier, site, one, message, Some(help));
        }
    }

    /// What is experimental is changed or removed, not deprecated.
    pub(super) fn experimental(&mut self, site: &Site<'a>, one: &Qualifier) {
        let Some(deprecated) = site.qualifiers.get("Deprecated") else { return };
        let is_deprecated =
            texts(&deprecated.value).len() > 0 || deprecated.value.as_bool() == Some(true);
        if one.value.as_bool() == Some(true) && is_deprecated {
            let message = format!("`{}` is both experimental and deprecated", site.name);
            let help = "remove an experimental element that is no good";
            self.at_qualifier(Rule::ExperimentalDeprecated, site, one, message, Some(help));
            self.see(site, Part::Qualifier("Deprecated".into()), "deprecated here");
        }
    }

    /// A class that goes on being used should not rest on one that does not.
    pub(super) fn superclass_deprecated(&mut self) {
        let Some(above) = self.superclass else { return };
        let deprecated = above.qualifiers.get("Deprecated").filter(|q| !q.flavor.propagated());
        let Some(deprecated) = deprecated.filter(|_| !is_deprecated(&self.local.qualifiers)) else {
            return;
        };
        let message = format!("the superclass `{}` is deprecated", above.name);
        let help = replacement(deprecated);
        self.advise(Rule::DeprecatedUse, Element::Class, Part::Superclass, message, help);
        let site = Site {
            element: Element::Class,
            scope: Scope::Class,
            member: None,
            name: &self.local.name,
            data_type: None,
            qualifiers: &self.local.qualifiers,
            above: None,
        };
        self.see_above(&site, Part::Qualifier("Deprecated".into()), "deprecated here");
    }
}

/// Whether an element says that it is deprecated.
pub(super) fn is_deprecated(qualifiers: &cimarron_model::Qualifiers) -> bool {
    let own = qualifiers.get("Deprecated").filter(|q| !q.flavor.propagated());
    own.is_some_and(|q| !q.value.is_null() && q.value.as_bool() != Some(false))
}

/// What a Deprecated qualifier says to use, as advice.
pub fn replacement(deprecated: &Qualifier) -> Option<String> {
    let first = texts(&deprecated.value).find(|t| !t.eq_ignore_ascii_case("no value"))?;
    Some(format!("use `{first}`"))
}

/// Whether a text has nothing but spaces. Most begin with something else.
fn is_blank(text: &str) -> bool {
    !text.bytes().next().is_some_and(|byte| byte.is_ascii_graphic()) && text.trim().is_empty()
}

/// The parts of a path with `::` between them. To prepare a search for a text of two letters
/// takes longer than to look through a path.
#[derive(Clone)]
struct Parts<'a>(Option<&'a str>);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0?;
        let end = rest.as_bytes().windows(2).position(|pair| pair == b"::");
        let (part, rest) = match end.and_then(|end| Some((rest.get(..end)?, rest.get(end + 2..)?)))
        {
            Some((part, rest)) => (part, Some(rest)),
            None => (rest, None),
        };
        self.0 = rest;
        Some(part)
    }
}

/// `Class`, `Class.Property.Property`, `Class.Method()` or `Class.Method(Parameter)`.
fn is_element_name(text: &str) -> bool {
    let (path, arguments) = match text.split_once('(') {
        Some((path, rest)) => match rest.strip_suffix(')') {
            Some(arguments) => (path, arguments.trim()),
            None => return false,
        },
        None => (text, ""),
    };
    let name = |part: &str| Name::is_identifier(part.trim(), Dialect::Dmtf);
    path.split('.').all(name) && (arguments.is_empty() || arguments.split(',').all(name))
}
