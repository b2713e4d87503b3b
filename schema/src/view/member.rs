//! Properties, methods and parameters in an archive.

use super::{QualifierView, QualifiersView, Seen, array_shape, cim_type, run};
use crate::archive::format::{
    ArchivedMethodRecord, ArchivedParameterRecord, ArchivedPropertyRecord, ArchivedRoot, NONE,
};
use cimarron_model::{
    ArrayShape, CimType, DataType, Direction, Method, Name, Origin, Parameter, Property, Value,
};

/// What properties and methods are asked alike.
macro_rules! impl_member {
    ($view:ident) => {
        impl<'a> $view<'a> {
            /// The name.
            pub fn name(self) -> &'a str {
                self.record.map_or("", |r| self.root.text(r.name.to_native()))
            }

            /// Whether the class does not itself declare the member.
            pub const fn propagated(self) -> bool {
                self.propagated
            }

            /// The name of the class that introduced the member.
            pub fn origin(self) -> Option<&'a str> {
                self.root.optional_text(self.record?.origin.to_native())
            }

            /// The depth of the class that introduced the member.
            pub fn origin_depth(self) -> u16 {
                self.record.map_or(0, |r| r.origin_depth.to_native())
            }

            fn to_origin(self) -> Option<Origin> {
                let class = Name::new(self.origin()?);
                Some(Origin { class, depth: self.origin_depth() })
            }

            /// The depth of the class that wrote this declaration.
            pub fn declared_at(self) -> u16 {
                self.record.map_or(0, |r| r.declared_at.to_native())
            }

            /// The same member as the class that declares it shows it.
            pub(super) const fn as_declared(mut self) -> Self {
                self.propagated = false;
                self
            }

            /// The qualifiers.
            pub fn qualifiers(self) -> QualifiersView<'a> {
                let qualifiers = self.record.map(|r| run(&self.root.qualifiers, &r.qualifiers));
                let seen = Seen::propagated(self.propagated);
                QualifiersView::new(self.root, qualifiers.unwrap_or_default(), seen)
            }

            /// The qualifier of this name.
            pub fn qualifier(self, name: &str) -> Option<QualifierView<'a>> {
                self.qualifiers().get(name)
            }
        }
    };
}

impl_member!(PropertyView);
impl_member!(MethodView);

/// A property as one class shows it.
#[derive(Clone, Copy)]
pub struct PropertyView<'a> {
    root: &'a ArchivedRoot,
    record: Option<&'a ArchivedPropertyRecord>,
    slot: usize,
    propagated: bool,
}

impl<'a> PropertyView<'a> {
    /// The property of this number as a class at this depth shows it.
    pub(super) fn new(root: &'a ArchivedRoot, depth: u16, slot: usize, number: u32) -> Self {
        let record = root.properties.get(number as usize);
        let propagated = record.is_some_and(|r| r.declared_at.to_native() != depth);
        Self { root, record, slot, propagated }
    }

    /// The position in declaration order, the same in every subclass.
    pub const fn slot(self) -> usize {
        self.slot
    }

    /// The intrinsic type; of the elements for an array.
    pub fn cim_type(self) -> CimType {
        self.record.map_or(CimType::String, |r| cim_type(&r.data_type))
    }

    /// Whether it is an array, and of what size.
    pub fn array(self) -> ArrayShape {
        self.record.map_or(ArrayShape::Scalar, |r| array_shape(&r.data_type))
    }

