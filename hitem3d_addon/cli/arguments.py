# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of the command line, and its help."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

from ..core.choices import (
    PART_FORMATS,
    PEG_CLEARANCE,
    PEG_SHAPES,
    TARGETS,
    THREE_MF,
    UNITLESS,
    PartsChoice,
    Placement,
)
from ..core.task import SegLevel
from ..core.tasks.workflow import WAIT_BUDGET
from ..core.values import UNFINISHED, OutputFormat, TaskState
from .exit_codes import MEANINGS

_ABOUT = "Cut models into parts with the Hitem3D cloud service. Each model that is sent costs API credits."

_ENVIRONMENT = """environment variables:
  HITEM3D_ACCESS_KEY, HITEM3D_SECRET_KEY, HITEM3D_TOKEN   your account
  HITEM3D_HOME       the folder with the task list; machines that share it pay for no model twice
  HITEM3D_API_URL    the service's address"""

_SEGMENT = """MODEL is a .glb, .obj or .stl file, which is sent as it is, or a .blend file. Of a .blend file, and of the
open scene where no MODEL is given, the objects named by --objects are sent, else the active object.

A model that was sent before, with the same --seg-level and --format, is not sent again. So run the same command again
to go on after an interruption, or to get the results anew.

examples:
  {prog} segment models/*.glb --out parts/ --jobs 10
  {prog} segment statue.blend --objects "Body*" --apply-parts FACE_SETS --save
  {prog} segment chair.stl --out parts/ --export-parts obj
  {prog} segment --url https://example.com/rock.glb --out parts/"""

_LEDGER = """No page says what a task costs, so the ledger is worked out from the balances before and after each task.
Where several tasks were on their way at once, or somebody else used the account, it says what is not known."""

_TASKS = "TASK is a task id, or the uid that `list` shows. Without one it is the tasks of the open scene's objects."


def parse(arguments: Sequence[str], prog: str) -> argparse.Namespace:
    """What the command line asks for. Exits with 0 after --help, and with 2 and a message for what is wrong."""
    parser = _parser(prog)
    options = parser.parse_args(arguments)
    if options.command == "segment":
        _check_segment(parser, options)
    if options.command == "balance" and options.csv and not options.ledger:
        parser.error("--csv is for --ledger")
    if options.command == "balance" and options.csv and options.json:
        parser.error("give --csv or --json, not both")
    if options.command in ("segment", "import"):
        _check_import(parser, options)
    return options


