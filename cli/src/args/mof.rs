//! What every command that compiles MOF is told about it.

use super::{DEFAULT_NAMESPACE, DialectArg, SearchArgs, namespace};
use cimarron_mof::CompileOptions;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};

/// How MOF is read and whose rules it follows.
#[derive(Debug, Args)]
pub(crate) struct MofArgs {
    /// The namespace that the declarations go into
    #[arg(short, long, default_value = DEFAULT_NAMESPACE, value_parser = namespace)]
    pub(crate) namespace: String,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// Whose rules hold where DMTF's and WMI's differ
    #[arg(long, value_enum, ignore_case = true, default_value_t = DialectArg::WMI)]
    pub(crate) dialect: DialectArg,
    /// Whether the command line says it.
    #[arg(skip)]
    pub(crate) dialect_is_given: bool,
}

impl MofArgs {
    /// Takes over what derived arguments do not keep: what the command line says itself.
    pub(super) fn complete(&mut self, matches: &ArgMatches) {
        self.dialect_is_given = matches.value_source("dialect") == Some(ValueSource::CommandLine);
    }

    /// How to compile.
    pub(crate) fn options(&self) -> CompileOptions {
        CompileOptions {
            dialect: self.dialect.0,
            language: self.dialect.1,
            namespace: self.namespace.clone(),
            ..CompileOptions::default()
        }
    }
}
