//! The semantic checks of every write, in one place.
//!
//! A value is taken when it converts to its property's type without loss:
//!
//! | given | taken by |
//! |---|---|
//! | an integer | every integer type that has the number; `char16` as a code unit; a real that has it exactly |
//! | `char16` | an integer type that has the code unit |
//! | `real32`, `real64` | the other one, when it has the number exactly |
//! | a string | `datetime` and references, when it reads as one (both are text in WMI's API); DMTF's embedded strings |
//! | anything | its own type |
//!
//! There is no way from text to numbers or booleans: whoever receives text from a
//! wire knows more about it than this module. Arrays convert element by element.
//!
//! What else a write must keep, and in which dialect. One cause, one error:
//!
//! | rule | `Wmi` | `Dmtf` | source |
//! |---|---|---|---|
//! | no instances of abstract classes, embedded ones neither | yes, save `__PARAMETERS` | yes | DSP0004 5.6.3.1 |
//! | no instances of amendment classes | yes | | WMI SDK, Amended Class Considerations |
//! | indications, exceptions and structures are only embedded | | yes | DSP0004 5.6.3 |
//! | a class has a key or is a singleton; keys are not NULL | yes | yes | |
//! | no NULL in `Not_Null` and `Indexed` properties | yes | | WMI SDK, WMI-Specific Qualifiers |
//! | no NULL in `Required` properties, of arrays as a whole | | yes | DSP0004 5.6.3 |
//! | no NULL elements of arrays | yes | | MS-WMI |
//! | fixed arrays have their size | a hint | yes | DSP0004; SDK, MaxLen |
//! | `MaxLen`, `MinLen`, `MaxValue`, `MinValue`, also of an array's elements | a hint | yes | DSP0004 5.6.3; SDK, MaxLen |
//! | asterisks of datetimes as the dialect has them | yes | yes | DSP0004 5.2.4; SDK, CIM_DATETIME |
//! | key text is printable | yes | | SDK, Key Qualifier |
//! | references lead to the declared class or one below, which this namespace has, if they lead there | kept as they are | yes | DSP0004 5.1.2 |
//! | embedded objects are of the declared class or one below | yes | yes | DSP0004 5.6.3 |
//! | no class where an instance is to be embedded | | yes | DSP0004 5.6.3, EmbeddedInstance |
//! | objects nest 16 deep at most, and so do the references of a path | yes | yes | |
//! | qualifiers of instances are declared, in scope, of their type | `CIMTYPE` and `Key` are made by the engine | yes | DSP0004 5.6.1 |
//!
//! Whether a referenced object exists is never asked: references may dangle.
//! `Write`, `Read` and their kin bind providers and not the store (SDK, "Write": "may
//! still be writeable"); `ValueMap` documents values and `ArrayType` what their order
//! means, and neither of them refuses any.

mod bounds;
mod convert;
mod depth;
mod embedded;
mod filter;
mod number;
mod plan;
mod problem;
mod qualifiers;
mod reference;
mod row;
mod run;

pub(crate) use convert::Checked;
pub(crate) use filter::{check_filter_language, check_filter_text, parse_filter};
pub(crate) use plan::{PlainRow, Plan};
pub(crate) use problem::{no_such_property, slot_of};
pub(crate) use qualifiers::qualifiers;
pub(crate) use row::{Cells, KeyViews, keys, views};

use crate::limits::Limits;
use crate::schema::Schema;
use cimarron_model::{Dialect, Location};

/// What values are checked against.
#[derive(Clone, Copy)]
pub(crate) struct Checker<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) dialect: Dialect,
    pub(crate) location: &'a Location,
    pub(crate) limits: &'a Limits,
}

#[cfg(test)]
mod tests;
