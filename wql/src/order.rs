//! The order of values: for ORDER BY, MIN and MAX.
//!
//! It is total, unlike that of conditions, and agrees with it where that says anything:
//! NULL and missing members come first, then truth values (false before true), numbers by
//! their exact value with NaN behind all others, `char16` by code unit, texts by the
//! dialect's case rule, intervals by length, timestamps as instants, datetimes with
//! asterisks, references by the text that all spellings of one share, and at last what has no
//! order, as one.
//! Kinds are mixed only where a path leads into embedded objects of any class.

use crate::bound::BoundPath;
use crate::evaluate::{Fetched, case_of, real_to_integer};
use crate::like::StringCase;
use crate::rows::{SystemValue, ValueRef};
use cimarron_model::{DateTime, Dialect, ReferenceRules};
use std::borrow::Cow;
use std::cmp::Ordering;

/// A value as it is ordered.
#[derive(Clone, Debug)]
pub enum SortValue<'a> {
    /// NULL, or nothing at all.
    Null,
    /// `boolean`
    Boolean(bool),
    /// An integer of any width.
    Integer(i128),
    /// A real of either width.
    Real(f64),
    /// `char16`
    Char16(u16),
    /// `string`, and textual system properties.
    Text(Cow<'a, str>),
    /// `datetime`
    DateTime(DateTime),
    /// A reference: the text that all spellings of it share.
    Path(String),
    /// What has no order: embedded objects and arrays.
    Other,
}

/// So many bits of a [`SortValue::prefix`] say of which kind a value is.
const RANK_BITS: u32 = 4;

impl BoundPath {
    /// How texts at the end of the path compare: names and paths of objects never by case.
    pub fn case(&self, dialect: Dialect) -> StringCase {
        case_of(self, dialect)
    }
}

impl<'a> SortValue<'a> {
    /// What stands at the end of a path, in a namespace with these rules for references.
    pub fn fetched(fetched: Fetched<'a>, rules: &ReferenceRules) -> Self {
        match fetched {
            Fetched::Value(value) => Self::new(value, rules),
            Fetched::System(SystemValue::Integer(number)) => Self::Integer(number.into()),
            Fetched::System(SystemValue::Text(text)) => Self::Text(text),
            Fetched::System(SystemValue::Names(_)) => Self::Other,
            Fetched::System(SystemValue::Null) | Fetched::Missing => Self::Null,
        }
    }

    /// A value of a row in a namespace with these rules for references.
    pub fn new(value: ValueRef<'a>, rules: &ReferenceRules) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Boolean(v) => Self::Boolean(v),
            ValueRef::Unsigned(v) => Self::Integer(v.into()),
            ValueRef::Signed(v) => Self::Integer(v.into()),
            ValueRef::Real32(v) => Self::Real(v.into()),
            ValueRef::Real64(v) => Self::Real(v),
            ValueRef::Char16(v) => Self::Char16(v.0),
            ValueRef::String(v) => Self::Text(v.into()),
            ValueRef::DateTime(v) => Self::DateTime(v),
            ValueRef::Reference(v) => Self::Path(rules.canonical(v)),
            ValueRef::Object(_) | ValueRef::Array => Self::Other,
        }
    }
}

