//! Any bytes behind a header that vouches for them, and a sound archive with some of its bytes
//! changed: opening refuses them, or all that can be read is read without a panic.
#![no_main]

use cimarron_fuzz::{archive_of, to_mof};
use cimarron_model::Dialect;
use cimarron_schema::{
    Archive, ArchiveBytes, ClassForm, ClassView, PropertyView, QualifiersView, SchemaView, Shared,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// The header of `schema/src/archive`: the payload's length, its hash, and where it begins.
const LENGTH: std::ops::Range<usize> = 16..24;
const HASH: std::ops::Range<usize> = 24..56;
const PAYLOAD: usize = 64;

/// An archive with a record of every kind.
static SOUND: LazyLock<Vec<u8>> =
    LazyLock::new(|| archive_of(include_str!("archive_open.mof"), Dialect::Wmi).bytes().to_vec());

fuzz_target!(|bytes: &[u8]| {
    let Some((how, bytes)) = bytes.split_first() else { return };
    let mut file = SOUND.clone();
    if how % 2 == 0 {
        file.truncate(PAYLOAD);
        file.extend_from_slice(bytes);
    } else {
        change(&mut file, bytes);
    }
    seal(&mut file);
    if let Ok(archive) = Archive::from_bytes(ArchiveBytes::copy_from(&file)) {
        walk(&archive);
    }
});

/// Each four bytes are a place in the payload and two bytes to put there.
fn change(file: &mut [u8], changes: &[u8]) {
    let places = file.len() - PAYLOAD - 1;
    for change in changes.chunks_exact(4) {
        let place = PAYLOAD + usize::from(u16::from_le_bytes([change[0], change[1]])) % places;
        file[place..place + 2].copy_from_slice(&change[2..]);
    }
}

/// Makes the header say what the payload is.
fn seal(file: &mut [u8]) {
    let (header, payload) = file.split_at_mut(PAYLOAD);
    header[LENGTH].copy_from_slice(&(payload.len() as u64).to_le_bytes());
    header[HASH].copy_from_slice(blake3::hash(payload).as_bytes());
}

fn walk(archive: &Archive) {
    for schema in archive.namespaces() {
        let _ = archive.namespace(schema.name()).map(SchemaView::class_count);
        let mut shared = Shared::default();
        for class in schema.classes() {
            walk_class(schema, class);
            let _ = class.to_resolved(&mut shared).to_class(ClassForm::Resolved);
        }
        let _ = schema.classes_by_name().map(|class| class.name().len()).sum::<usize>();
        for declared in schema.qualifier_types() {
            let _ = schema.qualifier_type(declared.name()).map(|found| found.to_qualifier_type());
        }
        let _ = format!("{:?}", schema.instances().collect::<Vec<_>>());
    }
    let _ = to_mof(archive);
}

fn walk_class(schema: SchemaView<'_>, class: ClassView<'_>) {
    let _ = schema.class(class.name()).map(|found| class.is_subclass_of(found));
    let _ = class.superclass().map(|above| above.to_class(ClassForm::Local));
    let _ = class.ancestors().filter_map(|name| schema.class(name)).count();
    let _ = (class.children().count(), class.descendants().count());
    walk_qualifiers(class.qualifiers());
    for property in class.properties().chain(class.own_properties()).chain(class.keys()) {
        let _ = class.property(property.name()).map(PropertyView::to_property);
        let _ = class.property_at(property.slot()).and_then(PropertyView::default);
        walk_qualifiers(property.qualifiers());
    }
    for method in class.methods().chain(class.own_methods()) {
        let _ = class.method(method.name()).map(|found| found.to_method());
        walk_qualifiers(method.qualifiers());
        method.parameters().for_each(|parameter| walk_qualifiers(parameter.qualifiers()));
    }
    let _ = format!("{:?}", class.to_class(ClassForm::Resolved));
}

fn walk_qualifiers(qualifiers: QualifiersView<'_>) {
    for qualifier in qualifiers.iter() {
        let _ = qualifiers.get(qualifier.name()).map(|found| found.to_qualifier());
    }
}
