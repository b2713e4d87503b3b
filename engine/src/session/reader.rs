//! The fast door to single instances of one class.
//!
//! The class and its index are looked up once; after that a get hashes the key, probes
//! the index and looks at one row. It takes no lock, and what it gives is not copied.

use super::{Operation, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::class;
use crate::schema::{ClassId, Layout};
use crate::store::{Chunk, Found, Look, Near, Root, Seen};
use crate::stored::StoredInstance;
use crate::view::ValueView;
use cimarron_model::Dialect;
use std::sync::Arc;

/// Reads instances of a class by key.
///
/// ```
/// use cimarron_engine::{CallContext, Repository, ValueView};
/// # use cimarron_model::{Dialect, Instance};
/// # let repository = Repository::new();
/// # repository.create_namespace("root/cimv2", Dialect::Wmi)?;
/// # let session = repository.session("root/cimv2")?;
/// # let context = CallContext::new();
/// # session.compile_mof_text(&context, "a.mof", "class X_Fan { [key] string Id; uint32 Speed; };")?;
/// # session.create_instance(&context, &Instance::new("X_Fan").with("Id", "f1").with("Speed", 9_u32))?;
/// let fans = session.reader(&context, "X_Fan")?;
/// let speed = fans.slot("Speed").expect("a property");
/// let fan = fans.get(&context, &[ValueView::String("F1")])?.expect("it is there");
/// assert_eq!(fan.value(speed).as_integer(), Some(9));
/// let read = fans.read(&context, &[ValueView::String("F1")], speed, |value| value.as_integer())?;
/// assert_eq!(read, Some(Some(9)));
/// # Ok::<(), cimarron_engine::EngineError>(())
/// ```
///
/// A reader keeps what it needs again. Threads that share one get in each other's way, which
/// costs them time and nothing else; better is a clone for each.
#[derive(Debug)]
pub struct Reader {
    session: Session,
    class: ClassId,
    layout: Arc<Layout>,
    key_root: ClassId,
    near: Arc<Near>,
}

impl Clone for Reader {
    /// What is kept is each one's own.
    fn clone(&self) -> Self {
        let Self { session, class, layout, key_root, .. } = self;
        let near = session.namespace.near(*key_root);
        let (session, layout) = (session.clone(), layout.clone());
        Self { session, class: *class, layout, key_root: *key_root, near }
    }
}

impl Session {
    /// Prepares to read instances of a class by key.
    ///
    /// # Errors
    /// When the class is unknown or has no key.
    pub fn reader(&self, context: &CallContext, class_name: &str) -> Result<Reader, EngineError> {
        let schema = self.read(context, Operation::ReadInstances, class_name)?.schema();
        let class = class(&schema, class_name)?;
        let name = || class.name().clone();
        let key_root = class.key_root().ok_or_else(|| EngineError::NoKey { class: name() })?;
        let layout = class.layout().clone();
        let near = self.namespace.near(key_root);
        Ok(Reader { session: self.clone(), class: class.def().id, layout, key_root, near })
    }
}

impl Reader {
    /// The slot of a property, for [`StoredInstance::value`]. It holds for instances of
    /// the class and of those below it, until the class is redefined.
    pub fn slot(&self, property: &str) -> Option<usize> {
        self.layout.find(property).map(|(slot, _)| slot as usize)
    }

    /// The instance with this key: one value a key property, in declaration order, each of
    /// its property's type. In `Wmi` it may be of a class below the reader's. `None` when
    /// there is none.
    ///
    /// # Errors
    /// When the number of values is wrong, the namespace was deleted, or the call is
    /// cancelled or late.
    #[inline]
    pub fn get(
        &self,
        context: &CallContext,
        keys: &[ValueView<'_>],
    ) -> Result<Option<StoredInstance>, EngineError> {
        let hash = self.enter(context, keys)?;
        // Whoever takes the whole instance reads more than one of its values, which lie in memory
        // that is far away: asked for at once, they come in about the time of one.
        let take = |chunk: &Arc<Chunk>, row| Found { chunk: chunk.clone(), row };
        match self.look_near((hash, keys), Chunk::expect_all, take) {
            Look::Found(found) => return Ok(Some(StoredInstance::new(found))),
            Look::Missing => return Ok(None),
            Look::Elsewhere => {}
        }
        let store = &self.session.namespace.store;
        let find = |root: &Root, seen: Seen| {
            let accept = |id: ClassId| id == self.class || self.is_below(root, id);
            Ok(store.find(root, self.key_root, (hash, keys), seen, accept))
        };
        let found = self.session.reading().look(find)?;
        Ok(found.map(StoredInstance::new))
    }

    /// Reads one property of the instance with this key, by its slot: the value is only
    /// looked at, and nothing is kept. `None` when there is no such instance.
    ///
    /// `read` may be called more than once.
    ///
    /// # Errors
    /// As [`Reader::get`].
    #[inline]
    pub fn read<T>(
        &self,
        context: &CallContext,
        keys: &[ValueView<'_>],
        slot: usize,
        read: impl Fn(ValueView<'_>) -> T,
    ) -> Result<Option<T>, EngineError> {
        let hash = self.enter(context, keys)?;
        let slot = u32::try_from(slot).unwrap_or(u32::MAX);
        let take = |chunk: &Arc<Chunk>, row| read(chunk.value(row, slot));
        match self.look_near((hash, keys), |_, _| {}, take) {
            Look::Found(value) => return Ok(Some(value)),
            Look::Missing => return Ok(None),
            Look::Elsewhere => {}
        }
        let store = &self.session.namespace.store;
        self.session.reading().look(|root: &Root, seen: Seen| {
            let accept = |id: ClassId| id == self.class || self.is_below(root, id);
            Ok(store.read_value(root, self.key_root, (hash, keys), seen, accept, (slot, &read)))
        })
    }

    /// Looks for a row with the help of what is kept.
    #[inline]
    fn look_near<T>(
        &self,
        key: (u64, &[ValueView<'_>]),
        come: impl Fn(&Chunk, usize),
        take: impl Fn(&Arc<Chunk>, usize) -> T,
    ) -> Look<T> {
        if self.session.pinned.is_some() {
            return Look::Elsewhere;
        }
        let accept = |root: &Root, id: ClassId| id == self.class || self.is_below(root, id);
        self.session.namespace.look_near(&self.near, key, (|_: &Root| true, accept), come, take)
    }

    /// Checks the call; the hash of the key.
    #[inline]
    fn enter(&self, context: &CallContext, keys: &[ValueView<'_>]) -> Result<u64, EngineError> {
        let class = self.layout.class.as_str();
        self.session.check_entry(context, Operation::ReadInstances, class)?;
        let properties = self.layout.keys.len();
        if keys.len() != properties {
            return Err(EngineError::ValueCount { values: keys.len(), properties });
        }
        let rules = self.session.namespace.store.rules();
        Ok(match keys {
            [key] => rules.hash_one(*key),
            keys => rules.hash(keys.iter().copied()),
        })
    }

    fn is_below(&self, root: &Root, id: ClassId) -> bool {
        let schema = &root.schema;
        self.session.dialect() == Dialect::Wmi
            && schema
                .by_id(id)
                .zip(schema.by_id(self.class))
                .is_some_and(|(own, asked)| own.is_a(asked))
    }
}
