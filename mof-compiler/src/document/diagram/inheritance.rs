//! A class between its superclasses, above, and its direct subclasses, below.

use super::super::html::Html;
use super::super::space::ClassIndex;
use super::super::target::{Scene, Target};
use super::{BOX, Drawing, Lead, Shape, bold_box_width, box_width};

/// Superclasses beyond these are left out in the middle.
const MOST_ABOVE: usize = 9;
/// Subclasses beyond these are counted.
const MOST_BELOW: usize = 17;
/// Space between a class and its superclass.
const GAP: i32 = 22;
/// Space between subclasses, one above the other.
const ROW_GAP: i32 = 8;
/// From a column's line to its boxes.
const STUB: i32 = 16;
const COLUMN_GAP: i32 = 20;
const MARGIN: i32 = 2;

/// Draws the diagram; a class that stands alone has none.
pub(in super::super) fn inheritance(html: &mut Html, scene: Scene<'_, '_>, class: ClassIndex) {
    let Some(node) = scene.space.node(class) else { return };
    if node.parent.is_none() && node.children.is_empty() {
        return;
    }
    let mut line: Vec<(String, Lead<'_>)> = scene
        .space
        .lineage(class)
        .skip(1)
        .map(|(index, above)| (above.name.to_owned(), to_class(index)))
        .collect();
    line.reverse();
    if line.len() > MOST_ABOVE {
        let hidden = line.len() - MOST_ABOVE + 1;
        let more = (format!("\u{2026} {hidden} more"), Lead::Here("inheritance"));
        line.splice(1..=hidden, [more]);
    }
    line.push((node.name.to_owned(), Lead::Nowhere));
    let below = columns(scene, &node.children);
    draw(html, scene, node.name, &line, &below);
}

const fn to_class(class: ClassIndex) -> Lead<'static> {
    Lead::To(Target { class, member: None, parameter: None })
}

/// The subclasses in columns, filled one after the other.
fn columns(scene: Scene<'_, '_>, children: &[ClassIndex]) -> Vec<Vec<(String, Lead<'static>)>> {
    let shown = if children.len() > MOST_BELOW + 1 { MOST_BELOW } else { children.len() };
    let name = |index: ClassIndex| scene.space.node(index).map_or("", |node| node.name).to_owned();
    let mut boxes: Vec<_> =
        children.iter().take(shown).map(|index| (name(*index), to_class(*index))).collect();
    if shown < children.len() {
        let more = format!("\u{2026} {} more", children.len() - shown);
        boxes.push((more, Lead::Here("subclasses")));
    }
    let count = match boxes.len() {
        0..=3 => 1,
        4..=8 => 2,
        _ => 3,
    };
    let rows = boxes.len().div_ceil(count).max(1);
    boxes.chunks(rows).map(<[_]>::to_vec).collect()
}

fn draw(
    html: &mut Html,
    scene: Scene<'_, '_>,
    name: &str,
    line: &[(String, Lead<'_>)],
    below: &[Vec<(String, Lead<'_>)>],
) {
    let column_width =
        |column: &[(String, Lead<'_>)]| widest(column.iter().map(|(label, _)| label.as_str()));
    let below_width: i32 =
        below.iter().map(|column| STUB + column_width(column) + COLUMN_GAP).sum::<i32>()
            - COLUMN_GAP;
    let line_width = line.iter().map(|(label, _)| bold_box_width(label)).max().unwrap_or_default();
    let width = line_width.max(below_width) + 2 * MARGIN;
    let middle = width / 2;

    let mut drawing = Drawing::default();
    let mut y = MARGIN;
    for (i, (label, lead)) in line.iter().enumerate() {
        if i > 0 {
            drawing.line((middle, y - GAP), (middle, y));
            drawing.arrow_head(middle, y - GAP);
        }
        let kind = match lead {
            Lead::Nowhere => " this",
            Lead::Here(_) => " more",
            Lead::To(_) => "",
        };
        let width = if kind == " this" { bold_box_width(label) } else { box_width(label) };
        let shape = Shape { label, kind, lead: *lead };
        drawing.shape(scene, &shape, (middle - width / 2, y), (width, BOX));
        y += BOX + GAP;
    }
    let mut height = y - GAP;
    if !below.is_empty() {
        let foot = height;
        let bus = foot + GAP - 6;
        drawing.line((middle, foot), (middle, bus));
        drawing.arrow_head(middle, foot);
        let mut x = (width - below_width) / 2;
        let (first, mut last) = (x, x);
        for column in below {
            last = x;
            height = height.max(draw_column(&mut drawing, scene, column, (x, bus)));
            x += STUB + column_width(column) + COLUMN_GAP;
        }
        drawing.line((first.min(middle), bus), (last.max(middle), bus));
    }
    let title = format!("Inheritance of {name}");
    drawing.finish(html, "inheritance-title", &title, (width, height + MARGIN));
}

/// Draws one column of subclasses under the line at `from`, and gives its foot.
fn draw_column(
    drawing: &mut Drawing,
    scene: Scene<'_, '_>,
    column: &[(String, Lead<'_>)],
    from: (i32, i32),
) -> i32 {
    let (x, bus) = from;
    let mut y = bus + 14;
    let mut end = bus;
    for (label, lead) in column {
        let kind = if matches!(lead, Lead::Here(_)) { " more" } else { "" };
        end = y + BOX / 2;
        drawing.line((x, end), (x + STUB, end));
        let shape = Shape { label, kind, lead: *lead };
        drawing.shape(scene, &shape, (x + STUB, y), (box_width(label), BOX));
        y += BOX + ROW_GAP;
    }
    drawing.line((x, bus), (x, end));
    y - ROW_GAP
}

fn widest<'a>(labels: impl Iterator<Item = &'a str>) -> i32 {
    labels.map(box_width).max().unwrap_or_default()
}
