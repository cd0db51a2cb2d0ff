//! Plan of action and milestones: what an organisation does about its findings, by whom and by when.

use serde_json::{Value, json};

use super::assessment::{Facts, Finding, Observation, Risk, Subject, local_definitions, props};
use super::write::{self, Heading, Ids, Object, Party, WriteError};

/// Everything a plan of action and milestones says. It stands for an organisation: `system-id` is the organisation's
/// UUID, and no system security plan is imported, because there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Poam {
    pub heading: Heading,
    pub parties: Vec<Party>,
    pub subjects: Vec<Subject>,
    pub observations: Vec<Observation>,
    pub risks: Vec<Risk>,
    pub findings: Vec<Finding>,
    /// At least one.
    pub items: Vec<PoamItem>,
}

/// One thing to do. Its deadline and milestones are those of its risk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PoamItem {
    pub uuid: String,
    pub title: String,
    pub description: String,
    /// State of the improvement plan, in our words, such as `accepted`.
    pub status: String,
    /// Who answers for it.
    pub owner: String,
    pub findings: Vec<String>,
    pub observations: Vec<String>,
    pub risks: Vec<String>,
    pub props: Vec<(String, String)>,
}

impl Poam {
    /// The document, valid against NIST's 1.2.1 schema; the same input gives the same bytes.
    ///
    /// # Errors
    /// Names the input that is empty, of a wrong form, used twice, or that refers to something not given.
    pub fn to_json(&self, pretty: bool) -> Result<String, WriteError> {
        Ok(write::text("plan-of-action-and-milestones", self.body()?, pretty))
    }

    fn body(&self) -> Result<Value, WriteError> {
        if self.items.is_empty() {
            return Err(WriteError::Empty { field: "items" });
        }
        let mut ids = Ids::default();
        ids.define("document", "uuid", &self.heading.uuid)?;
        let metadata = write::metadata(&self.heading, &self.parties.iter().collect::<Vec<_>>(), &mut ids)?;
        let local = local_definitions(&self.subjects, &mut ids)?;
        let facts = Facts::write(&self.subjects, &self.observations, &self.risks, &self.findings, &mut ids)?;
        let mut items = Vec::new();
        for item in &self.items {
            ids.define("poam-item", "item uuid", &item.uuid)?;
            items.push(poam_item(item, &ids)?);
        }
        let head = Object::default()
            .with("uuid", self.heading.uuid.as_str())
            .with("metadata", metadata)
            .with("system-id", json!({ "identifier-type": "http://ietf.org/rfc/rfc4122", "id": self.heading.organisation.uuid }))
            .maybe("local-definitions", local);
        Ok(facts.into(head).with("poam-items", items).done())
    }
}

fn poam_item(item: &PoamItem, ids: &Ids) -> Result<Value, WriteError> {
    let mut written = write::props(&[("status", &item.status), ("owner", &item.owner)])?;
    written.extend(props(&item.props)?);
    Ok(Object::default()
        .with("uuid", item.uuid.as_str())
        .with("title", write::line("item title", &item.title)?)
        .with("description", write::prose("item description", &item.description)?)
        .list("props", written)
        .list("related-findings", ids.refer("finding", "finding-uuid", &item.findings)?)
        .list("related-observations", ids.refer("observation", "observation-uuid", &item.observations)?)
        .list("related-risks", ids.refer("risk", "risk-uuid", &item.risks)?)
        .done())
}
