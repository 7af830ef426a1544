//! ClickHouse over its HTTP interface.

use super::Options;
use super::limits::{ANSWER_BYTES_MAX, CONNECT_TIMEOUT, TIMEOUT};
use crate::store::StoreError;
use reqwest::header::HeaderValue;
use reqwest::{Client, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Characters of ClickHouse's own words that are repeated.
const WORDS_MAX: usize = 300;

/// One database.
#[derive(Clone)]
pub(super) struct Http {
    client: Client,
    url: String,
    database: String,
    user: String,
    password: HeaderValue,
}

/// A parameter of a question, `{name:Type}` in its text: what it holds is never part of the SQL.
pub(super) type Param<'a> = (&'a str, String);

impl Http {
    pub(super) fn new(options: &Options) -> Result<Self, StoreError> {
        // That one is installed already is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(TIMEOUT).build();
        let client = client.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let mut password = HeaderValue::from_str(&options.password)
            .map_err(|_| StoreError::Wrong("the password of ClickHouse is no header".to_owned()))?;
        password.set_sensitive(true);
        Ok(Self {
            client,
            url: options.url.clone(),
            database: options.database.clone(),
            user: options.user.clone(),
            password,
        })
    }

    /// Asks, and reads a row a line.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Vec<T>, StoreError> {
        // In the body: lists of identifiers may be longer than an address.
        let text = self.send(None, params, sql.to_owned()).await?;
        let rows = text.lines().map(serde_json::from_str);
        rows.collect::<Result<_, _>>().map_err(|error| StoreError::Damaged {
            place: format!("ClickHouse, database {}", self.database),
            what: format!("an answer cannot be read: {error}"),
        })
    }

    /// Runs a statement that answers nothing.
    pub(super) async fn run(&self, sql: &str) -> Result<(), StoreError> {
        self.send(None, &[], sql.to_owned()).await.map(|_| ())
    }

    /// Inserts rows: all of them or none, as they are far fewer than one block.
    pub(super) async fn insert<T: Serialize>(
        &self,
        table: &str,
        rows: &[T],
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut body = String::new();
        for row in rows {
            let row = serde_json::to_string(row)
                .map_err(|error| StoreError::Unavailable(format!("a row has no JSON: {error}")))?;
            body.push_str(&row);
            body.push('\n');
        }
        let insert = format!("INSERT INTO {table} FORMAT JSONEachRow");
        self.send(Some(insert), &[], body).await.map(|_| ())
    }

    async fn send(
        &self,
        insert: Option<String>,
        params: &[Param<'_>],
        body: String,
    ) -> Result<String, StoreError> {
        let mut query: Vec<(String, String)> = vec![
            ("database".to_owned(), self.database.clone()),
            ("default_format".to_owned(), "JSONEachRow".to_owned()),
            ("output_format_json_quote_64bit_integers".to_owned(), "0".to_owned()),
            // An answer says 200 only when the whole of it is there.
            ("wait_end_of_query".to_owned(), "1".to_owned()),
        ];
        query.extend(insert.map(|sql| ("query".to_owned(), sql)));
        query.extend(params.iter().map(|(name, value)| (format!("param_{name}"), escaped(value))));
        let query: String =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let answer = self
            .client
            .post(format!("{}/?{query}", self.url.trim_end_matches('/')))
            .header("X-ClickHouse-User", &self.user)
            .header("X-ClickHouse-Key", self.password.clone())
            .body(body)
            .send()
            .await
            // The address has the question, and what was asked for.
            .map_err(|error| {
                StoreError::Unavailable(format!("ClickHouse: {}", error.without_url()))
            })?;
        read(answer).await
    }
}

/// A parameter's value as ClickHouse reads it: as TSV has it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n")
}

async fn read(answer: Response) -> Result<String, StoreError> {
    let status = answer.status();
    if answer.content_length().is_some_and(|bytes| bytes > ANSWER_BYTES_MAX) {
        return Err(StoreError::TooMuch("the answer would have more than 256 MiB".to_owned()));
    }
    let text = answer
        .text()
        .await
        .map_err(|error| StoreError::Unavailable(format!("ClickHouse: {}", error.without_url())))?;
    if status == StatusCode::OK {
        return Ok(text);
    }
    let words: String = text.chars().take(WORDS_MAX).collect();
    // Whatever it is, the batch is not stored, or the question not answered.
    Err(StoreError::Unavailable(format!("ClickHouse answered {status}: {}", words.trim())))
}
