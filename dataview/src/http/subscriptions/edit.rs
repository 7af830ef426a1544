//! `PATCH /api/v1/subscriptions/{name}`: changing a subscription without losing where it is.

use super::{Subscriptions, WithSecret, is_readable};
use crate::access::{Action, Right};
use crate::http::accounts::record;
use crate::http::who::Who;
use crate::http::{App, Asked, Code, Problem, body};
use crate::subscribe::limits::OVERLAP_DEFAULT_MS;
use crate::subscribe::{Definition, Delivery, Edit, Filter, Mask, Secret, Subscription};
use actix_web::{HttpRequest, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to be changed of a subscription; what is absent stays. A filter, a mask and a delivery are
/// each replaced as a whole.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct EditSent {
    /// Which events, from where it is on.
    filter: Option<Filter>,
    /// What of them.
    fields: Option<Mask>,
    /// How they come. A webhook's secret stays when its address changes.
    delivery: Option<Delivery>,
    /// Whether nobody gets anything for now. It goes on where it was.
    paused: Option<bool>,
    /// Another secret for the webhook.
    rotate_secret: Option<RotateSecretSent>,
}

/// How a secret is replaced.
#[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RotateSecretSent {
    /// For so long, in ms, bodies have a signature with the secret before as well; at most a week;
    /// absent: a day.
    overlap_ms: Option<u64>,
}

impl EditSent {
    fn of(self, before: &Subscription) -> Edit {
        let Self { filter, fields, delivery, paused, rotate_secret } = self;
        let known = before.definition.clone();
        let definition = Definition {
            filter: filter.unwrap_or(known.filter),
            fields: fields.unwrap_or(known.fields),
            delivery: delivery.unwrap_or(known.delivery),
        };
        Edit {
            definition: (definition != before.definition).then_some(definition),
            paused: paused.filter(|paused| *paused != before.paused),
            rotate_secret_overlap_ms: rotate_secret
                .map(|rotation| rotation.overlap_ms.unwrap_or(OVERLAP_DEFAULT_MS)),
        }
    }
}

/// Changes a subscription: its filter, mask and delivery, whether it is paused, its webhook's secret.
/// Where it is stays. For administrators.
#[utoipa::path(
    patch, path = "/api/v1/subscriptions/{name}", tag = "subscriptions",
    params(("name" = String, Path, description = "The subscription.")),
    request_body = EditSent,
    responses((status = 200, body = WithSecret)),
)]
pub(in crate::http) async fn edit(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
    who: Who,
    name: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Asked<WithSecret> {
    who.check(Right::Administer)?;
    let before = mine.readable(&name, &who)?;
    let sent: EditSent = body::read(&request, payload).await?;
    if sent == EditSent::default() {
        let allowed = "filter, fields, delivery, paused, rotate_secret";
        let detail = format!("nothing is to be changed; allowed: {allowed}");
        return Err(Problem::new(Code::InvalidValue, detail));
    }
    let edit = sent.of(&before);
    let after = edit.of(&before, (app.now)())?;
    if !is_readable(&after.definition, &who) {
        return Err(Problem::plain(Code::ForbiddenApp));
    }
    // What is not in the audit log is not done.
    for action in actions(&edit) {
        record(&app, &who, action, after.name.as_str())?;
    }
    mine.registry.edit(&before, &after)?;
    let is_new = after.secret != before.secret;
    let secret = after.secret.as_ref().filter(|_| is_new).map(Secret::text);
    let subscription = mine.told(mine.registry.get(&after.name)?).await?;
    Ok(web::Json(WithSecret { subscription, secret }))
}

fn actions(edit: &Edit) -> Vec<Action> {
    let changed = edit.definition.as_ref().map(|_| Action::SubscriptionChanged);
    let paused = edit.paused.map(|paused| match paused {
        true => Action::SubscriptionPaused,
        false => Action::SubscriptionResumed,
    });
    let rotated = edit.rotate_secret_overlap_ms.map(|_| Action::SubscriptionSecretRotated);
    [changed, paused, rotated].into_iter().flatten().collect()
}
