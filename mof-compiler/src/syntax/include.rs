//! Include directives, found without parsing.

use super::lexer::Token;
use super::tokens::Stream;
use crate::diagnostic::Diagnostics;
use crate::source::{FileId, Span};
use std::borrow::Cow;

/// An include directive.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IncludeSite<'a> {
    /// The offset of its `#`, by which the parsed directive is known again.
    pub(crate) start: u32,
    /// What the parentheses hold.
    pub(crate) argument: Span,
    /// The file, if that is what they hold.
    pub(crate) path: Option<Cow<'a, str>>,
}

impl IncludeSite<'_> {
    /// The same, no longer borrowing from the text.
    pub(crate) fn into_owned(self) -> IncludeSite<'static> {
        let path = self.path.map(|path| Cow::Owned(path.into_owned()));
        IncludeSite { start: self.start, argument: self.argument, path }
    }
}

/// The include directives of a text in written order. Texts without `#`, as
/// most are, cost one vectorised search.
pub(crate) fn scan_includes(text: &str) -> Vec<IncludeSite<'_>> {
    let mut sites = Vec::new();
    if !text.contains('#') {
        return sites;
    }
    let mut sink = Diagnostics::with_limit(0);
    let mut stream = Stream::new(text, FileId::default(), &mut sink);
    stream.quiet = true;
    while let Some(lexeme) = stream.next() {
        let includes = match lexeme.token {
            Token::Include(_) => true,
            Token::Pragma => {
                let named = matches!(
                    stream.peek().map(|next| &next.token),
                    Some(Token::Identifier(name)) if name.eq_ignore_ascii_case("include")
                );
                if named {
                    stream.next();
                }
                named
            }
            _ => false,
        };
        if !includes || stream.peek().is_none_or(|next| next.token != Token::LeftParen) {
            continue;
        }
        let open = stream.next().map_or(lexeme.span, |open| open.span);
        let (argument, path) = match stream.next() {
            Some(first) => (
                first.span,
                match first.token {
                    Token::Text(path) => Some(path.decode(&mut String::new())),
                    _ => None,
                },
            ),
            None => (open, None),
        };
        let closed = stream.peek().is_some_and(|next| next.token == Token::RightParen);
        sites.push(IncludeSite {
            start: lexeme.span.start,
            argument,
            path: path.filter(|_| closed),
        });
    }
    sites
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_real_directives_only() {
        let text = r##"
            // #include ("no")
            /* #pragma include ("no") */
            #pragma include ("a/" "b.mof")
            class C { string s = "#include (\"no\")"; };
            #INCLUDE("c\\d.mof")
            #pragma namespace("no") #pragma include(x) #include "no"
        "##;
        let found: Vec<_> = scan_includes(text).into_iter().map(|s| s.path).collect();
        assert_eq!(found, [Some("a/b.mof".into()), Some("c\\d.mof".into()), None]);
    }
}
