//! The methods that a class declares.

use super::super::html::{Html, put};
use super::super::names::Slug;
use super::super::qualifiers::{self, badge};
use super::super::space::{ClassIndex, Member, Node};
use super::super::target::Scene;
use super::super::{types, value_map};
use super::properties::{default, overriding};
use cimarron_model::Dialect;
use cimarron_schema::{MethodView, ParameterView};

/// Writes a method.
pub(super) fn method(
    html: &mut Html,
    scene: Scene<'_, '_>,
    class: (ClassIndex, &Node<'_>),
    method: MethodView<'_>,
    dialect: Dialect,
) {
    let (name, its) = (method.name(), method.qualifiers());
    let slug = Slug(name);
    put!(html, "<section class='member' id='m-", slug, "'><h3><a class='self' href='#m-", slug);
    put!(html, "'>", name, "</a>");
    qualifiers::badges(html, its);
    html.markup("</h3>");
    signature(html, scene, method);
    qualifiers::deprecation(html, scene, its);
    qualifiers::description(html, scene, its);
    if method.parameters().len() > 0 {
        html.markup("<h4>Parameters</h4><dl class='parameters'>");
        for one in method.parameters() {
            parameter(html, scene, name, one, dialect);
        }
        html.markup("</dl>");
    }
    let mut values = Html::new();
    value_map::table(&mut values, its);
    if !values.is_empty() {
        put!(html, "<h4>Result</h4>", values);
    }
    let mut facts = Html::new();
    qualifiers::facts(&mut facts, its);
    overriding(&mut facts, scene, class, Member::Method(name));
    qualifiers::rest(&mut facts, scene, its, dialect);
    if !facts.is_empty() {
        put!(html, "<dl class='facts'>", facts, "</dl>");
    }
    html.markup("</section>");
}

/// Result, name and parameters, as MOF has them.
fn signature(html: &mut Html, scene: Scene<'_, '_>, method: MethodView<'_>) {
    html.markup("<pre class='signature'><code>");
    match method.return_type() {
        Some(returned) => types::data_type(html, scene, &returned, method.qualifiers()),
        None => html.markup("void"),
    }
    put!(html, " <b>", method.name(), "</b>(");
    let count = method.parameters().len();
    for (i, parameter) in method.parameters().enumerate() {
        html.markup(if count > 1 { "\n    " } else { "" });
        types::data_type(html, scene, &parameter.data_type(), parameter.qualifiers());
        put!(html, " ", parameter.name());
        html.markup(if i + 1 < count { "," } else { "" });
    }
    html.markup(if count > 1 { "\n)</code></pre>" } else { ")</code></pre>" });
}

fn parameter(
    html: &mut Html,
    scene: Scene<'_, '_>,
    method: &str,
    parameter: ParameterView<'_>,
    dialect: Dialect,
) {
    let (name, its) = (parameter.name(), parameter.qualifiers());
    put!(html, "<div id='m-", Slug(method), ".", Slug(name), "'><dt><b>", name);
    html.markup("</b> <code class='type'>");
    types::data_type(html, scene, &parameter.data_type(), its);
    html.markup("</code>");
    let direction = parameter.direction(scene.space.schema.implies_in(dialect));
    match (direction.input, direction.output) {
        (true, true) => badge(html, "direction", "in, out"),
        (true, false) => badge(html, "direction", "in"),
        (false, true) => badge(html, "direction", "out"),
        (false, false) => {}
    }
    qualifiers::badges(html, its);
    html.markup("</dt><dd>");
    qualifiers::deprecation(html, scene, its);
    qualifiers::description(html, scene, its);
    value_map::table(html, its);
    let mut facts = Html::new();
    default(&mut facts, parameter.default(), dialect);
    qualifiers::facts(&mut facts, its);
    qualifiers::rest(&mut facts, scene, its, dialect);
    if !facts.is_empty() {
        put!(html, "<dl class='facts'>", facts, "</dl>");
    }
    html.markup("</dd></div>");
}
