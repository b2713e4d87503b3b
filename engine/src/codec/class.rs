//! Classes, local and resolved, with all their members.

use super::codes;
use super::number::{put_count, put_u64};
use super::{Damaged, Decoder, put_name, put_qualifiers, put_u32, put_value};
use cimarron_model::{ArrayShape, Class, DataType, Method, Name, Origin, Parameter, Property};

/// How many bytes a member takes at least: its name, its type, its qualifiers and what it has.
const LEAST: usize = 4;

/// What a data type has beside the code of its intrinsic type.
const VARIABLE: u8 = 0x10;
const FIXED: u8 = 0x20;
const OF_CLASS: u8 = 0x40;
const TYPE: u8 = 0x0f;

/// What a member has.
const DEFAULT: u8 = 0x01;
const DEFAULT_INHERITED: u8 = 0x02;
const ORIGIN: u8 = 0x04;
const PROPAGATED: u8 = 0x08;
const RETURN_TYPE: u8 = 0x10;

const fn has(what: bool, bit: u8) -> u8 {
    if what { bit } else { 0 }
}

/// Appends a class.
pub(crate) fn put_class(out: &mut Vec<u8>, class: &Class) {
    let Class { name, superclass, qualifiers, properties, methods } = class;
    put_name(out, name);
    super::put_optional_text(out, superclass.as_ref().map(Name::as_str));
    put_qualifiers(out, qualifiers);
    put_count(out, properties.len());
    for property in properties {
        put_property(out, property);
    }
    put_count(out, methods.len());
    for method in methods {
        put_method(out, method);
    }
}

/// Appends a declared type.
pub(crate) fn put_data_type(out: &mut Vec<u8>, data_type: &DataType) {
    let DataType { cim_type, array, class } = data_type;
    let (shape, size) = match array {
        ArrayShape::Scalar => (0, None),
        ArrayShape::Variable => (VARIABLE, None),
        ArrayShape::Fixed(size) => (FIXED, Some(*size)),
    };
    out.push(codes::type_code(*cim_type) | shape | has(class.is_some(), OF_CLASS));
    if let Some(size) = size {
        put_u32(out, size);
    }
    if let Some(class) = class {
        put_name(out, class);
    }
}

fn put_origin(out: &mut Vec<u8>, origin: Option<&Origin>) {
    if let Some(Origin { class, depth }) = origin {
        put_name(out, class);
        put_u64(out, (*depth).into());
    }
}

fn put_property(out: &mut Vec<u8>, property: &Property) {
    let Property { name, data_type, qualifiers, default, default_inherited, origin, propagated } =
        property;
    put_name(out, name);
    put_data_type(out, data_type);
    put_qualifiers(out, qualifiers);
    out.push(
        has(default.is_some(), DEFAULT)
            | has(*default_inherited, DEFAULT_INHERITED)
            | has(origin.is_some(), ORIGIN)
            | has(*propagated, PROPAGATED),
    );
    if let Some(default) = default {
        put_value(out, default);
    }
    put_origin(out, origin.as_ref());
}

fn put_method(out: &mut Vec<u8>, method: &Method) {
    let Method { name, return_type, parameters, qualifiers, origin, propagated } = method;
    put_name(out, name);
    put_qualifiers(out, qualifiers);
    out.push(
        has(return_type.is_some(), RETURN_TYPE)
            | has(origin.is_some(), ORIGIN)
            | has(*propagated, PROPAGATED),
    );
    if let Some(return_type) = return_type {
        put_data_type(out, return_type);
    }
    put_origin(out, origin.as_ref());
    put_count(out, parameters.len());
    for parameter in parameters {
        put_parameter(out, parameter);
    }
}

fn put_parameter(out: &mut Vec<u8>, parameter: &Parameter) {
    let Parameter { name, data_type, qualifiers, default } = parameter;
    put_name(out, name);
    put_data_type(out, data_type);
    put_qualifiers(out, qualifiers);
    out.push(has(default.is_some(), DEFAULT));
    if let Some(default) = default {
        put_value(out, default);
    }
}

/// What a member has, as it was read.
#[derive(Clone, Copy)]
struct Flags(u8);

impl Flags {
    const fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }
}

impl Decoder<'_> {
    /// What [`put_class`] wrote.
    pub(crate) fn class(&mut self) -> Result<Class, Damaged> {
        Ok(Class {
            name: self.name()?,
            superclass: self.optional_text()?.map(Name::new),
            qualifiers: self.qualifiers()?,
            properties: self.members(Self::property)?,
            methods: self.members(Self::method)?,
        })
    }

    /// What [`put_data_type`] wrote.
    pub(crate) fn data_type(&mut self) -> Result<DataType, Damaged> {
        let byte = self.u8()?;
        let cim_type = self.known(codes::type_of(byte & TYPE), "an unknown type")?;
        let array = match byte & !(TYPE | OF_CLASS) {
            0 => ArrayShape::Scalar,
            VARIABLE => ArrayShape::Variable,
            FIXED => ArrayShape::Fixed(self.u32()?),
            _ => return Err(self.damaged("an unknown shape of an array")),
        };
        let class = if byte & OF_CLASS != 0 { Some(self.name()?) } else { None };
        Ok(DataType { cim_type, array, class })
    }

    fn members<T>(
        &mut self,
        read: impl Fn(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Vec<T>, Damaged> {
        // A member in memory is many times its least bytes: room comes as members do.
        (0..self.count(LEAST)?).map(|_| read(self)).collect()
    }

    fn flags(&mut self, known: u8) -> Result<Flags, Damaged> {
        let flags = self.u8()?;
        if flags & !known == 0 { Ok(Flags(flags)) } else { Err(self.damaged("unknown flags")) }
    }

    fn origin(&mut self) -> Result<Origin, Damaged> {
        let class = self.name()?;
        let depth = self.u64()?;
        Ok(Origin { class, depth: self.known(depth.try_into().ok(), "a number out of range")? })
    }

    fn property(&mut self) -> Result<Property, Damaged> {
        let name = self.name()?;
        let data_type = self.data_type()?;
        let qualifiers = self.qualifiers()?;
        let flags = self.flags(DEFAULT | DEFAULT_INHERITED | ORIGIN | PROPAGATED)?;
        Ok(Property {
            name,
            data_type,
            qualifiers,
            default: flags.has(DEFAULT).then(|| self.value()).transpose()?,
            default_inherited: flags.has(DEFAULT_INHERITED),
            origin: flags.has(ORIGIN).then(|| self.origin()).transpose()?,
            propagated: flags.has(PROPAGATED),
        })
    }

    fn method(&mut self) -> Result<Method, Damaged> {
        let name = self.name()?;
        let qualifiers = self.qualifiers()?;
        let flags = self.flags(RETURN_TYPE | ORIGIN | PROPAGATED)?;
        Ok(Method {
            name,
            return_type: flags.has(RETURN_TYPE).then(|| self.data_type()).transpose()?,
            qualifiers,
            origin: flags.has(ORIGIN).then(|| self.origin()).transpose()?,
            propagated: flags.has(PROPAGATED),
            parameters: self.members(Self::parameter)?,
        })
    }

    fn parameter(&mut self) -> Result<Parameter, Damaged> {
        let name = self.name()?;
        let data_type = self.data_type()?;
        let qualifiers = self.qualifiers()?;
        let flags = self.flags(DEFAULT)?;
        let default = flags.has(DEFAULT).then(|| self.value()).transpose()?;
        Ok(Parameter { name, data_type, qualifiers, default })
    }
}
