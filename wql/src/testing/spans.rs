//! Trees without the places where their nodes stood.

use std::fmt::Debug;

/// A tree as text that tells two trees apart as `==` does, but for their spans.
pub fn without_spans(tree: &impl Debug) -> String {
    let tree = format!("{tree:?}");
    let mut pieces = tree.split("Span {");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text += piece.split_once('}').map_or(piece, |(_, rest)| rest);
    }
    text
}
