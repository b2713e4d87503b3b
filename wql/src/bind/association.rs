//! ASSOCIATORS OF and REFERENCES OF: the classes that they name must exist.
//!
//! No source makes it an error when such a class can have no part in an association:
//! the result is then empty. Roles and qualifiers are names that anything may have.

use super::{Refused, find_class};
use crate::bound::BoundAssociationQuery;
use crate::schema::{ClassInfo, Schema};
use crate::syntax::ast::{AssociationQuery, Identifier};
use cimarron_model::Name;

pub(super) fn bind<S: Schema>(
    query: &AssociationQuery,
    schema: &S,
) -> Result<BoundAssociationQuery, Refused> {
    // A path into another namespace is for that namespace to judge.
    if query.path.namespace.is_none()
        && let Some(name) = &query.path.class
    {
        find_class(schema, &Identifier { name: name.clone(), span: query.path_span })?;
    }
    let class = |class: &Option<Identifier>| -> Result<Option<Name>, Refused> {
        match class {
            Some(class) => Ok(Some(find_class(schema, class)?.name().into())),
            None => Ok(None),
        }
    };
    let name = |name: &Option<Identifier>| name.as_ref().map(|name| name.name.clone());
    Ok(BoundAssociationQuery {
        kind: query.kind,
        path: query.path.clone(),
        path_span: query.path_span,
        assoc_class: class(&query.assoc_class)?,
        result_class: class(&query.result_class)?,
        role: name(&query.role),
        result_role: name(&query.result_role),
        required_qualifier: name(&query.required_qualifier),
        required_assoc_qualifier: name(&query.required_assoc_qualifier),
        class_defs_only: query.class_defs_only.is_some(),
        keys_only: query.keys_only.is_some(),
        schema_only: query.schema_only.is_some(),
    })
}
