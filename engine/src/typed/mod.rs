//! Rows and instances as a program's own types, through serde.
//!
//! ```
//! use cimarron_engine::{CallContext, Repository};
//! use cimarron_model::Dialect;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! #[serde(rename = "X_Disk", rename_all = "PascalCase")]
//! struct Disk {
//!     id: String,
//!     free_space: Option<u64>,
//! }
//!
//! let repository = Repository::new();
//! repository.create_namespace("root/cimv2", Dialect::Wmi)?;
//! let session = repository.session("root/cimv2")?;
//! let context = CallContext::new();
//! session.compile_mof_text(
//!     &context,
//!     "disk.mof",
//!     "class X_Disk { [key] string Id; uint64 FreeSpace; };",
//! )?;
//! session.create(&context, &Disk { id: "c:".into(), free_space: Some(7) })?;
//!
//! let disks: Vec<Disk> = session.query_as(&context, "SELECT * FROM X_Disk")?;
//! assert_eq!(disks[0].free_space, Some(7));
//! let ids: Vec<String> = session.query_as(&context, "SELECT Id FROM X_Disk")?;
//! assert_eq!(ids, ["c:"]);
//! # Ok::<(), cimarron_engine::EngineError>(())
//! ```
//!
//! | CIM | Rust |
//! |---|---|
//! | integers | every integer type that has the number; a real that has it exactly; an enum |
//! | `real32`, `real64` | `f32`, `f64`; digits may be lost in an `f32`, the magnitude not |
//! | `boolean` | `bool` |
//! | `string` | `String`, `&str` of a row, an enum by its names |
//! | `char16` | `char`, `String`, `u16`, `Char16` |
//! | `datetime` | `DateTime`, `String`; `Duration` of an interval, `SystemTime` of a timestamp |
//! | references | `ObjectPath`, `String` |
//! | embedded objects | structs, maps, an enum by class |
//! | arrays | `Vec`, tuples and arrays of that length; of `uint8` also bytes |
//! | NULL | `Option`, `()` |
//!
//! A struct's fields find their properties without case; fields that no property
//! has and that are no `Option` are an error, properties that no field has are
//! passed over. A field called `__PATH` or like another system property gets that.
//! A tuple takes the columns in select order, a plain value the only column, and
//! an enum whose variants are named like classes the row of its class:
//! `enum Device { X_Disk(Disk), X_Fan(Fan) }`. Enums of values go by name or by
//! number, see [`Row::deserialize`].

mod class_of;
mod plan;
mod record;
mod time;
mod value;
mod variant;
mod write;

pub use write::to_instance;

use crate::context::CallContext;
use crate::error::{EngineError, TypedError};
use crate::session::{Depth, PropertyList, PutMode, QueryResult, Row, Rows, Session, Update};
use cimarron_model::{Instance, ObjectPath};
use plan::Plan;
use record::{Record, RecordDe};
use serde::de::{Deserialize, DeserializeOwned};
use serde::ser::Serialize;
use std::fmt;
use std::marker::PhantomData;

impl<'a> Row<'a> {
    /// The row as a program's own type.
    ///
    /// An enum takes a string by its variants' names, exactly or else without case,
    /// and an integer by the variant that is named by that number
    /// (`#[serde(rename = "3")]`) or, when no variant is named by a number, by the
    /// variants' places, from 0.
    ///
    /// # Errors
    /// When the row does not go into the type.
    pub fn deserialize<T: Deserialize<'a>>(self) -> Result<T, TypedError> {
        let read = T::deserialize(RecordDe::of(Record::Row(self)));
        read.map_err(|error| error.of_class(self.class_name()))
    }
}

impl QueryResult {
    /// The rows as a program's own type, one at a time.
    pub fn rows_as<'r, T: Deserialize<'r>>(&'r self) -> TypedRows<'r, T> {
        TypedRows { rows: self.rows(), number: 0, plan: Plan::default(), read_as: PhantomData }
    }
}

/// The rows of a result as a program's own type. A row that does not go into the
/// type is an error of its own: the rows behind it can still be read.
pub struct TypedRows<'r, T> {
    rows: Rows<'r>,
    number: usize,
    plan: Plan<'r>,
    read_as: PhantomData<fn() -> T>,
}

impl<'r, T: Deserialize<'r>> Iterator for TypedRows<'r, T> {
    type Item = Result<T, EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = match self.rows.next()? {
            Ok(row) => row,
            Err(error) => return Some(Err(error)),
        };
        let number = self.number;
        self.number += 1;
        let read = T::deserialize(RecordDe::planned(row, &mut self.plan));
        Some(read.map_err(|error| error.of_class(row.class_name()).in_row(number).into()))
    }
}

impl<T> fmt::Debug for TypedRows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedRows").field("next", &self.number).finish_non_exhaustive()
    }
}

/// An owned instance as a program's own type; see [`Row::deserialize`].
///
/// # Errors
/// When the instance does not go into the type.
pub fn from_instance<T: DeserializeOwned>(instance: &Instance) -> Result<T, TypedError> {
    let read = T::deserialize(RecordDe::of(Record::Instance(instance)));
    read.map_err(|error| error.of_class(instance.class.as_str()))
}

impl Session {
    /// Runs a WQL data query and gives back its rows as a program's own type.
    /// [`QueryResult::rows_as`] gives them one at a time.
    ///
    /// # Errors
    /// As [`Session::query`], and when a row does not go into the type.
    pub fn query_as<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        text: &str,
    ) -> Result<Vec<T>, EngineError> {
        self.query(context, text)?.rows_as().collect()
    }

    /// The instances of the class that the struct is named like, those of its
    /// subclasses included. `#[serde(rename = "X_Disk")]` names another class than
    /// the Rust name.
    ///
    /// # Errors
    /// When the type is no struct, there is no such class, or an instance does not
    /// go into the type.
    pub fn instances_of<T: DeserializeOwned>(
        &self,
        context: &CallContext,
    ) -> Result<Vec<T>, EngineError> {
        let class = class_of::class_of::<T>()?;
        self.enumerate_instances(context, class, Depth::Deep)?.rows_as().collect()
    }

    /// Reads an instance as a program's own type.
    ///
    /// # Errors
    /// As [`Session::get_instance`], and when the instance does not go into the type.
    pub fn get_as<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        path: &ObjectPath,
    ) -> Result<T, EngineError> {
        let instance = self.get_instance(context, path, &PropertyList::All)?;
        Ok(from_instance(&instance)?)
    }

    /// Creates an instance from a struct that is named like its class; see
    /// [`to_instance`].
    ///
    /// # Errors
    /// As [`Session::create_instance`], and when the value is no instance.
    pub fn create<T: Serialize + ?Sized>(
        &self,
        context: &CallContext,
        value: &T,
    ) -> Result<ObjectPath, EngineError> {
        self.create_instance(context, &to_instance(value)?)
    }

    /// Creates or changes an instance from a struct that is named like its class;
    /// see [`to_instance`].
    ///
    /// # Errors
    /// As [`Session::put_instance`], and when the value is no instance.
    pub fn put<T: Serialize + ?Sized>(
        &self,
        context: &CallContext,
        value: &T,
        mode: PutMode,
        update: &Update,
    ) -> Result<ObjectPath, EngineError> {
        self.put_instance(context, &to_instance(value)?, mode, update)
    }
}

#[cfg(test)]
mod tests;
