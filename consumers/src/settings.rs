//! What a consumer instance asks for.

use crate::template::{Template, TooLong};
use cimarron_engine::{Delivery, Failure, Verdict};
use cimarron_model::{Status, Value};
use std::io;

/// The properties of the consumer of a delivery.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings<'d>(pub(crate) &'d Delivery<'d>);

impl<'d> Settings<'d> {
    /// A text; `None` when it is NULL or empty.
    pub(crate) fn text(self, name: &str) -> Option<&'d str> {
        self.value(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A text that must be there.
    pub(crate) fn required(self, name: &str) -> Result<&'d str, Failure> {
        self.text(name).ok_or_else(|| wrong(format!("`{name}` is not set")))
    }

    /// The texts of an array, NULL elements left out.
    pub(crate) fn texts(self, name: &str) -> Vec<String> {
        self.value(name).and_then(Value::texts).unwrap_or_default()
    }

    /// A number; `None` when it is NULL.
    pub(crate) fn number(self, name: &str) -> Option<u64> {
        self.value(name).and_then(Value::as_integer).and_then(|n| u64::try_from(n).ok())
    }

    pub(crate) fn is_true(self, name: &str) -> bool {
        self.value(name).and_then(Value::as_bool) == Some(true)
    }

    /// A template with what the event says in its places; `None` when it is NULL or empty.
    pub(crate) fn expanded(self, name: &str) -> Result<Option<String>, Failure> {
        self.text(name).map(|text| self.expand(&Template::parse(text))).transpose()
    }

    /// The same where a line break has no business.
    pub(crate) fn line(self, name: &str) -> Result<Option<String>, Failure> {
        Ok(self.expanded(name)?.map(|text| one_line(&text)))
    }

    pub(crate) fn expand(self, template: &Template) -> Result<String, Failure> {
        template.expand(self.0.event).map_err(too_long)
    }

    /// The machine that the consumer says it is on, or what this server is called.
    pub(crate) fn machine(self) -> &'d str {
        self.text("MachineName").unwrap_or(self.0.server)
    }

    fn value(self, name: &str) -> Option<&'d Value> {
        self.0.consumer.get(name)
    }
}

/// A failure that is the consumer instance's own fault.
pub(crate) fn wrong(text: impl Into<String>) -> Failure {
    Failure::of(Status::InvalidParameter, text)
}

/// Something that whoever runs the server did not allow.
pub(crate) fn refused(text: impl Into<String>) -> Failure {
    Failure::of(Status::AccessDenied, text)
}

/// The text with spaces in place of all control characters.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What to make of an error of the operating system: what is full or busy may not be later.
pub(crate) fn verdict_of(doing: &str, error: &io::Error) -> Verdict {
    use io::ErrorKind as Kind;
    let code = error.raw_os_error().and_then(|code| u32::try_from(code).ok());
    let text = format!("{doing}: {error}");
    let failure = match code {
        Some(code) => Failure::new(code, text),
        None => Failure::of(Status::Failed, text),
    };
    match error.kind() {
        Kind::NotFound
        | Kind::PermissionDenied
        | Kind::NotADirectory
        | Kind::IsADirectory
        | Kind::InvalidInput
        | Kind::InvalidFilename
        | Kind::InvalidData
        | Kind::ReadOnlyFilesystem
        | Kind::Unsupported => Verdict::Failed(failure),
        _ => Verdict::RetryLater(failure),
    }
}

pub(crate) fn too_long(error: TooLong) -> Failure {
    wrong(error.to_string())
}

/// What a sink's work came to.
pub(crate) fn verdict(work: Result<(), Verdict>) -> Verdict {
    work.err().unwrap_or(Verdict::Delivered)
}
