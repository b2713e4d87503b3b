//! A class in the middle and what it is tied to on both sides.

use super::super::html::Html;
use super::super::target::{Scene, Target};
use super::{BOX, Drawing, Lead, Shape, bold_box_width, box_width, text_width};

/// Spokes beyond these are counted.
const MOST: usize = 11;
/// Wider drawings have all their spokes on one side.
const WIDEST: i32 = 620;
const ROW: i32 = 50;
const MARGIN: i32 = 2;

/// A line from the middle to a class.
#[derive(Clone, Debug)]
pub(in super::super) struct Spoke<'a> {
    /// What stands above the line, and where it leads.
    pub(in super::super) label: String,
    pub(in super::super) lead: Option<Target<'a>>,
    /// What stands below the line.
    pub(in super::super) note: String,
    /// The class at the end of the line.
    pub(in super::super) far: String,
    pub(in super::super) far_lead: Option<Target<'a>>,
}

/// Draws the diagram; without spokes there is none. What does not fit is counted,
/// with a link to the place on the page that has it all.
pub(in super::super) fn star(
    html: &mut Html,
    scene: Scene<'_, '_>,
    middle: &str,
    mut spokes: Vec<Spoke<'_>>,
    all: &'static str,
) {
    if spokes.is_empty() {
        return;
    }
    let hidden = if spokes.len() > MOST + 1 { spokes.len() - MOST } else { 0 };
    spokes.truncate(spokes.len() - hidden);
    let half = (spokes.len() + usize::from(hidden > 0)).div_ceil(2);
    let (left, right) = spokes.split_at(half.min(spokes.len()));
    let core = bold_box_width(middle);
    let width = |sides: &[Side]| sides.iter().map(|s| s.line + s.far).sum::<i32>() + core;
    let two = [Side::of(left, 0), Side::of(right, hidden)];
    let (sides, left, right) = if left.len() < spokes.len() && width(&two) <= WIDEST {
        (two, left, right)
    } else {
        ([Side::of(&[], 0), Side::of(&spokes, hidden)], &[][..], spokes.as_slice())
    };
    let rows = left.len().max(right.len() + usize::from(hidden > 0));
    let height = i32::try_from(rows).unwrap_or_default() * ROW;

    let mut drawing = Drawing::default();
    let [left_side, right_side] = sides;
    let core_left = MARGIN + left_side.far + left_side.line;
    let shape = Shape { label: middle, kind: " this", lead: Lead::Nowhere };
    drawing.shape(scene, &shape, (core_left, MARGIN), (core, height));
    for (row, spoke) in left.iter().enumerate() {
        let y = row_middle(row, left.len(), height);
        draw(&mut drawing, scene, spoke, y, (core_left - left_side.line, core_left), |width| {
            core_left - left_side.line - width
        });
    }
    let core_right = core_left + core;
    let on_right = right.len() + usize::from(hidden > 0);
    for (row, spoke) in right.iter().enumerate() {
        let y = row_middle(row, on_right, height);
        let end = core_right + right_side.line;
        draw(&mut drawing, scene, spoke, y, (core_right, end), |_| end);
    }
    if hidden > 0 {
        let y = row_middle(right.len(), on_right, height);
        let end = core_right + right_side.line;
        drawing.line((core_right, y), (end, y));
        let label = format!("\u{2026} {hidden} more");
        let shape = Shape { label: &label, kind: " more", lead: Lead::Here(all) };
        drawing.shape(scene, &shape, (end, y - BOX / 2), (box_width(&label), BOX));
    }
    let size = (core_right + right_side.line + right_side.far + MARGIN, height + 2 * MARGIN);
    drawing.finish(html, "associations-title", &format!("What {middle} is tied to"), size);
}

/// How much room one side takes.
struct Side {
    line: i32,
    far: i32,
}

impl Side {
    fn of(spokes: &[Spoke<'_>], hidden: usize) -> Self {
        let text =
            |spoke: &Spoke<'_>| text_width(&spoke.label, 12).max(text_width(&spoke.note, 11));
        let line = spokes.iter().map(text).max().map_or(0, |widest| widest + 28);
        let more = if hidden > 0 { 100 } else { 0 };
        let far = spokes.iter().map(|spoke| box_width(&spoke.far)).max().unwrap_or_default();
        Self { line, far: far.max(more) }
    }
}

/// The middle of a row, the rows spread over the height.
fn row_middle(row: usize, rows: usize, height: i32) -> i32 {
    let (row, rows) = (i32::try_from(row).unwrap_or(0), i32::try_from(rows).unwrap_or(1).max(1));
    MARGIN + (2 * row + 1) * height / (2 * rows)
}

fn draw(
    drawing: &mut Drawing,
    scene: Scene<'_, '_>,
    spoke: &Spoke<'_>,
    y: i32,
    line: (i32, i32),
    far_left: impl Fn(i32) -> i32,
) {
    let (from, to) = line;
    let lead = |target| -> Lead<'_> { Option::map_or(target, Lead::Nowhere, Lead::To) };
    drawing.line((from, y), (to, y));
    let middle = from.midpoint(to);
    drawing.label(scene, &super::shortened(&spoke.label), lead(spoke.lead), (middle, y - 5));
    drawing.label(scene, &super::shortened(&spoke.note), Lead::Nowhere, (middle, y + 14));
    let width = box_width(&spoke.far);
    let kind = if spoke.far_lead.is_some() { "" } else { " unknown" };
    let shape = Shape { label: &spoke.far, kind, lead: lead(spoke.far_lead) };
    drawing.shape(scene, &shape, (far_left(width), y - BOX / 2), (width, BOX));
}
