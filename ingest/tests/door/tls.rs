//! TLS: both versions of HTTP under it, certificates that change, handshakes that do not end.

use crate::client::{connect, post};
use crate::frames;
use crate::server::Server;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A test that hangs fails after this time; none waits for it.
const GIVE_UP: Duration = Duration::from_secs(30);

/// Writes a certificate for localhost and its key, each in one step as `mv` does.
pub(crate) fn write_pair(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    // The key first: in between the two do not fit, which the server has to bear.
    for (name, text) in
        [("key.pem", made.signing_key.serialize_pem()), ("cert.pem", made.cert.pem())]
    {
        let new = folder.join(format!("{name}.new"));
        std::fs::write(&new, text).expect("writable");
        std::fs::rename(&new, folder.join(name)).expect("writable");
    }
    made.cert.der().clone()
}

/// The section of the configuration for the pair in `folder`.
pub(crate) fn section(folder: &Path) -> String {
    format!(
        "[tls]\nlisten = \"127.0.0.1:0\"\ncertificate_file = {:?}\nkey_file = {:?}\n",
        folder.join("cert.pem"),
        folder.join("key.pem"),
    )
}

/// A server that speaks TLS, and the certificate that it serves.
pub(crate) fn start(more: &str) -> (Server, CertificateDer<'static>) {
    let folder = TempDir::with_prefix("dna-door-tls-").expect("a folder");
    let certificate = write_pair(folder.path());
    let tls = format!("{more}\n{}", section(folder.path()));
    (Server::start_in(folder, &tls), certificate)
}

/// A client's side that trusts `certificates` and speaks `protocol`.
pub(crate) fn client_config(
    certificates: &[CertificateDer<'static>],
    protocol: &str,
) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate.clone()).expect("a certificate");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().expect("versions");
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    // A session that is resumed is shown no certificate.
    config.resumption = rustls::client::Resumption::disabled();
    Arc::new(config)
}

type Tls = StreamOwned<ClientConnection, TcpStream>;

fn tls(to: SocketAddr, config: &Arc<ClientConfig>) -> std::io::Result<Tls> {
    let name = ServerName::try_from("localhost").expect("a name");
    let client = ClientConnection::new(Arc::clone(config), name).expect("a client");
    let mut stream = StreamOwned::new(client, connect(to));
    stream.conn.complete_io(&mut stream.sock)?;
    Ok(stream)
}

fn served(stream: &Tls) -> CertificateDer<'static> {
    stream.conn.peer_certificates().expect("a certificate")[0].clone()
}

/// Sends a frame on a connection that stays open; the status.
fn send(stream: &mut Tls, sequence: u64) -> std::io::Result<String> {
    let frame = frames::good(sequence);
    let head = format!(
        "POST /v1/beacon HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        frame.len()
    );
    stream.write_all(&[head.into_bytes(), frame].concat())?;
    let mut answer = Vec::new();
    let mut chunk = [0; 1024];
    while !answer.ends_with(b"}") {
        match stream.read(&mut chunk)? {
            0 => break,
            read => answer.extend_from_slice(&chunk[..read]),
        }
    }
    Ok(String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap_or_default().to_owned())
}

