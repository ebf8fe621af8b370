"""Read what landlords share under their agreements, and what is asked of them since their territory changed."""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Organisation
from accounts.scope import Scope
from core.order import in_french
from core.versions import State
from sites.models import AgreementTerms, Commune, Residence, SharingAgreement, Territory

Council = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What awaits the word of a landlord: whether its council, and the ids of which communes."""

    council: bool
    communes: frozenset[int]

    def __bool__(self) -> bool:
        """Return whether anything is asked."""
        return self.council or bool(self.communes)


def asked(terms: AgreementTerms | None, council: Council, communes: AbstractSet[int]) -> Asked:
    """Return what a territory with this council and these communes asks of a landlord that said ``terms``.

    A landlord that has said nothing yet is asked everything. One that refused the council is asked nothing.
    """
    if terms is None:
        return Asked(council=True, communes=frozenset(communes))
    if council != (terms.organisation_id, terms.kind):
        if council == (terms.refused_organisation_id, terms.refused_kind):
            return Asked(council=False, communes=frozenset())
        return Asked(council=True, communes=frozenset(communes) - {*terms.communes})
    return Asked(council=False, communes=frozenset(communes) - {*terms.communes} - {*terms.refused})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an agreement stands between its landlord and its territory; communes are in French order.

    Attributes:
        terms: what the landlord said last; None while it has said nothing.
        current: whether the council of the territory is the one that the landlord named.
        shared: the communes that it shares.
        asked: the communes that it is asked about, or of which it has said nothing to the present council.
        refused: the communes of the territory that it does not share.
        outside: the communes that it named, and that the territory does not have.
        council_asked: whether it is asked to share with the council.
    """

    agreement: SharingAgreement
    terms: AgreementTerms | None
    current: bool
    shared: list[Commune] = field(default_factory=list)
    asked: list[Commune] = field(default_factory=list)
    refused: list[Commune] = field(default_factory=list)
    outside: list[Commune] = field(default_factory=list)
    council_asked: bool = False

    @property
    def waits(self) -> bool:
        """True when the landlord's word is awaited."""
        return self.council_asked or bool(self.asked)

    @property
    def ended(self) -> bool:
        """True when the agreement has ended."""
        return self.agreement.ends_on is not None and self.agreement.ends_on <= timezone.localdate()

    @property
    def council(self) -> str:
        """The council that the landlord named, in words; empty while it has said nothing."""
        return f"{self.terms.organisation} ({self.terms.get_kind_display()})" if self.terms else ""

    @property
    def council_refused(self) -> bool:
        """True when the landlord refused the council that the territory has."""
        return not self.current and not self.council_asked

    @property
    def offered(self) -> list[Commune]:
        """The communes to tick in the answer: with another council, all of the territory."""
        if self.current:
            return self.asked
        return sorted({*self.asked, *self.shared, *self.refused}, key=in_french)

    @property
    def proposed(self) -> list[Commune]:
        """The communes that are ticked when the answer opens: those asked about, and those of before."""
        return [commune for commune in self.offered if commune not in self.refused]

    @property
    def named(self) -> list[Commune]:
        """The communes that the landlord named, whether the territory has them or not."""
        return sorted([*self.shared, *self.outside], key=in_french)


def council_of(territory: Territory) -> Council:
    """Return who animates a territory, as terms name it."""
    return territory.organisation_id, territory.kind


def last_terms(agreements: Iterable[SharingAgreement]) -> dict[int, AgreementTerms]:
    """Return what each landlord said last, by the id of its agreement."""
    rows = AgreementTerms.objects.filter(agreement__in=[agreement.pk for agreement in agreements])
    last = rows.order_by("agreement_id", "-id").distinct("agreement_id")
    return {terms.agreement_id: terms for terms in last.select_related("organisation")}


