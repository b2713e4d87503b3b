//! Values as an ordered index holds them.
//!
//! Two values have the same key exactly when WQL's `=` holds between them, and the lesser
//! one has the lesser key: integers of all widths are one order, texts are folded where
//! the dialect compares them so, datetimes are instants, minus zero is zero. What WQL has
//! no order for stands somewhere all the same: NaN behind all numbers, intervals before
//! timestamps, datetimes with asterisks behind both.

use crate::schema::Slot;
use crate::view::ValueView;
use cimarron_model::{DateTime, Dialect, ReferenceRules, TypeClass, fold};
use cimarron_wql::like::StringCase;
use cimarron_wql::plan::{Integers, OneOf, Test};
use cimarron_wql::{CompareOp, PathConstant};
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

impl OrderedKey {
    /// A number that is never greater than that of a greater key, and seldom that of another.
    pub(super) fn rank(&self) -> u64 {
        /// Three bits say what it is.
        const BITS: u32 = u64::BITS - 3;
        const MOST: u64 = u64::MAX >> 3;
        const HALF: i64 = 1 << (BITS - 1);
        let signed = |number: i64| (number.clamp(-HALF, HALF - 1) + HALF) as u64;
        let (kind, rank) = match self {
            Self::Boolean(truth) => (0, u64::from(*truth)),
            Self::Negative(number) => (1, signed(*number)),
            Self::Integer(number) => (2, (*number).min(MOST)),
            Self::Real(bits) => (3, bits >> 3),
            Self::Interval(micros) => (4, signed(*micros)),
            Self::Instant(micros) => (5, signed(*micros)),
            Self::Characters([first, _]) => (6, first >> 3),
            Self::Text(text) => {
                let mut first = [0; size_of::<u64>()];
                first.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte);
                (7, u64::from_be_bytes(first) >> 3)
            }
        };
        kind << BITS | rank
    }
}

/// Which values have keys that compare with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Boolean,
    Integer,
    Real,
    DateTime,
    Text,
    /// References, by the text that all spellings of one share.
    Path,
}

/// How the values of one property become keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyForm {
    pub(crate) kind: KeyKind,
    folded: bool,
    /// For references: how they compare.
    references: Option<ReferenceRules>,
}

impl KeyForm {
    /// The form for a property; `None` when its values have no order.
    pub(crate) fn of(slot: &Slot, rules: &ReferenceRules) -> Option<Self> {
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
        let references = (kind == KeyKind::Path).then(|| rules.clone());
        Some(Self { kind, folded: rules.dialect() == Dialect::Wmi, references })
    }

    #[cfg(test)]
    pub(super) const fn for_test(kind: KeyKind, folded: bool) -> Self {
        Self { kind, folded, references: None }
    }

    /// The key of a value; `None` for NULL and values of another kind.
    pub(crate) fn key(&self, value: ValueView<'_>) -> Option<OrderedKey> {
        Some(match (self.kind, value) {
            (KeyKind::Boolean, ValueView::Boolean(truth)) => OrderedKey::Boolean(truth),
            (KeyKind::Integer, ValueView::Char16(unit)) => OrderedKey::Integer(unit.0.into()),
            (KeyKind::Integer, number) => integer(number.as_integer()?).ok()?,
            (KeyKind::Real, ValueView::Real32(number)) => real(number.into()),
            (KeyKind::Real, ValueView::Real64(number)) => real(number),
            (KeyKind::DateTime, ValueView::DateTime(time)) => moment(time),
            (KeyKind::Text, ValueView::String(text)) => self.text(text),
            (KeyKind::Path, ValueView::Reference(path)) => {
                OrderedKey::Text(self.references.as_ref()?.canonical(path).into())
            }
            _ => return None,
        })
    }

    fn text(&self, text: &str) -> OrderedKey {
        OrderedKey::Text(if self.folded {
            text.chars().map(fold::fold_char).collect()
        } else {
            SmolStr::new(text)
        })
    }

