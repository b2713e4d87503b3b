//! Random conditions on a class: most of them bind, and many of them hold for some
//! rows.

use super::queries::{NO_SPAN, operator};
use super::schema::TestSchema;
use super::{Dice, values};
use crate::SystemProperty;
use crate::syntax::Level;
use crate::syntax::ast::{
    Between, CompareOp, Comparison, DataQuery, Expr, Identifier, In, IsA, IsNull, Like, Literal,
    NullTest, Operand, PropertyPath, SelectList,
};
use cimarron_model::{CimType, Class, Name};

/// `SELECT * FROM class WHERE condition`.
pub fn data_query(
    dice: &mut Dice<'_>,
    schema: &TestSchema,
    class: &str,
    level: Level,
) -> DataQuery {
    DataQuery {
        select: SelectList::All,
        class: identifier(class),
        filter: condition(dice, schema, class, level),
        extended: None,
    }
}

/// A condition on instances of a class; `None` when there is no such class.
pub fn condition(
    dice: &mut Dice<'_>,
    schema: &TestSchema,
    class: &str,
    level: Level,
) -> Option<Expr> {
    let class = schema.find(class)?;
    Some(Conditions { schema, class, level }.expr(dice, 3))
}

struct Conditions<'s> {
    schema: &'s TestSchema,
    class: &'s Class,
    level: Level,
}

/// A path and the type of what it leads to.
type Typed = (PropertyPath, CimType);

impl Conditions<'_> {
    fn expr(&self, dice: &mut Dice<'_>, depth: usize) -> Expr {
        match dice.below(9) {
            1 | 4 if depth > 0 => Expr::And(dice.list(2, 4, |dice| self.expr(dice, depth - 1))),
            2 | 5 if depth > 0 => Expr::Or(dice.list(2, 4, |dice| self.expr(dice, depth - 1))),
            3 if depth > 0 => Expr::Not(Box::new(self.expr(dice, depth - 1))),
            // Several tests of one property: planners put those together.
            7 | 8 if depth > 0 => {
                let path = self.path(dice);
                let most = if dice.one_in(8) { 90 } else { 5 };
                let tests = dice.list(2, most, |dice| {
                    let test = self.predicate(dice, path.clone());
                    if dice.one_in(4) { Expr::Not(Box::new(test)) } else { test }
                });
                if dice.one_in(2) { Expr::And(tests) } else { Expr::Or(tests) }
            }
            _ => {
                let path = self.path(dice);
                self.predicate(dice, path)
            }
        }
    }

    fn predicate(&self, dice: &mut Dice<'_>, (property, cim_type): Typed) -> Expr {
        let test = if dice.one_in(2) { NullTest::NotNull } else { NullTest::Null };
        if cim_type == CimType::Object {
            return if dice.one_in(2) {
                Expr::IsNull(IsNull { property, test })
            } else {
                let class = identifier(dice.text(&["T_Point", "T_Point3", "T_Other"]));
                Expr::IsA(IsA { property, class })
            };
        }
        let literal =
            |dice: &mut Dice<'_>| Literal { value: values::literal(dice, cim_type), span: NO_SPAN };
        let kinds = if self.level == Level::Extended { 10 } else { 8 };
        match dice.below(kinds) {
            1 => Expr::IsNull(IsNull { property, test }),
            2 | 3 if cim_type == CimType::String => {
                let pattern = Literal { value: values::pattern(dice), span: NO_SPAN };
                Expr::Like(Like { property, pattern })
            }
            4 => Expr::Compare(Comparison {
                left: Operand::Constant(literal(dice)),
                operator: operator_for(dice, cim_type),
                operator_span: NO_SPAN,
                right: Operand::Property(property),
            }),
            8 => Expr::In(In { property, values: dice.list(1, 4, literal) }),
            9 if !matches!(cim_type, CimType::Boolean | CimType::Reference) => {
                Expr::Between(Between { property, low: literal(dice), high: literal(dice) })
            }
            _ => Expr::Compare(Comparison {
                left: Operand::Property(property),
                operator: operator_for(dice, cim_type),
                operator_span: NO_SPAN,
                right: Operand::Constant(literal(dice)),
            }),
        }
    }

    fn path(&self, dice: &mut Dice<'_>) -> Typed {
        if dice.one_in(10)
            && let Some(property) = dice.pick(&SystemProperty::ALL)
            && (!property.is_array() || dice.one_in(8))
        {
            let members = Vec::new();
            let property_path = PropertyPath { property: identifier(property.as_str()), members };
            let is_path = matches!(property, SystemProperty::RelPath | SystemProperty::Path);
            let equals_paths = is_path && dice.one_in(2);
            let as_if = if equals_paths { CimType::Reference } else { property.cim_type() };
            return (property_path, as_if);
        }
        let Some(property) = dice.pick(&self.class.properties) else {
            let members = Vec::new();
            let path = PropertyPath { property: identifier("__CLASS"), members };
            return (path, CimType::String);
        };
        let property_name = identifier(property.name.as_str());
        let data_type = &property.data_type;
        let path = PropertyPath { property: property_name, members: Vec::new() };
        if data_type.cim_type == CimType::Object && !dice.one_in(4) {
            return self.member(dice, path, data_type.class.as_ref());
        }
        (path, data_type.cim_type)
    }

    /// A member of the object that a path leads to; now and then one that its class
    /// does not declare.
    fn member(&self, dice: &mut Dice<'_>, path: PropertyPath, class: Option<&Name>) -> Typed {
        let mut path = path;
        if dice.one_in(8) {
            path.members.push(identifier(dice.text(&["Nope", "Z", "__CLASS", "__GENUS"])));
            return (path, CimType::String);
        }
        let class = self.schema.find(class.map_or("T_Point", Name::as_str));
        let Some(member) = class.and_then(|class| dice.pick(&class.properties)) else {
            return (path, CimType::Object);
        };
        if member.data_type.is_array() && !dice.one_in(16) {
            path.members.push(identifier("X"));
            return (path, CimType::SInt32);
        }
        path.members.push(identifier(member.name.as_str()));
        let data_type = &member.data_type;
        if data_type.cim_type == CimType::Object && path.members.len() < 3 {
            return self.member(dice, path, data_type.class.as_ref());
        }
        (path, data_type.cim_type)
    }
}

/// An operator; mostly one that the type has.
fn operator_for(dice: &mut Dice<'_>, cim_type: CimType) -> CompareOp {
    match cim_type {
        CimType::Boolean | CimType::Reference if !dice.one_in(32) => {
            if dice.one_in(2) {
                CompareOp::NotEqual
            } else {
                CompareOp::Equal
            }
        }
        _ => operator(dice),
    }
}

fn identifier(name: &str) -> Identifier {
    Identifier { name: Name::new(name), span: NO_SPAN }
}
