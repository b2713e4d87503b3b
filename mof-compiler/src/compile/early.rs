//! Lowering classes as soon as they are parsed.
//!
//! A tree that is lowered at once is still in the cache, and the next tree takes its
//! room: of a large schema, trees that wait for their turn are the most memory of all.
//! Only what cannot come out differently later is taken early. A class that writes
//! defaults may need other classes, one that has a finding is to report it at its turn:
//! these keep their trees. What a class is made of are the qualifier types that are
//! declared so far, so one that is declared behind undoes it all.

use super::namespace::Namespace;
use super::place::{Texts, class_again};
use super::{At, Context, GlobalFlavors, class, qualifier};
use crate::diagnostic::Diagnostics;
use crate::source::{FileId, SourceMap};
use crate::syntax::ast::{ClassDeclaration, Declaration, Feature, QualifierDeclaration};
use cimarron_model as model;
use cimarron_schema::NamespaceBuilder;

/// A declaration of the text.
pub(crate) struct Parsed<'a> {
    pub(crate) file: FileId,
    pub(crate) declaration: Declaration<'a>,
    /// A class that was lowered early. Of its tree only the names are left.
    pub(crate) lowered: Option<Box<model::Class>>,
}

/// Takes declarations in the order of the text and lowers what it can.
pub(crate) struct Early<'c, 'a> {
    context: &'c Context<'c>,
    sources: &'a SourceMap,
    parsed: Vec<Parsed<'a>>,
    /// The qualifier types so far.
    builder: NamespaceBuilder,
    /// Nothing is known of other classes.
    texts: Texts<'c>,
    said: Diagnostics,
    /// Whether classes that come now may be lowered.
    open: bool,
    /// Whether some were.
    some: bool,
}

impl<'c, 'a> Early<'c, 'a> {
    pub(crate) fn new(context: &'c Context<'c>, sources: &'a SourceMap) -> Self {
        let mut builder = NamespaceBuilder::default();
        for declaration in context.base.qualifier_types(context.namespace) {
            builder.know_qualifier_type(declaration);
        }
        Self {
            context,
            sources,
            parsed: Vec::new(),
            builder,
            texts: Texts::default(),
            said: Diagnostics::new(),
            // Lints look at trees.
            open: !context.keeps_trees,
            some: false,
        }
    }

    /// Takes the next declaration.
    pub(crate) fn take(&mut self, file: FileId, mut declaration: Declaration<'a>) {
        let mut lowered = None;
        match &mut declaration {
            Declaration::Class(node) => lowered = self.class(file, node),
            Declaration::Qualifier(node) => self.qualifier(At::new(file, node)),
            // What follows is declared elsewhere, or not as it is written.
            Declaration::Flavors(_) => self.open = false,
            Declaration::Directive(node) => {
                self.open &= !node.name.text.eq_ignore_ascii_case("namespace");
            }
            Declaration::Instance(_) => {}
        }
        self.parsed.push(Parsed { file, declaration, lowered });
    }

    /// All declarations, in their order.
    pub(crate) fn finish(self) -> Vec<Parsed<'a>> {
        self.parsed
    }

    fn class(
        &mut self,
        file: FileId,
        node: &mut ClassDeclaration<'a>,
    ) -> Option<Box<model::Class>> {
        if !self.open || has_defaults(node) {
            return None;
        }
        let mut namespace =
            Namespace::new(self.context, &mut self.builder, &mut self.said, &self.texts);
        let lowered = class::lower(&mut namespace, At::new(file, node), &GlobalFlavors::default());
        if !self.said.is_untouched() {
            self.said = Diagnostics::new();
            return None;
        }
        node.qualifiers = Vec::new();
        node.features = Vec::new();
        self.some = true;
        Some(Box::new(lowered))
    }

    fn qualifier(&mut self, at: At<'_, QualifierDeclaration<'a>>) {
        if self.some {
            self.undo();
        }
        if !self.open {
            return;
        }
        let mut namespace =
            Namespace::new(self.context, &mut self.builder, &mut self.said, &self.texts);
        qualifier::declare(&mut namespace, at);
        self.open = self.said.is_untouched();
    }

    /// Makes the trees once more, and none early from here on: a text that declares
    /// qualifiers between its classes would have this done again and again.
    fn undo(&mut self) {
        (self.open, self.some) = (false, false);
        for parsed in &mut self.parsed {
            let Declaration::Class(node) = &mut parsed.declaration else { continue };
            if parsed.lowered.is_none() {
                continue;
            }
            if let Some(again) = class_again(self.sources, parsed.file, node.span) {
                (*node, parsed.lowered) = (again, None);
            }
        }
    }
}

/// Whether values are given that may need to know of other classes.
fn has_defaults(class: &ClassDeclaration<'_>) -> bool {
    class.features.iter().any(|feature| match feature {
        Feature::Property(property) => property.default.is_some(),
        Feature::Method(method) => method.parameters.iter().any(|p| p.default.is_some()),
    })
}
