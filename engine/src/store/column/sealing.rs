//! The smaller forms that a column may take when nobody adds to it any more.

use super::data::Data;
use crate::store::strings::Strings;
use crate::view::ValueView;
use cimarron_model::Value;
use rustc_hash::FxHashMap;

/// After how many rows a column of mostly distinct texts is given up on.
const SAMPLE: usize = 64;

impl Data {
    /// The form of one value, when all rows have it.
    pub(super) fn constant(&self) -> Option<Self> {
        let first = self.get(0);
        let plain = !matches!(
            first,
            ValueView::Null | ValueView::Reference(_) | ValueView::Object(_) | ValueView::Array(_)
        );
        let rows = self.len();
        let is_same = |row| self.get(row).is_identical(first);
        // The last row is likelier to differ than the second.
        if !plain || rows < 2 || !is_same(rows - 1) || !(1..rows).all(is_same) {
            return None;
        }
        let value = first.to_scalar()?;
        Some(Self::Constant(Box::new(Value::Scalar(value)), u32::try_from(rows).ok()?))
    }

    /// The form of few distinct texts, when that is smaller.
    pub(super) fn dictionary(&self) -> Option<Self> {
        let Self::String(strings) = self else { return None };
        let rows = strings.len();
        let mut texts = Strings::default();
        let mut codes = Vec::with_capacity(rows);
        let mut known: FxHashMap<&str, u8> = FxHashMap::default();
        for row in 0..rows {
            let text = strings.get(row)?;
            let code = match known.get(text) {
                Some(code) => *code,
                None => {
                    let code = u8::try_from(known.len()).ok()?;
                    known.insert(text, code);
                    texts.push(text);
                    code
                }
            };
            codes.push(code);
            // Mostly new so far: it will go on like that.
            if row == SAMPLE && known.len() > SAMPLE / 2 {
                return None;
            }
        }
        let small = texts.text_bytes() + texts.len() * size_of::<u32>() + rows;
        if small >= strings.text_bytes() + rows * size_of::<u32>() {
            return None;
        }
        Some(Self::Dictionary(codes, Box::new(texts.distinct()?)))
    }
}
