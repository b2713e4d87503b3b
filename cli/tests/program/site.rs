//! Checks of a whole site: that its pages are well-formed, that no link of it leads
//! nowhere, and that it asks nothing of anybody else.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Elements without content, which must be closed where they are opened.
const EMPTY: [&str; 6] = ["br", "input", "link", "meta", "path", "rect"];

/// A site as it lies on disk.
pub(crate) struct Site {
    /// The files, by path with `/` between its parts.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

/// What of a page others are interested in.
#[derive(Default)]
struct Page {
    anchors: BTreeSet<String>,
    links: Vec<String>,
    /// The elements' own text.
    headings: usize,
    landmarks: usize,
}

impl Site {
    pub(crate) fn read(root: &str) -> Self {
        let root = PathBuf::from(root);
        let mut files = BTreeMap::new();
        let mut pending = vec![root.clone()];
        while let Some(directory) = pending.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    pending.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                    files.insert(name.replace('\\', "/"), std::fs::read(&path).unwrap());
                }
            }
        }
        Self { files }
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        let content = self.files.get(name).unwrap_or_else(|| panic!("there is no {name}"));
        std::str::from_utf8(content).unwrap()
    }

    /// Checks all pages, and gives how many links there are.
    #[track_caller]
    pub(crate) fn check(&self) -> usize {
        let lower: BTreeSet<_> = self.files.keys().map(|name| name.to_lowercase()).collect();
        assert_eq!(lower.len(), self.files.len(), "names that differ by case only");
        let mut pages = BTreeMap::new();
        for name in self.files.keys().filter(|name| name.ends_with(".html")) {
            pages.insert(name.as_str(), page(name, self.text(name)));
        }
        let mut count = 0;
        for (name, page) in &pages {
            assert_eq!(page.headings, 1, "{name} has one main heading");
            assert_eq!(page.landmarks, 1, "{name} has one main landmark");
            for link in &page.links {
                count += 1;
                self.follow(name, link, &pages);
            }
        }
        let style = self.text("assets/style.css");
        assert!(!style.contains("url(") && !style.contains("@import"), "the style loads something");
        count
    }

    fn follow(&self, from: &str, link: &str, pages: &BTreeMap<&str, Page>) {
        assert!(!link.contains(':') && !link.starts_with('/'), "{from} leads away: {link}");
        let (file, anchor) = link.split_once('#').map_or((link, None), |(f, a)| (f, Some(a)));
        let target = if file.is_empty() { from.to_owned() } else { resolve(from, file) };
        assert!(self.files.contains_key(&target), "{from} leads to {target}, which is not there");
        if let Some(anchor) = anchor {
            let page = pages.get(target.as_str()).unwrap();
            assert!(page.anchors.contains(anchor), "{from} leads to {link}: no such place");
        }
    }
}

/// A relative link, from the folder of the page that it stands on.
fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{from} leads out of the site: {link}"),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Reads a page as XML, which fails where anything is not closed or not escaped.
fn page(name: &str, text: &str) -> Page {
    assert!(text.starts_with("<!DOCTYPE html>\n<html lang='en'"), "{name}");
    let mut reader = Reader::from_str(text);
    let mut page = Page::default();
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("{name}: {e}")) {
            Event::Start(element) => {
                let tag = element.name().0.to_owned();
                assert!(!EMPTY.contains(&tag.as_str()), "{name}: <{tag}> is not closed");
                read_element(name, &element, &mut page);
            }
            Event::Empty(element) => {
                let tag = element.name().0.to_owned();
                assert!(EMPTY.contains(&tag.as_str()), "{name}: <{tag}/> is no empty element");
                read_element(name, &element, &mut page);
            }
            Event::GeneralRef(entity) => {
                let known = ["lt", "gt", "amp", "quot", "#39"];
                assert!(known.contains(&&*entity), "{name}: &{entity:?};");
            }
            Event::Comment(_) | Event::PI(_) | Event::CData(_) => panic!("{name}: not HTML"),
            Event::Eof => return page,
            _ => {}
        }
    }
}

fn read_element(name: &str, element: &BytesStart<'_>, page: &mut Page) {
    let tag = element.name().0.to_owned();
    page.headings += usize::from(tag == "h1");
    page.landmarks += usize::from(tag == "main");
    let mut source = None;
    for attribute in element.attributes() {
        let attribute = attribute.unwrap_or_else(|e| panic!("{name}: <{tag}>: {e}"));
        let key = attribute.key.0.to_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
        assert!(!key.starts_with("on") && key != "style", "{name}: {key} on <{tag}>");
        match key.as_str() {
            "id" => assert!(page.anchors.insert(value.clone()), "{name}: #{value} twice"),
            "href" | "src" => page.links.push(value.clone()),
            "aria-controls" | "aria-labelledby" => page.links.push(format!("#{value}")),
            _ => {}
        }
        source = source.or((key == "src").then_some(value));
    }
    if tag == "script" {
        assert!(source.is_some_and(|s| s.ends_with("assets/site.js")), "{name}: a script");
    }
}

/// Everything in a directory, without what begins with a dot.
pub(crate) fn visible(root: &str) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(Path::new(root))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}
