//! `SMTPEventConsumer`: a message for each event (WMI SDK, "SMTPEventConsumer class").
//!
//! Lists of addresses are templates, as in WMI: cut at commas and semicolons when the event is
//! in its places. A line break or another control character out of an event is a space in
//! every header, so an event cannot add one.

use crate::settings::{Settings, one_line, verdict, wrong};
use cimarron_engine::{ConsumerSink, Delivery, Failure, Verdict};
use cimarron_model::Status;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, SmtpTransport, Transport};
use std::time::Duration;

/// Sends mail through the servers that consumers name.
#[derive(Clone, Debug)]
pub struct Smtp {
    port: u16,
    timeout: Duration,
    #[cfg(feature = "tls")]
    encrypted: bool,
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            port: 25,
            timeout: Duration::from_secs(30),
            #[cfg(feature = "tls")]
            encrypted: false,
        }
    }
}

impl Smtp {
    /// The port of servers that are named without one; it starts with 25.
    #[must_use]
    pub const fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long a server may take to answer; it starts with 30 seconds.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sends over encrypted connections only (STARTTLS, RFC 3207).
    #[cfg(feature = "tls")]
    #[must_use]
    pub const fn encrypted(mut self) -> Self {
        self.encrypted = true;
        self
    }

    fn send(&self, delivery: &Delivery<'_>) -> Result<(), Verdict> {
        let settings = Settings(delivery);
        let server = settings.required("SMTPServer").map_err(Verdict::Failed)?;
        let message = message(settings).map_err(Verdict::Failed)?;
        let transport = self.transport(server, settings.machine()).map_err(Verdict::Failed)?;
        transport.send(&message).map(drop).map_err(|error| of_error(server, &error))
    }

    fn transport(&self, server: &str, machine: &str) -> Result<SmtpTransport, Failure> {
        let (host, port) = address(server, self.port);
        let builder = SmtpTransport::builder_dangerous(host)
            .port(port)
            .timeout(Some(self.timeout))
            .hello_name(ClientId::Domain(one_line(machine).replace(' ', "-")));
        #[cfg(feature = "tls")]
        if self.encrypted {
            use lettre::transport::smtp::client::{Tls, TlsParameters};
            let parameters = TlsParameters::new(host.to_owned());
            let parameters = parameters.map_err(|error| wrong(format!("`{host}`: {error}")))?;
            return Ok(builder.tls(Tls::Required(parameters)).build());
        }
        Ok(builder.build())
    }
}

/// `host`, `host:port`, `[address]:port` or an address.
fn address(server: &str, port: u16) -> (&str, u16) {
    let split = server.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    let split = split.filter(|(host, _)| host.starts_with('[') || !host.contains(':'));
    let (host, port) = split.unwrap_or((server, port));
    let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    (inside.unwrap_or(host), port)
}

fn message(settings: Settings<'_>) -> Result<Message, Failure> {
    let from = match settings.line("FromLine")? {
        Some(line) => mailbox(&line)?,
        None => mailbox(&format!("WinMgmt@{}", settings.machine()))?,
    };
    let mut builder = Message::builder().from(from).message_id(None);
    let mut receivers = 0;
    type Add = fn(MessageBuilder, Mailbox) -> MessageBuilder;
    let lines: [(&str, Add); 3] = [
        ("ToLine", MessageBuilder::to),
        ("CcLine", MessageBuilder::cc),
        ("BccLine", MessageBuilder::bcc),
    ];
    for (name, add) in lines {
        for address in list(&settings.line(name)?.unwrap_or_default()) {
            builder = add(builder, mailbox(address)?);
            receivers += 1;
        }
    }
    if receivers == 0 {
        return Err(wrong("none of `ToLine`, `CcLine` and `BccLine` has an address"));
    }
    for address in list(&settings.line("ReplyToLine")?.unwrap_or_default()) {
        builder = builder.reply_to(mailbox(address)?);
    }
    builder = builder.subject(settings.line("Subject")?.unwrap_or_default());
    for field in settings.texts("HeaderFields").iter().filter(|field| !field.is_empty()) {
        builder = builder.raw_header(header(field)?);
    }
    let text = settings.expanded("Message")?.unwrap_or_default();
    builder
        .header(ContentType::TEXT_PLAIN)
        .body(text)
        .map_err(|error| wrong(format!("the message cannot be put together: {error}")))
}

/// The addresses of a list, which quotes may hold together.
fn list(line: &str) -> Vec<&str> {
    let mut quoted = false;
    let separates = |c: char| {
        quoted ^= c == '"';
        !quoted && matches!(c, ',' | ';')
    };
    line.split(separates).map(str::trim).filter(|address| !address.is_empty()).collect()
}

fn mailbox(text: &str) -> Result<Mailbox, Failure> {
    text.parse().map_err(|error| wrong(format!("`{text}` is no mail address: {error}")))
}

/// A header field as it is, save that it is one.
fn header(field: &str) -> Result<HeaderValue, Failure> {
    let bad = || wrong(format!("`{}` is no header; write `Name: value`", one_line(field)));
    let (name, value) = field.split_once(':').ok_or_else(bad)?;
    if !field.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        return Err(bad());
    }
    let name = HeaderName::new_from_ascii(name.trim().to_owned()).map_err(|_| bad())?;
    let value = value.trim().to_owned();
    Ok(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value))
}

