//! The associations of one object as candidates for a query.
//!
//! `SELECT * FROM X_Link WHERE From = "X_End.Id=1"` asks for associations by one of their
//! ends. The association index has them: those that refer to the object, by whichever name.
//! The query means those that call it by this name, so each candidate is asked again.
//!
//! While some reference leads nowhere, two names may be of one object without anybody knowing
//! it: then the rows are scanned. So they are in `Wmi` where a key is a `char16`: references are
//! the same there without case, whatever the class's keys are, and the objects are not.

use super::access::{Allowance, is_under};
use super::association_filter::AssociationFilter;
use super::path::BoundPath;
use super::walk::{Spot, Walk};
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::schema::{ClassRef, Layout};
use crate::store::{Found, View};
use cimarron_model::{CimType, Dialect, ObjectPath};
use cimarron_wql::plan::{OtherTest, Predicate};
use cimarron_wql::{BoundExpr, BoundPath as Operand, CompareOp, Constant};
use std::cell::Cell;

/// An end that all rows must have which pass.
#[derive(Debug)]
pub(super) struct ReferenceWanted {
    pub(super) property: cimarron_model::Name,
    pub(super) path: ObjectPath,
}

impl ReferenceWanted {
    /// The end that one of the parts of a condition wants.
    pub(super) fn of(parts: &[Predicate], layout: &Layout) -> Option<Self> {
        parts.iter().find_map(|part| {
            let Predicate::Other(OtherTest { condition, negated: false, .. }) = part else {
                return None;
            };
            let BoundExpr::Compare {
                operand: Operand::Column(column),
                operator: CompareOp::Equal,
                constant: Constant::Path(path),
            } = condition
            else {
                return None;
            };
            let is_end = layout.references.iter().any(|slot| *slot as usize == column.slot);
            let path = path.path().filter(|path| is_end && path.is_instance())?.clone();
            Some(Self { property: column.name.clone(), path })
        })
    }

    /// The associations of a class that refer to the object; `None` when the index cannot
    /// tell, or there are more than `limit`.
    pub(super) fn find(
        &self,
        (namespace, view): (&Namespace, &View),
        class: ClassRef<'_>,
        allowance: &Allowance<'_>,
        limit: usize,
    ) -> Result<Option<Vec<Found>>, EngineError> {
        if namespace.store.has_unbound_objects() {
            return Ok(None);
        }
        let Ok(bound) = BoundPath::bind(view.schema(), &namespace.location, &self.path) else {
            return Ok(None);
        };
        let folds = namespace.dialect == Dialect::Wmi;
        let layout = bound.class.layout();
        let mut keys = layout.keys.iter().filter_map(|key| layout.slot(*key));
        if folds && keys.any(|key| key.cim_type == CimType::Char16) {
            return Ok(None);
        }
        let locate = |root: &_, seen| Ok(bound.object(namespace, root, seen));
        let Some(object) = namespace.look_in(view, locate)? else { return Ok(None) };
        let all = AssociationFilter::default();
        let filter = all.bind(view.schema())?;
        let mut rows: Vec<Found> = Vec::new();
        let count = Cell::new(0);
        let too_many = || count.get() > limit;
        let check = || match too_many() {
            // Ends the walk; nobody is told.
            true => Err(EngineError::Cancelled),
            false => (allowance.between)(count.get()),
        };
        let accept = is_under(view.root(), class);
        let walk = Walk { namespace, view, filter, object, once: false, check: &check };
        let walked = walk.references(|Spot { chunk, row, .. }| {
            if accept(chunk.layout().id) && !too_many() {
                rows.push(Found { chunk: chunk.clone(), row });
                count.set(rows.len());
            }
        });
        match walked {
            _ if too_many() => Ok(None),
            Err(error) => Err(error),
            Ok(()) => Ok(Some(rows)),
        }
    }
}
