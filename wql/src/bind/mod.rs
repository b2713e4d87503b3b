//! Query to bound query: names to slots, constants to the types of their columns.
//!
//! Every error that depends on the schema is found here. The rules are those of
//! MS-WMI 2.2.1.1 and of the WMI SDK's "WHERE Clause":
//!
//! - an unknown class, or a property that the class does not have, is an error;
//!   so is a subclass's property through its base class;
//! - below an embedded object nothing is unknown: a member that the object turns
//!   out not to have makes the condition match nothing;
//! - arrays and two properties in one comparison are errors;
//! - `= NULL` and `<> NULL` mean IS NULL and IS NOT NULL;
//! - LIKE on anything but a string is equality, without wildcards.

mod association;
mod condition;
mod constant;
mod datetime;
mod event;
mod extended;
mod meta;
mod paths;

pub use event::bind_event;

use crate::bound::{Bound, BoundPath, BoundQuery, BoundSchemaQuery, Projection};
use crate::error::{QueryKind, WqlError};
use crate::like::StringCase;
use crate::schema::{ClassInfo, Schema, SystemProperty};
use crate::syntax::Door;
use crate::syntax::ast::{DataQuery, Identifier, PropertyPath, Query, SelectList};
use cimarron_model::{Dialect, ReferenceRules, suggest};
use meta::MetaClass;
use std::sync::Arc;

/// How to bind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BindOptions {
    /// Whose NULL logic and string comparison hold, and how references compare.
    pub rules: ReferenceRules,
}

impl BindOptions {
    /// How to bind in a namespace with these rules for references.
    pub const fn new(rules: ReferenceRules) -> Self {
        Self { rules }
    }

    /// Whose NULL logic and string comparison hold.
    pub const fn dialect(&self) -> Dialect {
        self.rules.dialect()
    }
}

impl From<Dialect> for BindOptions {
    /// How to bind in a namespace of which nothing else is known.
    fn from(dialect: Dialect) -> Self {
        Self::new(ReferenceRules::new(dialect, Arc::default()))
    }
}

/// Binds a query for ExecQuery against the classes of a namespace.
///
/// # Errors
/// A class is unknown, or the query is wrong for it: see [`WqlError`]. An event
/// query is of the wrong kind; [`bind_event`] binds those.
pub fn bind<S: Schema>(
    query: &Query,
    schema: &S,
    options: &BindOptions,
) -> Result<Bound, WqlError> {
    bind_query(query, schema, &options.rules).map_err(|refused| *refused)
}

/// An error on its way out; boxed, because every step has room for it in what it
/// returns.
type Refused = Box<WqlError>;

#[cold]
fn refuse<T>(error: WqlError) -> Result<T, Refused> {
    Err(Box::new(error))
}

fn bind_query<S: Schema>(
    query: &Query,
    schema: &S,
    rules: &ReferenceRules,
) -> Result<Bound, Refused> {
    match query {
        Query::Data(query) => {
            let class = find_class(schema, &query.class)?;
            let binder = Binder::new(schema, &class, Rows::Instances, rules);
            binder.data(query, rules.dialect()).map(Bound::Data)
        }
        Query::Schema(query) => {
            let dialect = rules.dialect();
            let binder = Binder::new(schema, &MetaClass, Rows::Classes, rules);
            let filter = query.filter.as_ref().map(|f| binder.condition(f)).transpose()?;
            Ok(Bound::Schema(BoundSchemaQuery { filter, dialect }))
        }
        Query::Association(query) => {
            association::bind(query, schema).map(|bound| Bound::Association(Box::new(bound)))
        }
        Query::Event(query) => {
            let (kind, door, span) = (QueryKind::Event, Door::Query, query.class.span);
            refuse(WqlError::WrongKind { kind, door, span })
        }
    }
}

fn find_class<'s, S: Schema>(schema: &'s S, class: &Identifier) -> Result<S::Class<'s>, Refused> {
    schema.class(class.name.as_str()).ok_or_else(|| Box::new(unknown_class(schema, class)))
}

#[cold]
fn unknown_class<S: Schema>(schema: &S, class: &Identifier) -> WqlError {
    WqlError::UnknownClass {
        name: class.name.to_string(),
        suggestion: suggest::nearest(class.name.as_str(), schema.class_names()).map(str::to_owned),
        span: class.span,
    }
}

/// What the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    Instances,
    Classes,
}

struct Binder<'a, S: Schema, C: ClassInfo> {
    schema: &'a S,
    class: &'a C,
    rows: Rows,
    case: StringCase,
    rules: &'a ReferenceRules,
}

impl<'a, S: Schema, C: ClassInfo> Binder<'a, S, C> {
    const fn new(schema: &'a S, class: &'a C, rows: Rows, rules: &'a ReferenceRules) -> Self {
        let case = match rules.dialect() {
            Dialect::Wmi => StringCase::Folded,
            Dialect::Dmtf => StringCase::Exact,
        };
        Self { schema, class, rows, case, rules }
    }

    fn data(&self, query: &DataQuery, dialect: Dialect) -> Result<BoundQuery, Refused> {
        let mut extended = None;
        let projection = match &query.select {
            SelectList::All => Projection::All,
            SelectList::Properties(paths) => self.properties(paths)?,
            SelectList::Items(items) => {
                let (projection, selected) = self.items(items)?;
                extended = Some(selected);
                projection
            }
        };
        let filter = query.filter.as_ref().map(|filter| self.condition(filter)).transpose()?;
        if let Some(clauses) = query.extended.as_deref() {
            self.clauses(clauses, query, extended.get_or_insert_default())?;
        }
        let class = self.class.name().into();
        Ok(BoundQuery { class, projection, filter, dialect, extended: extended.map(Box::new) })
    }

    fn properties(&self, paths: &[PropertyPath]) -> Result<Projection, Refused> {
        let mut items = Vec::with_capacity(paths.len());
        for path in paths {
            items.push(self.resolve(path)?.path);
        }
        Ok(Projection::Items(items))
    }
}

impl BoundPath {
    /// Whether it ends in a system property: those hold names and paths.
    pub(crate) fn is_system(&self) -> bool {
        matches!(self, Self::This) || self.system_property().is_some()
    }

    /// Whether it ends in a system property that is an object's path, as a text.
    pub fn is_object_path(&self) -> bool {
        matches!(self.system_property(), Some(SystemProperty::RelPath | SystemProperty::Path))
    }

    fn system_property(&self) -> Option<SystemProperty> {
        use crate::bound::Member;
        match self {
            Self::System(property) => Some(*property),
            Self::Column(_) | Self::This => None,
            Self::Member(path) => match path.members.last() {
                Some(Member::System(property)) => Some(*property),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests;
