//! The tree of inheritance.

use super::super::Site;
use super::super::html::{Html, put};
use super::super::layout::{self, Part, Place};
use super::super::space::Space;
use super::super::target::Scene;
use super::traits;

/// Deeper classes stand beside each other: browsers give up on elements nested
/// some hundred times.
const DEEPEST: u16 = 100;
/// Levels that are open at first.
const OPEN: u16 = 1;

/// Writes the page.
pub(in super::super) fn tree(html: &mut Html, site: &Site<'_>, space: &Space<'_>) {
    layout::begin(html, Place { site, space: Some(space), part: Part::Tree }, "Tree", "");
    layout::begin_plain(html, "Inheritance tree");
    html.markup("<p class='tools' hidden='hidden'><button type='button' data-open='all'>Open all</button> <button type='button' data-open='none'>Close all</button></p>");
    let (roots, alone): (Vec<usize>, Vec<usize>) = (0..space.classes.len())
        .filter(|i| space.node(*i).is_some_and(|node| node.parent.is_none()))
        .partition(|i| space.below(*i) > 0);
    for root in roots {
        html.markup("<ul class='tree'>");
        let end = root + space.below(root) + 1;
        branch(html, space, root..end.min(space.classes.len()));
        html.markup("</ul>");
    }
    if !alone.is_empty() {
        put!(html, "<h2>Classes without super- and subclasses</h2><ul class='columns'>");
        for class in alone {
            html.markup("<li>");
            leaf(html, space, class);
            html.markup("</li>");
        }
        html.markup("</ul>");
    }
    layout::end_plain(html);
}

/// Writes a run of classes in depth-first order, without recursion: how deep it is
/// the schema decides.
fn branch(html: &mut Html, space: &Space<'_>, run: std::ops::Range<usize>) {
    // The depths of the elements that are open.
    let mut open: Vec<u16> = Vec::new();
    for class in run {
        let Some(node) = space.node(class) else { continue };
        let depth = node.view.depth().min(DEEPEST);
        while open.last().is_some_and(|last| *last >= depth) {
            open.pop();
            html.markup("</ul></details></li>");
        }
        html.markup("<li>");
        let below = space.below(class);
        if below == 0 || depth == DEEPEST {
            leaf(html, space, class);
            html.markup("</li>");
        } else {
            html.markup(if depth < OPEN { "<details open='open'>" } else { "<details>" });
            html.markup("<summary>");
            leaf(html, space, class);
            put!(html, " <span class='count'>", below, "</span></summary><ul>");
            open.push(depth);
        }
    }
    for _ in open {
        html.markup("</ul></details></li>");
    }
}

fn leaf(html: &mut Html, space: &Space<'_>, class: usize) {
    Scene::of_space_pages(space).class_link(html, class);
    if let Some(node) = space.node(class) {
        traits(html, node.traits);
    }
}
