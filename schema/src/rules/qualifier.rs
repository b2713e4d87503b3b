//! Rules on qualifiers (DSP0004 5.6.1, 7.8).

use super::links::is_link;
use super::site::Site;
use super::{Element, Environment, Judge, Known, Part, Rule};
use crate::print::value_to_mof;
use crate::resolve::ParametersOf;
use cimarron_model::{CimType, Dialect, Name, Qualifier, Scope, Scopes, Value, suggest};

impl<'a> Judge<'a> {
    pub(super) fn qualifiers(&mut self) {
        let local = self.local;
        let above = self.superclass;
        // What a class is it may be by its superclass's word.
        let scope = if self.is_kind(Known::Association) {
            Scope::Association
        } else if self.is_kind(Known::Indication) {
            Scope::Indication
        } else {
            Scope::Class
        };
        let class = Site {
            element: Element::Class,
            scope,
            member: None,
            name: &local.name,
            data_type: None,
            qualifiers: &local.qualifiers,
            above: above.map(|a| &a.qualifiers),
        };
        self.list(&class);
        for (i, property) in local.properties.iter().enumerate() {
            let overridden = self.overridden.get(i).copied().flatten();
            self.list(&Site {
                element: Element::Property(i),
                scope: match property.data_type.cim_type {
                    CimType::Reference => Scope::Reference,
                    _ => Scope::Property,
                },
                member: Some(&property.name),
                name: &property.name,
                data_type: Some(&property.data_type),
                qualifiers: &property.qualifiers,
                above: overridden.map(|p| &p.qualifiers),
            });
        }
        for (i, method) in local.methods.iter().enumerate() {
            let overridden = above.and_then(|a| a.method(method.name.as_str()));
            let overridden = overridden.map(|(_, m)| &*m.declaration);
            let site = Site {
                element: Element::Method(i),
                scope: Scope::Method,
                member: Some(&method.name),
                name: &method.name,
                data_type: method.return_type.as_ref(),
                qualifiers: &method.qualifiers,
                above: overridden.map(|m| &m.qualifiers),
            };
            self.list(&site);
            let parameters = ParametersOf::new(overridden);
            for (j, parameter) in method.parameters.iter().enumerate() {
                let same = parameters.named(j, &parameter.name);
                self.list(&Site {
                    element: Element::Parameter(i, j),
                    scope: Scope::Parameter,
                    name: &parameter.name,
                    data_type: Some(&parameter.data_type),
                    qualifiers: &parameter.qualifiers,
                    above: same.map(|p| &p.qualifiers),
                    ..site
                });
            }
        }
    }

    fn list(&mut self, site: &Site<'a>) {
        self.says.typed |= site.data_type.is_some_and(is_link);
        // Most overrides are of what nothing binds.
        let above = site.above.filter(|above| above.iter().any(is_bound));
        let above = above.map(cimarron_model::Qualifiers::look_up);
        for qualifier in site.qualifiers {
            let known = self.marks.next();
            let may_stand = self.declared(site, known, qualifier);
            if let Some(known) = known {
                match known {
                    Known::Propagated => self.says.propagated = true,
                    Known::Weak => self.says.weak = true,
                    Known::EmbeddedInstance => self.says.embedded = true,
                    _ => {}
                }
                // Where it may not stand it means nothing.
                if may_stand {
                    self.meaning(site, known, qualifier);
                    if self.dialect == Dialect::Wmi {
                        self.wmi_meaning(site, known, qualifier);
                    }
                }
            }
            if let Some(inherited) = above.as_ref().and_then(|a| a.get(&qualifier.name)) {
                self.not_overridden(site, qualifier, inherited);
            }
        }
    }

