//! The members of resolved classes, and how they are found by their names.

use cimarron_model::{CaseInsensitive, Method, Name, Property, fold};
use hashbrown::HashMap;
use std::sync::Arc;

/// A member of a resolved class, as some class at or above it declares it.
#[derive(Debug)]
pub struct Member<T> {
    /// The declaration, its qualifiers merged with what it overrides.
    pub declaration: Arc<T>,
    /// That of its name: looking for a member reads no names but the right one. Nobody keeps
    /// it, so it need not be the one that archives have, which takes a step for every letter.
    name_hash: u32,
    /// The depth of the class that wrote it.
    pub declared_at: u16,
}

// A derive would ask for `T: Clone`, which sharing does not need.
impl<T> Clone for Member<T> {
    fn clone(&self) -> Self {
        Self { declaration: self.declaration.clone(), ..*self }
    }
}

/// What has a name.
pub trait Named {
    /// The name.
    fn name(&self) -> &str;
}

impl Named for Property {
    fn name(&self) -> &str {
        self.name.as_str()
    }
}

impl Named for Method {
    fn name(&self) -> &str {
        self.name.as_str()
    }
}

impl<T: Named> Named for Member<T> {
    fn name(&self) -> &str {
        self.declaration.name()
    }
}

impl<T: Named> Member<T> {
    /// A member that the class at this depth declares.
    pub fn new(declaration: Arc<T>, declared_at: u16) -> Self {
        let name_hash = fold::short_hash(declaration.name());
        Self { declaration, name_hash, declared_at }
    }

    /// The position of the member of this name.
    pub(crate) fn find<'a>(
        members: &'a [Self],
        index: Option<&Index>,
        name: &str,
    ) -> Option<(usize, &'a Self)> {
        if let Some(index) = index {
            let at = *index.get(&CaseInsensitive(name))?;
            return Some((at, members.get(at)?));
        }
        let hash = fold::short_hash(name);
        let fits = |m: &Self| m.name_hash == hash && fold::eq(m.declaration.name(), name);
        members.iter().enumerate().find(|(_, m)| fits(m))
    }
}

/// Where members are, by their names.
pub(crate) type Index = HashMap<Name, usize>;

/// How many members are looked through one by one; more than any class of a schema has.
pub(crate) const FEW: usize = 512;

/// The index of members, if there will be many of them.
pub(crate) fn index_of<T: Named>(members: &[Member<T>], more: usize) -> Option<Box<Index>> {
    let index = || {
        let names = members.iter().enumerate();
        names.map(|(at, member)| (Name::new(member.name()), at)).collect()
    };
    (members.len() + more > FEW).then(|| Box::new(index()))
}

/// The members with room for some more.
pub(crate) fn with_room<T>(members: &[Member<T>], more: usize) -> Vec<Member<T>> {
    let mut all = Vec::with_capacity(members.len() + more);
    all.extend_from_slice(members);
    all
}

/// Puts a declaration at its place and notes it as the class's own.
pub(crate) fn place<T: Named>(
    members: &mut Vec<Member<T>>,
    own: &mut Vec<u32>,
    at: usize,
    declared: T,
    declared_at: u16,
) {
    let member = Member::new(Arc::new(declared), declared_at);
    let number = u32::try_from(at).unwrap_or(u32::MAX);
    match members.get_mut(at) {
        // Of what a mistake declares twice, the first counts.
        Some(slot) if slot.declared_at == declared_at => return,
        Some(slot) => *slot = member,
        None => members.push(member),
    }
    own.push(number);
}

pub(crate) fn pick<'a, T>(
    positions: &'a [u32],
    members: &'a [Member<T>],
) -> impl Iterator<Item = &'a T> + 'a {
    positions.iter().filter_map(|at| members.get(*at as usize)).map(|m| &*m.declaration)
}
