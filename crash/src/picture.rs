//! Everything that a lane holds, as lines of text, read through the door that everybody uses.
//!
//! Two repositories that hold the same give the same lines, however their rows lie.

use crate::lane::{INTEROP, Lane, SHARED};
use cimarron_engine::{
    AssociationFilter, CallContext, ClassForm, Depth, EngineError, Repository, Session,
};
use cimarron_model::{Name, ObjectPath, Value};
use std::ops::RangeFull;

/// The lines.
pub type Picture = Vec<String>;

/// Of so many instances of a class the links are followed. Classes that have more have none.
const FOLLOWED: usize = 300;

/// What a lane holds.
///
/// # Errors
/// The engine's: nothing of this may fail.
pub fn picture(repository: &Repository, lane: Lane) -> Result<Picture, EngineError> {
    let context = &CallContext::new();
    let mut lines = Vec::new();
    for info in repository.namespaces() {
        let name = info.name.as_str();
        if lane.has(name) {
            lines.push(format!("namespace {name} {:?}", info.dialect));
            namespace(&repository.session(name)?, context, &mut lines)?;
        }
    }
    let shared = repository.session(SHARED)?;
    let query = format!("SELECT * FROM X_Shared WHERE Lane = {}", lane.0);
    rows(&shared.query(context, &query)?, &mut lines, "shared")?;
    let interop = repository.session(INTEROP)?;
    let mut namespaces = interop.enumerate_instance_names(context, "CIM_Namespace", Depth::Deep)?;
    namespaces.sort_by_cached_key(ToString::to_string);
    for path in namespaces {
        let of = path.key("Name").and_then(|key| key.bind(cimarron_model::CimType::String).ok());
        if of.as_ref().and_then(Value::as_str).is_some_and(|name| lane.has(name)) {
            lines.push(format!("interop {path}"));
        }
    }
    Ok(lines)
}

fn namespace(
    session: &Session,
    context: &CallContext,
    lines: &mut Picture,
) -> Result<(), EngineError> {
    for declared in session.enumerate_qualifier_types(context)? {
        lines.push(format!("qualifier {declared:?}"));
    }
    for class in session.classes(context, None, Depth::Deep, ClassForm::Resolved)? {
        let class = class?;
        lines.push(format!("class {class:?}"));
        instances(session, context, &class.name, lines)?;
    }
    for info in session.indexes(context)? {
        let what = format!("index {}.{} {}", info.class, info.property, info.declared);
        lines.push(format!("{what} ready {}", info.is_ready));
        index(session, context, (&info.class, &info.property), lines)?;
    }
    Ok(())
}

fn instances(
    session: &Session,
    context: &CallContext,
    class: &Name,
    lines: &mut Picture,
) -> Result<(), EngineError> {
    let found = session.enumerate_instances(context, class.as_str(), Depth::Shallow)?;
    let paths = rows(&found, lines, "row")?;
    let deep = session.enumerate_instances(context, class.as_str(), Depth::Deep)?;
    lines.push(format!("{class} has {} and {} below", found.count()?, deep.count()?));
    if paths.len() > FOLLOWED {
        return Ok(());
    }
    let filter = &AssociationFilter::new();
    for path in &paths {
        let links = session.reference_names(context, path, filter)?;
        let ends = session.associator_names(context, path, filter)?;
        let (links, ends) = (sorted(&links), sorted(&ends));
        if !links.is_empty() || !ends.is_empty() {
            lines.push(format!("links of {path}: {links:?} {ends:?}"));
        }
        // What an instance is found by is its key, and the row is the one that was read.
        if session.get_instance(context, path, &cimarron_engine::PropertyList::All)?.path.is_none()
        {
            lines.push(format!("no path: {path}"));
        }
    }
    Ok(())
}

/// Rows as sorted lines; their paths.
fn rows(
    found: &cimarron_engine::QueryResult,
    lines: &mut Picture,
    what: &str,
) -> Result<Vec<ObjectPath>, EngineError> {
    let mut paths = Vec::new();
    let mut these = Vec::new();
    for row in found.rows() {
        let mut row = row?.to_instance();
        paths.extend(row.path.clone());
        row.class_version = None;
        these.push(format!("{what} {row:?}"));
    }
    these.sort_unstable();
    lines.append(&mut these);
    paths.sort_by_cached_key(ToString::to_string);
    Ok(paths)
}

/// What an index leads to, in its order; of equal values the rows in any.
fn index(
    session: &Session,
    context: &CallContext,
    (class, property): (&Name, &Name),
    lines: &mut Picture,
) -> Result<(), EngineError> {
    let found = session.find(context, class.as_str(), property.as_str(), RangeFull)?;
    let mut group: (Option<Value>, Vec<ObjectPath>) = (None, Vec::new());
    let mut close = |(value, paths): (Option<Value>, Vec<ObjectPath>)| {
        if !paths.is_empty() {
            lines.push(format!("  {value:?} {:?}", sorted(&paths)));
        }
    };
    for row in found.rows() {
        let row = row?;
        let value = row.property(property.as_str()).map(cimarron_engine::ValueView::to_scalar);
        let value = value.map(folded);
        if value != group.0 {
            close(std::mem::replace(&mut group, (value, Vec::new())));
        }
        group.1.push(row.path());
    }
    close(group);
    Ok(())
}

/// What is equal to an index is equal here too: texts without their case, and both zeros.
fn folded(value: Option<cimarron_model::Scalar>) -> Value {
    match value {
        Some(cimarron_model::Scalar::String(text)) => {
            Value::from(cimarron_model::fold::fold(&text).to_string())
        }
        // The sum of both zeros is the positive one.
        Some(cimarron_model::Scalar::Real64(number)) => Value::from(number + 0.0),
        Some(cimarron_model::Scalar::Real32(number)) => Value::from(number + 0.0),
        Some(other) => Value::Scalar(other),
        None => Value::null(cimarron_model::CimType::String),
    }
}

fn sorted(paths: &[ObjectPath]) -> Vec<String> {
    let mut paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
    paths.sort_unstable();
    paths
}

/// The first lines that only one of two pictures has; `None` when they are equal.
#[must_use]
pub fn difference(expected: &Picture, found: &Picture) -> Option<String> {
    if expected == found {
        return None;
    }
    let only = |these: &Picture, those: &Picture| {
        let those: std::collections::BTreeSet<&String> = those.iter().collect();
        let mut lines: Vec<String> = these.iter().filter(|l| !those.contains(l)).cloned().collect();
        lines.truncate(4);
        lines.iter_mut().for_each(|line| {
            if let Some((at, _)) = line.char_indices().nth(1_500) {
                line.truncate(at);
            }
        });
        lines.join("\n  ")
    };
    let first = expected.iter().zip(found).position(|(one, other)| one != other);
    Some(format!(
        "expected {} lines, found {}, other ones from line {first:?} on\n expected only:\n  {}\n \
         found only:\n  {}",
        expected.len(),
        found.len(),
        only(expected, found),
        only(found, expected)
    ))
}
