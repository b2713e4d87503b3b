//! Diagrams as inline SVG: boxes with links, and lines between them.
//!
//! Pages have no script that could measure text, so widths are estimates on the
//! generous side. Colours are classes of the style sheet, which knows dark and light.

mod inheritance;
mod star;

pub(super) use inheritance::inheritance;
pub(super) use star::{Spoke, star};

use super::html::{Html, put};
use super::target::{Scene, Target};

/// Height of a box.
const BOX: i32 = 30;
/// Space between the text of a box and its sides, both together.
const PADDING: i32 = 26;
/// Longer names are cut in the middle.
const LONGEST_LABEL: usize = 40;

/// Where a box leads.
#[derive(Clone, Copy, Debug)]
enum Lead<'a> {
    /// To an element.
    To(Target<'a>),
    /// To a place on the same page.
    Here(&'static str),
    Nowhere,
}

/// A drawing in the making.
#[derive(Default)]
struct Drawing {
    lines: Html,
    boxes: Html,
}

/// A box.
struct Shape<'a> {
    label: &'a str,
    /// A class of the style sheet, behind a space, or nothing.
    kind: &'static str,
    lead: Lead<'a>,
}

impl Drawing {
    fn line(&mut self, from: (i32, i32), to: (i32, i32)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        put!(&mut self.lines, "<path class='edge' d='M", x1, " ", y1, "L", x2, " ", y2, "'/>");
    }

    /// A hollow triangle that points up, with its top here: UML's generalisation.
    fn arrow_head(&mut self, x: i32, y: i32) {
        put!(&mut self.boxes, "<path class='head' d='M", x, " ", y, "l6 10h-12z'/>");
    }

    /// A box with its left upper corner here.
    fn shape(&mut self, scene: Scene<'_, '_>, shape: &Shape<'_>, at: (i32, i32), size: (i32, i32)) {
        let ((x, y), (width, height)) = (at, size);
        let html = &mut self.boxes;
        let linked = open_link(html, scene, shape.lead);
        html.markup("<g class='node");
        html.markup(shape.kind);
        html.markup("'>");
        let label = shortened(shape.label);
        if label != shape.label {
            put!(html, "<title>", shape.label, "</title>");
        }
        put!(html, "<rect x='", x, "' y='", y, "' width='", width, "' height='", height);
        put!(html, "' rx='6'/><text x='", x + width / 2, "' y='", y + height / 2 + 5);
        put!(html, "' text-anchor='middle'>", label, "</text></g>");
        html.markup(if linked { "</a>" } else { "" });
    }

    /// Text centred here.
    fn label(&mut self, scene: Scene<'_, '_>, text: &str, lead: Lead<'_>, at: (i32, i32)) {
        let linked = open_link(&mut self.boxes, scene, lead);
        let kind = if linked { "name" } else { "note" };
        put!(&mut self.boxes, "<text class='", kind, "' x='", at.0, "' y='", at.1);
        put!(&mut self.boxes, "' text-anchor='middle'>", text, "</text>");
        self.boxes.markup(if linked { "</a>" } else { "" });
    }

    /// The finished figure.
    fn finish(self, html: &mut Html, id: &'static str, title: &str, size: (i32, i32)) {
        let (width, height) = size;
        put!(html, "<figure class='scroll' tabindex='0' aria-label='", title, "'>");
        put!(html, "<svg class='diagram' role='group' aria-labelledby='", id, "' width='", width);
        put!(html, "' height='", height, "' viewBox='0 0 ", width, " ", height);
        put!(html, "' xmlns='http://www.w3.org/2000/svg'><title id='", id, "'>", title, "</title>");
        put!(html, self.lines, self.boxes, "</svg></figure>");
    }
}

fn open_link(html: &mut Html, scene: Scene<'_, '_>, lead: Lead<'_>) -> bool {
    match lead {
        Lead::Nowhere => return false,
        Lead::Here(anchor) => put!(html, "<a href='#", anchor, "'>"),
        Lead::To(target) => {
            html.markup("<a href='");
            scene.href(html, &target);
            html.markup("'>");
        }
    }
    true
}

/// A label, cut in the middle where it is long: both ends of a class's name say much.
fn shortened(label: &str) -> String {
    let chars: Vec<char> = label.chars().collect();
    if chars.len() <= LONGEST_LABEL {
        return label.to_owned();
    }
    let keep = (LONGEST_LABEL - 1) / 2;
    let start = chars.iter().take(keep);
    let end = chars.iter().skip(chars.len() - keep);
    start.chain(&['\u{2026}']).chain(end).collect()
}

/// About how wide a label is, in tenths of the size of its letters.
fn text_width(label: &str, size: i32) -> i32 {
    let tenths: i32 = shortened(label)
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | '\'' | '|' => 3,
            'f' | 't' | 'r' | ' ' | '(' | ')' | '-' | '/' => 4,
            'm' | 'w' | 'M' | 'W' | '@' => 9,
            c if c.is_uppercase() => 7,
            c if c.is_ascii() => 6,
            _ => 10,
        })
        .sum();
    tenths * size / 10
}

fn box_width(label: &str) -> i32 {
    text_width(label, 13) + PADDING
}

/// The width of a box whose label is bold.
fn bold_box_width(label: &str) -> i32 {
    text_width(label, 14) + PADDING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_labels_lose_their_middle() {
        assert_eq!(shortened("CIM_Fan"), "CIM_Fan");
        let long = format!("CIM_{}End", "x".repeat(50));
        let short = shortened(&long);
        assert_eq!(short.chars().count(), 39);
        assert!(short.starts_with("CIM_x") && short.ends_with("End"), "{short}");
    }

    #[test]
    fn wide_letters_take_more_room() {
        assert!(text_width("iiii", 13) < text_width("aaaa", 13));
        assert!(text_width("aaaa", 13) < text_width("WWWW", 13));
        assert_eq!(text_width("", 13), 0);
    }
}
