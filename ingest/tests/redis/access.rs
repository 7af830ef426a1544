//! Coming in: TLS with an authority of our own, client certificates, ACL users, RESP2.

use crate::load::{Load, read_all};
use crate::server::RedisServer;
use crate::{keeper, until};
use dna_buffer::redis::Password;
use dna_buffer::redis::RedisAddress;
use dna_buffer::redis::RedisTls;
use ingest::buffer::redis::RedisSettings;
use ingest::buffer::{Durability, Item, Keeper};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What docs/operations.md gives an ingest: nothing but what it needs.
const ACL: &str = "+xadd +xlen +xinfo|groups +xpending +xtrim +info +time +wait +config|get \
    ~dna:*";

fn item(text: &'static str) -> Item {
    Item { shard: 0, bytes: text.into() }
}

/// An authority, and what it has signed for the server and for us, in files.
struct Certificates {
    folder: TempDir,
}

impl Certificates {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "the test's authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(params, key).expect("signed");
        let this = Self { folder };
        this.write("ca.pem", &authority.pem());
        for name in ["server", "client"] {
            let key = KeyPair::generate().expect("a key");
            let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
            let cert = params.signed_by(&key, &authority).expect("signed");
            this.write(&format!("{name}.pem"), &cert.pem());
            this.write(&format!("{name}.key"), &key.serialize_pem());
        }
        this
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A server that speaks TLS on a port of its own; its plain port is for the test.
    fn server(&self, client_certificates: &str) -> (RedisServer, u16) {
        let port = crate::server::free_port();
        let file = |name: &str| self.path(name).display().to_string();
        let (port_text, cert, key, ca) =
            (port.to_string(), file("server.pem"), file("server.key"), file("ca.pem"));
        let server = RedisServer::start(&[
            "--tls-port",
            &port_text,
            "--tls-cert-file",
            &cert,
            "--tls-key-file",
            &key,
            "--tls-ca-cert-file",
            &ca,
            "--tls-auth-clients",
            client_certificates,
        ]);
        (server, port)
    }
}

fn tls_address(port: u16, tls: RedisTls) -> RedisAddress {
    RedisAddress { tls, ..RedisAddress::single(format!("rediss://127.0.0.1:{port}")) }
}

async fn keeper_at(address: RedisAddress) -> Keeper {
    keeper(RedisSettings { shards: 2, ..RedisSettings::at(address) }).await
}

/// Why the keeper is not ready.
fn reason(keeper: &Keeper) -> String {
    keeper.status().reason.unwrap_or_default()
}

#[tokio::test]
async fn tls_trusts_the_authority_that_is_named_and_no_other() {
    let certificates = Certificates::new();
    let (_server, port) = certificates.server("no");
    let ca_file = Some(certificates.path("ca.pem"));
    let address = tls_address(port, RedisTls { ca_file, client: None });
    let keeper = keeper_at(address.clone()).await;
    let load = Load::start(&keeper, 2, 4);
    load.more(100).await;
    load.finish().await.check("tls", &address, 2).await;
    let ca_file = Some(Certificates::new().path("ca.pem"));
    assert!(ca_file.as_deref().is_some_and(|path| !path.exists()), "its folder is gone");
    let others = keeper_at(tls_address(port, RedisTls { ca_file, client: None })).await;
    assert!(reason(&others).contains("cannot read"), "{}", reason(&others));
    let stranger = Certificates::new();
    let tls = RedisTls { ca_file: Some(stranger.path("ca.pem")), client: None };
    let others = keeper_at(tls_address(port, tls)).await;
    assert!(reason(&others).contains("certificate"), "{}", reason(&others));
    assert!(others.keep(item("to a stranger")).await.is_err());
}

#[tokio::test]
async fn a_server_that_asks_for_our_certificate_gets_it() {
    let certificates = Certificates::new();
    let (_server, port) = certificates.server("yes");
    let ca_file = Some(certificates.path("ca.pem"));
    let client = Some((certificates.path("client.pem"), certificates.path("client.key")));
    let without = keeper_at(tls_address(port, RedisTls { ca_file: ca_file.clone(), client: None }));
    assert!(!without.await.status().ready);
    let with = keeper_at(tls_address(port, RedisTls { ca_file, client })).await;
    assert_eq!(with.keep(item("with a certificate")).await, Ok(()));
}

/// A server that takes nobody but the user `ingest` with `rights`.
fn server_with_user(rights: &str) -> RedisServer {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    let words = format!("ACL SETUSER ingest on >hunter2 {rights}");
    server.command::<()>(&words.split_whitespace().collect::<Vec<_>>().join(" "));
    server
}

