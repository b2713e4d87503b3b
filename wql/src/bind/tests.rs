//! Tests of binding: names, types and their errors.

mod kinds;
mod random;

use crate::testing::TestSchema;
use crate::{
    BindOptions, Bound, BoundExpr, BoundPath, BoundQuery, CompareOp, Constant, Declared, NullTest,
    PathConstant, Projection, Span, WqlError, bind, parse,
};
use cimarron_model::{CimType, Dialect, ReferenceRules, Status};

fn bind_text(text: &str) -> Result<BoundQuery, WqlError> {
    let options = BindOptions::from(Dialect::Wmi);
    let query = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    match bind(&query, &TestSchema::new(), &options)? {
        Bound::Data(bound) => Ok(bound),
        other => panic!("{text}: {other:?}"),
    }
}

#[track_caller]
fn filter(condition: &str) -> BoundExpr {
    let text = format!("SELECT * FROM T_Base WHERE {condition}");
    bind_text(&text).unwrap_or_else(|e| panic!("{text}: {e}")).filter.unwrap()
}

fn error(condition: &str) -> WqlError {
    bind_text(&format!("SELECT * FROM T_Base WHERE {condition}")).unwrap_err()
}

#[test]
fn selects_by_slot_in_declared_spelling() {
    let query = bind_text("SELECT u8, ID, u8, __class, point.x, List FROM t_base").unwrap();
    assert_eq!(query.class.as_str(), "T_Base");
    let Projection::Items(items) = &query.projection else { panic!() };
    let headings: Vec<_> = items.iter().map(ToString::to_string).collect();
    assert_eq!(headings, ["U8", "Id", "U8", "__CLASS", "Point.X", "List"]);
    assert!(matches!(&items[0], BoundPath::Column(c) if c.slot == 2 && !c.is_array));
    assert!(matches!(&items[5], BoundPath::Column(c) if c.is_array));
    let query = bind_text("SELECT * FROM T_Derived WHERE Extra = 'x'").unwrap();
    assert_eq!(query.projection, Projection::All);
}

fn path(text: &str) -> Constant {
    let constant = PathConstant::new(&text.into(), &ReferenceRules::default());
    Constant::Path(Box::new(constant))
}

#[test]
fn constants_take_the_column_type() {
    let constant = |condition: &str| match filter(condition) {
        BoundExpr::Compare { operator, constant, .. } => (operator, constant),
        other => panic!("{other:?}"),
    };
    let text = |s: &str| Constant::Text(s.into());
    for (condition, operator, expected) in [
        ("Flag = 1", CompareOp::Equal, Constant::Boolean(true)),
        ("U8 < 200", CompareOp::Less, Constant::Integer(200)),
        ("200 > U8", CompareOp::Less, Constant::Integer(200)),
        ("0 <= U8", CompareOp::GreaterOrEqual, Constant::Integer(0)),
        ("R64 = 1", CompareOp::Equal, Constant::Integer(1)),
        ("R32 = 0.1", CompareOp::Equal, Constant::Real(0.1_f32.into())),
        ("Text = 24", CompareOp::Equal, text("24")),
        ("Text LIKE 'abc'", CompareOp::Equal, text("abc")),
        ("U8 LIKE '5'", CompareOp::Equal, Constant::Integer(5)),
        ("__CLASS = T_Derived", CompareOp::Equal, text("T_Derived")),
        ("__GENUS = '2'", CompareOp::Equal, Constant::Integer(2)),
        ("Link = 't_base=\"a\"'", CompareOp::Equal, path("t_base=\"a\"")),
        ("__RELPATH = \"T_Base.Id='a'\"", CompareOp::Equal, path("T_Base.Id=\"a\"")),
        ("__RELPATH < 'T'", CompareOp::Less, text("T")),
        ("Point.X = 5", CompareOp::Equal, Constant::Integer(5)),
    ] {
        assert_eq!(constant(condition), (operator, expected), "{condition}");
    }
    assert!(matches!(filter("__PATH LIKE 'TBase=1'"), BoundExpr::Like { .. }));
    let (_, open) = constant("Thing.Anything = 5");
    let Constant::Untyped(forms) = open else { panic!() };
    let types: Vec<_> = forms.iter().map(|(t, _)| *t).collect();
    use CimType::*;
    assert_eq!(types, [UInt64, Real32, Real64, Char16, String]);
}

