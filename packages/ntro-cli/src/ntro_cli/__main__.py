"""`python -m ntro_cli`: the command line; with `reference` or `schema` what it is, for the documentation."""

import json
import sys

from ntro_cli.main import main


def write(what: str) -> None:
    """Writes the reference as Markdown, or the schemas of the documents as JSON."""
    if what == "reference":
        from ntro_cli.reference import reference  # noqa: PLC0415 - loads every command

        sys.stdout.write(reference())
        return
    from ntro_cli.documents import schemas  # noqa: PLC0415 - loads every model

    json.dump(schemas(), sys.stdout, indent=2, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")


if sys.argv[1:] in (["reference"], ["schema"]):
    write(sys.argv[1])
else:
    main()
