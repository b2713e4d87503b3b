//! What commits changed, as the log keeps it.
//!
//! An entry of the log is one record or several, one behind the other: the number of the commit,
//! who did it, and its changes in their order. A change begins with a byte that says what it is.
//! Rows go by the identity of their class and hold their values by slot, so that neither a name
//! is written with them nor looked up; namespaces and archives stand before the changes that
//! need them.

use super::schema::{ArchiveHash, changed_classes, put_change};
use crate::codec::{
    put_bool, put_bytes, put_cells, put_columns, put_count, put_name, put_row_qualifiers, put_text,
    put_u32, put_u64, put_view,
};
use crate::schema::{ClassId, Schema};
use crate::store::{Chunk, Found, Given, Record, Recorded, image};
use crate::view::ValueView;
use cimarron_model::{Dialect, Name};
use rkyv::util::AlignedVec;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// What a change is. The numbers are part of the format and never given again.
pub(super) mod kind {
    /// The namespace of the changes behind it.
    pub(crate) const WITHIN: u8 = 1;
    /// An archive that classes behind it lie in.
    pub(crate) const ARCHIVE: u8 = 2;
    pub(crate) const INSERT: u8 = 3;
    pub(crate) const REPLACE: u8 = 4;
    pub(crate) const DELETE: u8 = 5;
    pub(crate) const CHUNK: u8 = 6;
    pub(crate) const SCHEMA: u8 = 7;
    pub(crate) const TAKEN: u8 = 8;
    pub(crate) const INDEX: u8 = 9;
    pub(crate) const NAMESPACE: u8 = 10;
    pub(crate) const NO_NAMESPACE: u8 = 11;
    /// When the commit was: 100 ns since 1601 in UTC.
    pub(crate) const TIME: u8 = 12;
    /// The next row goes or comes because its class changed, and is the same instance.
    pub(crate) const MOVED: u8 = 13;
    /// Rows of one class, column by column; in logs from format 3 on.
    pub(crate) const ROWS: u8 = 14;
    /// A chunk whose rows lie in another order than they were given in: which, stands behind
    /// its image; in logs from format 4 on.
    pub(crate) const LAID_OUT: u8 = 15;
    /// The record is over.
    pub(crate) const END: u8 = 0;
}

/// Writes records as bytes.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: Vec<u8>,
    /// The archives that whoever reads this has.
    known: FxHashSet<ArchiveHash>,
    image: AlignedVec<16>,
    /// The format of the log that this is written for.
    format: u32,
}

/// The first format of logs that has [`kind::ROWS`].
pub(super) const ROWS_SINCE: u32 = 3;

/// The first format of logs that has [`kind::LAID_OUT`].
pub(super) const LAID_OUT_SINCE: u32 = 4;

impl Writer {
    /// Begins anew, with a reader that has these archives.
    pub(super) fn knowing(known: FxHashSet<ArchiveHash>) -> Self {
        Self { known, ..Self::default() }
    }

