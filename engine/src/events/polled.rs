//! Classes whose instances raise no events by themselves.

use crate::context::CallContext;
use crate::error::EngineError;
use crate::session::{Operation, Session};
use cimarron_model::Name;

impl Session {
    /// Says whether a class, with everything derived from it, is polled: its instances raise
    /// no events by themselves, as those of a provider that has none, and whoever wants events
    /// of them must say in WITHIN how often to look (WMI SDK, "WITHIN Clause"). Subscriptions
    /// that are there already are not asked again. A class that is not there is polled as soon
    /// as it comes.
    ///
    /// # Errors
    /// When the session may not.
    pub fn set_polled(
        &self,
        context: &CallContext,
        class_name: &str,
        polled: bool,
    ) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteSchema, class_name)?;
        let name = namespace
            .schema()
            .class(class_name)
            .map_or_else(|| Name::new(class_name), |class| class.name().clone());
        self.repository().hub().set_polled(self.repository(), self.namespace(), &name, polled);
        Ok(())
    }
}
