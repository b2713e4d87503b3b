//! Finding the declarations that texts lack.
//!
//! Schemas have a file for each class, named after it, so that a class which nothing declares
//! can be found by its name. What is found may need others again. Each file that is taken is a
//! root of its own in front of all others, in the namespace in which it is needed.

use super::archive;
use super::directives::Directives;
use super::error::{SourceError, io_error};
use super::fs::EntryKind;
use super::include::IncludeProblem;
use super::loader::{Loader, Origin};
use super::map::Part;
use super::order::{Request, roots};
use super::sources::Include;
use super::walk::files_below;
use super::{FileId, Span};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::syntax::{Mention, SettingSite, Sort, Wanted, scan_includes, scan_mentions};
use cimarron_model::fold;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
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
    /// What files declare that were looked into.
    declared: FxHashMap<FileId, FxHashSet<Wanted>>,
}

/// Where a file of the search path is.
#[derive(Clone)]
enum Place {
    /// In the caller's file system, to be read when it is needed.
    Path(PathBuf),
    /// In the map.
    Loaded(FileId),
}

impl Library {
    fn add(&mut self, path: &Path, place: Place) {
        let Some(stem) = path.file_stem() else { return };
        let (stem, number) = (fold::fold(&stem.to_string_lossy()), self.files.len());
        self.files.push(place);
        if stem.starts_with("qualifier") {
            self.qualifiers.push(number);
        }
        self.classes.entry(stem).or_default().push(number);
    }

    /// The files that may declare something.
    fn numbers(&self, wanted: &Wanted) -> &[usize] {
        match wanted.sort {
            Sort::Class => self.classes.get(&wanted.name).map_or(&[], Vec::as_slice),
            Sort::Qualifier => &self.qualifiers,
        }
    }
}

/// The namespace that something is declared or needed in; `None` is the one to start with.
type Namespace = Option<Rc<str>>;

/// What is declared so far, and what is needed.
#[derive(Default)]
struct Survey {
    declared: FxHashSet<(Namespace, Wanted)>,
    needed: VecDeque<Need>,
    /// The namespace in force behind a file that begins in another one; `None` while it is open.
    behind: FxHashMap<(FileId, Namespace), Option<Namespace>>,
    /// The files taken, in the order in which they were needed.
    taken: Vec<(Namespace, FileId, Sort)>,
}

/// Something that is used.
struct Need {
    namespace: Namespace,
    wanted: Wanted,
    place: (FileId, Span),
}

/// A file that is being surveyed.
struct Open {
    file: FileId,
    /// The one in force where it begins.
    namespace: Namespace,
    /// What it still says, the last first.
    steps: Vec<Step>,
}

/// What a file says, in its order.
enum Step {
    Include(FileId),
    Namespace(Rc<str>),
    Mention(Mention),
}

impl Survey {
    /// Opens a file, unless it was surveyed already.
    fn enter(
        &mut self,
        loader: &Loader<'_>,
        found: &Directives,
        file: FileId,
        namespace: &Namespace,
    ) -> Option<Open> {
        let namespace = namespace.clone();
        if self.behind.contains_key(&(file, namespace.clone())) {
            return None;
        }
        self.behind.insert((file, namespace.clone()), None);
        let mentions = scan_mentions(loader.map.text(file)).into_iter();
        let mut steps: Vec<(u32, Step)> =
            mentions.map(|mention| (mention.span.start, Step::Mention(mention))).collect();
        for include in found.includes_of(file) {
            steps.extend(include.target.map(|target| (include.start, Step::Include(target))));
        }
        for site in found.settings_of(file) {
            let namespace = site.namespace.clone();
            steps.extend(namespace.map(|name| (site.start, Step::Namespace(name))));
        }
        steps.sort_by_key(|(start, _)| std::cmp::Reverse(*start));
        let steps = steps.into_iter().map(|(_, step)| step).collect();
        Some(Open { file, namespace, steps })
    }
}

