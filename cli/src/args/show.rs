//! `cimarron show`.

use crate::failure::FailureStyle;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// The arguments of `cimarron show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The archive
    #[arg(required_unless_present = "data")]
    archive: Option<PathBuf>,
    /// The classes to show; all without any
    #[arg(value_name = "CLASS")]
    classes: Vec<String>,
    /// Show the classes of the repository in DIR in place of an archive's
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The namespace: of an archive all without it, of a repository root/cimv2
    #[arg(short, long, value_parser = super::namespace)]
    pub(crate) namespace: Option<String>,
    /// Show the class hierarchy, under CLASS where given
    #[arg(long, conflicts_with = "local")]
    pub(crate) tree: bool,
    /// How to print classes
    #[arg(long, value_enum, ignore_case = true, default_value_t = ClassFormat::Mof)]
    pub(crate) format: ClassFormat,
    /// In a diagram, also show the classes that CLASS is related to
    #[arg(long, conflicts_with = "tree")]
    pub(crate) neighbours: bool,
    /// Show only what each class itself declares
    #[arg(long)]
    pub(crate) local: bool,
    /// Merge the localised qualifiers of the first of these locales that has a class in, such
    /// as MS_409,MS_407
    #[arg(long, value_name = "LOCALES", value_delimiter = ',', value_parser = super::wmi::locale,
          conflicts_with = "tree")]
    pub(crate) locale: Vec<String>,
}

/// Where classes are shown from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown<'a> {
    Archive(&'a Path),
    Data(&'a Path),
}

impl ShowArgs {
    /// Where the classes are.
    pub(crate) fn source(&self) -> Shown<'_> {
        match (&self.data, &self.archive) {
            (Some(folder), _) => Shown::Data(folder),
            (None, archive) => Shown::Archive(archive.as_deref().unwrap_or(Path::new(""))),
        }
    }

    /// The classes that were named: with a data directory, the first word is one too.
    pub(crate) fn classes(&self) -> Vec<String> {
        let first = self.archive.as_ref().filter(|_| self.data.is_some());
        let first = first.map(|word| word.to_string_lossy().into_owned());
        first.into_iter().chain(self.classes.iter().cloned()).collect()
    }
}

/// The forms of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClassFormat {
    /// MOF, what is inherited as comments
    Mof,
    /// A JSON array
    Json,
    /// CIM-XML declarations (DSP0201)
    #[value(name = "cimxml")]
    CimXml,
    /// A Mermaid class diagram
    Mermaid,
}

impl ClassFormat {
    /// How failures are written beside such classes.
    pub(crate) const fn style(self) -> FailureStyle {
        match self {
            Self::Json => FailureStyle::Json,
            Self::Mof | Self::CimXml | Self::Mermaid => FailureStyle::Human,
        }
    }
}
