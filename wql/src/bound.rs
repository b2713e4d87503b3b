//! The bound query: names are slots, constants have types.
//!
//! Built once by the binder, read by every evaluator: row at a time
//! ([`BoundQuery::matches`]), and over columns. Nothing in it can fail any more,
//! and it holds no reference to the schema it was bound against.

mod kinds;
mod path_constant;

pub use kinds::{
    Bound, BoundAggregate, BoundAssociationQuery, BoundEventQuery, BoundExtended, BoundGroup,
    BoundOrder, BoundSchemaQuery,
};

pub use path_constant::PathConstant;

use crate::like::LikePattern;
use crate::schema::SystemProperty;
use crate::syntax::ast::{CompareOp, NullTest};
use cimarron_model::{CimType, DateTime, Dialect, Name};
use smol_str::SmolStr;
use std::fmt;

/// A query that is right for its class.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundQuery {
    /// The class in FROM, as declared. Its subclasses' instances are meant too.
    pub class: Name,
    /// What is selected.
    pub projection: Projection,
    /// The condition; `None` lets every instance pass.
    pub filter: Option<BoundExpr>,
    /// Whose NULL logic and string comparison hold.
    pub dialect: Dialect,
    /// What only the extended level has; `None` when the query uses nothing of it.
    pub extended: Option<Box<BoundExtended>>,
}

/// What a bound query selects.
#[derive(Clone, Debug, PartialEq)]
pub enum Projection {
    /// Every property of each instance's own class.
    All,
    /// These, in this order; one may occur more than once.
    Items(Vec<BoundPath>),
}

/// A property path of the query: selected, or looked at by a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum BoundPath {
    /// A property.
    Column(Column),
    /// A system property.
    System(SystemProperty),
    /// A member of an embedded object; boxed, because few paths are.
    Member(Box<MemberPath>),
    /// `__this`: the class that a schema query looks at. Only ISA tests it.
    This,
}

impl fmt::Display for BoundPath {
    /// The path in declared spelling: the heading of its values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(column) => column.name.fmt(f),
            Self::System(property) => f.write_str(property.as_str()),
            Self::This => f.write_str("__this"),
            Self::Member(path) => {
                path.column.name.fmt(f)?;
                path.members.iter().try_for_each(|member| match member {
                    Member::Property(name) => write!(f, ".{name}"),
                    Member::System(property) => write!(f, ".{}", property.as_str()),
                })
            }
        }
    }
}

/// A property of the class in FROM.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its slot.
    pub slot: usize,
    /// Its name as declared.
    pub name: Name,
    /// Its type; of the elements for an array.
    pub cim_type: CimType,
    /// Whether it is an array, which only a projection can have.
    pub is_array: bool,
}

/// A way into an embedded object.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberPath {
    /// The property that holds the outermost object.
    pub column: Column,
    /// The members below it, outermost first; never empty.
    pub members: Vec<Member>,
    /// What the schema says of the last one.
    pub declared: Declared,
}

/// A step into an embedded object.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// A property of the object.
    Property(Name),
    /// A system property of the object.
    System(SystemProperty),
}

/// What the declared classes of the embedded objects say of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// It has this type.
    As(CimType),
    /// The declared class has no such member; an object of a subclass may.
    Missing,
    /// The object may be of any class.
    Open,
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BoundExpr {
    /// All of these; two or more, none of them an `And`.
    And(Vec<BoundExpr>),
    /// Any of these; two or more, none of them an `Or`.
    Or(Vec<BoundExpr>),
    /// The contrary.
    Not(Box<BoundExpr>),
    /// `operand operator constant`
    Compare {
        /// What is compared.
        operand: BoundPath,
        /// How.
        operator: CompareOp,
        /// With what.
        constant: Constant,
    },
    /// `operand LIKE pattern`, on a string
    Like {
        /// What is matched.
        operand: BoundPath,
        /// The pattern.
        pattern: LikePattern,
    },
    /// `operand IS [NOT] NULL`
    IsNull {
        /// What is tested.
        operand: BoundPath,
        /// For what.
        test: NullTest,
    },
    /// `operand ISA class`, on an embedded object or on [`BoundPath::This`]
    IsA {
        /// What is tested.
        operand: BoundPath,
        /// The class as declared.
        class: Name,
    },
}

/// A constant, in the form its column compares with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Constant {
    /// For `boolean`.
    Boolean(bool),
    /// For integers, `char16` (its code unit) and reals; compared exactly. It
    /// may lie outside the column's range: the comparison then has one answer for
    /// every value.
    Integer(i128),
    /// For reals, already rounded to the column's width.
    Real(f64),
    /// For strings and textual system properties.
    Text(SmolStr),
    /// For `datetime`.
    DateTime(DateTime),
    /// For references, and for the system properties that are paths; boxed, because few
    /// constants are.
    Path(Box<PathConstant>),
    /// For members whose type only the object tells: the constant in every form
    /// that it can take, each with a type that compares with it (integers of all
    /// widths under `uint64`).
    Untyped(Box<[(CimType, Constant)]>),
}
