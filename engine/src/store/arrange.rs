//! In which order the rows of a new chunk lie.
//!
//! Whoever reads a range of an ordered index wants rows that are neighbours there. In the order
//! of their creation they may lie anywhere in their chunks, and each of them costs a line of the
//! cache in each column. So rows that become a chunk as they are lie in the order of the first
//! ordered index of their class: they are put into it before anybody knows where they are, and
//! what a range has of the chunk lies side by side.
//!
//! Nothing depends on that order. What is told of a commit, and whose key is found taken, goes
//! by the order in which its rows were given, which is kept beside them: see [`Given`].

use super::column::Column;
use super::ordered::{KeyForm, OrderedKey};
use crate::view::ValueView;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

/// By what the rows of a class are laid out: the slot of a property, and its order.
#[derive(Clone, Debug)]
pub(crate) struct Arrangement {
    pub(super) slot: u32,
    pub(super) form: KeyForm,
}

impl Arrangement {
    /// The rows of columns in the order in which they are to lie; see [`Self::order_of`].
    pub(crate) fn order(&self, columns: &[Column], rows: usize) -> Option<Vec<u16>> {
        let column = columns.get(self.slot as usize)?;
        self.order_of((0..rows).map(|row| column.get(row)))
    }

    /// Some values in the order in which their rows are to lie, those that are alike as they
    /// come; `None` when all come so.
    pub(super) fn order_of<'v>(
        &self,
        values: impl Iterator<Item = ValueView<'v>>,
    ) -> Option<Vec<u16>> {
        let keys: Vec<Option<OrderedKey>> = values.map(|value| self.form.key(value)).collect();
        let rank = |key: &Option<OrderedKey>| key.as_ref().map_or(0, OrderedKey::rank);
        let mut order: Vec<(u64, u16)> = keys.iter().map(rank).zip(0..).collect();
        let key = |row: u16| keys.get(usize::from(row)).and_then(Option::as_ref);
        let compare = |(a, row): &(u64, u16), (b, other): &(u64, u16)| -> Ordering {
            a.cmp(b).then_with(|| key(*row).cmp(&key(*other)))
        };
        if order.is_sorted_by(|a, b| compare(a, b).is_le()) {
            return None;
        }
        order.sort_unstable_by(|a, b| compare(a, b).then(a.1.cmp(&b.1)));
        Some(order.into_iter().map(|(_, row)| row).collect())
    }
}

/// Rows of a chunk in the order in which they were given.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// Which of those that were given.
    nth: Range<usize>,
    /// Where each of those lies, unless they lie as they were given.
    places: Option<Arc<[u16]>>,
}

impl Given {
    /// Rows that lie as they were given.
    pub(crate) const fn as_they_lie(rows: Range<usize>) -> Self {
        Self { nth: rows, places: None }
    }

    /// Rows that lie in an order of those that were given.
    pub(crate) fn in_order(order: &[u16]) -> Self {
        let mut places = vec![0; order.len()];
        for (row, nth) in (0..).zip(order) {
            if let Some(place) = places.get_mut(usize::from(*nth)) {
                *place = row;
            }
        }
        Self { nth: 0..places.len(), places: Some(places.into()) }
    }

    /// All rows of a chunk, by the place of each; `None` when that is not a place for each.
    pub(crate) fn at(places: Vec<u16>) -> Option<Self> {
        let mut is_taken = vec![false; places.len()];
        for place in &places {
            if std::mem::replace(is_taken.get_mut(usize::from(*place))?, true) {
                return None;
            }
        }
        Some(Self { nth: 0..places.len(), places: Some(places.into()) })
    }

