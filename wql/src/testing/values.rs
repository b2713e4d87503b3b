//! Values that lie at the edges, and constants that meet them.

use super::Dice;
use super::schema::TestSchema;
use crate::syntax::ast::LiteralValue;
use cimarron_model::{
    Array, ArrayShape, Char16, CimType, DataType, Elements, Instance, ObjectPath, Value,
};

const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "b",
    "abc",
    "ABC",
    "aBd",
    "x_y",
    "x%y",
    "[a]",
    "C:\\dir",
    "it's \"so\"",
    "10",
    "9",
    "-5",
    "TRUE",
    "Straße",
    "STRASSE",
    "Ärger",
    "äRGER",
    "K",
    "\u{212a}",
    "ſ",
    "s",
    "İ",
    "😀",
    "a longer text that does not fit where short ones do",
    "zzz",
];

/// Without asterisks: those have no order.
const INSTANTS: &[&str] = &[
    "20240101120000.000000+060",
    "20240101110000.000000+000",
    "20240101110000.000001+000",
    "19700101000000.000000+000",
    "00000001020304.000000:000",
    "00000000000000.000000:000",
];

const SOME_DAY: &str = "2024****120000.000000+060";

const PATHS: &[&str] = &[
    "T_Base.Id=\"a\"",
    "T_Base.Id=\"A\"",
    "t_base='a'",
    "\\\\HOST\\root\\x:T_Base.Id=\"a\"",
    "//host/ROOT/x:T_Base='A'",
    "root/y:T_Base.Id=\"a\"",
    "\\\\.\\:T_Base.Id=\"a\"",
    "T_Base.Id=0x10",
    "T_Base.Id=+16",
    "T_Base=\"16\"",
    "T_Base.Id=TRUE,Link=\"T_Base='a'\"",
    "T_Base.link=\"t_base.id=\\\"a\\\"\",id=true",
    "T_Base=@",
];

const REALS: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    0.1,
    -2.5,
    9_007_199_254_740_992.0,
    9_007_199_254_740_994.0,
    1e300,
    f64::NAN,
    f64::INFINITY,
];

/// Integers at the edges of every type.
fn integer(dice: &mut Dice<'_>) -> i128 {
    let near: i128 = [0, 1, 5, 127, 128, 255, 256, 32_767, 65_535, 1 << 31, 1 << 32, 1 << 53]
        .get(dice.below(13))
        .copied()
        .unwrap_or(u64::MAX.into());
    let signed = if dice.one_in(3) { -near } else { near };
    signed + [0, 1, -1].get(dice.below(3)).copied().unwrap_or(0)
}

/// A value of a property; NULL one time in four.
pub(super) fn value(
    dice: &mut Dice<'_>,
    data_type: &DataType,
    schema: &TestSchema,
    depth: usize,
) -> Value {
    let DataType { cim_type, array, class } = data_type;
    if *array != ArrayShape::Scalar {
        let some = Value::Array(Array::from_elements(Elements::UInt16(vec![1, 2])));
        return if *cim_type == CimType::UInt16 && dice.one_in(2) {
            some
        } else {
            Value::null_array(*cim_type)
        };
    }
    if dice.one_in(4) {
        return Value::null(*cim_type);
    }
    let class = class.as_ref().map(cimarron_model::Name::as_str);
    scalar(dice, *cim_type, class, schema, depth)
}

