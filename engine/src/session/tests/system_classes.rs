//! WMI's system classes in namespaces (MS-WMI 2.2.31; WMI SDK, "WMI system classes").

use super::schema::{archive, keyed};
use super::*;
use cimarron_model::Class;
use cimarron_schema::ClassForm;

fn empty(name: &str, dialect: Dialect) -> Session {
    let repository = Repository::new();
    repository.create_namespace(name, dialect).unwrap();
    repository.session(name).unwrap()
}

fn has(session: &Session, class: &str) -> bool {
    session.get_class(&context(), class, ClassForm::Local).is_ok()
}

#[test]
fn every_namespace_of_wmi_has_them_from_the_start() {
    // MS-WMI 2.2.31.
    let required = "__SystemClass __SystemSecurity __IndicationRelated __Namespace __PARAMETERS \
        __Event __ExtrinsicEvent __NamespaceOperationEvent __NamespaceCreationEvent \
        __NamespaceDeletionEvent __NamespaceModificationEvent __ClassOperationEvent \
        __ClassCreationEvent __ClassDeletionEvent __ClassModificationEvent \
        __InstanceOperationEvent __InstanceCreationEvent __InstanceDeletionEvent \
        __InstanceModificationEvent __AggregateEvent __TimerEvent __ExtendedStatus";
    let (wmi, dmtf) = (empty("root/a", Dialect::Wmi), empty("root/a", Dialect::Dmtf));
    for class in required.split_whitespace() {
        assert!(has(&wmi, class) && !has(&dmtf, class), "{class}");
    }
    assert!(dmtf.class_names(&context(), None, Depth::Deep).unwrap().is_empty());
    let root = wmi.repository().session("root").unwrap();
    assert!(has(&root, "__ArbitratorConfiguration") && !has(&wmi, "__ArbitratorConfiguration"));
    let subscription = empty("root/subscription", Dialect::Wmi);
    assert!(has(&subscription, "LogFileEventConsumer") && !has(&wmi, "LogFileEventConsumer"));
    // A namespace with nothing else in it is empty.
    assert!(wmi.repository().delete_namespace("root/a").is_ok());
}

#[test]
fn nobody_else_declares_them() {
    let session = empty("root/a", Dialect::Wmi);
    let put = |class: &Class| {
        let put = session.put_class(&context(), class, PutMode::CreateOrUpdate, UpdateMode::Force);
        put.map_err(|e| e.status())
    };
    assert_eq!(put(&keyed("__eventfilter", &[])), Err(Status::SystemClass));
    assert_eq!(put(&keyed("__Mine", &[])), Err(Status::LeadingUnderscore));
    assert_eq!(put(&keyed("_Mine", &[])), Err(Status::LeadingUnderscore));
    let deleted = session.delete_class(&context(), "__Event").map_err(|e| e.status());
    assert_eq!(deleted, Err(Status::SystemClass));
    for text in
        ["#pragma deleteclass(\"__Event\", FAIL)", "#pragma deleteclass(\"__Event\", NOFAIL)"]
    {
        let deleted = session.compile_mof_text(&context(), "x.mof", text);
        assert_eq!(deleted.map_err(|e| e.status()).map(drop), Err(Status::SystemClass), "{text}");
    }
    // An archive that declares one of its own.
    let own = archive(&[("root/x", &[keyed("__Mine", &[])], &[])]);
    let loaded = session.load_archive(&context(), &own).map_err(|e| e.status());
    assert_eq!(loaded, Err(Status::SystemClass));
    // One that was made elsewhere carries what it uses; here that is there.
    let mut consumer = keyed("X_Consumer", &[]);
    consumer.superclass = Some("__EventConsumer".into());
    let above = ["__SystemClass", "__IndicationRelated", "__EventConsumer"];
    let above = above.map(|c| session.get_class(&context(), c, ClassForm::Local).unwrap());
    let all = [&above[..], &[consumer.clone()]].concat();
    let loaded = session.load_archive(&context(), &archive(&[("root/x", &all, &[])])).unwrap();
    assert_eq!((loaded.classes, loaded.unchanged), (1, 3));
    // Unless the one that it was made with was another.
    let strange = [keyed("__EventConsumer", &[]), consumer];
    let loaded = session.load_archive(&context(), &archive(&[("root/x", &strange, &[])]));
    assert_eq!(loaded.map_err(|e| e.status()), Err(Status::InvalidSuperclass));
}

#[test]
fn they_are_derived_from_and_have_instances() {
    let session = empty("root/a", Dialect::Wmi);
    let text = r#"
        class X_Consumer : __EventConsumer { [key] string Name; string Where; };
        class X_Alarm : __ExtrinsicEvent { uint32 Level; };
        instance of __EventFilter as $f
            { Name = "f"; Query = "SELECT * FROM X_Alarm"; QueryLanguage = "WQL"; };
        instance of X_Consumer as $c { Name = "c"; };
        instance of __FilterToConsumerBinding { Consumer = $c; Filter = $f; };
    "#;
    session.compile_mof_text(&context(), "events.mof", text).unwrap();
    assert_eq!(rows(&session, "SELECT Name FROM __EventFilter"), ["f"]);
    assert_eq!(rows(&session, "SELECT Name FROM X_Consumer"), ["c"]);
    assert!(get(&session, r#"__EventFilter="f""#).is_ok());
    let names = session.class_names(&context(), Some("__EventConsumer"), Depth::Deep).unwrap();
    assert_eq!(names, [Name::new("X_Consumer")]);
    let mut alarm = Class::new("X_Fire");
    alarm.superclass = Some("X_Alarm".into());
    session.create_class(&context(), &alarm).unwrap();
    let fire = session.get_class(&context(), "X_Fire", ClassForm::Resolved).unwrap();
    assert!(fire.property("TIME_CREATED").is_some_and(|p| p.propagated));
    session.delete_class(&context(), "X_Alarm").unwrap();
    assert!(!has(&session, "X_Fire") && has(&session, "__ExtrinsicEvent"));
}

#[test]
fn what_is_there_from_the_start_can_be_declared_again() {
    let session = wmi();
    let text = r#"
        [abstract] class Win32_CurrentTime { uint32 Year; };
        class Win32_LocalTime : Win32_CurrentTime { string Zone; };
    "#;
    session.compile_mof_text(&context(), "a.mof", text).unwrap();
    let properties = |class: &str| -> Vec<String> {
        let class = session.get_class(&context(), class, ClassOptions::default()).unwrap();
        class.properties.iter().map(|property| property.name.to_string()).collect()
    };
    assert_eq!(properties("Win32_LocalTime"), ["Year", "Zone"]);
    assert_eq!(properties("Win32_UTCTime"), ["Year"]);
    // From now on it is a class like any other.
    let text = "[abstract] class Win32_CurrentTime { uint8 Year; };";
    assert!(session.compile_mof_text(&context(), "a.mof", text).is_err());
}
