//! Findings written where and as the command line asks.

use super::diagnostics::{tally, to_json, write_pictures, write_pictures_on};
use super::numbers::counted;
use super::paint::Paint;
use super::{sarif, stdout};
use crate::args::{FindingsArgs, FindingsFormat, ReportArgs};
use crate::core::files;
use crate::failure::{Failure, FailureStyle, Stop};
use crate::terminal::stdout_paint;
use cimarron_mof::{Diagnostic, Diagnostics, Severity, SourceMap};
use std::io::{self, Write};

/// How many findings of a severity people are shown unless they say otherwise.
const MOST: usize = 50;

impl FindingsArgs {
    /// An empty sink that keeps as many findings as are to be shown.
    pub(crate) fn sink(&self) -> Diagnostics {
        match self.max_errors {
            None => Diagnostics::new(),
            Some(0) => Diagnostics::with_limit(usize::MAX),
            Some(most) if self.report.format != FindingsFormat::Human => {
                Diagnostics::with_limit(most)
            }
            // The first in the order of places, which is known when all are.
            Some(most) => Diagnostics::with_limit(most.max(Diagnostics::DEFAULT_LIMIT)),
        }
    }

    fn most(&self) -> usize {
        match self.max_errors {
            None => MOST,
            Some(0) => usize::MAX,
            Some(most) => most,
        }
    }

    /// Whether standard output is the findings' own.
    pub(crate) fn takes_stdout(&self) -> bool {
        self.report.format == FindingsFormat::Sarif && self.report.report.is_none()
    }

    /// Reports findings.
    pub(crate) fn report(&self, found: &Diagnostics, sources: &SourceMap) -> Result<(), Stop> {
        let ReportArgs { format, report } = &self.report;
        if report.is_some() || *format == FindingsFormat::Sarif {
            self.report.write(found, sources, &|out, _| {
                write_human(out, found, sources, self.most(), &|out, shown, sources| {
                    write_pictures_on(out, shown, sources, Paint::Plain)
                })
            })?;
        }
        if report.is_none() == (*format != FindingsFormat::Sarif) {
            to_stderr(found, sources, format.style(), self.most());
        }
        Ok(())
    }
}

impl ReportArgs {
    /// Writes findings to the file that was named, else to standard output, in the
    /// form that was asked for; `human` writes the one for people.
    pub(crate) fn write(
        &self,
        found: &Diagnostics,
        sources: &SourceMap,
        human: &dyn Fn(&mut dyn Write, Paint) -> io::Result<()>,
    ) -> Result<(), Stop> {
        self.put(|out, paint| match self.format {
            FindingsFormat::Human => human(out, paint),
            FindingsFormat::Json => write_json(out, found, sources),
            FindingsFormat::Sarif => {
                let directory = std::env::current_dir().ok();
                sarif::write(out, found, sources, directory.as_deref())
            }
        })
    }

    /// Writes that a run came to no findings, for those who await a log. Only a log gives
    /// way to it: such a run need not have come far enough to know what its inputs are.
    pub(crate) fn log_failure(&self, failure: &Failure) -> Result<(), Stop> {
        let file = self.report.as_deref();
        let is_spared = |path| failure.spares_report() || !sarif::may_replace(path);
        if self.format != FindingsFormat::Sarif || file.is_some_and(is_spared) {
            return Ok(());
        }
        let (message, code) = (failure.to_string(), failure.exit_number());
        self.put(|out, _| sarif::write_failure(out, &message, code))
    }

    fn put(&self, body: impl FnOnce(&mut dyn Write, Paint) -> io::Result<()>) -> Result<(), Stop> {
        match &self.report {
            Some(path) => files::write(path, |out| body(out, Paint::Plain)).map(|_| ())?,
            None => {
                let mut out = stdout();
                body(&mut out, stdout_paint())?;
                out.flush()?;
            }
        }
        Ok(())
    }
}

fn write_json(out: &mut dyn Write, found: &Diagnostics, sources: &SourceMap) -> io::Result<()> {
    writeln!(out, "{}", to_json(&found.clone().into_sorted(), sources))
}

/// Writes findings to standard error; none are no output.
pub(crate) fn report(found: &Diagnostics, sources: &SourceMap, style: FailureStyle) {
    to_stderr(found, sources, style, MOST);
}

fn to_stderr(found: &Diagnostics, sources: &SourceMap, style: FailureStyle, most: usize) {
    if found.as_slice().is_empty() {
        return;
    }
    let mut stderr = io::BufWriter::new(io::stderr().lock());
    // Where standard error is closed there is nobody left to tell.
    let _ = match style {
        FailureStyle::Json => write_json(&mut stderr, found, sources),
        FailureStyle::Human => write_human(&mut stderr, found, sources, most, &write_pictures),
    };
    let _ = stderr.flush();
}

