//! The qualifiers of an element: badges, facts, and a list of the rest.

use super::html::{Html, put};
use super::meaning::meaning;
use super::prose::{self, Block};
use super::space::value_of;
use super::target::Scene;
use cimarron_model::{Dialect, Scalar, Value};
use cimarron_schema::{QualifierView, QualifiersView, value_to_mof};

/// Qualifiers that a page shows in a form of their own, and not in the list.
const SHOWN_ELSEWHERE: [&str; 33] = [
    "Aggregate",
    "Aggregation",
    "Composition",
    "Exception",
    "Abstract",
    "Association",
    "BitMap",
    "BitValues",
    "CIMType",
    "Deprecated",
    "Description",
    "EmbeddedInstance",
    "Experimental",
    "ID",
    "In",
    "Indication",
    "Key",
    "MaxLen",
    "MaxValue",
    "MinLen",
    "MinValue",
    "Out",
    "Override",
    "PUnit",
    "Required",
    "Singleton",
    "Terminal",
    "Units",
    "UMLPackagePath",
    "ValueMap",
    "Values",
    "Version",
    "Write",
];

/// Words beside a member's name.
const BADGES: [(&str, &str, &str); 7] = [
    ("Aggregate", "aggregate", "whole"),
    ("Key", "key", "key"),
    ("Required", "required", "required"),
    ("Write", "write", "writable"),
    ("Deprecated", "deprecated", "deprecated"),
    ("Experimental", "experimental", "experimental"),
    ("Static", "static", "static"),
];

/// Numbers and units beside a member's type, with the words for them.
const FACTS: [(&str, &str); 6] = [
    ("Units", "Unit"),
    ("PUnit", "Unit"),
    ("MinLen", "Length at least"),
    ("MaxLen", "Length at most"),
    ("MinValue", "Least value"),
    ("MaxValue", "Greatest value"),
];

/// Whether a qualifier is there and says something other than FALSE.
pub(super) fn holds(qualifiers: QualifiersView<'_>, name: &str) -> bool {
    value_of(qualifiers, name).is_some_and(|value| value.as_bool() != Some(false))
}

/// A badge.
pub(super) fn badge(html: &mut Html, kind: &'static str, word: &'static str) {
    html.markup(" <span class='badge ");
    html.markup(kind);
    html.markup("'>");
    html.markup(word);
    html.markup("</span>");
}

/// The badges of a member.
pub(super) fn badges(html: &mut Html, qualifiers: QualifiersView<'_>) {
    for (name, kind, word) in BADGES {
        if holds(qualifiers, name) {
            badge(html, kind, word);
        }
    }
    if qualifiers.get("Read").is_some_and(|q| q.value().as_bool() == Some(false)) {
        badge(html, "write", "not readable");
    }
}

/// A notice that the element is deprecated, with links to what replaces it.
pub(super) fn deprecation(html: &mut Html, scene: Scene<'_, '_>, qualifiers: QualifiersView<'_>) {
    let Some(value) = value_of(qualifiers, "Deprecated") else { return };
    html.markup("<p class='notice deprecated' role='note'><strong>Deprecated.</strong>");
    // DSP0004 5.6.3.11: the text "No Value" says that nothing replaces it.
    let replacements: Vec<String> = strings(&value)
        .into_iter()
        .filter(|text| !text.trim().is_empty() && !text.trim().eq_ignore_ascii_case("no value"))
        .collect();
    if replacements.is_empty() {
        html.markup(" Nothing is named to replace it.");
    } else {
        html.markup(" Use ");
        for (i, text) in replacements.iter().enumerate() {
            html.markup(if i > 0 { ", " } else { "" });
            html.markup("<code>");
            scene.reference(html, text);
            html.markup("</code>");
        }
        html.markup(" instead.");
    }
    html.markup("</p>");
}

