//! Limits: MinLen and MaxLen, MinValue and MaxValue, MinSize and MaxSize, Min and Max, and
//! qualifiers whose values are words (DSP0004 5.6.3).

use super::number::integer;
use super::site::Site;
use super::unit::{UnitError, check_unit, nearest_base};
use super::{Element, Judge, Known, Part, Rule};
use cimarron_model::{Dialect, Qualifier, Scope, suggest};

impl<'a> Judge<'a> {
    pub(super) fn length_limits(&mut self, site: &Site<'a>, known: Known, one: &Qualifier) {
        self.least_and_greatest(site, known == Known::MinLen, one, ["MinLen", "MaxLen"]);
        self.not_widened(site, known == Known::MinLen, one);
    }

    pub(super) fn value_limits(&mut self, site: &Site<'a>, known: Known, one: &Qualifier) {
        let is_least = known == Known::MinValue;
        if let (Some(limit), Some(of)) = (one.value.as_integer(), site.data_type)
            && let Some((least, greatest)) = of.cim_type.integer_range()
            && !(least..=greatest).contains(&limit)
        {
            let of = of.cim_type;
            let message = format!("{limit} is outside the range of {of}");
            let help = format!("{of} goes from {least} to {greatest}");
            self.at_value(Rule::BoundOutOfRange, site, one, None, message, Some(&help));
        }
        self.least_and_greatest(site, is_least, one, ["MinValue", "MaxValue"]);
        self.not_widened(site, is_least, one);
    }

    /// How many elements an array may have. Only MOF 3 has these qualifiers (DSP0004 3.0.1
    /// clause 7); elsewhere they are a schema's own.
    pub(super) fn size_limits(&mut self, site: &Site<'a>, known: Known, one: &Qualifier) {
        if !self.environment.types_say_all() {
            return;
        }
        if site.data_type.is_some_and(|of| !of.is_array()) {
            let message = format!("{} stands on what is no array", one.name);
            self.at_qualifier(Rule::ArrayTypeOfScalar, site, one, message, None);
            return;
        }
        let is_least = known == Known::MinSize;
        self.least_and_greatest(site, is_least, one, ["MinSize", "MaxSize"]);
        self.not_widened(site, is_least, one);
    }

    /// How many objects may stand at the end of an association.
    pub(super) fn cardinality(&mut self, site: &Site<'a>, known: Known, one: &Qualifier) {
        self.least_and_greatest(site, known == Known::Min, one, ["Min", "Max"]);
    }

    /// Reports a lower limit above the upper one, at whichever is written last.
    fn least_and_greatest(
        &mut self,
        site: &Site<'a>,
        is_least: bool,
        one: &Qualifier,
        names: [&str; 2],
    ) {
        let [low, high] = names;
        let other_name = if is_least { high } else { low };
        let Some(other) = site.effective(other_name) else { return };
        let written = site.qualifiers.get(other_name).is_some();
        // With both written here, one report is enough.
        if is_least && written {
            return;
        }
        let (Some(own), Some(others)) = (one.value.as_integer(), other.value.as_integer()) else {
            return;
        };
        let (least, greatest) = if is_least { (own, others) } else { (others, own) };
        if least > greatest {
            let message = format!("{low} is {least} and {high} is {greatest}: nothing fits");
            self.at_value(Rule::LimitsContradict, site, one, None, message, None);
            let part = Part::Value(other.name.clone());
            let label = format!("{other_name} is {others}");
            if written {
                self.see(site, part, label);
            } else {
                self.see_above(site, part, label);
            }
        }
    }

    /// An override may only draw a limit tighter.
    fn not_widened(&mut self, site: &Site<'a>, is_least: bool, one: &Qualifier) {
        let above = site.above.and_then(|a| a.get(one.name.as_str()));
        let Some(above) = above.filter(|q| q.flavor.to_subclass()) else { return };
        let (Some(own), Some(before)) = (one.value.as_integer(), above.value.as_integer()) else {
            return;
        };
        let wider = if is_least { own < before } else { own > before };
        if wider {
            let message = format!(
                "{} is {own} here and {before} above: an override may only narrow it",
                one.name
            );
            self.at_value(Rule::LimitWidened, site, one, None, message, None);
            self.see_above(site, Part::Value(one.name.clone()), format!("{before} here"));
        }
    }

