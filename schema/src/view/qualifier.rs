//! Qualifiers and qualifier types in an archive.

use crate::archive::format::{ArchivedQualifierRecord, ArchivedQualifierTypeRecord, ArchivedRoot};
use crate::resolve::passes_with_method;
use cimarron_model::{
    DataType, Flavor, Name, Qualifier, QualifierType, Qualifiers, Scopes, Value, fold,
};

/// The qualifiers of an element.
#[derive(Clone, Copy)]
pub struct QualifiersView<'a> {
    root: &'a ArchivedRoot,
    records: &'a [ArchivedQualifierRecord],
    seen: Seen,
}

/// From where an element is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// From the class that declares it.
    Here,
    /// From a subclass: restricted qualifiers are gone and the others are marked
    /// as propagated.
    Below,
    /// A parameter, from a subclass that inherits its method.
    WithMethod,
}

impl Seen {
    /// From below or not.
    pub(super) const fn propagated(propagated: bool) -> Self {
        if propagated { Self::Below } else { Self::Here }
    }

    fn shows(self, qualifier: QualifierView<'_>) -> bool {
        match self {
            Self::Here => true,
            Self::Below => qualifier.flavor().to_subclass(),
            Self::WithMethod => passes_with_method(qualifier.name(), qualifier.flavor()),
        }
    }
}

impl<'a> QualifiersView<'a> {
    pub(super) const fn new(
        root: &'a ArchivedRoot,
        records: &'a [ArchivedQualifierRecord],
        seen: Seen,
    ) -> Self {
        Self { root, records, seen }
    }

    /// The qualifiers in order.
    pub fn iter(self) -> impl Iterator<Item = QualifierView<'a>> {
        let Self { root, records, seen } = self;
        records
            .iter()
            .map(move |record| QualifierView { root, record, inherited: seen != Seen::Here })
            .filter(move |q| seen.shows(*q))
    }

    /// The qualifier of this name.
    pub fn get(self, name: &str) -> Option<QualifierView<'a>> {
        self.iter().find(|q| fold::eq(q.name(), name))
    }

    /// Whether a boolean qualifier of this name is present and TRUE.
    pub fn is_true(self, name: &str) -> bool {
        self.get(name).is_some_and(|q| q.value().as_bool() == Some(true))
    }

    /// An owned copy.
    pub fn to_qualifiers(self) -> Qualifiers {
        let mut owned: Qualifiers = self.iter().map(QualifierView::to_qualifier).collect();
        owned.share_values();
        owned
    }
}

/// A qualifier on an element.
#[derive(Clone, Copy)]
pub struct QualifierView<'a> {
    root: &'a ArchivedRoot,
    record: &'a ArchivedQualifierRecord,
    inherited: bool,
}

impl<'a> QualifierView<'a> {
    /// The name, as written.
    pub fn name(self) -> &'a str {
        self.root.text(self.record.name.to_native())
    }

    /// The value.
    pub fn value(self) -> Value {
        self.root.value(self.record.value.to_native())
    }

    /// The flavors, and whether it was propagated.
    pub fn flavor(self) -> Flavor {
        let flavor = Flavor::from_bits(self.record.flavor).unwrap_or_default();
        if self.inherited { flavor.with(Flavor::PROPAGATED) } else { flavor }
    }

    /// An owned copy.
    pub fn to_qualifier(self) -> Qualifier {
        Qualifier { name: Name::new(self.name()), value: self.value(), flavor: self.flavor() }
    }
}

/// A qualifier declaration.
#[derive(Clone, Copy)]
pub struct QualifierTypeView<'a> {
    root: &'a ArchivedRoot,
    record: &'a ArchivedQualifierTypeRecord,
}

impl<'a> QualifierTypeView<'a> {
    pub(super) const fn new(
        root: &'a ArchivedRoot,
        record: &'a ArchivedQualifierTypeRecord,
    ) -> Self {
        Self { root, record }
    }

    /// The name.
    pub fn name(self) -> &'a str {
        self.root.text(self.record.name.to_native())
    }

    /// The type of the values.
    pub fn data_type(self) -> DataType {
        self.root.data_type(&self.record.data_type)
    }

    /// What holds where the qualifier is absent.
    pub fn default(self) -> Value {
        self.root.value(self.record.default.to_native())
    }

    /// Where it may stand.
    pub fn scopes(self) -> Scopes {
        Scopes::from_bits(self.record.scopes).unwrap_or_default()
    }

    /// The flavors that uses start from.
    pub fn flavor(self) -> Flavor {
        Flavor::from_bits(self.record.flavor).unwrap_or_default()
    }

    /// An owned copy.
    pub fn to_qualifier_type(self) -> QualifierType {
        QualifierType {
            name: Name::new(self.name()),
            data_type: self.data_type(),
            default: self.default(),
            scopes: self.scopes(),
            flavor: self.flavor(),
        }
    }
}
