//! `cimarron query`: archives and MOF in, rows or classes out.

use crate::args::{Explain, QueryArgs, Source};
use crate::core;
use crate::failure::Stop;
use crate::output::plan::write_plan;
use crate::output::stdout;
use crate::progress::Progress;
use crate::terminal;
use cimarron_engine::Session;
use std::io::Write;

pub(crate) fn run(args: &QueryArgs) -> Result<(), Stop> {
    let mut out = stdout();
    if args.syntax {
        core::check_query(args, None)?.write(&mut out, args.format())?;
    } else {
        let progress = Progress::new("loading");
        let session = load(args, &progress)?;
        progress.step("querying");
        if args.check {
            let verdict = core::check_query(args, Some(&session))?;
            drop(progress);
            verdict.write(&mut out, args.format())?;
        } else if let Some(explain) = args.explain {
            let plan = core::explain(&session, &args.query, explain == Explain::Analyze)?;
            drop(progress);
            write_plan(&plan, &mut out, args.format())?;
        } else {
            let answer = core::query(&session, &args.query)?;
            drop(progress);
            answer.write(&mut out, args.format(), args.mof.dialect.0, terminal::output_width())?;
        }
    }
    out.flush()?;
    Ok(())
}

/// A session with everything that is to be loaded.
fn load(args: &QueryArgs, progress: &Progress) -> Result<Session, Stop> {
    let session = core::open_session(&args.mof.namespace, args.mof.dialect.0)?;
    for source in &args.sources {
        match source {
            Source::Archive(path) => core::load_archive(&session, path)?,
            Source::Mof(path) => {
                let texts = core::read_mof(std::slice::from_ref(path), &args.mof.include)?;
                core::compile_into(&session, args, texts, progress)?;
            }
        }
    }
    Ok(session.with_language_level(args.level()))
}
