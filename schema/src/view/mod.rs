//! Views: reading an archive where it lies.
//!
//! A view is two or three words, copied freely, and borrows from the archive.
//! Reading is total: opening an archive has checked every number, and a lookup
//! that could still miss gives an empty answer instead of panicking.

mod class;
mod member;
mod qualifier;

pub use class::{ClassView, Shared};
pub use member::{MethodView, ParameterView, PropertyView};
use qualifier::Seen;
pub use qualifier::{QualifierTypeView, QualifierView, QualifiersView};

use crate::archive::format::{
    ArchivedInstanceRecord, ArchivedNamespaceRecord, ArchivedRoot, ArchivedRun, ArchivedTypeRecord,
    NONE,
};
use crate::rules::implies_in;
use cimarron_model::{
    ArrayShape, CimType, DataType, Dialect, Instance, InstanceProperty, Name, Object, Qualifiers,
    fold,
};
use rkyv::vec::ArchivedVec;

/// The records of a run.
pub(crate) fn run<'a, T>(items: &'a ArchivedVec<T>, run: &ArchivedRun) -> &'a [T] {
    let start = run.start.to_native() as usize;
    let end = start + run.len.to_native() as usize;
    items.get(start..end).unwrap_or_default()
}

impl ArchivedRoot {
    /// The text of a symbol, if there is such a symbol.
    pub(crate) fn try_text(&self, symbol: u32) -> Option<&str> {
        let place = self.symbols.get(symbol as usize)?;
        let start = place.start.to_native() as usize;
        self.text.get(start..start + place.len.to_native() as usize)
    }

    /// The text of a symbol.
    pub(crate) fn text(&self, symbol: u32) -> &str {
        self.try_text(symbol).unwrap_or_default()
    }

    /// The text of a symbol, `None` for [`NONE`].
    pub(crate) fn optional_text(&self, symbol: u32) -> Option<&str> {
        if symbol == NONE { None } else { self.try_text(symbol) }
    }

    /// The position in a list of positions sorted by name whose element has this name.
    pub(crate) fn find_by_name<'a>(
        &'a self,
        order: &ArchivedRun,
        name: &str,
        name_at: impl Fn(usize) -> &'a str,
    ) -> Option<usize> {
        let order = run(&self.lists, order);
        let found = order
            .binary_search_by(|slot| fold::cmp(name_at(slot.to_native() as usize), name))
            .ok()?;
        order.get(found).map(|slot| slot.to_native() as usize)
    }

    pub(crate) fn data_type(&self, record: &ArchivedTypeRecord) -> DataType {
        DataType {
            cim_type: cim_type(record),
            array: array_shape(record),
            class: self.optional_text(record.class.to_native()).map(Name::new),
        }
    }

    pub(crate) fn qualifiers_of(&self, place: &ArchivedRun) -> Qualifiers {
        QualifiersView::new(self, run(&self.qualifiers, place), Seen::Here).to_qualifiers()
    }

    pub(crate) fn instance(&self, record: &ArchivedInstanceRecord) -> Instance {
        let mut instance = Instance::new(self.text(record.class.to_native()));
        instance.qualifiers = self.qualifiers_of(&record.qualifiers);
        for property in run(&self.instance_properties, &record.properties) {
            let name = self.text(property.name.to_native());
            instance.set(name, self.value(property.value.to_native()));
            let qualifiers = self.qualifiers_of(&property.qualifiers);
            if let Some(InstanceProperty { qualifiers: slot, .. }) = instance.property_mut(name) {
                *slot = qualifiers;
            }
        }
        instance
    }

    /// The embedded object of this number.
    pub(crate) fn embedded_object(&self, number: u32) -> Option<Object> {
        let record = self.embedded.get(number as usize)?;
        let number = record.number.to_native() as usize;
        Some(if record.is_class {
            let class = ClassView::new(self, self.embedded_classes.get(number)?, NONE);
            Object::Class(class.to_class(crate::ClassForm::Resolved))
        } else {
            Object::Instance(self.instance(self.embedded_instances.get(number)?))
        })
    }
}

