//! Schemas as bytes and back.
//!
//! A class is an archive, a place in it, an identity and a version; the archives lie beside,
//! each once, and are named by the hash of their content. A change says which classes went,
//! which came or changed, and the qualifier types where they changed; a whole schema is the
//! change from nothing.

use crate::codec::{
    Damaged, Decoder, put_bool, put_count, put_name, put_qualifier_type, put_u32, put_u64,
};
use crate::schema::{ClassDef, ClassId, ClassRef, Schema};
use cimarron_model::{ClassVersion, Name, QualifierType};
use cimarron_schema::{Archive, ArchiveBytes};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What names an archive.
pub(super) type ArchiveHash = [u8; 32];

/// How many bytes of a schema a class takes at least.
const LEAST_CLASS: usize = 1 + 1 + 32 + 1 + 1;

/// The archives that were read, by their hashes.
#[derive(Debug, Default)]
pub(super) struct Archives(FxHashMap<ArchiveHash, Arc<Archive>>);

impl Archives {
    /// Adds the archive that these bytes are, validated.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        let archive = Archive::from_bytes(ArchiveBytes::copy_from(bytes));
        let archive = Arc::new(archive.map_err(|error| error.to_string())?);
        self.0.insert(archive.content_hash(), archive);
        Ok(())
    }

    /// Whether it is there.
    pub(super) fn has(&self, hash: &ArchiveHash) -> bool {
        self.0.contains_key(hash)
    }

    /// Adds one that is there already, so that it is shared.
    pub(super) fn know(&mut self, archive: &Arc<Archive>) {
        self.0.insert(archive.content_hash(), archive.clone());
    }
}

/// Appends what makes a schema of another.
pub(super) fn put_change(out: &mut Vec<u8>, old: &Schema, new: &Schema) {
    let gone: Vec<ClassId> = old.classes().map(|class| class.def().id).collect();
    let gone = gone.into_iter().filter(|id| new.by_id(*id).is_none());
    let gone: Vec<ClassId> = gone.collect();
    put_count(out, gone.len());
    gone.iter().for_each(|id| put_u32(out, id.0));

    let changed = changed_classes(old, new);
    put_count(out, changed.len());
    for class in changed {
        put_u32(out, class.id.0);
        put_u64(out, class.version.0);
        out.extend_from_slice(&class.archive().content_hash());
        put_u32(out, class.place());
        put_name(out, &class.name);
    }

    let types = new.qualifier_types();
    let same = Arc::ptr_eq(old.qualifier_types(), types) || old.qualifier_types() == types;
    put_bool(out, !same);
    if !same {
        put_count(out, types.len());
        types.values().for_each(|declared| put_qualifier_type(out, declared));
    }
    let (next_id, next_version) = new.counters();
    put_u32(out, next_id);
    put_u64(out, next_version);
}

/// The classes of a schema that another does not have, or has in another version.
pub(super) fn changed_classes<'n>(old: &Schema, new: &'n Schema) -> Vec<&'n Arc<ClassDef>> {
    let is_new = |def: &&Arc<ClassDef>| {
        old.by_id(def.id).is_none_or(|before| before.def().version != def.version)
    };
    new.classes().map(ClassRef::def).filter(is_new).collect()
}

/// Reads what [`put_change`] wrote, and makes the schema that it makes of `old`.
pub(super) fn change(
    decoder: &mut Decoder<'_>,
    old: &Schema,
    archives: &Archives,
) -> Result<Schema, Damaged> {
    let wrong = |decoder: &Decoder<'_>, what| Damaged { what, at: decoder.position() };
    let mut classes: FxHashMap<ClassId, Arc<ClassDef>> =
        old.classes().map(|class| (class.def().id, class.def().clone())).collect();
    for _ in 0..decoder.count(1)? {
        let id = ClassId(decoder.u32()?);
        classes.remove(&id).ok_or_else(|| wrong(decoder, "a class goes that is not there"))?;
    }
    for _ in 0..decoder.count(LEAST_CLASS)? {
        let (id, version) = (ClassId(decoder.u32()?), ClassVersion(decoder.u64()?));
        let hash = <ArchiveHash>::try_from(decoder.take(size_of::<ArchiveHash>())?);
        let (place, name) = (decoder.u32()?, decoder.name()?);
        let archive = hash.ok().and_then(|hash| archives.0.get(&hash));
        let class = archive.and_then(|a| ClassDef::restore((id, version), a, place, &name));
        let class = class.ok_or_else(|| wrong(decoder, "a class that its archive lacks"))?;
        classes.insert(id, Arc::new(class));
    }
    let types =
        if decoder.bool()? { Arc::new(types(decoder)?) } else { old.qualifier_types().clone() };
    let counters = (decoder.u32()?, decoder.u64()?);
    let mut classes: Vec<_> = classes.into_values().collect();
    classes.sort_unstable_by_key(|class| class.id);
    Schema::restore(&classes, types, counters)
        .ok_or_else(|| wrong(decoder, "classes that do not make a schema"))
}

fn types(decoder: &mut Decoder<'_>) -> Result<BTreeMap<Name, QualifierType>, Damaged> {
    let mut types = BTreeMap::new();
    for _ in 0..decoder.count(1)? {
        let declared = decoder.qualifier_type()?;
        types.insert(declared.name.clone(), declared);
    }
    Ok(types)
}
