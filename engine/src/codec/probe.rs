//! Reading any bytes as anything, for tests and the fuzz target.

use super::columns::put_owned;
use super::instance::{put_instance, put_object};
use super::*;
use cimarron_model::Scalar;
use std::collections::BTreeMap;

/// How many rows columns may have here; those of a chunk have as many.
const ROWS: usize = 4096;

/// How many kinds of things [`read_any`] can be asked to read.
pub(crate) const KINDS: u8 = 13;

/// Reads bytes as things of one kind. What was read must be written as the very bytes that
/// it was read from. Whether it could be read.
pub(crate) fn read_any(kind: u8, bytes: &[u8]) -> bool {
    let mut decoder = Decoder::new(bytes);
    let mut out = Vec::new();
    let read = rewrite(kind % KINDS, &mut decoder, &mut out);
    let read_from = bytes.get(..decoder.position());
    match read {
        Ok(()) => assert_eq!(Some(out.as_slice()), read_from, "kind {kind}"),
        Err(Damaged { at, .. }) => assert!(at <= bytes.len(), "kind {kind}"),
    }
    assert_eq!(decoder.position() + decoder.remaining(), bytes.len());
    assert_eq!(decoder.finish().is_ok(), decoder.remaining() == 0);
    read.is_ok()
}

/// What each row has in the column of each slot.
pub(super) type Columns = BTreeMap<u32, Vec<Option<Scalar>>>;

/// What `put_columns` wrote, and how many rows.
pub(super) fn read_columns(decoder: &mut Decoder<'_>) -> Result<(usize, Columns), Damaged> {
    let mut columns = Columns::new();
    let rows = decoder.columns(ROWS, |slot, row, value| {
        let column = columns.entry(slot).or_default();
        column.resize(row, None);
        column.push(value.to_scalar());
        true
    })?;
    columns.values_mut().for_each(|column| column.resize(rows, None));
    Ok((rows, columns))
}

fn rewrite(kind: u8, decoder: &mut Decoder<'_>, out: &mut Vec<u8>) -> Result<(), Damaged> {
    match kind {
        0 => put_value(out, &decoder.value()?),
        1 => {
            let cells = decoder.cells()?.collect::<Result<Vec<(u32, Cell<'_>)>, _>>()?;
            put_cells(out, cells.iter().map(|(slot, cell)| (*slot, cell.view())));
        }
        2 => put_path(out, &decoder.path()?),
        3 => put_instance(out, &decoder.instance()?),
        4 => put_object(out, &decoder.object()?),
        5 => put_class(out, &decoder.class()?),
        6 => put_qualifiers(out, &decoder.qualifiers()?),
        7 => put_row_qualifiers(out, &decoder.row_qualifiers()?),
        8 => put_qualifier_type(out, &decoder.qualifier_type()?),
        9 => put_data_type(out, &decoder.data_type()?),
        10 => {
            put_optional_text(out, decoder.optional_text()?);
            put_name(out, &decoder.name()?);
            put_bytes(out, decoder.bytes()?);
        }
        11 => {
            let (rows, columns) = read_columns(decoder)?;
            put_owned(out, rows, &columns);
        }
        _ => {
            put_bool(out, decoder.bool()?);
            put_u32(out, decoder.u32()?);
            put_u64(out, decoder.u64()?);
            put_view(out, decoder.cell()?.view());
            put_text(out, decoder.text()?);
            put_count(out, decoder.count(0)?);
        }
    }
    Ok(())
}
