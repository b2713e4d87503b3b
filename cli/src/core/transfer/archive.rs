//! The classes of a namespace as an archive, to be shown like one.

use super::walk::{Walk, failed};
use crate::core::{archive_from, within_limits};
use crate::failure::Failure;
use cimarron_engine::{Archive, CallContext, ClassForm, Repository, Session};
use cimarron_model::{Name, Status};
use cimarron_schema::{NamespaceBuilder, SchemaBuilder, is_locale};

/// The classes of a namespace and of the localised ones right below it.
pub(crate) fn archive_of_namespace(session: &Session) -> Result<Archive, Failure> {
    let repository = session.repository();
    let mut builder = SchemaBuilder::new(session.dialect());
    for name in with_locales(repository, session.namespace()) {
        let session = repository.session(name.as_str()).map_err(|error| failed(&error))?;
        let walk = Walk::new(&session);
        let content = builder.namespace(name.as_str());
        for declared in walk.qualifier_types()? {
            content.add_qualifier_type(declared);
        }
        for name in walk.class_names()? {
            add(&session, content, &name)?;
        }
    }
    archive_from(within_limits(builder.finish())?)
}

/// A namespace and its localised ones.
fn with_locales(repository: &Repository, namespace: &Name) -> Vec<Name> {
    let is_wanted = |name: &Name| {
        let above = name.as_str().rsplit_once('/');
        name == namespace
            || above.is_some_and(|(above, last)| namespace.is(above) && is_locale(last))
    };
    let all = repository.namespaces().into_iter().map(|info| info.name);
    all.filter(is_wanted).collect()
}

/// Adds a class, and before it those of the system that are above it.
fn add(session: &Session, content: &mut NamespaceBuilder, name: &Name) -> Result<(), Failure> {
    let mut lineage = Vec::new();
    let mut next = Some(name.clone());
    while let Some(name) = next.take_if(|name| content.class(name.as_str()).is_none()) {
        let class = session.get_class(&CallContext::new(), name.as_str(), ClassForm::Local);
        let class = class.map_err(|error| failed(&error))?;
        next.clone_from(&class.superclass);
        lineage.push(class);
    }
    for class in lineage.into_iter().rev() {
        let added = content.add_class(class);
        added.map_err(|e| Failure::input(Status::InvalidSuperclass, e.to_string()))?;
    }
    Ok(())
}
