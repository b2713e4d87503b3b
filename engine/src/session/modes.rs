//! What callers choose of an operation: how deep, which properties, what a write may find.

use cimarron_model::Name;

/// How far down the hierarchy an enumeration goes (WMI's `WBEM_FLAG_DEEP` and
/// `WBEM_FLAG_SHALLOW`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Depth {
    /// All the way: the class and everything below it; of classes, everything below.
    Deep,
    /// Instances of the class itself; of classes, those right below.
    Shallow,
}

/// Which properties a read returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PropertyList {
    /// Every property of the instance's class.
    #[default]
    All,
    /// These, in this order. Names that the class does not have are an error in
    /// `Wmi` and passed over in `Dmtf` (DSP0200, GetInstance).
    Names(Vec<Name>),
}

/// What a modify does to the properties that the new instance does not give.
/// Keys never change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Update {
    /// Nothing: only given properties change.
    #[default]
    Given,
    /// Nothing, and NULL does not count as given (MS-WMI `__PUT_EXT_PROPERTIES` without
    /// `__PUT_EXT_STRICT_NULLS`).
    GivenValues,
    /// Only these change; one that is listed and not given gets its default, or
    /// NULL when it has none.
    Listed(Vec<Name>),
    /// Only those of these that are given a value other than NULL change.
    ListedValues(Vec<Name>),
    /// Everything changes; what is not given gets its default, or NULL.
    Whole,
}

/// What a put expects to find (MS-WMI `WBEM_FLAG_CREATE_ONLY` and so on).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PutMode {
    /// The object must be new.
    CreateOnly,
    /// The object must be there.
    UpdateOnly,
    /// Either.
    #[default]
    CreateOrUpdate,
}
