//! Who asks, and how that is proven: from scheme, user, password, keytab or ticket to credentials.
//!
//! It never falls back to a weaker scheme than the one that was asked for, and asks for a password only where one is used.

use hvsnap::{Credentials, Secret};

use super::{args::ConnectionArgs, layer::Layer, password};
use crate::cli::{failure::Failure, values::Scheme};

pub(super) fn credentials(
    args: &ConnectionArgs,
    layer: &Layer,
    address: &str,
) -> Result<Credentials, Failure> {
    let scheme = layer.auth.unwrap_or(Scheme::Negotiate);
    if layer.client_cert.is_some() && scheme != Scheme::Certificate {
        return Err(Failure::usage("--client-cert goes with --auth certificate"));
    }
    if let Some(keytab) = &layer.keytab {
        if scheme != Scheme::Kerberos {
            return Err(Failure::usage("a keytab goes with --auth kerberos"));
        }
        return Ok(Credentials::kerberos_keytab(keytab.display().to_string(), layer.user.clone()));
    }
    let Some(user) = layer.user.clone() else {
        // Without a user, a ticket that was obtained before (kinit) says who asks.
        return match scheme {
            Scheme::Kerberos => Ok(Credentials::kerberos_ticket()),
            Scheme::Certificate => certificate(layer),
            _ => Err(Failure::usage("no user was given").hint(
                "give --user, HVSNAP_USER, or `user` in a profile; --auth kerberos without a user takes the ticket of kinit",
            )),
        };
    };
    let password = || password::find(args, layer, &user, address);
    match scheme {
        Scheme::Negotiate => password().map(|password| Credentials::negotiate(&user, password)),
        Scheme::Kerberos => password().map(|password| Credentials::kerberos(&user, password)),
        Scheme::Ntlm => password().map(|password| Credentials::ntlm(&user, password)),
        Scheme::Basic => password().map(|password| Credentials::basic(&user, password)),
        Scheme::Certificate => certificate(layer),
    }
}

fn certificate(layer: &Layer) -> Result<Credentials, Failure> {
    let Some(path) = &layer.client_cert else {
        return Err(Failure::usage("--auth certificate needs --client-cert"));
    };
    let pem = super::file(Some(path), "of the client certificate")?.unwrap_or_default();
    let pem = String::from_utf8(pem)
        .map_err(|_| Failure::usage(format!("the client certificate {} is not PEM", path.display())))?;
    Ok(Credentials::certificate(Secret::new(pem)))
}
