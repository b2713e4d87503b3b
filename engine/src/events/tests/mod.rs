//! Subscriptions against a small namespace, on a clock that is moved by hand.

mod alike;
mod basics;
mod delivery;
mod groups;
mod indications;
mod limits;
mod matching;
mod polling;
mod resuming;

use super::*;
use crate::clock::ManualClock;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::limits::Limits;
use crate::repository::Repository;
use crate::session::{Session, Update};
use cimarron_model::{Dialect, Instance, ObjectPath};
use std::sync::Arc;
use std::time::Duration;

const MOF: &str = r#"
class E_Element { [key] string Name; uint32 Size; };
class E_Disk : E_Element { string Label; boolean Online; };
class E_Fast : E_Disk { uint32 Rpm; };
class E_Process { [key] uint32 Id; };
class E_Alarm : __ExtrinsicEvent { string Source; uint8 Severity = 1; };
class E_Fire : E_Alarm { string Stairs; };
"#;

struct World {
    clock: Arc<ManualClock>,
    session: Session,
}

fn context() -> CallContext {
    CallContext::new()
}

impl World {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        let clock = Arc::new(ManualClock::default());
        let repository = Repository::builder().clock(clock.clone()).limits(limits).build();
        repository.create_namespace("root/x", Dialect::Wmi).unwrap();
        let session = repository.session("root/x").unwrap();
        let world = Self { clock, session };
        world.compile(MOF);
        world
    }

    fn compile(&self, mof: &str) {
        self.session.compile_mof_text(&context(), "e.mof", mof).unwrap();
    }

    /// Compiles what the dialect may refuse.
    fn try_compile(&self, mof: &str) {
        let _ = self.session.compile_mof_text(&context(), "e.mof", mof);
    }

    fn subscribe(&self, query: &str) -> Subscription {
        self.try_subscribe(query).unwrap()
    }

    fn try_subscribe(&self, query: &str) -> Result<Subscription, EngineError> {
        self.session.subscribe(&context(), query, SubscribeOptions::new())
    }

    fn advance(&self, seconds: f64) {
        self.clock.advance(Duration::from_secs_f64(seconds));
        self.session.repository().dispatch_events();
    }

    fn create(&self, class: &str, name: &str, size: u32) {
        let instance = Instance::new(class).with("Name", name).with("Size", size);
        self.session.create_instance(&context(), &instance).unwrap();
    }

    fn modify(&self, path: &str, instance: &Instance) {
        let path: ObjectPath = path.parse().unwrap();
        self.session.modify_instance(&context(), &path, instance, &Update::Given).unwrap();
    }

    fn delete(&self, path: &str) {
        self.session.delete_instance(&context(), &path.parse().unwrap()).unwrap();
    }

    fn raise(&self, event: &Instance) {
        self.session.raise(&context(), event).unwrap();
    }
}

fn alarm(source: &str) -> Instance {
    Instance::new("E_Alarm").with("Source", source)
}

/// What an event is and what it is about, in short.
fn brief(event: &Event) -> String {
    let class = event.class_name().as_str().trim_start_matches('_');
    let of = |instance: &crate::StoredInstance| {
        let shown = instance.property("Size").map(|size| format!("{size:?}"));
        format!("{} {}", instance.path(), shown.unwrap_or_default())
    };
    match (event.target(), event.previous()) {
        (Some(target), Some(previous)) => {
            format!("{class} {} from {}", of(target), of(previous))
        }
        (Some(target), None) => format!("{class} {}", of(target)),
        _ => format!(
            "{class} {}",
            event.property("Source").map(|v| v.to_string()).unwrap_or_default()
        ),
    }
}

/// All that waits.
fn all(subscription: &Subscription) -> Vec<String> {
    std::iter::from_fn(|| subscription.try_next().unwrap()).map(|event| brief(&event)).collect()
}

fn classes(subscription: &Subscription) -> Vec<String> {
    let events = std::iter::from_fn(|| subscription.try_next().unwrap());
    events.map(|event| event.class_name().to_string()).collect()
}
