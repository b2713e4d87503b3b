//! The rules that a class declaration must keep.
//!
//! Every rule is one function with one [`Rule`], judged over model types, so the
//! MOF compiler (which knows where in the text an element stands) and the
//! engine (which gets declarations from clients) share them. A rule looks at a
//! local declaration, its resolved superclass and the [`Environment`]; it
//! reports [`Violation`]s and never stops the others.

mod applies;
mod association;
mod class;
mod kind;
mod known;
mod limit;
mod links;
mod member;
mod number;
mod overriding;
mod parameter;
mod qualifier;
mod repeats;
mod signature;
mod site;
mod standard;
mod table;
mod unit;
mod value;
mod valuemap;
mod wmi;

pub use kind::replacement;
pub use links::{Says, check_links};
pub use member::unfit_for_key;
pub use parameter::implies_in;
pub use qualifier::undeclared;
pub use signature::{passes_the_same, returns_the_same};
pub use standard::standard_qualifier_type;
pub use table::Rule;
pub use unit::{UnitError, check_unit, is_same_unit};
pub use value::{Limit, Misfit, ReadMaps, check_octets, check_value};
pub use valuemap::{Interval, REST, interval};

use association::Ends;
use known::{Known, KnownSet, Marks};

use crate::resolve::ResolvedClass;
use cimarron_model::{Class, Dialect, Name, Property, QualifierType, Qualifiers, suggest};
use std::fmt;
use std::sync::Arc;

/// How many classes one hierarchy may have above each other.
pub const MAX_DEPTH: usize = 256;

/// The longest name, in characters (WMI; DSP0004 sets no bound and schemas stay
/// far below).
pub const MAX_NAME: usize = 255;

/// The most properties a class may have (WMI).
pub const MAX_PROPERTIES: usize = 1_024;

/// The most keys a class may have (WMI).
pub const MAX_KEYS: usize = 256;

/// What a rule may ask of the namespace around a class.
pub trait Environment {
    /// Whether types say all: a string without EmbeddedInstance is none of the objects that the
    /// one above holds. So it is in MOF 3; in MOF 2 the qualifier is inherited.
    fn types_say_all(&self) -> bool {
        false
    }

    /// The name that the text has for a class: a local structure of MOF 3 gets a longer one.
    fn written_name<'n>(&self, class: &'n str) -> &'n str {
        class
    }

    /// The superclass of a class: `None` when there is no such class, `Some(None)`
    /// when it has no superclass.
    fn superclass(&self, class: &str) -> Option<Option<Name>>;

    /// The declaration of a qualifier.
    fn qualifier_type(&self, name: &str) -> Option<&QualifierType>;

    /// A class with everything it inherits. What is not ready yet is not there.
    fn resolved(&self, class: &str) -> Option<Arc<ResolvedClass>>;

    /// The class whose name is nearest to `name`, for "did you mean".
    fn similar_class(&self, name: &str) -> Option<String>;

    /// The local type of this name, as MOF 3 has them, and the type that declares it.
    fn local_type(&self, _name: &str) -> Option<(&str, &str)> {
        None
    }

    /// Where a class is known that is not known here, in words: MOF 3 has local types.
    fn where_local(&self, _name: &str) -> Option<String> {
        None
    }

    /// What helps whoever names a class that does not exist.
    fn class_advice(&self, name: &str) -> Option<String> {
        let similar = || self.similar_class(name).map(suggest::did_you_mean);
        self.where_local(name).or_else(similar)
    }

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

impl Element {
    /// The position of the method that it is, or is a parameter of.
    pub fn method(&self) -> Option<usize> {
        match *self {
            Self::Method(at) | Self::Parameter(at, _) => Some(at),
            Self::Class | Self::Property(_) => None,
        }
    }
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
    /// The value of the qualifier of this name.
    Value(Name),
    /// The entry at this position of the array that is a qualifier's value.
    Entry(Name, usize),
}

/// A place in a class, of the schema or of the text, that explains a violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The class. What it does not write itself is that of the nearest superclass
    /// that does.
    pub class: Name,
    /// The property or method.
    pub member: Option<Name>,
    /// The parameter of the method.
    pub parameter: Option<Name>,
    /// The part of it.
    pub part: Part,
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
    /// A further place that explains it, and what is there.
    pub related: Option<Box<(Place, String)>>,
}

impl Violation {
    /// Whether the declaration must be refused; if not, it is doubtful only.
    pub fn is_error(&self, dialect: Dialect) -> bool {
        self.rule.is_error(dialect)
    }

