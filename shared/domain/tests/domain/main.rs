//! The rules of keys and accounts, from outside: given what has happened, when somebody asks, then what happens.
#![cfg(test)]

mod accounts;
mod administration;
mod given;
mod golden;
mod keys;
mod keys_of_a_suspended_account;
mod names;
