//! Connections through an HTTP proxy. Only a tunnel is one connection and can carry an identity.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use super::{authority::Authority, ntlm, *};
use crate::http::{HttpErrorKind, ProxyConfig, Written, tls::TlsOptions};

/// A proxy that opens tunnels to `port`, or refuses with a status; it reports the first line of every request.
pub(super) async fn proxy(port: u16, status: &'static str) -> (ProxyConfig, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (report, reports) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let report = report.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(near.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                report.send(head.lines().next().unwrap().to_owned()).unwrap();
                near.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).await.unwrap();
                if status.starts_with("200") {
                    let mut far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                }
            });
        }
    });
    (url.parse::<ProxyConfig>().unwrap(), reports)
}

fn options(authority: &Authority, proxy: ProxyConfig) -> PoolOptions {
    let tls = TlsOptions { roots: authority.roots(), ..TlsOptions::default() };
    PoolOptions { tls, proxy: Some(proxy), ..PoolOptions::default() }
}

fn pool_of(peer: &Peer, options: PoolOptions) -> Pool {
    let endpoint = Endpoint::from_url(&format!("https://127.0.0.1:{}", peer.port())).unwrap();
    Pool::new(endpoint, credentials(), options).unwrap()
}

#[tokio::test]
async fn a_host_with_tls_is_reached_through_one_tunnel() {
    let authority = Authority::new();
    let peer = authority.peer(&["127.0.0.1"], |_| {}).await;
    let (proxy, mut reports) = proxy(peer.port(), "200 OK").await;
    let pool = pool_of(&peer, options(&authority, proxy));
    for _ in 0..20 {
        assert_eq!(post(&pool, "x").await.unwrap().body, "safe");
    }
    assert!(peer.seen().iter().all(|(connection, _)| *connection == 0));
    let expected = format!("CONNECT 127.0.0.1:{} HTTP/1.1", peer.port());
    assert_eq!(reports.try_recv().unwrap(), expected);
    assert!(reports.try_recv().is_err());
}

#[tokio::test]
async fn a_proxy_that_opens_no_tunnel_is_told() {
    let authority = Authority::new();
    let peer = authority.peer(&["127.0.0.1"], |_| {}).await;
    for status in ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"] {
        let (proxy, _reports) = proxy(peer.port(), status).await;
        let expected = HttpErrorKind::Proxy(proxy.to_string());
        let error = post(&pool_of(&peer, options(&authority, proxy)), "x").await.unwrap_err();
        assert_eq!((error.kind(), error.written()), (&expected, Written::Nothing), "{}", told(&error));
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let proxy = url.parse::<ProxyConfig>().unwrap();
    let error = post(&pool_of(&peer, options(&authority, proxy)), "x").await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&HttpErrorKind::Proxy(url), Written::Nothing));
    assert!(peer.seen().is_empty());
}

#[test]
fn a_proxy_is_a_network_that_others_can_read() {
    let pool = |dangerous_plaintext| {
        let proxy = Some("http://192.0.2.1:3128".parse().unwrap());
        let options = PoolOptions { proxy, dangerous_plaintext, ..PoolOptions::default() };
        Pool::new(Endpoint::from_url("http://127.0.0.1").unwrap(), credentials(), options)
    };
    let error = pool(false).unwrap_err();
    assert_eq!(error.kind(), &HttpErrorKind::PlaintextRefused { scheme: "Basic" });
    assert!(pool(true).is_ok());
}

#[test]
fn without_a_tunnel_a_proxy_carries_no_identity_that_is_bound_to_a_connection() {
    let proxy = Some("http://192.0.2.1:3128".parse().unwrap());
    let options = PoolOptions { proxy, dangerous_plaintext: true, ..PoolOptions::default() };
    let endpoint = Endpoint::from_url("http://hv01.corp.example").unwrap();
    let error = Pool::new(endpoint, ntlm::credentials(), options).unwrap_err();
    assert_eq!((error.kind(), error.written()), (&HttpErrorKind::ProxyNeedsTls, Written::Nothing));
}
