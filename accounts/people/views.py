"""Manage accounts: all for an administrator, agents of one's own for a lead."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, MailState, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.factors.services import in_charge_alone
from accounts.factors.views import LossForm, waiting_reset
from accounts.journal.audit import write_entry
from accounts.journal.reading import last_change_of
from accounts.journal.settled import tells_what_is_settled
from accounts.lists.listing import listing, opens_with_default, sort_and_page
from accounts.mail.reading import latest_mails, with_invitations
from accounts.models import Membership, Organisation, Proposal, User
from accounts.proposals.reading import proposals_of
from accounts.proposals.services import invite as invite_person
from accounts.proposals.services import propose
from accounts.proposals.views import site_url
from core.back import back
from core.conflicts import open_form, render_conflict
from core.files import KINDS, asked_kind, attachment, table_file
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of

from . import services
from .filters import UserFilter
from .forms import InvitationForm, NameForm, OrganisationForm, RoleForm
from .invited import next_step
from .tables import OrganisationTable, UserTable

PER_PAGE = 25
# How many proposals that nobody has accepted the list of accounts shows, the last ones first.
PROPOSALS = 20
_MOST_DIGITS = 19


@require_GET
@for_roles(Role.ADMIN, Role.LEAD)
@opens_with_default("accounts")
def users(request: ScopedRequest) -> HttpResponseBase:
    """List the accounts; answer htmx with the rows alone."""
    people = User.objects.prefetch_related(
        Prefetch("memberships", _roles(), to_attr="held"), with_invitations()
    )
    chosen = UserFilter(request.GET, queryset=people)
    table = UserTable(chosen.qs, order_by=("full_name",))
    shown = listing(request, table, name="accounts", filterset=chosen)
    if kind := asked_kind(request):
        write_entry(request.scope, AuditAction.EXPORT, "accounts.user", format=kind, rows=len(table.rows))
        return attachment(table_file(table, kind, _("Comptes")), _("comptes"), kind)
    rows_only = request.htmx and request.htmx.target == "rows"
    template = "accounts/_users_rows.html" if rows_only else "accounts/users.html"
    context = {
        "filter": chosen,
        "table": table,
        "listing": shown,
        "kinds": KINDS,
        "proposals": proposals_of(request.scope)
        .filter(membership=None)
        .select_related("organisation")[:PROPOSALS],
        "keeps_tokens": request.scope.has(Role.LEAD),
    }
    return render(request, template, context)


@require_GET
@for_roles(Role.ADMIN, Role.LEAD)
def user(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show an account with its roles, and what the reader may change."""
    person = get_object_or_404(User, pk=pk)
    mails = latest_mails(person)
    context = {
        "person": person,
        "mails": mails,
        "waiting": any(mail.state == MailState.WAITING for mail in mails),
        "invited": person.is_active and not person.has_usable_password(),
        "proposals": proposals_of(request.scope).filter(user=person).select_related("organisation"),
        "held": [(role, role.is_live() and _may_end(request, role)) for role in _roles().filter(user=person)],
        "may_rename": services.may_rename(request.scope, user=person),
        "reset": waiting_reset(person),
        "confirms_reset": in_charge_alone(request.scope, person),
        "loss": LossForm(),
    }
    return render(request, "accounts/user.html", context)


