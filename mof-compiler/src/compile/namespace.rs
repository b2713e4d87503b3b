//! A namespace while it is compiled.

use super::Context;
use super::doubt::Doubtful;
use super::history::{History, Step};
use super::place::Texts;
use super::surroundings::Surroundings;
use super::unit::Class;
use super::value::Aliases;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::syntax::ast::ClassDeclaration;
use cimarron_model::Name;
use cimarron_schema::rules::{Environment, Part, Place, ReadMaps};
use cimarron_schema::{NamespaceBuilder, ResolvedClass};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// The namespace as the steps see it while it grows.
pub(crate) struct Namespace<'c, 's> {
    pub(crate) context: &'c Context<'c>,
    pub(crate) builder: &'s mut NamespaceBuilder,
    pub(crate) sink: &'s mut Diagnostics,
    /// The classes of the text.
    pub(super) texts: &'c Texts<'c>,
    pub(super) doubtful: Doubtful,
    /// What aliases in the defaults of classes stand for.
    pub(super) aliases: Option<&'s dyn Aliases>,
    /// What the text has changed.
    pub(super) history: Rc<RefCell<History>>,
    /// How many values defaults have added to complex values.
    pub(super) filled: Rc<Cell<usize>>,
    /// What was read to judge the values of instances.
    pub(super) maps: Rc<ReadMaps>,
    /// The place of the text as which classes are seen; none for how they are in the end.
    pub(super) moment: Option<usize>,
}

impl<'c, 's> Namespace<'c, 's> {
    pub(crate) fn new(
        context: &'c Context<'c>,
        builder: &'s mut NamespaceBuilder,
        sink: &'s mut Diagnostics,
        texts: &'c Texts<'c>,
    ) -> Self {
        Self {
            context,
            builder,
            sink,
            texts,
            doubtful: Doubtful::default(),
            aliases: None,
            history: Rc::default(),
            filled: Rc::default(),
            maps: Rc::default(),
            moment: None,
        }
    }

    /// The tree of a class that was let go, once more.
    pub(super) fn tree_again(&self, declared: &Class<'_>) -> Option<Box<ClassDeclaration<'c>>> {
        let again = || self.texts.again(declared.file, declared.node.span);
        declared.released.then(again).flatten()
    }
}

impl Namespace<'_, '_> {
    /// Whether this is the namespace of that name.
    pub(super) fn is_at(&self, name: &Name) -> bool {
        name.is(self.context.namespace)
    }

    /// The class of this name: of the text, or already there.
    pub(crate) fn class(&mut self, name: &str) -> Option<Arc<ResolvedClass>> {
        match self.last_class(name) {
            Some(last) => Some(self.as_then(last)),
            None => self.deleted_below(name),
        }
    }

    /// A class that the text deletes behind the place that is looked at: what is embedded
    /// there may be of it.
    fn deleted_below(&self, name: &str) -> Option<Arc<ResolvedClass>> {
        let moment = self.moment?;
        let environment = self.environment();
        let mut of_name = |name: &str| environment.resolved(name);
        self.history.borrow().deleted(&mut of_name, name, moment)
    }

    /// Whether the text declares a class that is still to be made.
    pub(super) fn is_to_come(&self, class: &str) -> bool {
        self.texts.superclass(class).is_some() && !self.builder.has_added(class)
    }

    /// The changes of a class that matter to its instances.
    pub(super) fn steps(&self, now: &Arc<ResolvedClass>) -> Rc<[Step]> {
        let environment = self.environment();
        let mut of_name = |name: &str| environment.resolved(name);
        self.history.borrow_mut().steps(&mut of_name, now)
    }

    /// A class as it is at the place of the text that is looked at.
    pub(super) fn as_then(&self, last: Arc<ResolvedClass>) -> Arc<ResolvedClass> {
        let Some(moment) = self.moment else { return last };
        let environment = self.environment();
        let mut of_name = |name: &str| environment.resolved(name);
        let then = self.history.borrow_mut().class_at(&mut of_name, &last, moment);
        then.unwrap_or(last)
    }

    /// The class of this name as it is in the end.
    pub(super) fn last_class(&mut self, name: &str) -> Option<Arc<ResolvedClass>> {
        if let Some(class) = self.builder.class(name) {
            return Some(class.clone());
        }
        let Some(class) = self.context.base.class(self.context.namespace, name) else {
            return self.system_class(name);
        };
        self.builder.know(class.clone());
        Some(class)
    }

    pub(crate) fn environment(&self) -> Surroundings<'_> {
        Surroundings {
            texts: self.texts,
            builder: self.builder,
            context: self.context,
            broken: &self.sink.broken,
            advises: self.sink.wants_advice(),
        }
    }

    fn borrowed(&mut self) -> Namespace<'_, '_> {
        Namespace {
            context: self.context,
            builder: self.builder,
            sink: self.sink,
            texts: self.texts,
            doubtful: self.doubtful.clone(),
            aliases: self.aliases,
            history: self.history.clone(),
            filled: self.filled.clone(),
            maps: self.maps.clone(),
            moment: self.moment,
        }
    }

    /// The same namespace, reporting elsewhere.
    pub(crate) fn with_sink<'t>(&'t mut self, sink: &'t mut Diagnostics) -> Namespace<'t, 't> {
        Namespace { sink, ..self.borrowed() }
    }

    /// The same namespace where the defaults of classes may have aliases.
    pub(super) fn with_aliases<'t>(&'t mut self, aliases: &'t dyn Aliases) -> Namespace<'t, 't> {
        Namespace { aliases: Some(aliases), ..self.borrowed() }
    }

    /// Adds a label at a part of a class, or of a member of it, when the text has it.
    pub(super) fn labelled(
        &self,
        found: Diagnostic,
        class: &Name,
        member: Option<&Name>,
        part: Part,
        message: impl Into<String>,
    ) -> Diagnostic {
        let place = Place { class: class.clone(), member: member.cloned(), parameter: None, part };
        self.labelled_at(found, &place, message)
    }

    /// Adds a label at a place, when the text has it.
    pub(super) fn labelled_at(
        &self,
        found: Diagnostic,
        place: &Place,
        message: impl Into<String>,
    ) -> Diagnostic {
        match self.texts.find(place) {
            Some((file, span)) => found.with_label(file, span, message),
            None => found,
        }
    }
}
