//! From JSON to values and instances, with the classes at hand.
//!
//! The reader lives here and not beside the writer of `model`: it is no general one, but that
//! of the one format which says enough to be read back exactly.

use super::json::{Json, Members};
use super::read_class;
use super::shapes::{Declared, Shapes};
use super::words::{read_flavor, read_type};
use cimarron_engine::EngineError;
use cimarron_model::{
    Array, Char16, CimType, DateTime, Flavor, Instance, Name, Object, ObjectPath, Qualifier,
    Qualifiers, Scalar, Status, Value,
};
use std::collections::HashSet;
use std::sync::Arc;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: Status,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { status: Status::InvalidParameter, message: message.into() }
    }

    /// The same, saying in what it is.
    pub(super) fn within(self, what: &str) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        Self { status: error.status(), message: error.to_string() }
    }
}

pub(super) fn problem<T>(message: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::new(message))
}

/// A member that must be there.
pub(super) fn need(members: &mut Members, name: &str) -> Result<Json, Problem> {
    members.take(name).ok_or_else(|| Problem::new(format!("the member `{name}` is missing")))
}

pub(super) fn text(json: Json, what: &str) -> Result<String, Problem> {
    match json {
        Json::Text(text) => Ok(text),
        other => problem(format!("`{what}` is {}, not a text", other.kind())),
    }
}

pub(super) fn need_text(members: &mut Members, name: &str) -> Result<String, Problem> {
    text(need(members, name)?, name)
}

pub(super) fn object(json: Json, what: &str) -> Result<Members, Problem> {
    match json {
        Json::Object(members) => Ok(members),
        other => problem(format!("`{what}` is {}, not an object", other.kind())),
    }
}

pub(super) fn list(json: Json, what: &str) -> Result<Vec<Json>, Problem> {
    match json {
        Json::List(items) => Ok(items),
        other => problem(format!("`{what}` is {}, not a list", other.kind())),
    }
}

/// That every member was known: one that is passed over would be lost.
pub(super) fn finish(members: &Members) -> Result<(), Problem> {
    match members.rest() {
        Some(name) => problem(format!("the member `{name}` is not known here")),
        None => Ok(()),
    }
}

/// A value of a type, or of the one that a text and an object show where either may stand.
pub(super) fn value(
    json: Json,
    declared: Declared,
    shapes: Option<&Shapes>,
) -> Result<Value, Problem> {
    let Declared { cim_type, is_array, .. } = declared;
    match (json, is_array) {
        (Json::Null, _) => Ok(Value::Null(cim_type, is_array)),
        (Json::List(items), true) => {
            let first = items.iter().find(|item| **item != Json::Null);
            let element = first.map_or(cim_type, |item| shown_type(item, cim_type));
            let mut array = Array::new(element);
            for item in items {
                if item == Json::Null {
                    array.push_null();
                } else {
                    let pushed = array.push(scalar(item, element, shapes)?);
                    pushed.map_err(|error| Problem::new(error.to_string()))?;
                }
            }
            Ok(Value::Array(array))
        }
        (other, true) => problem(format!("{} stands where a list does", other.kind())),
        (json, false) => {
            let cim_type = shown_type(&json, cim_type);
            scalar(json, cim_type, shapes).map(Value::Scalar)
        }
    }
}

fn shown_type(json: &Json, declared: CimType) -> CimType {
    match (json, declared) {
        (Json::Object(_), CimType::String) => CimType::Object,
        (Json::Text(_), CimType::Object) => CimType::String,
        _ => declared,
    }
}

fn scalar(json: Json, cim_type: CimType, shapes: Option<&Shapes>) -> Result<Scalar, Problem> {
    match (cim_type, json) {
        (CimType::Boolean, Json::Bool(value)) => Ok(Scalar::Boolean(value)),
        (CimType::Real32, json) => match real(&json)? {
            x if x.is_finite() && (x as f32).is_infinite() => {
                problem(format!("{x:e} is outside the range of real32"))
            }
            x => Ok(Scalar::Real32(x as f32)),
        },
        (CimType::Real64, json) => real(&json).map(Scalar::Real64),
        (CimType::Char16, Json::Integer(unit)) => match u16::try_from(unit) {
            Ok(unit) => Ok(Scalar::Char16(Char16(unit))),
            Err(_) => problem(format!("{unit} is no code unit")),
        },
        (CimType::String, Json::Text(text)) => Ok(Scalar::String(text.into())),
        (CimType::DateTime, Json::Text(text)) => match DateTime::parse(&text) {
            Ok(datetime) => Ok(Scalar::DateTime(datetime)),
            Err(error) => problem(format!("`{text}` is no datetime: {error}")),
        },
        (CimType::Reference, Json::Text(text)) => match ObjectPath::parse(&text) {
            Ok(path) => Ok(Scalar::Reference(Arc::new(path))),
            Err(error) => problem(format!("`{text}` is no object path: {error}")),
        },
        (CimType::Object, Json::Object(members)) => {
            embedded(members, shapes).map(|object| Scalar::Object(Arc::new(object)))
        }
        (integer, Json::Integer(number)) if integer.is_integer() => {
            let scalar = Scalar::from_integer(integer, number);
            scalar
                .ok_or_else(|| Problem::new(format!("{number} is outside the range of {integer}")))
        }
        (expected, json) => problem(format!("{} is no value of type {expected}", json.kind())),
    }
}

