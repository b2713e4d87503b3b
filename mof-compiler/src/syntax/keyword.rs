//! The words with a meaning of their own, in any case.

use super::token::{Kind, Token};
use crate::Language;
use crate::source::Span;
use cimarron_model::CimType;

/// The token of a word in ASCII. `packed` are its first eight bytes in lower case.
pub(super) fn classify(word: &[u8], packed: u64, span: Span, language: Language) -> Token {
    let known = match word.len() {
        0..=8 => short(packed, span, language),
        9..=11 => long(word, language).map(|kind| Token::new(kind, span)),
        _ => None,
    };
    known.unwrap_or(Token::new(Kind::Identifier, span))
}

/// Up to eight bytes as a number, letters in lower case. Digits have the bit already
/// that makes letters small, and nothing else that a word may hold turns into either.
pub(super) const fn pack(word: &[u8]) -> u64 {
    let (mut packed, mut rest) = (0, word);
    while let [start @ .., last] = rest {
        packed = packed << 8 | (*last | 0x20) as u64;
        rest = start;
    }
    packed
}

macro_rules! packed {
    ($($name:ident $word:literal)*) => { $(const $name: u64 = pack($word);)* };
}

packed! {
    OF b"of" AS b"as" REF b"ref" TRUE b"true" FALSE b"false" NULL b"null" VOID b"void"
    CLASS b"class" SCOPE b"scope" OBJECT b"object" FLAVOR b"flavor" INSTANCE b"instance"
    VALUE b"value" POLICY b"policy" BOOLEAN b"boolean" STRING b"string" CHAR16 b"char16"
    DATETIME b"datetime" UINT8 b"uint8" UINT16 b"uint16" UINT32 b"uint32" UINT64 b"uint64"
    SINT8 b"sint8" SINT16 b"sint16" SINT32 b"sint32" SINT64 b"sint64" REAL32 b"real32"
    REAL64 b"real64"
}

fn short(packed: u64, span: Span, language: Language) -> Option<Token> {
    let word = |kind| Some(Token::new(kind, span));
    let intrinsic = |cim_type| Some(Token::of_type(cim_type, span));
    match packed {
        OF => word(Kind::Of),
        AS => word(Kind::As),
        REF => word(Kind::Ref),
        TRUE | FALSE => word(Kind::Boolean),
        NULL => word(Kind::Null),
        VOID => word(Kind::Void),
        CLASS => word(Kind::Class),
        SCOPE => word(Kind::Scope),
        OBJECT => word(Kind::Object),
        FLAVOR => word(Kind::Flavor),
        INSTANCE => word(Kind::Instance),
        VALUE if language == Language::Mof3 => word(Kind::Value),
        POLICY if language == Language::Mof3 => word(Kind::Policy),
        BOOLEAN => intrinsic(CimType::Boolean),
        STRING => intrinsic(CimType::String),
        CHAR16 => intrinsic(CimType::Char16),
        DATETIME => intrinsic(CimType::DateTime),
        UINT8 => intrinsic(CimType::UInt8),
        UINT16 => intrinsic(CimType::UInt16),
        UINT32 => intrinsic(CimType::UInt32),
        UINT64 => intrinsic(CimType::UInt64),
        SINT8 => intrinsic(CimType::SInt8),
        SINT16 => intrinsic(CimType::SInt16),
        SINT32 => intrinsic(CimType::SInt32),
        SINT64 => intrinsic(CimType::SInt64),
        REAL32 => intrinsic(CimType::Real32),
        REAL64 => intrinsic(CimType::Real64),
        _ => None,
    }
}

fn long(word: &[u8], language: Language) -> Option<Kind> {
    const MOF3: [(&[u8], Kind); 4] = [
        (b"structure", Kind::Structure),
        (b"indication", Kind::Indication),
        (b"enumeration", Kind::Enumeration),
        (b"association", Kind::Association),
    ];
    if word.eq_ignore_ascii_case(b"qualifier") {
        return Some(Kind::Qualifier);
    }
    let mut words = MOF3.iter().filter(|_| language == Language::Mof3);
    words.find(|(text, _)| word.eq_ignore_ascii_case(text)).map(|(_, kind)| *kind)
}
