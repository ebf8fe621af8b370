"""Say which addresses need a second factor given within 15 minutes, and of whom."""

from accounts.enums import Role

_ALL = frozenset(Role)
_ACROSS = frozenset({Role.COORDINATOR, Role.PARTNER})
_COORDINATOR = frozenset({Role.COORDINATOR})

FRESH = {
    **dict.fromkeys(
        ("partners:note_document", "partners:copy_document", "classification:workshop_minutes"), _ALL
    ),
    **dict.fromkeys(("partners:notes", "partners:publication"), _ACROSS),
    **dict.fromkeys(
        (
            "incidents:export", "incidents:observations", "incidents:disruptions", "classification:export",
            "classification:indicators_export", "classification:simulator_export", "classification:campaign_comparison_export",
            "classification:watch_export", "classification:territory_history_export",
        ), _COORDINATOR,
    ),
    **dict.fromkeys(("accounts:create_token", "accounts:revoke_token"), _ALL),
    **dict.fromkeys(
        (
            "accounts:invite", "accounts:add_membership", "accounts:end_membership", "accounts:set_active",
            "accounts:confirm_proposal", "accounts:withdraw_proposal", "accounts:invitation_link",
        ),
        _ALL,
    ),
    **dict.fromkeys(
        ("sites:sign_agreement", "sites:answer_agreement", "sites:agreement_communes", "sites:end_agreement"), _ALL
    ),
    **dict.fromkeys(("partners:mandate_create", "partners:mandate_end", "partners:charter_write", "partners:circle_precision", "partners:plenary_prepare"), _ALL),
    **dict.fromkeys(("mfa_remove", "mfa_generate_recovery_codes", "accounts:ask_factor_reset", "accounts:answer_factor_reset"), _ALL),
}  # fmt: skip

# Addresses whose names sound alike, and why they need none.
NEED_NONE = {
    "accounts:accept_offer": "its person takes the role, and is asked for a factor by it",
    "accounts:refuse_offer": "its person wants less",
    "accounts:offers": "what is proposed to oneself",
    "accounts:invite_again": "the same mail to the same person",
    "accounts:send_proposal_again": "the same mail to the same person",
    "accounts:note_proposal": "that somebody has read it",
    "accounts:proposal": "a page without content",
    "accounts:tokens": "a list of names",
    "accounts:journal_export": "the own organisation's",
    "classification:history_export": "the own landlord's, as its lead reads it",
    "sites:agreement": "the page that leads to the rest",
    "sites:agreements": "a list",
    "partners:plenary_document": "what it says is for everybody to read",
    "partners:copy_revoke": "it closes, and may be urgent",
    "mfa_view_recovery_codes": "django-allauth asks for it",
}
SOUND_ALIKE = r"token|proposal|offer|invit|membership|agreement|mandate|cop(y|ies)|document|export|codes"
