"""Define the guided first visit: the main path of each role, in a few steps on the real pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.access import ScopedRequest
from accounts.enums import Role
from accounts.models import GuidedVisit, User
from classification.models import SiteLevel
from incidents.models import Incident
from partners.enums import Precision
from partners.models import Circle, Publication, SynthesisNote
from partners.publications.positions import name_of
from sites.models import ImportRun

from .guide_progress import visit_of
from .home import FIRST_PAGES

# A partner of a single circle is redirected to it, so that the visit is shown there too.
_SHOWN_ON = [*FIRST_PAGES, (Role.PARTNER, "partners:circle")]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a visit.

    Attributes:
        key: the identifier of the step.
        label: what to do or to see, in words.
        hint: the sentence below the label.
        url: returns the URL of the page where the step takes place.
        did: says whether the person did it already; without it, a step is done once its page was opened.
        sample: the kind of import whose example file is offered with the step.
        at: the name of the view that counts as the step's page, however it is reached.
        narrowed: True when that page must have a filter to count.
        given: the precisions of circles that are given what the step shows; without it, the step is everybody's.
    """

    key: str
    label: Promise
    hint: Promise
    url: Callable[[], str]
    did: Callable[[User], bool] | None = None
    sample: str = ""
    at: str = ""
    narrowed: bool = False
    given: tuple[Precision, ...] = ()


@dataclass(frozen=True, slots=True)
class Tour:
    """The visit of a role for one person: its steps, each with True if it is done."""

    role: Role
    steps: list[tuple[Step, bool]]
    is_hidden: bool

    @property
    def done(self) -> int:
        """The number of steps done."""
        return sum(done for _step, done in self.steps)

    @property
    def starts_folded(self) -> bool:
        """True for agents: on a phone the form comes before the visit."""
        return self.role == Role.AGENT


def tour_of(user: User, role: Role) -> Tour:
    """Return the visit of ``role`` for ``user``."""
    visit = visit_of(user, role)
    steps = [(step, _is_done(step, user, visit)) for step in _asked_of(role)]
    return Tour(role, steps, is_hidden=visit.hidden_at is not None)


def _asked_of(role: Role) -> list[Step]:
    """Return the steps of a visit that the person's circles make possible; all while they are in none."""
    steps = STEPS[role]
    if not any(step.given for step in steps):
        return list(steps)
    seen = set(Circle.objects.order_by().values_list("precision", flat=True).distinct())
    return [step for step in steps if not step.given or not seen or seen & set(step.given)]


def find_step(key: str, roles: list[Role]) -> tuple[Role, Step] | None:
    """Return the step called ``key`` among those of ``roles``."""
    return next(((role, step) for role in roles for step in STEPS[role] if step.key == key), None)


def visited(request: ScopedRequest) -> Iterator[tuple[Role, Step]]:
    """Yield the steps whose page is that of ``request``, for the roles that the person holds."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    for role, step in _STEPS_AT.get(name, ()):
        if request.scope.has(role) and (not step.narrowed or any(request.GET.values())):
            yield role, step


def guide(request: ScopedRequest) -> dict[str, Any]:
    """Add the visit to the context of a role's first page, until the person hides it."""
    match, scope = request.resolver_match, getattr(request, "scope", None)
    if match is None or scope is None or not scope.user_id or request.method != "GET":
        return {}
    shown_at = (role for role, page in _SHOWN_ON if page == match.view_name and scope.has(role))
    role = next(shown_at, None)
    if role is None or getattr(request, "htmx", False):
        return {}
    # Lazy, because each cell of a table runs the context processors: the visit is read only where it is shown.
    return {"guide": SimpleLazyObject(lambda: _unless_hidden(tour_of(request.user, role)))}


def _unless_hidden(tour: Tour) -> Tour | None:
    return None if tour.is_hidden else tour


def _is_done(step: Step, user: User, visit: GuidedVisit) -> bool:
    return step.did(user) if step.did else step.key in visit.seen


def _page(name: str, *args: object) -> Callable[[], str]:
    return lambda: reverse(name, args=args)


def _highest_residence() -> str:
    highest = SiteLevel.objects.filter(address=None).order_by("-level", "-last_day", "residence_id").first()
    if highest is None:
        return reverse("classification:residences")
    return reverse("classification:residence", args=[highest.residence_id])


def _latest_publication() -> str:
    latest = Publication.objects.filter(withdrawn_at=None).order_by("-as_of", "-id").first()
    return reverse("partners:publication", args=[latest.pk]) if latest else reverse("partners:circles")


def _first_site() -> str:
    named = Publication.objects.filter(withdrawn_at=None).exclude(precision=Precision.NEIGHBOURHOOD)
    latest = named.order_by("-as_of", "-id").first()
    first = latest.sites.order_by("rank").only("key").first() if latest else None
    if latest is None or first is None:
        return _latest_publication()
    return reverse("partners:site", args=[latest.pk, name_of(first.pk, first.key)])


def _publish() -> str:
    circle = Circle.objects.live().order_by("id").first()
    return reverse("partners:publish", args=[circle.pk]) if circle else reverse("partners:circle_create")


def _has_recorded(user: User) -> bool:
    return Incident.objects.filter(reported_by=user, external_source="form", cancelled_at=None).exists()


def _has_imported(user: User) -> bool:
    return ImportRun.objects.filter(created_by=user, created_at__gte=user.created_at).exists()


