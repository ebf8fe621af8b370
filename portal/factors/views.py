"""Have people enrol a second factor, give it, and see the codes that replace it."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginStageController
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ScopedRequest
from accounts.factors.rules import given_at, is_compulsory, needs_fresh_factor
from accounts.journal.own import has_removed_factor
from accounts.journal.settled import tells_what_is_settled
from accounts.scope import system_scope
from core.pages import INVALID, RefusalMixin, form_page

from .asking import giving
from .enrolling import NEXT, PRIMARY, enrolled, next_page, note_change
from .forms import ApplicationForm, PasskeyForm, given


@login_not_required
@never_cache
@form_page
def authenticate(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor at the login, once the password was right."""
    with system_scope("authentication"):
        stage = LoginStageController.enter(request, AuthenticateStage.key)
    if request.user.is_authenticated or not stage or not stage.login.user:
        return redirect("home" if request.user.is_authenticated else "account_login")
    if "leave" in request.POST:
        left: HttpResponse = stage.abort()
        return left
    user = stage.login.user
    form = given(request, user) if request.method == "POST" else None
    if form and form.is_valid():
        form.save()
        answer: HttpResponse = stage.exit()
        return answer
    return _asking(request, "mfa/authenticate.html", giving(request, user, form))


@never_cache
@form_page
def confirm(request: ScopedRequest) -> HttpResponse:
    """Ask again for the second factor, before a page that needs a fresh one."""
    after = _after(request)
    if not Authenticator.objects.filter(user=request.user).exists():
        return redirect(reverse("mfa_enrol"))
    form = given(request, request.user) if request.method == "POST" else None
    if form and form.is_valid():
        form.save(again=True)
        if "file" in request.GET:
            said = _("C’est confirmé pour quinze minutes : vous pouvez reprendre le téléchargement.")
            messages.success(request, said)
        return redirect(after)
    return _asking(request, "mfa/reauthenticate.html", giving(request, request.user, form))


class ConfirmByPassword(RefusalMixin, ReauthenticateView):
    """The page that asks again for the password, before somebody without a second factor enrols one."""

    template_name = "account/reauthenticate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Note in the session that the password was given, and go on.

        It is noted like that of a login: what allauth counts as given again would open the pages that add a factor for
        15 minutes, even where one was enrolled in another session meanwhile.
        """
        record_authentication(self.request, self.request.user, "password")
        answer: HttpResponse = super(ReauthenticateView, self).form_valid(form)
        return answer


@never_cache
@require_safe
def enrol(request: ScopedRequest) -> HttpResponse:
    """Show which second factors there are, and why one is asked for; give one to whoever has one already."""
    if page := request.GET.get("next"):
        request.session[NEXT] = page if _is_ours(request, page) else "/"
    if is_compulsory(request) and given_at(request) is None and _primary(request).exists():
        return redirect(f"{reverse('mfa_reauthenticate')}?next={next_page(request)}")
    return render(request, "mfa/enrol.html", {"compulsory": is_compulsory(request)})


class AddApplication(RefusalMixin, ActivateTOTPView):
    """The page that shows the secret for an application, and asks for its first code."""

    template_name = "mfa/totp/activate_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; whoever has an application already is shown it."""
        if Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.TOTP).exists():
            return redirect("mfa_index")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_form_class(self) -> type[ApplicationForm]:
        """Return the form whose secret lasts until it is activated."""
        return ApplicationForm

    def form_valid(self, form: ApplicationForm) -> HttpResponse:
        """Store the secret, and take its first code for a second factor given."""
        response: HttpResponse = super().form_valid(form)
        enrolled(self.request, Authenticator.Type.TOTP)
        return response

    def get_success_url(self) -> str:
        """Return the page of the recovery codes where they are new, else the page that was asked for."""
        return (
            reverse("mfa_view_recovery_codes") if self.did_generate_recovery_codes else reverse("mfa_index")
        )


class AddPasskey(RefusalMixin, AddWebAuthnView):
    """The page that has the device make a passkey."""

    template_name = "mfa/webauthn/add_form.html"

    def get_form_class(self) -> type[PasskeyForm]:
        """Return the form with our words."""
        return PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Keep the refused form: the view makes another one."""
        return super().get_context_data(**kwargs) | kwargs

    def form_valid(self, form: PasskeyForm) -> HttpResponse:
        """Store the passkey, and take its making for a second factor given."""
        response: HttpResponse = super().form_valid(form)
        enrolled(self.request, Authenticator.Type.WEBAUTHN)
        return response

    def get_success_url(self) -> str:
        """Return the page of the recovery codes where they are new, else the page that was asked for."""
        return (
            reverse("mfa_view_recovery_codes") if self.did_generate_recovery_codes else reverse("mfa_index")
        )


class RecoveryCodes(ViewRecoveryCodesView):
    """The page that shows the recovery codes once, then how many are left."""

    template_name = "mfa/recovery_codes/index.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the codes; lead whoever has none to where they come from."""
        if not Authenticator.objects.filter(
            user=self.request.user, type=Authenticator.Type.RECOVERY_CODES
        ).exists():
            return redirect("mfa_index")
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page that was asked for before the enrolment."""
        return super().get_context_data(**kwargs) | {"next_page": next_page(self.request)}


class NewRecoveryCodes(RefusalMixin, GenerateRecoveryCodesView):
    """The page that replaces the recovery codes by others."""

    template_name = "mfa/recovery_codes/generate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Replace the codes, and write a journal entry."""
        response: HttpResponse = super().form_valid(form)
        note_change(self.request, "recovery_codes", done="made")
        return response


new_recovery_codes = needs_fresh_factor()(NewRecoveryCodes.as_view())


def _removed_already(_request: ScopedRequest, pk: int) -> tuple[str, str] | None:
    """Look among the acts on one's own account."""
    if not has_removed_factor(pk):
        return None
    return _("Second facteur"), reverse("mfa_index")


@needs_fresh_factor()
@require_POST
@tells_what_is_settled(_removed_already)
@transaction.atomic
def remove(request: ScopedRequest, pk: int) -> HttpResponse:
    """Remove one of one's own factors; the last stays where one is compulsory."""
    # Of two removed at once the second waits here, and then finds the other gone.
    factors = {factor.pk: factor for factor in _primary(request).order_by("pk").select_for_update()}
    factor = factors.get(pk)
    if factor is None:
        raise Http404
    if is_compulsory(request) and len(factors) == 1:
        messages.error(
            request,
            _("Vos rôles demandent un second facteur : ajoutez-en un autre avant de retirer celui-ci."),
        )
        return redirect("mfa_index")
    delete_and_cleanup(request, factor)
    note_change(request, factor.type, done="removed", number=pk)
    messages.success(request, _("Le second facteur est retiré."))
    return redirect("mfa_index")


def _primary(request: ScopedRequest) -> Any:
    return Authenticator.objects.filter(user=request.user, type__in=PRIMARY)


def _asking(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=INVALID if context["failed"] else 200)


def _after(request: HttpRequest) -> str:
    page = request.GET.get("next", "")
    return page if _is_ours(request, page) else reverse("mfa_index")


def _is_ours(request: HttpRequest, page: str) -> bool:
    return page.startswith("/") and url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
