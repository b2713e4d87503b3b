//! Values as an ordered index holds them.
//!
//! Two values have the same key exactly when WQL's `=` holds between them, and the lesser
//! one has the lesser key: integers of all widths are one order, texts are folded where
//! the dialect compares them so, datetimes are instants, minus zero is zero. What WQL has
//! no order for stands somewhere all the same: NaN behind all numbers, intervals before
//! timestamps, datetimes with asterisks behind both.

use crate::schema::Slot;
use crate::view::ValueView;
use cimarron_model::{CimType, DateTime, Dialect, TypeClass, fold};
use cimarron_wql::{CompareOp, Constant};
use smol_str::SmolStr;
use std::ops::{Bound, RangeBounds};

/// The key of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OrderedKey {
    Boolean(bool),
    /// An integer below 0.
    Negative(i64),
    /// An integer from 0 on, or a `char16`'s code unit.
    Integer(u64),
    /// The bits of a real, turned so that they have its order.
    Real(u64),
    Interval(i64),
    Instant(i64),
    /// The characters of a datetime with asterisks.
    Characters([u64; 2]),
    Text(SmolStr),
}

/// Which values have keys that compare with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Boolean,
    Integer,
    Real,
    DateTime,
    Text,
    /// References; without case in every dialect, as WQL compares them.
    Path,
}

/// How the values of one property become keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyForm {
    pub(crate) kind: KeyKind,
    folded: bool,
}

impl KeyForm {
    /// The form for a property; `None` when its values have no order.
    pub(crate) fn of(slot: &Slot, dialect: Dialect) -> Option<Self> {
        if slot.array.is_array() || slot.embedded_text {
            return None;
        }
        let kind = match slot.cim_type.class() {
            TypeClass::Boolean => KeyKind::Boolean,
            TypeClass::Unsigned | TypeClass::Signed | TypeClass::Char16 => KeyKind::Integer,
            TypeClass::Real => KeyKind::Real,
            TypeClass::DateTime => KeyKind::DateTime,
            TypeClass::String => KeyKind::Text,
            TypeClass::Reference => KeyKind::Path,
            TypeClass::Object => return None,
        };
        Some(Self { kind, folded: dialect == Dialect::Wmi || slot.cim_type == CimType::Reference })
    }

    #[cfg(test)]
    pub(super) const fn for_test(kind: KeyKind, folded: bool) -> Self {
        Self { kind, folded }
    }

    /// The key of a value; `None` for NULL and values of another kind.
    pub(crate) fn key(self, value: ValueView<'_>) -> Option<OrderedKey> {
        Some(match (self.kind, value) {
            (KeyKind::Boolean, ValueView::Boolean(truth)) => OrderedKey::Boolean(truth),
            (KeyKind::Integer, ValueView::Char16(unit)) => OrderedKey::Integer(unit.0.into()),
            (KeyKind::Integer, number) => integer(number.as_integer()?).ok()?,
            (KeyKind::Real, ValueView::Real32(number)) => real(number.into()),
            (KeyKind::Real, ValueView::Real64(number)) => real(number),
            (KeyKind::DateTime, ValueView::DateTime(time)) => moment(time),
            (KeyKind::Text, ValueView::String(text)) => self.text(text),
            (KeyKind::Path, ValueView::Reference(path)) => self.text(&path.to_string()),
            _ => return None,
        })
    }

    fn text(self, text: &str) -> OrderedKey {
        OrderedKey::Text(if self.folded {
            text.chars().map(fold::fold_char).collect()
        } else {
            SmolStr::new(text)
        })
    }