/// Draws findings where they go: with the colours and the width of a terminal or without.
type Draw<'a> = &'a dyn Fn(&mut dyn Write, &[Diagnostic], &SourceMap) -> io::Result<()>;

/// Pictures of up to `most` findings of each severity, how many more there are,
/// where to read about them, and the counts.
fn write_human(
    out: &mut dyn Write,
    found: &Diagnostics,
    sources: &SourceMap,
    most: usize,
    draw: Draw<'_>,
) -> io::Result<()> {
    let mut shown = found.clone().into_sorted();
    let mut seen = [0; Severity::ALL.len()];
    shown.retain(|finding| {
        let Some(count) = seen.get_mut(finding.severity as usize) else { return false };
        *count += 1;
        *count <= most
    });
    draw(out, &shown, sources)?;
    if let Some(more) = not_shown(found, &shown) {
        writeln!(out, "... and {more} (--max-errors 0 shows all)\n")?;
    }
    if let Some(advice) = where_to_read(&shown) {
        writeln!(out, "{advice}")?;
    }
    let (errors, warnings) = (found.count(Severity::Error), found.count(Severity::Warning));
    tally(errors, warnings).map_or(Ok(()), |text| writeln!(out, "{text}"))
}

/// `12 more errors, 1 more warning`.
fn not_shown(found: &Diagnostics, shown: &[Diagnostic]) -> Option<String> {
    let more = |severity, one, many| {
        let shown = shown.iter().filter(|finding| finding.severity == severity).count();
        let count = found.count(severity).saturating_sub(shown);
        (count > 0).then(|| counted(count, one, many))
    };
    let parts = [
        more(Severity::Error, "more error", "more errors"),
        more(Severity::Warning, "more warning", "more warnings"),
        more(Severity::Note, "more note", "more notes"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Codes have explanations, which nobody would look for unless told.
fn where_to_read(shown: &[Diagnostic]) -> Option<String> {
    let mut codes: Vec<&str> = shown.iter().map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let first = codes.first()?;
    let kind = match shown.iter().map(|finding| finding.severity).min()? {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    Some(match codes.len() {
        1 => format!("For more about this {kind}, try `cimarron explain {first}`."),
        _ => format!("For more about {}, try `cimarron explain {first}`.", listed(&codes)),
    })
}

/// The first few of several codes.
fn listed(codes: &[&str]) -> String {
    const FEW: usize = 6;
    match codes {
        [few @ .., last] if codes.len() <= FEW => format!("{} and {last}", few.join(", ")),
        _ => format!("{} and others", codes.get(..FEW).unwrap_or(codes).join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_mof::{Code, FileId, Span};

    fn shown(codes: &[Code], most: usize) -> String {
        let mut sources = SourceMap::new();
        sources.add("a.mof", "0123456789\n".repeat(10)).unwrap();
        let mut found = Diagnostics::with_limit(4);
        for (at, code) in (0..).zip(codes) {
            found.push(Diagnostic::new(*code, FileId(0), Span::new(at, at + 1), code.title()));
        }
        let mut out = Vec::new();
        write_human(&mut out, &found, &sources, most, &write_pictures).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_flood_is_cut_and_counted() {
        let codes = [[Code::UnclosedString; 6].as_slice(), &[Code::StraySemicolon; 3]].concat();
        for (most, pictures, more) in [
            (2, 4, Some("... and 4 more errors, 1 more warning (")),
            (3, 6, Some("... and 3 more errors (")),
            // What the sink did not keep cannot be shown.
            (usize::MAX, 7, Some("... and 2 more errors (")),
        ] {
            let text = shown(&codes, most);
            assert_eq!(text.matches("a.mof:1").count(), pictures, "{text}");
            assert!(more.is_none_or(|more| text.contains(more)), "{text}");
            assert!(text.ends_with("6 errors, 3 warnings\n"), "{text}");
        }
        assert!(!shown(&codes[..2], 2).contains("more errors"));
    }

    #[test]
    fn the_end_says_where_to_read_on() {
        for (codes, expected) in [
            (
                &[Code::UnclosedString][..],
                "For more about this error, try `cimarron explain MOF0011`.",
            ),
            (
                &[Code::StraySemicolon; 2],
                "For more about this warning, try `cimarron explain MOF0023`.",
            ),
            (
                &[Code::StraySemicolon, Code::UnclosedString],
                "For more about MOF0011 and MOF0023, try `cimarron explain MOF0011`.",
            ),
        ] {
            let text = shown(codes, 9);
            assert!(text.contains(expected), "{text}");
        }
        assert_eq!(shown(&[], 9), "");
    }
}
