//! What of an archive a repository does not take, and why.

use crate::error::EngineError;
use cimarron_model::{Name, Status};
use cimarron_mof::{Changes, Code, Diagnostic, Diagnostics, FileId, Span};
use hashbrown::HashSet;
use std::collections::BTreeMap;

/// What is refused, each with the reason: one thing at least.
#[derive(Debug)]
pub(crate) struct Refused {
    first: Box<Placed>,
    others: Vec<Placed>,
    /// How many there are beside those.
    more: usize,
    /// Whether findings say of which namespace they are.
    names_namespaces: bool,
}

/// Where the text declares what is refused, if it does.
type Place = Option<(FileId, Span)>;
type Placed = (Place, Refusal);

/// What was refused so far: the first ones of the text, and how many there are.
#[derive(Debug)]
pub(crate) struct Refusals<'c> {
    changes: &'c Changes,
    /// In the order of the text, and at one place in the order of the judging.
    kept: BTreeMap<(Place, usize), Refusal>,
    most: usize,
    count: usize,
    /// The classes among them, with the conditions.
    classes: HashSet<(Name, Name, Status)>,
    names_namespaces: bool,
}

impl<'c> Refusals<'c> {
    /// None yet; `most` are kept, and one at least. `changes` tell where things stand.
    pub(crate) fn keeping(most: usize, changes: &'c Changes) -> Self {
        Self {
            changes,
            kept: BTreeMap::new(),
            most: most.max(1),
            count: 0,
            classes: HashSet::new(),
            names_namespaces: false,
        }
    }

    /// Has findings say of which namespace they are: one text may be judged in several.
    pub(crate) const fn name_namespaces(&mut self) {
        self.names_namespaces = true;
    }

    /// Adds one. The change of a class is refused once for one condition, however many
    /// classes below it do not fit it.
    pub(crate) fn push(&mut self, refusal: Refusal) {
        if let Some((namespace, Subject::Class(class))) = &refusal.subject {
            let change = (namespace.clone(), class.clone(), refusal.error.status());
            if !self.classes.insert(change) {
                return;
            }
        }
        self.kept.insert((refusal.place(self.changes), self.count), refusal);
        self.count += 1;
        if self.kept.len() > self.most {
            self.kept.pop_last();
        }
    }

    /// How many there were, kept or not.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Goes on unless something is refused.
    pub(crate) fn unless_any(self) -> Result<(), Refused> {
        let more = self.count - self.kept.len();
        let mut others = self.kept.into_iter().map(|((place, _), refusal)| (place, refusal));
        let Some(first) = others.next() else { return Ok(()) };
        let (first, others) = (Box::new(first), others.collect());
        Err(Refused { first, others, more, names_namespaces: self.names_namespaces })
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
        let first = Box::new((None, Refusal { subject: None, error }));
        Self { first, others: Vec::new(), more: 0, names_namespaces: false }
    }
}

impl Refused {
    /// What to tell who asks for one reason.
    pub(crate) fn first(self) -> EngineError {
        self.first.1.error
    }

    /// Adds the same as findings in the text; all or, where something has no place there, one
    /// reason.
    pub(crate) fn tell(self, said: &mut Diagnostics) -> Result<(), EngineError> {
        let all = std::iter::once(&*self.first).chain(&self.others);
        let found: Option<Vec<_>> =
            all.map(|(place, refusal)| refusal.finding(*place, self.names_namespaces)).collect();
        found.ok_or(self.first.1.error)?.into_iter().for_each(|finding| said.push(finding));
        said.omit(Code::Unloadable, self.more);
        Ok(())
    }
}

impl Refusal {
    fn place(&self, changes: &Changes) -> Place {
        let (namespace, subject) = self.subject.as_ref()?;
        subject.place(namespace.as_str(), changes)
    }

    fn finding(&self, place: Place, names_namespace: bool) -> Option<Diagnostic> {
        let (namespace, _) = self.subject.as_ref()?;
        let (file, span) = place?;
        let message = match names_namespace {
            true => format!("in `{namespace}`, {}", self.error),
            false => self.error.to_string(),
        };
        Some(
            Diagnostic::new(Code::Unloadable, file, span, message).with_status(self.error.status()),
        )
    }
}

impl Subject {
    fn place(&self, namespace: &str, changes: &Changes) -> Place {
        match self {
            Self::Class(name) => changes.place_of_class(namespace, name.as_str()),
            Self::QualifierType(name) => changes.place_of_qualifier_type(namespace, name.as_str()),
            Self::Instance(position) => changes.place_of_instance(namespace, *position),
        }
    }
}
