//! Tests of the lexer.

use super::*;
use cimarron_model::CimType;

/// What a text is cut into: kinds and their text.
fn lex(text: &str) -> Vec<Result<(Kind, &str), LexError>> {
    let mut lexer = Lexer::new(text, Language::Mof2, 0);
    let read = || {
        let token = lexer.next();
        let found = match token.kind {
            Kind::Mistake => Err(lexer.latest_mistake()),
            kind => Ok((kind, &text[token.span().range()])),
        };
        (token.kind != Kind::End).then_some(found)
    };
    std::iter::from_fn(read).collect()
}

fn decoded(text: &str) -> Text<'_> {
    let mut lexer = Lexer::new(text, Language::Mof2, 0);
    let token = lexer.next();
    assert_eq!((token.kind, token.span().range()), (Kind::Text, 0..text.len()), "{text}");
    lexer.decode(&mut String::new())
}

#[test]
fn words_without_case() {
    for (text, kind) in [
        ("CLASS", Kind::Class),
        ("Of", Kind::Of),
        ("nUlL", Kind::Null),
        ("FALSE", Kind::Boolean),
        ("INSTANCE", Kind::Instance),
        ("Qualifier", Kind::Qualifier),
        ("Key", Kind::Identifier),
        ("_x1", Kind::Identifier),
        ("instances", Kind::Identifier),
        ("structure", Kind::Identifier),
        ("policy", Kind::Identifier),
        ("Größe", Kind::Identifier),
        ("$a_1", Kind::Alias),
        ("# PRAGMA", Kind::Pragma),
        ("#include", Kind::Include),
    ] {
        assert_eq!(lex(text), [Ok((kind, text))], "{text}");
        let behind = format!("{text} class C");
        assert_eq!(lex(&behind)[0], Ok((kind, text)), "{text}");
    }
    for t in CimType::ALL.into_iter().filter(|t| !matches!(t, CimType::Reference | CimType::Object))
    {
        assert_eq!(lex(t.as_str()), [Ok((Kind::Type, t.as_str()))]);
        assert_eq!(keyword::cim_type(t.as_str().to_uppercase().as_bytes()), Some(t));
    }
}

#[test]
fn words_of_mof3() {
    for (text, kind) in [
        ("Structure", Kind::Structure),
        ("indication", Kind::Indication),
        ("ENUMERATION", Kind::Enumeration),
        ("association", Kind::Association),
        ("value", Kind::Value),
        ("policy", Kind::Policy),
    ] {
        let token = Lexer::new(text, Language::Mof3, 0).next();
        assert_eq!(token.kind, kind, "{text}");
    }
}

