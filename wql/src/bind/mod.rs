//! Query to bound query: names to slots, constants to the types of their columns.
//!
//! Every error that depends on the schema is found here. The rules are those of
//! MS-WMI 2.2.1.1 and of the WMI SDK's "WHERE Clause":
//!
//! - an unknown class, or a property that the class does not have, is an error;
//!   so is a subclass's property through its base class;
//! - below an embedded object nothing is unknown: a member that the object turns
//!   out not to have makes the condition match nothing;
//! - arrays and two properties in one comparison are errors;
//! - `= NULL` and `<> NULL` mean IS NULL and IS NOT NULL;
//! - LIKE on anything but a string is equality, without wildcards.

mod constant;
mod datetime;
mod paths;

use crate::bound::{BoundExpr, BoundQuery, Constant, Declared, Projection};
use crate::error::WqlError;
use crate::like::{LikePattern, StringCase, has_wildcards};
use crate::schema::{ClassInfo, Schema};
use crate::syntax::ast::{
    CompareOp, Comparison, DataQuery, Expr, Identifier, IsA, IsNull, Like, Literal, LiteralValue,
    NullTest, Operand, PropertyPath, Query, SelectList,
};
use crate::{BoundPath, Span, SystemProperty};
use cimarron_model::{CimType, Dialect, suggest};
use paths::Resolved;

/// How to bind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BindOptions {
    /// Whose NULL logic and string comparison hold.
    pub dialect: Dialect,
}

/// Binds a query against a schema.
///
/// # Errors
/// The class is unknown, or the query is wrong for it: see [`WqlError`].
pub fn bind<S: Schema>(
    query: &Query,
    schema: &S,
    options: &BindOptions,
) -> Result<BoundQuery, WqlError> {
    let Query::Data(query) = query;
    let class = find_class(schema, &query.class)?;
    let case = match options.dialect {
        Dialect::Wmi => StringCase::Folded,
        Dialect::Dmtf => StringCase::Exact,
    };
    Binder { schema, class: &class, case }.query(query, options.dialect)
}

fn find_class<'s, S: Schema>(schema: &'s S, class: &Identifier) -> Result<S::Class<'s>, WqlError> {
    schema.class(class.name.as_str()).ok_or_else(|| WqlError::UnknownClass {
        name: class.name.to_string(),
        suggestion: suggest::nearest(class.name.as_str(), schema.class_names()).map(str::to_owned),
        span: class.span,
    })
}

struct Binder<'a, S: Schema, C: ClassInfo> {
    schema: &'a S,
    class: &'a C,
    case: StringCase,
}

