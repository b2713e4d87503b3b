//! The packages of the UML model (`UMLPackagePath`), with their classes.

use super::super::Site;
use super::super::html::{Html, put};
use super::super::layout::{self, Part, Place};
use super::super::names::Slug;
use super::super::space::{ClassIndex, Space};
use super::super::target::Scene;
use super::traits;
use cimarron_model::fold;
use std::collections::BTreeMap;

/// A package: those in it, and its classes.
#[derive(Default)]
struct Package {
    inner: BTreeMap<String, Package>,
    classes: Vec<ClassIndex>,
}

/// Writes the page.
pub(in super::super) fn packages(html: &mut Html, site: &Site<'_>, space: &Space<'_>) {
    layout::begin(html, Place { site, space: Some(space), part: Part::Packages }, "Packages", "");
    layout::begin_plain(html, "Packages");
    html.markup("<p class='tools' hidden='hidden'><button type='button' data-open='all'>Open all</button> <button type='button' data-open='none'>Close all</button></p>");
    let mut root = Package::default();
    let mut outside = Vec::new();
    for class in space.by_name() {
        let Some(node) = space.node(class) else { continue };
        if node.package.is_empty() {
            outside.push(class);
            continue;
        }
        let mut package = &mut root;
        for part in &node.package {
            package = package.inner.entry(part.clone()).or_default();
        }
        package.classes.push(class);
    }
    html.markup("<ul class='tree'>");
    let mut path = Vec::new();
    inner(html, space, &root, &mut path);
    html.markup("</ul>");
    if !outside.is_empty() {
        html.markup("<h2>Classes in no package</h2><ul class='columns'>");
        list(html, space, &outside);
        html.markup("</ul>");
    }
    layout::end_plain(html);
}

/// The anchor of a package.
pub(super) fn anchor(path: &[String]) -> Html {
    let mut html = Html::new();
    html.markup("pkg");
    for part in path {
        put!(&mut html, ".", Slug(part));
    }
    html
}

/// Writes a package and those in it; `Space` bounds how deep they nest.
fn write(html: &mut Html, space: &Space<'_>, package: &Package, path: &mut Vec<String>) {
    let name = path.last().map_or("", String::as_str);
    put!(html, "<li id='", anchor(path), "'>");
    if path.len() == 1 {
        html.markup("<details open='open'>");
    } else {
        html.markup("<details>");
    }
    put!(html, "<summary>", name, " <span class='count'>", count(package), "</span></summary><ul>");
    inner(html, space, package, path);
    list(html, space, &package.classes);
    html.markup("</ul></details></li>");
}

/// Writes those in a package in the order of their names, as classes stand in theirs.
fn inner(html: &mut Html, space: &Space<'_>, package: &Package, path: &mut Vec<String>) {
    let mut all: Vec<_> = package.inner.iter().collect();
    all.sort_by(|(a, _), (b, _)| fold::cmp(a, b));
    for (name, inner) in all {
        path.push(name.clone());
        write(html, space, inner, path);
        path.pop();
    }
}

fn count(package: &Package) -> usize {
    package.classes.len() + package.inner.values().map(count).sum::<usize>()
}

fn list(html: &mut Html, space: &Space<'_>, classes: &[ClassIndex]) {
    let scene = Scene::of_space_pages(space);
    for class in classes {
        html.markup("<li>");
        scene.class_link(html, *class);
        if let Some(node) = space.node(*class) {
            traits(html, node.traits);
        }
        html.markup("</li>");
    }
}