    /// DMTF: NULL says that there is no limit, which is wider than any.
    pub(super) fn limit_lifted(&mut self, site: &Site<'a>, one: &Qualifier) {
        if self.dialect == Dialect::Wmi {
            return;
        }
        let name = &one.name;
        let above = site.above.and_then(|a| a.get(name.as_str()));
        let before = above.filter(|q| q.flavor.to_subclass()).and_then(|q| q.value.as_integer());
        let Some(before) = before else { return };
        let message =
            format!("{name} is NULL here and {before} above: an override may only narrow it");
        let help = "leave it out: the limit is inherited";
        self.at_value(Rule::LimitWidened, site, one, None, message, Some(help));
        self.see_above(site, Part::Value(name.clone()), format!("{before} here"));
    }

    /// DSP0004 Annex C.
    pub(super) fn unit(&mut self, site: &Site<'a>, one: &Qualifier) {
        let Some(text) = one.value.as_str() else { return };
        match check_unit(text) {
            Ok(()) => {}
            Err(UnitError::Malformed(problem)) => {
                let message = format!("`{text}` is no programmatic unit: {problem}");
                let help = "units are like \"byte / second * 10^3\"";
                self.at_value(Rule::UnitSyntax, site, one, None, message, Some(help));
            }
            Err(UnitError::UnknownBase(name)) => {
                let message = format!("`{name}` is no base unit of DSP0004");
                let help = nearest_base(&name).map(suggest::did_you_mean);
                self.at_value(Rule::UnknownUnit, site, one, None, message, help.as_deref());
            }
        }
    }

    pub(super) fn array_type(&mut self, site: &Site<'a>, one: &Qualifier) {
        self.one_word_of(site, one, &["Bag", "Ordered", "Indexed"]);
    }

    pub(super) fn property_usage(&mut self, site: &Site<'a>, one: &Qualifier) {
        const WORDS: [&str; 6] =
            ["CurrentContext", "Descriptive", "Capability", "Configuration", "State", "Metric"];
        self.one_word_of(site, one, &WORDS);
    }

    /// What happens to an element that triggers is told by its kind (DSP0004 5.6.4).
    pub(super) fn trigger_type(&mut self, site: &Site<'a>, one: &Qualifier) {
        let words: &[&str] = match site.scope {
            Scope::Class | Scope::Association => &["CREATE", "DELETE", "UPDATE", "ACCESS"],
            Scope::Property | Scope::Reference => &["UPDATE", "ACCESS"],
            Scope::Method => &["BEFORE", "AFTER"],
            Scope::Indication => &["THROWN"],
            Scope::Parameter => return,
        };
        // Nobody but DMTF gives it these words.
        if self.dialect == Dialect::Dmtf
            && self.environment.qualifier_type(one.name.as_str()).is_some()
        {
            self.one_word_of(site, one, words);
        }
    }

    fn one_word_of(&mut self, site: &Site<'a>, one: &Qualifier, words: &[&str]) {
        let Some(text) = one.value.as_str() else { return };
        if !words.iter().any(|word| word.eq_ignore_ascii_case(text)) {
            let message = format!("`{text}` is no value of {}", one.name);
            let help = format!("write one of {}", words.join(", "));
            self.at_value(Rule::QualifierWord, site, one, None, message, Some(&help));
        }
    }

    /// The value that stands for NULL is one of the property's type.
    pub(super) fn null_value(&mut self, site: &Site<'a>, one: &Qualifier) {
        let Some(of) = site.data_type.map(|t| t.cim_type) else { return };
        let (Some(text), Some((least, greatest))) = (one.value.as_str(), of.integer_range()) else {
            return;
        };
        if integer(text).is_none_or(|n| !(least..=greatest).contains(&n)) {
            let message = format!("`{text}` is no {of}");
            let help = format!("write the text of an integer from {least} to {greatest}");
            self.at_value(Rule::NullValueForm, site, one, None, message, Some(&help));
        }
    }

