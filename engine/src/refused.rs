//! What of an archive a repository does not take, and why.

use crate::error::EngineError;
use cimarron_model::Name;
use cimarron_mof::{Changes, Code, Diagnostic, FileId, Span};

/// What is refused, each with the reason: one thing at least.
#[derive(Debug)]
pub(crate) struct Refused {
    first: Box<Refusal>,
    others: Vec<Refusal>,
}

/// One thing that is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The namespace and what of it; `None` where nothing particular is at fault.
    subject: Option<(Name, Subject)>,
    error: EngineError,
}

/// A declaration of an archive.
#[derive(Debug)]
pub(crate) enum Subject {
    Class(Name),
    QualifierType(Name),
    /// By its position in the namespace.
    Instance(usize),
}

impl Subject {
    /// That a declaration of this namespace is refused.
    pub(crate) fn refused(self, namespace: &str, error: EngineError) -> Refusal {
        Refusal { subject: Some((namespace.into(), self)), error }
    }
}

impl From<EngineError> for Refused {
    fn from(error: EngineError) -> Self {
        Refusal { subject: None, error }.into()
    }
}

impl From<Refusal> for Refused {
    fn from(first: Refusal) -> Self {
        Self { first: Box::new(first), others: Vec::new() }
    }
}

impl Refused {
    /// Goes on unless something is refused.
    pub(crate) fn unless_empty(refusals: Vec<Refusal>) -> Result<(), Self> {
        let mut others = refusals.into_iter();
        let Some(first) = others.next() else { return Ok(()) };
        Err(Self { first: Box::new(first), others: others.collect() })
    }

    /// What to tell who asks for one reason.
    pub(crate) fn first(self) -> EngineError {
        self.first.error
    }

    /// The same as findings in the text that says what `changes` hold; all or, where
    /// something has no place there, one reason.
    pub(crate) fn findings(self, changes: &Changes) -> Result<Vec<Diagnostic>, EngineError> {
        let all = std::iter::once(&*self.first).chain(&self.others);
        let found: Option<Vec<_>> = all.map(|refusal| refusal.finding(changes)).collect();
        found.ok_or_else(|| self.first())
    }
}

impl Refusal {
    fn finding(&self, changes: &Changes) -> Option<Diagnostic> {
        let (namespace, subject) = self.subject.as_ref()?;
        let (file, span) = subject.place(namespace.as_str(), changes)?;
        let message = self.error.to_string();
        Some(
            Diagnostic::new(Code::Unloadable, file, span, message).with_status(self.error.status()),
        )
    }
}

impl Subject {
    fn place(&self, namespace: &str, changes: &Changes) -> Option<(FileId, Span)> {
        match self {
            Self::Class(name) => changes.place_of_class(namespace, name.as_str()),
            Self::QualifierType(name) => changes.place_of_qualifier_type(namespace, name.as_str()),
            Self::Instance(position) => changes.place_of_instance(namespace, *position),
        }
    }
}
