//! The qualifiers of what the schema does not keep: enumerations, their values and
//! qualifier types.
//!
//! To the rules each is a class without members, and an enumeration is a subclass of the one
//! that it extends, so that what they say of qualifiers holds here as well.

use super::super::namespace::Namespace;
use super::super::{GlobalFlavors, qualifier};
use super::types::TypeId;
use crate::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Span};
use crate::syntax::ast;
use cimarron_model::{Class, Name};
use cimarron_schema::ResolvedClass;
use cimarron_schema::rules::{Part, Rule, check_class};
use hashbrown::HashMap;

/// Something with qualifiers that the schema does not keep.
pub(super) struct Unkept<'t> {
    pub(super) file: FileId,
    pub(super) name: ast::Identifier<'t>,
    pub(super) qualifiers: Vec<ast::Qualifier<'t>>,
    /// The qualifiers that may not stand there, which is reported.
    pub(super) misplaced: Vec<&'t str>,
    /// Of an enumeration, what it is and extends.
    pub(super) enumeration: Option<Extends>,
}

/// An enumeration and the one of the text that it extends.
pub(super) struct Extends {
    pub(super) id: TypeId,
    pub(super) above: Option<TypeId>,
    /// Where it names that.
    pub(super) base: Span,
    pub(super) depth: usize,
}

/// Those that were judged, as classes.
type Done<'u, 't> = HashMap<TypeId, (&'u Unkept<'t>, ResolvedClass)>;

/// Judges the qualifiers of all of them.
pub(super) fn judge(namespace: &mut Namespace<'_, '_>, all: &[Unkept<'_>]) {
    let mut ordered: Vec<_> = all.iter().collect();
    ordered.sort_by_key(|one| one.enumeration.as_ref().map_or(0, |own| own.depth));
    let mut done: Done<'_, '_> = HashMap::new();
    for one in ordered {
        let above = one.above(&done);
        let class = one.judge(namespace, above.map(|(_, class)| class), &|name| {
            let mut next = above.map(|(above, _)| *above);
            while let Some(above) = next {
                if let Some(span) = above.qualifier(name) {
                    return Some((above.file, span));
                }
                next = above.above(&done).map(|(above, _)| *above);
            }
            None
        });
        if let Some(own) = &one.enumeration {
            done.insert(own.id, (one, class));
        }
    }
}

impl<'t> Unkept<'t> {
    /// The enumeration that this one extends. Where those above it have no end, or are too many,
    /// it has no depth, and nothing above counts.
    fn above<'d, 'u>(&self, done: &'d Done<'u, 't>) -> Option<&'d (&'u Self, ResolvedClass)> {
        let own = self.enumeration.as_ref().filter(|own| own.depth > 0)?;
        done.get(&own.above?)
    }

    fn qualifier(&self, name: &Name) -> Option<Span> {
        self.qualifiers.iter().find(|q| name.is(q.name.text)).map(|q| q.span)
    }

    /// Judges the qualifiers. `written` finds the place of one above.
    fn judge(
        &self,
        namespace: &mut Namespace<'_, '_>,
        above: Option<&ResolvedClass>,
        written: &dyn Fn(&Name) -> Option<(FileId, Span)>,
    ) -> ResolvedClass {
        let flavors = GlobalFlavors::default();
        let qualifiers = qualifier::lower_all(namespace, self.file, &self.qualifiers, &flavors);
        let local = Class {
            name: Name::new(self.name.text),
            superclass: above.map(|above| above.name.clone()),
            qualifiers,
            properties: Vec::new(),
            methods: Vec::new(),
        };
        let dialect = namespace.context.dialect;
        for violation in check_class(&local, above, &namespace.environment(), dialect).violations {
            let (span, message, name) = match (violation.rule, &violation.part, above) {
                (Rule::TerminalSuperclass, _, Some(above)) => {
                    let base = self.enumeration.as_ref().map(|own| own.base);
                    let message = format!("`{}` is terminal and cannot be extended", above.name);
                    (base, message, Name::new("Terminal"))
                }
                // These have been reported in the words of MOF 3.
                (Rule::QualifierScope | Rule::UndeclaredQualifier, ..) => continue,
                (_, Part::Qualifier(name), _)
                    if !self.misplaced.iter().any(|misplaced| name.is(misplaced)) =>
                {
                    (self.qualifier(name), violation.message, name.clone())
                }
                _ => continue,
            };
            let is_error = violation.rule.is_error(dialect);
            let severity = if is_error { Severity::Error } else { Severity::Warning };
            let span = span.unwrap_or(self.name.span);
            let code = Code::Rule(violation.rule);
            let mut found = Diagnostic::new(code, self.file, span, message).with_severity(severity);
            found.help = violation.help;
            if let (Some(related), Some((file, span))) = (violation.related, written(&name)) {
                found = found.with_label(file, span, related.1);
            }
            namespace.sink.push(found);
        }
        ResolvedClass::resolve(local, above)
    }
}
