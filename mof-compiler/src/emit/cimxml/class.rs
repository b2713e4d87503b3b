//! Classes, instances, their members and qualifiers (DSP0201, "Object definition
//! elements").

use super::super::xml::Attributes;
use super::Xml;
use super::value::{self, embedded_as};
use cimarron_model::{
    CimType, Class, DataType, Flavor, Instance, Method, Name, Object, Origin, Parameter, Property,
    Qualifier, QualifierType, Qualifiers, Scalar, Value,
};
use std::io;

pub(super) fn class(xml: &mut Xml<'_>, class: &Class) -> io::Result<()> {
    let superclass = class.superclass.as_ref().map(Name::as_str);
    let attributes = Attributes::named(class.name.as_str()).maybe("SUPERCLASS", superclass);
    xml.element("CLASS", &attributes, |xml| {
        qualifiers(xml, &class.qualifiers)?;
        class.properties.iter().try_for_each(|p| property(xml, p))?;
        class.methods.iter().try_for_each(|m| method(xml, m))
    })
}

pub(super) fn instance(xml: &mut Xml<'_>, instance: &Instance) -> io::Result<()> {
    let attributes = Attributes::new().with("CLASSNAME", instance.class.as_str());
    xml.element("INSTANCE", &attributes, |xml| {
        qualifiers(xml, &instance.qualifiers)?;
        for (name, property) in instance.properties() {
            let attributes = Attributes::named(name.as_str());
            let mut shape = Shape::of_value(&property.value);
            if property.value.is_null() || shape.cim_type == CimType::Object {
                let declared = xml.known.property(instance.class.as_str(), name.as_str());
                let embedded = declared.map(|(of, with)| Shape::of(&of, &with).embedded);
                shape.embedded = embedded.unwrap_or(shape.embedded);
            }
            member(xml, attributes, &shape, Some(&property.value), |xml| {
                qualifiers(xml, &property.qualifiers)
            })?;
        }
        Ok(())
    })
}

pub(super) fn qualifier_type(xml: &mut Xml<'_>, of: &QualifierType) -> io::Result<()> {
    let size = of.data_type.array.fixed_size().map(|size| size.to_string());
    let attributes = Attributes::named(of.name.as_str())
        .with("TYPE", of.data_type.cim_type.as_str())
        .with("ISARRAY", if of.data_type.is_array() { "true" } else { "false" })
        .maybe("ARRAYSIZE", size.as_deref());
    xml.element("QUALIFIER.DECLARATION", &flavors(attributes, of.flavor), |xml| {
        let scopes = of
            .scopes
            .iter()
            .fold(Attributes::new(), |all, scope| all.with(&scope.as_str().to_uppercase(), "true"));
        xml.empty("SCOPE", &scopes)?;
        value::value(xml, &of.default)
    })
}

/// Flavors, where they are not those that DSP0201 gives their absence.
fn flavors(attributes: Attributes, flavor: Flavor) -> Attributes {
    attributes
        .unless(true, "OVERRIDABLE", flavor.overridable())
        .unless(true, "TOSUBCLASS", flavor.to_subclass())
        .unless(false, "TOINSTANCE", flavor.to_instance())
        .unless(false, "TRANSLATABLE", flavor.translatable())
}

fn qualifiers(xml: &mut Xml<'_>, all: &Qualifiers) -> io::Result<()> {
    all.iter().try_for_each(|one| qualifier(xml, one))
}

fn qualifier(xml: &mut Xml<'_>, qualifier: &Qualifier) -> io::Result<()> {
    let attributes = Attributes::named(qualifier.name.as_str())
        .with("TYPE", value::type_name(qualifier.value.cim_type()))
        .unless(false, "PROPAGATED", qualifier.flavor.propagated());
    let attributes = flavors(attributes, qualifier.flavor);
    if qualifier.value.is_null() {
        return xml.empty("QUALIFIER", &attributes);
    }
    xml.element("QUALIFIER", &attributes, |xml| value::value(xml, &qualifier.value))
}

/// The qualifiers of an element with a type, and what the type adds to them.
fn typed_qualifiers(
    xml: &mut Xml<'_>,
    all: &Qualifiers,
    data_type: Option<&DataType>,
) -> io::Result<()> {
    qualifiers(xml, all)?;
    let Some(data_type) = data_type.filter(|t| t.cim_type == CimType::Object) else {
        return Ok(());
    };
    let (name, value) = match &data_type.class {
        Some(class) => ("EmbeddedInstance", Value::from(class.as_str())),
        None => ("EmbeddedObject", Value::from(true)),
    };
    if all.get(name).is_some() {
        return Ok(());
    }
    qualifier(xml, &Qualifier { name: name.into(), value, flavor: Flavor::DMTF_DEFAULT })
}

