//! What the rules may ask of a namespace while its text is compiled.

use super::mof3::successor;
use super::place::Texts;
use super::{Context, Language};
use crate::diagnostic::Broken;
use cimarron_model::{Name, QualifierType, suggest};
use cimarron_schema::rules::{Environment, MAX_DEPTH};
use cimarron_schema::{NamespaceBuilder, ResolvedClass};
use std::sync::Arc;

/// What the rules may ask.
pub(crate) struct Surroundings<'a> {
    pub(super) texts: &'a Texts<'a>,
    pub(super) builder: &'a NamespaceBuilder,
    pub(super) context: &'a Context<'a>,
    pub(super) broken: &'a Broken,
    pub(super) advises: bool,
}

impl Environment for Surroundings<'_> {
    fn types_say_all(&self) -> bool {
        self.context.language == Language::Mof3
    }

    fn written_name<'n>(&self, class: &'n str) -> &'n str {
        self.texts.written_name(class)
    }

    fn superclass(&self, class: &str) -> Option<Option<Name>> {
        if let Some(superclass) = self.texts.superclass(class) {
            return Some(superclass);
        }
        match self.context.base.class(self.context.namespace, class) {
            Some(class) => Some(class.superclass().cloned()),
            // A class that could not be read exists all the same.
            None if self.broken.has_class(class) => Some(None),
            None => self.context.system.superclass(self.context, class),
        }
    }

    fn is_a(&self, class: &str, above: &str) -> bool {
        let mut current = Name::new(class);
        for _ in 0..=MAX_DEPTH {
            if current.is(above) || self.broken.has_class(current.as_str()) {
                return true;
            }
            match self.superclass(current.as_str()).flatten() {
                Some(next) => current = next,
                None => return false,
            }
        }
        false
    }

    fn resolved(&self, class: &str) -> Option<Arc<ResolvedClass>> {
        let known = self.builder.class(class).cloned();
        known.or_else(|| self.context.base.class(self.context.namespace, class))
    }

    fn qualifier_type(&self, name: &str) -> Option<&QualifierType> {
        self.builder.qualifier_type(name)
    }

    fn similar_class(&self, name: &str) -> Option<String> {
        if !self.advises {
            return None;
        }
        let there = self.context.base.class_names(self.context.namespace);
        let names = self.texts.names().chain(&there).map(Name::as_str);
        suggest::nearest(name, names).map(str::to_owned)
    }

    fn local_type(&self, name: &str) -> Option<(&str, &str)> {
        self.context.types?.local(name)
    }

    fn where_local(&self, name: &str) -> Option<String> {
        self.context.types?.where_local(name)
    }

    fn similar_qualifier(&self, name: &str) -> Option<String> {
        if !self.advises {
            return None;
        }
        if let Some(successor) = successor(name).filter(|_| self.types_say_all()) {
            return Some(successor.to_owned());
        }
        let names = self.builder.known_qualifier_types().map(|q| q.name.as_str());
        suggest::nearest(name, names).map(str::to_owned)
    }
}
