//! A writer of well-formed XML 1.0, no more than CIM-XML needs.
//!
//! It writes through a plain [`Write`], so it serves files and connections alike. It
//! is ours because the need is small: elements, attributes, text, and the rule that
//! whatever a CIM string holds, the document stays well-formed.

use std::fmt::Write as _;
use std::io::{self, Write};

/// How elements are laid out. Text is never touched: layout goes only where elements
/// contain nothing but elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Each element on a line of its own, indented.
    Lines,
    /// Nothing between elements, as on the wire.
    Compact,
}

/// Writes elements one after the other, and inside each other.
///
/// `known` is for those who write elements, and goes with the writer into each.
pub(super) struct XmlWriter<'w, K = ()> {
    pub(super) known: K,
    out: &'w mut dyn Write,
    layout: Layout,
    depth: usize,
    /// Whether the last start tag still lacks its end: an element that turns out to
    /// hold nothing is written as an empty one.
    tag_is_open: bool,
}

impl<'w, K> XmlWriter<'w, K> {
    pub(super) fn new(out: &'w mut dyn Write, layout: Layout, known: K) -> Self {
        Self { known, out, layout, depth: 0, tag_is_open: false }
    }

    /// Writes the declaration that begins a document.
    pub(super) fn declaration(&mut self) -> io::Result<()> {
        self.out.write_all(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>")?;
        self.end_line()
    }

    /// Writes an element that holds elements, or nothing.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &Attributes,
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.begin_line()?;
        write!(self.out, "<{name}{}", attributes.0)?;
        self.tag_is_open = true;
        self.depth += 1;
        let written = content(self);
        self.depth -= 1;
        written?;
        if std::mem::take(&mut self.tag_is_open) {
            self.out.write_all(b"/>")?;
        } else {
            self.begin_line()?;
            write!(self.out, "</{name}>")?;
        }
        self.end_line()
    }

    /// Writes an element that holds nothing.
    pub(super) fn empty(&mut self, name: &str, attributes: &Attributes) -> io::Result<()> {
        self.begin_line()?;
        write!(self.out, "<{name}{}/>", attributes.0)?;
        self.end_line()
    }

    /// Writes an element that holds text.
    pub(super) fn text(
        &mut self,
        name: &str,
        attributes: &Attributes,
        text: &str,
    ) -> io::Result<()> {
        self.begin_line()?;
        let mut escaped = String::with_capacity(text.len() + 8);
        escape(&mut escaped, text, Place::Text);
        write!(self.out, "<{name}{}>{escaped}</{name}>", attributes.0)?;
        self.end_line()
    }

    fn begin_line(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.tag_is_open) {
            self.out.write_all(b">")?;
            self.end_line()?;
        }
        match self.layout {
            Layout::Lines => write!(self.out, "{:1$}", "", self.depth),
            Layout::Compact => Ok(()),
        }
    }

    fn end_line(&mut self) -> io::Result<()> {
        match self.layout {
            Layout::Lines => self.out.write_all(b"\n"),
            Layout::Compact => Ok(()),
        }
    }
}

/// The attributes of an element, escaped, in the order given.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes(String);

impl Attributes {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn named(name: &str) -> Self {
        Self::new().with("NAME", name)
    }

    #[must_use]
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.0, " {name}=\"");
        escape(&mut self.0, value, Place::Attribute);
        self.0.push('"');
        self
    }

    /// The attribute where there is a value.
    #[must_use]
    pub(super) fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// A boolean where it is not what its absence says.
    #[must_use]
    pub(super) fn unless(self, absent: bool, name: &str, value: bool) -> Self {
        if value == absent { self } else { self.with(name, if value { "true" } else { "false" }) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Attribute,
}

/// Whether a document cannot have a character, not even by number (XML 1.0, "Char").
pub(super) const fn cannot_hold(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Appends text so that a reader gets it back. A reader turns a bare CR into LF, and
/// in attributes line breaks and tabs into spaces, so these are written by number.
/// Characters that XML 1.0 cannot have in any form, most controls among them, become
/// U+FFFD.
fn escape(out: &mut String, text: &str, place: Place) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if place == Place::Attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' if place == Place::Attribute => out.push_str("&#10;"),
            '\t' if place == Place::Attribute => out.push_str("&#9;"),
            '\n' | '\t' => out.push(c),
            c if cannot_hold(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(layout: Layout) -> String {
        let mut bytes = Vec::new();
        let mut xml = XmlWriter::new(&mut bytes, layout, ());
        xml.element("A", &Attributes::named("x\"<\n"), |xml| {
            xml.text("B", &Attributes::new(), " a & b\r\n\u{1}]]>")?;
            xml.element("F", &Attributes::new(), |_| Ok(()))?;
            xml.empty("C", &Attributes::new().unless(false, "D", true).unless(true, "E", true))
        })
        .unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn documents_are_well_formed() {
        assert_eq!(
            written(Layout::Compact),
            "<A NAME=\"x&quot;&lt;&#10;\"><B> a &amp; b&#13;\n\u{fffd}]]&gt;</B><F/><C D=\"true\"/></A>"
        );
        assert_eq!(
            written(Layout::Lines),
            "<A NAME=\"x&quot;&lt;&#10;\">\n <B> a &amp; b&#13;\n\u{fffd}]]&gt;</B>\n <F/>\n <C D=\"true\"/>\n</A>\n"
        );
    }
}
