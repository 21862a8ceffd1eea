//! The limit of a call: the HTTP library alone, which posts the same bytes and reads the answer without parsing it.
//!
//! It waits for an answer without a limit. With `--timeout SECONDS` each answer has a deadline, as in every client that must not
//! hang: the difference is the cost of the deadline.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use reqwest::{
    Client, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};

use crate::{
    Any,
    arguments::{Arguments, user},
    measure::Measurement,
};

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Any> {
    let (operations, warm_up) = (arguments.number("operations", 1000)?, arguments.number("warm-up", 100)?);
    if arguments.text("auth").is_some_and(|auth| auth != "basic") {
        return Err("the bare loop knows basic alone".into());
    }
    let body: Bytes = std::fs::read(arguments.text("body").ok_or("no --body was given")?)?.into();
    let token = STANDARD.encode(format!("{}:{}", user()?, std::env::var("HVSNAP_PASSWORD")?));
    // Not used, but the library cannot be built without it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder().user_agent("hvsnap/0.1.0").http1_only().no_proxy();
    if arguments.text("timeout").is_some() {
        builder = builder.timeout(Duration::from_secs(arguments.number("timeout", 0)?));
    }
    let post = Post {
        client: builder.build()?,
        url: arguments.endpoint()?.parse()?,
        authorization: HeaderValue::from_str(&format!("Basic {token}"))?,
        body,
    };
    post.repeat(warm_up).await?;
    let measurement = Measurement::begin()?;
    post.repeat(operations).await?;
    measurement.print(operations, &[])
}

struct Post {
    client: Client,
    url: Url,
    authorization: HeaderValue,
    body: Bytes,
}

impl Post {
    async fn repeat(&self, times: usize) -> Result<(), Any> {
        for _ in 0..times {
            let request = self
                .client
                .post(self.url.clone())
                .header(CONTENT_TYPE, HeaderValue::from_static("application/soap+xml;charset=UTF-8"))
                .header(AUTHORIZATION, self.authorization.clone())
                .body(self.body.clone());
            let answer = request.send().await?;
            let status = answer.status();
            if answer.bytes().await?.is_empty() || !status.is_success() {
                return Err(format!("the answer is {status}").into());
            }
        }
        Ok(())
    }
}
