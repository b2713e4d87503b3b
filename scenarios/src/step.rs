//! Steps: one thing that happens.

use crate::error::FormError;
use crate::members::{Members, Whole};
use cimarron_engine::{CallContext, EngineError, Session, Update, to_instance};
use cimarron_model::{Instance, Name, ObjectPath, suggest};
use serde_json::value::RawValue;
use std::ops::Range;
use std::time::Duration;

/// One thing that happens in a namespace.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// An instance is created.
    Create(Instance),
    /// Properties of an instance are changed.
    Modify(ObjectPath, Instance),
    /// An instance is deleted.
    Delete(ObjectPath),
    /// A MOF text is compiled.
    CompileMof(String),
    /// A class is deleted, with all that is below it.
    DeleteClass(String),
    /// A namespace is created, below the one where everything happens.
    CreateNamespace(String),
    /// A namespace below is deleted, with all that it holds.
    DeleteNamespace(String),
    /// An event of a class of one's own is raised.
    Raise(Instance),
    /// Time goes by.
    Advance(Duration),
}

/// What a step says that it does.
const OPERATIONS: [&str; 9] = [
    "create",
    "modify",
    "delete",
    "compile_mof",
    "delete_class",
    "create_namespace",
    "delete_namespace",
    "raise",
    "advance",
];

impl Step {
    /// Reads one step: an object that is the whole text.
    ///
    /// # Errors
    /// When the text is no JSON, or no step.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let whole = Whole::new(text);
        Self::read(whole, whole.value()?)
    }

    /// Its `op`.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Modify(..) => "modify",
            Self::Delete(_) => "delete",
            Self::CompileMof(_) => "compile_mof",
            Self::DeleteClass(_) => "delete_class",
            Self::CreateNamespace(_) => "create_namespace",
            Self::DeleteNamespace(_) => "delete_namespace",
            Self::Raise(_) => "raise",
            Self::Advance(_) => "advance",
        }
    }

    pub(crate) fn read<'a>(whole: Whole<'a>, value: &'a RawValue) -> Result<Self, FormError> {
        let mut members = whole.members(value)?;
        let (operation, place) = members.text("op")?;
        let (step, known): (Self, &[&str]) = match operation.as_str() {
            "create" => (Self::Create(new_instance(whole, &mut members)?), &["class", "props"]),
            "raise" => (Self::Raise(new_instance(whole, &mut members)?), &["class", "props"]),
            "modify" => {
                let path = path(&mut members)?;
                let changes = properties(whole, &mut members, "")?;
                (Self::Modify(path, changes), &["path", "props"])
            }
            "delete" => (Self::Delete(path(&mut members)?), &["path"]),
            "compile_mof" => (Self::CompileMof(members.text("text")?.0), &["text"]),
            "delete_class" => (Self::DeleteClass(members.text("class")?.0), &["class"]),
            "create_namespace" => (Self::CreateNamespace(members.text("name")?.0), &["name"]),
            "delete_namespace" => (Self::DeleteNamespace(members.text("name")?.0), &["name"]),
            "advance" => (Self::Advance(seconds(whole, &mut members)?), &["seconds"]),
            other => return Err(unknown_operation(other, place)),
        };
        let known: Vec<&str> = std::iter::once("op").chain(known.iter().copied()).collect();
        members.finish(&known)?;
        Ok(step)
    }

    /// Does what the step says, in the session's namespace. Time that is to go by is the
    /// caller's, who has the clock: that does nothing here.
    ///
    /// # Errors
    /// What the operation fails with.
    pub fn perform(&self, session: &Session, context: &CallContext) -> Result<(), EngineError> {
        let below = |name: &str| format!("{}/{name}", session.namespace());
        match self {
            Self::Create(instance) => session.create_instance(context, instance).map(drop),
            Self::Modify(path, changes) => {
                session.modify_instance(context, path, changes, &Update::Given)
            }
            Self::Delete(path) => session.delete_instance(context, path),
            Self::CompileMof(text) => session.compile_mof_text(context, "text", text).map(drop),
            Self::DeleteClass(class) => session.delete_class(context, class),
            Self::CreateNamespace(name) => {
                session.repository().create_namespace(&below(name), session.dialect())
            }
            Self::DeleteNamespace(name) => session.repository().delete_namespace(&below(name)),
            Self::Raise(event) => session.raise(context, event),
            Self::Advance(_) => Ok(()),
        }
    }
}

fn unknown_operation(operation: &str, place: Range<usize>) -> FormError {
    let error = FormError::new(format!("unknown operation `{operation}`"), place);
    match suggest::nearest(operation, OPERATIONS) {
        Some(near) => error.with_help(suggest::did_you_mean(near)),
        None => error.with_help(format!("the operations are {}", OPERATIONS.join(", "))),
    }
}

fn new_instance(whole: Whole<'_>, members: &mut Members<'_>) -> Result<Instance, FormError> {
    let (class, place) = members.text("class")?;
    if class.is_empty() {
        return Err(FormError::new("expected the name of a class", place));
    }
    properties(whole, members, &class)
}

