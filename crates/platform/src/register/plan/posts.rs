//! Lines about posts.

use std::collections::BTreeSet;

use super::{Mode, Noun, Planner, clean_line};
use crate::base::actor::OrganisationId;
use crate::register::post::{NewPost, Post, PostKind};

impl Planner<'_> {
    /// Plans posts. A line without a number takes, in [`Mode::Add`], the next one; in [`Mode::Save`] the first that no line
    /// before it took, so that the same file read twice says the same.
    pub fn posts(&mut self, lines: &[NewPost]) {
        let noun = Noun::Post;
        let mut used: BTreeSet<(OrganisationId, PostKind, i64)> = BTreeSet::new();
        for (line, new) in lines.iter().enumerate() {
            let before = self.plan.wrong.len();
            let owner = self.owner(noun, line, &new.organisation);
            let (name, title, email) = (clean_line(&new.name), clean_line(&new.title), clean_line(&new.email));
            self.text(noun, line, "name", &name, 200);
            self.text(noun, line, "title", &title, 200);
            self.text(noun, line, "email", &email, 200);
            if !email.is_empty() && (!email.contains('@') || email.contains(' ')) {
                self.wrong(noun, line, "email", "register-error-email");
            }
            let valid_from = self.date(noun, line, "valid_from", &new.valid_from);
            if !(0..=10_000).contains(&new.position) {
                self.wrong(noun, line, "position", "register-error-number");
            }
            let Some(owner) = owner.filter(|_| self.plan.wrong.len() == before) else { continue };
            let free = |position: &i64| {
                let key = (owner.id.clone(), new.post, *position);
                !used.contains(&key) && (self.mode == Mode::Save || !self.known.posts.contains_key(&key))
            };
            let position = if new.position == 0 { (1_i64..).find(free).unwrap_or(1) } else { new.position };
            let key = (owner.id.clone(), new.post, position);
            if !used.insert(key.clone()) {
                self.wrong(noun, line, "position", "register-error-twice");
                continue;
            }
            let existing = self.known.posts.get(&key).cloned();
            if existing.is_some() && self.mode == Mode::Add {
                self.wrong(noun, line, "position", "register-error-exists");
                continue;
            }
            let since = existing.as_ref().map_or(self.today.clone(), |post| post.valid_from.clone());
            let post = Post {
                id: existing.as_ref().map_or_else(|| self.id(), |post| post.id.clone()),
                organisation_id: owner.id,
                post: new.post,
                position,
                name,
                title,
                email,
                expert: new.expert,
                concurrent: new.concurrent,
                valid_from: valid_from.unwrap_or(since),
                valid_to: None,
            };
            match &existing {
                Some(old) if *old == post => self.count(noun).unchanged += 1,
                Some(_) => self.count(noun).changed += 1,
                None => self.count(noun).added += 1,
            }
            if existing.as_ref() != Some(&post) {
                self.plan.posts.push(post.clone());
            }
            self.known.posts.insert(key, post);
        }
    }
}
