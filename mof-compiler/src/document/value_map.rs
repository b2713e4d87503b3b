//! `ValueMap` and `Values` as rows (DSP0004 5.6.3.55 and 5.6.3.56), and `BitMap`
//! with `BitValues`.

use super::html::{Html, put};
use cimarron_schema::QualifiersView;

/// A value and its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    value: Option<String>,
    meaning: Option<String>,
}

/// Longer tables are closed until asked for.
const OPEN_ROWS: usize = 30;

/// Writes the table of an element's enumerated values, if it has one.
pub(super) fn table(html: &mut Html, qualifiers: QualifiersView<'_>) {
    let texts = |name: &str| qualifiers.get(name).and_then(|q| q.value().texts());
    let values = rows(texts("ValueMap"), texts("Values"));
    write(html, &values, "Value");
    let bits = rows(texts("BitMap"), texts("BitValues"));
    write(html, &bits, "Bit");
}

/// Pairs values with meanings. Meanings alone number themselves from zero; where
/// one list is longer, the rest of it stands alone.
fn rows(values: Option<Vec<String>>, meanings: Option<Vec<String>>) -> Vec<Row> {
    let count = meanings.as_ref().map_or(0, Vec::len);
    let values = match (values, &meanings) {
        (Some(values), _) => values,
        (None, Some(_)) => (0..count).map(|n| n.to_string()).collect(),
        (None, None) => return Vec::new(),
    };
    let mut meanings = meanings.unwrap_or_default().into_iter();
    let mut values = values.into_iter();
    let mut rows = Vec::new();
    loop {
        let row = Row { value: values.next(), meaning: meanings.next() };
        if row.value.is_none() && row.meaning.is_none() {
            return rows;
        }
        rows.push(row);
    }
}

fn write(html: &mut Html, rows: &[Row], heading: &'static str) {
    if rows.is_empty() {
        return;
    }
    let long = rows.len() > OPEN_ROWS;
    if long {
        put!(html, "<details class='long'><summary>", rows.len(), " values</summary>");
    }
    let explained = rows.iter().any(|row| row.meaning.is_some());
    put!(html, "<div class='scroll'><table class='values'><thead><tr><th scope='col'>", heading);
    html.markup("</th>");
    if explained {
        html.markup("<th scope='col'>Meaning</th>");
    }
    html.markup("</tr></thead><tbody>");
    for row in rows {
        write_row(html, row, explained);
    }
    html.markup("</tbody></table></div>");
    if long {
        html.markup("</details>");
    }
}

fn write_row(html: &mut Html, row: &Row, explained: bool) {
    let value = row.value.as_deref().unwrap_or_default();
    let meaning = row.meaning.as_deref().unwrap_or_default();
    let is_range = value.contains("..");
    if is_range || meaning.ends_with("Reserved") {
        html.markup("<tr class='rest'>");
    } else {
        html.markup("<tr>");
    }
    match value.split_once("..") {
        _ if row.value.is_none() => html.markup("<td></td>"),
        Some(("", "")) => html.markup("<td><code>..</code> <small>any other</small></td>"),
        Some((low, "")) => put!(html, "<td><code>", low, "</code> <small>and above</small></td>"),
        Some(("", high)) => put!(html, "<td><code>", high, "</code> <small>and below</small></td>"),
        Some((low, high)) => {
            put!(html, "<td><code>", low, "</code>\u{2013}<code>", high, "</code></td>");
        }
        None => put!(html, "<td><code>", value, "</code></td>"),
    }
    if explained {
        put!(html, "<td>", meaning, "</td>");
    }
    html.markup("</tr>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&str]) -> Option<Vec<String>> {
        Some(items.iter().map(ToString::to_string).collect())
    }

    fn row(value: Option<&str>, meaning: Option<&str>) -> Row {
        Row { value: value.map(str::to_owned), meaning: meaning.map(str::to_owned) }
    }

    #[test]
    fn values_are_paired_with_meanings() {
        assert_eq!(rows(None, None), []);
        assert_eq!(
            rows(list(&["1", ".."]), list(&["One"])),
            [row(Some("1"), Some("One")), row(Some(".."), None)]
        );
        assert_eq!(
            rows(None, list(&["A", "B"])),
            [row(Some("0"), Some("A")), row(Some("1"), Some("B"))]
        );
        assert_eq!(rows(list(&["a"]), None), [row(Some("a"), None)]);
        assert_eq!(rows(list(&[]), list(&["x"])), [row(None, Some("x"))]);
    }

    #[test]
    fn ranges_are_in_words() {
        for (value, expected) in [
            ("..", "<code>..</code> <small>any other</small>"),
            ("0x8000..", "<code>0x8000</code> <small>and above</small>"),
            ("..5", "<code>5</code> <small>and below</small>"),
            ("6..15999", "<code>6</code>\u{2013}<code>15999</code>"),
            ("<7>", "<code>&lt;7&gt;</code>"),
        ] {
            let mut html = Html::new();
            write_row(&mut html, &row(Some(value), None), false);
            assert!(html.as_str().contains(expected), "{}", html.as_str());
        }
    }

    #[test]
    fn long_tables_are_closed() {
        let many: Vec<Row> = (0..31).map(|n| row(Some(&n.to_string()), Some("x"))).collect();
        let mut html = Html::new();
        write(&mut html, &many, "Value");
        assert!(html.as_str().starts_with("<details class='long'><summary>31 values</summary>"));
    }
}
