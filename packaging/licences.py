"""The licences of the crates that are in the binary, from the crates themselves: licences.py TRIPLE.

They ask that a copy of their text goes with every copy of the program. The same text is printed once, under all crates that have
it. A crate without a file of its own is named with what its manifest says.
"""

import json
import pathlib
import subprocess
import sys

NAMES = ("licen", "copying", "notice", "copyright")


def packages(triple):
    """The packages that are linked on this target, by name and version; build scripts and macros among them."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", triple]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    root = metadata["resolve"]["root"]
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    found, waiting = set(), [root]
    while waiting:
        identifier = waiting.pop()
        if identifier in found:
            continue
        found.add(identifier)
        for dependency in nodes[identifier]["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    kept = [package for package in metadata["packages"] if package["id"] in found - {root}]
    return sorted(kept, key=lambda package: (package["name"], package["version"]))


def texts(package):
    """The texts of the licences that lie beside the manifest."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = [file for file in sorted(folder.iterdir()) if file.is_file() and file.name.lower().startswith(NAMES)]
    return [file.read_text(encoding="utf-8", errors="replace").strip() for file in files if file.suffix != ".rs"]


def main(triple):
    by_text, without = {}, []
    for package in packages(triple):
        title = f"{package['name']} {package['version']} ({package['license'] or 'see its text'})"
        found = texts(package)
        if not found:
            without.append(title)
        for text in found:
            by_text.setdefault(text, []).append(title)
    print("The crates in this program, and their licences.")
    for text, titles in by_text.items():
        print("\n" + "=" * 80, *titles, "", text, sep="\n")
    if without:
        print("\n" + "=" * 80, "Without a file of a licence; what their manifests say:", *without, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1])
