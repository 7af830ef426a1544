//! Where Redis is, and who we are there: the keys that writers and readers of the buffer share.

use crate::{ConfigError, Section};
use dna_buffer::redis::{Password, RedisAddress, RedisTls, RedisTopology, check_url};
use std::path::PathBuf;

const NODES: &str = "a list of redis://[USER[:PASSWORD]@]HOST[:PORT], rediss:// or HOST:PORT, \
    with a PORT from 1 to 65535";

/// The address in the section `buffer.redis`; `None` where there is none.
///
/// # Errors
/// The first wrong setting.
pub fn address(section: &mut Section<'_>) -> Result<Option<RedisAddress>, ConfigError> {
    let topology = read_topology(section)?;
    let mut address = RedisAddress::new(RedisTopology::Cluster { seeds: Vec::new() });
    read_user(section, &mut address)?;
    address.tls = read_tls(section)?;
    address.connect_timeout = section.millis("connect_timeout_ms", address.connect_timeout)?;
    Ok(topology.map(|topology| RedisAddress { topology, ..address }))
}

/// One of the three ways to say where it is.
fn read_topology(section: &mut Section<'_>) -> Result<Option<RedisTopology>, ConfigError> {
    let allowed = "redis://[USER[:PASSWORD]@]HOST[:PORT][/DB], rediss:// for TLS, or \
        redis+unix:///PATH, with a PORT from 1 to 65535 and a number as DB";
    let judge = |url: &str| {
        let known = ["redis://", "rediss://", "redis+unix:///"];
        // Empty, as a variable or flag gives it to override the file: no Redis.
        let is_good = url.is_empty() || known.iter().any(|scheme| url.starts_with(scheme));
        is_good.then(|| url.to_owned())
    };
    let url = section.secret("url", allowed, judge)?.filter(|url| !url.is_empty());
    check(section, "url", allowed, url.iter())?;
    let sentinels = read_nodes(section, "sentinels")?;
    let master_name = section.text("master_name", "what the Sentinels call the master")?;
    let seeds = read_nodes(section, "cluster")?;
    if [url.is_some(), !sentinels.is_empty(), !seeds.is_empty()].iter().filter(|it| **it).count()
        > 1
    {
        let allowed = "only one of `url`, `sentinels` and `cluster`; set the others empty";
        return Err(section.refuse("url", "(with others)", allowed));
    }
    match (url, sentinels.is_empty(), seeds.is_empty()) {
        (Some(url), ..) => Ok(Some(RedisTopology::Single { url })),
        (None, false, _) => {
            let name = "what the Sentinels call the master, as in `sentinel monitor NAME …`";
            let master_name = section.required("master_name", master_name, name)?;
            Ok(Some(RedisTopology::Sentinel { sentinels, master_name }))
        }
        (None, true, false) => Ok(Some(RedisTopology::Cluster { seeds })),
        (None, true, true) => Ok(None),
    }
}

/// Addresses, which may hold passwords and are in no message.
fn read_nodes(section: &mut Section<'_>, key: &'static str) -> Result<Vec<String>, ConfigError> {
    let judge = |node: &str| {
        let (scheme, rest) = node.split_once("://").unwrap_or(("redis", node));
        let is_good = ["redis", "rediss"].contains(&scheme) && !rest.is_empty();
        (is_good && (node.contains("://") || rest.contains(':'))).then(|| node.to_owned())
    };
    let nodes = section.secrets(key, NODES, judge)?;
    check(section, key, NODES, nodes.iter())?;
    Ok(nodes)
}

/// Refuses an address that could not be connected to: `serve` would.
fn check<'a>(
    section: &Section<'_>,
    key: &str,
    allowed: &str,
    mut urls: impl Iterator<Item = &'a String>,
) -> Result<(), ConfigError> {
    let checked = urls.try_for_each(|url| check_url(url));
    checked.map_err(|error| section.refuse_secret(key, &format!("{allowed}; {error}")))
}

fn read_user(section: &mut Section<'_>, address: &mut RedisAddress) -> Result<(), ConfigError> {
    address.username = section.text("username", "the name of an ACL user")?;
    let password = section.secret("password", "a password", |text| Some(text.to_owned()))?;
    let file = section.text("password_file", "a file that holds the password")?.map(PathBuf::from);
    address.password = match (password.filter(|text| !text.is_empty()), file) {
        (Some(_), Some(file)) => {
            let file = file.display().to_string();
            return Err(section.refuse("password_file", &file, "no `password` beside it"));
        }
        (Some(text), None) => Password::Text(text),
        (None, Some(file)) => Password::File(readable(section, "password_file", file)?),
        (None, None) => Password::None,
    };
    Ok(())
}

fn read_tls(section: &mut Section<'_>) -> Result<RedisTls, ConfigError> {
    let pem = "a file in PEM";
    let mut file = |key| section.text(key, pem).map(|path| path.map(PathBuf::from));
    let (ca, cert, key) = (file("ca_file")?, file("client_cert_file")?, file("client_key_file")?);
    let ca_file = ca.map(|path| readable(section, "ca_file", path)).transpose()?;
    let client = match (cert, key) {
        (None, None) => None,
        (cert, key) => {
            let cert = section.required("client_cert_file", cert, pem)?;
            let key = section.required("client_key_file", key, pem)?;
            let cert = readable(section, "client_cert_file", cert)?;
            Some((cert, readable(section, "client_key_file", key)?))
        }
    };
    Ok(RedisTls { ca_file, client })
}

/// Refuses a file that cannot be read now: the first connection would be too late to say so.
fn readable(
    section: &Section<'_>,
    key: &'static str,
    path: PathBuf,
) -> Result<PathBuf, ConfigError> {
    match std::fs::File::open(&path) {
        Ok(_) => Ok(path),
        Err(error) => {
            let allowed = format!("a file that can be read: {error}");
            Err(section.refuse(key, &path.display().to_string(), allowed))
        }
    }
}
