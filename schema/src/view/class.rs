//! A class in an archive.

use super::{MethodView, PropertyView, QualifierView, QualifiersView, Seen, run};
use crate::archive::format::{ArchivedClassRecord, ArchivedRoot, NONE, class_flag};
use crate::member::{Member, index_of};
use crate::resolve::{ClassForm, ResolvedClass};
use cimarron_model::{Class, Name};
use hashbrown::HashMap;
use std::sync::Arc;

/// A class, resolved, where it lies in the archive.
#[derive(Clone, Copy)]
pub struct ClassView<'a> {
    pub(super) root: &'a ArchivedRoot,
    record: &'a ArchivedClassRecord,
    number: u32,
}

/// Declarations that owned classes of one archive share.
#[derive(Default)]
pub struct Shared {
    properties: HashMap<u32, Arc<cimarron_model::Property>>,
    methods: HashMap<u32, Arc<cimarron_model::Method>>,
}

impl<'a> ClassView<'a> {
    pub(crate) const fn new(
        root: &'a ArchivedRoot,
        record: &'a ArchivedClassRecord,
        number: u32,
    ) -> Self {
        Self { root, record, number }
    }

    pub(crate) fn numbered(root: &'a ArchivedRoot, number: u32) -> Option<Self> {
        Some(Self::new(root, root.classes.get(number as usize)?, number))
    }

