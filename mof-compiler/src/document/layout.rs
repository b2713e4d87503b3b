//! What all pages share: head, navigation, search box, foot.

use super::html::{Html, put};
use super::{Site, space::Space};

/// The pages of a namespace that navigation leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Overview,
    Classes,
    Tree,
    Packages,
    Qualifiers,
    /// A class's page.
    Class,
}

impl Part {
    const ALL: [Self; 5] =
        [Self::Overview, Self::Classes, Self::Tree, Self::Packages, Self::Qualifiers];

    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Overview | Self::Class => "index.html",
            Self::Classes => "classes.html",
            Self::Tree => "tree.html",
            Self::Packages => "packages.html",
            Self::Qualifiers => "qualifiers.html",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Overview | Self::Class => "Overview",
            Self::Classes => "Classes",
            Self::Tree => "Tree",
            Self::Packages => "Packages",
            Self::Qualifiers => "Qualifiers",
        }
    }
}

/// Where a page stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'p, 'a> {
    pub(super) site: &'p Site<'a>,
    pub(super) space: Option<&'p Space<'a>>,
    pub(super) part: Part,
}

impl Place<'_, '_> {
    /// From the page to the folder of its namespace.
    const fn to_space(self) -> &'static str {
        match self.part {
            Part::Class => "../",
            _ => "",
        }
    }

    fn to_root(self) -> Html {
        let mut html = Html::new();
        html.markup(self.to_space());
        html.markup(self.space.map_or("", |space| space.to_root));
        html
    }
}

/// Writes everything before the content. The description is for search engines
/// and previews.
pub(super) fn begin(html: &mut Html, place: Place<'_, '_>, title: &str, description: &str) {
    let root = place.to_root();
    html.markup("<!DOCTYPE html>\n<html lang='en' data-root='");
    put!(html, root, "'><head><meta charset='utf-8'/><title>", title);
    if title != place.site.title {
        put!(html, " \u{b7} ", place.site.title);
    }
    html.markup("</title><meta name='viewport' content='width=device-width, initial-scale=1'/>");
    html.markup("<meta name='color-scheme' content='light dark'/>");
    html.markup("<meta name='generator' content='cimarron doc'/>");
    if !description.is_empty() {
        put!(html, "<meta name='description' content='", description, "'/>");
    }
    put!(html, "<link rel='icon' type='image/svg+xml' href='", root, "assets/icon.svg'/>");
    put!(html, "<link rel='stylesheet' href='", root, "assets/style.css'/>");
    put!(html, "<script src='", root, "assets/site.js'></script></head>\n<body>");
    html.markup("<a class='skip' href='#content'>Skip to the content</a><header class='top'>");
    put!(html, "<a class='home' href='", root, "index.html'>", place.site.title, "</a>");
    navigation(html, place);
    html.markup(
        "<form class='search' role='search' hidden='hidden'><input id='search' type='search' \
         role='combobox' autocomplete='off' autocapitalize='off' spellcheck='false' \
         aria-label='Search classes, properties, methods and qualifiers' \
         placeholder='Search (press /)' aria-expanded='false' aria-autocomplete='list' \
         aria-controls='results'/><div id='results' role='listbox' aria-label='Results' \
         hidden='hidden'></div></form>",
    );
    html.markup(
        "<button class='theme' type='button' hidden='hidden' aria-label='Theme: system'>\
         <span aria-hidden='true'>\u{25d0}</span></button></header>\n",
    );
}

fn navigation(html: &mut Html, place: Place<'_, '_>) {
    let Some(space) = place.space else { return };
    let to_space = place.to_space();
    html.markup("<nav class='parts' aria-label='Site'>");
    if place.site.spaces.len() > 1 {
        put!(html, "<span class='space'>", space.schema.name(), "</span>");
    }
    for part in Part::ALL {
        if part == Part::Packages && !space.has_packages {
            continue;
        }
        html.markup("<a href='");
        html.markup(to_space);
        html.markup(part.file());
        html.markup(if part == place.part { "' aria-current='page'>" } else { "'>" });
        html.markup(part.label());
        html.markup("</a>");
    }
    html.markup("</nav>");
}

/// Writes everything behind the content.
pub(super) fn end(html: &mut Html) {
    html.markup("<footer>Made with <code>cimarron doc</code>.</footer></body></html>\n");
}

/// Begins a page of one column.
pub(super) fn begin_plain(html: &mut Html, heading: &str) {
    put!(html, "<main id='content' class='plain'><h1>", heading, "</h1>");
}

/// Ends it.
pub(super) fn end_plain(html: &mut Html) {
    html.markup("</main>\n");
    end(html);
}
