//! Credentials from the settings: scheme, user, password, keytab, ticket or client certificate.
//!
//! There is no fallback to a weaker scheme. A password is requested only if the scheme needs one. The same user, scheme and
//! password share one `Credentials` value, so that a refused password is not tried again in this process.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use hvsnap::{Credentials, Secret};

use super::{given::ConnectionArgs, password, permissions, settings::Settings};
use crate::cli::{console::Console, failure::Failure, values::Scheme};

pub(super) fn credentials(
    console: &mut Console,
    args: &ConnectionArgs,
    settings: &Settings,
    address: &str,
) -> Result<Credentials, Failure> {
    let scheme = settings.auth.unwrap_or(Scheme::Negotiate);
    if settings.client_cert.is_some() && scheme != Scheme::Certificate {
        return Err(Failure::usage("--client-cert goes with --auth certificate"));
    }
    if let Some(keytab) = &settings.keytab {
        if scheme != Scheme::Kerberos {
            return Err(Failure::usage("a keytab goes with --auth kerberos"));
        }
        permissions::warn_if_open(console, &format!("the keytab {}", keytab.display()), keytab);
        return Ok(Credentials::kerberos_keytab(keytab.display().to_string(), settings.user.clone()));
    }
    if scheme == Scheme::Certificate {
        return certificate(console, settings.client_cert.as_deref());
    }
    let Some(user) = settings.user.clone() else {
        // Without a user, an existing ticket (kinit) provides the identity.
        return match scheme {
            Scheme::Kerberos => Ok(Credentials::kerberos_ticket()),
            _ => Err(Failure::usage("no user was given").hint(
                "give --user, HVSNAP_USER, or `user` in a profile; --auth kerberos without a user takes the ticket of kinit",
            )),
        };
    };
    let password = password::find(console, args, settings, &user, address)?;
    Ok(shared(scheme, user, password))
}

/// True if the settings lead to a password.
pub(super) fn needs_password(settings: &Settings) -> bool {
    match settings.auth.unwrap_or(Scheme::Negotiate) {
        Scheme::Certificate => false,
        Scheme::Kerberos => settings.keytab.is_none() && settings.user.is_some(),
        _ => true,
    }
}

/// The credentials made earlier in this process from the same values, or new ones.
fn shared(scheme: Scheme, user: String, password: Secret) -> Credentials {
    static MADE: Mutex<Vec<(Scheme, String, Secret, Credentials)>> = Mutex::new(Vec::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let known = made.iter().find(|(known_scheme, known_user, known_password, _)| {
        (known_scheme, known_user, known_password) == (&scheme, &user, &password)
    });
    if let Some((.., credentials)) = known {
        return credentials.clone();
    }
    let credentials = match scheme {
        Scheme::Kerberos => Credentials::kerberos(&user, password.clone()),
        Scheme::Ntlm => Credentials::ntlm(&user, password.clone()),
        Scheme::Basic => Credentials::basic(&user, password.clone()),
        Scheme::Negotiate | Scheme::Certificate => Credentials::negotiate(&user, password.clone()),
    };
    made.push((scheme, user, password, credentials.clone()));
    credentials
}

fn certificate(console: &mut Console, path: Option<&Path>) -> Result<Credentials, Failure> {
    let Some(path) = path else {
        return Err(Failure::usage("--auth certificate needs --client-cert"));
    };
    let pem = super::file(Some(path), "of the client certificate")?.unwrap_or_default();
    let name = format!("the client certificate {}", path.display());
    let pem = String::from_utf8(pem).map_err(|_| Failure::usage(format!("{name} is not PEM")))?;
    permissions::warn_if_open(console, &format!("{name}, which holds a key,"), path);
    Ok(Credentials::certificate(Secret::new(pem)))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
    };

    use hvsnap::Client;

    use super::*;

    /// A host that refuses every caller, one connection at a time; the listener shows whether there were more.
    fn host() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        (listener, address)
    }

    fn turn_away(listener: &TcpListener) {
        let (mut stream, _) = listener.accept().unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
        let answer = b"HTTP/1.1 401 \r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).unwrap();
    }

    fn identify(address: &str, user: &str, password: &str) -> hvsnap::ClientError {
        let credentials = shared(Scheme::Basic, user.to_owned(), Secret::new(password));
        let client = Client::builder(address).credentials(credentials).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.identify()).unwrap_err()
    }

    #[test]
    fn clients_of_one_process_try_the_same_password_of_the_same_user_once() {
        let ((first, at_first), (second, at_second)) = (host(), host());
        let refusing = std::thread::spawn(move || {
            turn_away(&first);
            turn_away(&first);
            first
        });
        assert!(identify(&at_first, r"LAB\ops", "wrong").is_access());
        for address in [&at_first, &at_second] {
            let error = identify(address, r"LAB\ops", "wrong");
            assert!(error.is_access() && error.kind().to_string().contains(&at_first), "{error:?}");
        }
        // A different password is tried.
        assert!(identify(&at_first, r"LAB\ops", "as wrong").is_access());
        let first = refusing.join().unwrap();
        for listener in [first, second] {
            listener.set_nonblocking(true).unwrap();
            assert!(listener.accept().is_err(), "one more connection than passwords");
        }
    }
}
