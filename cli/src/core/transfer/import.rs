//! NDJSON into a repository, a line at a time.
//!
//! Lines that stand together and belong together are one commit: the declarations of a
//! namespace, and instances of one up to a bound. What is there already is replaced, so that
//! an import that failed half way can simply be made again.

use super::json::{Json, Members};
use super::read::{Problem, finish, instance, need, need_text, object, problem};
use super::read_class;
use super::schema::Declarations;
use super::shapes::Shapes;
use super::{Counts, FORMAT, VERSION};
use crate::core::data::Data;
use crate::failure::Failure;
use cimarron_engine::{CallContext, EngineError, PutMode, Session, Update};
use cimarron_model::{Dialect, Instance, Name, Status};
use std::io::{self, BufRead, Read};

/// The longest line, in bytes.
const MAX_LINE: u64 = 256 << 20;

/// Instances of one commit, and the bytes of their lines.
const BATCH: usize = 4096;
const BATCH_BYTES: usize = 8 << 20;

/// Whether what a reader is about to give is NDJSON: MOF never starts with a brace.
pub(crate) fn is_ndjson(reader: &mut dyn BufRead) -> io::Result<bool> {
    Ok(reader.fill_buf()?.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{'))
}

/// An import under way.
pub(crate) struct Importer<'a> {
    data: &'a mut Data,
    /// What the input is called in failures.
    name: &'a str,
    number: u64,
    counts: Counts,
    has_header: bool,
    pending: Pending,
}

/// Lines that were read and are not in the repository yet.
enum Pending {
    Nothing,
    Declarations { session: Session, first: u64, declarations: Box<Declarations> },
    Instances(Box<Instances>),
}

struct Instances {
    session: Session,
    shapes: Shapes,
    /// With the numbers of their lines.
    list: Vec<(u64, Instance)>,
    bytes: usize,
}

impl<'a> Importer<'a> {
    pub(crate) fn new(data: &'a mut Data, name: &'a str) -> Self {
        let (number, counts) = (0, Counts::default());
        Self { data, name, number, counts, has_header: false, pending: Pending::Nothing }
    }

    /// Reads everything. `advance` is told of the bytes that were read.
    pub(crate) fn run(
        mut self,
        reader: &mut dyn BufRead,
        advance: &dyn Fn(u64),
    ) -> Result<Counts, Failure> {
        let mut line = Vec::new();
        loop {
            line.clear();
            self.number += 1;
            let read = reader.take(MAX_LINE + 1).read_until(b'\n', &mut line);
            let length = read.map_err(|error| {
                Failure::input(Status::Failed, format!("`{}` cannot be read: {error}", self.name))
            })?;
            if length == 0 {
                break;
            }
            if length as u64 > MAX_LINE {
                let limit = Problem::new(format!("the line is longer than {MAX_LINE} bytes"));
                return Err(self.at(self.number, &limit));
            }
            if !line.trim_ascii().is_empty() {
                self.line(&line)?;
            }
            if self.is_full() {
                self.flush()?;
            }
            advance(length as u64);
        }
        self.flush()?;
        if !self.has_header {
            let missing = Problem::new("the header is missing: this is no export");
            return Err(self.at(1, &missing));
        }
        Ok(self.counts)
    }

    fn at(&self, line: u64, problem: &Problem) -> Failure {
        let message = format!("`{}`, line {line}: {}", self.name, problem.message);
        Failure::input(problem.status, message)
    }

    /// Takes a line. When it is refused, the instances before it still go in.
    fn line(&mut self, line: &[u8]) -> Result<(), Failure> {
        match self.understand(line) {
            Ok(()) => Ok(()),
            Err(Trouble::Earlier(failure)) => Err(failure),
            Err(Trouble::Line(problem)) => {
                if matches!(self.pending, Pending::Instances(_)) {
                    self.flush()?;
                }
                Err(self.at(self.number, &problem))
            }
        }
    }

    fn understand(&mut self, line: &[u8]) -> Result<(), Trouble> {
        let json: Json =
            serde_json::from_slice(line).map_err(|e| Problem::new(format!("no JSON: {e}")))?;
        let mut members = object(json, "line")?;
        let kind = need_text(&mut members, "kind")?;
        if !self.has_header {
            self.header(&kind, members)?;
            return Ok(());
        }
        match kind.as_str() {
            "namespace" => {
                self.flush()?;
                self.namespace(members)?;
            }
            "qualifierType" => {
                let declared = |members| read_class::qualifier_type(members);
                let (declarations, members) = self.declarations(members)?;
                declarations.add_qualifier_type(declared(members)?)?;
                self.counts.qualifier_types += 1;
            }
            "class" => {
                let (declarations, members) = self.declarations(members)?;
                declarations.add_class(read_class::class(members)?)?;
                self.counts.classes += 1;
            }
            "index" => {
                self.flush()?;
                self.index(members)?;
            }
            "instance" => self.instance(members, line.len())?,
            "header" => return Err(Problem::new("a second header").into()),
            other => return Err(Problem::new(format!("`{other}` is no kind of line")).into()),
        }
        Ok(())
    }

    fn header(&mut self, kind: &str, mut members: Members) -> Result<(), Problem> {
        if kind != "header" || need_text(&mut members, "format")? != FORMAT {
            return problem("the first line is no header of an export");
        }
        match need(&mut members, "version")? {
            Json::Integer(version) if version == i128::from(VERSION) => {}
            Json::Integer(version) if version > i128::from(VERSION) => {
                return problem(format!(
                    "the export is of version {version}; this program knows {VERSION}"
                ));
            }
            other => return problem(format!("version: {other:?}")),
        }
        self.has_header = true;
        finish(&members)
    }

    fn namespace(&mut self, mut members: Members) -> Result<(), Trouble> {
        let name = need_text(&mut members, "name")?;
        let parsed = need_text(&mut members, "dialect")?.parse::<Dialect>();
        let dialect = parsed.map_err(|error| Problem::new(error.to_string()))?;
        finish(&members)?;
        // The first thing of an export that goes in.
        match self.data.commit(|repository| repository.create_namespace(&name, dialect))? {
            Ok(()) => {}
            Err(EngineError::NamespaceExists { .. }) => {
                let there = self.session(&name)?.dialect();
                if there != dialect {
                    let message = format!(
                        "namespace `{name}` is there already, and follows {there}, not {dialect}"
                    );
                    return Err(Problem::new(message).into());
                }
            }
            Err(error) => return Err(Problem::from(error).into()),
        }
        self.counts.namespaces += 1;
        Ok(())
    }

    fn session(&self, namespace: &str) -> Result<Session, Problem> {
        Ok(self.data.repository().session(namespace)?)
    }

    fn index(&mut self, mut members: Members) -> Result<(), Problem> {
        let session = self.session(&need_text(&mut members, "namespace")?)?;
        let class = need_text(&mut members, "class")?;
        let property = need_text(&mut members, "property")?;
        finish(&members)?;
        match session.create_index(&CallContext::new(), &class, &property) {
            Ok(()) | Err(EngineError::IndexExists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.counts.indexes += 1;
        Ok(())
    }

    /// The declarations that a line joins, and the rest of the line.
    fn declarations(
        &mut self,
        mut members: Members,
    ) -> Result<(&mut Declarations, Members), Trouble> {
        let name = Name::new(need_text(&mut members, "namespace")?);
        let joins = matches!(&self.pending, Pending::Declarations { session, .. }
            if *session.namespace() == name);
        if !joins {
            self.flush()?;
            let session = self.session(name.as_str())?;
            let declarations = Box::default();
            self.pending = Pending::Declarations { session, first: self.number, declarations };
        }
        match &mut self.pending {
            Pending::Declarations { declarations, .. } => Ok((declarations, members)),
            _ => Err(Problem::new("there are no declarations").into()),
        }
    }

    fn instance(&mut self, mut members: Members, bytes: usize) -> Result<(), Trouble> {
        let name = Name::new(need_text(&mut members, "namespace")?);
        let joins = matches!(&self.pending, Pending::Instances(pending)
            if *pending.session.namespace() == name);
        if !joins {
            self.flush()?;
            let session = self.session(name.as_str())?;
            let shapes = Shapes::new(session.clone());
            let list = Vec::new();
            self.pending =
                Pending::Instances(Box::new(Instances { session, shapes, list, bytes: 0 }));
        }
        let Pending::Instances(pending) = &mut self.pending else { return Ok(()) };
        let class = need_text(&mut members, "class")?;
        let instance = instance(&class, &mut members, Some(&pending.shapes))?;
        finish(&members)?;
        pending.list.push((self.number, instance));
        pending.bytes = pending.bytes.saturating_add(bytes);
        Ok(())
    }

    fn is_full(&self) -> bool {
        matches!(&self.pending, Pending::Instances(pending)
            if pending.list.len() >= BATCH || pending.bytes >= BATCH_BYTES)
    }

    /// Puts what is pending into the repository. Instances go on with the same namespace.
    fn flush(&mut self) -> Result<(), Failure> {
        match &mut self.pending {
            Pending::Nothing => Ok(()),
            Pending::Declarations { session, first, declarations } => {
                let (session, first) = (session.clone(), *first);
                let declarations = std::mem::take(&mut **declarations);
                self.pending = Pending::Nothing;
                let last = self.number.saturating_sub(1).max(first);
                declarations.load(&session).map_err(|problem| {
                    let name = self.name;
                    let message = format!("`{name}`, lines {first} to {last}: {}", problem.message);
                    Failure::input(problem.status, message)
                })
            }
            Pending::Instances(pending) => {
                let list = std::mem::take(&mut pending.list);
                pending.bytes = 0;
                self.counts.instances += list.len();
                let put = put(&pending.session, list);
                put.map_err(|(line, problem)| self.at(line, &problem))
            }
        }
    }
}

/// Creates or replaces instances in one commit. When one of them is refused, those before it
/// go in by themselves, so that the failure can name its line.
fn put(session: &Session, list: Vec<(u64, Instance)>) -> Result<(), (u64, Problem)> {
    let context = CallContext::new();
    let batch = list.iter().fold(session.batch(), |batch, (_, instance)| {
        batch.put(instance.clone(), PutMode::CreateOrUpdate, Update::Whole)
    });
    if batch.commit(&context).is_ok() {
        return Ok(());
    }
    for (line, instance) in list {
        let put =
            session.put_instance(&context, &instance, PutMode::CreateOrUpdate, &Update::Whole);
        put.map_err(|error| (line, Problem::from(error)))?;
    }
    // Whatever it was is no more.
    Ok(())
}

/// Why a line cannot be taken.
enum Trouble {
    /// It is wrong.
    Line(Problem),
    /// Those before it are.
    Earlier(Failure),
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Line(problem)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Earlier(failure)
    }
}
