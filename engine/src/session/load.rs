//! Loading an archive as one commit.

use super::migrate::{delete, move_rows};
use super::namespaces::{namespace_of, populate};
use super::write::{Desk, Put};
use super::{Operation, PutMode, Session, Update};
use crate::check::Checker;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::{Namespace, NamespaceWriter};
use crate::refused::{Refusals, Refused, Subject};
use crate::schema::install::{Installed, install};
use crate::schema::update::Policy;
use crate::schema::update::refused_change;
use crate::store::Transaction;
use cimarron_model::{Dialect, Name};
use cimarron_mof::{Changes, Existence};
use cimarron_schema::{Archive, SchemaView};
use std::sync::Arc;

/// How many instances are created between two looks at deadline and cancel token.
const INSTANCES_PER_CHECK: usize = 1024;

/// What loading an archive did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// Classes that are new or were redefined.
    pub classes: usize,
    /// Classes that were there already, and the same.
    pub unchanged: usize,
    /// Qualifier types that are new or were redefined.
    pub qualifier_types: usize,
    /// Instances created or updated.
    pub instances: usize,
}

/// One of our namespaces, and the numbers of those of an archive that go there.
type Assignment = (Arc<Namespace>, Vec<usize>);

/// Where an archive's namespaces go.
#[derive(Clone, Copy)]
enum Placement {
    /// To the session's namespace.
    Here,
    /// To those of the same names.
    ByName,
}

/// Whether neither declarations nor instances nor deletions are for a namespace.
fn is_idle(content: SchemaView<'_>, changes: &Changes) -> bool {
    content.classes().next().is_none()
        && content.qualifier_types().next().is_none()
        && content.instances().next().is_none()
        && !changes.deletions.iter().any(|deletion| deletion.namespace.is(content.name()))
}

impl Session {
    /// Loads an archive: all of it or, on an error, nothing.
    ///
    /// An archive of one namespace goes to the session's namespace, whatever it
    /// calls its own. One of several goes to the namespaces it names; those that
    /// are not there are created, in the session's dialect.
    ///
    /// A class that is there already stays when it is the same; else it is
    /// redefined, which needs it to have no instances and no subclasses outside
    /// the archive. An instance that is there already is replaced in `Wmi`, as
    /// `mofcomp` does, and an error in `Dmtf`.
    ///
    /// # Errors
    /// When a class cannot be redefined, a superclass is missing or differs from
    /// the one the archive was compiled with, or an instance is refused.
    pub fn load_archive(
        &self,
        context: &CallContext,
        archive: &Arc<Archive>,
    ) -> Result<Loaded, EngineError> {
        self.enter(context, Operation::WriteSchema, "")?;
        let placement = match archive.namespaces().len() {
            1 => Placement::Here,
            _ => Placement::ByName,
        };
        let changes = Changes::default();
        let refused = Refusals::keeping(1, &changes);
        self.load(context, (archive, &changes), placement, refused).map_err(Refused::first)
    }

    /// Loads an archive whose namespaces go where their names say, and does what its text
    /// asks for beside. Of what is refused the first `most` are told.
    pub(crate) fn load_by_name(
        &self,
        context: &CallContext,
        archive: &Arc<Archive>,
        changes: &Changes,
        most: usize,
    ) -> Result<Loaded, Refused> {
        let refused = Refusals::keeping(most, changes);
        self.load(context, (archive, changes), Placement::ByName, refused)
    }

    fn load(
        &self,
        context: &CallContext,
        (archive, changes): (&Arc<Archive>, &Changes),
        placement: Placement,
        mut refused: Refusals<'_>,
    ) -> Result<Loaded, Refused> {
        let mut transaction = Transaction::begin(self.repository().commits())?;
        self.delete_namespaces_of(&mut transaction, &changes.deletions)?;
        let targets = self.targets(&mut transaction, (archive, changes), placement)?;
        if targets.len() > 1 {
            refused.name_namespaces();
        }
        let mut loaded = Loaded::default();
        for (namespace, numbers) in &targets {
            let mut writer = NamespaceWriter::new(namespace, &mut transaction);
            let what = (archive, changes);
            let outcome = (&mut loaded, &mut refused);
            let spaces = self.load_one(context, what, &mut writer, numbers, outcome)?;
            // The next namespace is only judged when something is refused in this one.
            for name in spaces.into_iter().filter(|_| refused.count() == 0) {
                self.repository().create_in(&mut transaction, &name, namespace.dialect)?;
            }
        }
        refused.unless_any()?;
        for (namespace, _) in &targets {
            populate(self.repository(), &mut transaction, namespace)?;
        }
        transaction.commit(&self.caller)?;
        Ok(loaded)
    }

