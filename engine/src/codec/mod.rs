//! What the model holds, as bytes and back.
//!
//! Every bit comes back: the spelling of names, the type of NULL, the payload of a NaN,
//! half a surrogate pair. Numbers are little endian; counts, slots, lengths and the wider
//! integers are written seven bits a byte, the lowest first, as short as can be. A value is
//! a tag of one byte and what the tag asks for; the tags are in [`codes`]. The bytes do not
//! say which version of this form they are in: whoever keeps them does.
//!
//! Everything has exactly one form, and reading takes no other. So what was read is
//! written again as the same bytes, and bytes that were changed are mostly found out.
//!
//! `put_*` functions append to a `Vec`; a [`Decoder`] reads. Bytes may come from a damaged
//! medium: each count is held against the bytes that are left before anything is
//! allocated for it, and what nests is read [`decoder::MAX_DEPTH`] levels deep at most.

mod class;
mod codes;
mod columns;
mod decoder;
mod instance;
mod item;
mod number;
mod path;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod probe;
mod qualifier;
mod row;
#[cfg(test)]
mod strategies;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use class::{put_class, put_data_type};
pub(crate) use columns::{PlainColumn, PlainValues, put_columns};
pub(crate) use decoder::{Damaged, Decoder};
pub(crate) use item::{put_bytes, put_name, put_optional_text, put_text};
pub(crate) use number::{put_bool, put_count, put_u32, put_u64};
pub(crate) use path::put_path;
pub(crate) use qualifier::{put_qualifier_type, put_qualifiers, put_row_qualifiers};
pub(crate) use row::{Cell, put_cells};
pub(crate) use value::{put_value, put_view};
