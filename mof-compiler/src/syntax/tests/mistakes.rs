//! What is reported for what, and what survives beside it.

use super::parse;

/// A text, the declarations it gives all the same, and the reports.
type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

const FORGOTTEN: &[Case] = &[
    (
        "class A { string s };",
        &[],
        &["1:20 20 expected `[`, `(`, `;` or `=`, found `}` | is a `;` missing before it?"],
    ),
    (
        "class A { string s; }\nclass B {};",
        &["class A {string s;}", "class B {}"],
        &[
            "1:21 22 a `;` is missing after this `}` | every declaration but a directive ends with `;`",
        ],
    ),
    (
        "class A { string s;\nclass B {};",
        &["class B {}"],
        &[
            "2:1 20 expected a type, `}` or `[`, found `class` | is the `}` of the class before it missing?",
        ],
    ),
    (
        "instance of A { x = 1 };",
        &[],
        &["1:23 20 expected `;`, found `}` | is a `;` missing before it?"],
    ),
    (
        "Qualifier Q : string = \"x\", Scope(any)\nclass A {};",
        &["class A {}"],
        &["2:1 20 expected `;` or `,`, found `class` | is a `;` missing before it?"],
    ),
    (
        "class A { void m() }; class B {};",
        &["class B {}"],
        &["1:20 20 expected `;`, found `}` | is a `;` missing before it?"],
    ),
];

const WITHIN: &[Case] = &[
    (
        "class A { string a;\n[Q] class B { string b; }\nstring c; };\nclass C {};",
        &["class B {string b;}", "class C {}"],
        &[
            "2:5 20 expected a type, found `class` | classes stand beside each other, and not within another",
            "2:25 22 a `;` is missing after this `}` | every declaration but a directive ends with `;`",
        ],
    ),
    (
        "class A {\nclass B {};\ninstance of B {};\n};\n}",
        &["class B {}", "instance B {}"],
        &[
            "2:1 20 expected a type, `}` or `[`, found `class` | classes stand beside each other, and not within another",
            "5:1 20 expected `[`, `class`, `instance of`, `qualifier`, `#pragma` or `#include`, found `}`",
        ],
    ),
    (
        "class A { class B { string b; }; string c; }; instance of C { D instance of B { }; };",
        &["class B {string b;}"],
        &[
            "1:11 20 expected a type, `}` or `[`, found `class` | classes stand beside each other, and not within another",
            "1:65 20 expected `=`, found `instance`",
        ],
    ),
    (
        // What it closes was passed over.
        "class A : B # c {\n}; class C {}; }",
        &["class C {}"],
        &[
            "1:13 17 unknown directive `# c` | directives are #pragma and #include",
            "2:1 20 expected `[`, `class`, `instance of`, `qualifier`, `#pragma` or `#include`, found `}`",
            "2:16 20 expected `[`, `class`, `instance of`, `qualifier`, `#pragma` or `#include`, found `}` | nothing is open here that it could close",
        ],
    ),
];

