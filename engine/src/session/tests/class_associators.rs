//! Associations between classes.

use super::*;

const LINKS: &str = r#"
class X_Thing { [key] string Id; };
[Marked] class X_Box : X_Thing { };
class X_Lid : X_Thing { };
class X_Loose { [key] string Id; };
[association] class X_Link { [key] X_Thing ref Here; [key] X_Thing ref There; };
[association, Tagged] class X_Has { [key] X_Box ref Whole; [key] X_Lid ref Part; };
[association] class X_HasTight : X_Has { };
[association] class X_Three { [key] X_Lid ref A; [key] X_Box ref B; [key] X_Loose ref C; };
"#;

fn joined(names: Result<Vec<Name>, EngineError>) -> String {
    match names {
        Ok(names) => names.iter().map(Name::as_str).collect::<Vec<_>>().join(" "),
        Err(error) => format!("{:?}", error.status()),
    }
}

#[test]
fn each_filter_narrows_what_is_found() {
    let all = AssociationFilter::new;
    let session = wmi_with(LINKS);
    for (source, filter, ends, associations) in [
        // From a class at an end, and through the classes above it.
        (
            "x_box",
            all(),
            "X_Lid X_Lid X_Thing X_Thing X_Lid X_Loose",
            "X_Has X_HasTight X_Link X_Three",
        ),
        ("X_Thing", all(), "X_Thing X_Thing", "X_Link"),
        ("X_Loose", all(), "X_Lid X_Box", "X_Three"),
        // DSP0200 5.3.2.16: AssocClass counts with the classes below it.
        ("X_Box", all().assoc_class("X_Has"), "X_Lid X_Lid", "X_Has X_HasTight"),
        ("X_Box", all().assoc_class("X_HasTight"), "X_Lid", "X_HasTight"),
        // ResultClass is of the ends, or of the associations themselves.
        ("X_Box", all().result_class("X_Lid"), "X_Lid X_Lid X_Lid", ""),
        ("X_Box", all().result_class("X_Thing"), "X_Lid X_Lid X_Thing X_Thing X_Lid", ""),
        ("X_Box", all().result_class("X_Has"), "", "X_Has X_HasTight"),
        // Role is where the source stands, ResultRole where the result does.
        ("X_Box", all().role("whole"), "X_Lid X_Lid", "X_Has X_HasTight"),
        ("X_Box", all().role("Here"), "X_Thing", "X_Link"),
        ("X_Box", all().role("Part"), "", ""),
        ("X_Box", all().result_role("C"), "X_Loose", "X_Has X_HasTight X_Link X_Three"),
        ("X_Box", all().role("B").result_role("A"), "X_Lid", "X_Three"),
        // Qualifiers; those without the flavor do not reach the class below.
        ("X_Lid", all().required_qualifier("marked"), "X_Box X_Box X_Box", ""),
        ("X_Box", all().required_qualifier("Tagged"), "", "X_Has"),
        ("X_Box", all().required_assoc_qualifier("Tagged"), "X_Lid", "X_Has"),
        // What cannot be followed.
        ("X_Nope", all(), "AssociationSourceNotFound", "AssociationSourceNotFound"),
        ("X_Box", all().assoc_class("X_Nope"), "FilterClassNotFound", "FilterClassNotFound"),
        ("X_Box", all().result_class("X_Nope"), "FilterClassNotFound", "FilterClassNotFound"),
        ("X_Box", all().class_defs_only(), "InvalidQuery", "InvalidQuery"),
        ("X_Lid", all().assoc_class("X_Three").keys_only(), "X_Box X_Loose", "X_Three"),
    ] {
        let found = session.associator_class_names(&context(), source, &filter);
        assert_eq!(joined(found), ends, "associators of {source}: {filter:?}");
        let found = session.reference_class_names(&context(), source, &filter);
        assert_eq!(joined(found), associations, "references of {source}: {filter:?}");
    }
}

#[test]
fn classes_come_as_the_options_want_them() {
    let session = wmi_with(LINKS);
    let (filter, options) =
        (AssociationFilter::new().assoc_class("X_Three"), ClassOptions::new().without_qualifiers());
    let ends = session.associator_classes(&context(), "X_Box", &filter, &options).unwrap();
    let found: Vec<_> = ends.iter().map(|c| (c.name.as_str(), c.qualifiers.is_empty())).collect();
    assert_eq!(found, [("X_Lid", true), ("X_Loose", true)]);
    let associations =
        session.reference_classes(&context(), "X_Box", &filter, options.properties(["b"])).unwrap();
    let [three] = &associations[..] else { panic!("{associations:?}") };
    let names: Vec<_> = three.properties.iter().map(|p| p.name.as_str()).collect();
    assert_eq!((three.name.as_str(), names), ("X_Three", vec!["B"]));
}

/// DMTF gives each class once; what is not there has a name and nothing else; WMI's
/// `object ref` takes any class.
#[test]
fn ends_may_repeat_dangle_or_be_anything() {
    let dmtf = r#"
        Qualifier Key : boolean = false, Scope(property, reference),
            Flavor(DisableOverride, ToSubclass);
        Qualifier Association : boolean = false, Scope(association),
            Flavor(DisableOverride, ToSubclass);
        class X_A { [Key] string Id; };
        class X_B { [Key] string Id; };
        [Association] class X_One { [Key] X_A ref A; [Key] X_B ref B; };
        [Association] class X_Two { [Key] X_A ref A; [Key] X_B ref B; };
    "#;
    let session = session(Dialect::Dmtf, dmtf);
    let all = AssociationFilter::new();
    let names = |filter| joined(session.associator_class_names(&context(), "X_A", filter));
    assert_eq!(names(&all), "X_B");
    session.delete_class(&context(), "X_B").unwrap();
    assert_eq!(names(&all), "X_B");
    assert_eq!(names(&all.clone().required_qualifier("Key")), "");
    let there = session.associator_classes(&context(), "X_A", &all, ClassOptions::new());
    assert!(there.unwrap().is_empty());

    let wmi = wmi_with(
        r#"class X_A { [key] string Id; };
           [association] class X_Any { [key] X_A ref Of; [key] object ref With; };"#,
    );
    let ends = joined(wmi.associator_class_names(&context(), "__EventFilter", &all));
    assert_eq!(ends, "__EventConsumer X_A", "the system binds filters to consumers");
    let ends = joined(wmi.associator_class_names(&context(), "X_A", &all));
    assert_eq!(ends, "X_A", "from With to Of; what With leads to has no class");
}
