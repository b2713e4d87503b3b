//! Schema queries: classes that fulfil a condition (WMI SDK, "SELECT Statement for Schema
//! Queries").
//!
//! Every class of the namespace is a row, WMI's system classes too. A condition that says
//! where in the hierarchy its classes are is asked of the classes there only: classes are
//! numbered depth first, so what is below a class is a run of numbers.

use super::Session;
use super::class_options::ClassOptions;
use super::classes::Classes;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::owned::system_to_value;
use crate::schema::{ClassId, ClassRef, Schema};
use cimarron_model::{Location, Name, Value, fold};
use cimarron_schema::ClassView;
use cimarron_wql::{
    BoundExpr, BoundPath, BoundSchemaQuery, CompareOp, Constant, Genus, SystemProperty, Truth,
    ValueRef, system_value,
};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Classes that answer a query, as they were when it began. Cheap to clone.
///
/// Those of a schema query come each before everything below it, brothers and sisters in
/// name order; those of a query for associations in the order of the associations.
#[derive(Clone)]
pub struct ClassResult {
    session: Session,
    context: CallContext,
    schema: Arc<Schema>,
    found: Arc<[ClassId]>,
    looked_at: usize,
    options: ClassOptions,
}

impl ClassResult {
    pub(super) fn new(
        session: &Session,
        context: &CallContext,
        schema: &Arc<Schema>,
        found: Vec<ClassId>,
        looked_at: usize,
    ) -> Self {
        Self {
            session: session.clone(),
            context: context.clone(),
            schema: schema.clone(),
            found: found.into(),
            looked_at,
            options: ClassOptions::new(),
        }
    }

    /// The same classes, to be returned as the options want them: localised, say.
    #[must_use]
    pub fn with_options(self, options: impl Into<ClassOptions>) -> Self {
        Self { options: options.into(), ..self }
    }

    /// How many classes there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The names of the classes.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        let found = self.found.iter().filter_map(|id| self.schema.by_id(*id));
        found.map(ClassRef::name)
    }

    /// The classes, one at a time: only one is in memory in this form.
    pub fn classes(&self) -> Classes {
        let chosen = self.found.to_vec();
        Classes::new(&self.session, &self.context, &self.schema, chosen, self.options.clone())
    }

    /// How many classes the condition was asked of; for explaining a query.
    pub const fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// The value of a system property of the class at a position; NULL beyond the last.
    pub fn system(&self, position: usize, property: SystemProperty) -> Value {
        let id = self.found.get(position);
        let Some(class) = id.and_then(|id| self.schema.by_id(*id)) else {
            return Value::Null(property.cim_type(), property.is_array());
        };
        let location = &*self.session.namespace.location;
        let row = ClassRow { schema: &self.schema, class, location };
        system_to_value(system_value(&row, property))
    }

    /// The class at a position.
    pub(super) fn class_at(&self, position: usize) -> Option<cimarron_model::Class> {
        let class = self.schema.by_id(*self.found.get(position)?)?;
        Some(self.session.shown(&self.context, class, &self.options))
    }
}

impl fmt::Debug for ClassResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClassResult").field("classes", &self.len()).finish_non_exhaustive()
    }
}

/// How many classes are looked at between two looks at deadline and cancel token.
const CLASSES_PER_CHECK: usize = 256;

impl Session {
    /// The classes that fulfil the condition of a schema query.
    pub(super) fn classes_where(
        &self,
        context: &CallContext,
        schema: &Arc<Schema>,
        query: &BoundSchemaQuery,
    ) -> Result<ClassResult, EngineError> {
        let runs = candidates(schema, query).unwrap_or_else(|| vec![schema.run()]);
        let location = &*self.namespace.location;
        let mut found = Vec::new();
        let asked = runs.into_iter().flat_map(|run| schema.range(run));
        let mut looked_at = 0;
        let budget = context.budget(self.repository().limits().query_memory);
        for class in asked {
            if looked_at % CLASSES_PER_CHECK == 0 {
                context.check(&**self.repository().clock())?;
                budget.check(held(&found))?;
            }
            looked_at += 1;
            let row = ClassRow { schema, class, location };
            let passes = |c: &BoundExpr| c.evaluate(&row, query.dialect) == Truth::True;
            if query.filter.as_ref().is_none_or(passes) {
                found.push(class.def().id);
            }
        }
        budget.check(held(&found))?;
        Ok(ClassResult::new(self, context, schema, found, looked_at))
    }
}

