//! `NTEventLogEventConsumer`: a record in the event log for each event (WMI SDK,
//! "NTEventLogEventConsumer class"). The event log is syslog here.
//!
//! | event log | syslog |
//! |---|---|
//! | `EventType` error, warning, information and success | severity error, warning, informational |
//! | `EventType` audit success, audit failure | notice and warning of the facility for audits |
//! | `SourceName`, `EventID` | APP-NAME, MSGID |
//! | `Category`, the properties for raw data and the user | structured data |
//! | insertion strings | the message, a space between them |

use crate::settings::{Settings, one_line, verdict, wrong};
use crate::syslog::{Message, Syslog, element, time_of};
use crate::template::Template;
use cimarron_engine::{ConsumerSink, Delivery, Failure, Verdict};
use cimarron_model::Value;

/// Writes to the event log.
#[derive(Clone, Debug, Default)]
pub struct EventLog {
    syslog: Syslog,
}

impl EventLog {
    /// Writes through this syslog.
    pub const fn through(syslog: Syslog) -> Self {
        Self { syslog }
    }

    fn log(&self, delivery: &Delivery<'_>) -> Result<(), Verdict> {
        let settings = Settings(delivery);
        let record = Record::read(settings).map_err(Verdict::Failed)?;
        let (facility, severity) = record.priority;
        let message = Message {
            facility,
            severity,
            time: time_of(delivery.event),
            host: settings.machine(),
            application: record.source,
            id: &record.id,
            data: record.data,
            text: record.text,
        };
        self.syslog.send(record.server.as_deref(), &message)
    }
}

/// What a consumer asks for.
struct Record<'d> {
    priority: (u8, u8),
    source: &'d str,
    id: String,
    data: String,
    text: String,
    server: Option<String>,
}

impl<'d> Record<'d> {
    fn read(settings: Settings<'d>) -> Result<Self, Failure> {
        let id = settings.number("EventID").ok_or_else(|| wrong("`EventID` is not set"))?;
        let source = settings.text("SourceName").unwrap_or("cimarron");
        if source.contains(':') {
            return Err(wrong(format!("`SourceName` is `{source}`; it may not have a colon")));
        }
        let event_type = settings.number("EventType").unwrap_or(1);
        let server = settings.line("UNCServerName")?;
        let data = [
            ("type", Some(event_type.to_string())),
            ("category", settings.number("Category").map(|n| n.to_string())),
            ("user", property(settings, "NameOfUserSidProperty")),
            ("data", property(settings, "NameOfRawDataProperty")),
        ];
        let data = data.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Ok(Self {
            priority: priority(event_type)?,
            source,
            id: id.to_string(),
            // The number is the one for documentation (RFC 5612): ours has none.
            data: element("eventlog@32473", data),
            text: insertions(settings)?,
            server: server.map(|name| name.trim_start_matches('\\').to_owned()),
        })
    }
}

/// Facility and severity of an event type.
fn priority(event_type: u64) -> Result<(u8, u8), Failure> {
    const USER: u8 = 1;
    const AUDIT: u8 = 13;
    match event_type {
        0 | 4 => Ok((USER, 6)),
        1 => Ok((USER, 3)),
        2 => Ok((USER, 4)),
        8 => Ok((AUDIT, 5)),
        16 => Ok((AUDIT, 4)),
        _ => Err(wrong(format!("`EventType` is {event_type}, which is none"))),
    }
}

fn insertions(settings: Settings<'_>) -> Result<String, Failure> {
    let templates = settings.texts("InsertionStringTemplates");
    let count = settings.number("NumberOfInsertionStrings").unwrap_or(0);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > templates.len() {
        let there = templates.len();
        return Err(wrong(format!(
            "`NumberOfInsertionStrings` is {count}, and there are {there} templates"
        )));
    }
    let expand = |text: &String| settings.expand(&Template::parse(text));
    let strings = templates.iter().take(count).map(expand).collect::<Result<Vec<_>, _>>()?;
    Ok(one_line(&strings.join(" ")))
}

/// The property of the event that a property of the consumer names: a text, or bytes in
/// hexadecimal.
fn property(settings: Settings<'_>, name: &str) -> Option<String> {
    let name = settings.text(name)?;
    match settings.0.event.get(name)? {
        Value::Array(bytes) => {
            let hex = |byte: Option<cimarron_model::Scalar>| {
                byte.and_then(|b| b.as_integer()).map(|b| format!("{b:02x}"))
            };
            Some(bytes.iter().filter_map(hex).collect())
        }
        Value::Scalar(scalar) => Some(one_line(&scalar.to_string())),
        Value::Null(..) => None,
    }
}

impl ConsumerSink for EventLog {
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
        verdict(self.log(delivery))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syslog::SyslogServer;
    use crate::testing::{array, deliver, modification, texts};
    use cimarron_model::{CimType, Instance};
    use std::net::UdpSocket;

    fn consumer() -> Instance {
        Instance::new("NTEventLogEventConsumer")
            .with("Name", "N")
            .with("EventID", 1003_u32)
            .with("EventType", 2_u32)
            .with("SourceName", "WSH")
            .with("NumberOfInsertionStrings", 2_u32)
            .with("InsertionStringTemplates", texts(["%TargetInstance.Name%", "is full", "no"]))
    }

    #[test]
    fn records_are_syslog_messages() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        let syslog = Syslog::default().with_server(SyslogServer::Udp("127.0.0.1".into(), port));
        let sink = EventLog::through(syslog);
        let consumer = consumer()
            .with("Category", 7_u16)
            .with("NameOfRawDataProperty", "Raw")
            .with("NameOfUserSidProperty", "Sid");
        let event =
            modification().with("Raw", array(CimType::UInt8, [1_u8, 255])).with("Sid", "S-1-5-18");
        assert_eq!(deliver(&sink, &consumer, &event), Verdict::Delivered);
        let named = consumer.with("UNCServerName", format!("\\\\127.0.0.1:{port}"));
        assert_eq!(deliver(&EventLog::default(), &named, &event), Verdict::Delivered);
        let pid = std::process::id();
        let expected = format!(
            "<12>1 2030-01-01T00:00:00.000000Z here.example WSH {pid} 1003 [eventlog@32473 \
             type=\"2\" category=\"7\" user=\"S-1-5-18\" data=\"01ff\"] C: is full"
        );
        for _ in 0..2 {
            let mut buffer = [0; 9000];
            let length = server.recv(&mut buffer).unwrap();
            assert_eq!(String::from_utf8_lossy(&buffer[..length]), expected);
        }
    }

    #[test]
    fn what_is_wrong_is_not_logged() {
        let mut without = consumer();
        without.remove("EventID");
        for consumer in [
            without,
            consumer().with("EventType", 3_u32),
            consumer().with("SourceName", "a:b"),
            consumer().with("NumberOfInsertionStrings", 4_u32),
        ] {
            let verdict = deliver(&EventLog::default(), &consumer, &modification());
            assert!(matches!(verdict, Verdict::Failed(_)), "{verdict:?}");
        }
    }
}
