//! Files that are included once more.
//!
//! An include puts a text in the place of the directive (WMI SDK, "#include"). What a file
//! declares goes to the namespace that is in force there, so it counts once in each: for the
//! second one there is a copy of it, which shares its text. A file that itself sets something
//! for what follows, as a namespace, does so at every place, and has a copy for each.

use super::order::Request;
use super::sources::{Include, Sources};
use super::{FileId, Limits};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::syntax::SettingSite;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use std::rc::Rc;

/// The name of a namespace, `None` being the one to start with.
type Namespace = Option<Rc<str>>;

/// Gives each namespace its copy of what is included into it, or asked for beside. `settings`
/// has the directives that hold for what follows, by file and place.
pub(super) fn include_again(
    sources: &mut Sources,
    requests: &[Request],
    settings: &[(FileId, SettingSite)],
    (start, limits): (Option<&str>, &Limits),
    sink: &mut Diagnostics,
) {
    if settings.is_empty() {
        return;
    }
    let lasting = lasting(&sources.includes, settings);
    let loaded = sources.includes.len();
    let mut walk = Walk {
        sources,
        settings,
        lasting,
        start,
        limits,
        sink,
        loaded,
        copied: FxHashMap::default(),
        entered: FxHashMap::default(),
        itself: FxHashSet::default(),
        open: FxHashSet::default(),
    };
    let mut roots = std::mem::take(&mut walk.sources.roots).into_iter().peekable();
    for request in requests {
        match request {
            Request::File(file) => {
                if roots.next_if_eq(file).is_some() {
                    walk.root(*file);
                } else if !walk.entered.contains_key(&(*file, None))
                    && let Some(copy) = walk.copy(*file)
                {
                    walk.root(copy);
                }
            }
            Request::Set(set) => {
                let set: FxHashSet<FileId> = set.iter().copied().collect();
                while let Some(root) = roots.next_if(|root| set.contains(root)) {
                    walk.root(root);
                }
            }
        }
    }
    walk.sources.includes.sort_by_key(|include| (include.from, include.start));
}

/// The files that set something for what follows, or include one that does.
fn lasting(includes: &[Include], settings: &[(FileId, SettingSite)]) -> FxHashSet<FileId> {
    let mut including: FxHashMap<FileId, Vec<FileId>> = FxHashMap::default();
    for include in includes {
        if let Some(target) = include.target {
            including.entry(target).or_default().push(include.from);
        }
    }
    let mut lasting = FxHashSet::default();
    let mut next: Vec<FileId> = settings.iter().map(|(file, _)| *file).collect();
    while let Some(file) = next.pop() {
        if lasting.insert(file) {
            next.extend(including.get(&file).into_iter().flatten());
        }
    }
    lasting
}

struct Walk<'a> {
    sources: &'a mut Sources,
    settings: &'a [(FileId, SettingSite)],
    lasting: FxHashSet<FileId>,
    /// The name of the namespace to start with, if it is known.
    start: Option<&'a str>,
    limits: &'a Limits,
    sink: &'a mut Diagnostics,
    /// How many includes there were before any was copied.
    loaded: usize,
    /// What each copy is of, and where its includes stand.
    copied: FxHashMap<FileId, (FileId, Range<usize>)>,
    /// What stands for a file in a namespace: itself, or a copy.
    entered: FxHashMap<(FileId, Namespace), FileId>,
    /// The files that stand for themselves in a namespace.
    itself: FxHashSet<FileId>,
    /// The files on the way from the root.
    open: FxHashSet<FileId>,
}

/// What a file does to what comes behind it.
enum Step {
    Include(usize),
    Namespace(Rc<str>),
}

impl Walk<'_> {
    /// Goes through a file and all that it includes, in the order of compilation.
    fn root(&mut self, root: FileId) {
        let mut namespace: Namespace = None;
        self.sources.roots.push(root);
        self.entered.insert((self.original(root), None), root);
        self.itself.insert(root);
        let mut open = vec![self.enter(root)];
        while let Some((file, steps)) = open.last_mut() {
            match steps.pop() {
                None => {
                    self.open.remove(file);
                    open.pop();
                }
                Some(Step::Namespace(name)) => {
                    namespace = Some(name).filter(|name| self.start != Some(&**name));
                }
                Some(Step::Include(index)) => {
                    let file = self.included(index, &namespace);
                    open.extend(file.map(|file| self.enter(file)));
                }
            }
        }
    }

    /// What a file is a copy of, and what it does.
    fn enter(&mut self, file: FileId) -> (FileId, Vec<Step>) {
        let original = self.original(file);
        self.open.insert(original);
        (original, self.steps(file))
    }

    /// What a file does, the last first.
    fn steps(&self, file: FileId) -> Vec<Step> {
        let original = self.original(file);
        let from = self.settings.partition_point(|(of, _)| *of < original);
        let settings = self.settings.iter().skip(from).take_while(|(of, _)| *of == original);
        let includes = self.includes_of(file);
        let start = |index: usize| {
            self.sources.includes.get(index).map_or(0, |include: &Include| include.start)
        };
        let mut steps: Vec<(u32, Step)> = settings
            .filter_map(|(_, site)| Some((site.start, Step::Namespace(site.namespace.clone()?))))
            .chain(includes.map(|index| (start(index), Step::Include(index))))
            .collect();
        steps.sort_by_key(|(start, _)| std::cmp::Reverse(*start));
        steps.into_iter().map(|(_, step)| step).collect()
    }

    fn original(&self, file: FileId) -> FileId {
        self.copied.get(&file).map_or(file, |(original, _)| *original)
    }

    fn includes_of(&self, file: FileId) -> Range<usize> {
        if let Some((_, includes)) = self.copied.get(&file) {
            return includes.clone();
        }
        let loaded = self.sources.includes.get(..self.loaded).unwrap_or_default();
        let place = |before: &dyn Fn(&FileId) -> bool| loaded.partition_point(|i| before(&i.from));
        place(&|from| *from < file)..place(&|from| *from <= file)
    }

    /// The file that an include leads to, unless it has done there what it does.
    fn included(&mut self, index: usize, namespace: &Namespace) -> Option<FileId> {
        let include = self.sources.includes.get(index)?;
        let (target, from, span) = (self.original(include.target?), include.from, include.span);
        let key = (target, namespace.clone());
        if self.open.contains(&target) {
            return None;
        }
        let known = self.entered.get(&key).filter(|_| !self.lasting.contains(&target)).copied();
        let file = match known {
            Some(file) => file,
            None if self.itself.insert(target) => target,
            None => match self.copy(target) {
                Some(copy) => copy,
                None => {
                    let message = format!("there are more than {} files", self.limits.files);
                    self.sink.push(Diagnostic::new(Code::SourceLimit, from, span, message));
                    return None;
                }
            },
        };
        self.sources.includes.get_mut(index)?.target = Some(file);
        if known.is_some() {
            return None;
        }
        self.entered.insert(key, file);
        Some(file)
    }

    /// A copy of a file, unless there are too many files.
    fn copy(&mut self, original: FileId) -> Option<FileId> {
        if self.sources.map.len() >= self.limits.files {
            return None;
        }
        let copy = self.sources.map.add_again(original)?;
        let includes = self.includes_of(original);
        let start = self.sources.includes.len();
        for index in includes {
            let include = self.sources.includes.get(index)?.clone();
            self.sources.includes.push(Include { from: copy, ..include });
        }
        self.copied.insert(copy, (original, start..self.sources.includes.len()));
        Some(copy)
    }
}
