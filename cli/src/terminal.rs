//! What the terminal can do: width, colours.

use crate::output::paint::Paint;
use std::io::{IsTerminal, Write};

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

/// The columns of excerpts where there is no terminal.
pub(crate) const DEFAULT_WIDTH: usize = 120;

/// The columns that excerpts on standard error may take.
pub(crate) fn stderr_width() -> usize {
    let columns = terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| width.0);
    columns.map_or(DEFAULT_WIDTH, usize::from).clamp(40, 200)
}

/// Colours where standard error is a terminal that knows them and wants them
/// (<https://no-color.org>).
pub(crate) fn stderr_paint() -> Paint {
    let wanted = std::io::stderr().is_terminal() && colours_are_wanted();
    Paint::new(wanted && takes_escapes(Stream::Error))
}

/// Colours where standard output is a terminal that wants them.
pub(crate) fn stdout_paint() -> Paint {
    let wanted = std::io::stdout().is_terminal() && colours_are_wanted();
    Paint::new(wanted && takes_escapes(Stream::Output))
}

/// Whether something that moves can be drawn on standard error.
pub(crate) fn stderr_is_animated() -> bool {
    std::io::stderr().is_terminal() && !is_dumb()
}

/// A word to a person on standard error, who is there when that is a terminal.
pub(crate) fn note(text: &str) {
    let mut stderr = std::io::stderr().lock();
    if stderr.is_terminal() {
        // Where it cannot be written nobody reads it.
        let _ = writeln!(stderr, "{text}");
    }
}

/// Whether the terminal knows nothing but text.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|kind| kind == "dumb")
}

fn colours_are_wanted() -> bool {
    !is_dumb() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// What colours are for.
#[derive(Clone, Copy)]
enum Stream {
    Output,
    Error,
}

/// Whether a terminal takes escape sequences for what they are. A console of Windows does when
/// it was told to, and shows them as text until then; asking tells it.
#[cfg(windows)]
fn takes_escapes(stream: Stream) -> bool {
    let terminal = match stream {
        Stream::Output => console::Term::stdout(),
        Stream::Error => console::Term::stderr(),
    };
    terminal.features().colors_supported()
}

#[cfg(not(windows))]
const fn takes_escapes(_stream: Stream) -> bool {
    true
}