@needs_fresh_factor()
@form_page
@for_roles(Role.ADMIN, Role.LEAD)
def invite(request: ScopedRequest) -> HttpResponse:
    """Propose a role to whoever has an address; ``again`` names an earlier proposal to begin with."""
    form = InvitationForm(sent(request), scope=request.scope, initial=_earlier(request))
    if request.method == "POST" and form.is_valid():
        try:
            proposal = invite_person(request.scope, **form.cleaned_data, site_url=site_url(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _proposed(request, proposal)
    return render_form(request, "accounts/invite.html", form)


def _earlier(request: ScopedRequest) -> dict[str, object]:
    """Return what the form begins with: what an earlier proposal said, to make it again."""
    number = request.GET.get("again", "")
    again = int(number) if number.isascii() and number.isdecimal() and len(number) < _MOST_DIGITS else 0
    columns = ("email", "full_name", "organisation", "role")
    return proposals_of(request.scope).filter(pk=again).values(*columns).first() or {}


def _proposed(request: ScopedRequest, proposal: Proposal) -> HttpResponse:
    """Say that a role is proposed, and lead on to what is chosen next, or to the page of the proposal."""
    if proposal.unconfirmed:
        said = (
            _("%s doit confirmer cette proposition : la personne en sera prévenue alors.")
            % proposal.organisation
        )
    else:
        said = _("L’invitation de %s est en route ; sa page dit si elle est arrivée.") % proposal.email
    messages.success(request, said)
    return redirect(next_step(request.scope, proposal) or reverse("accounts:proposal", args=[proposal.pk]))


@form_page
@for_roles(Role.ADMIN, Role.LEAD)
def rename(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct a person's name."""
    person = get_object_or_404(User, pk=pk)
    if not services.may_rename(request.scope, user=person):
        raise PermissionDenied
    state = services.state_of_name(person)
    version = version_of(person, state)
    form = open_form(request, lambda data: NameForm(data, initial=state, version=version))
    if is_sent(request) and form.is_valid():
        try:
            services.rename(request.scope, user=person, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(
                request,
                form,
                stale,
                back=reverse("accounts:user", args=[pk]),
                by=last_change_of(person, renamed=True),
            )
        messages.success(request, _("Le nom est désormais « %s ».") % form.cleaned_data["full_name"])
        return redirect("accounts:user", pk=pk)
    return render_form(request, "accounts/name.html", form, person=person)


@needs_fresh_factor()
@form_page
@for_roles(Role.ADMIN)
def add_membership(request: ScopedRequest, pk: int) -> HttpResponse:
    """Propose one more role to a person."""
    person = get_object_or_404(User, pk=pk)
    form = RoleForm(sent(request), scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = propose(
                request.scope,
                user=person,
                email=person.email,
                full_name=str(person),
                **form.cleaned_data,
                site_url=site_url(request),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _proposed(request, proposal)
    return render_form(request, "accounts/membership.html", form, person=person)


def _ended_already(request: ScopedRequest, pk: int) -> tuple[str, str] | None:
    ended = (
        Membership.objects.filter(pk=pk, ends_on__lte=timezone.localdate())
        .select_related("user", "organisation")
        .first()
    )
    if ended is None or not _may_end(request, ended):
        return None
    return str(ended), reverse("accounts:user", args=[ended.user_id])


@needs_fresh_factor()
@require_POST
@for_roles(Role.ADMIN, Role.LEAD)
@tells_what_is_settled(_ended_already)
def end_membership(request: ScopedRequest, pk: int) -> HttpResponse:
    """End a role at once."""
    membership = get_object_or_404(Membership.objects.live().select_related("user"), pk=pk)
    try:
        services.end_membership(request.scope, membership=membership)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request,
            _("%(person)s n’est plus %(role)s : son accès est coupé dès maintenant.")
            % {"person": membership.user, "role": membership.get_role_display().lower()},
        )
    return redirect("accounts:user", pk=membership.user_id)


@require_POST
@for_roles(Role.ADMIN, Role.LEAD, Role.COORDINATOR)
def invite_again(request: ScopedRequest, pk: int) -> HttpResponse:
    """Send the invitation again, from any page that shows what became of it."""
    person = get_object_or_404(User, pk=pk)
    try:
        services.invite_again(request.scope, user=person, site_url=site_url(request))
        messages.success(request, _("Une nouvelle invitation est en route vers %s.") % person.email)
    except ValidationError as error:
        messages.error(request, error.message)
    return back(request, "accounts:user", pk)


@needs_fresh_factor()
@require_POST
@for_roles(Role.ADMIN)
def set_active(request: ScopedRequest, pk: int) -> HttpResponse:
    """Close an account, or open it again."""
    person = get_object_or_404(User, pk=pk)
    try:
        services.set_active(request.scope, user=person, active="open" in request.POST)
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect("accounts:user", pk=pk)


@require_GET
@for_roles(Role.ADMIN)
def organisations(request: ScopedRequest) -> HttpResponse:
    """List the organisations."""
    today = timezone.localdate()
    live = Q(memberships__starts_on__lte=today) & (
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gt=today)
    )
    counted = Organisation.objects.annotate(people=Count("memberships__user", filter=live, distinct=True))
    table = OrganisationTable(counted, order_by=("name",))
    sort_and_page(request, table, PER_PAGE)
    return render(request, "accounts/organisations.html", {"table": table})


@form_page
@for_roles(Role.ADMIN)
def create_organisation(request: ScopedRequest) -> HttpResponse:
    """Create an organisation."""
    form = OrganisationForm(sent(request))
    if request.method == "POST" and form.is_valid():
        made = services.create_organisation(request.scope, **form.cleaned_data)
        messages.success(request, _("%s est enregistré.") % made.name)
        return redirect("accounts:organisations")
    return render_form(request, "accounts/organisation.html", form)


@form_page
@for_roles(Role.ADMIN)
def rename_organisation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct the name of an organisation, and its kind while nothing rests on it."""
    organisation = get_object_or_404(Organisation, pk=pk)
    state = services.state_of_organisation(organisation)
    version = version_of(organisation, state)
    form = open_form(
        request,
        lambda data: OrganisationForm(data, organisation=organisation, initial=state, version=version),
    )
    if is_sent(request) and form.is_valid():
        try:
            services.correct_organisation(request.scope, organisation=organisation, **form.cleaned_data)
        except StaleError as stale:
            page = reverse("accounts:organisations")
            return render_conflict(request, form, stale, back=page, by=last_change_of(organisation))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _corrected(request, form)
    return render_form(request, "accounts/organisation.html", form, organisation=organisation)


def _corrected(request: ScopedRequest, form: OrganisationForm) -> HttpResponse:
    name, kind = form.cleaned_data["name"], form.cleaned_data["kind"]
    messages.success(request, _("%(name)s (%(kind)s) est enregistré.") % {"name": name, "kind": kind.label})
    return redirect("accounts:organisations")


def _roles() -> QuerySet[Membership]:
    return Membership.objects.select_related("organisation").order_by("-starts_on", "id")


def _may_end(request: ScopedRequest, membership: Membership) -> bool:
    return request.scope.has(Role.ADMIN) or membership.role == Role.AGENT
