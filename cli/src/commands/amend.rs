//! Writing the two parts of a localised text, as `mofcomp -MOF -MFL -AMENDMENT` does.

use crate::args::{CompileArgs, usage};
use crate::core::{files, levels};
use crate::failure::{Failure, Stop};
use cimarron_model::Dialect;
use cimarron_mof::diagnostic::Levels;
use cimarron_mof::{CompileOptions, Compiled, split};
use std::path::Path;

/// What the WMI arguments say about the compilation.
pub(super) fn options(args: &CompileArgs) -> Result<CompileOptions, Failure> {
    let wmi = &args.wmi;
    let options = CompileOptions {
        class_flags: wmi.update.class_flags,
        instance_flags: wmi.update.instance_flags,
        splits: wmi.parts().is_some(),
        levels: levels(&args.levels, Levels::default())?,
        ..args.mof.options()
    };
    let plain = CompileOptions::default();
    let asked = options.splits
        || options.class_flags != plain.class_flags
        || options.instance_flags != plain.instance_flags;
    if asked && options.dialect != Dialect::Wmi {
        let flags = "--class-flags, --instance-flags, --emit-mof and --emit-mfl";
        return Err(usage(format!("{flags} are WMI's: leave them out or use --dialect wmi")));
    }
    Ok(options)
}

/// Writes both parts where the arguments say so; a line that says it was done.
pub(super) fn write_parts(args: &CompileArgs, compiled: &Compiled) -> Result<Option<String>, Stop> {
    let Some((neutral, localised)) = args.wmi.parts() else { return Ok(None) };
    let locale = args.wmi.amendment.as_ref().or(compiled.changes.amendment.as_ref());
    let Some(locale) = locale else {
        let message = "the locale is missing: give --amendment MS_409, or write #pragma amendment";
        return Err(usage(message).into());
    };
    let parts = split(compiled, locale).ok_or_else(|| {
        usage(format!("`{locale}` is no locale: write MS_ and the number of a language"))
    })?;
    write(neutral, &parts.neutral)?;
    write(localised, &parts.localised)?;
    Ok(Some(format!("split for {locale} → {}, {}", neutral.display(), localised.display())))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    files::write(path, |out| out.write_all(text.as_bytes())).map(|_| ())
}