    /// Whether a qualifier may stand here, which is reported if not.
    fn declared(&mut self, site: &Site<'a>, known: Option<Known>, qualifier: &Qualifier) -> bool {
        let name = &qualifier.name;
        let element = site.element;
        let part = |name: &Name| Part::Qualifier(name.clone());
        if self.dialect == Dialect::Wmi && known == Some(Known::CimType) {
            let message = "CIMTYPE is made from the declared type and cannot be written".to_owned();
            self.report(Rule::ReservedQualifier, element, part(name), message);
            return false;
        }
        self.name_length(Rule::QualifierNameTooLong, element, part, name);
        if self.dialect == Dialect::Wmi {
            self.wmi_qualifier_name(element, name);
        }
        let key_above =
            known == Some(Known::Key) && site.above.is_some_and(|above| above.is_true("Key"));
        if self.dialect == Dialect::Wmi && known.is_some_and(is_never_false) && !key_above {
            self.never_false(element, qualifier);
        }
        let declaration = self.environment.qualifier_type(name.as_str());
        let scopes = match (declaration, self.dialect) {
            (Some(declaration), _) => Some(declaration.scopes),
            (None, Dialect::Wmi) => known.and_then(wmi_scopes),
            (None, Dialect::Dmtf) => {
                let (message, help) = undeclared(name, self.environment);
                self.advise(Rule::UndeclaredQualifier, element, part(name), message, Some(help));
                None
            }
        };
        scopes.is_none_or(|scopes| self.in_scope(site, known, qualifier, scopes))
    }

    fn in_scope(
        &mut self,
        site: &Site<'a>,
        known: Option<Known>,
        qualifier: &Qualifier,
        scopes: Scopes,
    ) -> bool {
        let (name, Site { element, scope: on, .. }) = (&qualifier.name, *site);
        // To WMI an association or indication is a class, and a reference a property.
        let kind = match (self.dialect, on) {
            (Dialect::Wmi, Scope::Association | Scope::Indication) => Scope::Class,
            (Dialect::Wmi, Scope::Reference) => Scope::Property,
            _ => on,
        };
        if scopes.contains(on) || scopes.contains(kind) {
            return true;
        }
        // What its kind excludes is said by the rule on that.
        let is_kind = match known {
            Some(Known::Indication) => self.local.is_indication(),
            Some(Known::Exception | Known::Structure) => qualifier.value.as_bool() == Some(true),
            _ => false,
        };
        if on == Scope::Association && is_kind {
            return true;
        }
        let part = Part::Qualifier(name.clone());
        if self.dialect == Dialect::Wmi && on == Scope::Method && name.is("ID") {
            let message = "a method's own ID would be that of its return value".to_owned();
            let help = Some("number the parameters only".to_owned());
            self.advise(Rule::IdOnReturnValue, element, part, message, help);
            return false;
        }
        let allowed: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
        let article = if matches!(on, Scope::Association | Scope::Indication) { "an" } else { "a" };
        let message = format!("the qualifier `{name}` may not stand on {article} {on}");
        let help = Some(format!("its scope is {}", allowed.join(", ")));
        self.advise(Rule::QualifierScope, element, part, message, help);
        false
    }

    /// WMI SDK, "Standard Qualifiers": only the value TRUE is allowed.
    fn never_false(&mut self, element: Element, qualifier: &Qualifier) {
        let name = &qualifier.name;
        if qualifier.value.as_bool() == Some(false) {
            let message = format!("the qualifier `{name}` can only be TRUE");
            let help = Some("leave it out".to_owned());
            let part = Part::Qualifier(name.clone());
            self.advise(Rule::QualifierNeverFalse, element, part, message, help);
        }
    }

    /// A qualifier with `DisableOverride` may only be restated as it is.
    fn not_overridden(&mut self, site: &Site<'_>, local: &Qualifier, above: &Qualifier) {
        // Of keys another rule speaks.
        if is_bound(above)
            && local.value != above.value
            && !is_key_dropped(local, above)
            && !self.is_direction_turned(site, local, above)
        {
            let (name, shown) = (&local.name, shown(&above.value, self.dialect));
            let message =
                format!("`{name}` is {shown} above and must not be overridden (DisableOverride)");
            let part = Part::Qualifier(local.name.clone());
            self.report(Rule::QualifierNotOverridable, site.element, part.clone(), message);
            self.see_above(site, part, format!("{shown} here"));
        }
    }