/// The `props` of a step. An object inside says in `__CLASS` of which class it is.
fn properties(
    whole: Whole<'_>,
    members: &mut Members<'_>,
    class: &str,
) -> Result<Instance, FormError> {
    let Some(value) = members.optional("props") else { return Ok(Instance::new(class)) };
    let place = whole.span(value.get());
    // For the places of members that are there twice, which a map would not show.
    whole.members(value)?;
    let given: serde_json::Map<String, serde_json::Value> = whole.read(value, "an object")?;
    if let Some(name) = given.keys().find(|name| name.starts_with("__")) {
        let problem = format!("`{name}` is no property that can be set");
        return Err(FormError::new(problem, place));
    }
    let mut object = serde_json::Map::new();
    // An instance needs a class to be made; a modification keeps its path's.
    let stand_in = if class.is_empty() { "X" } else { class };
    object.insert("__CLASS".to_owned(), stand_in.into());
    object.extend(given);
    let mut instance = to_instance(&object).map_err(|e| FormError::new(e.to_string(), place))?;
    instance.class = Name::new(class);
    Ok(instance)
}

fn path(members: &mut Members<'_>) -> Result<ObjectPath, FormError> {
    let (text, place) = members.text("path")?;
    ObjectPath::parse(&text).map_err(|e| FormError::new(format!("the path is none: {e}"), place))
}

/// What a step may let go by at once: 100 years, for clocks come to an end.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

fn seconds(whole: Whole<'_>, members: &mut Members<'_>) -> Result<Duration, FormError> {
    let value = members.required("seconds")?;
    let expected = "a number of seconds that is not negative, and at most 100 years";
    let seconds: f64 = whole.read(value, expected)?;
    let time = Duration::try_from_secs_f64(seconds).ok().filter(|time| *time <= LONGEST);
    time.ok_or_else(|| FormError::new(format!("expected {expected}"), whole.span(value.get())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn what_is_wrong_has_a_place() {
        for (text, problem, place) in [
            (
                r#"{"op": "create", "clas": "X"}"#,
                "`class` is missing",
                r#"{"op": "create", "clas": "X"}"#,
            ),
            (r#"{"op": "delete", "path": "X.A=1", "prop": 1}"#, "unknown member `prop`", "prop"),
            (r#"{"op": "creat"}"#, "unknown operation `creat`", "\"creat\""),
            (
                r#"{"op": "advance", "seconds": -1}"#,
                "expected a number of seconds that is not negative, and at most 100 years",
                "-1",
            ),
            (
                r#"{"op": "advance", "seconds": 1e30}"#,
                "expected a number of seconds that is not negative, and at most 100 years",
                "1e30",
            ),
            (
                r#"{"op": "advance", "seconds": "1"}"#,
                "expected a number of seconds that is not negative, and at most 100 years",
                "\"1\"",
            ),
            (r#"{"op": "compile_mof", "text": 5}"#, "expected a text", "5"),
            (
                r#"{"op": "create", "class": "X", "props": {"A": 1, "A": 2}}"#,
                "`A` is there twice",
                "A",
            ),
            (
                r#"{"op": "create", "class": "X", "props": {"__PATH": "x"}}"#,
                "`__PATH` is no property that can be set",
                r#"{"__PATH": "x"}"#,
            ),
            (r#"{"op": "create", "class": "X", "props": [1]}"#, "expected an object", "[1]"),
            (r#"{"op": "raise", "class": ""}"#, "expected the name of a class", "\"\""),
            ("[]", "expected an object", "[]"),
        ] {
            let error = Step::parse(text).unwrap_err();
            assert_eq!(error.problem, problem, "{text}");
            assert_eq!(&text[error.span.clone()], place, "{text}");
        }
        for (text, at) in
            [("{\"op\": }", 7), ("{\n \"op\": \"ü\",, \"class\": 1}", 14), ("", 0), ("{} x", 3)]
        {
            let error = Step::parse(text).unwrap_err();
            assert_eq!(error.span.start, at, "{text}: {error}");
        }
    }

    #[test]
    fn values_keep_what_json_has() {
        let text = r#"{"op": "create", "class": "X", "props":
            {"Big": 18446744073709551615, "Small": -1, "Half": 0.5, "None": null, "List": [1, 2],
             "At": {"__CLASS": "Y", "Room": "1"}}}"#;
        let Step::Create(instance) = Step::parse(text).unwrap() else { panic!("no create") };
        assert_eq!(
            serde_json::to_string(&instance).unwrap(),
            r#"{"__CLASS":"X","At":{"__CLASS":"Y","Room":"1"},"Big":18446744073709551615,"Half":0.5,"List":[1,2],"None":null,"Small":-1}"#
        );
    }

    #[test]
    fn every_operation() {
        let step = |text: &str| Step::parse(text).unwrap();
        assert_eq!(
            step(r#"{"op": "advance", "seconds": 0.25}"#),
            Step::Advance(Duration::from_millis(250))
        );
        assert_eq!(step(r#"{"op": "delete_class", "class": "X"}"#), Step::DeleteClass("X".into()));
        assert_eq!(
            step(r#"{"op": "create_namespace", "name": "n"}"#),
            Step::CreateNamespace("n".into())
        );
        let modify = step(r#"{"op": "modify", "path": "X=@", "props": {"A": 1}}"#);
        let Step::Modify(path, changes) = &modify else { panic!("no modify") };
        assert_eq!((path.to_string(), changes.class.as_str()), ("X=@".to_owned(), ""));
        for operation in OPERATIONS {
            let text = format!(
                r#"{{"op": "{operation}", "class": "X", "path": "X=@", "text": "", "name": "n", "seconds": 1, "props": {{}}}}"#
            );
            let error = Step::parse(&text).unwrap_err();
            assert!(error.problem.starts_with("unknown member"), "{operation}: {error}");
        }
    }
}
