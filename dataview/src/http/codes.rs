//! The table of problems: each reason to refuse a question, its status and what it means.

use crate::store::StoreError;

macro_rules! codes {
    ($( $variant:ident = $code:literal, $status:literal, $title:literal, $explanation:literal; )*) => {
        /// Why a request is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $( #[doc = $title] $variant, )*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];

            /// Its stable name, in problems and metrics.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $code, )* }
            }

            /// The HTTP status.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $( Self::$variant => $status, )* }
            }

            /// A short summary, the same for each occurrence.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $( Self::$variant => $title, )* }
            }

            /// What the asker can do about it.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $( Self::$variant => $explanation, )* }
            }
        }
    };
}

codes! {
    UnknownParameter = "unknown_parameter", 400, "The question has a parameter that is not known",
        "`parameter` names it and `allowed` lists those that this question has.";
    MissingParameter = "missing_parameter", 400, "A parameter is missing",
        "`parameter` names it.";
    InvalidParameter = "invalid_parameter", 400, "A parameter has a value that is not allowed",
        "`detail` names the parameter, what was found and what is allowed.";
    InvalidRange = "invalid_range", 400, "The range of time cannot be answered",
        "`from` must be before `to`, and both within the bounds that `detail` names.";
    TooManySteps = "too_many_steps", 400, "The range has too many steps",
        "Ask for a longer `step` or a shorter range; `detail` names the bound.";
    InvalidCursor = "invalid_cursor", 400, "The cursor is not one of this question",
        "A cursor is what `next` of the part before said, and it belongs to the same question. Begin again without one.";
    InvalidBody = "invalid_body", 400, "The body cannot be read",
        "`detail` names line, column and what was expected. Bodies are JSON in UTF-8 with no members but the documented ones.";
    NotSignedIn = "not_signed_in", 401, "Who asks is not known",
        "Log in at /api/v1/login, or send `Authorization: Bearer` with a token. A session ends by itself after a while without questions.";
    WrongCredentials = "wrong_credentials", 401, "Name or password is wrong",
        "An administrator can set another password: `dataview users password`.";
    ForbiddenRole = "forbidden_role", 403, "The role does not allow this",
        "`detail` names the role that does.";
    ForbiddenApp = "forbidden_app", 403, "The application is not one of those that this account may ask about",
        "/api/v1/me lists them.";
    CsrfToken = "csrf_token", 403, "The word against forged requests is missing or wrong",
        "What changes something is sent with the header `X-CSRF-Token`, whose value /api/v1/me tells.";
    PasswordChangeRequired = "password_change_required", 403, "The password must be changed first",
        "It was set by somebody else. Send another one to /api/v1/password.";
    NotFound = "not_found", 404, "There is nothing here",
        "The paths are in /api/v1/openapi.json.";
    UnknownSession = "unknown_session", 404, "The session is not known",
        "It was never stored, belongs to another application, or is older than what is kept.";
    UnknownError = "unknown_error", 404, "The error is not known in this range",
        "No error with this fingerprint happened in the range, or it is older than what is kept.";
    UnknownTrace = "unknown_trace", 404, "The trace is not known",
        "Nothing about the time that `near` says belongs to it: it was not sampled, no service reported it, or it is older than what is kept.";
    UnknownDeadLetter = "unknown_dead_letter", 404, "The dead letter is not there",
        "It was replayed or removed. /api/v1/dead-letters lists those that are there.";
    UnknownName = "unknown_name", 404, "There is nothing of this name",
        "`detail` says what was looked for.";
    MethodNotAllowed = "method_not_allowed", 405, "The method is not allowed here",
        "The `Allow` header says which are.";
    BodyTimeout = "body_timeout", 408, "The body took too long",
        "Bodies are small and must arrive within seconds. Send it again.";
    AlreadyThere = "already_there", 409, "There is something of this name already",
        "Choose another name, or remove the other one first.";
    ChangedMeanwhile = "changed_meanwhile", 409, "Somebody else has changed it meanwhile",
        "Look at it again, then change what is still to be changed.";
    SubscriptionPaused = "subscription_paused", 409, "The subscription is paused",
        "It goes on where it was when an administrator lets it. Ask again later; nothing is lost as long as the store keeps it.";
    LastAdministrator = "last_administrator", 409, "Nobody could manage accounts any more",
        "Make another administrator first.";
    InFile = "in_file", 409, "It is in the file of rules",
        "What is in the file is changed there; it is read again when it changes.";
    NoPseudonymKey = "no_pseudonym_key", 409, "Users cannot be looked up",
        "DataView needs the key of pseudonyms that ingest has: `[privacy]` in its configuration, or the application's own.";
    BodyTooLarge = "body_too_large", 413, "The body is too large",
        "`detail` names the limit.";
    UnsupportedMediaType = "unsupported_media_type", 415, "The media type is not supported",
        "`Content-Type` must be application/json.";
    InvalidValue = "invalid_value", 422, "A value is not allowed",
        "`detail` names what it is, what was found and what is allowed.";
    TooMuchAsked = "too_much_asked", 422, "The question would cost too much",
        "`detail` names what would not.";
    TooManyStreams = "too_many_streams", 429, "Too many streams are open",
        "Try again after `Retry-After`, or ask for the events a part at a time.";
    TooManyAttempts = "too_many_attempts", 429, "Too many attempts to log in",
        "Attempts are bounded by name and by address. Try again after `Retry-After`.";
    NotReady = "not_ready", 503, "Something waits",
        "It goes on by itself when what it waits for is there again.";
    AccessUnavailable = "access_unavailable", 503, "Accounts cannot be read now",
        "The file of accounts cannot be used. The server's log says why.";
    SubscriptionsUnavailable = "subscriptions_unavailable", 503, "Subscriptions cannot be read now",
        "The file of subscriptions cannot be used. The server's log says why.";
    DeadLettersUnavailable = "dead_letters_unavailable", 503, "Dead letters cannot be read now",
        "Where they are kept, in Redis or on the disk, does not answer. The server's log says why.";
    IncidentsUnavailable = "incidents_unavailable", 503, "Incidents cannot be read now",
        "The file of incidents cannot be used. The server's log says why.";
    StoreUnavailable = "store_unavailable", 503, "The store cannot be used now",
        "Ask again after `Retry-After`. /api/v1/health says more.";
    StoreDamaged = "store_damaged", 500, "A part of the store is damaged",
        "/api/v1/health says which part. The others are still answered.";
    Internal = "internal", 500, "Something went wrong here",
        "The fault is the server's. Its log says more.";
}

impl Code {
    /// The problem called `name`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl From<&StoreError> for Code {
    fn from(error: &StoreError) -> Self {
        match error {
            // The last two are told at the start, not to who asks.
            StoreError::Unavailable(_) | StoreError::Newer { .. } | StoreError::InUse { .. } => {
                Self::StoreUnavailable
            }
            StoreError::Wrong(_) => Self::InvalidParameter,
            StoreError::Damaged { .. } => Self::StoreDamaged,
            StoreError::TooMuch(_) => Self::TooMuchAsked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for code in Code::ALL {
            assert_eq!(Code::by_name(code.name()), Some(*code));
        }
    }
}
