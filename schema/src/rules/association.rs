//! Rules on the ends of associations (DSP0004 5.6.3: Aggregate, Aggregation,
//! Composition, Weak, Propagated).

use super::overriding::overrides;
use super::site::Site;
use super::{Element, Judge, Known, Part, Rule};
use cimarron_model::{CimType, Dialect, Name, Property, Qualifier};
use hashbrown::HashSet;
use std::cell::OnceCell;

/// What an end of an association may be, and one of them only.
#[derive(Clone, Copy)]
enum End {
    Whole,
    Weak,
}

/// The first end of each kind, once it was looked for.
#[derive(Default)]
pub(super) struct Ends<'a> {
    whole: OnceCell<Option<&'a Name>>,
    weak: OnceCell<Option<&'a Name>>,
}

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
        if self.first_end(End::Whole).is_none() {
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
        let class = self.local.qualifiers.effective("Aggregation", above);
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
        self.one_end_only(site, one, End::Whole, "the whole");
    }

    /// The keys of one end come from the others.
    pub(super) fn weak(&mut self, site: &Site<'a>, one: &Qualifier) {
        if one.value.as_bool() == Some(true) {
            self.one_end_only(site, one, End::Weak, "weak");
        }
    }

    /// Of several ends the first is right, and each of the others is one too many.
    fn one_end_only(&mut self, site: &Site<'a>, one: &Qualifier, end: End, what: &str) {
        // One that is such an end above has had its report there.
        if site.above.is_some_and(|above| above.is_true(one.name.as_str())) {
            return;
        }
        let Some(first) = self.first_end(end).filter(|first| *first != site.name) else { return };
        let message = format!("`{}` is {what}, and `{first}` is already", site.name);
        let place = self.member_place(first, Part::Qualifier(one.name.clone()));
        self.at_qualifier(Rule::SecondEnd, site, one, message, None);
        self.relate(place, format!("{} here", one.name));
    }

    /// The first of the references, inherited and own, that is an end of a kind. It is looked
    /// for once: each end asks for it.
    fn first_end(&self, end: End) -> Option<&'a Name> {
        let (found, qualifier) = match end {
            End::Whole => (&self.ends.whole, "Aggregate"),
            End::Weak => (&self.ends.weak, "Weak"),
        };
        *found.get_or_init(|| {
            let is_end = |p: &&Property| {
                p.data_type.cim_type == CimType::Reference && p.qualifiers.is_true(qualifier)
            };
            let own = &self.local.properties;
            // An inherited end is none any more where the class says so.
            let denies = |p: &&Property| p.qualifiers.get(qualifier).is_some() && !is_end(p);
            let denied: HashSet<&Name> = own.iter().filter(denies).map(|p| &p.name).collect();
            let above = self.superclass.into_iter().flat_map(|s| &s.properties);
            let mut inherited = above.map(|m| &*m.declaration).filter(is_end);
            let inherited = inherited.find(|p| !denied.contains(&p.name));
            inherited.or_else(|| own.iter().find(is_end)).map(|p| &p.name)
        })
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
