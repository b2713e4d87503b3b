//! Out and in again: the same bytes, and the same repository.

use super::json::Json;
use super::read;
use super::shapes::Declared;
use super::values::Exact;
use super::{Counts, Importer, export, is_ndjson};
use crate::args::ExportFormat;
use crate::core::data::Data;
use crate::core::{Texts, mof_text};
use cimarron_engine::{CallContext, PutMode, Repository, Session, UpdateMode};
use cimarron_model::{
    Array, Char16, CimType, Class, DataType, DateTime, Dialect, Instance, KeyBinding, KeyValue,
    Keys, Object, ObjectPath, Property, Qualifier, Scalar, Value,
};
use cimarron_mof::CompileOptions;
use std::sync::Arc;

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
fn what_is_wrong_is_told_with_its_line() {
    let instance = |values: &str| with_instances(&[r#""values":{"K":1}"#, values]);
    let line = |line: &str| format!("{HEAD}{line}\n");
    let of_type = |cim_type: &str, value: &str| {
        instance(&format!(
            r#""values":{{"K":2,"O":{{"instance":"X_No","values":{{"A":{value}}},"types":{{"A":"{cim_type}"}}}}}}"#
        ))
    };
    let of_class =
        |class: &str| instance(&format!(r#""values":{{"K":2,"O":{{"declaration":{class}}}}}"#));
    let class = |property: &str, times: usize| {
        let properties = vec![property; times].join(",");
        format!(
            r#"{{"name":"X_No","superclass":null,"qualifiers":[],"properties":[{properties}],"methods":[]}}"#
        )
    };
    for (text, expected) in [
        (String::new(), "line 1: the header is missing"),
        ("{\"kind\":\"namespace\"}".to_owned(), "line 1: the first line is no header"),
        ("{\"kind\":".to_owned(), "line 1: no JSON"),
        (HEAD.replace("\"version\":1", "\"version\":2"), "version 2; this program knows 1"),
        (HEAD.replace("\"wmi\"", "\"cim\""), "line 2: unknown dialect"),
        (
            HEAD.replace("\"X_A\",\"superclass\":null", "\"X_A\",\"superclass\":\"X_B\""),
            "lines 3 to 5: class",
        ),
        (HEAD.replace("superclass\":\"X_A", "superclass\":\"X_No"), "the superclass of `X_B`"),
        (HEAD.replace("\"uint8\"", "\"uint7\""), "line 5: property `K`: `uint7` is no type"),
        (HEAD.replace("\"methods\":[]", "\"methods\":[],\"more\":1"), "`more` is not known"),
        (line("{\"kind\":\"header\"}"), "line 6: a second header"),
        (line("{\"kind\":\"thing\"}"), "line 6: `thing` is no kind"),
        (line("[]"), "line 6: `line` is a list"),
        (line("{\"kind\":\"index\",\"namespace\":\"b\"}"), "line 6"),
        (
            line(&HEAD.lines().nth(2).unwrap_or_default().to_lowercase()),
            "line 6: `x_b` is declared twice",
        ),
        (instance(r#""values":{"K":256}"#), "line 7: property `K`: 256 is outside"),
        (
            instance(r#""values":{"K":"1"}"#),
            "line 7: property `K`: a text is no value of type uint8",
        ),
        (instance(r#""values":{"X":1}"#), "line 7: class `x_b` has no property `X`"),
        (instance(r#""values":{}"#), "line 7"),
        (instance(r#""values":{"K":2},"types":{"Z":"uint8"}"#), "`types` has `Z`"),
        (
            instance(r#""values":{"K":2,"O":{"instance":"X_No","values":{"A":1}}}"#),
            "`types` has no `A`",
        ),
        (
            instance(
                r#""values":{"K":2,"O":{"instance":"X_No","values":{"A":1},"types":{"A":"uint8[]"}}}"#,
            ),
            "an integer stands where a list does",
        ),
        (of_type("real32", "1e39"), "1e39 is outside the range of real32"),
        (of_type("real64", "\"inf\""), "`inf` is no number"),
        (of_type("real64", "true"), "a boolean is no number"),
        (of_type("char16", "65536"), "65536 is no code unit"),
        (of_type("char16", "\"a\""), "a text is no value of type char16"),
        (of_type("datetime", "\"today\""), "`today` is no datetime"),
        (of_type("reference", "\"X.\""), "`X.` is no object path"),
        (of_type("boolean", "1"), "an integer is no value of type boolean"),
        (of_type("uint8[]", "[1,256]"), "256 is outside"),
        (of_type("string", "1.5"), "a number is no value of type string"),
        (of_type("string", "[]"), "a list is no value of type string"),
        (of_class("{}"), "the member `name` is missing"),
        (of_class("null"), "`declaration` is null, not an object"),
        (
            of_class(&class(r#"{"name":"P","type":"uint8","qualifiers":[]}"#, 2)),
            "property `P` stands twice",
        ),
        (
            of_class(&class(r#"{"name":"P","type":"uint8","propagated":1,"qualifiers":[]}"#, 1)),
            "property `P`: `propagated` is an integer, not a boolean",
        ),
        (
            of_class(&class(
                r#"{"name":"P","type":"uint8","origin":"X","depth":"1","qualifiers":[]}"#,
                1,
            )),
            "property `P`: `depth` is a text, not an integer",
        ),
        (
            of_class(&class(r#"{"name":"P","type":"uint8","origin":"X","qualifiers":[]}"#, 1)),
            "property `P`: the member `depth` is missing",
        ),
        (
            instance(r#""values":{"K":2},"propertyQualifiers":{"O":[]}"#),
            "`propertyQualifiers` has `O`, and `values` does not",
        ),
        (
            instance(
                r#""values":{"K":2},"qualifiers":[{"name":"Q","type":"uint8","value":1,"flavor":[]},{"name":"q","type":"uint8","value":1,"flavor":[]}]"#,
            ),
            "qualifier `q` stands twice",
        ),
        (
            instance(
                r#""values":{"K":2},"qualifiers":[{"name":"Q","type":"uint8","value":1,"flavor":["new"]}]"#,
            ),
            "`new` is no flavor",
        ),
    ] {
        let refused = import(&Repository::new(), &text).unwrap_err();
        assert!(refused.contains(expected), "{refused}\n{expected}");
    }
    let deep = "{\"kind\":".repeat(100_000);
    assert!(import(&Repository::new(), &deep).is_err());
    // What stands before the line that is refused is in.
    let repository = Repository::new();
    for refused in [r#""values":{}"#, r#""values":{"K":256}"#, r#""values":7"#, r#""#] {
        let repository = Repository::new();
        assert!(import(&repository, &instance(refused)).is_err());
        assert!(exported(&repository, ExportFormat::Ndjson, &[]).contains("\"K\":1"), "{refused}");
    }
    import(&repository, HEAD).unwrap();
    let other = HEAD.replace("\"wmi\"", "\"dmtf\"");
    assert!(import(&repository, &other).unwrap_err().contains("follows wmi, not dmtf"));
}

#[test]
fn an_export_starts_with_a_brace() {
    for (text, expected) in
        [(" \n{", true), ("// {", false), ("", false), ("\u{feff}class", false), ("[", false)]
    {
        assert_eq!(is_ndjson(&mut text.as_bytes()).unwrap(), expected, "{text}");
    }
}

/// A value of a type, made of some bits and a text.
fn scalar_of(cim_type: CimType, bits: u64, text: &str) -> Scalar {
    match cim_type {
        CimType::Boolean => Scalar::Boolean(bits & 1 == 1),
        // Exports have one NaN.
        CimType::Real32 => {
            let x = f32::from_bits(bits as u32);
            Scalar::Real32(if x.is_nan() { f32::NAN } else { x })
        }
        CimType::Real64 => {
            let x = f64::from_bits(bits);
            Scalar::Real64(if x.is_nan() { f64::NAN } else { x })
        }
        CimType::Char16 => Scalar::Char16(Char16(bits as u16)),
        CimType::String => Scalar::String(text.into()),
        CimType::DateTime => {
            let micros = bits % 99_999_999_000_000;
            Scalar::DateTime(DateTime::interval_from_micros(micros).unwrap())
        }
        CimType::Reference => {
            let keys = vec![KeyBinding { name: "K".into(), value: KeyValue::String(text.into()) }];
            let path = ObjectPath::of_instance("X_A", Keys::Named(keys));
            Scalar::Reference(Arc::new(path))
        }
        CimType::Object => {
            let inner = Instance::new("X_A").with("N", bits).with("T", text);
            Scalar::Object(Arc::new(Object::Instance(inner)))
        }
        integer => {
            let (least, greatest) = integer.integer_range().unwrap();
            let number = least + i128::from(bits) % (greatest - least + 1);
            Scalar::from_integer(integer, number).unwrap()
        }
    }
}

proptest::proptest! {
    #[test]
    fn values_come_back(
        kind in 0_usize..16,
        parts in proptest::collection::vec(proptest::option::of((proptest::num::u64::ANY, ".{0,6}")), 0..4)
    ) {
        let cim_type = CimType::ALL[kind];
        let scalars: Vec<_> =
            parts.iter().map(|p| p.as_ref().map(|(bits, t)| scalar_of(cim_type, *bits, t))).collect();
        let first = scalars.first().cloned().flatten();
        let single = first.map_or(Value::null(cim_type), Value::Scalar);
        let array = Value::Array(Array::from_options(cim_type, scalars).unwrap());
        for (value, is_array) in [(single, false), (array, true)] {
            let text = serde_json::to_string(&Exact(&value, None)).unwrap();
            let json: Json = serde_json::from_str(&text).unwrap();
            let declared = Declared { cim_type, is_array, has_default: false };
            let back = read::value(json, declared, None).map_err(|problem| problem.message);
            proptest::prop_assert_eq!(back, Ok(value), "{}", text);
        }
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
