//! What the template promises, compared with what it says. Linters know AWS; these tests know Hubkeys.

#![cfg(test)]

mod data;
mod functions;
mod observation;
mod pages;
mod permissions;
mod template;
