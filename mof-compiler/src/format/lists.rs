//! Lists: filled, one item a line, or all on one line.

use super::layout::Place;
use super::printer::{Printer, STEP};
use super::strings::pieces;
use super::tree::{Content, Group, Item, Node, Placed, Statement, Strings};

impl Printer<'_> {
    /// Writes values in braces, filling lines.
    pub(super) fn values(
        &mut self,
        group: &Group<'_>,
        items: &[Item<'_>],
        space: bool,
        base: usize,
    ) {
        self.token(&group.open, space);
        self.indent = base + STEP;
        self.newline();
        self.filled(items, base + STEP);
        self.end_braces(&group.close, 0, base);
    }

    /// Writes items in filled lines. One that takes several lines shares them
    /// with no other.
    fn filled(&mut self, items: &[Item<'_>], base: usize) {
        let mut broken = false;
        for (n, item) in items.iter().enumerate() {
            self.indent = base;
            let fits = item.shape.flat.is_some_and(|columns| self.fits(true, columns + 1));
            if n > 0 && !broken && fits && !item.shape.breaks_before {
                self.space();
            } else {
                self.fresh_line();
            }
            if let Some(tok) = item.first().filter(|_| item.shape.breaks_before) {
                self.lead(tok, 0, true);
            }
            let lines = self.lines;
            self.item(item, base);
            broken = self.lines > lines;
        }
    }

    /// Writes an item and its comma.
    pub(super) fn item(&mut self, item: &Item<'_>, base: usize) {
        if item.shape.flat.is_some_and(|columns| self.fits(false, columns + 1)) {
            self.flat_nodes(&item.nodes);
        } else {
            self.nodes(&item.nodes, Place::item(base));
        }
        if let Some(comma) = &item.comma {
            self.token(comma, false);
        }
    }

    /// Writes what stands in parentheses: a qualifier's value, parameters, or
    /// words.
    pub(super) fn parenthesised(
        &mut self,
        group: &Group<'_>,
        items: &[Item<'_>],
        space: bool,
        base: usize,
    ) {
        let inner = base + STEP;
        self.token(&group.open, space);
        self.indent = inner;
        let simple = |item: &Item<'_>| matches!(item.nodes.as_slice(), [Placed { node, .. }] if !matches!(node, Node::Group(_)));
        match items {
            [] => {}
            [Item { nodes, comma: None, .. }] if nodes.len() == 1 => match nodes.first() {
                Some(Placed { node: Node::Strings(strings), .. }) => {
                    self.newline();
                    self.strings(strings, inner);
                }
                _ => self.nodes(nodes, Place::item(base)),
            },
            words if words.iter().all(simple) => {
                self.newline();
                self.filled(words, inner);
            }
            parameters => {
                for parameter in parameters {
                    self.indent = inner;
                    self.fresh_line();
                    if let Some(tok) = parameter.first().filter(|_| parameter.shape.breaks_before) {
                        self.lead(tok, 0, true);
                    }
                    self.qualified_item(parameter, inner);
                }
            }
        }
        self.indent = inner;
        self.end_close(&group.close, base);
    }

    /// Writes literals, one a line.
    pub(super) fn strings(&mut self, strings: &Strings<'_>, indent: usize) {
        if let (Some(joined), Some(last)) = (&strings.joined, strings.toks.last()) {
            let columns = self.width.saturating_sub(indent + 2);
            for (n, piece) in pieces(joined, columns).into_iter().enumerate() {
                if n > 0 {
                    self.indent = indent;
                    self.newline();
                }
                self.literal(piece);
            }
            self.trailing(last);
            return;
        }
        for (n, tok) in strings.toks.iter().enumerate() {
            if n > 0 {
                self.indent = indent;
                self.fresh_line();
            }
            self.token(tok, false);
        }
    }
}

// On one line, but for what comments forbid.
impl Printer<'_> {
    pub(super) fn flat_nodes(&mut self, nodes: &[Placed<'_>]) {
        for (n, placed) in nodes.iter().enumerate() {
            self.flat_node(placed, placed.space && n > 0);
        }
    }

    pub(super) fn flat_node(&mut self, placed: &Placed<'_>, space: bool) {
        match &placed.node {
            Node::Token(tok) => self.token(tok, space),
            Node::Group(group) => self.flat_group(group, space),
            Node::Strings(strings) => match (&strings.joined, strings.toks.last()) {
                (Some(joined), Some(last)) => {
                    if space {
                        self.space();
                    }
                    self.literal(joined);
                    self.trailing(last);
                }
                _ => {
                    for (n, tok) in strings.toks.iter().enumerate() {
                        self.token(tok, space || n > 0);
                    }
                }
            },
        }
    }

    pub(super) fn flat_group(&mut self, group: &Group<'_>, space: bool) {
        self.token(&group.open, space);
        let is_block = matches!(group.content, Content::Block(_));
        match &group.content {
            Content::List(items) | Content::Enumeration(items) => self.flat_items(items, false),
            Content::Block(statements) => {
                for statement in statements {
                    self.flat_statement(statement);
                }
            }
        }
        self.token(&group.close, is_block);
    }

    fn flat_items(&mut self, items: &[Item<'_>], space: bool) {
        for (n, item) in items.iter().enumerate() {
            if space || n > 0 {
                self.space();
            }
            self.flat_nodes(&item.nodes);
            if let Some(comma) = &item.comma {
                self.token(comma, false);
            }
        }
    }

    fn flat_statement(&mut self, statement: &Statement<'_>) {
        self.flat_items(&statement.items, true);
        if let Some(semicolon) = &statement.semicolon {
            self.token(semicolon, statement.items.is_empty());
        }
    }
}
