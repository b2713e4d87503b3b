//! What a class is tied to: ends of an association, associations that refer to a
//! class, members that name it, its subclasses.

use super::super::diagram::Spoke;
use super::super::html::{Html, put};
use super::super::qualifiers::{self, badge};
use super::super::space::{ClassIndex, Member, Node, summary};
use super::super::target::{Scene, Target};
use super::{section, traits};
use cimarron_model::CimType;
use cimarron_schema::{PropertyView, QualifiersView};

/// The references of an association.
pub(super) fn ends_of<'a>(node: &Node<'a>) -> impl Iterator<Item = PropertyView<'a>> {
    node.view.properties().filter(|p| p.cim_type() == CimType::Reference)
}

/// `0..1` from Min and Max (DSP0004 5.6.3.30 and 5.6.3.27).
pub(super) fn multiplicity(its: QualifiersView<'_>) -> String {
    let number = |name: &str| its.get(name).and_then(|q| q.value().as_integer());
    match (number("Min").unwrap_or(0), number("Max")) {
        (0, None) => "*".to_owned(),
        (min, None) => format!("{min}..*"),
        (min, Some(max)) if min == max => min.to_string(),
        (min, Some(max)) => format!("{min}..{max}"),
    }
}

/// The table of an association's ends.
pub(super) fn ends(html: &mut Html, scene: Scene<'_, '_>, node: &Node<'_>) {
    let count = ends_of(node).count();
    section(html, "ends", "Ends", Some(count));
    html.markup(
        "<div class='scroll'><table class='rows'><thead><tr><th scope='col'>Role</th>\
         <th scope='col'>Class</th><th scope='col'>Instances</th><th scope='col'>About</th></tr>\
         </thead><tbody>",
    );
    for end in ends_of(node) {
        let its = end.qualifiers();
        html.markup("<tr><th scope='row'>");
        role_link(html, scene, node, end);
        qualifiers::badges(html, its);
        html.markup("</th><td>");
        match end.type_class() {
            Some(class) => scene.class_name(html, class),
            None => html.markup("object"),
        }
        put!(html, "</td><td>", multiplicity(its), "</td><td>", summary(its), "</td></tr>");
    }
    html.markup("</tbody></table></div></section>");
}

/// A reference's name, leading to its declaration.
fn role_link(html: &mut Html, scene: Scene<'_, '_>, node: &Node<'_>, end: PropertyView<'_>) {
    let declared = scene.space.find(node.name);
    let member = Member::Property(end.name());
    match declared.and_then(|class| scene.space.declarer(class, member)) {
        Some((class, name)) => {
            let member = Some(Member::Property(name));
            scene.link(html, &Target { class, member, parameter: None }, end.name());
        }
        None => html.text(end.name()),
    }
}

/// An association that refers to a class, with the reference that does.
struct Tie<'s, 'a> {
    class: ClassIndex,
    association: &'s Node<'a>,
    near: PropertyView<'a>,
}

/// The ties of exactly this class, deprecated ones last, by name otherwise.
fn ties<'s, 'a>(scene: Scene<'s, 'a>, class: ClassIndex) -> Vec<Tie<'s, 'a>> {
    let Some(node) = scene.space.node(class) else { return Vec::new() };
    let mut ties: Vec<_> = node
        .associations
        .iter()
        .filter_map(|(class, slot)| {
            let association = scene.space.node(*class)?;
            let near = association.view.property_at(*slot)?;
            Some(Tie { class: *class, association, near })
        })
        .collect();
    let key = |tie: &Tie<'_, '_>| (tie.association.traits.deprecated, tie.near.slot());
    ties.sort_by(|a, b| {
        let names = cimarron_model::fold::cmp(a.association.name, b.association.name);
        key(a).0.cmp(&key(b).0).then(names).then(key(a).1.cmp(&key(b).1))
    });
    ties
}

impl<'a> Tie<'_, 'a> {
    fn far(&self) -> impl Iterator<Item = PropertyView<'a>> {
        let near = self.near.slot();
        ends_of(self.association).filter(move |end| end.slot() != near)
    }
}

/// What the diagram of a class's associations shows.
pub(super) fn spokes<'a>(scene: Scene<'_, 'a>, class: ClassIndex) -> Vec<Spoke<'a>> {
    let mut spokes = Vec::new();
    for tie in ties(scene, class) {
        for far in tie.far() {
            // Where both ends are this class, one line says it.
            let itself = far.type_class().and_then(|name| scene.space.find(name)) == Some(class);
            if itself && far.slot() < tie.near.slot() {
                continue;
            }
            let name = far.type_class().unwrap_or("object");
            let near_many = multiplicity(tie.near.qualifiers());
            let far_many = multiplicity(far.qualifiers());
            spokes.push(Spoke {
                label: tie.association.name.to_owned(),
                lead: Some(Target { class: tie.class, member: None, parameter: None }),
                note: format!("{near_many} {} \u{2014} {} {far_many}", tie.near.name(), far.name()),
                far: name.to_owned(),
                far_lead: scene.space.find(name).map(|class| Target {
                    class,
                    member: None,
                    parameter: None,
                }),
            });
        }
    }
    spokes
}

