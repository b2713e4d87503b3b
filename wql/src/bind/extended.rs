//! What the extended level adds: aggregates, aliases, order and limits.

use super::condition::not_for_type;
use super::paths::Resolved;
use super::{Binder, DataQuery, Refused, refuse};
use crate::bound::{BoundAggregate, BoundExtended, BoundOrder, BoundPath, Declared, Projection};
use crate::error::WqlError;
use crate::schema::{ClassInfo, Schema};
use crate::syntax::ast::{
    Aggregate, AggregateFunction, Extended, OrderKey, PropertyPath, SelectItem, SelectList,
    Selected,
};
use cimarron_model::{CimType, Name, TypeClass};
use std::collections::HashMap;

impl<S: Schema, C: ClassInfo> Binder<'_, S, C> {
    /// A select list with aggregates or aliases.
    pub(super) fn items(
        &self,
        items: &[SelectItem],
    ) -> Result<(Projection, BoundExtended), Refused> {
        let mut paths = Vec::with_capacity(items.len());
        let mut extended = BoundExtended::default();
        for item in items {
            let alias = item.alias.as_ref().map(|alias| alias.name.clone());
            match &item.selected {
                Selected::Property(path) if extended.aggregates.is_empty() => {
                    paths.push(self.resolve(path)?.path);
                    extended.headings.push(alias);
                }
                Selected::Property(path) => {
                    return refuse(WqlError::MixedAggregates { span: path.span() });
                }
                Selected::Aggregate(aggregate) if extended.headings.is_empty() => {
                    let path = self.aggregated(aggregate)?;
                    paths.extend(path.clone());
                    let function = aggregate.function;
                    let heading = alias.unwrap_or_else(|| match &path {
                        Some(path) => format!("{function}({path})").into(),
                        None => format!("{function}(*)").into(),
                    });
                    let span = aggregate.span;
                    extended.aggregates.push(BoundAggregate { function, path, heading, span });
                }
                Selected::Aggregate(aggregate) => {
                    return refuse(WqlError::MixedAggregates { span: aggregate.span });
                }
            }
        }
        Ok((Projection::Items(paths), extended))
    }

    fn aggregated(&self, aggregate: &Aggregate) -> Result<Option<BoundPath>, Refused> {
        let Some(property) = &aggregate.property else { return Ok(None) };
        let function = aggregate.function;
        if function == AggregateFunction::Count {
            return Ok(Some(self.resolve(property)?.path));
        }
        let Resolved { path, declared, .. } = self.scalar(property)?;
        let numeric = matches!(function, AggregateFunction::Sum | AggregateFunction::Average);
        match declared {
            Declared::As(cim_type) if has_order(cim_type, numeric) => Ok(Some(path)),
            Declared::As(cim_type) => {
                refuse(not_for_type(property, function.as_str(), cim_type, aggregate.span))
            }
            Declared::Missing | Declared::Open => Ok(Some(path)),
        }
    }

    /// TOP, DISTINCT, ORDER BY, LIMIT and OFFSET.
    pub(super) fn clauses(
        &self,
        clauses: &Extended,
        query: &DataQuery,
        bound: &mut BoundExtended,
    ) -> Result<(), Refused> {
        let sorted = clauses.order_by.first().map(|key| key.property.span());
        if !bound.aggregates.is_empty()
            && let Some(span) = sorted.or(clauses.distinct)
        {
            return refuse(WqlError::MixedAggregates { span });
        }
        bound.distinct = clauses.distinct.is_some();
        bound.limit = [clauses.top, clauses.limit].into_iter().flatten().map(|n| n.rows).min();
        bound.offset = clauses.offset.map_or(0, |n| n.rows);
        let aliases = Aliases::new(&query.select);
        for OrderKey { property, direction } in &clauses.order_by {
            let path = self.sortable(aliases.get(property).unwrap_or(property))?;
            bound.order_by.push(BoundOrder { path, direction: *direction });
        }
        Ok(())
    }

    fn sortable(&self, property: &PropertyPath) -> Result<BoundPath, Refused> {
        let Resolved { path, declared, .. } = self.scalar(property)?;
        match declared {
            Declared::As(cim_type)
                if !has_order(cim_type, false) && cim_type != CimType::Boolean =>
            {
                refuse(not_for_type(property, "ORDER BY", cim_type, property.span()))
            }
            _ => Ok(path),
        }
    }
}

/// The selected properties that have an alias.
struct Aliases<'q>(HashMap<&'q Name, &'q PropertyPath>);

impl<'q> Aliases<'q> {
    fn new(select: &'q SelectList) -> Self {
        let items = match select {
            SelectList::Items(items) => items.as_slice(),
            SelectList::All | SelectList::Properties(_) => &[],
        };
        let mut aliases = HashMap::new();
        for item in items {
            if let (Some(alias), Selected::Property(path)) = (&item.alias, &item.selected) {
                aliases.entry(&alias.name).or_insert(path);
            }
        }
        Self(aliases)
    }

    fn get(&self, property: &PropertyPath) -> Option<&'q PropertyPath> {
        let alone = property.members.is_empty();
        alone.then(|| self.0.get(&property.property.name).copied()).flatten()
    }
}

/// Whether values of the type have an order, or are numbers.
const fn has_order(cim_type: CimType, numeric: bool) -> bool {
    match cim_type.class() {
        TypeClass::Unsigned | TypeClass::Signed | TypeClass::Real => true,
        TypeClass::String | TypeClass::DateTime | TypeClass::Char16 => !numeric,
        TypeClass::Boolean | TypeClass::Reference | TypeClass::Object => false,
    }
}
