//! Bytes to text: the encodings in which MOF files come.

/// The bytes are no text in the encoding that they seem to be in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not valid {encoding} at byte {offset}; save the file as UTF-8")]
pub struct DecodeError {
    /// The encoding that the first bytes announce.
    pub encoding: &'static str,
    /// The first byte that does not fit, counted from the start of the file.
    pub offset: usize,
}

/// How a text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    form: Form,
    /// Whether a byte order mark comes first.
    mark: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    /// The encoding that the first bytes of a file announce: UTF-8 with or
    /// without byte order mark, and UTF-16 of either byte order, also without a
    /// mark when it begins with ASCII and zero bytes are on the side of that.
    pub fn of(bytes: &[u8]) -> Self {
        let (form, mark) = match bytes {
            [0xEF, 0xBB, 0xBF, ..] => (Form::Utf8, true),
            [0xFF, 0xFE, ..] => (Form::Utf16Le, true),
            [0xFE, 0xFF, ..] => (Form::Utf16Be, true),
            all if zero_at(all, 1) => (Form::Utf16Le, false),
            all if zero_at(all, 0) => (Form::Utf16Be, false),
            _ => (Form::Utf8, false),
        };
        Self { form, mark }
    }

    /// Whether it is UTF-8 without a mark.
    pub(super) fn is_plain(self) -> bool {
        self == Self { form: Form::Utf8, mark: false }
    }

    /// The bytes of a file with this text. A byte order mark is added where the
    /// encoding could not be told without.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let mark = if self.mark { "\u{FEFF}" } else { "" };
        let units = || mark.encode_utf16().chain(text.encode_utf16());
        let bytes: Vec<u8> = match self.form {
            Form::Utf8 => [mark.as_bytes(), text.as_bytes()].concat(),
            Form::Utf16Le => units().flat_map(u16::to_le_bytes).collect(),
            Form::Utf16Be => units().flat_map(u16::to_be_bytes).collect(),
        };
        if self.mark || text.is_empty() || Self::of(&bytes) == self {
            return bytes;
        }
        Self { mark: true, ..self }.encode(text)
    }
}

/// The text of a file that is UTF-8 as it is, with nothing to take off.
pub(super) fn plain(bytes: &[u8]) -> Option<&str> {
    let is_plain = Encoding::of(bytes).is_plain();
    std::str::from_utf8(bytes).ok().filter(|_| is_plain)
}

/// Decodes a file. The byte order mark is dropped; line ends stay as they are.
///
/// # Errors
/// The encoding and the offset of the first byte that does not fit it.
pub fn decode(bytes: Vec<u8>) -> Result<String, DecodeError> {
    let Encoding { form, mark } = Encoding::of(&bytes);
    let unmarked = |length| bytes.get(length..).unwrap_or_default();
    match (form, mark) {
        (Form::Utf8, false) => utf8(bytes, 0),
        (Form::Utf8, true) => utf8(unmarked(3).to_vec(), 3),
        (Form::Utf16Le, true) => utf16(unmarked(2), 2, u16::from_le_bytes, "UTF-16LE"),
        (Form::Utf16Be, true) => utf16(unmarked(2), 2, u16::from_be_bytes, "UTF-16BE"),
        (Form::Utf16Le, false) => utf16(&bytes, 0, u16::from_le_bytes, "UTF-16LE"),
        (Form::Utf16Be, false) => utf16(&bytes, 0, u16::from_be_bytes, "UTF-16BE"),
    }
}

/// How many bytes are looked at to tell UTF-16 that has no mark.
const HEAD: usize = 4096;

/// Whether the start looks like UTF-16 in which ASCII has its zero byte at `zero` of each
/// pair. MOF begins with ASCII and goes on with much of it, also between other letters, and
/// UTF-8 holds no zero bytes; a stray one does not make it UTF-16.
fn zero_at(bytes: &[u8], zero: usize) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let (pairs, _) = head.as_chunks::<2>();
    let is_ascii = |pair: &[u8; 2]| pair.iter().enumerate().all(|(n, b)| (*b == 0) == (n == zero));
    if !pairs.first().is_some_and(is_ascii) {
        return false;
    }
    let (mut in_place, mut elsewhere) = (0, 0);
    for [first, second] in pairs {
        let zeros = [*first == 0, *second == 0].map(usize::from);
        in_place += zeros.get(zero).unwrap_or(&0);
        elsewhere += zeros.get(1 - zero).unwrap_or(&0);
    }
    in_place > elsewhere && (in_place > 1 || pairs.len() == 1)
}

