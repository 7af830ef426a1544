//! Roll-ups: what was counted and measured, by minute, hour and day, so that no figure needs the
//! events again. Pure; the stores keep the rows.
//!
//! A measure goes to `All` of its application and to each value that it has of a dimension
//! (marginals: a page's figures, an operator's figures, not those of a page with an operator).

mod label;
pub(crate) mod leb128;
pub mod limits;
mod pieces;
mod row;
mod table;

pub use label::{Admitted, LabelId, Labels, OTHER};
pub use pieces::{Piece, Step, pieces};
pub use row::{Cell, Row, RowError};
pub use table::{Key, Table, minute_of};
