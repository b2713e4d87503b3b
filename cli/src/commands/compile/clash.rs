//! Refusing to write one file twice, or over what is compiled.

use crate::args::{CompileArgs, usage};
use crate::core::files;
use crate::failure::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// Fails where two options name one file, or one names an input. `outputs` are the
/// files of `-o`, which are held against everything that is read once that is known.
pub(super) fn refuse_clashes<'a>(
    args: &'a CompileArgs,
    outputs: impl Iterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let named = [
        ("--dep-file", args.dep_file.as_deref()),
        ("--report", args.findings.report.report.as_deref()),
        ("--emit-mof", args.wmi.emit_mof.as_deref()),
        ("--emit-mfl", args.wmi.emit_mfl.as_deref()),
    ];
    let mut known: Vec<(&str, PathBuf)> = outputs
        .filter(|path| !files::is_special(path))
        .map(|path| ("the output", place(path)))
        .collect();
    for (option, path) in named {
        let Some(path) = path.filter(|path| !files::is_special(path)) else { continue };
        let file = place(path);
        if let Some((other, _)) = known.iter().find(|(_, known)| *known == file) {
            let message = format!("{other} and {option} are one file, `{}`", path.display());
            return Err(usage(message));
        }
        if args.paths.iter().any(|input| reads(input, &file)) {
            let message = format!("`{}` of {option} is one of the inputs", path.display());
            return Err(usage(message));
        }
        known.push((option, file));
    }
    Ok(())
}

/// Whether an input is a file, or a directory in which the file is MOF.
fn reads(input: &Path, file: &Path) -> bool {
    let Ok(input) = fs::canonicalize(input) else { return false };
    let is_mof = || file.extension().is_some_and(|e| e.eq_ignore_ascii_case("mof"));
    input == file || (file.starts_with(&input) && is_mof() && file.exists())
}

/// A path by which a file is known again, whether or not it is there.
fn place(path: &Path) -> PathBuf {
    let behind_links = fs::canonicalize(path).or_else(|_| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")))?;
        std::io::Result::Ok(folder.join(path.file_name().unwrap_or_default()))
    });
    behind_links.unwrap_or_else(|_| path.to_owned())
}
