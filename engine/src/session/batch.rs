//! Several writes as one commit.

use super::instances::modify_row;
use super::path::BoundPath;
use super::run::Runs;
use super::write::{Desk, Put, delete_row};
use super::{Operation, PutMode, Session, Update};
use crate::check::Checker;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::store::{Root, Seen, Transaction};
use cimarron_model::{Instance, Name, ObjectPath};

/// Writes to the instances of a namespace that take effect together or not at all.
///
/// Each sees what the ones before it did. Nothing is looked at before
/// [`WriteBatch::commit`].
///
/// ```
/// use cimarron_engine::{CallContext, Repository, Update};
/// use cimarron_model::{Dialect, Instance, ObjectPath};
/// # let repository = Repository::new();
/// # repository.create_namespace("root/bank", Dialect::Wmi)?;
/// # let session = repository.session("root/bank")?;
/// # let context = CallContext::new();
/// # session.compile_mof_text(&context, "a.mof", "class X_Account { [key] string Id; sint64 Money; };")?;
/// session
///     .batch()
///     .create(Instance::new("X_Account").with("Id", "a").with("Money", 70_i64))
///     .create(Instance::new("X_Account").with("Id", "b").with("Money", 30_i64))
///     .commit(&context)?;
/// let path = |id| ObjectPath::parse(&format!("X_Account.Id=\"{id}\"")).expect("a path");
/// let money = |n: i64| Instance::new("X_Account").with("Money", n);
/// // One of the two is not there: neither is changed.
/// let refused = session
///     .batch()
///     .modify(path("a"), money(60), Update::Given)
///     .modify(path("c"), money(40), Update::Given)
///     .commit(&context);
/// assert!(refused.is_err());
/// assert_eq!(session.query(&context, "SELECT * FROM X_Account WHERE Money = 70")?.count()?, 1);
/// # Ok::<(), cimarron_engine::EngineError>(())
/// ```
#[derive(Clone, Debug)]
pub struct WriteBatch {
    session: Session,
    writes: Vec<Write>,
}

#[derive(Clone, Debug)]
enum Write {
    Put(Instance, PutMode, Update),
    Modify(ObjectPath, Instance, Update),
    Delete(ObjectPath),
}

/// How many writes are done between two looks at deadline and cancel token.
const WRITES_PER_CHECK: usize = 256;

impl Session {
    /// Begins to collect writes for one commit.
    pub fn batch(&self) -> WriteBatch {
        WriteBatch { session: self.clone(), writes: Vec::new() }
    }
}

impl WriteBatch {
    /// Creates an instance; see [`Session::create_instance`].
    #[must_use]
    #[inline]
    pub fn create(self, instance: Instance) -> Self {
        self.put(instance, PutMode::CreateOnly, Update::Whole)
    }

    /// Creates or changes an instance; see [`Session::put_instance`].
    #[must_use]
    #[inline]
    pub fn put(mut self, instance: Instance, mode: PutMode, update: Update) -> Self {
        self.writes.push(Write::Put(instance, mode, update));
        self
    }

    /// Changes an instance; see [`Session::modify_instance`].
    #[must_use]
    pub fn modify(mut self, path: ObjectPath, instance: Instance, update: Update) -> Self {
        self.writes.push(Write::Modify(path, instance, update));
        self
    }

    /// Deletes an instance; see [`Session::delete_instance`].
    #[must_use]
    pub fn delete(mut self, path: ObjectPath) -> Self {
        self.writes.push(Write::Delete(path));
        self
    }

    /// How many writes there are.
    pub const fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Does all of it in one commit; the paths of the instances within the namespace, one
    /// a write.
    ///
    /// # Errors
    /// As the operations by themselves. Nothing was changed then.
    pub fn commit(&self, context: &CallContext) -> Result<Vec<ObjectPath>, EngineError> {
        let session = &self.session;
        let mut entered = None;
        for class in self.writes.iter().map(Write::class) {
            // Mostly that of the write before.
            if entered.replace(class) != Some(class) {
                session.enter(context, Operation::WriteInstances, class)?;
            }
        }
        let namespace = session.enter(context, Operation::WriteInstances, "")?;
        let mut transaction = namespace.begin()?;
        let root = transaction.root(&namespace.store);
        let checker = session.checker(&root.schema);
        let mut paths = Vec::with_capacity(self.writes.len());
        let (mut desk, mut runs) = (Desk::default(), Runs::new(checker));
        for writes in self.writes.chunks(WRITES_PER_CHECK) {
            context.check(&**session.repository().clock())?;
            let place = (namespace, &*root);
            let mut left = writes;
            while let Some((write, behind)) = left.split_first() {
                let new = left.iter().map_while(Write::new_instance);
                let run = runs.create(place, &mut transaction, new, &mut paths)?;
                if run > 0 {
                    left = left.get(run..).unwrap_or_default();
                    continue;
                }
                left = behind;
                paths.push(write.apply(checker, place, &mut transaction, &mut desk)?);
                match write {
                    Write::Put(instance, ..) => {
                        session.create_namespace_of(&mut transaction, instance)?;
                    }
                    Write::Delete(path) => session.delete_namespace_of(&mut transaction, path)?,
                    Write::Modify(..) => {}
                }
            }
        }
        transaction.commit(&session.caller)?;
        Ok(paths)
    }
}

impl Write {
    fn class(&self) -> &str {
        match self {
            Self::Put(instance, ..) => instance.class.as_str(),
            Self::Modify(path, ..) | Self::Delete(path) => {
                path.class.as_ref().map_or("", Name::as_str)
            }
        }
    }

    /// The instance, when it is to be a new one.
    const fn new_instance(&self) -> Option<&Instance> {
        match self {
            Self::Put(instance, PutMode::CreateOnly, _) => Some(instance),
            _ => None,
        }
    }

    fn apply<'a>(
        &'a self,
        checker: Checker<'a>,
        (namespace, root): (&Namespace, &Root),
        transaction: &mut Transaction<'_>,
        desk: &mut Desk<'a>,
    ) -> Result<ObjectPath, EngineError> {
        let find = |path: &ObjectPath| {
            let bound = BoundPath::bind(&root.schema, &namespace.location, path)?;
            let found = bound.locate(namespace, root, Seen::Current);
            found.ok_or_else(|| EngineError::InstanceNotFound { path: Box::new(path.clone()) })
        };
        match self {
            Self::Put(instance, mode, update) => {
                let put = Put::prepare(checker, instance, (*mode, update), desk)?;
                put.apply(namespace, root, transaction)
            }
            Self::Modify(path, instance, update) => {
                let found = find(path)?;
                modify_row(checker, (namespace, root), transaction, &found, (instance, update))?;
                Ok(path.clone())
            }
            Self::Delete(path) => {
                delete_row(namespace, root, transaction, &find(path)?);
                Ok(path.clone())
            }
        }
    }
}