const WORDS: &[Case] = &[
    (
        "clas A {};",
        &[],
        &[
            "1:1 20 expected `[`, `class`, `instance of`, `qualifier`, `#pragma` or `#include`, found `clas` | did you mean `class`?",
        ],
    ),
    ("instance off A {};", &[], &["1:10 20 expected `of`, found `off` | did you mean `of`?"]),
    (
        "structure A {};",
        &[],
        &[
            "1:1 28 `structure` begins a declaration of MOF 3 | compile MOF 3 (DSP0221) with `--dialect mof3`",
        ],
    ),
    (
        r#"Qualifier Q : strng = "x", Scope(any);"#,
        &[r#"qualifier Q: ?="x" scope Any"#],
        &["1:15 31 unknown type `strng` | did you mean `string`?"],
    ),
    (
        "Qualifier Q : strng;",
        &["flavors Q:"],
        &["1:15 25 unknown flavor `strng` | did you mean `string`?"],
    ),
    (
        "Qualifier Q : ToSubclas;",
        &["flavors Q:"],
        &["1:15 25 unknown flavor `ToSubclas` | did you mean `ToSubclass`?"],
    ),
    (
        "Qualifier Q : string, Scope(propertie), Flavor(ToSubclas);",
        &["qualifier Q: string scope  flavor"],
        &[
            "1:29 26 unknown scope `propertie` | did you mean `Property`?",
            "1:48 25 unknown flavor `ToSubclas` | did you mean `ToSubclass`?",
        ],
    ),
    (
        "Qualifier Q : string, Scope(any), Scope(class);",
        &["qualifier Q: string scope Class"],
        &["1:35 27 this clause is given twice | list all words in one clause, separated by commas"],
    ),
    (
        "class A { string[] s; string t[0]; };",
        &["class A {string[] s; string[] t;}"],
        &[
            "1:17 30 array brackets stand before the name | write them after the name: `s[]`",
            "1:31 29 the size of an array is out of range | give a size from 1 to 4294967295, or none",
        ],
    ),
    (
        "class A { string null; };",
        &[],
        &[
            "1:18 20 expected a name or `[`, found `null` | TRUE, FALSE and NULL are reserved and cannot be names",
        ],
    ),
];

const LITERALS: &[Case] = &[
    (
        "class A { string s = \"abc; };\nclass B {};",
        &["class B {}"],
        &[
            r#"1:22 11 this string is not closed on its line | close it with `"`; literals on several lines are joined, and \n is a line feed"#,
        ],
    ),
    (
        r#"class A { string s = "a\qb\x"; uint8 n = 089; };"#,
        &[r#"class A {string s="ab"; uint8 n=?;}"#],
        &[
            r#"1:24 12 unknown escape sequence `\q` | MOF has \b \t \n \f \r \" \' \\ and \x; write a backslash as \\"#,
            r#"1:27 12 an escaped code needs digits | write one to four hexadecimal digits after \x"#,
            "1:42 13 malformed octal number | a number that begins with 0 is octal and has digits from 0 to 7; drop the leading 0 for decimal",
        ],
    ),
    (
        "class A { uint8 n = 18446744073709551616; char16 c = 'ab'; };",
        &["class A {uint8 n=?; char16 c=?;}"],
        &[
            "1:21 14 the number fits no CIM type | integers reach from -9223372036854775808 to 18446744073709551615, reals to about 1.8e308",
            r#"1:54 15 a character literal is one UTF-16 code unit | write 'A' or '\x0041'; strings stand in double quotes"#,
        ],
    ),
    (
        "class A { string s; } @ ;",
        &["class A {string s;}"],
        &["1:23 10 unexpected character `@` (U+0040)"],
    ),
    (
        "class “A” {};",
        &[],
        &["1:7 10 unexpected character `“` (U+201C) | write the straight quote \" around strings"],
    ),
    (
        "class\u{A0}A {\u{A0}};",
        &["class A {}"],
        &[
            "1:6 10 unexpected character U+00A0 | replace it by a space",
            "1:10 10 unexpected character U+00A0 | replace it by a space",
        ],
    ),
    (
        "instance of A as $ x {}; class B {};",
        &["class B {}"],
        &[
            "1:18 10 no name of an alias follows this `$` | write a name directly behind it, beginning with a letter: `$Name`",
        ],
    ),
    (
        "class A { /* string s; };",
        &[],
        &["1:11 16 this comment is not closed | close it with `*/`"],
    ),
    (
        "class A { string s; string s = \"x\nclass C {};\n\"; };",
        &["class C {}"],
        &[
            r#"1:32 11 this string is not closed on its line | close it with `"`; literals on several lines are joined, and \n is a line feed"#,
            r#"3:1 11 this string is not closed on its line | close it with `"`; literals on several lines are joined, and \n is a line feed"#,
        ],
    ),
    (
        "class 1A {}; class B {};",
        &["class B {}"],
        &["1:7 13 malformed number | put a space after the number, or a letter before its digits"],
    ),
];

const DIRECTIVES: &[Case] = &[
    (
        "#define X\nclass A {};",
        &["class A {}"],
        &["1:1 17 unknown directive `#define` | directives are #pragma and #include"],
    ),
    (
        "#pragma namespace \"x\"\nclass A {};",
        &["class A {}"],
        &["1:19 20 expected `(`, found a string"],
    ),
    ("#include \"x\"\nclass A {};", &["class A {}"], &["1:10 20 expected `(`, found a string"]),
    (
        "#pragma namespace(\"x\"\nclass A {};",
        &["class A {}"],
        &["2:1 20 expected `)` or `,`, found `class`"],
    ),
    (
        r#"#pragma namespace("x");"#,
        &[r#"Pragma namespace Some("x")"#],
        &["1:23 23 a `;` without a declaration"],
    ),
    ("#pragma", &[], &["1:1 21 expected a name, found the end of the text"]),
    (
        "#pragma deleteinstance(\n  \"x\" nofail)\nclass A {};",
        &["class A {}"],
        &["2:7 20 expected `)` or `,`, found `nofail`"],
    ),
];

const STRUCTURE: &[Case] = &[
    ("class A { string s = ; };", &[], &["1:22 20 expected a value, found `;`"]),
    ("class A : {};", &[], &["1:11 20 expected a name, found `{`"]),
    (
        "class A { [Key string s; };\nclass B {};",
        &["class B {}"],
        &[
            "1:16 20 expected `{`, `]`, `(`, `:` or `,`, found `string` | qualifiers are separated by `,` and closed by `]`",
        ],
    ),
    (
        "[Key string] class A {};",
        &["class A {}"],
        &[
            "1:6 20 expected `{`, `]`, `(`, `:` or `,`, found `string` | qualifiers are separated by `,` and closed by `]`",
        ],
    ),
    (
        "[Abstract class A {};",
        &["class A {}"],
        &[
            "1:11 20 expected `{`, `]`, `(`, `:` or `,`, found `class` | qualifiers are separated by `,` and closed by `]`",
        ],
    ),
    ("instance of A { x = foo; };", &[], &["1:21 20 expected a value, found `foo`"]),
    ("instance of A { x 1; };", &[], &["1:19 20 expected `=`, found `1`"]),
    (
        "instance of A { x = {1, 2; };\ninstance of B {};",
        &["instance B {}"],
        &["1:26 20 expected `}` or `,`, found `;`"],
    ),
    (
        "Qualifier Q : string Scope(any);\nclass A {};",
        &["class A {}"],
        &["1:22 20 expected `[`, `;`, `,` or `=`, found `Scope`"],
    ),
    ("class A {", &[], &["1:9 21 expected a type, `}` or `[`, found the end of the text"]),
    ("class A", &[], &["1:7 21 expected `{`, `:` or `as`, found the end of the text"]),
    (
        "class A { uint32 m([in] string s; };",
        &[],
        &["1:33 20 expected `[`, `)`, `,` or `=`, found `;`"],
    ),
    ("class A { uint32 m(string) };", &[], &["1:26 20 expected a name, found `)`"]),
    (
        "};\nclass A {};",
        &["class A {}"],
        &[
            "1:1 20 expected `[`, `class`, `instance of`, `qualifier`, `#pragma` or `#include`, found `}` | nothing is open here that it could close",
        ],
    ),
    (
        "foo bar baz;\nclass A {};",
        &["class A {}"],
        &[
            "1:1 20 expected `[`, `class`, `instance of`, `qualifier`, `#pragma` or `#include`, found `foo`",
        ],
    ),
    (
        r#"[Values {"a"} class A {}; class B {};"#,
        &["class A {}", "class B {}"],
        &[
            "1:15 20 expected `]`, `:` or `,`, found `class` | qualifiers are separated by `,` and closed by `]`",
        ],
    ),
    ("class A { string s; };;", &["class A {string s;}"], &["1:23 23 a `;` without a declaration"]),
    (
        "[q] Qualifier X : string;",
        &["qualifier X: string"],
        &["1:5 20 expected `class` or `instance of`, found `Qualifier`"],
    ),
    (
        "$a",
        &[],
        &[
            "1:1 20 expected `[`, `class`, `instance of`, `qualifier`, `#pragma` or `#include`, found `$a`",
        ],
    ),
    ("instance of A { x = value of B {}; };", &[], &["1:21 20 expected a value, found `value`"]),
    (
        "instance of A { x = {{1}}; };",
        &[],
        &["1:22 20 expected a value or `}`, found `{` | an array holds single values only"],
    ),
    (
        r#"class A { Description("x") string s; };"#,
        &[],
        &["1:22 20 expected a name, `[` or `ref`, found `(`"],
    ),
];

#[test]
fn mistakes_are_reported_and_survived() {
    for cases in [FORGOTTEN, WITHIN, WORDS, LITERALS, DIRECTIVES, STRUCTURE] {
        for (text, declarations, reports) in cases {
            let (found, reported) = parse(text);
            assert_eq!(reported, *reports, "{text}");
            assert_eq!(found, *declarations, "{text}");
        }
    }
}
