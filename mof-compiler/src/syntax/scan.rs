//! Crossing text several bytes at a time.
//!
//! What a schema is made of is short: strings of thirty characters, indentation of
//! ten. A vectorised search takes longer to start than these take to cross in words,
//! and a byte at a time takes several times as long.

/// The offset of the first quote, backslash or line end; the length where there is none.
#[inline]
pub(super) fn string_stop(bytes: &[u8], quote: u8) -> usize {
    let stops = |byte: u8| byte == quote || byte == b'\\' || byte == b'\n' || byte == b'\r';
    let (blocks, rest) = bytes.as_chunks::<16>();
    for (at, block) in blocks.iter().enumerate() {
        // Without a way out of it, this loop becomes a few vector instructions.
        let mut any = false;
        for byte in block {
            any |= stops(*byte);
        }
        if any {
            return at * 16 + block.iter().position(|byte| stops(*byte)).unwrap_or_default();
        }
    }
    bytes.len() - rest.len() + rest.iter().position(|b| stops(*b)).unwrap_or(rest.len())
}

/// How many spaces the bytes begin with.
#[inline]
pub(super) fn spaces(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let others = u64::from_le_bytes(*word) ^ u64::from_le_bytes([b' '; 8]);
        if others != 0 {
            return at * 8 + (others.trailing_zeros() / 8) as usize;
        }
    }
    bytes.len() - rest.len() + rest.iter().take_while(|byte| **byte == b' ').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_find_what_bytes_find(text in "[ab \"'\\\\\n\ré\u{80}\u{a0a}]{0,40}", pad in 0_usize..20) {
            let text = "\u{100}".repeat(pad) + &text;
            let bytes = text.as_bytes();
            for quote in [b'"', b'\''] {
                let naive = bytes.iter().position(|b| *b == quote || b"\\\n\r".contains(b));
                prop_assert_eq!(string_stop(bytes, quote), naive.unwrap_or(bytes.len()));
            }
            let blank = " ".repeat(pad) + &text;
            let naive = blank.bytes().take_while(|b| *b == b' ').count();
            prop_assert_eq!(spaces(blank.as_bytes()), naive);
        }
    }
}