def _has_published(user: User) -> bool:
    return Publication.objects.filter(published_by=user, published_at__gte=user.created_at).exists()


def _has_made_a_note(user: User) -> bool:
    return SynthesisNote.objects.filter(created_by=user, created_at__gte=user.created_at).exists()


STEPS: dict[Role, tuple[Step, ...]] = {
    Role.AGENT: (
        Step(
            "record",
            _("Enregistrez un fait"),
            _("Un lieu, une nature : deux gestes suffisent, le reste est facultatif."),
            _page("incidents:create"),
            _has_recorded,
        ),
        Step(
            "agent-list",
            _("Retrouvez-le dans la liste"),
            _("Chaque fait se corrige ou s’annule ; son histoire reste visible."),
            _page("incidents:list"),
            at="incidents:list",
        ),
        Step(
            "agent-level",
            _("Voyez le niveau de la résidence"),
            _("De 1 à 4, avec les faits et les jours qui l’expliquent."),
            _highest_residence,
            at="classification:residence",
        ),
    ),
    Role.LEAD: (
        Step(
            "lead-home",
            _("Voyez ce qui vous attend"),
            _("Niveaux qui changent, constats à confirmer, rôles et conventions qui attendent votre accord."),
            _page("classification:home"),
            at="classification:home",
        ),
        Step(
            "lead-residence",
            _("Ouvrez une résidence et lisez pourquoi"),
            _("La grille, les jours et les faits derrière son niveau."),
            _highest_residence,
            at="classification:residence",
        ),
        Step(
            "lead-import",
            _("Importez un fichier"),
            _("Patrimoine ou faits, tels que vos outils les exportent."),
            _page("sites:import_create"),
            _has_imported,
            sample="stock",
        ),
        Step(
            "lead-published",
            _("Voyez ce qui est publié"),
            _("Ce que les cellules du territoire ont reçu de vos sites."),
            _page("partners:publications"),
            at="partners:publications",
        ),
    ),
    Role.COORDINATOR: (
        Step(
            "coordinator-map",
            _("Parcourez la carte"),
            _("Tous les bailleurs conventionnés, filtrés par niveau, nature ou période."),
            _page("classification:map"),
            at="classification:map",
        ),
        Step(
            "coordinator-residence",
            _("Ouvrez une résidence expliquée"),
            _("Son niveau dans le temps, et ce qui l’a fait."),
            _highest_residence,
            at="classification:residence",
        ),
        Step(
            "coordinator-publish",
            _("Publiez à la cellule"),
            _("Vous voyez d’abord exactement ce que ses membres verront."),
            _publish,
            _has_published,
        ),
        Step(
            "coordinator-note",
            _("Établissez une note"),
            _("Un document figé, remis en exemplaires numérotés."),
            _page("partners:note_create"),
            _has_made_a_note,
        ),
    ),
    Role.PARTNER: (
        Step(
            "partner-map",
            _("Ouvrez la carte et le classement"),
            _("Les niveaux que le territoire a publiés à votre cellule."),
            _latest_publication,
            at="partners:publication",
        ),
        Step(
            "partner-site",
            _("Lisez la fiche d’un site"),
            _("Ses adresses, ses niveaux, et les raisons de chacun."),
            _first_site,
            at="partners:site",
            given=(Precision.ADDRESS, Precision.RESIDENCE),
        ),
        Step(
            "partner-copy",
            _("Téléchargez votre exemplaire"),
            _("Il porte votre nom et son numéro : il n’est que pour vous."),
            _page("partners:notes"),
            at="partners:copy_document",
            given=(Precision.ADDRESS,),
        ),
    ),
    Role.ADMIN: (
        Step(
            "admin-invite",
            _("Invitez une personne"),
            _("Nul n’entre sans invitation ; chaque rôle a un début et une fin."),
            _page("accounts:invite"),
            at="accounts:invite",
        ),
        Step(
            "admin-organisation",
            _("Ajoutez un organisme"),
            _("Bailleur, commune, police, parquet, préfecture."),
            _page("accounts:create_organisation"),
            at="accounts:create_organisation",
        ),
        Step(
            "admin-territory",
            _("Composez un territoire : ses communes"),
            _("L’ensemble des communes d’un CLSPD ou d’un CISPD."),
            _page("sites:create_territory"),
            at="sites:create_territory",
        ),
        Step(
            "admin-agreement",
            _("Inscrivez une convention"),
            _("Sans elle, un bailleur ne partage rien avec un territoire."),
            _page("sites:sign_agreement"),
            at="sites:sign_agreement",
        ),
    ),
    Role.DPO: (
        Step(
            "dpo-journal",
            _("Lisez le journal"),
            _("Qui a vu ou fait quoi, et quand ; jamais le contenu."),
            _page("accounts:journal"),
            at="accounts:journal",
        ),
        Step(
            "dpo-filter",
            _("Filtrez-le"),
            _("Par exemple : les exports et leurs auteurs."),
            lambda: f"{reverse('accounts:journal')}?action=export",
            at="accounts:journal",
            narrowed=True,
        ),
        Step(
            "dpo-export",
            _("Exportez-le"),
            _("Un fichier pour votre registre."),
            _page("accounts:journal_export"),
            at="accounts:journal_export",
        ),
    ),
}

_STEPS_AT: dict[str, list[tuple[Role, Step]]] = {}
for _role, _steps in STEPS.items():
    for _one in _steps:
        if _one.at:
            _STEPS_AT.setdefault(_one.at, []).append((_role, _one))