def standings(agreements: Collection[SharingAgreement]) -> list[Standing]:
    """Return where each of these agreements stands, in a fixed number of queries."""
    last = last_terms(agreements)
    held: dict[int, set[int]] = {}
    links = Territory.communes.through.objects.filter(territory__in={a.territory_id for a in agreements})
    for territory, commune in links.values_list("territory_id", "commune_id"):
        held.setdefault(territory, set()).add(commune)
    ids = {pk for communes in held.values() for pk in communes}
    ids |= {pk for terms in last.values() for pk in terms.communes}
    communes = Commune.objects.in_bulk(ids)
    return [
        _standing(agreement, last.get(agreement.pk), held.get(agreement.territory_id, set()), communes)
        for agreement in agreements
    ]


def _standing(
    agreement: SharingAgreement,
    terms: AgreementTerms | None,
    held: set[int],
    communes: dict[int, Commune],
) -> Standing:
    council = council_of(agreement.territory)
    awaited = asked(terms, council, held)
    named = {*terms.communes} if terms else set()

    def those(ids: Iterable[int]) -> list[Commune]:
        return sorted((communes[pk] for pk in ids if pk in communes), key=in_french)

    return Standing(
        agreement,
        terms,
        current=terms is not None and council == (terms.organisation_id, terms.kind),
        shared=those(named & held),
        asked=those(awaited.communes),
        refused=those(held - named - awaited.communes),
        outside=those(named - held),
        council_asked=awaited.council,
    )


def standing_of(agreement: SharingAgreement) -> Standing:
    """Return where one agreement stands."""
    return standings([agreement])[0]


def awaited_of(scope: Scope) -> list[Standing]:
    """Return the agreements of the acting lead's landlords that await their word."""
    own = SharingAgreement.objects.to_end().filter(landlord__in=scope.roles.get(Role.LEAD, ()))
    found = standings(list(own.select_related("landlord", "territory__organisation").order_by("pk")))
    return [standing for standing in found if standing.waits]


def state_of_terms(agreement: SharingAgreement) -> State:
    """Return what a form about what is shared is opened on: what the landlord said, and the territory as it is."""
    standing = standing_of(agreement)
    said = standing.terms.pk if standing.terms else 0
    return {"communes": standing.named, "said": said, **state_of_council(agreement.territory)}


def state_of_council(territory: Territory) -> State:
    """Return what an agreement is signed for: the council and the communes of a territory, as they are."""
    return {
        "territory": sorted(territory.communes.values_list("code", flat=True)),
        "council": [*council_of(territory)],
    }


def residences_in(landlord_id: int, communes: Iterable[Commune]) -> dict[int, int]:
    """Return how many open residences a landlord has in each of these communes, by their ids."""
    rows = Residence.objects.open().filter(landlord=landlord_id, commune__in=list(communes))
    return dict(rows.order_by().values_list("commune").annotate(n=Count("pk")))


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a change of a territory concerns: the landlords whose word it needs, and those that share less.

    Attributes:
        told: ids of the landlords that have an agreement, if its council or its communes change.
    """

    told: list[int]
    asked: list[Organisation]
    narrowed: list[Organisation]
    council: bool
    added: list[Commune]
    removed: list[Commune]


def concerned(territory: Territory, council: Council, communes: Collection[Commune]) -> Concerned:
    """Return whom it would concern that ``territory`` got this council and these communes."""
    agreements = list(
        SharingAgreement.objects.to_end().filter(territory=territory).select_related("landlord")
    )
    last, before = last_terms(agreements), {*territory.communes.all()}
    after = {commune.pk for commune in communes}
    held = {commune.pk for commune in before}
    old = council_of(territory)
    new_word, less = {}, {}
    for agreement in agreements:
        terms, landlord = last.get(agreement.pk), agreement.landlord
        was, now = asked(terms, old, held), asked(terms, council, after)
        if now and (council != old or now.communes - was.communes):
            new_word[landlord.pk] = landlord
        if terms and old == (terms.organisation_id, terms.kind) and {*terms.communes} & (held - after):
            less[landlord.pk] = landlord
    changes = council != old or after != held
    return Concerned(
        told=sorted({agreement.landlord_id for agreement in agreements}) if changes else [],
        asked=sorted(new_word.values(), key=in_french),
        narrowed=sorted(less.values(), key=in_french),
        council=council != old,
        added=sorted({*communes} - before, key=in_french),
        removed=sorted(before - {*communes}, key=in_french),
    )
