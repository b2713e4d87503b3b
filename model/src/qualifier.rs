//! Qualifiers: their use on an element, their declaration, flavors and scopes.

use crate::{CimType, DataType, Name, Value};
use hashbrown::HashMap;
use std::fmt;

/// How many names are searched faster one by one than by hash.
const FEW: usize = 32;

/// The flavors of a qualifier, and how it came to its element.
///
/// The bits are those of WMI's `WBEM_FLAVOR_TYPE`, so front ends send them as
/// they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flavor(u8);

impl Flavor {
    /// Propagates to instances (`ToInstance`).
    pub const TO_INSTANCE: Self = Self(0x01);
    /// Propagates to subclasses (`ToSubclass`; its absence is `Restricted`).
    pub const TO_SUBCLASS: Self = Self(0x02);
    /// May not be overridden (`DisableOverride`).
    pub const NOT_OVERRIDABLE: Self = Self(0x10);
    /// Came from the superclass or the class and was not written here.
    pub const PROPAGATED: Self = Self(0x20);
    /// Set by the engine itself.
    pub const SYSTEM: Self = Self(0x40);
    /// Localisable (`Translatable` of DMTF, `Amended` of WMI).
    pub const AMENDED: Self = Self(0x80);
    /// What DSP0004 gives a qualifier that says nothing: overridable and
    /// propagated to subclasses.
    pub const DMTF_DEFAULT: Self = Self::TO_SUBCLASS;
    /// What WMI gives a qualifier that says nothing: overridable, not propagated.
    pub const WMI_DEFAULT: Self = Self(0);

    /// The flavors with these bits; `None` for bits that mean nothing.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits & !0xf3 == 0 { Some(Self(bits)) } else { None }
    }

    /// The bits.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether all of `other`'s bits are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// With `other`'s bits set too.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With `other`'s bits cleared.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// With `other`'s bits set or cleared.
    #[must_use]
    pub const fn set(self, other: Self, on: bool) -> Self {
        if on { self.with(other) } else { self.without(other) }
    }

    /// Whether the qualifier goes on to subclasses.
    pub const fn to_subclass(self) -> bool {
        self.contains(Self::TO_SUBCLASS)
    }

    /// Whether the qualifier goes on to instances.
    pub const fn to_instance(self) -> bool {
        self.contains(Self::TO_INSTANCE)
    }

    /// Whether a subclass may give it another value.
    pub const fn overridable(self) -> bool {
        !self.contains(Self::NOT_OVERRIDABLE)
    }

    /// Whether it is localisable.
    pub const fn translatable(self) -> bool {
        self.contains(Self::AMENDED)
    }

    /// Whether it was inherited and not written here.
    pub const fn propagated(self) -> bool {
        self.contains(Self::PROPAGATED)
    }
}

/// A qualifier on an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qualifier {
    /// The name, as written.
    pub name: Name,
    /// The value, with its type also when NULL.
    pub value: Value,
    /// Flavors, and whether it was propagated.
    pub flavor: Flavor,
}

impl Qualifier {
    /// A qualifier that is overridable and goes no further than its element.
    pub fn new(name: impl Into<Name>, value: impl Into<Value>) -> Self {
        Self { name: name.into(), value: value.into(), flavor: Flavor::default() }
    }
}

/// The qualifiers of one element, in written order; names are unique without
/// case.
///
/// No list at all is what every property of nearly every instance has: letting go of that is one
/// look.
#[derive(Clone, Default)]
pub struct Qualifiers(Option<Vec<Qualifier>>);

impl Qualifiers {
    /// No qualifiers.
    pub const fn new() -> Self {
        Self(None)
    }