    /// Drops from the class the qualifier that the violation is about, when it conflicts
    /// with the superclass's: what WMI's `forceupdate` does. Says whether it was.
    pub fn drop_conflicting(&self, class: &mut Class) -> bool {
        let (Rule::QualifierNotOverridable, Part::Qualifier(name)) = (self.rule, &self.part) else {
            return false;
        };
        let qualifiers: Option<&mut Qualifiers> = match self.element {
            Element::Class => Some(&mut class.qualifiers),
            Element::Property(i) => class.properties.get_mut(i).map(|p| &mut p.qualifiers),
            Element::Method(i) => class.methods.get_mut(i).map(|m| &mut m.qualifiers),
            Element::Parameter(i, j) => class
                .methods
                .get_mut(i)
                .and_then(|m| m.parameters.get_mut(j))
                .map(|p| &mut p.qualifiers),
        };
        qualifiers.and_then(|q| q.remove(name.as_str())).is_some()
    }
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

/// What the rules have to say about a declaration.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// What is wrong, the doubtful included.
    pub violations: Vec<Violation>,
    /// What the class says of others, which [`check_links`] judges.
    pub says: Says,
}

/// Judges a declaration by every rule on the declaration itself.
///
/// `superclass` is the resolved class that `local` names, `None` when it names
/// none or an unknown one.
pub fn check_class(
    local: &Class,
    superclass: Option<&ResolvedClass>,
    environment: &dyn Environment,
    dialect: Dialect,
) -> Judgement {
    let above = |name: &Name| Some(&*superclass?.property(name.as_str())?.1.declaration);
    let overridden = local.properties.iter().map(|p| above(&p.name)).collect();
    let mut judge = Judge {
        local,
        superclass,
        overridden,
        environment,
        dialect,
        found: Vec::new(),
        says: Says::default(),
        marks: Marks::of(local),
        ends: Ends::default(),
    };
    judge.class();
    judge.properties();
    judge.methods();
    judge.qualifiers();
    Judgement { violations: judge.found, says: judge.says }
}

struct Judge<'a> {
    local: &'a Class,
    superclass: Option<&'a ResolvedClass>,
    /// What the properties override, each at its place.
    overridden: Vec<Option<&'a Property>>,
    environment: &'a dyn Environment,
    dialect: Dialect,
    found: Vec<Violation>,
    says: Says,
    /// The known ones of its qualifiers.
    marks: Marks,
    ends: Ends<'a>,
}

/// Gives the last finding a further place.
#[cold]
fn relate(found: &mut [Violation], place: Place, message: impl Into<String>) {
    if let Some(last) = found.last_mut() {
        last.related = Some(Box::new((place, message.into())));
    }
}

impl Judge<'_> {
    #[cold]
    fn report(&mut self, rule: Rule, element: Element, part: Part, message: String) {
        self.found.push(Violation { rule, element, part, message, help: None, related: None });
    }

    /// As `report`, with advice when there is some.
    #[cold]
    fn advise(
        &mut self,
        rule: Rule,
        element: Element,
        part: Part,
        message: String,
        help: Option<String>,
    ) {
        self.found.push(Violation { rule, element, part, message, help, related: None });
    }

    /// Whether to look through many names for advice. Where much is wrong, hardly all of it is
    /// misspelt, and to compare many names with many takes minutes.
    fn wants_advice(&self) -> bool {
        const ADVISED: usize = 100;
        self.found.len() < ADVISED
    }

    /// Gives the last finding a further place.
    fn relate(&mut self, place: Place, message: impl Into<String>) {
        relate(&mut self.found, place, message);
    }

    /// The place of a member of this class, or of what it inherits.
    fn member_place(&self, member: &Name, part: Part) -> Place {
        Place {
            class: self.local.name.clone(),
            member: Some(member.clone()),
            parameter: None,
            part,
        }
    }

    /// Whether a boolean qualifier of the class itself is TRUE.
    fn is_own(&self, known: Known) -> bool {
        self.marks.class.is_true(known, &self.local.qualifiers)
    }

    /// The place of a part of the class itself.
    fn class_place(&self, part: Part) -> Place {
        Place { class: self.local.name.clone(), member: None, parameter: None, part }
    }

    /// The place of a member of the superclass, or of what that inherits.
    fn place_above(&self, member: Option<&Name>, part: Part) -> Place {
        let class = self.superclass.map_or(&self.local.name, |s| &s.name).clone();
        Place { class, member: member.cloned(), parameter: None, part }
    }

    fn did_you_mean_class(&self, name: &str) -> Option<String> {
        if let Some(local) = self.environment.where_local(name) {
            return Some(local);
        }
        let similar = self.environment.similar_class(name)?;
        // A class is neither its own superclass nor, when it misses one, of use to others.
        (!self.local.name.is(&similar)).then(|| suggest::did_you_mean(similar))
    }
}
