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

impl Paint {
    /// Colours or none.
    pub(crate) const fn new(colours: bool) -> Self {
        if colours { Self::Ansi } else { Self::Plain }
    }

    fn with(self, sequence: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Ansi if text.is_empty() => String::new(),
            Self::Ansi => format!("\u{1b}[{sequence}m{text}\u{1b}[0m"),
        }
    }

    /// In the colour of a severity.
    pub(crate) fn severity(self, severity: Severity, text: &str) -> String {
        let sequence = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1;36",
        };
        self.with(sequence, text)
    }

    /// Bold.
    pub(crate) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What is around the text: margins, arrows, places beside the first.
    pub(crate) fn frame(self, text: &str) -> String {
        self.with("1;34", text)
    }
}
