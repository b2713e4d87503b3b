//! Relative links of the Markdown files: the file must be in the tree, and where a link names
//! a heading, that heading must be in the file. Links to other sites are not followed.

use std::collections::{BTreeSet, HashMap};

use super::{Finding, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let documents = tree.texts.iter().filter(|(path, _)| path.ends_with(".md"));
    let mut findings = Vec::new();
    for (path, text) in documents {
        for (line, target) in links(text) {
            if let Err(message) = resolve(tree, path, &target) {
                findings.push(Finding::error(path, Some(line), message));
            }
        }
    }
    findings
}

fn resolve(tree: &Tree, from: &str, target: &str) -> Result<(), String> {
    if is_elsewhere(target) {
        return Ok(());
    }
    let (file, heading) =
        target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
    let path = if file.is_empty() {
        from.to_owned()
    } else {
        join(from, file).ok_or_else(|| format!("link `{target}` leaves the repository"))?
    };
    let folder = format!("{path}/");
    let is_folder = path.is_empty() || tree.paths.iter().any(|p| p.starts_with(&folder));
    if !is_folder && !tree.paths.contains(&path) {
        return Err(format!("link `{target}` leads nowhere: there is no `{path}`"));
    }
    match (heading, tree.texts.get(&path)) {
        (Some(heading), Some(text)) if path.ends_with(".md") => {
            if anchors(text).contains(heading) {
                Ok(())
            } else {
                Err(format!("link `{target}` leads nowhere: `{path}` has no heading `#{heading}`"))
            }
        }
        _ => Ok(()),
    }
}

/// Whether the link has a scheme or a host.
fn is_elsewhere(target: &str) -> bool {
    target.starts_with("//")
        || target.split_once(':').is_some_and(|(scheme, _)| {
            scheme.len() > 1
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
        })
}

/// `relative` as seen from the file `from`, both with forward slashes; `None` above the root.
fn join(from: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = match relative.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect()),
    };
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The link targets of a document, each with its 1-based line.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code_spans(line);
        if let Some(target) = definition(&line) {
            found.push((number, target.to_owned()));
        }
        let mut rest = line.as_str();
        while let Some((_, after)) = rest.split_once("](") {
            let (target, tail) = until_closed(after);
            let target = destination(target);
            if !target.is_empty() {
                found.push((number, target.to_owned()));
            }
            rest = tail;
        }
    }
    found
}

/// The lines outside fenced code blocks, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let trimmed = line.trim_start();
        let marker = ["```", "~~~"].into_iter().find(|marker| trimmed.starts_with(marker));
        match (fence, marker) {
            (None, Some(marker)) => fence = Some(marker),
            (Some(open), Some(marker)) if open == marker => fence = None,
            (None, None) => return Some((index + 1, line)),
            _ => {}
        }
        None
    })
}

/// The line with its code spans cut out.
fn without_code_spans(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('`') {
        kept.push_str(before);
        let more = after.len() - after.trim_start_matches('`').len();
        let ticks = "`".repeat(more + 1);
        match after.get(more..).and_then(|body| body.split_once(&ticks)) {
            Some((_, tail)) => rest = tail,
            None => rest = after.trim_start_matches('`'),
        }
    }
    kept.push_str(rest);
    kept
}

/// The target of a reference definition, `[name]: target`; footnotes are none.
fn definition(line: &str) -> Option<&str> {
    let (name, target) = line.strip_prefix('[')?.split_once("]:")?;
    (!name.starts_with('^')).then(|| destination(target)).filter(|target| !target.is_empty())
}

/// Splits at the parenthesis that closes a link, counting those inside its target.
fn until_closed(after: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, c) in after.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return after.split_at(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    (after, "")
}

/// The target without its title and its angle brackets.
fn destination(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix('<').and_then(|text| text.split_once('>')) {
        Some((target, _)) => target,
        None => text.split_whitespace().next().unwrap_or_default(),
    }
}

/// The heading anchors of a document, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut anchors = BTreeSet::new();
    for (_, line) in prose(text) {
        let title = line.trim_start_matches('#');
        if title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let slug = slug(title.trim());
        let repeats = seen.entry(slug.clone()).or_default();
        anchors.insert(if *repeats == 0 { slug } else { format!("{slug}-{repeats}") });
        *repeats += 1;
    }
    anchors
}

fn slug(title: &str) -> String {
    let mut shown = String::new();
    let mut rest = title;
    while let Some((before, after)) = rest.split_once("](") {
        shown.push_str(before);
        rest = until_closed(after).1;
    }
    shown.push_str(rest);
    shown
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    #[test]
    fn finds_links_in_prose_only() {
        let cases: &[(&str, &[&str])] = &[
            ("see [a](b.md) and ![c](d.png \"title\")", &["b.md", "d.png"]),
            ("[a](<b c.md>) [d](e(f).md)", &["b c.md", "e(f).md"]),
            ("[a]: b.md \"title\"\n[^1]: no link", &["b.md"]),
            ("`[a](b.md)` and ``[`](c.md)`` [d](e.md)", &["e.md"]),
            ("```text\n[a](b.md)\n```\n[c](d.md)", &["d.md"]),
            ("~~~\n```\n[a](b.md)\n~~~\n", &[]),
            ("an open ` tick [a](b.md)", &["b.md"]),
            ("[a]() [b](c", &["c"]),
        ];
        for (text, expected) in cases {
            let found: Vec<String> = links(text).into_iter().map(|(_, target)| target).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn joins_paths() {
        let cases = [
            ("README.md", "docs/a.md", Some("docs/a.md")),
            ("docs/a.md", "b.md", Some("docs/b.md")),
            ("docs/a.md", "../model/./src", Some("model/src")),
            ("docs/a.md", "/README.md", Some("README.md")),
            ("docs/a.md", "../..", None),
            ("docs/a.md", "..", Some("")),
        ];
        for (from, relative, expected) in cases {
            assert_eq!(join(from, relative).as_deref(), expected, "{from} {relative}");
        }
    }

    #[test]
    fn anchors_as_github_makes_them() {
        let text = "# The `Name`, and *why*\n## Same\n## Same\n### [A](b.md) link\n#no\n```\n# code\n```\n";
        let expected = ["a-link", "same", "same-1", "the-name-and-why"];
        assert_eq!(anchors(text).into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn links_resolve() {
        let tree = Tree::of(&[
            (
                "README.md",
                "[a](docs/a.md#one) [b](docs/) [c](#top) [d](https://x.org/y) [e](mailto:a@b)\n# Top\n",
            ),
            ("docs/a.md", "[up](../README.md)\n\n# One\n"),
        ]);
        assert_eq!(lines(&check(&tree)), [""; 0]);
    }

    #[test]
    fn broken_links_are_found() {
        let cases = [
            ("gone.md", "there is no `docs/gone.md`"),
            ("a.md#two", "`docs/a.md` has no heading `#two`"),
            ("#two", "`docs/a.md` has no heading `#two`"),
            ("../../x.md", "leaves the repository"),
        ];
        for (target, why) in cases {
            let text = format!("# One\n\n[x]({target})\n");
            let found = lines(&check(&Tree::of(&[("docs/a.md", &text)])));
            let [line] = found.as_slice() else { panic!("{target}: {found:?}") };
            assert!(line.starts_with("docs/a.md:3: error: link"), "{line}");
            assert!(line.contains(why), "{line}");
        }
    }
}
