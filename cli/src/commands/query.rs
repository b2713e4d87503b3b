//! `cimarron query`: archives and MOF in, rows or classes out.

use crate::args::{Explain, QueryArgs, Source};
use crate::core;
use crate::core::data::{Data, Expect};
use crate::failure::Stop;
use crate::output::plan::write_plan;
use crate::output::stdout;
use crate::progress::Progress;
use crate::terminal;
use cimarron_engine::Session;
use std::io::Write;

pub(crate) fn run(args: &QueryArgs) -> Result<(), Stop> {
    if args.syntax {
        let mut out = stdout();
        core::check_query(args, None)?.write(&mut out, args.format())?;
        return Ok(out.flush()?);
    }
    let progress = Progress::new("loading");
    // Who loads nothing asks what is there.
    let expect = if args.sources.is_empty() { Expect::There } else { Expect::Anything };
    let data = Data::of(&args.data, args.mof.dialect.0, expect)?;
    let session = load(args, &data, &progress)?;
    let answered = answer(args, &session, progress);
    drop(session);
    data.close()?;
    answered
}

fn answer(args: &QueryArgs, session: &Session, progress: Progress) -> Result<(), Stop> {
    let mut out = stdout();
    progress.step("querying");
    if args.check {
        let verdict = core::check_query(args, Some(session))?;
        drop(progress);
        verdict.write(&mut out, args.format())?;
    } else if let Some(explain) = args.explain {
        let plan = core::explain(session, &args.query, explain == Explain::Analyze)?;
        drop(progress);
        write_plan(&plan, &mut out, args.format())?;
    } else {
        let answer = core::query(session, &args.query)?;
        drop(progress);
        answer.write(&mut out, args.format(), session.dialect(), terminal::output_width())?;
    }
    out.flush()?;
    Ok(())
}

/// A session with everything that is to be loaded.
fn load(args: &QueryArgs, data: &Data, progress: &Progress) -> Result<Session, Stop> {
    let namespace = args.mof.namespace.as_str();
    let session = if args.sources.is_empty() && args.data.data.is_some() {
        data.session(namespace)?
    } else {
        data.session_in_new(namespace, args.mof.dialect.0)?
    };
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
