//! The fast door for many instances of one class.
//!
//! Names are resolved once. After that each row is converted, checked and put into
//! columns of its own, which nobody else sees and no lock guards. A commit then
//! hands those columns over as they are; what is left to do for each row is to see
//! that its key is free and to enter it in the index.

use super::incoming::{Keys, add_columns, add_rows, joins_nothing};
use super::write::check_free;
use super::{Operation, Session};
use crate::check::{self, Cells, PlainRow, Plan};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::{Namespace, class};
use crate::schema::{Layout, Schema};
use crate::store::{
    Arrangement, CAPACITY, Chunk, Column, Columns, Given, KnownKeys, Root, Table, Transaction,
};
use crate::view::ValueView;
use cimarron_model::{ClassVersion, Name};
use std::sync::Arc;

/// From how many rows on columns join the store as they are; fewer are copied to the
/// chunk that the class is filling.
const ADOPTED: usize = CAPACITY / 4;

/// Creates instances of one class from values in a fixed order, all in one commit.
///
/// It belongs to the class version it was made for: once the class is redefined,
/// commits fail with [`EngineError::ClassChanged`]. Rows that were not committed are
/// gone with it. After a small commit it keeps the memory of its columns for the next, some
/// 30 kB a property; whoever is done for a while drops it and asks for another.
///
/// Where the class has an ordered index, thousands of rows of one commit are laid out in its
/// order, up to 4,096 at a time. What is told of the commit goes by the order in which they were given.
///
/// ```
/// use cimarron_engine::{CallContext, Repository, ValueView};
/// # use cimarron_model::Dialect;
/// # let repository = Repository::new();
/// # repository.create_namespace("root/cimv2", Dialect::Wmi)?;
/// # let session = repository.session("root/cimv2")?;
/// # let context = CallContext::new();
/// # session.compile_mof_text(&context, "fan.mof", "class X_Fan { [key] string Id; uint32 Speed; };")?;
/// let mut inserter = session.inserter(&context, "X_Fan", &["Id", "Speed"])?;
/// for speed in 0..1000 {
///     let id = format!("fan {speed}");
///     inserter.insert(&[ValueView::String(&id), ValueView::UInt32(speed)])?;
/// }
/// assert_eq!(inserter.commit(&context)?, 1000);
/// # Ok::<(), cimarron_engine::EngineError>(())
/// ```
#[derive(Debug)]
pub struct Inserter {
    session: Session,
    schema: Arc<Schema>,
    version: ClassVersion,
    layout: Arc<Layout>,
    /// What becomes of the values of a row.
    plan: Plan,
    /// How many they are.
    values: usize,
    full: Vec<Finished>,
    open: Staged,
}

/// Rows in columns that are still being added to.
#[derive(Debug, Default)]
struct Staged {
    columns: Vec<Column>,
    hashes: Vec<u64>,
    text_bytes: usize,
}

/// Rows that nothing is added to any more.
#[derive(Debug)]
struct Finished {
    /// By slot.
    columns: Columns,
    /// Of the key of each row.
    hashes: Vec<u64>,
    given: Given,
}

impl Staged {
    fn new(layout: &Layout) -> Self {
        let columns = layout.slots.iter().map(|_| Column::default()).collect();
        Self { columns, hashes: Vec::new(), text_bytes: 0 }
    }

    /// Sets a value of the next row.
    #[inline(always)]
    fn set(&mut self, slot: u32, value: ValueView<'_>) {
        let row = self.hashes.len();
        if let Some(column) = self.columns.get_mut(slot as usize) {
            column.set_at_end(row, value);
        }
    }

    /// The next row has all its values, and so many bytes of text.
    #[inline]
    fn finish_row(&mut self, hash: u64, text: usize) {
        self.text_bytes += text;
        self.hashes.push(hash);
    }

    /// Adds a row whose values are taken as they are.
    #[inline]
    fn push_plain(&mut self, hash: u64, row: &PlainRow<'_>) {
        for (slot, value) in row.given() {
            self.set(slot, *value);
        }
        for (slot, value) in row.defaults() {
            self.set(slot, value);
        }
        self.finish_row(hash, row.text);
    }