#[test]
fn null_comparisons_are_null_tests() {
    for (condition, expected) in [
        ("U8 = NULL", NullTest::Null),
        ("NULL = Point", NullTest::Null),
        ("U8 <> NULL", NullTest::NotNull),
        ("U8 IS NULL", NullTest::Null),
        ("Link IS NOT NULL", NullTest::NotNull),
        ("Thing.X IS NOT NULL", NullTest::NotNull),
    ] {
        let bound = filter(condition);
        assert!(matches!(bound, BoundExpr::IsNull { test, .. } if test == expected), "{condition}");
    }
}

#[test]
fn and_or_are_flat() {
    let BoundExpr::And(items) = filter("(U8=1 AND U8=2) AND (U8=3 AND (U8=4 AND U8=5))") else {
        panic!()
    };
    assert_eq!(items.len(), 5);
    let BoundExpr::Or(items) = filter("U8=1 OR (U8=2 OR U8=3 AND U8=4)") else { panic!() };
    assert!(matches!(items[..], [_, _, BoundExpr::And(_)]));
}

#[test]
fn members_know_what_is_declared() {
    for (path, expected) in [
        ("Point.X", Declared::As(CimType::SInt32)),
        ("Point.Inner.Label", Declared::As(CimType::String)),
        ("Point.Z", Declared::Missing),
        ("Point.Z.Deeper", Declared::Missing),
        ("Thing.X", Declared::Open),
        ("Thing.X.Y", Declared::Open),
        ("Point.__CLASS", Declared::As(CimType::String)),
        ("Thing.X.__GENUS", Declared::As(CimType::SInt32)),
    ] {
        let BoundExpr::IsNull { operand: BoundPath::Member(member), .. } =
            filter(&format!("{path} IS NULL"))
        else {
            panic!()
        };
        assert_eq!(member.declared, expected, "{path}");
    }
}

