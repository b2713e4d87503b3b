//! How the values of a property become keys, and tests of it ranges of them.

use super::key::{OrderedKey, integer, moment, real};
use super::range::KeyRange;
use crate::schema::Slot;
use crate::view::ValueView;
use cimarron_model::{Dialect, ReferenceRules, TypeClass, fold};
use cimarron_wql::PathConstant;
use cimarron_wql::like::StringCase;
use cimarron_wql::plan::{OneOf, Test};
use smol_str::SmolStr;
use std::ops::Bound;

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
    pub(in crate::store) const fn for_test(kind: KeyKind, folded: bool) -> Self {
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

#[cfg(test)]
mod tests;
