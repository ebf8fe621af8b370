"""Define the reasons for the outcome of a row of a file of disruptions or standing observations."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.imports.reasons import FactReason

_OWN = {
    # What lasts may end on its first day.
    "BAD_SPAN": ("bad_span", _("la fin de la période précède son début")),
    "TYPE_LEFT_OUT": ("type_left_out", _("laissé de côté par votre choix")),
    "RECORD_DIFFERS": ("record_differs", _("déjà enregistré, avec un autre contenu")),
    "RECORD_UPDATED": ("record_updated", _("mis à jour d’après le fichier")),
    "RECORD_KEPT": ("record_kept", _("autre contenu que ce qui est enregistré, et qui est gardé")),
    "ROW_TWICE": ("row_twice", _("même objet que d’autres lignes, avec un autre contenu")),
    "SAME_ROW": ("same_row", _("même objet qu’une autre ligne de ce fichier")),
    "UNKNOWN_SERVICE": ("unknown_service", _("service ou équipement absent ou inconnu")),
    "UNKNOWN_EXTENT": (
        "unknown_extent",
        _("étendue absente ou inconnue : limitée, partielle, totale ou présence impossible"),
    ),
    "NO_HOURS": ("no_hours", _("présence impossible sans ses horaires (« 17:00–22:00 »)")),
    "NOT_PRESENCE": ("not_presence", _("présence impossible pour autre chose que la présence du personnel")),
    "HOURS_UNUSED": ("hours_unused", _("horaires laissés de côté : la présence n’est pas dite impossible")),
    "BAD_DAILY": ("bad_daily", _("« chaque jour » ni oui ni non : tenu pour non")),
    "UNKNOWN_FREQUENCY": (
        "unknown_frequency",
        _("fréquence absente ou inconnue : ponctuels, réguliers ou quotidiens"),
    ),
    "CONFIRMED_OUTSIDE": ("confirmed_outside", _("confirmé avant le début du constat ou après sa fin")),
}

# Days and places are settled by the statements of facts, which give the reasons of facts.
OngoingReason: type[TextChoices] = TextChoices(  # type: ignore[call-overload]  # the stubs know the class alone
    "OngoingReason",
    list(({reason.name: (reason.value, reason._label_) for reason in FactReason} | _OWN).items()),
)
