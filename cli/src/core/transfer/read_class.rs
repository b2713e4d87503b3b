//! From JSON to classes and qualifier types.

use super::json::{Json, Members};
use super::read::{
    Problem, declared_as, finish, flavor, list, need, need_text, object, problem, qualifiers, text,
    value,
};
use super::shapes::Declared;
use super::words::{read_scope, read_type};
use cimarron_model::{
    Class, DataType, Method, Name, Origin, Parameter, Property, QualifierType, Scopes, Value,
};
use std::collections::HashSet;

/// A qualifier type, whose namespace was taken out.
pub(super) fn qualifier_type(mut members: Members) -> Result<QualifierType, Problem> {
    let name = Name::new(need_text(&mut members, "name")?);
    let data_type = data_type(need(&mut members, "type")?)?;
    let Some(default) = typed_value(&mut members, &data_type)? else {
        return problem("the member `value` is missing");
    };
    let mut scopes = Scopes::NONE;
    for word in list(need(&mut members, "scopes")?, "scopes")? {
        let word = text(word, "scopes")?;
        let one = read_scope(&word).ok_or_else(|| Problem::new(format!("`{word}` is no scope")))?;
        scopes = Scopes::from_bits(scopes.bits() | one.bits()).unwrap_or(scopes);
    }
    let flavor = flavor(need(&mut members, "flavor")?)?;
    finish(&members)?;
    Ok(QualifierType { name, data_type, default, scopes, flavor })
}

/// A class, whose namespace was taken out.
pub(super) fn class(mut members: Members) -> Result<Class, Problem> {
    let mut class = Class::new(need_text(&mut members, "name")?);
    class.superclass = match need(&mut members, "superclass")? {
        Json::Null => None,
        other => Some(Name::new(text(other, "superclass")?)),
    };
    class.qualifiers = qualifiers(need(&mut members, "qualifiers")?)?;
    let mut seen = HashSet::new();
    for item in list(need(&mut members, "properties")?, "properties")? {
        let property = property(object(item, "properties")?)?;
        if !seen.insert(property.name.clone()) {
            return problem(format!("property `{}` stands twice", property.name));
        }
        class.properties.push(property);
    }
    seen.clear();
    for item in list(need(&mut members, "methods")?, "methods")? {
        let method = method(object(item, "methods")?)?;
        if !seen.insert(method.name.clone()) {
            return problem(format!("method `{}` stands twice", method.name));
        }
        class.methods.push(method);
    }
    finish(&members)?;
    Ok(class)
}

fn property(mut members: Members) -> Result<Property, Problem> {
    let name = need_text(&mut members, "name")?;
    let within = |problem: Problem| problem.within(&format!("property `{name}`"));
    let mut read = || {
        let data_type = data_type(need(&mut members, "type")?)?;
        let default = typed_value(&mut members, &data_type)?;
        let default_inherited = flag(&mut members, "defaultInherited")?;
        let (origin, propagated) = origin(&mut members)?;
        let qualifiers = qualifiers(need(&mut members, "qualifiers")?)?;
        finish(&members)?;
        let plain = Property::new(name.as_str(), data_type);
        Ok(Property { default, default_inherited, origin, propagated, qualifiers, ..plain })
    };
    read().map_err(within)
}

fn method(mut members: Members) -> Result<Method, Problem> {
    let name = Name::new(need_text(&mut members, "name")?);
    let within = |problem: Problem| problem.within(&format!("method `{name}`"));
    let mut read = || {
        let return_type = match need(&mut members, "type")? {
            Json::Null => None,
            other => Some(data_type(other)?),
        };
        let (origin, propagated) = origin(&mut members)?;
        let qualifiers = qualifiers(need(&mut members, "qualifiers")?)?;
        let parameters = list(need(&mut members, "parameters")?, "parameters")?;
        let parameters = parameters.into_iter().map(parameter).collect::<Result<_, _>>()?;
        finish(&members)?;
        let name = name.clone();
        Ok(Method { name, return_type, parameters, qualifiers, origin, propagated })
    };
    read().map_err(within)
}

fn parameter(item: Json) -> Result<Parameter, Problem> {
    let mut members = object(item, "parameters")?;
    let name = Name::new(need_text(&mut members, "name")?);
    let data_type = data_type(need(&mut members, "type")?)?;
    let default = typed_value(&mut members, &data_type)?;
    let qualifiers = qualifiers(need(&mut members, "qualifiers")?)?;
    finish(&members)?;
    Ok(Parameter { name, data_type, qualifiers, default })
}

fn data_type(json: Json) -> Result<DataType, Problem> {
    let text = text(json, "type")?;
    read_type(&text).ok_or_else(|| Problem::new(format!("`{text}` is no type")))
}

/// The value beside a type, where there is one.
fn typed_value(members: &mut Members, of: &DataType) -> Result<Option<Value>, Problem> {
    let own = members.take("valueType").map(declared_as).transpose()?;
    let json = members.take("value");
    json.map(|json| value(json, own.unwrap_or(Declared::of(of)), None)).transpose()
}

fn flag(members: &mut Members, name: &str) -> Result<bool, Problem> {
    match members.take(name) {
        None => Ok(false),
        Some(Json::Bool(value)) => Ok(value),
        Some(other) => problem(format!("`{name}` is {}, not a boolean", other.kind())),
    }
}

fn origin(members: &mut Members) -> Result<(Option<Origin>, bool), Problem> {
    let propagated = flag(members, "propagated")?;
    let Some(class) = members.take("origin") else { return Ok((None, propagated)) };
    let class = Name::new(text(class, "origin")?);
    let depth = match need(members, "depth")? {
        Json::Integer(n) => u16::try_from(n).map_err(|_| Problem::new(format!("depth {n}")))?,
        other => return problem(format!("`depth` is {}, not an integer", other.kind())),
    };
    Ok((Some(Origin { class, depth }), propagated))
}