    /// A range with every row for which a comparison is true, and seldom more; `None`
    /// when the order of keys says nothing about it.
    pub(crate) fn range(self, operator: CompareOp, constant: &Constant) -> Option<KeyRange> {
        if let (KeyKind::Boolean | KeyKind::Path, true) = (self.kind, operator.is_order()) {
            return None;
        }
        // The constant's own key, excluded; or keys about it that are to be asked too.
        let (low, high) = match (self.kind, constant) {
            (KeyKind::Boolean, Constant::Boolean(truth)) => same(OrderedKey::Boolean(*truth)),
            (KeyKind::Integer, Constant::Integer(number)) => match integer(*number) {
                Ok(key) => same(key),
                // Beyond all of them: the outermost is asked in its place.
                Err(outermost) => (Bound::Included(outermost.clone()), Bound::Included(outermost)),
            },
            (KeyKind::Real, Constant::Integer(number)) if number.unsigned_abs() <= EXACT => {
                same(real(*number as f64))
            }
            (KeyKind::Real, Constant::Integer(number)) => {
                let near = *number as f64;
                (Bound::Included(real(near.next_down())), Bound::Included(real(near.next_up())))
            }
            (KeyKind::Real, Constant::Real(number)) => same(real(*number)),
            (KeyKind::DateTime, Constant::DateTime(time)) => same(moment(*time)),
            (KeyKind::Text, Constant::Text(text)) | (KeyKind::Path, Constant::Path(text)) => {
                same(self.text(text))
            }
            _ => return None,
        };
        let is_exact = matches!(low, Bound::Excluded(_));
        let included = |bound: Bound<OrderedKey>| match bound {
            Bound::Excluded(key) => Bound::Included(key),
            other => other,
        };
        Some(match operator {
            CompareOp::Equal => KeyRange { low: included(low), high: included(high) },
            CompareOp::Less if is_exact => KeyRange { low: Bound::Unbounded, high },
            CompareOp::Less | CompareOp::LessOrEqual => {
                KeyRange { low: Bound::Unbounded, high: included(high) }
            }
            CompareOp::Greater if is_exact => KeyRange { low, high: Bound::Unbounded },
            CompareOp::Greater | CompareOp::GreaterOrEqual => {
                KeyRange { low: included(low), high: Bound::Unbounded }
            }
            CompareOp::NotEqual => return None,
        })
    }
}

/// Up to here every integer is a real.
const EXACT: u128 = 1 << 53;

/// A constant that has a key of its own: excluded, so that `<` and `>` leave it out.
fn same(key: OrderedKey) -> (Bound<OrderedKey>, Bound<OrderedKey>) {
    (Bound::Excluded(key.clone()), Bound::Excluded(key))
}

/// The key of an integer, or the nearest key of an integer that no type has.
fn integer(number: i128) -> Result<OrderedKey, OrderedKey> {
    if number < 0 {
        i64::try_from(number).map(OrderedKey::Negative).map_err(|_| OrderedKey::Negative(i64::MIN))
    } else {
        u64::try_from(number).map(OrderedKey::Integer).map_err(|_| OrderedKey::Integer(u64::MAX))
    }
}

fn real(number: f64) -> OrderedKey {
    const SIGN: u64 = 1 << 63;
    OrderedKey::Real(if number.is_nan() {
        u64::MAX
    } else if number == 0.0 {
        SIGN
    } else {
        let bits = number.to_bits();
        if bits & SIGN == 0 { bits | SIGN } else { !bits }
    })
}

fn moment(time: DateTime) -> OrderedKey {
    match time.utc_micros() {
        Some(micros) if time.is_interval() => OrderedKey::Interval(micros),
        Some(micros) => OrderedKey::Instant(micros),
        None => {
            let bits = time.to_bits();
            OrderedKey::Characters([(bits >> 64) as u64, bits as u64])
        }
    }
}

/// Keys from one bound to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyRange {
    pub(crate) low: Bound<OrderedKey>,
    pub(crate) high: Bound<OrderedKey>,
}

impl KeyRange {
    /// Whether a key is within.
    pub(crate) fn contains(&self, key: &OrderedKey) -> bool {
        (self.low.as_ref(), self.high.as_ref()).contains(key)
    }

    /// The only key, when there is no more than one.
    pub(crate) fn only(&self) -> Option<&OrderedKey> {
        match (&self.low, &self.high) {
            (Bound::Included(low), Bound::Included(high)) if low == high => Some(low),
            _ => None,
        }
    }

    /// Whether the range has an end on both sides.
    pub(crate) const fn is_closed(&self) -> bool {
        !matches!(self.low, Bound::Unbounded) && !matches!(self.high, Bound::Unbounded)
    }

    /// The keys that both have.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            low: narrower(self.low, other.low, |a, b| a > b),
            high: narrower(self.high, other.high, |a, b| a < b),
        }
    }
}