    /// A range with every value that passes a test, and seldom more; `None` when the order
    /// of keys says nothing about it.
    pub(crate) fn range(&self, test: &Test) -> Option<KeyRange> {
        Some(match (self.kind, test) {
            (KeyKind::Boolean, Test::Boolean(truth)) => KeyRange::one(OrderedKey::Boolean(*truth)),
            (KeyKind::Integer, Test::Integers(set)) if !set.outside => KeyRange::integers(*set),
            (KeyKind::Real, Test::Reals(set)) if !set.outside => KeyRange {
                low: Bound::Included(real(set.low)),
                high: Bound::Included(real(set.high)),
            },
            (KeyKind::DateTime, Test::DateTime { operator, constant, negated: false }) => {
                KeyRange::comparing(*operator, moment(*constant))?
            }
            (KeyKind::Text, Test::Text { operator, constant, .. }) => {
                KeyRange::comparing(*operator, self.text(constant))?
            }
            (KeyKind::Text, Test::Like { search, negated: false }) => {
                let prefix = search.pattern().prefix()?;
                // Not folded: that would bring some of them before the prefix, as it makes an
                // s of the long s, which comes behind ž.
                let behind = next_text(&prefix).map(|next| OrderedKey::Text(next.into()));
                KeyRange {
                    low: Bound::Included(self.text(&prefix)),
                    high: behind.map_or(Bound::Unbounded, Bound::Excluded),
                }
            }
            _ => return None,
        })
    }

    /// Whether the range of a test that this form has one for has no value that does not pass.
    pub(crate) fn is_exact(&self, test: &Test) -> bool {
        match (self.kind, test) {
            (KeyKind::Boolean, Test::Boolean(_)) => true,
            (KeyKind::Text, Test::Text { case, .. }) => {
                self.folded == (*case == StringCase::Folded)
            }
            // What no type has stands for the outermost that one has.
            (KeyKind::Integer, Test::Integers(set)) => {
                integer(set.low.max(i64::MIN.into())).is_ok()
                    && integer(set.high.min(u64::MAX.into())).is_ok()
            }
            (KeyKind::Real, Test::Reals(set)) => !set.low.is_nan() && !set.high.is_nan(),
            (KeyKind::Integer | KeyKind::Text, Test::OneOf(_)) => true,
            _ => false,
        }
    }

    /// The ranges of the values that are named, when it is those that pass. No two of them
    /// have a value in common.
    pub(crate) fn ranges(&self, all: &OneOf) -> Option<Vec<KeyRange>> {
        match self.kind {
            _ if !all.are_named() => None,
            KeyKind::Integer => Some(all.named_integers().map(KeyRange::integers).collect()),
            KeyKind::Text => {
                let key = |text: &SmolStr| KeyRange::one(self.text(text));
                Some(all.named_texts().iter().map(key).collect())
            }
            _ => None,
        }
    }

    /// The key of the references that name what a constant names.
    pub(crate) fn path(&self, path: &PathConstant) -> Option<KeyRange> {
        let key = || OrderedKey::Text(path.canonical().into());
        (self.kind == KeyKind::Path).then(|| KeyRange::one(key()))
    }
}

