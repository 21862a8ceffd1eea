//! All settings together: flags over environment over profile.
//!
//! It reads the configuration file and nothing else.

use super::{
    args::ConnectionArgs,
    config::{self, Place},
    environment::{self, Lookup},
    layer::Layer,
};
use crate::cli::failure::Failure;

/// What is to be used.
pub(super) fn collect(args: &ConnectionArgs, lookup: Lookup<'_>) -> Result<Layer, Failure> {
    let flags = flags(args);
    flags.check("--host", "--endpoint", "--tls")?;
    if args.password_stdin && args.password_file.is_some() {
        return Err(Failure::usage("--password-stdin and --password-file exclude each other"));
    }
    let environment = environment::layer(lookup)?;
    let place = place(args, lookup)?;
    let name = match &args.profile {
        Some(name) => Some(name.clone()),
        None => lookup("HVSNAP_PROFILE")?,
    };
    let profile = config::profile(&place, name)?;
    Ok(flags.over(environment).over(profile))
}

/// Where the configuration file is.
pub(super) fn place(args: &ConnectionArgs, lookup: Lookup<'_>) -> Result<Place, Failure> {
    Ok(match &args.config {
        Some(path) => Place::given(path.clone()),
        None => lookup("HVSNAP_CONFIG")?.map_or_else(Place::default_file, |path| Place::given(path.into())),
    })
}

/// What the flags say.
pub(super) fn flags(args: &ConnectionArgs) -> Layer {
    Layer {
        host: args.host.clone(),
        endpoint: args.endpoint.clone(),
        tls: args.tls.then_some(true),
        ca_file: args.ca_file.clone(),
        user: args.user.clone(),
        pin: args.pin.clone(),
        server_name: args.server_name.clone(),
        proxy: args.proxy.clone(),
        auth: args.auth,
        client_cert: args.client_cert.clone(),
        keytab: args.keytab.clone(),
        spn: args.spn.clone(),
        password_file: args.password_file.clone(),
        allow_plaintext: args.allow_plaintext.then_some(true),
        namespace: args.namespace.clone(),
        uri_form: args.uri_form,
        service_class: args.service_class.clone(),
        operation_timeout: args.operation_timeout,
        connect_timeout: args.connect_timeout,
        max_envelope_size: args.max_envelope_size,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(args: &ConnectionArgs, variables: &[(&str, &str)]) -> Result<Layer, Failure> {
        let variables: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let lookup = move |name: &str| {
            Ok(variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
        };
        collect(args, &lookup)
    }

    fn file(text: &str) -> (tempfile::Guard, ConnectionArgs) {
        let file = tempfile::write(text);
        let config = Some(file.path().to_owned());
        (file, ConnectionArgs { config, ..ConnectionArgs::default() })
    }

    /// A file of this test's own.
    mod tempfile {
        use std::{
            path::{Path, PathBuf},
            sync::atomic::{AtomicU32, Ordering},
        };

        pub(super) struct Guard(PathBuf);

        impl Guard {
            pub(super) fn path(&self) -> &Path {
                &self.0
            }
        }

        impl Drop for Guard {
            fn drop(&mut self) {
                let _ = std::fs::remove_file(&self.0);
            }
        }

        pub(super) fn write(text: &str) -> Guard {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let name =
                format!("hvsnap-{}-{}.toml", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
            let path = std::env::temp_dir().join(name);
            std::fs::write(&path, text).unwrap();
            Guard(path)
        }
    }

    const PROFILES: &str = "default_profile = 'lab'\n\
                            [profiles.lab]\nhost = 'profile'\ntls = true\nuser = 'profile'\n\
                            [profiles.other]\nendpoint = 'http://other'\npassword_file = 'secret'\n";

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_profile() {
        let (_file, mut args) = file(PROFILES);
        let layer = collected(&args, &[]).unwrap();
        assert_eq!((layer.host.as_deref(), layer.user.as_deref()), (Some("profile"), Some("profile")));
        let layer = collected(&args, &[("HVSNAP_USER", "environment")]).unwrap();
        assert_eq!(layer.user.as_deref(), Some("environment"));
        args.user = Some("flag".to_owned());
        let layer = collected(&args, &[("HVSNAP_USER", "environment")]).unwrap();
        assert_eq!((layer.user.as_deref(), layer.tls), (Some("flag"), Some(true)));
    }

    #[test]
    fn an_endpoint_given_above_hides_a_host_given_below() {
        let (_file, mut args) = file(PROFILES);
        args.endpoint = Some("http://flag".to_owned());
        let layer = collected(&args, &[("HVSNAP_HOST", "environment")]).unwrap();
        assert_eq!((layer.host, layer.endpoint.as_deref()), (None, Some("http://flag")));
    }

    #[test]
    fn what_contradicts_itself_in_one_place_is_refused() {
        let both = ConnectionArgs {
            host: Some("a".to_owned()),
            endpoint: Some("http://b".to_owned()),
            ..ConnectionArgs::default()
        };
        assert!(collected(&both, &[]).is_err());
        let (_file, args) = file("");
        assert!(collected(&args, &[("HVSNAP_HOST", "a"), ("HVSNAP_ENDPOINT", "http://b")]).is_err());
        assert!(collected(&args, &[("HVSNAP_TLS", "maybe")]).is_err());
    }

    #[test]
    fn a_file_named_in_a_profile_lies_beside_the_configuration() {
        let (config, mut args) = file(PROFILES);
        args.profile = Some("other".to_owned());
        let layer = collected(&args, &[]).unwrap();
        assert_eq!(layer.password_file, Some(config.path().parent().unwrap().join("secret")));
    }
}
