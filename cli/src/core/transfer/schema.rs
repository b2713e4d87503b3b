//! Putting the classes and qualifier types of a namespace into it, all at once.
//!
//! They go the way of an archive, which judges nothing anew: what was let in with `--allow`
//! where it came from is let in again.

use super::read::{Problem, problem};
use cimarron_engine::{Archive, CallContext, ClassForm, Session};
use cimarron_model::{Class, Name, QualifierType};
use cimarron_schema::rules::MAX_DEPTH;
use cimarron_schema::{NamespaceBuilder, ResolvedClass, SchemaBuilder};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Declarations of one namespace, collected.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    types: Vec<QualifierType>,
    classes: Vec<Class>,
    names: HashSet<(bool, Name)>,
}

impl Declarations {
    pub(super) fn add_qualifier_type(&mut self, declared: QualifierType) -> Result<(), Problem> {
        self.remember(false, &declared.name)?;
        self.types.push(declared);
        Ok(())
    }

    pub(super) fn add_class(&mut self, class: Class) -> Result<(), Problem> {
        self.remember(true, &class.name)?;
        self.classes.push(class);
        Ok(())
    }

    fn remember(&mut self, is_class: bool, name: &Name) -> Result<(), Problem> {
        if self.names.insert((is_class, name.clone())) {
            return Ok(());
        }
        problem(format!("`{name}` is declared twice"))
    }

    /// Loads them into the session's namespace, in one commit.
    pub(super) fn load(self, session: &Session) -> Result<(), Problem> {
        let mut builder = SchemaBuilder::new(session.dialect());
        let content = builder.namespace(session.namespace().as_str());
        for declared in self.types {
            content.add_qualifier_type(declared);
        }
        add_classes(session, content, self.classes)?;
        let bytes = builder.finish().map_err(|error| Problem::new(error.to_string()))?;
        let archive =
            Archive::from_bytes(bytes).map_err(|error| Problem::new(error.to_string()))?;
        session.load_archive(&CallContext::new(), &Arc::new(archive))?;
        Ok(())
    }
}

/// Adds classes in any order, each behind its superclass.
fn add_classes(
    session: &Session,
    content: &mut NamespaceBuilder,
    classes: Vec<Class>,
) -> Result<(), Problem> {
    let own: HashSet<Name> = classes.iter().map(|class| class.name.clone()).collect();
    let mut ready = Vec::new();
    let mut below: HashMap<Name, Vec<Class>> = HashMap::new();
    for class in classes.into_iter().rev() {
        match class.superclass.clone() {
            Some(above) if own.contains(&above) => below.entry(above).or_default().push(class),
            Some(above) => {
                know(session, content, &above, &class.name)?;
                ready.push(class);
            }
            None => ready.push(class),
        }
    }
    while let Some(class) = ready.pop() {
        let added = content.add_class(class).map_err(|error| Problem::new(error.to_string()))?;
        if usize::from(added.depth()) > MAX_DEPTH {
            return problem(format!("class `{}` is more than {MAX_DEPTH} deep", added.name));
        }
        ready.extend(below.remove(&added.name).into_iter().flatten());
    }
    match below.into_values().flatten().next() {
        Some(class) => problem(format!("class `{}` is above itself", class.name)),
        None => Ok(()),
    }
}

/// Makes a class of the namespace known, with all that it inherits.
fn know(
    session: &Session,
    content: &mut NamespaceBuilder,
    name: &Name,
    below: &Name,
) -> Result<(), Problem> {
    let mut lineage = Vec::new();
    let mut next = Some(name.clone());
    while let Some(name) = next.take_if(|name| content.class(name.as_str()).is_none()) {
        let class = session.get_class(&CallContext::new(), name.as_str(), ClassForm::Local);
        let class =
            class.map_err(|e| Problem::from(e).within(&format!("the superclass of `{below}`")))?;
        next.clone_from(&class.superclass);
        lineage.push(class);
    }
    for class in lineage.into_iter().rev() {
        let above = class.superclass.as_ref().and_then(|above| content.class(above.as_str()));
        let resolved = ResolvedClass::resolve(class, above.map(|above| &**above));
        content.know(Arc::new(resolved));
    }
    Ok(())
}
