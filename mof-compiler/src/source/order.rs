//! Which files are roots, and whether includes run in circles.

use super::{FileId, Include};

/// What the caller asked to compile.
#[derive(Clone, Debug)]
pub(super) enum Request {
    /// One file.
    File(FileId),
    /// All files of a directory or archive, in the order of their paths.
    Set(Vec<FileId>),
}

/// An include that leads back to a file that is being included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cycle {
    /// The index of the include directive that closes the circle.
    pub(super) include: usize,
    /// The files of the circle, the first one also last.
    pub(super) files: Vec<FileId>,
}

/// The files to start with, in order. Of a set these are the files that no
/// other file includes; of files that only include each other, the first.
/// `includes` is sorted by file and place.
pub(super) fn roots(
    requests: &[Request],
    includes: &[Include],
    files: usize,
) -> (Vec<FileId>, Vec<Cycle>) {
    let mut walk = Walk { includes, state: vec![State::New; files], cycles: Vec::new() };
    let mut included = vec![false; files];
    for include in includes {
        if let Some(target) = include.target
            && target != include.from
            && let Some(mark) = included.get_mut(target.0 as usize)
        {
            *mark = true;
        }
    }
    let is_included = |file: &FileId| included.get(file.0 as usize).copied().unwrap_or(true);
    let mut roots = Vec::new();
    for request in requests {
        match request {
            Request::File(file) => walk.visit(*file, &mut roots),
            Request::Set(set) => {
                for file in set.iter().filter(|file| !is_included(file)) {
                    walk.visit(*file, &mut roots);
                }
                for file in set {
                    walk.visit(*file, &mut roots);
                }
            }
        }
    }
    (roots, walk.cycles)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

struct Walk<'a> {
    includes: &'a [Include],
    state: Vec<State>,
    cycles: Vec<Cycle>,
}

impl Walk<'_> {
    /// Visits a file and all that it includes, unless it was visited before.
    fn visit(&mut self, root: FileId, roots: &mut Vec<FileId>) {
        if self.state_of(root) != State::New {
            return;
        }
        roots.push(root);
        let mut open = vec![(root, self.first_include(root))];
        self.set(root, State::Open);
        while let Some((file, next)) = open.last_mut() {
            let (file, index) = (*file, *next);
            *next += 1;
            let Some(include) = self.includes.get(index).filter(|i| i.from == file) else {
                self.set(file, State::Done);
                open.pop();
                continue;
            };
            let Some(target) = include.target else { continue };
            match self.state_of(target) {
                State::New => {
                    self.set(target, State::Open);
                    open.push((target, self.first_include(target)));
                }
                State::Open => {
                    let circle = open.iter().map(|(file, _)| *file).skip_while(|f| *f != target);
                    let files = circle.chain([target]).collect();
                    self.cycles.push(Cycle { include: index, files });
                }
                State::Done => {}
            }
        }
    }

    fn first_include(&self, file: FileId) -> usize {
        self.includes.partition_point(|include| include.from < file)
    }

    fn state_of(&self, file: FileId) -> State {
        self.state.get(file.0 as usize).copied().unwrap_or(State::Done)
    }

    fn set(&mut self, file: FileId, state: State) {
        if let Some(slot) = self.state.get_mut(file.0 as usize) {
            *slot = state;
        }
    }
}
