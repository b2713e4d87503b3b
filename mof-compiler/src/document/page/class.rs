//! A class's page.

use super::super::diagram::{Spoke, inheritance, star};
use super::super::html::{Html, put};
use super::super::layout::{self, Part, Place};
use super::super::names::Slug;
use super::super::qualifiers;
use super::super::space::{ClassIndex, Member, Node, value_of};
use super::super::target::{Scene, Target};
use super::super::{Site, mof};
use super::inherited::Inherited;
use super::{instances, kind, methods, properties, relations, section, traits};
use cimarron_model::Dialect;
use cimarron_schema::{ClassForm, PrintOptions, Shared, class_to_mof};

/// Writes the class pages of a namespace, one after the other: they share the rows
/// of what they inherit.
pub(in super::super) struct ClassPages<'p, 'a> {
    place: Place<'p, 'a>,
    scene: Scene<'p, 'a>,
    inherited: Inherited<'a>,
    shared: Shared,
}

impl<'p, 'a> ClassPages<'p, 'a> {
    pub(in super::super) fn new(site: &'p Site<'a>, space: &'p super::super::Space<'a>) -> Self {
        Self {
            place: Place { site, space: Some(space), part: Part::Class },
            scene: Scene::of_class_pages(space),
            inherited: Inherited::default(),
            shared: Shared::default(),
        }
    }

    /// Writes the page of a class.
    pub(in super::super) fn write(&mut self, html: &mut Html, class: ClassIndex) {
        let Some(node) = self.scene.space.node(class) else { return };
        layout::begin(html, self.place, node.name, &node.summary);
        html.markup("<div class='page'>");
        let mut body = Html::new();
        let toc = self.body(&mut body, class, node);
        contents(html, &toc);
        put!(html, body, "</div>\n");
        layout::end(html);
    }

