//! Out and in again: the same bytes, and the same repository.

mod values;
mod wrong;

use super::{Counts, Importer, export, is_ndjson};
use crate::args::ExportFormat;
use crate::core::data::Data;
use crate::core::{Texts, mof_text};
use cimarron_engine::{CallContext, PutMode, Repository, Session, UpdateMode};
use cimarron_model::{
    Array, CimType, Class, DataType, Dialect, Instance, Object, Property, Qualifier, Value,
};
use cimarron_mof::CompileOptions;

const WMI_SMALL: &str = r#"
class X_A { [Key] string Id; uint8 N = 1; object Any; real32 R[]; };
class X_B : X_A { void M([In] uint8 P = 3); };
instance of X_B { Id = "a"; R = {0.1, 2.5}; Any = instance of X_A { Id = "in"; N = NULL; }; };
instance of X_A { Id = "b"; N = NULL; };
"#;

/// What both dialects have.
const COMMON: &str = r#"
class X_Base { [Key] string Id; string Note = "no\tnote"; };
class X_Derived : X_Base {
    uint64 Big; sint64 Small; uint8 Bytes[]; real32 Ratio = 0.5; real64 Exact; boolean Flags[];
    char16 Letter; char16 Letters[]; datetime When; datetime Whens[]; string Texts[];
    uint32 Sizes[3];
    uint32 Count([In] uint32 From, [In, Out] string Names[], [Out] X_Base REF Found);
};
class X_Empty : X_Derived {};
[Association] class X_Link { [Key] X_Base REF Left; [Key] X_Base REF Right; uint16 Weight = 3; };
class A_Below : X_Base { string Note = "other"; };
instance of X_Base { Id = "plain"; };
instance of X_Base { Id = "null"; Note = NULL; };
instance of X_Derived {
    Id = "full"; Big = 18446744073709551615; Small = -9223372036854775808; Bytes = {0, 255};
    Exact = 1.7976931348623157e308; Flags = {TRUE, FALSE}; Letter = '\xD800';
    Letters = {'a', '\x0001', '\''}; When = "20240229123456.789000+060";
    Whens = {"00000012131415.000000:000", "19990101000000.******+000"};
    Texts = {"", "quote \" backslash \\ tab \t", "\x1F600 \x202E end"}; Sizes = {1, 2, 3};
};
instance of X_Derived { Id = "empty arrays"; Bytes = {}; Texts = {}; Ratio = NULL; };
instance of A_Below { Id = "below"; };
"#;

const WMI: &str = r#"
[Singleton] class X_Only { uint32 N = 7; string S; };
class X_Holder { [Key] uint32 N; object:X_Base Part; object Any; object:X_Base Parts[]; };
[dynamic, provider("p")] class X_Localised { [Key] string Id; [read, Values{"a", "b"}] sint32 V; };
class X_Provider : __Win32Provider { string Extra; };
class X_Event : __ExtrinsicEvent { string What; };
instance of X_Only { S = "only"; };
instance of X_Holder {
    N = 1; Part = instance of X_Derived { Id = "inner"; Big = 1; Letter = 'x'; };
    Any = instance of X_Empty { Id = "any"; Big = 7; };
    Parts = { instance of X_Base { Id = "p1"; }, instance of A_Below { Id = "p2"; Note = NULL; } };
};
instance of X_Holder { N = 2; };
instance of X_Link { Left = "X_Base.Id=\"plain\""; Right = "A_Below.Id=\"below\""; };
instance of X_Link {
    Left = "\\\\.\\root\\other:X_Base.Id=\"a \\\"quoted\\\" one\""; Right = "X_Base.Id=\"x\"";
    Weight = NULL;
};
[Custom("of the instance"): ToInstance] instance of X_Base {
    Id = "qualified"; [Shade(3)] Note = "n";
};
instance of __Win32Provider { Name = "P"; CLSID = "{00000000-0000-0000-0000-000000000000}"; };
instance of X_Provider { Name = "Q"; Extra = "e"; };
"#;

const DMTF: &str = r#"
Qualifier Association : boolean = false, Scope(association), Flavor(DisableOverride);
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride);
Qualifier In : boolean = true, Scope(parameter), Flavor(DisableOverride);
Qualifier Out : boolean = false, Scope(parameter), Flavor(DisableOverride);
Qualifier Override : string = null, Scope(property, method, reference), Flavor(Restricted);
Qualifier EmbeddedInstance : string = null, Scope(property, method, parameter);
Qualifier EmbeddedObject : boolean = false, Scope(property, method, parameter), Flavor(DisableOverride);
Qualifier Description : string = null, Scope(any), Flavor(EnableOverride, ToSubclass, Translatable);
Qualifier Levels : uint32[] = {1, 2}, Scope(class, property);
"#;