    /// No qualifiers, with room for some.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Some(Vec::with_capacity(capacity)))
    }

    /// The qualifier of this name.
    pub fn get(&self, name: &str) -> Option<&Qualifier> {
        self.iter().find(|q| q.name.is(name))
    }

    /// The qualifier of this name that holds: written here, or come down from `above`
    /// (DSP0004 5.6.1).
    pub fn effective<'a>(&'a self, name: &str, above: Option<&'a Self>) -> Option<&'a Qualifier> {
        let inherited = || above?.get(name).filter(|q| q.flavor.to_subclass());
        self.get(name).or_else(inherited)
    }

    /// Sets a qualifier: replaces the one of this name where it stands, or
    /// appends.
    pub fn set(&mut self, qualifier: Qualifier) {
        let all = self.list();
        match all.iter_mut().find(|q| q.name == qualifier.name) {
            Some(slot) => *slot = qualifier,
            None => all.push(qualifier),
        }
    }

    /// Appends a qualifier that the caller knows to be new, which spares looking.
    pub fn push_new(&mut self, qualifier: Qualifier) {
        debug_assert!(self.get(qualifier.name.as_str()).is_none(), "{} twice", qualifier.name);
        self.list().push(qualifier);
    }

    /// Removes and returns the qualifier of this name.
    pub fn remove(&mut self, name: &str) -> Option<Qualifier> {
        let all = self.0.as_mut()?;
        let at = all.iter().position(|q| q.name.is(name))?;
        Some(all.remove(at))
    }

    /// Whether a boolean qualifier of this name is present and TRUE.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|q| q.value.as_bool() == Some(true))
    }

    /// Qualifiers whose names are known to differ.
    pub const fn of_distinct(qualifiers: Vec<Qualifier>) -> Self {
        Self(Some(qualifiers))
    }

    /// Appends qualifiers that the caller knows to be new.
    pub fn append_distinct(&mut self, more: Vec<Qualifier>) {
        match &mut self.0 {
            Some(all) if !more.is_empty() => {
                all.reserve_exact(more.len());
                all.extend(more);
            }
            Some(_) => {}
            None => self.0 = Some(more),
        }
    }

    /// A look-up for many names at a time, which long lists answer without a search.
    pub fn look_up(&self) -> QualifierLookUp<'_> {
        let index = || self.iter().map(|q| &q.name).zip(0..).collect();
        QualifierLookUp { all: self, index: (self.len() > FEW).then(index) }
    }

    /// Changes the flavors of each, in written order.
    pub fn flavors_mut(&mut self) -> impl Iterator<Item = &mut Flavor> {
        self.0.iter_mut().flatten().map(|qualifier| &mut qualifier.flavor)
    }

    /// Has copies of long arrays share their elements; see [`Array::share`](crate::Array::share).
    pub fn share_values(&mut self) {
        for qualifier in self.0.iter_mut().flatten() {
            if let Value::Array(array) = &mut qualifier.value {
                array.share();
            }
        }
    }

    /// The qualifiers in written order.
    pub fn iter(&self) -> std::slice::Iter<'_, Qualifier> {
        self.as_slice().iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    #[inline]
    fn as_slice(&self) -> &[Qualifier] {
        self.0.as_deref().unwrap_or_default()
    }

    fn list(&mut self) -> &mut Vec<Qualifier> {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for Qualifiers {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Qualifiers {}

impl fmt::Debug for Qualifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Qualifiers").field(&self.as_slice()).finish()
    }
}

impl FromIterator<Qualifier> for Qualifiers {
    fn from_iter<I: IntoIterator<Item = Qualifier>>(items: I) -> Self {
        let mut all = Self::new();
        let mut places: HashMap<Name, usize> = HashMap::new();
        for item in items {
            if all.len() < FEW {
                all.set(item);
                continue;
            }
            let list = all.list();
            if places.is_empty() {
                places.extend(list.iter().map(|q| q.name.clone()).zip(0..));
            }
            match places.get(&item.name).and_then(|at| list.get_mut(*at)) {
                Some(slot) => *slot = item,
                None => {
                    places.insert(item.name.clone(), list.len());
                    list.push(item);
                }
            }
        }
        all
    }
}

/// Finds qualifiers of one list by name.
#[derive(Debug)]
pub struct QualifierLookUp<'a> {
    all: &'a Qualifiers,
    index: Option<HashMap<&'a Name, usize>>,
}

impl<'a> QualifierLookUp<'a> {
    /// The qualifier of this name.
    pub fn get(&self, name: &Name) -> Option<&'a Qualifier> {
        match &self.index {
            Some(_) => self.all.as_slice().get(self.position(name)?),
            None => self.all.iter().find(|q| q.name == *name),
        }
    }

    /// The position of the qualifier of this name.
    pub fn position(&self, name: &Name) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.all.iter().position(|q| q.name == *name),
        }
    }
}

impl<'a> IntoIterator for &'a Qualifiers {
    type Item = &'a Qualifier;
    type IntoIter = std::slice::Iter<'a, Qualifier>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Qualifiers {
    type Item = Qualifier;
    type IntoIter = std::vec::IntoIter<Qualifier>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.unwrap_or_default().into_iter()
    }
}