/// The intrinsic type of a type record.
pub(crate) fn cim_type(record: &ArchivedTypeRecord) -> CimType {
    CimType::from_u8(record.cim_type).unwrap_or(CimType::String)
}

/// The array shape of a type record.
pub(crate) fn array_shape(record: &ArchivedTypeRecord) -> ArrayShape {
    match record.array {
        1 => ArrayShape::Variable,
        2 => ArrayShape::Fixed(record.size.to_native()),
        _ => ArrayShape::Scalar,
    }
}

/// One namespace of an archive.
#[derive(Clone, Copy)]
pub struct SchemaView<'a> {
    root: &'a ArchivedRoot,
    record: &'a ArchivedNamespaceRecord,
}

impl<'a> SchemaView<'a> {
    pub(crate) const fn new(root: &'a ArchivedRoot, record: &'a ArchivedNamespaceRecord) -> Self {
        Self { root, record }
    }

    /// The namespace's name: `root/cimv2`.
    pub fn name(self) -> &'a str {
        self.root.text(self.record.name.to_native())
    }

    /// How many classes there are.
    pub fn class_count(self) -> usize {
        self.record.classes.len.to_native() as usize
    }

    /// The class of this name, without case: a probe of the archive's hash table.
    pub fn class(self, name: &str) -> Option<ClassView<'a>> {
        let table = run(&self.root.lists, &self.record.class_table);
        let mask = table.len().checked_sub(1)?;
        let first = fold::hash(name) as usize;
        for step in 0..table.len() {
            let number = table.get(first.wrapping_add(step) & mask)?.to_native().checked_sub(1)?;
            let class = ClassView::numbered(self.root, number)?;
            if fold::eq(class.name(), name) {
                return Some(class);
            }
        }
        None
    }

    /// The classes in depth-first order: each before everything below it.
    pub fn classes(self) -> impl ExactSizeIterator<Item = ClassView<'a>> {
        let root = self.root;
        let first = self.record.classes.start.to_native();
        let records = run(&root.classes, &self.record.classes);
        records.iter().enumerate().map(move |(i, r)| ClassView::new(root, r, first + i as u32))
    }

    /// The classes in name order.
    pub fn classes_by_name(self) -> impl Iterator<Item = ClassView<'a>> {
        let root = self.root;
        run(&root.lists, &self.record.classes_by_name)
            .iter()
            .filter_map(move |number| ClassView::numbered(root, number.to_native()))
    }

    /// The qualifier types in name order.
    pub fn qualifier_types(self) -> impl ExactSizeIterator<Item = QualifierTypeView<'a>> {
        let root = self.root;
        run(&root.qualifier_types, &self.record.qualifier_types)
            .iter()
            .map(move |record| QualifierTypeView::new(root, record))
    }

    /// The qualifier type of this name.
    pub fn qualifier_type(self, name: &str) -> Option<QualifierTypeView<'a>> {
        let records = run(&self.root.qualifier_types, &self.record.qualifier_types);
        let view = |record| QualifierTypeView::new(self.root, record);
        let at = records.binary_search_by(|r| fold::cmp(view(r).name(), name)).ok()?;
        records.get(at).map(view)
    }

    /// Whether it holds nothing at all.
    pub fn is_empty(self) -> bool {
        self.class_count() == 0
            && self.instance_count() == 0
            && self.record.qualifier_types.len.to_native() == 0
    }

    /// Whether a parameter goes in that does not say so.
    pub fn implies_in(self, dialect: Dialect) -> bool {
        let declared = self.qualifier_type("In").map(QualifierTypeView::default);
        implies_in(dialect, declared.as_ref())
    }

    /// How many instances there are.
    pub fn instance_count(self) -> usize {
        self.record.instances.len.to_native() as usize
    }

    /// The instances, in the order of the MOF, as owned copies.
    pub fn instances(self) -> impl ExactSizeIterator<Item = Instance> + 'a {
        let root = self.root;
        run(&root.instances, &self.record.instances).iter().map(move |r| root.instance(r))
    }
}
