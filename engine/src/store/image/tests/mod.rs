//! Rows to bytes and back, whatever the rows; and bytes that are none.

mod damage;
mod random;
mod rows;
mod sample;

use super::*;
use crate::schema::{ClassId, Layout, Slot};
use crate::store::chunk::Chunk;
use crate::store::column::Column;
use crate::view::ValueView;
use cimarron_cells::Writer;
use cimarron_model::{ArrayShape, CimType, ClassVersion, Value};
use cimarron_wql::vector::Mask;
use rkyv::util::AlignedVec;
use std::mem::discriminant;
use std::sync::Arc;

/// The kind of a property.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kind {
    cim_type: CimType,
    is_array: bool,
    /// A DMTF string with an embedded object.
    embedded_text: bool,
}

impl Kind {
    const fn scalar(cim_type: CimType) -> Self {
        Self { cim_type, is_array: false, embedded_text: false }
    }

    const fn array(cim_type: CimType) -> Self {
        Self { is_array: true, ..Self::scalar(cim_type) }
    }

    const EMBEDDED: Self = Self { embedded_text: true, ..Self::scalar(CimType::Object) };
}

fn layout(kinds: &[Kind]) -> Arc<Layout> {
    let slots = kinds.iter().enumerate().map(|(n, kind)| Slot {
        array: if kind.is_array { ArrayShape::Variable } else { ArrayShape::Scalar },
        embedded_text: kind.embedded_text,
        ..Slot::plain(format!("P{n}").as_str().into(), kind.cim_type)
    });
    Arc::new(Layout::from_slots(ClassId(1), ClassVersion(1), "X_Rows".into(), slots))
}

/// The values of a property, row by row; NULL where there is none.
type Values = Vec<Option<Value>>;

fn view(value: Option<&Value>) -> ValueView<'_> {
    value.map_or(ValueView::Null, ValueView::from)
}

fn column(values: &Values) -> Option<Arc<Column>> {
    let mut column = Column::default();
    for (row, value) in values.iter().enumerate() {
        column.set_at_end(row, view(value.as_ref()));
    }
    column.seal().map(Arc::new)
}

fn sealed(layout: &Arc<Layout>, columns: Columns, rows: usize) -> Chunk {
    let image = Image { rows, columns, qualifiers: Vec::new() };
    Chunk::of_image(&Writer::new(), 1, layout.clone(), image, &[]).unwrap()
}

fn encoded(chunk: &Chunk, rows: usize) -> AlignedVec<16> {
    let mut bytes = AlignedVec::new();
    bytes.extend_from_slice(b"what was there before");
    encode(chunk, rows, &mut bytes).unwrap();
    bytes
}

fn aligned(bytes: &[u8]) -> AlignedVec<16> {
    let mut copy = AlignedVec::new();
    copy.extend_from_slice(bytes);
    copy
}

/// That a chunk has just these values in its first rows, however it is asked.
#[track_caller]
fn assert_values(chunk: &Chunk, expected: &[Values], rows: usize) {
    assert_eq!(chunk.len(), rows);
    for (slot, values) in expected.iter().enumerate() {
        for (row, value) in values.iter().enumerate().take(rows) {
            let expected = view(value.as_ref()).to_value(CimType::String, false);
            let found = chunk.value(row, slot as u32);
            assert_eq!(found.to_value(CimType::String, false), expected, "slot {slot} row {row}");
            let text = expected.as_str().unwrap_or("no such text");
            assert!(!chunk.is_text(row, slot as u32, text) || found.as_str() == Some(text));
        }
        assert!(chunk.value(rows, slot as u32).is_null());
    }
}

/// That two chunks show conditions the same, and have the same forms.
#[track_caller]
fn assert_same_form(read: &Chunk, written: &Chunk) {
    let (read_columns, columns) = (read.columns().unwrap(), written.columns().unwrap());
    assert_eq!(read_columns.len(), columns.len());
    for (slot, (read_column, column)) in read_columns.iter().zip(columns).enumerate() {
        let form = |column: &Option<Arc<Column>>| column.as_ref().map(|c| discriminant(&c.data));
        assert_eq!(form(read_column), form(column), "slot {slot}");
        let valid = |chunk: &Chunk| {
            let mut rows = Mask::of(0..chunk.len());
            (chunk.valid(slot, &mut rows), *rows.words())
        };
        assert_eq!(valid(read), valid(written));
        assert_eq!(read.bounds(slot), written.bounds(slot));
        let values = |chunk: &Chunk| format!("{:?}", chunk.values(slot));
        assert_eq!(values(read), values(written));
    }
}
