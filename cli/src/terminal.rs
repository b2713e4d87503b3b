//! What the terminal can do: width, colours, pictures of diagnostics.

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use std::io::IsTerminal;

/// The columns of standard output; `None` where lines need no wrapping, as in a
/// file or a pipe. `COLUMNS` overrides both.
pub(crate) fn output_width() -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    told.or_else(|| {
        let stdout = std::io::stdout();
        let (width, _) = terminal_size::terminal_size_of(&stdout)?;
        Some(usize::from(width.0))
    })
    .filter(|columns| *columns >= 20)
}

/// Whether standard error is a terminal that wants colours (<https://no-color.org>).
pub(crate) fn stderr_has_colours() -> bool {
    std::io::stderr().is_terminal() && colours_are_wanted()
}

/// Whether standard output is a terminal that wants colours.
pub(crate) fn stdout_has_colours() -> bool {
    std::io::stdout().is_terminal() && colours_are_wanted()
}

fn colours_are_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// A diagnostic as text for standard error: a coloured picture on a terminal,
/// plain ASCII elsewhere.
pub(crate) fn render(diagnostic: &dyn Diagnostic) -> String {
    render_as(diagnostic, stderr_has_colours())
}

/// The same for a stream that has colours or not.
pub(crate) fn render_as(diagnostic: &dyn Diagnostic, coloured: bool) -> String {
    let (theme, width) = if coloured {
        let columns = terminal_size::terminal_size_of(std::io::stderr()).map(|(w, _)| w.0);
        (GraphicalTheme::unicode(), columns.map_or(100, usize::from).clamp(40, 120))
    } else {
        (GraphicalTheme::none(), 120)
    };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false).tab_width(4);
    let mut text = String::new();
    if handler.render_report(&mut text, diagnostic).is_err() {
        // A place that the picture cannot show: the message alone must do.
        text = format!("error: {diagnostic}\n");
    }
    text
}
