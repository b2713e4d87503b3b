//! Reading classes with options (DSP0200 5.3.2.2, 5.3.2.9, 5.3.2.10).

use super::*;
use crate::context::CancelToken;
use cimarron_model::{Class, Qualifiers};
use cimarron_schema::ClassForm;

const CLASSES: &str = r#"
[Locale(1033), Common : ToSubclass] class X_Top {
    [key, Note("id")] string Id;
    uint32 Size = 7;
    [Note("start")] uint32 Start([in, id(0)] uint8 How);
    uint32 Stop();
};
[Own("low")] class X_Low : X_Top {
    uint32 Size = 9;
    string More;
    uint32 Stop();
};
class X_Lower : X_Low { };
"#;

/// A class in one line: qualifiers, properties and methods, each with its qualifiers in
/// brackets and its origin behind an `@`.
fn sketch(class: &Class) -> String {
    let list = |qualifiers: &Qualifiers| {
        let names: Vec<_> = qualifiers.iter().map(|q| q.name.as_str()).collect();
        if names.is_empty() { String::new() } else { format!("[{}]", names.join(",")) }
    };
    let mut words = vec![format!("{}{}", list(&class.qualifiers), class.name)];
    for property in &class.properties {
        let origin = property.origin.as_ref().map(|o| format!("@{}", o.class));
        let word = format!("{}{}", list(&property.qualifiers), property.name);
        words.push(word + &origin.unwrap_or_default());
    }
    for method in &class.methods {
        let origin = method.origin.as_ref().map(|o| format!("@{}", o.class));
        let parameters: Vec<_> =
            method.parameters.iter().map(|p| list(&p.qualifiers) + p.name.as_str()).collect();
        let word = format!("{}{}", list(&method.qualifiers), method.name);
        words.push(format!("{word}({}){}", parameters.join(","), origin.unwrap_or_default()));
    }
    words.join(" ")
}

#[test]
fn each_option_takes_something_out() {
    let session = wmi_with(CLASSES);
    let all = ClassOptions::new;
    for (options, expected) in [
        (
            all(),
            "[Own,Common]X_Low [key]Id@X_Top Size@X_Top More@X_Low \
             Start([in,id]How)@X_Top Stop()@X_Top",
        ),
        // LocalOnly: what the class declares or overrides, whatever its origin.
        (all().local_only(), "[Own]X_Low Size@X_Top More@X_Low Stop()@X_Top"),
        (
            all().without_class_origin(),
            "[Own,Common]X_Low [key]Id Size More Start([in,id]How) Stop()",
        ),
        (all().without_qualifiers().without_class_origin(), "X_Low Id Size More Start(How) Stop()"),
        // PropertyList: in the class's order, without case; what is not there or there
        // twice means nothing; methods stay.
        (
            all().properties(["more", "ID", "Nope", "More"]).without_class_origin(),
            "[Own,Common]X_Low [key]Id More Start([in,id]How) Stop()",
        ),
        (
            all().properties(Vec::<Name>::new()).without_class_origin(),
            "[Own,Common]X_Low Start([in,id]How) Stop()",
        ),
        // LocalOnly filters what the list lets through.
        (
            all().properties(["Id", "Size"]).local_only().without_qualifiers(),
            "X_Low Size@X_Top Stop()@X_Top",
        ),
    ] {
        let class = session.get_class(&context(), "x_low", &options).unwrap();
        assert_eq!(sketch(&class), expected, "{options:?}");
        let below = session.enumerate_classes(&context(), Some("X_Top"), Depth::Shallow, &options);
        assert_eq!(below.unwrap(), [class]);
    }
    let missing = session.get_class(&context(), "X_Lo", all()).unwrap_err();
    assert_eq!(missing.status(), Status::ClassNotFound);
    assert!(missing.to_string().contains("did you mean `X_Low`"), "{missing}");
}

#[test]
fn enumerations_go_as_deep_as_asked() {
    let session = wmi_with(CLASSES);
    for (below, depth, expected) in [
        (Some("X_Top"), Depth::Shallow, Ok("X_Low")),
        (Some("x_top"), Depth::Deep, Ok("X_Low X_Lower")),
        (Some("X_Lower"), Depth::Deep, Ok("")),
        // DSP0200 5.3.2.9: a class to start from that is not there is an invalid class.
        (Some("X_Nope"), Depth::Deep, Err(Status::InvalidClass)),
    ] {
        let names = session.class_names(&context(), below, depth).map_err(|e| e.status());
        let names = names.map(|n| n.iter().map(Name::as_str).collect::<Vec<_>>().join(" "));
        assert_eq!(names, expected.map(str::to_owned), "{below:?} {depth:?}");
        let classes = session.enumerate_classes(&context(), below, depth, ClassForm::Local);
        let classes = classes.map_err(|e| e.status());
        let classes =
            classes.map(|c| c.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(" "));
        assert_eq!(classes, expected.map(str::to_owned), "{below:?} {depth:?}");
    }
}

#[test]
fn an_open_enumeration_keeps_its_state() {
    let session = wmi_with(CLASSES);
    let cancel = CancelToken::new();
    let cancelled = context().with_cancel(cancel.clone());
    let open = |context: &CallContext| {
        session.classes(context, Some("X_Top"), Depth::Deep, ClassForm::Resolved).unwrap()
    };
    let (mut first, second) = (open(&cancelled), open(&context()));
    assert_eq!((first.len(), second.len()), (2, 2));
    assert!(first.next().is_some_and(|class| class.is_ok_and(|c| c.name.is("X_Low"))));
    session.delete_class(&context(), "X_Low").unwrap();
    let names: Vec<_> = second.map(|class| class.unwrap().name).collect();
    assert_eq!(names, ["X_Low", "X_Lower"].map(Name::new));
    cancel.cancel();
    let left: Vec<_> = first.map(|class| class.map_err(|e| e.status())).collect();
    assert_eq!(left, [Err(Status::Cancelled)]);
    assert_eq!(open(&context()).len(), 0);
}

#[test]
fn amended_qualifiers_come_from_the_locale() {
    let session = wmi_with(CLASSES);
    let text = r#"
        #pragma namespace("\\\\.\\root\\cimv2\\ms_407")
        [Amendment, Locale(1031), Caption("unten") : Amended] class X_Low { };
    "#;
    session.compile_mof_text(&context(), "de.mof", text).unwrap();
    let amended = ClassOptions::new().amended();
    let caption = |session: &Session, context: &CallContext, options: &ClassOptions| {
        let class = session.get_class(context, "X_Low", options).unwrap();
        class.qualifiers.get("Caption").and_then(|q| q.value.as_str().map(str::to_owned))
    };
    let german = session.clone().with_locale("MS_407");
    let of_call = context().with_locale("MS_40C").with_locale("ms_407");
    for (session, context, options, expected) in [
        (&session, context(), &amended, None),
        (&german, context(), &amended, Some("unten")),
        (&german, context(), &ClassOptions::new(), None),
        (&session, of_call, &amended, Some("unten")),
        (&session, context().with_locale("MS_409"), &amended, None),
        (&session, context().with_locale("../ms_407"), &amended, None),
    ] {
        assert_eq!(caption(session, &context, options).as_deref(), expected, "{context:?}");
    }
}
