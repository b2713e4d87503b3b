//! What qualifier types there are, and where their qualifiers may stand
//! (DSP0221 7.4).

use super::Placed;
use super::standard::{Standard, is_standard, names, standard, successor};
use crate::source::FileId;
use crate::syntax::mof3::ast::{Declaration, QualifierDeclaration, ScopeKind};
use cimarron_model::{CaseInsensitive, Name, QualifierType, Scope, Scopes, suggest};
use hashbrown::HashMap;

/// The qualifier types that a text may use.
pub(super) struct QualifierTypes<'d> {
    text: HashMap<Name, (FileId, &'d QualifierDeclaration<'d>)>,
    base: HashMap<Name, QualifierType>,
}

/// A qualifier type, by where it comes from.
#[derive(Clone, Copy)]
pub(super) enum Known<'q, 'd> {
    Text(&'d QualifierDeclaration<'d>),
    Base(&'q QualifierType),
    Standard(&'static Standard),
}

impl<'d> QualifierTypes<'d> {
    pub(super) fn new(declarations: &[Placed<'d>], base: Vec<QualifierType>) -> Self {
        let mut text = HashMap::new();
        for (file, declaration) in declarations {
            if let Declaration::Qualifier(node) = *declaration {
                text.entry(Name::new(node.name.text)).or_insert((*file, &**node));
            }
        }
        // An archive holds the standard ones that its text used, without all that is known of them.
        let base = base.into_iter().filter(|declared| !is_standard(declared));
        let base = base.map(|declared| (declared.name.clone(), declared)).collect();
        Self { text, base }
    }

    /// The qualifier type of this name that the text declares.
    pub(super) fn of_text(&self, name: &str) -> Option<(FileId, &'d QualifierDeclaration<'d>)> {
        self.text.get(&CaseInsensitive(name)).copied()
    }

    pub(super) fn get(&self, name: &str) -> Option<Known<'_, 'd>> {
        let key = CaseInsensitive(name);
        if let Some((_, node)) = self.text.get(&key) {
            return Some(Known::Text(node));
        }
        if let Some(declared) = self.base.get(&key) {
            return Some(Known::Base(declared));
        }
        standard(name).map(Known::Standard)
    }

    /// The qualifier type that has taken the place of this one, or whose name is nearest.
    pub(super) fn similar(&self, name: &str) -> Option<&str> {
        let declared = self.text.keys().chain(self.base.keys()).map(Name::as_str);
        successor(name).or_else(|| suggest::nearest(name, declared.chain(names())))
    }
}

impl Known<'_, '_> {
    /// Whether a qualifier may stand on an element of this kind; the words of its
    /// scope if not. To a scope an association or indication is a class, too.
    pub(super) fn allows(self, on: ScopeKind) -> Result<(), String> {
        let fits = |scope: ScopeKind| {
            scope == ScopeKind::Any
                || scope == on
                || (scope == ScopeKind::Class
                    && matches!(on, ScopeKind::Association | ScopeKind::Indication))
        };
        let list = |scopes: &mut dyn Iterator<Item = ScopeKind>| {
            scopes.map(ScopeKind::as_str).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Text(node) => {
                let written = node.scopes.as_deref();
                // The lack of a scope has had its own report.
                let Some(written) = written else { return Ok(()) };
                if written.iter().any(|scope| fits(scope.kind)) {
                    return Ok(());
                }
                Err(list(&mut written.iter().map(|scope| scope.kind)))
            }
            Self::Standard(standard) => {
                if standard.scopes.iter().any(|scope| fits(*scope)) {
                    return Ok(());
                }
                Err(list(&mut standard.scopes.iter().copied()))
            }
            Self::Base(declared) => {
                if declared.scopes == Scopes::ANY {
                    return Ok(());
                }
                let wanted = match on {
                    ScopeKind::Class | ScopeKind::Structure => Scope::Class,
                    ScopeKind::Association => Scope::Association,
                    ScopeKind::Indication => Scope::Indication,
                    ScopeKind::Property => Scope::Property,
                    ScopeKind::Reference => Scope::Reference,
                    ScopeKind::Method => Scope::Method,
                    ScopeKind::Parameter => Scope::Parameter,
                    // Of these, the schema does not say whether they are in a scope.
                    _ => {
                        let standard = standard(declared.name.as_str());
                        return standard.map_or(Ok(()), |known| Known::Standard(known).allows(on));
                    }
                };
                if declared.scopes.contains(wanted) {
                    return Ok(());
                }
                Err(declared.scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// The scopes of MOF 2 that let a qualifier stand on what stands for the elements
/// of MOF 3. Enumerations and their values are not kept.
pub(super) fn archived_scopes(scopes: impl IntoIterator<Item = ScopeKind>) -> Scopes {
    scopes.into_iter().fold(Scopes::NONE, |scopes, scope| match scope {
        ScopeKind::Any => Scopes::ANY,
        ScopeKind::Class => {
            scopes.with(Scope::Class).with(Scope::Association).with(Scope::Indication)
        }
        ScopeKind::Structure => scopes.with(Scope::Class),
        ScopeKind::Association => scopes.with(Scope::Association),
        ScopeKind::Indication => scopes.with(Scope::Indication),
        ScopeKind::Property => scopes.with(Scope::Property),
        ScopeKind::Reference => scopes.with(Scope::Reference),
        ScopeKind::Method => scopes.with(Scope::Method),
        ScopeKind::Parameter => scopes.with(Scope::Parameter),
        ScopeKind::Enumeration | ScopeKind::EnumerationValue | ScopeKind::QualifierType => scopes,
    })
}
