//! Writing HTML that is well-formed and cannot be broken into.
//!
//! Markup is `&'static str` and nothing else: it stands in this program's text.
//! Everything that comes from a schema goes through [`Show`], which escapes it,
//! so that it stays text in an element and in a quoted attribute alike. Attributes
//! are quoted, and empty elements closed, so that the pages are well-formed XML too.

use crate::document::names::Slug;

/// A piece of HTML in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Html {
    out: String,
}

impl Html {
    pub(super) const fn new() -> Self {
        Self { out: String::new() }
    }

    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes) }
    }

    /// Appends markup of this program's own.
    pub(super) fn markup(&mut self, markup: &'static str) {
        self.out.push_str(markup);
    }

    /// Appends text, escaped for an element or a quoted attribute.
    pub(super) fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(is_special) {
            let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.out.push_str(plain);
            let Some(c) = from.chars().next() else { break };
            match replacement(c) {
                Some(with) => self.out.push_str(with),
                None => self.out.push(c),
            }
            rest = from.get(c.len_utf8()..).unwrap_or_default();
        }
        self.out.push_str(rest);
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.out
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.out.as_bytes()
    }

    pub(super) fn clear(&mut self) {
        self.out.clear();
    }
}

/// Bytes at which a character may begin that needs a look: markup, controls, and
/// the lead bytes of the format characters that reorder text.
const fn is_special(byte: u8) -> bool {
    matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'' | 0..=8 | 11..=31 | 127 | 0xc2 | 0xe2 | 0xef)
}

/// What stands for a character that may not stand for itself. Controls are not
/// allowed in XML, and characters that reorder what follows could make a page
/// read other than it is written.
const fn replacement(c: char) -> Option<&'static str> {
    Some(match c {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '\r' => "\n",
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
            "\u{fffd}"
        }
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "\u{fffd}",
        '\u{fffe}' | '\u{ffff}' => "\u{fffd}",
        _ => return None,
    })
}

/// What can be written into a page as text.
pub(super) trait Show {
    fn show(&self, html: &mut Html);
}

impl Show for str {
    fn show(&self, html: &mut Html) {
        html.text(self);
    }
}

impl Show for String {
    fn show(&self, html: &mut Html) {
        html.text(self);
    }
}

impl Show for Slug<'_> {
    fn show(&self, html: &mut Html) {
        self.write_to(&mut html.out);
    }
}

/// A coordinate.
impl Show for i32 {
    fn show(&self, html: &mut Html) {
        let _ = std::fmt::Write::write_fmt(&mut html.out, format_args!("{self}"));
    }
}

/// A count, with commas between groups of three digits.
impl Show for usize {
    fn show(&self, html: &mut Html) {
        let digits = self.to_string();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                html.out.push(',');
            }
            html.out.push(digit);
        }
    }
}

/// Finished HTML is taken as it is.
impl Show for Html {
    fn show(&self, html: &mut Html) {
        html.out.push_str(&self.out);
    }
}

impl<T: Show + ?Sized> Show for &T {
    fn show(&self, html: &mut Html) {
        (**self).show(html);
    }
}

/// Writes pieces one after the other: literals are markup, expressions are text.
macro_rules! put {
    ($html:expr $(,)?) => {};
    ($html:expr, $markup:literal $(, $($rest:tt)*)?) => {{
        $html.markup($markup);
        $($crate::document::html::put!($html, $($rest)*);)?
    }};
    ($html:expr, $text:expr $(, $($rest:tt)*)?) => {{
        $crate::document::html::Show::show(&$text, $html);
        $($crate::document::html::put!($html, $($rest)*);)?
    }};
}
pub(super) use put;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        for (text, expected) in [
            ("", ""),
            ("a < b && \"c\" > 'd'", "a &lt; b &amp;&amp; &quot;c&quot; &gt; &#39;d&#39;"),
            ("</script><script>", "&lt;/script&gt;&lt;script&gt;"),
            ("Zürich – \u{1f600}\t\n", "Zürich – \u{1f600}\t\n"),
            ("\u{0}\u{1b}\u{85}\u{ffff}\u{202e}x", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}x"),
            ("é\u{e000}\u{2019}\r\n", "é\u{e000}\u{2019}\n\n"),
        ] {
            let mut html = Html::new();
            html.text(text);
            assert_eq!(html.as_str(), expected, "{text:?}");
        }
    }

    #[test]
    fn pieces_are_markup_or_text() {
        let mut html = Html::new();
        let name = "<b>";
        let (count, place) = (1_234_567_usize, -3_i32);
        put!(&mut html, "<p title='", name, "'>", count, " ", place, "</p>");
        assert_eq!(html.as_str(), "<p title='&lt;b&gt;'>1,234,567 -3</p>");
    }

    proptest::proptest! {
        #[test]
        fn escaped_text_reads_back(text: String) {
            let mut html = Html::new();
            html.text(&text);
            let back = html
                .as_str()
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
            let expected: String = text
                .chars()
                .map(|c| match c {
                    '<' | '>' | '&' | '"' | '\'' => c,
                    other => replacement(other).map_or(other, |r| r.chars().next().unwrap()),
                })
                .collect();
            proptest::prop_assert_eq!(back, expected);
        }
    }
}
