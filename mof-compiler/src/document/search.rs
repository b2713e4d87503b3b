//! The index that the search box reads: one script with one array literal, so that
//! it also loads where there is no server (`file:` pages may not fetch).
//!
//! `cimarronIndex = {n: namespaces, c: classes, q: qualifiers}`, of which a
//! namespace is `[name, folder]`, a class `[namespace, name, file, superclass, kind,
//! summary, properties, methods]`, and a qualifier `[namespace, name]`. A file or
//! summary of 0 is the class's name or none; a superclass is a number in `c` or -1.

use super::Site;
use super::space::{Node, Space, Traits};
use std::fmt::Write;

/// Writes the script.
pub(super) fn index(site: &Site<'_>) -> String {
    let mut out = String::from("window.cimarronIndex={n:[");
    for (i, space) in site.spaces.iter().enumerate() {
        out.push_str(if i > 0 { ",[" } else { "[" });
        string(&mut out, space.schema.name());
        out.push(',');
        string(&mut out, &space.folder);
        out.push(']');
    }
    out.push_str("],\nc:[");
    let mut first = 0;
    for (number, space) in site.spaces.iter().enumerate() {
        for node in &space.classes {
            out.push_str(if out.ends_with('[') { "\n" } else { ",\n" });
            class(&mut out, number, first, node);
        }
        first += space.classes.len();
    }
    out.push_str("],\nq:[");
    for (number, space) in site.spaces.iter().enumerate() {
        qualifiers(&mut out, number, space);
    }
    out.push_str("]};\n");
    out
}

fn class(out: &mut String, space: usize, first: usize, node: &Node<'_>) {
    let _ = write!(out, "[{space},");
    string(out, node.name);
    if node.file == node.name {
        out.push_str(",0");
    } else {
        out.push(',');
        string(out, &node.file);
    }
    match node.parent {
        Some(parent) => {
            let _ = write!(out, ",{}", first + parent);
        }
        None => out.push_str(",-1"),
    }
    let _ = write!(out, ",\"{}\",", kind(node.traits));
    if node.summary.is_empty() {
        out.push('0');
    } else {
        string(out, &node.summary);
    }
    out.push(',');
    strings(out, node.view.own_properties().map(cimarron_schema::PropertyView::name));
    out.push(',');
    strings(out, node.view.own_methods().map(cimarron_schema::MethodView::name));
    out.push(']');
}

/// `a`ssociation, `i`ndication or `c`lass, with a `d` when deprecated.
const fn kind(traits: Traits) -> &'static str {
    match (traits.association, traits.indication, traits.deprecated) {
        (true, _, false) => "a",
        (true, _, true) => "ad",
        (false, true, false) => "i",
        (false, true, true) => "id",
        (false, false, false) => "c",
        (false, false, true) => "cd",
    }
}

fn qualifiers(out: &mut String, number: usize, space: &Space<'_>) {
    for (name, _) in space.usage.sorted() {
        out.push_str(if out.ends_with('[') { "\n" } else { ",\n" });
        let _ = write!(out, "[{number},");
        string(out, name.as_str());
        out.push(']');
    }
}

fn strings<'a>(out: &mut String, items: impl Iterator<Item = &'a str>) {
    out.push('[');
    for (i, item) in items.enumerate() {
        out.push_str(if i > 0 { "," } else { "" });
        string(out, item);
    }
    out.push(']');
}

/// A string literal that is one in JSON and JavaScript, and that ends no element
/// where somebody puts the script into a page.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '<' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn strings_cannot_end_early() {
        for (text, expected) in [
            ("CIM_Fan", "\"CIM_Fan\""),
            ("a\"\\\n\u{1}", "\"a\\\"\\\\\\n\\u0001\""),
            ("</script>\u{2028}", "\"\\u003c/script>\\u2028\""),
        ] {
            let mut out = String::new();
            string(&mut out, text);
            assert_eq!(out, expected);
        }
    }
}
