"""Let people choose a password: after an invitation, when it is forgotten, or to change it."""

from typing import Any

from allauth.account import views
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import path, re_path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.access import ScopedRequest
from accounts.enums import AuditAction
from accounts.journal.audit import write_account_entry
from accounts.mail.links import proposal_in
from accounts.mail.services import send_entry_changed
from accounts.models import Proposal
from accounts.proposals.answering import accept
from accounts.proposals.reading import named_by_id
from accounts.scope import acting_as
from accounts.sessions.services import end_sessions
from core.forms import NameField
from core.pages import RefusalMixin, site_url

from .forms import OwnPasswordForm


class ChangePassword(RefusalMixin, PasswordChangeView):
    """The page to change one's own password, with the old one."""

    form_class = OwnPasswordForm
    template_name = "account/password_change.html"
    success_url = reverse_lazy("home")

    request: ScopedRequest

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Save the password, keep this session, end the others, and write a journal entry."""
        response = super().form_valid(form)
        end_sessions(self.request.scope, user=self.request.user, key=self.request.session.session_key)
        write_account_entry(self.request.scope, AuditAction.UPDATE, self.request.user, password=True)
        send_entry_changed(user=self.request.user, site_url=site_url(self.request))
        return response


class ForgottenPassword(RefusalMixin, views.PasswordResetView):
    """The page to ask for a link by which to choose another password."""


class ChoosePassword(RefusalMixin, views.PasswordResetFromKeyView):
    """The page to choose a password by the link of an invitation or of a forgotten password.

    Whoever chooses a first password by the link of an invitation accepts the role that the page shows, and no other.
    """

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the role that the link's invitation proposes, if it is one's."""
        return super().get_context_data(**kwargs) | {"offer": self._offer()}

    def get_form(self, form_class: type[BaseForm] | None = None) -> BaseForm:
        """Ask somebody whose account has no name yet for it; what whoever invited them wrote is only proposed."""
        form = super().get_form(form_class)
        if (offer := self._offer()) and not self.reset_user.full_name:
            name = NameField(
                label=_("Prénom et nom"), max_length=150, initial=offer.full_name, required=False
            )
            form.fields = {"full_name": name, **form.fields}
        return form

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Save the password, accept the role shown, and write journal entries in the scope of the link's recipient."""
        offer = self._offer()
        had_one = self.reset_user.has_usable_password()
        response = super().form_valid(form)
        if offer:
            try:
                with acting_as(self.reset_user) as scope:
                    accept(scope, proposal=offer, full_name=form.cleaned_data.get("full_name", ""))
            except ValidationError as error:
                messages.error(self.request, error.messages[0])
        with acting_as(self.reset_user) as scope:
            write_account_entry(scope, AuditAction.UPDATE, self.reset_user, password=True, by_link=True)
            if had_one:
                send_entry_changed(user=self.reset_user, site_url=site_url(self.request))
        return response

    def _offer(self) -> Proposal | None:
        """Return the proposal of the link, with the names of whom it names; its key holds only while that waits."""
        if not self.reset_user or not (number := proposal_in(self.key)):
            return None
        offer = named_by_id([number]).get(number)
        return offer if offer and offer.user_id == self.reset_user.pk else None


urlpatterns = [
    path(
        "mot-de-passe/oublie/",
        login_not_required(never_cache(ForgottenPassword.as_view())),
        name="account_reset_password",
    ),
    path(
        "mot-de-passe/envoye/",
        login_not_required(views.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^mot-de-passe/choisir/(?P<uidb36>[0-9A-Za-z_-]{32}|[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        login_not_required(never_cache(ChoosePassword.as_view())),
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/choisi/",
        login_not_required(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("mot-de-passe/changer/", ChangePassword.as_view(), name="account_change_password"),
    path("compte-ferme/", login_not_required(views.account_inactive), name="account_inactive"),
]
