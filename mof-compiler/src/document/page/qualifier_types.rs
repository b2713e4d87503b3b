//! The qualifiers of a namespace: what they mean, how they are declared, where they
//! are used.

use super::super::Site;
use super::super::html::{Html, put};
use super::super::layout::{self, Part, Place};
use super::super::meaning::meaning;
use super::super::mof;
use super::super::names::Slug;
use super::super::space::{ClassIndex, Member, Space};
use super::super::target::{Scene, Target};
use super::super::usage::Used;
use cimarron_model::{Flavor, Name, Scope};
use cimarron_schema::{PrintOptions, QualifierTypeView, qualifier_type_to_mof, value_to_mof};

/// Writes the page.
pub(in super::super) fn qualifier_types(html: &mut Html, site: &Site<'_>, space: &Space<'_>) {
    let place = Place { site, space: Some(space), part: Part::Qualifiers };
    layout::begin(html, place, "Qualifiers", "");
    layout::begin_plain(html, "Qualifiers");
    let all = space.usage.sorted();
    if all.is_empty() {
        html.markup("<p>The schema declares no qualifiers and uses none.</p>");
    }
    html.markup("<ul class='columns'>");
    for (name, _) in &all {
        put!(html, "<li><a href='#q-", Slug(name.as_str()), "'>", name.as_str(), "</a></li>");
    }
    html.markup("</ul>");
    for (name, used) in all {
        qualifier(html, site, space, name, used);
    }
    layout::end_plain(html);
}

fn qualifier(html: &mut Html, site: &Site<'_>, space: &Space<'_>, name: &Name, used: &Used<'_>) {
    let scene = Scene::of_space_pages(space);
    let slug = Slug(name.as_str());
    put!(html, "<section class='member' id='q-", slug, "'><h2><a class='self' href='#q-", slug);
    put!(html, "'>", name.as_str(), "</a></h2>");
    if let Some(meaning) = meaning(name.as_str()) {
        put!(html, "<p>", meaning, ".</p>");
    }
    html.markup("<dl class='facts'>");
    match used.declared {
        Some(declared) => declaration(html, site, declared),
        None => html.markup("<div><dt>Declared</dt><dd>nowhere in this namespace</dd></div>"),
    }
    put!(html, "<div><dt>Uses</dt><dd>", used.count, "</dd></div></dl>");
    if let Some(declared) = used.declared {
        html.markup("<details class='source'><summary>Declaration as MOF</summary>");
        let declared = declared.to_qualifier_type();
        let mof = qualifier_type_to_mof(&declared, &PrintOptions::new(site.dialect));
        mof::source(html, scene, &mof);
        html.markup("</details>");
    }
    places(html, scene, used);
    html.markup("</section>");
}

fn declaration(html: &mut Html, site: &Site<'_>, declared: QualifierTypeView<'_>) {
    let default = value_to_mof(&declared.default(), site.dialect);
    put!(
        html,
        "<div><dt>Type</dt><dd><code>",
        declared.data_type().to_string(),
        "</code></dd></div>"
    );
    put!(html, "<div><dt>Default</dt><dd><code>", default, "</code></dd></div>");
    let scopes: Vec<_> = declared.scopes().iter().map(Scope::as_str).collect();
    let scopes =
        if scopes.len() == Scope::ALL.len() { "any element".into() } else { scopes.join(", ") };
    put!(html, "<div><dt>Stands on</dt><dd>", scopes, "</dd></div>");
    put!(html, "<div><dt>Flavor</dt><dd>", flavor(declared.flavor()), "</dd></div>");
}

fn flavor(flavor: Flavor) -> String {
    let mut words = vec![
        if flavor.to_subclass() { "goes on to subclasses" } else { "stays where it is written" },
        if flavor.overridable() {
            "subclasses may change it"
        } else {
            "subclasses may not change it"
        },
    ];
    if flavor.to_instance() {
        words.push("goes on to instances");
    }
    if flavor.translatable() {
        words.push("translatable");
    }
    words.join("; ")
}

/// Where a qualifier is used, as far as `Usage` keeps it.
fn places(html: &mut Html, scene: Scene<'_, '_>, used: &Used<'_>) {
    if used.places.is_empty() {
        return;
    }
    html.markup("<details class='uses'><summary>Where it is used</summary><ul class='columns'>");
    for (class, member) in &used.places {
        html.markup("<li>");
        place(html, scene, *class, *member);
        html.markup("</li>");
    }
    html.markup("</ul>");
    if used.is_cut() {
        html.markup("<p class='more'>\u{2026} and others.</p>");
    }
    html.markup("</details>");
}

fn place(html: &mut Html, scene: Scene<'_, '_>, class: ClassIndex, member: Option<&str>) {
    let Some(node) = scene.space.node(class) else { return };
    let Some(name) = member else { return scene.class_link(html, class) };
    let member = if node.view.property(name).is_some() {
        Member::Property(name)
    } else {
        Member::Method(name)
    };
    let target = Target { class, member: Some(member), parameter: None };
    scene.link(html, &target, &format!("{}.{name}", node.name));
}
