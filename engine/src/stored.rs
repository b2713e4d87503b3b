//! Rows and classes that are kept for whoever has them.

use crate::owned::{instance_of, owned_instance, path_of, path_of_row};
use crate::row_qualifiers::RowQualifiers;
use crate::schema::{ClassDef, ClassId, Layout};
use crate::store::Found;
use crate::view::ValueView;
use cimarron_model::{
    Array, CimType, Class, ClassVersion, Elements, Instance, Name, Object, ObjectPath,
    ReferenceRules, Scalar, Value,
};
use cimarron_schema::ClassForm;
use cimarron_wql::{Genus, ObjectView, ValueRef};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// An instance as it was at one commit, kept as long as this is there. Nothing is copied, so
/// what keeps it also keeps the rows that lie beside it; whoever keeps many for long should
/// [detach](StoredInstance::detached) them.
#[derive(Clone)]
pub struct StoredInstance(Held);

#[derive(Clone)]
enum Held {
    Row(Found),
    Packed(Arc<Packed>),
}

/// A copy of a row.
struct Packed {
    layout: Arc<Layout>,
    /// The values that are not NULL, by slot, ascending: a wide class costs what is set.
    cells: Vec<(u32, Value)>,
    qualifiers: Option<Arc<RowQualifiers>>,
}

impl Packed {
    fn at(&self, slot: u32) -> ValueView<'_> {
        let at = self.cells.binary_search_by_key(&slot, |(slot, _)| *slot);
        let cell = at.ok().and_then(|at| self.cells.get(at));
        cell.map_or(ValueView::Null, |(_, value)| value.into())
    }
}

impl StoredInstance {
    pub(crate) const fn new(found: Found) -> Self {
        Self(Held::Row(found))
    }

    /// The same instance by itself: nothing else is kept with it.
    #[must_use]
    pub fn detached(&self) -> Self {
        match &self.0 {
            Held::Packed(_) => self.clone(),
            Held::Row(Found { chunk, row }) => {
                let layout = chunk.layout().clone();
                let owned = |(slot, view): (u32, ValueView<'_>)| {
                    let declared = layout.slot(slot)?;
                    Some((slot, view.to_value(declared.cim_type, declared.array.is_array())))
                };
                // Narrow rows are mostly full.
                let mut cells = Vec::with_capacity(layout.slots.len().min(16));
                cells.extend(chunk.cells(*row).filter_map(owned));
                let qualifiers = chunk.qualifiers(*row);
                Self(Held::Packed(Arc::new(Packed { layout, cells, qualifiers })))
            }
        }
    }

    /// About how many bytes it holds by itself; none as long as it shares a row.
    pub(crate) fn own_bytes(&self) -> usize {
        match &self.0 {
            Held::Row(_) => 0,
            Held::Packed(packed) => {
                let own = |(_, value): &(u32, Value)| heap_bytes(value);
                size_of::<Packed>()
                    + packed.cells.iter().map(own).fold(0, usize::saturating_add)
                    + packed.cells.len() * size_of::<(u32, Value)>()
            }
        }
    }

    pub(crate) fn layout(&self) -> &Arc<Layout> {
        match &self.0 {
            Held::Row(found) => found.chunk.layout(),
            Held::Packed(packed) => &packed.layout,
        }
    }

    pub(crate) fn class_id(&self) -> ClassId {
        self.layout().id
    }

    fn qualifiers(&self) -> Option<Arc<RowQualifiers>> {
        match &self.0 {
            Held::Row(found) => found.chunk.qualifiers(found.row),
            Held::Packed(packed) => packed.qualifiers.clone(),
        }
    }

    /// Whether both have the same values and qualifiers: of texts case counts, of arrays the
    /// order, embedded objects go by class and values, and references by what they name, where
    /// the case of texts in keys counts, too: one may be a `char16`, and what it is is not known.
    pub(crate) fn is_same_as(&self, other: &Self, rules: &ReferenceRules) -> bool {
        let (a, b) = (self.layout(), other.layout());
        if a.id != b.id || self.qualifiers() != other.qualifiers() {
            return false;
        }
        if Arc::ptr_eq(a, b) {
            return (0..a.slots.len())
                .all(|slot| same_value(self.value(slot), other.value(slot), rules));
        }
        let value =
            |of: &Self, name: &Name| of.property(name.as_str()).is_some_and(|v| !v.is_null());
        let alike = a.slots.iter().all(|slot| self.has_same(other, slot.name.as_str(), rules));
        let is_known = |name: &Name| a.find(name.as_str()).is_some();
        alike && b.slots.iter().all(|slot| is_known(&slot.name) || !value(other, &slot.name))
    }

    /// Whether both have the same value of a property; what a class does not have is NULL.
    pub(crate) fn has_same(&self, other: &Self, property: &str, rules: &ReferenceRules) -> bool {
        same_value(
            self.property(property).unwrap_or_default(),
            other.property(property).unwrap_or_default(),
            rules,
        )
    }

    /// The name of the instance's class.
    pub fn class_name(&self) -> &Name {
        &self.layout().class
    }

    /// The version of the class that the instance is of.
    pub fn class_version(&self) -> ClassVersion {
        self.layout().version
    }

