//! Rules on properties and methods (DSP0004 5.1.2.8 to 5.1.2.10, 5.6.3.26 Key).

use super::overriding::overrides;
use super::repeats::Repeats;
use super::{Element, Judge, Known, KnownSet, Part, Rule};
use cimarron_model::{CimType, DataType, Dialect, Method, Name, Property, Qualifiers, TypeClass};

/// What a property's strings hold (DSP0004 5.6.3.14, 5.6.3.15).
#[derive(Clone, Copy)]
pub(super) enum Embedded<'a> {
    Plain,
    Object,
    Instance(&'a str),
}

impl<'a> Embedded<'a> {
    pub(super) fn of_any(qualifiers: &'a Qualifiers) -> Self {
        Self::of(qualifiers, KnownSet::ANY)
    }

    pub(super) fn of(qualifiers: &'a Qualifiers, known: KnownSet) -> Self {
        match known.get(Known::EmbeddedInstance, qualifiers).and_then(|q| q.value.as_str()) {
            Some(class) => Self::Instance(class),
            None if known.is_true(Known::EmbeddedObject, qualifiers) => Self::Object,
            None => Self::Plain,
        }
    }
}

impl Judge<'_> {
    pub(super) fn properties(&mut self) {
        let properties = &self.local.properties;
        let mut repeats = Repeats::new(properties, |p| &p.name);
        for (i, property) in properties.iter().enumerate() {
            let element = Element::Property(i);
            if repeats.before(i).is_some() {
                let message = format!("the property `{}` is declared twice", property.name);
                self.report(Rule::DuplicateProperty, element, Part::Name, message);
                self.relate(self.member_place(&property.name, Part::Name), "first declared here");
                continue;
            }
            self.shares_no_name_above(element, property);
            self.member_name(Rule::PropertyNameTooLong, element, &property.name);
            let known = self.marks.property(i);
            self.declared_type(element, &property.data_type, &property.qualifiers, known);
            self.reference_place(element, property);
            match self.overridden.get(i).copied().flatten() {
                Some(above) => self.property_override(element, property, above, known),
                None => self.new_property(element, property, known),
            }
        }
    }

    pub(super) fn member_name(&mut self, too_long: Rule, element: Element, name: &Name) {
        let problem = if !Name::is_identifier(name.as_str(), self.dialect) {
            "is not an identifier: use letters, digits and underscores"
        } else if self.dialect == Dialect::Wmi && name.as_str().starts_with('_') {
            "begins with an underscore, which is kept for system properties"
        } else {
            return self.name_length(too_long, element, |_| Part::Name, name);
        };
        let message = format!("the name `{name}` {problem}");
        self.report(Rule::InvalidMemberName, element, Part::Name, message);
    }

    /// The classes that a type names must exist. WMI checks none when it compiles.
    pub(super) fn declared_type(
        &mut self,
        element: Element,
        data_type: &DataType,
        qualifiers: &Qualifiers,
        known: KnownSet,
    ) {
        if self.dialect == Dialect::Wmi {
            return;
        }
        if let Some(class) = &data_type.class
            && self.environment.superclass(class.as_str()).is_none()
        {
            let (rule, what) = match data_type.cim_type {
                CimType::Reference => (Rule::UnknownReferenceClass, "reference"),
                _ => (Rule::UnknownEmbeddedClass, "embedded object"),
            };
            let help = self.did_you_mean_class(class.as_str());
            let message = format!("the class `{class}` of this {what} does not exist");
            self.advise(rule, element, Part::Type, message, help);
        }
        let embedded = known.get(Known::EmbeddedInstance, qualifiers);
        let embedded = embedded.and_then(|q| q.value.as_str());
        if let Some(class) = embedded.filter(|c| self.environment.superclass(c).is_none()) {
            let help = match self.environment.local_type(class) {
                // Within the type that declares it, this is no class either.
                Some((local, outer)) => Some(format!(
                    "`{local}` is local to `{outer}`, where it stands as a type; \
                     EmbeddedInstance cannot name it"
                )),
                None => self.did_you_mean_class(class),
            };
            let message = format!("the class `{class}` of EmbeddedInstance does not exist");
            let part = Part::Qualifier("EmbeddedInstance".into());
            self.advise(Rule::UnknownEmbeddedClass, element, part, message, help);
        }
    }

    fn reference_place(&mut self, element: Element, property: &Property) {
        let is_reference = property.data_type.cim_type == CimType::Reference;
        if self.dialect == Dialect::Dmtf && is_reference && !self.is_association() {
            let message = format!(
                "the reference `{}` stands in `{}`, which is no association",
                property.name, self.local.name
            );
            let help =
                Some("qualify the class with Association, or declare a plain property".to_owned());
            self.advise(Rule::ReferenceOutsideAssociation, element, Part::Type, message, help);
        }
    }

    fn new_property(&mut self, element: Element, property: &Property, known: KnownSet) {
        if let Some(target) = known.get(Known::Override, &property.qualifiers) {
            self.override_has_target(element, &property.name, target);
        }
        if !known.is_true(Known::Key, &property.qualifiers) {
            return;
        }
        let key = Part::Qualifier("Key".into());
        if let Some(above) = self.superclass
            && above.properties.iter().any(|m| m.declaration.is_key())
        {
            let message = format!(
                "`{}` cannot be a key: the superclass `{}` already has keys",
                property.name, above.name
            );
            self.report(Rule::NewKeyInSubclass, element, key.clone(), message);
            self.see_key_above();
        }
        self.key_type(element, property, key);
    }

    pub(super) fn key_type(&mut self, element: Element, property: &Property, part: Part) {
        let Some(problem) = unfit_for_key(property, self.dialect) else { return };
        let message = format!("`{}` cannot be a key: it is {problem}", property.name);
        self.report(Rule::KeyType, element, part, message);
    }

    /// The type of something with these qualifiers, in the words of MOF 3 where that has others.
    pub(super) fn type_words(&self, data_type: &DataType, qualifiers: &Qualifiers) -> String {
        if !self.environment.types_say_all() {
            return data_type.to_string();
        }
        let named = |name: &str| qualifiers.get(name).and_then(|q| q.value.as_str());
        // One octet string is an array of octets, and several are an array of strings.
        let of = data_type.cim_type;
        let is_octets = data_type.is_array()
            && matches!(of, CimType::UInt8 | CimType::String)
            && qualifiers.is_true("Octetstring");
        let is_one = is_octets && of == CimType::UInt8;
        let word = match named("Enumeration").or_else(|| named("EmbeddedInstance")) {
            _ if is_octets => "octetstring",
            Some(name) => self.environment.written_name(name),
            None if of == CimType::SInt64 => "integer",
            None => return data_type.to_string(),
        };
        format!("{word}{}", if data_type.is_array() && !is_one { "[]" } else { "" })
    }

    /// Shows the first key of the superclass.
    pub(super) fn see_key_above(&mut self) {
        let mut above = self.superclass.into_iter().flat_map(|s| &s.properties);
        let Some(key) = above.find(|m| m.declaration.is_key()) else { return };
        let name = key.declaration.name.clone();
        let place = self.place_above(Some(&name), Part::Qualifier("Key".into()));
        self.relate(place, format!("the key is `{name}`"));
    }

    /// Properties and methods of a class are told apart by their names.
    fn shares_no_name(&mut self, element: Element, method: &Method) {
        if self.dialect == Dialect::Wmi {
            return;
        }
        let name = &method.name;
        let own =
            self.local.property(name.as_str()).map(|p| self.member_place(&p.name, Part::Name));
        let inherited = || {
            let above = self.other_kind_above(element, name)?;
            (!overrides(&method.qualifiers)).then(|| self.place_above(Some(&above), Part::Name))
        };
        if let Some(place) = own.or_else(inherited) {
            let message = format!("the method `{name}` has the name of a property");
            self.report(Rule::SharedMemberName, element, Part::Name, message);
            self.relate(place, "the property");
        }
    }

    /// As `shares_no_name`, of a property and what is above. With a method of the class itself
    /// the mistake is that one's.
    fn shares_no_name_above(&mut self, element: Element, property: &Property) {
        let name = &property.name;
        if self.dialect == Dialect::Wmi
            || overrides(&property.qualifiers)
            || self.local.method(name.as_str()).is_some()
        {
            return;
        }
        let Some(above) = self.other_kind_above(element, name) else { return };
        let place = self.place_above(Some(&above), Part::Name);
        let message = format!("the property `{name}` has the name of a method");
        self.report(Rule::SharedMemberName, element, Part::Name, message);
        self.relate(place, "the method");
    }

    /// The name of an inherited method where this is a property, of a property where it is a
    /// method.
    pub(super) fn other_kind_above(&self, element: Element, name: &Name) -> Option<Name> {
        let above = self.superclass?;
        if matches!(element, Element::Method(_)) {
            above.property(name.as_str()).map(|(_, m)| m.declaration.name.clone())
        } else {
            above.method(name.as_str()).map(|(_, m)| m.declaration.name.clone())
        }
    }

    pub(super) fn methods(&mut self) {
        let methods = &self.local.methods;
        let mut repeats = Repeats::new(methods, |m| &m.name);
        for (i, method) in methods.iter().enumerate() {
            let element = Element::Method(i);
            if repeats.before(i).is_some() {
                let message = format!("the method `{}` is declared twice", method.name);
                self.report(Rule::DuplicateMethod, element, Part::Name, message);
                self.relate(self.member_place(&method.name, Part::Name), "first declared here");
                continue;
            }
            self.shares_no_name(element, method);
            self.member_name(Rule::MethodNameTooLong, element, &method.name);
            if let Some(returned) = &method.return_type {
                self.declared_type(element, returned, &method.qualifiers, KnownSet::ANY);
                if returned.is_array() {
                    let message = format!(
                        "the method `{}` returns an array; methods return one value",
                        method.name
                    );
                    let help = Some("return it through an [Out] parameter".to_owned());
                    self.advise(Rule::ArrayReturned, element, Part::Type, message, help);
                }
            }
            let above = self.superclass.and_then(|s| s.method(method.name.as_str()));
            let above = above.map(|(_, m)| m.declaration.clone());
            self.parameters(i, method, above.as_deref());
            let written = method.qualifiers.get("Override");
            match (above, written) {
                (Some(above), written) => self.method_override(element, method, written, &above),
                (None, Some(target)) => self.override_has_target(element, &method.name, target),
                (None, None) => {}
            }
        }
    }
}

/// What a property is that cannot be a key because of it (DSP0004 7.5; WMI SDK, "Key
/// Qualifier"); `None` for what can be one.
pub fn unfit_for_key(property: &Property, dialect: Dialect) -> Option<&'static str> {
    let (data_type, qualifiers) = (&property.data_type, &property.qualifiers);
    // A string is one to WMI, whatever qualifiers say of it.
    let says_so =
        qualifiers.is_true("EmbeddedObject") || qualifiers.get("EmbeddedInstance").is_some();
    let embedded = data_type.cim_type == CimType::Object || (says_so && dialect == Dialect::Dmtf);
    let is_octets = data_type.cim_type == CimType::UInt8 && qualifiers.is_true("OctetString");
    if data_type.is_array() && is_octets {
        Some("an octet string, which is an array of octets")
    } else if data_type.is_array() {
        Some("an array")
    } else if embedded {
        Some("an embedded object")
    } else if dialect == Dialect::Wmi && data_type.cim_type.class() == TypeClass::Real {
        Some("a real")
    } else {
        None
    }
}