def _parser(prog: str) -> argparse.ArgumentParser:
    codes = "\n".join(f"  {code:>3}  {meaning}" for code, meaning in MEANINGS.items())
    parser = argparse.ArgumentParser(
        prog=prog,
        description=_ABOUT,
        epilog=f"{prog} SUB --help tells more, with an example.\n\n{_ENVIRONMENT}\n\nexit codes:\n{codes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subs = parser.add_subparsers(dest="command", metavar="SUB", required=True)

    def sub(name: str, about: str, epilog: str) -> argparse.ArgumentParser:
        one = subs.add_parser(
            name,
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            epilog=epilog.replace("{prog}", prog),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        output = one.add_argument_group("output")
        output.add_argument(
            "--json", action="store_true", help="print one JSON object a line on standard output, and nothing else"
        )
        output.add_argument("--json-file", type=Path, metavar="PATH", help="write the JSON lines to this file")
        return one

    _add_segment(sub("segment", "send models and bring their parts back", _SEGMENT))
    _add_task_commands(sub)
    return parser


def _add_task_commands(sub: Callable[[str, str, str], argparse.ArgumentParser]) -> None:
    """The commands on tasks that were sent already, and on the account."""
    example = "example:\n  {prog} "
    one = sub(
        "status",
        "ask how far tasks are; the exit code is 0 when the parts are ready, 7 before",
        f"{_TASKS}\n\n{example}status segmentation_20260312_8f92ab3e1cde --json",
    )
    _add_tasks(one)
    one.add_argument("--task-id", metavar="ID", help="for an uncertain task: its id, as you found it on the website")

    one = sub("wait", "wait until the parts of tasks are ready", f"{_TASKS}\n\n{example}wait --timeout 1800")
    _add_tasks(one)
    _add_waiting(one)

    one = sub(
        "import",
        "import the parts of tasks into the open scene, where their objects are",
        f"{_TASKS}\n\nexample:\n  blender statue.blend --command hitem3d import --wait --save",
    )
    _add_tasks(one)
    one.add_argument("--wait", action="store_true", help="wait until the service is done")
    _add_waiting(one)
    _add_import(one)
    one.set_defaults(importing=True)

    one = sub("download", "download the results of tasks", f"{_TASKS}\n\n{example}download --out parts/")
    _add_tasks(one)
    one.add_argument("--wait", action="store_true", help="wait until the service is done")
    _add_waiting(one)
    one.add_argument("--out", type=Path, metavar="DIR", help="folder to copy the results to")

    one = sub(
        "balance",
        "say whether the keys work, and what is left to spend",
        f"{_LEDGER}\n\n{example}balance --ledger --csv > ledger.csv",
    )
    one.add_argument("--ledger", action="store_true", help="what each task cost, without asking the service")
    one.add_argument("--csv", action="store_true", help="the ledger as CSV")
    one = sub("list", "show the task list", example + "list --state uncertain")
    states = [state.value for state in TaskState]
    one.add_argument("--state", choices=states, action="append", help="only tasks in this state; may be repeated")
    one = sub(
        "forget",
        "take tasks out of the list and delete their files here; at the service nothing changes",
        f"{_TASKS}\n\n{example}forget segmentation_20260312_8f92ab3e1cde",
    )
    _add_tasks(one)


def _add_tasks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="task ids or uids")
    _add_objects(parser)


def _add_objects(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--objects", action="append", metavar="PATTERN", help='objects by name, such as "Rock*"; may be repeated'
    )


def _add_waiting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--timeout",
        type=float,
        default=WAIT_BUDGET,
        metavar="SECONDS",
        help="how long to wait for each task (default: %(default)g)",
    )


