//! Compiling the declarations of a namespace.
//!
//! Classes come after those that they need, and of one that is declared again the last
//! declaration counts. What they say of each other is judged when all are there.

use super::alias::AliasTable;
use super::early::{EarlyClass, Findings};
use super::history::Past;
use super::mof3::permits;
use super::namespace::Namespace;
use super::order::needed_first;
use super::place::{methods, name_refused_overrides, properties, span_of};
use super::redeclare::{Again, Dependents, Forced};
use super::unit::{Class, Item, Unit};
use super::update::Changes;
use super::value::Aliases;
use super::waiting::Waiting;
use super::{At, Language, class, embedded, instances, limits, qualifier, reference};
use crate::Code;
use crate::diagnostic::{Diagnostics, Severity};
use crate::syntax::ast::ClassDeclaration;
use cimarron_model::{CaseInsensitive, Dialect, Name};
use cimarron_schema::ResolvedClass;
use cimarron_schema::rules::{Judgement, Rule, Says, Violation, check_class, check_links};
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A class as it is declared, and what was found about it.
struct Judged {
    local: cimarron_model::Class,
    /// Whether it has a superclass, and that is there.
    is_below: bool,
    /// Whether what is inherited is not to be trusted.
    doubtful: bool,
    too_deep: bool,
    open: Open,
}

/// What of a class is judged when all classes are there.
struct Open {
    /// What it says of others.
    says: Says,
    /// Whether a default of it is open, too.
    defaults: bool,
    /// The parameters whose defaults are still to be made.
    waiting: Vec<Waiting>,
}

impl Namespace<'_, '_> {
    /// Compiles the instances.
    pub(super) fn instances(
        &mut self,
        unit: &Unit<'_>,
        table: &AliasTable<'_>,
        changes: &mut Changes,
    ) {
        let Unit { classes, instances, .. } = unit;
        instances::instances(&mut self.with_aliases(table), (classes, instances), table, changes);
    }

    /// Compiles the qualifiers and the classes.
    pub(super) fn declare(
        &mut self,
        unit: &mut Unit<'_>,
        table: &AliasTable<'_>,
        changes: &mut Changes,
    ) {
        for declaration in &unit.qualifiers {
            qualifier::declare(self, *declaration);
        }
        let Unit { classes, instances, buried, .. } = unit;
        let mut namespace = self.with_aliases(table);
        namespace.classes(classes, instances, table, changes);
        if !instances.is_empty() {
            for (until, buried) in buried {
                namespace.remember(*until, &buried.classes);
            }
        }
    }

