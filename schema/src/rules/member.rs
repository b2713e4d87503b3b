//! Rules on properties and methods (DSP0004 5.1.2.8 to 5.1.2.10,
//! 5.6.3.34 Override, 5.6.3.26 Key).

use super::repeats::Repeats;
use super::signature::{returns_the_same, takes_the_same};
use super::{Element, Judge, Known, KnownSet, Part, Rule};
use cimarron_model::{
    CimType, DataType, Dialect, Method, Name, Property, Qualifier, Qualifiers, TypeClass, suggest,
};

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

    fn of(qualifiers: &'a Qualifiers, known: KnownSet) -> Self {
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
            let help = self.did_you_mean_class(class);
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

    fn key_type(&mut self, element: Element, property: &Property, part: Part) {
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
        let is_octets = qualifiers.is_true("Octetstring");
        // One octet string is an array of octets.
        let is_one = is_octets && data_type.cim_type == CimType::UInt8;
        let word = match named("Enumeration").or_else(|| named("EmbeddedInstance")) {
            _ if is_octets => "octetstring",
            Some(name) => name,
            None if data_type.cim_type == CimType::SInt64 => "integer",
            None => return data_type.to_string(),
        };
        format!("{word}{}", if data_type.is_array() && !is_one { "[]" } else { "" })
    }

    fn property_override(
        &mut self,
        element: Element,
        local: &Property,
        above: &Property,
        known: KnownSet,
    ) {
        let written = known.get(Known::Override, &local.qualifiers);
        let same_type = local.data_type.cim_type == above.data_type.cim_type
            && local.data_type.is_array() == above.data_type.is_array();
        let same_size =
            self.dialect == Dialect::Wmi || local.data_type.array == above.data_type.array;
        let fits = same_type && same_size;
        let overrides = self.override_is_written(element, "property", &local.name, written, fits);
        if !fits && !overrides {
            // It has had its report.
        } else if !fits {
            let words = |of: &Property| self.type_words(&of.data_type, &of.qualifiers);
            let (here, there) = (words(local), words(above));
            let message = format!(
                "`{}` is {here} here and {there} above: an override keeps the type",
                local.name
            );
            self.report(Rule::PropertyTypeChanged, element, Part::Type, message);
            let label = format!("{} here", above.data_type);
            self.relate(self.place_above(Some(&above.name), Part::Type), label);
        } else if let (Some(narrow), Some(wide)) = (&local.data_type.class, &above.data_type.class)
        {
            let known = self.environment.superclass(narrow.as_str()).is_some();
            if known && !self.environment.is_a(narrow.as_str(), wide.as_str()) {
                let message = format!(
                    "`{narrow}` is not `{wide}` or below it: an override may only narrow the class"
                );
                self.report(Rule::ReferenceWidened, element, Part::Type, message);
                let label = format!("`{wide}` here");
                self.relate(self.place_above(Some(&above.name), Part::Type), label);
            }
        }
        if self.dialect == Dialect::Dmtf && same_type {
            let narrow = Embedded::of(&local.qualifiers, known);
            self.embedded_override(element, local, narrow, above);
        }
        let Some(key) = known.get(Known::Key, &local.qualifiers) else { return };
        let (was_key, is_key) = (above.is_key(), key.value.as_bool());
        if was_key && is_key == Some(false) {
            let message = format!("`{}` is a key above and must stay one", local.name);
            self.report(
                Rule::KeyInheritanceChanged,
                element,
                Part::Qualifier("Key".into()),
                message,
            );
            let part = Part::Qualifier("Key".into());
            self.relate(self.place_above(Some(&above.name), part), "a key here");
        } else if !was_key && is_key == Some(true) {
            let keyed = self
                .superclass
                .is_some_and(|s| s.properties.iter().any(|m| m.declaration.is_key()));
            let part = Part::Qualifier("Key".into());
            if keyed {
                let message = format!(
                    "`{}` cannot become a key: the superclass already has keys",
                    local.name
                );
                self.report(Rule::NewKeyInSubclass, element, part.clone(), message);
                self.see_key_above();
            }
            self.key_type(element, local, part);
        }
    }

    /// Of a plain string where the one above may hold objects.
    fn plain_override(&mut self, element: Element, local: &Property, above: &Property) {
        let embedded = Embedded::of_any(&above.qualifiers);
        // Where EmbeddedInstance is inherited, NULL takes it away again.
        let dropped = local.qualifiers.get("EmbeddedInstance").filter(|q| q.value.is_null());
        let dropped = dropped.filter(|_| matches!(embedded, Embedded::Instance(_)));
        let is_plain = self.environment.types_say_all() || dropped.is_some();
        if is_plain && !matches!(embedded, Embedded::Plain) {
            let message =
                format!("`{}` holds objects above: an override keeps the type", local.name);
            let part = dropped.map_or(Part::Type, |q| Part::Qualifier(q.name.clone()));
            self.report(Rule::PropertyTypeChanged, element, part, message);
            self.relate(self.place_above(Some(&above.name), Part::Type), "objects here");
        }
    }

    /// DSP0004 5.6.3.34: an override stays a plain string or an embedded object,
    /// and may only narrow the class of one.
    fn embedded_override(
        &mut self,
        element: Element,
        local: &Property,
        narrow: Embedded<'_>,
        above: &Property,
    ) {
        let name = match narrow {
            Embedded::Plain => return self.plain_override(element, local, above),
            Embedded::Object => "EmbeddedObject",
            Embedded::Instance(_) => "EmbeddedInstance",
        };
        let part = Part::Qualifier(name.into());
        match (narrow, Embedded::of(&above.qualifiers, KnownSet::ANY)) {
            (_, Embedded::Plain) => {
                let message =
                    format!("`{}` holds a plain string above: an override keeps that", local.name);
                self.report(Rule::PropertyTypeChanged, element, part, message);
                let place = self.place_above(Some(&above.name), Part::Name);
                self.relate(place, "a plain string here");
            }
            (Embedded::Object, Embedded::Instance(class)) => {
                let message = format!("`{}` holds only instances of `{class}` above", local.name);
                self.report(Rule::ReferenceWidened, element, part, message);
                self.see_embedded_above(&above.name);
            }
            (Embedded::Instance(narrow), Embedded::Instance(wide))
                if self.environment.superclass(narrow).is_some()
                    && !self.environment.is_a(narrow, wide) =>
            {
                let message = format!(
                    "`{narrow}` is not `{wide}` or below it: an override may only narrow the class"
                );
                self.report(Rule::ReferenceWidened, element, part, message);
                self.see_embedded_above(&above.name);
            }
            _ => {}
        }
    }

    /// DMTF: a member that exists above may only be redeclared with Override. Says whether
    /// this one overrides, which could be if it `fits` the one above.
    fn override_is_written(
        &mut self,
        element: Element,
        kind: &str,
        name: &Name,
        written: Option<&Qualifier>,
        fits: bool,
    ) -> bool {
        if self.dialect == Dialect::Wmi {
            return true;
        }
        if let Some(target) = written.and_then(|q| q.value.as_str()) {
            self.override_names_it(element, name, target);
            return true;
        }
        // MOF 3's own is a boolean.
        let says_so = written.is_some_and(|q| q.value.as_bool() == Some(true));
        if says_so && self.environment.types_say_all() {
            return true;
        }
        // NULL says that nothing is overridden (DSP0004 5.6.3.34), and FALSE in MOF 3.
        let (part, without) = match written {
            Some(no) if self.environment.types_say_all() => {
                (Part::Qualifier(no.name.clone()), "with an Override that is not TRUE")
            }
            Some(null) => (Part::Qualifier(null.name.clone()), "with an Override without a name"),
            None => (Part::Name, "without Override"),
        };
        let message =
            format!("the {kind} `{name}` exists in a superclass and is redeclared {without}");
        let help = if fits {
            format!("write {}, or choose another name", self.override_form(name))
        } else {
            format!("choose another name: an override would keep the type of the {kind} above")
        };
        self.advise(Rule::RedeclaredWithoutOverride, element, part, message, Some(help));
        self.relate(self.place_above(Some(name), Part::Name), "declared here");
        false
    }

    /// How an override says that it is one.
    fn override_form(&self, name: &Name) -> String {
        if self.environment.types_say_all() {
            "[Override]".to_owned()
        } else {
            format!("[Override(\"{name}\")]")
        }
    }

    /// `Override("P")`, or with the class that declares it: `Override("C.P")`.
    fn override_names_it(&mut self, element: Element, name: &Name, target: &str) {
        let (class, member) = match target.split_once('.') {
            Some((class, member)) => (Some(class), member),
            None => (None, target),
        };
        let part = Part::Value("Override".into());
        if !name.is(member) {
            let message = format!(
                "Override names `{target}` and stands on `{name}`: an override keeps the name"
            );
            let help = Some(format!("write {}", self.override_form(name)));
            self.advise(Rule::OverrideTarget, element, part, message, help);
        } else if let Some(class) = class
            && let Some(above) = self.superclass
            && !above.is_a(class)
        {
            let names = above.ancestors.iter().chain([&above.name]).map(Name::as_str);
            let help = suggest::nearest(class, names).map(suggest::did_you_mean);
            let message = format!("`{class}` is no superclass of `{}`", self.local.name);
            self.advise(Rule::OverrideTarget, element, part, message, help);
        }
    }

    fn see_embedded_above(&mut self, name: &Name) {
        let part = Part::Value("EmbeddedInstance".into());
        self.relate(self.place_above(Some(name), part), "wider here");
    }

    /// Shows the first key of the superclass.
    fn see_key_above(&mut self) {
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
    fn other_kind_above(&self, element: Element, name: &Name) -> Option<Name> {
        let above = self.superclass?;
        if matches!(element, Element::Method(_)) {
            above.property(name.as_str()).map(|(_, m)| m.declaration.name.clone())
        } else {
            above.method(name.as_str()).map(|(_, m)| m.declaration.name.clone())
        }
    }

    /// DMTF: what carries Override must exist above, and be of its kind.
    fn override_has_target(&mut self, element: Element, name: &Name, target: &Qualifier) {
        let says_no = target.value.is_null() || target.value.as_bool() == Some(false);
        if self.dialect == Dialect::Wmi || says_no {
            return;
        }
        let part = Part::Qualifier("Override".into());
        let is_method = matches!(element, Element::Method(_));
        if let Some(above) = self.other_kind_above(element, name) {
            let (kind, other) =
                if is_method { ("method", "property") } else { ("property", "method") };
            let message =
                format!("the {kind} `{name}` overrides nothing: `{above}` is a {other} above");
            let help = Some(format!("choose another name for the {kind}, without Override"));
            self.advise(Rule::OverrideTarget, element, part, message, help);
            self.relate(self.place_above(Some(&above), Part::Name), format!("the {other}"));
            return;
        }
        let message =
            format!("`{name}` overrides nothing: no superclass of `{}` has it", self.local.name);
        let help = self.superclass.and_then(|s| {
            let properties = s.properties.iter().map(|m| m.declaration.name.as_str());
            let methods = s.methods.iter().map(|m| m.declaration.name.as_str());
            let near = if is_method {
                suggest::nearest(name.as_str(), methods)
            } else {
                suggest::nearest(name.as_str(), properties)
            };
            near.map(suggest::did_you_mean)
        });
        self.advise(Rule::OverrideTarget, element, part, message, help);
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

    fn method_override(
        &mut self,
        element: Element,
        local: &Method,
        written: Option<&Qualifier>,
        above: &Method,
    ) {
        let (dialect, around) = (self.dialect, self.environment);
        let same_return = returns_the_same(local, above, dialect, around);
        let same_parameters = takes_the_same(local, above, dialect, around);
        let fits = same_return && same_parameters;
        let overrides = self.override_is_written(element, "method", &local.name, written, fits);
        if !fits && overrides {
            let what = if same_return { "parameters" } else { "return type" };
            let message = format!("`{}` overrides a method with other {what}", local.name);
            let help = Some("an override keeps the return type and the parameters; give the method another name".to_owned());
            self.advise(Rule::MethodSignatureChanged, element, Part::Name, message, help);
            self.relate(self.place_above(Some(&above.name), Part::Name), "overrides this one");
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

/// Whether the member says that it overrides another; `override_has_target` judges that.
fn overrides(qualifiers: &Qualifiers) -> bool {
    let written = qualifiers.get("Override").map(|q| &q.value);
    written.is_some_and(|value| !value.is_null() && value.as_bool() != Some(false))
}