const fn held(found: &Vec<ClassId>) -> usize {
    found.capacity() * size_of::<ClassId>()
}

/// The runs of classes that the condition of a query is asked of; `None` for all.
pub(super) fn candidates(schema: &Schema, query: &BoundSchemaQuery) -> Option<Vec<Range<u32>>> {
    query.filter.as_ref().and_then(|condition| runs(schema, condition))
}

/// The runs of classes outside of which a condition is true for none, in order and apart
/// from one another; `None` when it may be true anywhere.
fn runs(schema: &Schema, condition: &BoundExpr) -> Option<Vec<Range<u32>>> {
    match condition {
        // Where all parts are true, each is: the least run of any will do.
        BoundExpr::And(parts) => {
            let of_parts = parts.iter().filter_map(|part| runs(schema, part));
            of_parts.min_by_key(|runs| runs.iter().map(Range::len).sum::<usize>())
        }
        BoundExpr::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(runs(schema, part)?);
            }
            Some(united(all))
        }
        BoundExpr::IsA { operand: BoundPath::This, class } => {
            Some(schema.class(class.as_str()).map(ClassRef::run).into_iter().collect())
        }
        BoundExpr::Compare {
            operand: BoundPath::System(property),
            operator: CompareOp::Equal,
            constant: Constant::Text(name),
        } => {
            let class = schema.class(name);
            let run = match property {
                SystemProperty::Class => class.map(|c| c.run().start..c.run().start + 1),
                SystemProperty::Superclass => class.map(|c| c.run().start + 1..c.run().end),
                SystemProperty::Dynasty => {
                    class.filter(|c| c.parent().is_none()).map(ClassRef::run)
                }
                _ => return None,
            };
            Some(run.into_iter().collect())
        }
        _ => None,
    }
}

/// The runs in order, with those that touch made one.
fn united(mut runs: Vec<Range<u32>>) -> Vec<Range<u32>> {
    runs.sort_unstable_by_key(|run| run.start);
    let mut united: Vec<Range<u32>> = Vec::new();
    for run in runs {
        match united.last_mut() {
            Some(last) if run.start <= last.end => last.end = last.end.max(run.end),
            _ => united.push(run),
        }
    }
    united
}

/// A class as conditions look at it.
struct ClassRow<'a> {
    schema: &'a Schema,
    class: ClassRef<'a>,
    location: &'a Location,
}

impl ClassRow<'_> {
    /// The class of this name, which is this one more often than not.
    fn named(&self, name: &str) -> Option<ClassRef<'_>> {
        if self.class.name().as_str() == name { Some(self.class) } else { self.schema.class(name) }
    }
}

impl cimarron_wql::Row for ClassRow<'_> {
    fn value(&self, _slot: usize) -> ValueRef<'_> {
        ValueRef::Null
    }

    fn class_name(&self) -> &str {
        self.class.name().as_str()
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        self.named(class)?.parent().map(|c| c.name().as_str())
    }

    fn genus(&self) -> Genus {
        Genus::Class
    }

    fn property_count(&self) -> usize {
        self.class.def().view().map_or(0, ClassView::property_count)
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        Some(self.class_name().into())
    }

    fn namespace(&self) -> Option<&str> {
        Some(self.location.namespace.as_str())
    }

    fn server(&self) -> Option<&str> {
        Some(self.location.server())
    }

    fn is_a(&self, class: &str, ancestor: &str) -> bool {
        match (self.named(class), self.schema.class(ancestor)) {
            (Some(class), Some(ancestor)) => class.is_a(ancestor),
            _ => fold::eq(class, ancestor),
        }
    }
}