const DMTF_MORE: &str = r#"
[Levels{3, 4}, Description("holds")] class X_Holder {
    [Key] uint32 N; [EmbeddedInstance("X_Base")] string Part; [EmbeddedObject] string Any;
    [EmbeddedInstance("X_Base")] string Parts[]; uint16 Holes[];
};
instance of X_Holder {
    N = 1; Part = "instance of X_Derived { Id = \"inner\"; Big = 1; };";
    Parts = {"instance of X_Base { Id = \"p1\"; };"}; Holes = {1, NULL, 3};
};
instance of X_Holder { N = 2; Holes = {NULL}; };
instance of X_Link { Left = "X_Base.Id=\"plain\""; Right = "A_Below.Id=\"below\""; };
[Description("of the instance")] instance of X_Base { Id = "qualified"; [Description("of it")] Note = "n"; };
"#;

fn compile(repository: &Repository, namespace: &str, dialect: Dialect, text: &str) {
    let Texts { sources, said } = mof_text("a.mof", text).unwrap();
    let options =
        CompileOptions { dialect, namespace: namespace.to_owned(), ..CompileOptions::default() };
    let loaded = repository.compile_mof(&CallContext::new(), options, &sources, said);
    if let Err(error) = loaded {
        let said = error.diagnostics().map(|d| format!("{d:#?}"));
        panic!("{error}: {}", said.unwrap_or_default());
    }
}

fn wmi(repository: &Repository) -> Session {
    compile(repository, "root/w", Dialect::Wmi, &format!("{COMMON}{WMI}"));
    repository.session("root/w").unwrap()
}

fn dmtf(repository: &Repository) {
    let below = "class A_Below : X_Base { string Note";
    let common = COMMON.replace(below, "class A_Below : X_Base { [Override(\"Note\")] string Note");
    compile(repository, "interop", Dialect::Dmtf, &format!("{DMTF}{common}{DMTF_MORE}"));
}

