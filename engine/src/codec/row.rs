//! The values of a row. This is what nearly all of a log is.

use super::value::{Read, put_view};
use super::{Damaged, Decoder, put_u32, put_u64};
use crate::view::ValueView;

/// How many bytes a cell takes at least: its slot and a tag.
const LEAST: usize = 2;

/// One value of a row, as it was read. Numbers and texts lie in the bytes.
#[derive(Clone, Debug)]
pub(crate) struct Cell<'a>(Read<'a>);

impl Cell<'_> {
    /// The value.
    #[inline]
    pub(crate) fn view(&self) -> ValueView<'_> {
        match &self.0 {
            Read::Plain(view) => *view,
            Read::Owned(value) => value.into(),
        }
    }
}

/// Appends values with their slots, in the order they come in.
pub(crate) fn put_cells<'v>(
    out: &mut Vec<u8>,
    cells: impl IntoIterator<Item = (u32, ValueView<'v>)>,
) {
    let start = out.len();
    out.push(0);
    let mut count = 0_u64;
    for (slot, view) in cells {
        put_u32(out, slot);
        put_view(out, view);
        count += 1;
    }
    // How many there were is known now, and mostly fits the byte that was left for it.
    match (u8::try_from(count), out.get_mut(start)) {
        (Ok(few @ ..0x80), Some(place)) => *place = few,
        _ => {
            let mut number = Vec::new();
            put_u64(&mut number, count);
            out.splice(start..=start, number);
        }
    }
}

/// The cells of a row, one by one. The decoder stands behind the row once the last one was
/// taken.
#[derive(Debug)]
pub(crate) struct Cells<'d, 'a> {
    decoder: &'d mut Decoder<'a>,
    left: usize,
}

impl<'a> Decoder<'a> {
    /// What [`put_cells`] wrote.
    pub(crate) fn cells(&mut self) -> Result<Cells<'_, 'a>, Damaged> {
        let left = self.count(LEAST)?;
        Ok(Cells { decoder: self, left })
    }

    /// One value without a slot: what [`put_view`] wrote.
    #[inline]
    pub(crate) fn cell(&mut self) -> Result<Cell<'a>, Damaged> {
        self.view().map(Cell)
    }

    fn slot_and_cell(&mut self) -> Result<(u32, Cell<'a>), Damaged> {
        Ok((self.u32()?, self.cell()?))
    }
}

impl<'a> Iterator for Cells<'_, 'a> {
    type Item = Result<(u32, Cell<'a>), Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let cell = self.decoder.slot_and_cell();
        if cell.is_err() {
            self.left = 0;
        }
        Some(cell)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}
