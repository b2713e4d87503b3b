//! What declarations look like. (That they compile back to themselves is tested
//! where there is a compiler.)

use super::*;
use cimarron_model::{
    Array, ArrayShape, CimType, DataType, Elements, Method, Object, Origin, Parameter, Property,
    Qualifier, Scope,
};

const TO_SUBCLASS: Flavor = Flavor::TO_SUBCLASS;
const KEY: Flavor = TO_SUBCLASS.with(Flavor::TO_INSTANCE).with(Flavor::NOT_OVERRIDABLE);

fn qualifier(name: &str, value: impl Into<Value>, flavor: Flavor) -> Qualifier {
    Qualifier { name: name.into(), value: value.into(), flavor }
}

fn strings(items: &[&str]) -> Value {
    Value::from(Array::from_elements(Elements::String(items.iter().map(|i| (*i).into()).collect())))
}

fn property(name: &str, cim_type: CimType, qualifiers: Vec<Qualifier>) -> Property {
    let mut property = Property::new(name, DataType::scalar(cim_type));
    property.qualifiers = qualifiers.into_iter().collect();
    property
}

fn wmi() -> PrintOptions<'static> {
    PrintOptions::new(Dialect::Wmi)
}

#[test]
fn flavors_are_written_where_the_reader_would_assume_others() {
    let declared = |name: &str| match name {
        "Read" => Some(TO_SUBCLASS.with(Flavor::AMENDED)),
        "Both" => Some(TO_SUBCLASS.with(Flavor::TO_INSTANCE)),
        _ => None,
    };
    for (dialect, name, flavor, expected) in [
        (Dialect::Wmi, "Plain", Flavor::WMI_DEFAULT, "[Plain]"),
        (Dialect::Wmi, "Plain", TO_SUBCLASS, "[Plain : ToSubclass]"),
        (Dialect::Wmi, "Plain", KEY, "[Plain : DisableOverride ToSubclass ToInstance]"),
        (Dialect::Wmi, "KEY", KEY, "[KEY]"),
        (
            Dialect::Wmi,
            "key",
            Flavor::WMI_DEFAULT,
            "[key : EnableOverride NotToSubclass NotToInstance]",
        ),
        (Dialect::Wmi, "Plain", Flavor::AMENDED, "[Plain : Amended]"),
        (Dialect::Wmi, "Read", TO_SUBCLASS.with(Flavor::AMENDED), "[Read]"),
        (Dialect::Wmi, "Both", Flavor::default(), "[Both : NotToSubclass NotToInstance]"),
        (Dialect::Dmtf, "Both", Flavor::default(), "[Both : Restricted]"),
        (Dialect::Dmtf, "Plain", TO_SUBCLASS, "[Plain]"),
        (Dialect::Dmtf, "Plain", Flavor::AMENDED, "[Plain : Restricted Translatable]"),
        (
            Dialect::Dmtf,
            "Plain",
            TO_SUBCLASS.with(Flavor::NOT_OVERRIDABLE),
            "[Plain : DisableOverride]",
        ),
    ] {
        let mut class = Class::new("C");
        class.qualifiers.set(qualifier(name, true, flavor));
        let options = PrintOptions::new(dialect).declared(&declared);
        let text = class_to_mof(&class, &options);
        assert_eq!(text, format!("{expected}\nclass C {{}};\n"), "{dialect} {name}");
    }
}

