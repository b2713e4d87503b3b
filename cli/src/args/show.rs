//! `cimarron show`.

use crate::failure::FailureStyle;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The arguments of `cimarron show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The archive
    pub(crate) archive: PathBuf,
    /// The classes to show; all without any
    #[arg(value_name = "CLASS")]
    pub(crate) classes: Vec<String>,
    /// Show the class hierarchy, under CLASS where given
    #[arg(long, conflicts_with = "local")]
    pub(crate) tree: bool,
    /// How to print classes
    #[arg(long, value_enum, ignore_case = true, default_value_t = ClassFormat::Mof)]
    pub(crate) format: ClassFormat,
    /// In a diagram, also show the classes that CLASS is related to
    #[arg(long, requires = "classes", conflicts_with = "tree")]
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
