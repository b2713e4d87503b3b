//! Conditions.

use super::super::ast::{
    Between, CompareOp, Comparison, Expr, Identifier, In, IsA, IsNull, Like, NullTest,
};
use super::super::literal::{self, Escapes};
use super::super::mode::Refusal;
use super::{Builder, LiteralMark, Mark, OperandMark, PathMark, split_off};
use crate::Span;

impl Builder<'_> {
    pub(in crate::syntax) fn compare(
        &mut self,
        left: OperandMark,
        (operator, at): (CompareOp, Mark),
        right: OperandMark,
    ) -> Result<(), Refusal> {
        // The right side's members lie on top of the left side's.
        let right = self.operand(right)?;
        let left = self.operand(left)?;
        let operator_span = at.into();
        self.exprs.push(Expr::Compare(Comparison { left, operator, operator_span, right }));
        Ok(())
    }

    pub(in crate::syntax) fn like(
        &mut self,
        path: PathMark,
        pattern: LiteralMark,
    ) -> Result<(), Refusal> {
        let pattern = self.literal(pattern, Escapes::Pattern)?;
        let property = self.property_path(path);
        self.exprs.push(Expr::Like(Like { property, pattern }));
        Ok(())
    }

    pub(in crate::syntax) fn is_null(&mut self, path: PathMark, test: NullTest) {
        let property = self.property_path(path);
        self.exprs.push(Expr::IsNull(IsNull { property, test }));
    }

    pub(in crate::syntax) fn is_a(&mut self, path: PathMark, class: Mark) {
        let property = self.property_path(path);
        let class = self.identifier(class);
        self.exprs.push(Expr::IsA(IsA { property, class }));
    }

    pub(in crate::syntax) fn is_a_quoted(
        &mut self,
        path: PathMark,
        class: Mark,
    ) -> Result<(), Refusal> {
        let span = Span::from(class);
        let name = literal::unquoted(self.text, span, Escapes::Strict)?.into();
        let property = self.property_path(path);
        self.exprs.push(Expr::IsA(IsA { property, class: Identifier { name, span } }));
        Ok(())
    }

    /// A constant of the list behind IN.
    pub(in crate::syntax) fn value(&mut self, mark: LiteralMark) -> Result<(), Refusal> {
        let literal = self.literal(mark, Escapes::Strict)?;
        self.literals.push(literal);
        Ok(())
    }

    pub(in crate::syntax) fn one_of(&mut self, path: PathMark) {
        let property = self.property_path(path);
        let values = std::mem::take(&mut self.literals);
        self.exprs.push(Expr::In(In { property, values }));
    }

    pub(in crate::syntax) fn between(
        &mut self,
        path: PathMark,
        low: LiteralMark,
        high: LiteralMark,
    ) -> Result<(), Refusal> {
        let low = self.literal(low, Escapes::Strict)?;
        let high = self.literal(high, Escapes::Strict)?;
        let property = self.property_path(path);
        self.exprs.push(Expr::Between(Between { property, low, high }));
        Ok(())
    }

    pub(in crate::syntax) fn not(&mut self) {
        if let Some(expr) = self.exprs.pop() {
            self.exprs.push(Expr::Not(Box::new(expr)));
        }
    }

    pub(in crate::syntax) fn all_of(&mut self, count: u32) {
        let items = split_off(&mut self.exprs, count);
        self.exprs.push(Expr::And(items));
    }

    pub(in crate::syntax) fn any_of(&mut self, count: u32) {
        let items = split_off(&mut self.exprs, count);
        self.exprs.push(Expr::Or(items));
    }

    /// The condition that has been read is that behind WHERE.
    pub(in crate::syntax) fn filter(&mut self) {
        self.filter = self.exprs.pop();
    }
}
