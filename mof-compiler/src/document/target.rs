//! What a text names: a class, a property, a method or a parameter, and its link.
//!
//! Qualifiers name elements of the schema as `Class`, `Class.Property`,
//! `Class.Method()` or `Class.Method.Parameter` (DSP0004 5.6.3, Deprecated and
//! ModelCorrespondence).

use super::html::{Html, put};
use super::names::Slug;
use super::space::{ClassIndex, Member, Space};

/// Pages of one namespace, seen from one of its folders.
#[derive(Clone, Copy)]
pub(super) struct Scene<'s, 'a> {
    pub(super) space: &'s Space<'a>,
    /// From here to the folder of class pages.
    to_classes: &'static str,
    /// From here to the namespace's own folder.
    pub(super) to_space: &'static str,
}

/// An element of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target<'a> {
    pub(super) class: ClassIndex,
    pub(super) member: Option<Member<'a>>,
    pub(super) parameter: Option<&'a str>,
}

impl<'s, 'a> Scene<'s, 'a> {
    /// As a class page sees it.
    pub(super) const fn of_class_pages(space: &'s Space<'a>) -> Self {
        Self { space, to_classes: "", to_space: "../" }
    }

    /// As a page of the namespace sees it.
    pub(super) const fn of_space_pages(space: &'s Space<'a>) -> Self {
        Self { space, to_classes: "class/", to_space: "" }
    }

    /// What a text names, if it names something of this namespace.
    pub(super) fn target(&self, text: &str) -> Option<Target<'a>> {
        // Some authors write `Class.Method(Parameter)`.
        let text = text.trim();
        let call = text.strip_suffix(')').and_then(|text| text.split_once('('));
        let dotted = call.filter(|(_, inner)| !inner.is_empty());
        let dotted = dotted.map(|(method, parameter)| format!("{method}.{parameter}"));
        let text = dotted.as_deref().unwrap_or(text);
        let mut parts = text.trim_end_matches("()").splitn(3, '.');
        let class = self.space.find(parts.next()?.trim_end_matches("()"))?;
        let Some(name) = parts.next() else {
            return Some(Target { class, member: None, parameter: None });
        };
        let name = name.trim_end_matches("()");
        let parameter = parts.next();
        if let (None, Some((class, name))) =
            (parameter, self.space.declarer(class, Member::Property(name)))
        {
            let member = Some(Member::Property(name));
            return Some(Target { class, member, parameter: None });
        }
        let (class, name) = self.space.declarer(class, Member::Method(name))?;
        let parameter = match parameter {
            Some(wanted) => Some(self.parameter(class, name, wanted)?),
            None => None,
        };
        Some(Target { class, member: Some(Member::Method(name)), parameter })
    }

    fn parameter(&self, class: ClassIndex, method: &str, wanted: &str) -> Option<&'a str> {
        let method = self.space.node(class)?.view.method(method)?;
        let mut names = method.parameters().map(cimarron_schema::ParameterView::name);
        names.find(|name| cimarron_model::fold::eq(name, wanted))
    }

    /// Writes the address of a class's page.
    pub(super) fn class_href(&self, html: &mut Html, class: ClassIndex) {
        if let Some(node) = self.space.node(class) {
            put!(html, self.to_classes, node.file, ".html");
        }
    }

    /// Writes an element's address.
    pub(super) fn href(&self, html: &mut Html, target: &Target<'_>) {
        self.class_href(html, target.class);
        if let Some(member) = target.member {
            put!(html, "#");
            anchor(html, member, target.parameter);
        }
    }

    /// A link to a class with its name.
    pub(super) fn class_link(&self, html: &mut Html, class: ClassIndex) {
        if let Some(node) = self.space.node(class) {
            self.link(html, &Target { class, member: None, parameter: None }, node.name);
        }
    }

    /// A link to an element.
    pub(super) fn link(&self, html: &mut Html, target: &Target<'_>, text: &str) {
        put!(html, "<a href='");
        self.href(html, target);
        put!(html, "'>", text, "</a>");
    }

    /// A class's name, as a link where the class is here.
    pub(super) fn class_name(&self, html: &mut Html, name: &str) {
        match self.space.find(name) {
            Some(class) => {
                let target = Target { class, member: None, parameter: None };
                self.link(html, &target, name);
            }
            None => html.text(name),
        }
    }

    /// A text, as a link where it names something.
    pub(super) fn reference(&self, html: &mut Html, text: &str) {
        match self.target(text) {
            Some(target) => self.link(html, &target, text),
            None => html.text(text),
        }
    }

    /// A line of prose, with links where words name classes or their members.
    /// Words without `_` are left alone: class names have one (DSP0004 5.1.2.6 and
    /// 7.5, schema and name), other words only look like a class's by chance.
    pub(super) fn prose(&self, html: &mut Html, line: &str) {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let mut rest = line;
        while let Some(at) = rest.find('_') {
            let start = rest.get(..at).and_then(|before| before.rfind(|c| !is_word(c)));
            let start = start.map_or(0, |gap| gap + next_char(rest, gap));
            let end = rest.get(at..).and_then(|after| after.find(|c| !is_word(c)));
            let end = end.map_or(rest.len(), |len| at + len);
            let word = rest.get(start..end).unwrap_or_default();
            let name = word.trim_end_matches('.');
            html.text(rest.get(..start).unwrap_or_default());
            // What follows a class may be the end of a sentence and no member.
            let class = name.split('.').next().unwrap_or_default();
            let (name, target) = match self.target(name) {
                Some(target) => (name, Some(target)),
                None => (class, self.target(class)),
            };
            match target {
                Some(target) => {
                    self.link(html, &target, name);
                    html.text(word.get(name.len()..).unwrap_or_default());
                }
                None => html.text(word),
            }
            rest = rest.get(end..).unwrap_or_default();
        }
        html.text(rest);
    }

    /// The start of a link to a qualifier's description.
    pub(super) fn qualifier_href(&self, html: &mut Html, name: &str) {
        let spelling = self.space.usage.spelling(name).map_or(name, |n| n.as_str());
        put!(html, self.to_space, "qualifiers.html#q-", Slug(spelling));
    }
}

fn next_char(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

/// Writes the anchor of a member or a parameter on its class's page.
pub(super) fn anchor(html: &mut Html, member: Member<'_>, parameter: Option<&str>) {
    match member {
        Member::Property(name) => put!(html, "p-", Slug(name)),
        Member::Method(name) => put!(html, "m-", Slug(name)),
    }
    if let Some(parameter) = parameter {
        put!(html, ".", Slug(parameter));
    }
}
