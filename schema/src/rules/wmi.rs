//! Rules on the qualifiers that WMI acts on (WMI SDK, "WMI-Specific Qualifiers").

use super::site::Site;
use super::{Element, Judge, Known, Part, Rule};
use cimarron_model::{CimType, Name, Property, Qualifier, Value};

impl<'a> Judge<'a> {
    /// What WMI expects of one of its own qualifiers.
    pub(super) fn wmi_meaning(&mut self, site: &Site<'a>, known: Known, one: &'a Qualifier) {
        if is_flag(known) && one.value.as_bool().is_none() && !one.value.is_null() {
            let message =
                format!("`{}` is TRUE or FALSE, and here it is {}", one.name, kind(&one.value));
            let help = format!("write [{}]", one.name);
            self.at_value(Rule::FlagType, site, one, None, message, Some(&help));
        }
        match known {
            Known::CreateBy => self.needs(site, one, "SupportsCreate"),
            Known::DeleteBy => self.needs(site, one, "SupportsDelete"),
            Known::SourceType => self.excludes(site, one, "Source"),
            Known::NonLocalType => self.excludes(site, one, "NonLocal"),
            Known::Dynamic if site.element == Element::Class => self.dynamic_provider(site, one),
            Known::SubType => self.sub_type(site, one),
            _ => {}
        }
    }

    /// WMI SDK, "Declaring an Association Class": it has two references. More are ours.
    pub(super) fn wmi_association(&mut self, association: Part) {
        let is_reference = |p: &&Property| p.data_type.cim_type == CimType::Reference;
        let own = self.local.properties.iter().filter(is_reference).count();
        let above = self.superclass.into_iter().flat_map(|s| &s.properties);
        let above = above.map(|m| &*m.declaration).filter(is_reference).count();
        let overridden = self.overridden.iter().copied().flatten().filter(is_reference).count();
        let inherited = above.saturating_sub(overridden);
        if own + inherited < 2 && !self.local.is_abstract() {
            let many = if own + inherited == 1 { "one reference" } else { "no references" };
            let message = format!("the association `{}` has {many}", self.local.name);
            let help = Some("declare the two ends as `Class ref Name;`".to_owned());
            self.at_class(Rule::TooFewReferences, association, message, help);
        }
    }

    /// WMI SDK, "Applying a Qualifier": its name neither begins nor ends with an underscore.
    pub(super) fn wmi_qualifier_name(&mut self, element: Element, name: &Name) {
        let text = name.as_str();
        let begins = text.starts_with('_');
        if begins || text.ends_with('_') {
            let how = if begins { "begins" } else { "ends" };
            let message = format!("the qualifier name `{text}` {how} with an underscore");
            let part = Part::Qualifier(name.clone());
            self.report(Rule::QualifierUnderscore, element, part, message);
        }
    }

    /// The one says where instances are, the other of what kind that place is.
    fn excludes(&mut self, site: &Site<'a>, one: &Qualifier, other: &str) {
        if site.qualifiers.get(other).is_some() {
            let message = format!("`{}` has both {} and {other}", site.name, one.name);
            let help = format!("leave {} out", one.name);
            self.at_qualifier(Rule::ExclusiveQualifiers, site, one, message, Some(&help));
            self.see(site, Part::Qualifier(other.into()), format!("{other} here"));
        }
    }

    fn needs(&mut self, site: &Site<'a>, one: &Qualifier, other: &str) {
        let there = site.effective(other);
        if there.is_none_or(|q| q.value.as_bool() == Some(false)) {
            let message = format!("{} stands without {other}", one.name);
            let help = format!("write {other} too");
            self.at_qualifier(Rule::QualifierPair, site, one, message, Some(&help));
        }
    }

    /// A class whose instances a provider makes names the provider.
    fn dynamic_provider(&mut self, site: &Site<'a>, one: &Qualifier) {
        let provided = || site.effective("Provider").is_some();
        let excused = || self.local.is_abstract() || self.is_event_trace(site);
        if one.value.as_bool() == Some(true) && !provided() && !excused() {
            let message = format!("`{}` is dynamic and names no provider", site.name);
            let help = "write [Dynamic, Provider(\"...\")]";
            self.at_qualifier(Rule::DynamicWithoutProvider, site, one, message, Some(help));
        }
    }

    /// Whether the class describes events of a trace, whose "provider" is the program that
    /// writes them and is known by its Guid (Windows, "Event Tracing MOF Qualifiers"), or by
    /// that of the class above. With WMI beside it a Guid is a driver's, which the WMI provider
    /// serves.
    fn is_event_trace(&self, site: &Site<'a>) -> bool {
        const ROOT: &str = "EventTrace";
        self.local.name.is(ROOT)
            || self.superclass.is_some_and(|above| above.is_a(ROOT))
            || site.qualifiers.get("EventType").is_some()
            || (site.effective("Guid").is_some() && site.effective("WMI").is_none())
    }

    /// SubType tells an interval from a point in time. Windows' own classes have security
    /// identifiers of the subtype SID, too.
    fn sub_type(&mut self, site: &Site<'a>, one: &Qualifier) {
        let of = site.data_type.map(|t| t.cim_type);
        let is_sid = one.value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("SID"));
        if is_sid && of.is_some_and(|t| t != CimType::DateTime) {
            return;
        }
        if of.is_some_and(|t| t != CimType::DateTime) {
            let message = format!("`{}` is no datetime, and has a SubType", site.name);
            self.at_qualifier(Rule::SubType, site, one, message, None);
        } else if let Some(text) =
            one.value.as_str().filter(|t| !t.eq_ignore_ascii_case("interval"))
        {
            let message = format!("`{text}` is no subtype of datetime");
            self.at_value(Rule::SubType, site, one, None, message, Some("write \"interval\""));
        }
    }
}

/// Whether WMI reads the qualifier as a boolean.
const fn is_flag(known: Known) -> bool {
    matches!(
        known,
        Known::Key
            | Known::Abstract
            | Known::Association
            | Known::Indication
            | Known::Singleton
            | Known::Dynamic
            | Known::DynProps
            | Known::Indexed
            | Known::NotNull
            | Known::Static
            | Known::Implemented
            | Known::In
            | Known::Out
            | Known::Optional
    )
}

fn kind(value: &Value) -> String {
    let of = value.cim_type();
    if value.is_array() { format!("an array of {of}") } else { format!("a {of}") }
}
