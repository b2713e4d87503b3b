//! The declarations of all sources in the order of compilation.

use super::ast::Declaration;
use super::parse::parse_file;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};

/// Parses all sources and puts the declarations of included files in the place
/// of the directives that include them.
///
/// A file counts once, where it is first included; include directives are left
/// out of the sequence. All other directives stay.
pub fn parse_sources<'a>(
    sources: &'a Sources,
    sink: &mut Diagnostics,
) -> Vec<(FileId, Declaration<'a>)> {
    let mut sequence = Vec::new();
    let mut seen = vec![false; sources.map().len()];
    let mut enter = |file: FileId, sink: &mut Diagnostics| {
        let seen = seen.get_mut(file.0 as usize)?;
        if std::mem::replace(seen, true) {
            return None;
        }
        Some((file, parse_file(sources.map().text(file), file, sink).into_iter()))
    };
    for root in sources.roots() {
        let mut open: Vec<_> = enter(*root, sink).into_iter().collect();
        while let Some((file, declarations)) = open.last_mut() {
            let file = *file;
            match declarations.next() {
                None => drop(open.pop()),
                Some(Declaration::Directive(directive)) if directive.is_include() => {
                    if directive.arguments.is_none() {
                        sink.push(without_file(file, directive.span));
                    }
                    let target = sources.include_at(file, directive.span.start);
                    open.extend(target.and_then(|target| enter(target, sink)));
                }
                Some(declaration) => sequence.push((file, declaration)),
            }
        }
    }
    sequence
}

/// `#pragma include` alone, which the search for includes passes over.
pub(super) fn without_file(file: FileId, span: Span) -> Diagnostic {
    let message = "an include directive takes one file name as a string";
    Diagnostic::new(Code::IncludeArgument, file, span, message)
        .with_help(r#"write `#pragma include ("file.mof")`"#)
}
