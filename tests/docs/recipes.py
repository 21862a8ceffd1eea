"""Runs the recipes of docs/recipes.md, as they stand there, against simulated hosts.

    python tests/docs/recipes.py --hvsnap target/debug/hvsnap

Every block is run: `sh` by bash, `cron` by sh, units of systemd by what they start (and `systemd-analyze verify`, where it is
installed), jobs of GitLab and GitHub by their scripts. Only what names the host, the user and the password is replaced. Each has a
host and a home of its own. Needs bash, jq, and PyYAML.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "recipes.md"
PASSWORD = "correct-horse"
USER = r"LAB\operator"
SPEED = "60"


class Wrong(Exception):
    """A recipe that does not do what it should."""


def blocks(text):
    """Language, heading and text of each block."""
    heading, language, lines = "", None, []
    for line in text.splitlines():
        if language is None and line.startswith("## "):
            heading = line.removeprefix("## ")
        elif language is None and line.startswith("```"):
            language, lines = line.removeprefix("```"), []
        elif line == "```":
            yield language, heading, "\n".join(lines) + "\n"
            language = None
        elif language is not None:
            lines.append(line)


class Place:
    """A simulated host, and a home with the command on its path."""

    def __init__(self, hvsnap, folder):
        self.folder = folder
        self.home = folder / "home"
        programs = folder / "bin"
        for made in (self.home, programs):
            made.mkdir()
        (programs / "hvsnap").symlink_to(hvsnap)
        lab = folder / "lab.toml"
        with lab.open("w") as file:
            subprocess.run([ROOT / "tests/day/lab"], check=True, stdout=file)
        serve = [hvsnap, "sim", "serve", "--lab", lab, "--listen", "127.0.0.1:0", "--speed", SPEED]
        self.host = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = self.host.stdout.readline()
        if not said.startswith("listening on "):
            raise Wrong(f"the simulated host says {said!r}")
        self.endpoint = said.removeprefix("listening on ").strip()
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "HVSNAP_CLOCK_SPEED": SPEED,
            "LC_ALL": "C.UTF-8",
        }

    def password_file(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(PASSWORD + "\n")

    def profile(self, text):
        """The configuration of the page, with this host in place of the one that it names."""
        (profile,) = tomllib.loads(text)["profiles"].values()
        for key in ("host", "tls", "user", "password_file"):
            if key not in profile:
                raise Wrong(f"the profile of the page has no {key}")
        text = re.sub(r'^host = .*\n', f'endpoint = "{self.endpoint}"\n', text, flags=re.M)
        text = re.sub(r"^tls = .*\n", "", text, flags=re.M)
        text = re.sub(r"^user = .*$", lambda _: f"user = '{USER}'", text, flags=re.M)
        folder = self.home / ".config" / "hvsnap"
        self.password_file(folder / profile["password_file"])
        (folder / "config.toml").write_text(text)

    def here(self, given):
        """Variables of a recipe, with this host in place of the one that they name."""
        for key in ("HVSNAP_HOST", "HVSNAP_TLS", "HVSNAP_USER"):
            if key not in given:
                raise Wrong(f"there is no {key}")
        kept = {key: value for key, value in given.items() if key not in ("HVSNAP_HOST", "HVSNAP_TLS")}
        return kept | {"HVSNAP_ENDPOINT": self.endpoint, "HVSNAP_USER": USER}

    def run(self, command, variables=None, shell=("bash", "-euo", "pipefail", "-c")):
        words = [*shell, command] if isinstance(command, str) else command
        ran = subprocess.run(
            words, env=self.environment | (variables or {}), cwd=self.home, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120,
        )
        said = (ran.stdout + ran.stderr).rstrip()
        print("    " + said.replace("\n", "\n    ")) if said else None
        if ran.returncode != 0:
            raise Wrong(f"exit code {ran.returncode}")
        return ran.stdout

    def snapshots(self):
        """All snapshots of the host, as VM/path."""
        variables = {"HVSNAP_ENDPOINT": self.endpoint, "HVSNAP_USER": USER, "HVSNAP_PASSWORD": PASSWORD}
        listed = subprocess.run(
            ["bash", "-c", "hvsnap snapshot list --output json | jq -r '.snapshots[] | .vm.name + \"/\" + .name'"],
            env=self.environment | variables, check=True, capture_output=True, text=True,
        )
        return set(listed.stdout.split())

    def end(self):
        self.host.terminate()
        self.host.wait(timeout=30)
        self.host.stdout.close()


def is_pruned(place, kept_db):
    """What `--older-than 14d --keep 2` leaves of `tests/day/lab`."""
    left = place.snapshots()
    gone = {"web-01/base", "app-01/first", "app-01/second", "app-01/third"}
    stay = {"web-01/after-upgrade", "web-01/before-upgrade", "app-01/fourth", "app-01/fifth", "new-01/today"}
    if left & gone or not stay <= left:
        raise Wrong(f"after the pruning there are {sorted(left)}")
    if kept_db and "db-01/nightly" not in left:
        raise Wrong("a snapshot of an excluded VM is gone")


def shell(place, text):
    place.run(text)


def cron(place, text):
    assignment = re.compile(r"[A-Z]+=\S+")
    for line in text.splitlines():
        if assignment.fullmatch(line):
            continue
        *times, command = line.split(None, 5)
        if len(times) != 5 or not all(re.fullmatch(r"[0-9*/,-]+", time) for time in times):
            raise Wrong(f"these are no times of cron: {times}")
        if "%" in command:
            raise Wrong("a % means a new line to cron")
        place.run(command, shell=("sh", "-c"))
    is_pruned(place, kept_db=True)


def unit(place, text):
    kind = "timer" if "[Timer]" in text else "service"
    folder = place.folder / "units"
    folder.mkdir()
    program = place.folder / "bin" / "hvsnap"
    for name, content in (("timer", text), ("service", UNITS["service"])):
        if name == kind or name == "service":
            (folder / f"hvsnap-prune.{name}").write_text(content.replace("/usr/bin/hvsnap", str(program)))
    if shutil.which("systemd-analyze"):
        place.run(["systemd-analyze", "verify", str(folder / f"hvsnap-prune.{kind}")])
    else:
        print("    systemd-analyze is not here: the unit is not verified")
    settings = [line.split("=", 1) for line in text.splitlines() if "=" in line]
    if kind == "timer":
        for key, value in settings:
            if key == "OnCalendar" and shutil.which("systemd-analyze"):
                place.run(["systemd-analyze", "calendar", value])
        return
    credentials, state = place.folder / "credentials", place.folder / "state"
    (name,) = [value.split(":")[0] for key, value in settings if key.startswith("LoadCredential")]
    place.password_file(credentials / name)
    (state / "hvsnap").mkdir(parents=True, mode=0o700)
    filled = lambda text: text.replace("%d", str(credentials)).replace("%S", str(state))
    given = [word for key, value in settings if key == "Environment" for word in shlex.split(value)]
    variables = place.here(dict(filled(word).split("=", 1) for word in given))
    for key, value in settings:
        if key.startswith("ExecStart"):
            place.run([str(program), *shlex.split(filled(value))[1:]], variables)
    is_pruned(place, kept_db=False)


def job(place, text):
    data = yaml.safe_load(text)
    (gitlab if "stages" in data else github)(place, data)


def gitlab(place, data):
    known = {"CI_PROJECT_DIR": str(place.home), "CI_PIPELINE_ID": "4711"}
    filled = lambda value: re.sub(r"\$(\w+)", lambda name: known[name[1]], value)
    variables = {key: filled(value) for key, value in data["variables"].items()}
    variables = place.here(variables) | known | {"HVSNAP_PASSWORD": PASSWORD}
    before = place.snapshots()
    jobs = [job for job in data.values() if isinstance(job, dict) and "script" in job]
    for stage in data["stages"]:
        for job in jobs:
            if job["stage"] == stage:
                for line in job["script"]:
                    place.run(line, variables)
    if not (place.home / ".hvsnap").is_dir():
        raise Wrong("the journal is not where the cache takes it from")
    if place.snapshots() != before:
        raise Wrong(f"the pipeline has left {sorted(place.snapshots() ^ before)}")


def github(place, data):
    linter = pathlib.Path(sys.executable).with_name("actionlint")
    if linter.exists():
        workflow = place.folder / "workflow.yml"
        workflow.write_text(yaml_of(data))
        place.run([str(linter), "-shellcheck=", str(workflow)])
    (job,) = data["jobs"].values()
    variables = {key: PASSWORD if "secrets." in value else value for key, value in job["env"].items()}
    for step in job["steps"]:
        place.run(step["run"], place.here(variables))
    is_pruned(place, kept_db=False)


def yaml_of(data):
    """YAML 1.1 reads the key `on` as true."""
    return yaml.safe_dump({"on" if key is True else key: value for key, value in data.items()}, sort_keys=False)


KINDS = {"sh": shell, "cron": cron, "ini": unit, "yaml": job}
UNITS = {}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--hvsnap", required=True, type=lambda path: pathlib.Path(path).resolve())
    hvsnap = arguments.parse_args().hvsnap
    found = list(blocks(PAGE.read_text()))
    (profile,) = [text for language, _, text in found if language == "toml"]
    UNITS["service"] = next(text for _, _, text in found if "[Service]" in text)
    passed = failed = 0
    for language, heading, text in found:
        if language == "toml":
            continue
        print(f"--- {heading}\n" + text.rstrip())
        with tempfile.TemporaryDirectory(prefix="hvsnap-recipe.") as folder, contextlib.ExitStack() as after:
            try:
                place = Place(hvsnap, pathlib.Path(folder))
                after.callback(place.end)
                place.profile(profile)
                KINDS[language](place, text)
                passed += 1
            except (Wrong, KeyError, ValueError, subprocess.SubprocessError) as error:
                print(f"FAILED: {error!r}")
                failed += 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or passed < len(KINDS) else 0)


if __name__ == "__main__":
    main()