    /// Which of the archive's namespaces go where, in name order. Those that are not there
    /// are created, unless there is nothing to do in them.
    fn targets<'r>(
        &'r self,
        transaction: &mut Transaction<'r>,
        (archive, changes): (&Arc<Archive>, &Changes),
        placement: Placement,
    ) -> Result<Vec<Assignment>, EngineError> {
        let repository = self.repository();
        let mut targets: Vec<Assignment> = Vec::new();
        for (number, content) in archive.namespaces().enumerate() {
            let target = match placement {
                Placement::Here if self.namespace.is_current() => Some(self.namespace.clone()),
                Placement::Here => None,
                Placement::ByName => {
                    let name = repository.legal(content.name())?;
                    if repository.current(&name).is_none() && is_idle(content, changes) {
                        continue;
                    }
                    repository.create_in(transaction, &name, self.dialect())?;
                    repository.current(&name)
                }
            };
            let Some(target) = target else {
                return Err(EngineError::NoSuchNamespace { name: self.namespace.name.clone() });
            };
            match targets.iter_mut().find(|(t, _)| Arc::ptr_eq(t, &target)) {
                Some((_, numbers)) => numbers.push(number),
                None => targets.push((target, vec![number])),
            }
        }
        targets.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        Ok(targets)
    }

    /// Loads some of the archive's namespaces into one of ours; the namespaces for which
    /// instances stand. Instances are not judged where classes are refused: they would be
    /// judged by the wrong ones.
    fn load_one(
        &self,
        context: &CallContext,
        (archive, changes): (&Arc<Archive>, &Changes),
        writer: &mut NamespaceWriter<'_, '_, '_>,
        numbers: &[usize],
        (loaded, refused): (&mut Loaded, &mut Refusals<'_>),
    ) -> Result<Vec<Name>, EngineError> {
        let mut spaces = Vec::new();
        let before = refused.count();
        for number in numbers {
            let Some(content) = archive.namespaces().nth(*number) else { continue };
            let name = content.name();
            let deletions = changes.deletions.iter().filter(|d| d.namespace.is(name));
            delete(writer, deletions)?;
            let root = writer.root();
            let policy = Policy {
                dialect: writer.namespace.dialect,
                flags: &|class| changes.class(name, class),
                has_instances: &|id| root.has_instances(id),
            };
            let installed = install(&root.schema, archive, *number, policy, refused)?;
            let Installed { schema: next, changed, unchanged, qualifier_types, moved } = installed;
            if !Arc::ptr_eq(&root.schema, &next) {
                let is_trial = refused.count() > before;
                for (class, error) in move_rows(self, writer, &next, &moved, is_trial)? {
                    refused.push(refused_change((&class, error), &root.schema, content));
                }
            }
            if refused.count() > before {
                break;
            }
            let root = writer.root();
            loaded.classes += changed;
            loaded.unchanged += unchanged;
            loaded.qualifier_types += qualifier_types;
            let namespace = writer.namespace;
            let checker = Checker {
                schema: &root.schema,
                dialect: namespace.dialect,
                location: &namespace.location,
                limits: self.repository().limits(),
            };
            let mode = |n| match (namespace.dialect, changes.instance(name, n)) {
                (Dialect::Dmtf, _) | (_, Existence::CreateOnly) => PutMode::CreateOnly,
                (Dialect::Wmi, Existence::UpdateOnly) => PutMode::UpdateOnly,
                (Dialect::Wmi, Existence::CreateOrUpdate) => PutMode::CreateOrUpdate,
            };
            for (n, instance) in content.instances().enumerate() {
                if n % INSTANCES_PER_CHECK == 0 {
                    context.check(&**self.repository().clock())?;
                }
                let (how, mut desk) = ((mode(n), &Update::Whole), Desk::default());
                let put = Put::prepare(checker, &instance, how, &mut desk);
                let done = put.and_then(|put| put.apply(namespace, &root, writer.transaction));
                match done.and_then(|_| namespace_of(namespace, &instance)) {
                    Ok(space) => spaces.extend(space),
                    Err(error) => refused.push(Subject::Instance(n).refused(name, error)),
                }
                loaded.instances += 1;
            }
        }
        Ok(spaces)
    }
}