/// The bound that leaves less, where `is_narrower` tells it of two keys.
fn narrower(
    a: Bound<OrderedKey>,
    b: Bound<OrderedKey>,
    is_narrower: impl Fn(&OrderedKey, &OrderedKey) -> bool,
) -> Bound<OrderedKey> {
    match (a, b) {
        (Bound::Unbounded, only) | (only, Bound::Unbounded) => only,
        (a, b) => {
            let a_narrower = match (&a, &b) {
                (
                    Bound::Excluded(x) | Bound::Included(x),
                    Bound::Included(y) | Bound::Excluded(y),
                ) if x != y => is_narrower(x, y),
                (Bound::Excluded(_), _) => true,
                _ => false,
            };
            if a_narrower { a } else { b }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::Value;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    fn key(form: KeyForm, value: impl Into<Value>) -> OrderedKey {
        form.key(ValueView::from(&value.into())).unwrap()
    }

    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<OrderedKey>() <= 24, "{}", size_of::<OrderedKey>());
    }

    #[test]
    fn integers_of_all_widths_are_one_order() {
        let form = KeyForm::for_test(KeyKind::Integer, false);
        let keys = [
            key(form, i64::MIN),
            key(form, -129_i16),
            key(form, -1_i8),
            key(form, 0_u8),
            key(form, 1_i64),
            key(form, 255_u8),
            key(form, 256_i32),
            key(form, i64::MAX),
            key(form, u64::MAX),
        ];
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
        assert_eq!(key(form, 7_u8), key(form, 7_i64));
    }

    #[test]
    fn datetimes_are_instants() {
        let form = KeyForm::for_test(KeyKind::DateTime, false);
        let time = |text: &str| key(form, DateTime::parse(text).unwrap());
        assert_eq!(time("20240131080000.000000+060"), time("20240131070000.000000+000"));
        assert!(time("20240131080000.000000+060") < time("20240131080000.000000+000"));
        assert!(time("00000001000000.000000:000") < time("00000002000000.000000:000"));
        assert_ne!(time("2024****000000.000000+***"), time("2023****000000.000000+***"));
    }

    #[test]
    fn nan_is_one_key_behind_the_others() {
        let form = KeyForm::for_test(KeyKind::Real, false);
        assert_eq!(key(form, f64::NAN), key(form, -f64::NAN));
        assert!(key(form, f64::INFINITY) < key(form, f64::NAN));
        assert_eq!(key(form, 0.0_f64), key(form, -0.0_f32));
    }

    #[test]
    fn ranges_meet() {
        let at = |n| OrderedKey::Integer(n);
        let range = |low, high| KeyRange { low, high };
        use Bound::{Excluded, Included, Unbounded};
        for (a, b, both) in [
            (
                (Unbounded, Included(at(5))),
                (Included(at(3)), Unbounded),
                (Included(at(3)), Included(at(5))),
            ),
            (
                (Excluded(at(3)), Unbounded),
                (Included(at(3)), Unbounded),
                (Excluded(at(3)), Unbounded),
            ),
            (
                (Included(at(4)), Unbounded),
                (Excluded(at(3)), Unbounded),
                (Included(at(4)), Unbounded),
            ),
            (
                (Unbounded, Excluded(at(9))),
                (Unbounded, Included(at(9))),
                (Unbounded, Excluded(at(9))),
            ),
            (
                (Unbounded, Excluded(at(9))),
                (Unbounded, Included(at(8))),
                (Unbounded, Included(at(8))),
            ),
        ] {
            let (a, b, both) = (range(a.0, a.1), range(b.0, b.1), range(both.0, both.1));
            assert_eq!(a.clone().and(b.clone()), both);
            assert_eq!(b.and(a), both);
        }
    }

    proptest! {
        #[test]
        fn reals_keep_their_order(a in any::<f64>(), b in any::<f64>()) {
            let form = KeyForm::for_test(KeyKind::Real, false);
            if let Some(order) = a.partial_cmp(&b) {
                prop_assert_eq!(key(form, a).cmp(&key(form, b)), order);
            }
        }

        #[test]
        fn texts_keep_the_order_of_their_dialect(a in "[aAkKßẞ\u{212a}sſé]{0,30}", b in "[aAkKßẞ\u{212a}sſé]{0,30}") {
            let (folded, exact) = (KeyForm::for_test(KeyKind::Text, true), KeyForm::for_test(KeyKind::Text, false));
            prop_assert_eq!(key(folded, &*a).cmp(&key(folded, &*b)), fold::cmp(&a, &b));
            prop_assert_eq!(key(exact, &*a).cmp(&key(exact, &*b)), a.cmp(&b));
        }

        #[test]
        fn ranges_leave_no_real_out(a in any::<f64>(), n in any::<i128>()) {
            let form = KeyForm::for_test(KeyKind::Real, false);
            let value = key(form, a);
            for operator in [CompareOp::Less, CompareOp::Greater, CompareOp::Equal] {
                let range = form.range(operator, &Constant::Integer(n)).unwrap();
                let order = a.partial_cmp(&(n as f64));
                let holds = match operator {
                    CompareOp::Less => order == Some(Ordering::Less),
                    CompareOp::Greater => order == Some(Ordering::Greater),
                    _ => order == Some(Ordering::Equal),
                };
                prop_assert!(range.contains(&value) || !holds);
            }
        }
    }
}
