//! Where a subscriber was, as text: the repository, the commit, what was raised behind it, and
//! the event of those.

use super::data::Position;
use crate::error::EngineError;
use std::fmt::Write;

/// The bookmark of a position.
pub(crate) fn write(repository: u64, position: Position) -> String {
    let Position { commit, raised, ordinal } = position;
    let mut text = String::new();
    // Text takes everything.
    let _ = write!(text, "{repository:016x}-{commit:x}-{raised:x}-{ordinal:x}");
    text
}

/// The position of a bookmark of this repository.
///
/// # Errors
/// When the text is none, or that of another repository.
pub(crate) fn read(repository: u64, text: &str) -> Result<Position, EngineError> {
    let parsed = || {
        let mut parts = text.split('-');
        let mut number = || u64::from_str_radix(parts.next()?, 16).ok();
        let (own, commit, raised, ordinal) = (number()?, number()?, number()?, number()?);
        let raised = u32::try_from(raised).ok()?;
        parts.next().is_none().then_some((own, Position { commit, raised, ordinal }))
    };
    match parsed() {
        None => Err(EngineError::MalformedBookmark { text: text.to_owned() }),
        Some((own, _)) if own != repository => Err(EngineError::BookmarkExpired),
        Some((_, position)) => Ok(position),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bookmark_reads_back() {
        let position = Position { commit: 7, raised: 2, ordinal: (3 << 32) | 1 };
        let text = write(42, position);
        assert_eq!(text, "000000000000002a-7-2-300000001");
        assert_eq!(read(42, &text).unwrap(), position);
        assert!(matches!(read(43, &text), Err(EngineError::BookmarkExpired)));
        for text in ["", "x", "2a-7-2", "2a-7-2-3-4", "2a-7-fffffffff-1", "2a-7-2-+"] {
            let read = read(42, text);
            assert!(matches!(read, Err(EngineError::MalformedBookmark { .. })), "{text}");
        }
    }
}
