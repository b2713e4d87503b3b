//! A scenario as it is written: JSON in, steps and subscriptions out.

use crate::error::{FormError, List};
use crate::members::Whole;
use crate::step::Step;
use cimarron_engine::WallTime;
use cimarron_model::DateTime;
use serde_json::value::RawValue;
use std::ops::Range;

/// What is there, who asks for events, and what happens.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// MOF files, directories or zips that are compiled before anything happens; relative
    /// to wherever the scenario is from.
    pub mof: Vec<String>,
    /// When it begins.
    pub clock: WallTime,
    /// Where everything happens.
    pub namespace: Named,
    /// Classes that behave, with all below them, as those of a provider that raises no events.
    pub polled_classes: Vec<Named>,
    /// What happens before anybody asks for events.
    pub setup: Vec<Placed>,
    /// Who asks for events.
    pub subscriptions: Vec<Asking>,
    /// What happens then.
    pub steps: Vec<Placed>,
}

/// A name with its place in the scenario's text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Its place; empty when the scenario does not say it.
    pub span: Range<usize>,
}

/// A step with its place in the scenario's text, in bytes.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The step.
    pub step: Step,
    /// Its place.
    pub span: Range<usize>,
}

/// One who asks for events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// What the outcome calls it.
    pub id: String,
    /// The event query.
    pub query: String,
}

/// When a scenario begins that does not say.
const CLOCK: &str = "20300101000000.000000+000";

/// Where everything happens in a scenario that does not say.
const NAMESPACE: &str = "root/cimv2";

const MEMBERS: [&str; 7] =
    ["mof", "clock", "namespace", "polled_classes", "setup", "subscriptions", "steps"];

impl Scenario {
    /// Reads a scenario. Every member may be missing.
    ///
    /// # Errors
    /// When the text is no JSON, a member is unknown, or says what it cannot.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let whole = Whole::new(text);
        let mut members = whole.members(whole.value()?)?;
        let mof = members.list("mof")?.into_iter();
        let mof = mof.map(|item| whole.read(item, "a text")).collect::<Result<_, _>>()?;
        let polled_classes = members.list("polled_classes")?.into_iter();
        let polled_classes =
            polled_classes.map(|item| named(whole, item)).collect::<Result<_, _>>()?;
        let mut steps = |list: List| -> Result<Vec<Placed>, FormError> {
            members.list(list.as_str())?.into_iter().map(|item| placed(whole, item)).collect()
        };
        let (setup, steps) = (steps(List::Setup)?, steps(List::Steps)?);
        let clock = match members.optional("clock") {
            Some(value) => begin(&whole.read::<String>(value, "a datetime")?)
                .map_err(|problem| FormError::new(problem, whole.span(value.get())))?,
            None => begin(CLOCK).map_err(|problem| FormError::new(problem, 0..0))?,
        };
        let namespace = match members.optional("namespace") {
            Some(value) => named(whole, value)?,
            None => Named { name: NAMESPACE.to_owned(), span: 0..0 },
        };
        let mut subscriptions: Vec<Asking> = Vec::new();
        for item in members.list("subscriptions")? {
            let (asking, place) = asking(whole, item)?;
            if subscriptions.iter().any(|there| there.id == asking.id) {
                let problem = format!("another subscription has the id `{}`", asking.id);
                return Err(FormError::new(problem, place));
            }
            subscriptions.push(asking);
        }
        members.finish(&MEMBERS)?;
        Ok(Self { mof, clock, namespace, polled_classes, setup, subscriptions, steps })
    }

    /// The steps of one of the two lists.
    pub(crate) fn list(&self, list: List) -> &[Placed] {
        match list {
            List::Setup => &self.setup,
            List::Steps => &self.steps,
        }
    }
}

fn named<'a>(whole: Whole<'a>, item: &'a RawValue) -> Result<Named, FormError> {
    Ok(Named { name: whole.read(item, "a text")?, span: whole.span(item.get()) })
}

fn placed<'a>(whole: Whole<'a>, item: &'a RawValue) -> Result<Placed, FormError> {
    Ok(Placed { step: Step::read(whole, item)?, span: whole.span(item.get()) })
}