    pub(super) fn counter_and_gauge(&mut self, site: &Site<'a>, known: Known, one: &Qualifier) {
        let (other, what) =
            if known == Known::Gauge { ("Counter", "a counter") } else { ("Gauge", "a gauge") };
        // With both written here, the counter speaks.
        if known == Known::Gauge && site.qualifiers.get(other).is_some() {
            return;
        }
        if one.value.as_bool() == Some(true) && site.is_true(other) {
            let message = format!("`{}` is both a counter and a gauge", site.name);
            let help = "a counter only rises until it wraps; a gauge goes up and down";
            self.at_qualifier(Rule::CounterAndGauge, site, one, message, Some(help));
            self.see(site, Part::Qualifier(other.into()), format!("{what} here"));
        }
    }

    pub(super) fn embedded_twice(&mut self, site: &Site<'a>, one: &Qualifier) {
        // Of what is inherited, the rule on overrides speaks.
        let class = match self.dialect {
            Dialect::Wmi => site.effective("EmbeddedInstance"),
            Dialect::Dmtf => site.qualifiers.get("EmbeddedInstance"),
        };
        let class = class.filter(|q| !q.value.is_null());
        if one.value.as_bool() == Some(true) && class.is_some() {
            let message = format!("`{}` has both EmbeddedObject and EmbeddedInstance", site.name);
            let help = "EmbeddedInstance alone says that it holds instances of that class";
            self.at_qualifier(Rule::EmbeddedTwice, site, one, message, Some(help));
            self.see(site, Part::Qualifier("EmbeddedInstance".into()), "instances only here");
        }
    }

    pub(super) fn syntax_pair(&mut self, site: &Site<'a>, known: Known, one: &Qualifier) {
        let other = if known == Known::Syntax { "SyntaxType" } else { "Syntax" };
        if site.effective(other).is_none_or(|q| q.value.is_null()) {
            let message = format!("{} stands without {other}", one.name);
            let help = format!("give {other}, which says how to read it");
            self.at_qualifier(Rule::QualifierPair, site, one, message, Some(&help));
        }
    }

    /// What is static says so everywhere, or nowhere.
    pub(super) fn static_member(&mut self, site: &Site<'a>, one: &Qualifier) {
        let Some(above) = site.above.filter(|_| site.element != Element::Class) else { return };
        if one.value.as_bool() == Some(true) && !above.is_true("Static") {
            let message = format!("`{}` is static and overrides what is not", site.name);
            self.at_qualifier(Rule::StaticOverride, site, one, message, None);
            self.see_above(site, Part::Name, "not static here");
        }
    }

    /// An OCL constraint begins with what kind of statement it is.
    pub(super) fn constraint(&mut self, site: &Site<'a>, known: Known, one: &Qualifier) {
        let kinds: &[&str] = match known {
            Known::MethodConstraint => &["pre", "post", "body", "def"],
            Known::PropertyConstraint => &["inv", "derive", "init", "def"],
            _ => &["inv", "def"],
        };
        let wrong: Vec<(usize, String)> = super::site::texts(&one.value)
            .enumerate()
            .filter(|(_, text)| {
                let text = without_comments(text);
                let word = text.split(|c: char| !c.is_ascii_alphabetic()).next();
                !text.is_empty() && !word.is_some_and(|word| kinds.contains(&word))
            })
            .map(|(i, text)| (i, text.chars().take(20).collect()))
            .collect();
        for (i, text) in wrong {
            let message = format!("the constraint `{text}` does not say what it is");
            let help = format!("begin it with one of {}, and a colon", kinds.join(", "));
            self.at_value(Rule::ConstraintForm, site, one, Some(i), message, Some(&help));
        }
    }

    /// `Organisation:Set:Role`.
    pub(super) fn correlatable(&mut self, site: &Site<'a>, one: &Qualifier) {
        for (i, text) in super::site::texts(&one.value).enumerate() {
            let parts = text.split(':').filter(|p| !p.trim().is_empty()).count();
            if parts != 3 || text.split(':').count() != 3 {
                let message = format!("`{text}` is not of the form of Correlatable");
                let help = "write \"Organisation:Set:Role\"";
                self.at_value(Rule::ElementForm, site, one, Some(i), message, Some(help));
            }
        }
    }
}

/// The text behind the comments of OCL that it begins with.
fn without_comments(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        text = if let Some(rest) = text.strip_prefix("/*") {
            rest.split_once("*/").map_or("", |(_, rest)| rest)
        } else if let Some(rest) = text.strip_prefix("--") {
            rest.split_once('\n').map_or("", |(_, rest)| rest)
        } else {
            return text;
        };
    }
}
