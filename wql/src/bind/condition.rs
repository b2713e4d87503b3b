//! Conditions: names to slots, constants to the types of their columns.

use super::constant;
use super::paths::Resolved;
use super::{Binder, Refused, find_class, refuse};
use crate::Span;
use crate::bound::{BoundExpr, BoundPath, Constant, Declared, PathConstant};
use crate::error::WqlError;
use crate::like::{LikePattern, StringCase, has_wildcards};
use crate::schema::{ClassInfo, Schema, SystemProperty};
use crate::syntax::ast::{
    Between, CompareOp, Comparison, Expr, In, IsA, IsNull, Like, Literal, LiteralValue, NullTest,
    Operand, PropertyPath,
};
use cimarron_model::CimType;
use smol_str::SmolStr;

impl<S: Schema, C: ClassInfo> Binder<'_, S, C> {
    pub(super) fn condition(&self, expr: &Expr) -> Result<BoundExpr, Refused> {
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
            Expr::IsNull(test) => self.is_null(test),
            Expr::IsA(isa) => self.is_a(isa),
            Expr::In(list) => self.one_of(list),
            Expr::Between(between) => self.between(between),
        }
    }

    /// `P IN (a, b)` is `P = a OR P = b`, for NULL too.
    fn one_of(&self, In { property, values }: &In) -> Result<BoundExpr, Refused> {
        let resolved = self.scalar(property)?;
        let equals = |literal: &Literal| {
            let span = property.span().to(literal.span);
            self.compare_with(property, resolved.clone(), CompareOp::Equal, literal, span)
        };
        let mut any = values.iter().map(equals).collect::<Result<Vec<_>, _>>()?;
        Ok(match any.pop() {
            Some(only) if any.is_empty() => only,
            last => {
                any.extend(last);
                BoundExpr::Or(any)
            }
        })
    }

    /// `P BETWEEN a AND b` is `P >= a AND P <= b`, for NULL too.
    fn between(&self, Between { property, low, high }: &Between) -> Result<BoundExpr, Refused> {
        let resolved = self.scalar(property)?;
        let bound = |resolved: Resolved, operator: CompareOp, literal: &Literal| {
            let span = property.span().to(literal.span);
            self.compare_with(property, resolved, operator, literal, span)
        };
        Ok(BoundExpr::And(vec![
            bound(resolved.clone(), CompareOp::GreaterOrEqual, low)?,
            bound(resolved, CompareOp::LessOrEqual, high)?,
        ]))
    }

    fn is_null(&self, IsNull { property, test }: &IsNull) -> Result<BoundExpr, Refused> {
        match self.scalar(property)?.path {
            BoundPath::This => refuse(WqlError::ThisWithoutIsa { span: property.span() }),
            operand => Ok(BoundExpr::IsNull { operand, test: *test }),
        }
    }

    /// Resolves a path that a condition looks at.
    pub(super) fn scalar(&self, path: &PropertyPath) -> Result<Resolved, Refused> {
        let resolved = self.resolve(path)?;
        if resolved.is_array {
            return refuse(WqlError::ArrayNotAllowed { name: path.to_string(), span: path.span() });
        }
        Ok(resolved)
    }

    fn comparison(&self, comparison: &Comparison) -> Result<BoundExpr, Refused> {
        let Comparison { left, operator, right, .. } = comparison;
        let span = left.span().to(right.span());
        match (left, right) {
            (Operand::Property(path), Operand::Constant(literal)) => {
                self.compare(path, *operator, literal, span)
            }
            (Operand::Constant(literal), Operand::Property(path)) => {
                self.compare(path, operator.flipped(), literal, span)
            }
            (Operand::Constant(_), Operand::Constant(_)) => refuse(WqlError::TwoConstants { span }),
            (Operand::Property(path), Operand::Property(word)) => {
                match unquoted_class(path, *operator, word) {
                    Some(literal) => self.compare(path, *operator, &literal, span),
                    None => refuse(self.two_properties(word, span)),
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
    ) -> Result<BoundExpr, Refused> {
        self.compare_with(path, self.scalar(path)?, operator, literal, span)
    }

    fn compare_with(
        &self,
        path: &PropertyPath,
        resolved: Resolved,
        operator: CompareOp,
        literal: &Literal,
        span: Span,
    ) -> Result<BoundExpr, Refused> {
        let Resolved { path: operand, declared, .. } = resolved;
        if matches!(operand, BoundPath::This) {
            return refuse(WqlError::ThisWithoutIsa { span });
        }
        if matches!(literal.value, LiteralValue::Null) {
            let test = match operator {
                CompareOp::Equal => NullTest::Null,
                CompareOp::NotEqual => NullTest::NotNull,
                order => {
                    let operator = order.as_str();
                    return refuse(WqlError::OperatorNotForNull { operator, span });
                }
            };
            return Ok(BoundExpr::IsNull { operand, test });
        }
        let constant = match declared {
            // Paths that are texts: equal as references are.
            Declared::As(_) if operand.is_object_path() && !operator.is_order() => {
                match &literal.value {
                    LiteralValue::String(text) => self.path(text),
                    _ => self.constant(path, operator, literal, CimType::String)?,
                }
            }
            Declared::As(cim_type) => {
                let constant = self.constant(path, operator, literal, cim_type)?;
                let by_characters =
                    matches!(constant, Constant::DateTime(value) if value.has_wildcards());
                if operator.is_order() && by_characters {
                    return refuse(not_for_type(path, operator.as_str(), cim_type, span));
                }
                constant
            }
            Declared::Missing | Declared::Open => {
                constant::untyped(&literal.value, &|text| self.path(text))
            }
        };
        Ok(BoundExpr::Compare { operand, operator, constant })
    }

    fn constant(
        &self,
        path: &PropertyPath,
        operator: CompareOp,
        literal: &Literal,
        cim_type: CimType,
    ) -> Result<Constant, Refused> {
        let applies = match cim_type {
            CimType::Object => false,
            CimType::Boolean | CimType::Reference => !operator.is_order(),
            _ => true,
        };
        if !applies {
            let span = path.span().to(literal.span);
            return refuse(not_for_type(path, operator.as_str(), cim_type, span));
        }
        constant::typed(&literal.value, cim_type, &|text| self.path(text))
            .or_else(|remedy| refuse(not_comparable(path, literal, cim_type, remedy)))
    }

    /// The constant that references are compared with.
    fn path(&self, text: &SmolStr) -> Constant {
        Constant::Path(Box::new(PathConstant::new(text, self.rules)))
    }

    fn like(&self, like: &Like) -> Result<BoundExpr, Refused> {
        let Like { property, pattern } = like;
        let span = property.span().to(pattern.span);
        if pattern.value == LiteralValue::Null {
            return refuse(WqlError::OperatorNotForNull { operator: "LIKE", span });
        }
        let resolved = self.scalar(property)?;
        if resolved.path == BoundPath::This {
            return refuse(WqlError::ThisWithoutIsa { span });
        }
        let wild = match &pattern.value {
            // Of an object's path LIKE looks at the text, and `=` does not.
            LiteralValue::String(text) if has_wildcards(text) || resolved.path.is_object_path() => {
                Some(text)
            }
            _ => None,
        };
        match (resolved.declared, wild) {
            (Declared::As(CimType::Object), _) => {
                refuse(not_for_type(property, "LIKE", CimType::Object, span))
            }
            (Declared::As(CimType::String) | Declared::Missing | Declared::Open, Some(text)) => {
                let case = if resolved.path.is_system() { StringCase::Folded } else { self.case };
                let pattern = LikePattern::new(text, case);
                Ok(BoundExpr::Like { operand: resolved.path, pattern })
            }
            (Declared::As(cim_type), Some(_)) => refuse(WqlError::WildcardNotForType {
                name: property.to_string(),
                cim_type,
                span: pattern.span,
            }),
            (_, None) => self.compare_with(property, resolved, CompareOp::Equal, pattern, span),
        }
    }

    fn is_a(&self, isa: &IsA) -> Result<BoundExpr, Refused> {
        let Resolved { path: operand, declared, .. } = self.scalar(&isa.property)?;
        match declared {
            Declared::As(CimType::Object) | Declared::Missing | Declared::Open => {
                let class = find_class(self.schema, &isa.class)?.name().into();
                Ok(BoundExpr::IsA { operand, class })
            }
            Declared::As(cim_type) => refuse(WqlError::IsaNotForType {
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

pub(super) fn not_for_type(
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
