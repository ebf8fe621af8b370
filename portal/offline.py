"""Serve what lets the product be installed on a device and open there without a network."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# What the page without a network consists of; its template names the same files.
_PARTS = (
    "tabler/css/tabler.min.css",
    "palier.css",
    "theme.js",
    "offline.js",
    "mark.svg",
    "type/atkinson-hyperlegible-next-latin-wght-normal.woff2",
)
_ICONS = (
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("maskable-192.png", 192, "maskable"),
    ("maskable-512.png", 512, "maskable"),
)


@login_not_required
@cache_control(public=True, max_age=3600)
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Return the web app manifest, which is the same for everybody and in French."""
    icons = [
        {"src": static(f"icons/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in _ICONS
    ]
    told = {
        "id": reverse("home"),
        "name": "Palier – faits et niveaux des résidences",
        "short_name": "Palier",
        "lang": "fr",
        "dir": "ltr",
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "standalone",
        "theme_color": "#25408f",
        "background_color": "#f6f5f1",
        "icons": icons,
        "shortcuts": [
            {"name": "Enregistrer un fait", "url": reverse("incidents:create"), "icons": icons[:1]},
            {"name": "Mes faits", "url": reverse("classification:my_facts"), "icons": icons[:1]},
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@login_not_required
@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker; from the root of the site it may answer every page."""
    context = {
        "form": reverse("incidents:kept"),
        "page": reverse("offline"),
        "opens_at": f"{reverse('home')} {reverse('incidents:create')}",
        "parts": " ".join(static(part) for part in _PARTS),
    }
    return render(request, "worker.js", context, content_type="text/javascript")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page that a device opens without a network: it holds nothing of whoever asks for it."""
    return render(request, "offline.html")
