//! Compiling classes as soon as they are parsed.
//!
//! A tree that is compiled at once is still in the cache, and the next tree takes its
//! room; of a large schema, trees that wait for their turn are the most memory of all.
//! Most schemas declare things in front of what uses them, so most classes can be
//! compiled when they are read. The others wait, and all of them take their place in the
//! schema, and report what was found, when it is their turn.
//!
//! What is compiled early must not come out differently later. A class whose superclass
//! is not there yet, or that gives values that may need others, is left for its turn; one
//! whose judgement does is judged again then. Where the text takes back what it said (a
//! qualifier type behind the classes that may use it, a class once more, a deletion), all
//! trees are made again.

use super::namespace::Namespace;
use super::place::{Texts, class_again};
use super::{At, Context, GlobalFlavors, class, limits, qualifier};
use crate::diagnostic::Diagnostics;
use crate::source::{FileId, SourceMap};
use crate::syntax::ast::{
    ClassDeclaration, DataType, Declaration, Directive, Feature, QualifierDeclaration, TypeKind,
    Value, ValueKind,
};
use cimarron_model::{self as model, Name, QualifierType};
use cimarron_schema::rules::{
    Environment, Judgement, ReadMaps, Rule, Says, Violation, check_class,
};
use cimarron_schema::{NamespaceBuilder, ResolvedClass};
use hashbrown::HashSet;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// A declaration of the text.
pub(crate) struct Parsed<'a> {
    pub(crate) file: FileId,
    pub(crate) declaration: Declaration<'a>,
    /// What was made of a class.
    pub(crate) early: Option<EarlyClass>,
}

/// A class that was compiled as soon as it was parsed.
pub(crate) struct EarlyClass {
    pub(crate) class: Arc<ResolvedClass>,
    /// What it says of others, which is judged when all are there.
    pub(crate) says: Says,
    /// Whether a default of it is judged when all classes are there.
    pub(crate) defaults: bool,
    /// What is to be reported of it.
    pub(crate) findings: Findings,
}

/// What is to be reported of a class at its turn.
pub(crate) enum Findings {
    /// Nothing; the tree is gone but for its names.
    None,
    /// These, at places of the tree.
    These(Vec<Violation>),
    /// What is found when it is judged again, by all that will be known then.
    More,
}

impl EarlyClass {
    /// Whether the tree was not needed any more.
    pub(crate) fn has_no_tree(&self) -> bool {
        matches!(self.findings, Findings::None)
    }
}

/// How many bytes of text are parsed before what they hold is compiled: so many that the
/// compiler finds its own instructions in the cache most times, and the trees as well.
pub(crate) const BATCH: u32 = 64 << 10;

/// Takes declarations in the order of the text and compiles what it can.
pub(crate) struct Early<'c, 'a> {
    context: &'c Context<'c>,
    sources: &'a SourceMap,
    /// What has been looked at, and what waits for it.
    parsed: Vec<Parsed<'a>>,
    waiting: Vec<Parsed<'a>>,
    /// How much text waits, and with how much to look at it.
    length: u32,
    batch: u32,
    /// The qualifier types so far, and the classes that were compiled.
    builder: NamespaceBuilder,
    /// The names of all classes.
    names: HashSet<Name>,
    /// Where nothing of the text can be looked up yet.
    texts: Texts<'c>,
    said: Diagnostics,
    /// What was read to judge defaults.
    maps: Rc<ReadMaps>,
    /// Whether classes that come now may be compiled.
    open: bool,
    /// Whether all trees were made again, and none went since.
    undone: bool,
}

impl<'c, 'a> Early<'c, 'a> {
    pub(crate) fn new(context: &'c Context<'c>, sources: &'a SourceMap, batch: u32) -> Self {
        let mut builder = NamespaceBuilder::default();
        for declaration in context.base.qualifier_types(context.namespace) {
            builder.know_qualifier_type(declaration);
        }
        Self {
            context,
            sources,
            parsed: Vec::new(),
            waiting: Vec::new(),
            length: 0,
            batch,
            builder,
            names: HashSet::new(),
            texts: Texts::default(),
            said: Diagnostics::new(),
            maps: Rc::default(),
            open: !context.keeps_trees,
            undone: false,
        }
    }

    /// Takes the next declaration.
    pub(crate) fn take(&mut self, file: FileId, declaration: Declaration<'a>) {
        let span = declaration.span();
        self.length = self.length.saturating_add(span.end - span.start);
        self.waiting.push(Parsed { file, declaration, early: None });
        if self.length >= self.batch {
            self.look();
        }
    }

