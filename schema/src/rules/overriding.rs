//! Rules on members that override others (DSP0004 5.6.3.34 Override).

use super::member::Embedded;
use super::signature::{returns_the_same, takes_the_same};
use super::{Element, Judge, Known, KnownSet, Part, Rule};
use cimarron_model::{Dialect, Method, Name, Property, Qualifier, Qualifiers, suggest};

impl Judge<'_> {
    pub(super) fn property_override(
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
            let label = format!("{there} here");
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

    /// DMTF: what carries Override must exist above, and be of its kind.
    pub(super) fn override_has_target(
        &mut self,
        element: Element,
        name: &Name,
        target: &Qualifier,
    ) {
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
        let help = self.superclass.filter(|_| self.wants_advice()).and_then(|s| {
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

    fn see_embedded_above(&mut self, name: &Name) {
        let part = Part::Value("EmbeddedInstance".into());
        self.relate(self.place_above(Some(name), part), "wider here");
    }

    pub(super) fn method_override(
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

/// Whether the member says that it overrides another; `override_has_target` judges that.
pub(super) fn overrides(qualifiers: &Qualifiers) -> bool {
    let written = qualifiers.get("Override").map(|q| &q.value);
    written.is_some_and(|value| !value.is_null() && value.as_bool() != Some(false))
}
