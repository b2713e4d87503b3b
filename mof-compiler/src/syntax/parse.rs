//! The driver of the parsers: one declaration after another.

use super::ast::Declaration;
use super::bounds::{Progress, report_missing_semicolon};
use super::expected;
use super::mof2;
use super::parser::{Parsed, Parser, Stop};
use super::recovery::note_broken;
use super::skip::{skip_declaration, skip_rest};
use super::stream::{Room, Stream};
use super::token::{Kind, Token};
use super::words::Reports;
use crate::Language;
use crate::diagnostic::{Code, Diagnostics};
use crate::source::{FileId, Span};
use std::cmp::Ordering;

/// How deep braces may nest, and brackets. Deeper ones are an error, so that neither the
/// parser nor a later stage that recurses over embedded objects can exhaust its stack.
pub const MAX_NESTING: u32 = 64;

/// Parses the text of one file.
///
/// Every declaration that parses is returned, also after mistakes in others;
/// all mistakes go to `sink`. Directives stay in the sequence and mean nothing
/// yet. Implements the MOF of DSP0004 Annex A and the forms that WMI adds.
pub fn parse_file<'a>(text: &'a str, file: FileId, sink: &mut Diagnostics) -> Vec<Declaration<'a>> {
    Workshop::default().file(Language::Mof2, text, file, sink, mof2::declaration)
}

/// What parsing needs room for, kept from file to file: most are small, and lists that grow
/// anew in each take as long as reading it.
#[derive(Default)]
pub(super) struct Workshop<'a> {
    reports: Reports<'a>,
    room: Room,
}

impl<'a> Workshop<'a> {
    /// The declarations of one file, each by a production of its language.
    pub(super) fn file<T>(
        &mut self,
        language: Language,
        text: &'a str,
        file: FileId,
        sink: &mut Diagnostics,
        production: Production<'a, T>,
    ) -> Vec<T> {
        let mut stream = Stream::new(language, text, file, sink);
        stream.lend(&mut self.room);
        let declarations = declarations(&mut stream, &mut self.reports, production);
        stream.lend(&mut self.room);
        declarations
    }
}

/// The production of one declaration.
pub(super) type Production<'a, T> = fn(&mut Parser<'_, 'a, '_>) -> Parsed<T>;

/// The declarations of a text, each by a production of its language.
fn declarations<'a, T>(
    stream: &mut Stream<'a, '_>,
    reports: &mut Reports<'a>,
    production: Production<'a, T>,
) -> Vec<T> {
    let mut declarations = Vec::new();
    if u32::try_from(stream.text.len()).is_err() {
        let message = format!("the text has more than {} bytes", u32::MAX);
        stream.report(stream.diagnostic(Code::SourceLimit, Span::default(), message));
        return declarations;
    }
    let mut place = Place::default();
    loop {
        let next = stream.peek();
        match next.kind {
            Kind::End => return declarations,
            Kind::Semicolon => {
                place.behind = stream.next().span().end;
                let message = "a `;` without a declaration";
                stream.report(stream.diagnostic(Code::StraySemicolon, next.span(), message));
            }
            _ => declarations.extend(declaration(stream, reports, production, &mut place)),
        }
    }
}

/// Between which declarations the next one stands.
#[derive(Default)]
struct Place {
    /// Where the one before ended.
    behind: u32,
    /// Those that it stands among the members of, each within the one before, and where what
    /// stands there ends.
    around: Vec<(Progress, u32)>,
}

impl Place {
    /// Passes over the rest of those that a declaration stood in, up to another in them.
    fn leave(&mut self, stream: &mut Stream<'_, '_>) {
        while let Some((progress, others)) = self.around.pop() {
            stream.after_mistake = true;
            let rest = skip_rest(stream, progress, others);
            self.behind = rest.end;
            if let Some(others) = rest.others {
                return self.around.push((progress, others));
            }
        }
    }
}

/// The declaration that comes next. Where it has a mistake, that is reported, and the
/// stream goes on behind it.
fn declaration<'a, T>(
    stream: &mut Stream<'a, '_>,
    reports: &mut Reports<'a>,
    production: Production<'a, T>,
    place: &mut Place,
) -> Option<T> {
    reports.begin(stream.file);
    let mut parser = Parser::new(stream, reports, !place.around.is_empty());
    let result = production(&mut parser);
    let (progress, (token, expected)) = (parser.progress(), parser.failure());
    let read = Span::new(std::mem::replace(&mut place.behind, progress.last.end), parser.end);
    if matches!(result, Err(Stop::Unexpected)) {
        reports.forget_flavors(stream.text, read.end);
    }
    for diagnostic in reports.list.drain(..) {
        stream.report(diagnostic);
    }
    let stop = match result {
        Ok(declaration) => {
            stream.after_mistake = false;
            place.leave(stream);
            return Some(declaration);
        }
        Err(stop) => stop,
    };
    if stop == Stop::Unexpected
        && !is_stray(stream, token, read, progress)
        && let Some(diagnostic) = expected::explain(token, expected, progress, stream)
    {
        stream.report(diagnostic);
        // A `}` that only lacks its `;` before it is the last one all the same.
        if progress.lacks_semicolon && expected.has(Kind::Semicolon) {
            report_missing_semicolon(stream, progress.last);
        }
    }
    stream.after_mistake = true;
    let skipped = skip_declaration(stream, progress);
    place.behind = skipped.end;
    note_broken(stream, progress, skipped.end);
    match skipped.others {
        Some(others) => place.around.push((progress, others)),
        None => place.leave(stream),
    }
    None
}

/// Whether a token does not fit for what was reported in front of it: the value that it adjoins,
/// or characters without meaning, in its member, attached to the head of the declaration, or in
/// front of that where the token is its first. `read` goes from the declaration before to the
/// token before this one.
fn is_stray(stream: &Stream<'_, '_>, token: Token, read: Span, progress: Progress) -> bool {
    let (stray, start) = (stream.stray, token.span().start);
    if start == read.end && progress.previous == Kind::Invalid {
        return true;
    }
    let is_in_member = || {
        let between = stream.text.get(stray.end as usize..start as usize).unwrap_or_default();
        !between.contains([';', '{', '}'])
    };
    let first = progress.first.start;
    let is_after_it = || match stray.end.cmp(&first) {
        Ordering::Less => start == first,
        // It belongs to the declaration: `<CLASS NAME="X"/>`.
        Ordering::Equal => progress.depth == 0,
        Ordering::Greater => is_in_member(),
    };
    stray.end > read.start && stray.end <= start && is_after_it()
}

/// Parses again the declaration that begins at `offset`. Its mistakes have been reported.
pub(crate) fn parse_again(text: &str, offset: u32, file: FileId) -> Option<Declaration<'_>> {
    let mut unheard = Diagnostics::with_limit(0);
    let mut stream = Stream::new(Language::Mof2, text, file, &mut unheard);
    stream.seek(offset);
    let mut reports = Reports::default();
    reports.begin(file);
    mof2::declaration(&mut Parser::new(&mut stream, &mut reports, false)).ok()
}
