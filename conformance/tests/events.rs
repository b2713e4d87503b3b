//! The suite of event scenarios: every case of `conformance/events/*.json` is played, and what
//! was delivered is compared.
//!
//! `conformance/events/README.md` describes the form of a case and the rules of comparing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a case that cannot be read must fail")]

use cimarron_conformance::{folder, read_json_suite};
use cimarron_scenarios::{Scenario, ScenarioError, play};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::fmt::Write;

/// How many cases there are at least.
const LEAST: usize = 330;

/// Of what differs in a case this much is shown.
const SHOWN: usize = 8;

struct Case {
    name: String,
    source: String,
    expect: Value,
    scenario: String,
}

impl Case {
    fn read(mut members: Map<String, Value>) -> Self {
        let mut take = |name: &str| members.remove(name).unwrap_or_default();
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let (name, source, expect) = (text(take("name")), text(take("source")), take("expect"));
        Self { name, source, expect, scenario: Value::from(members).to_string() }
    }

    fn play(&self) -> Result<Value, String> {
        let scenario = Scenario::parse(&self.scenario).map_err(|e| e.to_string())?;
        match play(&scenario, &folder("events")) {
            Ok(outcome) => Ok(serde_json::to_value(outcome).unwrap()),
            Err(ScenarioError::Refused { error, list, number, .. }) => {
                let wbem = error.status().wbem();
                let message = format!("{list}[{number}]: {error}");
                Ok(json!({"error": {
                    "wbem": wbem.name(), "code": wbem.code(), "message": message
                }}))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// What is wrong with what came, if anything.
    fn judge(&self) -> Vec<String> {
        let mut differences = Differences::default();
        match self.play() {
            Ok(found) => differences.values("", &self.expect, &found),
            Err(error) => differences.0.push(error),
        }
        differences.0
    }
}

/// What differs, each with its place.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn values(&mut self, place: &str, expected: &Value, found: &Value) {
        match (expected, found) {
            (Value::Object(expected), Value::Object(found)) => {
                if expected.contains_key("properties") {
                    self.class(place, expected, found);
                } else if place.ends_with("error") {
                    self.written(place, expected, found);
                } else {
                    self.written(place, expected, found);
                    self.unexpected(place, expected, found);
                }
            }
            (Value::Array(expected), Value::Array(found)) => {
                for (at, pair) in expected.iter().zip(found).enumerate() {
                    self.values(&format!("{place}[{at}]"), pair.0, pair.1);
                }
                for (at, missing) in expected.iter().enumerate().skip(found.len()) {
                    self.0.push(format!("{place}[{at}] is missing: {missing}"));
                }
                for (at, more) in found.iter().enumerate().skip(expected.len()) {
                    self.0.push(format!("{place}[{at}] is too much: {more}"));
                }
            }
            (expected, found) if expected == found => {}
            (expected, found) => {
                self.0.push(format!("{place}: expected {expected}, found {found}"));
            }
        }
    }

    /// The members that are expected.
    fn written(&mut self, place: &str, expected: &Map<String, Value>, found: &Map<String, Value>) {
        for (name, value) in expected {
            let place = member(place, name);
            match found.get(name) {
                Some(found) => self.values(&place, value, found),
                None => self.0.push(format!("{place} is missing: {value}")),
            }
        }
    }

    /// The members that are not.
    fn unexpected(
        &mut self,
        place: &str,
        expected: &Map<String, Value>,
        found: &Map<String, Value>,
    ) {
        for (name, value) in found.iter().filter(|(name, _)| !expected.contains_key(*name)) {
            self.0.push(format!("{} is too much: {value}", member(place, name)));
        }
    }

    /// Classes as values: by their names, by those of all properties, and by what is written of
    /// each property.
    fn class(&mut self, place: &str, expected: &Map<String, Value>, found: &Map<String, Value>) {
        let known = ["__CLASS", "__RELPATH", "superclass", "properties"];
        if let Some(other) = expected.keys().find(|name| !known.contains(&name.as_str())) {
            self.0.push(format!("{}: nobody compares this of a class", member(place, other)));
        }
        let none = Map::new();
        let properties = |class: &Map<String, Value>| {
            class.get("properties").and_then(Value::as_object).unwrap_or(&none).clone()
        };
        let (own, theirs) = (properties(expected), properties(found));
        self.unexpected(&member(place, "properties"), &own, &theirs);
        for (name, property) in &own {
            let place = format!("{place}.properties.{name}");
            match (property.as_object(), theirs.get(name).and_then(Value::as_object)) {
                (Some(expected), Some(found)) => self.written(&place, expected, found),
                _ => self.0.push(format!("{place} is missing: {property}")),
            }
        }
        let mut rest = expected.clone();
        rest.remove("properties");
        self.written(place, &rest, found);
    }
}

fn member(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

#[test]
fn events() {
    let (mut count, mut failed, mut report) = (0, 0, String::new());
    for (file, cases) in read_json_suite("events") {
        let mut names = HashSet::new();
        for case in cases {
            let case = Case::read(case);
            let label = format!("{file}: {} [{}]", case.name, case.source);
            assert!(names.insert(case.name.clone()), "{label}: the name is used twice");
            assert!(!case.source.is_empty(), "{label}: cites nothing");
            count += 1;
            let problems = case.judge();
            if problems.is_empty() {
                continue;
            }
            failed += 1;
            let _ = writeln!(report, "{label}");
            for problem in problems.iter().take(SHOWN) {
                let _ = writeln!(report, "    {problem}");
            }
            if problems.len() > SHOWN {
                let _ = writeln!(report, "    and {} more", problems.len() - SHOWN);
            }
        }
    }
    assert!(count >= LEAST, "only {count} cases were found");
    assert!(failed == 0, "{failed} of {count} cases fail:\n{report}");
}

#[test]
fn what_differs_is_found() {
    let differ = |expected: Value, found: Value| {
        let mut differences = Differences::default();
        differences.values("", &expected, &found);
        differences.0
    };
    for (expected, found, differences) in [
        (json!({"a": 1, "b": [1, 2]}), json!({"b": [1, 2], "a": 1}), vec![]),
        (json!({"a": 1}), json!({"a": 1, "b": null}), vec!["b is too much: null"]),
        (
            json!({"a": 135_379_296_000_000_000_u64}),
            json!({"a": 135_379_296_000_000_001_u64}),
            vec!["a: expected 135379296000000000, found 135379296000000001"],
        ),
        (
            json!({"a": [1, 2]}),
            json!({"a": [2]}),
            vec!["a[0]: expected 1, found 2", "a[1] is missing: 2"],
        ),
        (json!({"error": {"code": 1}}), json!({"error": {"code": 1, "message": "x"}}), vec![]),
        (
            json!({"error": null}),
            json!({"error": {"code": 1}}),
            vec!["error: expected null, found {\"code\":1}"],
        ),
        (
            json!({"__CLASS": "X", "superclass": null, "properties": {"A": {"type": "string"}}}),
            json!({"__CLASS": "X", "superclass": null, "methods": {},
                   "properties": {"A": {"type": "uint8", "value": 1}, "B": {}}}),
            vec![
                "properties.B is too much: {}",
                ".properties.A.type: expected \"string\", found \"uint8\"",
            ],
        ),
    ] {
        assert_eq!(differ(expected.clone(), found), differences, "{expected}");
    }
}
