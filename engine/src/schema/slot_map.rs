//! How rows of one class version read as another.
//!
//! A row keeps the version that it was written in. When its class changes in a way that
//! every old value survives, nobody writes the row again: whoever reads it as the new
//! version goes through a map that says, slot by slot, where the value comes from.
//!
//! | the property | reads |
//! |---|---|
//! | is as it was | the old value |
//! | is of a wider type | the old value, widened: no number is lost |
//! | is new | its default, or NULL |
//! | is gone | nothing: the old slot has no place in the map |
//! | changed otherwise | no map; the rows must be looked at one by one |
//!
//! Types widen where every value of the one is exactly one of the other: integers into
//! integers that hold their range and reals that hold them exactly, `real32` into
//! `real64`, `char16` as the integer that its code unit is. The bounds of a property (`MaxLen`, `MaxValue` ...) may grow and may not shrink.

use super::{ClassRef, Layout, Slot};
use crate::view::ValueView;
use crate::view::exactly;
use cimarron_model::{Array, ArrayShape, CimType, Name, TypeClass};

/// Where the value of a slot comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// From this slot of the old version, as it is.
    Same(u32),
    /// From this slot, widened to the new type; see [`widen`].
    Widened(u32),
    /// From the new declaration: its default, or NULL.
    Default,
}

/// Where each slot of a class version finds its value in rows of an older one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlotMap {
    sources: Box<[Source]>,
    identity: bool,
}

/// What keeps rows of one version from being read as the other: a property, mostly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incompatible {
    pub(crate) property: Name,
    pub(crate) cause: Cause,
}

/// What about it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It joins the key, leaves it, or changes place in it.
    Key,
    /// Its type takes only some of the old values, or none.
    Type,
    /// It was an array and is none, or the other way round, or its size was changed.
    Shape,
    /// Its objects are of another class.
    Class,
    /// `MaxLen`, `MinLen`, `MaxValue` or `MinValue` became stricter.
    Bounds,
    /// It may not be NULL any more, and rows may have it NULL.
    Null,
    /// No property: the class may have no instances any more.
    Abstract,
}

impl SlotMap {
    /// The map from rows of a class to those of the same class in a later schema.
    pub(crate) fn of_class(old: ClassRef<'_>, new: ClassRef<'_>) -> Result<Self, Incompatible> {
        let refuse = |cause| Incompatible { property: Name::default(), cause };
        if new.def().is_abstract {
            return Err(refuse(Cause::Abstract));
        }
        // Another key root is another key space: keys that were apart may meet in it.
        if old.key_root() != new.key_root() || old.def().is_singleton != new.def().is_singleton {
            return Err(refuse(Cause::Key));
        }
        let class = |name: &Name| new.schema.class(name.as_str());
        Self::under(
            old.layout(),
            new.layout(),
            &|narrow, wide| match (class(narrow), class(wide)) {
                (Some(narrow), Some(wide)) => narrow.is_a(wide),
                _ => narrow == wide,
            },
        )
    }

    /// The map from rows of the old version to the new one. `is_a` tells whether a class
    /// is another or below it, so that a reference may be widened to a class above.
    pub(crate) fn under(
        old: &Layout,
        new: &Layout,
        is_a: &dyn Fn(&Name, &Name) -> bool,
    ) -> Result<Self, Incompatible> {
        same_keys(old, new)?;
        let mut map =
            Self { sources: Box::default(), identity: old.slots.len() == new.slots.len() };
        let mut sources = Vec::with_capacity(new.slots.len());
        for (number, slot) in (0..).zip(&new.slots) {
            let source = match old.slot_of(slot.name.as_str(), number) {
                Some(at) => {
                    let before = old.slot(at);
                    let widened = match before {
                        Some(before) => compatible(before, slot, is_a),
                        None => Ok(false),
                    };
                    let widened = widened
                        .map_err(|cause| Incompatible { property: slot.name.clone(), cause })?;
                    map.identity &= at == number && !widened;
                    if widened { Source::Widened(at) } else { Source::Same(at) }
                }
                None if slot.not_null && !has_default(slot) => {
                    return Err(Incompatible { property: slot.name.clone(), cause: Cause::Null });
                }
                None => {
                    map.identity = false;
                    Source::Default
                }
            };
            sources.push(source);
        }
        map.sources = sources.into();
        Ok(map)
    }

    /// Where a slot of the new version finds its value.
    pub(crate) fn source(&self, slot: u32) -> Source {
        self.sources.get(slot as usize).copied().unwrap_or(Source::Default)
    }

    /// The sources, by slot of the new version.
    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Whether old rows read as new ones without a look at the map: the same slots of the
    /// same types.
    pub(crate) const fn is_identity(&self) -> bool {
        self.identity
    }
}