impl<S: Schema, C: ClassInfo> Binder<'_, S, C> {
    fn query(&self, query: &DataQuery, dialect: Dialect) -> Result<BoundQuery, WqlError> {
        let projection = match &query.select {
            SelectList::All => Projection::All,
            SelectList::Properties(paths) => Projection::Items(
                paths
                    .iter()
                    .map(|path| self.resolve(path).map(|resolved| resolved.path))
                    .collect::<Result<_, _>>()?,
            ),
        };
        let filter = query.filter.as_ref().map(|filter| self.condition(filter)).transpose()?;
        Ok(BoundQuery { class: self.class.name().into(), projection, filter, dialect })
    }

    fn condition(&self, expr: &Expr) -> Result<BoundExpr, WqlError> {
        match expr {
            Expr::And(items) => {
                let mut all = Vec::with_capacity(items.len());
                for item in items {
                    match self.condition(item)? {
                        BoundExpr::And(inner) => all.extend(inner),
                        other => all.push(other),
                    }
                }
                Ok(BoundExpr::And(all))
            }
            Expr::Or(items) => {
                let mut any = Vec::with_capacity(items.len());
                for item in items {
                    match self.condition(item)? {
                        BoundExpr::Or(inner) => any.extend(inner),
                        other => any.push(other),
                    }
                }
                Ok(BoundExpr::Or(any))
            }
            Expr::Not(inner) => Ok(BoundExpr::Not(Box::new(self.condition(inner)?))),
            Expr::Compare(comparison) => self.comparison(comparison),
            Expr::Like(like) => self.like(like),
            Expr::IsNull(IsNull { property, test }) => {
                Ok(BoundExpr::IsNull { operand: self.scalar(property)?.path, test: *test })
            }
            Expr::IsA(isa) => self.is_a(isa),
        }
    }

    /// Resolves a path that a condition looks at.
    fn scalar(&self, path: &PropertyPath) -> Result<Resolved, WqlError> {
        let resolved = self.resolve(path)?;
        if resolved.is_array {
            return Err(WqlError::ArrayNotAllowed { name: path.to_string(), span: path.span() });
        }
        Ok(resolved)
    }

    fn comparison(&self, comparison: &Comparison) -> Result<BoundExpr, WqlError> {
        let Comparison { left, operator, right, .. } = comparison;
        let span = left.span().to(right.span());
        match (left, right) {
            (Operand::Property(path), Operand::Constant(literal)) => {
                self.compare(path, *operator, literal, span)
            }
            (Operand::Constant(literal), Operand::Property(path)) => {
                self.compare(path, operator.flipped(), literal, span)
            }
            (Operand::Constant(_), Operand::Constant(_)) => Err(WqlError::TwoConstants { span }),
            (Operand::Property(path), Operand::Property(word)) => {
                match unquoted_class(path, *operator, word) {
                    Some(literal) => self.compare(path, *operator, &literal, span),
                    None => Err(self.two_properties(word, span)),
                }
            }
        }
    }

    fn two_properties(&self, right: &PropertyPath, span: Span) -> WqlError {
        let name = right.property.name.as_str();
        let text = right.members.is_empty() && self.class.property(name).is_none();
        WqlError::TwoProperties { word: text.then(|| name.to_owned()), span }
    }

    fn compare(
        &self,
        path: &PropertyPath,
        operator: CompareOp,
        literal: &Literal,
        span: Span,
    ) -> Result<BoundExpr, WqlError> {
        let Resolved { path: operand, declared, .. } = self.scalar(path)?;
        if literal.value == LiteralValue::Null {
            let test = match operator {
                CompareOp::Equal => NullTest::Null,
                CompareOp::NotEqual => NullTest::NotNull,
                order => {
                    let operator = order.as_str();
                    return Err(WqlError::OperatorNotForNull { operator, span });
                }
            };
            return Ok(BoundExpr::IsNull { operand, test });
        }
        let constant = match declared {
            Declared::As(cim_type) => {
                let constant = self.constant(path, operator, literal, cim_type)?;
                let by_characters =
                    matches!(constant, Constant::DateTime(value) if value.has_wildcards());
                if operator.is_order() && by_characters {
                    return Err(not_for_type(path, operator.as_str(), cim_type, span));
                }
                constant
            }
            Declared::Missing | Declared::Open => constant::untyped(&literal.value),
        };
        Ok(BoundExpr::Compare { operand, operator, constant })
    }

    fn constant(
        &self,
        path: &PropertyPath,
        operator: CompareOp,
        literal: &Literal,
        cim_type: CimType,
    ) -> Result<Constant, WqlError> {
        let applies = match cim_type {
            CimType::Object => false,
            CimType::Boolean | CimType::Reference => !operator.is_order(),
            _ => true,
        };
        if !applies {
            let span = path.span().to(literal.span);
            return Err(not_for_type(path, operator.as_str(), cim_type, span));
        }
        constant::typed(&literal.value, cim_type)
            .map_err(|remedy| not_comparable(path, literal, cim_type, remedy))
    }

    fn like(&self, like: &Like) -> Result<BoundExpr, WqlError> {
        let Like { property, pattern } = like;
        let span = property.span().to(pattern.span);
        if pattern.value == LiteralValue::Null {
            return Err(WqlError::OperatorNotForNull { operator: "LIKE", span });
        }
        let resolved = self.scalar(property)?;
        let wild = match &pattern.value {
            LiteralValue::String(text) if has_wildcards(text) => Some(text),
            _ => None,
        };
        match (resolved.declared, wild) {
            (Declared::As(CimType::Object), _) => {
                Err(not_for_type(property, "LIKE", CimType::Object, span))
            }
            (Declared::As(CimType::String) | Declared::Missing | Declared::Open, Some(text)) => {
                let case = if resolved.path.is_system() { StringCase::Folded } else { self.case };
                let pattern = LikePattern::new(text, case);
                Ok(BoundExpr::Like { operand: resolved.path, pattern })
            }
            (Declared::As(cim_type), Some(_)) => Err(WqlError::WildcardNotForType {
                name: property.to_string(),
                cim_type,
                span: pattern.span,
            }),
            (_, None) => self.compare(property, CompareOp::Equal, pattern, span),
        }
    }

    fn is_a(&self, isa: &IsA) -> Result<BoundExpr, WqlError> {
        let Resolved { path: operand, declared, .. } = self.scalar(&isa.property)?;
        match declared {
            Declared::As(CimType::Object) | Declared::Missing | Declared::Open => {
                let class = find_class(self.schema, &isa.class)?.name().into();
                Ok(BoundExpr::IsA { operand, class })
            }
            Declared::As(cim_type) => Err(WqlError::IsaNotForType {
                name: isa.property.to_string(),
                cim_type,
                span: isa.property.span(),
            }),
        }
    }
}

/// MS-WMI's grammar has the class behind `__CLASS =` without quotes.
fn unquoted_class(
    path: &PropertyPath,
    operator: CompareOp,
    word: &PropertyPath,
) -> Option<Literal> {
    let fits = !operator.is_order()
        && path.members.is_empty()
        && word.members.is_empty()
        && path.property.name.is(SystemProperty::Class.as_str());
    fits.then(|| Literal {
        value: LiteralValue::String(word.property.name.clone().into_smol()),
        span: word.span(),
    })
}

fn not_for_type(
    path: &PropertyPath,
    operator: &'static str,
    cim_type: CimType,
    span: Span,
) -> WqlError {
    WqlError::OperatorNotForType { operator, name: path.to_string(), cim_type, span }
}

fn not_comparable(
    path: &PropertyPath,
    literal: &Literal,
    cim_type: CimType,
    remedy: &'static str,
) -> WqlError {
    WqlError::ConstantNotForType {
        constant: literal.value.to_string(),
        name: path.to_string(),
        cim_type,
        remedy,
        span: literal.span,
    }
}

impl BoundPath {
    /// Whether it ends in a system property: those hold names and paths, which
    /// have no case in any dialect.
    pub(crate) fn is_system(&self) -> bool {
        use crate::bound::Member;
        match self {
            Self::Column(_) => false,
            Self::System(_) => true,
            Self::Member(path) => matches!(path.members.last(), Some(Member::System(_))),
        }
    }
}

#[cfg(test)]
mod tests;
