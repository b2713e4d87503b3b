//! Going through the files in the order of compilation.
//!
//! An include puts a text in the place of the directive (WMI SDK, "#include"). What a file
//! declares goes to the namespace that is in force there, so it counts once in each: for the
//! second one there is a copy of it, which shares its text. A file that itself sets something
//! for what follows, as a namespace, does so at every place, and has a copy for each.

use super::FileId;
use super::loader::Loader;
use super::place::Origin;
use super::sources::Include;
use crate::Span;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use std::rc::Rc;

/// The name of a namespace in lower case, `None` being the one to start with.
pub(super) type Namespace = Option<Rc<str>>;

/// What the caller asked to compile.
#[derive(Clone, Debug)]
pub(super) enum Request {
    /// One file.
    File(FileId),
    /// All files of a directory or archive, in the order of their paths.
    Set(Vec<FileId>),
}

/// What came of the files that were gone through.
#[derive(Default)]
pub(super) struct Visits {
    /// What stands for a file in a namespace: itself, or a copy.
    entered: FxHashMap<(FileId, Namespace), FileId>,
    /// The files that stand for themselves in a namespace.
    itself: FxHashSet<FileId>,
    /// Those that set something for what follows, or include one that does.
    lasting: FxHashSet<FileId>,
    /// The includes of copies.
    pub(super) copied: Vec<Include>,
    /// Where a namespace is chosen first.
    pub(super) chosen: FxHashMap<Rc<str>, (FileId, Span)>,
    /// The parts of files, in their order, when there is a path to search.
    pub(super) stretches: Vec<Stretch>,
}

/// A part of a file, and the namespace in force there.
pub(super) struct Stretch {
    pub(super) file: FileId,
    pub(super) range: Range<u32>,
    pub(super) namespace: Namespace,
}

/// A file on the way from the root.
struct Open {
    file: FileId,
    /// What it is a copy of, or itself.
    original: FileId,
    /// What it still does, the last first.
    steps: Vec<(u32, Step)>,
    /// How far it was gone through.
    at: u32,
    /// Whether it sets something for what follows, as far as is known.
    is_lasting: bool,
}

/// What a file does to what comes behind it.
enum Step {
    /// By the number of the directive.
    Include(usize),
    Namespace(Rc<str>, Span),
}

/// A namespace, `None` if it is the one to start with.
pub(super) fn known(name: Rc<str>, start: Option<&str>) -> Namespace {
    Some(name).filter(|name| start != Some(&**name))
}

