//! `cimarron query`: archives and MOF in, rows out.

use crate::args::{QueryArgs, Source};
use crate::core;
use crate::failure::Stop;
use crate::output::stdout;
use crate::progress::Progress;
use crate::terminal;
use std::io::Write;

pub(crate) fn run(args: &QueryArgs) -> Result<(), Stop> {
    let session = core::open_session(&args.mof.namespace, args.mof.dialect.0)?;
    let progress = Progress::new("loading");
    for source in &args.sources {
        match source {
            Source::Archive(path) => core::load_archive(&session, path)?,
            Source::Mof(path) => {
                let texts = core::read_mof(std::slice::from_ref(path), &args.mof.include)?;
                core::compile_into(&session, args, texts, &progress)?;
            }
        }
    }
    progress.step("querying");
    let answer = core::query(&session, &args.query)?;
    drop(progress);
    let mut out = stdout();
    answer.write(&mut out, args.format, args.mof.dialect.0, terminal::output_width())?;
    out.flush()?;
    Ok(())
}