fn asking<'a>(whole: Whole<'a>, item: &'a RawValue) -> Result<(Asking, Range<usize>), FormError> {
    let mut members = whole.members(item)?;
    let ((id, place), (query, _)) = (members.text("id")?, members.text("query")?);
    members.finish(&["id", "query"])?;
    Ok((Asking { id, query }, place))
}

/// The moment that a datetime is.
fn begin(text: &str) -> Result<WallTime, String> {
    let datetime =
        DateTime::parse(text).map_err(|error| format!("the datetime is none: {error}"))?;
    WallTime::from_datetime(datetime)
        .ok_or_else(|| "an interval, or a datetime with asterisks, is no moment".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn everything_may_be_missing() {
        let scenario = Scenario::parse("{}").unwrap();
        assert_eq!(scenario.namespace.name, NAMESPACE);
        assert_eq!(scenario.clock, WallTime { ticks: 135_379_296_000_000_000, offset: 0 });
        assert!(scenario.steps.is_empty() && scenario.subscriptions.is_empty());
    }

    #[test]
    fn steps_know_where_they_stand() {
        let text = "{\"setup\": [],\n \"steps\": [\n  {\"op\": \"advance\", \"seconds\": 1},\n  {\"op\": \"delete\", \"path\": \"X=@\"}\n]}";
        let scenario = Scenario::parse(text).unwrap();
        let places: Vec<&str> = scenario.steps.iter().map(|s| &text[s.span.clone()]).collect();
        assert_eq!(
            places,
            ["{\"op\": \"advance\", \"seconds\": 1}", "{\"op\": \"delete\", \"path\": \"X=@\"}"]
        );
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        for (text, problem, place) in [
            ("{\"stesp\": []}", "unknown member `stesp`", "stesp"),
            ("{\"steps\": {}}", "expected a list", "{}"),
            ("{\"mof\": [1]}", "expected a text", "1"),
            (
                "{\"steps\": [{\"op\": \"delete\", \"path\": \"X.\"}]}",
                "the path is none: ",
                "\"X.\"",
            ),
            (
                "{\"clock\": \"00000001000000.000000:000\"}",
                "an interval, or a datetime with asterisks, is no moment",
                "\"00000001000000.000000:000\"",
            ),
            ("{\"clock\": \"now\"}", "the datetime is none: ", "\"now\""),
            ("{\"steps\": [], \"steps\": []}", "`steps` is there twice", "steps"),
            ("{\"st\\u0065ps\": [], \"x\\u0065\": 5}", "unknown member `xe`", "5"),
            (
                "{\"subscriptions\": [{\"id\": \"a\", \"query\": \"\"}, {\"id\": \"a\", \"query\": \"\"}]}",
                "another subscription has the id `a`",
                "\"a\"",
            ),
        ] {
            let error = Scenario::parse(text).unwrap_err();
            assert!(error.problem.starts_with(problem), "{text}: {error}");
            assert_eq!(&text[error.span.clone()], place, "{text}");
        }
    }

    proptest::proptest! {
        /// Whatever is written, the reader says so, with a place that is in the text.
        #[test]
        fn no_text_is_too_wrong(parts in proptest::collection::vec(part(), 0..40)) {
            let text = parts.concat();
            let errors = [Scenario::parse(&text).err(), Step::parse(&text).err()];
            for error in errors.into_iter().flatten() {
                proptest::prop_assert!(text.get(error.span.clone()).is_some(), "{}", text);
            }
        }
    }

    /// Something that a scenario may have in it.
    fn part() -> impl proptest::strategy::Strategy<Value = &'static str> {
        proptest::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\",
            "\n",
            " ",
            "1",
            "-1e400",
            "null",
            "ü",
            "\u{2028}",
            "\"op\":",
            "\"create\"",
            "\"class\":",
            "\"props\":{",
            "\"__CLASS\":\"X\"",
            "\"steps\":[",
            "{\"op\":\"advance\",\"seconds\":",
            "{\"op\":\"modify\",\"path\":\"X.A='ü'\"",
            "\"\\u0041\"",
            "{\"op\":\"compile_mof\",\"text\":\"\"}",
            "\"subscriptions\":[{\"id\":\"a\",\"query\":\"b\"}]",
        ])
    }
}
