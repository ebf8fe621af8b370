"""Lay out the image of the Dockerfile as a folder, as a container engine would under /app.

There is no engine where tests run, and no registry: the files are those that git knows less what
.dockerignore names, the packages are links to the installed ones that requirements.txt locks.
"""

import fnmatch
import re
import shutil
import subprocess
import venv
from importlib import metadata
from pathlib import Path

from config.database import ROOT

_COPY = re.compile(r"^COPY --from=build /app/(\S+) (\S+)$", re.MULTILINE)
_SET = re.compile(r"^ENV ((?:.*\\\n)*.*)$", re.MULTILINE)
_PIN = re.compile(r"^([a-z0-9._-]+)==", re.MULTILINE)
_SCRIPT = "#!{python}\nimport sys\nfrom {module} import {attribute}\nsys.exit({attribute}())\n"


def lay_out(folder: Path) -> Path:
    """Do in ``folder`` what the Dockerfile does, and return what the image holds as /app."""
    build, app = folder / "build", folder / "app"
    for stage in (build, app):
        _copy_sources(stage)
    _install(build / ".venv")
    (build / "node_modules").symlink_to(ROOT / "node_modules")
    for catalog in ROOT.glob("locale/*/LC_MESSAGES/*.mo"):
        shutil.copy(catalog, build / catalog.relative_to(ROOT))
    _collect(build)
    for source, target in _COPY.findall((ROOT / "Dockerfile").read_text()):
        (app / target).parent.mkdir(parents=True, exist_ok=True)
        if source == ".venv":
            _install(app / target)
        else:
            shutil.copytree(build / source, app / target, dirs_exist_ok=True)
    shutil.rmtree(build)
    return app


def environment(app: Path, var: Path) -> dict[str, str]:
    """Return what the Dockerfile sets, with ``app`` for /app and ``var`` for the folder in memory."""
    (*_others, text) = _SET.findall((ROOT / "Dockerfile").read_text())
    places = {"/app": str(app), "/run/palier": str(var), "$PATH": "/usr/bin:/bin"}
    return {
        name: re.sub(r"/app\b|/run/palier|\$PATH", lambda found: places[found[0]], value)
        for name, value in re.findall(r"(\w+)=(\S+)", text)
    }


def _copy_sources(stage: Path) -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.rstrip("\0").split("\0"):
        parents = [name, *map(str, Path(name).parents)]
        if any(fnmatch.fnmatch(part, pattern) for part in parents for pattern in left_out):
            continue
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, stage / name)


def _install(place: Path) -> None:
    """Make a virtual environment of what requirements.txt locks, by links to what is installed here."""
    venv.EnvBuilder(symlinks=True).create(place)
    (packages,) = place.glob("lib/python*/site-packages")
    for name in _PIN.findall((ROOT / "requirements.txt").read_text()):
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or version of Python
        for top in {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(distribution.locate_file(top))
        for entry in distribution.entry_points.select(group="console_scripts"):
            script = place / "bin" / entry.name
            script.write_text(
                _SCRIPT.format(python=place / "bin/python", module=entry.module, attribute=entry.attr)
            )
            script.chmod(0o755)


def _collect(build: Path) -> None:
    command = ["python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=build, env=environment(build, build.parent / "run"), check=True)