#[test]
fn what_the_schema_refuses() {
    use Status::{InvalidClass, InvalidQuery};
    for (condition, status, at, message) in [
        ("Nam = 1", InvalidQuery, "Nam", "has no property `Nam`"),
        ("Txt = 'a'", InvalidQuery, "Txt", "did you mean `Text`?"),
        ("__CLAS = 'a'", InvalidQuery, "__CLAS", "did you mean `__CLASS`?"),
        ("T_Base.U8 = 1", InvalidQuery, "T_Base", "did you mean `U8`?"),
        ("Extra = 'x'", InvalidQuery, "Extra", "has no property `Extra`"),
        ("__this ISA 'T_Base'", InvalidQuery, "__this", "schema queries"),
        ("List = 5", InvalidQuery, "List", "is an array"),
        ("List IS NULL", InvalidQuery, "List", "is an array"),
        ("__DERIVATION = 'T_Base'", InvalidQuery, "__DERIVATION", "is an array"),
        ("Point.Marks = 'a'", InvalidQuery, "Point.Marks", "is an array"),
        ("List.X = 5", InvalidQuery, "List", "is an array"),
        ("Flag < TRUE", InvalidQuery, "Flag < TRUE", "only = and <> do"),
        ("Flag >= 0", InvalidQuery, "Flag >= 0", "only = and <> do"),
        ("Flag = 2", InvalidQuery, "2", "write TRUE or FALSE"),
        ("Flag = 'yes'", InvalidQuery, "'yes'", "write TRUE or FALSE"),
        ("U8 = 1.5", InvalidQuery, "1.5", "write an integer"),
        ("U8 = 1.0", InvalidQuery, "1.0", "write an integer"),
        (
            "U8 = 'five'",
            InvalidQuery,
            "'five'",
            "\"five\" cannot be compared with `U8`, of type uint8",
        ),
        ("U8 = TRUE", InvalidQuery, "TRUE", "write an integer"),
        ("R64 = 'x'", InvalidQuery, "'x'", "write a number"),
        ("R64 = 1e999", InvalidQuery, "1e999", "no real64"),
        ("Text = TRUE", InvalidQuery, "TRUE", "put it in quotes"),
        ("Text = 1.5", InvalidQuery, "1.5", "put it in quotes"),
        ("When = 'soon'", InvalidQuery, "'soon'", "yyyymmddHHMMSS"),
        ("When = '01/21/1932'", InvalidQuery, "'01/21/1932'", "yyyymmddHHMMSS"),
        (
            "When < '1932****000000.000000+***'",
            InvalidQuery,
            "When < '1932****000000.000000+***'",
            "asterisks",
        ),
        ("Link < 'x'", InvalidQuery, "Link < 'x'", "only = and <> do"),
        ("Link = 5", InvalidQuery, "5", "object path in quotes"),
        ("Link.Id = 'x'", InvalidQuery, "Link", "has no members"),
        ("Text.X = 'x'", InvalidQuery, "Text", "has no members"),
        ("Point.X.Y = 1", InvalidQuery, "X", "has no members"),
        ("__CLASS.X = 1", InvalidQuery, "__CLASS", "has no members"),
        ("Point.__CLASS.X = 1", InvalidQuery, "__CLASS", "has no members"),
        ("Point = 'x'", InvalidQuery, "Point = 'x'", "test a member"),
        ("Point LIKE 'x'", InvalidQuery, "Point LIKE 'x'", "test a member"),
        ("Point.X = 'a'", InvalidQuery, "'a'", "write an integer"),
        ("U8 LIKE '5%'", InvalidQuery, "'5%'", "wildcards are not allowed"),
        ("When LIKE '2024_'", InvalidQuery, "'2024_'", "wildcards are not allowed"),
        ("Text LIKE NULL", InvalidQuery, "Text LIKE NULL", "use IS NULL"),
        ("U8 >= NULL", InvalidQuery, "U8 >= NULL", "use IS NULL"),
        ("U8 = S8", InvalidQuery, "U8 = S8", "not with another property"),
        ("Text = John", InvalidQuery, "Text = John", "if `John` is text, quote it"),
        ("__CLASS < T_Base", InvalidQuery, "__CLASS < T_Base", "quote it"),
        ("1 = 1", InvalidQuery, "1 = 1", "two constants"),
        ("Text ISA 'T_Base'", InvalidQuery, "Text", "ISA tests embedded objects"),
        ("__CLASS ISA 'T_Base'", InvalidQuery, "__CLASS", "ISA tests embedded objects"),
        ("Point ISA 'T_Pont'", InvalidClass, "'T_Pont'", "did you mean `T_Point`?"),
    ] {
        let error = error(condition);
        let Span { start, end } = error.span();
        let before = "SELECT * FROM T_Base WHERE ".len();
        assert_eq!(&condition[start - before..end - before], at, "{condition}: {error}");
        assert_eq!(error.status(), status, "{condition}");
        assert!(error.to_string().contains(message), "{condition}: {error}");
    }
}

#[test]
fn unknown_class_and_selected_property() {
    let error = bind_text("SELECT * FROM T_Bse").unwrap_err();
    assert_eq!(error.status(), Status::InvalidClass);
    assert_eq!(error.to_string(), "unknown class `T_Bse`: did you mean `T_Base`?");
    let error = bind_text("SELECT Id, Nope FROM T_Base").unwrap_err();
    assert_eq!(error.status(), Status::InvalidQuery);
    assert_eq!(error.span(), Span::new(11, 15));
    let error = bind_text("SELECT Text.X FROM T_Base").unwrap_err();
    assert!(matches!(error, WqlError::NotAnObject { .. }));
}
