"""Check what production refuses to start with: each refusal says what, why and how to correct it."""

import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError, connections

from core.limits import SERVING
from portal.accessibility import CONFORMITY

from .environment import READ
from .mail_checks import RULES as MAIL_RULES

_SHORTEST_KEY = 50
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", re.IGNORECASE)
_LARGEST_PORT = 65_535
# Similarity at which a name is taken for a typing error of one of ours, rather than another program's.
_MISSPELT = 0.87

Rule = Callable[[], Iterator[str]]


@register("palier")
def environment_is_fit(**_options: object) -> list[CheckMessage]:
    """Check the environment against the rules below; in production only."""
    if not settings.PRODUCTION:
        return []
    rules: list[Rule] = [
        _secret,
        _hosts,
        _database,
        _passwords,
        _pooler,
        _broker,
        _geocoder,
        *MAIL_RULES,
        _proxies,
        _metrics,
        _mode,
        _place,
        _names,
        _conformity,
    ]
    return [Error(text, id=f"palier.E{number:03}") for number, rule in enumerate(rules, 1) for text in rule()]


@register("palier")
def database_role_is_bound(
    databases: Collection[str] | None = None, **_options: object
) -> list[CheckMessage]:
    """Refuse a role that is not subject to the policies or to time limits; only when databases may be queried."""
    if not settings.PRODUCTION or "default" not in (databases or ()):
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(_ROLE)
            name, limits, *powers = cursor.fetchone()
    except DatabaseError:
        message = (
            "The database of DATABASE_URL does not answer, so nobody can tell whether its policies bind this "
            "role; start the database, or correct its address or password."
        )
        return [Error(message, id="palier.E101")]
    return [*_refuse_power(name, powers), *_refuse_lack_of_limits(name, limits)][:1]


def _refuse_power(name: str, powers: Sequence[bool]) -> Iterator[CheckMessage]:
    for reason, holds in zip(_POWERS, powers, strict=True):
        if holds:
            message = (
                f"DATABASE_URL connects as {name}, which {reason}, so the policies that say who sees what would not bind "
                "it; use the role made by `manage.py bootstrap_database`."
            )
            yield Error(message, id="palier.E102")


def _refuse_lack_of_limits(name: str, limits: Sequence[str]) -> Iterator[CheckMessage]:
    lacking = [setting for setting, value in zip(SERVING, limits, strict=True) if value == "0"]
    if lacking:
        message = (
            f"DATABASE_URL connects as {name}, which has no {', '.join(lacking)}, so one request could hold all "
            "others up; run `manage.py bootstrap_database` again, or set it for this database."
        )
        yield Error(message, id="palier.E103")


_POWERS = ("is a superuser", "has BYPASSRLS", "owns tables")
_ROLE = f"""
SELECT rolname, ARRAY[{", ".join(f"current_setting('{name}')" for name in SERVING)}],
    rolsuper, rolbypassrls, NOT rolsuper AND EXISTS (
    SELECT FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
    AND pg_has_role(current_user, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = current_user
"""


def _secret() -> Iterator[str]:
    key = os.environ.get("SECRET_KEY", "")
    if len(key) < _SHORTEST_KEY or "only" in key or len(set(key)) < _SHORTEST_KEY // 10:
        yield (
            f"SECRET_KEY must be a random value of at least {_SHORTEST_KEY} characters, because it signs sessions "
            'and links; make one with: python -c "import secrets; print(secrets.token_urlsafe(64))".'
        )


def _hosts() -> Iterator[str]:
    if not settings.ALLOWED_HOSTS:
        yield (
            "ALLOWED_HOSTS must name the host names of this installation, separated by commas, "
            "because every other name is refused."
        )
    for host in settings.ALLOWED_HOSTS:
        if not _HOST.fullmatch(host):
            yield (
                f"ALLOWED_HOSTS must hold plain host names, and “{host}” is none: a pattern would let links in "
                "e-mails lead elsewhere; write each name out, without scheme, port or spaces."
            )


def _database() -> Iterator[str]:
    if urlsplit(os.environ.get("DATABASE_URL", "")).scheme not in {"postgresql", "postgres"}:
        yield (
            "DATABASE_URL must be postgresql://palier:…@host/palier, because the policies that say who "
            "sees what live in PostgreSQL."
        )


