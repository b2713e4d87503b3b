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
use crate::schema::{ClassInfo, Schema};
use crate::syntax::Door;
use crate::syntax::ast::{DataQuery, Identifier, PropertyPath, Query, SelectList};
use cimarron_model::{Dialect, suggest};
use meta::MetaClass;

/// How to bind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BindOptions {
    /// Whose NULL logic and string comparison hold.
    pub dialect: Dialect,
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
    bind_query(query, schema, options.dialect).map_err(|refused| *refused)
}

/// An error on its way out; boxed, because every step has room for it in what it
/// returns.
type Refused = Box<WqlError>;

#[cold]
fn refuse<T>(error: WqlError) -> Result<T, Refused> {
    Err(Box::new(error))
}

fn bind_query<S: Schema>(query: &Query, schema: &S, dialect: Dialect) -> Result<Bound, Refused> {
    match query {
        Query::Data(query) => {
            let class = find_class(schema, &query.class)?;
            let binder = Binder::new(schema, &class, Rows::Instances, dialect);
            binder.data(query, dialect).map(Bound::Data)
        }
        Query::Schema(query) => {
            let binder = Binder::new(schema, &MetaClass, Rows::Classes, dialect);
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
}

impl<'a, S: Schema, C: ClassInfo> Binder<'a, S, C> {
    const fn new(schema: &'a S, class: &'a C, rows: Rows, dialect: Dialect) -> Self {
        let case = match dialect {
            Dialect::Wmi => StringCase::Folded,
            Dialect::Dmtf => StringCase::Exact,
        };
        Self { schema, class, rows, case }
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
    /// Whether it ends in a system property: those hold names and paths, which
    /// have no case in any dialect.
    pub(crate) fn is_system(&self) -> bool {
        use crate::bound::Member;
        match self {
            Self::Column(_) => false,
            Self::System(_) | Self::This => true,
            Self::Member(path) => matches!(path.members.last(), Some(Member::System(_))),
        }
    }
}

#[cfg(test)]
mod tests;
