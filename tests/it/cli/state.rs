//! The folder of the journal: its owner, its permissions, and its content.
#![cfg(unix)]

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    cli::{Bench, Ran},
    host::effects,
    scripted::{Reply, envelopes},
};

const NOBODY: u32 = 65_534;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A folder of one test that every user can reach, unlike perhaps the target folder.
struct Open(PathBuf);

impl Open {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hvsnap-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        set_mode(&path, 0o755);
        Self(path)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let _ = fs::set_permissions(self.0.join("parent"), fs::Permissions::from_mode(0o755));
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_folder_below_a_parent_that_cannot_be_read_serves() {
    let (bench, open) = (Bench::new().await, Open::new("parent"));
    let parent = open.0.join("parent");
    let state = parent.join("hvsnap");
    fs::create_dir_all(&state).unwrap();
    let is_root = fs::metadata(&state).unwrap().uid() == 0;
    if is_root {
        // Root can read everything, so the command runs as another user, as with systemd's `DynamicUser=`.
        chown(&state, Some(NOBODY), Some(NOBODY)).unwrap();
        set_mode(&parent, 0o711);
    } else {
        set_mode(&parent, 0o311);
    }
    let program = open.0.join("hvsnap");
    let destroyed = |program: &Path| {
        let arguments =
            ["snapshot", "destroy", "app-01", "middle", "--yes", "--state-dir", state.to_str().unwrap()];
        let like = bench.command(&arguments);
        let mut command = tokio::process::Command::new(program);
        command.args(arguments).env_clear().envs(like.as_std().get_envs().filter_map(|(k, v)| Some((k, v?))));
        command.env("HOME", &open.0).env("XDG_CONFIG_HOME", &open.0);
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    };
    let built = Path::new(env!("CARGO_BIN_EXE_hvsnap"));
    let output = match destroyed(built).output().await {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            fs::copy(built, &program).unwrap();
            destroyed(&program).output().await
        }
        output => output,
    };
    let output = output.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("journal"), "{stderr}");
    assert_eq!(fs::read_dir(state.join("operations")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_folder_that_others_can_write_to_or_own_is_refused_and_nothing_is_sent() {
    let bench = Bench::new().await;
    let state = bench.home().join("state");
    fs::create_dir(&state).unwrap();
    let at = |more: &'static [&'static str]| [more, &["--state-dir", state.to_str().unwrap()]].concat();
    set_mode(&state, 0o777);
    let remedy = ["is not trusted: others can write to it (mode 0777)", "chmod go-w"];
    bench.run(&at(&["snapshot", "destroy", "app-01", "middle", "--yes"])).await.shows(1, &remedy);
    for arguments in [&["journal", "list"][..], &["journal", "show", "x"], &["resume"]] {
        bench.run(&at(arguments)).await.shows(1, &remedy);
    }
    let json = bench.run(&at(&["resume", "--output", "json"])).await.json();
    assert_eq!(json["error"]["kind"], "journal");
    assert!(json["error"]["causes"][0].as_str().unwrap().contains("chmod go-w"), "{json:#}");
    set_mode(&state, 0o700);
    if fs::metadata(&state).unwrap().uid() == 0 {
        chown(&state, Some(NOBODY), Some(NOBODY)).unwrap();
        let ran = bench.run(&at(&["snapshot", "destroy", "app-01", "middle", "--yes"])).await;
        ran.shows(1, &["it belongs to the user 65534", "runs as the user 0", "chown"]);
        chown(&state, Some(0), Some(0)).unwrap();
    }
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
    bench.run(&at(&["snapshot", "destroy", "app-01", "middle", "--yes"])).await.shows(0, &[]);
}

#[tokio::test]
async fn a_fifo_in_the_place_of_a_record_stops_no_command() {
    let bench = Bench::new().await;
    bench.destroy("app-01", "middle", &[]).await.shows(0, &[]);
    let name = "aaaaaaaa-0000-4000-8000-000000000001";
    let fifo = bench.home().join(format!(".local/state/hvsnap/operations/{name}.json"));
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for (arguments, code) in [(&["journal", "list"][..], 0), (&["resume"], 1)] {
        let ran = Ran::of(bench.bare(arguments)).await;
        ran.shows(code, &["cannot be read", name, "a FIFO"]);
    }
    bench.bare_run(&["journal", "show", name]).await.shows(1, &["a FIFO", name]);
    bench.destroy("app-01", "newest", &[]).await.shows(0, &[]);
}

#[tokio::test]
async fn what_the_journal_could_not_take_is_told_beside_a_refusal_in_text_and_json() {
    let bench = Bench::new().await;
    let host = effects::host().await;
    let Reply::Soap(status, body) = envelopes::fault("Sender", "InvalidParameter", 1) else { unreachable!() };
    host.on(effects::TREE, [envelopes::tree_before()]);
    // The intent fits below the limit, the answer with its text does not.
    host.on(effects::DESTROY, [Reply::Soap(status, body.replace("Text of the host.", &"é".repeat(5000)))]);
    for output in ["text", "json"] {
        let destroy =
            ["snapshot", "destroy", "web-01", "name-B", "--yes", "--wait", "job", "--output", output];
        let like = bench.command(&destroy);
        let mut command = tokio::process::Command::new("sh");
        command.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_hvsnap")]);
        command.args(destroy).env_clear().envs(like.as_std().get_envs().filter_map(|(k, v)| Some((k, v?))));
        command.env("HVSNAP_ENDPOINT", host.url()).env("HVSNAP_AUTH", "basic");
        command.env("HVSNAP_STATE_DIR", bench.home().join(output));
        let ran = Ran::of(command).await;
        assert_ne!(ran.code, Some(0), "{ran:#?}");
        assert!(ran.stderr.contains("warning: the journal was not written: "), "{}", ran.stderr);
        if output == "json" {
            let value = ran.json();
            assert!(value["error"].is_object(), "{value:#}");
            assert!(
                value["warnings"][0].as_str().unwrap().contains("the journal was not written"),
                "{value:#}"
            );
        }
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_told_beside_a_destroy() {
    let bench = Bench::new().await;
    let name = "aaaaaaaa-0000-4000-8000-000000000001";
    bench.destroy("app-01", "newest", &[]).await.shows(0, &[]);
    bench.file(&format!(".local/state/hvsnap/operations/{name}.json"), "{");
    let ran = bench.destroy("app-01", "middle", &["--output", "json"]).await;
    ran.shows(0, &["warning: a record of the journal cannot be read: "]);
    let warnings = ran.json()["warnings"].clone();
    assert_eq!(warnings.as_array().unwrap().len(), 1, "{warnings}");
    assert!(warnings[0].as_str().unwrap().contains(name), "{warnings}");
}