fn scalar(
    dice: &mut Dice<'_>,
    cim_type: CimType,
    class: Option<&str>,
    schema: &TestSchema,
    depth: usize,
) -> Value {
    let number = integer(dice);
    match cim_type {
        CimType::Boolean => Value::from(dice.one_in(2)),
        CimType::UInt8 => Value::from(number as u8),
        CimType::SInt8 => Value::from(number as i8),
        CimType::UInt16 => Value::from(number as u16),
        CimType::SInt16 => Value::from(number as i16),
        CimType::UInt32 => Value::from(number as u32),
        CimType::SInt32 => Value::from(number as i32),
        CimType::UInt64 => Value::from(number as u64),
        CimType::SInt64 => Value::from(number as i64),
        CimType::Real32 => Value::from(real(dice) as f32),
        CimType::Real64 => Value::from(real(dice)),
        CimType::Char16 => Value::from(Char16(number as u16)),
        CimType::String => Value::from(dice.text(TEXTS)),
        CimType::DateTime => {
            let text = if dice.one_in(8) { SOME_DAY } else { dice.text(INSTANTS) };
            Value::from(super::datetime(text))
        }
        CimType::Reference => {
            let path = ObjectPath::parse(dice.text(PATHS));
            path.map_or(Value::null(cim_type), Value::from)
        }
        CimType::Object if depth == 0 => Value::null(cim_type),
        CimType::Object => {
            let classes = schema.class_and_subclasses(class.unwrap_or("T_Point"));
            match dice.pick(&classes) {
                Some(class) => {
                    let instance: Instance = super::rows::filled(dice, class, schema, depth - 1);
                    super::embedded(instance)
                }
                None => Value::null(cim_type),
            }
        }
    }
}

fn real(dice: &mut Dice<'_>) -> f64 {
    dice.pick(REALS).copied().unwrap_or_default()
}

/// A constant for a property of this type; now and then any constant.
pub(super) fn literal(dice: &mut Dice<'_>, cim_type: CimType) -> LiteralValue {
    let text = |text: &str| LiteralValue::String(text.into());
    if dice.one_in(64) {
        return any_literal(dice);
    }
    match cim_type {
        CimType::Boolean => match dice.below(4) {
            0 => LiteralValue::Boolean(true),
            1 => LiteralValue::Boolean(false),
            2 => LiteralValue::Integer("1".into()),
            _ => text("fAlse"),
        },
        CimType::Real32 | CimType::Real64 => match dice.below(3) {
            0 => LiteralValue::Integer(integer(dice).to_string().into()),
            1 => LiteralValue::Real("0.1".into()),
            _ => LiteralValue::Real("-2.5e0".into()),
        },
        CimType::String if dice.one_in(8) => {
            LiteralValue::Integer(integer(dice).to_string().into())
        }
        CimType::String => text(dice.text(TEXTS)),
        CimType::DateTime => match dice.below(3) {
            0 => text("2024-01-01 11:00"),
            1 => LiteralValue::Integer("1970".into()),
            _ => text(dice.text(INSTANTS)),
        },
        CimType::Reference => text(dice.text(PATHS)),
        CimType::Char16 if dice.one_in(2) => text("A"),
        CimType::Object => any_literal(dice),
        _ => {
            let (least, greatest) = cim_type.integer_range().unwrap_or((0, u16::MAX.into()));
            let number = integer(dice);
            // Outside its range an integer is refused.
            let number = if dice.one_in(64) { number } else { number.clamp(least, greatest) };
            let digits = number.to_string();
            if dice.one_in(8) { text(&digits) } else { LiteralValue::Integer(digits.into()) }
        }
    }
}

/// A constant of any form, without regard to types.
pub(super) fn any_literal(dice: &mut Dice<'_>) -> LiteralValue {
    match dice.below(7) {
        0 => LiteralValue::Integer(integer(dice).to_string().into()),
        1 => LiteralValue::Integer("+00123456789012345678901234567890".into()),
        2 => LiteralValue::Real(dice.text(&["0.5", ".5", "-1.25e-3", "1e5", "+0.0E+3"]).into()),
        3 => LiteralValue::String(dice.text(TEXTS).into()),
        4 => LiteralValue::String(SOME_DAY.into()),
        5 => LiteralValue::Boolean(dice.one_in(2)),
        _ => LiteralValue::Null,
    }
}

/// A pattern for LIKE: pieces of texts between wildcards and sets.
pub(super) fn pattern(dice: &mut Dice<'_>) -> LiteralValue {
    const WILD: &[&str] =
        &["%", "_", "[a-c]", "[^a]", "[_]", "[%]", "[ä-ö]", "[x-]", "[^]", "[", "[]", "[=-z]"];
    let pieces =
        dice.list(0, 4, |dice| if dice.one_in(2) { dice.text(WILD) } else { dice.text(TEXTS) });
    LiteralValue::String(pieces.concat().into())
}
