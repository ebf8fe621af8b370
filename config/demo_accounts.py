"""The accounts of the demonstration, which its login page lists. Nothing here is secret."""

from dataclasses import dataclass

from accounts.enums import Role

DEMO_PASSWORD = "demonstration-palier"  # noqa: S105 - shown to everybody


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody of the fiction one may log in as."""

    role: Role
    email: str
    full_name: str
    organisation: str
    password: str = DEMO_PASSWORD


DEMO_ACCOUNTS = (
    DemoAccount(Role.AGENT, "agent@demonstration.invalid", "Lilas Fictive", "Brumeval Habitat"),
    DemoAccount(Role.LEAD, "referent@demonstration.invalid", "Octave Imaginaire", "Brumeval Habitat"),
    DemoAccount(
        Role.COORDINATOR, "coordination@demonstration.invalid", "Sidonie Invention", "Brumeval Agglomération"
    ),
    DemoAccount(Role.PARTNER, "partenaire@demonstration.invalid", "Côme Légende", "Commissariat de Brumeval"),
    DemoAccount(Role.ADMIN, "admin@demonstration.invalid", "Irène Fabula", "Exploitant de la démonstration"),
    DemoAccount(Role.DPO, "dpo@demonstration.invalid", "Basile Conte", "Brumeval Habitat"),
)