impl Loader<'_> {
    /// Adds a directory, a zip archive or a file to the search path: where
    /// declarations are looked for that the sources lack. A class is looked for in the file
    /// of its name (`CIM_Foo.mof`, in any case), a qualifier in files whose names begin with
    /// `qualifier`. Classes are needed as superclasses, by references, by EmbeddedInstance
    /// and by instances. What is found is compiled in front of the sources, and warnings
    /// about it are nobody's.
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

    /// Takes what the sources lack from the search path.
    pub(super) fn complete(&mut self, found: &mut Directives, sink: &mut Diagnostics) {
        if self.library.files.is_empty() {
            return;
        }
        let mut survey = Survey::default();
        let (roots, _) = roots(&self.requests, &found.includes, self.map.len());
        for root in roots {
            self.survey(&mut survey, found, (root, None));
        }
        while let Some(need) = survey.needed.pop_front() {
            let key = (need.namespace, need.wanted);
            if survey.declared.contains(&key) {
                continue;
            }
            let ((namespace, wanted), (user, span)) = (key, need.place);
            match self.look_for(&wanted) {
                Ok(None) => {}
                Ok(Some(file)) => {
                    survey.taken.push((namespace.clone(), file, wanted.sort));
                    self.take(file, found, sink);
                    self.survey(&mut survey, found, (file, namespace.clone()));
                }
                Err(error) => {
                    let (code, message, help) = IncludeProblem::Source(error).explain(&wanted.name);
                    let mut said = Diagnostic::new(code, user, span, message);
                    said.help = help;
                    sink.push(said);
                }
            }
            // Also where there is none: it is looked for once.
            survey.declared.insert((namespace, wanted));
        }
        self.put_first(survey.taken, found);
    }

    /// The file of the search path that declares something.
    fn look_for(&mut self, wanted: &Wanted) -> Result<Option<FileId>, SourceError> {
        for number in self.library.numbers(wanted).to_vec() {
            let Some(file) = self.searched_file(number)? else { continue };
            if self.map.part(file) == Part::Own {
                // What it declares stands where it was asked for.
                continue;
            }
            let text = self.map.text(file);
            let declared = self.library.declared.entry(file).or_insert_with(|| {
                let mentions = scan_mentions(text).into_iter();
                mentions.filter(|mention| mention.declares).map(|mention| mention.of).collect()
            });
            if declared.contains(wanted) {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// A file of the search path, read unless it was before.
    fn searched_file(&mut self, number: usize) -> Result<Option<FileId>, SourceError> {
        let path = match self.library.files.get(number) {
            Some(Place::Path(path)) => path.clone(),
            Some(Place::Loaded(file)) => return Ok(Some(*file)),
            None => return Ok(None),
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
    fn take(&mut self, file: FileId, found: &mut Directives, sink: &mut Diagnostics) {
        let mut next = vec![file];
        while let Some(file) = next.pop() {
            if self.map.part(file) != Part::Unused {
                continue;
            }
            self.map.set_part(file, Part::Searched);
            let (known, before) = (self.map.len(), found.includes.len());
            self.load_includes(file, found, sink);
            for file in (known..self.map.len()).filter_map(|n| u32::try_from(n).ok()) {
                self.map.set_part(FileId(file), Part::Unused);
            }
            let targets = found.includes.iter().skip(before).filter_map(|include| include.target);
            next.extend(targets);
        }
        found.sort();
    }

    /// Notes what a root and all that it includes declare and use.
    fn survey(
        &self,
        survey: &mut Survey,
        found: &Directives,
        (root, namespace): (FileId, Namespace),
    ) {
        let mut now = namespace;
        let mut open: Vec<Open> = survey.enter(self, found, root, &now).into_iter().collect();
        while let Some(file) = open.last_mut() {
            match file.steps.pop() {
                None => {
                    survey.behind.insert((file.file, file.namespace.clone()), Some(now.clone()));
                    open.pop();
                }
                Some(Step::Namespace(name)) => now = Some(name),
                Some(Step::Include(target)) => match survey.behind.get(&(target, now.clone())) {
                    Some(behind) => now = behind.clone().unwrap_or(now),
                    None => open.extend(survey.enter(self, found, target, &now)),
                },
                Some(Step::Mention(mention)) => {
                    let (namespace, wanted) = (now.clone(), mention.of);
                    if mention.declares {
                        survey.declared.insert((namespace, wanted));
                    } else {
                        let place = (file.file, mention.span);
                        survey.needed.push_back(Need { namespace, wanted, place });
                    }
                }
            }
        }
    }

    /// Makes roots of the files that were taken: first what declares qualifiers, then the
    /// rest, the last needed first, as it is most likely what the others need.
    fn put_first(&mut self, taken: Vec<(Namespace, FileId, Sort)>, found: &mut Directives) {
        let (qualifiers, classes): (Vec<_>, Vec<_>) =
            taken.into_iter().partition(|(_, _, sort)| *sort == Sort::Qualifier);
        let in_order = qualifiers.into_iter().chain(classes.into_iter().rev());
        let mut first = Vec::new();
        for (namespace, file, _) in in_order {
            let root = match namespace {
                None => Some(file),
                Some(namespace) => self.include_into(&namespace, file, found),
            };
            first.extend(root.map(Request::File));
        }
        found.sort();
        self.requests.splice(0..0, first);
    }

    /// A text that includes a file into a namespace.
    fn include_into(
        &mut self,
        namespace: &str,
        file: FileId,
        found: &mut Directives,
    ) -> Option<FileId> {
        let path = self.map.name(file).to_owned();
        let chosen =
            |(_, site): &&(FileId, SettingSite)| site.namespace.as_deref() == Some(namespace);
        let (chooser, site) = found.settings.iter().find(chosen)?;
        let written = self.map.get(*chooser)?.slice(site.argument);
        let text = format!("#pragma namespace ({written})\n#pragma include (\"\")\n");
        let (sites, settings) = scan_includes(&text);
        let root = self.map.add(format!("<search path>/{path}"), text.as_str()).ok()?;
        self.origins.push(Origin::Nowhere);
        self.map.set_part(root, Part::Searched);
        found.settings.extend(settings.into_iter().map(|site| (root, site)));
        found.includes.extend(sites.iter().map(|site| Include {
            from: root,
            span: site.argument,
            path: path.clone(),
            target: Some(file),
            start: site.start,
        }));
        Some(root)
    }
}

#[cfg(test)]
mod tests;
