//! Whole statements.

use super::super::association;
use super::super::ast::{
    AssociationKind, AssociationQuery, DataQuery, EventQuery, Extended, Identifier, Query,
    SchemaQuery, SelectList,
};
use super::super::mode::{Door, Refusal, refuse};
use super::{Builder, Mark};
use crate::error::{Construct, QueryKind, WqlError};

impl Builder<'_> {
    pub(in crate::syntax) fn associations(
        &mut self,
        kind: AssociationKind,
        l: u32,
        r: u32,
    ) -> Result<(), Refusal> {
        association::check_door(self.mode, kind, Mark { start: l, end: r }.into())?;
        self.association = Some(kind);
        Ok(())
    }

    /// The path in braces; the statement may end behind it.
    pub(in crate::syntax) fn object_path(&mut self, braces: Mark) -> Result<(), Refusal> {
        let (path, span) = association::path(self.text, braces.into())?;
        if let Some(kind) = self.association {
            let query = AssociationQuery::new(kind, path, span);
            self.query = Some(Query::Association(Box::new(query)));
        }
        Ok(())
    }

    pub(in crate::syntax) fn keyword(
        &mut self,
        keyword: Mark,
        value: Option<Mark>,
    ) -> Result<(), Refusal> {
        let value = value.map(|value| self.identifier(value));
        self.term(keyword, value)
    }

    /// The name behind a keyword may stand in quotes.
    pub(in crate::syntax) fn keyword_quoted(
        &mut self,
        keyword: Mark,
        value: Mark,
    ) -> Result<(), Refusal> {
        let value = association::quoted_name(self.text, value.into())?;
        self.term(keyword, Some(value))
    }

    fn term(&mut self, keyword: Mark, value: Option<Identifier>) -> Result<(), Refusal> {
        let keyword = self.identifier(keyword);
        match &mut self.query {
            Some(Query::Association(query)) => association::keyword(query, &keyword, value),
            _ => Ok(()),
        }
    }

    /// Whether the keywords go together.
    pub(in crate::syntax) fn check_keywords(&self) -> Result<(), Refusal> {
        match &self.query {
            Some(Query::Association(query)) => association::check(query),
            _ => Ok(()),
        }
    }

    pub(in crate::syntax) const fn from(&mut self, class: Mark) {
        self.class = class;
    }

    /// A SELECT, of which all clauses have been read.
    pub(in crate::syntax) fn select(&mut self) -> Result<(), Refusal> {
        let class = self.identifier(self.class);
        let select = self.select_list();
        let filter = self.filter.take();
        let is_schema = class.name.is("meta_class");
        self.query = Some(match self.mode.door {
            door @ Door::Notification if is_schema => {
                let (kind, span) = (QueryKind::Schema, class.span);
                return refuse(WqlError::WrongKind { kind, door, span });
            }
            Door::Notification => {
                let (within, group) = (self.within, self.group.take());
                Query::Event(EventQuery { select, class, within, filter, group })
            }
            Door::Query if is_schema => {
                self.check_schema_query(&select)?;
                Query::Schema(SchemaQuery { span: class.span, filter })
            }
            Door::Query => {
                let extended = self.extended();
                Query::Data(DataQuery { select, class, filter, extended })
            }
        });
        Ok(())
    }

    fn extended(&mut self) -> Option<Box<Extended>> {
        let (distinct, top) = (self.distinct, self.top);
        if distinct.is_some() || top.is_some() {
            let extended = self.extended.get_or_insert_default();
            (extended.distinct, extended.top) = (distinct, top);
        }
        self.extended.take()
    }

    fn check_schema_query(&self, select: &SelectList) -> Result<(), Refusal> {
        if *select != SelectList::All {
            return refuse(WqlError::ListInSchemaQuery { span: self.list.into() });
        }
        let clauses = self.extended.as_deref();
        let sorted = clauses.and_then(|c| c.order_by.first());
        let limited = clauses.and_then(|c| c.limit);
        let refused = [
            self.distinct.map(|span| (Construct::Distinct, span)),
            self.top.map(|top| (Construct::Top, top.span)),
            sorted.map(|key| (Construct::OrderBy, key.property.span())),
            limited.map(|limit| (Construct::Limit, limit.span)),
        ];
        match refused.into_iter().flatten().next() {
            Some((construct, span)) => {
                refuse(WqlError::NotInKind { construct, kind: QueryKind::Schema, span })
            }
            None => Ok(()),
        }
    }
}
