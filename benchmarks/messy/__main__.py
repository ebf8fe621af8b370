"""Judge messy files and say what is wrong: ``python -m benchmarks.messy [files] [first seed]``."""

import sys

from benchmarks.database import prepare


def main(files: int, first: int) -> int:
    """Judge about so many files; return 1 if a row is wrong or unaccounted for."""
    prepare("bench_messy")
    import django

    django.setup()
    from core.limits import long_work

    from .judge import judge, plant

    with long_work():
        verdict = judge(range(first, first + files // 2), *plant())
    for note in verdict.notes[:60]:
        print(note)
    for reason, rows in verdict.reasons.most_common(30):
        print(f"{rows:6} {reason}")
    print(
        f"{verdict.files} files, {verdict.suggested} of them understood by their titles alone: {dict(verdict.rows)}"
    )
    return int(bool(verdict.rows["wrong"] + verdict.rows["lost"]))


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]] + [300, 1][len(sys.argv) - 1 :]
    raise SystemExit(main(*numbers))
