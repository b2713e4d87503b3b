//! Select lists.

use super::super::ast::{
    Aggregate, AggregateFunction, PropertyPath, SelectItem, SelectList, Selected,
};
use super::super::literal;
use super::super::mode::{Refusal, refuse};
use super::{Builder, FunctionMark, Mark, PathMark};
use crate::Span;
use crate::error::{Construct, WqlError};

impl Builder<'_> {
    pub(in crate::syntax) fn distinct(&mut self, l: u32, r: u32) -> Result<(), Refusal> {
        self.mode.clause(Construct::Distinct, l, r)?;
        self.distinct = Some(Mark { start: l, end: r }.into());
        Ok(())
    }

    pub(in crate::syntax) fn top(&mut self, l: u32, r: u32) -> Result<(), Refusal> {
        self.top = Some(literal::row_count(self.text, Mark { start: l, end: r }.into())?);
        Ok(())
    }

    pub(in crate::syntax) fn function(&self, word: Mark) -> Result<FunctionMark, Refusal> {
        let span = Span::from(word);
        let Some(function) = AggregateFunction::from_word(span.of(self.text)) else {
            let construct = Construct::Function;
            return refuse(WqlError::NoSuchConstruct { construct, span });
        };
        let construct = match function {
            AggregateFunction::Count => Construct::Count,
            _ => Construct::Aggregate,
        };
        self.mode.clause(construct, word.start, word.end)?;
        Ok((function, word))
    }

    pub(in crate::syntax) fn selected_path(&mut self, path: PathMark) {
        let path = self.property_path(path);
        if self.items.is_empty() {
            self.paths.push(path);
        } else {
            self.items.push(plain_item(path));
        }
    }

    /// The select list, which turns out to have more than plain properties.
    fn items(&mut self) -> &mut Vec<SelectItem> {
        self.items.extend(self.paths.drain(..).map(plain_item));
        &mut self.items
    }

    /// `function(property)`; `*` when there is no property.
    pub(in crate::syntax) fn aggregate(
        &mut self,
        (function, word): FunctionMark,
        property: Option<PathMark>,
        end: u32,
    ) -> Result<(), Refusal> {
        let span = Mark { end, ..word }.into();
        if property.is_none() && function != AggregateFunction::Count {
            return refuse(WqlError::StarInAggregate { function: function.as_str(), span });
        }
        let property = property.map(|path| self.property_path(path));
        let selected = Selected::Aggregate(Aggregate { function, property, span });
        self.items().push(SelectItem { selected, alias: None });
        Ok(())
    }

    /// The name of the item that has been read last.
    pub(in crate::syntax) fn alias(&mut self, alias: Mark) {
        let alias = self.identifier(alias);
        if let Some(item) = self.items().last_mut() {
            item.alias = Some(alias);
        }
    }

    pub(in crate::syntax) const fn list(&mut self, l: u32, r: u32) {
        self.list = Mark { start: l, end: r };
    }

    pub(super) fn select_list(&mut self) -> SelectList {
        if !self.items.is_empty() {
            SelectList::Items(std::mem::take(&mut self.items))
        } else if !self.paths.is_empty() {
            SelectList::Properties(std::mem::take(&mut self.paths))
        } else {
            SelectList::All
        }
    }
}

const fn plain_item(path: PropertyPath) -> SelectItem {
    SelectItem { selected: Selected::Property(path), alias: None }
}
