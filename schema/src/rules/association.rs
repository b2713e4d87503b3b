//! Rules on the ends of associations (DSP0004 5.6.3: Aggregate, Aggregation,
//! Composition, Weak, Propagated).

use super::overriding::overrides;
use super::site::Site;
use super::{Element, Judge, Known, Part, Rule};
use cimarron_model::{CimType, Dialect, Name, Property, Qualifier, Qualifiers};

impl<'a> Judge<'a> {
    /// A composition is an aggregation, and an aggregation says which end is the
    /// whole.
    pub(super) fn aggregation(&mut self, site: &Site<'a>, known: Known, one: &Qualifier) {
        if one.value.as_bool() != Some(true) {
            return;
        }
        if known == Known::Composition {
            if !site.is_true("Aggregation") {
                let message = format!("the composition `{}` is no aggregation", site.name);
                let help = "write Aggregation too";
                self.at_qualifier(Rule::AggregationIncomplete, site, one, message, Some(help));
            }
            return;
        }
        if !self.ends_with("Aggregate").any(|_| true) {
            let message =
                format!("the aggregation `{}` does not say which end is the whole", site.name);
            let help = "write Aggregate on the reference to the whole";
            self.at_qualifier(Rule::AggregationIncomplete, site, one, message, Some(help));
        }
    }

    pub(super) fn aggregate(&mut self, site: &Site<'a>, one: &Qualifier) {
        if one.value.as_bool() != Some(true) {
            return;
        }
        let above = self.superclass.map(|s| &s.qualifiers);
        let class = self.local.qualifiers.get("Aggregation");
        let class = class.or_else(|| above?.get("Aggregation").filter(|q| q.flavor.to_subclass()));
        // What is wrong with a composition that is no aggregation is said there.
        if class.is_none_or(|q| q.value.as_bool() != Some(true)) && !self.is_own(Known::Composition)
        {
            let message = format!(
                "`{}` is the whole, and `{}` is no aggregation",
                site.name, self.local.name
            );
            let help = "write Aggregation before the association";
            self.at_qualifier(Rule::AggregationIncomplete, site, one, message, Some(help));
        }
        self.one_end_only(site, one, "the whole");
    }

    /// The keys of one end come from the others.
    pub(super) fn weak(&mut self, site: &Site<'a>, one: &Qualifier) {
        if one.value.as_bool() == Some(true) {
            self.one_end_only(site, one, "weak");
        }
    }

    fn one_end_only(&mut self, site: &Site<'a>, one: &Qualifier, what: &str) {
        let before = self.ends_with(one.name.as_str()).find(|name| *name != site.name).cloned();
        let Some(before) = before else { return };
        // Of two ends of this class, the first is right and the second is one too many.
        let position = |name: &Name| self.local.properties.iter().position(|p| p.name == *name);
        if position(&before).is_some_and(|other| position(site.name).is_some_and(|own| own < other))
        {
            return;
        }
        let message = format!("`{}` is {what}, and `{before}` is already", site.name);
        self.at_qualifier(Rule::SecondEnd, site, one, message, None);
        let part = Part::Qualifier(one.name.clone());
        let place = super::Place {
            class: self.local.name.clone(),
            member: Some(before),
            parameter: None,
            part,
        };
        self.relate(place, format!("{} here", one.name));
    }

    /// The references, own and inherited, on which a boolean qualifier is TRUE.
    fn ends_with(&self, qualifier: &str) -> impl Iterator<Item = &'a Name> {
        let local = self.local;
        let is = |q: &Qualifiers| q.is_true(qualifier);
        let above = self.superclass.into_iter().flat_map(|s| &s.properties);
        let inherited = above.map(|m| &*m.declaration);
        let reference = |p: &&Property| p.data_type.cim_type == CimType::Reference;
        let inherited = inherited.filter(reference).filter(|p| is(&p.qualifiers));
        let own = local.properties.iter().filter(reference).filter(|p| is(&p.qualifiers));
        let names: Vec<&Name> = inherited
            .map(|p| &p.name)
            .filter(|name| {
                local.property(name.as_str()).is_none_or(|p| p.qualifiers.get(qualifier).is_none())
            })
            .chain(own.map(|p| &p.name))
            .collect();
        names.into_iter()
    }

    /// A propagated property is a key, and names the key that it repeats.
    pub(super) fn propagated(&mut self, site: &Site<'a>, one: &Qualifier) {
        let Some(text) = one.value.as_str() else { return };
        if self.dialect == Dialect::Wmi {
            return;
        }
        if !site.is_true("Key") {
            let message = format!("`{}` is propagated and no key", site.name);
            let help = "Propagated stands with Key";
            self.at_qualifier(Rule::PropagatedWithoutKey, site, one, message, Some(help));
        }
        let mut parts = text.split('.');
        let well_formed = match (parts.next(), parts.next(), parts.next()) {
            (Some(class), Some(property), None) => is_name(class) && is_name(property),
            (Some(property), None, None) => is_name(property),
            _ => false,
        };
        if !well_formed {
            let message = format!("`{text}` names no property");
            let help = "write \"Class.Property\"";
            self.at_value(Rule::PropagatedTarget, site, one, None, message, Some(help));
        }
    }

    /// The references of a subclass are those of its superclass. Arrays of them, which MOF 3
    /// has, are no ends (DSP0221 7.5.3).
    pub(super) fn same_ends(&mut self) {
        let is_end =
            |p: &Property| p.data_type.cim_type == CimType::Reference && !p.data_type.is_array();
        if self.dialect == Dialect::Wmi || !self.local.properties.iter().any(is_end) {
            return;
        }
        let Some(above) = self.superclass.filter(|s| s.qualifiers.is_true("Association")) else {
            return;
        };
        // One with fewer than two ends has had its own report.
        if above.properties.iter().filter(|m| is_end(&m.declaration)).count() < 2 {
            return;
        }
        for (i, property) in self.local.properties.iter().enumerate() {
            // One that overrides nothing has had its own report.
            if is_end(property)
                && above.property(property.name.as_str()).is_none()
                && !overrides(&property.qualifiers)
            {
                let message =
                    format!("`{}` adds an end to the association `{}`", property.name, above.name);
                let help =
                    Some("override a reference of the superclass, or derive from none".to_owned());
                self.advise(Rule::EndAdded, Element::Property(i), Part::Name, message, help);
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    Name::is_identifier(text, Dialect::Dmtf)
}
