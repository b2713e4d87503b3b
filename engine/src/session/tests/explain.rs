//! Plans, before and after running.

use super::*;
use crate::{QueryPlan, ValueView};

const CLASSES: &str = r#"
    class X_Base { [key] string Id; uint32 Size; string Text; };
    class X_Low : X_Base { sint8 Level; };
    [Association] class X_Link { [key] X_Base REF From; [key] X_Base REF To; };
"#;

fn filled() -> Session {
    let session = session(Dialect::Wmi, CLASSES);
    let mut inserter = session.inserter(&context(), "X_Low", &["Id", "Size", "Text"]).unwrap();
    for n in 0..20_000_u32 {
        let (id, text) = (format!("{n:05}"), format!("text {}", n % 100));
        let values = [ValueView::String(&id), ValueView::UInt32(n), ValueView::String(&text)];
        inserter.insert(&values).unwrap();
    }
    inserter.commit(&context()).unwrap();
    session
}

/// The plan without times.
fn text(plan: &QueryPlan) -> String {
    let mut lines = Vec::new();
    let mut node = Some(&plan.root);
    while let Some(this) = node {
        let details: String = this.details.iter().map(|detail| format!(", {detail}")).collect();
        let about = this.estimate.map_or("?".to_owned(), |rows| format!("{rows:.0}"));
        let gave = this.actual.map_or(String::new(), |actual| format!(" -> {}", actual.rows));
        lines.push(format!("{}{details} ~{about}{gave}", this.operation));
        node = this.source.as_deref();
    }
    lines.join(" | ")
}

#[test]
fn says_how() {
    let session = filled();
    session.create_index(&context(), "X_Base", "Text").unwrap();
    for (query, expected) in [
        (
            "SELECT * FROM X_Base",
            "Show all properties ~20000 | Scan X_Base, and 1 class below it ~20000",
        ),
        (
            "SELECT Id, Size FROM X_Low WHERE Size < 5000 AND NOT Size < 2500 AND Level IS NULL",
            "Show Id, Size ~250 | Filter Size >= 2500 AND Size <= 4999 ~250 | \
             Filter Level IS NULL ~2000 | Scan X_Low ~20000",
        ),
        (
            "SELECT * FROM X_Base WHERE Id = '7' AND Size = 7",
            "Show all properties ~1 | Filter Id = \"7\" ~1 | Filter Size = 7 ~1 | Key X_Base ~1",
        ),
        (
            "SELECT Id FROM X_Base WHERE Text = 'Text 7'",
            "Show Id ~200 | Filter Text = \"text 7\" ~200 | Ordered index X_Base.Text ~200",
        ),
        (
            "SELECT Id FROM X_Base WHERE Size > 5 AND Size < 3",
            "Show Id ~0 | Filter FALSE ~0 | Nothing: the condition contradicts itself ~0",
        ),
        (
            "SELECT * FROM meta_class WHERE __this ISA 'X_Base'",
            "Filter __this ISA \"X_Base\" ~2 | Class tree ~2",
        ),
        (
            "SELECT * FROM meta_class WHERE __Class = 'X_Base' OR __Class = 'X_Link'",
            "Filter __CLASS = \"X_Base\" OR __CLASS = \"X_Link\" ~2 | Class tree, 2 runs ~2",
        ),
        ("SELECT * FROM meta_class", "Classes of the namespace ~"),
        (
            "SELECT * FROM meta_class WHERE __Class = 'X_No'",
            "Filter __CLASS = \"X_No\" ~0 | Nothing: the namespace has no such class ~0",
        ),
        (
            "ASSOCIATORS OF {X_Low.Id='7'} WHERE ResultClass = X_Low",
            "Associators, ResultClass = X_Low ~0 | Association index of X_Low.Id=\"7\" ~0",
        ),
        (
            "REFERENCES OF {X_Base} WHERE SchemaOnly",
            "References, SchemaOnly ~2 | Declared associations of X_Base ~2",
        ),
    ] {
        let plan = text(&session.explain(&context(), query).unwrap());
        assert!(plan.starts_with(expected), "{query}:\n{plan}\n{expected}");
    }
}

