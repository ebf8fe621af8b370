"""Define the steps of the guided first visit of each role."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from partners.enums import Precision

from . import guide_pages as pages


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


STEPS: dict[Role, tuple[Step, ...]] = {
    Role.AGENT: (
        Step(
            "record",
            _("Enregistrez un fait"),
            _("Un lieu, une nature : deux gestes suffisent, le reste est facultatif."),
            pages.page("incidents:create"),
            pages.has_recorded,
        ),
        Step(
            "agent-list",
            _("Retrouvez-le dans la liste"),
            _("Chaque fait se corrige ou s’annule ; son histoire reste visible."),
            pages.page("incidents:list"),
            at="incidents:list",
        ),
        Step(
            "agent-level",
            _("Voyez le niveau de la résidence"),
            _("De 1 à 4, avec les faits et les jours qui l’expliquent."),
            pages.highest_residence,
            at="classification:residence",
        ),
    ),
    Role.LEAD: (
        Step(
            "lead-home",
            _("Voyez ce qui vous attend"),
            _("Niveaux qui changent, constats à confirmer, rôles et conventions qui attendent votre accord."),
            pages.page("classification:home"),
            at="classification:home",
        ),
        Step(
            "lead-residence",
            _("Ouvrez une résidence et lisez pourquoi"),
            _("La grille, les jours et les faits derrière son niveau."),
            pages.highest_residence,
            at="classification:residence",
        ),
        Step(
            "lead-campaign",
            _("Décidez des niveaux d’une campagne"),
            _("Les deux tableaux, les raisons, et ce qui avait été retenu avant."),
            pages.campaign_to_decide,
            at="classification:campaign_queue",
        ),
        Step(
            "lead-watch",
            _("Voyez ce qui est à surveiller"),
            _("Des sites, chacun avec ses raisons."),
            pages.page("classification:watch"),
            at="classification:watch",
        ),
        Step(
            "lead-grid",
            _("Voyez quelle grille compte"),
            _("Une autre ne compte qu’acceptée par chaque bailleur, dont vous."),
            pages.page("classification:grid_versions"),
            at="classification:grid_versions",
        ),
        Step(
            "lead-import",
            _("Importez un fichier"),
            _("Patrimoine ou faits, tels que vos outils les exportent."),
            pages.page("sites:import_create"),
            pages.has_imported,
            sample="stock",
        ),
        Step(
            "lead-published",
            _("Voyez ce qui est publié"),
            _("Ce que les cellules du territoire ont reçu de vos sites."),
            pages.page("partners:publications"),
            at="partners:publications",
        ),
    ),
    Role.COORDINATOR: (
        Step(
            "coordinator-map",
            _("Parcourez la carte"),
            _("Tous les bailleurs conventionnés, filtrés par niveau, nature ou période."),
            pages.page("classification:map"),
            at="classification:map",
        ),
        Step(
            "coordinator-residence",
            _("Ouvrez une résidence expliquée"),
            _("Son niveau dans le temps, et ce qui l’a fait."),
            pages.highest_residence,
            at="classification:residence",
        ),
        Step(
            "coordinator-campaign",
            _("Suivez la campagne"),
            _("Qui a décidé, qui n’a pas répondu ; une fois arrêtés, les niveaux ne changent plus."),
            pages.running_campaign,
            at="classification:campaign",
        ),
        Step(
            "coordinator-workshop",
            _("Tenez l’atelier"),
            _("Ordre du jour, carte et grille sur un écran ; chaque site contesté y est tranché."),
            pages.workshop,
            at="classification:workshop",
        ),
        Step(
            "coordinator-comparison",
            _("Comparez deux campagnes"),
            _("Ce qui monte, descend, apparaît ou disparaît, et pourquoi."),
            pages.campaigns_compared,
            at="classification:campaign_comparison",
        ),
        Step(
            "coordinator-watch",
            _("Voyez ce qui est à surveiller"),
            _("Des lieux et des raisons, jamais des personnes."),
            pages.page("classification:watch"),
            at="classification:watch",
        ),
        Step(
            "coordinator-grid",
            _("Essayez une autre grille"),
            _("Vous voyez quels sites changeraient, avant de la proposer aux bailleurs."),
            pages.page("classification:simulator"),
            at="classification:simulator",
        ),
        Step(
            "coordinator-publish",
            _("Publiez à la cellule"),
            _("Vous voyez d’abord exactement ce que ses membres verront."),
            pages.publish,
            pages.has_published,
        ),
        Step(
            "coordinator-note",
            _("Établissez une note"),
            _("Un document figé, remis en exemplaires numérotés."),
            pages.page("partners:note_create"),
            pages.has_made_a_note,
        ),
        Step(
            "coordinator-plenary",
            _("Préparez une séance plénière"),
            _("Des nombres par quartier : vous relisez tout ce qui sortira."),
            pages.plenary,
            at="partners:plenary_prepare",
        ),
    ),
    Role.PARTNER: (
        Step(
            "partner-map",
            _("Ouvrez la carte et le classement"),
            _("Les niveaux que le territoire a publiés à votre cellule."),
            pages.latest_publication,
            at="partners:publication",
        ),
        Step(
            "partner-site",
            _("Lisez la fiche d’un site"),
            _("Ses adresses, ses niveaux, et les raisons de chacun."),
            pages.first_site,
            at="partners:site",
            given=(Precision.ADDRESS, Precision.RESIDENCE),
        ),
        Step(
            "partner-copy",
            _("Téléchargez votre exemplaire"),
            _("Il porte votre nom et son numéro : il n’est que pour vous."),
            pages.page("partners:notes"),
            at="partners:copy_document",
            given=(Precision.ADDRESS,),
        ),
    ),
    Role.ADMIN: (
        Step(
            "admin-invite",
            _("Invitez une personne"),
            _("Nul n’entre sans invitation ; chaque rôle a un début et une fin."),
            pages.page("accounts:invite"),
            at="accounts:invite",
        ),
        Step(
            "admin-organisation",
            _("Ajoutez un organisme"),
            _("Bailleur, commune, police, parquet, préfecture."),
            pages.page("accounts:create_organisation"),
            at="accounts:create_organisation",
        ),
        Step(
            "admin-territory",
            _("Composez un territoire : ses communes"),
            _("L’ensemble des communes d’un CLSPD ou d’un CISPD."),
            pages.page("sites:create_territory"),
            at="sites:create_territory",
        ),
        Step(
            "admin-agreement",
            _("Inscrivez une convention"),
            _("Sans elle, un bailleur ne partage rien avec un territoire."),
            pages.page("sites:sign_agreement"),
            at="sites:sign_agreement",
        ),
    ),
    Role.DPO: (
        Step(
            "dpo-journal",
            _("Lisez le journal"),
            _("Qui a vu ou fait quoi, et quand ; jamais le contenu."),
            pages.page("accounts:journal"),
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
            pages.page("accounts:journal_export"),
            at="accounts:journal_export",
        ),
    ),
}
