//! Creating, reading, changing and deleting instances.

use super::schema::keyed;
use super::*;
use crate::view::ValueView;
use cimarron_model::{CimType, Flavor, Keys, Object, Qualifier, Value};

#[test]
fn an_instance_lives() {
    let session = wmi();
    let made = session.create_instance(&context(), &device("x_disk", "A b").with("Bytes", 5_u8));
    assert_eq!(made.unwrap().to_string(), r#"X_Disk.Id="A b""#);

    let read = get(&session, r#"X_DISK="a B""#).unwrap();
    assert_eq!(read.class.as_str(), "X_Disk");
    assert_eq!(read.path.as_ref().map(ToString::to_string).unwrap(), r#"X_Disk.Id="A b""#);
    assert_eq!(read.get("bytes"), Some(&Value::from(5_u64)), "converted");
    assert_eq!(read.get("Size"), Some(&Value::from(7_u32)), "default");
    assert_eq!(read.get("Made"), Some(&Value::null(CimType::DateTime)));
    assert_eq!(read.get("Modes"), Some(&Value::null_array(CimType::UInt16)));
    let names: Vec<_> = read.properties().map(|(n, _)| n.as_str()).collect();
    let declared = ["Caption", "Id", "Size", "Made", "Modes", "Enabled", "Bytes", "Part", "Parts"];
    assert_eq!(names, declared);

    let change = Instance::new("X_Disk").with("Size", Value::null(CimType::UInt32));
    let at = path(r#"\\.\root\cimv2:X_Device.Id="a b""#);
    session.modify_instance(&context(), &at, &change, &Update::Given).unwrap();
    let read = get(&session, r#"X_Disk="A b""#).unwrap();
    assert_eq!(read.get("Size"), Some(&Value::null(CimType::UInt32)));
    assert_eq!(read.get("Bytes"), Some(&Value::from(5_u64)));
    assert_eq!(read.get("Id"), Some(&Value::from("A b")));

    session.delete_instance(&context(), &at).unwrap();
    assert_eq!(get(&session, r#"X_Disk="A b""#), Err(Status::NotFound));
    assert_eq!(
        session.delete_instance(&context(), &at).map_err(|e| e.status()),
        Err(Status::NotFound)
    );
}

#[test]
fn creates_are_judged() {
    let session = wmi();
    session.create_instance(&context(), &device("X_Fan", "taken")).unwrap();
    let part = |class: &str| Value::from(Object::Instance(Instance::new(class)));
    for (instance, expected) in [
        (device("X_Disc", "a"), Status::InvalidClass),
        (Instance::new("X_Element"), Status::AbstractClass),
        (Instance::new("X_Part"), Status::NoKey),
        (Instance::new("X_Disk"), Status::IllegalNull),
        (Instance::new("X_Disk").with("Id", Value::null(CimType::String)), Status::IllegalNull),
        (device("X_Disk", "TAKEN"), Status::AlreadyExists),
        (device("X_Disk", "a").with("Speed", 1_i8), Status::NoSuchProperty),
        (device("X_Disk", "a").with("__CLASS", "X"), Status::SystemProperty),
        (device("X_Disk", "a").with("Bytes", "5"), Status::TypeMismatch),
        (device("X_Disk", "a").with("Size", -1_i8), Status::ValueOutOfRange),
        (device("X_Disk", "a").with("Enabled", Value::null(CimType::Boolean)), Status::IllegalNull),
        (device("X_Disk", "a").with("Part", part("X_Fan")), Status::InvalidReferenceClass),
    ] {
        let refused = session.create_instance(&context(), &instance).unwrap_err();
        assert_eq!(refused.status(), expected, "{refused}");
    }
    let slip = session.create_instance(&context(), &device("X_Disk", "a").with("Byte", 1_u8));
    assert!(slip.unwrap_err().to_string().contains("did you mean `Bytes`?"));
    assert_eq!(rows(&session, "SELECT Id FROM X_Device"), ["taken"], "nothing else was written");
}

#[test]
fn paths_are_judged() {
    let session = wmi();
    session.create_instance(&context(), &device("X_Fan", "a")).unwrap();
    for (at, expected) in [
        (r#"X_Fan.Id="a""#, None),
        (r#"X_Device.Id="a""#, None),
        (r#"\\alpha\root\cimv2:X_Fan="a""#, None),
        (r#"X_Element="a""#, Some(Status::NoKey)),
        (r#"X_Disk.Id="a""#, Some(Status::NotFound)),
        ("X_Fan", Some(Status::InvalidObjectPath)),
        ("X_Fan=@", Some(Status::InvalidObjectPath)),
        (r#"X_Fan.Name="a""#, Some(Status::InvalidObjectPath)),
        (r#"X_Fan.Id="a",Size=7"#, Some(Status::InvalidObjectPath)),
        ("X_Fan.Id=1", Some(Status::InvalidObjectPath)),
        (r#"\\beta\root\cimv2:X_Fan="a""#, Some(Status::InvalidObjectPath)),
        (r#"X_Van="a""#, Some(Status::InvalidClass)),
        ("X_Settings=@", Some(Status::NotFound)),
    ] {
        assert_eq!(get(&session, at).err(), expected, "{at}");
    }
}

#[test]
fn updates_differ_in_what_is_not_given() {
    let name = Name::new;
    for (update, size, bytes) in [
        (Update::Given, Some(1), Some(20)),
        (Update::Listed(vec![name("bytes")]), Some(1), Some(20)),
        (Update::Listed(vec![name("size")]), Some(7), Some(2)),
        (Update::Listed(vec![name("caption")]), Some(1), Some(2)),
        (Update::Whole, Some(7), Some(20)),
    ] {
        let session = wmi();
        let old = device("X_Disk", "a").with("Size", 1_u32).with("Bytes", 2_u64);
        session.create_instance(&context(), &old).unwrap();
        let new = device("X_Device", "A").with("Bytes", 20_u64);
        session.modify_instance(&context(), &path(r#"X_Disk="a""#), &new, &update).unwrap();
        let read = get(&session, r#"X_Disk="a""#).unwrap();
        let number = |property| read.get(property).and_then(Value::as_integer);
        assert_eq!((number("Size"), number("Bytes")), (size, bytes), "{update:?}");
        assert_eq!(read.get("Id"), Some(&Value::from("a")), "the key keeps its spelling");
    }
    let session = wmi();
    session.create_instance(&context(), &device("X_Disk", "a")).unwrap();
    let modify = |new: &Instance, update: &Update| {
        let result = session.modify_instance(&context(), &path(r#"X_Disk="a""#), new, update);
        result.map_err(|e| e.status())
    };
    assert_eq!(modify(&device("X_Disk", "b"), &Update::Given), Err(Status::KeyImmutable));
    assert_eq!(modify(&device("X_Fan", "a"), &Update::Given), Err(Status::InvalidObjectPath));
    let listed = Update::Listed(vec![name("Sise")]);
    assert_eq!(modify(&device("X_Disk", "a"), &listed), Err(Status::NoSuchProperty));
}

#[test]
fn puts_by_mode() {
    let session = wmi();
    let put = |instance: &Instance, mode| {
        session.put_instance(&context(), instance, mode, &Update::Whole).map_err(|e| e.status())
    };
    let disk = device("X_Disk", "a");
    assert_eq!(put(&disk, PutMode::UpdateOnly), Err(Status::NotFound));
    assert!(put(&disk, PutMode::CreateOnly).is_ok());
    assert_eq!(put(&disk, PutMode::CreateOnly), Err(Status::AlreadyExists));
    assert!(put(&disk.clone().with("Bytes", 3_u64), PutMode::CreateOrUpdate).is_ok());
    assert_eq!(rows(&session, "SELECT Id, Bytes FROM X_Disk"), ["a|3"]);
    // The key is another object's.
    assert_eq!(put(&device("X_Fan", "a"), PutMode::CreateOrUpdate), Err(Status::AlreadyExists));
}

#[test]
fn singletons_have_one_instance() {
    let session = wmi();
    let made = session.create_instance(&context(), &Instance::new("X_Settings")).unwrap();
    assert_eq!(made.to_string(), "X_Settings=@");
    let again = session.create_instance(&context(), &Instance::new("X_Settings")).unwrap_err();
    assert_eq!(again.status(), Status::AlreadyExists);
    assert_eq!(get(&session, "x_settings=@").unwrap().get("Level"), Some(&Value::from(1_u32)));
    session.delete_instance(&context(), &made).unwrap();
    assert_eq!(get(&session, "X_Settings=@"), Err(Status::NotFound));
}

#[test]
fn references_are_keys() {
    let session = wmi();
    let link = |device: &str, other: &str| {
        let link = Instance::new("X_On").with("Device", device).with("Other", other);
        session.create_instance(&context(), &link).map_err(|e| e.status())
    };
    assert!(link(r#"X_Disk.Id="a""#, r#"X_Fan.Id="b""#).is_ok());
    assert_eq!(link(r#"\\.\root\cimv2:x_disk="A""#, r#"X_Fan.Id="b""#), Err(Status::AlreadyExists));
    let at = r#"X_On.Device="X_Disk=\"a\"",Other="X_Fan.Id=\"B\"""#;
    let read = get(&session, at).unwrap();
    assert_eq!(read.get("Device").map(ToString::to_string).unwrap(), r#"X_Disk.Id="a""#);
    let keys: Keys = [("Other", r#"X_Fan="b""#), ("Device", r#"X_Disk="a""#)].into_iter().collect();
    let at = ObjectPath::of_instance("X_On", keys);
    assert!(session.delete_instance(&context(), &at).is_ok());
}

#[test]
fn embedded_objects_are_checked_and_converted() {
    let session = wmi();
    let part = Instance::new("X_Part").with("number", 3_u64);
    let disk = device("X_Disk", "a").with("Part", Object::Instance(part.clone()));
    session.create_instance(&context(), &disk).unwrap();
    assert_eq!(rows(&session, "SELECT Part.Number FROM X_Disk WHERE Part.Number = 3"), ["3"]);
    for bad in [part.clone().with("Number", 300_u32), part.with("Weight", 1_u8)] {
        let disk = device("X_Disk", "b").with("Part", Object::Instance(bad));
        assert!(session.create_instance(&context(), &disk).is_err());
    }
}

#[test]
fn dmtf_keys_belong_to_lines_of_classes() {
    let session = session(Dialect::Dmtf, DMTF_MOF);
    let create = |class: &str, id: &str| {
        session.create_instance(&context(), &device(class, id)).map_err(|e| e.status())
    };
    assert!(create("X_Disk", "a").is_ok());
    assert!(create("X_Fan", "a").is_ok(), "siblings share keys");
    assert!(create("X_Fan", "A").is_ok(), "case counts");
    assert_eq!(create("X_Device", "a"), Err(Status::AlreadyExists));
    assert_eq!(create("X_Disk", "a"), Err(Status::AlreadyExists));
    assert_eq!(create("X_Loose", "a").unwrap_err(), Status::NoKey);
    assert_eq!(get(&session, r#"X_Device.Id="a""#), Err(Status::NotFound));
    assert_eq!(get(&session, r#"X_Fan.Id="a""#).unwrap().class.as_str(), "X_Fan");
    let delete = |class| session.delete_class(&context(), class).map_err(|e| e.status());
    assert_eq!(delete("X_Device"), Err(Status::ClassHasChildren));
    assert_eq!(delete("X_Disk"), Err(Status::ClassHasInstances));
    assert_eq!(delete("X_Loose"), Ok(()));
    let namespace = session.repository().delete_namespace("root/cimv2");
    assert_eq!(namespace.unwrap_err().status(), Status::NamespaceNotEmpty);
    // DSP0200 has unknown names in a property list passed over.
    let list = PropertyList::Names(vec!["Text".into(), "Nope".into()]);
    let read = session.get_instance(&context(), &path(r#"X_Fan.Id="A""#), &list).unwrap();
    assert_eq!(read.len(), 1);
}

#[test]
fn instance_qualifiers_stay_with_their_instance() {
    let session = wmi();
    let note = Qualifier { name: "Note".into(), value: "x".into(), flavor: Flavor::default() };
    let mut fan = device("X_Fan", "a").with("Speed", 1_i8);
    fan.qualifiers.set(note.clone());
    fan.property_mut("Speed").unwrap().qualifiers.set(note.clone());
    session.create_instance(&context(), &fan).unwrap();
    let change = Instance::new("X_Fan").with("Size", 9_u32);
    session.modify_instance(&context(), &path(r#"X_Fan="a""#), &change, &Update::Given).unwrap();
    let read = get(&session, r#"X_Fan="a""#).unwrap();
    assert_eq!(read.qualifiers.get("note"), Some(&note));
    assert_eq!(read.property("Speed").unwrap().qualifiers.get("note"), Some(&note));
    session.modify_instance(&context(), &path(r#"X_Fan="a""#), &change, &Update::Whole).unwrap();
    assert!(get(&session, r#"X_Fan="a""#).unwrap().qualifiers.is_empty());
}

#[test]
fn the_fast_door_hands_over_thousands_at_once() {
    let session = wmi();
    let mut inserter = session.inserter(&context(), "X_Disk", &["Bytes", "id"]).unwrap();
    let mut add = |n: u64, id: &str| {
        inserter.insert(&[ValueView::UInt64(n), ValueView::String(id)]).unwrap();
    };
    (0..10_000).for_each(|n| add(n, &format!("d{n}")));
    assert_eq!(inserter.commit(&context()).unwrap(), 10_000);
    let mut add = |n: u64, id: &str| {
        inserter.insert(&[ValueView::UInt64(n), ValueView::String(id)]).unwrap();
    };
    // The last of many has a key that is taken: none of them is there.
    (10_000..20_000).for_each(|n| add(n, &format!("d{n}")));
    add(0, "D77");
    assert_eq!(inserter.commit(&context()).unwrap_err().status(), Status::AlreadyExists);
    assert_eq!(rows(&session, "SELECT Id FROM X_Disk").len(), 10_000);
    assert!(get(&session, r#"X_Disk="d10000""#).is_err());
    let disk = get(&session, r#"X_Disk="D9999""#).unwrap();
    assert_eq!(disk.get("Bytes"), Some(&Value::from(9999_u64)));
}

#[test]
fn the_fast_door_makes_the_same_instances() {
    let session = wmi();
    let mut inserter = session.inserter(&context(), "X_Disk", &["Bytes", "id"]).unwrap();
    let insert = |inserter: &mut Inserter, values: &[ValueView<'_>]| {
        inserter.insert(values).map_err(|e| e.status())
    };
    let commit = |inserter: &mut Inserter| inserter.commit(&context()).map_err(|e| e.status());
    let row = [ValueView::UInt8(5), ValueView::String("a")];
    assert_eq!(insert(&mut inserter, &row), Ok(()));
    assert_eq!(insert(&mut inserter, &row[..1]), Err(Status::InvalidParameter));
    assert!(rows(&session, "SELECT * FROM X_Disk").is_empty(), "not committed yet");
    assert_eq!(commit(&mut inserter), Ok(1));
    assert_eq!(commit(&mut inserter), Ok(0));
    let other = [ValueView::UInt8(5), ValueView::String("z")];
    assert_eq!(insert(&mut inserter, &other), Ok(()));
    assert_eq!(insert(&mut inserter, &row), Ok(()));
    assert_eq!(commit(&mut inserter), Err(Status::AlreadyExists));
    assert_eq!(commit(&mut inserter), Err(Status::AlreadyExists), "rows stay until discarded");
    inserter.discard();
    assert_eq!(commit(&mut inserter), Ok(0));
    let generic = device("X_Disk", "b").with("Bytes", 5_u64);
    session.create_instance(&context(), &generic).unwrap();
    assert_eq!(
        rows(&session, "SELECT Bytes, Size, Caption, Enabled FROM X_Disk"),
        ["5|7|none|TRUE", "5|7|none|TRUE"]
    );
    // Another class is no business of the inserter's; its own is.
    session.create_class(&context(), &keyed("X_New", &[])).unwrap();
    let next = [ValueView::Null, ValueView::String("c")];
    assert_eq!(insert(&mut inserter, &next), Ok(()));
    assert_eq!(commit(&mut inserter), Ok(1));
    session.delete_class(&context(), "X_Disk").unwrap();
    assert_eq!(insert(&mut inserter, &next), Ok(()));
    assert_eq!(commit(&mut inserter), Err(Status::TransactionConflict));
    for (class, properties, expected) in [
        ("X_Part", &["Name"][..], Status::NoKey),
        ("X_Fan", &["Id", "ID"], Status::InvalidParameter),
        ("X_Fan", &["Idd"], Status::NoSuchProperty),
    ] {
        let refused = session.inserter(&context(), class, properties).unwrap_err();
        assert_eq!(refused.status(), expected);
    }
}

#[test]
fn enumerations_show_what_is_asked_for() {
    let session = wmi();
    session.create_instance(&context(), &device("X_Disk", "a").with("Bytes", 5_u64)).unwrap();
    let shown = |options: InstanceOptions| {
        let all = session.enumerate_instances_with(&context(), "X_Device", Depth::Deep, &options);
        let all = all.unwrap();
        let row = all.rows().next().unwrap().unwrap();
        let fields: Vec<&str> = row.fields().map(|field| field.name).collect();
        let instance = row.to_instance();
        let owned: Vec<&str> = instance.properties().map(|(name, _)| name.as_str()).collect();
        assert_eq!(fields, owned);
        fields.join(" ")
    };
    let new = InstanceOptions::new;
    for (options, expected) in [
        (new(), "Caption Id Size Made Modes Enabled Bytes Part Parts"),
        (new().as_asked_class(), "Caption Id Size Made Modes Enabled"),
        (new().properties(["bytes", "ID", "Bytes", "Nothing"]), "Bytes Id"),
        (new().properties(["bytes", "ID"]).as_asked_class(), "Id"),
        (new().properties(Vec::<Name>::new()), ""),
    ] {
        assert_eq!(shown(options), expected);
    }
}

#[test]
fn nulls_count_as_given_or_not() {
    let null = || Value::null(CimType::UInt64);
    let names = || vec![Name::new("Bytes"), Name::new("Size")];
    for (update, bytes, size) in [
        (Update::Given, None, Some(9_u32)),
        (Update::GivenValues, Some(5_u64), Some(9)),
        (Update::Listed(names()), None, Some(9)),
        (Update::ListedValues(names()), Some(5), Some(9)),
        (Update::ListedValues(vec![Name::new("Bytes")]), Some(5), Some(7)),
        (Update::Whole, None, Some(9)),
    ] {
        let session = wmi();
        session.create_instance(&context(), &device("X_Disk", "a").with("Bytes", 5_u64)).unwrap();
        let change = Instance::new("X_Disk").with("Bytes", null()).with("Size", 9_u32);
        let at = path(r#"X_Disk="a""#);
        session.modify_instance(&context(), &at, &change, &update).unwrap();
        let read = get(&session, r#"X_Disk="a""#).unwrap();
        let value = |name: &str| read.get(name).and_then(Value::as_integer);
        assert_eq!(value("Bytes"), bytes.map(i128::from), "{update:?}");
        assert_eq!(value("Size"), size.map(i128::from), "{update:?}");
    }
}

#[test]
fn all_texts_of_an_instance_have_a_limit_together() {
    let limits = crate::Limits::default().with_row_text_length(10);
    let repository = Repository::builder().limits(limits).build();
    repository.create_namespace("root", Dialect::Wmi).unwrap();
    let session = repository.session("root").unwrap();
    let mof = "class X_Note { [key] string Id; string A; string B; };";
    session.compile_mof_text(&context(), "note.mof", mof).unwrap();
    let note = |a: &str, b: &str| Instance::new("X_Note").with("Id", "1").with("A", a).with("B", b);
    let refused = |result: Result<(), EngineError>| result.map_err(|e| e.status());
    let create = |instance| refused(session.create_instance(&context(), &instance).map(drop));
    assert_eq!(create(note("12345", "12345")), Err(Status::QuotaViolation));
    assert_eq!(create(note("12345", "1234")), Ok(()));
    let mut inserter = session.inserter(&context(), "X_Note", &["Id", "A", "B"]).unwrap();
    let mut insert = |a, b| refused(inserter.insert(&["2", a, b].map(ValueView::String)));
    assert_eq!(insert("12345", "12345"), Err(Status::QuotaViolation));
    assert_eq!(insert("12345", "1234"), Ok(()));
}
