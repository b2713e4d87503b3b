//! The structure of a text as far as layout needs it: brackets, lists and
//! statements, without regard to what they declare.
//!
//! Braces that hold a `;` are a block of statements. Others are a list, and a
//! list that follows a word outside of qualifiers is the body of an enumeration.
//! So what another version of MOF adds is laid out by the same rules.

use super::shape::{Shape, width};
use super::strings;
use super::tokens::{Delimiter, Kind, Tok};

/// A part of an item.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Token(Tok<'a>),
    Strings(Strings<'a>),
    Group(Box<Group<'a>>),
}

/// Adjacent string literals.
#[derive(Debug)]
pub(super) struct Strings<'a> {
    pub(super) toks: Vec<Tok<'a>>,
    /// What they hold together, between quotes: set where the text is to be
    /// cut anew.
    pub(super) joined: Option<String>,
}

/// A node and whether a space stands before it.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) node: Node<'a>,
    pub(super) space: bool,
    pub(super) shape: Shape,
}

/// An element of a list.
#[derive(Debug, Default)]
pub(super) struct Item<'a> {
    pub(super) nodes: Vec<Placed<'a>>,
    pub(super) comma: Option<Tok<'a>>,
    pub(super) shape: Shape,
}

/// A declaration, a feature, a directive.
#[derive(Debug, Default)]
pub(super) struct Statement<'a> {
    pub(super) items: Vec<Item<'a>>,
    pub(super) semicolon: Option<Tok<'a>>,
    pub(super) directive: bool,
}

/// Brackets and what they hold.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) delimiter: Delimiter,
    pub(super) open: Tok<'a>,
    pub(super) content: Content<'a>,
    pub(super) close: Tok<'a>,
}

/// What brackets hold.
#[derive(Debug)]
pub(super) enum Content<'a> {
    List(Vec<Item<'a>>),
    /// A list with each item on a line.
    Enumeration(Vec<Item<'a>>),
    Block(Vec<Statement<'a>>),
}

impl<'a> Node<'a> {
    fn first(&self) -> Option<&Tok<'a>> {
        match self {
            Self::Token(tok) => Some(tok),
            Self::Strings(strings) => strings.toks.first(),
            Self::Group(group) => Some(&group.open),
        }
    }

    /// The list of qualifiers that this is, if it stands first.
    pub(super) fn as_qualifiers(&self) -> Option<&Group<'a>> {
        match self {
            Self::Group(group) if group.delimiter == Delimiter::Bracket => Some(group),
            _ => None,
        }
    }

    fn is_word(&self) -> bool {
        matches!(self, Self::Token(tok) if tok.kind == Kind::Word)
    }

    fn is(&self, kind: Kind) -> bool {
        matches!(self, Self::Token(tok) if tok.kind == kind)
    }

    fn says(&self, word: &str) -> bool {
        matches!(self, Self::Token(tok) if tok.text.eq_ignore_ascii_case(word))
    }
}

impl Placed<'_> {
    /// Makes one text of adjacent literals where that is safe.
    fn join_strings(&mut self, digits: usize) {
        if let Node::Strings(strings) = &mut self.node
            && let Some(joined) = strings::joined(&strings.toks, digits)
        {
            self.shape.flat = Some(width(&joined) + 2);
            strings.joined = Some(joined);
        }
    }
}

impl<'a> Item<'a> {
    pub(super) fn first(&self) -> Option<&Tok<'a>> {
        self.nodes.first().and_then(|placed| placed.node.first()).or(self.comma.as_ref())
    }
}

impl<'a> Statement<'a> {
    pub(super) fn first(&self) -> Option<&Tok<'a>> {
        self.items.first().and_then(Item::first).or(self.semicolon.as_ref())
    }
}

