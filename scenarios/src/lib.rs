//! Event scenarios as data: what is there, who asks for events, what happens, and what is
//! delivered.
//!
//! [`Scenario::parse`] reads one (JSON, every mistake with its place), [`play()`] runs it on a
//! clock that moves only when a step says so, and [`Outcome`] is what everybody was handed.
//! The same scenario gives the same outcome always, so scenarios are how event queries are
//! tried, shown and tested: `cimarron scenario` prints outcomes, and the conformance suite
//! compares them.
//!
//! ```
//! use cimarron_scenarios::{Scenario, play};
//!
//! let scenario = Scenario::parse(r#"{
//!     "setup": [{"op": "compile_mof", "text": "class X_Fan { [key] string Id; uint32 Speed; };"}],
//!     "subscriptions": [{"id": "new", "query":
//!         "SELECT TargetInstance FROM __InstanceCreationEvent WHERE TargetInstance ISA 'X_Fan'"}],
//!     "steps": [{"op": "create", "class": "X_Fan", "props": {"Id": "f1", "Speed": 900}}]
//! }"#)?;
//! let outcome = play(&scenario, std::path::Path::new("."))?;
//! assert_eq!(
//!     serde_json::to_string(&outcome)?,
//!     r#"{"subscriptions":{"new":{"error":null,"events":[{"__CLASS":"__InstanceCreationEvent","#.to_owned()
//!         + r#""TargetInstance":{"__CLASS":"X_Fan","__RELPATH":"X_Fan.Id=\"f1\"","Id":"f1","Speed":900}}]}},"#
//!         + r#""consumers":{}}"#
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod consumers;
mod delivered;
mod error;
mod members;
mod outcome;
mod play;
mod scenario;
mod shown;
mod step;

pub use delivered::Delivered;
pub use error::{FormError, List, ScenarioError};
pub use outcome::{Outcome, Refusal, Subscribed};
pub use play::play;
pub use scenario::{Asking, Named, Placed, Scenario};
pub use step::Step;
