//! Finding the declarations that texts lack.
//!
//! Schemas have a file for each class, named after it, so that a class which nothing declares
//! can be found by its name. What is found may need others again. Each file that is taken is a
//! root of its own in front of all others, in the namespace in which it is needed.

use super::archive;
use super::directives::OfFile;
use super::error::{SourceError, io_error};
use super::fs::EntryKind;
use super::include::IncludeProblem;
use super::loader::Loader;
use super::map::Part;
use super::place::Origin;
use super::sources::Include;
use super::visit::{Namespace, Stretch, known};
use super::walk::{files_below, is_mof};
use super::{FileId, SourceMap, Span};
use crate::compile::system_classes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::syntax::{Mention, Role, Sort, Wanted, scan_includes, scan_mentions};
use cimarron_model::fold;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The files of the search path.
#[derive(Default)]
pub(super) struct Library {
    files: Vec<Place>,
    /// Numbers of files by their names without `.mof`, in lower case; those of one name in the
    /// order of the path.
    classes: FxHashMap<String, Vec<usize>>,
    /// Those that declare qualifiers, by their names.
    qualifiers: Vec<usize>,
    /// What files have that were looked into.
    contents: FxHashMap<FileId, Contents>,
}

/// What a file speaks of, and what it declares of that.
struct Contents {
    mentions: Vec<Mention>,
    declared: FxHashSet<Wanted>,
}

impl Contents {
    /// The classes that it derives others from.
    fn above(&self) -> Vec<Wanted> {
        let above = self.mentions.iter().filter(|mention| mention.role == Role::DerivesFrom);
        above.map(|mention| mention.of.clone()).collect()
    }

    /// What a part of it speaks of.
    fn within(&self, range: &Range<u32>) -> impl Iterator<Item = &Mention> {
        let from = self.mentions.partition_point(|mention| mention.span.start < range.start);
        let to = self.mentions.partition_point(|mention| mention.span.start < range.end);
        self.mentions.iter().take(to).skip(from)
    }
}

/// Where a file of the search path is.
#[derive(Clone)]
enum Place {
    /// In the caller's file system, to be read when it is needed.
    Path(PathBuf),
    /// In the map.
    Loaded(FileId),
    /// It cannot be read, which has been reported.
    Failed,
}

impl Library {
    pub(super) const fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn add(&mut self, path: &Path, place: Place) {
        let Some(stem) = path.file_stem() else { return };
        let (stem, number) = (fold::fold(&stem.to_string_lossy()), self.files.len());
        self.files.push(place);
        if stem.starts_with("qualifier") {
            self.qualifiers.push(number);
        }
        self.classes.entry(stem).or_default().push(number);
    }

    /// What a file has.
    fn of(&mut self, file: FileId, map: &SourceMap) -> &Contents {
        self.contents.entry(file).or_insert_with(|| {
            let mentions = scan_mentions(map.text(file));
            let declared = mentions.iter().filter(|mention| mention.role == Role::Declares);
            let declared = declared.map(|mention| mention.of.clone()).collect();
            Contents { mentions, declared }
        })
    }

    /// The files that may declare something.
    fn numbers(&self, wanted: &Wanted) -> &[usize] {
        match wanted.sort {
            Sort::Class => self.classes.get(&wanted.name).map_or(&[], Vec::as_slice),
            Sort::Qualifier => &self.qualifiers,
        }
    }
}

/// What is declared so far, and what is needed.
#[derive(Default)]
struct Survey {
    declared: FxHashSet<(Namespace, Wanted)>,
    /// Classes come first: in WMI's dialect only what is found needs declared qualifiers.
    classes: VecDeque<Need>,
    qualifiers: VecDeque<Need>,
    /// The qualifiers that the base of a namespace declares, in lower case.
    there: FxHashMap<Rc<str>, FxHashSet<String>>,
    /// The classes that a namespace of WMI has without being told, in lower case.
    system: FxHashMap<Rc<str>, FxHashSet<String>>,
}