/// The least text behind all that begin with a text; `None` when there is none.
fn next_text(text: &str) -> Option<String> {
    let mut chars = text.chars();
    while let Some(last) = chars.next_back() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            return Some(format!("{}{next}", chars.as_str()));
        }
    }
    None
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

    /// One key.
    fn one(key: OrderedKey) -> Self {
        Self { low: Bound::Included(key.clone()), high: Bound::Included(key) }
    }

    /// The integers of a set that has no others.
    fn integers(set: Integers) -> Self {
        Self {
            low: Bound::Included(integer(set.low).unwrap_or_else(|outermost| outermost)),
            high: Bound::Included(integer(set.high).unwrap_or_else(|outermost| outermost)),
        }
    }

    /// The keys that compare so with another; `None` when they are no range.
    fn comparing(operator: CompareOp, key: OrderedKey) -> Option<Self> {
        let all = Self { low: Bound::Unbounded, high: Bound::Unbounded };
        Some(match operator {
            CompareOp::Equal => Self::one(key),
            CompareOp::Less => Self { high: Bound::Excluded(key), ..all },
            CompareOp::LessOrEqual => Self { high: Bound::Included(key), ..all },
            CompareOp::Greater => Self { low: Bound::Excluded(key), ..all },
            CompareOp::GreaterOrEqual => Self { low: Bound::Included(key), ..all },
            CompareOp::NotEqual => return None,
        })
    }

    /// The only key, when there is no more than one.
    pub(crate) fn only(&self) -> Option<&OrderedKey> {
        match (&self.low, &self.high) {
            (Bound::Included(low), Bound::Included(high)) if low == high => Some(low),
            _ => None,
        }
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
    use cimarron_model::{CimType, Name, Value};
    use cimarron_wql::plan::{Predicate, Reals};
    use cimarron_wql::{BoundExpr, BoundPath, Column, Constant};
    use proptest::prelude::*;

    fn key(form: &KeyForm, value: impl Into<Value>) -> OrderedKey {
        form.key(ValueView::from(&value.into())).unwrap()
    }

    /// The test that a property equals any of some constants.
    fn any_of(cim_type: CimType, constants: &[Constant], dialect: Dialect) -> Test {
        let equals = |constant: &Constant| BoundExpr::Compare {
            operand: BoundPath::Column(Column {
                slot: 0,
                name: Name::new("Value"),
                cim_type,
                is_array: false,
            }),
            operator: CompareOp::Equal,
            constant: constant.clone(),
        };
        let all = BoundExpr::Or(constants.iter().map(equals).collect());
        match Predicate::new(&all, dialect) {
            Predicate::Column(test) => test.test,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<OrderedKey>() <= 24, "{}", size_of::<OrderedKey>());
    }

    #[test]
    fn ranks_keep_the_order() {
        let integer = &KeyForm::for_test(KeyKind::Integer, false);
        let text = &KeyForm::for_test(KeyKind::Text, false);
        let keys = [
            OrderedKey::Boolean(false),
            OrderedKey::Boolean(true),
            key(integer, i64::MIN),
            key(integer, -2_i64),
            key(integer, -1_i64),
            key(integer, 0_u8),
            key(integer, 1_u8),
            key(integer, u64::MAX - 1),
            key(integer, u64::MAX),
            real(f64::NEG_INFINITY),
            real(1.5),
            real(f64::NAN),
            OrderedKey::Interval(7),
            OrderedKey::Instant(-7),
            OrderedKey::Instant(7),
            OrderedKey::Characters([1, 2]),
            key(text, ""),
            key(text, "a"),
            key(text, "ab"),
            key(text, "ab long one"),
            key(text, "ß"),
        ];
        assert!(keys.is_sorted_by(|a, b| a < b && a.rank() <= b.rank()), "{keys:?}");
    }

    #[test]
    fn integers_of_all_widths_are_one_order() {
        let form = &KeyForm::for_test(KeyKind::Integer, false);
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
        let form = &KeyForm::for_test(KeyKind::DateTime, false);
        let time = |text: &str| key(form, DateTime::parse(text).unwrap());
        assert_eq!(time("20240131080000.000000+060"), time("20240131070000.000000+000"));
        assert!(time("20240131080000.000000+060") < time("20240131080000.000000+000"));
        assert!(time("00000001000000.000000:000") < time("00000002000000.000000:000"));
        assert_ne!(time("2024****000000.000000+***"), time("2023****000000.000000+***"));
    }

    #[test]
    fn nan_is_one_key_behind_the_others() {
        let form = &KeyForm::for_test(KeyKind::Real, false);
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
            let form = &KeyForm::for_test(KeyKind::Real, false);
            if let Some(order) = a.partial_cmp(&b) {
                prop_assert_eq!(key(form, a).cmp(&key(form, b)), order);
            }
        }

        #[test]
        fn texts_keep_the_order_of_their_dialect(a in "[aAkKßẞ\u{212a}sſé]{0,30}", b in "[aAkKßẞ\u{212a}sſé]{0,30}") {
            let (folded, exact) = (KeyForm::for_test(KeyKind::Text, true), KeyForm::for_test(KeyKind::Text, false));
            prop_assert_eq!(key(&folded, &*a).cmp(&key(&folded, &*b)), fold::cmp(&a, &b));
            prop_assert_eq!(key(&exact, &*a).cmp(&key(&exact, &*b)), a.cmp(&b));
        }

        #[test]
        fn ranges_leave_no_real_out(a in any::<f64>(), n in any::<i128>()) {
            let form = &KeyForm::for_test(KeyKind::Real, false);
            let value = key(form, a);
            for operator in [CompareOp::Less, CompareOp::Greater, CompareOp::Equal] {
                let set = Reals::comparing_integer(operator, n);
                let range = form.range(&Test::Reals(set)).unwrap();
                prop_assert_eq!(range.contains(&value), set.contains(a) && !a.is_nan());
            }
        }

        #[test]
        fn exact_ranges_have_what_passes(
            (a, b, at) in (any::<i64>(), any::<u64>(), -2..3_i128),
            x in any::<f64>(),
            y in prop::sample::select(vec![f64::NAN, f64::INFINITY, -0.0, 0.0, 1.5, -1.5]),
            (text, constant) in ("[aAßẞſs]{0,3}", "[aAßẞſs]{0,3}"),
            nth in 0..5_usize,
        ) {
            use CompareOp::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
            let operator = [Equal, Less, LessOrEqual, Greater, GreaterOrEqual][nth];
            let has_what_passes = |form: &KeyForm, test: &Test, value: &Value| {
                let view = ValueView::from(value);
                let is_within = form.range(test).unwrap().contains(&form.key(view).unwrap());
                is_within == test.holds(view.to_wql())
            };
            let form = &KeyForm::for_test(KeyKind::Integer, false);
            let outermost = [i128::from(i64::MIN), -1, 0, i128::from(u64::MAX), a.into(), b.into()];
            for near in outermost {
                let set = Integers::comparing(operator, near + at);
                let test = Test::Integers(set);
                let has_some = set.low <= u64::MAX.into() && set.high >= i64::MIN.into();
                prop_assert_eq!(form.is_exact(&test), has_some, "{:?}", test);
                for value in [Value::from(a), b.into(), i64::MIN.into(), u64::MAX.into()] {
                    prop_assert!(!has_some || has_what_passes(form, &test, &value), "{test:?} {value}");
                }
            }
            let form = &KeyForm::for_test(KeyKind::Real, false);
            for constant in [x, y, f64::MAX] {
                let test = Test::Reals(Reals::comparing(operator, constant));
                prop_assert_eq!(form.is_exact(&test), !constant.is_nan(), "{:?}", test);
                for value in [x, y, f64::NAN, f64::NEG_INFINITY, f64::INFINITY, 0.0] {
                    let exact = constant.is_nan() || has_what_passes(form, &test, &value.into());
                    prop_assert!(exact, "{test:?} {value}");
                }
            }
            for (case, folded) in [(StringCase::Folded, true), (StringCase::Exact, false)] {
                let constant = if folded { fold::fold(&constant).into() } else { (&*constant).into() };
                let test = Test::Text { operator, constant, case };
                let form = &KeyForm::for_test(KeyKind::Text, folded);
                prop_assert!(form.is_exact(&test), "{test:?}");
                prop_assert!(has_what_passes(form, &test, &(&*text).into()), "{test:?} {text}");
                prop_assert!(!KeyForm::for_test(KeyKind::Text, !folded).is_exact(&test), "{test:?}");
            }
        }

        #[test]
        fn exact_ranges_of_many_have_what_passes(
            (numbers, number) in (prop::collection::vec(-50..700_i64, 0..8), -50..700_i64),
            (texts, text) in (prop::collection::vec("[aAbßẞſs]{0,2}", 0..8), "[aAbßẞſs]{0,2}"),
        ) {
            // So many, and apart, that they are looked up.
            let numbers = numbers.into_iter().chain((0..64).map(|n| 10 * n));
            let numbers: Vec<_> = numbers.map(|n| Constant::Integer(n.into())).collect();
            let texts = texts.into_iter().chain((0..8).map(|n| format!("K{n}")));
            let texts: Vec<_> = texts.map(|text| Constant::Text(text.into())).collect();
            for (dialect, folded) in [(Dialect::Wmi, true), (Dialect::Dmtf, false)] {
                for (kind, cim_type, constants, value) in [
                    (KeyKind::Integer, CimType::SInt64, &numbers, Value::from(number)),
                    (KeyKind::Text, CimType::String, &texts, Value::from(&*text)),
                ] {
                    let test = any_of(cim_type, constants, dialect);
                    let Test::OneOf(all) = &test else { panic!("{test:?}") };
                    let form = &KeyForm::for_test(kind, folded);
                    prop_assert!(form.is_exact(&test), "{test:?}");
                    let (view, ranges) = (ValueView::from(&value), form.ranges(all).unwrap());
                    let key = form.key(view).unwrap();
                    let within = ranges.iter().filter(|range| range.contains(&key)).count();
                    prop_assert_eq!(within, usize::from(test.holds(view.to_wql())), "{:?}", test);
                }
            }
        }

        #[test]
        fn texts_behind_a_prefix(prefix in "\\PC{0,3}", text in "\\PC{0,4}") {
            if let Some(next) = next_text(&prefix) {
                prop_assert!(prefix < next);
                let within = prefix <= text && text < next;
                prop_assert_eq!(text.starts_with(&prefix), within, "{} {} {}", prefix, text, next);
            }
        }
    }
}