/// A scalar of a row as the wider type that its property has now; NULL stays NULL.
pub(crate) fn widen(value: ValueView<'_>, to: CimType) -> ValueView<'_> {
    match exactly(to, value) {
        Some(Some(widened)) => widened,
        // The map lets only lossless pairs of types through.
        _ => value,
    }
}

/// As [`widen`], for each element of an array.
pub(crate) fn widen_array(array: &Array, to: CimType) -> Array {
    let mut widened = Array::with_capacity(to, array.len());
    for element in array.iter() {
        let scalar = element.as_ref().and_then(|e| widen(e.into(), to).to_scalar());
        match scalar {
            Some(scalar) if scalar.cim_type() == to => {
                // The element is of the array's type, so it is taken.
                let _ = widened.push(scalar);
            }
            _ => widened.push_null(),
        }
    }
    widened
}

/// The key stays what it is: the same properties in the same order, so that entries of a
/// key index hold for old rows too.
fn same_keys(old: &Layout, new: &Layout) -> Result<(), Incompatible> {
    let keys = |layout: &Layout| -> Vec<Name> {
        layout.keys.iter().filter_map(|k| Some(layout.slot(*k)?.name.clone())).collect()
    };
    let (before, after) = (keys(old), keys(new));
    if before == after {
        return Ok(());
    }
    let moved = before.iter().zip(&after).find(|(b, a)| b != a).map(|(b, _)| b);
    let longer = if before.len() > after.len() { &before } else { &after };
    let shorter = before.len().min(after.len());
    let property = moved.or_else(|| longer.get(shorter)).cloned().unwrap_or_default();
    Err(Incompatible { property, cause: Cause::Key })
}

fn has_default(slot: &Slot) -> bool {
    slot.default.as_ref().is_some_and(|d| !d.is_null())
}

/// Whether values of the one property are values of the other, and whether they must be
/// widened for that.
fn compatible(old: &Slot, new: &Slot, is_a: &dyn Fn(&Name, &Name) -> bool) -> Result<bool, Cause> {
    let widened = old.cim_type != new.cim_type;
    let embedding = new.cim_type == CimType::Object && new.embedded_text;
    if widened {
        // DMTF's embedded objects may be held as the text that they were sent as.
        let text_kept = embedding && old.cim_type == CimType::String;
        if !text_kept && !widens(old.cim_type, new.cim_type) {
            return Err(Cause::Type);
        }
        // Integers hash alike whatever their width, and nothing else does.
        if new.is_key && !(old.cim_type.is_integer() && new.cim_type.is_integer()) {
            return Err(Cause::Key);
        }
    } else if old.embedded_text && !new.embedded_text {
        return Err(Cause::Type);
    }
    match (old.array, new.array) {
        (ArrayShape::Scalar, ArrayShape::Scalar)
        | (ArrayShape::Fixed(_) | ArrayShape::Variable, ArrayShape::Variable) => {}
        (before, after) if before == after => {}
        _ => return Err(Cause::Shape),
    }
    match (&old.class, &new.class) {
        _ if old.cim_type != new.cim_type => {}
        (_, None) => {}
        (Some(narrow), Some(wide)) if is_a(narrow, wide) => {}
        _ => return Err(Cause::Class),
    }
    if new.not_null && !old.not_null && !new.is_key {
        return Err(Cause::Null);
    }
    if shrinks(old, new) {
        return Err(Cause::Bounds);
    }
    Ok(widened && !embedding)
}

/// Whether every value of the one type is exactly one of the other.
pub(crate) fn widens(from: CimType, to: CimType) -> bool {
    let range = |t: CimType| match t {
        CimType::Char16 => Some((0, i128::from(u16::MAX))),
        // Up to here reals hold every integer.
        CimType::Real32 => Some((-(1 << 24), 1 << 24)),
        CimType::Real64 => Some((-(1 << 53), 1 << 53)),
        other => other.integer_range(),
    };
    if from.class() == TypeClass::Real {
        return from == to || (from, to) == (CimType::Real32, CimType::Real64);
    }
    match (range(from), range(to)) {
        (Some((low, high)), Some((least, greatest))) => least <= low && high <= greatest,
        _ => from == to,
    }
}

/// Whether the bounds leave out values that were allowed.
fn shrinks(old: &Slot, new: &Slot) -> bool {
    let Some(after) = new.bounds.as_deref() else { return false };
    let before = old.bounds.as_deref().copied().unwrap_or_default();
    // The type bounds its numbers without any qualifier, as no length is below 0.
    let (least, greatest) = old.cim_type.integer_range().unzip();
    let rises = |before: Option<i128>, after: Option<i128>| {
        after.is_some_and(|after| before.is_none_or(|before| after > before))
    };
    let falls = |before: Option<i128>, after: Option<i128>| {
        after.is_some_and(|after| before.is_none_or(|before| after < before))
    };
    rises(before.min_len.max(Some(0)), after.min_len)
        || falls(before.max_len, after.max_len)
        || rises(before.min_value.max(least), after.min_value)
        || falls(lesser(before.max_value, greatest), after.max_value)
}

/// The lesser of two bounds, where there are two.
fn lesser(a: Option<i128>, b: Option<i128>) -> Option<i128> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests;
