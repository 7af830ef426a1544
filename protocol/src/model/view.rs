//! The views of a frame that has events of several.

use crate::cbor::{Reader, Writer};
use crate::field::{Address, Field, Id};
use crate::limits::FRAME_VIEWS_MAX;
use crate::problem::FieldProblem;
use crate::record::{Record, read_record, record, write_record};

record! {
    /// One of the views of a frame. The keys are those of the header's fields of the same names.
    pub struct View {
        /// The page view, from one navigation or change of route to the next.
        5 => id: Id<8> = "view.id",
        /// The page's address then, without query and fragment.
        6 => url: Address<2048> = "url.full",
    }
}

/// The views of a frame, at most [`FRAME_VIEWS_MAX`]. Its events count them from 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Views(Vec<View>);

impl Views {
    /// Adds a view.
    ///
    /// # Errors
    /// [`FieldProblem::TooLong`] when there are [`FRAME_VIEWS_MAX`] already.
    pub fn push(&mut self, view: View) -> Result<(), FieldProblem> {
        if self.0.len() == FRAME_VIEWS_MAX {
            return Err(too_many(FRAME_VIEWS_MAX + 1));
        }
        self.0.push(view);
        Ok(())
    }

    /// The view of that number, counted from 0.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&View> {
        self.0.get(number)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

fn too_many(len: usize) -> FieldProblem {
    FieldProblem::TooLong { len, max: FRAME_VIEWS_MAX }
}

impl Field for Views {
    const KIND: &'static str = "list of views";
    const MAX: usize = FRAME_VIEWS_MAX;

    fn clean(&mut self, params: &str) {
        for view in &mut self.0 {
            view.clean(params);
        }
    }

    fn write(&self, writer: &mut Writer) {
        writer.array(self.0.len());
        for view in &self.0 {
            write_record(view, writer);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem> {
        let count = reader.array()?;
        if count > FRAME_VIEWS_MAX {
            return Err(too_many(count));
        }
        let read = |_| read_record("views", reader).map_err(|error| error.problem);
        (0..count).map(read).collect::<Result<_, _>>().map(Self)
    }

    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value {
        self.0
            .iter()
            .map(|view| serde_json::Value::Object(crate::json::record_value(view)))
            .collect()
    }

    #[cfg(feature = "json")]
    fn from_json(raw: &str) -> Result<Self, FieldProblem> {
        let mut views = Self::default();
        crate::json::records(raw, |view| views.push(view))?;
        Ok(views)
    }
}
