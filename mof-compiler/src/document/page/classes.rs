//! The index of classes, by letter.

use super::super::Site;
use super::super::html::{Html, put};
use super::super::layout::{self, Part, Place};
use super::super::names::Slug;
use super::super::space::{Node, Space};
use super::super::target::Scene;
use super::{section, traits};

/// Kinds that the index can be cut down to, and their words in the page.
const KINDS: [(&str, &str); 5] = [
    ("association", "Associations"),
    ("indication", "Indications"),
    ("abstract", "Abstract"),
    ("deprecated", "Deprecated"),
    ("experimental", "Experimental"),
];

/// Writes the page.
pub(in super::super) fn classes(html: &mut Html, site: &Site<'_>, space: &Space<'_>) {
    let scene = Scene::of_space_pages(space);
    layout::begin(html, Place { site, space: Some(space), part: Part::Classes }, "Classes", "");
    layout::begin_plain(html, "Classes");
    html.markup("<div class='filter' hidden='hidden'><input type='search' class='narrow' aria-label='Show only classes whose names contain' placeholder='Part of a name'/>");
    for (kind, word) in KINDS {
        html.markup("<label><input type='checkbox' value='");
        html.markup(kind);
        html.markup("'/> ");
        html.markup(word);
        html.markup("</label>");
    }
    html.markup("<output aria-live='polite'></output></div>");
    let groups = by_letter(space);
    html.markup("<nav class='letters' aria-label='Letters'>");
    for (letter, _) in &groups {
        put!(html, "<a href='#letter-", Slug(letter), "'>", letter, "</a>");
    }
    html.markup("</nav>");
    for (letter, nodes) in &groups {
        put!(html, "<section class='letter'><h2 id='letter-", Slug(letter), "'>", letter);
        html.markup("</h2><ul class='index'>");
        for node in nodes {
            entry(html, scene, node);
        }
        html.markup("</ul></section>");
    }
    if groups.is_empty() {
        section(html, "none", "No classes", None);
        html.markup("</section>");
    }
    layout::end_plain(html);
}

fn entry(html: &mut Html, scene: Scene<'_, '_>, node: &Node<'_>) {
    html.markup("<li>");
    scene.class_name(html, node.name);
    traits(html, node.traits);
    if !node.summary.is_empty() {
        put!(html, " <span class='about'>", node.summary, "</span>");
    }
    html.markup("</li>");
}

/// The classes by the first letter of what follows their schema's name: all classes
/// of a schema begin alike (DSP0004 5.1.2.6, `schema_class`).
fn by_letter<'s, 'a>(space: &'s Space<'a>) -> Vec<(String, Vec<&'s Node<'a>>)> {
    let mut groups: Vec<(String, Vec<&Node<'_>>)> = Vec::new();
    let mut nodes: Vec<_> = space.by_name().into_iter().filter_map(|i| space.node(i)).collect();
    nodes.sort_by_cached_key(|node| letter(node.name));
    for node in nodes {
        let letter = letter(node.name);
        match groups.last_mut() {
            Some((last, nodes)) if *last == letter => nodes.push(node),
            _ => groups.push((letter, vec![node])),
        }
    }
    groups
}

fn letter(name: &str) -> String {
    let own = name.trim_start_matches('_');
    let own = own.split_once('_').map_or(own, |(_, own)| own);
    let first = own.trim_start_matches('_').chars().next();
    first.map_or_else(|| "_".to_owned(), |c| c.to_uppercase().to_string())
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn letters_are_those_after_the_schema() {
        for (name, expected) in [
            ("CIM_Fan", "F"),
            ("Win32_process", "P"),
            ("__Namespace", "N"),
            ("fan", "F"),
            ("_", "_"),
        ] {
            assert_eq!(letter(name), expected, "{name}");
        }
    }
}
