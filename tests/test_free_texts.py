"""Every text that a person types into a form passes the shield, or is on the list of those that need not, with the reason.

The fields are found by their forms. Each is tried with a name in small letters: it refuses it, or has its reason.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest
from django import forms

from accounts.lists.views import ViewForm
from accounts.scope import acting_as
from incidents.facts.fields import PlaceField

APPS = ("core", "accounts", "sites", "incidents", "classification", "partners", "portal")

PERSON = "it is the name or the address of a person with an account, which is what is asked for"
SECRET = "it is a password or a code, which is compared and not kept"
LOOKED_UP = "it is compared with what is there, and not kept"
BODY = "it is the name of a public body or of an organisation, entered by an administrator"

EXEMPT = {
    "accounts.names.forms.OtherNamesForm.names": BODY,
    "accounts.people.forms.InvitationForm.full_name": PERSON,
    "accounts.people.forms.NameForm.full_name": PERSON,
    "accounts.people.forms.OrganisationForm.name": BODY,
    "partners.charters.forms.CharterForm.text": "it is the text that was signed: it names authorities, and what may not be said",
    "partners.circles.forms.MandateForm.full_name": PERSON,
    "portal.factors.forms.ApplicationForm.code": SECRET,
    "portal.factors.forms.CodeForm.code": SECRET,
    "portal.forms.OwnPasswordForm.new_password1": SECRET,
    "portal.forms.OwnPasswordForm.new_password2": SECRET,
    "portal.forms.OwnPasswordForm.old_password": SECRET,
    "portal.forms.ResetLinkForm.key": LOOKED_UP,
    "portal.forms.ResetLinkForm.uidb36": LOOKED_UP,
    "sites.geocoding.forms.PlaceForm.pasted": "only the two numbers read from it are kept",
    "sites.geocoding.forms.PlacementForm.lines": LOOKED_UP,
    "sites.sharing.forms.AssignmentForm.listed": LOOKED_UP,
    "sites.sharing.forms.TerritoryForm.name": BODY,
    "sites.upkeep.forms.AddressForm.ban_key": "sites.upkeep.forms.AddressForm.clean_ban_key takes keys of that register alone",
    "sites.upkeep.forms.AddressForm.rnb_id": "sites.upkeep.forms.AddressForm.clean_rnb_id takes identifiers of that register alone",
}  # fmt: skip
# Filled by the product when the page is made, and compared with what is there.
HIDDEN = {"version", "token", "added", "removed", "listed"}
# Cleaned by their form, since they are no text for people.
BY_THEIR_FORM = {"accounts.lists.views.ViewForm.query"}


def _fields() -> Iterator[tuple[str, forms.CharField]]:
    for app in APPS:
        package = import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            if not {"migrations", "management", "__main__"} & set(module.name.split(".")):
                import_module(module.name)
    for form in _forms(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items():
            hidden = isinstance(field.widget, forms.HiddenInput) and name in HIDDEN
            # A place is looked up among one's own.
            if isinstance(field, forms.CharField) and not hidden and not isinstance(field, PlaceField):
                yield f"{form.__module__}.{form.__qualname__}.{name}", field


def _forms(form: type) -> Iterator[type]:
    for heir in form.__subclasses__():
        if heir.__module__.split(".")[0] in APPS:
            yield heir
        yield from _forms(heir)


def _refuses(field: forms.CharField, text: str) -> bool:
    try:
        field.clean(text)
    except forms.ValidationError:
        return True
    return False


def test_every_text_that_is_typed_is_shielded_or_has_a_reason_why_not(world):
    with acting_as(world.a.lead):
        open_fields = {name for name, field in _fields() if not _refuses(field, "kevin martin")}
    assert open_fields - BY_THEIR_FORM == set(EXEMPT)


@pytest.mark.parametrize(("query", "taken"), [("q=kevin+martin", False), ("q=hall+B&page=2", True)])
def test_a_saved_view_keeps_no_words_about_a_person(world, query, taken):
    with acting_as(world.a.lead):
        form = ViewForm({"list_name": "residences", "name": "Les miennes", "query": query})
        assert form.is_valid() == taken
