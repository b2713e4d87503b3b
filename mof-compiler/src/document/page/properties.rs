//! The properties that a class declares.

use super::super::html::{Html, put};
use super::super::names::Slug;
use super::super::space::{ClassIndex, Member, Node};
use super::super::target::{Scene, Target};
use super::super::{qualifiers, types, value_map};
use cimarron_model::{Dialect, Name, Value};
use cimarron_schema::{MethodView, PropertyView, value_to_mof};

/// Classes that declare a member again are listed up to here, and counted beyond.
const MOST_OVERRIDERS: usize = 12;

/// Writes a property.
pub(super) fn property(
    html: &mut Html,
    scene: Scene<'_, '_>,
    class: (ClassIndex, &Node<'_>),
    property: PropertyView<'_>,
    dialect: Dialect,
) {
    let (index, node) = class;
    let (name, its) = (property.name(), property.qualifiers());
    let slug = Slug(name);
    put!(html, "<section class='member' id='p-", slug, "'><h3><a class='self' href='#p-", slug);
    put!(html, "'>", name, "</a> <code class='type'>");
    types::data_type(html, scene, &property.data_type(), its);
    html.markup("</code>");
    qualifiers::badges(html, its);
    html.markup("</h3>");
    qualifiers::deprecation(html, scene, its);
    qualifiers::description(html, scene, its);
    value_map::table(html, its);
    let mut facts = Html::new();
    default(&mut facts, property.default(), dialect);
    qualifiers::facts(&mut facts, its);
    overriding(&mut facts, scene, (index, node), Member::Property(name));
    qualifiers::rest(&mut facts, scene, its, dialect);
    if !facts.is_empty() {
        put!(html, "<dl class='facts'>", facts, "</dl>");
    }
    html.markup("</section>");
}

/// What a member replaces above, and what replaces it below.
pub(super) fn overriding(
    html: &mut Html,
    scene: Scene<'_, '_>,
    class: (ClassIndex, &Node<'_>),
    member: Member<'_>,
) {
    let (_, node) = class;
    let above = node.parent.and_then(|parent| scene.space.declarer(parent, member));
    if let Some((class, name)) = above {
        html.markup("<div><dt>Overrides</dt><dd>");
        dotted_link(html, scene, class, renamed(member, name));
        html.markup("</dd></div>");
        introduced(html, scene, node, class, member);
    }
    let name = match member {
        Member::Property(name) | Member::Method(name) => Name::new(name),
    };
    let Some(below) = node.overriders.get(&name) else { return };
    html.markup("<div><dt>Overridden in</dt><dd>");
    for (i, class) in below.iter().take(MOST_OVERRIDERS).enumerate() {
        html.markup(if i > 0 { ", " } else { "" });
        let spelt = scene.space.declarer(*class, member);
        let name = spelt.map(|(_, name)| renamed(member, name));
        let target = Target { class: *class, member: name, parameter: None };
        scene.link(html, &target, scene.space.node(*class).map_or("", |node| node.name));
    }
    if below.len() > MOST_OVERRIDERS {
        put!(html, " and ", below.len() - MOST_OVERRIDERS, " more");
    }
    html.markup("</dd></div>");
}

/// The class that a member was first declared in, where that is above `above`.
fn introduced(
    html: &mut Html,
    scene: Scene<'_, '_>,
    node: &Node<'_>,
    above: ClassIndex,
    member: Member<'_>,
) {
    let origin = match member {
        Member::Property(name) => node.view.property(name).and_then(PropertyView::origin),
        Member::Method(name) => node.view.method(name).and_then(MethodView::origin),
    };
    let Some(origin) = origin.and_then(|name| scene.space.find(name)) else { return };
    if origin == above {
        return;
    }
    if let Some((_, name)) = scene.space.declarer(origin, member) {
        html.markup("<div><dt>Introduced in</dt><dd>");
        dotted_link(html, scene, origin, renamed(member, name));
        html.markup("</dd></div>");
    }
}

const fn renamed<'n>(member: Member<'_>, name: &'n str) -> Member<'n> {
    match member {
        Member::Property(_) => Member::Property(name),
        Member::Method(_) => Member::Method(name),
    }
}

/// `Class.Member`, leading to the member.
fn dotted_link(html: &mut Html, scene: Scene<'_, '_>, class: ClassIndex, member: Member<'_>) {
    let Some(node) = scene.space.node(class) else { return };
    let (Member::Property(name) | Member::Method(name)) = member;
    let target = Target { class, member: Some(member), parameter: None };
    scene.link(html, &target, &format!("{}.{name}", node.name));
}

/// Writes the default of a property or a parameter.
pub(super) fn default(facts: &mut Html, default: Option<Value>, dialect: Dialect) {
    if let Some(default) = default.filter(|value| !value.is_null()) {
        let default = value_to_mof(&default, dialect);
        put!(facts, "<div><dt>Default</dt><dd><code>", default, "</code></dd></div>");
    }
}