/// What a failed attempt means (RFC 5321 4.2.1): 5yz is for good, 4yz and trouble on the way
/// may pass.
fn of_error(server: &str, error: &lettre::transport::smtp::Error) -> Verdict {
    use std::error::Error;
    let mut text = format!("`{server}`: {error}");
    if let Some(source) = error.source() {
        text = format!("{text}: {source}");
    }
    let failure = match error.status() {
        Some(code) => Failure::new(u32::from(u16::from(code)), text),
        None => Failure::of(Status::Failed, text),
    };
    if error.is_permanent() || error.is_client() {
        Verdict::Failed(failure)
    } else {
        Verdict::RetryLater(failure)
    }
}

impl ConsumerSink for Smtp {
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
        verdict(self.send(delivery))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{deliver, modification, texts};
    use cimarron_model::Instance;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    /// A mail server that takes one message, unless it has another answer to RCPT; what it was
    /// told.
    fn serve(receiver: &'static str) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = thread::spawn(move || {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            let mut told = Vec::new();
            let mut within = false;
            let mut answer = "220 mail.example ready";
            loop {
                if !answer.is_empty() {
                    stream.get_mut().write_all(format!("{answer}\r\n").as_bytes()).unwrap();
                }
                let mut line = String::new();
                if stream.read_line(&mut line).unwrap_or(0) == 0 {
                    return told;
                }
                let line = line.trim_end_matches(['\r', '\n']).to_owned();
                let command =
                    line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
                answer = match command.as_str() {
                    _ if within && line == "." => {
                        within = false;
                        "250 taken"
                    }
                    _ if within => "",
                    "EHLO" | "HELO" => "250 mail.example",
                    "RCPT" => receiver,
                    "DATA" => {
                        within = true;
                        "354 go on"
                    }
                    "QUIT" => "221 bye",
                    _ => "250 fine",
                };
                told.push(line);
            }
        });
        (address, server)
    }

    fn consumer(server: &str) -> Instance {
        Instance::new("SMTPEventConsumer")
            .with("Name", "M")
            .with("SMTPServer", server)
            .with("ToLine", "a@example.com; \"Bee, B\" <b@example.com>")
    }

    #[test]
    fn a_message_is_sent() {
        let (server, told) = serve("250 fine");
        let consumer = consumer(&server)
            .with("BccLine", "%Who%@example.com")
            .with("Subject", "%TargetInstance.Name% of %Subject%")
            .with("Message", "Size: %TargetInstance.Size%\n.\nend")
            .with("ReplyToLine", "r@example.com")
            .with("HeaderFields", texts(["X-Event: %1", ""]));
        let event = modification().with("Who", "c").with("Subject", "x\r\nBcc: d@example.com");
        assert_eq!(deliver(&Smtp::default(), &consumer, &event), Verdict::Delivered);
        let told = told.join().unwrap();
        for line in [
            "EHLO here.example",
            "MAIL FROM:<WinMgmt@here.example>",
            "RCPT TO:<a@example.com>",
            "RCPT TO:<b@example.com>",
            "RCPT TO:<c@example.com>",
            "From: WinMgmt@here.example",
            "Reply-To: r@example.com",
            "Subject: C: of x  Bcc: d@example.com",
            "X-Event: %1",
            "Size: 90",
            "..",
            "end",
            ".",
        ] {
            assert!(told.iter().any(|l| l == line), "{line}\n{told:#?}");
        }
        assert!(!told.iter().any(|l| l.starts_with("Bcc") || l.contains("<d@")), "{told:#?}");
    }

    #[test]
    fn what_the_server_says_decides() {
        for (answer, passes, code) in [("550 no such user", false, 550), ("450 later", true, 450)] {
            let (server, told) = serve(answer);
            let verdict = deliver(&Smtp::default(), &consumer(&server), &modification());
            let failure = match (verdict, passes) {
                (Verdict::RetryLater(failure), true) | (Verdict::Failed(failure), false) => failure,
                other => panic!("{answer}: {other:?}"),
            };
            assert_eq!(failure.code, code, "{failure}");
            told.join().unwrap();
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let verdict = deliver(&Smtp::default(), &consumer(&free.to_string()), &modification());
        assert!(matches!(verdict, Verdict::RetryLater(_)), "{verdict:?}");
    }

    #[test]
    fn what_cannot_be_sent_is_not_tried() {
        let bare = Instance::new("SMTPEventConsumer").with("Name", "M");
        let server = bare.clone().with("SMTPServer", "127.0.0.1:1");
        for consumer in [
            bare.with("ToLine", "a@example.com"),
            server.clone(),
            server.clone().with("ToLine", " ; ,"),
            server.clone().with("ToLine", "nobody"),
            server.clone().with("ToLine", "a@example.com").with("FromLine", "nobody"),
            server.clone().with("ToLine", "a@b.c").with("HeaderFields", texts(["no header"])),
            server.clone().with("ToLine", "a@b.c").with("HeaderFields", texts(["X: a\r\nY: b"])),
        ] {
            let verdict = deliver(&Smtp::default(), &consumer, &modification());
            assert!(matches!(verdict, Verdict::Failed(_)), "{verdict:?}");
        }
    }

    #[test]
    fn servers_with_and_without_ports() {
        for (server, expected) in [
            ("mail", ("mail", 25)),
            ("mail:2525", ("mail", 2525)),
            ("::1", ("::1", 25)),
            ("[::1]:587", ("::1", 587)),
            ("[::1]", ("::1", 25)),
            ("mail:x", ("mail:x", 25)),
        ] {
            assert_eq!(address(server, 25), expected, "{server}");
        }
    }
}
