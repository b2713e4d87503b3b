//! What the change of a class takes with it: the classes below, and the rows of all.
//!
//! WMI has three ways to change a class that is in use (WQL_MOF.md part 5, class update
//! modes). By default only qualifiers that are notes may change. `safeupdate` changes
//! whatever conflicts with nothing below. `forceupdate` also drops the qualifiers of
//! subclasses that stand in the way, and values that fit no more. DMTF has one way, and it
//! is WMI's safe one.
//!
//! Classes below a changed one are resolved again under it, judged by the rules that hold
//! for every declaration: what they did not break before and break now is a conflict.

use super::{ClassDef, ClassId, ClassRef, Schema};
use crate::error::EngineError;
use crate::refused::{Refusal, Refusals, Subject};
use cimarron_model::{Class, ClassVersion, Dialect, Name, QualifierType};
use cimarron_mof::{Existence, UpdateFlags, UpdateMode};
use cimarron_schema::rules::{Environment, Violation, check_class};
use cimarron_schema::{
    Archive, ClassForm, ClassView, ResolvedClass, SchemaBuilder, SchemaView, Shared,
    differs_in_more_than_notes,
};
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// What holds while an archive is installed.
#[derive(Clone, Copy)]
pub(crate) struct Policy<'a> {
    pub(crate) dialect: Dialect,
    /// The update flags of a class of the archive.
    pub(crate) flags: &'a dyn Fn(&str) -> UpdateFlags,
    /// Whether a class itself has instances.
    pub(crate) has_instances: &'a dyn Fn(ClassId) -> bool,
}

impl Policy<'_> {
    /// Whether a class may be what it is: new, or there already.
    pub(super) fn check_existence(self, current: &Schema, name: &str) -> Result<(), EngineError> {
        let there = current.class(name);
        match ((self.flags)(name).existence, there) {
            (Existence::CreateOnly, Some(live)) => {
                Err(EngineError::ClassExists { class: live.name().clone() })
            }
            (Existence::UpdateOnly, None) => Err(EngineError::ClassNotFound {
                class: name.into(),
                suggestion: current.suggestion(name),
            }),
            _ => Ok(()),
        }
    }

    /// Whether a class may change that is there already, and how far.
    pub(super) fn check_replaceable(
        self,
        live: ClassRef<'_>,
        new: ClassView<'_>,
        content: SchemaView<'_>,
    ) -> Result<UpdateMode, EngineError> {
        let mode = match ((self.flags)(new.name()).mode, self.dialect) {
            (UpdateMode::Compatible, Dialect::Wmi) => UpdateMode::Compatible,
            // DSP0200 5.3.2.8 refuses what cannot be updated consistently, and no more.
            (UpdateMode::Compatible, Dialect::Dmtf) => return Ok(UpdateMode::Safe),
            (other, _) => return Ok(other),
        };
        // Whoever has a declaration of what the engine put there means the same class. Nobody
        // has built anything on it yet.
        if live.subtree().all(|class| class.def().is_built_in()) && !self.is_used(live) {
            return Ok(UpdateMode::Force);
        }
        let child = live.children().find(|c| content.class(c.name().as_str()).is_none());
        let used = || live.subtree().find(|c| (self.has_instances)(c.def().id));
        let in_the_way = match child {
            Some(child) => EngineError::ClassHasChildren {
                class: live.name().clone(),
                child: child.name().clone(),
            },
            None => match used() {
                Some(class) => EngineError::ClassHasInstances { class: class.name().clone() },
                None => return Ok(mode),
            },
        };
        let (old, new) =
            (live.def().to_class(ClassForm::Resolved), new.to_class(ClassForm::Resolved));
        if differs_in_more_than_notes(&old, &new) { Err(in_the_way) } else { Ok(mode) }
    }
}

impl Policy<'_> {
    fn is_used(self, class: ClassRef<'_>) -> bool {
        class.subtree().any(|below| (self.has_instances)(below.def().id))
    }
}

/// The classes that change, each with the mode of the change.
pub(super) type Changed = HashMap<ClassId, UpdateMode>;