def _add_import(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("import")
    add = group.add_argument
    add(
        "--apply-parts",
        choices=TARGETS,
        metavar="TARGET",
        type=str.upper,
        help=f"put the parts on the original: {', '.join(TARGETS)}",
    )
    add(
        "--parts",
        choices=get_args(PartsChoice),
        type=str.upper,
        default="AUTO",
        help="how the parts are told apart in the file (default: AUTO)",
    )
    add(
        "--placement",
        choices=get_args(Placement),
        type=str.upper,
        default="AUTO",
        help="where the parts go; AS_DELIVERED trusts the file's coordinates (default: AUTO)",
    )
    add("--hide-source", action="store_true", help="hide the object that was segmented")
    add("--parent", action="store_true", help="make the parts children of the object that was segmented")
    add("--save", action="store_true", help="save the .blend; of a model file, as DIR/<name>.blend")
    add("--save-as", type=Path, metavar="FILE", help="save the open scene as this .blend")
    add("--out", type=Path, metavar="DIR", help="folder for the results, <name>.<format>")
    add(
        "--export-parts",
        choices=PART_FORMATS,
        metavar="FORMAT",
        type=str.lower,
        help=f"write each part to DIR/<name>/<part>.<format>, or as 3mf all to DIR/<name>/<name>.3mf: "
        f"{', '.join(PART_FORMATS)}",
    )
    add("--close", action="store_true", help="close the parts where they were cut")
    add(
        "--clearance",
        type=_length,
        default=0.0,
        metavar="MM",
        help="with --close: how far neighbours are apart, in millimetres (default: 0)",
    )
    add("--close-openings", action="store_true", help="with --close: close what is open in the original, too")
    add(
        "--pegs",
        choices=PEG_SHAPES,
        type=str.upper,
        default="",
        metavar="SHAPE",
        help=f"with --close: give the cuts pegs and holes, where one can hold: {', '.join(PEG_SHAPES)}",
    )
    add("--millimetres", action="store_true", help="write stl and obj parts in millimetres, as 3mf always is")


def _add_segment(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("models", nargs="*", type=Path, metavar="MODEL", help="model files; none: objects of the open scene")
    add("--url", default="", metavar="ADDRESS", help="a model in the web, which the service fetches")
    _add_objects(parser)
    add("--together", action="store_true", help="send the objects of a scene as one model, in one task")
    add(
        "--seg-level",
        choices=[level.value for level in SegLevel],
        type=str.lower,
        default="medium",
        help="how finely to cut (default: medium)",
    )
    add(
        "--format",
        choices=[one.name.lower() for one in OutputFormat],
        type=str.lower,
        default="glb",
        help="the kind of file that comes back (default: glb)",
    )
    add("--callback-url", default="", metavar="ADDRESS", help="a web address of yours that is told when it is done")
    add("--include-materials", action="store_true", help="send an object's materials and textures too")
    add("--wait", action="store_true", help="wait for the parts; implied by what needs them")
    _add_waiting(parser)
    add(
        "--jobs",
        type=_positive,
        metavar="N",
        help=f"tasks under way at a time (default: {UNFINISHED}, and more while the service takes more)",
    )
    sending = parser.add_mutually_exclusive_group()
    sending.add_argument("--again", action="store_true", help="send even what was sent before, and pay for it again")
    sending.add_argument(
        "--no-retry", action="store_true", help="do not send again what failed at the service and was refunded"
    )
    add("--import", dest="importing", action="store_true", help="import the parts, where the object is")
    _add_import(parser)


def _check_segment(parser: argparse.ArgumentParser, options: Any) -> None:
    if options.models and options.url:
        parser.error("give model files or --url, not both")
    for model in options.models:
        if model.suffix.lower() not in (".glb", ".obj", ".stl", ".blend"):
            parser.error(f"{model} is not a model that can be sent: give .glb, .obj, .stl or .blend files")
        if not model.is_file():
            parser.error(f"there is no file {model}")
    if options.models and options.save_as:
        parser.error("--save-as is for the open scene; with model files use --save")
    if options.url and options.apply_parts:
        parser.error("--apply-parts needs the object itself, not an address")
    plain = [model for model in options.models if model.suffix.lower() != ".blend"]
    if plain and options.apply_parts:
        parser.error(f"--apply-parts needs an object of a scene; {plain[0]} is no .blend file")
    if plain and (options.importing or options.save) and not (options.save and options.out):
        parser.error(f"to import the parts of {plain[0]}, give --save and --out: they are saved as DIR/<name>.blend")
    if options.models and not plain and options.importing and not (options.save or options.export_parts):
        parser.error("what is imported into .blend files is lost without --save")


def _check_import(parser: argparse.ArgumentParser, options: Any) -> None:
    options.importing = bool(options.importing or options.apply_parts)
    if options.save and options.save_as:
        parser.error("give --save or --save-as, not both")
    if options.export_parts and not options.out:
        parser.error("--export-parts needs --out, the folder that the parts go to")
    if (options.clearance or options.close_openings or options.pegs) and not options.close:
        parser.error("--clearance, --close-openings and --pegs are for --close")
    if options.pegs and options.clearance:
        parser.error(
            f"--pegs needs cuts that lie on each other: leave --clearance out; the holes are {PEG_CLEARANCE} mm wider"
        )
    if options.close and not (options.importing or options.export_parts):
        parser.error("--close is for parts that are imported or exported: give --import or --export-parts, too")
    if options.millimetres and options.export_parts not in (THREE_MF, *UNITLESS):
        parser.error("--millimetres is for --export-parts with stl, obj or 3mf; the others have units of their own")


def _length(text: str) -> float:
    try:
        length = float(text)
    except ValueError:
        length = -1.0
    if not 0 <= length < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is no length in millimetres")
    return length


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return int(text)
