//! The declarations of all sources in the order of compilation.

use super::ast::{Declaration, Directive};
use super::mof2;
use super::parse::{Production, Workshop};
use crate::Language;
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
    parse_each(sources, sink, &mut |file, declaration| {
        if !matches!(&declaration, Declaration::Directive(d) if d.is_include()) {
            sequence.push((file, declaration));
        }
    });
    sequence
}

/// As [`parse_sources`], giving the declarations of each file as soon as it is parsed, and the
/// include directives, too.
pub(crate) fn parse_each<'a>(
    sources: &'a Sources,
    sink: &mut Diagnostics,
    each: &mut dyn FnMut(FileId, Declaration<'a>),
) {
    let include = |declaration: &Declaration<'_>| match declaration {
        Declaration::Directive(directive) => Include::of(directive),
        _ => None,
    };
    in_sequence(sources, sink, (Language::Mof2, mof2::declaration), &include, each);
}

/// A directive that includes a file.
pub(super) struct Include {
    span: Span,
    names_a_file: bool,
}

impl Include {
    /// What the directive includes, if it is one that does.
    pub(super) fn of(directive: &Directive<'_>) -> Option<Self> {
        let names_a_file = directive.arguments.is_some();
        directive.is_include().then_some(Self { span: directive.span, names_a_file })
    }
}

/// The sequence for either language: its production gives one declaration, `include` tells
/// which of them include other files, and all go to `each`.
pub(super) fn in_sequence<'a, T>(
    sources: &'a Sources,
    sink: &mut Diagnostics,
    (language, production): (Language, Production<'a, T>),
    include: &dyn Fn(&T) -> Option<Include>,
    each: &mut dyn FnMut(FileId, T),
) {
    let mut workshop = Workshop::default();
    let mut seen = vec![false; sources.map().len()];
    let mut enter = |file: FileId, sink: &mut Diagnostics| {
        let seen = seen.get_mut(file.0 as usize)?;
        if std::mem::replace(seen, true) {
            return None;
        }
        let text = sources.map().text(file);
        Some((file, workshop.file(language, text, file, sink, production).into_iter()))
    };
    for root in sources.roots() {
        let mut open: Vec<_> = enter(*root, sink).into_iter().collect();
        while let Some((file, declarations)) = open.last_mut() {
            let file = *file;
            let Some(declaration) = declarations.next() else {
                open.pop();
                continue;
            };
            let included = include(&declaration);
            each(file, declaration);
            let Some(included) = included else { continue };
            if !included.names_a_file {
                sink.push(without_file(file, included.span));
            }
            let target = sources.include_at(file, included.span.start);
            open.extend(target.and_then(|target| enter(target, sink)));
        }
    }
}

/// `#pragma include` alone, which the search for includes passes over.
fn without_file(file: FileId, span: Span) -> Diagnostic {
    let message = "an include directive takes one file name as a string";
    Diagnostic::new(Code::IncludeArgument, file, span, message)
        .with_help(r#"write `#pragma include ("file.mof")`"#)
}
