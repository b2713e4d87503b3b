//! The standard event consumers (WMI SDK, "Standard consumer classes"), and two of ours.
//!
//! A consumer is an instance that says what to do with an event: where to write it, whom to
//! send it to. Each module here is a sink for the instances of one class; the engine decides
//! which events they get, queues them, and tries again what failed for a while.
//!
//! What a sink is told by an instance it does not trust: instances are written by clients. The
//! sinks that reach into the machine, [`LogFile`] and [`CommandLine`], do nothing but what
//! whoever makes them allows, and what an event says is never more than text: it adds no
//! argument to a command, no header to a message and no directory to a file name.
//!
//! | class | sink |
//! |---|---|
//! | `LogFileEventConsumer` | [`LogFile`] |
//! | `CommandLineEventConsumer` | [`CommandLine`] |
//! | `SMTPEventConsumer` | [`Smtp`] |
//! | `NTEventLogEventConsumer` | [`EventLog`] |
//! | `ActiveScriptEventConsumer` | [`Script`], which fails |
//! | `WebhookEventConsumer` (ours) | [`Webhook`] |
//! | `SyslogEventConsumer` (ours) | [`Syslog`] |

mod command_line;
mod event_log;
mod json;
mod log_file;
mod script;
mod settings;
mod smtp;
mod syslog;
mod template;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod webhook;

use cimarron_engine::{ConsumerSink, Repository};
use std::sync::Arc;

pub use command_line::CommandLine;
pub use event_log::EventLog;
pub use json::to_json;
pub use log_file::LogFile;
pub use script::Script;
pub use smtp::Smtp;
pub use syslog::{Syslog, SyslogServer};
pub use template::{Template, TooLong};
pub use webhook::Webhook;

/// Has these sinks deliver the events of a repository to consumers of the standard classes that
/// reach nothing but other machines and the machine's own log; a server adds [`LogFile`],
/// [`CommandLine`] and others with [`Repository::set_consumer_sink`], as far as it is allowed.
///
/// ```
/// use cimarron_consumers::{LogFile, serve};
/// use cimarron_engine::{CallContext, Repository};
/// use cimarron_model::Dialect;
/// use std::sync::Arc;
///
/// let logs = tempfile::tempdir()?;
/// let repository = Repository::new();
/// repository.create_namespace("root/subscription", Dialect::Wmi)?;
/// serve(&repository);
/// repository.set_consumer_sink("LogFileEventConsumer", Arc::new(LogFile::below(logs.path())));
///
/// let session = repository.session("root/subscription")?;
/// let text = r#"
///     class X_Disk { [key] string Name; };
///     instance of __EventFilter as $F
///         { Name = "disks"; QueryLanguage = "WQL"; Query = "SELECT * FROM __InstanceCreationEvent "
///           "WHERE TargetInstance ISA 'X_Disk'"; };
///     instance of LogFileEventConsumer as $C
///         { Name = "log"; Filename = "disks.log"; Text = "%TargetInstance.Name% came"; };
///     instance of __FilterToConsumerBinding { Filter = $F; Consumer = $C; };
/// "#;
/// session.compile_mof_text(&CallContext::new(), "disks.mof", text)?;
/// session.compile_mof_text(&CallContext::new(), "c.mof", r#"instance of X_Disk { Name = "C:"; };"#)?;
/// repository.dispatch_events();
/// assert_eq!(std::fs::read_to_string(logs.path().join("disks.log"))?.trim_end(), "C: came");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn serve(repository: &Repository) {
    let sinks: [(&str, Arc<dyn ConsumerSink>); 6] = [
        ("ActiveScriptEventConsumer", Arc::new(Script)),
        ("CommandLineEventConsumer", Arc::new(CommandLine::off())),
        ("NTEventLogEventConsumer", Arc::new(EventLog::default())),
        ("SMTPEventConsumer", Arc::new(Smtp::default())),
        ("SyslogEventConsumer", Arc::new(Syslog::default())),
        ("WebhookEventConsumer", Arc::new(Webhook::anywhere())),
    ];
    for (class, sink) in sinks {
        repository.set_consumer_sink(class, sink);
    }
}
