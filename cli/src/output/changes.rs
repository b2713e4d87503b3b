//! The changes of a schema, for people and for programs.

use super::numbers::{count, counted};
use super::paint::{Ink, Paint};
use cimarron_mof::evolution::{Change, Element, Rename, Sign, Verdict};
use serde_json::json;
use std::io::{self, Write};
use std::path::Path;

/// What a comparison found and was asked to show.
pub(crate) struct Report<'a> {
    pub(crate) old: &'a Path,
    pub(crate) new: &'a Path,
    /// How many changes there are, shown or not.
    pub(crate) counts: [(Verdict, usize); 3],
    pub(crate) changes: Vec<&'a Change>,
    pub(crate) renames: Vec<&'a Rename>,
}

/// Writes one JSON object; each change stands on a line of its own.
pub(crate) fn write_json(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let summary: serde_json::Map<_, _> =
        report.counts.iter().map(|(verdict, n)| (verdict.to_string(), json!(n))).collect();
    write!(
        out,
        "{{\"old\":{},\"new\":{},\"summary\":{},\n\"changes\":",
        json!(report.old.display().to_string()),
        json!(report.new.display().to_string()),
        json!(summary),
    )?;
    super::json_lines(out, &report.changes)?;
    write!(out, ",\"renames\":")?;
    super::json_lines(out, &report.renames)?;
    writeln!(out, "}}")
}

/// Columns that values are shortened to.
const VALUE_WIDTH: usize = 60;

/// Writes changes grouped by class, hints, and a line that sums up.
pub(crate) fn write_human(
    out: &mut dyn Write,
    report: &Report<'_>,
    paint: Paint,
) -> io::Result<()> {
    let several = {
        let mut names = report.changes.iter().map(|c| &c.namespace);
        names.next().is_some_and(|first| names.any(|name| name != first))
    };
    let mut group: Option<String> = None;
    for change in &report.changes {
        let title = heading(change, several);
        if group.as_ref() != Some(&title) {
            if group.is_some() {
                writeln!(out)?;
            }
            writeln!(out, "{}", paint.strong(&title))?;
            group = Some(title);
        }
        write_change(out, change, paint)?;
    }
    if !report.renames.is_empty() {
        if group.is_some() {
            writeln!(out)?;
        }
        writeln!(out, "{}", paint.strong("perhaps renamed"))?;
        for hint in &report.renames {
            writeln!(out, "    {} → {}", hint.old, hint.new)?;
        }
    }
    if group.is_some() || !report.renames.is_empty() {
        writeln!(out)?;
    }
    write_summary(out, report, paint)
}

/// The class that a change belongs to, or what stands outside of classes.
fn heading(change: &Change, several_namespaces: bool) -> String {
    let what = match &change.element {
        Element::Namespace => return format!("namespace {}", change.namespace),
        Element::QualifierType(_) => "qualifier types".to_owned(),
        Element::Instance(class, ..) => format!("instances of {class}"),
        element => format!("class {}", element.class().map_or("", |name| name.as_str())),
    };
    if several_namespaces { format!("{}: {what}", change.namespace) } else { what }
}

fn write_change(out: &mut dyn Write, change: &Change, paint: Paint) -> io::Result<()> {
    let sign = change.kind.sign();
    let marker = paint.with(sign_ink(sign), &sign.marker().to_string());
    let verdict = paint.with(verdict_ink(change.verdict), &format!("{:10}", change.verdict));
    write!(out, "  {marker} {verdict}  {}", change.kind.title())?;
    if let Some(place) = place(change).filter(|_| !declares(change)) {
        write!(out, ": {place}")?;
    }
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => {
            let (old, new) = shortened_pair(old, new);
            write!(out, ": {old} → {new}")?;
        }
        (Some(one), None) | (None, Some(one)) if says_more(change, one) => {
            let arrow = if matches!(sign, Sign::Changed) {
                if change.old.is_some() { "was " } else { "now " }
            } else {
                ""
            };
            write!(out, ": {arrow}{}", shortened(one, VALUE_WIDTH))?;
        }
        _ => {}
    }
    if change.experimental {
        write!(out, " (experimental)")?;
    }
    if change.subclasses > 0 && !matches!(change.element, Element::Instance(..)) {
        let below = counted(change.subclasses, "class", "classes");
        write!(out, "{}", paint.with(Ink::Dim, &format!(" ({below} below)")))?;
    }
    writeln!(out)?;
    if change.verdict == Verdict::Breaking {
        writeln!(out, "      {}", paint.with(Ink::Dim, change.reason()))?;
    }
    Ok(())
}

