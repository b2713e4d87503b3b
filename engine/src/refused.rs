//! What of an archive a repository does not take, and why.

use crate::error::EngineError;
use cimarron_model::Name;
use cimarron_mof::{Changes, Code, Diagnostic, Diagnostics, FileId, Span};

/// What is refused, each with the reason: one thing at least.
#[derive(Debug)]
pub(crate) struct Refused {
    first: Box<Refusal>,
    others: Vec<Refusal>,
    /// How many there are beside those.
    more: usize,
}

/// What was refused so far: the first ones, and how many there are.
#[derive(Debug)]
pub(crate) struct Refusals {
    kept: Vec<Refusal>,
    most: usize,
    count: usize,
}

impl Refusals {
    /// None yet; `most` are kept, and one at least.
    pub(crate) fn keeping(most: usize) -> Self {
        Self { kept: Vec::new(), most: most.max(1), count: 0 }
    }

    pub(crate) fn push(&mut self, refusal: Refusal) {
        self.count += 1;
        if self.kept.len() < self.most {
            self.kept.push(refusal);
        }
    }

    /// How many there were, kept or not.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Goes on unless something is refused.
    pub(crate) fn unless_any(self) -> Result<(), Refused> {
        let more = self.count - self.kept.len();
        let mut others = self.kept.into_iter();
        let Some(first) = others.next() else { return Ok(()) };
        Err(Refused { first: Box::new(first), others: others.collect(), more })
    }
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
        let first = Box::new(Refusal { subject: None, error });
        Self { first, others: Vec::new(), more: 0 }
    }
}

impl Refused {
    /// What to tell who asks for one reason.
    pub(crate) fn first(self) -> EngineError {
        self.first.error
    }

    /// Adds the same as findings in the text that says what `changes` hold; all or, where
    /// something has no place there, one reason.
    pub(crate) fn tell(self, changes: &Changes, said: &mut Diagnostics) -> Result<(), EngineError> {
        let all = std::iter::once(&*self.first).chain(&self.others);
        let found: Option<Vec<_>> = all.map(|refusal| refusal.finding(changes)).collect();
        found.ok_or(self.first.error)?.into_iter().for_each(|finding| said.push(finding));
        said.omit(Code::Unloadable, self.more);
        Ok(())
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
