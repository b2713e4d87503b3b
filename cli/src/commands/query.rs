//! `cimarron query`: archives and MOF in, rows out.

use crate::args::{QueryArgs, RowFormat, Source};
use crate::core;
use crate::failure::{FailureStyle, Stop};
use crate::output::stdout;
use crate::progress::Progress;
use crate::terminal;
use std::io::Write;

pub(crate) fn run(args: &QueryArgs) -> Result<(), Stop> {
    let style = match args.format {
        RowFormat::Json | RowFormat::Ndjson => FailureStyle::Json,
        _ => FailureStyle::Human,
    };
    let session = core::open_session(&args.namespace, args.dialect.0)?;
    let progress = Progress::new("loading");
    for source in &args.sources {
        match source {
            Source::Archive(path) => core::load_archive(&session, path)?,
            Source::Mof(path) => {
                let texts = core::read_mof(std::slice::from_ref(path), &[])?;
                core::compile_into(&session, args, texts, style, &progress)?;
            }
        }
    }
    progress.step("querying");
    let answer = core::query(&session, &args.query)?;
    drop(progress);
    let mut out = stdout();
    answer.write(&mut out, args.format, args.dialect.0, terminal::output_width())?;
    out.flush()?;
    Ok(())
}
