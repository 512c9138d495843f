"""``workbench db``: the analytics tables in PostgreSQL — make, load, describe, try out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workbench.postgres import DatabaseStatus, LoadResult, ServedLoad
    from workbench.settings import Settings

__all__ = ["register"]

_NOTHING_TO_DO = 4
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(name="db", help="The analytics tables in PostgreSQL.", no_args_is_help=True)
    group.command()(init)
    group.command()(load)
    group.command()(status)
    group.command()(trial)
    app.add_typer(group)


def init(
    print_sql: Annotated[bool, typer.Option("--print-sql", help="Print the statements and change nothing.")] = False,
    no_roles: Annotated[bool, typer.Option("--no-roles", help="Leave out the roles and their grants.")] = False,
    json: _Json = False,
) -> None:
    """Make the schema, tables, partitions, indexes, views and roles in the database of WORKBENCH_POSTGRES_URL.

    Safe to run again. Making roles needs the right to create roles; --no-roles leaves them to an administrator.
    """
    from workbench.cli.console import emit_json, remark
    from workbench.engines import server_label
    from workbench.postgres import init_statements, postgres_url
    from workbench.settings import load_settings

    settings = load_settings()
    statements = init_statements(reader_timeout_seconds=settings.query_timeout_seconds, roles=not no_roles)
    if print_sql:
        print(";\n\n".join(statements) + ";")
        return
    url = postgres_url(settings)
    _init(url, statements)
    if json:
        emit_json({"server": server_label(url), "statements": len(statements)})
    else:
        remark(f"The tables are ready in {server_label(url)}. Load the current snapshot with: workbench db load")


def _init(url: str, statements: tuple[str, ...]) -> None:
    import psycopg

    from workbench.engines import connect_postgres
    from workbench.errors import CannotRun

    with connect_postgres(url) as connection:
        try:
            for statement in statements:
                connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as exc:
            raise CannotRun(
                "This user may not make the tables",
                detail=str(exc).splitlines()[0],
                hint="Give the output of `workbench db init --print-sql` to an administrator, or try --no-roles",
            ) from exc


def load(
    snapshot: Annotated[
        str | None, typer.Option(metavar="ID", help="Snapshot to load; default: the served one.", show_default=False)
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Load it even when the database serves it already.")] = False,
    json: _Json = False,
) -> None:
    """Copy a snapshot into the database; readers see the old tables until the new ones are checked.

    Exit codes: 0 done, 1 failed and nothing changed, 4 the database serves this snapshot already.
    """
    from workbench.cli.console import emit_json
    from workbench.postgres import postgres_url
    from workbench.settings import load_settings

    settings = load_settings()
    result = _load(settings, postgres_url(settings), snapshot, again=again, quiet=json)
    if json:
        emit_json({**_load_document(result.load), "changed": result.changed, "rows": result.rows})
    if not result.changed:
        raise typer.Exit(_NOTHING_TO_DO)


def _load(settings: Settings, url: str, snapshot: str | None, *, again: bool, quiet: bool) -> LoadResult:
    from workbench.cli.console import remark, watch
    from workbench.engines import server_label
    from workbench.formats import count
    from workbench.postgres import load_snapshot
    from workbench.snapshot import SnapshotStore

    with SnapshotStore(settings).open(snapshot) as opened:
        if opened.notice:
            remark(opened.notice)
        with watch(quiet=quiet) as progress:
            result = load_snapshot(url, opened.engine.path, opened.manifest, settings, progress, again=again)
    if not quiet and result.changed:
        remark(
            f"{server_label(url)} serves snapshot {opened.manifest.id}: {count(result.rows)} rows in"
            f" {result.seconds:.1f} s, counts and totals checked"
        )
    elif not quiet:
        remark(f"{server_label(url)} serves snapshot {opened.manifest.id} already")
    return result


def status(json: _Json = False) -> None:
    """Say what the database serves: server, schema, load, rows and sizes.

    Exit codes: 0 done, 1 it does not answer, 4 nothing is loaded.
    """
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.formats import count, file_size, timestamp
    from workbench.postgres import database_status, postgres_url
    from workbench.settings import load_settings

    found = database_status(postgres_url(load_settings()))
    if json:
        emit_json(_status_document(found))
    else:
        print(f"{found.server}, PostgreSQL {found.version}")
        if found.load is not None:
            print(
                f"Serves snapshot {found.load.manifest.id} of {timestamp(found.load.manifest.created_at)}, loaded"
                f" {timestamp(found.load.loaded_at)} in {found.load.seconds:.1f} s (load {found.load.number})"
            )
            print_table(
                ("Table", "Rows", "Size"),
                [
                    (name, count(found.rows[name]), file_size(found.bytes.get(name, 0)))
                    for name in sorted(found.rows)
                    if found.rows[name]
                ],
                right=("Rows", "Size"),
            )
    if not found.initialised:
        remark("There are no analytics tables. Make them with: workbench db init")
    elif found.load is None:
        remark("Nothing is loaded. Load the current snapshot with: workbench db load")
    if found.load is None:
        raise typer.Exit(_NOTHING_TO_DO)


def trial(json: _Json = False) -> None:
    """Run a PostgreSQL of one's own under the home folder, with the served snapshot, and say how to use it.

    The server goes on running in the background; running this again finds it.
    """
    from workbench.cli.console import emit_json, remark
    from workbench.postgres import init_statements, start_trial
    from workbench.settings import load_settings

    settings = load_settings()
    with start_trial(settings.home / "postgres", keep_running=True) as server:
        _init(server.url, init_statements(reader_timeout_seconds=settings.query_timeout_seconds))
        result = _load(settings, server.url, None, again=False, quiet=json)
    if json:
        emit_json({"url": server.url, **_load_document(result.load)})
        return
    remark("Open the app on it with:")
    print(f'WORKBENCH_SOURCE=postgres WORKBENCH_POSTGRES_URL="{server.url}" workbench run')


def _load_document(load: ServedLoad) -> dict[str, object]:
    return {
        "load": load.number,
        "snapshot": load.manifest.id,
        "schema_version": load.schema_version,
        "loaded_at": load.loaded_at,
        "seconds": load.seconds,
        "totals": load.manifest.totals,
    }


def _status_document(found: DatabaseStatus) -> dict[str, object]:
    return {
        "server": found.server,
        "version": found.version,
        "initialised": found.initialised,
        "load": _load_document(found.load) if found.load else None,
        "rows": found.rows,
        "bytes": found.bytes,
    }
