//! The instances of a class that the archive holds.

use super::super::html::{Html, put};
use super::super::mof;
use super::super::space::{ClassIndex, Node};
use super::super::target::Scene;
use super::section;
use cimarron_model::{Dialect, Instance};
use cimarron_schema::{PrintOptions, PropertyView, instance_to_mof, value_to_mof};

/// Instances beyond these are counted.
const MOST: usize = 500;

/// Writes the instances of exactly this class. Says whether there are any.
pub(super) fn instances(
    html: &mut Html,
    scene: Scene<'_, '_>,
    class: ClassIndex,
    dialect: Dialect,
) -> bool {
    let instances = scene.space.instances.get(class).map_or(&[][..], Vec::as_slice);
    if instances.is_empty() {
        return false;
    }
    let node = scene.space.node(class);
    let keys = node.into_iter().flat_map(Node::keys).map(PropertyView::name).collect::<Vec<_>>();
    section(html, "instances", "Instances", Some(instances.len()));
    for instance in instances.iter().take(MOST) {
        put!(html, "<details class='instance'><summary>");
        heading(html, instance, &keys, dialect);
        html.markup("</summary>");
        mof::source(html, scene, &instance_to_mof(instance, &PrintOptions::new(dialect)));
        html.markup("</details>");
    }
    if instances.len() > MOST {
        put!(html, "<p class='more'>\u{2026} and ", instances.len() - MOST, " more.</p>");
    }
    html.markup("</section>");
    true
}

/// The values of the keys, and what the instance is called.
fn heading(html: &mut Html, instance: &Instance, keys: &[&str], dialect: Dialect) {
    html.markup("<code>");
    for (i, key) in keys.iter().enumerate() {
        html.markup(if i > 0 { ", " } else { "" });
        let value = instance.get(key).map(|value| value_to_mof(value, dialect));
        put!(html, *key, "=", value.as_deref().unwrap_or("NULL"));
    }
    if keys.is_empty() {
        html.text(instance.class.as_str());
    }
    html.markup("</code>");
    let named = ["Caption", "ElementName", "DisplayName"];
    let called = named.iter().find_map(|name| instance.get(name).and_then(|value| value.as_str()));
    if let Some(called) = called {
        put!(html, " <span class='called'>", called, "</span>");
    }
}
