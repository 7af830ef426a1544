//! The kinds of events.

use super::{
    ApiCall, AppLaunch, CodeLoad, Console, Custom, DataUpdate, Exception, Identity, LongFrame,
    Mark, MemoryWarning, NetworkChange, PageLoad, PageView, Report, Resource, ResourceFailure,
    RouteChange, Transaction, UserAction, Visibility, WebVital,
};
use crate::cbor::{Reader, Writer};
use crate::field::Edit;
use crate::problem::{FieldError, FieldProblem};
use crate::record::{FieldInfo, Record, read_record, write_record};

/// Something that happened in a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When, in milliseconds after the header's `time_base_ms`: finite, 0 to 2^53 - 1.
    pub time: f64,
    /// Which of the header's `views` it belongs to, counted from 0. 0 where there are none.
    pub view: usize,
    /// What.
    pub body: Body,
}

/// One row of the table of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindInfo {
    /// Number in the CBOR form.
    pub key: u64,
    /// Name in the JSON form.
    pub name: &'static str,
    /// The fields of its body.
    pub fields: &'static [FieldInfo],
    /// Names of the fields that must be there.
    pub required: &'static [&'static str],
}

macro_rules! kinds {
    ($( #[doc = $doc:literal] $key:literal => $kind:ident($record:ident in $held:ty) = $name:literal, required [$($required:ident = $required_name:literal),*]; )*) => {
        /// What happened, by kind. Those of many fields are boxed: they are many times the size of
        /// the others.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body {
            $( #[doc = $doc] $kind($held), )*
        }

        /// The kinds by themselves.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Kind {
            $( #[doc = $doc] $kind = $key, )*
        }

        /// All kinds, in the order of their numbers.
        pub const KINDS: &[KindInfo] = &[
            $( KindInfo { key: $key, name: $name, fields: $record::FIELDS, required: &[$($required_name),*] }, )*
        ];

        impl Body {
            /// What it is.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $( Self::$kind(_) => Kind::$kind, )* }
            }

            /// Number of the kind in the CBOR form.
            #[must_use]
            pub fn key(&self) -> u64 {
                self.kind() as u64
            }

            pub(crate) fn present(&self) -> usize {
                match self { $( Self::$kind(record) => record.present(), )* }
            }

            /// Takes out what must not be kept, as each field's type says. Identifiers of users
            /// ([`Identity::id`]) are left to the caller. `params` are the parameters that may stay
            /// in addresses, separated by commas or spaces.
            pub fn clean(&mut self, params: &str) {
                match self { $( Self::$kind(record) => record.clean(params), )* }
            }

            /// Edits texts and attributes as an operator wants; `user.id` stays as it is.
            pub fn edit(&mut self, edit: &dyn Edit) {
                match self { $( Self::$kind(record) => record.edit(edit), )* }
            }

            /// Takes out the field `key`. The caller leaves those that must be there.
            pub fn drop_field(&mut self, key: u64) {
                match self { $( Self::$kind(record) => record.drop_field(key), )* }
            }

            pub(crate) fn write_fields(&self, writer: &mut Writer) {
                match self { $( Self::$kind(record) => record.write_fields(writer), )* }
            }

            /// Name of the kind in the JSON form.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $( Self::$kind(_) => $name, )* }
            }

            pub(crate) fn write(&self, writer: &mut Writer) {
                match self { $( Self::$kind(record) => write_record::<$record>(record, writer), )* }
            }

            /// Reads the body of an event of kind `key`; `None` when the kind is unknown.
            pub(crate) fn read(key: u64, reader: &mut Reader<'_>) -> Result<Option<Self>, FieldError> {
                match key {
                    $( $key => read_record::<$record>("body", reader).map(|record| Some(Self::$kind(record.into()))), )*
                    _ => Ok(None),
                }
            }

            /// An empty body of the kind called `name`; `None` when there is no such kind.
            #[cfg(feature = "json")]
            pub(crate) fn empty(name: &str) -> Option<Self> {
                match name { $( $name => Some(Self::$kind($record::default().into())), )* _ => None }
            }

            #[cfg(feature = "json")]
            pub(crate) fn read_json(&mut self, name: &str, raw: &str) -> Result<bool, FieldError> {
                match self { $( Self::$kind(record) => record.read_json(name, raw), )* }
            }

            #[cfg(feature = "json")]
            pub(crate) fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut map = serde_json::Map::new();
                match self { $( Self::$kind(record) => record.to_json(&mut map), )* }
                map
            }

            /// Checks that what must be there is.
            pub(crate) fn check_required(&self) -> Result<(), FieldError> {
                match self { $( Self::$kind(_record) => { $( if _record.$required.is_none() {
                    return Err(FieldError { field: $required_name, problem: FieldProblem::Missing });
                } )* } )* }
                Ok(())
            }
        }
    };
}

