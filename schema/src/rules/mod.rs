//! The rules that a class declaration must keep.
//!
//! Every rule is one function with one [`Rule`], judged over model types, so the
//! MOF compiler (which knows where in the text an element stands) and the
//! engine (which gets declarations from clients) share them. A rule looks at a
//! local declaration, its resolved superclass and the [`Environment`]; it
//! reports [`Violation`]s and never stops the others.

mod class;
mod member;
mod parameter;
mod qualifier;
mod table;

pub use table::Rule;

use crate::resolve::ResolvedClass;
use cimarron_model::{Class, Dialect, Name, QualifierType};
use std::fmt;

/// How many classes one hierarchy may have above each other.
pub const MAX_DEPTH: usize = 256;

/// The longest name, in characters (WMI; DSP0004 sets no bound and schemas stay
/// far below).
pub const MAX_NAME: usize = 255;

/// The most properties a class may have (WMI).
pub const MAX_PROPERTIES: usize = 1_024;

/// What a rule may ask of the namespace around a class.
pub trait Environment {
    /// The superclass of a class: `None` when there is no such class, `Some(None)`
    /// when it has no superclass.
    fn superclass(&self, class: &str) -> Option<Option<Name>>;

    /// The declaration of a qualifier.
    fn qualifier_type(&self, name: &str) -> Option<&QualifierType>;

    /// The class whose name is nearest to `name`, for "did you mean".
    fn similar_class(&self, name: &str) -> Option<String>;

    /// The qualifier whose name is nearest to `name`.
    fn similar_qualifier(&self, name: &str) -> Option<String>;

    /// Whether `class` is `above` or below it.
    fn is_a(&self, class: &str, above: &str) -> bool {
        let mut current = Name::new(class);
        for _ in 0..=MAX_DEPTH {
            if current.is(above) {
                return true;
            }
            match self.superclass(current.as_str()).flatten() {
                Some(next) => current = next,
                None => return false,
            }
        }
        false
    }
}

/// The element of a class declaration that a violation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// The class itself.
    Class,
    /// The property at this position of the local declaration.
    Property(usize),
    /// The method at this position.
    Method(usize),
    /// The parameter at the second position of the method at the first.
    Parameter(usize, usize),
}

/// The part of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its name.
    Name,
    /// Its type, or a method's return type.
    Type,
    /// A class's superclass.
    Superclass,
    /// The qualifier of this name.
    Qualifier(Name),
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// The element.
    pub element: Element,
    /// The part of it.
    pub part: Part,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// Judges a declaration by every rule.
///
/// `superclass` is the resolved class that `local` names, `None` when it names
/// none or an unknown one.
pub fn check_class(
    local: &Class,
    superclass: Option<&ResolvedClass>,
    environment: &dyn Environment,
    dialect: Dialect,
) -> Vec<Violation> {
    let mut judge = Judge { local, superclass, environment, dialect, found: Vec::new() };
    judge.class();
    judge.properties();
    judge.methods();
    judge.qualifiers();
    judge.found
}

struct Judge<'a> {
    local: &'a Class,
    superclass: Option<&'a ResolvedClass>,
    environment: &'a dyn Environment,
    dialect: Dialect,
    found: Vec<Violation>,
}

impl Judge<'_> {
    fn report(&mut self, rule: Rule, element: Element, part: Part, message: String) {
        self.found.push(Violation { rule, element, part, message, help: None });
    }

    /// As `report`, with advice when there is some.
    fn advise(
        &mut self,
        rule: Rule,
        element: Element,
        part: Part,
        message: String,
        help: Option<String>,
    ) {
        self.found.push(Violation { rule, element, part, message, help });
    }

    fn did_you_mean_class(&self, name: &str) -> Option<String> {
        self.environment.similar_class(name).map(|n| format!("did you mean `{n}`?"))
    }
}
