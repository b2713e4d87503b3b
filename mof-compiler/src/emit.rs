//! The forms that a compiled schema is written in, besides the archive itself.
//!
//! Each form is a function over an open [`Archive`] and a writer. What a form
//! says follows from the archive alone, so equal archives give equal bytes.

pub mod cimxml;
mod json;
mod losses;
pub mod mermaid;
mod mof;
mod unholdable;
mod xml;

pub use losses::Loss;
pub use mof::{needs_pragma, write_namespace_pragma};

use cimarron_schema::{Archive, SchemaView};
use std::fmt;
use std::io::{self, Write};

/// A form of a compiled schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Emit {
    /// The archive.
    Archive,
    /// MOF 2: what each class itself declares. It compiles to the same schema, but for what only
    /// MOF 3 can say: methods without a result or with references, and defaults of parameters.
    Mof,
    /// JSON: every class with what it inherits, qualifier types and instances.
    Json,
    /// CIM-XML declarations (DSP0201): what each class itself declares.
    CimXml,
    /// A Mermaid class diagram.
    Mermaid,
}

impl Emit {
    /// Every form.
    pub const ALL: &[Self] = &[Self::Archive, Self::Mof, Self::Json, Self::CimXml, Self::Mermaid];

    /// The form's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Mof => "mof",
            Self::Json => "json",
            Self::CimXml => "cimxml",
            Self::Mermaid => "mermaid",
        }
    }

    /// What it is, in a few words.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Archive => "a schema archive, which opens in place",
            Self::Mof => "MOF 2 that compiles to the same schema",
            Self::Json => "every class with what it inherits, as JSON",
            Self::CimXml => "CIM-XML declarations (DSP0201)",
            Self::Mermaid => "a Mermaid class diagram",
        }
    }

    /// The extension of a file of this form.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Archive => "cimar",
            Self::Mof => "mof",
            Self::Json => "json",
            Self::CimXml => "xml",
            Self::Mermaid => "mmd",
        }
    }

    /// Whether the form is text.
    pub const fn is_text(self) -> bool {
        !matches!(self, Self::Archive)
    }

    /// Writes a whole archive in this form.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, archive: &Archive, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Archive => out.write_all(archive.bytes()),
            Self::Mof => mof::write(archive, out),
            Self::Json => json::write(archive, out),
            Self::CimXml => cimxml::write(archive, out),
            Self::Mermaid => mermaid::write(archive, out),
        }
    }
}

impl fmt::Display for Emit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The namespaces that hold anything, in the order of their names: which of them the MOF
/// named first depends on the order of its files.
fn namespaces(archive: &Archive) -> Vec<SchemaView<'_>> {
    let mut all: Vec<_> = archive.filled_namespaces().collect();
    all.sort_by(|a, b| cimarron_model::fold::cmp(a.name(), b.name()));
    all
}
