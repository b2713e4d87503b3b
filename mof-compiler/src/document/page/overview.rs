//! The first page of the site, and of each namespace where there are several.

use super::super::html::{Html, put};
use super::super::layout::{self, Part, Place};
use super::super::space::Space;
use super::super::target::Scene;
use super::super::{Counts, Site};
use super::traits;
use cimarron_model::fold;

/// The most roots and packages that the first page lists.
const MOST: usize = 12;

/// Writes the first page of a site with several namespaces.
pub(in super::super) fn front(html: &mut Html, site: &Site<'_>) {
    let place = Place { site, space: None, part: Part::Overview };
    layout::begin(html, place, &site.title, &about(site.counts()));
    layout::begin_plain(html, &site.title);
    lead(html, site);
    statistics(html, site.counts());
    html.markup("<h2>Namespaces</h2><ul class='cards'>");
    for space in &site.spaces {
        put!(html, "<li><a href='", space.folder, "index.html'>", space.schema.name(), "</a>");
        put!(html, "<p>", about(space.counts()), "</p></li>");
    }
    html.markup("</ul>");
    layout::end_plain(html);
}

/// Writes the first page of a namespace.
pub(in super::super) fn overview(html: &mut Html, site: &Site<'_>, space: &Space<'_>) {
    let place = Place { site, space: Some(space), part: Part::Overview };
    let several = site.spaces.len() > 1;
    let title = if several { space.schema.name() } else { &site.title };
    let counts = space.counts();
    layout::begin(html, place, title, &about(counts));
    layout::begin_plain(html, title);
    lead(html, site);
    statistics(html, counts);
    roots(html, space);
    if space.has_packages {
        packages(html, space);
    }
    crowded(html, space);
    layout::end_plain(html);
}

fn lead(html: &mut Html, site: &Site<'_>) {
    let names: Vec<_> = site.spaces.iter().map(|space| space.schema.name()).collect();
    put!(
        html,
        "<p class='lead'>",
        if site.dialect == cimarron_model::Dialect::Dmtf { "DMTF" } else { "WMI" }
    );
    put!(html, " schema of <code>", names.join(", "), "</code>.");
    html.markup(
        "<span class='hint' hidden='hidden'> Press <kbd>/</kbd> to search, <kbd>\u{2191}</kbd> \
         <kbd>\u{2193}</kbd> to choose, <kbd>Enter</kbd> to go there.</span></p>",
    );
}

fn about(counts: Counts) -> String {
    let mut html = Html::new();
    put!(&mut html, counts.classes, " classes, ", counts.associations, " associations and ");
    put!(&mut html, counts.indications, " indications among them");
    html.as_str().to_owned()
}

fn statistics(html: &mut Html, counts: Counts) {
    html.markup("<dl class='statistics'>");
    for (label, count) in [
        ("Classes", counts.classes),
        ("Associations", counts.associations),
        ("Indications", counts.indications),
        ("Abstract", counts.r#abstract),
        ("Properties declared", counts.properties),
        ("Properties exposed", counts.exposed),
        ("Methods declared", counts.methods),
        ("Qualifier types", counts.qualifier_types),
        ("Instances", counts.instances),
        ("Deprecated classes", counts.deprecated),
        ("Experimental classes", counts.experimental),
        ("Deepest inheritance", counts.depth),
    ] {
        if count == 0 {
            continue;
        }
        html.markup("<div><dt>");
        html.markup(label);
        put!(html, "</dt><dd>", count, "</dd></div>");
    }
    html.markup("</dl>");
}

/// The classes without a superclass that have the most below them.
fn roots(html: &mut Html, space: &Space<'_>) {
    let scene = Scene::of_space_pages(space);
    let mut roots: Vec<usize> = (0..space.classes.len())
        .filter(|i| space.node(*i).is_some_and(|node| node.parent.is_none()))
        .collect();
    roots.sort_by_key(|i| std::cmp::Reverse(space.below(*i)));
    if roots.is_empty() {
        return;
    }
    html.markup("<h2>Where inheritance begins</h2><ul class='cards'>");
    for root in roots.iter().take(MOST) {
        let Some(node) = space.node(*root) else { continue };
        html.markup("<li>");
        scene.class_link(html, *root);
        traits(html, node.traits);
        put!(html, "<p>", node.summary, "</p>");
        let below = space.below(*root);
        if below > 0 {
            put!(html, "<p class='below'>", below, " below</p>");
        }
        html.markup("</li>");
    }
    html.markup("</ul>");
    if roots.len() > MOST {
        put!(html, "<p class='more'><a href='tree.html'>", roots.len() - MOST, " more</a></p>");
    }
}

/// The packages at the level where there is more than one.
fn packages(html: &mut Html, space: &Space<'_>) {
    let mut level = std::collections::BTreeMap::<&[String], usize>::new();
    for depth in 1..=2 {
        level.clear();
        for node in &space.classes {
            if let Some(path) = node.package.get(..depth) {
                *level.entry(path).or_default() += 1;
            }
        }
        if level.len() > 1 {
            break;
        }
    }
    html.markup("<h2>Packages</h2><ul class='chips'>");
    let mut level: Vec<_> = level.into_iter().collect();
    level.sort_by(|(a, _), (b, _)| fold::cmp(&a.join("::"), &b.join("::")));
    for (path, count) in level {
        put!(html, "<li><a href='packages.html#", super::packages::anchor(path), "'>");
        put!(html, path.join("::"), "</a> <span class='count'>", count, "</span></li>");
    }
    html.markup("</ul>");
}

/// The classes that the most associations refer to.
fn crowded(html: &mut Html, space: &Space<'_>) {
    let scene = Scene::of_space_pages(space);
    let ties = |i: &usize| space.node(*i).map_or(0, |node| node.associations.len());
    let mut crowded: Vec<usize> = (0..space.classes.len()).filter(|i| ties(i) > 0).collect();
    crowded.sort_by_key(|i| std::cmp::Reverse(ties(i)));
    if crowded.is_empty() {
        return;
    }
    html.markup("<h2>Most associated</h2><ul class='chips'>");
    for class in crowded.iter().take(MOST) {
        html.markup("<li>");
        scene.class_link(html, *class);
        put!(html, " <span class='count'>", ties(class), "</span></li>");
    }
    html.markup("</ul>");
}
