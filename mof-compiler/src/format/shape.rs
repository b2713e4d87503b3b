//! How much room parts of the tree need, computed once as the tree is built.

use super::tokens::Tok;
use super::tree::{Content, Group, Item, Node, Placed, Statement};

/// The room that something needs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    /// Its columns on one line; `None` when it takes several.
    pub(super) flat: Option<usize>,
    /// Whether its first token has comments on lines of their own above it.
    pub(super) breaks_before: bool,
    /// Whether a comment ends the line behind its last token.
    pub(super) breaks_after: bool,
}

/// The columns of a text.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

impl Shape {
    fn of_token(tok: &Tok<'_>) -> Self {
        let mut flat = Some(width(tok.text));
        for comment in tok.leading.iter().filter(|comment| !comment.above) {
            let columns = (!comment.is_multiline()).then(|| width(comment.text) + 1);
            flat = flat.zip(columns).map(|(sum, columns)| sum + columns);
        }
        Self {
            flat,
            breaks_before: tok.leading.iter().any(|comment| comment.above),
            breaks_after: !tok.trailing.is_empty(),
        }
    }

    /// The shape of a node.
    pub(super) fn of(node: &Node<'_>) -> Self {
        match node {
            Node::Token(tok) => Self::of_token(tok),
            Node::Strings(strings) => {
                let mut toks = strings.toks.iter();
                let first = toks.next().map(Self::of_token).unwrap_or_default();
                toks.fold(first, |shape, tok| shape.with_another_line(tok))
            }
            Node::Group(group) => Self::group(group),
        }
    }

    /// This with a token on a further line.
    pub(super) fn with_another_line(self, tok: &Tok<'_>) -> Self {
        Self { flat: None, breaks_after: !tok.trailing.is_empty(), ..self }
    }

    /// Nodes side by side.
    pub(super) fn row(nodes: &[Placed<'_>]) -> Self {
        let mut row = Row::default();
        for placed in nodes {
            row.add(usize::from(placed.space), placed.shape);
        }
        row.shape()
    }

    fn group(group: &Group<'_>) -> Self {
        let mut row = Row::default();
        row.add(0, Self::of_token(&group.open));
        let mut inside = 0;
        match &group.content {
            Content::List(items) => row.list(0, items),
            Content::Enumeration(_) => row.flat = None,
            Content::Block(statements) => {
                inside = 1;
                for statement in statements {
                    row.statement(statement);
                }
            }
        }
        row.add(inside, Self::of_token(&group.close));
        row.shape()
    }
}

/// Sums shapes side by side.
#[derive(Default)]
struct Row {
    any: bool,
    flat: Option<usize>,
    breaks_before: bool,
    breaks_after: bool,
}

impl Row {
    fn add(&mut self, space: usize, next: Shape) {
        if self.any {
            let between = self.breaks_after || next.breaks_before;
            self.flat = self.flat.zip(next.flat).map(|(sum, columns)| sum + space + columns);
            self.flat = self.flat.filter(|_| !between);
        } else {
            (self.any, self.flat) = (true, next.flat);
            self.breaks_before = next.breaks_before;
        }
        self.breaks_after = next.breaks_after;
    }

    fn list(&mut self, space: usize, items: &[Item<'_>]) {
        for (n, item) in items.iter().enumerate() {
            self.add(if n > 0 { 1 } else { space }, item.shape);
            if let Some(comma) = &item.comma {
                self.add(0, Shape::of_token(comma));
            }
        }
    }

    fn statement(&mut self, statement: &Statement<'_>) {
        self.list(1, &statement.items);
        if let Some(semicolon) = &statement.semicolon {
            self.add(usize::from(statement.items.is_empty()), Shape::of_token(semicolon));
        }
    }

    const fn shape(&self) -> Shape {
        Shape {
            flat: self.flat,
            breaks_before: self.breaks_before,
            breaks_after: self.breaks_after,
        }
    }
}