    /// The value of a property; `None` when the class has no such property.
    pub fn property(&self, name: &str) -> Option<ValueView<'_>> {
        let (slot, _) = self.layout().find(name)?;
        Some(self.at(slot))
    }

    /// The value in a slot of the instance's class (see [`Reader::slot`]); NULL when
    /// there is no such slot.
    ///
    /// [`Reader::slot`]: crate::Reader::slot
    #[inline(always)]
    pub fn value(&self, slot: usize) -> ValueView<'_> {
        let slot = u32::try_from(slot).unwrap_or(u32::MAX);
        match &self.0 {
            Held::Row(found) => found.chunk.value_in_place(found.row, slot),
            Held::Packed(packed) => packed.at(slot),
        }
    }

    fn at(&self, slot: u32) -> ValueView<'_> {
        self.value(slot as usize)
    }

    /// The path within the namespace.
    pub fn path(&self) -> ObjectPath {
        match &self.0 {
            Held::Row(found) => path_of_row(&found.chunk, found.row),
            Held::Packed(packed) => {
                let keys = packed.layout.keys.iter().map(|slot| self.at(*slot));
                path_of(&packed.layout, keys)
            }
        }
    }

    /// An owned copy with all properties.
    pub fn to_instance(&self) -> Instance {
        let slots = 0..self.layout().slots.len() as u32;
        match &self.0 {
            Held::Row(found) => instance_of(&found.chunk, found.row, slots),
            Held::Packed(packed) => {
                let layout = &*packed.layout;
                let named = slots.filter_map(|n| Some((n, &layout.slot(n)?.name)));
                let beside = (self.path(), packed.qualifiers.clone());
                owned_instance(layout, |slot| self.at(slot), beside, named)
            }
        }
    }
}

/// About how much memory a value has elsewhere.
pub(crate) fn heap_bytes(value: &Value) -> usize {
    const INLINE: usize = 23;
    /// What an object is taken for: it is shared, and nobody counts what is inside.
    const OBJECT: usize = 256;
    match value {
        Value::Null(..) => 0,
        Value::Scalar(Scalar::String(text)) if text.len() > INLINE => text.len(),
        Value::Scalar(Scalar::Reference(_) | Scalar::Object(_)) => OBJECT,
        Value::Scalar(_) => 0,
        Value::Array(array) => match array.elements() {
            Some(Elements::String(texts)) => texts
                .iter()
                .map(|text| size_of_val(text) + text.len())
                .fold(0, usize::saturating_add),
            _ => array.len().saturating_mul(24),
        },
    }
}

fn same_value(a: ValueView<'_>, b: ValueView<'_>, rules: &ReferenceRules) -> bool {
    match (a, b) {
        (ValueView::Null, ValueView::Null) => true,
        (ValueView::Reference(a), ValueView::Reference(b)) => same_reference(a, b, rules),
        (ValueView::Object(a), ValueView::Object(b)) => same_object(a, b, rules),
        (ValueView::Array(a), ValueView::Array(b)) => same_array(a, b, rules),
        (a, b) => a.is_identical(b),
    }
}

fn same_reference(a: &Arc<ObjectPath>, b: &Arc<ObjectPath>, rules: &ReferenceRules) -> bool {
    Arc::ptr_eq(a, b) || rules.exact().same(a, b)
}

fn same_array(a: &Array, b: &Array, rules: &ReferenceRules) -> bool {
    let is_plain =
        |array: &Array| !matches!(array.cim_type(), CimType::Object | CimType::Reference);
    if is_plain(a) || is_plain(b) {
        return a == b;
    }
    let same = |(a, b): (Option<Scalar>, Option<Scalar>)| match (a, b) {
        (None, None) => true,
        (Some(Scalar::Object(a)), Some(Scalar::Object(b))) => same_object(&a, &b, rules),
        (Some(Scalar::Reference(a)), Some(Scalar::Reference(b))) => same_reference(&a, &b, rules),
        _ => false,
    };
    a.len() == b.len() && a.iter().zip(b.iter()).all(same)
}

/// Objects are nested only so deep: a write refuses more.
fn same_object(a: &Arc<Object>, b: &Arc<Object>, rules: &ReferenceRules) -> bool {
    match (&**a, &**b) {
        _ if Arc::ptr_eq(a, b) => true,
        (Object::Instance(a), Object::Instance(b)) => {
            let mut of_a = a.properties();
            let mut of_b = b.properties();
            a.class == b.class
                && of_a.all(|(name, property)| match b.get(name.as_str()) {
                    Some(other) => same_value((&property.value).into(), other.into(), rules),
                    None => property.value.is_null(),
                })
                && of_b.all(|(name, property)| {
                    property.value.is_null() || a.get(name.as_str()).is_some()
                })
        }
        (a, b) => a == b,
    }
}

/// As conditions see it that is embedded in an event.
impl ObjectView for StoredInstance {
    fn class_name(&self) -> &str {
        Self::class_name(self).as_str()
    }

    fn genus(&self) -> Genus {
        Genus::Instance
    }

    fn property_count(&self) -> usize {
        self.layout().slots.len()
    }

    fn member(&self, name: &str) -> Option<ValueRef<'_>> {
        self.property(name).map(ValueView::to_wql)
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        Some(self.path().relative().into())
    }
}

impl fmt::Debug for StoredInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoredInstance").field(&self.path().to_string()).finish()
    }
}

/// A class as it was at one commit.
#[derive(Clone, Debug)]
pub struct StoredClass(Arc<ClassDef>);

impl StoredClass {
    pub(crate) const fn new(class: Arc<ClassDef>) -> Self {
        Self(class)
    }

    /// The name.
    pub fn name(&self) -> &Name {
        &self.0.name
    }

    /// The version.
    pub fn version(&self) -> ClassVersion {
        self.0.version
    }

    /// An owned copy.
    pub fn to_class(&self, form: ClassForm) -> Class {
        self.0.to_class(form)
    }
}
