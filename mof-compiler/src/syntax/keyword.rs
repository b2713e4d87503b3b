//! The words with a meaning of their own, in any case.

use super::token::Kind;
use crate::Language;
use cimarron_model::CimType;

/// What a word in ASCII is. `packed` are its first eight bytes in lower case.
pub(super) fn classify(word: &[u8], packed: u64, language: Language) -> Kind {
    let known = match word.len() {
        0..=8 => short(packed, language),
        9..=11 => long(word, language),
        _ => None,
    };
    known.unwrap_or(Kind::Identifier)
}

/// The type that its keyword names.
pub(super) fn cim_type(word: &[u8]) -> Option<CimType> {
    if word.len() <= 8 { intrinsic(pack(word)) } else { None }
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

fn short(packed: u64, language: Language) -> Option<Kind> {
    Some(match packed {
        OF => Kind::Of,
        AS => Kind::As,
        REF => Kind::Ref,
        TRUE | FALSE => Kind::Boolean,
        NULL => Kind::Null,
        VOID => Kind::Void,
        CLASS => Kind::Class,
        SCOPE => Kind::Scope,
        OBJECT => Kind::Object,
        FLAVOR => Kind::Flavor,
        INSTANCE => Kind::Instance,
        VALUE if language == Language::Mof3 => Kind::Value,
        POLICY if language == Language::Mof3 => Kind::Policy,
        _ => return intrinsic(packed).map(|_| Kind::Type),
    })
}

fn intrinsic(packed: u64) -> Option<CimType> {
    Some(match packed {
        BOOLEAN => CimType::Boolean,
        STRING => CimType::String,
        CHAR16 => CimType::Char16,
        DATETIME => CimType::DateTime,
        UINT8 => CimType::UInt8,
        UINT16 => CimType::UInt16,
        UINT32 => CimType::UInt32,
        UINT64 => CimType::UInt64,
        SINT8 => CimType::SInt8,
        SINT16 => CimType::SInt16,
        SINT32 => CimType::SInt32,
        SINT64 => CimType::SInt64,
        REAL32 => CimType::Real32,
        REAL64 => CimType::Real64,
        _ => return None,
    })
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