fn utf8(bytes: Vec<u8>, skipped: usize) -> Result<String, DecodeError> {
    String::from_utf8(bytes).map_err(|e| DecodeError {
        encoding: "UTF-8",
        offset: skipped + e.utf8_error().valid_up_to(),
    })
}

fn utf16(
    bytes: &[u8],
    skipped: usize,
    unit: fn([u8; 2]) -> u16,
    encoding: &'static str,
) -> Result<String, DecodeError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut offset = skipped;
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let c = decoded.map_err(|_| DecodeError { encoding, offset })?;
        offset += 2 * c.len_utf16();
        text.push(c);
    }
    if odd.is_empty() { Ok(text) } else { Err(DecodeError { encoding, offset }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn be(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    fn in_every_encoding(text: &str) -> [Vec<u8>; 6] {
        [
            text.as_bytes().to_vec(),
            [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat(),
            [vec![0xFF, 0xFE], le(text)].concat(),
            [vec![0xFE, 0xFF], be(text)].concat(),
            le(text),
            be(text),
        ]
    }

    #[test]
    fn finds_the_encoding() {
        let text = "class Ä {};\r\n// 😀";
        for bytes in in_every_encoding(text) {
            assert_eq!(decode(bytes.clone()).as_deref(), Ok(text), "{bytes:?}");
        }
        assert_eq!(decode(vec![]).as_deref(), Ok(""));
    }

    #[test]
    fn finds_utf16_with_other_letters_at_its_start() {
        for text in [
            "/* 説明\u{3000}*/ class X_A {};",
            "//é\n",
            "[Ж] class X_A {};",
            "// Ā\n",
            &format!("/*{}", "説".repeat(HEAD)),
        ] {
            for bytes in in_every_encoding(text) {
                assert_eq!(decode(bytes).as_deref(), Ok(text));
            }
        }
    }

    #[test]
    fn a_stray_zero_makes_no_utf16() {
        let text = "class X_A { string A = \"é\"; };\n";
        for at in 0..text.len() {
            let stray = match text.split_at_checked(at) {
                Some((before, after)) => format!("{before}\0{after}"),
                None => continue,
            };
            assert_eq!(decode(stray.clone().into_bytes()), Ok(stray));
        }
    }

    #[test]
    fn errors_name_the_byte() {
        for (bytes, encoding, offset) in [
            (b"ab\xE9d".to_vec(), "UTF-8", 2),
            (b"\xEF\xBB\xBFa\xFF".to_vec(), "UTF-8", 4),
            (b"\xFF\xFEa\0\x3D\xD8b\0".to_vec(), "UTF-16LE", 4),
            (b"\xFE\xFF\0a\0".to_vec(), "UTF-16BE", 4),
        ] {
            assert_eq!(decode(bytes), Err(DecodeError { encoding, offset }));
        }
    }

    #[test]
    fn encoding_is_kept() {
        let text = "class Ä {};\r\n// 😀";
        for bytes in in_every_encoding(text) {
            assert_eq!(Encoding::of(&bytes).encode(text), bytes);
        }
        // Nothing but a mark tells this UTF-16 from UTF-8.
        let unclear = "/Ā";
        let marked = [vec![0xFF, 0xFE], le(unclear)].concat();
        assert_eq!(Encoding::of(&le(text)).encode(unclear), marked);
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(bytes: Vec<u8>, text in "[^\u{FEFF}\0].*") {
            prop_assert_eq!(decode(Encoding::of(&bytes).encode(&text)), Ok(text));
        }

        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = decode(bytes);
        }

        #[test]
        fn utf16_round_trips(text: String) {
            prop_assert_eq!(decode([vec![0xFF, 0xFE], le(&text)].concat()), Ok(text.clone()));
            prop_assert_eq!(decode([vec![0xFE, 0xFF], be(&text)].concat()), Ok(text));
        }
    }
}