/// Resolves the classes again that lie below a changed one and are not in the archive as
/// they must be. `schema` has the new classes in place, `current` is what was before.
/// What follows from a change joins `changed`. Classes that a change does not fit join
/// `refused`, and nothing is resolved below them.
pub(super) fn resolve_below(
    current: &Schema,
    schema: &Schema,
    content: SchemaView<'_>,
    added: &[Arc<ClassDef>],
    changed: &mut Changed,
    (dialect, version): (Dialect, ClassVersion),
    refused: &mut Refusals<'_>,
) -> Result<Vec<Arc<ClassDef>>, EngineError> {
    let added: HashMap<ClassId, ()> = added.iter().map(|def| (def.id, ())).collect();
    let mut rebuilt: HashMap<ClassId, Arc<ResolvedClass>> = HashMap::new();
    let (mut before, mut after) = (Resolved::default(), Resolved::default());
    let mut builder = SchemaBuilder::new(dialect);
    let target = builder.namespace("again");
    let mut out: HashSet<ClassId> = HashSet::new();
    for class in schema.classes() {
        let id = class.def().id;
        let Some(parent) = class.parent() else { continue };
        if out.contains(&parent.def().id) {
            changed.remove(&id);
            out.insert(id);
            continue;
        }
        let mode = changed.get(&id).or_else(|| changed.get(&parent.def().id));
        let Some(mode) = mode.copied() else { continue };
        let is_new = added.contains_key(&id);
        let under = rebuilt.get(&parent.def().id).cloned();
        let as_it_must_be = match (is_new, &under) {
            (true, None) => true,
            (true, Some(_)) => false,
            // What the archive has and found unchanged was resolved under the new parent.
            (false, _) => content.class(class.name().as_str()).is_some(),
        };
        if as_it_must_be {
            if is_new {
                changed.insert(id, mode);
            }
            continue;
        }
        let Some(above) = under.or_else(|| after.get(parent)) else { continue };
        let before = current.by_id(parent.def().id).and_then(|class| before.get(class));
        let mut local = class.def().to_class(ClassForm::Local);
        if !fits(&mut local, (before.as_deref(), &above), mode, (schema, dialect)) {
            let (class, child) = (parent.name().clone(), class.name().clone());
            let error = EngineError::ClassHasChildren { class, child };
            refused.push(refused_change((parent.name(), error), current, content));
            changed.remove(&id);
            out.insert(id);
            continue;
        }
        target.know(above);
        let again = target.add_class(local).map_err(|missing| EngineError::SuperclassNotFound {
            class: missing.class,
            superclass: missing.superclass,
            suggestion: None,
        })?;
        rebuilt.insert(id, again);
        changed.insert(id, mode);
    }
    if rebuilt.is_empty() {
        return Ok(Vec::new());
    }
    let archive = Arc::new(Archive::from_bytes(builder.finish()?)?);
    let Some(content) = archive.namespaces().next() else { return Ok(Vec::new()) };
    let again = |class: ClassView<'_>| {
        let id = schema.class(class.name())?.def().id;
        let def = ClassDef::new(id, version, &archive, 0, class);
        Some(Arc::new(ClassDef { follows: true, ..def }))
    };
    Ok(content.classes().filter_map(again).collect())
}

/// Whether a class that was below `before` can be below `above`: what conflicts with that and
/// did not before is too much. A forced change drops the qualifiers that stand in the way.
fn fits(
    local: &mut Class,
    (before, above): (Option<&ResolvedClass>, &ResolvedClass),
    mode: UpdateMode,
    (schema, dialect): (&Schema, Dialect),
) -> bool {
    let judge = |local: &Class, above: Option<&ResolvedClass>| -> Vec<Violation> {
        let mut found = check_class(local, above, &Around { schema }, dialect).violations;
        found.retain(|violation| violation.is_error(dialect));
        found
    };
    let known = judge(local, before);
    let mut found = judge(local, Some(above));
    let mut dropped = false;
    for violation in found.iter().filter(|_| mode == UpdateMode::Force) {
        dropped |= violation.drop_conflicting(local);
    }
    if dropped {
        found = judge(local, Some(above));
    }
    found.iter().all(|violation| known.contains(violation))
}

/// That a change does not fit a class, which an archive need not have: the change is that of
/// one above then.
pub(crate) fn refused_change(
    (class, error): (&Name, EngineError),
    current: &Schema,
    content: SchemaView<'_>,
) -> Refusal {
    let lineage = std::iter::successors(current.class(class.as_str()), |c| c.parent());
    let mut names = lineage.map(ClassRef::name);
    let changed = names.find(|name| content.class(name.as_str()).is_some()).unwrap_or(class);
    Subject::Class(changed.clone()).refused(content.name(), error)
}

/// Resolved superclasses of one schema version, each made once for all below it.
#[derive(Default)]
struct Resolved {
    classes: HashMap<ClassId, Arc<ResolvedClass>>,
    shared: Shared,
    archive: Option<Arc<Archive>>,
}

impl Resolved {
    fn get(&mut self, class: ClassRef<'_>) -> Option<Arc<ResolvedClass>> {
        let def = class.def();
        if let Some(known) = self.classes.get(&def.id) {
            return Some(known.clone());
        }
        // What is shared is shared within an archive.
        if self.archive.as_ref().is_none_or(|archive| !Arc::ptr_eq(archive, &def.archive)) {
            self.archive = Some(def.archive.clone());
            self.shared = Shared::default();
        }
        let resolved = Arc::new(def.view()?.to_resolved(&mut self.shared));
        self.classes.insert(def.id, resolved.clone());
        Some(resolved)
    }
}

/// The namespace as the rules see it.
struct Around<'a> {
    schema: &'a Schema,
}

impl Environment for Around<'_> {
    fn superclass(&self, class: &str) -> Option<Option<Name>> {
        Some(self.schema.class(class)?.parent().map(|c| c.name().clone()))
    }

    fn resolved(&self, class: &str) -> Option<Arc<ResolvedClass>> {
        let view = self.schema.class(class)?.def().view()?;
        Some(Arc::new(view.to_resolved(&mut Shared::default())))
    }

    fn qualifier_type(&self, name: &str) -> Option<&QualifierType> {
        self.schema.qualifier_types().get(&Name::new(name))
    }

    fn similar_class(&self, _: &str) -> Option<String> {
        None
    }

    fn similar_qualifier(&self, _: &str) -> Option<String> {
        None
    }
}
