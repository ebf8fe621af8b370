"""Write a mail: its subject, its plain text, and the same in the look of the product.

Names are what people typed: they are cleaned, so that none breaks a line or a header, and no mail program makes a
link of one.
"""

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.enums import MailKind, Role
from accounts.models import Mail
from core.dates import long_moment
from core.text import clean

from .links import password_link

# What an invitation is to somebody who has a password already: it says that a role is proposed, and not which.
_PROPOSAL = "proposal"
_SUBJECTS: dict[str, Promise] = {
    _PROPOSAL: _("Un rôle vous est proposé dans Palier"),
    MailKind.INVITATION: _("Votre accès à Palier"),
    MailKind.PASSWORD: _("Votre mot de passe pour Palier"),
    MailKind.TRIAL: _("Essai d’envoi de Palier"),
    MailKind.CHANGE: _("Ce que vous aviez lu dans Palier a changé"),
    MailKind.IMPORT: _("Un import n’a pas abouti dans Palier"),
    MailKind.OBSERVATION: _("Des constats sont à confirmer dans Palier"),
    MailKind.AWAITED: _("Une réponse est attendue de vous dans Palier"),
    MailKind.FACTOR: _("Votre second facteur dans Palier"),
    MailKind.ENTRY: _("Ce qui ouvre votre compte Palier a changé"),
    MailKind.ENDED: _("Un de vos accès dans Palier est terminé"),
}
_WORK: dict[str, Promise] = {
    Role.AGENT: _("enregistrer les faits constatés dans vos résidences"),
    Role.LEAD: _("suivre le niveau de vos résidences, valider et décider ce qui est partagé"),
    Role.COORDINATOR: _("animer le territoire, publier les niveaux et écrire les notes de synthèse"),
    Role.PARTNER: _("lire la carte et les notes que votre cellule reçoit"),
    Role.ADMIN: _("ouvrir les comptes et faire fonctionner l’installation"),
    Role.DPO: _("vérifier qui a consulté quoi, sans voir le contenu"),
}
_LONGEST = 120
# What a mail program takes for an address: no blank around its dots, slashes and at signs.
_LINKED = re.compile(r"(?<=\w)\.(?=\w)|://|/|@|:(?=\d)")


def compose(mail: Mail, site_url: str) -> EmailMultiAlternatives:
    """Return the message for a mail loaded with its person, inviter and organisations, in the person's language."""
    with override(mail.user.language):
        context = _context(mail, site_url)
        text = render_to_string(f"accounts/email/{context['template']}.txt", context)
        page = render_to_string(f"accounts/email/{context['template']}.html", context)
        subject = str(_SUBJECTS[context["template"]])
        if context["organisation"] and context["template"] != _PROPOSAL:
            subject = f"{subject} – {context['organisation']}"
    message = EmailMultiAlternatives(
        subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(page, "text/html")
    return message


def plain(name: object) -> str:
    r"""Return a name for a mail: one line, visible characters, at most 120 of them, nothing that becomes a link.

    >>> plain("Ada www.exemple.invalid/piège\r\nBcc: x@exemple.invalid")
    'Ada www. exemple. invalid / piège Bcc: x @ exemple. invalid'
    """
    text = clean("" if name is None else str(name))
    text = _LINKED.sub(lambda found: ". " if found[0] == "." else f" {found[0]} ", text)
    return clean(text)[:_LONGEST]


def _context(mail: Mail, site_url: str) -> dict[str, Any]:
    opened = mail.user.has_usable_password() or not mail.user.is_active
    template = _PROPOSAL if mail.kind == MailKind.INVITATION and opened else mail.kind
    is_link = template in {MailKind.INVITATION, MailKind.PASSWORD}
    lifetime = dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return {
        "template": template,
        "name": plain(mail.user),
        "inviter": plain(mail.asked_by),
        "inviting": plain(mail.inviting),
        "organisation": plain(mail.organisation),
        "role": Role(mail.role).label if mail.role else "",
        "work": _WORK.get(mail.role, ""),
        "purpose": plain(mail.purpose),
        "url": password_link(mail.user, site_url, mail.proposal) if is_link else site_url,
        "site_url": site_url,
        "days": lifetime.days,
        "until": long_moment(timezone.now() + lifetime),
        "language": mail.user.language,
    }
