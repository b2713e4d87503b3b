//! Conditions.

use super::{Identifier, PropertyPath};
use crate::Span;
use smol_str::SmolStr;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// Two or more conditions joined by AND.
    And(Vec<Expr>),
    /// Two or more conditions joined by OR.
    Or(Vec<Expr>),
    /// NOT
    Not(Box<Expr>),
    /// `a = b` and its kin.
    Compare(Comparison),
    /// `property LIKE pattern`
    Like(Like),
    /// `property IS [NOT] NULL`
    IsNull(IsNull),
    /// `property ISA class`
    IsA(IsA),
    /// `property IN (a, b, …)` ([`Level::Extended`](crate::Level::Extended) only)
    In(In),
    /// `property BETWEEN low AND high` ([`Level::Extended`](crate::Level::Extended)
    /// only)
    Between(Between),
}

impl Expr {
    /// Where it stands, from its first operand to its last; parentheses and NOT
    /// before the first are left out.
    pub fn span(&self) -> Span {
        match self {
            Self::And(items) | Self::Or(items) => match (items.first(), items.last()) {
                (Some(first), Some(last)) => first.span().to(last.span()),
                _ => Span::default(),
            },
            Self::Not(item) => item.span(),
            Self::Compare(c) => c.left.span().to(c.right.span()),
            Self::Like(like) => like.property.span().to(like.pattern.span),
            Self::IsNull(test) => test.property.span(),
            Self::IsA(isa) => isa.property.span().to(isa.class.span),
            Self::In(list) => {
                let property = list.property.span();
                list.values.last().map_or(property, |last| property.to(last.span))
            }
            Self::Between(between) => between.property.span().to(between.high.span),
        }
    }
}

/// `left operator right`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What stands left of the operator.
    pub left: Operand,
    /// The operator.
    pub operator: CompareOp,
    /// Where the operator stands.
    pub operator_span: Span,
    /// What stands right of the operator.
    pub right: Operand,
}

/// A side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A property.
    Property(PropertyPath),
    /// A constant.
    Constant(Literal),
}

impl Operand {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Property(path) => path.span(),
            Self::Constant(literal) => literal.span,
        }
    }
}

/// The operators that compare with a constant (MS-WMI 2.2.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Equal,
    /// `<>` or `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl CompareOp {
    /// The operator's text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The operator that says the same with its sides exchanged.
    #[must_use]
    pub const fn flipped(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// Whether the operator asks for an order, not just for equality.
    pub const fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// `property LIKE pattern`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    /// The property.
    pub property: PropertyPath,
    /// The pattern; strings have had their escapes resolved by LIKE's rules.
    pub pattern: Literal,
}

/// `property IS [NOT] NULL`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsNull {
    /// The property.
    pub property: PropertyPath,
    /// NULL or not.
    pub test: NullTest,
}

/// Which of the two NULL tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NullTest {
    /// `IS NULL`
    Null,
    /// `IS NOT NULL`
    NotNull,
}

/// `property ISA class`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsA {
    /// The embedded object.
    pub property: PropertyPath,
    /// The class, quoted in the text or not.
    pub class: Identifier,
}

/// `property IN (a, b, …)`; `NOT IN` is [`Expr::Not`] around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct In {
    /// The property.
    pub property: PropertyPath,
    /// The constants, at least one.
    pub values: Vec<Literal>,
}

/// `property BETWEEN low AND high`, both included; `NOT BETWEEN` is [`Expr::Not`]
/// around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Between {
    /// The property.
    pub property: PropertyPath,
    /// The least value that fits.
    pub low: Literal,
    /// The greatest value that fits.
    pub high: Literal,
}

/// A constant as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The constant.
    pub value: LiteralValue,
    /// Where it stands.
    pub span: Span,
}

/// A constant. Numbers stay text: what they are depends on the property's type,
/// and a string property compares with their spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiteralValue {
    /// A quoted text without its quotes, escapes resolved.
    String(SmolStr),
    /// Digits with an optional sign.
    Integer(SmolStr),
    /// A number with a decimal point or an exponent.
    Real(SmolStr),
    /// TRUE or FALSE.
    Boolean(bool),
    /// NULL
    Null,
}
