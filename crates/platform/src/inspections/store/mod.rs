//! All SQL of the inspections.

mod answers;
mod audits;
mod cycles;
mod exclusions;
mod respondents;
mod row;

pub use answers::*;
pub use audits::*;
pub use cycles::*;
pub use exclusions::*;
pub use respondents::*;
