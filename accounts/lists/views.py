"""Store a person's own ways of seeing a list, from forms on its page."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.models import SAVED_QUERY_LENGTH, SavedView
from core.back import back, page_before
from core.conflicts import open_form, render_conflict
from core.forms import AboutNobodyField, VersionedForm, validate_about_nobody
from core.versions import StaleError, version_of

from . import services as saved_views


class ColumnsForm(forms.Form):
    """A form of the columns to show in a list."""

    list_name = forms.SlugField(max_length=40)
    col = forms.Field(widget=forms.MultipleHiddenInput, required=False)

    def clean_col(self) -> list[str]:
        """Refuse more columns than can be stored."""
        columns = self.cleaned_data["col"] or []
        _kept(urlencode({"col": columns}, doseq=True))
        return columns


class ViewForm(forms.Form):
    """A form of a view to save."""

    list_name = forms.SlugField(max_length=40)
    name = AboutNobodyField(max_length=60)
    query = forms.CharField(max_length=SAVED_QUERY_LENGTH, required=False)
    is_default = forms.BooleanField(required=False)

    def clean_query(self) -> str:
        """Return the query in normal form, about nobody; empty for one without any value."""
        query = QueryDict(self.cleaned_data["query"])
        for _name, values in query.lists():
            for value in values:
                validate_about_nobody(value)
        return _kept(query.urlencode())


class OwnViewForm(forms.Form):
    """A form that names one of the person's own views."""

    view = forms.ModelChoiceField(SavedView.objects.exclude(name=""))


class ChangeForm(VersionedForm, OwnViewForm):
    """A form of the new name of a view, and of whether the list opens with it."""

    name = AboutNobodyField(label=gettext_lazy("Nom"), max_length=60)
    is_default = forms.BooleanField(label=gettext_lazy("Ouvrir la liste ainsi"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse the name of another view of the same list."""
        super().clean()
        data = self.cleaned_data
        if view := data.get("view"):
            alike = SavedView.objects.filter(list_name=view.list_name, name=data.get("name"))
            if alike.exclude(pk=view.pk).exists():
                self.add_error("name", _("Vous avez déjà une vue de ce nom."))
        return data


@require_POST
@for_roles(*Role)
def choose_columns(request: ScopedRequest) -> HttpResponse:
    """Store which columns of a list to show."""
    form = ColumnsForm(request.POST)
    if form.is_valid():
        saved_views.choose_columns(
            request.scope, list_name=form.cleaned_data["list_name"], columns=form.cleaned_data["col"]
        )
    return _back(request, form)


@require_POST
@for_roles(*Role)
def save_view(request: ScopedRequest) -> HttpResponse:
    """Save the current state of the list as a view."""
    form = ViewForm(request.POST)
    if form.is_valid():
        view = saved_views.save_view(request.scope, **form.cleaned_data)
        messages.success(request, _("Vue enregistrée : %(name)s.") % {"name": view.name})
    return _back(request, form)


@require_POST
@for_roles(*Role)
def change_view(request: ScopedRequest) -> HttpResponse:
    """Rename a view, or have the list open with it."""
    own = OwnViewForm(request.POST)
    if not own.is_valid():
        return _back(request, own)
    view = own.cleaned_data["view"]
    state = saved_views.state_of(view)
    version = version_of(view, state)
    form = open_form(request, lambda data: ChangeForm(data, initial=state, version=version))
    if form.is_valid():
        try:
            saved_views.change_view(request.scope, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=page_before(request, "home"), edits=False)
        messages.success(request, _("Vue modifiée : %(name)s.") % {"name": form.cleaned_data["name"]})
    return _back(request, form)


@require_POST
@for_roles(*Role)
def delete_view(request: ScopedRequest) -> HttpResponse:
    """Delete a view; answer 409 with the view as it is now where it has changed since the page was opened."""
    form = OwnViewForm(request.POST)
    if not form.is_valid():
        return _back(request, form)
    view = form.cleaned_data["view"]
    try:
        saved_views.delete_view(request.scope, view=view, version=request.POST.get("version", ""))
    except StaleError as stale:
        back_to = page_before(request, "home")
        context = {
            "view": stale.record,
            "version": version_of(stale.record, stale.state),
            "back": back_to,
            "list": back_to.partition("?")[0],
        }
        return render(request, "accounts/view_outdated.html", context, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Vue supprimée : %(name)s.") % {"name": view.name})
    return _back(request, form)


def _kept(query: str) -> str:
    if len(query) > SAVED_QUERY_LENGTH:
        raise forms.ValidationError(_("Cette vue est trop longue pour être gardée."))
    return query


def _back(request: ScopedRequest, form: forms.Form) -> HttpResponse:
    for errors in form.errors.values():
        messages.error(request, str(errors[0]))
    return back(request, "home")