/// The member, parameter and qualifier that a change is in.
fn place(change: &Change) -> Option<String> {
    let element = match &change.element {
        Element::Namespace | Element::Class(_) => None,
        Element::QualifierType(name) | Element::Property(_, name) => Some(name.to_string()),
        Element::Method(_, name) => Some(format!("{name}()")),
        Element::Parameter(_, method, name) => Some(format!("{method}({name})")),
        other => Some(other.to_string()),
    };
    match (element, &change.qualifier) {
        (Some(element), Some(qualifier)) => Some(format!("{element} [{qualifier}]")),
        (None, Some(qualifier)) => Some(format!("[{qualifier}]")),
        (element, None) => element,
    }
}

/// Whether the change shows a whole declaration, which has the name in it.
fn declares(change: &Change) -> bool {
    let whole = change.kind.sign() != Sign::Changed && change.qualifier.is_none();
    whole && !matches!(change.element, Element::Parameter(..) | Element::Namespace)
}

/// Whether the value says anything that the line does not say already.
fn says_more(change: &Change, value: &str) -> bool {
    declares(change) || !(value == "TRUE" || value == change.element.to_string())
}

/// Two texts cut so that both show where they begin to differ.
fn shortened_pair(old: &str, new: &str) -> (String, String) {
    let (old, new) = (&visible(old), &visible(new));
    if old.chars().count().max(new.chars().count()) <= VALUE_WIDTH {
        return (old.clone(), new.clone());
    }
    let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    // Some of what is alike tells where one is.
    let skip = same.saturating_sub(VALUE_WIDTH / 4);
    let cut = |text: &str| {
        let rest: String = text.chars().skip(skip).collect();
        let lead = if skip > 0 { "…" } else { "" };
        format!("{lead}{}", shortened(&rest, VALUE_WIDTH))
    };
    (cut(old), cut(new))
}

/// The text on one line of at most so many columns, without control characters that
/// could drive the terminal.
fn shortened(text: &str, width: usize) -> String {
    let text = &visible(text);
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn visible(text: &str) -> String {
    let escape =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

fn write_summary(out: &mut dyn Write, report: &Report<'_>, paint: Paint) -> io::Result<()> {
    let total: usize = report.counts.iter().map(|(_, n)| n).sum();
    if total == 0 {
        return writeln!(out, "no changes");
    }
    let parts: Vec<String> = report
        .counts
        .iter()
        .map(|(verdict, n)| {
            let text = format!("{} {verdict}", count(*n));
            if *n > 0 { paint.with(verdict_ink(*verdict), &text) } else { text }
        })
        .collect();
    write!(out, "{}: {}", counted(total, "change", "changes"), parts.join(", "))?;
    if report.changes.len() < total {
        write!(out, "; {} shown", count(report.changes.len()))?;
    }
    writeln!(out)
}

const fn sign_ink(sign: Sign) -> Ink {
    match sign {
        Sign::Added => Ink::Green,
        Sign::Removed => Ink::Red,
        Sign::Changed => Ink::Yellow,
    }
}

const fn verdict_ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Breaking => Ink::Red,
        Verdict::Compatible => Ink::Green,
        Verdict::Editorial => Ink::Dim,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_show_where_they_differ() {
        let old = format!("{}old{}", "a".repeat(100), "b".repeat(100));
        let new = format!("{}new{}", "a".repeat(100), "b".repeat(100));
        let (old, new) = shortened_pair(&old, &new);
        assert!(old.starts_with("…aaa") && old.contains("aold"), "{old}");
        assert!(new.contains("anew") && new.ends_with('…'), "{new}");
        assert_eq!(shortened_pair("1", "2"), ("1".to_owned(), "2".to_owned()));
    }
}
