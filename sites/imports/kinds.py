"""Tell by its columns whether a file is of another kind."""

from functools import partial

from django.utils.translation import gettext as _

from sites.enums import ImportKind

from .profiles import Profile
from .reading import BrokenFileError
from .run import importers


def refuse_other_kind(kind: str, profile: Profile, header: list[str]) -> None:
    """Check that ``header`` does not fit a format of another kind better.

    Profiles for operators alone are not compared: one file may fit two kinds of them.

    Raises:
        BrokenFileError: a format of another kind finds all its required columns here, and knows more of them.
    """
    if profile.operator_only:
        return
    known = len(profile.known(header))
    for other, importer in importers().items():
        for rival in importer.profiles.values():
            found = rival.known(header)
            fits = len(found) > known and found.issuperset(importer.required(rival))
            if other != kind and not rival.operator_only and fits:
                raise BrokenFileError(partial(_sentence, kind, other, rival))


def _sentence(kind: str, other: ImportKind, rival: Profile) -> str:
    message = _(
        "Ce fichier ressemble à un fichier de %(other)s, non de %(kind)s :"
        " importez-le sous « %(other_title)s – %(format)s »."
    )
    return message % {
        "other": other.label,
        "other_title": other.label.capitalize(),
        "kind": ImportKind(kind).label,
        "format": rival.title,
    }
