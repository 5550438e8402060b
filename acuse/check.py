"""`acuse check`: everything that can be wrong before the daemon runs, found without changing anything."""

from __future__ import annotations

from acuse.config import Loaded
from acuse.problems import Problem
from acuse.runtime import database_problem, load_policy, load_templates
from storage.database import open_database


def check(loaded: Loaded) -> list[Problem]:
    """Every mistake in desks, templates and database; the configuration file itself has been read already."""
    _, problems = load_policy(loaded)
    for file, error in load_templates(loaded).check():
        problems.append(Problem(file, "", f"the template fails with sample facts: {error}"))
    url = loaded.database_url
    database = open_database(url)
    try:
        # Looking at a SQLite database that is not there would make it; the first start does that.
        if not database.is_sqlite or database.path.exists():
            problem = database_problem(database, loaded)
            problems += [problem] if problem else []
    finally:
        database.close()
    return problems