    fn body(&mut self, html: &mut Html, class: ClassIndex, node: &Node<'a>) -> Vec<Entry<'a>> {
        let (scene, dialect) = (self.scene, self.place.site.dialect);
        let mut toc = Vec::new();
        html.markup("<main id='content'>");
        head(html, scene, (class, node), dialect);
        html.markup("<div class='diagrams'>");
        inheritance(html, scene, class);
        neighbours(html, scene, class, node);
        html.markup("</div>");
        if node.traits.association {
            relations::ends(html, scene, node);
            toc.push(Entry::Section("ends", "Ends"));
        }
        if node.view.property_count() > 0 {
            toc.push(Entry::Section("properties", "Properties"));
            section(html, "properties", "Properties", Some(node.view.property_count()));
            for property in node.view.own_properties() {
                toc.push(Entry::Member(Member::Property(property.name())));
                properties::property(html, scene, (class, node), property, dialect);
            }
            self.inherited.properties(html, scene, class);
            html.markup("</section>");
        }
        if node.view.methods().len() > 0 {
            toc.push(Entry::Section("methods", "Methods"));
            section(html, "methods", "Methods", Some(node.view.methods().len()));
            for method in node.view.own_methods() {
                toc.push(Entry::Member(Member::Method(method.name())));
                methods::method(html, scene, (class, node), method, dialect);
            }
            self.inherited.methods(html, scene, class);
            html.markup("</section>");
        }
        if relations::associations(html, scene, class) {
            toc.push(Entry::Section("associations", "Associations"));
        }
        if relations::users(html, scene, node) {
            toc.push(Entry::Section("users", "Used by"));
        }
        if relations::subclasses(html, scene, class) {
            toc.push(Entry::Section("subclasses", "Subclasses"));
        }
        if instances::instances(html, scene, class, dialect) {
            toc.push(Entry::Section("instances", "Instances"));
        }
        toc.push(Entry::Section("mof", "MOF"));
        self.source(html, node);
        html.markup("</main>");
        toc
    }

    fn source(&mut self, html: &mut Html, node: &Node<'a>) {
        let schema = self.scene.space.schema;
        let flavor_of = |name: &str| {
            schema.qualifier_type(name).map(cimarron_schema::QualifierTypeView::flavor)
        };
        let options = PrintOptions::new(self.place.site.dialect).declared(&flavor_of);
        let class = node.view.to_resolved(&mut self.shared).to_class(ClassForm::Local);
        section(html, "mof", "MOF", None);
        html.markup("<details class='source'><summary>Declaration as MOF</summary>");
        mof::source(html, self.scene, &class_to_mof(&class, &options));
        html.markup("</details></section>");
    }
}

/// An entry of the page's table of contents.
enum Entry<'a> {
    Section(&'static str, &'static str),
    Member(Member<'a>),
}

fn contents(html: &mut Html, entries: &[Entry<'_>]) {
    html.markup(
        "<nav class='toc' aria-label='On this page'><details><summary>On this page</summary>",
    );
    let mut members = false;
    html.markup("<ul>");
    for (i, entry) in entries.iter().enumerate() {
        match entry {
            Entry::Section(anchor, label) => {
                html.markup(if members { "</ul></li>" } else { "" });
                html.markup(if i > 0 && !members { "</li>" } else { "" });
                members = false;
                put!(html, "<li><a href='#", anchor, "'>", label, "</a>");
            }
            Entry::Member(member) => {
                html.markup(if members { "" } else { "<ul>" });
                members = true;
                let (prefix, name) = match member {
                    Member::Property(name) => ("p-", name),
                    Member::Method(name) => ("m-", name),
                };
                put!(html, "<li><a href='#", prefix, Slug(name), "'>", name, "</a></li>");
            }
        }
    }
    html.markup(if members { "</ul></li></ul>" } else { "</li></ul>" });
    html.markup("</details></nav>");
}

fn head(
    html: &mut Html,
    scene: Scene<'_, '_>,
    (class, node): (ClassIndex, &Node<'_>),
    dialect: Dialect,
) {
    let qualifiers = node.view.qualifiers();
    lineage(html, scene, class, node);
    put!(html, "<p class='kind'>");
    html.markup(kind(node));
    put!(html, "</p><h1>", node.name, "</h1><p class='badges'>");
    traits(html, node.traits);
    for (name, kind, word) in [
        ("Aggregation", "aggregate", "aggregation"),
        ("Composition", "aggregate", "composition"),
        ("Exception", "exception", "exception"),
    ] {
        if qualifiers.is_true(name) {
            qualifiers::badge(html, kind, word);
        }
    }
    if let Some(version) = value_of(qualifiers, "Version") {
        put!(html, " <span class='badge version'>version ", version.to_string(), "</span>");
    }
    html.markup("</p>");
    qualifiers::deprecation(html, scene, qualifiers);
    if node.traits.experimental {
        html.markup("<p class='notice experimental' role='note'><strong>Experimental.</strong> It may change incompatibly in a later version of the schema.</p>");
    }
    qualifiers::description(html, scene, qualifiers);
    html.markup("<dl class='facts'>");
    facts(html, scene, class, node);
    qualifiers::rest(html, scene, qualifiers, dialect);
    html.markup("</dl>");
}

/// The path from the root of the hierarchy.
fn lineage(html: &mut Html, scene: Scene<'_, '_>, class: ClassIndex, node: &Node<'_>) {
    html.markup("<nav class='crumbs' id='inheritance' aria-label='Superclasses'><ol>");
    let mut above: Vec<_> = scene.space.lineage(class).skip(1).map(|(index, _)| index).collect();
    above.reverse();
    if above.is_empty()
        && let Some(name) = node.view.superclass_name()
    {
        put!(html, "<li>", name, "</li>");
    }
    for index in above {
        html.markup("<li>");
        scene.class_link(html, index);
        html.markup("</li>");
    }
    put!(html, "<li aria-current='page'>", node.name, "</li></ol></nav>");
}

fn facts(html: &mut Html, scene: Scene<'_, '_>, class: ClassIndex, node: &Node<'_>) {
    if let Some(name) = node.view.superclass_name() {
        html.markup("<div><dt>Superclass</dt><dd>");
        scene.class_name(html, name);
        html.markup("</dd></div>");
    }
    let below = scene.space.below(class);
    if below > 0 {
        put!(html, "<div><dt>Subclasses</dt><dd><a href='#subclasses'>", node.children.len());
        put!(html, " direct</a>, ", below, " in all</dd></div>");
    }
    if node.keys().next().is_some() {
        html.markup("<div><dt>Keys</dt><dd>");
        for (i, key) in node.keys().enumerate() {
            html.markup(if i > 0 { ", " } else { "" });
            let member = Member::Property(key.name());
            match scene.space.declarer(class, member) {
                Some((class, name)) => {
                    let member = Some(Member::Property(name));
                    scene.link(html, &Target { class, member, parameter: None }, key.name());
                }
                None => html.text(key.name()),
            }
        }
        html.markup("</dd></div>");
    }
    if !node.package.is_empty() {
        html.markup("<div><dt>Package</dt><dd><a href='");
        put!(html, scene.to_space, "packages.html#", super::packages::anchor(&node.package), "'>");
        put!(html, node.package.join("::"), "</a></dd></div>");
    }
}

/// The diagram of associations: of an association its ends, of another class the
/// associations that refer to it.
fn neighbours(html: &mut Html, scene: Scene<'_, '_>, class: ClassIndex, node: &Node<'_>) {
    if node.traits.association {
        let spokes = relations::ends_of(node)
            .map(|end| Spoke {
                label: end.name().to_owned(),
                lead: None,
                note: relations::multiplicity(end.qualifiers()),
                far: end.type_class().unwrap_or("object").to_owned(),
                far_lead: class_target(scene, end.type_class()),
            })
            .collect();
        star(html, scene, node.name, spokes, "ends");
        return;
    }
    let spokes = relations::spokes(scene, class);
    star(html, scene, node.name, spokes, "associations");
}

fn class_target<'a>(scene: Scene<'_, 'a>, name: Option<&str>) -> Option<Target<'a>> {
    let class = scene.space.find(name?)?;
    Some(Target { class, member: None, parameter: None })
}
