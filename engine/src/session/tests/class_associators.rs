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
        ("X_Box", all().result_class("X_Lid").class_defs_only(), "InvalidQuery", "InvalidQuery"),
    ] {
        let found = session.associator_class_names(&context(), source, &filter);
        assert_eq!(joined(found), ends, "associators of {source}: {filter:?}");
        let found = session.reference_class_names(&context(), source, &filter);
        assert_eq!(joined(found), associations, "references of {source}: {filter:?}");
    }
}
