//! Where lines break: statements and blocks.
//!
//! Whatever fits on a line stands on one. Else a list of qualifiers has one a
//! line, a list of parameters has one a line, and a list of values is filled.
//! Qualifiers of declarations and features stand above them, those of parameters
//! and enumeration values before them. Groups look for what fits from outside
//! in, each once, so that the time is linear.

use super::printer::{Printer, STEP};
use super::shape::Shape;
use super::switches::{Resume, tok_at};
use super::tokens::{Delimiter, Kind, Tok};
use super::tree::{Content, Group, Item, Node, Placed, Statement};

/// The place of a node: what decides about its lines besides its own room.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The column where the item begins that the node belongs to.
    pub(super) base: usize,
    /// The columns that follow the item on its last line.
    pub(super) tail: usize,
    /// Whether a block here is a value, and may stand on one line.
    pub(super) value: bool,
    /// Whether the item is a directive, which stays on its line.
    pub(super) directive: bool,
}

impl Place {
    /// That of an item of a list, before its comma or bracket.
    pub(super) const fn item(base: usize) -> Self {
        Self { base, tail: 1, value: true, directive: false }
    }
}

impl Printer<'_> {
    /// Writes a whole text.
    pub(super) fn file(&mut self, statements: &[Statement<'_>], end: &Tok<'_>) {
        let from = self.statements(statements, 0, end);
        self.indent = 0;
        self.fresh_line();
        self.comments_above(end, from, statements.is_empty());
        self.fresh_line();
    }

    /// Writes the statements of a block and gives the number of the first
    /// comment before its end that has not been written.
    fn statements(&mut self, statements: &[Statement<'_>], base: usize, end: &Tok<'_>) -> usize {
        let mut next = Resume { statement: 0, comment: 0 };
        let mut first = true;
        loop {
            let statement = statements.get(next.statement);
            let tok = tok_at(statements, next.statement).unwrap_or(end);
            self.indent = base;
            let switched = tok.leading.iter().skip(next.comment).position(|c| c.switches("off"));
            // A stray semicolon stays where it is.
            let is_stray =
                tok.kind == Kind::Semicolon && tok.newlines == 0 && tok.leading.is_empty();
            if switched.is_some() || (statement.is_some() && !is_stray) {
                self.fresh_line();
            }
            match (switched, statement) {
                (Some(skipped), _) => {
                    let off = next.comment + skipped;
                    match self.switched_off(statements, &next, off, first, end) {
                        Some(resume) => next = resume,
                        None => return end.leading.len(),
                    }
                }
                (None, Some(statement)) => {
                    self.lead(tok, next.comment, first);
                    self.statement(statement, base);
                    next = Resume { statement: next.statement + 1, comment: 0 };
                }
                (None, None) => return next.comment,
            }
            first = false;
        }
    }

    fn statement(&mut self, statement: &Statement<'_>, base: usize) {
        self.indent = base;
        let place = Place { base, tail: 1, value: false, directive: statement.directive };
        for (n, item) in statement.items.iter().enumerate() {
            if n == 0 {
                let nodes = self.qualified(&item.nodes, base);
                self.nodes(nodes, place);
            } else {
                self.clause(item, base + STEP);
            }
            if let Some(comma) = &item.comma {
                self.token(comma, false);
            }
        }
        if let Some(semicolon) = &statement.semicolon {
            self.token(semicolon, false);
        }
    }

    /// Writes the qualifiers above an element and gives what is left of it.
    fn qualified<'n, 'a>(&mut self, mut nodes: &'n [Placed<'a>], base: usize) -> &'n [Placed<'a>] {
        while let [first, rest @ ..] = nodes
            && !rest.is_empty()
            && let Some(qualifiers) = first.node.as_qualifiers()
        {
            self.qualifiers(qualifiers, first.shape, base);
            self.indent = base;
            self.newline();
            nodes = rest;
        }
        nodes
    }

    /// Writes a clause of a qualifier declaration: on this line or the next.
    fn clause(&mut self, item: &Item<'_>, base: usize) {
        self.indent = base;
        if item.shape.flat.is_some_and(|columns| self.fits(true, columns + 1)) {
            self.space();
        } else {
            self.fresh_line();
        }
        self.nodes(&item.nodes, Place { value: false, ..Place::item(base) });
    }

    /// Writes the nodes of an item, breaking what does not fit.
    pub(super) fn nodes(&mut self, nodes: &[Placed<'_>], place: Place) {
        let mut value = place.value;
        for (n, placed) in nodes.iter().enumerate() {
            let rest = nodes.get(n + 1..).unwrap_or_default();
            let mut after = place.tail;
            for next in rest {
                let Some(columns) = next.shape.flat else { break };
                after += columns + usize::from(next.space);
            }
            let space = placed.space && n > 0;
            let fits = placed.shape.flat.is_some_and(|columns| self.fits(space, columns + after));
            match &placed.node {
                Node::Token(tok) => {
                    self.token(tok, space);
                    value |= tok.kind == Kind::Equals;
                }
                // Nothing may stand between the `=` and the value of a key in an object path.
                Node::Strings(_) if fits || (!space && n > 0 && placed.shape.flat.is_some()) => {
                    self.flat_node(placed, space);
                }
                Node::Strings(strings) if !space => self.strings(strings, place.base + STEP),
                Node::Strings(strings) => {
                    self.indent = place.base + STEP;
                    self.fresh_line();
                    self.strings(strings, place.base + STEP);
                }
                Node::Group(group) => {
                    let may = match &group.content {
                        Content::Block(_) => fits && value,
                        Content::List(items) if items.is_empty() => true,
                        _ => fits || place.directive,
                    };
                    if may && placed.shape.flat.is_some() {
                        self.flat_node(placed, space);
                    } else {
                        self.group(group, space, place.base);
                    }
                }
            }
            self.indent = place.base + STEP;
        }
    }

    fn group(&mut self, group: &Group<'_>, space: bool, base: usize) {
        match &group.content {
            Content::Block(statements) => self.block(group, statements, space, base),
            Content::Enumeration(items) => self.enumeration(group, items, space, base),
            Content::List(items) => match group.delimiter {
                Delimiter::Brace => self.values(group, items, space, base),
                Delimiter::Paren => self.parenthesised(group, items, space, base),
                Delimiter::Bracket => self.flat_group(group, space),
            },
        }
    }

    fn block(&mut self, group: &Group<'_>, statements: &[Statement<'_>], space: bool, base: usize) {
        self.token(&group.open, space);
        self.indent = base + STEP;
        self.newline();
        let from = self.statements(statements, base + STEP, &group.close);
        self.end_braces(&group.close, from, base);
    }

    fn enumeration(&mut self, group: &Group<'_>, items: &[Item<'_>], space: bool, base: usize) {
        self.token(&group.open, space);
        for (n, item) in items.iter().enumerate() {
            self.indent = base + STEP;
            self.fresh_line();
            if let Some(tok) = item.first() {
                self.lead(tok, 0, n == 0);
            }
            self.qualified_item(item, base + STEP);
        }
        self.end_braces(&group.close, 0, base);
    }

    /// Writes what closes a list of lines in braces.
    pub(super) fn end_braces(&mut self, close: &Tok<'_>, from: usize, base: usize) {
        self.indent = base + STEP;
        self.fresh_line();
        self.comments_above(close, from, false);
        self.indent = base;
        self.without_lead();
        self.token(close, false);
    }

    /// Writes an item that may have qualifiers before it: all on a line where
    /// that fits, else the qualifiers above.
    pub(super) fn qualified_item(&mut self, item: &Item<'_>, base: usize) {
        // A parameter may be the last: `);` follows.
        if item.shape.flat.is_some_and(|columns| self.fits(false, columns + 2)) {
            self.flat_nodes(&item.nodes);
        } else {
            let nodes = self.qualified(&item.nodes, base);
            self.nodes(nodes, Place::item(base));
        }
        if let Some(comma) = &item.comma {
            self.token(comma, false);
        }
    }

    /// Writes a list of qualifiers.
    fn qualifiers(&mut self, group: &Group<'_>, shape: Shape, base: usize) {
        let fits = shape.flat.is_some_and(|columns| self.fits(false, columns));
        let items = match &group.content {
            Content::List(items) if !fits => items,
            _ => return self.flat_group(group, false),
        };
        self.token(&group.open, false);
        for (n, item) in items.iter().enumerate() {
            self.indent = base + 1;
            if n > 0 {
                self.fresh_line();
            }
            self.item(item, base + 1);
        }
        self.indent = base + 1;
        self.end_close(&group.close, base);
    }

    /// Writes a closing bracket behind the last item, or on a line of its own
    /// below comments.
    pub(super) fn end_close(&mut self, close: &Tok<'_>, base: usize) {
        if close.leading.iter().any(|comment| comment.above) {
            self.comments_above(close, 0, true);
            self.without_lead();
        }
        self.indent = base;
        self.token(close, false);
    }
}
