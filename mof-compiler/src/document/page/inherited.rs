//! What a class inherits, by the class that declares it.
//!
//! A schema exposes several times as many members as it declares. A row is written
//! once and copied to the page of every class that inherits the member; it leads to
//! the declaration and does not repeat it.

use super::super::html::{Html, put};
use super::super::space::{ClassIndex, Member, summary};
use super::super::target::{Scene, Target};
use super::super::{qualifiers, types};
use cimarron_schema::{MethodView, PropertyView, QualifiersView};
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// Rows that were written already.
#[derive(Default)]
pub(super) struct Inherited<'a> {
    properties: HashMap<(ClassIndex, usize), Html>,
    methods: HashMap<(ClassIndex, &'a str), Html>,
}

impl<'a> Inherited<'a> {
    /// Writes the inherited properties, nearest class first.
    pub(super) fn properties(&mut self, html: &mut Html, scene: Scene<'_, 'a>, class: ClassIndex) {
        let Some(node) = scene.space.node(class) else { return };
        let mut groups: BTreeMap<u16, Vec<PropertyView<'a>>> = BTreeMap::new();
        for property in node.view.properties().filter(|p| p.propagated()) {
            groups.entry(property.declared_at()).or_default().push(property);
        }
        for (depth, group) in groups.into_iter().rev() {
            let from = scene.space.at_depth(class, depth);
            begin(html, scene, from, group.len());
            for property in group {
                match from {
                    Some(from) => {
                        let row = self.properties.entry((from, property.slot()));
                        put!(
                            html,
                            *row.or_insert_with(|| declared_property(scene, from, property))
                        );
                    }
                    None => put!(html, property_row(scene, None, property)),
                }
            }
            html.markup("</tbody></table></div></details>");
        }
    }

    /// Writes the inherited methods, nearest class first.
    pub(super) fn methods(&mut self, html: &mut Html, scene: Scene<'_, 'a>, class: ClassIndex) {
        let Some(node) = scene.space.node(class) else { return };
        let mut groups: BTreeMap<u16, Vec<MethodView<'a>>> = BTreeMap::new();
        for method in node.view.methods().filter(|m| m.propagated()) {
            groups.entry(method.declared_at()).or_default().push(method);
        }
        for (depth, group) in groups.into_iter().rev() {
            let from = scene.space.at_depth(class, depth);
            begin(html, scene, from, group.len());
            for method in group {
                match from {
                    Some(from) => {
                        let row = self.methods.entry((from, method.name()));
                        put!(html, *row.or_insert_with(|| declared_method(scene, from, method)));
                    }
                    None => put!(html, method_row(scene, None, method)),
                }
            }
            html.markup("</tbody></table></div></details>");
        }
    }
}

fn begin(html: &mut Html, scene: Scene<'_, '_>, from: Option<ClassIndex>, count: usize) {
    let name = from.and_then(|from| scene.space.node(from)).map_or("elsewhere", |node| node.name);
    put!(html, "<details class='inherited'><summary>Inherited from <b>", name);
    put!(html, "</b> <span class='count'>", count, "</span></summary>");
    html.markup("<div class='scroll'><table class='rows'><tbody>");
}

/// The row as the declaring class has it: a subclass does not see restricted
/// qualifiers such as Deprecated, but its reader wants to.
fn declared_property(scene: Scene<'_, '_>, from: ClassIndex, seen: PropertyView<'_>) -> Html {
    let declared = scene.space.node(from).and_then(|node| node.view.property_at(seen.slot()));
    property_row(scene, Some(from), declared.unwrap_or(seen))
}

fn declared_method(scene: Scene<'_, '_>, from: ClassIndex, seen: MethodView<'_>) -> Html {
    let declared = scene.space.node(from).and_then(|node| node.view.method(seen.name()));
    method_row(scene, Some(from), declared.unwrap_or(seen))
}

fn property_row(
    scene: Scene<'_, '_>,
    from: Option<ClassIndex>,
    property: PropertyView<'_>,
) -> Html {
    let mut html = Html::new();
    let its = property.qualifiers();
    row_head(&mut html, scene, from, Member::Property(property.name()), its);
    types::data_type(&mut html, scene, &property.data_type(), its);
    row_end(&mut html, its);
    html
}

fn method_row(scene: Scene<'_, '_>, from: Option<ClassIndex>, method: MethodView<'_>) -> Html {
    let mut html = Html::new();
    let its = method.qualifiers();
    row_head(&mut html, scene, from, Member::Method(method.name()), its);
    match method.return_type() {
        Some(returned) => types::data_type(&mut html, scene, &returned, its),
        None => html.markup("void"),
    }
    row_end(&mut html, its);
    html
}

fn row_head(
    html: &mut Html,
    scene: Scene<'_, '_>,
    from: Option<ClassIndex>,
    member: Member<'_>,
    its: QualifiersView<'_>,
) {
    html.markup("<tr><th scope='row'>");
    let (Member::Property(name) | Member::Method(name)) = member;
    match from {
        Some(class) => {
            scene.link(html, &Target { class, member: Some(member), parameter: None }, name);
        }
        None => html.text(name),
    }
    qualifiers::badges(html, its);
    html.markup("</th><td><code class='type'>");
}

fn row_end(html: &mut Html, its: QualifiersView<'_>) {
    put!(html, "</code></td><td>", summary(its), "</td></tr>");
}
