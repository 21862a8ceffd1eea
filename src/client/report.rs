//! Reports: an error with a stable id, what happened, why, what to do next, whether to repeat, and the raw text.
//!
//! Assigns ids to errors of requests; `host` does so for its own kinds by the same rules ([`Said`]). The texts are in
//! [`crate::explain`]. An error whose effect is not [`Effect::None`] is never reported as safe to repeat, whatever its code.

use crate::{
    cim::UriForm,
    client::{
        Effect, Error, ErrorKind,
        connection_error::ConnectionError,
        fault::{classify, reading_of},
    },
    codes::Category,
    explain::{CodeEntry, ErrorId, Family, Remedy, Repeat, Setting, Step, advice, reading},
    http::{HttpErrorKind, TlsProblem},
};

/// An error, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The id, for programs and for `explain`.
    pub id: ErrorId,
    /// What happened.
    pub what: String,
    /// Why, as far as the code or the host tells.
    pub why: String,
    /// What to do next.
    pub next: Remedy,
    /// Whether the request may be sent again.
    pub repeat: Repeat,
    /// The effect on the host.
    pub effect: Effect,
    /// The text of the host or the system, shortened but not sanitised.
    pub raw: Option<String>,
}

const LOOK_FIRST: &str = "the host may have carried on: look at the tree before doing anything again";

/// The parts of a report before the tables complete it.
pub(crate) struct Said {
    pub(crate) id: ErrorId,
    pub(crate) what: String,
    pub(crate) effect: Effect,
    /// The row of the host's code, if the code is known.
    pub(crate) code: Option<&'static CodeEntry>,
    pub(crate) why: Option<String>,
    pub(crate) next: Option<Remedy>,
    pub(crate) raw: Option<String>,
}

impl Said {
    /// Makes the report.
    pub(crate) fn report(self) -> Report {
        let own = self.id.entry();
        let entry = self.code.unwrap_or(own);
        let repeat = match self.effect {
            // Nothing was changed, so there is nothing to check.
            Effect::None if own.repeat == Repeat::AfterLooking => Repeat::Safe,
            Effect::None => own.repeat,
            _ => Repeat::AfterLooking,
        };
        let next = self.next.clone().unwrap_or_else(|| self.advice(entry));
        let next = match self.effect {
            Effect::Unknown if entry.repeat == Repeat::AfterLooking => Remedy::of(LOOK_FIRST),
            Effect::Unknown => Remedy::of(LOOK_FIRST).then("; then: ", next),
            _ => next,
        };
        Report {
            id: self.id,
            what: self.what,
            why: self.why.unwrap_or_else(|| entry.why.to_owned()),
            next,
            repeat,
            effect: self.effect,
            raw: self.raw,
        }
    }

    /// The advice for the code; if our own id is as specific, the advice for the id, which refers to this program.
    fn advice(&self, entry: &CodeEntry) -> Remedy {
        let is_general = matches!(
            self.id,
            ErrorId::HTTP_STATUS
                | ErrorId::FAULT
                | ErrorId::PROVIDER
                | ErrorId::NOT_UNDERSTOOD
                | ErrorId::NOT_SUPPORTED
                | ErrorId::REFUSED
                | ErrorId::JOB_FAILED
        );
        let next = if is_general { entry.next } else { self.id.entry().next };
        // After an error without effect, advice about a possible effect would mislead.
        let calm = || advice::nothing_done(self.id, next);
        Remedy::of((self.effect == Effect::None).then(calm).flatten().unwrap_or(next))
    }
}

impl Error {
    /// The stable id of what happened.
    pub fn id(&self) -> ErrorId {
        match self.kind() {
            ErrorKind::Endpoint(_) => ErrorId::ADDRESS,
            ErrorKind::Name(_) => ErrorId::NAME,
            ErrorKind::Setting(_) => ErrorId::SETTING,
            ErrorKind::Unwritable(_) => ErrorId::UNWRITABLE,
            ErrorKind::Connection(error) => connection(error.0.kind()),
            ErrorKind::Status(status) => of_status(*status),
            ErrorKind::NotSoap(_) => ErrorId::NOT_SOAP,
            ErrorKind::Fault(_) => self.fault_category().map_or(ErrorId::FAULT, of_fault),
            ErrorKind::Protocol(_) => ErrorId::PROTOCOL,
            ErrorKind::TimedOut { .. } => ErrorId::TIME_OVER,
        }
    }

    /// The error with its explanation and advice.
    pub fn report(&self) -> Report {
        self.said().report()
    }

    /// What to do next, in neutral words; [`Report::next`] has settings and commands as data.
    pub fn hint(&self) -> Option<String> {
        Some(self.report().next.to_string())
    }

