//! `cimarron query`: archives and MOF in, rows or classes out.

use crate::args::{Explain, QueryArgs};
use crate::core;
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
    let (data, session) = core::load(&args.load, args.style(), &progress)?;
    let session = session.with_language_level(args.level());
    let answered = answer(args, &session, progress).map_err(|stop| core::advise(&args.load, stop));
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
