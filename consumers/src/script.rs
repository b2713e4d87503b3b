//! `ActiveScriptEventConsumer`: there is no script host.

use cimarron_engine::{ConsumerSink, Delivery, Failure, Verdict};
use cimarron_model::Status;

/// Fails every delivery. The class is there because texts name it; running script text out of
/// an instance is nothing that this program does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Script;

impl ConsumerSink for Script {
    fn deliver(&self, _: &Delivery<'_>) -> Verdict {
        let text = "scripts are not run; bind a CommandLineEventConsumer instead";
        Verdict::Failed(Failure::of(Status::NotSupported, text))
    }
}
