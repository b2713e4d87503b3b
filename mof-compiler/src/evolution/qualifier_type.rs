//! Comparing qualifier types.

use super::fact::Fact;
use super::kind::Kind;
use super::member::spelling;
use cimarron_model::{Dialect, Flavor, QualifierType, Scope, Scopes};
use cimarron_schema::flavor_words;
use cimarron_schema::{PrintOptions, QualifierTypeView, qualifier_type_to_mof, value_to_mof};

pub(super) fn facts(
    old: Option<QualifierTypeView<'_>>,
    new: Option<QualifierTypeView<'_>>,
    dialect: Dialect,
) -> Vec<Fact> {
    let owned = |view: Option<QualifierTypeView<'_>>| Some(view?.to_qualifier_type());
    match (owned(old), owned(new)) {
        (Some(old), Some(new)) => differences(&old, &new, dialect),
        (Some(old), None) => {
            vec![Fact::new(Kind::QualifierTypeRemoved, Some(declaration(&old, dialect)), None)]
        }
        (None, Some(new)) => {
            vec![Fact::new(Kind::QualifierTypeAdded, None, Some(declaration(&new, dialect)))]
        }
        (None, None) => Vec::new(),
    }
}

fn declaration(of: &QualifierType, dialect: Dialect) -> String {
    let mut options = PrintOptions::new(dialect);
    options.width = usize::MAX;
    let text = qualifier_type_to_mof(of, &options);
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(';').to_owned()
}

fn differences(old: &QualifierType, new: &QualifierType, dialect: Dialect) -> Vec<Fact> {
    let mut facts: Vec<Fact> = spelling(old.name.as_str(), new.name.as_str()).into_iter().collect();
    let mut add =
        |kind, old: String, new: String| facts.push(Fact::new(kind, Some(old), Some(new)));
    if old.data_type != new.data_type {
        let text = |t: &QualifierType| t.data_type.to_string();
        add(Kind::QualifierTypeTypeChanged, text(old), text(new));
    } else if old.default != new.default {
        let text = |t: &QualifierType| value_to_mof(&t.default, dialect);
        add(Kind::QualifierTypeDefaultChanged, text(old), text(new));
    }
    if old.scopes != new.scopes {
        let kept = old.scopes.bits() & new.scopes.bits() == old.scopes.bits();
        let kind =
            if kept { Kind::QualifierTypeScopeWidened } else { Kind::QualifierTypeScopeNarrowed };
        add(kind, scopes(old.scopes), scopes(new.scopes));
    }
    if old.flavor.overridable() != new.flavor.overridable() {
        let kind = if new.flavor.overridable() {
            Kind::QualifierTypeOverrideAllowed
        } else {
            Kind::QualifierTypeOverrideForbidden
        };
        let text = |t: &QualifierType| {
            if t.flavor.overridable() { "EnableOverride" } else { "DisableOverride" }.to_owned()
        };
        add(kind, text(old), text(new));
    }
    if old.flavor.to_subclass() != new.flavor.to_subclass() {
        let text = |t: &QualifierType| {
            if t.flavor.to_subclass() { "ToSubclass" } else { "Restricted" }.to_owned()
        };
        add(Kind::QualifierTypePropagationChanged, text(old), text(new));
    }
    let others = |flavor: Flavor| (flavor.to_instance(), flavor.translatable());
    if others(old.flavor) != others(new.flavor) {
        add(Kind::QualifierTypeFlavorChanged, flavors(old.flavor), flavors(new.flavor));
    }
    facts
}

fn scopes(scopes: Scopes) -> String {
    if scopes == Scopes::ANY {
        return "any".to_owned();
    }
    scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(", ")
}

/// Flavors as MOF writes them.
pub(super) fn flavors(flavor: Flavor) -> String {
    flavor_words(flavor).join(", ")
}
