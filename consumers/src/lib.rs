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
mod webhook;

pub use command_line::CommandLine;
pub use event_log::EventLog;
pub use json::to_json;
pub use log_file::LogFile;
pub use script::Script;
pub use smtp::Smtp;
pub use syslog::{Syslog, SyslogServer};
pub use template::{Template, TooLong};
pub use webhook::Webhook;
