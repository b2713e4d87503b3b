//! Tests of binding: schema, association and event queries, and the extended level.

use crate::syntax::ast::{AggregateFunction, Direction};
use crate::testing::{TestSchema, embedded};
use crate::{
    BindOptions, Bound, BoundAssociationQuery, BoundEventQuery, BoundExpr, BoundQuery, Level,
    ParseOptions, Projection, Row, WqlError, bind, bind_event, parse, parse_event, parse_with,
};
use cimarron_model::{Dialect, Instance, Status};
use std::time::Duration;

/// The classes for which a schema query's condition holds.
fn classes(condition: &str, dialect: Dialect) -> Result<Vec<String>, WqlError> {
    let text = format!("SELECT * FROM meta_class WHERE {condition}");
    let query = parse(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let schema = TestSchema::new();
    let Bound::Schema(bound) = bind(&query, &schema, &BindOptions::from(dialect))? else {
        panic!()
    };
    let passing = schema.class_rows().filter(|row| bound.matches(row));
    Ok(passing.map(|row| row.class_name().to_owned()).collect())
}

#[test]
fn schema_queries_select_classes() {
    for (condition, expected) in [
        ("__this ISA 't_base'", &["T_Base", "T_Derived"][..]),
        ("__This ISA T_Derived", &["T_Derived"]),
        ("__Class = 'T_BASE'", &["T_Base"]),
        ("__Class = T_Base", &["T_Base"]),
        ("__Class = 'Nowhere'", &[]),
        ("'T_Base' = __superclass", &["T_Derived"]),
        ("__Dynasty = 'T_Base'", &["T_Base", "T_Derived"]),
        ("__Class LIKE '[_][_]%Creation%'", &["__InstanceCreationEvent"]),
        ("__Superclass IS NULL AND __Class LIKE 'T%' AND __Class > 'T_M'", &["T_Point", "T_Other"]),
        ("NOT __class < 'T_P' AND NOT __this ISA 'T_Point3' AND NOT __class > 'U'", &["T_Point"]),
        ("__GENUS = 2", &[]),
        ("__GENUS = 1 AND __RELPATH = 'T_Link' AND __PROPERTY_COUNT = 2", &["T_Link"]),
        ("__PATH = '\\\\\\\\HOST\\\\root\\\\test:T_Link'", &["T_Link"]),
        ("__NAMESPACE <> 'root\\\\test'", &[]),
    ] {
        assert_eq!(classes(condition, Dialect::Wmi).unwrap(), expected, "{condition}");
        assert_eq!(classes(condition, Dialect::Dmtf).unwrap(), expected, "{condition}");
    }
    // NULL logic is the dialect's.
    let without = |dialect| classes("__Superclass <> 'T_Base'", dialect).unwrap();
    assert!(without(Dialect::Wmi).contains(&"T_Base".to_owned()));
    assert!(!without(Dialect::Dmtf).contains(&"T_Base".to_owned()));
}

#[test]
fn schema_query_errors() {
    use Status::{InvalidClass, InvalidQuery};
    for (condition, status, message) in [
        ("__this ISA 'T_Bas'", InvalidClass, "did you mean `T_Base`?"),
        ("__this = 'T_Base'", InvalidQuery, "is tested with ISA only"),
        ("__this LIKE 'T%'", InvalidQuery, "is tested with ISA only"),
        ("__this IS NULL", InvalidQuery, "is tested with ISA only"),
        ("__this.X ISA 'T_Base'", InvalidQuery, "is tested with ISA only"),
        ("__Class ISA 'T_Base'", InvalidQuery, "ISA tests embedded objects"),
        ("Id = 'x'", InvalidQuery, "class `meta_class` has no property `Id`"),
        ("__thi ISA 'T_Base'", InvalidQuery, "did you mean `__this`?"),
        ("__DERIVATION = 'T_Base'", InvalidQuery, "is an array"),
        ("__Class = TRUE", InvalidQuery, "put it in quotes"),
    ] {
        let error = classes(condition, Dialect::Wmi).unwrap_err();
        assert_eq!(error.status(), status, "{condition}");
        assert!(error.to_string().contains(message), "{condition}: {error}");
    }
}

fn association(text: &str) -> Result<BoundAssociationQuery, WqlError> {
    let query = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    match bind(&query, &TestSchema::new(), &BindOptions::default())? {
        Bound::Association(bound) => Ok(*bound),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn association_queries_know_their_classes() {
    let bound = association(
        "ASSOCIATORS OF {t_base='a'} WHERE AssocClass = t_link ResultClass = T_BASE Role = to \
         KeysOnly",
    )
    .unwrap();
    assert_eq!(bound.assoc_class.unwrap().as_str(), "T_Link");
    assert_eq!(bound.result_class.unwrap().as_str(), "T_Base");
    assert_eq!(bound.role.unwrap().as_str(), "to");
    assert!(bound.keys_only && !bound.class_defs_only && !bound.schema_only);
    assert!(association("REFERENCES OF {\\\\.\\root\\far:Elsewhere='a'}").is_ok());
    for (text, at) in [
        ("REFERENCES OF {T_Bas='a'}", "T_Bas='a'"),
        ("ASSOCIATORS OF {T_Base} WHERE AssocClass = T_Lnk SchemaOnly", "T_Lnk"),
        ("REFERENCES OF {T_Base} WHERE ResultClass = T_Lnk SchemaOnly", "T_Lnk"),
    ] {
        let error = association(text).unwrap_err();
        assert_eq!(error.status(), Status::InvalidClass, "{text}");
        assert_eq!(error.span().of(text), at);
        assert!(error.to_string().contains("did you mean"), "{error}");
    }
}

fn event(text: &str, dialect: Dialect) -> Result<BoundEventQuery, WqlError> {
    let query = parse_event(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    bind_event(&query, &TestSchema::new(), &BindOptions::from(dialect))
}

#[test]
fn event_queries() {
    let bound = event(
        "SELECT TargetInstance.Id, targetinstance.Nope, TIME_CREATED FROM __instancecreationevent \
         WITHIN 1.5 WHERE TargetInstance ISA 't_base' AND TargetInstance.Anything = 5 \
         GROUP WITHIN 60 BY TargetInstance.Id, __CLASS HAVING NumberOfEvents > 25",
        Dialect::Wmi,
    )
    .unwrap();
    assert_eq!(bound.class.as_str(), "__InstanceCreationEvent");
    assert_eq!(bound.within, Some(Duration::from_millis(1500)));
    let Projection::Items(items) = &bound.projection else { panic!() };
    let headings: Vec<_> = items.iter().map(ToString::to_string).collect();
    assert_eq!(headings, ["TargetInstance", "TIME_CREATED"]);
    let group = bound.group.unwrap();
    assert_eq!(group.within, Duration::from_secs(60));
    assert_eq!(
        group.by.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["TargetInstance.Id", "__CLASS"]
    );
    assert!(!group.reports(25) && group.reports(26));
    for (having, least, most) in [
        ("5 <= NumberOfEvents", 5, u32::MAX),
        ("NumberOfEvents >= 2 AND numberofevents <> 3 OR NumberOfEvents = 3", 2, u32::MAX),
        ("NOT NumberOfEvents > '7'", 0, 7),
        ("NumberOfEvents < 4294967295", 0, u32::MAX - 1),
    ] {
        let text = format!("SELECT * FROM __Event GROUP WITHIN 1 HAVING {having}");
        let group = event(&text, Dialect::Wmi).unwrap().group.unwrap();
        assert!(group.reports(least) && group.reports(most), "{having}");
        assert!(least == 0 || !group.reports(least - 1), "{having}");
        assert!(most == u32::MAX || !group.reports(most + 1), "{having}");
    }
    assert!(event("SELECT * FROM __Event", Dialect::Wmi).unwrap().group.is_none());
    let query = "SELECT * FROM T_Event WHERE Point.X > 3 AND NOT Level = 7";
    let query = event(query, Dialect::Wmi).unwrap();
    let schema = TestSchema::new();
    let raised = |x: i32| {
        let point = Instance::new("T_Point").with("X", x);
        schema.row(Instance::new("T_Event").with("Point", embedded(point)))
    };
    assert!(query.matches(&raised(4)) && !query.matches(&raised(3)));
    assert!(event("SELECT * FROM CIM_Indication", Dialect::Dmtf).is_ok());
    for text in [
        "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Base' AND \
         TargetInstance ISA 'T_Derived'",
        "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'T_Base' AND \
         PreviousInstance ISA 'T_Other'",
        "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Base' OR \
         TargetInstance ISA 'T_Other'",
        "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Base' AND NOT \
         TargetInstance ISA 'T_Other'",
        "SELECT * FROM T_Event WHERE Point ISA 'T_Point3'",
    ] {
        assert!(event(text, Dialect::Wmi).is_ok(), "{text}");
    }
}

#[test]
fn event_query_errors() {
    use Status::*;
    for (text, status, at) in [
        ("SELECT * FROM __Evnt", InvalidClass, "__Evnt"),
        ("SELECT * FROM T_Base", NotEventClass, "T_Base"),
        ("SELECT * FROM __AggregateEvent", NotEventClass, "__AggregateEvent"),
        ("SELECT * FROM CIM_Indication", NotEventClass, "CIM_Indication"),
        ("SELECT Nope FROM T_Event", InvalidQuery, "Nope"),
        ("SELECT Level.X FROM T_Event", PropertyNotAnObject, "Level"),
        ("SELECT * FROM T_Event WHERE Level.X = 1", PropertyNotAnObject, "Level"),
        ("SELECT * FROM T_Event WHERE Level = 'x'", InvalidQuery, "'x'"),
        ("SELECT * FROM T_Event WHERE Names = 'x'", InvalidQuery, "Names"),
        ("SELECT * FROM T_Event WHERE TargetInstance ISA 'T_Base'", InvalidQuery, "TargetInstance"),
        (
            "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Nope'",
            InvalidClass,
            "'Nope'",
        ),
        ("SELECT * FROM T_Event GROUP WITHIN 1 BY Nope", InvalidQuery, "Nope"),
        ("SELECT * FROM T_Event GROUP WITHIN 1 BY Names", InvalidQuery, "Names"),
        ("SELECT * FROM T_Event GROUP WITHIN 1 BY Level.X", PropertyNotAnObject, "Level"),
        ("SELECT * FROM T_Event GROUP WITHIN 1 BY Level, Point", AggregatingByObject, "Point"),
        (
            "SELECT * FROM __InstanceCreationEvent GROUP WITHIN 1 BY TargetInstance",
            AggregatingByObject,
            "TargetInstance",
        ),
        ("SELECT * FROM T_Event GROUP WITHIN 1 BY Point.Inner", AggregatingByObject, "Point.Inner"),
        ("SELECT * FROM T_Event GROUP WITHIN 1 HAVING Level > 5", InvalidQuery, "Level"),
        ("SELECT * FROM T_Event GROUP WITHIN 1 HAVING NumberOfEvents > -1", InvalidQuery, "-1"),
        (
            "SELECT * FROM T_Event GROUP WITHIN 1 HAVING NumberOfEvents > 4294967296",
            InvalidQuery,
            "4294967296",
        ),
        ("SELECT * FROM T_Event GROUP WITHIN 1 HAVING NumberOfEvents > 1.5", InvalidQuery, "1.5"),
        (
            "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Base' AND \
             (TargetInstance.Id = 'a' AND TargetInstance ISA 'T_Other')",
            InvalidClass,
            "TargetInstance ISA 'T_Base' AND \
             (TargetInstance.Id = 'a' AND TargetInstance ISA 'T_Other'",
        ),
        (
            "SELECT * FROM __NamespaceOperationEvent WHERE TargetNamespace ISA 'T_Base'",
            InvalidClass,
            "TargetNamespace ISA 'T_Base'",
        ),
    ] {
        let error = event(text, Dialect::Wmi).unwrap_err();
        assert_eq!(error.status(), status, "{text}: {error}");
        assert_eq!(error.span().of(text), at, "{text}: {error}");
    }
    let text = "SELECT * FROM CIM_Indication group WITHIN 5 BY Nope";
    let error = event(text, Dialect::Dmtf).unwrap_err();
    assert_eq!((error.status(), error.span().of(text)), (NotSupported, "group"));
}

fn extended(text: &str) -> Result<BoundQuery, WqlError> {
    let options = ParseOptions { level: Level::Extended, ..ParseOptions::default() };
    let query = parse_with(text, &options).unwrap_or_else(|e| panic!("{text}: {e}"));
    Ok(bind(&query, &TestSchema::new(), &BindOptions::default())?.into_data().unwrap())
}

#[test]
fn extended_clauses() {
    let query = extended(
        "SELECT DISTINCT TOP 9 Id, u8 AS Size FROM T_Base ORDER BY size DESC, Point.X LIMIT 5 \
         OFFSET 2",
    )
    .unwrap();
    let clauses = query.extended.unwrap();
    assert!(clauses.distinct);
    assert_eq!((clauses.limit, clauses.offset), (Some(5), 2));
    let keys: Vec<_> =
        clauses.order_by.iter().map(|key| (key.path.to_string(), key.direction)).collect();
    let expected = [("U8", Direction::Descending), ("Point.X", Direction::Ascending)];
    assert_eq!(keys, expected.map(|(path, direction)| (path.to_owned(), direction)));
    assert_eq!(clauses.headings, [None, Some("Size".into())]);

    let query = extended("SELECT COUNT(*), sum(U8) AS Total, MIN(Text) FROM T_Base").unwrap();
    let clauses = query.extended.unwrap();
    let shown: Vec<_> =
        clauses.aggregates.iter().map(|a| (a.function, a.heading.as_str())).collect();
    assert_eq!(
        shown,
        [
            (AggregateFunction::Count, "COUNT(*)"),
            (AggregateFunction::Sum, "Total"),
            (AggregateFunction::Min, "MIN(Text)")
        ]
    );
    assert!(matches!(&query.projection, Projection::Items(paths) if paths.len() == 2));
    assert!(extended("SELECT Id FROM T_Base").unwrap().extended.is_none());
}

#[test]
fn extended_operators_become_plain_ones() {
    let filter = |condition: &str| {
        extended(&format!("SELECT * FROM T_Base WHERE {condition}")).unwrap().filter.unwrap()
    };
    for (condition, plain) in [
        ("U8 IN (1)", "U8 = 1"),
        ("U8 IN (1, '2', NULL)", "U8 = 1 OR U8 = 2 OR U8 IS NULL"),
        ("U8 NOT IN (1, 2)", "NOT (U8 = 1 OR U8 = 2)"),
        ("U8 = 3 OR U8 IN (1, 2)", "U8 = 3 OR U8 = 1 OR U8 = 2"),
        ("Text BETWEEN 'a' AND 'b'", "Text >= 'a' AND Text <= 'b'"),
        ("U8 NOT BETWEEN 1 AND 2", "NOT (U8 >= 1 AND U8 <= 2)"),
        ("Text NOT LIKE '%a'", "NOT Text LIKE '%a'"),
    ] {
        assert_eq!(filter(condition), filter(plain), "{condition}");
    }
    assert!(matches!(filter("U8 IN (1, 2)"), BoundExpr::Or(items) if items.len() == 2));
}

#[test]
fn extended_errors() {
    for (text, message) in [
        ("SELECT Id, COUNT(*) FROM T_Base", "select aggregates only"),
        ("SELECT COUNT(*), Id FROM T_Base", "select aggregates only"),
        ("SELECT COUNT(*) FROM T_Base ORDER BY Id", "select aggregates only"),
        ("SELECT SUM(Text) FROM T_Base", "`SUM` does not apply to `Text`, of type string"),
        ("SELECT MIN(Flag) FROM T_Base", "`MIN` does not apply to `Flag`"),
        ("SELECT MAX(List) FROM T_Base", "is an array"),
        ("SELECT * FROM T_Base ORDER BY List", "is an array"),
        ("SELECT * FROM T_Base ORDER BY Point", "`ORDER BY` does not apply to `Point`"),
        ("SELECT List AS L FROM T_Base ORDER BY l", "is an array"),
        ("SELECT * FROM T_Base ORDER BY Txt", "did you mean `Text`?"),
        ("SELECT * FROM T_Base WHERE U8 IN (1, 'x')", "\"x\" cannot be compared"),
        ("SELECT * FROM T_Base WHERE Flag BETWEEN 0 AND 1", "`>=` does not apply to `Flag`"),
        ("SELECT * FROM T_Base WHERE List IN (1)", "is an array"),
    ] {
        let error = extended(text).unwrap_err();
        assert!(error.to_string().contains(message), "{text}: {error}");
        assert_eq!(error.status(), Status::InvalidQuery);
    }
}