def _passwords() -> Iterator[str]:
    urls = {name: urlsplit(os.environ.get(name, "")) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    serving, owner = urls.values()
    if owner.scheme and (
        serving.username == owner.username or serving.password == owner.password is not None
    ):
        yield (
            "DATABASE_OWNER_URL must name another role than DATABASE_URL, with another password, because whoever takes over "
            "a process that serves would be able to switch the policies off; give `manage.py bootstrap_database` two."
        )


def _pooler() -> Iterator[str]:
    if os.environ.get("DATABASE_POOLER", "") not in {"", "0", "1"}:
        yield (
            "DATABASE_POOLER must be 1 or nothing, because it says whether a pooler stands before PostgreSQL; "
            "set it to 1, or unset it."
        )


def _broker() -> Iterator[str]:
    if urlsplit(os.environ.get("CELERY_BROKER_URL", "")).scheme not in {"redis", "rediss"}:
        yield (
            "CELERY_BROKER_URL must be redis://… or rediss://…, because files as a queue lose work when "
            "a machine stops; point it at your Redis."
        )


def _geocoder() -> Iterator[str]:
    value = os.environ.get("GEOCODER_URL", "")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
        yield "GEOCODER_URL must be an http:// or https:// address, because it is asked over HTTP; correct or unset it."


def _proxies() -> Iterator[str]:
    if not os.environ.get("TRUSTED_PROXIES", "1").isdecimal():
        yield (
            "TRUSTED_PROXIES must be a number, because it says how many addresses of X-Forwarded-For are the "
            "word of your proxies; set it to 1 for one proxy."
        )


def _metrics() -> Iterator[str]:
    host, _colon, port = settings.METRICS_BIND.rpartition(":")
    if not settings.METRICS_BIND:
        return
    if not host or not port.isdecimal() or not 0 < int(port) <= _LARGEST_PORT:
        yield "METRICS_BIND must be address:port, because figures are served there; 127.0.0.1:9464 is a safe one."
    if not settings.METRICS_FOLDER:
        yield (
            "PROMETHEUS_MULTIPROC_DIR must be set where METRICS_BIND is, because the processes of a service "
            "count together there; name a folder for this service alone, which is emptied at every start."
        )


def _conformity() -> Iterator[str]:
    if settings.ACCESSIBILITY_CONFORMITY not in CONFORMITY:
        yield (
            f"ACCESSIBILITY_CONFORMITY must be one of {', '.join(CONFORMITY)}, because every page states it; "
            "unset it as long as there has been no audit."
        )
    elif settings.ACCESSIBILITY_CONFORMITY != "none" and not settings.ACCESSIBILITY_AUDIT:
        yield (
            "ACCESSIBILITY_AUDIT must say who held the audit, when, and its rate, because nothing but an audit allows "
            "ACCESSIBILITY_CONFORMITY to be stated; set it, or unset both."
        )


def _mode() -> Iterator[str]:
    if settings.DEMO or settings.DEBUG:
        yield (
            "DEMO and DEBUG must be off in production, because they show accounts, passwords and the inside of "
            "errors; use config.settings.production as it is."
        )
    if settings.SECOND_FACTOR_ASKED_OF is not None:
        yield (
            "SECOND_FACTOR_ASKED_OF must be None in production, because whoever it leaves out would open confidential "
            "pages with a password alone; use config.settings.production as it is."
        )
    if not (settings.SECURE_SSL_REDIRECT and settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield (
            "Pages and cookies must go over TLS alone, because a session read on the way is somebody's access; "
            "use config.settings.production as it is."
        )


def _place() -> Iterator[str]:
    folder = Path(settings.VAR_DIR)
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        yield (
            f"VAR_DIR must be a folder this process may write in, because schedules are kept there, and {folder} "
            "is not; make it, or set VAR_DIR to another."
        )
    try:
        ZoneInfo(settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        yield (
            f"The time zone {settings.TIME_ZONE} must be known to this machine, because the nights of facts are "
            "counted in it; install the package tzdata."
        )


# The variables that Kubernetes sets in every container for each service of its namespace, whatever its name.
_SERVICE_LINK = re.compile(
    r"[A-Z][A-Z0-9_]*_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)",
    re.ASCII,
)
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://[^/]+:[0-9]+", re.ASCII)


def _is_service_link(name: str, value: str) -> bool:
    # Kubernetes sets an address here; PALIER_PORT with a plain number would be set by a person.
    address = name.endswith("_PORT") and _SERVICE_ADDRESS.fullmatch(value)
    return bool(address or _SERVICE_LINK.fullmatch(name))


def _names() -> Iterator[str]:
    links = {name for name, value in os.environ.items() if _is_service_link(name, value)}
    for name in sorted(set(os.environ) - READ - links):
        meant = get_close_matches(name, READ, n=1, cutoff=_MISSPELT)
        if meant or name.startswith("PALIER_"):
            advice = f"write {meant[0]}, or unset it" if meant else "unset it"
            yield f"{name} must not be set, because nothing reads it and what it was to change would not be; {advice}."
