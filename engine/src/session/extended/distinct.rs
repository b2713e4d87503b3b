//! DISTINCT: a set of rows by what they show.
//!
//! The set has places; values are hashed and compared where they lie. Two rows are the same
//! when the values they show are: by the equality of conditions, that is texts by the
//! dialect's case rule, numbers by their value, datetimes as instants and references by what
//! they name, and beyond that
//! NULL is the same as NULL and NaN as NaN. Arrays and embedded objects are the same when
//! they are written alike.

use super::super::query::{Place, QueryResult};
use super::super::row::{Field, Row};
use crate::view::ValueView;
use cimarron_model::{Dialect, ReferenceRules, fold};
use cimarron_wql::like::StringCase;
use cimarron_wql::order::SortValue;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::fmt::{self, Debug, Write};
use std::hash::{BuildHasher, Hash, Hasher};

/// Rows of which no two show the same.
pub(super) struct Distinct {
    rows: HashTable<(u64, Place)>,
    /// Seeded: values come from outside.
    build: DefaultHashBuilder,
    rules: ReferenceRules,
}

impl Distinct {
    pub(super) fn new(rules: ReferenceRules) -> Self {
        Self { rows: HashTable::new(), build: DefaultHashBuilder::default(), rules }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.rows.allocation_size()
    }

    /// Adds a row; `false` when one that shows the same is there.
    pub(super) fn insert(&mut self, result: &QueryResult, place: Place) -> bool {
        let Some(row) = result.row_at(place) else { return false };
        let hash = self.hash(row, result);
        let is_same = |(other_hash, other): &(u64, Place)| {
            *other_hash == hash
                && result.row_at(*other).is_some_and(|other| self.is_same(row, other, result))
        };
        if self.rows.find(hash, is_same).is_some() {
            return false;
        }
        self.rows.insert_unique(hash, (hash, place), |(hash, _)| *hash);
        true
    }

    fn hash(&self, row: Row<'_>, result: &QueryResult) -> u64 {
        let mut hasher = self.build.build_hasher();
        if result.columns().is_none() {
            row.class_name().hash(&mut hasher);
        }
        for field in row.fields() {
            self.hash_view(field.view(), &mut hasher);
        }
        hasher.finish()
    }

    /// Whether two rows show the same. Those of `SELECT *` show their classes, too.
    fn is_same(&self, a: Row<'_>, b: Row<'_>, result: &QueryResult) -> bool {
        let is_same = |(a, b): (Field<'_>, Field<'_>)| self.is_same_view(a.view(), b.view());
        (result.columns().is_some() || a.class_name() == b.class_name())
            && a.fields().zip(b.fields()).all(is_same)
    }

    fn case(&self) -> StringCase {
        match self.rules.dialect() {
            Dialect::Wmi => StringCase::Folded,
            Dialect::Dmtf => StringCase::Exact,
        }
    }

    fn is_same_view(&self, a: ValueView<'_>, b: ValueView<'_>) -> bool {
        match (a, b) {
            (ValueView::Array(a), ValueView::Array(b)) => a == b,
            (ValueView::Object(a), ValueView::Object(b)) => a == b,
            (ValueView::Array(_) | ValueView::Object(_), _)
            | (_, ValueView::Array(_) | ValueView::Object(_)) => false,
            (ValueView::Reference(a), ValueView::Reference(b)) => self.rules.same(a, b),
            (a, b) => self.value(a).compare(&self.value(b), self.case()).is_eq(),
        }
    }

    fn value<'v>(&self, view: ValueView<'v>) -> SortValue<'v> {
        SortValue::new(view.to_wql(), &self.rules)
    }

    /// Values that are the same have the same hash.
    fn hash_view(&self, view: ValueView<'_>, hasher: &mut impl Hasher) {
        match view {
            ValueView::String(text) if self.case() == StringCase::Folded => {
                fold::hash_into(text, hasher);
            }
            ValueView::String(text) => text.hash(hasher),
            ValueView::Reference(path) => self.rules.hash(path, hasher, &self.build),
            ValueView::DateTime(value) => match value.utc_micros() {
                Some(micros) => (value.is_interval(), micros).hash(hasher),
                None => value.to_bits().hash(hasher),
            },
            ValueView::Array(array) => write_into(array, hasher),
            ValueView::Object(object) => write_into(object, hasher),
            // Numbers of every type, truth values and `char16`.
            other => match self.value(other) {
                SortValue::Integer(number) => real_or_integer(number as f64, hasher),
                SortValue::Real(number) => real_or_integer(number, hasher),
                SortValue::Boolean(truth) => truth.hash(hasher),
                SortValue::Char16(unit) => unit.hash(hasher),
                _ => hasher.write_u8(0),
            },
        }
    }
}

/// An integer and the real next to it have one hash.
fn real_or_integer(number: f64, hasher: &mut impl Hasher) {
    let number = if number.is_nan() { f64::NAN } else { number + 0.0 };
    number.to_bits().hash(hasher);
}

/// Hashes what is written of a value, without case: names in it have none.
fn write_into(value: &impl Debug, hasher: &mut impl Hasher) {
    struct Folded<'a, H>(&'a mut H);

    impl<H: Hasher> Write for Folded<'_, H> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            text.chars().for_each(|c| self.0.write_u32(fold::fold_char(c).into()));
            Ok(())
        }
    }

    // A hasher takes all that is written.
    let _ = write!(Folded(hasher), "{value:?}");
}
