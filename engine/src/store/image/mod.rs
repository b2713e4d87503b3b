//! The columns of a chunk as bytes, and back.
//!
//! ```text
//! "CIMG"  version  length of what follows        16 bytes
//! texts and values, column by column             as long as they are, filled up to 16
//! ImageRecord                                    one rkyv archive: counts and vectors of numbers
//! ```
//!
//! An image has what a chunk holds of its rows but for their births, deaths, object numbers
//! and links: those are the store's own, and are found again or kept elsewhere. Columns keep
//! their forms, so reading an image is copying memory and checking it.
//!
//! Reading trusts nothing: whatever the bytes, it gives columns that are as sound as those of
//! [`Column::seal`](super::column::Column::seal) and fit the layout, or an error.

mod decode;
mod encode;
mod format;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use decode::decode;
pub(crate) use encode::encode;

use super::beside::QualifiersByRow;
use super::column::{Column, Columns};
use super::keys::KeyRules;
use crate::codec;
use crate::schema::Layout;
use crate::view::ValueView;
use smallvec::SmallVec;
use std::fmt;

/// Rows that were read from bytes.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) rows: usize,
    pub(crate) columns: Columns,
    pub(crate) qualifiers: QualifiersByRow,
}

impl Image {
    /// The hashes of the rows' keys.
    pub(crate) fn key_hashes<'i>(
        &'i self,
        layout: &'i Layout,
        rules: &'i KeyRules,
    ) -> impl Iterator<Item = u64> + 'i {
        let column = |slot: &u32| self.columns.get(*slot as usize)?.as_deref();
        let keys: SmallVec<[Option<&Column>; 4]> = layout.keys.iter().map(column).collect();
        (0..self.rows).map(move |row| {
            let value = |column: &Option<&'i Column>| {
                column.map_or(ValueView::Null, |column| column.get(row))
            };
            match keys.as_slice() {
                [key] => rules.hash_one(value(key)),
                keys => rules.hash(keys.iter().map(value)),
            }
        })
    }
}

/// Rows that no image can be made of.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritable {
    /// Classes have fewer properties than that takes.
    #[error("the numbers of {rows} rows of `{class}` are more than an image holds")]
    TooWide { class: String, rows: usize },
    #[error("the rows could not be laid out")]
    Layout(#[from] rkyv::rancor::Error),
}

/// Bytes that are no image of rows of the layout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) struct Damaged {
    /// The slot whose column is wrong, where it is one column.
    pub(crate) slot: Option<u32>,
    pub(crate) what: String,
}

impl Damaged {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { slot: None, what: what.into() }
    }

    /// The same, found in a column.
    pub(super) fn at(self, slot: u32) -> Self {
        Self { slot: Some(slot), ..self }
    }
}

impl From<codec::Damaged> for Damaged {
    fn from(damaged: codec::Damaged) -> Self {
        Self::new(damaged.to_string())
    }
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.slot {
            Some(slot) => write!(f, "the column of slot {slot}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}
