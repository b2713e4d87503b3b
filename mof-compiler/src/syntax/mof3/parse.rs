//! Parsing MOF 3, as MOF 2 is parsed.

use super::ast::Declaration;
use super::grammar;
use crate::Language;
use crate::diagnostic::Diagnostics;
use crate::source::{FileId, Sources};
use crate::syntax::parse::Workshop;
use crate::syntax::sequence::{Include, in_sequence};

/// Parses the text of one MOF 3 file.
///
/// Every declaration that parses is returned, also after mistakes in others; all
/// mistakes go to `sink`. Implements the ABNF of DSP0221 3.0.1.
pub fn parse_file<'a>(text: &'a str, file: FileId, sink: &mut Diagnostics) -> Vec<Declaration<'a>> {
    Workshop::default().file(Language::Mof3, text, file, sink, grammar::declaration)
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
    let mut sequence = Vec::new();
    let mut each = |file, declaration| {
        if include(&declaration).is_none() {
            sequence.push((file, declaration));
        }
    };
    in_sequence(sources, sink, (Language::Mof3, grammar::declaration), &include, &mut each);
    sequence
}
