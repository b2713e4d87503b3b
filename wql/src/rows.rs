//! What the evaluator asks of a row.
//!
//! Values are borrowed: a row hands out views into whatever holds it, so
//! evaluating a condition allocates nothing. A row also answers for the class
//! hierarchy it was read under, because a condition may ask about the class of an
//! embedded object.

use crate::schema::SystemProperty;
use cimarron_model::{Char16, DateTime, Object, ObjectPath, Scalar, Value};
use std::borrow::Cow;
use std::fmt;

/// An instance of the class a query selects from, or of one of its subclasses; or a
/// class, for schema queries: its class name, superclass, derivation and dynasty
/// are then its own, its relative path is its name, and it has no slots.
pub trait Row {
    /// The value of the property in this slot (see
    /// [`PropertyInfo::slot`](crate::PropertyInfo::slot)).
    fn value(&self, slot: usize) -> ValueRef<'_>;

    /// The name of the instance's class.
    fn class_name(&self) -> &str;

    /// The superclass of a class; `None` at the top and for unknown classes.
    fn superclass_of(&self, class: &str) -> Option<&str>;

    /// Whether the row is a class or an instance.
    fn genus(&self) -> Genus {
        Genus::Instance
    }

    /// How many properties the instance has.
    fn property_count(&self) -> usize;

    /// The path within the namespace; `None` when the instance has none.
    fn relative_path(&self) -> Option<Cow<'_, str>>;

    /// The namespace; `None` when the instance lies in none.
    fn namespace(&self) -> Option<&str>;

    /// The server; `None` when the instance lies on none.
    fn server(&self) -> Option<&str>;

    /// The path with server and namespace.
    fn path(&self) -> Option<Cow<'_, str>> {
        let (server, namespace) = (self.server()?, self.namespace()?.replace('/', "\\"));
        Some(format!("\\\\{server}\\{namespace}:{}", self.relative_path()?).into())
    }

    /// Server and namespace that copies of instances in the row are from, such as the
    /// instance that an event is about.
    fn origin(&self) -> Option<(&str, &str)> {
        None
    }

    /// Whether `class` is `ancestor` or derives from it. Rows that can answer
    /// faster than by walking up should.
    fn is_a(&self, class: &str, ancestor: &str) -> bool {
        lineage(self, class).any(|c| cimarron_model::fold::eq(c, ancestor))
    }
}

impl<R: Row + ?Sized> Row for &R {
    fn value(&self, slot: usize) -> ValueRef<'_> {
        (**self).value(slot)
    }

    fn class_name(&self) -> &str {
        (**self).class_name()
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        (**self).superclass_of(class)
    }

    fn genus(&self) -> Genus {
        (**self).genus()
    }

    fn property_count(&self) -> usize {
        (**self).property_count()
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        (**self).relative_path()
    }

    fn namespace(&self) -> Option<&str> {
        (**self).namespace()
    }

    fn server(&self) -> Option<&str> {
        (**self).server()
    }

    fn path(&self) -> Option<Cow<'_, str>> {
        (**self).path()
    }

    fn origin(&self) -> Option<(&str, &str)> {
        (**self).origin()
    }

    fn is_a(&self, class: &str, ancestor: &str) -> bool {
        (**self).is_a(class, ancestor)
    }
}

/// The class, its superclass, and so on up.
fn lineage<'a, R: Row + ?Sized>(row: &'a R, class: &'a str) -> impl Iterator<Item = &'a str> {
    std::iter::successors(Some(class), |class| row.superclass_of(class))
}

