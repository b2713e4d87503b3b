//! One row of a result, borrowed from the result's snapshot.

use super::statement::{ColumnHeader, Selection, Statement};
use crate::owned::{instance_of, named_instance_of, path_of_row, system_to_value};
use crate::schema::{ClassId, ClassRef, Schema};
use crate::store::Chunk;
use crate::view::ValueView;
use cimarron_model::{CimType, Instance, Object, ObjectPath, Value};
use cimarron_wql::{
    BoundPath, Member, MemberPath, SystemProperty, ValueRef, embedded_system_value, system_value,
};
use smallvec::SmallVec;
use std::borrow::Cow;

/// An instance in a result: copied freely, nothing owned.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    statement: &'a Statement,
    chunk: &'a Chunk,
    row: usize,
}

/// One selected thing of a row.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// The property as declared, a system property, or `Property.Member`.
    pub name: &'a str,
    /// The type, of the elements for an array.
    pub cim_type: CimType,
    /// Whether it is an array.
    pub is_array: bool,
    value: FieldValue<'a>,
}

#[derive(Clone, Debug)]
enum FieldValue<'a> {
    Stored(ValueView<'a>),
    /// Derived from the row or taken out of an embedded object.
    Derived(Value),
}

impl Field<'_> {
    /// The value, borrowed.
    pub fn view(&self) -> ValueView<'_> {
        match &self.value {
            FieldValue::Stored(view) => *view,
            FieldValue::Derived(value) => value.into(),
        }
    }

    /// The value, owned; NULL has the column's type.
    pub fn to_value(&self) -> Value {
        self.view().to_value(self.cim_type, self.is_array)
    }
}

impl<'a> Row<'a> {
    #[inline]
    pub(super) const fn new(statement: &'a Statement, chunk: &'a Chunk, row: usize) -> Self {
        Self { statement, chunk, row }
    }

