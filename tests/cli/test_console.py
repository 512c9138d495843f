"""What commands print: tables for people and pipes, progress on stderr."""

from __future__ import annotations

from workbench.cli.console import print_table, remark, watch


def test_a_table_in_a_pipe_is_not_folded(capsys):
    path = "/bills/" + "x" * 400 + ".csv"
    print_table(("File", "Rows"), [(path, "1,284"), ("b.csv", None)], right=("Rows",))
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert [line.split()[0] for line in lines if "─" not in line] == ["File", path, "b.csv"]
    assert lines[-1].endswith("–")


def test_cells_are_text_and_nothing_else(capsys):
    print_table(("Tag",), [("[bold]loud[/bold]",), ("\x1b[2J",)])
    shown = capsys.readouterr().out
    assert "[bold]loud[/bold]" in shown
    assert "\x1b" not in shown


def test_amounts_keep_their_no_break_space(capsys):
    print_table(("Cost",), [("NOK\N{NO-BREAK SPACE}30.00",)])
    assert "NOK\N{NO-BREAK SPACE}30.00" in capsys.readouterr().out


def test_remarks_go_to_stderr(capsys):
    remark("Careful")
    assert capsys.readouterr() == ("", "Careful\n")


def test_without_a_terminal_only_messages_are_written(capsys):
    with watch() as progress:
        progress.step("Reading", total=2)
        progress.advance(1, detail="a.csv")
        progress.message("b.csv was refused")
    assert capsys.readouterr() == ("", "b.csv was refused\n")


def test_quiet_writes_nothing(capsys):
    with watch(quiet=True) as progress:
        progress.step("Reading")
        progress.message("b.csv was refused")
    assert capsys.readouterr() == ("", "")
