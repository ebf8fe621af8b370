"""Test every policy of the migrated schema with a static analyser."""

import json
import subprocess
import sys
from pathlib import Path

from config.database import embedded_url
from tests.test_perimeter import OPEN, READ_BY_ALL

# Rules that do not fit here, and why.
DISABLED = {
    "PERF003": "speed is measured with the policies in force, in benchmarks/",
    "SEC013": "triggers of pgtrigger and pghistory run as the invoking role, under its policies",
    "SEC003": "policies bind PUBLIC on purpose: any role of an operator is bound by the same scope",
    "SEC005": "rows that only a named system scope writes are admitted by that scope alone",
    "SEC007": "every policy is permissive: without a scope none of them admits a row",
}
# What everybody reads, by a policy that admits every row.
ADMITTING_ALL = tuple(f"{table}.{table.split('_', 1)[1]}_select" for table in READ_BY_ALL)
# Functions that run as the owner, because nobody else may write what they write. Those of the journal link entries and
# erase what is old; they return numbers. `palier_keep_kind` reads which tables name an
# organisation, `palier_officer_confirms` whether anybody but its officer confirms a role there. Those of the scope demand the seal of the application, or tell of the scope that
# is open. `palier_shared_anywhere` tells of the territories in that scope alone, `palier_adoption_awaits` a number.
OF_THE_OWNER = (
    "palier_ask_for_link", "palier_link_entries", "palier_cut_journals",
    "palier_step", "palier_enter", "palier_leave", "palier_user", "palier_organisation", "palier_system", "palier_is_system",
    "palier_today", "palier_ids", "palier_shared_anywhere", "palier_own_account_entries",
    "palier_keep_kind", "palier_officer_confirms", "palier_adoption_awaits",
)  # fmt: skip
# Policies for the owner alone, as whom the functions that work out a scope run.
FOR_THE_OWNER = (
    "sites_agreementterms.terms_for_sharing", "sites_sharingagreement.agreement_for_sharing",
    "sites_territory.territory_for_sharing",
)  # fmt: skip


def test_policies_pass_the_analyser(superuser_uri, template_database, tmp_path):
    config = tmp_path / "pgrls.toml"
    config.write_text(
        f"[lint]\ndisable = {json.dumps(sorted(DISABLED))}\n"
        f"[lint.rules.SEC001]\nallowlist = {json.dumps([f'public.{name}' for name in OPEN])}\n"
        f"[lint.rules.SEC014]\nallowlist = {json.dumps([f'public.{name}' for name in OF_THE_OWNER])}\n"
        f"[lint.rules.SEC008]\nallowlist = {json.dumps([f'public.{name}' for name in FOR_THE_OWNER + ADMITTING_ALL])}\n"
        f"[lint.rules.SEC038]\nallowlist = {json.dumps([f'public.{name}' for name in FOR_THE_OWNER + ADMITTING_ALL])}\n",
        encoding="utf-8",
    )
    url = embedded_url(superuser_uri, template_database, "postgres")
    program = Path(sys.executable).with_name("pgrls")
    command = [program, "lint", "--config", config, "--database-url", url]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
