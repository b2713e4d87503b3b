//! `WebhookEventConsumer`, a class of ours: an HTTP POST for each event.
//!
//! The body is the event as JSON, or what `Body` says. In that template quotes mean nothing,
//! as JSON is full of them, and what an event puts into a place is escaped so that it stays
//! within a JSON string. Redirects are not followed: the address is the one that was allowed.

use crate::json::to_json;
use crate::settings::{Settings, refused, too_long, verdict, verdict_of, wrong};
use crate::template::Template;
use cimarron_engine::{ConsumerSink, Delivery, Failure, Verdict};
use cimarron_model::Status;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Uri;

/// Posts events to web servers.
#[derive(Debug)]
pub struct Webhook {
    agent: Agent,
    hosts: Option<Vec<String>>,
}

/// How long a request may take when the consumer does not say, and at most.
const TIMEOUTS: (u64, u64) = (30, 300);

/// Headers that the request itself decides.
const OURS: [&str; 6] =
    ["host", "content-length", "transfer-encoding", "connection", "content-type", "expect"];

impl Webhook {
    /// Posts to every address. Whoever may create a consumer can make this machine ask any
    /// server that it reaches.
    pub fn anywhere() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("cimarron/", env!("CARGO_PKG_VERSION")));
        Self { agent: config.build().new_agent(), hosts: None }
    }

    /// Posts to these hosts and no others, each a name or an address as URLs have it.
    pub fn only_to<H: Into<String>>(hosts: impl IntoIterator<Item = H>) -> Self {
        Self { hosts: Some(hosts.into_iter().map(Into::into).collect()), ..Self::anywhere() }
    }

    fn check(&self, url: &str) -> Result<(), Failure> {
        let parsed: Uri = url.parse().map_err(|e| wrong(format!("`{url}` is no URL: {e}")))?;
        let scheme = parsed.scheme_str().unwrap_or_default();
        if !matches!(scheme, "http" | "https") {
            return Err(wrong(format!("`{url}` is no address of a web server")));
        }
        if scheme == "https" && !cfg!(feature = "tls") {
            return Err(Failure::of(Status::NotSupported, "this program was built without https"));
        }
        let host = parsed.host().unwrap_or_default();
        let is_it = |allowed: &String| allowed.eq_ignore_ascii_case(host);
        if self.hosts.as_ref().is_some_and(|hosts| !hosts.iter().any(is_it)) {
            return Err(refused(format!("posting to `{host}` is not allowed")));
        }
        Ok(())
    }

    fn post(&self, delivery: &Delivery<'_>) -> Result<(), Verdict> {
        let settings = Settings(delivery);
        let request = Request::read(settings).map_err(Verdict::Failed)?;
        self.check(&request.url).map_err(Verdict::Failed)?;
        let mut post = self.agent.post(&request.url).config();
        post = post.timeout_global(Some(request.timeout));
        let mut post = post.build().header("Content-Type", &request.content_type);
        for (name, value) in &request.headers {
            post = post.header(name, value);
        }
        let answer = post.send(&request.body).map_err(|error| of_error(&request.url, error))?;
        of_status(&request.url, answer.status().as_u16())
    }
}

/// What a consumer asks for.
struct Request {
    url: String,
    content_type: String,
    headers: Vec<(String, String)>,
    body: String,
    timeout: Duration,
}

impl Request {
    fn read(settings: Settings<'_>) -> Result<Self, Failure> {
        let content_type = settings.text("ContentType").unwrap_or("application/json").to_owned();
        let mut headers = settings.texts("Headers");
        headers.retain(|header| !header.is_empty());
        let (default, most) = TIMEOUTS;
        let seconds = settings.number("Timeout").filter(|s| *s > 0).unwrap_or(default).min(most);
        Ok(Self {
            url: settings.required("Url")?.to_owned(),
            headers: headers.iter().map(|text| header(text)).collect::<Result<_, _>>()?,
            body: body(settings, content_type.to_ascii_lowercase().contains("json"))?,
            content_type,
            timeout: Duration::from_secs(seconds),
        })
    }
}

fn header(text: &str) -> Result<(String, String), Failure> {
    let parts = text.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
    match parts.filter(|(name, _)| !name.is_empty()) {
        None => Err(wrong(format!("`{text}` is no header; write `Name: value`"))),
        Some((name, _)) if OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name)) => {
            Err(wrong(format!("the header `{name}` is not the consumer's to say")))
        }
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
    }
}

fn body(settings: Settings<'_>, json: bool) -> Result<String, Failure> {
    let event = settings.0.event;
    let Some(template) = settings.text("Body") else { return Ok(to_json(event).to_string()) };
    let template = Template::parse_unquoted(template);
    let tame = |text: String| if json { within_json(&text) } else { text };
    template.expand_with(event, tame).map_err(too_long)
}

/// A text as it stands between the quotes of a JSON string.
fn within_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let inside = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or_default().to_owned()
}

fn of_error(url: &str, error: ureq::Error) -> Verdict {
    let text = format!("`{url}`: {error}");
    match error {
        ureq::Error::Io(error) => match verdict_of(&format!("`{url}`"), &error) {
            // What is wrong with a connection may be well later.
            Verdict::Failed(failure) => Verdict::RetryLater(failure),
            other => other,
        },
        ureq::Error::Timeout(_) => Verdict::RetryLater(Failure::of(Status::Timeout, text)),
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::Protocol(_) => {
            Verdict::RetryLater(Failure::of(Status::Failed, text))
        }
        _ => Verdict::Failed(Failure::of(Status::InvalidParameter, text)),
    }
}

