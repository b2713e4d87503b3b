//! CIM itself: types, values, names, datetimes, object paths, declarations and
//! status codes.
//!
//! This crate is the bottom of the house. It knows nothing of files, schemas,
//! stores or protocols; everything above speaks in its words. Where the
//! standards name a thing, the type here carries that name (DSP0004, DSP0200,
//! MS-WMI, the WMI SDK).

mod char16;
mod datetime;
mod declaration;
mod dialect;
pub mod fold;
mod instance;
mod json;
mod name;
mod path;
mod qualifier;
mod status;
pub mod suggest;
mod text;
mod types;
mod value;

pub use char16::Char16;
pub use datetime::*;
pub use declaration::{Class, Direction, Method, Origin, Parameter, Property};
pub use dialect::Dialect;
pub use instance::{ClassVersion, Instance, InstanceProperty, Object};
pub use name::{CaseInsensitive, Name};
pub use path::*;
pub use qualifier::{Flavor, Qualifier, QualifierLookUp, QualifierType, Qualifiers, Scope, Scopes};
pub use status::*;
pub use types::{ArrayShape, CimType, DataType, TypeClass};
pub use value::{Array, Elements, Scalar, Value};
