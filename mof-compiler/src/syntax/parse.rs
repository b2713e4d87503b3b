//! The parser's driver.

use super::ast::Declaration;
use super::expected;
use super::grammar::DeclarationParser;
use super::lexer::Token;
use super::recovery::{note_broken, skip_declaration};
use super::tokens::{Bounded, Stream};
use super::words::Reports;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// How deep braces may nest. Deeper ones are an error, so that no later stage
/// that recurses over embedded objects can exhaust its stack.
pub const MAX_NESTING: u32 = 64;

/// Parses the text of one file.
///
/// Every declaration that parses is returned, also after mistakes in others;
/// all mistakes go to `sink`. Directives stay in the sequence and mean nothing
/// yet. Implements the MOF of DSP0004 Annex A and the forms that WMI adds.
pub fn parse_file<'a>(text: &'a str, file: FileId, sink: &mut Diagnostics) -> Vec<Declaration<'a>> {
    let mut declarations = Vec::new();
    if u32::try_from(text.len()).is_err() {
        let message = format!("the text has more than {} bytes", u32::MAX);
        sink.push(Diagnostic::new(Code::SourceLimit, file, Span::default(), message));
        return declarations;
    }
    let parser = DeclarationParser::new();
    let mut reports = Reports::new(file);
    let mut stream = Stream::new(text, file, sink);
    while let Some(next) = stream.peek() {
        if next.token == Token::Semicolon {
            let span = next.span;
            stream.next();
            let message = "a `;` without a declaration";
            stream.report(stream.diagnostic(Code::StraySemicolon, span, message));
            continue;
        }
        let mut tokens = Bounded::new(&mut stream);
        reports.begin();
        let result = parser.parse(&mut reports, &mut tokens);
        let progress = tokens.progress();
        for diagnostic in reports.list.drain(..) {
            stream.report(diagnostic);
        }
        match result {
            Ok(declaration) => declarations.push(declaration),
            Err(error) => {
                if let Some(diagnostic) = expected::explain(error, progress, &stream) {
                    stream.report(diagnostic);
                }
                note_broken(&mut stream, progress);
                skip_declaration(&mut stream, progress);
            }
        }
    }
    declarations
}

/// Parses again the declaration that begins at `offset`. Its mistakes have been reported.
pub(crate) fn parse_again(text: &str, offset: u32, file: FileId) -> Option<Declaration<'_>> {
    let mut unheard = Diagnostics::with_limit(0);
    let mut stream = Stream::new(text, file, &mut unheard);
    stream.seek(offset);
    let mut reports = Reports::new(file);
    reports.begin();
    let mut tokens = Bounded::new(&mut stream);
    DeclarationParser::new().parse(&mut reports, &mut tokens).ok()
}