/// Builds the tree; `None` when brackets do not match. No recursion. With
/// `rewrap`, the most digits of an escaped code, adjacent strings are joined.
pub(super) fn build<'a>(toks: Vec<Tok<'a>>, rewrap: Option<usize>) -> Option<Vec<Statement<'a>>> {
    let mut builder = Builder { open: vec![Frame::new(None, rewrap)], rewrap };
    for tok in toks {
        builder.token(tok)?;
    }
    let mut file = builder.open.pop().filter(|_| builder.open.is_empty())?;
    file.end_statement(None);
    Some(file.statements)
}

struct Builder<'a> {
    open: Vec<Frame<'a>>,
    rewrap: Option<usize>,
}

/// An open bracket.
struct Frame<'a> {
    /// `None` for the file.
    open: Option<(Delimiter, Tok<'a>)>,
    statements: Vec<Statement<'a>>,
    items: Vec<Item<'a>>,
    nodes: Vec<Placed<'a>>,
    directive: Directive,
    rewrap: Option<usize>,
}

/// How much of a directive has been read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Directive {
    No,
    Name,
    Arguments,
}

impl<'a> Builder<'a> {
    fn token(&mut self, tok: Tok<'a>) -> Option<()> {
        let frame = self.open.last_mut()?;
        if frame.directive == Directive::Arguments && tok.kind != Kind::Open(Delimiter::Paren) {
            frame.end_statement(None);
        }
        match tok.kind {
            Kind::Open(delimiter) => {
                let frame = Frame::new(Some((delimiter, tok)), self.rewrap);
                self.open.push(frame);
            }
            Kind::Close(delimiter) => self.close(delimiter, tok)?,
            Kind::Comma => frame.end_item(Some(tok)),
            Kind::Semicolon => frame.end_statement(Some(tok)),
            Kind::Directive => {
                frame.end_statement(None);
                let takes_name = !tok.text.to_ascii_lowercase().ends_with("include");
                frame.push(Node::Token(tok));
                frame.directive = if takes_name { Directive::Name } else { Directive::Arguments };
            }
            Kind::String => frame.string(tok),
            _ => {
                frame.push(Node::Token(tok));
                if frame.directive == Directive::Name {
                    frame.directive = Directive::Arguments;
                }
            }
        }
        Some(())
    }

    fn close(&mut self, delimiter: Delimiter, close: Tok<'a>) -> Option<()> {
        let mut frame = self.open.pop()?;
        let (opened, open) = frame.open.take()?;
        if opened != delimiter {
            return None;
        }
        let parent = self.open.last_mut()?;
        let content = if frame.statements.is_empty() {
            frame.end_item(None);
            let after_word = parent.nodes.last().is_some_and(|last| last.node.is_word());
            if delimiter == Delimiter::Brace
                && after_word
                && !parent.in_qualifiers()
                && !frame.items.is_empty()
            {
                Content::Enumeration(frame.items)
            } else {
                Content::List(frame.items)
            }
        } else {
            frame.end_statement(None);
            Content::Block(frame.statements)
        };
        parent.push(Node::Group(Box::new(Group { delimiter, open, content, close })));
        if parent.directive == Directive::Arguments {
            parent.end_statement(None);
        }
        Some(())
    }
}