#[test]
fn says_what_was_done() {
    let session = filled();
    session.create_index(&context(), "X_Base", "Text").unwrap();
    for (query, expected) in [
        (
            "SELECT Id FROM X_Base WHERE Size >= 8192 AND Size < 12288 AND Text LIKE '%7'",
            "Show Id ~410 -> 410 | Filter Text LIKE \"%7\" ~410 -> 410 | \
             Filter Size >= 8192 AND Size <= 12287 ~4096 -> 4096 | Scan X_Base",
        ),
        (
            "SELECT * FROM X_Low WHERE Id = '00007'",
            "Show all properties ~1 -> 1 | Filter Id = \"00007\" ~1 -> 1 | Key X_Low, 1 chunk ~1 -> 1",
        ),
        ("SELECT Id FROM X_Base WHERE Text = 'Text 7' AND Size < 100", "Show Id "),
    ] {
        let plan = session.analyze(&context(), query).unwrap();
        assert!(plan.planning.is_some());
        let plan = text(&plan);
        assert!(plan.starts_with(expected), "{query}:\n{plan}\n{expected}");
    }
    let plan = session.analyze(&context(), "SELECT Id FROM X_Base WHERE Size < 100").unwrap();
    let plan = plan.to_string();
    assert!(plan.contains("of them passed over"), "{plan}");
    assert!(plan.contains("└─ Filter Size <= 99  (about"), "{plan}");
}

#[test]
fn says_what_was_done_for_classes_and_associations() {
    let session = filled();
    let end = |n: u32| path(&format!("X_Low.Id=\"{n:05}\""));
    for n in 1..=6 {
        let link = Instance::new("X_Link").with("From", end(0)).with("To", end(n));
        session.create_instance(&context(), &link).unwrap();
    }
    for (query, expected) in [
        (
            "ASSOCIATORS OF {X_Base.Id='00000'} WHERE Role = From",
            "Associators, Role = From ~3 -> 6 | Association index of X_Base.Id=\"00000\" ~6 -> 6",
        ),
        (
            "REFERENCES OF {X_Low.Id='00000'} WHERE Role = To KeysOnly",
            "References, Role = To, KeysOnly ~3 -> 0 | Association index of X_Low.Id=\"00000\" ~6 -> 6",
        ),
        (
            "ASSOCIATORS OF {X_Low.Id='00001'} WHERE ClassDefsOnly",
            "Associators, ClassDefsOnly ~1 -> 1 | Association index of X_Low.Id=\"00001\" ~1 -> 1",
        ),
        (
            "SELECT * FROM meta_class WHERE __this ISA 'X_Base' AND __Class LIKE '%w'",
            "Filter __this ISA \"X_Base\" AND __CLASS LIKE \"%w\" ~2 -> 1 | Class tree ~2 -> 2",
        ),
    ] {
        let plan = session.analyze(&context(), query).unwrap();
        assert_eq!(text(&plan), expected, "{query}");
    }
}

#[test]
fn extended_clauses_are_a_step() {
    let session = wmi().with_language_level(crate::LanguageLevel::Extended);
    for id in ["a", "b", "c"] {
        session.create_instance(&context(), &device("X_Fan", id)).unwrap();
    }
    for (query, step, rows) in [
        (
            "SELECT TOP 2 Id FROM X_Fan ORDER BY Speed DESC, Id",
            "Sort by Speed DESC, Id; limit 2",
            2,
        ),
        ("SELECT DISTINCT Size FROM X_Fan", "Distinct", 1),
        ("SELECT Id FROM X_Fan LIMIT 5 OFFSET 2", "Offset 2; limit 5", 1),
        (
            "SELECT COUNT(*), MAX(Size) AS M FROM X_Fan WHERE Size > 1",
            "Aggregate COUNT(*), MAX(Size)",
            1,
        ),
        ("SELECT Id AS Name FROM X_Fan", "Rename", 3),
    ] {
        let plan = session.explain(&context(), query).unwrap();
        let node = plan.root.source.as_ref().unwrap();
        assert_eq!(node.operation, step, "{query}");
        assert!(node.source.is_some() && node.actual.is_none());
        let plan = session.analyze(&context(), query).unwrap();
        let node = plan.root.source.as_ref().unwrap();
        assert_eq!(node.actual.map(|actual| actual.rows), Some(rows), "{query}");
        assert_eq!(plan.root.actual.map(|actual| actual.rows), Some(rows), "{query}");
        let mut leaf = node;
        while let Some(source) = &leaf.source {
            leaf = source;
            assert_eq!(leaf.actual.map(|actual| actual.rows), Some(3), "{query}");
        }
    }
}

#[test]
fn thousands_of_conditions_are_told_in_a_few_steps() {
    let session = filled();
    let conditions: Vec<_> = (0..2_000).map(|n| format!("Text LIKE '%{n}%'")).collect();
    let query = format!("SELECT Id FROM X_Base WHERE {}", conditions.join(" AND "));
    for plan in [session.explain(&context(), &query), session.analyze(&context(), &query)] {
        let shown = plan.unwrap().to_string();
        assert!(shown.lines().count() < 25, "{shown}");
        assert!(shown.len() < 2 * query.len(), "{} bytes", shown.len());
        assert!(conditions.iter().all(|one| shown.contains(&one.replace('\'', "\""))));
    }
}
