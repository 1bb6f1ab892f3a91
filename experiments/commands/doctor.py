"""`etude doctor`."""

from __future__ import annotations

from pathlib import Path


def doctor() -> None:
    """Look at versions, cores, memory, disk, devices and the network settings.

    Exit status 1 if something that Etude needs is missing.
    """
    import typer
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from experiments.doctor import examine

    styles = {"ok": "green", "note": "yellow", "missing": "bold red"}
    console = Console()
    with console.status("importing torch and Ray"):
        findings = list(examine(Path.cwd()))
    table = Table("", "here", "needed", "", "remark", box=None, pad_edge=False)
    for finding in findings:
        cells = (finding.what, finding.here, finding.expected, finding.verdict, finding.remedy)
        table.add_row(*(Text(cell) for cell in cells), style=styles[finding.verdict])
    console.print(table)
    missing = [finding.what for finding in findings if finding.verdict == "missing"]
    if missing:
        console.print(Text(f"missing: {', '.join(missing)}"))
        raise typer.Exit(1)
    console.print("everything needed is here")