impl<'a> Frame<'a> {
    const fn new(open: Option<(Delimiter, Tok<'a>)>, rewrap: Option<usize>) -> Self {
        Self {
            open,
            statements: vec![],
            items: vec![],
            nodes: vec![],
            directive: Directive::No,
            rewrap,
        }
    }

    fn in_qualifiers(&self) -> bool {
        matches!(self.open, Some((Delimiter::Bracket, _)))
    }

    fn push(&mut self, node: Node<'a>) {
        if node.is(Kind::Equals) && self.is_further_key() {
            self.join_key();
        }
        let space = self.space_before(&node);
        let shape = Shape::of(&node);
        self.nodes.push(Placed { node, space, shape });
    }

    /// Adds a literal to those before it.
    fn string(&mut self, tok: Tok<'a>) {
        if let Some(Placed { node: Node::Strings(strings), shape, .. }) = self.nodes.last_mut() {
            *shape = shape.with_another_line(&tok);
            strings.toks.push(tok);
        } else {
            self.push(Node::Strings(Strings { toks: vec![tok], joined: None }));
        }
    }

    fn space_before(&self, node: &Node<'a>) -> bool {
        let Some(Placed { node: previous, .. }) = self.nodes.last() else { return false };
        match node {
            Node::Group(group) => match group.delimiter {
                Delimiter::Paren => self.directive != Directive::No || !previous.is_word(),
                Delimiter::Brace => !(self.in_qualifiers() && previous.is_word()),
                Delimiter::Bracket => !previous.is_word(),
            },
            _ if previous.is(Kind::NamespacePath) => false,
            _ if node.is(Kind::Equals) => !self.goes_on_in_path(),
            _ if previous.is(Kind::Equals) => self.nodes.last().is_none_or(|placed| placed.space),
            _ if node.is(Kind::Dot) || previous.is(Kind::Dot) => false,
            _ if node.is(Kind::Colon) => !self.is_object(self.nodes.len()),
            _ if previous.is(Kind::Colon) => !self.is_object(self.nodes.len() - 1),
            _ => true,
        }
    }

    /// Whether a `=` here stands between the name and the value of a key, in an object path of
    /// MOF 3 outside of quotes: behind `Class.Name`, or behind a name that follows such a key.
    fn goes_on_in_path(&self) -> bool {
        match &*self.nodes {
            [.., dot, _] if dot.node.is(Kind::Dot) => true,
            [.., comma, _] => comma.node.is(Kind::Comma),
            _ => false,
        }
    }

    /// Whether a name stands here alone, and an object path in the item before it.
    fn is_further_key(&self) -> bool {
        let is_key = |placed: &Placed<'_>| placed.node.is(Kind::Equals) && !placed.space;
        let is_path = |item: &Item<'_>| item.comma.is_some() && item.nodes.iter().any(is_key);
        self.nodes.len() == 1 && self.items.last().is_some_and(is_path)
    }

    /// Makes the name the next key of that path: no blanks stand within one (DSP0221 7.6.4).
    fn join_key(&mut self) {
        let name = std::mem::take(&mut self.nodes);
        let Some(path) = self.items.pop() else { return };
        self.nodes = path.nodes;
        let comma = path.comma.map(|comma| {
            let node = Node::Token(comma);
            Placed { space: false, shape: Shape::of(&node), node }
        });
        self.nodes.extend(comma);
        self.nodes.extend(name);
    }

    /// Whether the node at `colon` makes `object:Class` of what is around it.
    fn is_object(&self, colon: usize) -> bool {
        let before = |back| colon.checked_sub(back).and_then(|at| self.nodes.get(at));
        let declares = before(2).is_some_and(|placed| placed.node.says("qualifier"));
        !self.in_qualifiers()
            && !declares
            && before(1).is_some_and(|placed| placed.node.says("object"))
    }

    fn end_item(&mut self, comma: Option<Tok<'a>>) {
        if self.nodes.is_empty() && comma.is_none() {
            return;
        }
        let mut nodes = std::mem::take(&mut self.nodes);
        if let Some(digits) = self.rewrap {
            for placed in &mut nodes {
                placed.join_strings(digits);
            }
        }
        let shape = Shape::row(&nodes);
        self.items.push(Item { nodes, comma, shape });
    }

    fn end_statement(&mut self, semicolon: Option<Tok<'a>>) {
        self.end_item(None);
        let directive = std::mem::replace(&mut self.directive, Directive::No) != Directive::No;
        if self.items.is_empty() && semicolon.is_none() {
            return;
        }
        let items = std::mem::take(&mut self.items);
        self.statements.push(Statement { items, semicolon, directive });
    }
}
