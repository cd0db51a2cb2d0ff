//! All SQL of the improvements.

mod causes;
mod exemptions;
mod plans;
mod recommendations;

pub use causes::{add_causes, caused, caused_drafts, forget_causes};
pub use exemptions::{decide_exemption, exemption, exemptions, exemptions_of, insert_exemption};
pub use plans::{decide_plan, insert_plan, mark_step, plans, plans_of};
pub use recommendations::{
    add_history, carry, code_taken, histories, history, insert_recommendation, measurable, move_to, move_words, recommendation,
    recommendation_by_code, recommendations, recommendations_of, unfinished,
};
