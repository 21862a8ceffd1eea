//! Safe types around the system's GSSAPI library: the only module of this crate that may use unsafe code.
//!
//! All decisions are made elsewhere: no flag is chosen and no error is interpreted here. Each object of the library has an
//! owner that releases it, and every status but success is a [`Failure`]. The functions are those of RFC 2744, with the
//! credential stores of MIT Kerberos (successor of RFC 5588's) and the password functions of MIT and Heimdal.
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
