//! Files that are included once more, for another namespace.
//!
//! A file counts once. What it declares goes to the namespace that is in force where it is
//! included (WMI SDK, "#pragma namespace", "#include"), so in each namespace it counts once:
//! for the second one there is a copy of it, which shares its text.

use super::order::Request;
use super::sources::{Include, Sources};
use super::{FileId, Limits};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::syntax::NamespaceSite;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use std::rc::Rc;

/// The name of a namespace, `None` being the one to start with.
type Namespace = Option<Rc<str>>;

/// Gives each namespace its copy of what is included into it, or asked for beside. `namespaces`
/// has the directives that choose one, by file and place.
pub(super) fn include_again(
    sources: &mut Sources,
    requests: &[Request],
    namespaces: &[(FileId, NamespaceSite)],
    limits: &Limits,
    sink: &mut Diagnostics,
) {
    if namespaces.is_empty() {
        return;
    }
    let loaded = sources.includes.len();
    let mut walk = Walk {
        sources,
        namespaces,
        limits,
        sink,
        loaded,
        copied: FxHashMap::default(),
        entered: FxHashMap::default(),
        itself: FxHashSet::default(),
    };
    for root in walk.sources.roots.clone() {
        walk.root(root);
    }
    for request in requests {
        if let Request::File(file) = request
            && !walk.entered.contains_key(&(*file, None))
            && let Some(copy) = walk.copy(*file)
        {
            walk.sources.roots.push(copy);
            walk.root(copy);
        }
    }
    walk.sources.includes.sort_by_key(|include| (include.from, include.start));
}

struct Walk<'a> {
    sources: &'a mut Sources,
    namespaces: &'a [(FileId, NamespaceSite)],
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
        self.entered.insert((self.original(root), None), root);
        self.itself.insert(root);
        let mut open = vec![self.steps(root)];
        while let Some(steps) = open.last_mut() {
            match steps.pop() {
                None => drop(open.pop()),
                Some(Step::Namespace(name)) => namespace = Some(name),
                Some(Step::Include(index)) => {
                    if let Some(file) = self.included(index, &namespace) {
                        open.push(self.steps(file));
                    }
                }
            }
        }
    }

    /// What a file does, the last first.
    fn steps(&self, file: FileId) -> Vec<Step> {
        let original = self.original(file);
        let from = self.namespaces.partition_point(|(of, _)| *of < original);
        let namespaces = self.namespaces.iter().skip(from).take_while(|(of, _)| *of == original);
        let includes = self.includes_of(file);
        let start = |index: usize| {
            self.sources.includes.get(index).map_or(0, |include: &Include| include.start)
        };
        let mut steps: Vec<(u32, Step)> = namespaces
            .map(|(_, site)| (site.start, Step::Namespace(site.name.clone())))
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

    /// The file that an include leads to, unless it has been in this namespace.
    fn included(&mut self, index: usize, namespace: &Namespace) -> Option<FileId> {
        let include = self.sources.includes.get(index)?;
        let (target, from, span) = (self.original(include.target?), include.from, include.span);
        let key = (target, namespace.clone());
        let known = self.entered.get(&key).copied();
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
