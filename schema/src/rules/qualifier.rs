//! Rules on qualifiers (DSP0004 5.6.1, 7.8).

use super::{Element, Judge, Part, Rule};
use cimarron_model::{CimType, Dialect, Name, Qualifier, Qualifiers, Scope, Scopes};

impl Judge<'_> {
    pub(super) fn qualifiers(&mut self) {
        let local = self.local;
        let above = self.superclass;
        let scope = if local.is_association() {
            Scope::Association
        } else if local.is_indication() {
            Scope::Indication
        } else {
            Scope::Class
        };
        self.list(Element::Class, scope, &local.qualifiers, above.map(|a| &a.qualifiers));
        for (i, property) in local.properties.iter().enumerate() {
            let scope = match property.data_type.cim_type {
                CimType::Reference => Scope::Reference,
                _ => Scope::Property,
            };
            let overridden = above.and_then(|a| a.property(property.name.as_str()));
            let overridden = overridden.map(|(_, m)| &m.declaration.qualifiers);
            self.list(Element::Property(i), scope, &property.qualifiers, overridden);
        }
        for (i, method) in local.methods.iter().enumerate() {
            let overridden = above.and_then(|a| a.method(method.name.as_str()));
            let overridden = overridden.map(|(_, m)| &*m.declaration);
            let qualifiers = overridden.map(|m| &m.qualifiers);
            self.list(Element::Method(i), Scope::Method, &method.qualifiers, qualifiers);
            for (j, parameter) in method.parameters.iter().enumerate() {
                let same =
                    overridden.and_then(|m| m.parameters.iter().find(|p| p.name == parameter.name));
                let qualifiers = same.map(|p| &p.qualifiers);
                let element = Element::Parameter(i, j);
                self.list(element, Scope::Parameter, &parameter.qualifiers, qualifiers);
            }
        }
    }

    fn list(
        &mut self,
        element: Element,
        scope: Scope,
        qualifiers: &Qualifiers,
        above: Option<&Qualifiers>,
    ) {
        let above = above.map(Qualifiers::look_up);
        for qualifier in qualifiers {
            self.declared(element, scope, qualifier);
            if let Some(inherited) = above.as_ref().and_then(|a| a.get(&qualifier.name)) {
                self.not_overridden(element, qualifier, inherited);
            }
        }
    }

    fn declared(&mut self, element: Element, scope: Scope, qualifier: &Qualifier) {
        let name = &qualifier.name;
        let part = Part::Qualifier(name.clone());
        if self.dialect == Dialect::Wmi && name.is("CIMTYPE") {
            let message = "CIMTYPE is made from the declared type and cannot be written".to_owned();
            self.report(Rule::ReservedQualifier, element, part, message);
            return;
        }
        self.name_length(Rule::QualifierNameTooLong, element, part.clone(), name);
        if self.dialect == Dialect::Wmi {
            self.never_false(element, qualifier);
        }
        let Some(declaration) = self.environment.qualifier_type(name.as_str()) else {
            match self.dialect {
                Dialect::Dmtf => self.undeclared(element, part, name),
                Dialect::Wmi => {
                    if let Some(scopes) = wmi_scopes(name) {
                        self.in_scope(element, part, name, scope, scopes);
                    }
                }
            }
            return;
        };
        let scopes = declaration.scopes;
        self.in_scope(element, part, name, scope, scopes);
    }

    fn undeclared(&mut self, element: Element, part: Part, name: &Name) {
        let similar = self.environment.similar_qualifier(name.as_str());
        let help = similar
            .map(|n| format!("did you mean `{n}`?"))
            .or_else(|| Some(format!("declare it: Qualifier {name} : type, Scope(...);")));
        let message = format!("the qualifier `{name}` is not declared");
        self.advise(Rule::UndeclaredQualifier, element, part, message, help);
    }

    fn in_scope(&mut self, element: Element, part: Part, name: &Name, on: Scope, scopes: Scopes) {
        // To WMI an association or indication is a class, and a reference a property.
        let kind = match (self.dialect, on) {
            (Dialect::Wmi, Scope::Association | Scope::Indication) => Scope::Class,
            (Dialect::Wmi, Scope::Reference) => Scope::Property,
            _ => on,
        };
        if scopes.contains(on) || scopes.contains(kind) {
            return;
        }
        let allowed: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
        let article = if matches!(on, Scope::Association | Scope::Indication) { "an" } else { "a" };
        let message = format!("the qualifier `{name}` may not stand on {article} {on}");
        let help = Some(format!("its scope is {}", allowed.join(", ")));
        self.advise(Rule::QualifierScope, element, part, message, help);
    }

    /// WMI SDK, "Standard Qualifiers": only the value TRUE is allowed.
    fn never_false(&mut self, element: Element, qualifier: &Qualifier) {
        const NEVER_FALSE: [&str; 6] =
            ["Key", "Singleton", "Dynamic", "DynProps", "Indexed", "Not_Null"];
        let name = &qualifier.name;
        if NEVER_FALSE.iter().any(|n| name.is(n)) && qualifier.value.as_bool() == Some(false) {
            let message = format!("the qualifier `{name}` can only be TRUE");
            let help = Some("leave it out".to_owned());
            let part = Part::Qualifier(name.clone());
            self.advise(Rule::QualifierNeverFalse, element, part, message, help);
        }
    }

    /// A qualifier with `DisableOverride` may only be restated as it is.
    fn not_overridden(&mut self, element: Element, local: &Qualifier, above: &Qualifier) {
        let bound = above.flavor.to_subclass() && !above.flavor.overridable();
        if bound && local.value != above.value {
            let message = format!(
                "`{}` is {} above and must not be overridden (DisableOverride)",
                local.name, above.value
            );
            let part = Part::Qualifier(local.name.clone());
            self.report(Rule::QualifierNotOverridable, element, part, message);
        }
    }
}

/// Where the qualifiers that WMI itself acts on may stand, undeclared as they
/// are (WMI SDK, "Standard qualifiers" and "WMI-specific qualifiers"). Any other
/// is the schema's own and stands wherever it likes.
fn wmi_scopes(name: &Name) -> Option<Scopes> {
    let class = || [Scope::Class, Scope::Association, Scope::Indication].into_iter().collect();
    let property = || [Scope::Property, Scope::Reference].into_iter().collect();
    let numbered = || [Scope::Property, Scope::Reference, Scope::Parameter].into_iter().collect();
    let parameter = || [Scope::Parameter].into_iter().collect();
    let method = || [Scope::Method].into_iter().collect();
    Some(match name.as_str().to_ascii_lowercase().as_str() {
        "abstract" | "association" | "indication" | "singleton" | "terminal" => class(),
        "key" | "not_null" => property(),
        "id" => numbered(),
        "in" | "out" | "optional" => parameter(),
        "constructor" | "destructor" | "implemented" | "bypass_getobject" => method(),
        _ => return None,
    })
}
