"""The files that make containers: well-formed, confined, and without a secret."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from config.database import OWNER_ROLE, ROOT, RUNTIME_ROLE
from config.environment import READ
from config.management.commands.bootstrap_database import PASSWORDS
from tests import compose

SERVICES = sorted(compose.services())
OPERATOR = dict.fromkeys(
    ("SECRET_KEY", "ALLOWED_HOSTS", "PALIER_DB_PASSWORD", "PALIER_DB_OWNER_PASSWORD", "POSTGRES_PASSWORD"),
    "x",
)


def _tool(name: str, package: str) -> str:
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing; in CI it must run.")
        pytest.skip(f"{name} is not installed: `apt-get install {package}` runs this test.")
    return found


def test_the_composer_reads_the_file():
    command = [_tool("docker-compose", "docker-compose"), "--file", str(compose.FILE), "config", "--quiet"]
    path = {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=path | OPERATOR, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    without = subprocess.run(command, env=path, cwd="/", capture_output=True, text=True, check=False)
    assert without.returncode != 0


def test_the_proxy_reads_its_file(tmp_path):
    file = str(ROOT / "deploy" / "Caddyfile")
    command = [_tool("caddy", "caddy"), "validate", "--adapter", "caddyfile", "--config", file]
    folders = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        command, env=folders | {"SITE": "palier.test"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_large_bodies_pass_the_proxy_to_the_forms_that_take_files_alone():
    """A template with such a form stands for its view."""
    taking = {"sites/import_form.html": "sites:import_create", "sites/placing.html": "sites:place_addresses"}
    folder = ROOT / "templates"
    templates = [path for path in folder.rglob("*.html") if "multipart/form-data" in path.read_text("utf-8")]
    assert {str(path.relative_to(folder)) for path in templates} == set(taking)
    text = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
    paths = " ".join(sorted(map(reverse, taking.values()), reverse=True))
    assert (f"@files path {paths}\n" in text, f"@forms not path {paths}\n" in text) == (True, True)


@pytest.mark.parametrize("file", ["Dockerfile", "deploy/proxy.Dockerfile"])
def test_the_linter_finds_nothing_in_the_image(file):
    command = [_tool("hadolint", "hadolint"), "--no-color", "--failure-threshold", "style", str(ROOT / file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_confined(name):
    service = compose.services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] <= 200
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["restart"] == ("no" if name == "setup" else "unless-stopped")
    assert ("healthcheck" in service) is (name != "setup")
    assert "privileged" not in service
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert bool(service.get("ports")) is (name == "proxy")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_as_nobody_of_importance(name):
    service = compose.services()[name]
    build = service.get("build")
    if build is None:
        assert service["user"] in {"postgres", "999"}
        return
    file = ROOT / "Dockerfile" if build == "." else ROOT / build["context"] / build["dockerfile"]
    users = re.findall(r"^USER (.+)$", file.read_text(), re.MULTILINE)
    assert int(users[-1]) >= 10_000


def test_no_secret_stands_in_the_files():
    text = compose.FILE.read_text()
    secrets = [value for key, value in re.findall(r"(\w*(?:PASSWORD|SECRET)\w*): (.+)", text)]
    assert secrets != []
    assert [value for value in secrets if not re.fullmatch(r"\$\{\w+:[?-]\}", value)] == []
    assert re.findall(r"://\w+:(?!\$\{)\S+@", text) == []


def test_the_proxy_reaches_neither_database_nor_queue():
    networks = {name: set(service["networks"]) for name, service in compose.services().items()}
    assert networks["proxy"] & networks["web"] == {"front"}
    assert [
        name for name in ("db", "redis", "worker", "importer", "beat") if networks["proxy"] & networks[name]
    ] == []


def test_each_queue_has_workers_and_those_of_files_take_nothing_else():
    commands = {name: service.get("command", []) for name, service in compose.services().items()}
    taken = {
        name: command[command.index("--queues") + 1]
        for name, command in commands.items()
        if "worker" in command
    }
    assert taken == {"worker": "celery", "importer": "files"}
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == set(taken.values())


def test_folders_in_memory_do_not_hide_the_collected_assets():
    assert set(compose.services()["web"]["tmpfs"]) == {"/tmp", "/run/palier"}
    assert "VAR_DIR=/run/palier" in (ROOT / "Dockerfile").read_text()


def test_only_the_preparation_holds_keys():
    keys = {"SUPERUSER_DATABASE_URL", "DATABASE_OWNER_URL", *PASSWORDS.values()}
    held = {name: keys & set(service.get("environment", {})) for name, service in compose.services().items()}
    assert {name: found for name, found in held.items() if found} == {"setup": keys}


def test_each_role_has_a_password_of_its_own():
    values = {name: f"secret-of-{name}" for name in (*OPERATOR, *PASSWORDS.values())}
    setup = compose.environment("setup", values)
    names = [PASSWORDS[role] for role in (RUNTIME_ROLE, OWNER_ROLE)]
    for url, name in zip(("DATABASE_URL", "DATABASE_OWNER_URL"), names, strict=True):
        assert urlsplit(setup[url]).password == values[name]
    for service in set(SERVICES) - {"setup"}:
        held = " ".join(map(str, compose.services()[service].get("environment", {}).values()))
        assert {name for name in (*PASSWORDS.values(), "POSTGRES_PASSWORD") if name in held} <= {
            "PALIER_DB_PASSWORD" if service != "db" else "POSTGRES_PASSWORD"
        }


# What the compose file or the image decides itself, what commands alone read, and a pooler, which the file has none of.
_NOT_HANDED_ON = {
    "BACKUP_DATABASE_URL", "CELERY_BROKER_URL", "CELERY_SPOOL", "DATABASE_OWNER_URL", "DATABASE_POOLER", "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE", "PALIER_DB_BACKUP_PASSWORD", "PALIER_DB_OWNER_PASSWORD", "PALIER_DB_PASSWORD", "PORT",
    "PROMETHEUS_MULTIPROC_DIR", "SUPERUSER_DATABASE_URL", "VAR_DIR",
}  # fmt: skip


@pytest.mark.parametrize("name", ["web", "worker", "importer"])
def test_what_the_operator_writes_into_env_reaches_the_processes(name):
    wanted = READ - _NOT_HANDED_ON
    given = compose.environment(name, {variable: f"of {variable}" for variable in wanted})
    assert {variable: given.get(variable) for variable in wanted} == {
        variable: f"of {variable}" for variable in wanted
    }


@pytest.mark.parametrize("name", ["setup", "web", "worker", "importer", "beat"])
def test_a_service_is_given_only_what_is_read(name):
    assert set(compose.services()[name]["environment"]) <= READ


def test_every_variable_that_is_read_is_documented():
    code = "\n".join(
        file.read_text()
        for folder in (
            "core",
            "accounts",
            "sites",
            "incidents",
            "classification",
            "partners",
            "portal",
            "config",
            "demo",
        )
        for file in (ROOT / folder).rglob("*.py")
    )
    read = set(re.findall(r"os\.environ(?:\.get\(|\.setdefault\(|\[)\s*\"(\w+)\"", code))
    # What any session has, which the embedded server is started in.
    read -= {"PATH", "XDG_RUNTIME_DIR"}
    table = (ROOT / "docs/operation.md").read_text().split("## Settings", 1)[1].split("\n## ", 1)[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert documented == read == READ