/// A value of a row, borrowed.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// NULL of any type.
    Null,
    /// `boolean`
    Boolean(bool),
    /// `uint8` to `uint64`
    Unsigned(u64),
    /// `sint8` to `sint64`
    Signed(i64),
    /// `real32`
    Real32(f32),
    /// `real64`
    Real64(f64),
    /// `char16`
    Char16(Char16),
    /// `string`
    String(&'a str),
    /// `datetime`
    DateTime(DateTime),
    /// A reference
    Reference(&'a ObjectPath),
    /// An embedded object
    Object(&'a dyn ObjectView),
    /// An array; conditions never look inside.
    Array,
}

impl fmt::Debug for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Boolean(v) => write!(f, "Boolean({v})"),
            Self::Unsigned(v) => write!(f, "Unsigned({v})"),
            Self::Signed(v) => write!(f, "Signed({v})"),
            Self::Real32(v) => write!(f, "Real32({v})"),
            Self::Real64(v) => write!(f, "Real64({v})"),
            Self::Char16(v) => write!(f, "Char16({v})"),
            Self::String(v) => write!(f, "String({v:?})"),
            Self::DateTime(v) => write!(f, "DateTime({v})"),
            Self::Reference(v) => write!(f, "Reference({v})"),
            Self::Object(v) => write!(f, "Object({})", v.class_name()),
            Self::Array => f.write_str("Array"),
        }
    }
}

impl<'a> From<&'a Scalar> for ValueRef<'a> {
    fn from(scalar: &'a Scalar) -> Self {
        match scalar {
            Scalar::Boolean(v) => Self::Boolean(*v),
            Scalar::UInt8(v) => Self::Unsigned((*v).into()),
            Scalar::SInt8(v) => Self::Signed((*v).into()),
            Scalar::UInt16(v) => Self::Unsigned((*v).into()),
            Scalar::SInt16(v) => Self::Signed((*v).into()),
            Scalar::UInt32(v) => Self::Unsigned((*v).into()),
            Scalar::SInt32(v) => Self::Signed((*v).into()),
            Scalar::UInt64(v) => Self::Unsigned(*v),
            Scalar::SInt64(v) => Self::Signed(*v),
            Scalar::Real32(v) => Self::Real32(*v),
            Scalar::Real64(v) => Self::Real64(*v),
            Scalar::Char16(v) => Self::Char16(*v),
            Scalar::String(v) => Self::String(v),
            Scalar::DateTime(v) => Self::DateTime(*v),
            Scalar::Reference(v) => Self::Reference(v),
            Scalar::Object(v) => Self::Object(v.as_ref()),
        }
    }
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null(..) => Self::Null,
            Value::Scalar(scalar) => scalar.into(),
            Value::Array(_) => Self::Array,
        }
    }
}

/// An embedded object, seen from a condition.
pub trait ObjectView {
    /// The name of its class.
    fn class_name(&self) -> &str;

    /// Whether it is a class or an instance.
    fn genus(&self) -> Genus;

    /// How many properties it has.
    fn property_count(&self) -> usize;

    /// The value of a member, found without case; `None` when the object has no
    /// such member. A view that knows its class gives NULL for members that the
    /// class declares and the object leaves out.
    fn member(&self, name: &str) -> Option<ValueRef<'_>>;

    /// The path within its namespace, for an object that lies in one, such as the instance
    /// that an event is about; `None` for others.
    fn relative_path(&self) -> Option<Cow<'_, str>> {
        None
    }
}

/// What `__GENUS` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Genus {
    /// 1: a class.
    Class,
    /// 2: an instance.
    Instance,
}

impl Genus {
    /// The number (WMI SDK, "WBEM_GENUS_TYPE").
    pub const fn number(self) -> i64 {
        match self {
            Self::Class => 1,
            Self::Instance => 2,
        }
    }
}

impl ObjectView for Object {
    fn class_name(&self) -> &str {
        Self::class_name(self).as_str()
    }

    fn genus(&self) -> Genus {
        match self {
            Self::Instance(_) => Genus::Instance,
            Self::Class(_) => Genus::Class,
        }
    }

    fn property_count(&self) -> usize {
        match self {
            Self::Instance(instance) => instance.len(),
            Self::Class(class) => class.properties.len(),
        }
    }

    fn member(&self, name: &str) -> Option<ValueRef<'_>> {
        match self {
            Self::Instance(instance) => instance.get(name).map(ValueRef::from),
            Self::Class(class) => {
                let default = class.property(name)?.default.as_ref();
                Some(default.map_or(ValueRef::Null, ValueRef::from))
            }
        }
    }
}

