//! `[tls]`: a second address, at which TLS is spoken.

use super::{ConfigError, Section};
use crate::edge::certificates::{CertificateFiles, Certificates};
use std::net::SocketAddr;

/// Where TLS is spoken, and as whom.
#[derive(Debug, Clone)]
pub struct TlsConfig {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The certificate and its key.
    pub files: CertificateFiles,
}

impl TlsConfig {
    /// `None` when no address is given. Reads the files, to refuse wrong ones before anything
    /// starts; not again on a reload, see [`Layers::without_certificate`](super::Layers).
    pub(super) fn read(root: &mut Section<'_>) -> Result<Option<Self>, ConfigError> {
        const LISTEN: &str = "IP:PORT, e.g. 0.0.0.0:8643";
        const CERTIFICATE: &str = "the path of a readable file with a chain of certificates in PEM";
        const KEY: &str = "the path of a readable file with the certificate's private key in PEM";
        let mut section = root.section("tls")?;
        let listen = section.text("listen", LISTEN)?;
        let certificate = section.text("certificate_file", CERTIFICATE)?;
        let key = section.text("key_file", KEY)?;
        let Some(listen) = listen else {
            if let Some(file) = certificate.or(key) {
                let allowed = "`tls.listen` beside it: where TLS is spoken";
                return Err(section.refuse("certificate_file", &file, allowed));
            }
            section.finish()?;
            return Ok(None);
        };
        let address = listen.parse().map_err(|_| section.refuse("listen", &listen, LISTEN))?;
        let certificate = section.required("certificate_file", certificate, CERTIFICATE)?;
        let key = section.required("key_file", key, KEY)?;
        let layers = section.layers();
        layers.watch(&certificate);
        layers.watch(&key);
        let files = CertificateFiles { certificate: certificate.clone().into(), key: key.into() };
        if layers.judges_certificate()
            && let Err(error) = Certificates::load(files.clone())
        {
            let allowed = format!("{CERTIFICATE}, and its key in `tls.key_file`: {error}");
            return Err(section.refuse("certificate_file", &certificate, allowed));
        }
        section.finish()?;
        Ok(Some(Self { listen: address, files }))
    }
}
