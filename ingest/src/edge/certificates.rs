//! The certificate that is served under TLS, replaced while connections go on.

use super::limits::{CERTIFICATE_BYTES_MAX, CERTIFICATE_POLL};
use super::validity;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedProtocolVersion};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// PEM: the server's certificate, then those that lead from it to the authority's.
    pub certificate: PathBuf,
    /// PEM: its private key, PKCS #8, SEC 1 or PKCS #1.
    pub key: PathBuf,
}

/// Why two files cannot be served. Names the file, never what is in it.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// One cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// One is too large to be what it should be.
    #[error("{} has more than {CERTIFICATE_BYTES_MAX} bytes", .0.display())]
    TooLarge(PathBuf),
    /// There is no certificate.
    #[error("{} has no certificate in PEM (-----BEGIN CERTIFICATE-----)", .0.display())]
    NoCertificate(PathBuf),
    /// There is no key.
    #[error("{} has no private key in PEM (-----BEGIN PRIVATE KEY-----)", .0.display())]
    NoKey(PathBuf),
    /// They do not belong together, or are of a kind that is not known.
    #[error("{} and {} cannot be served together: {source}", certificate.display(), key.display())]
    Unfit {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

/// What is served now, and where it comes from.
#[derive(Debug)]
pub struct Certificates {
    files: CertificateFiles,
    current: RwLock<Arc<CertifiedKey>>,
    reloads: AtomicU64,
    refusals: AtomicU64,
}

impl Certificates {
    /// Reads both files.
    ///
    /// # Errors
    /// When they cannot be served.
    pub fn load(files: CertificateFiles) -> Result<Self, CertificateError> {
        let current = RwLock::new(Arc::new(certified(&files)?));
        Ok(Self { files, current, reloads: AtomicU64::new(0), refusals: AtomicU64::new(0) })
    }

    /// Reads both files again. New connections are served what they hold; when that cannot be,
    /// what was served before.
    ///
    /// # Errors
    /// Why not.
    pub fn reload(&self) -> Result<(), CertificateError> {
        match certified(&self.files) {
            Ok(new) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                self.reloads.fetch_add(1, Ordering::Relaxed);
                tracing::info!(file = %self.files.certificate.display(), "certificate reloaded");
                Ok(())
            }
            Err(error) => {
                self.refusals.fetch_add(1, Ordering::Relaxed);
                tracing::error!(%error, "certificate not reloaded, the one before is served on");
                Err(error)
            }
        }
    }

    /// When the first of the certificates that are served ends, since the Unix epoch; `None` when
    /// that cannot be read.
    pub fn not_after(&self) -> Option<Duration> {
        self.current().cert.iter().filter_map(|it| validity::not_after(it)).min()
    }

    fn current(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often other files were taken, and refused.
    pub fn counts(&self) -> (u64, u64) {
        (self.reloads.load(Ordering::Relaxed), self.refusals.load(Ordering::Relaxed))
    }

    /// The server's side of TLS, 1.2 and 1.3, that offers HTTP/2 and HTTP/1.1.
    ///
    /// # Errors
    /// When the system gives no random numbers for the keys of session tickets.
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        static VERSIONS: [&SupportedProtocolVersion; 2] =
            [&rustls::version::TLS13, &rustls::version::TLS12];
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_protocol_versions(&VERSIONS)?.with_no_client_auth();
        let mut config = builder.with_cert_resolver(Arc::clone(self) as _);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // A page that comes back is spared a signature; nothing is held for it here.
        config.ticketer = ring::Ticketer::new()?;
        Ok(config)
    }

    /// Follows the files, as they are now, until the runtime ends: looks every few seconds, and at
    /// SIGHUP.
    pub fn follow(self: Arc<Self>) -> impl Future<Output = ()> {
        // Not when it is run first: until then a file may have changed.
        let mut seen = self.stamp();
        let hangup = tokio::signal::unix::SignalKind::hangup();
        let hangup = tokio::signal::unix::signal(hangup);
        async move {
            let Ok(mut hangup) = hangup else { return };
            loop {
                let asked = tokio::select! {
                    asked = hangup.recv() => asked.is_some(),
                    () = tokio::time::sleep(CERTIFICATE_POLL) => false,
                };
                let now = self.stamp();
                if asked || now != seen {
                    // A pair that is half replaced is refused, and looked at again when the other
                    // file comes: that changes the stamp too.
                    let _ = self.reload();
                    seen = now;
                }
            }
        }
    }

    /// Changes when a file does, also when a link is turned to another one.
    fn stamp(&self) -> [Option<(u64, u64, i64, i64)>; 2] {
        let of = |path: &Path| {
            let data = std::fs::metadata(path).ok()?;
            Some((data.ino(), data.size(), data.mtime(), data.mtime_nsec()))
        };
        [of(&self.files.certificate), of(&self.files.key)]
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn certified(files: &CertificateFiles) -> Result<CertifiedKey, CertificateError> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&read(&files.certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|_| CertificateError::NoCertificate(files.certificate.clone()))?;
    if chain.is_empty() {
        return Err(CertificateError::NoCertificate(files.certificate.clone()));
    }
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)?)
        .map_err(|_| CertificateError::NoKey(files.key.clone()))?;
    // Compares the two public keys.
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|source| {
        let CertificateFiles { certificate, key } = files.clone();
        CertificateError::Unfit { certificate, key, source }
    })
}

fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    let unreadable = |source| CertificateError::Unreadable { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(CERTIFICATE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > CERTIFICATE_BYTES_MAX {
        return Err(CertificateError::TooLarge(path.to_owned()));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a certificate for a name, and its key.
    fn written(folder: &Path, name: &str) -> CertificateFiles {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
        let files =
            CertificateFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
        std::fs::write(&files.certificate, made.cert.pem()).expect("writable");
        std::fs::write(&files.key, made.signing_key.serialize_pem()).expect("writable");
        files
    }

    #[test]
    fn wrong_files_are_refused_while_the_old_pair_is_served() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = written(folder.path(), "one.example");
        let certificates = Certificates::load(files.clone()).expect("a good pair");
        let served = || certificates.current.read().expect("no panic").cert[0].clone();
        let first = served();
        let key = std::fs::read(&files.key).expect("readable");
        let other = tempfile::tempdir().expect("a folder");
        let other = written(other.path(), "two.example");
        let wrong: [(&Path, &[u8], &str); 4] = [
            (&files.certificate, b"hello", "no certificate"),
            (&files.key, b"", "no private key"),
            (&files.key, &std::fs::read(&other.key).expect("readable"), "together"),
            (&files.key, &vec![b' '; 1 << 21], "more than"),
        ];
        for (path, bytes, says) in wrong {
            let before = std::fs::read(path).expect("readable");
            std::fs::write(path, bytes).expect("writable");
            let error = certificates.reload().expect_err("wrong").to_string();
            assert!(error.contains(says), "{error:?} does not say {says:?}");
            assert!(!error.contains("PRIVATE") || error.contains("-----BEGIN PRIVATE KEY-----)"));
            assert_eq!(served(), first);
            std::fs::write(path, before).expect("writable");
        }
        assert_eq!(std::fs::read(&files.key).expect("readable"), key);
        std::fs::copy(&other.certificate, &files.certificate).expect("writable");
        std::fs::copy(&other.key, &files.key).expect("writable");
        certificates.reload().expect("a good pair");
        assert_ne!(served(), first);
        assert_eq!(certificates.counts(), (1, 4));
    }
}
