//! The parts pages are made of: a page is blocks of text, facts, lists, forms and charts, so that every page looks and works alike.

pub mod cell;
pub mod form;
pub mod list;
pub mod page;
pub mod respond;
