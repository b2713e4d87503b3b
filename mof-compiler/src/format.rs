//! Formatting MOF.
//!
//! ```
//! use cimarron_mof::format::{FormatOptions, format};
//!
//! let formatted = format("class X_Fan{[key]string Id;};", &FormatOptions::default())?;
//! assert_eq!(formatted, "class X_Fan {\n    [key]\n    string Id;\n};\n");
//! # Ok::<(), cimarron_mof::format::FormatError>(())
//! ```
//!
//! The formatter moves tokens and comments and changes neither: words keep their
//! spelling, strings stay cut as their author cut them unless
//! [`FormatOptions::rewrap_strings`] says otherwise. It works on brackets,
//! commas and semicolons and not on the syntax tree, so it lays out what it does
//! not know by the same rules. What it wrote is compared with what it read
//! before it is given back.
//!
//! Text between `// cimarron-fmt: off` and `// cimarron-fmt: on`, each on a line
//! of its own between declarations, features or values of properties, stays as
//! it is. Without `on` that holds to the end of the block, but for white space
//! before that. Switches that stand elsewhere are comments like others;
//! [`unheeded_switches`] finds them.

mod layout;
mod lists;
mod printer;
mod shape;
mod strings;
mod switches;
mod tokens;
mod tree;
mod verify;

#[cfg(test)]
mod tests;

use crate::Language;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, unsuppressed};
use crate::source::{FileId, Span};
use crate::syntax::{mof3, parse_file};
use cimarron_schema::PrintOptions;
use printer::Printer;
use std::borrow::Cow;
use std::ops::Range;
use switches::Switch;

/// How to format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatOptions {
    /// The columns that lines are kept within where they can be broken.
    pub width: usize,
    /// Whether long strings are cut anew at spaces to fit the width. Otherwise
    /// adjacent literals stay as they are, one a line.
    pub rewrap_strings: bool,
    /// The language of the text.
    pub language: Language,
}

impl FormatOptions {
    /// The width unless told otherwise.
    pub const DEFAULT_WIDTH: usize = PrintOptions::DEFAULT_WIDTH;
}

impl Default for FormatOptions {
    fn default() -> Self {
        Self { width: Self::DEFAULT_WIDTH, rewrap_strings: false, language: Language::Mof2 }
    }
}

/// Why a text was not formatted.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// It is not MOF. What is found is about the file [`FileId::default`].
    #[error("the text has syntax errors")]
    Syntax(Box<Diagnostics>),
    /// The formatted text would not mean the same. This is a mistake of the
    /// formatter.
    #[error("formatting would change {0}; this is a mistake of the formatter, please report it")]
    Internal(&'static str),
}

/// Formats a text; borrowed when nothing changes.
///
/// The line ends of the result are those that most lines of the text have. It
/// ends with one, unless it is empty.
///
/// # Errors
/// The findings of the parser when the text has syntax errors.
pub fn format<'a>(text: &'a str, options: &FormatOptions) -> Result<Cow<'a, str>, FormatError> {
    let mut said = Diagnostics::new();
    match options.language {
        Language::Mof2 => drop(parse_file(text, FileId::default(), &mut said)),
        Language::Mof3 => drop(mof3::parse_file(text, FileId::default(), &mut said)),
    }
    if said.count(Severity::Error) > 0 {
        said.retain(unsuppressed(text));
        return Err(FormatError::Syntax(Box::new(said)));
    }
    let line_end = LineEnd::of(text);
    let source = line_end.normalised(text);
    let (printer, _) = lay_out(&source, options).map_err(FormatError::Internal)?;
    let formatted = printer.out;
    verify::same_meaning(&source, &formatted, options.language).map_err(FormatError::Internal)?;
    let formatted = line_end.restored(formatted);
    Ok(if formatted == text { Cow::Borrowed(text) } else { Cow::Owned(formatted) })
}

/// The comments that say `cimarron-fmt:` and that [`format()`] does not heed, as warnings
/// about the file [`FileId::default`]: misspelled ones, and those that stand where nothing
/// can be switched. None for a text that is not formatted, and none that the text allows.
pub fn unheeded_switches(text: &str, options: &FormatOptions) -> Vec<Diagnostic> {
    if !text.contains(switches::MARK) {
        return Vec::new();
    }
    let line_end = LineEnd::of(text);
    let source = line_end.normalised(text);
    let Ok((printer, switches)) = lay_out(&source, options) else { return Vec::new() };
    let unheeded: Vec<Switch> = Switch::unheeded(switches, &printer.heeded).collect();
    let places = unheeded.iter().map(|switch| switch.place.clone());
    let spans = line_end.original(text, places);
    let stays = unsuppressed(text);
    let found = unheeded.iter().zip(spans).map(|(switch, span)| switch.finding(span));
    found.filter(stays).collect()
}

/// Lays out a text whose lines end with LF, and gives its switches as well, or says what is
/// wrong with it.
fn lay_out<'a>(
    source: &'a str,
    options: &FormatOptions,
) -> Result<(Printer<'a>, Vec<Switch>), &'static str> {
    // How many digits an escaped code may have.
    let digits = match options.language {
        Language::Mof2 => 4,
        Language::Mof3 => 6,
    };
    let rewrap = options.rewrap_strings.then_some(digits);
    let (toks, end) = tokens::read(source, options.language).ok_or("a token")?;
    let switches = Switch::among(toks.iter().chain([&end]));
    let statements = tree::build(toks, rewrap).ok_or("a bracket")?;
    let mut printer = Printer::new(source, options.width);
    printer.file(&statements, &end);
    Ok((printer, switches))
}

/// What ends the lines of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineEnd {
    Lf,
    CrLf,
    Cr,
}

impl LineEnd {
    /// The line end that occurs most often.
    fn of(text: &str) -> Self {
        let count = |byte| text.bytes().filter(|b| *b == byte).count();
        let cr = count(b'\r');
        if cr == 0 {
            return Self::Lf;
        }
        let both = text.matches("\r\n").count();
        let (lf, cr) = (count(b'\n') - both, cr - both);
        match both.max(lf).max(cr) {
            most if most == lf => Self::Lf,
            most if most == both => Self::CrLf,
            _ => Self::Cr,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }

    /// The text with LF at the end of each line.
    fn normalised(self, text: &str) -> Cow<'_, str> {
        if !text.contains('\r') {
            return Cow::Borrowed(text);
        }
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    }

    /// Where places of the normalised text, in order and apart from each other, stand in the
    /// original.
    fn original(self, text: &str, places: impl Iterator<Item = Range<usize>>) -> Vec<Span> {
        let bytes = text.as_bytes();
        let (mut at, mut dropped) = (0, 0);
        let mut place_of = |normalised: usize| {
            while at < normalised + dropped {
                dropped += usize::from(bytes.get(at..at + 2) == Some(b"\r\n"));
                at += 1;
            }
            normalised + dropped
        };
        places.map(|place| Span::from(place_of(place.start)..place_of(place.end))).collect()
    }

    fn restored(self, text: String) -> String {
        match self {
            Self::Lf => text,
            other => text.replace('\n', other.as_str()),
        }
    }
}
