//! Adding an archive's classes and qualifier types to a schema.
//!
//! A class that is there already and is the same, everything it inherits
//! included, stays as it is. One that differs is replaced as far as the update flags
//! allow; see [`super::update`].

use super::qualifiers::{Conflict, check_changes};
use super::update::{Changed, Policy, resolve_below};
use super::{ClassDef, ClassId, ClassRef, Schema};
use crate::error::EngineError;
use crate::refused::{Refusals, Subject};
use cimarron_model::{CimType, ClassVersion, Dialect, Name, QualifierType};
use cimarron_mof::UpdateMode;
use cimarron_schema::{Archive, ClassForm, ClassView, QualifierTypeView, SchemaView};
use hashbrown::HashSet;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What installing an archive makes of a schema.
pub(crate) struct Installed {
    pub(crate) schema: Arc<Schema>,
    /// Classes that are new or replaced.
    pub(crate) changed: usize,
    pub(crate) unchanged: usize,
    pub(crate) qualifier_types: usize,
    /// Classes whose rows must be written again, and how much may be lost on the way.
    pub(crate) moved: Vec<(ClassId, UpdateMode)>,
}

/// Plans the installation of one namespace of an archive; nothing is changed. What cannot be
/// installed joins `refused` and is left out of the plan, with what is below it.
pub(crate) fn install(
    current: &Arc<Schema>,
    archive: &Arc<Archive>,
    namespace: usize,
    policy: Policy<'_>,
    refused: &mut Refusals<'_>,
) -> Result<Installed, EngineError> {
    let Some(content) = archive.namespaces().nth(namespace) else {
        return Ok(nothing(current, 0));
    };
    let version = ClassVersion(current.next_version);
    let source = Source { archive, namespace, content };
    let Plan { next_id, added, mut replaced, unchanged } =
        Plan::of(current, &source, policy, refused);
    let (qualifier_types, new_types) =
        merge_qualifier_types(current, content, policy.dialect, refused);
    let changed = added.len();
    if changed == 0 && new_types == 0 {
        return Ok(nothing(current, unchanged));
    }
    let kept = current.classes().map(|c| c.def().clone());
    let kept = kept.filter(|c| !replaced.contains_key(&c.id));
    let mut classes: Vec<_> = kept.chain(added.iter().cloned()).collect();
    let assemble = |classes: &[Arc<ClassDef>]| {
        let types = qualifier_types.clone();
        Schema::assemble(classes, types, next_id, version.0 + 1)
    };
    let mut schema = assemble(&classes);
    if !replaced.is_empty() {
        let below = resolve_below(
            current,
            &schema,
            content,
            &added,
            &mut replaced,
            (policy.dialect, version),
            refused,
        )?;
        if !below.is_empty() {
            let again: HashSet<ClassId> = below.iter().map(|c| c.id).collect();
            classes.retain(|c| !again.contains(&c.id));
            classes.extend(below);
            schema = assemble(&classes);
        }
    }
    let mut moved: Vec<_> = replaced.into_iter().collect();
    moved.retain(|(id, _)| (policy.has_instances)(*id));
    moved.sort_unstable_by_key(|(id, _)| *id);
    Ok(Installed {
        schema: Arc::new(schema),
        changed,
        unchanged,
        qualifier_types: new_types,
        moved,
    })
}

/// Where classes come from.
struct Source<'a> {
    archive: &'a Arc<Archive>,
    namespace: usize,
    content: SchemaView<'a>,
}

/// The classes of an archive that come, and those whose place they take.
struct Plan {
    next_id: u32,
    added: Vec<Arc<ClassDef>>,
    replaced: Changed,
    /// How many are there already.
    unchanged: usize,
}

/// What becomes of a class of an archive.
enum Fate {
    /// What is there stays.
    Stays,
    Comes,
    /// It takes the place of another version of it.
    Replaces(ClassId, UpdateMode),
}

impl Plan {
    /// Goes through the classes of an archive. What cannot be installed joins `refused`.
    fn of(
        current: &Schema,
        source: &Source<'_>,
        policy: Policy<'_>,
        refused: &mut Refusals<'_>,
    ) -> Self {
        let Source { archive, namespace, content } = *source;
        let version = ClassVersion(current.next_version);
        let mut plan = Self {
            next_id: current.next_id,
            added: Vec::new(),
            replaced: Changed::new(),
            unchanged: 0,
        };
        let mut out = HashSet::new();
        for class in content.classes() {
            let id = match fate(current, source, class, policy) {
                Ok(Fate::Stays) => {
                    plan.unchanged += 1;
                    continue;
                }
                Ok(Fate::Comes) => {
                    plan.next_id += 1;
                    ClassId(plan.next_id - 1)
                }
                Ok(Fate::Replaces(id, mode)) => {
                    plan.replaced.insert(id, mode);
                    id
                }
                Err(error) => {
                    refused
                        .push(Subject::Class(class.name().into()).refused(content.name(), error));
                    out.insert(class.name());
                    continue;
                }
            };
            plan.added.push(Arc::new(ClassDef::new(id, version, archive, namespace, class)));
        }
        plan.leave_out(&out);
        plan
    }