/// One kind of element that a qualifier may stand on (DSP0004 7.8 `metaElement`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Classes that are neither associations nor indications
    Class,
    /// Association classes
    Association,
    /// Indication classes
    Indication,
    /// Properties other than references
    Property,
    /// Reference properties
    Reference,
    /// Methods
    Method,
    /// Parameters
    Parameter,
}

impl Scope {
    /// Every scope, in the order DSP0004 lists them.
    pub const ALL: [Self; 7] = [
        Self::Class,
        Self::Association,
        Self::Indication,
        Self::Property,
        Self::Reference,
        Self::Method,
        Self::Parameter,
    ];

    /// The MOF keyword.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Association => "association",
            Self::Indication => "indication",
            Self::Property => "property",
            Self::Reference => "reference",
            Self::Method => "method",
            Self::Parameter => "parameter",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The scopes of a qualifier declaration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// `Scope(any)`.
    pub const ANY: Self = Self(0x7f);
    /// No scope.
    pub const NONE: Self = Self(0);

    /// The scopes with these bits (bit n is `Scope::ALL[n]`).
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits & 0x80 == 0 { Some(Self(bits)) } else { None }
    }

    /// The bits.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// With `scope` too.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope.bit())
    }

    /// Whether the qualifier may stand on such an element.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// The scopes one by one.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |s| self.contains(*s))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(items: I) -> Self {
        items.into_iter().fold(Self::NONE, Self::with)
    }
}

/// A qualifier type: `Qualifier N : type = default, Scope(...), Flavor(...);`
/// (DSP0004 5.6.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualifierType {
    /// The name.
    pub name: Name,
    /// The type of the values.
    pub data_type: DataType,
    /// What holds where the qualifier is absent; NULL when not declared.
    pub default: Value,
    /// Where it may stand.
    pub scopes: Scopes,
    /// The flavors that uses start from.
    pub flavor: Flavor,
}

impl QualifierType {
    /// NULL of the declared type.
    pub fn null(data_type: &DataType) -> Value {
        Value::Null(data_type.cim_type, data_type.is_array())
    }

    /// The value of a use that writes none: TRUE for booleans, else the
    /// declared default (DSP0004 7.8).
    pub fn implied_value(&self) -> Value {
        if self.data_type.cim_type == CimType::Boolean && !self.data_type.is_array() {
            Value::from(true)
        } else {
            self.default.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flavor_bits_are_those_of_wmi() {
        let key = Flavor::TO_INSTANCE.with(Flavor::TO_SUBCLASS).with(Flavor::NOT_OVERRIDABLE);
        assert_eq!(key.bits(), 0x13);
        assert!(key.to_instance() && key.to_subclass() && !key.overridable());
        assert_eq!(Flavor::from_bits(0x13), Some(key));
        assert_eq!(Flavor::from_bits(0x04), None);
        assert!(!key.without(Flavor::TO_SUBCLASS).to_subclass());
    }

    #[test]
    fn setting_replaces_in_place() {
        let make = |name: &str, n: u32| Qualifier {
            name: name.into(),
            value: n.into(),
            flavor: Flavor::default(),
        };
        let mut all: Qualifiers = [make("A", 1), make("B", 2)].into_iter().collect();
        all.set(make("a", 3));
        let names: Vec<_> = all.iter().map(|q| (q.name.as_str(), q.value.as_integer())).collect();
        assert_eq!(names, [("a", Some(3)), ("B", Some(2))]);
    }

    #[test]
    fn long_lists_are_as_short_ones() {
        let make = |name: String, n: u32| Qualifier {
            name: Name::from(name),
            value: n.into(),
            flavor: Flavor::default(),
        };
        let twice = (0..100).map(|n| make(format!("Q{n}"), n)).chain([make("q99".into(), 7)]);
        let all: Qualifiers = twice.chain([make("q3".into(), 8)]).collect();
        assert_eq!(all.len(), 100);
        let look_up = all.look_up();
        for (name, n) in [("Q3", 8), ("Q99", 7), ("q50", 50)] {
            let found = look_up.get(&Name::new(name)).and_then(|q| q.value.as_integer());
            assert_eq!(found, Some(n), "{name}");
        }
        assert!(look_up.get(&Name::new("R")).is_none());
    }

    #[test]
    fn scopes_list_in_order() {
        let scopes: Scopes = [Scope::Method, Scope::Class].into_iter().collect();
        assert_eq!(scopes.iter().collect::<Vec<_>>(), [Scope::Class, Scope::Method]);
        assert!(Scopes::ANY.contains(Scope::Parameter));
    }
}
