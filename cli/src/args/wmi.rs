//! What `cimarron compile` takes over from `mofcomp`.

use cimarron_mof::UpdateFlags;
use clap::Args;
use std::path::PathBuf;

/// What these arguments stand under in a help. Said of each: a heading of them all would also
/// be that of what follows them.
const WMI: &str = "WMI";

/// How what is compiled meets what is there already.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct UpdateArgs {
    /// How classes meet what is there: createonly, updateonly, safeupdate, forceupdate
    #[arg(long, value_name = "FLAGS", default_value = "", hide_default_value = true,
          value_parser = class_flags, help_heading = WMI)]
    pub(crate) class_flags: UpdateFlags,
    /// How instances meet what is there: createonly or updateonly
    #[arg(long, value_name = "FLAGS", default_value = "", hide_default_value = true,
          value_parser = instance_flags, help_heading = WMI)]
    pub(crate) instance_flags: UpdateFlags,
}

/// The arguments that only the `wmi` dialect has a meaning for.
#[derive(Debug, Args)]
pub(crate) struct WmiArgs {
    #[command(flatten)]
    pub(crate) update: UpdateArgs,
    /// Write everything but the amended qualifiers of classes, as MOF
    #[arg(long, value_name = "FILE", requires = "emit_mfl", help_heading = WMI)]
    pub(crate) emit_mof: Option<PathBuf>,
    /// Write the amended qualifiers of classes, as MOF for the namespace of their locale
    #[arg(long, value_name = "FILE", requires = "emit_mof", help_heading = WMI)]
    pub(crate) emit_mfl: Option<PathBuf>,
    /// The locale of the amended qualifiers, such as MS_409, in place of #pragma amendment
    #[arg(long, alias = "locale", value_name = "LOCALE", requires = "emit_mfl",
          value_parser = locale, help_heading = WMI)]
    pub(crate) amendment: Option<String>,
}

impl WmiArgs {
    /// Where the two parts of a text are to go.
    pub(crate) fn parts(&self) -> Option<(&PathBuf, &PathBuf)> {
        self.emit_mof.as_ref().zip(self.emit_mfl.as_ref())
    }
}

fn class_flags(text: &str) -> Result<UpdateFlags, String> {
    UpdateFlags::parse([text], &UpdateFlags::CLASS)
}

fn instance_flags(text: &str) -> Result<UpdateFlags, String> {
    UpdateFlags::parse([text], &UpdateFlags::INSTANCE)
}

/// A locale as its namespace is called.
pub(super) fn locale(text: &str) -> Result<String, String> {
    cimarron_schema::locale_name(text).ok_or_else(|| {
        "a locale is MS_ and the hexadecimal number of a language, such as MS_409".to_owned()
    })
}
