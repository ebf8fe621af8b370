"""Create fictional records for tests."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, Proposal, User
from incidents.models import (
    Confirmation,
    Disruption,
    FactType,
    Incident,
    Narrative,
    StandingObservation,
    UnplacedFact,
)
from partners.models import Charter, Circle, Mandate
from sites.enums import TerritoryKind
from sites.match_key import match_key
from sites.models import (
    Address,
    AgreementTerms,
    Commune,
    Residence,
    ResidenceAlias,
    SharingAgreement,
    Territory,
)

LONG_AGO = dt.date(2020, 1, 1)
# Numbers of five digits: none begins another, and no test writes one itself.
_FIRST = 10_001


class _Factory(DjangoModelFactory):
    """Number what it makes so that what tests write themselves is never met, whichever of them ran before."""

    class Meta:
        abstract = True

    @classmethod
    def _setup_next_sequence(cls) -> int:
        return _FIRST


class UserFactory(_Factory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@exemple.invalid")
    full_name = factory.Sequence(lambda n: f"Personne {n}")
    password = "!"


class OrganisationFactory(_Factory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisme {n}")
    kind = OrganisationKind.LANDLORD


class MembershipFactory(_Factory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.LEAD
    starts_on = LONG_AGO


class ProposalFactory(_Factory):
    """A role of agent, proposed by a lead of the organisation."""

    class Meta:
        model = Proposal

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.AGENT
    email = factory.LazyAttribute(lambda o: o.user.email)
    full_name = "Comme écrit"
    inviting = factory.SelfAttribute("organisation")
    lapses_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(30))

    @factory.lazy_attribute
    def proposed_by(self):
        return self.organisation.memberships.get(role=Role.LEAD).user


class CommuneFactory(_Factory):
    class Meta:
        model = Commune

    code = factory.Sequence(lambda n: f"{n:05d}")
    name = factory.Sequence(lambda n: f"Commune {n}")
    department = "00"
    postcodes = ["00000"]


class TerritoryFactory(_Factory):
    class Meta:
        model = Territory
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Territoire {n}")
    kind = TerritoryKind.CLSPD
    organisation = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.MUNICIPALITY)

    @factory.post_generation
    def communes(self, create, extracted):
        if create and extracted:
            self.communes.set(extracted)


class SharingAgreementFactory(_Factory):
    class Meta:
        model = SharingAgreement
        skip_postgeneration_save = True

    landlord = factory.SubFactory(OrganisationFactory)
    territory = factory.SubFactory(TerritoryFactory)
    starts_on = LONG_AGO

    @factory.post_generation
    def terms(self, create, extracted, **values):
        """Have the landlord name the territory's council and communes; none with ``terms=False``."""
        if create and extracted is not False:
            AgreementTermsFactory(agreement=self, **values)


class AgreementTermsFactory(_Factory):
    class Meta:
        model = AgreementTerms

    agreement = factory.SubFactory(SharingAgreementFactory, terms=False)
    landlord = factory.SelfAttribute("agreement.landlord")
    territory = factory.SelfAttribute("agreement.territory")
    organisation = factory.SelfAttribute("territory.organisation")
    kind = factory.SelfAttribute("territory.kind")
    communes = factory.LazyAttribute(
        lambda made: sorted(made.territory.communes.values_list("pk", flat=True))
    )


class ResidenceFactory(_Factory):
    class Meta:
        model = Residence

    landlord = factory.SubFactory(OrganisationFactory)
    commune = factory.SubFactory(CommuneFactory)
    reference = factory.Sequence(lambda n: f"R{n}")
    name = factory.Sequence(lambda n: f"Résidence {n}")
    dwellings = 40


class ResidenceAliasFactory(_Factory):
    class Meta:
        model = ResidenceAlias

    residence = factory.SubFactory(ResidenceFactory)
    landlord = factory.SelfAttribute("residence.landlord")
    commune = factory.SelfAttribute("residence.commune")
    reference = factory.Sequence(lambda n: f"AUTRE{n}")


class AddressFactory(_Factory):
    class Meta:
        model = Address

    residence = factory.SubFactory(ResidenceFactory)
    landlord = factory.SelfAttribute("residence.landlord")
    commune = factory.SelfAttribute("residence.commune")
    label = factory.Sequence(lambda n: f"{1000 + n % 8000} rue des Essais")
    match_key = factory.LazyAttribute(lambda o: match_key(o.label))
    dwellings = 20
    longitude = factory.Sequence(lambda n: 2.0 + n % 1000 * 0.001)
    latitude = 48.0


class _Placed(_Factory):
    residence = factory.SelfAttribute("address.residence")
    landlord = factory.SelfAttribute("residence.landlord")
    commune = factory.SelfAttribute("residence.commune")


class IncidentFactory(_Placed):
    class Meta:
        model = Incident

    class Params:
        code = "NOISE"

    address = factory.SubFactory(AddressFactory)
    fact_type = factory.LazyAttribute(lambda o: FactType.objects.get(code=o.code))
    day = dt.date(2026, 3, 1)


class UnplacedFactFactory(_Factory):
    """A fact to place, near ``address``."""

    class Meta:
        model = UnplacedFact

    class Params:
        code = "NOISE"
        address = None

    landlord = factory.LazyAttribute(lambda o: o.address.landlord)
    candidates = factory.LazyAttribute(lambda o: [o.address.pk])
    fact_type = factory.LazyAttribute(lambda o: FactType.objects.get(code=o.code))
    day = dt.date(2026, 3, 1)
    source = "police"
    way = "nearest"
    written = "1 rue Voisine"


class NarrativeFactory(_Factory):
    class Meta:
        model = Narrative

    incident = factory.SubFactory(IncidentFactory)
    text = "Porte du hall forcée."


class StandingObservationFactory(_Placed):
    class Meta:
        model = StandingObservation

    class Params:
        code = "PETTY_DEALING"

    address = factory.SubFactory(AddressFactory)
    fact_type = factory.LazyAttribute(lambda o: FactType.objects.get(code=o.code))
    frequency = 3
    since = dt.date(2026, 1, 1)


class ConfirmationFactory(_Factory):
    class Meta:
        model = Confirmation

    observation = factory.SubFactory(StandingObservationFactory)
    day = dt.date(2026, 3, 1)


class DisruptionFactory(_Placed):
    class Meta:
        model = Disruption

    address = factory.SubFactory(AddressFactory)
    service = "lift"
    extent = "partial"
    starts_on = dt.date(2026, 2, 1)
    seen_at = factory.LazyFunction(timezone.now)


class CircleFactory(_Factory):
    class Meta:
        model = Circle

    territory = factory.SubFactory(TerritoryFactory)
    name = factory.Sequence(lambda n: f"Cellule {n}")
    purpose = "Tranquillité résidentielle"
    precision = "address"
    starts_on = LONG_AGO


class CharterFactory(_Factory):
    class Meta:
        model = Charter

    territory = factory.SubFactory(TerritoryFactory)
    number = 1
    text = "Ce qui se dit ici y reste."


class MandateFactory(_Factory):
    class Meta:
        model = Mandate

    circle = factory.SubFactory(CircleFactory)
    territory = factory.SelfAttribute("circle.territory")
    user = factory.SubFactory(UserFactory)
    starts_on = LONG_AGO

    @factory.lazy_attribute
    def membership(self):
        return self.user.memberships.filter(role=Role.PARTNER).order_by("pk").first()

    @factory.lazy_attribute
    def organisation(self):
        return self.membership and self.membership.organisation
