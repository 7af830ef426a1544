//! What is known by its name not to be kept.

/// Words that name a secret: of an attribute, or of a header.
const SECRETS: [&str; 19] = [
    "apikey",
    "authorization",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "csrf",
    "cvv",
    "jwt",
    "otp",
    "passphrase",
    "passwd",
    "password",
    "pin",
    "pwd",
    "secret",
    "signature",
    "token",
    "xsrf",
];

/// Attributes that name a person (OpenTelemetry's `user.*` and `enduser.*`). Pseudonyms stay.
const PERSONAL: [&str; 10] = [
    "enduser.email",
    "enduser.id",
    "enduser.name",
    "enduser.role",
    "enduser.scope",
    "user.email",
    "user.full_name",
    "user.id",
    "user.name",
    "user.username",
];

/// Headers whose values say nothing of a person and open nothing; values of others are dropped.
const HEADERS: [&str; 9] = [
    "accept",
    "accept-encoding",
    "content-encoding",
    "content-length",
    "content-type",
    "retry-after",
    "server-timing",
    "traceparent",
    "x-request-id",
];

/// Whether what is called `name` is dropped: a secret, a header that may be one, a value bound to
/// a query.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let is_called_secret = names_secret(name);
    let name = name.to_ascii_lowercase();
    for headers in [
        "http.request.header.",
        "http.response.header.",
        "rpc.grpc.request.metadata.",
        "rpc.grpc.response.metadata.",
        "rpc.request.metadata.",
        "rpc.response.metadata.",
        "messaging.header.",
    ] {
        if let Some(header) = name.strip_prefix(headers) {
            return !HEADERS.contains(&header.replace('_', "-").as_str());
        }
    }
    name.starts_with("db.query.parameter.")
        || name.starts_with("db.operation.parameter.")
        || name.starts_with("db.statement.parameter")
        || name == "url.query"
        || name == "http.request.body"
        || name == "http.response.body"
        || name == "process.command_line"
        || name == "process.command_args"
        || name.contains("api_key")
        || name.contains("api-key")
        || is_called_secret
}

/// Pairs of words that name a secret together, and names that are one word.
const PAIRS: [(&str, &str); 4] =
    [("api", "key"), ("access", "key"), ("private", "key"), ("secret", "key")];
const WHOLE: [&str; 5] = ["accesskey", "jsessionid", "phpsessid", "privatekey", "secretkey"];

/// Whether a word in a text names a secret: by one of its parts, as in `accessToken` or `X-Api-Key`.
pub(super) fn names_secret(word: &str) -> bool {
    let parts = parts(word);
    let is_named =
        |part: &String| SECRETS.contains(&part.as_str()) || WHOLE.contains(&part.as_str());
    parts.iter().any(is_named)
        || parts.windows(2).any(|two| PAIRS.contains(&(two[0].as_str(), two[1].as_str())))
}

/// The words of a name, in small letters: `accessToken`, `ACCESS_TOKEN` and `access.token` have two.
fn parts(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut before = '_';
    for c in word.chars() {
        if !c.is_ascii_alphanumeric() {
            before = '_';
            continue;
        }
        let begins = before == '_' || before.is_ascii_lowercase() && c.is_ascii_uppercase();
        match parts.last_mut().filter(|_| !begins) {
            Some(part) => part.push(c.to_ascii_lowercase()),
            None => parts.push(c.to_ascii_lowercase().to_string()),
        }
        before = c;
    }
    parts
}

/// Whether what is called `name` names a person.
#[must_use]
pub fn is_personal(name: &str) -> bool {
    PERSONAL.contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in [
            "http.request.header.authorization",
            "http.request.header.x_customer",
            "http.response.header.set-cookie",
            "app.password",
            "OAuth.Access_Token",
            "x.api_key",
            "db.query.parameter.0",
            "url.query",
            "sms.otp",
            "app.accessToken",
            "clientSecret",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "http.request.header.content-type",
            "http.request.header.content_length",
            "http.route",
            "db.query.text",
            "shipping.address",
            "spinner",
            "session.id",
        ] {
            assert!(!is_secret(name), "{name}");
        }
        assert!(is_personal("enduser.id") && is_personal("User.Email"));
        assert!(!is_personal("enduser.pseudo.id") && !is_personal("user.hash"));
    }
}
