//! Compiling one namespace.

use super::collect::{Class, Unit};
use super::order::needed_first;
use super::place::{Texts, span_of};
use super::{At, Context, class, instance, limits, qualifier};
use crate::Code;
use crate::diagnostic::{Diagnostics, Severity};
use crate::syntax::ast::ClassDeclaration;
use cimarron_model::{CaseInsensitive, Dialect, Name, QualifierType, suggest};
use cimarron_schema::rules::{Environment, Judgement, Violation, check_class, check_links};
use cimarron_schema::{NamespaceBuilder, ResolvedClass};
use hashbrown::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// The namespace as the steps see it while it grows.
pub(crate) struct Namespace<'c, 's> {
    pub(crate) context: &'c Context<'c>,
    pub(crate) builder: &'s mut NamespaceBuilder,
    pub(crate) sink: &'s mut Diagnostics,
    /// The superclass that each class of the text names.
    declared: Rc<HashMap<Name, Option<Name>>>,
}

/// Compiles a namespace's declarations into its builder.
pub(crate) fn compile_namespace(
    unit: &Unit<'_>,
    context: &Context<'_>,
    builder: &mut NamespaceBuilder,
    sink: &mut Diagnostics,
) {
    for declaration in context.base.qualifier_types(context.namespace) {
        builder.know_qualifier_type(declaration);
    }
    let mut namespace = Namespace { context, builder, sink, declared: Rc::default() };
    for declaration in &unit.qualifiers {
        qualifier::declare(&mut namespace, *declaration);
    }
    namespace.classes(&unit.classes);
    instance::instances(&mut namespace, unit);
}

impl Namespace<'_, '_> {
    /// The class of this name: of the text, or already there.
    pub(crate) fn class(&mut self, name: &str) -> Option<Arc<ResolvedClass>> {
        if let Some(class) = self.builder.class(name) {
            return Some(class.clone());
        }
        let class = self.context.base.class(self.context.namespace, name)?;
        self.builder.know(class.clone());
        Some(class)
    }

