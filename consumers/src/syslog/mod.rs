//! `SyslogEventConsumer`, a class of ours: a syslog message (RFC 5424) for each event, to the
//! socket of this machine's syslog or by UDP (RFC 5426).

mod message;

pub(crate) use message::{Message, element, time_of};

use crate::settings::{Settings, refused, verdict, verdict_of, wrong};
use cimarron_engine::{ConsumerSink, Delivery, Failure, Verdict};
use std::io;
use std::net::{ToSocketAddrs, UdpSocket};
use std::path::PathBuf;

/// Where messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyslogServer {
    /// The socket of this machine's syslog.
    Local(PathBuf),
    /// A host and its port, by UDP.
    Udp(String, u16),
}

impl SyslogServer {
    const PORT: u16 = 514;

    /// A server as consumers name it: the path of a socket, or a host with or without port.
    fn named(text: &str) -> Self {
        if text.starts_with('/') {
            return Self::Local(text.into());
        }
        let split = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let split = split.filter(|(host, _)| host.starts_with('[') || !host.contains(':'));
        let (host, port) = split.unwrap_or((text, Self::PORT));
        Self::Udp(host.trim_matches(['[', ']']).to_owned(), port)
    }

    pub(crate) fn send(&self, bytes: &[u8]) -> io::Result<()> {
        match self {
            #[cfg(unix)]
            Self::Local(path) => {
                let socket = std::os::unix::net::UnixDatagram::unbound()?;
                // A full queue is not waited for.
                socket.set_nonblocking(true)?;
                socket.send_to(bytes, path).map(drop)
            }
            #[cfg(not(unix))]
            Self::Local(_) => Err(io::ErrorKind::Unsupported.into()),
            Self::Udp(host, port) => {
                let mut last = io::Error::from(io::ErrorKind::NotFound);
                for address in (host.as_str(), *port).to_socket_addrs()? {
                    let any = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
                    match UdpSocket::bind(any).and_then(|socket| socket.send_to(bytes, address)) {
                        Ok(_) => return Ok(()),
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
        }
    }
}

/// Sends events to syslog servers.
#[derive(Clone, Debug)]
pub struct Syslog {
    local: SyslogServer,
    longest: usize,
}

impl Default for Syslog {
    fn default() -> Self {
        // RFC 5425 asks every receiver for 2,048 and hopes for 8,192.
        Self { local: SyslogServer::Local("/dev/log".into()), longest: 8192 }
    }
}

impl Syslog {
    /// Where messages go whose consumer names no server; it starts with `/dev/log`.
    #[must_use]
    pub fn with_server(mut self, server: SyslogServer) -> Self {
        self.local = server;
        self
    }

    /// How long a message may be, in bytes; it starts with 8,192. What is longer is cut off.
    #[must_use]
    pub const fn with_longest(mut self, bytes: usize) -> Self {
        self.longest = bytes;
        self
    }

    /// Sends to the server of this name, or to the one of this machine.
    pub(crate) fn send(&self, server: Option<&str>, message: &Message<'_>) -> Result<(), Verdict> {
        let named = server.map(SyslogServer::named);
        let server = named.as_ref().unwrap_or(&self.local);
        // A consumer may name a host, but no socket that has another purpose.
        if matches!(server, SyslogServer::Local(_)) && *server != self.local {
            return Err(Verdict::Failed(refused("this is not the socket of the machine's syslog")));
        }
        let sent = server.send(&message.to_bytes(self.longest));
        sent.map_err(|error| match verdict_of("syslog", &error) {
            // The server may be about to start.
            Verdict::Failed(failure) => Verdict::RetryLater(failure),
            other => other,
        })
    }

    fn deliver_to(&self, delivery: &Delivery<'_>) -> Result<(), Verdict> {
        let settings = Settings(delivery);
        let message = read(settings).map_err(Verdict::Failed)?;
        self.send(settings.text("Server"), &message)
    }
}

fn read(settings: Settings<'_>) -> Result<Message<'_>, Failure> {
    let small = |name: &str, default: u8, most: u8| {
        let number = settings.number(name).unwrap_or(default.into());
        u8::try_from(number).ok().filter(|n| *n <= most).ok_or_else(|| {
            wrong(format!("`{name}` is {number}, and {most} is the greatest that there is"))
        })
    };
    let (facilities, severities) = Message::MAX;
    let data = settings.text("StructuredData").unwrap_or_default().to_owned();
    if !message::is_data(&data) {
        return Err(wrong(format!(
            "`{data}` is no structured data; write `[name@1 key=\"value\"]`"
        )));
    }
    let event = settings.0.event;
    Ok(Message {
        facility: small("Facility", 1, facilities)?,
        severity: small("Severity", 6, severities)?,
        time: time_of(event),
        host: settings.machine(),
        application: settings.text("AppName").unwrap_or("cimarron"),
        id: settings.text("MessageId").unwrap_or(event.class.as_str()),
        data,
        text: match settings.expanded("Message")? {
            Some(text) => text,
            None => crate::to_json(event).to_string(),
        },
    })
}

impl ConsumerSink for Syslog {
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
        verdict(self.deliver_to(delivery))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{deliver, modification};
    use cimarron_model::Instance;

    fn consumer() -> Instance {
        Instance::new("SyslogEventConsumer")
            .with("Name", "S")
            .with("Facility", 16_u8)
            .with("Message", "%TargetInstance.Name% is full")
    }

    fn expected(rest: &str) -> String {
        let pid = std::process::id();
        let id = "__InstanceModificationEvent";
        format!("<134>1 2030-01-01T00:00:00.000000Z here.example cimarron {pid} {id} - {rest}")
    }

    #[test]
    fn by_udp() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let consumer = consumer().with("Server", server.local_addr().unwrap().to_string());
        assert_eq!(deliver(&Syslog::default(), &consumer, &modification()), Verdict::Delivered);
        let mut buffer = [0; 9000];
        let length = server.recv(&mut buffer).unwrap();
        assert_eq!(String::from_utf8_lossy(&buffer[..length]), expected("C: is full"));
    }

    #[cfg(unix)]
    #[test]
    fn by_the_socket_of_the_machine() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let sink = Syslog::default().with_server(SyslogServer::Local(path.clone()));
        let verdict = deliver(&sink, &consumer(), &modification());
        assert!(matches!(verdict, Verdict::RetryLater(_)), "nobody is there: {verdict:?}");
        let server = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
        let named = consumer().with("Server", path.to_str().unwrap());
        for consumer in [consumer(), named] {
            assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
            let mut buffer = [0; 9000];
            let length = server.recv(&mut buffer).unwrap();
            assert_eq!(String::from_utf8_lossy(&buffer[..length]), expected("C: is full"));
        }
        let other = consumer().with("Server", directory.path().join("else").to_str().unwrap());
        assert!(matches!(deliver(&sink, &other, &modification()), Verdict::Failed(_)));
    }

    #[test]
    fn what_is_wrong_is_not_sent() {
        for (name, value) in [("Facility", 24_u8), ("Severity", 8)] {
            let consumer = consumer().with("Server", "127.0.0.1:9").with(name, value);
            let verdict = deliver(&Syslog::default(), &consumer, &modification());
            assert!(matches!(verdict, Verdict::Failed(_)), "{verdict:?}");
        }
        let consumer = consumer().with("Server", "127.0.0.1:9").with("StructuredData", "x");
        let verdict = deliver(&Syslog::default(), &consumer, &modification());
        assert!(matches!(verdict, Verdict::Failed(_)), "{verdict:?}");
    }

    #[test]
    fn names_of_servers() {
        let udp = |host: &str, port| SyslogServer::Udp(host.to_owned(), port);
        for (text, expected) in [
            ("/dev/log", SyslogServer::Local("/dev/log".into())),
            ("loghost", udp("loghost", 514)),
            ("loghost:5514", udp("loghost", 5514)),
            ("[::1]:5514", udp("::1", 5514)),
            ("::1", udp("::1", 514)),
        ] {
            assert_eq!(SyslogServer::named(text), expected, "{text}");
        }
    }
}