fn origin(attributes: Attributes, origin: Option<&Origin>, propagated: bool) -> Attributes {
    attributes.maybe("CLASSORIGIN", origin.map(|o| o.class.as_str())).unless(
        false,
        "PROPAGATED",
        propagated,
    )
}

/// What decides which element a property or parameter is.
struct Shape<'a> {
    cim_type: CimType,
    is_array: bool,
    size: Option<u32>,
    reference_class: Option<&'a str>,
    embedded: Option<&'static str>,
}

impl<'a> Shape<'a> {
    fn of(data_type: &'a DataType, qualifiers: &Qualifiers) -> Self {
        let embedded = match data_type.cim_type {
            CimType::Object if data_type.class.is_some() => Some("instance"),
            CimType::Object => Some("object"),
            CimType::String => embedded_as(qualifiers),
            _ => None,
        };
        Self {
            cim_type: data_type.cim_type,
            is_array: data_type.is_array(),
            size: data_type.array.fixed_size(),
            reference_class: data_type.class.as_ref().map(Name::as_str),
            embedded,
        }
    }

    fn of_value(value: &Value) -> Self {
        let is_class = |scalar: &Scalar| match scalar {
            Scalar::Object(object) => matches!(**object, Object::Class(_)),
            _ => false,
        };
        let any_class = match value {
            Value::Null(..) => true,
            Value::Scalar(scalar) => is_class(scalar),
            Value::Array(array) => array.iter().flatten().any(|scalar| is_class(&scalar)),
        };
        let embedded = if any_class { "object" } else { "instance" };
        Self {
            cim_type: value.cim_type(),
            is_array: value.is_array(),
            size: None,
            reference_class: None,
            embedded: (value.cim_type() == CimType::Object).then_some(embedded),
        }
    }

    /// The end of the element's name, and the attributes that the type has.
    fn suffix(&self, attributes: Attributes, arrays_of_references: bool) -> (&str, Attributes) {
        let size = self.size.map(|size| size.to_string());
        let is_reference = self.cim_type == CimType::Reference;
        if is_reference && !self.is_array {
            return (".REFERENCE", attributes.maybe("REFERENCECLASS", self.reference_class));
        }
        if is_reference && arrays_of_references {
            let attributes = attributes.maybe("REFERENCECLASS", self.reference_class);
            return (".REFARRAY", attributes.maybe("ARRAYSIZE", size.as_deref()));
        }
        let attributes = attributes.with("TYPE", value::type_name(self.cim_type));
        if self.is_array {
            (".ARRAY", attributes.maybe("ARRAYSIZE", size.as_deref()))
        } else {
            ("", attributes)
        }
    }
}

/// A property of a class or of an instance.
fn member(
    xml: &mut Xml<'_>,
    attributes: Attributes,
    shape: &Shape<'_>,
    value: Option<&Value>,
    qualifiers: impl FnOnce(&mut Xml<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let (suffix, attributes) = shape.suffix(attributes, false);
    let attributes = attributes.maybe("EmbeddedObject", shape.embedded);
    xml.element(&format!("PROPERTY{suffix}"), &attributes, |xml| {
        qualifiers(xml)?;
        value.map_or(Ok(()), |value| value::value(xml, value))
    })
}

fn property(xml: &mut Xml<'_>, property: &Property) -> io::Result<()> {
    let attributes = Attributes::named(property.name.as_str());
    let attributes = origin(attributes, property.origin.as_ref(), property.propagated);
    let mut shape = Shape::of(&property.data_type, &property.qualifiers);
    // A string that embeds an object by its qualifier holds MOF, not the element that
    // the mark promises.
    if shape.cim_type == CimType::String && property.default.as_ref().is_some_and(|v| !v.is_null())
    {
        shape.embedded = None;
    }
    member(xml, attributes, &shape, property.default.as_ref(), |xml| {
        typed_qualifiers(xml, &property.qualifiers, Some(&property.data_type))
    })
}

fn method(xml: &mut Xml<'_>, method: &Method) -> io::Result<()> {
    let returned = method.return_type.as_ref();
    let attributes = Attributes::named(method.name.as_str())
        .maybe("TYPE", returned.map(|t| value::type_name(t.cim_type)));
    let attributes = origin(attributes, method.origin.as_ref(), method.propagated);
    xml.element("METHOD", &attributes, |xml| {
        typed_qualifiers(xml, &method.qualifiers, returned)?;
        method.parameters.iter().try_for_each(|p| parameter(xml, p))
    })
}

fn parameter(xml: &mut Xml<'_>, parameter: &Parameter) -> io::Result<()> {
    let shape = Shape::of(&parameter.data_type, &parameter.qualifiers);
    let (suffix, attributes) = shape.suffix(Attributes::named(parameter.name.as_str()), true);
    xml.element(&format!("PARAMETER{suffix}"), &attributes, |xml| {
        typed_qualifiers(xml, &parameter.qualifiers, Some(&parameter.data_type))
    })
}