/// The description as paragraphs and lists.
pub(super) fn description(html: &mut Html, scene: Scene<'_, '_>, qualifiers: QualifiersView<'_>) {
    let value = value_of(qualifiers, "Description");
    let Some(text) = value.as_ref().and_then(|v| v.as_str()) else { return };
    html.markup("<div class='prose'>");
    for block in prose::blocks(text) {
        match block {
            Block::Paragraph(lines) => {
                html.markup("<p>");
                for (i, line) in lines.iter().enumerate() {
                    html.markup(if i > 0 { "<br/>" } else { "" });
                    scene.prose(html, line);
                }
                html.markup("</p>");
            }
            Block::Bullets(items) => {
                html.markup("<ul>");
                for item in &items {
                    html.markup("<li>");
                    scene.prose(html, item);
                    html.markup("</li>");
                }
                html.markup("</ul>");
            }
            Block::Numbers(items) => {
                html.markup("<ol>");
                for (n, item) in &items {
                    put!(html, "<li value='", n.to_string(), "'>");
                    scene.prose(html, item);
                    html.markup("</li>");
                }
                html.markup("</ol>");
            }
        }
    }
    html.markup("</div>");
}

/// Limits and units, as entries of a description list.
pub(super) fn facts(html: &mut Html, qualifiers: QualifiersView<'_>) {
    for (name, words) in FACTS {
        let Some(value) = value_of(qualifiers, name) else { continue };
        html.markup("<div><dt>");
        html.markup(words);
        put!(html, "</dt><dd><code>", value.to_string(), "</code></dd></div>");
    }
}

/// The qualifiers that are not shown otherwise, as entries of a description list.
pub(super) fn rest(
    html: &mut Html,
    scene: Scene<'_, '_>,
    qualifiers: QualifiersView<'_>,
    dialect: Dialect,
) {
    for qualifier in qualifiers.iter().filter(|q| is_listed(*q)) {
        html.markup("<div><dt>");
        name(html, scene, qualifier.name());
        if qualifier.flavor().propagated() {
            html.markup(" <small>inherited</small>");
        }
        html.markup("</dt><dd>");
        value(html, scene, &qualifier.value(), dialect);
        html.markup("</dd></div>");
    }
}

/// Whether [`rest`] lists the qualifier.
fn is_listed(qualifier: QualifierView<'_>) -> bool {
    let name = qualifier.name();
    let elsewhere = SHOWN_ELSEWHERE.iter().any(|known| known.eq_ignore_ascii_case(name));
    let badge = name.eq_ignore_ascii_case("Static") && qualifier.value().as_bool() == Some(true);
    // A qualifier shown as a badge is listed when it denies what the badge says.
    let denied = elsewhere && qualifier.value().as_bool() == Some(false);
    (!elsewhere && !badge) || denied && !name.eq_ignore_ascii_case("In")
}

/// A qualifier's name, leading to its description.
pub(super) fn name(html: &mut Html, scene: Scene<'_, '_>, name: &str) {
    html.markup("<a class='q' href='");
    scene.qualifier_href(html, name);
    html.markup("'");
    if let Some(meaning) = meaning(name) {
        put!(html, " title='", meaning, "'");
    }
    put!(html, ">", name, "</a>");
}

/// A qualifier's value; strings that name elements of the schema are links.
pub(super) fn value(html: &mut Html, scene: Scene<'_, '_>, value: &Value, dialect: Dialect) {
    match value {
        Value::Scalar(Scalar::String(text)) => text_value(html, scene, text),
        Value::Array(array) if array.cim_type() == cimarron_model::CimType::String => {
            html.markup("<ul class='plain'>");
            for text in strings(value) {
                html.markup("<li>");
                text_value(html, scene, &text);
                html.markup("</li>");
            }
            html.markup("</ul>");
        }
        other => put!(html, "<code>", value_to_mof(other, dialect), "</code>"),
    }
}

/// Text as it is where it is prose, as code where it is one word.
fn text_value(html: &mut Html, scene: Scene<'_, '_>, text: &str) {
    if text.contains(char::is_whitespace) {
        put!(html, "<span class='pre'>");
        for (i, line) in text.split('\n').enumerate() {
            html.markup(if i > 0 { "<br/>" } else { "" });
            scene.prose(html, line);
        }
        put!(html, "</span>");
    } else {
        html.markup("<code>");
        scene.reference(html, text);
        html.markup("</code>");
    }
}

/// The strings of a value, whether it is one or an array of them.
pub(super) fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Scalar(scalar) => vec![scalar.to_string()],
        Value::Array(array) => array.iter().flatten().map(|item| item.to_string()).collect(),
        Value::Null(..) => Vec::new(),
    }
}