/// The value of a system property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SystemValue<'a> {
    /// NULL
    Null,
    /// `__GENUS`, `__PROPERTY_COUNT`
    Integer(i64),
    /// Names and paths
    Text(Cow<'a, str>),
    /// `__DERIVATION`
    Names(Vec<&'a str>),
}

impl<'a> SystemValue<'a> {
    fn from_text(text: Option<impl Into<Cow<'a, str>>>) -> Self {
        text.map_or(Self::Null, |t| Self::Text(t.into()))
    }
}

/// The value of a system property of a row: the one place that composes them.
pub fn system_value<'a, R: Row + ?Sized>(row: &'a R, property: SystemProperty) -> SystemValue<'a> {
    match property {
        SystemProperty::Genus => SystemValue::Integer(row.genus().number()),
        SystemProperty::PropertyCount => count(row.property_count()),
        SystemProperty::RelPath => SystemValue::from_text(row.relative_path()),
        SystemProperty::Path => SystemValue::from_text(row.path()),
        SystemProperty::Namespace => {
            SystemValue::from_text(row.namespace().map(|name| name.replace('/', "\\")))
        }
        SystemProperty::Server => SystemValue::from_text(row.server()),
        of_class => class_value(row, row.class_name(), of_class),
    }
}

/// The value of a system property of an object embedded in a row: it has a class, and a
/// path only when it is a copy of one that lies in the row's namespace.
pub fn embedded_system_value<'a, R: Row + ?Sized>(
    row: &'a R,
    object: &'a dyn ObjectView,
    property: SystemProperty,
) -> SystemValue<'a> {
    match property {
        SystemProperty::Genus => SystemValue::Integer(object.genus().number()),
        SystemProperty::PropertyCount => count(object.property_count()),
        SystemProperty::RelPath => SystemValue::from_text(object.relative_path()),
        SystemProperty::Path | SystemProperty::Namespace | SystemProperty::Server => {
            match (object.relative_path(), row.origin()) {
                (Some(relative), Some((server, namespace))) => {
                    let namespace = namespace.replace('/', "\\");
                    SystemValue::Text(match property {
                        SystemProperty::Server => server.to_owned().into(),
                        SystemProperty::Namespace => namespace.into(),
                        _ => format!("\\\\{server}\\{namespace}:{relative}").into(),
                    })
                }
                _ => SystemValue::Null,
            }
        }
        of_class => class_value(row, object.class_name(), of_class),
    }
}

/// What the class alone decides.
fn class_value<'a, R: Row + ?Sized>(
    row: &'a R,
    class: &'a str,
    property: SystemProperty,
) -> SystemValue<'a> {
    match property {
        SystemProperty::Class => SystemValue::from_text(Some(class)),
        SystemProperty::Superclass => SystemValue::from_text(row.superclass_of(class)),
        SystemProperty::Dynasty => SystemValue::from_text(lineage(row, class).last()),
        SystemProperty::Derivation => SystemValue::Names(lineage(row, class).skip(1).collect()),
        _ => SystemValue::Null,
    }
}

fn count(properties: usize) -> SystemValue<'static> {
    SystemValue::Integer(i64::try_from(properties).unwrap_or(i64::MAX))
}

/// A row with nothing but the number of events of a group: what HAVING looks at.
pub(crate) struct EventCount(pub(crate) u32);

impl Row for EventCount {
    fn value(&self, _slot: usize) -> ValueRef<'_> {
        ValueRef::Unsigned(self.0.into())
    }

    fn class_name(&self) -> &str {
        "__AggregateEvent"
    }

    fn superclass_of(&self, _class: &str) -> Option<&str> {
        None
    }

    fn property_count(&self) -> usize {
        1
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn namespace(&self) -> Option<&str> {
        None
    }

    fn server(&self) -> Option<&str> {
        None
    }
}
