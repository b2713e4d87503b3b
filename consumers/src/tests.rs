//! What consumers come to that cannot do what they say, and what stands for what they do not say.

use super::*;
use crate::testing::{array, deliver, embedded, modification, texts};
use cimarron_engine::{CallContext, Failure, Verdict};
use cimarron_model::{CimType, Class, Dialect, Instance, Object, Property, Scalar, Value};
use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

#[track_caller]
fn failed(verdict: Verdict) -> Failure {
    match verdict {
        Verdict::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn later(verdict: Verdict) -> Failure {
    match verdict {
        Verdict::RetryLater(failure) => failure,
        other => panic!("{other:?}"),
    }
}

/// Through the door: each standard class has its sink, and what that refuses is a dead letter.
#[test]
fn standard_consumers_that_refuse() {
    let repository = Repository::new();
    repository.create_namespace("root/subscription", Dialect::Wmi).unwrap();
    serve(&repository);
    let session = repository.session("root/subscription").unwrap();
    let text = r#"
        class X_Disk { [key] string Name; };
        instance of __EventFilter as $F { Name = "disks"; QueryLanguage = "WQL"; Query =
            "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'X_Disk'"; };
        instance of ActiveScriptEventConsumer as $A
            { Name = "a"; ScriptingEngine = "VBScript"; ScriptText = "x"; };
        instance of CommandLineEventConsumer as $C { Name = "c"; CommandLineTemplate = "/bin/true"; };
        instance of SMTPEventConsumer as $S { Name = "s"; SMTPServer = "127.0.0.1:1"; };
        instance of NTEventLogEventConsumer as $N
            { Name = "n"; EventID = 1; EventType = 3; SourceName = "S"; };
        instance of __FilterToConsumerBinding { Filter = $F; Consumer = $A; };
        instance of __FilterToConsumerBinding { Filter = $F; Consumer = $C; };
        instance of __FilterToConsumerBinding { Filter = $F; Consumer = $S; };
        instance of __FilterToConsumerBinding { Filter = $F; Consumer = $N; };
    "#;
    let compile = |text| session.compile_mof_text(&CallContext::new(), "a.mof", text).unwrap();
    compile(text);
    compile(r#"instance of X_Disk { Name = "C:"; };"#);
    repository.dispatch_events();
    let mut dead: Vec<_> = repository
        .dead_letters()
        .iter()
        .map(|letter| {
            (letter.consumer.class.clone().unwrap().to_string(), letter.failure.code, letter.tries)
        })
        .collect();
    dead.sort();
    let (denied, wrong, unsupported) = (0x8004_1003, 0x8004_1008, 0x8004_100c);
    let expected = [
        ("ActiveScriptEventConsumer", unsupported),
        ("CommandLineEventConsumer", denied),
        ("NTEventLogEventConsumer", wrong),
        ("SMTPEventConsumer", wrong),
    ];
    assert_eq!(dead, expected.map(|(class, code)| (class.to_owned(), code, 1)));
}

/// A server that takes calls and says nothing.
fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn servers_that_do_not_answer_may_later() {
    let (_listener, port) = silent();
    let mail = Instance::new("SMTPEventConsumer")
        .with("SMTPServer", "127.0.0.1")
        .with("ToLine", "a@example.com");
    let sink = Smtp::default().with_port(port).with_timeout(Duration::from_millis(50));
    later(deliver(&sink, &mail, &modification()));
    let hook = Instance::new("WebhookEventConsumer")
        .with("Url", format!("http://127.0.0.1:{port}/"))
        .with("Timeout", 1_u32);
    let failure = later(deliver(&Webhook::anywhere(), &hook, &modification()));
    assert!(failure.text.contains("timeout"), "{failure}");
}

#[test]
fn event_types_and_properties_of_the_event_log() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let event = modification().with("Sid", Value::null(CimType::String));
    for (of, priority) in [(0, 14), (1, 11), (2, 12), (4, 14), (8, 109), (16, 108)] {
        let consumer = Instance::new("NTEventLogEventConsumer")
            .with("EventID", 7_u32)
            .with("EventType", of as u32)
            .with("UNCServerName", format!("127.0.0.1:{port}"))
            .with("NameOfUserSidProperty", "Sid")
            .with("NameOfRawDataProperty", "Nowhere");
        assert_eq!(deliver(&EventLog::default(), &consumer, &event), Verdict::Delivered);
        let mut buffer = [0; 9000];
        let length = server.recv(&mut buffer).unwrap();
        let text = String::from_utf8_lossy(&buffer[..length]);
        assert!(text.starts_with(&format!("<{priority}>1 ")), "{of}: {text}");
        assert!(text.contains(&format!("[eventlog@32473 type=\"{of}\"]")), "{of}: {text}");
    }
}

#[test]
fn syslog_messages_without_text_are_json_and_cut_where_they_are_too_long() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap().to_string();
    let consumer = Instance::new("SyslogEventConsumer").with("Server", address);
    let mut buffer = [0; 9000];
    assert_eq!(deliver(&Syslog::default(), &consumer, &modification()), Verdict::Delivered);
    let length = server.recv(&mut buffer).unwrap();
    let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
    let json = &text[text.find(" - {").unwrap() + 3..];
    assert_eq!(serde_json::from_str::<serde_json::Value>(json).unwrap(), to_json(&modification()));
    let sink = Syslog::default().with_longest(100);
    assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
    assert_eq!(server.recv(&mut buffer).unwrap(), 100);
    assert_eq!(String::from_utf8_lossy(&buffer[..100]), text[..100]);
    // No datagram is as long.
    let long = consumer.with("Message", "x".repeat(70_000));
    let sink = Syslog::default().with_longest(1 << 20);
    assert_ne!(deliver(&sink, &long, &modification()), Verdict::Delivered);
}

/// A name that leads to more than there is room for, and one of no file.
#[test]
fn log_files_that_cannot_be() {
    let directory = tempfile::tempdir().unwrap();
    let log = |name: &str, text: &str| {
        let path = directory.path().join(name);
        Instance::new("LogFileEventConsumer")
            .with("Filename", path.to_str().unwrap())
            .with("Text", text)
    };
    let event = Instance::new("X_Event").with("Big", "x".repeat(1 << 19));
    let sink = LogFile::anywhere();
    let much = failed(deliver(&sink, &log("a.log", "%Big%%Big%%Big%"), &event));
    assert!(much.text.contains("gives more than 1048576 bytes"), "{much}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    assert_eq!(deliver(&sink, &log("a.log", "%__CLASS%"), &event), Verdict::Delivered);
    assert_eq!(fs::read_to_string(directory.path().join("a.log")).unwrap().trim_end(), "X_Event");
    if cfg!(unix) {
        failed(deliver(&sink, &log(&"n".repeat(300), "x"), &event));
    }
    // All names for backups are in use, until somebody takes some away.
    for number in 1..=999 {
        fs::write(directory.path().join(format!("a.{number:03}")), "").unwrap();
    }
    let small = log("a.log", "x").with("MaximumFileSize", 1_u64);
    let failure = later(deliver(&sink, &small, &event));
    assert!(failure.text.contains(".001 to .999"), "{failure}");
}

/// The longest file that a file system has.
#[cfg(unix)]
fn longest(file: &fs::File) -> u64 {
    let (mut fits, mut least) = (0, u64::MAX);
    while least - fits > 1 {
        let middle = fits + (least - fits) / 2;
        match file.set_len(middle) {
            Ok(()) => fits = middle,
            Err(_) => least = middle,
        }
    }
    fits
}

/// A line that has no room is not there in part, or the next try would double its beginning.
#[cfg(unix)]
#[test]
fn a_line_without_room_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("full.log");
    let file = fs::File::create(&path).unwrap();
    let length = longest(&file) - 4;
    file.set_len(length).unwrap();
    let consumer = Instance::new("LogFileEventConsumer")
        .with("Filename", "full.log")
        .with("Text", "more than four");
    let sink = LogFile::below(directory.path());
    later(deliver(&sink, &consumer, &modification()));
    assert_eq!(path.metadata().unwrap().len(), length);
}

#[test]
fn places_in_objects_of_all_kinds() {
    let mut class = Class::new("X_Kind");
    class.superclass = Some("X_Base".into());
    let mut property = Property::new("Level", CimType::UInt8);
    property.default = Some(Value::from(3_u8));
    class.properties.push(property);
    let class = Scalar::Object(Arc::new(Object::Class(class)));
    let with_tags = |tags: [&'static str; 2]| embedded(Instance::new("X").with("T", texts(tags)));
    let inner = Instance::new("X_In").with("Class", Value::Scalar(class.clone()));
    let event = Instance::new("X_Event")
        .with("Class", Value::Scalar(class))
        .with("In", Value::Scalar(embedded(inner)))
        .with("Many", array(CimType::Object, [with_tags(["a", "b"]), with_tags(["c", "d"])]));
    for (template, expected) in [
        ("%Class.__CLASS% %Class.__SUPERCLASS% %Class.level%", "X_Kind X_Base 3"),
        ("[%Class.Nothing%]", "[]"),
        ("%In.Class.Level%", "3"),
        ("%Many.T%", "(\"a\",\"b\",\"c\",\"d\")"),
        ("[%Many.T.Deeper%]", "[()]"),
    ] {
        assert_eq!(Template::parse(template).expand(&event).unwrap(), expected, "{template}");
    }
    let text = Template::parse("%Class%").expand(&event).unwrap();
    assert!(text.starts_with("class X_Kind : X_Base"), "{text}");
    assert_eq!(to_json(&event)["Class"]["name"], "X_Kind");
}