    /// Where they lie, one after the other.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        let place = |nth| match &self.places {
            None => nth,
            Some(places) => places.get(nth).map_or(nth, |row| usize::from(*row)),
        };
        self.nth.clone().map(place)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.nth.len()
    }

    /// Where each of them lies, when that is not as they were given.
    pub(crate) fn places(&self) -> Option<&[u16]> {
        self.places.as_deref()
    }

    /// The same rows as a range, when they lie as they were given.
    pub(crate) fn range(&self) -> Option<Range<usize>> {
        self.places.is_none().then(|| self.nth.clone())
    }

    /// The first so many of them.
    pub(super) fn first(&self, count: usize) -> Self {
        let end = self.nth.end.min(self.nth.start + count);
        Self { nth: self.nth.start..end, places: self.places.clone() }
    }

    /// Takes the rows behind them, if that is where some are; whether it was.
    pub(super) fn grow(&mut self, by: &Range<usize>) -> bool {
        let is_behind = self.places.is_none() && self.nth.end == by.start;
        if is_behind {
            self.nth.end = by.end;
        }
        is_behind
    }
}

#[cfg(test)]
mod tests {
    use super::super::ordered::KeyKind;
    use super::*;
    use cimarron_model::{CimType, DateTime, Value};
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = (KeyKind, Vec<Option<Value>>)> {
        let integer = prop_oneof![
            (-3..3_i64).prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
        ];
        let moment = prop::sample::select(vec![
            "20240131080000.000000+060",
            "20240131070000.000000+000",
            "00000001000000.000000:000",
            "2024****000000.000000+***",
        ]);
        let moment = moment.prop_map(|text| Value::from(DateTime::parse(text).unwrap()));
        let column = |value| prop::collection::vec(prop::option::weighted(0.9, value), 0..80);
        prop_oneof![
            column(integer.boxed()).prop_map(|values| (KeyKind::Integer, values)),
            column(any::<f64>().prop_map(Value::from).boxed()).prop_map(|v| (KeyKind::Real, v)),
            column("[aAß]{0,9}".prop_map(Value::from).boxed()).prop_map(|v| (KeyKind::Text, v)),
            column(moment.boxed()).prop_map(|values| (KeyKind::DateTime, values)),
            column(any::<bool>().prop_map(Value::from).boxed()).prop_map(|v| (KeyKind::Boolean, v)),
        ]
    }

    fn column(values: &[Option<Value>]) -> Column {
        let mut column = Column::default();
        for (row, value) in values.iter().enumerate() {
            column.set_at_end(row, value.as_ref().map_or(ValueView::Null, ValueView::from));
        }
        column
    }

    proptest! {
        #[test]
        fn rows_lie_in_the_order_of_their_keys((kind, values) in values(), folded: bool) {
            let form = KeyForm::for_test(kind, folded);
            let by = column(&values);
            let key = |row: u16| form.key(by.get(row.into()));
            let mut expected: Vec<u16> = (0..values.len() as u16).collect();
            expected.sort_by_key(|row| key(*row));
            let is_as_it_was = expected.is_sorted();
            let order = Arrangement { slot: 0, form: form.clone() }.order(std::slice::from_ref(&by), values.len());
            prop_assert_eq!(order, (!is_as_it_was).then_some(expected.clone()));
            let given = Given::in_order(&expected);
            prop_assert!(given.rows().map(|row| usize::from(expected[row])).eq(0..values.len()));
            let again = Given::at(given.places().unwrap().to_vec()).unwrap();
            prop_assert!(again.rows().eq(given.rows()));
            let arranged = by.clone().arranged(&expected);
            for column in [arranged.clone(), arranged.seal().unwrap_or_default()] {
                for (to, from) in expected.iter().enumerate() {
                    let there = column.get(to).to_value(CimType::String, false);
                    prop_assert_eq!(there, by.get((*from).into()).to_value(CimType::String, false));
                }
            }
        }
    }

    #[test]
    fn places_are_believed_when_each_is_there_once() {
        assert!(Given::at(vec![2, 0, 1]).is_some_and(|given| given.rows().eq([2, 0, 1])));
        assert!(Given::at(vec![2, 0, 2]).is_none() && Given::at(vec![0, 3, 1]).is_none());
    }
}
