//! Guessing renames: a removed and an added element of one shape.

use super::member::Member;
use cimarron_model::{Name, fold, suggest};
use cimarron_schema::ClassView;
use hashbrown::HashMap;

/// Pairs of removed and added classes that declare the same below the same
/// superclass.
pub(super) fn classes<'a>(
    removed: &[ClassView<'a>],
    added: &[ClassView<'a>],
    in_implied: bool,
) -> Vec<(ClassView<'a>, ClassView<'a>)> {
    let shape = |class: &ClassView<'a>| {
        let mut members: Vec<String> =
            class.own_properties().map(|p| p.declaration(in_implied)).collect();
        members.extend(class.own_methods().map(|m| m.declaration(in_implied)));
        // A class without members is like every other.
        (!members.is_empty()).then(|| {
            let above = class.superclass_name().unwrap_or_default();
            fold::fold(&format!("{above}: {}", members.join("; ")))
        })
    };
    pairs(removed, added, shape, |class| class.name())
}

/// Pairs of removed and added members of a class that differ in the name only.
pub(super) fn members<'a, M: Member<'a>>(
    removed: &[M],
    added: &[M],
    in_implied: bool,
) -> Vec<(M, M)> {
    let shape = |member: &M| {
        // The name is what differs, so it is taken out of the declaration.
        let declaration = member.declaration(in_implied);
        let mut parts = vec![declaration.replacen(member.name(), "", 1)];
        for qualifier in member.qualifiers().iter() {
            if !["Description", "Override", "Version"].iter().any(|n| fold::eq(n, qualifier.name()))
            {
                parts.push(format!("{} {}", qualifier.name(), qualifier.value()));
            }
        }
        parts.sort();
        Some(fold::fold(&parts.join("; ")))
    };
    pairs(removed, added, shape, |member| member.name())
}

/// Pairs off what has one shape: where there is a choice, with the most similar
/// name, and not at all where no name is similar.
fn pairs<'a, T: Copy>(
    removed: &[T],
    added: &[T],
    shape: impl Fn(&T) -> Option<String>,
    name: impl Fn(T) -> &'a str,
) -> Vec<(T, T)> {
    /// More of one shape are too many to guess among.
    const MOST: usize = 16;
    let mut by_shape: HashMap<String, (Vec<T>, Vec<T>)> = HashMap::new();
    let mut order = Vec::new();
    for item in removed {
        if let Some(shape) = shape(item) {
            order.push(shape.clone());
            by_shape.entry(shape).or_default().0.push(*item);
        }
    }
    for item in added {
        if let Some(group) = shape(item).and_then(|shape| by_shape.get_mut(&shape)) {
            group.1.push(*item);
        }
    }
    let mut found = Vec::new();
    for shape in order {
        // The first of a shape settles all of that shape.
        let Some((old, mut new)) = by_shape.remove(&shape) else { continue };
        if let ([before], [after]) = (old.as_slice(), new.as_slice()) {
            found.push((*before, *after));
            continue;
        }
        if old.len() > MOST || new.len() > MOST {
            continue;
        }
        for before in old {
            let near = suggest::nearest(name(before), new.iter().map(|item| name(*item)));
            let at = near.and_then(|near| new.iter().position(|item| name(*item) == near));
            if let Some(at) = at {
                found.push((before, new.remove(at)));
            }
        }
    }
    found.sort_by(|a, b| Name::new(name(a.0)).cmp(&Name::new(name(b.0))));
    found
}