#[test]
fn frames_are_taken_under_tls() {
    let (server, certificate) = start("");
    let address = server.tls_address.expect("TLS");
    let config = client_config(&[certificate], "http/1.1");
    let mut stream = tls(address, &config).expect("agreed on");
    for _ in 0..3 {
        assert_eq!(send(&mut stream, server.sequence()).expect("an answer"), "200");
    }
    assert_eq!(stream.conn.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    // The other address speaks as before, and a browser that mistakes one for the other is told.
    server.acknowledge_one();
    assert_eq!(server.stop().len(), 4);
}

#[test]
fn a_connection_goes_on_under_tls_after_a_pause() {
    let (server, certificate) = start("");
    let config = client_config(&[certificate], "http/1.1");
    let mut stream = tls(server.tls_address.expect("TLS"), &config).expect("agreed on");
    for sequence in 1..4 {
        assert_eq!(send(&mut stream, sequence).expect("taken"), "200");
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn the_deadlines_hold_under_tls() {
    let (server, certificate) =
        start("[http]\nheader_timeout_ms = 150\n[limits]\nbody_timeout_ms = 200");
    let address = server.tls_address.expect("TLS");
    let config = client_config(&[certificate], "http/1.1");
    for (bytes, status) in [
        ("POST /v1/beacon HT", "408"),
        ("POST /v1/beacon HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\n{", "408"),
        ("hello\r\n\r\n", "400"),
    ] {
        let mut stream = tls(address, &config).expect("agreed on");
        stream.write_all(bytes.as_bytes()).expect("taken");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("closed in order");
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(answer.split(' ').nth(1), Some(status), "{answer}");
    }
    // The handshake has one too, from the first byte on and without any.
    for bytes in [&b""[..], b"\x16\x03\x01\x02\x00"] {
        let ((), moved) = server.counted(|| {
            let mut stream = connect(address);
            stream.write_all(bytes).expect("taken");
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
        });
        let slow = "dna_ingest_connections_ended_total{reason=\"slow_start\"}";
        assert_eq!(moved.into_iter().collect::<Vec<_>>(), [(slow.to_owned(), 1)]);
    }
    let ((), moved) = server.counted(|| {
        let mut stream = connect(address);
        stream.write_all(b"GET / HTTP/1.1\r\nHost: d\r\n\r\n").expect("taken");
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let wrong = "dna_ingest_connections_ended_total{reason=\"tls_handshake\"}";
    assert_eq!(moved.into_iter().collect::<Vec<_>>(), [(wrong.to_owned(), 1)]);
}

#[test]
fn certificates_change_under_load_and_no_request_fails() {
    let (server, first) = start("");
    let address = server.tls_address.expect("TLS");
    let second = {
        let other = TempDir::new().expect("a folder");
        let certificate = write_pair(other.path());
        for name in ["key.pem", "cert.pem"] {
            std::fs::copy(other.path().join(name), server.folder().join(format!("next-{name}")))
                .expect("writable");
        }
        certificate
    };
    let config = client_config(&[first.clone(), second.clone()], "http/1.1");
    let (stop, sent, changed) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for kept_alive in [true, true, false, false] {
            let (server, config, second) = (&server, &config, &second);
            let (stop, sent, changed) = (&stop, &sent, &changed);
            scope.spawn(move || {
                let mut stream = tls(address, config).expect("agreed on");
                let begun = Instant::now();
                while !stop.load(Ordering::Relaxed) && begun.elapsed() < GIVE_UP {
                    if !kept_alive {
                        stream = tls(address, config).expect("agreed on at every moment");
                        if served(&stream) == *second {
                            changed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    let status = send(&mut stream, server.sequence()).expect("no request fails");
                    assert_eq!(status, "200");
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let begun = Instant::now();
        let wait_for = |what: &str, is_there: &dyn Fn() -> bool| {
            while !is_there() {
                assert!(begun.elapsed() < GIVE_UP, "{what}");
                std::thread::sleep(Duration::from_millis(10));
            }
        };
        let counter = |name: &str| {
            server.counters().get(&format!("dna_ingest_certificate_{name}_total")).copied()
        };
        wait_for("some requests", &|| sent.load(Ordering::Relaxed) > 20);
        // A wrong file first: refused, and the first certificate is served on.
        std::fs::write(server.folder().join("cert.pem"), "hello").expect("writable");
        wait_for("the refusal", &|| counter("refusals").is_some());
        let before = sent.load(Ordering::Relaxed);
        wait_for("requests after it", &|| sent.load(Ordering::Relaxed) > before + 20);
        assert_eq!(changed.load(Ordering::Relaxed), 0);
        for name in ["key.pem", "cert.pem"] {
            std::fs::rename(
                server.folder().join(format!("next-{name}")),
                server.folder().join(name),
            )
            .expect("writable");
        }
        wait_for("the other certificate", &|| changed.load(Ordering::Relaxed) > 5);
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(server.stop().len() as u64, sent.load(Ordering::Relaxed));
}

/// Puts the pair of `from` into the files of `to`, whose stamps stay: whoever looks at those sees
/// no change.
fn replace_unseen(from: &Path, to: &Path) {
    for name in ["key.pem", "cert.pem"] {
        let file = std::fs::File::options().write(true).open(to.join(name)).expect("it is there");
        let written = file.metadata().and_then(|data| data.modified()).expect("a time");
        std::fs::write(to.join(name), std::fs::read(from.join(name)).expect("it is there"))
            .expect("writable");
        file.set_modified(written).expect("its owner may");
    }
}

#[test]
fn a_certificate_is_read_again_at_sighup() {
    let folder = crate::cli::folder("");
    let first = write_pair(folder.path());
    let text = crate::server::toml(folder.path(), &section(folder.path()));
    std::fs::write(folder.path().join("ingest.toml"), text).expect("writable");
    let mut serving = crate::cli::Serving::start_at(&folder, "info");
    let address = serving.tls_address();
    let other = TempDir::new().expect("a folder");
    let size = |folder: &Path| std::fs::metadata(folder.join("cert.pem")).expect("a file").len();
    // Signatures differ by a byte or two.
    let second = loop {
        let certificate = write_pair(other.path());
        if size(other.path()) == size(folder.path()) {
            break certificate;
        }
    };
    let config = client_config(&[first.clone(), second.clone()], "http/1.1");
    assert_eq!(served(&tls(address, &config).expect("agreed on")), first);
    replace_unseen(other.path(), folder.path());
    serving.signal("-HUP");
    let begun = Instant::now();
    while served(&tls(address, &config).expect("agreed on at every moment")) != second {
        assert!(begun.elapsed() < GIVE_UP, "the first is still served");
        std::thread::sleep(Duration::from_millis(10));
    }
    serving.terminate();
    assert_eq!(serving.finish().0, Some(0));
}

#[test]
fn a_wrong_pair_stops_the_start_by_name() {
    let folder = TempDir::new().expect("a folder");
    write_pair(folder.path());
    std::fs::write(folder.path().join("key.pem"), "no key").expect("writable");
    let text = crate::server::toml(
        folder.path(),
        &format!(
            "[tls]\nlisten = \"127.0.0.1:0\"\ncertificate_file = {:?}\nkey_file = {:?}\n",
            folder.path().join("cert.pem"),
            folder.path().join("key.pem")
        ),
    );
    let layers = ingest::config::Layers::from_text(Path::new("test.toml"), &text).expect("TOML");
    let error = ingest::config::Config::load(&layers).expect_err("no key").to_string();
    for word in ["`tls.certificate_file`", "key.pem has no private key", "`tls.key_file`"] {
        assert!(error.contains(word), "{error:?} does not say {word:?}");
    }
    // Sent in clear to where TLS is spoken: no answer, and the server goes on.
    let (server, _) = start("");
    let clear = post(frames::good(1));
    let refused = std::panic::catch_unwind(|| clear.send(server.tls_address.expect("TLS")));
    assert!(refused.is_err());
    server.acknowledge_one();
}