    /// What [`Rule::DirectionChanged`] reports.
    fn is_direction_turned(&self, site: &Site<'_>, local: &Qualifier, above: &Qualifier) -> bool {
        let values = (local.value.as_bool(), above.value.as_bool());
        self.dialect == Dialect::Dmtf
            && matches!(site.element, Element::Parameter(..))
            && (local.name.is("In") || local.name.is("Out"))
            && matches!(values, (Some(now), Some(before)) if now != before)
    }
}

/// A value as MOF writes it, cut where it is long.
fn shown(value: &Value, dialect: Dialect) -> String {
    const MOST: usize = 60;
    let written = value_to_mof(value, dialect);
    match written.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}...", written.get(..at).unwrap_or_default()),
        None => written,
    }
}

/// The flavors of DSP0004.
const FLAVORS: [&str; 6] =
    ["EnableOverride", "DisableOverride", "ToSubclass", "Restricted", "ToInstance", "Translatable"];

/// What there is to say of a qualifier that is not declared, and the advice.
pub fn undeclared(name: &Name, environment: &dyn Environment) -> (String, String) {
    let message = format!("the qualifier `{name}` is not declared");
    if FLAVORS.iter().any(|flavor| name.is(flavor)) {
        let help = "it is a flavor, and blanks separate flavors: [Q : ToSubclass DisableOverride]";
        return (message, help.to_owned());
    }
    let similar = environment.similar_qualifier(name.as_str()).map(suggest::did_you_mean);
    // MOF 3 has no comma there.
    let comma = if environment.types_say_all() { "" } else { "," };
    let declare = || format!("declare it: Qualifier {name} : type{comma} Scope(...);");
    let help = similar.unwrap_or_else(declare);
    (message, help)
}

/// Whether a qualifier goes on to subclasses and must stay as it is there.
const fn is_bound(above: &Qualifier) -> bool {
    above.flavor.to_subclass() && !above.flavor.overridable()
}

/// What [`Rule::KeyInheritanceChanged`] reports.
fn is_key_dropped(local: &Qualifier, above: &Qualifier) -> bool {
    above.name.is("Key")
        && above.value.as_bool() == Some(true)
        && local.value.as_bool() == Some(false)
}

/// WMI SDK, "Standard Qualifiers": whose value can only be TRUE.
const fn is_never_false(known: Known) -> bool {
    matches!(
        known,
        Known::Key
            | Known::Singleton
            | Known::Dynamic
            | Known::DynProps
            | Known::Indexed
            | Known::NotNull
    )
}

/// Where the qualifiers that WMI itself acts on may stand, undeclared as they
/// are (WMI SDK, "Standard qualifiers" and "WMI-specific qualifiers"). Any other
/// is the schema's own and stands wherever it likes.
fn wmi_scopes(known: Known) -> Option<Scopes> {
    let class = || [Scope::Class, Scope::Association, Scope::Indication].into_iter().collect();
    let property = || [Scope::Property, Scope::Reference].into_iter().collect();
    let numbered = || [Scope::Property, Scope::Reference, Scope::Parameter].into_iter().collect();
    let parameter = || [Scope::Parameter].into_iter().collect();
    let method = || [Scope::Method].into_iter().collect();
    Some(match known {
        Known::Abstract
        | Known::Association
        | Known::Indication
        | Known::Singleton
        | Known::Terminal => class(),
        Known::Key | Known::NotNull => property(),
        Known::Id => numbered(),
        Known::In | Known::Out | Known::Optional => parameter(),
        Known::Constructor | Known::Destructor | Known::Implemented | Known::BypassGetObject => {
            method()
        }
        _ => return None,
    })
}
