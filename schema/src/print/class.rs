//! Classes, properties and methods.

use super::literal::flat_value;
use super::printer::Printer;
use super::qualifier::Which;
use cimarron_model::{CimType, Class, DataType, Method, Name, Parameter, Property};
use std::fmt;

impl Printer<'_, '_> {
    pub(super) fn class(&mut self, class: &Class) -> fmt::Result {
        self.class_block(class)?;
        self.end()
    }

    pub(super) fn class_block(&mut self, class: &Class) -> fmt::Result {
        self.qualifiers_above(&class.qualifiers)?;
        self.layout.put(&format!("class {}", class.name))?;
        if let Some(superclass) = &class.superclass {
            self.layout.put(&format!(" : {superclass}"))?;
        }
        if class.properties.is_empty() && class.methods.is_empty() {
            return self.layout.put(" {}");
        }
        self.layout.put(" {")?;
        self.layout.newline()?;
        self.indented(|p| p.members(class))?;
        self.layout.put("}")
    }

    fn members(&mut self, class: &Class) -> fmt::Result {
        let properties = class.properties.iter().map(Member::Property);
        let mut previous: Option<Member> = None;
        for member in properties.chain(class.methods.iter().map(Member::Method)) {
            let from = member.inherited_from();
            let same_origin = previous.as_ref().is_some_and(|p| p.inherited_from() == from);
            // Members stand apart by a blank line, bare properties of one origin do not.
            let close =
                same_origin && member.is_bare() && previous.as_ref().is_some_and(Member::is_bare);
            if previous.is_some() && !close {
                self.layout.newline()?;
            }
            match from {
                Some(origin) => self.commented(|p| {
                    let heading = origin.filter(|_| !same_origin);
                    p.inherited_member(&member, heading)
                })?,
                None => self.member(&member)?,
            }
            previous = Some(member);
        }
        Ok(())
    }

    fn inherited_member(&mut self, member: &Member, heading: Option<&Name>) -> fmt::Result {
        if let Some(origin) = heading {
            self.layout.put(&format!("from {origin}"))?;
            self.layout.newline()?;
        }
        self.member(member)
    }

    fn member(&mut self, member: &Member) -> fmt::Result {
        match member {
            Member::Property(property) => self.property(property),
            Member::Method(method) => self.method(method),
        }
    }

    fn property(&mut self, property: &Property) -> fmt::Result {
        let quote = self.quotes_objects();
        let inherited_default = property.default_inherited && !self.layout.in_comment();
        if let (Some(default), true) = (&property.default, inherited_default) {
            self.commented(|p| {
                p.layout.put("default")?;
                p.initialize(default, quote)?;
                p.layout.newline()
            })?;
        }
        self.qualifiers_above(&property.qualifiers)?;
        self.declarator(&property.data_type, &property.name, quote)?;
        if let (Some(default), false) = (&property.default, inherited_default) {
            self.initialize(default, quote)?;
        }
        self.end()
    }

    fn method(&mut self, method: &Method) -> fmt::Result {
        self.qualifiers_above(&method.qualifiers)?;
        let quote = self.quotes_objects();
        match &method.return_type {
            Some(t) => self.layout.put(&format!("{}{}", type_word(t, quote), t.array))?,
            None => self.layout.put("void")?,
        }
        self.layout.put(&format!(" {}(", method.name))?;
        self.parameters(&method.parameters)?;
        self.layout.put(")")?;
        self.end()
    }

    fn parameters(&mut self, parameters: &[Parameter]) -> fmt::Result {
        let live = !self.layout.in_comment();
        let hides = |p: &Parameter| p.qualifiers.iter().any(|q| q.flavor.propagated());
        if !(live && parameters.iter().any(hides)) {
            let flat: Vec<_> =
                parameters.iter().map(|p| self.flat_parameter(p, Which::All)).collect();
            let flat = flat.join(", ");
            if flat.chars().count() + 2 <= self.layout.room() {
                return self.layout.put(&flat);
            }
        }
        self.indented(|p| {
            for (i, parameter) in parameters.iter().enumerate() {
                p.layout.put(if i > 0 { "," } else { "" })?;
                p.layout.newline()?;
                p.parameter(parameter)?;
            }
            Ok(())
        })
    }

    fn flat_parameter(&self, parameter: &Parameter, which: Which) -> String {
        let quote = self.quotes_objects();
        let mut text = String::new();
        if parameter.qualifiers.iter().any(|q| which.takes(q)) {
            text = self.flat_qualifiers(&parameter.qualifiers, which) + " ";
        }
        let array = parameter.data_type.array;
        text += &format!("{} {}{array}", type_word(&parameter.data_type, quote), parameter.name);
        if let Some(default) = &parameter.default {
            text += " = ";
            text += &flat_value(default, quote);
        }
        text
    }

    fn parameter(&mut self, parameter: &Parameter) -> fmt::Result {
        let mut which = Which::All;
        if !self.layout.in_comment() {
            self.commented(|p| p.qualifier_list(&parameter.qualifiers, Which::Inherited))?;
            which = Which::Written;
        }
        let flat = self.flat_parameter(parameter, which);
        if flat.chars().count() + 2 <= self.layout.room() {
            return self.layout.put(&flat);
        }
        let quote = self.quotes_objects();
        self.qualifier_list(&parameter.qualifiers, which)?;
        self.declarator(&parameter.data_type, &parameter.name, quote)?;
        if let Some(default) = &parameter.default {
            self.initialize(default, quote)?;
        }
        Ok(())
    }

    /// Type, name and array brackets.
    fn declarator(&mut self, data_type: &DataType, name: &Name, quote: bool) -> fmt::Result {
        let array = data_type.array;
        self.layout.put(&format!("{} {name}{array}", type_word(data_type, quote)))
    }
}

enum Member<'a> {
    Property(&'a Property),
    Method(&'a Method),
}

impl Member<'_> {
    /// For a member that the class does not itself declare, where it is from.
    fn inherited_from(&self) -> Option<Option<&Name>> {
        let (propagated, origin) = match self {
            Self::Property(property) => (property.propagated, &property.origin),
            Self::Method(method) => (method.propagated, &method.origin),
        };
        propagated.then(|| origin.as_ref().map(|o| &o.class))
    }

    /// Whether it is one line with nothing above it.
    fn is_bare(&self) -> bool {
        matches!(self, Self::Property(property) if property.qualifiers.is_empty())
    }
}

/// The type as it stands before a name. Embedded objects are strings in DMTF's
/// MOF (DSP0004 5.6.3.16), and their class or `object` in WMI's.
fn type_word(data_type: &DataType, quote_objects: bool) -> String {
    match (data_type.cim_type, &data_type.class) {
        (CimType::Object, _) if quote_objects => "string".to_owned(),
        (CimType::Object, Some(class)) => class.to_string(),
        (CimType::Reference, Some(class)) => format!("{class} REF"),
        (CimType::Reference, None) => "object REF".to_owned(),
        (intrinsic, _) => intrinsic.as_str().to_owned(),
    }
}