    fn schema(self) -> &'a Schema {
        &self.statement.setting.schema
    }

    fn selection(self) -> &'a Selection {
        &self.statement.selection
    }

    pub(super) const fn chunk(self) -> &'a Chunk {
        self.chunk
    }

    pub(super) const fn position(self) -> usize {
        self.row
    }

    fn class(self) -> Option<ClassRef<'a>> {
        self.schema().by_id(self.chunk.layout().id)
    }

    /// The name of the instance's own class.
    pub fn class_name(self) -> &'a str {
        self.chunk.layout().class.as_str()
    }

    /// The value in a slot of the instance's class, selected or not.
    #[inline(always)]
    pub fn value(self, slot: usize) -> ValueView<'a> {
        match u32::try_from(slot) {
            Ok(slot) => self.chunk.value_in_place(self.row, slot),
            Err(_) => ValueView::Null,
        }
    }

    /// The value of a property of the instance's class, selected or not; `None`
    /// when the class has no such property.
    pub fn property(self, name: &str) -> Option<ValueView<'a>> {
        let (slot, _) = self.chunk.layout().find(name)?;
        Some(self.chunk.value(self.row, slot))
    }

    /// The value of a system property, as a client finds it in the row.
    ///
    /// `__PROPERTY_COUNT` counts what is selected. `__RELPATH` and `__PATH` are NULL when a
    /// select list has neither of them nor all keys (WMI SDK, "SELECT Statement for Data
    /// Queries": a system property that is not relevant for a query is NULL; MS-WMI 2.2.6,
    /// `WBEM_FLAG_ENSURE_LOCATABLE`: only with it they never are). [`Row::path`] is there
    /// always.
    pub fn system(self, property: SystemProperty) -> Value {
        use SystemProperty::{Path, RelPath};
        match property {
            RelPath | Path if !self.shows_its_path() => Value::null(CimType::String),
            property => self.derived(property),
        }
    }

    /// The value of a system property that is asked for by its name.
    pub(crate) fn derived(self, property: SystemProperty) -> Value {
        if property == SystemProperty::PropertyCount {
            return Value::from(i32::try_from(self.selected_properties()).unwrap_or(i32::MAX));
        }
        system_to_value(system_value(&self, property))
    }

    /// Whether what is selected tells where the instance is.
    fn shows_its_path(self) -> bool {
        use SystemProperty::{Path, RelPath};
        let Selection::Items(items, _) = self.selection() else { return true };
        let is_path = |item: &BoundPath| matches!(item, BoundPath::System(RelPath | Path));
        let has = |key: u32| {
            let is_key = |item: &BoundPath| match item {
                BoundPath::Column(column) => u32::try_from(column.slot) == Ok(key),
                _ => false,
            };
            items.iter().any(is_key)
        };
        items.iter().any(is_path) || self.chunk.layout().keys.iter().all(|key| has(*key))
    }

    /// How many properties that are no system properties the selection has.
    fn selected_properties(self) -> usize {
        match self.selection() {
            Selection::All => self.chunk.layout().slots.len(),
            Selection::Chosen(choice) => choice.slots(self.chunk.layout()).len(),
            Selection::Items(items, _) => {
                items.iter().filter(|p| !matches!(p, BoundPath::System(_))).count()
            }
        }
    }

    /// Whether this is an instance, and no row of aggregates.
    fn is_instance(self) -> bool {
        self.chunk.layout().id != ClassId::NONE
    }

    /// The instance's path within its namespace; for a row of aggregates, which has none,
    /// that of the class.
    pub fn path(self) -> ObjectPath {
        if self.is_instance() {
            path_of_row(self.chunk, self.row)
        } else {
            ObjectPath::of_class(self.class_name())
        }
    }

    /// What is selected, in select order.
    pub fn fields(self) -> impl ExactSizeIterator<Item = Field<'a>> {
        let chosen = match self.selection() {
            Selection::Chosen(choice) => choice.slots(self.chunk.layout()),
            Selection::All | Selection::Items(..) => SmallVec::new(),
        };
        let count = match self.selection() {
            Selection::All => self.chunk.layout().slots.len(),
            Selection::Chosen(_) => chosen.len(),
            Selection::Items(items, _) => items.len(),
        };
        (0..count).map(move |n| match self.selection() {
            Selection::All => self.stored(u32::try_from(n).ok()),
            Selection::Chosen(_) => self.stored(chosen.get(n).copied()),
            Selection::Items(items, headers) => match (items.get(n), headers.get(n)) {
                (Some(path), Some(header)) => self.item(path, header),
                _ => self.stored(None),
            },
        })
    }

    /// The property in a slot.
    fn stored(self, number: Option<u32>) -> Field<'a> {
        let slot = number.and_then(|n| Some((n, self.chunk.layout().slot(n)?)));
        match slot {
            Some((number, slot)) => Field {
                name: slot.name.as_str(),
                cim_type: slot.cim_type,
                is_array: slot.array.is_array(),
                value: FieldValue::Stored(self.chunk.value(self.row, number)),
            },
            None => Field {
                name: "",
                cim_type: CimType::String,
                is_array: false,
                value: FieldValue::Stored(ValueView::Null),
            },
        }
    }

    /// One item of a select list.
    pub(super) fn item(self, path: &'a BoundPath, header: &'a ColumnHeader) -> Field<'a> {
        Field {
            name: header.name.as_str(),
            cim_type: header.cim_type,
            is_array: header.is_array,
            value: match path {
                BoundPath::Column(column) => FieldValue::Stored(self.value(column.slot)),
                BoundPath::System(property) => FieldValue::Derived(self.derived(*property)),
                BoundPath::Member(path) => FieldValue::Derived(self.member(path)),
                BoundPath::This => FieldValue::Stored(ValueView::Null),
            },
        }
    }

    /// A member of an embedded object; NULL where there is none.
    fn member(self, path: &MemberPath) -> Value {
        let null = Value::null(CimType::String);
        let ValueView::Object(outermost) = self.value(path.column.slot) else { return null };
        let mut object: &Object = outermost;
        let mut members = path.members.iter().peekable();
        while let Some(member) = members.next() {
            let name = match member {
                Member::System(property) => {
                    return system_to_value(embedded_system_value(&self, object, *property));
                }
                Member::Property(name) => name,
            };
            let value = match object {
                Object::Instance(instance) => instance.get(name.as_str()),
                Object::Class(class) => {
                    class.property(name.as_str()).and_then(|p| p.default.as_ref())
                }
            };
            match (value, members.peek()) {
                (Some(value), None) => return value.clone(),
                (Some(Value::Scalar(cimarron_model::Scalar::Object(inner))), Some(_)) => {
                    object = inner;
                }
                _ => return null,
            }
        }
        null
    }

    /// An owned instance of the selected properties, in select order, with its
    /// path; under their aliases, where an extended query gives some. System properties
    /// and members of embedded objects are left out.
    pub fn to_instance(self) -> Instance {
        match self.selection() {
            Selection::All => {
                let all = 0..self.chunk.layout().slots.len() as u32;
                instance_of(self.chunk, self.row, all)
            }
            Selection::Chosen(choice) => {
                let slots = choice.slots(self.chunk.layout());
                instance_of(self.chunk, self.row, slots.into_iter())
            }
            Selection::Items(items, headers) => {
                let slots = items.iter().zip(headers).filter_map(|(path, header)| match path {
                    BoundPath::Column(column) => {
                        Some((u32::try_from(column.slot).ok()?, &header.name))
                    }
                    _ => None,
                });
                let mut instance = named_instance_of(self.chunk, self.row, slots);
                if !self.is_instance() {
                    (instance.path, instance.class_version) = (None, None);
                }
                instance
            }
        }
    }
}

impl cimarron_wql::Row for Row<'_> {
    fn value(&self, slot: usize) -> ValueRef<'_> {
        Row::value(*self, slot).to_wql()
    }

    fn class_name(&self) -> &str {
        Row::class_name(*self)
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        let known = match self.class() {
            Some(own) if own.name().as_str() == class => Some(own),
            _ => self.schema().class(class),
        };
        known?.parent().map(|c| c.name().as_str())
    }

    fn property_count(&self) -> usize {
        self.chunk.layout().slots.len()
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        self.is_instance().then(|| Row::path(*self).relative().into())
    }

    fn namespace(&self) -> Option<&str> {
        Some(self.statement.setting.location.namespace.as_str())
    }

    fn server(&self) -> Option<&str> {
        Some(self.statement.setting.location.server())
    }

    fn is_a(&self, class: &str, ancestor: &str) -> bool {
        let schema = self.schema();
        match (schema.class(class), schema.class(ancestor)) {
            (Some(class), Some(ancestor)) => class.is_a(ancestor),
            _ => cimarron_model::fold::eq(class, ancestor),
        }
    }
}
