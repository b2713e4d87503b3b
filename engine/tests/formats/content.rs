//! What the fixture of a format holds: something of everything that there is to keep.

use cimarron_engine::{
    CallContext, ClassForm, PutMode, Repository, Session, Update, UpdateMode, ValueView,
};
use cimarron_model::Dialect;
use cimarron_model::{
    Array, Char16, CimType, DataType, DateTime, Elements, Flavor, Instance, Name, Object,
    ObjectPath, Property, Qualifier, QualifierType, Scope, Scopes, Value,
};

const WMI: &str = r#"
class F_All {
    [key] uint32 N; boolean B; uint8 U8; sint8 S8; uint16 U16; sint16 S16; sint32 S32; uint64 U64;
    sint64 S64; real32 R32; real64 R64; char16 C; string T; string Few; string Same; datetime D;
    F_All ref R; object O; uint8 A[]; string Texts[]; datetime Times[]; F_All ref Refs[];
    string Never;
};
[Description("more of it")] class F_Low : F_All { [Indexed] uint32 Level = 3; };
class F_Many { [key] uint32 N; string Text; sint64 Amount; string Few; };
class F_Changed { [key] string Id; uint32 Size = 5; string Gone; };
[Association] class F_Link { [key] F_All ref One; [key] F_Changed ref Other; uint8 Weight; };
[Singleton] class F_Only { string Text; };
class F_Dropped { [key] string Id; };
"#;

const DMTF: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier EmbeddedInstance : string = null, Scope(property, method, parameter);
class G_Item { [Key] string Id; boolean Up; };
class G_Part : G_Item { [EmbeddedInstance("G_Item")] string Inner; sint8 Codes[]; };
"#;

fn context() -> CallContext {
    CallContext::new()
}

fn path(text: &str) -> ObjectPath {
    ObjectPath::parse(text).unwrap()
}

fn array(elements: Elements) -> Value {
    Value::Array(Array::from_elements(elements))
}

/// A row with a value of every type; every third property of it is NULL.
fn all(n: u32) -> Instance {
    let time = |text: &str| DateTime::parse(text).unwrap();
    let inner = Instance::new("F_Changed").with("Id", format!("inner {n}"));
    let odd = [0.0, -0.0, f64::INFINITY, 1.5e300, f64::MIN_POSITIVE];
    let values: [(&str, Value); 20] = [
        ("B", n.is_multiple_of(2).into()),
        ("U8", (n as u8).into()),
        ("S8", (-(n as i8)).into()),
        ("U16", (n as u16 * 500).into()),
        ("S16", (-(n as i16) * 250).into()),
        ("S32", (i32::MIN + n as i32).into()),
        ("U64", (u64::MAX - u64::from(n)).into()),
        ("S64", (i64::MIN + i64::from(n)).into()),
        ("R32", (n as f32 / 3.0).into()),
        ("R64", odd[n as usize % odd.len()].into()),
        ("C", Char16([0x41, 0xd800, 0x17f][n as usize % 3]).into()),
        ("T", format!("text {n} ſ \u{1F980}").into()),
        ("Few", ["one", "two"][n as usize % 2].into()),
        ("D", time(&format!("2024022911{:02}22.123456+060", n % 60)).into()),
        ("R", path(&format!("F_All.N={}", n + 1)).into()),
        ("O", Object::Instance(inner).into()),
        ("A", array(Elements::UInt8(vec![n as u8; n as usize % 5]))),
        ("Texts", array(Elements::String(vec!["a".into(), format!("{n}").into()]))),
        ("Times", array(Elements::DateTime(vec![time("00000003112233.000000:000")]))),
        ("Refs", array(Elements::Reference(vec![path("F_All.N=1").into()]))),
    ];
    let class = if n.is_multiple_of(4) { "F_Low" } else { "F_All" };
    let mut row = Instance::new(class).with("N", n).with("Same", "same");
    for (at, (name, value)) in values.into_iter().enumerate() {
        if !(at as u32 + n).is_multiple_of(3) {
            row.set(name, value);
        }
    }
    row
}

fn create(session: &Session, row: &Instance) {
    session.create_instance(&context(), row).unwrap();
}

fn many(session: &Session, first: u32, count: u32) {
    let properties = ["N", "Text", "Amount", "Few"];
    let mut inserter = session.inserter(&context(), "F_Many", &properties).unwrap();
    for n in first..first + count {
        let text = format!("row {n}");
        let amount =
            if n % 5 == 0 { ValueView::Null } else { ValueView::SInt64(i64::from(n) - 500) };
        let few = ValueView::String(["a", "b", "c"][n as usize % 3]);
        inserter.insert(&[ValueView::UInt32(n), ValueView::String(&text), amount, few]).unwrap();
    }
    inserter.commit(&context()).unwrap();
}

/// Adds a property to a class that has rows.
fn grow(session: &Session, name: &str) {
    let mut class = session.get_class(&context(), "F_Changed", ClassForm::Resolved).unwrap();
    let added = Property::new(name, DataType::scalar(CimType::String)).with_default("added");
    class.properties.push(added);
    session.put_class(&context(), &class, PutMode::UpdateOnly, UpdateMode::Safe).unwrap();
}

