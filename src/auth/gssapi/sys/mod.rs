//! The system's GSSAPI library behind types that cannot be misused: the only code of this crate that may be unsafe.
//!
//! It never decides anything: no flag is chosen and no error is judged here. All that the library hands out is owned by a
//! type that gives it back, and every status but the one hoped for is a [`Failure`]. The functions are those of RFC 2744,
//! with the credential stores of RFC 5588's successor in MIT Kerberos and the password of both MIT's and Heimdal's.
#![allow(unsafe_code, reason = "a C library that is opened when the program runs can be had in no other way")]
#![deny(clippy::undocumented_unsafe_blocks)]

#[cfg(target_os = "macos")]
mod apple;
mod buffer;
mod context;
mod credential;
mod failure;
mod library;
mod name;
mod types;

pub(crate) use context::Context;
pub(crate) use credential::{Credential, Usage};
pub(crate) use failure::Failure;
pub(crate) use library::{Library, LibraryMissing};
pub(crate) use name::{Name, NameKind};
