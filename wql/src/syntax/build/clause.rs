//! The clauses behind the condition.

use super::super::ast::{Direction, Group, OrderKey};
use super::super::literal;
use super::super::mode::Refusal;
use super::{Builder, Mark, PathMark};

impl Builder<'_> {
    pub(in crate::syntax) fn order_key(&mut self, path: PathMark, direction: Direction) {
        let property = self.property_path(path);
        let extended = self.extended.get_or_insert_default();
        extended.order_by.push(OrderKey { property, direction });
    }

    pub(in crate::syntax) fn limit(
        &mut self,
        limit: Mark,
        offset: Option<Mark>,
    ) -> Result<(), Refusal> {
        let limit = literal::row_count(self.text, limit.into())?;
        let offset = offset.map(|mark| literal::row_count(self.text, mark.into())).transpose()?;
        let extended = self.extended.get_or_insert_default();
        (extended.limit, extended.offset) = (Some(limit), offset);
        Ok(())
    }

    pub(in crate::syntax) fn within(&mut self, seconds: Mark) -> Result<(), Refusal> {
        self.within = Some(literal::interval(self.text, seconds.into())?);
        Ok(())
    }

    pub(in crate::syntax) fn group(&mut self, word: Mark, seconds: Mark) -> Result<(), Refusal> {
        let within = literal::interval(self.text, seconds.into())?;
        let span = word.into();
        self.group = Some(Box::new(Group { span, within, by: Vec::new(), having: None }));
        Ok(())
    }

    pub(in crate::syntax) fn group_by(&mut self, path: PathMark) {
        let property = self.property_path(path);
        if let Some(group) = &mut self.group {
            group.by.push(property);
        }
    }

    pub(in crate::syntax) fn having(&mut self) {
        let having = self.exprs.pop();
        if let Some(group) = &mut self.group {
            group.having = having;
        }
    }
}