/// What an answer means (RFC 9110 15): the server's trouble passes, the consumer's does not.
fn of_status(url: &str, status: u16) -> Result<(), Verdict> {
    let failure = || Failure::new(u32::from(status), format!("`{url}` answered {status}"));
    match status {
        200..=299 => Ok(()),
        408 | 421 | 425 | 429 | 500 | 502..=504 | 507 => Err(Verdict::RetryLater(failure())),
        _ => Err(Verdict::Failed(failure())),
    }
}

impl ConsumerSink for Webhook {
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
        verdict(self.post(delivery))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{deliver, modification, texts};
    use cimarron_model::Instance;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    /// The head and the body of a request.
    type Posted = (Vec<String>, String);

    /// A web server that gives each request one of these answers; what it was sent.
    fn serve(answers: &'static [u16]) -> (String, JoinHandle<Vec<Posted>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let one = |status: &u16| {
                let mut stream = BufReader::new(listener.accept().unwrap().0);
                let mut head = Vec::new();
                for line in stream.by_ref().lines() {
                    match line.unwrap() {
                        line if line.is_empty() => break,
                        line => head.push(line),
                    }
                }
                let length = head.iter().find_map(|line| {
                    let line = line.to_ascii_lowercase();
                    line.strip_prefix("content-length: ")?.parse::<usize>().ok()
                });
                let mut body = vec![0; length.unwrap()];
                stream.read_exact(&mut body).unwrap();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nLocation: /else\r\nConnection: close\r\n\r\n"
                );
                stream.get_mut().write_all(answer.as_bytes()).unwrap();
                (head, String::from_utf8(body).unwrap())
            };
            answers.iter().map(one).collect()
        });
        (url, server)
    }

    fn consumer(url: &str) -> Instance {
        Instance::new("WebhookEventConsumer").with("Name", "W").with("Url", url)
    }

    #[test]
    fn the_event_is_posted_as_json() {
        let (url, server) = serve(&[204]);
        let consumer = consumer(&url).with("Headers", texts(["X-Token: a b", ""]));
        assert_eq!(deliver(&Webhook::anywhere(), &consumer, &modification()), Verdict::Delivered);
        let requests = server.join().unwrap();
        let (head, body) = &requests[0];
        assert_eq!(head[0], "POST /hook HTTP/1.1");
        for line in ["content-type: application/json", "x-token: a b"] {
            assert!(head.iter().any(|h| h.eq_ignore_ascii_case(line)), "{line}: {head:?}");
        }
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(body).unwrap(),
            to_json(&modification())
        );
    }

    #[test]
    fn a_body_of_ones_own_stays_json() {
        let (url, server) = serve(&[200]);
        let body = r#"{"text": "%Who% at 100%%", "level": %Level%}"#;
        let event = Instance::new("X").with("Who", "a\", \"b\": \"\n").with("Level", 3_u8);
        let consumer = consumer(&url).with("Body", body);
        assert_eq!(
            deliver(&Webhook::only_to(["127.0.0.1"]), &consumer, &event),
            Verdict::Delivered
        );
        let sent: serde_json::Value = serde_json::from_str(&server.join().unwrap()[0].1).unwrap();
        let expected = serde_json::json!({ "text": "a\", \"b\": \"\n at 100%", "level": 3 });
        assert_eq!(sent, expected);
    }

    #[test]
    fn what_answers_mean() {
        for (status, passes) in [
            (400, false),
            (404, false),
            (302, false),
            (308, false),
            (429, true),
            (503, true),
            (501, false),
        ] {
            let answers: &[u16] = Box::leak(Box::new([status]));
            let (url, server) = serve(answers);
            let verdict = deliver(&Webhook::anywhere(), &consumer(&url), &modification());
            let failure = match (verdict, passes) {
                (Verdict::RetryLater(failure), true) | (Verdict::Failed(failure), false) => failure,
                other => panic!("{status}: {other:?}"),
            };
            assert_eq!(failure.code, u32::from(status));
            server.join().unwrap();
        }
    }

    #[test]
    fn a_server_that_is_not_there_may_come_back() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let verdict =
            deliver(&Webhook::anywhere(), &consumer(&format!("http://{free}/")), &modification());
        assert!(matches!(verdict, Verdict::RetryLater(_)), "{verdict:?}");
    }

    #[test]
    fn what_is_refused() {
        let fails = |sink: &Webhook, consumer: &Instance| {
            let verdict = deliver(sink, consumer, &modification());
            assert!(matches!(verdict, Verdict::Failed(_)), "{verdict:?}");
        };
        let anywhere = Webhook::anywhere();
        for url in ["", "no url", "file:///etc/passwd", "/hook", "ftp://127.0.0.1/"] {
            fails(&anywhere, &consumer(url));
        }
        fails(&Webhook::only_to(["example.com"]), &consumer("http://127.0.0.1:1/"));
        for header in ["no header", ": x", "Host: elsewhere", "Content-Length: 0", "X: a\r\nY: b"] {
            fails(&anywhere, &consumer("http://127.0.0.1:1/").with("Headers", texts([header])));
        }
        if !cfg!(feature = "tls") {
            fails(&anywhere, &consumer("https://127.0.0.1:1/"));
        }
    }
}