    pub(crate) fn environment(&self) -> Surroundings<'_> {
        Surroundings {
            declared: &self.declared,
            builder: self.builder,
            context: self.context,
            advises: self.sink.wants_advice(),
        }
    }

    /// The same namespace, reporting elsewhere.
    pub(crate) fn with_sink<'t>(&'t mut self, sink: &'t mut Diagnostics) -> Namespace<'t, 't> {
        Namespace {
            context: self.context,
            builder: self.builder,
            sink,
            declared: self.declared.clone(),
        }
    }

    fn classes(&mut self, classes: &[Class<'_>]) {
        let mut last: HashMap<Name, usize> = HashMap::new();
        let mut declared: HashMap<Name, Option<Name>> = HashMap::new();
        for (i, class) in classes.iter().enumerate() {
            let name = Name::new(class.at.node.name.text);
            if let Some(before) = last.insert(name.clone(), i).and_then(|b| classes.get(b)) {
                self.declared_again(&name, before, class);
            }
            let superclass = class.at.node.superclass.map(|s| Name::new(s.text));
            declared.insert(name, superclass);
        }
        self.declared = Rc::new(declared);
        let order = needed_first(classes, &last);
        for class in order.circular.iter().filter_map(|i| classes.get(*i)) {
            let node = class.at.node;
            let span = node.superclass.map_or(node.name.span, |s| s.span);
            let message =
                format!("`{}` is, through its superclasses, its own superclass", node.name.text);
            let code = Code::Rule(cimarron_schema::rules::Rule::CircularSuperclass);
            self.sink.push(class.at.error(code, span, message));
        }
        let texts = Texts { classes, last: &last };
        let mut linked = Vec::new();
        for i in order.sequence {
            // Of a class that is declared again, the last declaration counts.
            let Some(class) = classes.get(i) else { continue };
            let counts = last.get(&CaseInsensitive(class.at.node.name.text)) == Some(&i);
            if counts && !order.circular.contains(&i) && self.compile_class(class, &texts) {
                linked.push(class);
            }
        }
        for declared in linked {
            let Some(class) = self.builder.class(declared.at.node.name.text) else { continue };
            let found = check_links(class, &self.environment(), self.context.dialect);
            self.report(declared.at, found, &texts);
        }
    }

    /// WMI updates a class that is declared again; in DMTF MOF it is a mistake,
    /// unless both say the same.
    fn declared_again(&mut self, name: &Name, before: &Class<'_>, now: &Class<'_>) {
        let dialect = self.context.dialect;
        if dialect == Dialect::Dmtf {
            let mut unheard = Diagnostics::with_limit(0);
            let mut quiet = self.with_sink(&mut unheard);
            if class::lower(&mut quiet, before) == class::lower(&mut quiet, now) {
                return;
            }
        }
        let message = format!("the class `{name}` is declared again");
        let found = now.at.error(Code::DuplicateClass, now.at.node.name.span, message).with_label(
            before.at.file,
            before.at.node.name.span,
            "first declared here",
        );
        self.sink.push(match dialect {
            Dialect::Wmi => {
                found.with_severity(Severity::Warning).with_help("the last declaration counts")
            }
            Dialect::Dmtf => found.with_help("remove one of the two"),
        });
    }

    /// Compiles a class; says whether it says something of others.
    fn compile_class(&mut self, declared: &Class<'_>, texts: &Texts<'_, '_>) -> bool {
        let mut local = class::lower(self, declared);
        let above = match &local.superclass {
            Some(name) => {
                let name = name.clone();
                self.class(name.as_str())
            }
            None => None,
        };
        let dialect = self.context.dialect;
        let Judgement { violations, has_links } =
            check_class(&local, above.as_deref(), &self.environment(), dialect);
        self.report(declared.at, violations, texts);
        limits::defaults(self, declared.at, &local, above.as_deref());
        if above.is_none() {
            // The missing superclass has been reported; go on without it, so
            // that what lies below this class can still be checked.
            local.superclass = None;
        }
        if let Err(missing) = self.builder.add_class(&local) {
            let message = missing.to_string();
            let code = Code::Rule(cimarron_schema::rules::Rule::MissingSuperclass);
            self.sink.push(declared.at.error(code, declared.at.node.name.span, message));
        }
        has_links
    }

    /// Turns violations into findings, at the text that they are about.
    fn report(
        &mut self,
        at: At<'_, ClassDeclaration<'_>>,
        violations: Vec<Violation>,
        texts: &Texts<'_, '_>,
    ) {
        for violation in violations {
            let span = span_of(at.node, &violation);
            let code = Code::Rule(violation.rule);
            let severity = if violation.is_error(self.context.dialect) {
                Severity::Error
            } else {
                Severity::Warning
            };
            let mut found = at.error(code, span, violation.message).with_severity(severity);
            found.help = violation.help;
            if let Some((place, label)) = violation.related.map(|related| *related)
                && let Some((file, span)) = texts.find(&place)
            {
                found = found.with_label(file, span, label);
            }
            self.sink.push(found);
        }
    }
}

/// What the rules may ask.
pub(crate) struct Surroundings<'a> {
    declared: &'a HashMap<Name, Option<Name>>,
    builder: &'a NamespaceBuilder,
    context: &'a Context<'a>,
    advises: bool,
}

impl Environment for Surroundings<'_> {
    fn superclass(&self, class: &str) -> Option<Option<Name>> {
        if let Some(superclass) = self.declared.get(&CaseInsensitive(class)) {
            return Some(superclass.clone());
        }
        let class = self.context.base.class(self.context.namespace, class)?;
        Some(class.superclass().cloned())
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
        let names = self.declared.keys().chain(&there).map(Name::as_str);
        suggest::nearest(name, names).map(str::to_owned)
    }

    fn similar_qualifier(&self, name: &str) -> Option<String> {
        if !self.advises {
            return None;
        }
        let names = self.builder.known_qualifier_types().map(|q| q.name.as_str());
        suggest::nearest(name, names).map(str::to_owned)
    }
}