    /// All declarations, in their order.
    pub(crate) fn finish(mut self) -> Vec<Parsed<'a>> {
        self.look();
        self.parsed
    }

    /// Looks at what waits: lowers its classes one after the other and then compiles them,
    /// so that each step finds its own instructions in the cache.
    fn look(&mut self) {
        self.length = 0;
        let mut waiting = std::mem::take(&mut self.waiting);
        let lowered: Vec<_> = waiting.iter().map(|parsed| self.lower(parsed)).collect();
        for (mut parsed, local) in waiting.drain(..).zip(lowered) {
            if let (Some(local), Declaration::Class(node)) = (local, &mut parsed.declaration)
                && self.open
            {
                parsed.early = self.compile(At::new(parsed.file, node), local);
                if parsed.early.as_ref().is_some_and(EarlyClass::has_no_tree) {
                    node.clear();
                }
            }
            self.parsed.push(parsed);
        }
        self.waiting = waiting;
    }

    /// Follows what a declaration means for classes, and lowers it if it is one and nothing
    /// that comes later can make a difference.
    fn lower(&mut self, parsed: &Parsed<'a>) -> Option<model::Class> {
        let file = parsed.file;
        match &parsed.declaration {
            Declaration::Class(node) => return self.class(At::new(file, node)),
            Declaration::Qualifier(node) => self.qualifier(At::new(file, node)),
            Declaration::Directive(node) => self.directive(node),
            // What follows does not mean what it says.
            Declaration::Flavors(_) => self.open = false,
            Declaration::Instance(_) => {}
        }
        None
    }

    fn directive(&mut self, node: &Directive<'_>) {
        let is = |name: &str| node.name.text.eq_ignore_ascii_case(name);
        if is("namespace") {
            // What follows is declared elsewhere.
            self.open = false;
        } else if is("deleteclass") {
            self.undo();
        }
    }

    fn qualifier(&mut self, at: At<'_, QualifierDeclaration<'a>>) {
        if !self.names.is_empty() {
            self.undo();
        }
        if self.open {
            qualifier::declare(&mut self.namespace(), at);
            self.open = self.said.is_untouched();
        }
    }

    fn class(&mut self, at: At<'_, ClassDeclaration<'a>>) -> Option<model::Class> {
        if !self.names.insert(Name::new(at.node.name.text)) {
            self.undo();
        }
        if !self.open || gives_more_than_literals(at.node) {
            return None;
        }
        let lowered = class::lower(&mut self.namespace(), at, &GlobalFlavors::default());
        (!self.has_said() && lowered.untyped.is_empty()).then_some(lowered.class)
    }

    /// Compiles a class whose superclass has been.
    fn compile(
        &mut self,
        at: At<'_, ClassDeclaration<'a>>,
        local: model::Class,
    ) -> Option<EarlyClass> {
        let above = match &local.superclass {
            Some(superclass) => Some(self.builder.class(superclass.as_str())?.clone()),
            None => None,
        };
        let around = SoFar { builder: &self.builder, asked: Cell::new(false) };
        let Judgement { violations, says } =
            check_class(&local, above.as_deref(), &around, self.context.dialect);
        let matters = [Rule::HierarchyTooDeep, Rule::DuplicateProperty];
        if violations.iter().any(|v| matters.contains(&v.rule)) {
            return None;
        }
        let asked = around.asked.get();
        let defaults = limits::defaults(&mut self.namespace(), at, &local, above.as_deref(), says);
        let findings = match violations.is_empty() {
            _ if self.has_said() || asked => Findings::More,
            false => Findings::These(violations),
            true => Findings::None,
        };
        let class = self.builder.add_class(local).ok()?;
        Some(EarlyClass { class, says, defaults, findings })
    }

    fn namespace(&mut self) -> Namespace<'_, '_> {
        let maps = self.maps.clone();
        let new = Namespace::new(self.context, &mut self.builder, &mut self.said, &self.texts);
        Namespace { maps, ..new }
    }

    /// Whether there was anything to say, which is forgotten.
    fn has_said(&mut self) -> bool {
        let has = !self.said.is_untouched();
        if has {
            self.said = Diagnostics::new();
        }
        has
    }

    /// Makes the trees again, and compiles none early from here on: a text that takes
    /// back one thing takes back others, and each time costs as much.
    fn undo(&mut self) {
        self.open = false;
        if std::mem::replace(&mut self.undone, true) {
            return;
        }
        for parsed in &mut self.parsed {
            let (Some(early), Declaration::Class(node)) =
                (parsed.early.take(), &mut parsed.declaration)
            else {
                continue;
            };
            if early.has_no_tree() {
                match class_again(self.sources, parsed.file, node.span) {
                    Some(again) => *node = again,
                    None => parsed.early = Some(early),
                }
            }
        }
    }
}

/// What the rules may ask while classes are still to come.
struct SoFar<'a> {
    builder: &'a NamespaceBuilder,
    /// Whether they asked for what may still come, or for advice, which takes all names.
    asked: Cell<bool>,
}

impl SoFar<'_> {
    fn class(&self, name: &str) -> Option<&Arc<ResolvedClass>> {
        let class = self.builder.class(name);
        self.asked.set(self.asked.get() || class.is_none());
        class
    }
}

impl Environment for SoFar<'_> {
    fn superclass(&self, class: &str) -> Option<Option<Name>> {
        self.class(class).map(|class| class.superclass().cloned())
    }

    fn qualifier_type(&self, name: &str) -> Option<&QualifierType> {
        self.builder.qualifier_type(name)
    }

    fn resolved(&self, class: &str) -> Option<Arc<ResolvedClass>> {
        self.class(class).cloned()
    }

    fn similar_class(&self, _: &str) -> Option<String> {
        self.asked.set(true);
        None
    }

    fn similar_qualifier(&self, _: &str) -> Option<String> {
        self.asked.set(true);
        None
    }
}

/// Whether a class gives values that may need to know of other classes.
fn gives_more_than_literals(class: &ClassDeclaration<'_>) -> bool {
    let more = |data_type: &DataType<'_>, value: &Option<Value<'_>>| {
        value.as_ref().is_some_and(|value| {
            !matches!(data_type.kind, TypeKind::Intrinsic(_)) || !is_literal(value)
        })
    };
    class.features.iter().any(|feature| match feature {
        Feature::Property(property) => more(&property.data_type, &property.default),
        Feature::Method(method) => method.parameters.iter().any(|p| more(&p.data_type, &p.default)),
    })
}

fn is_literal(value: &Value<'_>) -> bool {
    match &value.kind {
        ValueKind::Array(items) => items.iter().all(is_literal),
        ValueKind::Alias(_) | ValueKind::Instance(_) | ValueKind::Class(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests;