    /// Adds a row.
    fn push(&mut self, hash: u64, cells: &Cells<'_>) {
        let text = check::views(cells).filter_map(|(_, value)| value.as_str());
        let text = text.map(str::len).sum();
        for (slot, value) in check::views(cells) {
            self.set(slot, value);
        }
        self.finish_row(hash, text);
    }

    /// Forgets all rows and keeps their memory, unless that is a lot.
    fn clear(&mut self) {
        let keeps = self.text_bytes <= TEXT_KEPT;
        self.columns
            .iter_mut()
            .for_each(|column| if keeps { column.clear() } else { *column = Column::default() });
        self.hashes.clear();
        self.text_bytes = 0;
    }

    fn is_full(&self) -> bool {
        self.hashes.len() >= CAPACITY || self.text_bytes >= TEXT_FULL
    }

    /// Lays the rows out, and finishes their columns.
    fn finish(self, arrangement: Option<Arrangement>) -> Finished {
        let Self { mut columns, mut hashes, .. } = self;
        let mut given = Given::as_they_lie(0..hashes.len());
        if let Some(order) = arrangement.and_then(|by| by.order(&columns, hashes.len())) {
            given = Given::in_order(&order);
            columns = columns.into_iter().map(|column| column.arranged(&order)).collect();
            let hash = |row: &u16| hashes.get(usize::from(*row)).copied();
            hashes = order.iter().filter_map(hash).collect();
        }
        let columns = columns.into_iter().map(|c| c.seal().map(Arc::new)).collect();
        Finished { columns, hashes, given }
    }
}

/// How much text staged rows hold before their columns are finished.
const TEXT_FULL: usize = 1 << 28;

/// Of how much text the memory is kept for the next commit.
const TEXT_KEPT: usize = 1 << 20;

impl Session {
    /// Prepares to create instances of a class from values of these properties.
    ///
    /// # Errors
    /// When the class is unknown, abstract or keyless, or a property is unknown
    /// or named twice.
    pub fn inserter(
        &self,
        context: &CallContext,
        class_name: &str,
        properties: &[&str],
    ) -> Result<Inserter, EngineError> {
        let namespace = self.enter(context, Operation::WriteInstances, class_name)?;
        let schema = namespace.schema();
        let class = class(&schema, class_name)?;
        self.checker(&schema).instantiable(class)?;
        let layout = class.layout();
        let mut slots: Vec<u32> = Vec::with_capacity(properties.len());
        for property in properties {
            let name = Name::new(property);
            let slot = check::slot_of(layout, &name, 0)?;
            if slots.contains(&slot) {
                return Err(EngineError::DuplicateProperty { property: name });
            }
            slots.push(slot);
        }
        Ok(Inserter {
            session: self.clone(),
            version: class.def().version,
            layout: layout.clone(),
            plan: self.checker(&schema).plan(layout, &slots)?,
            values: slots.len(),
            full: Vec::new(),
            open: Staged::new(layout),
            schema: schema.clone(),
        })
    }
}