/// A file that is taken into a namespace.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Taken {
    namespace: Namespace,
    file: FileId,
    /// What stands for it, or includes it.
    root: FileId,
}

/// Something that is used.
struct Need {
    namespace: Namespace,
    wanted: Wanted,
    place: (FileId, Span),
}

impl Survey {
    /// Whether the base has what a file of the search path may declare, or the compiler.
    fn is_there(&mut self, loader: &Loader<'_>, needed: &(Namespace, Wanted)) -> bool {
        let (namespace, wanted) = needed;
        let Some(namespace) = namespace.as_ref().or(loader.start.as_ref()) else { return false };
        if loader.library.numbers(wanted).is_empty() {
            return false;
        }
        match wanted.sort {
            Sort::Class => {
                loader.base.class(namespace, &wanted.name).is_some()
                    || (loader.is_wmi && self.is_system(namespace, &wanted.name))
            }
            Sort::Qualifier => {
                let of_base = || {
                    let declared = loader.base.qualifier_types(namespace).into_iter();
                    declared.map(|declared| fold::fold(declared.name.as_str())).collect()
                };
                let there = self.there.entry(namespace.clone()).or_insert_with(of_base);
                there.contains(&wanted.name)
            }
        }
    }

    /// Whether a namespace of WMI has a class of this name, in lower case, without being told.
    fn is_system(&mut self, namespace: &Rc<str>, name: &str) -> bool {
        let of_namespace = || {
            let here = system_classes().into_iter().filter(|(place, _)| place.includes(namespace));
            here.flat_map(|(_, classes)| classes)
                .map(|class| fold::fold(class.name.as_str()))
                .collect()
        };
        self.system.entry(namespace.clone()).or_insert_with(of_namespace).contains(name)
    }
}

