//! Events that somebody raises: those of classes of one's own, and of method calls.

use super::data::{Body, EventData, Origin, Position};
use super::system::{embedded, push, values};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::class;
use crate::schema::{ClassRef, Schema};
use crate::session::{Operation, Session};
use cimarron_model::{Instance, Value};
use std::sync::Arc;

impl Session {
    /// Raises an extrinsic event: an instance of a class below `__ExtrinsicEvent`, checked as
    /// one that is to be stored. What it leaves out has its default; `TIME_CREATED`, when it
    /// is not given, is the time of the clock (WMI SDK, "Writing an Event Provider").
    ///
    /// # Errors
    /// When the class is none of these, is one that only the engine raises, or is abstract, or
    /// when a property does not take its value.
    pub fn raise(&self, context: &CallContext, event: &Instance) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::RaiseEvents, event.class.as_str())?;
        let schema = namespace.schema();
        let class = class(&schema, event.class.as_str())?;
        check_raisable(&schema, class)?;
        let checker = self.checker(&schema);
        let layout = class.layout();
        let mut cells = checker.given(layout, event)?;
        checker.complete(layout, &mut cells)?;
        if !self.repository().commits().log().is_heard() {
            return Ok(());
        }
        let wall = self.repository().commits().moment_of_clock().wall.ticks;
        let given = cells.iter().filter_map(|(number, cell)| {
            let slot = layout.slot(*number)?;
            let value = cell.view().to_value(slot.cim_type, slot.array.is_array());
            Some((slot.name.as_str(), value))
        });
        let time = given.clone().find(|(name, _)| *name == TIME).map(|(_, time)| time);
        let time = time.filter(|time| !time.is_null()).unwrap_or_else(|| Value::from(wall));
        let created = time.as_integer().and_then(|time| u64::try_from(time).ok()).unwrap_or(wall);
        let values = values(class.def(), given.chain([(TIME, time)]));
        self.push(&schema, class, created, values);
        Ok(())
    }

    /// Says that a method was called, or has been: raises `__MethodInvocationEvent` (WMI SDK).
    /// Whoever carries out methods does so before (`pre_call`, with the parameters that went
    /// in) and after (with those and what came out). `object` is what the method was called
    /// on, if it was an instance.
    ///
    /// # Errors
    /// When the namespace is gone.
    pub fn invoked(
        &self,
        context: &CallContext,
        object: Option<&Instance>,
        method: &str,
        parameters: Option<Instance>,
        pre_call: bool,
    ) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::RaiseEvents, method)?;
        let schema = namespace.schema();
        let Some(class) = schema.class("__MethodInvocationEvent") else { return Ok(()) };
        if !self.repository().commits().log().is_heard() {
            return Ok(());
        }
        let wall = self.repository().commits().moment_of_clock().wall.ticks;
        let given = [
            ("TargetInstance", object.cloned().map(embedded)),
            ("Parameters", parameters.map(embedded)),
            ("Method", Some(Value::from(method))),
            ("PreCall", Some(Value::from(pre_call))),
            (TIME, Some(Value::from(wall))),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
        self.push(&schema, class, wall, values(class.def(), given));
        Ok(())
    }

    fn push(&self, schema: &Arc<Schema>, class: ClassRef<'_>, created: u64, values: Arc<[Value]>) {
        let event = EventData {
            origin: Arc::new(Origin::new(
                self.namespace_handle().references().clone(),
                schema.clone(),
                &[],
            )),
            class: class.def().clone(),
            created,
            at: self.repository().clock().now(),
            position: Position::default(),
            by: self.caller().clone(),
            body: Body::Values(values),
        };
        self.repository().make_room();
        push(self.repository(), self.caller(), event);
    }
}

/// `TIME_CREATED`
const TIME: &str = "TIME_CREATED";

/// That anybody may raise events of a class.
fn check_raisable(schema: &Schema, class: ClassRef<'_>) -> Result<(), EngineError> {
    let is_below = |above: &str| schema.class(above).is_some_and(|above| class.is_a(above));
    let name = || class.name().clone();
    if !is_below("__ExtrinsicEvent") {
        return Err(EngineError::NotExtrinsicEvent { class: name() });
    }
    if is_below("__SystemEvent") {
        return Err(EngineError::SystemEvent { class: name() });
    }
    if class.def().is_abstract {
        return Err(EngineError::AbstractClass { class: name() });
    }
    Ok(())
}