#[test]
fn a_local_class_prints_as_written() {
    let mut class = Class::new("X_Disk");
    class.superclass = Some("X_Device".into());
    class.qualifiers.set(qualifier("Description", "A \"disk\".", Flavor::WMI_DEFAULT));
    let mut size = Property::new(
        "Blocks",
        DataType { array: ArrayShape::Fixed(4), ..DataType::scalar(CimType::UInt64) },
    );
    size.default = Some(Value::null_array(CimType::UInt64));
    let mut place = Property::new("Place", DataType::scalar(CimType::Object));
    place.data_type.class = Some("X_Place".into());
    class.properties = vec![
        property("Serial", CimType::String, vec![qualifier("key", true, KEY)]),
        size,
        place,
        Property::new("Any", DataType::array(CimType::Object)),
        Property::new("Host", DataType::reference("X_Host".into())),
        property(
            "Kind",
            CimType::UInt16,
            vec![
                qualifier("ValueMap", strings(&["0", "1"]), Flavor::WMI_DEFAULT),
                qualifier("Write", false, Flavor::WMI_DEFAULT),
            ],
        ),
    ];
    class.methods = vec![Method {
        name: "Spin".into(),
        return_type: None,
        parameters: vec![Parameter {
            name: "Rate".into(),
            data_type: DataType::scalar(CimType::Real32),
            qualifiers: [qualifier("in", true, Flavor::WMI_DEFAULT)].into_iter().collect(),
            default: Some(Value::from(2.0_f32)),
        }],
        qualifiers: cimarron_model::Qualifiers::new(),
        origin: None,
        propagated: false,
    }];
    assert_eq!(
        class_to_mof(&class, &wmi()),
        r#"[Description("A \"disk\".")]
class X_Disk : X_Device {
    [key]
    string Serial;

    uint64 Blocks[4] = NULL;
    X_Place Place;
    object Any[];
    X_Host REF Host;

    [ValueMap{"0", "1"}, Write(FALSE)]
    uint16 Kind;

    void Spin([in] real32 Rate = 2.0);
};
"#
    );
}

#[test]
fn what_is_inherited_prints_as_comments() {
    let mut class = Class::new("B");
    class.superclass = Some("A".into());
    let mut caption = property("Caption", CimType::String, vec![qualifier("Key", true, KEY)]);
    caption.propagated = true;
    caption.origin = Some(Origin { class: "A".into(), depth: 0 });
    let mut health = property(
        "Health",
        CimType::UInt16,
        vec![
            qualifier("Override", "Health", Flavor::WMI_DEFAULT),
            qualifier("Description", "Overall.", TO_SUBCLASS.with(Flavor::PROPAGATED)),
        ],
    );
    health.default = Some(Value::from(1_u16));
    health.default_inherited = true;
    let mut notes = [1, 2].map(|n| property(&format!("Note{n}"), CimType::String, vec![]));
    for note in &mut notes {
        note.propagated = true;
        note.origin.clone_from(&caption.origin);
    }
    let long = "This is what a description looks like that needs more than one line of text.";
    caption.qualifiers.set(qualifier("Description", long, TO_SUBCLASS));
    let [first, second] = notes;
    class.properties = vec![caption, first, second, health];
    assert_eq!(
        class_to_mof(&class, &PrintOptions { width: 80, ..wmi() }),
        r#"class B : A {
    // from A
    // [Key,
    //  Description(
    //      "This is what a description looks like that needs more than one "
    //      "line of text.") : ToSubclass]
    // string Caption;

    // string Note1;
    // string Note2;

    // default = 1
    // [Description("Overall.") : ToSubclass]
    [Override("Health")]
    uint16 Health;
};
"#
    );
}

#[test]
fn long_lines_break() {
    let options = PrintOptions { width: 40, ..PrintOptions::new(Dialect::Dmtf) };
    let mut class = Class::new("C");
    let long = "First line.\nThen some more words to fill the second line.";
    class.qualifiers = [
        qualifier("Abstract", true, TO_SUBCLASS),
        qualifier("Description", long, TO_SUBCLASS),
        qualifier("Values", strings(&["Unknown", "Other", "Running", "Stopped"]), TO_SUBCLASS),
    ]
    .into_iter()
    .collect();
    let mut list = Property::new("Numbers", DataType::array(CimType::UInt32));
    list.default =
        Some(Value::from(Array::from_elements(Elements::UInt32((99_990..99_996).collect()))));
    class.properties = vec![list];
    class.methods = vec![Method {
        name: "Go".into(),
        return_type: Some(DataType::scalar(CimType::UInt32)),
        parameters: ["Alpha", "Beta", "Gamma"]
            .map(|name| Parameter {
                name: name.into(),
                data_type: DataType::scalar(CimType::String),
                qualifiers: [qualifier("In", true, TO_SUBCLASS)].into_iter().collect(),
                default: None,
            })
            .into(),
        qualifiers: cimarron_model::Qualifiers::new(),
        origin: None,
        propagated: false,
    }];
    assert_eq!(
        class_to_mof(&class, &options),
        r#"[Abstract,
 Description(
     "First line.\n"
     "Then some more words to fill "
     "the second line."),
 Values{
     "Unknown", "Other", "Running",
     "Stopped"
 }]
class C {
    uint32 Numbers[] = {
        99990, 99991, 99992, 99993,
        99994, 99995
    };

    uint32 Go(
        [In] string Alpha,
        [In] string Beta,
        [In] string Gamma);
};
"#
    );
}

