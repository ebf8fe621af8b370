"""Redirect to the page a form was sent from."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def back(request: HttpRequest, otherwise: str, *arguments: int) -> HttpResponse:
    """Redirect to the posted ``next`` if it is a page of ours, else to the URL named ``otherwise``."""
    return HttpResponseRedirect(page_before(request, otherwise, *arguments))


def page_before(request: HttpRequest, otherwise: str, *arguments: int) -> str:
    """Return the posted ``next`` if it is a page of ours, else the URL named ``otherwise``, with its arguments."""
    page = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours and page.startswith("/") else reverse(otherwise, args=arguments)
