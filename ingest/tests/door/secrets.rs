//! Keys in a configuration: how they are read, which one wins, and that none is shown.

use crate::config::{GOOD, KEY, load};

#[test]
fn keys_may_be_hex_or_base64() {
    let hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let base64 = "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=";
    for text in [hex, base64, base64.trim_end_matches('='), &format!("{base64}\n")] {
        let environment = [("DNA_PRIVACY_PSEUDONYM_KEY", text)];
        let config = load(GOOD, &environment).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(config.privacy.pseudonym_key.bytes().len(), 32);
        assert!(!format!("{config:?}").contains(&hex[..8]), "keys are not shown");
    }
}

/// Whatever a configuration holds that is secret, its `Debug`, which a log line or a panic may
/// show, does not.
#[test]
fn no_secret_is_shown_by_debug() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("app.key");
    std::fs::write(&file, "33".repeat(32)).expect("writable");
    let pem = folder.path().join("sign.pem");
    std::fs::write(&pem, crate::remote_config::PEM).expect("writable");
    let app = |name: &str, line: &str| {
        format!("[[apps]]\nname = {name:?}\nkeys = [{name:?}]\norigins = [\"*\"]\n{line}\n")
    };
    let text = format!(
        "[buffer.redis]\nurl = \"redis://user:hunter2@h\"\n[remote_config]\n\
         signing_key_file = {pem:?}\n{GOOD}{}{}{}",
        app("file", &format!("pseudonym_key_file = {file:?}")),
        app("variable", "pseudonym_key_variable = \"DNA_KEY_V\""),
        app("inline", &format!("pseudonym_key = {:?}", "55".repeat(32))),
    );
    let variable = "44".repeat(32);
    let config = load(&text, &[("DNA_KEY_V", &variable)]).expect("good");
    assert!(config.idle_variables.is_empty(), "{:?}", config.idle_variables);
    assert_eq!(config.apps.0.iter().filter(|app| app.pseudonym_key.is_some()).count(), 3);
    let shown = format!("{config:?} {config:#?}");
    for (secret, byte) in [("hunter2", None), ("44444444", Some(68)), ("33333333", Some(51))] {
        assert!(!shown.contains(secret), "{secret}");
        let bytes = byte.map(|byte: u8| format!("{byte}, {byte}, {byte}"));
        assert!(bytes.is_none_or(|bytes| !shown.contains(&bytes)), "{secret} as bytes");
    }
    assert!(!shown.contains("55555555") && !shown.contains("00112233"));
}

#[test]
fn the_layer_decides_which_of_key_and_key_file_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pseudonym.key");
    std::fs::write(&path, "11".repeat(32)).expect("writable");
    let path = path.to_str().expect("UTF-8");
    let in_file = |line: &str| GOOD.replace(KEY, line);
    let key_of = |text: &str, environment: &[(&str, &str)]| {
        load(text, environment).map(|config| config.privacy.pseudonym_key.bytes()[0])
    };
    let key_file = format!("pseudonym_key_file = {path:?}");
    let hex = "22".repeat(32);
    let variable = ("DNA_PRIVACY_PSEUDONYM_KEY", hex.as_str());
    let file_variable = ("DNA_PRIVACY_PSEUDONYM_KEY_FILE", path);
    assert_eq!(key_of(&in_file(&key_file), &[]), Ok(0x11));
    assert_eq!(key_of(&in_file(&key_file), &[variable]), Ok(0x22));
    assert_eq!(key_of(GOOD, &[file_variable]), Ok(0x11));
    // The file that loses need not even be there.
    assert_eq!(key_of(&in_file("pseudonym_key_file = \"/nowhere\""), &[variable]), Ok(0x22));
    // In one layer nobody wins.
    for (text, environment) in [
        (in_file(&format!("{KEY}\n{key_file}")), &[][..]),
        (GOOD.to_owned(), &[variable, file_variable][..]),
    ] {
        let message = key_of(&text, environment).expect_err("both");
        assert!(message.contains("give one of the two"), "{message}");
    }
}
