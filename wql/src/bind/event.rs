//! Event queries (WMI SDK, "SELECT Statement for Event Queries", "GROUP Clause",
//! "HAVING Clause"; MS-WMI 2.2.1.2).

mod contradiction;

use super::paths::Resolved;
use super::{BindOptions, Binder, Refused, Rows, find_class, refuse};
use crate::bound::{
    BoundEventQuery, BoundExpr, BoundGroup, BoundPath, Declared, MemberPath, Projection,
};
use crate::error::{Construct, EventError, QueryKind, WqlError};
use crate::schema::{ClassInfo, PropertyInfo, Schema};
use crate::syntax::ast::{
    Between, Comparison, EventQuery, Expr, Group, In, Interval, IsA, IsNull, Like, Operand,
    PropertyPath, SelectList,
};
use cimarron_model::{CimType, Dialect, ReferenceRules, Status};
use std::collections::HashSet;
use std::time::Duration;

/// Binds a query for ExecNotificationQuery against the classes of a namespace.
///
/// # Errors
/// The class is unknown or no event class, or the query is wrong for it: see
/// [`WqlError`].
pub fn bind_event<S: Schema>(
    query: &EventQuery,
    schema: &S,
    options: &BindOptions,
) -> Result<BoundEventQuery, WqlError> {
    bind(query, schema, &options.rules).map_err(|error| match *error {
        WqlError::NotAnObject { .. } => {
            WqlError::InEventQuery { error, status: Status::PropertyNotAnObject }
        }
        error => error,
    })
}

fn bind<S: Schema>(
    query: &EventQuery,
    schema: &S,
    rules: &ReferenceRules,
) -> Result<BoundEventQuery, Refused> {
    let dialect = rules.dialect();
    let class = find_class(schema, &query.class)?;
    if !is_event_class(&class, dialect) {
        let name = class.name().to_owned();
        return refuse(WqlError::event(
            EventError::NotEventClass { class: name },
            query.class.span,
        ));
    }
    let binder = Binder::new(schema, &class, Rows::Instances, rules);
    let projection = match &query.select {
        SelectList::All => Projection::All,
        SelectList::Properties(paths) => binder.whole_objects(paths)?,
        SelectList::Items(_) => {
            let (construct, kind) = (Construct::Aggregate, QueryKind::Event);
            return refuse(WqlError::NotInKind { construct, kind, span: query.class.span });
        }
    };
    let filter = query.filter.as_ref().map(|filter| binder.condition(filter)).transpose()?;
    if let (Some(written), Some(bound)) = (&query.filter, &filter)
        && let Some(reason) = contradiction::find(bound, schema, &class)
    {
        let span = written.span();
        return refuse(WqlError::event(EventError::NeverSatisfied { reason }, span));
    }
    let group = match &query.group {
        // Indications have no class that groups could come as (DSP0200, DSP1054).
        Some(group) if dialect == Dialect::Dmtf => {
            return refuse(WqlError::event(EventError::NoGroups, group.span));
        }
        group => group.as_ref().map(|group| binder.group(group)).transpose()?,
    };
    let within = query.within.map(duration);
    Ok(BoundEventQuery { class: class.name().into(), projection, within, filter, group, dialect })
}

/// WMI's events derive from `__Event`, DMTF's are indications.
fn is_event_class<C: ClassInfo>(class: &C, dialect: Dialect) -> bool {
    class.is_a("__Event") || (dialect == Dialect::Dmtf && class.is_indication())
}

const fn duration(interval: Interval) -> Duration {
    Duration::from_millis(interval.milliseconds as u64)
}

impl<S: Schema, C: ClassInfo> Binder<'_, S, C> {
    /// What is selected, where a member stands for the whole embedded object.
    fn whole_objects(&self, paths: &[PropertyPath]) -> Result<Projection, Refused> {
        let mut items = Vec::with_capacity(paths.len());
        let mut selected = HashSet::new();
        for path in paths {
            match self.resolve(path)?.path {
                BoundPath::Member(path) => {
                    let MemberPath { column, .. } = *path;
                    if selected.insert(column.slot) {
                        items.push(BoundPath::Column(column));
                    }
                }
                plain => {
                    if let BoundPath::Column(column) = &plain {
                        selected.insert(column.slot);
                    }
                    items.push(plain);
                }
            }
        }
        Ok(Projection::Items(items))
    }

    fn group(&self, group: &Group) -> Result<BoundGroup, Refused> {
        let mut by = Vec::with_capacity(group.by.len());
        for property in &group.by {
            by.push(self.grouped_by(property)?);
        }
        let having = group.having.as_ref().map(|having| self.having(having)).transpose()?;
        Ok(BoundGroup { within: duration(group.within), by, having })
    }

    fn grouped_by(&self, property: &PropertyPath) -> Result<BoundPath, Refused> {
        let Resolved { path, declared, .. } = self.scalar(property)?;
        match declared {
            Declared::As(CimType::Object) => {
                let name = property.to_string();
                refuse(WqlError::event(EventError::AggregatingByObject { name }, property.span()))
            }
            _ => Ok(path),
        }
    }

    /// A condition on `NumberOfEvents`.
    fn having(&self, having: &Expr) -> Result<BoundExpr, Refused> {
        check_having(having)?;
        let Self { schema, rules, .. } = *self;
        Binder::new(schema, &AggregateEvent, Rows::Instances, rules).condition(having)
    }
}

/// Whether HAVING speaks of `NumberOfEvents` only.
fn check_having(having: &Expr) -> Result<(), Refused> {
    match having {
        Expr::And(items) | Expr::Or(items) => items.iter().try_for_each(check_having),
        Expr::Not(item) => check_having(item),
        Expr::Compare(Comparison { left, right, .. }) => {
            [left, right].into_iter().try_for_each(|operand| match operand {
                Operand::Property(path) => check_path(path),
                Operand::Constant(_) => Ok(()),
            })
        }
        Expr::Like(Like { property, .. })
        | Expr::IsNull(IsNull { property, .. })
        | Expr::IsA(IsA { property, .. })
        | Expr::In(In { property, .. })
        | Expr::Between(Between { property, .. }) => check_path(property),
    }
}

fn check_path(path: &PropertyPath) -> Result<(), Refused> {
    if path.members.is_empty() && path.property.name.is(NUMBER_OF_EVENTS) {
        return Ok(());
    }
    let name = path.to_string();
    refuse(WqlError::event(EventError::HavingOther { name }, path.span()))
}

const AGGREGATE_EVENT: &str = "__AggregateEvent";

const NUMBER_OF_EVENTS: &str = "NumberOfEvents";

/// What HAVING looks at: `__AggregateEvent`, as far as it may.
struct AggregateEvent;

impl ClassInfo for AggregateEvent {
    fn name(&self) -> &str {
        AGGREGATE_EVENT
    }

    fn property(&self, _name: &str) -> Option<PropertyInfo<'_>> {
        Some(PropertyInfo {
            slot: 0,
            name: NUMBER_OF_EVENTS,
            cim_type: CimType::UInt32,
            is_array: false,
            embedded_class: None,
        })
    }

    fn property_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(NUMBER_OF_EVENTS)
    }

    fn is_a(&self, _ancestor: &str) -> bool {
        false
    }

    fn is_indication(&self) -> bool {
        false
    }
}
