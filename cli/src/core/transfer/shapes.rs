//! What the classes of a namespace say of the types of values, so that the values need not.

use cimarron_engine::{CallContext, ClassForm, Session};
use cimarron_model::{CimType, DataType, Name, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A property as far as its values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) cim_type: CimType,
    pub(super) is_array: bool,
    /// Whether a new instance gets a value other than NULL where none is given.
    pub(super) has_default: bool,
}

impl Declared {
    /// What a declared type says.
    pub(super) const fn of(data_type: &DataType) -> Self {
        Self { cim_type: data_type.cim_type, is_array: data_type.is_array(), has_default: false }
    }

    /// Whether a reader that knows this reads a value of that type from its JSON: texts and
    /// objects tell themselves apart in DMTF's embedded strings, and NULL does not.
    pub(super) fn tells(self, value: &Value) -> bool {
        if self.is_array != value.is_array() {
            return false;
        }
        let shows_object = match value {
            Value::Null(..) => false,
            Value::Scalar(_) => true,
            Value::Array(array) => array.iter().flatten().next().is_some(),
        };
        match (self.cim_type, value.cim_type()) {
            (CimType::String, CimType::Object) | (CimType::Object, CimType::String) => shows_object,
            (declared, own) => declared == own,
        }
    }
}

/// The properties of a class.
#[derive(Debug, Default)]
pub(super) struct Shape(HashMap<Name, Declared>);

impl Shape {
    pub(super) fn property(&self, name: &Name) -> Option<Declared> {
        self.0.get(name).copied()
    }
}

/// The classes of a namespace, each as it was first asked for.
pub(super) struct Shapes {
    session: Session,
    seen: RefCell<HashMap<Name, Rc<Shape>>>,
}

impl Shapes {
    pub(super) fn new(session: Session) -> Self {
        Self { session, seen: RefCell::default() }
    }

    /// The properties of a class; `None` when the namespace does not have it.
    pub(super) fn of(&self, class: &Name) -> Option<Rc<Shape>> {
        if let Some(known) = self.seen.borrow().get(class) {
            return Some(known.clone());
        }
        let context = CallContext::new();
        let found = self.session.get_class(&context, class.as_str(), ClassForm::Resolved).ok()?;
        let properties = found.properties.iter().map(|property| {
            let declared = Declared {
                has_default: property.default.as_ref().is_some_and(|value| !value.is_null()),
                ..Declared::of(&property.data_type)
            };
            (property.name.clone(), declared)
        });
        let shape = Rc::new(Shape(properties.collect()));
        self.seen.borrow_mut().insert(class.clone(), shape.clone());
        Some(shape)
    }
}