impl Inserter {
    /// Adds an instance to the next commit: one value a property, in the order given to
    /// [`Session::inserter`]. [`ValueView::Null`] is NULL; properties that were not
    /// listed get their defaults.
    ///
    /// # Errors
    /// When the number of values is wrong, or a property does not take its value. The
    /// rows that were added before stay.
    pub fn insert(&mut self, values: &[ValueView<'_>]) -> Result<(), EngineError> {
        if values.len() != self.values {
            return Err(EngineError::ValueCount { values: values.len(), properties: self.values });
        }
        let rules = self.session.namespace.store.rules();
        match self.session.checker(&self.schema).plain_row(&self.plan, values) {
            Some(row) => {
                let hash = rules.hash(row.keys());
                self.open.push_plain(hash, &row);
            }
            None => self.insert_converted(values)?,
        }
        if self.open.is_full() {
            self.finish();
        }
        Ok(())
    }

    /// Takes no more rows into the columns that are added to. What is done to many rows is done
    /// here and not while others wait to write.
    fn finish(&mut self) {
        let staged = std::mem::replace(&mut self.open, Staged::new(&self.layout));
        let root = self.session.namespace.store.newest_root();
        let table = root.table(self.layout.id);
        // Associations are joined one by one, and nobody reads ranges of them.
        let table = table.filter(|_| self.layout.references.is_empty());
        let arrangement = table.and_then(|table| table.arrangement(&self.layout));
        self.full.push(staged.finish(arrangement));
    }

    /// Adds a row of which some values are to be looked at.
    fn insert_converted(&mut self, values: &[ValueView<'_>]) -> Result<(), EngineError> {
        let (layout, mut cells) = (&self.layout, Cells::new());
        self.session.checker(&self.schema).row(layout, &self.plan, values, &mut cells)?;
        let keys = check::keys(layout, &cells);
        let hash = self.session.namespace.store.rules().hash(keys.into_iter());
        self.open.push(hash, &cells);
        Ok(())
    }

    /// Creates the instances that were added since the last commit, all or none of
    /// them; how many they were.
    ///
    /// # Errors
    /// When a key is taken, the class was redefined, or the call is cancelled or late.
    /// The rows stay to be committed again, or given up with [`Inserter::discard`].
    pub fn commit(&mut self, context: &CallContext) -> Result<usize, EngineError> {
        if self.open.hashes.len() >= ADOPTED {
            self.finish();
        }
        let name = self.layout.class.as_str();
        let namespace = self.session.enter(context, Operation::WriteInstances, name)?;
        let mut transaction = namespace.begin()?;
        let root = transaction.root(&namespace.store);
        let class = root.schema.by_id(self.layout.id);
        let Some(class) = class.filter(|c| c.def().version == self.version) else {
            return Err(EngineError::ClassChanged { class: self.layout.class.clone() });
        };
        let open = self.open.hashes.len();
        let total = self.full.iter().map(|full| full.hashes.len()).sum::<usize>() + open;
        let layout = class.layout();
        let table = root.table(layout.id);
        let table =
            table.ok_or_else(|| EngineError::ClassChanged { class: layout.class.clone() })?;
        if total >= ADOPTED {
            transaction.reserve(&namespace.store, table, total);
        }
        let check =
            |hash, keys: &[ValueView<'_>]| check_free(namespace, &root, class, (hash, keys));
        for finished in &self.full {
            context.check(&**self.session.repository.clock())?;
            add(namespace, &root, &mut transaction, (layout, table), finished, check)?;
        }
        transaction.enter_adopted();
        context.check(&**self.session.repository.clock())?;
        let few = (self.open.columns.as_slice(), self.open.hashes.as_slice());
        let mut known = KnownKeys::of(&root, class.key_root());
        let check = |hash, keys: &[ValueView<'_>]| known.check(hash, || check(hash, keys));
        add_columns(namespace, &root, &mut transaction, (layout, table), few, check)?;
        transaction.commit(&self.session.caller)?;
        self.full.clear();
        self.open.clear();
        Ok(total)
    }

    /// Gives up the rows that were not committed.
    pub fn discard(&mut self) {
        self.full.clear();
        self.open.clear();
    }
}

/// Adds finished columns to a transaction.
fn add(
    namespace: &Namespace,
    root: &Root,
    transaction: &mut Transaction<'_>,
    (layout, table): (&Arc<Layout>, &Arc<Table>),
    Finished { columns, hashes, given }: &Finished,
    check: impl Fn(u64, &[ValueView<'_>]) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    if hashes.len() >= ADOPTED && joins_nothing(namespace, root, layout) {
        let is_free =
            |chunk: &Chunk, row, hash| check(hash, &chunk.keys(row).collect::<Keys<'_>>());
        let rows = (columns.clone(), hashes.as_slice(), given);
        return transaction.adopt(&namespace.store, table, layout, rows, is_free);
    }
    let rows: Vec<usize> = given.rows().collect();
    let value = |nth: usize, slot: u32| {
        let column = columns.get(slot as usize).and_then(Option::as_ref).zip(rows.get(nth));
        column.map_or(ValueView::Null, |(column, row)| column.get(*row))
    };
    let hashes: Vec<u64> = rows.iter().filter_map(|row| hashes.get(*row).copied()).collect();
    add_rows(namespace, root, transaction, (layout, table), (value, &hashes), check)
}
