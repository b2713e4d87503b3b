//! What is wrong with an export, and where.

use super::{HEAD, exported, import, with_instances};
use crate::args::ExportFormat;
use cimarron_engine::Repository;

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
