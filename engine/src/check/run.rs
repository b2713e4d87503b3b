//! Instances that give the same properties in the same order, property by property.
//!
//! What holds for one row after the other in [`plan`](super::plan) holds here for one column
//! after the other: a value is taken as it is or ends the run, whose last row is then looked at
//! by itself.

use super::Checker;
use super::bounds::is_dense;
use super::plan::{Given, Plain, Plan};
use crate::schema::Layout;
use crate::store::Column;
use crate::view::ValueView;
use cimarron_model::{CimType, Instance, Name};

/// The longest text in a run, in bytes: columns that rows are only brought in are to stay small.
const LONG: usize = 1 << 12;

impl Plan {
    /// Which of the values are the keys, in declaration order, when there can be runs of rows
    /// that are taken as they are.
    pub(crate) fn keys_of_runs(&self, checker: Checker<'_>) -> Option<&[usize]> {
        let texts = self.given.iter().filter(|given| given.of() == Some(CimType::String));
        let text = (texts.count() * LONG).saturating_add(self.default_text);
        // Those of many rows are brought in one column.
        let is_short = self.default_text <= LONG && text <= checker.limits.row_text_length;
        let is_whole = self.missing.is_none() && is_short;
        self.keys.as_deref().filter(|_| is_whole)
    }

    /// Columns by slot, with room for so many rows.
    pub(crate) fn columns(&self, layout: &Layout, rows: usize) -> Vec<Column> {
        let mut columns: Vec<Column> = layout.slots.iter().map(|_| Column::default()).collect();
        for given in &self.given {
            if let (Some(column), Some(of)) = (columns.get_mut(given.slot as usize), given.of()) {
                *column = Column::with_room(of, rows);
            }
        }
        columns
    }

    /// Fills in the defaults of so many rows, which are new.
    pub(crate) fn put_defaults(&self, columns: &mut [Column], rows: usize) {
        for (slot, default) in &self.defaults {
            if let Some(column) = columns.get_mut(*slot as usize) {
                (0..rows).for_each(|row| column.set_at_end(row, default.into()));
            }
        }
    }
}

impl Given {
    /// The type of the values that are taken as they are, if any is.
    const fn of(&self) -> Option<CimType> {
        match self.plain {
            Plain::Of(of) => Some(of),
            Plain::KeyText => Some(CimType::String),
            Plain::Never => None,
        }
    }
}

impl Checker<'_> {
    /// Puts what new instances have for the value of a plan at a place into the column of its
    /// slot, as long as it goes by this name and is taken as it is; of how many that was.
    pub(crate) fn take_column<'v>(
        self,
        (plan, at): (&Plan, usize),
        name: &Name,
        instances: &[&'v Instance],
        columns: &mut [Column],
    ) -> usize {
        let Some(given) = plan.given.get(at) else { return 0 };
        let Some(column) = columns.get_mut(given.slot as usize) else { return 0 };
        let value = |instance: &&'v Instance| {
            let (written, property) = instance.properties().nth(at)?;
            let is_it = written.is_written_as(name) && property.qualifiers.is_empty();
            is_it.then_some(&property.value)
        };
        let longest = self.limits.string_length.min(LONG);
        let is_key = matches!(given.plain, Plain::KeyText);
        let takes = |text: &str| text.len() <= longest && (!is_key || is_dense(text));
        let mut row = 0;
        while let Some(left) = instances.get(row..) {
            if column.len() == row {
                row += column.append_alike(left.iter().map_while(value), takes);
            }
            let Some(other) = instances.get(row).and_then(value).map(ValueView::from) else {
                break;
            };
            let is_short = other.as_str().is_none_or(|text| text.len() <= LONG);
            if !is_short || !self.takes_plain(given, &other) {
                break;
            }
            column.set_at_end(row, other);
            row += 1;
        }
        row
    }
}
