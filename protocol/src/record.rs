//! Records: structs whose fields have an integer key (CBOR), a name (JSON) and a type.
//!
//! One declaration gives the struct, both forms of its wire and the rows of the tables in
//! `docs/protocol.md`, so that they cannot drift apart.

use crate::cbor::{Reader, Writer};
use crate::problem::FieldError;

/// One row of a record's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldInfo {
    /// Key in the CBOR form.
    pub key: u64,
    /// Name in the JSON form.
    pub name: &'static str,
    /// The type, as the documents call it.
    pub kind: &'static str,
    /// The longest text or list; 0 where the type says it all.
    pub max: usize,
    /// The first line of its documentation.
    pub doc: &'static str,
}

/// A struct of optional fields with keys, names and types.
pub trait Record: Default + Sized {
    /// Its fields, in the order of their keys.
    const FIELDS: &'static [FieldInfo];

    /// How many fields hold a value.
    fn present(&self) -> usize;

    /// Takes out of each field what must not be kept, as its type says. `params` are the
    /// parameters that may stay in addresses, separated by commas or spaces.
    fn clean(&mut self, params: &str);

    /// Edits the texts and attributes of each field, as its type says.
    fn edit(&mut self, edit: &dyn crate::field::Edit);

    /// Takes out the field `key`, if there is one.
    fn drop_field(&mut self, key: u64);

    /// Writes key and value of each field that holds one.
    fn write_fields(&self, writer: &mut Writer);

    /// Reads the value of field `key`.
    ///
    /// Returns `Ok(false)`, with nothing read, when there is no such field.
    ///
    /// # Errors
    /// The field and what is wrong with its value.
    fn read_field(&mut self, key: u64, reader: &mut Reader<'_>) -> Result<bool, FieldError>;

    /// Puts name and value of each field that holds one into `map`.
    #[cfg(feature = "json")]
    fn to_json(&self, map: &mut serde_json::Map<String, serde_json::Value>);

    /// Reads the JSON value of the field called `name`; `Ok(false)` when there is none.
    ///
    /// # Errors
    /// The field and what is wrong with its value.
    #[cfg(feature = "json")]
    fn read_json(&mut self, name: &str, raw: &str) -> Result<bool, FieldError>;
}

/// Writes `record` as a CBOR map.
pub(crate) fn write_record<R: Record>(record: &R, writer: &mut Writer) {
    writer.map(record.present());
    record.write_fields(writer);
}

/// Reads a CBOR map, called `name` in errors, into a record. Unknown keys are passed over and
/// counted by the reader.
pub(crate) fn read_record<R: Record>(
    name: &'static str,
    reader: &mut Reader<'_>,
) -> Result<R, FieldError> {
    let wrong = |problem| FieldError { field: name, problem };
    let mut record = R::default();
    let len = reader.map().map_err(wrong)?;
    for _ in 0..len {
        let known = match reader.key().map_err(wrong)? {
            Some(key) => record.read_field(key, reader)?,
            None => false,
        };
        if !known {
            reader.skip_unknown().map_err(wrong)?;
        }
    }
    Ok(record)
}

macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $record:ident {
            $( #[doc = $doc:literal] $(#[doc = $more:literal])* $key:literal => $field:ident : $type:ty = $name:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $record {
            $( #[doc = $doc] $(#[doc = $more])* pub $field: Option<$type>, )*
        }

        /// Where each field goes in a [`Draft`](crate::draft::Draft).
        #[allow(non_upper_case_globals, missing_docs, reason = "each is named after its field")]
        impl $record {
            $( pub const $field: $crate::draft::Slot = $crate::draft::Slot {
                key: $key,
                max: <$type as $crate::field::Field>::MAX as u16,
            }; )*
        }

        impl $crate::record::Record for $record {
            const FIELDS: &'static [$crate::record::FieldInfo] = &[
                $( $crate::record::FieldInfo {
                    key: $key,
                    name: $name,
                    kind: <$type as $crate::field::Field>::KIND,
                    max: <$type as $crate::field::Field>::MAX,
                    doc: $doc,
                }, )*
            ];

            fn present(&self) -> usize {
                0 $( + usize::from(self.$field.is_some()) )*
            }

            fn clean(&mut self, params: &str) {
                $( if let Some(value) = &mut self.$field {
                    $crate::field::Field::clean(value, params);
                    #[cfg(not(target_arch = "wasm32"))]
                    if !$crate::field::Field::may_stay(value) {
                        self.$field = None;
                    }
                } )*
            }

            fn edit(&mut self, edit: &dyn $crate::field::Edit) {
                $( if let Some(value) = &mut self.$field {
                    $crate::field::Field::edit(value, edit);
                } )*
            }

            fn drop_field(&mut self, key: u64) {
                match key {
                    $( $key => self.$field = None, )*
                    _ => {}
                }
            }

            fn write_fields(&self, writer: &mut $crate::cbor::Writer) {
                $( if let Some(value) = &self.$field {
                    writer.uint($key);
                    $crate::field::Field::write(value, writer);
                } )*
            }

            fn read_field(
                &mut self,
                key: u64,
                reader: &mut $crate::cbor::Reader<'_>,
            ) -> Result<bool, $crate::problem::FieldError> {
                match key {
                    $( $key => {
                        let value = if self.$field.is_some() {
                            Err($crate::problem::FieldProblem::Repeated)
                        } else {
                            $crate::field::Field::read(reader)
                        };
                        let value = value.map_err(|problem| $crate::problem::FieldError {
                            field: $name,
                            problem,
                        })?;
                        self.$field = Some(value);
                        Ok(true)
                    } )*
                    _ => Ok(false),
                }
            }

            #[cfg(feature = "json")]
            fn to_json(&self, map: &mut serde_json::Map<String, serde_json::Value>) {
                $( if let Some(value) = &self.$field {
                    map.insert($name.to_owned(), $crate::field::Field::to_json(value));
                } )*
            }

            #[cfg(feature = "json")]
            fn read_json(
                &mut self,
                name: &str,
                raw: &str,
            ) -> Result<bool, $crate::problem::FieldError> {
                match name {
                    $( $name => {
                        let value = if self.$field.is_some() {
                            Err($crate::problem::FieldProblem::Repeated)
                        } else {
                            $crate::field::Field::from_json(raw)
                        };
                        let value = value.map_err(|problem| $crate::problem::FieldError {
                            field: $name,
                            problem,
                        })?;
                        self.$field = Some(value);
                        Ok(true)
                    } )*
                    _ => Ok(false),
                }
            }
        }
    };
}
pub(crate) use record;