/// Changes the type of a property of rows that are there.
fn rewrite(session: &Session, to: CimType) {
    let mut class = session.get_class(&context(), "F_Changed", ClassForm::Resolved).unwrap();
    class.properties.retain(|property| !property.name.is("Gone"));
    let size = class.properties.iter_mut().find(|property| property.name.is("Size")).unwrap();
    size.data_type = DataType::scalar(to);
    size.default = None;
    session.put_class(&context(), &class, PutMode::UpdateOnly, UpdateMode::Force).unwrap();
}

fn mark(session: &Session, default: &str) {
    let declared = QualifierType {
        name: Name::new("Mark"),
        data_type: DataType::scalar(CimType::String),
        default: default.into(),
        scopes: Scopes::NONE.with(Scope::Class),
        flavor: Flavor::TO_SUBCLASS,
    };
    session.set_qualifier_type(&context(), &declared).unwrap();
}

/// Rows of every kind, in namespaces of both dialects.
fn rows(wmi: &Session, dmtf: &Session, first: u32) {
    let context = &context();
    for n in first..first + 20 {
        create(wmi, &all(n));
        let id = format!("c {n}");
        create(wmi, &Instance::new("F_Changed").with("Id", id).with("Size", n));
        let link = Instance::new("F_Link")
            .with("One", path(&format!("F_All.N={n}")))
            .with("Other", path(&format!("F_Changed.Id=\"c {}\"", n / 2)))
            .with("Weight", n as u8);
        create(wmi, &link);
        let part = Instance::new("G_Part")
            .with("Id", format!("p {n}"))
            .with("Inner", Object::Instance(Instance::new("G_Item").with("Id", "inner")))
            .with("Codes", array(Elements::SInt8(vec![-1, n as i8])));
        create(dmtf, &part);
    }
    let mut qualified = all(first + 20);
    qualified.qualifiers.set(Qualifier::new("Note", "on the instance"));
    qualified.property_mut("Same").unwrap().qualifiers.set(Qualifier::new("Weight", 7_i32));
    create(wmi, &qualified);
    let change = Instance::new("F_All").with("T", "changed").with("Same", "other");
    wmi.modify_instance(context, &path(&format!("F_All.N={}", first + 1)), &change, &Update::Given)
        .unwrap();
    wmi.delete_instance(context, &path(&format!("F_All.N={}", first + 2))).unwrap();
    let link = format!(
        "F_Link.One=\"F_All.N={}\",Other=\"F_Changed.Id=\\\"c {}\\\"\"",
        first + 3,
        (first + 3) / 2
    );
    wmi.delete_instance(context, &path(&link)).unwrap();
    let only = Instance::new("F_Only").with("Text", format!("from {first}"));
    wmi.put_instance(context, &only, PutMode::CreateOrUpdate, &Update::Whole).unwrap();
    wmi.delete_instance(context, &path(&format!("F_Many.N={}", first * 100 + 5))).unwrap();
}

/// Writes all of it: half, a checkpoint, and as much again for the log.
pub(crate) fn write(repository: &Repository) {
    let context = &context();
    repository.create_namespace("root/fixture", Dialect::Wmi).unwrap();
    repository.create_namespace("fixture", Dialect::Dmtf).unwrap();
    let wmi = repository.session("root/fixture").unwrap();
    let dmtf = repository.session("fixture").unwrap();
    wmi.compile_mof_text(context, "wmi.mof", WMI).unwrap();
    dmtf.compile_mof_text(context, "dmtf.mof", DMTF).unwrap();
    many(&wmi, 0, 1_100);
    rows(&wmi, &dmtf, 0);
    wmi.create_index(context, "F_All", "U64").unwrap();
    wmi.create_index(context, "F_Many", "Text").unwrap();
    grow(&wmi, "Added");
    mark(&wmi, "first");
    create(&wmi, &Instance::new("F_Dropped").with("Id", "a"));
    repository.create_namespace("root/fixture/below", Dialect::Wmi).unwrap();
    repository.create_namespace("root/fixture/gone/deep", Dialect::Wmi).unwrap();
    repository.checkpoint().unwrap();

    many(&wmi, 10_000, 1_100);
    // Few enough to be written column by column.
    many(&wmi, 20_000, 50);
    rows(&wmi, &dmtf, 100);
    wmi.create_index(context, "F_All", "T").unwrap();
    wmi.drop_index(context, "F_Many", "Text").unwrap();
    // They lie in the order of an index.
    wmi.create_index(context, "F_Many", "Amount").unwrap();
    many(&wmi, 30_000, 1_100);
    grow(&wmi, "AddedLater");
    rewrite(&wmi, CimType::String);
    mark(&wmi, "second");
    wmi.delete_class(context, "F_Dropped").unwrap();
    let text = "class F_Late { [key] string Id; }; instance of F_Late { Id = \"l\"; };";
    wmi.compile_mof_text(context, "late.mof", text).unwrap();
    repository.create_namespace("root/fixture/late", Dialect::Wmi).unwrap();
    repository.delete_namespace("root/fixture/gone").unwrap();
    let batch = (0..5).fold(wmi.batch(), |batch, n| {
        batch.put(all(n + 3), PutMode::CreateOrUpdate, Update::Given)
    });
    batch.commit(context).unwrap();
}
