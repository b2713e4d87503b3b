//! Tests of templates.

use super::*;
use crate::testing::{array, embedded, modification, texts};
use cimarron_model::{CimType, Class, Object, Scalar, Value};
use proptest::prelude::*;
use std::sync::Arc;

fn expand(template: &str, event: &Instance) -> String {
    Template::parse(template).expand(event).unwrap()
}

#[test]
fn places_are_replaced() {
    let event = Instance::new("X_Load")
        .with("CPUUtilization", 90_u32)
        .with("Online", true)
        .with("Load", 1.5_f64)
        .with("Who", "a \"b\" %Online%")
        .with("Nothing", Value::null(CimType::String));
    for (template, expected) in [
        ("Some text here", "Some text here"),
        ("%CPUUtilization%", "90"),
        ("The CPU utilization is %CPUUtilization% now", "The CPU utilization is 90 now"),
        ("%cpuutilization%%Online%", "90TRUE"),
        ("%Load%", "1.5"),
        ("100%%", "100%"),
        ("%%Online%%", "%Online%"),
        ("%__CLASS%", "X_Load"),
        // What is not there.
        ("[%Nothing%] [%Unknown%] [%Online.X%]", "[] [] []"),
        // What looks like a place and is none.
        ("5 % of %Online%", "5 % of TRUE"),
        ("%", "%"),
        ("%Online", "%Online"),
        ("%.%Online%", "%.TRUE"),
        // Nothing between quotes is replaced, and nothing out of an event is read again.
        ("\"%Online%\" %Online%", "\"%Online%\" TRUE"),
        ("\"%%\"", "\"%%\""),
        ("\"%Online%", "\"TRUE"),
        ("\"\"%Online%\"\"", "\"\"TRUE\"\""),
        ("%Who%", "a \"b\" %Online%"),
    ] {
        assert_eq!(expand(template, &event), expected, "{template}");
    }
}

#[test]
fn places_in_embedded_objects() {
    let event = modification();
    for (template, expected) in [
        ("%TargetInstance.Name%", "C:"),
        ("%targetinstance.SIZE%", "90"),
        ("%TargetInstance.__CLASS%", "X_Disk"),
        ("%TargetInstance.__RELPATH%", "X_Disk.Name=\"C:\""),
        ("%TargetInstance.__NAMESPACE%", "root/x"),
        ("%PreviousInstance.Name%", ""),
        ("%TargetInstance.Tags%", "(\"a b\",\"c\")"),
        ("%TargetInstance.Name.Length%", ""),
    ] {
        assert_eq!(expand(template, &event), expected, "{template}");
    }
    let mof = expand("%TargetInstance%", &event);
    assert!(mof.starts_with("instance of X_Disk") && mof.ends_with("};"), "{mof}");
    let mut class = Class::new("X_New");
    class.superclass = Some("X_Old".into());
    let class = Scalar::Object(Arc::new(Object::Class(class)));
    let event = Instance::new("__ClassCreationEvent").with("TargetClass", Value::Scalar(class));
    let text = expand("%TargetClass.__CLASS% below %TargetClass.__SUPERCLASS%", &event);
    assert_eq!(text, "X_New below X_Old");
}

#[test]
fn arrays() {
    let drive = |letter: &str| embedded(Instance::new("X_Drive").with("DriverLetter", letter));
    let change = |letter: &str| {
        let drive = Value::Scalar(drive(letter));
        embedded(Instance::new("__InstanceModificationEvent").with("TargetInstance", drive))
    };
    let event = Instance::new("X_Many")
        .with("Numbers", array(CimType::UInt32, [1_u32, 5, 10, 1024]))
        .with("One", array(CimType::UInt32, [1_u32]))
        .with("None", array::<u32>(CimType::UInt32, []))
        .with("Text", texts(["a"]))
        .with("MyEvents", array(CimType::Object, ["C:", "D:"].map(change)))
        .with("Alone", array(CimType::Object, ["C:"].map(change)));
    for (template, expected) in [
        ("%Numbers%", "(1,5,10,1024)"),
        ("%One%", "1"),
        ("%None%", "()"),
        ("%Text%", "a"),
        ("%MyEvents.TargetInstance.DriverLetter%", "(\"C:\",\"D:\")"),
        ("%MyEvents.TargetInstance.Unknown%", "(NULL,NULL)"),
        ("%Alone.TargetInstance.DriverLetter%", "C:"),
        ("%Numbers.X%", "()"),
    ] {
        assert_eq!(expand(template, &event), expected, "{template}");
    }
}

#[test]
fn what_gets_too_long_is_refused() {
    let event = Instance::new("X").with("Text", "x".repeat(Template::MAX_LENGTH / 2));
    assert!(Template::parse("%Text%%Text%").expand(&event).is_ok());
    assert_eq!(Template::parse("%Text%%Text%%Text%").expand(&event), Err(TooLong));
}

proptest! {
    /// Every text is a template, and one without percent signs is itself.
    #[test]
    fn every_text_is_a_template(text in r#"[ab"%. ]{0,40}"#) {
        let event = Instance::new("X").with("a", "b");
        let expanded = Template::parse(&text).expand(&event).unwrap();
        if !text.contains('%') {
            prop_assert_eq!(&expanded, &text);
        }
        prop_assert_eq!(text.matches('"').count(), expanded.matches('"').count());
    }
}