    /// What was written since it was asked last.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.out
    }

    /// Forgets what was written, and not what the reader knows by it.
    pub(super) fn clear(&mut self) {
        self.out.clear();
        // What one huge commit needed is not kept.
        self.out.shrink_to(KEPT);
        if self.image.capacity() > KEPT {
            self.image = AlignedVec::new();
        }
    }

    /// Says of which format the log is that what comes is written for.
    pub(super) const fn set_format(&mut self, format: u32) {
        self.format = format;
    }

    /// Appends a record.
    pub(super) fn put(&mut self, record: &Record) {
        put_u64(&mut self.out, record.commit);
        put_text(&mut self.out, record.by.name());
        self.out.push(kind::TIME);
        put_u64(&mut self.out, record.at.wall.ticks);
        let mut within = None;
        for change in &record.changes {
            self.put_change(change, &mut within);
        }
        self.out.push(kind::END);
    }

    fn put_change<'r>(&mut self, change: &'r Recorded, within: &mut Option<&'r Name>) {
        match change {
            Recorded::Row { namespace, old, new, moved } => {
                self.enter(namespace, within);
                if *moved {
                    self.out.push(kind::MOVED);
                }
                self.put_row(old.as_ref(), new.as_ref());
            }
            Recorded::Rows { namespace, chunk, rows } => {
                self.enter(namespace, within);
                self.put_rows(chunk, rows);
            }
            Recorded::Schema { namespace, old, new } => {
                self.put_archives(old, new);
                self.enter(namespace, within);
                self.out.push(kind::SCHEMA);
                put_change(&mut self.out, old, new);
            }
            Recorded::Taken { namespace, class } => {
                self.enter(namespace, within);
                self.put_kind(kind::TAKEN, *class);
            }
            Recorded::Index { namespace, class, property, came } => {
                self.enter(namespace, within);
                self.out.push(kind::INDEX);
                put_name(&mut self.out, class);
                put_name(&mut self.out, property);
                put_bool(&mut self.out, *came);
            }
            Recorded::Namespace { name, dialect, start } => {
                self.put_namespace(name, *dialect, start.as_ref());
                // What follows may be in another of the same name.
                *within = None;
            }
            // It is in no commit, and nobody is owed it after a restart.
            Recorded::Raised(_) => {}
        }
    }

    /// Says in which namespace the next change is, unless it is known.
    fn enter<'r>(&mut self, namespace: &'r Name, within: &mut Option<&'r Name>) {
        if *within != Some(namespace) {
            self.out.push(kind::WITHIN);
            put_name(&mut self.out, namespace);
            *within = Some(namespace);
        }
    }

    fn put_kind(&mut self, kind: u8, class: ClassId) {
        self.out.push(kind);
        put_u32(&mut self.out, class.0);
    }

    fn put_row(&mut self, old: Option<&Found>, new: Option<&Found>) {
        match (old, new) {
            (old, Some(new)) => {
                let kind = if old.is_some() { kind::REPLACE } else { kind::INSERT };
                self.put_new(kind, &new.chunk, new.row, new.chunk.cells(new.row));
            }
            (Some(old), None) => {
                self.put_kind(kind::DELETE, old.class());
                put_count(&mut self.out, old.chunk.layout().keys.len());
                old.chunk.keys(old.row).for_each(|key| put_view(&mut self.out, key));
            }
            (None, None) => {}
        }
    }

    /// Writes a row as it is now.
    fn put_new<'v>(
        &mut self,
        kind: u8,
        chunk: &Chunk,
        row: usize,
        cells: impl Iterator<Item = (u32, ValueView<'v>)>,
    ) {
        self.put_kind(kind, chunk.layout().id);
        put_cells(&mut self.out, cells);
        let qualifiers = chunk.qualifiers(row);
        put_bool(&mut self.out, qualifiers.is_some());
        if let Some(qualifiers) = qualifiers {
            put_row_qualifiers(&mut self.out, &qualifiers);
        }
    }

    /// Writes new rows: a chunk that was finished before it came as an image, others column by
    /// column, and rows that neither holds one by one.
    fn put_rows(&mut self, chunk: &Chunk, rows: &Given) {
        let places = rows.places();
        if chunk.is_sealed()
            && (places.is_none() || self.format >= LAID_OUT_SINCE)
            && image::encode(chunk, rows.len(), &mut self.image).is_ok()
        {
            let kind = if places.is_some() { kind::LAID_OUT } else { kind::CHUNK };
            self.put_kind(kind, chunk.layout().id);
            put_bytes(&mut self.out, &self.image);
            if let Some(places) = places {
                let bytes: Vec<u8> = places.iter().flat_map(|row| row.to_le_bytes()).collect();
                put_bytes(&mut self.out, &bytes);
            }
            return;
        }
        if rows.len() > 1
            && self.format >= ROWS_SINCE
            && let Some(columns) = rows.range().and_then(|range| chunk.plain(range))
            && !columns.is_empty()
        {
            self.put_kind(kind::ROWS, chunk.layout().id);
            put_columns(&mut self.out, rows.len(), &columns);
            return;
        }
        let filled = chunk.filled();
        for row in rows.rows() {
            self.put_new(kind::INSERT, chunk, row, filled.cells(row));
        }
    }

    /// Writes the archives of classes that come with a schema.
    fn put_archives(&mut self, old: &Schema, new: &Schema) {
        for class in changed_classes(old, new) {
            if self.known.insert(class.archive().content_hash()) {
                self.out.push(kind::ARCHIVE);
                put_bytes(&mut self.out, class.archive().bytes());
            }
        }
    }

    fn put_namespace(&mut self, name: &Name, dialect: Dialect, start: Option<&Arc<Schema>>) {
        let Some(start) = start else {
            self.out.push(kind::NO_NAMESPACE);
            put_name(&mut self.out, name);
            return;
        };
        let nothing = Schema::default();
        self.put_archives(&nothing, start);
        self.out.push(kind::NAMESPACE);
        put_name(&mut self.out, name);
        put_dialect(&mut self.out, dialect);
        put_change(&mut self.out, &nothing, start);
    }
}

/// How much memory is kept from one entry to the next.
const KEPT: usize = 1 << 20;

pub(super) fn put_dialect(out: &mut Vec<u8>, dialect: Dialect) {
    out.push(match dialect {
        Dialect::Wmi => 0,
        Dialect::Dmtf => 1,
    });
}

/// The dialect of a byte that [`put_dialect`] wrote.
pub(super) const fn dialect(byte: u8) -> Option<Dialect> {
    match byte {
        0 => Some(Dialect::Wmi),
        1 => Some(Dialect::Dmtf),
        _ => None,
    }
}
