//! `cimarron data check` and `compact`.

use super::open;
use crate::args::{CheckArgs, ReportFormat};
use crate::core::data::{Data, size};
use crate::core::transfer::Walk;
use crate::failure::{Failure, Stop};
use crate::output::numbers::{bytes, count, counted};
use crate::output::stdout;
use crate::output::table::Table;
use crate::progress::Progress;
use crate::terminal;
use cimarron_engine::DurabilityStatus;
use cimarron_model::Value;
use serde_json::json;
use std::io::Write;

/// What a namespace holds.
pub(super) struct Content {
    name: String,
    dialect: &'static str,
    classes: usize,
    qualifier_types: usize,
    instances: usize,
}

/// Reads everything that there is, and counts what every namespace holds.
pub(super) fn contents(data: &Data) -> Result<Vec<Content>, Failure> {
    data.verify()?;
    let content = |info: cimarron_engine::NamespaceInfo| {
        let session = data.session(info.name.as_str())?;
        let walk = Walk::new(&session);
        Ok(Content {
            name: info.name.to_string(),
            dialect: info.dialect.as_str(),
            classes: walk.class_names()?.len(),
            qualifier_types: walk.qualifier_types()?.len(),
            instances: walk.count_instances()?,
        })
    };
    data.repository().namespaces().into_iter().map(content).collect()
}

pub(super) fn check(args: &CheckArgs) -> Result<(), Stop> {
    let progress = Progress::new("checking");
    let data = open(&args.folder)?;
    let contents = contents(&data)?;
    let status = data.status();
    data.close()?;
    let (size, files) = size(&args.folder)?;
    drop(progress);
    let mut out = stdout();
    match args.format {
        ReportFormat::Json => {
            let namespaces: Vec<_> = contents
                .iter()
                .map(|c| {
                    json!({
                        "name": c.name,
                        "dialect": c.dialect,
                        "classes": c.classes,
                        "qualifier_types": c.qualifier_types,
                        "instances": c.instances,
                    })
                })
                .collect();
            let report = json!({
                "directory": args.folder.display().to_string(),
                "namespaces": namespaces,
                "commit": status.as_ref().map(|status| status.commit),
                "checkpoint": status.as_ref().and_then(|status| status.checkpoint),
                "log_bytes": status.as_ref().map(|status| status.log_bytes),
                "files": files,
                "bytes": size,
            });
            writeln!(out, "{report}")?;
        }
        ReportFormat::Human => {
            let header = ["Namespace", "Dialect", "Classes", "Qualifier types", "Instances"];
            let mut table = Table::new(header.map(str::to_owned));
            for c in &contents {
                let number = |n: usize| Value::from(n as u64);
                let cells = [
                    Value::from(c.name.as_str()),
                    Value::from(c.dialect),
                    number(c.classes),
                    number(c.qualifier_types),
                    number(c.instances),
                ];
                table.push(cells.iter().map(Some));
            }
            write!(out, "{}", table.render(terminal::output_width()))?;
            let commits = status.as_ref().map(commits).unwrap_or_default();
            let spaces = counted(contents.len(), "namespace", "namespaces");
            let files = counted(files, "file", "files");
            writeln!(out, "{spaces}; {commits}{files}, {}", bytes(size))?;
        }
    }
    Ok(out.flush()?)
}

/// How far the log goes, and from where.
fn commits(status: &DurabilityStatus) -> String {
    let log = bytes(status.log_bytes);
    match status.checkpoint {
        Some(checkpoint) => {
            format!("commit {}, checkpoint {checkpoint}, {log} of log; ", status.commit)
        }
        None => format!("commit {}, no checkpoint, {log} of log; ", status.commit),
    }
}

pub(super) fn compact(args: &CheckArgs) -> Result<(), Stop> {
    let progress = Progress::new("compacting");
    let data = open(&args.folder)?;
    let (before, _) = size(&args.folder)?;
    data.compact()?;
    data.close()?;
    let (after, files) = size(&args.folder)?;
    drop(progress);
    let mut out = stdout();
    let directory = args.folder.display().to_string();
    match args.format {
        ReportFormat::Human => writeln!(
            out,
            "{directory}: {} → {}, {} {}",
            bytes(before),
            bytes(after),
            count(files),
            if files == 1 { "file" } else { "files" }
        )?,
        ReportFormat::Json => {
            let report = json!({
                "directory": directory,
                "bytes_before": before,
                "bytes": after,
                "files": files,
            });
            writeln!(out, "{report}")?;
        }
    }
    Ok(out.flush()?)
}