    /// The name.
    pub fn name(self) -> &'a str {
        self.root.text(self.record.name.to_native())
    }

    /// The class's number in the archive: depth-first within its namespace. It
    /// means nothing outside this archive.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// One past the number of the last class below this one.
    pub fn subtree_end(self) -> u32 {
        self.record.subtree_end.to_native()
    }

    /// How many classes are above this one.
    pub fn depth(self) -> u16 {
        self.record.depth.to_native()
    }

    /// The superclass's name.
    pub fn superclass_name(self) -> Option<&'a str> {
        self.root.optional_text(self.record.superclass.to_native())
    }

    /// The superclass, when it is in the same archive.
    pub fn superclass(self) -> Option<Self> {
        match self.record.superclass_number.to_native() {
            NONE => None,
            number => Self::numbered(self.root, number),
        }
    }

    /// The names of the classes above, nearest first (`__DERIVATION`).
    pub fn ancestors(self) -> impl ExactSizeIterator<Item = &'a str> + Clone {
        let root = self.root;
        run(&root.lists, &self.record.ancestors).iter().map(move |s| root.text(s.to_native()))
    }

    /// Whether this is `other` or below it. Both must be of one archive.
    pub fn is_subclass_of(self, other: Self) -> bool {
        (other.number..other.subtree_end()).contains(&self.number)
    }

    /// The classes below this one, in depth-first order.
    pub fn descendants(self) -> impl Iterator<Item = Self> + 'a {
        let root = self.root;
        let first = self.number.saturating_add(1);
        (first..self.subtree_end()).filter_map(move |n| Self::numbered(root, n))
    }

    /// The classes right below this one, in name order.
    pub fn children(self) -> impl Iterator<Item = Self> + 'a {
        self.descendants().filter(move |c| c.depth().checked_sub(1) == Some(self.depth()))
    }

    fn flag(self, bit: u8) -> bool {
        self.record.flags & bit != 0
    }

    /// Whether the class has no instances of its own.
    pub fn is_abstract(self) -> bool {
        self.flag(class_flag::ABSTRACT)
    }

    /// Whether the class is an association.
    pub fn is_association(self) -> bool {
        self.flag(class_flag::ASSOCIATION)
    }

    /// Whether the class is an indication.
    pub fn is_indication(self) -> bool {
        self.flag(class_flag::INDICATION)
    }

    /// Whether the class is a WMI singleton.
    pub fn is_singleton(self) -> bool {
        self.flag(class_flag::SINGLETON)
    }

    /// The qualifiers: own ones as written, then propagated ones.
    pub fn qualifiers(self) -> QualifiersView<'a> {
        QualifiersView::new(
            self.root,
            run(&self.root.qualifiers, &self.record.qualifiers),
            Seen::Here,
        )
    }

    /// The qualifier of this name.
    pub fn qualifier(self, name: &str) -> Option<QualifierView<'a>> {
        self.qualifiers().get(name)
    }

    /// How many properties the class has, inherited ones included.
    pub fn property_count(self) -> usize {
        self.record.properties.len.to_native() as usize
    }

    /// The properties in slot order: inherited ones first.
    pub fn properties(self) -> impl ExactSizeIterator<Item = PropertyView<'a>> {
        let numbers = run(&self.root.lists, &self.record.properties);
        numbers.iter().enumerate().map(move |(slot, n)| self.property_view(slot, n.to_native()))
    }

    /// The property in this slot.
    pub fn property_at(self, slot: usize) -> Option<PropertyView<'a>> {
        let number = run(&self.root.lists, &self.record.properties).get(slot)?.to_native();
        Some(self.property_view(slot, number))
    }

    /// The property of this name: a binary search of the archive's name order.
    pub fn property(self, name: &str) -> Option<PropertyView<'a>> {
        let name_at = |slot| self.property_at(slot).map_or("", PropertyView::name);
        let slot = self.root.find_by_name(&self.record.properties_by_name, name, name_at)?;
        self.property_at(slot)
    }

    /// The properties that the class itself declares, in written order.
    pub fn own_properties(self) -> impl Iterator<Item = PropertyView<'a>> {
        run(&self.root.lists, &self.record.own_properties)
            .iter()
            .filter_map(move |slot| self.property_at(slot.to_native() as usize))
    }

    /// The key properties, in slot order.
    pub fn keys(self) -> impl Iterator<Item = PropertyView<'a>> {
        self.properties().filter(|p| p.is_key())
    }

    /// The methods, inherited ones first.
    pub fn methods(self) -> impl ExactSizeIterator<Item = MethodView<'a>> {
        let numbers = run(&self.root.lists, &self.record.methods);
        numbers.iter().map(move |n| self.method_view(n.to_native()))
    }

    /// The method of this name.
    pub fn method(self, name: &str) -> Option<MethodView<'a>> {
        let name_at = |at| self.method_at(at).map_or("", MethodView::name);
        let at = self.root.find_by_name(&self.record.methods_by_name, name, name_at)?;
        self.method_at(at)
    }

    /// The methods that the class itself declares, in written order.
    pub fn own_methods(self) -> impl Iterator<Item = MethodView<'a>> {
        run(&self.root.lists, &self.record.own_methods)
            .iter()
            .filter_map(move |at| self.method_at(at.to_native() as usize))
    }

    fn method_at(self, at: usize) -> Option<MethodView<'a>> {
        let number = run(&self.root.lists, &self.record.methods).get(at)?.to_native();
        Some(self.method_view(number))
    }

    fn property_view(self, slot: usize, number: u32) -> PropertyView<'a> {
        PropertyView::new(self.root, self.depth(), slot, number)
    }

    fn method_view(self, number: u32) -> MethodView<'a> {
        MethodView::new(self.root, self.depth(), number)
    }

    /// An owned copy in the form asked for.
    pub fn to_class(self, form: ClassForm) -> Class {
        if form == ClassForm::Local {
            return self.to_resolved(&mut Shared::default()).to_class(form);
        }
        Class {
            name: self.name().into(),
            superclass: self.superclass_name().map(Name::new),
            qualifiers: self.qualifiers().to_qualifiers(),
            properties: self.properties().map(PropertyView::to_property).collect(),
            methods: self.methods().map(MethodView::to_method).collect(),
        }
    }

    /// The class as a builder keeps it, to derive others from. Classes made with
    /// the same `shared` share the declarations that they share in the archive.
    pub fn to_resolved(self, shared: &mut Shared) -> ResolvedClass {
        let root = self.root;
        let positions = |place| run(&root.lists, place).iter().map(|n| n.to_native());
        let properties = positions(&self.record.properties).map(|number| {
            let view = PropertyView::new(root, 0, 0, number).as_declared();
            let declaration = shared
                .properties
                .entry(number)
                .or_insert_with(|| Arc::new(view.to_property()))
                .clone();
            Member::new(declaration, view.declared_at())
        });
        let properties: Vec<_> = properties.collect();
        let methods = positions(&self.record.methods).map(|number| {
            let view = MethodView::new(root, 0, number).as_declared();
            let declaration =
                shared.methods.entry(number).or_insert_with(|| Arc::new(view.to_method())).clone();
            Member::new(declaration, view.declared_at())
        });
        let methods: Vec<_> = methods.collect();
        ResolvedClass {
            properties_by_name: index_of(&properties, 0),
            methods_by_name: index_of(&methods, 0),
            name: self.name().into(),
            ancestors: self.ancestors().map(Name::new).collect(),
            qualifiers: self.qualifiers().to_qualifiers(),
            properties,
            own_properties: positions(&self.record.own_properties).collect(),
            methods,
            own_methods: positions(&self.record.own_methods).collect(),
        }
    }
}