    /// The class of a reference or embedded object.
    pub fn type_class(self) -> Option<&'a str> {
        self.root.optional_text(self.record?.data_type.class.to_native())
    }

    /// The declared type, owned.
    pub fn data_type(self) -> DataType {
        self.record.map_or(DataType::scalar(CimType::String), |r| self.root.data_type(&r.data_type))
    }

    /// Whether it is part of the key.
    pub fn is_key(self) -> bool {
        self.record.is_some_and(|r| r.key)
    }

    /// The default: absent, NULL or a value.
    pub fn default(self) -> Option<Value> {
        match self.record?.default.to_native() {
            NONE => None,
            number => Some(self.root.value(number)),
        }
    }

    /// An owned copy.
    pub fn to_property(self) -> Property {
        let default = self.default();
        let inherited = self.propagated || self.record.is_some_and(|r| r.default_inherited);
        Property {
            name: self.name().into(),
            data_type: self.data_type(),
            qualifiers: self.qualifiers().to_qualifiers(),
            default_inherited: inherited && default.is_some(),
            default,
            origin: self.to_origin(),
            propagated: self.propagated,
        }
    }
}

/// A method as one class shows it.
#[derive(Clone, Copy)]
pub struct MethodView<'a> {
    root: &'a ArchivedRoot,
    record: Option<&'a ArchivedMethodRecord>,
    propagated: bool,
}

impl<'a> MethodView<'a> {
    /// The method of this number as a class at this depth shows it.
    pub(super) fn new(root: &'a ArchivedRoot, depth: u16, number: u32) -> Self {
        let record = root.methods.get(number as usize);
        let propagated = record.is_some_and(|r| r.declared_at.to_native() != depth);
        Self { root, record, propagated }
    }

    /// The return type; `None` is WMI's `void`.
    pub fn return_type(self) -> Option<DataType> {
        self.record.filter(|r| !r.is_void).map(|r| self.root.data_type(&r.return_type))
    }

    /// The parameters, in declaration order: the position is the ID.
    pub fn parameters(self) -> impl ExactSizeIterator<Item = ParameterView<'a>> {
        let root = self.root;
        let propagated = self.propagated;
        let records = self.record.map_or(&[][..], |r| run(&root.parameters, &r.parameters));
        records.iter().map(move |record| ParameterView { root, record, propagated })
    }

    /// An owned copy.
    pub fn to_method(self) -> Method {
        Method {
            name: self.name().into(),
            return_type: self.return_type(),
            parameters: self.parameters().map(ParameterView::to_parameter).collect(),
            qualifiers: self.qualifiers().to_qualifiers(),
            origin: self.to_origin(),
            propagated: self.propagated,
        }
    }
}

/// A parameter of a method.
#[derive(Clone, Copy)]
pub struct ParameterView<'a> {
    root: &'a ArchivedRoot,
    record: &'a ArchivedParameterRecord,
    propagated: bool,
}

impl<'a> ParameterView<'a> {
    /// The name.
    pub fn name(self) -> &'a str {
        self.root.text(self.record.name.to_native())
    }

    /// The declared type.
    pub fn data_type(self) -> DataType {
        self.root.data_type(&self.record.data_type)
    }

    /// The qualifiers.
    pub fn qualifiers(self) -> QualifiersView<'a> {
        let records = run(&self.root.qualifiers, &self.record.qualifiers);
        let seen = if self.propagated { Seen::WithMethod } else { Seen::Here };
        QualifiersView::new(self.root, records, seen)
    }

    /// Which way it goes. [`SchemaView::implies_in`](super::SchemaView::implies_in) says
    /// what `in_implied` is.
    pub fn direction(self, in_implied: bool) -> Direction {
        let said = |name| self.qualifiers().get(name).and_then(|q| q.value().as_bool());
        Direction::new(said("In"), said("Out"), in_implied)
    }

    /// The default: absent, NULL or a value.
    pub fn default(self) -> Option<Value> {
        match self.record.default.to_native() {
            NONE => None,
            number => Some(self.root.value(number)),
        }
    }

    /// An owned copy.
    pub fn to_parameter(self) -> Parameter {
        Parameter {
            name: Name::new(self.name()),
            data_type: self.data_type(),
            qualifiers: self.qualifiers().to_qualifiers(),
            default: self.default(),
        }
    }
}
