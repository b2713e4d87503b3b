//! The pages, one module each, and the parts of a class's page.

mod class;
mod classes;
mod inherited;
mod instances;
mod methods;
mod overview;
mod packages;
mod properties;
mod qualifier_types;
mod relations;
mod tree;

pub(super) use class::ClassPages;
pub(super) use classes::classes;
pub(super) use overview::{front, overview};
pub(super) use packages::packages;
pub(super) use qualifier_types::qualifier_types;
pub(super) use tree::tree;

use super::html::{Html, put};
use super::qualifiers::badge;
use super::space::{Node, Traits};

/// The badges of a class.
fn traits(html: &mut Html, traits: Traits) {
    let Traits {
        association,
        indication,
        r#abstract,
        singleton,
        terminal,
        deprecated,
        experimental,
    } = traits;
    for (is, kind, word) in [
        (association, "association", "association"),
        (indication, "indication", "indication"),
        (r#abstract, "abstract", "abstract"),
        (singleton, "singleton", "singleton"),
        (terminal, "terminal", "terminal"),
        (deprecated, "deprecated", "deprecated"),
        (experimental, "experimental", "experimental"),
    ] {
        if is {
            badge(html, kind, word);
        }
    }
}

/// What a class is, in a word.
const fn kind(node: &Node<'_>) -> &'static str {
    if node.traits.association {
        "Association"
    } else if node.traits.indication {
        "Indication"
    } else {
        "Class"
    }
}

/// A heading of a section, with an anchor and a count.
fn section(html: &mut Html, anchor: &'static str, heading: &'static str, count: Option<usize>) {
    put!(html, "<section class='part' aria-labelledby='", anchor, "'><h2 id='", anchor, "'>");
    html.markup(heading);
    if let Some(count) = count {
        put!(html, " <span class='count'>", count, "</span>");
    }
    html.markup("</h2>");
}
