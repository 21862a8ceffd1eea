//! Merges the connection settings: flags, then environment, then profile.
//!
//! There is no flag for the password: other users can read the arguments of a process.

use std::path::PathBuf;

use clap::Args;

use super::{
    profiles::{self, Place},
    settings::{Lookup, Settings, flag},
};
use crate::cli::failure::Failure;

/// The connection flags.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    #[command(flatten)]
    pub(super) settings: Settings,

    /// Read the password from stdin, up to its end
    #[arg(long, global = true)]
    pub(crate) password_stdin: bool,

    /// Profile of the configuration file to use [env: HVSNAP_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) profile: Option<String>,

    /// Configuration file, instead of hvsnap/config.toml in ~/.config or its like [env: HVSNAP_CONFIG]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(super) config: Option<PathBuf>,
}

impl ConnectionArgs {
    /// The merged settings.
    pub(super) fn collect(&self, lookup: Lookup<'_>) -> Result<Settings, Failure> {
        self.settings.check(flag)?;
        if self.password_stdin && self.settings.password_file.is_some() {
            return Err(Failure::usage("--password-stdin and --password-file exclude each other"));
        }
        let environment = Settings::of_environment(lookup)?;
        let name = match &self.profile {
            Some(name) => Some(name.clone()),
            None => lookup("HVSNAP_PROFILE")?,
        };
        let profile = profiles::one(&self.place(lookup)?, name)?;
        let settings = self.settings.clone().over(environment).over(profile);
        if self.settings.node.is_some() && settings.cluster != Some(true) {
            return Err(Failure::usage(
                "--node gives the address of a node of a cluster: it goes with --cluster",
            ));
        }
        Ok(settings)
    }

    /// The place of the configuration file.
    pub(super) fn place(&self, lookup: Lookup<'_>) -> Result<Place, Failure> {
        Ok(match &self.config {
            Some(path) => Place::given(path.clone()),
            None => {
                lookup("HVSNAP_CONFIG")?.map_or_else(Place::default_file, |path| Place::given(path.into()))
            }
        })
    }
}

/// A variable of this process; an empty one counts as missing.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("the environment variable {name} is not valid Unicode")))
        }
    }
}

#[cfg(test)]
mod tests {
    use hvsnap::cim::Namespace;

    use super::{
        super::{value::Address, worked_in},
        *,
    };

    fn address(text: &str) -> Option<Address> {
        Some(Address(text.to_owned()))
    }

    fn collected(args: &ConnectionArgs, variables: &[(&str, &str)]) -> Result<Settings, Failure> {
        let variables: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let lookup = move |name: &str| {
            Ok(variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
        };
        args.collect(&lookup)
    }

    fn file(text: &str) -> (tempfile::Guard, ConnectionArgs) {
        let file = tempfile::write(text);
        let config = Some(file.path().to_owned());
        (file, ConnectionArgs { config, ..ConnectionArgs::default() })
    }

    /// A temporary file of this test.
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
        let settings = collected(&args, &[]).unwrap();
        assert_eq!((settings.host, settings.user.as_deref()), (address("profile"), Some("profile")));
        let settings = collected(&args, &[("HVSNAP_USER", "environment")]).unwrap();
        assert_eq!(settings.user.as_deref(), Some("environment"));
        args.settings.user = Some("flag".to_owned());
        let settings = collected(&args, &[("HVSNAP_USER", "environment")]).unwrap();
        assert_eq!((settings.user.as_deref(), settings.tls), (Some("flag"), Some(true)));
    }

    #[test]
    fn an_endpoint_given_above_hides_a_host_given_below() {
        let (_file, mut args) = file(PROFILES);
        args.settings.endpoint = address("http://flag");
        let settings = collected(&args, &[("HVSNAP_HOST", "environment")]).unwrap();
        assert_eq!((settings.host, settings.endpoint), (None, address("http://flag")));
    }

    #[test]
    fn the_namespace_of_the_cluster_and_another_one_exclude_each_other_in_one_place_only() {
        let profiles = "default_profile = 'c'\n[profiles.c]\nhost = 'clu'\ncluster = true\nthrough_cluster = true\n\
                        node = ['HV01=http://a', 'HV02=http://b']\n";
        let (_file, mut args) = file(profiles);
        let settings = collected(&args, &[]).unwrap();
        assert_eq!(worked_in(&settings), Some(Namespace::cluster()));
        assert_eq!(settings.node.unwrap().0.len(), 2);
        let settings = collected(&args, &[("HVSNAP_NAMESPACE", "root/cimv2")]).unwrap();
        assert_eq!(worked_in(&settings), "root/cimv2".parse().ok());
        args.settings.through_cluster = Some(true);
        let settings = collected(&args, &[("HVSNAP_NAMESPACE", "root/cimv2")]).unwrap();
        assert_eq!(worked_in(&settings), Some(Namespace::cluster()));
        args.settings.namespace = "root/cimv2".parse().ok();
        assert!(collected(&args, &[]).is_err());
        args.settings.namespace = "cluster".parse().ok();
        assert!(collected(&args, &[]).is_ok());
    }

    #[test]
    fn what_contradicts_itself_in_one_place_is_refused() {
        let settings = Settings { host: address("a"), endpoint: address("http://b"), ..Settings::default() };
        let both = ConnectionArgs { settings, ..ConnectionArgs::default() };
        assert!(collected(&both, &[]).is_err());
        let (_file, args) = file("");
        assert!(collected(&args, &[("HVSNAP_HOST", "a"), ("HVSNAP_ENDPOINT", "http://b")]).is_err());
        assert!(collected(&args, &[("HVSNAP_TLS", "maybe")]).is_err());
    }

    #[test]
    fn a_file_named_in_a_profile_lies_beside_the_configuration() {
        let (config, mut args) = file(PROFILES);
        args.profile = Some("other".to_owned());
        let settings = collected(&args, &[]).unwrap();
        assert_eq!(settings.password_file, Some(config.path().parent().unwrap().join("secret")));
    }
}
