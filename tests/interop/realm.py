"""The suite's own realm (krb5/realm) around a `with` block: started, and always stopped."""

import pathlib
import re
import shutil
import subprocess
import tempfile

SCRIPT = str(pathlib.Path(__file__).parent / "krb5" / "realm")
EXPORT = re.compile(r"export (\w+)='([^']*)'")


class NoRealm(Exception):
    """It cannot be started; the text says what is missing."""


class Realm:
    def __enter__(self):
        self.parent = tempfile.mkdtemp(prefix="hvsnap-krb5.")
        self.directory = f"{self.parent}/realm"
        made = self._script("start")
        if made.returncode != 0:
            shutil.rmtree(self.parent)
            raise NoRealm(made.stderr.strip() or f"exit code {made.returncode}")
        return self

    def _script(self, verb):
        return subprocess.run(
            ["bash", SCRIPT, verb, self.directory],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )

    def stop(self):
        """Ends the KDC; keys, tickets and configuration stay."""
        self._script("stop")

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.parent)

    def environment(self, aes="sha1"):
        """The variables of its environment: messages by AES-SHA1, or nothing but AES-SHA2 permitted."""
        name = {"sha1": "env", "sha2": "env-sha2"}[aes]
        return dict(EXPORT.findall(pathlib.Path(self.directory, name).read_text()))

    def path(self, name):
        return f"{self.directory}/{name}"
