//! What a namespace holds, in the order in which it can be made again, and always the same.

use crate::failure::Failure;
use cimarron_engine::{CallContext, ClassForm, Depth, EngineError, NamespaceInfo, Repository};
use cimarron_engine::{IndexInfo, Row, Session};
use cimarron_model::{Class, Dialect, Instance, Name, QualifierType, Status};
use std::collections::BTreeMap;

/// The classes whose instances are namespaces. They are made in no certain order.
const NAMESPACES: [&str; 2] = ["__NAMESPACE", "CIM_Namespace"];

/// Some namespaces of a repository, or all: by name, so that those above come first.
pub(crate) fn namespaces(
    repository: &Repository,
    chosen: &[String],
) -> Result<Vec<NamespaceInfo>, Failure> {
    let all = repository.namespaces();
    for name in chosen {
        if !all.iter().any(|info| info.name.is(name)) {
            let message = format!("there is no namespace `{name}`");
            let known = all.iter().map(|info| info.name.as_str());
            return Err(Failure::input(Status::InvalidNamespace, message).with_nearest(name, known));
        }
    }
    let is_chosen = |name: &Name| chosen.is_empty() || chosen.iter().any(|one| name.is(one));
    Ok(all.into_iter().filter(|info| is_chosen(&info.name)).collect())
}

/// What an engine's error says.
pub(crate) fn failed(error: &EngineError) -> Failure {
    Failure::input(error.status(), error.to_string())
}

/// One namespace that is read.
pub(crate) struct Walk<'a> {
    pub(crate) session: &'a Session,
    context: CallContext,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(session: &'a Session) -> Self {
        Self { session, context: CallContext::new() }
    }

    /// Its own qualifier types.
    pub(crate) fn qualifier_types(&self) -> Result<Vec<QualifierType>, Failure> {
        self.session.enumerate_qualifier_types(&self.context).map_err(|error| failed(&error))
    }

    /// The names of its own classes, each behind its superclass and siblings by name. The
    /// system's are everywhere, and nobody declares them.
    pub(crate) fn class_names(&self) -> Result<Vec<Name>, Failure> {
        let classes = self.session.classes(&self.context, None, Depth::Deep, ClassForm::Local);
        let is_own = |class: &Class| {
            self.session.dialect() == Dialect::Dmtf || !class.name.as_str().starts_with("__")
        };
        let mut above: BTreeMap<Name, Option<Name>> = BTreeMap::new();
        for class in classes.map_err(|error| failed(&error))? {
            let class = class.map_err(|error| failed(&error))?;
            if is_own(&class) {
                above.insert(class.name, class.superclass);
            }
        }
        let mut roots = Vec::new();
        let mut below: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
        for (name, superclass) in above.iter().rev() {
            match superclass.as_ref().and_then(|s| above.get_key_value(s)) {
                Some((superclass, _)) => below.entry(superclass).or_default().push(name),
                None => roots.push(name),
            }
        }
        let mut ordered = Vec::with_capacity(above.len());
        while let Some(name) = roots.pop() {
            ordered.push(name.clone());
            roots.extend(below.remove(name).unwrap_or_default());
        }
        Ok(ordered)
    }

    /// What a class declares itself.
    pub(crate) fn class(&self, name: &Name) -> Result<Class, Failure> {
        let class = self.session.get_class(&self.context, name.as_str(), ClassForm::Local);
        class.map_err(|error| failed(&error))
    }

    /// The indexes that somebody asked for.
    pub(crate) fn indexes(&self) -> Result<Vec<IndexInfo>, Failure> {
        let mut all = self.session.indexes(&self.context).map_err(|error| failed(&error))?;
        all.retain(|index| !index.declared);
        Ok(all)
    }

    /// The names of all classes, the system's too, which may have instances.
    pub(crate) fn all_class_names(&self) -> Result<Vec<Name>, Failure> {
        let names = self.session.class_names(&self.context, None, Depth::Deep);
        let mut names = names.map_err(|error| failed(&error))?;
        names.sort();
        Ok(names)
    }

    /// How many instances there are.
    pub(crate) fn count_instances(&self) -> Result<usize, Failure> {
        let mut count = 0_usize;
        for class in self.all_class_names()? {
            let found =
                self.session.enumerate_instances(&self.context, class.as_str(), Depth::Shallow);
            let rows = found.and_then(|result| result.count()).map_err(|error| failed(&error))?;
            count = count.saturating_add(rows);
        }
        Ok(count)
    }

    /// Every instance, class by class, in the order in which they lie.
    pub(crate) fn instances<E: From<Failure>>(
        &self,
        mut take: impl FnMut(&Instance) -> Result<(), E>,
    ) -> Result<(), E> {
        for class in self.all_class_names()? {
            let result = self
                .session
                .enumerate_instances(&self.context, class.as_str(), Depth::Shallow)
                .map_err(|error| failed(&error))?;
            let rows = result.rows().map(|row| row.map(Row::to_instance));
            if NAMESPACES.iter().any(|name| class.is(name)) {
                let mut rows: Vec<Instance> =
                    rows.collect::<Result<_, _>>().map_err(|error| failed(&error))?;
                rows.sort_by_cached_key(|instance| instance.path.as_ref().map(ToString::to_string));
                rows.iter().try_for_each(&mut take)?;
            } else {
                for row in rows {
                    take(&row.map_err(|error| failed(&error))?)?;
                }
            }
        }
        Ok(())
    }
}