    /// The parts of the report that this error determines.
    pub(crate) fn said(&self) -> Said {
        let raw = match (self.raw(), self.kind()) {
            (Some(raw), _) => Some(raw.to_owned()),
            (None, ErrorKind::Connection(error)) => {
                std::error::Error::source(&error.0).map(|source| source.to_string())
            }
            _ => None,
        };
        Said {
            id: self.id(),
            what: self.to_string(),
            effect: self.effect(),
            code: self.code(),
            why: None,
            next: self.said_next(),
            raw,
        }
    }

    fn code(&self) -> Option<&'static CodeEntry> {
        match self.kind() {
            ErrorKind::Status(status) => reading(Family::Http, u32::from(*status)),
            // If the target gives the fault another category, the number has another meaning too.
            ErrorKind::Fault(fault) if self.fault_category() == Some(classify(fault)) => reading_of(fault),
            _ => None,
        }
    }

    /// The advice if the host may support only the other form of resource URIs.
    fn other_uri_form(&self) -> Option<&'static str> {
        Some(match self.uri_form()? {
            UriForm::Wmi => advice::TRY_DMTF,
            UriForm::Dmtf => advice::TRY_WMI,
        })
    }

    fn said_next(&self) -> Option<Remedy> {
        match self.kind() {
            ErrorKind::Connection(error) => match error.0.kind() {
                HttpErrorKind::Authentication(error) => error.hint().map(Remedy::of),
                _ if self.is_not_offered() => other_scheme(error.offered_schemes()),
                _ => None,
            },
            ErrorKind::Fault(fault) => match self.fault_category()? {
                Category::UnknownUri => self.other_uri_form().map(Remedy::of),
                // A Windows host has a number for an unknown class; without a number, the URI form may be the cause.
                Category::UnknownClass if fault.number().is_none() => {
                    let form = self.other_uri_form()?;
                    Some(ErrorId::UNKNOWN_CLASS.entry().next().then("; ", Remedy::of(form)))
                }
                Category::AnswerTooLarge => Some(Remedy::of(advice::ENVELOPE)),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_not_offered(&self) -> bool {
        [ErrorId::BASIC_NOT_OFFERED, ErrorId::KERBEROS_NOT_OFFERED, ErrorId::SCHEME_NOT_OFFERED]
            .contains(&self.id())
    }
}

/// The advice if the host does not offer the scheme that was tried.
fn other_scheme(offered: &[String]) -> Option<Remedy> {
    let list = offered.join(", ");
    match ConnectionError::usable_scheme(offered) {
        _ if offered.is_empty() => None,
        Some("basic") => {
            Some(Remedy::of("use the scheme that the host offers, over TLS: {auth=basic} {tls}"))
        }
        Some(scheme) => {
            Some(Remedy::of("use a scheme that the host offers: ").step(Step::set(Setting::Scheme, scheme)))
        }
        None => Some(Remedy::text(format!(
            "hvsnap does not speak {list}; allow Negotiate on the host: winrm set winrm/config/service/auth \
             '@{{Negotiate=\"true\"}}'"
        ))),
    }
}

fn of_status(status: u16) -> ErrorId {
    match status {
        404 => ErrorId::NO_WINRM_HERE,
        500 => ErrorId::UNENCRYPTED_REFUSED,
        503 => ErrorId::UNAVAILABLE,
        _ => ErrorId::HTTP_STATUS,
    }
}

fn of_fault(class: Category) -> ErrorId {
    match class {
        Category::AccessDenied => ErrorId::ACCESS_DENIED,
        Category::TimedOut => ErrorId::TIMED_OUT,
        Category::Overloaded => ErrorId::OVERLOADED,
        Category::NotFound => ErrorId::NOT_THERE,
        Category::UnknownClass => ErrorId::UNKNOWN_CLASS,
        Category::UnknownUri => ErrorId::URI_FORM,
        Category::Unsupported => ErrorId::NOT_SUPPORTED,
        Category::RequestTooLarge | Category::AnswerTooLarge => ErrorId::TOO_LARGE,
        Category::Unreportable => ErrorId::UNREPORTABLE,
        Category::EnumerationLost => ErrorId::ENUMERATION_LOST,
        Category::NotUnderstood => ErrorId::NOT_UNDERSTOOD,
        Category::Provider => ErrorId::PROVIDER,
        Category::NoError | Category::Busy | Category::InvalidParameter | Category::Other => ErrorId::FAULT,
    }
}

fn connection(kind: &HttpErrorKind) -> ErrorId {
    match kind {
        HttpErrorKind::Credentials(_) => ErrorId::CREDENTIALS,
        HttpErrorKind::PlaintextRefused { .. } => ErrorId::PLAINTEXT_REFUSED,
        HttpErrorKind::CertificateNeedsTls => ErrorId::CERTIFICATE_NEEDS_TLS,
        HttpErrorKind::ProxyNeedsTls => ErrorId::PROXY_NEEDS_TLS,
        HttpErrorKind::TrustRoots => ErrorId::TRUST_ROOTS,
        HttpErrorKind::ClientCertificate => ErrorId::CLIENT_CERTIFICATE,
        HttpErrorKind::Setup => ErrorId::SETUP,
        HttpErrorKind::Proxy(_) => ErrorId::PROXY,
        HttpErrorKind::NameResolution => ErrorId::NAME_RESOLUTION,
        HttpErrorKind::ConnectRefused => ErrorId::CONNECTION_REFUSED,
        HttpErrorKind::Unreachable => ErrorId::UNREACHABLE,
        HttpErrorKind::Tls(problem) => tls(*problem),
        HttpErrorKind::ConnectTimedOut(_) => ErrorId::CONNECT_TIMED_OUT,
        HttpErrorKind::AnswerTimedOut(_) => ErrorId::ANSWER_TIMED_OUT,
        HttpErrorKind::CutOff => ErrorId::TIME_OVER,
        HttpErrorKind::ConnectionLost => ErrorId::CONNECTION_LOST,
        HttpErrorKind::Violation(_) => ErrorId::PROTOCOL,
        HttpErrorKind::Authentication(error) if error.is_refused_password() => ErrorId::KDC_REFUSED,
        HttpErrorKind::Authentication(_) => ErrorId::AUTHENTICATION,
        HttpErrorKind::ClientCertificateLate(_) => ErrorId::CLIENT_CERTIFICATE_LATE,
        HttpErrorKind::AuthenticationStatus(status) => of_status(*status),
        HttpErrorKind::NotSoap(_) => ErrorId::NOT_SOAP,
        HttpErrorKind::SpeaksTls => ErrorId::SPEAKS_TLS,
        HttpErrorKind::NotAuthenticated { tried, mechanism, offered } => {
            not_authenticated(tried, mechanism, offered)
        }
        HttpErrorKind::IdentityLost(_) => ErrorId::IDENTITY_LOST,
    }
}

fn not_authenticated(tried: &str, mechanism: &str, offered: &[String]) -> ErrorId {
    let is_offered = offered.iter().any(|scheme| scheme.eq_ignore_ascii_case(tried));
    match (mechanism, tried) {
        ("certificate", _) => ErrorId::CERTIFICATE_REFUSED,
        (_, "Basic") if !is_offered => ErrorId::BASIC_NOT_OFFERED,
        (_, "Kerberos") if !is_offered => ErrorId::KERBEROS_NOT_OFFERED,
        _ if !is_offered => ErrorId::SCHEME_NOT_OFFERED,
        ("NTLM", _) => ErrorId::NTLM_REFUSED,
        ("Kerberos", _) => ErrorId::KERBEROS_REFUSED,
        _ => ErrorId::PASSWORD_REFUSED,
    }
}

fn tls(problem: TlsProblem) -> ErrorId {
    match problem {
        TlsProblem::UnknownIssuer => ErrorId::TLS_UNKNOWN_ISSUER,
        TlsProblem::WrongName => ErrorId::TLS_WRONG_NAME,
        TlsProblem::NoName => ErrorId::TLS_NO_NAME,
        TlsProblem::Expired => ErrorId::TLS_EXPIRED,
        TlsProblem::NotYetValid => ErrorId::TLS_NOT_YET_VALID,
        TlsProblem::Revoked => ErrorId::TLS_REVOKED,
        TlsProblem::WeakSignature => ErrorId::TLS_WEAK_SIGNATURE,
        TlsProblem::WrongFingerprint => ErrorId::TLS_WRONG_FINGERPRINT,
        TlsProblem::Authority
        | TlsProblem::OldVersion
        | TlsProblem::Purpose
        | TlsProblem::Extension
        | TlsProblem::Certificate => ErrorId::TLS_CERTIFICATE,
        TlsProblem::NothingInCommon => ErrorId::TLS_NOTHING_IN_COMMON,
        TlsProblem::ClientCertificateWanted => ErrorId::TLS_CLIENT_CERTIFICATE_WANTED,
        TlsProblem::ClientCertificateRefused => ErrorId::TLS_CLIENT_CERTIFICATE_REFUSED,
        TlsProblem::NotTls => ErrorId::NOT_TLS,
        TlsProblem::Handshake => ErrorId::TLS_HANDSHAKE,
    }
}
