//! Associations between classes (DSP0200 5.3.2.16 to 5.3.2.19, class-level use; WMI SDK,
//! "Schema associations").
//!
//! A class stands in an association when a reference of the association's class is of it,
//! or of a class above it. The classes at the other references are its associators, just
//! as the references name them: nothing is said of the classes below those.

use super::association_filter::{AssociationFilter, BoundFilter};
use super::class_options::ClassOptions;
use super::{Operation, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::schema::{ClassRef, Schema};
use cimarron_model::{CimType, Class, Dialect, Name};
use cimarron_schema::ClassView;
use hashbrown::HashSet;

impl Session {
    /// The names of the classes at the other ends of the associations of a class.
    ///
    /// A class that several associations lead to is given once in `Dmtf`, and once for
    /// each way to it in `Wmi` (WMI SDK, "Schema associations"). A name may be that of a
    /// class that is not there.
    ///
    /// # Errors
    /// When the class or one of the filter is unknown.
    pub fn associator_class_names(
        &self,
        context: &CallContext,
        class: &str,
        filter: &AssociationFilter,
    ) -> Result<Vec<Name>, EngineError> {
        let schema = self.read(context, Operation::ReadSchema, class)?.schema();
        self.ends(context, &schema, class, filter, self.dialect() == Dialect::Dmtf)
    }

    /// The names of the association classes that refer to a class, or to a class above it.
    ///
    /// # Errors
    /// When the class or one of the filter is unknown.
    pub fn reference_class_names(
        &self,
        context: &CallContext,
        class: &str,
        filter: &AssociationFilter,
    ) -> Result<Vec<Name>, EngineError> {
        let schema = self.read(context, Operation::ReadSchema, class)?.schema();
        let found = self.referring(context, &schema, class, filter)?;
        Ok(found.into_iter().map(|class| class.name().clone()).collect())
    }

    /// The classes at the other ends of the associations of a class, in the order of
    /// [`Session::associator_class_names`] and without those that are not there.
    ///
    /// # Errors
    /// As [`Session::associator_class_names`].
    pub fn associator_classes(
        &self,
        context: &CallContext,
        class: &str,
        filter: &AssociationFilter,
        options: impl Into<ClassOptions>,
    ) -> Result<Vec<Class>, EngineError> {
        let schema = self.read(context, Operation::ReadSchema, class)?.schema();
        let options = options.into();
        let once = self.dialect() == Dialect::Dmtf;
        let ends = self.ends(context, &schema, class, filter, once)?;
        let there = ends.iter().filter_map(|name| schema.class(name.as_str()));
        Ok(there.map(|class| self.shown(context, class, &options)).collect())
    }

    /// The association classes that refer to a class, or to a class above it.
    ///
    /// # Errors
    /// When the class or one of the filter is unknown.
    pub fn reference_classes(
        &self,
        context: &CallContext,
        class: &str,
        filter: &AssociationFilter,
        options: impl Into<ClassOptions>,
    ) -> Result<Vec<Class>, EngineError> {
        let schema = self.read(context, Operation::ReadSchema, class)?.schema();
        let options = options.into();
        let found = self.referring(context, &schema, class, filter)?;
        Ok(found.into_iter().map(|class| self.shown(context, class, &options)).collect())
    }

    /// The names of the classes at the other ends; each `once`, or as often as there are
    /// ways to it.
    pub(super) fn ends(
        &self,
        context: &CallContext,
        schema: &Schema,
        class: &str,
        filter: &AssociationFilter,
        once: bool,
    ) -> Result<Vec<Name>, EngineError> {
        let source = source(schema, class)?;
        let filter = filter.bind_for_class(schema)?;
        let budget = context.budget(self.repository().limits().query_memory);
        let mut ends = Vec::new();
        for association in schema.classes().filter(|c| c.def().is_association) {
            context.check(&**self.repository().clock())?;
            if filter.follows(association) {
                ends.extend(ends_of(schema, association, source, &filter));
                budget.check(ends.capacity() * size_of::<Name>())?;
            }
        }
        if once {
            let mut seen = HashSet::new();
            ends.retain(|name| seen.insert(name.clone()));
        }
        Ok(ends)
    }

    pub(super) fn referring<'s>(
        &self,
        context: &CallContext,
        schema: &'s Schema,
        class: &str,
        filter: &AssociationFilter,
    ) -> Result<Vec<ClassRef<'s>>, EngineError> {
        let source = source(schema, class)?;
        let filter = filter.bind_for_class(schema)?;
        let budget = context.budget(self.repository().limits().query_memory);
        let mut found = Vec::new();
        for association in schema.classes().filter(|c| c.def().is_association) {
            context.check(&**self.repository().clock())?;
            let refers = || references(association).any(|r| r.is_of(source, &filter));
            if filter.follows(association) && filter.gives(association) && refers() {
                found.push(association);
                budget.check(found.capacity() * size_of::<ClassRef<'_>>())?;
            }
        }
        Ok(found)
    }
}

fn source<'s>(schema: &'s Schema, class: &str) -> Result<ClassRef<'s>, EngineError> {
    schema.class(class).ok_or_else(|| EngineError::AssociationSourceNotFound {
        class: class.into(),
        suggestion: schema.suggestion(class),
    })
}

/// A reference of an association class.
struct Reference<'s> {
    name: Name,
    /// What it is of; `None` is WMI's `object ref`, of any class.
    class: Option<&'s str>,
    slot: usize,
}

impl Reference<'_> {
    /// Whether a class may stand here.
    fn is_of(&self, source: ClassRef<'_>, filter: &BoundFilter<'_>) -> bool {
        let mut lineage = std::iter::successors(Some(source), |c| c.parent());
        filter.starts_at(&self.name)
            && self.class.is_none_or(|class| lineage.any(|c| c.name().is(class)))
    }
}

/// The references of an association class, inherited ones as they are narrowed there.
fn references(association: ClassRef<'_>) -> impl Iterator<Item = Reference<'_>> {
    let properties = association.def().view().into_iter().flat_map(ClassView::properties);
    properties.filter(|p| p.cim_type() == CimType::Reference).map(|p| Reference {
        name: p.name().into(),
        class: p.type_class(),
        slot: p.slot(),
    })
}

/// The classes at the ends that an association leads to from a class.
fn ends_of(
    schema: &Schema,
    association: ClassRef<'_>,
    source: ClassRef<'_>,
    filter: &BoundFilter<'_>,
) -> Vec<Name> {
    let all: Vec<Reference<'_>> = references(association).collect();
    let starts: Vec<usize> =
        all.iter().filter(|r| r.is_of(source, filter)).map(|r| r.slot).collect();
    let is_end = |reference: &&Reference<'_>| {
        filter.ends_at(&reference.name) && starts.iter().any(|start| *start != reference.slot)
    };
    let ends = all.iter().filter(is_end).filter_map(|r| r.class);
    let given = ends.filter_map(|name| match schema.class(name) {
        Some(class) => filter.gives(class).then(|| class.name().clone()),
        None => filter.gives_unknown().then(|| Name::new(name)),
    });
    given.collect()
}
