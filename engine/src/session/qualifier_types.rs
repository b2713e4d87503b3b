//! Operations on qualifier types (DSP0200 5.3.2.28 to 5.3.2.31; DSP0004 5.6.1).
//!
//! A qualifier type may change as long as what classes say with it stays right: their
//! values keep their type and stand where they may. What the change of a flavor or a
//! default means for classes that are there follows when they are put again.

use super::{Operation, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::NamespaceWriter;
use crate::schema::Schema;
use crate::schema::qualifiers::{Conflict, check_changes, first_use};
use crate::view::exactly;
use cimarron_model::{
    Array, CimType, DataType, Dialect, Name, QualifierType, Qualifiers, Scopes, Value,
};
use cimarron_schema::rules::{MAX_NAME, standard_qualifier_type};
use std::sync::Arc;

impl Session {
    /// A qualifier type.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn get_qualifier_type(
        &self,
        context: &CallContext,
        name: &str,
    ) -> Result<QualifierType, EngineError> {
        let schema = self.read(context, Operation::ReadSchema, name)?.schema();
        let name = Name::new(name);
        let found = schema.qualifier_types().get(&name).cloned();
        found.ok_or(EngineError::QualifierTypeNotFound { name })
    }

    /// All qualifier types, in name order.
    ///
    /// # Errors
    /// When the call is cancelled or late.
    pub fn enumerate_qualifier_types(
        &self,
        context: &CallContext,
    ) -> Result<Vec<QualifierType>, EngineError> {
        let schema = self.read(context, Operation::ReadSchema, "")?.schema();
        Ok(schema.qualifier_types().values().cloned().collect())
    }

    /// Creates a qualifier type, or replaces the one of this name.
    ///
    /// # Errors
    /// When the declaration is wrong, or classes use the qualifier with values of another
    /// type or where it could not stand any more.
    pub fn set_qualifier_type(
        &self,
        context: &CallContext,
        declaration: &QualifierType,
    ) -> Result<(), EngineError> {
        let name = &declaration.name;
        let namespace = self.enter(context, Operation::WriteSchema, name.as_str())?;
        check_declaration(declaration, namespace.dialect)?;
        let mut transaction = namespace.begin()?;
        let mut writer = NamespaceWriter::new(namespace, &mut transaction);
        let schema = writer.schema();
        if schema.qualifier_types().get(name) == Some(declaration) {
            return Ok(());
        }
        let mut conflicts = check_changes(&schema, [declaration], namespace.dialect, |_| true);
        if let Some(Conflict { class, problem }) = conflicts.remove(name) {
            return Err(EngineError::QualifierTypeInUse { name: name.clone(), class, problem });
        }
        let mut types = schema.qualifier_types().clone();
        // The new spelling counts, and a map keeps the old key.
        Arc::make_mut(&mut types).remove(name);
        Arc::make_mut(&mut types).insert(name.clone(), declaration.clone());
        writer.set_schema(Arc::new(schema.with_qualifier_types(types)));
        transaction.commit(&self.caller)?;
        Ok(())
    }

    /// Deletes a qualifier type.
    ///
    /// # Errors
    /// When there is none of this name, or a class uses it.
    pub fn delete_qualifier_type(
        &self,
        context: &CallContext,
        name: &str,
    ) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteSchema, name)?;
        let mut transaction = namespace.begin()?;
        let mut writer = NamespaceWriter::new(namespace, &mut transaction);
        let schema = writer.schema();
        let name = Name::new(name);
        let mut types = schema.qualifier_types().clone();
        if Arc::make_mut(&mut types).remove(&name).is_none() {
            return Err(EngineError::QualifierTypeNotFound { name });
        }
        if let Some(class) = first_use(&schema, &name) {
            let problem = "take it out of there first";
            return Err(EngineError::QualifierTypeInUse { name, class, problem });
        }
        writer.set_schema(Arc::new(schema.with_qualifier_types(types)));
        transaction.commit(&self.caller)?;
        Ok(())
    }
}

/// What is wrong with a declaration by itself (DSP0004 5.6.1.2, 5.6.2 to 5.6.4, 7.8).
fn check_declaration(declared: &QualifierType, dialect: Dialect) -> Result<(), EngineError> {
    let wrong = |problem: String| {
        Err(EngineError::InvalidQualifierType { name: declared.name.clone(), problem })
    };
    let name = declared.name.as_str();
    let of = &declared.data_type;
    if !Name::is_identifier(name, dialect) || name.chars().count() > MAX_NAME {
        return wrong("the name is not an identifier of at most 255 characters".to_owned());
    }
    if matches!(of.cim_type, CimType::Reference | CimType::Object) {
        return wrong(format!("a qualifier holds no value of type {of}"));
    }
    if fitted(&declared.default, of).as_ref() != Some(&declared.default) {
        return wrong(format!("its default, {}, is not of type {of}", declared.default));
    }
    if declared.scopes == Scopes::NONE {
        return wrong("it may stand nowhere: give it a scope".to_owned());
    }
    if dialect == Dialect::Dmtf {
        if let Some(standard) = standard_qualifier_type(name)
            && (standard.cim_type, standard.is_array()) != (of.cim_type, of.is_array())
        {
            return wrong(format!("the standard declares it as {standard}"));
        }
        if declared.flavor.translatable() && of.cim_type != CimType::String {
            return wrong("it is Translatable and holds no text".to_owned());
        }
    }
    Ok(())
}

/// Gives the values of declared qualifiers their declared types.
pub(super) fn fit_qualifiers(
    schema: &Schema,
    qualifiers: &mut Qualifiers,
) -> Result<(), EngineError> {
    let mut again = Vec::new();
    for qualifier in qualifiers.iter() {
        let Some(declared) = schema.qualifier_types().get(&qualifier.name) else { continue };
        match fitted(&qualifier.value, &declared.data_type) {
            Some(value) if value == qualifier.value => {}
            Some(value) => {
                let mut fitting = qualifier.clone();
                fitting.value = value;
                again.push(fitting);
            }
            None => {
                return Err(EngineError::QualifierValue {
                    name: qualifier.name.clone(),
                    expected: declared.data_type.clone(),
                    found: qualifier.value.to_string(),
                });
            }
        }
    }
    again.into_iter().for_each(|qualifier| qualifiers.set(qualifier));
    Ok(())
}

/// A value as one of the type, where the type has it.
fn fitted(value: &Value, of: &DataType) -> Option<Value> {
    let number = |scalar: &cimarron_model::Scalar| exactly(of.cim_type, scalar.into())?;
    Some(match value {
        Value::Null(..) => QualifierType::null(of),
        Value::Scalar(scalar) if !of.is_array() => {
            if scalar.cim_type() == of.cim_type {
                value.clone()
            } else {
                Value::Scalar(number(scalar)?.to_scalar()?)
            }
        }
        Value::Array(array) if of.is_array() => {
            if array.cim_type() == of.cim_type {
                return Some(value.clone());
            }
            let mut fitting = Array::with_capacity(of.cim_type, array.len());
            for element in array.iter() {
                match element {
                    None => fitting.push_null(),
                    Some(scalar) => fitting.push(number(&scalar)?.to_scalar()?).ok()?,
                }
            }
            Value::from(fitting)
        }
        _ => return None,
    })
}
