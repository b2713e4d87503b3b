//! What narrows the result of an association operation (DSP0200 5.3.2.16 to 5.3.2.19; WMI
//! SDK, "ASSOCIATORS OF statement" and "REFERENCES OF statement").
//!
//! One type serves the operations on instances and on classes, of both dialects. Bound to
//! a schema version, its names are classes, and what it lets through is asked of it.

use crate::error::EngineError;
use crate::schema::{ClassRef, Schema};
use cimarron_model::Name;

/// Which associations an operation follows, and which ends it gives. The default follows
/// and gives all of them.
///
/// ```
/// use cimarron_engine::AssociationFilter;
///
/// let disks = AssociationFilter::new().assoc_class("CIM_SystemDevice").result_role("PartComponent");
/// # let _ = disks;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssociationFilter {
    pub(super) assoc_class: Option<Name>,
    pub(super) result_class: Option<Name>,
    pub(super) role: Option<Name>,
    pub(super) result_role: Option<Name>,
    pub(super) required_qualifier: Option<Name>,
    pub(super) required_assoc_qualifier: Option<Name>,
    pub(super) keys_only: bool,
    pub(super) class_defs_only: bool,
}

impl AssociationFilter {
    /// A filter that lets everything through.
    pub fn new() -> Self {
        Self::default()
    }

    /// Follows associations of this class and those below it.
    #[must_use]
    pub fn assoc_class(mut self, class: impl Into<Name>) -> Self {
        self.assoc_class = Some(class.into());
        self
    }

    /// Gives objects of this class and those below it: ends, or the associations
    /// themselves where those are asked for.
    #[must_use]
    pub fn result_class(mut self, class: impl Into<Name>) -> Self {
        self.result_class = Some(class.into());
        self
    }

    /// Follows associations in which the source stands in this reference.
    #[must_use]
    pub fn role(mut self, reference: impl Into<Name>) -> Self {
        self.role = Some(reference.into());
        self
    }

    /// Gives the objects that stand in this reference. Where the associations themselves
    /// are asked for it says nothing.
    #[must_use]
    pub fn result_role(mut self, reference: impl Into<Name>) -> Self {
        self.result_role = Some(reference.into());
        self
    }

    /// Gives objects whose class has this qualifier.
    #[must_use]
    pub fn required_qualifier(mut self, qualifier: impl Into<Name>) -> Self {
        self.required_qualifier = Some(qualifier.into());
        self
    }

    /// Follows associations whose class has this qualifier.
    #[must_use]
    pub fn required_assoc_qualifier(mut self, qualifier: impl Into<Name>) -> Self {
        self.required_assoc_qualifier = Some(qualifier.into());
        self
    }

    /// Gives instances with no other properties than their keys.
    #[must_use]
    pub const fn keys_only(mut self) -> Self {
        self.keys_only = true;
        self
    }

    /// Gives the classes of the instances in place of the instances. It goes with neither
    /// a result class nor an operation on classes.
    #[must_use]
    pub const fn class_defs_only(mut self) -> Self {
        self.class_defs_only = true;
        self
    }

    /// The filter of an operation that starts from a class and gives classes anyway (WMI
    /// SDK, "Schema associations": `ClassDefsOnly` is not valid).
    pub(super) fn bind_for_class<'a>(
        &'a self,
        schema: &'a Schema,
    ) -> Result<BoundFilter<'a>, EngineError> {
        if self.class_defs_only {
            let problem = "and starts from a class";
            return Err(EngineError::ContradictoryFilter { problem });
        }
        self.bind(schema)
    }

    /// The filter with its classes found.
    pub(super) fn bind<'a>(&'a self, schema: &'a Schema) -> Result<BoundFilter<'a>, EngineError> {
        if self.class_defs_only && self.result_class.is_some() {
            let problem = "and for a result class";
            return Err(EngineError::ContradictoryFilter { problem });
        }
        let find = |name: &Option<Name>| -> Result<Option<ClassRef<'a>>, EngineError> {
            let Some(name) = name else { return Ok(None) };
            match schema.class(name.as_str()) {
                Some(class) => Ok(Some(class)),
                None => Err(EngineError::FilterClassNotFound {
                    class: name.clone(),
                    suggestion: schema.suggestion(name.as_str()),
                }),
            }
        };
        Ok(BoundFilter {
            filter: self,
            assoc_class: find(&self.assoc_class)?,
            result_class: find(&self.result_class)?,
        })
    }
}

/// A filter whose classes are those of a schema version.
#[derive(Clone, Copy, Debug)]
pub(super) struct BoundFilter<'a> {
    filter: &'a AssociationFilter,
    assoc_class: Option<ClassRef<'a>>,
    result_class: Option<ClassRef<'a>>,
}

impl BoundFilter<'_> {
    /// Whether associations of this class are followed.
    pub(super) fn follows(&self, association: ClassRef<'_>) -> bool {
        is_below(association, self.assoc_class)
            && has(association, self.filter.required_assoc_qualifier.as_ref())
    }

    /// Whether objects of this class are given: ends, or the associations themselves when
    /// those are asked for.
    pub(super) fn gives(&self, class: ClassRef<'_>) -> bool {
        is_below(class, self.result_class) && has(class, self.filter.required_qualifier.as_ref())
    }

    /// Whether ends are given whose class is not to be found: when nothing is asked of it.
    pub(super) const fn gives_unknown(&self) -> bool {
        self.result_class.is_none() && self.filter.required_qualifier.is_none()
    }

    /// Whether the source may stand in this reference.
    pub(super) fn starts_at(&self, reference: &Name) -> bool {
        self.filter.role.as_ref().is_none_or(|role| role == reference)
    }

    /// Whether what stands in this reference is given.
    pub(super) fn ends_at(&self, reference: &Name) -> bool {
        self.filter.result_role.as_ref().is_none_or(|role| role == reference)
    }
}

fn is_below(class: ClassRef<'_>, above: Option<ClassRef<'_>>) -> bool {
    above.is_none_or(|above| class.is_a(above))
}

fn has(class: ClassRef<'_>, qualifier: Option<&Name>) -> bool {
    qualifier.is_none_or(|name| {
        class.def().view().is_some_and(|view| view.qualifier(name.as_str()).is_some())
    })
}
