"""The breakages, a module for each kind."""

from tests.mutants.breakages import (
    access,
    addresses,
    agreements,
    chain,
    compared,
    decisions,
    decisions_of_levels,
    engine,
    factors,
    facts,
    files,
    foresight,
    governance,
    identity,
    indicators,
    journal,
    lasting,
    mails,
    once,
    plenary,
    policies,
    precision,
    retention,
    righted,
    seal,
    told,
    withdrawals,
)

MUTANTS = (
    *policies.MUTANTS, *seal.MUTANTS, *journal.MUTANTS, *chain.MUTANTS, *factors.MUTANTS, *engine.MUTANTS, *access.MUTANTS, *once.MUTANTS, *files.MUTANTS,
    *identity.MUTANTS, *facts.MUTANTS, *lasting.MUTANTS, *mails.MUTANTS, *withdrawals.MUTANTS, *decisions.MUTANTS,
    *told.MUTANTS, *agreements.MUTANTS, *retention.MUTANTS, *addresses.MUTANTS,
    *righted.MUTANTS, *indicators.MUTANTS, *decisions_of_levels.MUTANTS, *precision.MUTANTS, *plenary.MUTANTS, *governance.MUTANTS,
    *foresight.MUTANTS, *compared.MUTANTS,
)  # fmt: skip
