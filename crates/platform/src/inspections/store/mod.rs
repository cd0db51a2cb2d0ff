//! All SQL of the inspections.

mod cycles;
mod respondents;
mod answers;
mod audits;
mod row;

pub use answers::*;
pub use audits::*;
pub use cycles::*;
pub use respondents::*;