/// The associations that refer to a class, and how many refer to the classes above
/// it. Says whether there are any.
pub(super) fn associations(html: &mut Html, scene: Scene<'_, '_>, class: ClassIndex) -> bool {
    let above: Vec<_> = scene
        .space
        .lineage(class)
        .skip(1)
        .filter(|(_, node)| !node.associations.is_empty())
        .collect();
    let own = ties(scene, class);
    if own.is_empty() && above.is_empty() {
        return false;
    }
    section(html, "associations", "Associations", Some(own.len()));
    if !own.is_empty() {
        html.markup(
            "<div class='scroll'><table class='rows'><thead><tr><th scope='col'>Association</th>\
             <th scope='col'>This class is</th><th scope='col'>At the other end</th></tr></thead>\
             <tbody>",
        );
        for tie in &own {
            tie_row(html, scene, tie);
        }
        html.markup("</tbody></table></div>");
    }
    if !above.is_empty() {
        html.markup("<p class='more'>Also as ");
        for (i, (index, node)) in above.iter().enumerate() {
            html.markup(if i > 0 { ", " } else { "" });
            html.markup("<a href='");
            scene.class_href(html, *index);
            put!(html, "#associations'>", node.name, "</a> (", node.associations.len(), ")");
        }
        html.markup(".</p>");
    }
    html.markup("</section>");
    true
}

fn tie_row(html: &mut Html, scene: Scene<'_, '_>, tie: &Tie<'_, '_>) {
    html.markup("<tr><th scope='row'>");
    scene.class_link(html, tie.class);
    let association = tie.association.view.qualifiers();
    if tie.association.traits.deprecated {
        badge(html, "deprecated", "deprecated");
    }
    for (name, word) in [("Composition", "composition"), ("Aggregation", "aggregation")] {
        if association.is_true(name) {
            badge(html, "aggregate", word);
            break;
        }
    }
    html.markup("</th><td>");
    role_link(html, scene, tie.association, tie.near);
    put!(html, " <small>", multiplicity(tie.near.qualifiers()), "</small></td><td>");
    for (i, far) in tie.far().enumerate() {
        html.markup(if i > 0 { "<br/>" } else { "" });
        put!(html, far.name(), ": ");
        match far.type_class() {
            Some(class) => scene.class_name(html, class),
            None => html.markup("object"),
        }
        put!(html, " <small>", multiplicity(far.qualifiers()), "</small>");
    }
    html.markup("</td></tr>");
}

/// The members elsewhere that name a class. Says whether there are any.
pub(super) fn users(html: &mut Html, scene: Scene<'_, '_>, node: &Node<'_>) -> bool {
    if node.users.is_empty() {
        return false;
    }
    section(html, "users", "Used by", Some(node.users.len()));
    html.markup("<ul class='columns'>");
    for user in &node.users {
        let class = scene.space.node(user.class).map_or("", |node| node.name);
        let (Member::Property(name) | Member::Method(name)) = user.member;
        let member = Some(user.member);
        let target = Target { class: user.class, member, parameter: user.parameter };
        let text = match (user.parameter, user.member) {
            (Some(parameter), _) => format!("{class}.{name}({parameter})"),
            (None, Member::Method(_)) => format!("{class}.{name}()"),
            (None, Member::Property(_)) => format!("{class}.{name}"),
        };
        html.markup("<li>");
        scene.link(html, &target, &text);
        html.markup(if user.embedded {
            " <small>embedded</small>"
        } else {
            " <small>reference</small>"
        });
        html.markup("</li>");
    }
    html.markup("</ul></section>");
    true
}

/// The direct subclasses. Says whether there are any.
pub(super) fn subclasses(html: &mut Html, scene: Scene<'_, '_>, class: ClassIndex) -> bool {
    let Some(node) = scene.space.node(class).filter(|node| !node.children.is_empty()) else {
        return false;
    };
    section(html, "subclasses", "Direct subclasses", Some(node.children.len()));
    html.markup("<div class='scroll'><table class='rows'><tbody>");
    for child in &node.children {
        let Some(sub) = scene.space.node(*child) else { continue };
        html.markup("<tr><th scope='row'>");
        scene.class_link(html, *child);
        traits(html, sub.traits);
        html.markup("</th><td>");
        match scene.space.below(*child) {
            0 => {}
            below => put!(html, "<small class='below'>+", below, " below</small>"),
        }
        put!(html, "</td><td>", sub.summary, "</td></tr>");
    }
    html.markup("</tbody></table></div></section>");
    true
}