fn user(server: &RedisServer, password: Password) -> RedisAddress {
    let username = Some("ingest".to_owned());
    RedisAddress { username, password, ..RedisAddress::single(server.url()) }
}

#[tokio::test]
async fn the_documented_rights_are_enough_and_each_is_needed_for_what_is_said() {
    let server = server_with_user(ACL);
    let replicas = Durability::Everysec;
    let address = user(&server, Password::Text("hunter2".to_owned()));
    let settings = RedisSettings { shards: 2, durability: replicas, ..RedisSettings::at(address) };
    let keeper = keeper(settings).await;
    assert!(keeper.status().ready, "{:?}", keeper.status());
    assert!(keeper.status().durability.starts_with("promised everysec: "), "{:?}", keeper.status());
    let load = Load::start(&keeper, 2, 4);
    server.command::<()>("XGROUP CREATE dna:{0}:events department 0 MKSTREAM");
    load.more(200).await;
    let counts = load.finish().await;
    assert!(counts.refused.is_empty(), "{:?}", counts.refused);
    // Neither the writer nor the watch beside it was refused anything.
    until("the watch has looked", async || {
        server.command::<String>("INFO commandstats").contains("cmdstat_xpending")
    })
    .await;
    let log: Vec<redis::Value> = server.command("ACL LOG");
    assert!(log.is_empty(), "{log:?}");
    let reader = "ACL SETUSER reader on >hunter2 +xread +xrevrange +exists ~dna:*";
    server.command::<()>(reader);
    let username = Some("reader".to_owned());
    let password = Password::Text("hunter2".to_owned());
    let address = RedisAddress { username, password, ..RedisAddress::single(server.url()) };
    counts.check("ACL users", &address, 2).await;
    // Without CONFIG the promise is not known, and the log has no password.
    server.command::<()>("ACL SETUSER ingest -config|get");
    until("it says that it does not know", async || {
        keeper.status().durability.contains("CONFIG is not permitted")
    })
    .await;
    assert!(keeper.status().ready);
}

#[tokio::test]
async fn a_password_may_be_in_a_file_and_change() {
    let server = server_with_user(ACL);
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, "wrong\n").expect("written");
    let keeper = keeper_at(user(&server, Password::File(file.clone()))).await;
    let why = reason(&keeper);
    assert!(why.contains("WRONGPASS") || why.contains("uthentication"), "{why}");
    assert!(!why.contains("wrong\n"), "{why}");
    std::fs::write(&file, "hunter2\n").expect("written");
    until("the new password is taken", async || keeper.status().ready).await;
    assert_eq!(keeper.keep(item("with the new one")).await, Ok(()));
}

#[tokio::test]
async fn a_password_is_in_no_message() {
    let server = server_with_user("+xadd ~other:*");
    let url = server.url().replace("redis://", "redis://ingest:hunter2@");
    for address in [RedisAddress::single(url), user(&server, Password::Text("hunter2".into()))] {
        let keeper = keeper_at(address.clone()).await;
        let refused = keeper.keep(item("not permitted")).await.expect_err("no right to the key");
        let status = keeper.status();
        let said = format!("{refused} {refused:?} {status:?} {address:?}");
        assert!(said.contains("NOPERM"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[tokio::test]
async fn resp2_and_sockets_are_spoken_where_the_address_says_so() {
    let folder = TempDir::new().expect("a folder");
    let socket: &Path = &folder.path().join("redis.sock");
    let server = RedisServer::start(&["--unixsocket", &socket.display().to_string()]);
    let spoken = |resp: &str| {
        let clients: String = server.command("CLIENT LIST");
        clients.lines().filter(|line| line.contains(&format!("resp={resp}"))).count()
    };
    let before = spoken("3");
    let at_socket = RedisAddress::single(format!("redis+unix://{}", socket.display()));
    let keeper = keeper_at(at_socket.clone()).await;
    assert_eq!(keeper.keep(item("by a socket")).await, Ok(()));
    if server.command::<String>("INFO server").contains("redis_version:7.0") {
        // CLIENT LIST says the protocol from 7.0 on.
        assert!(spoken("3") > before, "RESP3 is the default");
    }
    let older = RedisAddress::single(format!("{}/?protocol=resp2", server.url()));
    let keeper = keeper_at(older.clone()).await;
    assert_eq!(keeper.keep(item("by RESP2")).await, Ok(()));
    until("both are there", async || read_all(&older, 2).await.len() == 2).await;
    assert_eq!(read_all(&at_socket, 2).await, ["by a socket", "by RESP2"]);
}