impl SortValue<'_> {
    /// Whether it is NULL, or nothing at all.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Boolean(_) => 1,
            Self::Integer(_) | Self::Real(_) => 2,
            Self::Char16(_) => 3,
            Self::Text(_) => 4,
            Self::DateTime(_) => 5,
            Self::Path(_) => 6,
            Self::Other => 7,
        }
    }

    /// The order of two values.
    pub fn compare(&self, other: &Self, case: StringCase) -> Ordering {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Real(a), Self::Real(b)) => compare_reals(*a, *b),
            // NaN comes behind every number.
            (Self::Real(a), Self::Integer(b)) => {
                real_to_integer(*a, *b).unwrap_or(Ordering::Greater)
            }
            (Self::Integer(a), Self::Real(b)) => {
                real_to_integer(*b, *a).map_or(Ordering::Less, Ordering::reverse)
            }
            (Self::Char16(a), Self::Char16(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => case.cmp(a, b),
            (Self::DateTime(a), Self::DateTime(b)) => datetime_key(*a).cmp(&datetime_key(*b)),
            (Self::Path(a), Self::Path(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    /// A number that orders values as far as it differs: never against
    /// [`SortValue::compare`]. It decides most comparisons without a look at the values.
    pub fn prefix(&self, case: StringCase) -> u64 {
        let key = match self {
            Self::Null | Self::Other => 0,
            Self::Boolean(v) => (*v).into(),
            Self::Integer(v) => real_bits(*v as f64),
            Self::Real(v) => real_bits(*v),
            Self::Char16(v) => u64::from(*v) << 32,
            Self::Text(v) => text_bits(v, case),
            Self::Path(v) => text_bits(v, StringCase::Exact),
            Self::DateTime(v) => {
                let (kind, micros, _) = datetime_key(*v);
                u64::from(kind) << 62 | (micros as u64 ^ 1 << 63) >> 2
            }
        };
        u64::from(self.rank()) << (u64::BITS - RANK_BITS) | key >> RANK_BITS
    }
}

/// The order of reals; NaN is behind all others, and every NaN is the same.
pub fn compare_reals(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// What kind of datetime, its key within the kind, and what tells datetimes with asterisks
/// apart.
fn datetime_key(value: DateTime) -> (u8, i64, u128) {
    match value.utc_micros() {
        Some(micros) => ((!value.is_interval()).into(), micros, 0),
        None => (2, 0, value.to_bits()),
    }
}

/// Bits in the order of the reals. Both zeros are one.
fn real_bits(real: f64) -> u64 {
    if real.is_nan() {
        return u64::MAX;
    }
    let bits = (real + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// The first eight bytes of the text in the form in which it is compared. The order of
/// bytes is that of code points.
fn text_bits(text: &str, case: StringCase) -> u64 {
    let mut first = [0; 8];
    if case == StringCase::Exact || text.is_ascii() {
        first.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte);
        if case == StringCase::Folded {
            first.make_ascii_lowercase();
        }
    } else {
        let mut buffer = [0; 4];
        let mut rest = first.iter_mut();
        for c in text.chars() {
            for byte in case.of(c).encode_utf8(&mut buffer).bytes() {
                let Some(to) = rest.next() else { return u64::from_be_bytes(first) };
                *to = byte;
            }
        }
    }
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::datetime;
    use proptest::prelude::*;

    fn texts(text: &str) -> SortValue<'static> {
        SortValue::Text(text.to_owned().into())
    }

    #[test]
    fn the_order_is_as_it_is_written() {
        let order = [
            SortValue::Null,
            SortValue::Boolean(false),
            SortValue::Boolean(true),
            SortValue::Real(f64::NEG_INFINITY),
            SortValue::Integer(-1),
            SortValue::Real(-0.5),
            SortValue::Real(0.0),
            SortValue::Integer(1 << 53),
            SortValue::Integer((1 << 53) + 1),
            SortValue::Integer(u64::MAX.into()),
            SortValue::Real(1e300),
            SortValue::Real(f64::INFINITY),
            SortValue::Real(f64::NAN),
            SortValue::Char16(0),
            SortValue::Char16(u16::MAX),
            texts(""),
            texts("a"),
            texts("B"),
            texts("straße a"),
            texts("straße b"),
            texts("Ä"),
            texts("Ж"),
            SortValue::DateTime(datetime("00000001000000.000000:000")),
            SortValue::DateTime(datetime("00000002000000.000000:000")),
            SortValue::DateTime(datetime("20200101000000.000000+060")),
            SortValue::DateTime(datetime("20200101000000.000000+000")),
            SortValue::DateTime(datetime("20200101******.******+000")),
            SortValue::Path("X.A=1".into()),
            SortValue::Other,
        ];
        for (n, a) in order.iter().enumerate() {
            for (m, b) in order.iter().enumerate() {
                let found = a.compare(b, StringCase::Folded);
                assert_eq!(found, n.cmp(&m), "{a:?} and {b:?}");
                let prefix = |v: &SortValue<'_>| v.prefix(StringCase::Folded);
                let prefixes = prefix(a).cmp(&prefix(b));
                assert!(prefixes == Ordering::Equal || prefixes == found, "{a:?} and {b:?}");
            }
        }
        assert_eq!(texts("a").compare(&texts("A"), StringCase::Folded), Ordering::Equal);
        assert_eq!(texts("a").compare(&texts("A"), StringCase::Exact), Ordering::Greater);
        assert_eq!(
            SortValue::Real(-0.0).compare(&SortValue::Real(0.0), StringCase::Exact),
            Ordering::Equal
        );
    }

    fn any_value() -> impl Strategy<Value = SortValue<'static>> {
        prop_oneof![
            any::<u64>().prop_map(|v| SortValue::Integer(v.into())),
            any::<i64>().prop_map(|v| SortValue::Integer(v.into())),
            (-3_i8..3).prop_map(|v| SortValue::Integer(v.into())),
            any::<f64>().prop_map(SortValue::Real),
            (-3_i8..3).prop_map(|v| SortValue::Real(v.into())),
            "[aAbÄäßK\u{212a}ſ𐐀\u{0}]{0,9}".prop_map(|v| texts(&v)),
            any::<u16>().prop_map(SortValue::Char16),
            any::<bool>().prop_map(SortValue::Boolean),
            Just(SortValue::Null),
        ]
    }

    proptest! {
        #[test]
        fn is_total(
            a in any_value(), b in any_value(), c in any_value(), folded in any::<bool>(),
        ) {
            let case = if folded { StringCase::Folded } else { StringCase::Exact };
            let order = a.compare(&b, case);
            prop_assert_eq!(order, b.compare(&a, case).reverse());
            if order == b.compare(&c, case) {
                prop_assert_eq!(a.compare(&c, case), order);
            }
            let prefixes = a.prefix(case).cmp(&b.prefix(case));
            prop_assert!(prefixes == Ordering::Equal || prefixes == order);
        }
    }
}
