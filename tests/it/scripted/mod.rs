//! A scripted host: raw HTTP/1.1 on loopback, with envelopes written by hand.
//!
//! It shares no code with client or simulator, so it can lie, fall silent and close the connection.

pub(crate) mod envelopes;

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// The reaction of the host to one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A SOAP body as the answer, with this status; `{ID}` stands for the request's message id.
    Soap(u16, String),
    /// A status with this body, which need not be SOAP.
    Raw(u16, String),
    /// A status with a body of this media type.
    Typed(u16, &'static str, String),
    /// A status without a body, and a `Retry-After` in seconds.
    Later(u16, u32),
    /// Reads the whole request and closes the connection.
    HangUp,
    /// Sends the first half of an answer and closes the connection.
    Half(String),
    /// Reads the whole request and does not answer.
    Silence,
}

/// The reply to a request is that of the first rule whose word is in the request; a rule's last reply repeats.
struct Rule {
    word: &'static str,
    replies: VecDeque<Reply>,
}

#[derive(Default)]
struct Script {
    rules: Vec<Rule>,
    seen: Vec<String>,
    connections: usize,
}

/// The running host; it stops with the test.
pub(crate) struct ScriptedHost {
    script: Arc<Mutex<Script>>,
    silent: Arc<Notify>,
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl ScriptedHost {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let shared = Arc::clone(&script);
        let silent = Arc::new(Notify::new());
        let fallen = Arc::clone(&silent);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, Arc::clone(&shared), Arc::clone(&fallen)));
            }
        });
        Self { script, silent, address, task }
    }

    /// Requests that contain `word` get these replies in order; later rules take precedence.
    pub(crate) fn on(&self, word: &'static str, replies: impl IntoIterator<Item = Reply>) -> &Self {
        let rule = Rule { word, replies: replies.into_iter().collect() };
        self.script.lock().unwrap().rules.insert(0, rule);
        self
    }

    /// The number of requests that contained `word`.
    pub(crate) fn count(&self, word: &str) -> usize {
        self.script.lock().unwrap().seen.iter().filter(|request| request.contains(word)).count()
    }

    /// Returns once a request has been answered with silence.
    pub(crate) async fn falls_silent(&self) {
        self.silent.notified().await;
    }

    /// The number of connections opened to it.
    pub(crate) fn connections(&self) -> usize {
        self.script.lock().unwrap().connections
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for ScriptedHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>, silent: Arc<Notify>) {
    while let Some(request) = read_request(&mut stream).await {
        let reply = {
            let mut script = script.lock().unwrap();
            script.seen.push(request.clone());
            let rule = script.rules.iter_mut().find(|rule| request.contains(rule.word));
            match rule {
                Some(rule) if rule.replies.len() > 1 => rule.replies.pop_front().unwrap(),
                Some(rule) => rule.replies.front().cloned().unwrap(),
                None => Reply::Raw(500, format!("no rule for {request}")),
            }
        };
        let id = between(&request, "<a:MessageID>", "</a:MessageID>").unwrap_or_default();
        let written = match reply {
            Reply::Soap(status, body) => write(&mut stream, status, &body.replace("{ID}", id)).await,
            Reply::Raw(status, body) => write(&mut stream, status, &body).await,
            Reply::Typed(status, media_type, body) => {
                let head = head(status, body.len()).replace("application/soap+xml;charset=UTF-8", media_type);
                stream.write_all(format!("{head}{body}").as_bytes()).await.is_ok()
            }
            Reply::Later(status, seconds) => {
                let head =
                    format!("HTTP/1.1 {status} \r\nRetry-After: {seconds}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(head.as_bytes()).await.is_ok()
            }
            Reply::HangUp => return,
            Reply::Silence => {
                silent.notify_one();
                let _ = read_request(&mut stream).await;
                return;
            }
            Reply::Half(body) => {
                let body = body.replace("{ID}", id);
                let half: String = body.chars().take(body.chars().count() / 2).collect();
                let head = head(200, body.len());
                let _ = stream.write_all(format!("{head}{half}").as_bytes()).await;
                return;
            }
        };
        if !written {
            return;
        }
    }
}

fn head(status: u16, length: usize) -> String {
    // The reason phrase is empty, as on a Windows host.
    format!(
        "HTTP/1.1 {status} \r\nContent-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: {length}\r\n\r\n"
    )
}

async fn write(stream: &mut TcpStream, status: u16, body: &str) -> bool {
    stream.write_all(format!("{}{body}", head(status, body.len())).as_bytes()).await.is_ok()
}

/// The body of the next request; `None` after the client has closed.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    read_message(stream).await.map(|(_, body)| body)
}

/// Head, with the empty line that ends it, and body of the next message; `None` after the other side has closed.
pub(crate) async fn read_message(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let folded = head.to_ascii_lowercase();
    let length: usize = between(&folded, "content-length: ", "\r\n").unwrap_or("0").parse().unwrap();
    while bytes.len() < head_end + length {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
    Some((head, String::from_utf8(bytes[head_end..].to_vec()).unwrap()))
}

pub(crate) fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    text.split_once(from)?.1.split_once(to).map(|(found, _)| found)
}
