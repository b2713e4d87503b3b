//! The driver of the MOF 3 parser, the counterpart of that of MOF 2.

use super::ast::Declaration;
use super::grammar::DeclarationParser;
use super::tokens::Mof3;
use crate::Language;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};
use crate::syntax::expected;
use crate::syntax::lexer::Token;
use crate::syntax::recovery::skip_declaration;
use crate::syntax::sequence::{Include, in_sequence};
use crate::syntax::tokens::{Bounded, Stream};
use crate::syntax::words::Reports;

/// Parses the text of one MOF 3 file.
///
/// Every declaration that parses is returned, also after mistakes in others; all
/// mistakes go to `sink`. Implements the ABNF of DSP0221 3.0.1.
pub fn parse_file<'a>(text: &'a str, file: FileId, sink: &mut Diagnostics) -> Vec<Declaration<'a>> {
    let mut declarations = Vec::new();
    if u32::try_from(text.len()).is_err() {
        let message = format!("the text has more than {} bytes", u32::MAX);
        sink.push(Diagnostic::new(Code::SourceLimit, file, Span::default(), message));
        return declarations;
    }
    let parser = DeclarationParser::new();
    let mut reports = Reports::new(file);
    let mut stream = Stream::in_language(Language::Mof3, text, file, sink);
    while let Some(next) = stream.peek() {
        if next.token == Token::Semicolon {
            let span = next.span;
            stream.next();
            let message = "a `;` without a declaration";
            stream.report(stream.diagnostic(Code::StraySemicolon, span, message));
            continue;
        }
        let mut tokens = Bounded::new(&mut stream);
        let result = parser.parse(&mut reports, Mof3(&mut tokens));
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
                skip_declaration(&mut stream, progress);
            }
        }
    }
    declarations
}

/// Parses all sources and puts the declarations of included files in the place of
/// the directives that include them, as MOF 2 does.
pub fn parse_sources<'a>(
    sources: &'a Sources,
    sink: &mut Diagnostics,
) -> Vec<(FileId, Declaration<'a>)> {
    let include = |declaration: &Declaration<'_>| match declaration {
        Declaration::Directive(directive) => Include::of(directive),
        _ => None,
    };
    in_sequence(sources, sink, &parse_file, &include)
}