impl Loader<'_> {
    /// Adds a directory, a zip archive or a MOF file to the search path: where
    /// declarations are looked for that the sources lack. A class is looked for in the file
    /// of its name (`CIM_Foo.mof`, in any case), a qualifier in files whose names begin with
    /// `qualifier`. Classes are needed as superclasses, by references, by EmbeddedInstance and
    /// Propagated, by instances and their paths. Qualifiers are looked for in WMI's dialect
    /// only when classes are found ([`Loader::with_options`]). What is found is compiled in
    /// front of the sources, and warnings about it are nobody's.
    ///
    /// # Errors
    /// When it does not exist, holds no MOF, cannot be read, or exceeds a limit.
    pub fn add_search_path(&mut self, path: impl AsRef<Path>) -> Result<(), SourceError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        match self.fs.kind(path).map_err(|error| io_error(&name, error))? {
            None => return Err(SourceError::NotFound(name)),
            Some(EntryKind::File) => {
                let bytes = self.read(self.fs, path, &name)?;
                if !archive::is_zip(&bytes) && !archive::is_named_zip(path) {
                    if !is_mof(path) {
                        return Err(SourceError::NoMof(name));
                    }
                    self.library.add(path, Place::Path(path.to_owned()));
                    return Ok(());
                }
                for file in self.unpack(name, &bytes)? {
                    self.map.set_part(file, Part::Unused);
                    let place = PathBuf::from(self.map.name(file));
                    self.library.add(&place, Place::Loaded(file));
                }
            }
            Some(EntryKind::Directory) => {
                let files = files_below(self.fs, path, self.limits.files)
                    .map_err(|error| io_error(&name, error))?;
                if files.is_empty() {
                    return Err(SourceError::NoMof(name));
                }
                for file in files {
                    self.library.add(&file, Place::Path(file.clone()));
                }
            }
        }
        Ok(())
    }

    /// Takes what the sources lack from the search path; the files to start with in front of
    /// all others.
    pub(super) fn complete(&mut self, sink: &mut Diagnostics) -> Vec<FileId> {
        let mut survey = Survey::default();
        self.survey(&mut survey);
        let (mut classes, mut qualifiers) = (Vec::new(), Vec::new());
        loop {
            while let Some(need) = survey.classes.pop_front() {
                classes.extend(self.satisfy(need, &mut survey, sink));
            }
            if classes.is_empty() && self.is_wmi {
                break;
            }
            let Some(need) = survey.qualifiers.pop_front() else { break };
            qualifiers.extend(self.satisfy(need, &mut survey, sink));
        }
        qualifiers.extend(self.superclasses_first(classes));
        qualifiers.into_iter().map(|taken| taken.root).collect()
    }

    /// Takes the file that has what is needed, if that is declared nowhere yet.
    fn satisfy(
        &mut self,
        need: Need,
        survey: &mut Survey,
        sink: &mut Diagnostics,
    ) -> Option<Taken> {
        let Need { namespace, wanted, place } = need;
        let key = (namespace.clone(), wanted);
        if survey.declared.contains(&key) {
            return None;
        }
        let is_there = survey.is_there(self, &key);
        let file = if is_there { None } else { self.look_for(&key.1, place, sink) };
        // Also where there is none: it is looked for once.
        survey.declared.insert(key);
        let file = file?;
        self.take(file, sink);
        let root = match &namespace {
            None => self.visit_file(file, sink)?,
            Some(namespace) => {
                let root = self.include_into(namespace, file)?;
                self.visit(root, sink);
                root
            }
        };
        self.survey(survey);
        Some(Taken { namespace, file, root })
    }

    /// The file of the search path that declares something.
    fn look_for(
        &mut self,
        wanted: &Wanted,
        place: (FileId, Span),
        sink: &mut Diagnostics,
    ) -> Option<FileId> {
        for number in self.library.numbers(wanted).to_vec() {
            let file = match self.searched_file(number) {
                Ok(Some(file)) => file,
                Ok(None) => continue,
                Err(error) => {
                    let (code, message, help) = IncludeProblem::Source(error).explain(&wanted.name);
                    let mut said = Diagnostic::new(code, place.0, place.1, message);
                    said.help = help;
                    sink.push(said);
                    note_unreadable(wanted, sink);
                    continue;
                }
            };
            if self.map.part(file) == Part::Own {
                // What it declares stands where it was asked for.
                continue;
            }
            if self.library.of(file, &self.map).declared.contains(wanted) {
                return Some(file);
            }
            if self.is_unreadable(file) {
                // So that its mistake is told.
                self.map.set_part(file, Part::Searched);
                note_unreadable(wanted, sink);
            }
        }
        None
    }

    /// A file of the search path, read unless it was before; nothing when that failed before.
    fn searched_file(&mut self, number: usize) -> Result<Option<FileId>, SourceError> {
        let Some(place) = self.library.files.get_mut(number) else { return Ok(None) };
        let path = match std::mem::replace(place, Place::Failed) {
            Place::Path(path) => path,
            Place::Failed => return Ok(None),
            Place::Loaded(file) => {
                *place = Place::Loaded(file);
                return Ok(Some(file));
            }
        };
        let name = path.display().to_string();
        let key = self.fs.canonical(&path).map_err(|error| io_error(&name, error))?;
        let known = self.map.len();
        let file = self.load(key, &path)?;
        if file.0 as usize >= known {
            self.map.set_part(file, Part::Unused);
        }
        if let Some(place) = self.library.files.get_mut(number) {
            *place = Place::Loaded(file);
        }
        Ok(Some(file))
    }

    /// Loads what a file of the search path includes.
    fn take(&mut self, file: FileId, sink: &mut Diagnostics) {
        let mut next = vec![file];
        while let Some(file) = next.pop() {
            if self.map.part(file) != Part::Unused {
                continue;
            }
            self.map.set_part(file, Part::Searched);
            let known = self.map.len();
            self.load_includes(file, sink);
            for file in (known..self.map.len()).filter_map(|n| u32::try_from(n).ok()) {
                self.map.set_part(FileId(file), Part::Unused);
            }
            let includes = self.directives.of(file).into_iter().flat_map(|found| &found.includes);
            next.extend(includes.filter_map(|include| include.target));
        }
    }

    /// Notes what the files declare and use that were gone through.
    fn survey(&mut self, survey: &mut Survey) {
        for Stretch { file, range, namespace } in std::mem::take(&mut self.visits.stretches) {
            for mention in self.library.of(file, &self.map).within(&range) {
                // Of a path that leads elsewhere nothing needs to be known.
                let leads_to = mention.namespace.clone();
                if leads_to.is_some_and(|name| known(name, self.start.as_deref()) != namespace) {
                    continue;
                }
                let (namespace, wanted) = (namespace.clone(), mention.of.clone());
                let (sort, place) = (wanted.sort, (file, mention.span));
                let need = Need { namespace, wanted, place };
                match (mention.role, sort) {
                    (Role::Declares, _) => {
                        survey.declared.insert((need.namespace, need.wanted));
                    }
                    (_, Sort::Class) => survey.classes.push_back(need),
                    (_, Sort::Qualifier) => survey.qualifiers.push_back(need),
                }
            }
        }
    }

    /// The files in their order, but each behind those of the classes that it derives from.
    fn superclasses_first(&mut self, taken: Vec<Taken>) -> Vec<Taken> {
        let mut owners: FxHashMap<(Namespace, Wanted), Taken> = FxHashMap::default();
        for one in &taken {
            for wanted in &self.library.of(one.file, &self.map).declared {
                owners
                    .entry((one.namespace.clone(), wanted.clone()))
                    .or_insert_with(|| one.clone());
            }
        }
        let mut ordered = Vec::with_capacity(taken.len());
        let mut entered = FxHashSet::default();
        for first in taken {
            // Each with what is left of that which stands above it.
            let mut open: Vec<(Taken, Vec<Wanted>)> = Vec::new();
            let mut next = Some(first);
            loop {
                if let Some(one) = next.take().filter(|one| entered.insert(one.clone())) {
                    let above = self.library.of(one.file, &self.map).above();
                    open.push((one, above));
                }
                let Some((one, above)) = open.last_mut() else { break };
                match above.pop() {
                    Some(wanted) => next = owners.get(&(one.namespace.clone(), wanted)).cloned(),
                    None => ordered.extend(open.pop().map(|(one, _)| one)),
                }
            }
        }
        ordered
    }

    /// A text that includes a file into a namespace, which is given as it was written.
    fn include_into(&mut self, namespace: &Rc<str>, file: FileId) -> Option<FileId> {
        let (from, written) = *self.visits.chosen.get(namespace)?;
        let (written, path) = (self.map.get(from)?.slice(written), self.map.name(file).to_owned());
        let text = format!("#pragma namespace ({written})\n#pragma include (\"\")\n");
        let (sites, settings) = scan_includes(&text);
        let root = self.map.add(format!("<search path>/{path}"), text.as_str()).ok()?;
        self.origins.push(Origin::Nowhere);
        self.map.set_part(root, Part::Root);
        let includes = sites.iter().map(|site| Include {
            from: root,
            span: site.argument,
            path: path.clone(),
            target: Some(file),
            start: site.start,
        });
        self.directives.add(root, OfFile { includes: includes.collect(), settings });
        Some(root)
    }
}

/// Notes what a file would have declared that cannot be read.
fn note_unreadable(wanted: &Wanted, sink: &mut Diagnostics) {
    match wanted.sort {
        Sort::Class => sink.broken.add_class(&wanted.name),
        Sort::Qualifier => sink.broken.lacks_a_file = true,
    }
}

#[cfg(test)]
mod tests;
