use crate::{Place, Run, cimarron, command, run};
use serde_json::json;

/// The master text of the WMI SDK's "Creating localized class definitions", with a
/// subclass.
const MASTER: &str = r#"
#pragma namespace("\\\\.\\root")
instance of __Namespace { Name = "TEST"; };
#pragma namespace("\\\\.\\root\\TEST")
[Description("Localized version of MyClass") : Amended, LOCALE(0x409)]
class myclass
{
    [DisplayName("User Name") : Amended, key] string Name;
    uint64 Value;
};
class mysubclass : myclass { [Description("More") : Amended] string More; };
"#;

/// The program with some arguments and further ones.
fn with(arguments: &[&str], more: &[&str]) -> Run {
    run(command().args(arguments).args(more))
}

/// Both parts of the master text, and where they are.
fn parts(place: &Place) -> (String, String) {
    let master = place.file("master.mof", MASTER);
    let (neutral, localised) = (place.path("n.mof"), place.path("l.mfl"));
    let line = [
        "compile",
        &master,
        "--emit-mof",
        &neutral,
        "--emit-mfl",
        &localised,
        "--amendment",
        "MS_409",
    ];
    let ran = cimarron(line).succeeds();
    assert!(ran.stdout.contains("split for ms_409 → "), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
    (neutral, localised)
}

#[test]
fn a_master_splits_into_two_texts_that_compile() {
    let place = Place::new();
    let (neutral, localised) = parts(&place);
    let text = std::fs::read_to_string(&neutral).unwrap();
    assert!(text.contains("[LOCALE(1033)]") && !text.contains("Amended"), "{text}");
    let archive = place.path("both.cimar");
    cimarron(["compile", &neutral, &localised, "-o", &archive]).succeeds();
    let show = |more: &[&str]| {
        let line = ["show", &archive, "mysubclass", "--format", "json"];
        with(&line, more).succeeds().json()
    };
    let plain = show(&[]);
    assert_eq!(plain.as_array().map(Vec::len), Some(2), "the neutral and the localised class");
    assert_eq!(plain[0]["properties"]["More"]["qualifiers"], json!({}));
    for locales in ["ms_409", "MS_407,MS_409"] {
        let merged = show(&["--locale", locales]);
        assert_eq!(merged.as_array().map(Vec::len), Some(1));
        let qualifiers = &merged[0]["properties"]["More"]["qualifiers"];
        assert_eq!(qualifiers["Description"]["value"], "More", "{merged}");
    }
    let other = show(&["--locale", "ms_407"]);
    assert_eq!(other[0]["properties"]["More"]["qualifiers"], json!({}));
    let all = cimarron(["show", &archive, "--locale", "ms_409"]).succeeds().stdout;
    assert!(all.contains("Localized version") && !all.contains("ms_409"), "{all}");
}

#[test]
fn deletions_of_what_is_not_known_stay_in_the_neutral_text() {
    let place = Place::new();
    let deletions = "#pragma deleteclass(\"X_M\", NOFAIL)\n\
                     #pragma deleteinstance(\"X_N.K=1\", NOFAIL)\n";
    let master =
        place.file("m.mof", &format!("{deletions}[Description(\"d\"): amended] class X_A {{}};"));
    let (neutral, localised) = (place.path("n.mof"), place.path("l.mfl"));
    let outputs = ["--emit-mof", &neutral, "--emit-mfl", &localised];
    with(&["compile", &master, "--amendment", "MS_409"], &outputs).succeeds();
    let text = std::fs::read_to_string(&neutral).unwrap();
    assert!(text.contains(deletions), "{text}");
}

#[test]
fn what_the_command_line_lacks_is_said() {
    let place = Place::new();
    let master = place.file("master.mof", MASTER);
    let out = place.path("n.mof");
    cimarron(["compile", &master, "--emit-mof", &out]).fails_with(2);
    let both = ["compile", &master, "--emit-mof", &out, "--emit-mfl", &place.path("l.mfl")];
    let ran = cimarron(both).fails_with(2);
    assert!(ran.stderr.contains("--amendment"), "{}", ran.stderr);
    with(&both, &["--amendment", "en-US"]).fails_with(2);
    with(&both, &["--amendment", "ms_409", "--dialect", "dmtf"]).fails_with(2);
}

#[test]
fn a_pragma_that_nobody_follows_is_said() {
    let place = Place::new();
    let text = format!("#pragma amendment(\"MS_409\")\n{MASTER}");
    let master = place.file("master.mof", &text);
    let ran = cimarron(["compile", &master]).succeeds();
    assert!(ran.stderr.contains("MOF0264") && ran.stderr.contains("--emit-mfl"), "{}", ran.stderr);
    let (n, l) = (place.path("n.mof"), place.path("l.mfl"));
    let ran = cimarron(["compile", &master, "--emit-mof", &n, "--emit-mfl", &l]).succeeds();
    assert_eq!(ran.stderr, "");
}

#[test]
fn update_flags_come_from_the_command_line() {
    let place = Place::new();
    let base =
        place.file("base.mof", "class X_A { [key] uint8 Id; };\ninstance of X_A { Id = 1; };\n");
    let more = place.file("more.mof", "class X_A { [key] uint8 Id; uint8 N = 4; };\n");
    let query = |flags: &[&str]| {
        let line = ["query", "--mof", &base, "--mof", &more, "--format", "csv"];
        with(&[&line[..], &["SELECT * FROM X_A"]].concat(), flags)
    };
    let ran = query(&[]).fails_with(1);
    assert!(ran.stderr.contains("has instances"), "{}", ran.stderr);
    let ran = query(&["--class-flags", "safeupdate"]).succeeds();
    assert!(ran.stdout.contains("1,4"), "{}", ran.stdout);
    cimarron(["compile", &base, "--class-flags", "updateonly"]).fails_with(1);
    cimarron(["compile", &base, "--instance-flags", "safeupdate"]).fails_with(2);
    cimarron(["compile", &base, "--class-flags", "safeupdate", "--dialect", "dmtf"]).fails_with(2);
}

#[test]
fn system_classes_need_no_declaration() {
    let place = Place::new();
    let mof = "class X_Event : __ExtrinsicEvent { uint32 N; };\n\
               instance of __Win32Provider as $P { Name = \"P\"; };\n\
               instance of __EventProviderRegistration { provider = $P; EventQueryList = {\"SELECT * FROM X_Event\"}; };\n";
    let archive = place.archive("system", mof);
    let shown = cimarron(["show", &archive]).succeeds().stdout;
    assert!(shown.starts_with("class X_Event : __ExtrinsicEvent"), "{shown}");
    let again = place.archive("again", &shown);
    let one = |archive: &str| cimarron(["show", archive, "X_Event", "--format", "json"]).succeeds();
    assert_eq!(one(&again).stdout, one(&archive).stdout);
    let query = ["query", "--archive", &archive, "--format", "csv", "SELECT Name FROM __Provider"];
    assert!(cimarron(query).succeeds().stdout.contains('P'));
}

#[test]
fn a_locale_may_have_leading_zeros() {
    let place = Place::new();
    let master = place.file("master.mof", MASTER);
    let (neutral, localised) = (place.path("n.mof"), place.path("l.mfl"));
    let line = ["compile", &master, "--emit-mof", &neutral, "--emit-mfl", &localised];
    let ran = with(&line, &["--amendment", "ms_0409"]).succeeds();
    assert!(ran.stdout.contains("split for ms_409 → "), "{}", ran.stdout);
    let text = std::fs::read_to_string(&localised).unwrap();
    assert!(text.contains("TEST\\\\ms_409\")") && !text.contains("0409"), "{text}");
}