#[test]
fn embedded_objects_are_strings_to_dmtf() {
    let inner = Object::Instance(Instance::new("X_Place").with("Room", "1"));
    let instance =
        Instance::new("X_Disk").with("Place", inner).with("Note", Value::null(CimType::String));
    assert_eq!(
        instance_to_mof(&instance, &wmi()),
        "instance of X_Disk {\n    Place = instance of X_Place { Room = \"1\"; };\n    Note = NULL;\n};\n"
    );
    assert_eq!(
        instance_to_mof(&instance, &PrintOptions { width: 40, ..wmi() }),
        "instance of X_Disk {\n    Place = instance of X_Place {\n        Room = \"1\";\n    };\n    Note = NULL;\n};\n"
    );
    assert_eq!(
        instance_to_mof(&instance, &PrintOptions::new(Dialect::Dmtf)),
        "instance of X_Disk {\n    Place = \"instance of X_Place { Room = \\\"1\\\"; };\";\n    Note = NULL;\n};\n"
    );
    let mut class = Class::new("X_Disk");
    let embedded = qualifier("EmbeddedInstance", "X_Place", Flavor::WMI_DEFAULT);
    let mut place = property("Place", CimType::Object, vec![embedded]);
    place.data_type.class = Some("X_Place".into());
    class.properties = vec![place];
    for (options, expected) in
        [(wmi(), "X_Place Place;"), (PrintOptions::new(Dialect::Dmtf), "string Place;")]
    {
        let text = class_to_mof(&class, &options);
        let expected = format!("]\n    {expected}");
        assert!(text.contains(&expected), "{text}");
    }
}

#[test]
fn qualifier_types() {
    let declared = |name: &str, data_type, default, scopes, flavor| QualifierType {
        name: name.into(),
        data_type,
        default,
        scopes,
        flavor,
    };
    for (declared, expected) in [
        (
            declared(
                "Key",
                DataType::scalar(CimType::Boolean),
                Value::from(false),
                [Scope::Property, Scope::Reference].into_iter().collect(),
                TO_SUBCLASS.with(Flavor::NOT_OVERRIDABLE),
            ),
            "Qualifier Key : boolean = FALSE, Scope(property, reference), Flavor(DisableOverride, ToSubclass);\n",
        ),
        (
            declared(
                "Values",
                DataType::array(CimType::String),
                Value::null_array(CimType::String),
                cimarron_model::Scopes::ANY,
                Flavor::AMENDED.with(Flavor::TO_INSTANCE),
            ),
            "Qualifier Values : string[] = NULL, Scope(any),\n    Flavor(EnableOverride, NotToSubclass, ToInstance, Translatable);\n",
        ),
        (
            declared(
                "Old",
                DataType::scalar(CimType::SInt64),
                Value::from(-1_i64),
                cimarron_model::Scopes::NONE,
                Flavor::DMTF_DEFAULT,
            ),
            "Qualifier Old : sint64 = -1, Scope(schema), Flavor(EnableOverride, ToSubclass);\n",
        ),
    ] {
        assert_eq!(qualifier_type_to_mof(&declared, &wmi()), expected);
    }
}
