//! Documentation of a schema as a static HTML site (`cimarron doc`).
//!
//! A page per class, an index, the tree of inheritance, packages, qualifiers, and a
//! search box that needs no server. Everything is made from an archive, so it shows
//! what a reader of the archive sees: resolved classes.
//!
//! * `space` gathers per namespace what points at what; after that pages only look up.
//! * `html` is the one way to text on a page: markup is static text of this program,
//!   everything else is escaped.
//! * `target` turns names into links, `names` into file names and anchors.
//! * `page` writes the pages, `diagram` their drawings.
//!
//! The same archive and options give the same bytes. Nothing is read from disk and
//! nothing is written but to the caller's [`Sink`].

mod diagram;
mod html;
mod layout;
mod meaning;
mod mof;
mod names;
mod page;
mod prose;
mod qualifiers;
mod search;
mod space;
mod target;
#[cfg(test)]
mod tests;
mod types;
mod usage;
mod value_map;

use cimarron_model::Dialect;
use cimarron_schema::Archive;
use html::Html;
use names::FileNames;
use space::Space;
use std::io;

/// Takes the files of a site.
pub trait Sink {
    /// Takes one file. The path is relative, with `/` between its parts, and made of
    /// ASCII letters, digits, `_`, `-` and `.`; no two differ only by case.
    ///
    /// # Errors
    /// Whatever keeps the file from being kept; it ends the writing of the site.
    fn put(&mut self, path: &str, content: &[u8]) -> io::Result<()>;
}

impl<F: FnMut(&str, &[u8]) -> io::Result<()>> Sink for F {
    fn put(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        self(path, content)
    }
}

/// What a site is made like.
#[derive(Clone, Debug, Default)]
pub struct DocumentOptions {
    /// The title of the site; without it, one is made of the namespaces' names.
    pub title: Option<String>,
}

/// How much there is in an archive or a namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Classes, associations and indications included.
    pub classes: usize,
    /// Association classes.
    pub associations: usize,
    /// Indication classes.
    pub indications: usize,
    /// Classes without instances of their own.
    pub r#abstract: usize,
    /// Deprecated classes.
    pub deprecated: usize,
    /// Experimental classes.
    pub experimental: usize,
    /// Properties, each counted in the class that declares it.
    pub properties: usize,
    /// Properties, inherited ones counted in each class.
    pub exposed: usize,
    /// Methods, each counted in the class that declares it.
    pub methods: usize,
    /// Qualifier declarations.
    pub qualifier_types: usize,
    /// Instances.
    pub instances: usize,
    /// The most classes from a root down, both ends counted.
    pub depth: usize,
}

/// Everything that is to be documented.
pub(crate) struct Site<'a> {
    title: String,
    dialect: Dialect,
    spaces: Vec<Space<'a>>,
}

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/site.js");
const ICON: &str = include_str!("assets/icon.svg");

/// Writes the site of an archive, and says how much is in it.
///
/// # Errors
/// Those of the sink.
pub fn document(
    archive: &Archive,
    options: &DocumentOptions,
    sink: &mut dyn Sink,
) -> io::Result<Counts> {
    let site = Site::new(archive, options);
    sink.put("assets/style.css", STYLE.as_bytes())?;
    sink.put("assets/site.js", SCRIPT.as_bytes())?;
    sink.put("assets/icon.svg", ICON.as_bytes())?;
    sink.put("assets/search.js", search::index(&site).as_bytes())?;
    let mut html = Html::with_capacity(1 << 16);
    if site.spaces.len() != 1 {
        page::front(&mut html, &site);
        sink.put("index.html", html.as_bytes())?;
    }
    for space in &site.spaces {
        write_space(&mut html, &site, space, sink)?;
    }
    Ok(site.counts())
}

fn write_space(
    html: &mut Html,
    site: &Site<'_>,
    space: &Space<'_>,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    type Write = fn(&mut Html, &Site<'_>, &Space<'_>);
    let pages: [(layout::Part, Write); 5] = [
        (layout::Part::Overview, page::overview),
        (layout::Part::Classes, page::classes),
        (layout::Part::Tree, page::tree),
        (layout::Part::Packages, page::packages),
        (layout::Part::Qualifiers, page::qualifier_types),
    ];
    for (part, write) in pages {
        if part == layout::Part::Packages && !space.has_packages {
            continue;
        }
        html.clear();
        write(html, site, space);
        sink.put(&format!("{}{}", space.folder, part.file()), html.as_bytes())?;
    }
    let mut classes = page::ClassPages::new(site, space);
    for (class, node) in space.classes.iter().enumerate() {
        html.clear();
        classes.write(html, class);
        sink.put(&format!("{}class/{}.html", space.folder, node.file), html.as_bytes())?;
    }
    Ok(())
}

impl<'a> Site<'a> {
    fn new(archive: &'a Archive, options: &DocumentOptions) -> Self {
        let schemas: Vec<_> = archive.filled_namespaces().collect();
        let one = schemas.len() == 1;
        let mut folders = FileNames::default();
        let spaces: Vec<_> = schemas
            .into_iter()
            .map(|schema| {
                if one {
                    Space::new(schema, String::new(), "")
                } else {
                    let folder = format!("ns/{}/", folders.namespace(schema.name()));
                    Space::new(schema, folder, "../../")
                }
            })
            .collect();
        let names = || spaces.iter().map(|s| s.schema.name()).collect::<Vec<_>>().join(", ");
        let title = options.title.clone().filter(|title| !title.trim().is_empty());
        let title = title.unwrap_or_else(|| format!("Schema of {}", names()));
        Self { title, dialect: archive.dialect(), spaces }
    }

    fn counts(&self) -> Counts {
        self.spaces.iter().map(Space::counts).fold(Counts::default(), Counts::plus)
    }
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        Self {
            classes: self.classes + other.classes,
            associations: self.associations + other.associations,
            indications: self.indications + other.indications,
            r#abstract: self.r#abstract + other.r#abstract,
            deprecated: self.deprecated + other.deprecated,
            experimental: self.experimental + other.experimental,
            properties: self.properties + other.properties,
            exposed: self.exposed + other.exposed,
            methods: self.methods + other.methods,
            qualifier_types: self.qualifier_types + other.qualifier_types,
            instances: self.instances + other.instances,
            depth: self.depth.max(other.depth),
        }
    }
}

impl Space<'_> {
    fn counts(&self) -> Counts {
        let mut counts = Counts {
            classes: self.classes.len(),
            qualifier_types: self.schema.qualifier_types().len(),
            instances: self.schema.instance_count(),
            ..Counts::default()
        };
        for node in &self.classes {
            counts.associations += usize::from(node.traits.association);
            counts.indications += usize::from(node.traits.indication);
            counts.r#abstract += usize::from(node.traits.r#abstract);
            counts.deprecated += usize::from(node.traits.deprecated);
            counts.experimental += usize::from(node.traits.experimental);
            counts.properties += node.view.own_properties().count();
            counts.exposed += node.view.property_count();
            counts.methods += node.view.own_methods().count();
            counts.depth = counts.depth.max(usize::from(node.view.depth()) + 1);
        }
        counts
    }
}
