//! The in-memory CIM repository: namespaces, instances, key indexes and queries
//! behind one door.
//!
//! ```text
//! Repository ── Session ──┬── check      every write is judged in one place
//!  (namespaces)  (a door) ├── schema     classes of a namespace, one immutable version at a time
//!                         ├── store      rows in typed column chunks, key indexes
//!                         └── query      snapshots, rows, projection
//! ```
//!
//! ```
//! use cimarron_engine::{CallContext, Repository};
//! use cimarron_model::{Dialect, Instance};
//!
//! let repository = Repository::new();
//! repository.create_namespace("root/cimv2", Dialect::Wmi)?;
//! let session = repository.session("root/cimv2")?;
//! let context = CallContext::new();
//! session.compile_mof_text(
//!     &context,
//!     "fan.mof",
//!     "class X_Fan { [key] string Id; uint32 Speed = 5; };",
//! )?;
//! let path = session.create_instance(&context, &Instance::new("X_Fan").with("Id", "f1"))?;
//! assert_eq!(path.to_string(), r#"X_Fan.Id="f1""#);
//!
//! let result = session.query(&context, "SELECT Id FROM X_Fan WHERE Speed = 5")?;
//! for row in result.rows() {
//!     assert_eq!(row?.property("Id").and_then(|v| v.as_str()), Some("f1"));
//! }
//! # Ok::<(), cimarron_engine::EngineError>(())
//! ```
//!
//! Architecture invariants:
//!
//! * All access goes through [`Session`]; nothing else reaches a namespace's store.
//! * A reader works on a snapshot: one schema version and the chunks of one
//!   moment. What is written later does not show in it.
//! * Rows and indexes hold stable class identities ([`ClassId`]); the numbers of a
//!   hierarchy never leave their schema version.
//! * The crate is runtime-free: no sockets, no global state, no printing. Time comes in
//!   through a [`Clock`], threads through an [`Executor`].

mod changes;
mod check;
mod clock;
mod codec;
mod compile;
mod context;
mod durable;
mod error;
mod events;
mod executor;
mod limits;
mod namespace;
mod namespace_name;
mod namespaces;
mod owned;
mod reading;
mod refused;
mod repository;
mod row_qualifiers;
mod schema;
mod session;
mod store;
mod stored;
mod system;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod testing;
mod typed;
mod view;

pub use changes::{Change, ChangeStream, CommitRecord};
pub use cimarron_journal::{JournalError, Medium};
pub use cimarron_mof::UpdateMode;
pub use cimarron_schema::{Archive, ClassForm};
pub use cimarron_wql::{Level as LanguageLevel, SystemProperty};
pub use clock::{Clock, ManualClock, SystemClock, WallTime};
pub use compile::{CompiledMof, EmptyRepository};
pub use context::{AuthenticationLevel, CallContext, CancelToken, Principal};
pub use durable::{Durability, DurabilityStatus, SyncPolicy};
pub use error::{EngineError, TypedError, TypedProblem};
pub use events::{
    BindingStatus, ConsumerSink, DeadLetter, Delivery, DeliveryPolicy, Event, Failure, Overflow,
    SubscribeOptions, Subscription, SubscriptionStatus, Verdict,
};
pub use executor::{Executor, Threads};
pub use limits::Limits;
pub use repository::{NamespaceInfo, Repository, RepositoryBuilder};
pub use schema::ClassId;
pub use session::{
    AccessPath, Actual, Answer, AssociationFilter, Batch, ClassOptions, ClassResult, Classes,
    ColumnHeader, Depth, Field, IndexInfo, Inserter, InstanceOptions, Item, Loaded, OnError,
    OwnedItem, Part, PlanNode, PreparedQuery, PropertyList, Pulled, PutMode, QueryPlan,
    QueryResult, Reader, Row, Rows, Sequence, SequenceLimits, Sequences, Session, Taken, Update,
    WriteBatch,
};
pub use stored::{StoredClass, StoredInstance};
pub use typed::{TypedRows, from_instance, to_instance};
pub use view::ValueView;

/// The README's example is compiled and run as a doc test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