kinds! {
    /// A page was shown. Sent when it has loaded, or when it is left earlier.
    1 => PageView(PageView in Box<PageView>) = "page_view", required [];
    /// A paint or Web Vital became known.
    2 => WebVital(WebVital in Box<WebVital>) = "web_vital", required [name = "browser.web_vital.name", value = "browser.web_vital.value"];
    /// An exception reached the top of a script.
    3 => Exception(Exception in Exception) = "exception", required [];
    /// A promise was rejected and nobody caught it.
    4 => UnhandledRejection(Exception in Exception) = "unhandled_rejection", required [];
    /// An image, script, style or other resource of the page did not load.
    5 => ResourceFailure(ResourceFailure in ResourceFailure) = "resource_failure", required [url = "url.full"];
    /// The page called an API with fetch or XMLHttpRequest.
    6 => ApiCall(ApiCall in Box<ApiCall>) = "api_call", required [url = "url.full"];
    /// The application reported something of its own.
    7 => Custom(Custom in Custom) = "custom", required [name = "event.name"];
    /// From here on the session's user is known, or, without `user.id`, no longer known.
    8 => Identity(Identity in Identity) = "identity", required [];
    /// A page without a load of its own: a script has shown another route, or named the one it shows.
    9 => RouteChange(RouteChange in RouteChange) = "route_change", required [];
    /// Resources of the page: one that was slow or failed, or several together.
    10 => Resource(Resource in Box<Resource>) = "resource", required [];
    /// The page was busy for so long that an input would have had to wait.
    11 => LongFrame(LongFrame in Box<LongFrame>) = "long_frame", required [];
    /// The browser reports a violation, a deprecation, an intervention or a crash.
    12 => Report(Report in Box<Report>) = "browser_report", required [r#type = "report.type"];
    /// The page wrote an error to the console.
    13 => Console(Console in Console) = "console", required [];
    /// The visitor clicked, or pressed a key.
    14 => UserAction(UserAction in UserAction) = "user_action", required [];
    /// A step of the application's ended.
    15 => Transaction(Transaction in Transaction) = "transaction", required [name = "transaction.name"];
    /// A moment or measure of the application's own.
    16 => Mark(Mark in Mark) = "mark", required [name = "mark.name"];
    /// The page was covered, or is seen again.
    17 => Visibility(Visibility in Visibility) = "visibility", required [state = "document.visibility_state"];
    /// A mini program was opened, or came back from the background.
    18 => AppLaunch(AppLaunch in Box<AppLaunch>) = "app_launch", required [];
    /// A page of a mini program is there.
    19 => PageLoad(PageLoad in Box<PageLoad>) = "page_load", required [];
    /// A package of a mini program was downloaded, or scripts of it were run.
    20 => CodeLoad(CodeLoad in CodeLoad) = "code_load", required [r#type = "code.load.type"];
    /// A page or component of a mini program has updated its data.
    21 => DataUpdate(DataUpdate in Box<DataUpdate>) = "data_update", required [];
    /// The system warns that memory runs short.
    22 => MemoryWarning(MemoryWarning in MemoryWarning) = "memory_warning", required [];
    /// The network has changed.
    23 => NetworkChange(NetworkChange in NetworkChange) = "network_change", required [];
}