fn real(json: &Json) -> Result<f64, Problem> {
    match json {
        Json::Real(x) => Ok(*x),
        // A reader of another make may have taken the point away.
        Json::Integer(n) => Ok(*n as f64),
        Json::Text(name) => match name.as_str() {
            "NaN" => Ok(f64::NAN),
            "INF" => Ok(f64::INFINITY),
            "-INF" => Ok(f64::NEG_INFINITY),
            _ => problem(format!("`{name}` is no number")),
        },
        other => problem(format!("{} is no number", other.kind())),
    }
}

fn embedded(mut members: Members, shapes: Option<&Shapes>) -> Result<Object, Problem> {
    if let Some(declaration) = members.take("declaration") {
        finish(&members)?;
        return read_class::class(object(declaration, "declaration")?).map(Object::Class);
    }
    let class = need_text(&mut members, "instance")?;
    let instance = instance(&class, &mut members, shapes)?;
    finish(&members)?;
    Ok(Object::Instance(instance))
}

/// The parts of an instance.
pub(super) fn instance(
    class: &str,
    members: &mut Members,
    shapes: Option<&Shapes>,
) -> Result<Instance, Problem> {
    let mut instance = Instance::new(class);
    let shape = shapes.and_then(|shapes| shapes.of(&instance.class));
    let mut types = match members.take("types") {
        Some(types) => object(types, "types")?,
        None => Members::default(),
    };
    for (name, json) in object(need(members, "values")?, "values")? {
        let in_property = |problem: Problem| problem.within(&format!("property `{name}`"));
        let declared = match types.take(&name) {
            Some(own) => declared_as(own).map_err(in_property)?,
            None => {
                let known = shape.as_ref().and_then(|s| s.property(&Name::new(&name)));
                known.ok_or_else(|| unknown(class, &name, shape.is_some()))?
            }
        };
        let value = value(json, declared, shapes).map_err(in_property)?;
        instance.set(name.as_str(), value);
    }
    if let Some(name) = types.rest() {
        return problem(format!("`types` has `{name}`, and `values` does not"));
    }
    if let Some(own) = members.take("qualifiers") {
        instance.qualifiers = qualifiers(own)?;
    }
    if let Some(lists) = members.take("propertyQualifiers") {
        for (name, own) in object(lists, "propertyQualifiers")? {
            let Some(property) = instance.property_mut(&name) else {
                return problem(format!(
                    "`propertyQualifiers` has `{name}`, and `values` does not"
                ));
            };
            property.qualifiers = qualifiers(own)?;
        }
    }
    Ok(instance)
}

fn unknown(class: &str, property: &str, class_is_known: bool) -> Problem {
    Problem::new(if class_is_known {
        format!("class `{class}` has no property `{property}`")
    } else {
        format!("there is no class `{class}` in the namespace, and `types` has no `{property}`")
    })
}

/// What a type's text says.
pub(super) fn declared_as(json: Json) -> Result<Declared, Problem> {
    let text = text(json, "type")?;
    let read = read_type(&text).ok_or_else(|| Problem::new(format!("`{text}` is no type")))?;
    Ok(Declared::of(&read))
}

/// The qualifiers of an element.
pub(super) fn qualifiers(json: Json) -> Result<Qualifiers, Problem> {
    let mut all = Qualifiers::new();
    let mut seen = HashSet::new();
    for item in list(json, "qualifiers")? {
        let mut members = object(item, "qualifiers")?;
        let name = Name::new(need_text(&mut members, "name")?);
        if !seen.insert(name.clone()) {
            return problem(format!("qualifier `{name}` stands twice"));
        }
        let in_qualifier = |problem: Problem| problem.within(&format!("qualifier `{name}`"));
        let declared = declared_as(need(&mut members, "type")?).map_err(in_qualifier)?;
        let value = value(need(&mut members, "value")?, declared, None).map_err(in_qualifier)?;
        let flavor = flavor(need(&mut members, "flavor")?)?;
        finish(&members).map_err(in_qualifier)?;
        all.push_new(Qualifier { name, value, flavor });
    }
    Ok(all)
}

pub(super) fn flavor(json: Json) -> Result<Flavor, Problem> {
    let mut flavor = Flavor::default();
    for word in list(json, "flavor")? {
        let word = text(word, "flavor")?;
        let one =
            read_flavor(&word).ok_or_else(|| Problem::new(format!("`{word}` is no flavor")))?;
        flavor = flavor.with(one);
    }
    Ok(flavor)
}