impl Loader<'_> {
    /// Goes through all that was asked for; the files to start with, in order. Of a set these
    /// are the files that no other file includes; of files that only include each other, the
    /// first.
    pub(super) fn visit_requests(&mut self, sink: &mut Diagnostics) -> Vec<FileId> {
        let mut included = vec![false; self.map.len()];
        for include in self.directives.includes() {
            if let Some(target) = include.target
                && target != include.from
                && let Some(mark) = included.get_mut(target.0 as usize)
            {
                *mark = true;
            }
        }
        let mut roots = Vec::new();
        for request in std::mem::take(&mut self.requests) {
            match request {
                Request::File(file) => roots.extend(self.visit_file(file, sink)),
                Request::Set(set) => {
                    let is_included = |file: &FileId| included.get(file.0 as usize) == Some(&true);
                    let (within, first): (Vec<_>, Vec<_>) = set.into_iter().partition(is_included);
                    for file in first.into_iter().chain(within) {
                        if !self.visits.itself.contains(&file) {
                            self.visit(file, sink);
                            roots.push(file);
                        }
                    }
                }
            }
        }
        roots
    }

    /// Goes through a file in the namespace to start with, unless it has been there; the root
    /// that stands for it.
    pub(super) fn visit_file(&mut self, file: FileId, sink: &mut Diagnostics) -> Option<FileId> {
        if self.visits.entered.contains_key(&(file, None)) {
            return None;
        }
        let root = self.stand_in(file)?;
        self.visit(root, sink);
        Some(root)
    }

    /// Goes through a root and all that it includes.
    pub(super) fn visit(&mut self, root: FileId, sink: &mut Diagnostics) {
        let mut namespace: Namespace = None;
        self.visits.itself.insert(root);
        self.visits.entered.insert((self.map.original(root), None), root);
        let mut entered = FxHashSet::default();
        let mut open = Vec::new();
        let mut next = Some(root);
        loop {
            if let Some(file) = next.take() {
                let file = self.open(file);
                entered.insert(file.original);
                open.push(file);
            }
            let Some(file) = open.last_mut() else { break };
            let step = file.steps.pop();
            let to = step.as_ref().map_or(u32::MAX, |(start, _)| *start);
            let range = std::mem::replace(&mut file.at, to)..to;
            if !self.library.is_empty() {
                let (file, namespace) = (file.original, namespace.clone());
                self.visits.stretches.push(Stretch { file, range, namespace });
            }
            match step {
                Some((_, Step::Namespace(name, argument))) => {
                    let place = (file.original, argument);
                    self.visits.chosen.entry(name.clone()).or_insert(place);
                    namespace = known(name, self.start.as_deref());
                }
                Some((_, Step::Include(index))) => {
                    next = self.include(index, &namespace, (&open, &entered), sink);
                }
                None => {
                    let Some(done) = open.pop() else { break };
                    entered.remove(&done.original);
                    if done.is_lasting {
                        self.visits.lasting.insert(done.original);
                        if let Some(above) = open.last_mut() {
                            above.is_lasting = true;
                        }
                    }
                }
            }
        }
    }

    /// A file as it is entered.
    fn open(&self, file: FileId) -> Open {
        let original = self.map.original(file);
        let (mut steps, mut is_lasting) = (Vec::new(), false);
        if let Some(found) = self.directives.of(original) {
            let includes = found.includes.iter().enumerate();
            steps.extend(includes.map(|(n, include)| (include.start, Step::Include(n))));
            for site in &found.settings {
                let name = site.namespace.clone();
                let step = name.map(|name| (site.start, Step::Namespace(name, site.argument)));
                steps.extend(step);
                is_lasting = true;
            }
            steps.sort_by_key(|(start, _)| std::cmp::Reverse(*start));
        }
        Open { file, original, steps, at: 0, is_lasting }
    }

    /// Decides where an include of the last open file leads to; that file, unless it has done
    /// there what it does.
    fn include(
        &mut self,
        index: usize,
        namespace: &Namespace,
        (open, entered): (&[Open], &FxHashSet<FileId>),
        sink: &mut Diagnostics,
    ) -> Option<FileId> {
        let &Open { file: from, original, .. } = open.last()?;
        let include = self.directives.include(original, index)?;
        let (span, target) = (include.span, include.target);
        // Once it was decided for the original, it may lead to a copy.
        let target = target.map(|target| self.map.original(target));
        let (mut leads_to, mut enters) = (target, false);
        if let Some(target) = target {
            let key = (target, namespace.clone());
            let is_lasting = self.visits.lasting.contains(&target);
            if entered.contains(&target) {
                if from == original {
                    sink.push(self.cycle((from, span), target, open));
                } else {
                    // What a copy would come back to is a copy, and being compiled; the original
                    // belongs to another place.
                    leads_to = None;
                }
            } else if let Some(known) = self.visits.entered.get(&key).filter(|_| !is_lasting) {
                leads_to = Some(*known);
            } else if let Some(file) = self.stand_in(target) {
                self.visits.entered.insert(key, file);
                (leads_to, enters) = (Some(file), true);
            } else {
                let message = format!("there are more than {} files", self.limits.files);
                sink.push(Diagnostic::new(Code::SourceLimit, from, span, message));
            }
        }
        let include = self.directives.include(original, index)?;
        if from == original {
            include.target = leads_to;
        } else {
            self.visits.copied.push(Include { from, target: leads_to, ..include.clone() });
        }
        leads_to.filter(|_| enters)
    }

    /// That files include each other in a circle, which an include of the last one closes.
    fn cycle(&self, (from, span): (FileId, Span), target: FileId, open: &[Open]) -> Diagnostic {
        let circle = open.iter().map(|open| open.original).skip_while(|file| *file != target);
        let names: Vec<&str> = circle.chain([target]).map(|file| self.map.name(file)).collect();
        let message = format!("files include each other in a circle: {}", names.join(" -> "));
        Diagnostic::new(Code::IncludeCycle, from, span, message)
            .with_help("the file is being compiled already; remove this directive")
    }

    /// What stands for a file at one more place: itself at the first, then copies, as long as
    /// there are not too many files.
    fn stand_in(&mut self, original: FileId) -> Option<FileId> {
        if self.visits.itself.insert(original) {
            return Some(original);
        }
        if self.map.len() >= self.limits.files {
            return None;
        }
        let copy = self.map.add_again(original)?;
        // What it includes is known.
        self.origins.push(Origin::Nowhere);
        Some(copy)
    }
}
