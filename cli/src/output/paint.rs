//! Colours for terminals that want them.

use cimarron_mof::Severity;

/// Whether to colour, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Plain text.
    Plain,
    /// ANSI sequences.
    Ansi,
}

/// What a text is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Nothing special.
    Plain,
    /// Headings and messages.
    Strong,
    /// What is around the text: margins, arrows, places beside the first.
    Frame,
    /// What matters less.
    Dim,
    /// What came, or is good.
    Green,
    /// What went, or is bad.
    Red,
    /// What changed.
    Yellow,
    /// The head of a hunk of a diff.
    Cyan,
    /// In the colour of a severity.
    Severity(Severity),
}

impl Ink {
    const fn sequence(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Frame => "1;34",
            Self::Dim => "2",
            Self::Green => "32",
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Cyan => "36",
            Self::Severity(Severity::Error) => "1;31",
            Self::Severity(Severity::Warning) => "1;33",
            Self::Severity(Severity::Note) => "1;36",
        }
    }
}

impl Paint {
    /// Colours or none.
    pub(crate) const fn new(colours: bool) -> Self {
        if colours { Self::Ansi } else { Self::Plain }
    }

    /// The text with its colour.
    pub(crate) fn with(self, ink: Ink, text: &str) -> String {
        match (self, ink.sequence()) {
            (Self::Plain, _) | (_, "") => text.to_owned(),
            (Self::Ansi, _) if text.is_empty() => String::new(),
            (Self::Ansi, sequence) => format!("\u{1b}[{sequence}m{text}\u{1b}[0m"),
        }
    }

    /// In the colour of a severity.
    pub(crate) fn severity(self, severity: Severity, text: &str) -> String {
        self.with(Ink::Severity(severity), text)
    }

    /// Bold.
    pub(crate) fn strong(self, text: &str) -> String {
        self.with(Ink::Strong, text)
    }

    /// What is around the text: margins, arrows, places beside the first.
    pub(crate) fn frame(self, text: &str) -> String {
        self.with(Ink::Frame, text)
    }
}