    /// Remembers classes that were deleted at a place of the text.
    fn remember(&mut self, until: usize, deleted: &[Class<'_>]) {
        for class in deleted {
            let mut unheard = Diagnostics::with_limit(0);
            let mut quiet = self.with_sink(&mut unheard);
            let local = class::lower(&mut quiet, class.at(), &class.flavors).typed();
            let name = local.name.clone();
            self.history.borrow_mut().add(&name, until, Past::Declared(local));
        }
    }

    fn classes(
        &mut self,
        classes: &mut [Class<'_>],
        items: &[Item<'_>],
        aliases: &AliasTable<'_>,
        changes: &mut Changes,
    ) {
        let mut last: HashMap<Name, usize> = HashMap::new();
        let mut dependents: Option<Dependents> = None;
        // The declarations that take no effect: replaced by later ones, where these stand, or
        // refused.
        let mut idle: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        let mut forced = Forced::default();
        for (i, class) in classes.iter().enumerate() {
            let name = Name::new(class.node.name.text);
            let above = last.get(&name).copied();
            let before = above.and_then(|b| classes.get(b));
            let mut counts = self.existence(before, class);
            if let (true, Some(before)) = (counts, before) {
                let dependents = dependents.get_or_insert_with(|| Dependents::of(classes, items));
                let again = self.declared_again(before, class, dependents);
                if again == Again::Update {
                    idle.extend(above.map(|above| (above, Some(class.order))));
                }
                counts = again != Again::Refused;
                forced.add(class);
            }
            let mut flags = class.flags;
            if above.is_some() {
                // What must be there was there or not when the text declared it first.
                let first = changes.class(self.context.namespace, name.as_str());
                flags.existence = first.existence;
            }
            changes.set_class(self.context.namespace, &name, flags);
            if counts {
                if !items.is_empty()
                    && let Some(known) = self.known_before(before, &name)
                {
                    self.history.borrow_mut().add(&name, class.order, Past::Known(known));
                }
                last.insert(name, i);
            } else {
                // What follows may be meant for it.
                self.doubtful.add(name.as_str());
                idle.insert(i, None);
            }
        }
        let context = self.context;
        let class_of =
            |file, alias: &str| aliases.class_of(context, file, alias).map(str::to_owned);
        let order = needed_first(classes, &last, &class_of);
        for circle in &order.circles {
            self.circle(circle.iter().filter_map(|i| classes.get(*i)));
        }
        let mut linked = Vec::new();
        for i in order.sequence {
            // Of a class that is declared again, the last declaration counts that may.
            let Some(class) = classes.get_mut(i) else { continue };
            let counts = last.get(&CaseInsensitive(class.node.name.text)) == Some(&i);
            if counts && !order.circular.contains(&i) {
                let open = self.compile_class(class, &forced);
                if open.says.anything() || open.defaults || !open.waiting.is_empty() {
                    linked.push((i, open));
                }
            }
            // What MOF 3 was made into could not be made from the text again.
            let may_go = self.context.language == Language::Mof2 && !idle.contains_key(&i);
            if may_go && !self.context.keeps_trees {
                class.release();
            }
        }
        // The mistakes of what takes no effect are mistakes.
        for (i, until) in idle {
            let Some(class) = classes.get(i).filter(|_| !order.circular.contains(&i)) else {
                continue;
            };
            let local = self.judge(class, &forced).local;
            if let Some(until) = until {
                let name = local.name.clone();
                self.history.borrow_mut().add(&name, until, Past::Declared(local));
            }
        }
        let mut made = HashMap::new();
        for (i, Open { says, defaults, waiting }) in linked {
            let Some(class) = classes.get(i) else { continue };
            self.check_links(class, says);
            if defaults {
                self.open_defaults(class);
            }
            if !waiting.is_empty() {
                self.waiting_defaults(class, waiting, &mut made);
            }
        }
        if !made.is_empty() {
            self.builder.replace_methods(&made.into_values().collect::<Vec<_>>());
        }
    }

    /// Reports classes each of which is the next one's subclass, and the last the first one's.
    fn circle<'t>(&mut self, mut classes: impl Iterator<Item = &'t Class<'t>>) {
        /// How many of the links are shown.
        const MOST_SHOWN: usize = 16;
        let above = |class: &'t Class<'t>| class.node.superclass.unwrap_or(class.node.name);
        let Some(first) = classes.next() else { return };
        let name = first.node.name.text;
        self.doubtful.add(name);
        let message = format!("`{name}` is, through its superclasses, its own superclass");
        let code = Code::Rule(Rule::CircularSuperclass);
        let mut found = first.at().error(code, above(first).span, message);
        for class in classes {
            let name = class.node.name.text;
            self.doubtful.add(name);
            if found.labels.len() < MOST_SHOWN {
                let above = above(class);
                let label = format!("`{name}` derives from `{}`", above.text);
                found = found.with_label(class.file, above.span, label);
            }
        }
        self.sink.push(found);
    }

    /// The class that is there already and that the text changes, in WMI.
    fn known_before(&self, before: Option<&Class<'_>>, name: &Name) -> Option<Arc<ResolvedClass>> {
        if before.is_some() || self.context.dialect == Dialect::Dmtf {
            return None;
        }
        self.context.base.class(self.context.namespace, name.as_str())
    }

    /// Compiles a class; gives what is still to be judged of it.
    fn compile_class(&mut self, declared: &mut Class<'_>, forced: &Forced) -> Open {
        if let Some(EarlyClass { class, says, defaults, findings }) = declared.early.take() {
            // What may have to wait is not compiled early.
            let waiting = Vec::new();
            let open = match findings {
                Findings::None => Open { says, defaults, waiting },
                Findings::These(mut violations) => {
                    violations.retain(|v| !self.is_consequence(v, &class.name, false));
                    self.report(declared, violations);
                    Open { says, defaults, waiting }
                }
                Findings::More => self.judge(declared, forced).open,
            };
            self.builder.add_resolved(class);
            return open;
        }
        let Judged { mut local, is_below, doubtful, too_deep, open } = self.judge(declared, forced);
        if doubtful || too_deep {
            self.doubtful.add(local.name.as_str());
        }
        if !is_below || too_deep {
            // The missing superclass has been reported; go on without it, so
            // that what lies below this class can still be checked.
            local.superclass = None;
        }
        if let Err(missing) = self.builder.add_class(local) {
            let message = missing.to_string();
            let code = Code::Rule(Rule::MissingSuperclass);
            self.sink.push(declared.at().error(code, declared.node.name.span, message));
        }
        open
    }

    /// Lowers a class and reports what is wrong with it.
    fn judge(&mut self, declared: &Class<'_>, forced: &Forced) -> Judged {
        let mut lowered = class::lower_before_others(self, declared.at(), &declared.flavors);
        let local = &mut lowered.class;
        let above = match &local.superclass {
            Some(name) => {
                let name = name.clone();
                self.class(name.as_str())
            }
            None => None,
        };
        let dialect = self.context.dialect;
        let doubtful = match &local.superclass {
            Some(name) => above.is_none() || self.doubts(name.as_str()),
            None => false,
        };
        let Judgement { mut violations, mut says } =
            check_class(local, above.as_deref(), &self.environment(), dialect);
        if name_refused_overrides(local, &violations, &declared.node) {
            Judgement { violations, says } =
                check_class(local, above.as_deref(), &self.environment(), dialect);
        }
        if forced.holds(declared, above.as_deref()) {
            violations.retain(|v| !v.drop_conflicting(local));
        }
        violations.retain(|v| {
            let around = self.environment();
            let permitted = permits(self.context, v, &lowered.class, above.as_deref(), &around);
            !permitted
                && !self.is_consequence(v, &lowered.class.name, doubtful)
                && !lowered.is_of_untyped(v)
        });
        lowered.doubt_repeated(&violations);
        let too_deep = violations.iter().any(|v| v.rule == Rule::HierarchyTooDeep);
        self.report(declared, violations);
        let defaults =
            limits::defaults(self, declared.at(), &lowered.class, above.as_deref(), says);
        let doubtful = doubtful || !lowered.untyped.is_empty();
        let open = Open { says, defaults, waiting: std::mem::take(&mut lowered.waiting) };
        Judged { local: lowered.typed(), is_below: above.is_some(), doubtful, too_deep, open }
    }

    /// Judges what a class says of others, which are all there now.
    fn check_links(&mut self, declared: &Class<'_>, says: Says) {
        let Some(class) = self.builder.class(declared.node.name.text) else { return };
        let found = check_links(class, says, &self.environment(), self.context.dialect);
        self.report(declared, found);
    }

    /// Judges the defaults of a class that are embedded objects or references, as the same
    /// values of instances are.
    fn open_defaults(&mut self, declared: &Class<'_>) {
        let Some(class) = self.builder.class(declared.node.name.text).cloned() else { return };
        let again = self.tree_again(declared);
        let node = again.as_deref().unwrap_or(&declared.node);
        for written in properties(node) {
            let (Some(text), Some((_, member))) =
                (&written.default, class.property(written.name.text))
            else {
                continue;
            };
            if let Some(value) = &member.declaration.default {
                let at = At::new(declared.file, text);
                reference::judge(self, at, value);
                embedded::judge(self, at, value, &member.declaration);
            }
        }
        if self.context.language == Language::Mof3 {
            self.open_parameters(At::new(declared.file, node), &class);
        }
    }

    /// Judges the defaults of parameters that are references.
    fn open_parameters(&mut self, at: At<'_, ClassDeclaration<'_>>, class: &ResolvedClass) {
        for written in methods(at.node) {
            let Some((_, member)) = class.method(written.name.text) else { continue };
            for (one, text) in member.declaration.parameters.iter().zip(&written.parameters) {
                if let (Some(value), Some(default)) = (&one.default, &text.default)
                    && one.name.is(text.name.text)
                {
                    reference::judge(self, At::new(at.file, default), value);
                }
            }
        }
    }

    /// Turns violations into findings, at the text that they are about.
    fn report(&mut self, declared: &Class<'_>, violations: Vec<Violation>) {
        if violations.is_empty() {
            return;
        }
        let again = self.tree_again(declared);
        let at = At::new(declared.file, again.as_deref().unwrap_or(&declared.node));
        for violation in violations {
            let code = Code::Rule(violation.rule);
            let severity = if violation.is_error(self.context.dialect) {
                Severity::Error
            } else {
                Severity::Warning
            };
            let kept = self.sink.keeps(code, severity);
            let span = if kept { span_of(at.node, &violation) } else { at.node.name.span };
            let mut found = at.error(code, span, violation.message).with_severity(severity);
            found.help = violation.help;
            if let Some((place, label)) = violation.related.map(|related| *related)
                && kept
                && let Some((file, span)) = self.texts.find_from(at, &place)
            {
                found = found.with_label(file, span, label);
            }
            self.sink.push(found);
        }
    }
}