#[test]
fn strings() {
    for (text, expected, owned) in [
        (r#""""#, "", false),
        (r#""a/*b*/""#, "a/*b*/", false),
        (r#""\"\\""#, r#""\"#, true),
        (r#""a\\" "b""#, r"a\b", true),
        ("\"a\"\"b\"/*c*/ // \"d\"\r\n\"e\"", "abe", true),
        (r#""" """#, "", true),
    ] {
        let found = decoded(text);
        assert_eq!(&*found, expected, "{text}");
        assert_eq!(matches!(found, Text::Made(_)), owned, "{text}");
    }
    for (text, error) in [
        ("\"a", LexError::String),
        ("\"a\\", LexError::String),
        ("''", LexError::CharacterLiteral),
        ("'ab'", LexError::CharacterLiteral),
        ("'😀'", LexError::CharacterLiteral),
        ("'a", LexError::OpenCharacter),
    ] {
        assert_eq!(lex(text), [Err(error)], "{text}");
    }
    assert_eq!(lex("\"a\\\n;"), [Err(LexError::String), Ok((Kind::Semicolon, ";"))]);
    let open = [Ok((Kind::Text, "\"a\"")), Err(LexError::String), Ok((Kind::Semicolon, ";"))];
    assert_eq!(lex("\"a\" \"b\n;"), open);
}

#[test]
fn characters() {
    for text in ["'A'", r"'\''", r"'\xD800'"] {
        assert_eq!(lex(text), [Ok((Kind::Character, text))], "{text}");
    }
}

#[test]
fn comments_and_spaces_vanish() {
    let tokens = [Ok((Kind::Semicolon, ";")), Ok((Kind::Comma, ","))];
    assert_eq!(lex(" \u{FEFF}// x\r;/* * / \n*/,//"), tokens);
    assert_eq!(lex("/* x"), [Err(LexError::Comment)]);
    assert_eq!(lex("\"a\" /* x"), [Ok((Kind::Text, "\"a\"")), Err(LexError::Comment)]);
    assert_eq!(lex("#define"), [Err(LexError::Directive)]);
    assert_eq!(lex("@"), [Err(LexError::Character)]);
}

#[test]
fn pasted_characters_are_one_mistake() {
    let name = |text| Ok((Kind::Identifier, text));
    let semicolon = Ok((Kind::Semicolon, ";"));
    for (text, expected) in [
        ("a\u{A0}\u{3000}b", vec![name("a"), Err(LexError::Blank), name("b")]),
        ("a\u{200B};", vec![name("a"), Err(LexError::Blank), semicolon]),
        ("\u{200B}a", vec![Err(LexError::Blank), name("a")]),
        ("\u{AD}", vec![Err(LexError::Blank)]),
        ("a\u{200B}b", vec![Err(LexError::Name)]),
        ("$a\u{A0};", vec![Ok((Kind::Alias, "$a")), Err(LexError::Blank), semicolon]),
        ("“x y”;", vec![Err(LexError::Pasted), semicolon]),
        ("„x\";", vec![Err(LexError::Pasted), semicolon]),
        ("‘x’;", vec![Err(LexError::Pasted), semicolon]),
        ("“x\n", vec![Err(LexError::Character), name("x")]),
        ("–1.5;", vec![Err(LexError::Pasted), semicolon]),
        ("•a", vec![Err(LexError::Character), name("a")]),
        ("$1;", vec![Err(LexError::Alias), semicolon]),
        ("$ x;", vec![Err(LexError::Alias), semicolon]),
        ("$\u{A0}x;", vec![Err(LexError::Alias), semicolon]),
        ("$ \u{200B}\u{FEFF}\tÄ;", vec![Err(LexError::Alias), semicolon]),
        ("$\u{A0};", vec![Err(LexError::Alias), Err(LexError::Blank), semicolon]),
        ("$ a•;", vec![Err(LexError::Alias), Err(LexError::Name), semicolon]),
        ("••a", vec![Err(LexError::Character), Err(LexError::Character), name("a")]),
        ("−1−2", vec![Err(LexError::Pasted), Err(LexError::Pasted)]),
        ("a\u{FEFF}b", vec![name("a"), name("b")]),
        ("$;", vec![Err(LexError::Alias), semicolon]),
        ("$ as", vec![Err(LexError::Alias), Ok((Kind::As, "as"))]),
    ] {
        assert_eq!(lex(text), expected, "{text:?}");
    }
    let joined = "\"a\"\u{A0} /**/\u{200B}\"b\"";
    let mut lexer = Lexer::new(joined, Language::Mof2, 0);
    assert_eq!(lexer.next().span(), Span::new(0, joined.len() as u32));
    assert!(lexer.form().has(Form::SPACED));
    assert_eq!(lexer.blanks().len(), 2);
    // What no literal follows is a mistake of its own.
    assert_eq!(lex("\"a\"\u{A0};"), [Ok((Kind::Text, "\"a\"")), Err(LexError::Blank), semicolon]);
}

/// Where tokens stand in one long word, none looks through all that follow it.
#[test]
fn long_words_of_pasted_characters_are_crossed_once() {
    const COUNT: usize = 100_000;
    for part in ["\u{A0}a", "•", "–", "–1", "a\u{200B}\u{FEFF}", "$\u{A0}a", "“a”", "‘"]
    {
        let text = part.repeat(COUNT);
        for language in [Language::Mof2, Language::Mof3] {
            let mut lexer = Lexer::new(&text, language, 0);
            let tokens = std::iter::from_fn(|| Some(lexer.next().kind));
            let count = tokens.take_while(|kind| *kind != Kind::End).count();
            assert!(count >= COUNT / 2, "{part:?}: {count}");
        }
    }
}

#[test]
fn a_number_is_one_token() {
    for text in ["089", "12b", "0xZZ", "12abc", "1.", "1.2.3", "1e5", "1.5e", "+0x", "1_000"] {
        assert!(matches!(lex(text)[..], [Err(LexError::Number(_))]), "{text}: {:?}", lex(text));
    }
    assert_eq!(lex("1-2").len(), 2);
    assert_eq!(lex("1.5e-2"), [Ok((Kind::Real, "1.5e-2"))]);
}

/// Were the rest of the text read for each token, these would take an hour.
#[test]
fn long_runs_take_linear_time() {
    const COUNT: usize = 200_000;
    for piece in
        ["a/", "a.", "a-", "a~", "a:", "a:1/", "1/a", "a:b.c ", "[a:", "a\u{A0}", "$a\u{A0}"]
    {
        for language in [Language::Mof2, Language::Mof3] {
            let text = piece.repeat(COUNT);
            let mut lexer = Lexer::new(&text, language, 0);
            let tokens = std::iter::from_fn(|| (lexer.next().kind != Kind::End).then_some(()));
            assert!(tokens.count() >= COUNT, "{piece} in {language:?}");
        }
    }
}
