//! Rules on the class as a whole (DSP0004 5.1.2.6, 5.6.3; WMI SDK, "Declaring
//! classes in MOF").

use super::{Element, Judge, Known, MAX_DEPTH, MAX_KEYS, MAX_NAME, MAX_PROPERTIES, Part, Rule};
use cimarron_model::{CimType, Dialect, Name};

impl Judge<'_> {
    pub(super) fn class(&mut self) {
        self.superclass_exists();
        self.superclass_allows_subclasses();
        self.class_name();
        self.property_count();
        self.association();
        self.abstract_class();
        self.singleton();
        self.dynamic();
        self.schema_name();
        self.superclass_deprecated();
        self.same_ends();
    }

    pub(super) fn at_class(
        &mut self,
        rule: Rule,
        part: Part,
        message: String,
        help: Option<String>,
    ) {
        self.advise(rule, Element::Class, part, message, help);
    }

    fn superclass_exists(&mut self) {
        let Some(name) = &self.local.superclass else { return };
        // A class that is there and could not be resolved has had its own report.
        if self.superclass.is_none() && self.environment.superclass(name.as_str()).is_none() {
            let help = self.did_you_mean_class(name.as_str());
            let message =
                format!("the superclass `{name}` of `{}` does not exist", self.local.name);
            self.at_class(Rule::MissingSuperclass, Part::Superclass, message, help);
        }
    }

    fn superclass_allows_subclasses(&mut self) {
        let Some(above) = self.superclass else { return };
        // Below a class that should not be there, one finding is enough.
        let terminal = above.qualifiers.get("Terminal").filter(|q| !q.flavor.propagated());
        if terminal.is_some_and(|q| q.value.as_bool() == Some(true)) {
            let message = format!("`{}` is terminal and cannot have subclasses", above.name);
            self.at_class(Rule::TerminalSuperclass, Part::Superclass, message, None);
            let part = Part::Qualifier("Terminal".into());
            self.relate(self.place_above(None, part), "terminal here");
        }
        if usize::from(above.depth()) + 1 >= MAX_DEPTH {
            let message = format!("`{}` has {MAX_DEPTH} or more classes above it", self.local.name);
            self.at_class(Rule::HierarchyTooDeep, Part::Superclass, message, None);
        }
    }

    /// WMI keeps names that begin with `_` for the system and refuses a trailing
    /// one; in DMTF a name is an identifier, with `schema_` in front by advice.
    fn class_name(&mut self) {
        let name = self.local.name.clone();
        let text = name.as_str();
        let problem = if !Name::is_identifier(text, self.dialect) {
            let problem = "is not an identifier: use letters, digits and underscores";
            Some((Rule::InvalidClassName, problem))
        } else if self.dialect == Dialect::Wmi && text.starts_with('_') {
            let problem = "begins with an underscore, which is kept for system classes";
            Some((Rule::LeadingUnderscore, problem))
        } else if self.dialect == Dialect::Wmi && text.ends_with('_') {
            Some((Rule::TrailingUnderscore, "ends with an underscore, which WMI refuses"))
        } else {
            None
        };
        if let Some((rule, problem)) = problem {
            let message = format!("the class name `{text}` {problem}");
            self.at_class(rule, Part::Name, message, None);
        }
        self.name_length(Rule::ClassNameTooLong, Element::Class, |_| Part::Name, &name);
    }

    pub(super) fn name_length(
        &mut self,
        rule: Rule,
        element: Element,
        part: fn(&Name) -> Part,
        name: &Name,
    ) {
        // Characters are never more than bytes, and counting takes longer.
        if name.as_str().len() <= MAX_NAME {
            return;
        }
        let length = name.as_str().chars().count();
        if length > MAX_NAME {
            let message = format!("the name has {length} characters; {MAX_NAME} are allowed");
            self.report(rule, element, part(name), message);
        }
    }

    fn property_count(&mut self) {
        let inherited = self.superclass.map_or(0, |s| s.properties.len());
        let total = inherited + self.overridden.iter().filter(|above| above.is_none()).count();
        if total > MAX_PROPERTIES {
            let message = format!("the class has {total} properties; {MAX_PROPERTIES} are allowed");
            self.at_class(Rule::TooManyProperties, Part::Name, message, None);
        }
        if self.dialect != Dialect::Wmi {
            return;
        }
        let keys = self.local.keys().count();
        if keys > MAX_KEYS {
            let message = format!("the class has {keys} keys; {MAX_KEYS} are allowed");
            self.at_class(Rule::TooManyKeys, Part::Name, message, None);
        }
    }

    /// Whether the class is an association, by its own word or its superclass's.
    pub(super) fn is_association(&self) -> bool {
        self.is_kind(Known::Association)
    }

    /// Whether a boolean qualifier of the class is TRUE, by its own word or its superclass's.
    pub(super) fn is_kind(&self, kind: Known) -> bool {
        match self.marks.class.get(kind, &self.local.qualifiers) {
            Some(own) => own.value.as_bool() == Some(true),
            None => self.superclass.is_some_and(|s| {
                s.qualifiers
                    .get(kind.name())
                    .is_some_and(|q| q.flavor.to_subclass() && q.value.as_bool() == Some(true))
            }),
        }
    }

    fn association(&mut self) {
        if !self.is_association() {
            return;
        }
        let association = Part::Qualifier("Association".into());
        // DMTF: below an association, the rule on kinds says it.
        let says_so = self.dialect == Dialect::Wmi || self.is_own(Known::Association);
        if self.local.is_indication() && says_so {
            let message =
                format!("`{}` cannot be both association and indication", self.local.name);
            self.at_class(Rule::AssociationAndIndication, association.clone(), message, None);
            let part = Part::Qualifier("Indication".into());
            self.relate(self.class_place(part), "an indication here");
        }
        if self.dialect == Dialect::Wmi {
            self.wmi_association(association);
            return;
        }
        if let Some(above) = self.superclass.filter(|s| !s.qualifiers.is_true("Association")) {
            let message = format!(
                "the association `{}` derives from `{}`, which is none",
                self.local.name, above.name
            );
            self.at_class(Rule::AssociationUnderClass, Part::Superclass, message, None);
            self.relate(self.place_above(None, Part::Name), "no association");
        }
        let is_reference = |t: CimType| t == CimType::Reference;
        let own = self.local.properties.iter().filter(|p| is_reference(p.data_type.cim_type));
        let references = own.count()
            + self.superclass.map_or(0, |s| {
                let above = s.properties.iter();
                above.filter(|m| is_reference(m.declaration.data_type.cim_type)).count()
            });
        if references < 2 && self.local.superclass.is_none() {
            let many = if references == 1 { "one reference" } else { "no references" };
            let message = format!("the association `{}` has {many}", self.local.name);
            let help = Some("declare the two or more ends as `Class REF Name;`".to_owned());
            self.at_class(Rule::TooFewReferences, association, message, help);
        }
    }

    fn abstract_class(&mut self) {
        if !self.is_own(Known::Abstract) {
            return;
        }
        let part = Part::Qualifier("Abstract".into());
        if self.is_own(Known::Terminal) {
            let message = format!(
                "`{}` is abstract and terminal: nothing could ever be one",
                self.local.name
            );
            self.at_class(Rule::TerminalAbstract, part.clone(), message, None);
            let other = Part::Qualifier("Terminal".into());
            self.relate(self.class_place(other), "terminal here");
        }
        let concrete = self.superclass.filter(|s| !s.qualifiers.is_true("Abstract"));
        if let (Dialect::Wmi, Some(above)) = (self.dialect, concrete) {
            let message = format!(
                "`{}` cannot be abstract: its superclass `{}` is not",
                self.local.name, above.name
            );
            self.at_class(Rule::AbstractUnderConcrete, part, message, None);
            self.relate(self.place_above(None, Part::Name), "not abstract");
        }
    }

    fn singleton(&mut self) {
        if !self.is_own(Known::Singleton) {
            return;
        }
        let part = Part::Qualifier("Singleton".into());
        let has_key = self.local.keys().next().is_some()
            || self.superclass.is_some_and(|s| s.properties.iter().any(|m| m.declaration.is_key()));
        if has_key {
            let message = format!("the singleton `{}` has a key property", self.local.name);
            self.at_class(Rule::SingletonWithKey, part, message, None);
            let above = self.superclass.into_iter().flat_map(|s| &s.properties);
            let mut keys =
                self.local.keys().chain(above.map(|m| &*m.declaration).filter(|p| p.is_key()));
            if let Some(name) = keys.next().map(|p| p.name.clone()) {
                let part = Part::Qualifier("Key".into());
                self.relate(self.member_place(&name, part), "the key");
            }
        } else if let Some(above) = self
            .superclass
            .filter(|s| !s.qualifiers.is_true("Singleton") && !s.qualifiers.is_true("Abstract"))
        {
            let message = format!(
                "the singleton `{}` derives from `{}`, which is none",
                self.local.name, above.name
            );
            self.at_class(Rule::SingletonUnderClass, part, message, None);
            self.relate(self.place_above(None, Part::Name), "no singleton");
        }
    }

    /// WMI SDK, "Dynamic Qualifier": no static class derives from a dynamic one.
    fn dynamic(&mut self) {
        if self.dialect != Dialect::Wmi {
            return;
        }
        let Some(above) = self.superclass.filter(|s| s.qualifiers.is_true("Dynamic")) else {
            return;
        };
        let inherits = || above.qualifiers.get("Dynamic").is_some_and(|q| q.flavor.to_subclass());
        let dynamic = match self.marks.class.get(Known::Dynamic, &self.local.qualifiers) {
            Some(own) => own.value.as_bool() == Some(true),
            None => inherits(),
        };
        if !dynamic {
            let message = format!(
                "`{}` is static and derives from `{}`, which is dynamic",
                self.local.name, above.name
            );
            let help = Some("write [Dynamic, Provider(\"...\")] before the class".to_owned());
            self.at_class(Rule::StaticUnderDynamic, Part::Superclass, message, help);
            let part = Part::Qualifier("Dynamic".into());
            self.relate(self.place_above(None, part), "dynamic here");
        }
    }
}