fn exported(repository: &Repository, format: ExportFormat, chosen: &[&str]) -> String {
    let mut out = Vec::new();
    let chosen: Vec<String> = chosen.iter().map(|name| (*name).to_owned()).collect();
    export(repository, &chosen, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn import(repository: &Repository, text: &str) -> Result<Counts, String> {
    let mut reader = text.as_bytes();
    let mut data = Data::holding(repository.clone());
    Importer::new(&mut data, "in").run(&mut reader, &|_| {}).map_err(|f| f.to_string())
}

/// Reads an export into an empty repository; what that exports must be the same.
#[track_caller]
fn comes_back(repository: &Repository) -> Repository {
    let text = exported(repository, ExportFormat::Ndjson, &[]);
    let again = Repository::new();
    import(&again, &text).unwrap();
    assert_same(&exported(&again, ExportFormat::Ndjson, &[]), &text);
    again
}

#[track_caller]
fn assert_same(found: &str, expected: &str) {
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn everything_comes_back_from_ndjson() {
    let repository = Repository::new();
    let session = wmi(&repository);
    dmtf(&repository);
    repository.create_namespace("root/w/empty", Dialect::Dmtf).unwrap();
    let context = CallContext::new();
    session.create_index(&context, "X_Derived", "Big").unwrap();
    // What MOF cannot say.
    let mut strange = Instance::new("X_Derived").with("Id", "strange");
    strange.set("Ratio", f32::NAN);
    strange.set("Exact", f64::NEG_INFINITY);
    session.create_instance(&context, &strange).unwrap();
    let inner = Instance::new("X_Nowhere")
        .with("U", 5_u8)
        .with("N", Value::null_array(CimType::UInt16))
        .with("L", Value::from(Array::new(CimType::SInt8)))
        .with("R", 0.1_f32);
    let holder = Instance::new("X_Holder").with("N", 9_u32).with("Any", Object::Instance(inner));
    session.create_instance(&context, &holder).unwrap();
    let class = Class::new("X_Value")
        .with(
            Property::new("P", DataType::array(CimType::Real32))
                .with_default(Array::new(CimType::Real32)),
        )
        .with_qualifier(Qualifier::new("Count", 3_i32));
    let holder = Instance::new("X_Holder").with("N", 10_u32).with("Any", Object::Class(class));
    session.create_instance(&context, &holder).unwrap();
    // A class that was changed while it had instances.
    let mut changed =
        session.get_class(&context, "X_Only", cimarron_engine::ClassForm::Local).unwrap();
    changed
        .properties
        .push(Property::new("Added", DataType::scalar(CimType::UInt8)).with_default(1_u8));
    session.put_class(&context, &changed, PutMode::UpdateOnly, UpdateMode::Safe).unwrap();
    let again = comes_back(&repository);
    assert_eq!(again.namespaces(), repository.namespaces());
    for name in ["X_Holder", "X_Derived", "X_Base", "X_Only", "X_Link"] {
        let query = format!("SELECT * FROM {name}");
        let rows = |repository: &Repository| -> Vec<Instance> {
            let session = repository.session("root/w").unwrap();
            let result = session.query(&context, &query).unwrap();
            let rows = result.rows().map(|row| row.unwrap().to_instance());
            rows.map(|mut instance| {
                instance.class_version = None;
                instance
            })
            .collect()
        };
        assert_eq!(rows(&again), rows(&repository), "{name}");
    }
    let again = again.session("root/w").unwrap();
    assert_eq!(again.indexes(&context).unwrap(), session.indexes(&context).unwrap());
}

#[test]
fn mof_comes_back_in_both_dialects() {
    let repository = Repository::new();
    wmi(&repository);
    dmtf(&repository);
    for (name, dialect) in [("root/w", Dialect::Wmi), ("interop", Dialect::Dmtf)] {
        let mof = exported(&repository, ExportFormat::Mof, &[name]);
        let again = Repository::new();
        compile(&again, "root/default", dialect, &mof);
        assert!(again.session("root/default").is_err());
        let expected = exported(&repository, ExportFormat::Ndjson, &[name]);
        assert_same(&exported(&again, ExportFormat::Ndjson, &[name]), &expected);
        assert_same(&exported(&again, ExportFormat::Mof, &[name]), &mof);
    }
    let mixed = export(&repository, &[], ExportFormat::Mof, &mut Vec::new());
    assert!(mixed.is_err());
}

#[test]
fn an_import_can_be_made_again() {
    let repository = Repository::new();
    wmi(&repository);
    dmtf(&repository);
    let text = exported(&repository, ExportFormat::Ndjson, &[]);
    let counts = import(&repository, &text).unwrap();
    assert_eq!((counts.namespaces, counts.indexes), (3, 0));
    assert_eq!(counts.instances, text.matches("\n{\"kind\":\"instance\"").count());
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&exported(&repository, ExportFormat::Ndjson, &[])), lines(&text));
}

const HEAD: &str = r#"{"kind":"header","format":"cimarron","version":1}
{"kind":"namespace","name":"a","dialect":"wmi"}
{"kind":"class","namespace":"a","name":"X_B","superclass":"X_A","qualifiers":[],"properties":[],"methods":[]}

{"kind":"class","namespace":"a","name":"X_A","superclass":null,"qualifiers":[],"properties":[{"name":"K","type":"uint8","qualifiers":[{"name":"Key","type":"boolean","value":true,"flavor":["tosubclass","disableoverride"]}]},{"name":"O","type":"object","qualifiers":[]}],"methods":[]}
"#;

fn with_instances(values: &[&str]) -> String {
    let line = |value: &&str| {
        format!("{{\"kind\":\"instance\",\"namespace\":\"A\",\"class\":\"x_b\",{value}}}\n")
    };
    let lines: String = values.iter().map(line).collect();
    format!("{HEAD}{lines}")
}

#[test]
fn classes_stand_in_any_order_and_names_in_any_case() {
    let repository = Repository::new();
    let text = with_instances(&[r#""values":{"k":1}"#, r#""values":{"K":2}"#]);
    let counts = import(&repository, &text).unwrap();
    let expected = Counts { namespaces: 1, classes: 2, instances: 2, ..Counts::default() };
    assert_eq!(counts, expected);
    comes_back(&repository);
}

/// What a class says of where its members are from comes back with it.
#[test]
fn classes_that_are_values_come_back() {
    let repository = Repository::new();
    let session = wmi(&repository);
    let context = CallContext::new();
    for (number, name) in ["A_Below", "X_Derived", "X_Empty", "X_Link", "X_Only"].iter().enumerate()
    {
        let class =
            session.get_class(&context, name, cimarron_schema::ClassForm::Resolved).unwrap();
        assert!(class.properties.iter().all(|property| property.origin.is_some()));
        let holder = Instance::new("X_Holder").with("N", 10 + number as u32);
        let holder = holder.with("Any", Object::Class(class));
        session.create_instance(&context, &holder).unwrap();
    }
    comes_back(&repository);
    let text = exported(&repository, ExportFormat::Ndjson, &[]);
    for expected in ["\"origin\":\"X_Base\",\"depth\":0", "\"propagated\":true"] {
        assert!(text.contains(expected), "{expected}");
    }
}

#[test]
fn an_export_starts_with_a_brace() {
    for (text, expected) in
        [(" \n{", true), ("// {", false), ("", false), ("\u{feff}class", false), ("[", false)]
    {
        assert_eq!(is_ndjson(&mut text.as_bytes()).unwrap(), expected, "{text}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    /// Whatever stands there, the answer is yes or no.
    #[test]
    fn damaged_exports_do_no_harm(
        edits in proptest::collection::vec((0.0..1.0_f64, "[0-9a-z{}\\[\\]\",:\\n-]{0,3}"), 1..4)
    ) {
        let repository = Repository::new();
        compile(&repository, "root/w", Dialect::Wmi, WMI_SMALL);
        let mut text = exported(&repository, ExportFormat::Ndjson, &[]);
        for (place, insert) in edits {
            let mut at = (text.len() as f64 * place) as usize;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let end = text.len().min(at + insert.len());
            let end = (end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(at);
            text.replace_range(at..end, &insert);
        }
        let again = Repository::new();
        if import(&again, &text).is_ok() {
            comes_back(&again);
        }
    }
}