    /// Leaves out what is below classes that were refused.
    fn leave_out(&mut self, refused: &HashSet<&str>) {
        if refused.is_empty() {
            return;
        }
        let is_below = |def: &ClassDef| {
            def.view().is_some_and(|class| class.ancestors().any(|name| refused.contains(name)))
        };
        self.added.retain(|def| !is_below(def));
        let added: HashSet<ClassId> = self.added.iter().map(|def| def.id).collect();
        self.replaced.retain(|id, _| added.contains(id));
    }
}

/// What becomes of a class of an archive, if it can be installed.
fn fate(
    current: &Schema,
    source: &Source<'_>,
    class: ClassView<'_>,
    policy: Policy<'_>,
) -> Result<Fate, EngineError> {
    let there = current.class(class.name());
    // Archives carry what they use of the system classes, to stand on their own.
    if there.is_some_and(|live| live.def().is_system()) {
        return Ok(Fate::Stays);
    }
    check_name(class, policy.dialect)?;
    policy.check_existence(current, class.name())?;
    let fate = match there {
        Some(live) if same(live, source.archive, class) => return Ok(Fate::Stays),
        Some(live) => {
            let mode = policy.check_replaceable(live, class, source.content)?;
            Fate::Replaces(live.def().id, mode)
        }
        None => Fate::Comes,
    };
    check_superclass(current, class)?;
    Ok(fate)
}

/// What installing nothing new makes of a schema.
fn nothing(current: &Arc<Schema>, unchanged: usize) -> Installed {
    Installed {
        schema: current.clone(),
        changed: 0,
        unchanged,
        qualifier_types: 0,
        moved: Vec::new(),
    }
}

/// Whether the class that is there is the same, inherited members included.
fn same(live: ClassRef<'_>, archive: &Arc<Archive>, class: ClassView<'_>) -> bool {
    let def = live.def();
    let same_archive =
        Arc::ptr_eq(&def.archive, archive) || def.archive.content_hash() == archive.content_hash();
    same_archive
        || def.view().is_some_and(|v| {
            v.property_count() == class.property_count()
                && v.to_class(ClassForm::Resolved) == class.to_class(ClassForm::Resolved)
        })
}

/// In WMI, names that begin with an underscore are the system's (MS-WMI 2.2.31).
fn check_name(class: ClassView<'_>, dialect: Dialect) -> Result<(), EngineError> {
    if dialect == Dialect::Wmi && class.name().starts_with('_') {
        return Err(EngineError::SystemClass { class: class.name().into() });
    }
    Ok(())
}

/// A superclass outside the archive must be there, and be the one that the class
/// was resolved against. The archive's own system classes count as outside.
fn check_superclass(current: &Schema, class: ClassView<'_>) -> Result<(), EngineError> {
    let is_system = |name: &&str| current.class(name).is_some_and(|above| above.def().is_system());
    let outside = |name: &&str| class.superclass().is_none() || is_system(name);
    let Some(name) = class.superclass_name().filter(outside) else {
        return Ok(());
    };
    let missing = |above: &str| EngineError::SuperclassNotFound {
        class: class.name().into(),
        superclass: above.into(),
        suggestion: current.suggestion(above),
    };
    let above = current.class(name).ok_or_else(|| missing(name))?;
    let lineage = std::iter::successors(Some(above), |c| c.parent()).map(|c| c.name().clone());
    let inherited = &above.layout().slots;
    let fits = lineage.eq(class.ancestors().map(Name::new))
        && inherited.len() <= class.property_count()
        && inherited.iter().zip(class.properties()).all(|(slot, property)| {
            let declared = if slot.embedded_text { CimType::String } else { slot.cim_type };
            slot.name.is(property.name())
                && slot.array == property.array()
                && declared == property.cim_type()
        })
        && class.properties().skip(inherited.len()).all(|property| !property.propagated());
    if fits {
        Ok(())
    } else {
        Err(EngineError::SuperclassDiffers { class: class.name().into(), superclass: name.into() })
    }
}

type QualifierTypes = Arc<BTreeMap<Name, QualifierType>>;

/// The qualifier types with the archive's, and how many are new. Classes that stay as they
/// are must be able to; what they are not is `refused`.
fn merge_qualifier_types(
    current: &Schema,
    content: SchemaView<'_>,
    dialect: Dialect,
    refused: &mut Refusals<'_>,
) -> (QualifierTypes, usize) {
    let mut merged = current.qualifier_types.clone();
    let mut changed = 0;
    let declared = content.qualifier_types().map(QualifierTypeView::to_qualifier_type);
    let is_new = |declared: &QualifierType| merged.get(&declared.name) != Some(declared);
    let declared: Vec<QualifierType> = declared.filter(is_new).collect();
    let stays = |class: ClassRef<'_>| content.class(class.name().as_str()).is_none();
    let mut conflicts = check_changes(current, &declared, dialect, stays);
    for declaration in &declared {
        if let Some(Conflict { class, problem }) = conflicts.remove(&declaration.name) {
            let name = declaration.name.clone();
            let subject = Subject::QualifierType(name.clone());
            let error = EngineError::QualifierTypeInUse { name, class, problem };
            refused.push(subject.refused(content.name(), error));
            continue;
        }
        let types = Arc::make_mut(&mut merged);
        // The new spelling counts, and a map keeps the old key.
        types.remove(&declaration.name);
        types.insert(declaration.name.clone(), declaration.clone());
        changed += 1;
    }
    (merged, changed)
}
