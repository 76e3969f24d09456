# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``segment``: model files, or objects of a scene, to parts."""

from __future__ import annotations

import contextlib
import os
from argparse import Namespace
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path, PurePath

import bpy

from ..core.errors import Hitem3DError, InputError
from ..core.model_file import check_blend, check_model
from ..core.task import SegLevel, SegmentationRequest
from ..core.tasks.outcome import Goal, Model, Outcome, make_failure
from ..core.tasks.workflow import Cancelled
from ..core.values import OutputFormat
from ..export.part_files import check_exporter
from ..export.solids import millimetres
from ..receive.importers import check_importer
from ..send import submission
from ..session import connection
from .exit_codes import ExitCode
from .out_folder import check_writable
from .output import Output
from .part_export import Sent, exported_parts, sent_file, treatment
from .run import Run, copy_result, open_run
from .scene import chosen_objects, file_name, import_into_scene, in_window, open_file, save_file


def segment(options: Namespace, output: Output, stop: Cancelled) -> ExitCode:
    """Send what the arguments ask for, once, and do with the parts what they ask for. Raises a Hitem3DError."""
    asked = SegmentationRequest(
        seg_level=SegLevel(options.seg_level),
        format=OutputFormat[options.format.upper()],
        mesh_url=options.url.strip(),
        callback_url=options.callback_url.strip(),
    )
    if options.importing or options.export_parts:
        check_importer(asked.format)
    if options.export_parts:
        check_exporter(options.export_parts)
    blends = [file for file in options.models if file.suffix.lower() == ".blend"]
    in_scene = blends if options.importing or options.save else []
    places = _choose_places(options.models)
    current = connection.current()
    for file in options.models:
        if file in blends:
            check_blend(file)
        elif file.stat().st_size <= current.site.upload_limit:  # larger ones fail by themselves, and the rest goes on
            check_model(file)
    check_writable(_find_targets(options, places))
    current.check_upload()
    with open_run(options, output, stop) as run:
        run.worker.client.learn_scheme()  # costs nothing, and fails now if every model would
        if not options.models:
            if options.save and not bpy.data.filepath:
                raise InputError("The open scene has no file yet. Say with --save-as where to save it.")
            target = options.save_as or (Path(bpy.data.filepath) if options.save else None)
            with in_window():
                _SceneSegmentation(run, current, asked, PurePath(), target).work()
            return run.summary()
        run.total = len(options.models)
        plain = [file for file in options.models if file not in in_scene]
        if plain:
            _FileSegmentation(run, current, asked, places).work(plain)
        for file in in_scene:
            if run.stopped:
                break
            target = options.out / places[file].with_suffix(".blend") if options.out else file
            try:
                open_file(file)
                with in_window():
                    _SceneSegmentation(run, current, asked, places[file], target if options.save else None).work()
            except Hitem3DError as error:
                run.each(_goal(options), [make_failure(file.name, "", error)], lambda _: (), timeout=0.0)
        return run.summary()


def _find_targets(options: Namespace, places: dict[Path, PurePath]) -> list[Path]:
    """The files that the options want written, as far as their names are known."""
    suffix = f".{options.format}"
    targets = [options.save_as] if options.save_as else []
    if not options.out:
        return targets
    for place in places.values() or [PurePath("model")]:
        target = options.out / place
        targets.append(target.with_name(f"{target.name}{suffix}"))
        if options.export_parts:
            targets.append(target / f"part.{options.export_parts}")
    return targets


def _goal(options: Namespace) -> Goal:
    if options.out or options.importing or options.export_parts:
        return Goal.FETCHED
    return Goal.READY if options.wait else Goal.SENT


def _choose_places(files: Sequence[Path]) -> dict[Path, PurePath]:
    """Where the results of each model go, below --out: by its name, or by its path if two have the same name.

    Raises InputError where two models would have the same place.
    """
    names = [file.stem for file in files]
    if len(set(names)) == len(names):
        return {file: PurePath(name) for file, name in zip(files, names, strict=True)}
    whole = [file.absolute() for file in files]
    above = os.path.commonpath([file.parent for file in whole])
    places: dict[Path, PurePath] = {}
    for file, path in zip(files, whole, strict=True):
        places[file] = path.relative_to(above).with_suffix("")
    if len(set(places.values())) < len(files):
        raise InputError("Two of the models would have the same name. Give each of them once, and rename one of them.")
    return places


class _FileSegmentation:
    """Model files that need no scene afterwards, a .blend only as long as its objects are being exported."""

    def __init__(
        self, run: Run, current: connection.Connection, asked: SegmentationRequest, places: dict[Path, PurePath]
    ) -> None:
        self._run = run
        self._current = current
        self._asked = asked
        self._places = places
        self._place_of: dict[str, tuple[PurePath, Sent]] = {}
        """Of the models under way, by uid."""

    def work(self, files: Sequence[Path]) -> None:
        options = self._run.options
        with contextlib.closing(self._models(files)) as models:
            self._run.each(_goal(options), models, self._deliver, timeout=options.timeout)

    def _models(self, files: Sequence[Path]) -> Generator[Model | Outcome, None, None]:
        for file in files:
            try:
                if file.suffix.lower() == ".blend":
                    yield from self._of_blend(file)
                    continue
                request = self._asked._replace(mesh=file.absolute())
                request.check(self._current.site.upload_limit)
                model = Model(file.stem, request, request.content())
            except Hitem3DError as error:
                yield make_failure(file.name, "", error)
                continue
            self._place_of[model.uid] = self._places[file], sent_file(file)
            yield model

    def _of_blend(self, file: Path) -> Iterator[Model]:
        open_file(file)
        with in_window():
            submissions = _prepare(self._run, self._current, self._asked)
        self._run.total += len(submissions) - 1
        place, sent = self._places[file], Sent(millimetres(bpy.context.scene), ".blend")
        for one in submissions:
            its_place = place if len(submissions) == 1 else place / file_name(one.name)
            self._place_of[one.uid] = its_place, sent
        with submission.discarding(self._current, submissions):
            yield from _take_models(submissions)

    def _deliver(self, outcome: Outcome) -> Sequence[Path]:
        known = self._place_of.pop(outcome.uid, None)
        options = self._run.options
        if outcome.kind or outcome.file is None or outcome.task is None or known is None or not options.out:
            return ()
        place, sent = known
        target = options.out / place
        files = [copy_result(outcome.file, target.with_name(f"{target.name}{outcome.file.suffix}"))]
        if not options.importing and not options.export_parts:
            return files
        task_id, kind = outcome.task.task_id, options.export_parts
        there = exported_parts(target, task_id, kind, treatment(options), in_millimetres=options.millimetres)
        if there and not options.importing:
            return [*files, *there]
        open_file(None)
        with in_window():
            files += import_into_scene(self._run, outcome.task, outcome.file, [], target, sent=sent)
        if options.importing:
            files.append(save_file(target.with_name(f"{target.name}.blend")))
        return files


class _SceneSegmentation:
    """Objects of the open scene, with their parts beside or on them."""

    def __init__(
        self, run: Run, current: connection.Connection, asked: SegmentationRequest, place: PurePath, save: Path | None
    ) -> None:
        self._run = run
        self._current = current
        self._asked = asked
        self._place = place
        self._save = save

    def work(self) -> None:
        """Raises a Hitem3DError before anything is sent."""
        options = self._run.options
        submissions = _prepare(self._run, self._current, self._asked)
        count = len(submissions)
        self._several = count > 1
        self._submissions = {one.uid: one for one in submissions}
        self._run.total += count - bool(self._place.name)
        with submission.discarding(self._current, submissions):
            self._run.each(_goal(options), _take_models(submissions), self._deliver, timeout=options.timeout)
        if self._save and len(self._submissions) < count:
            save_file(self._save)

    def _deliver(self, outcome: Outcome) -> Sequence[Path]:
        one = self._submissions.pop(outcome.uid)
        if outcome.task and (outcome.task.task_id or outcome.kind == "UncertainError"):
            submission.mark(one, outcome.task)
        if outcome.kind or outcome.file is None or outcome.task is None:
            return ()
        options = self._run.options
        files: list[Path] = []
        target = None
        if options.out:
            place = self._place / file_name(one.name) if self._several or not self._place.name else self._place
            target = options.out / place
            files.append(copy_result(outcome.file, target.with_name(f"{target.name}{outcome.file.suffix}")))
        if options.importing or options.export_parts:
            files += import_into_scene(self._run, outcome.task, outcome.file, one.objects, target)
        return files


def _prepare(run: Run, current: connection.Connection, asked: SegmentationRequest) -> list[submission.Submission]:
    options = run.options
    groups = [] if asked.mesh_url else chosen_objects(bpy.context, options.objects, together=options.together)
    return submission.prepare(bpy.context, current, asked, source=groups, include_materials=options.include_materials)


def _take_models(submissions: list[submission.Submission]) -> Iterator[Model]:
    """What is to be sent, one after another, each taken out of the list before it is begun."""
    while submissions:
        one = submissions.pop(0)
        yield Model(one.name, one.request, one.content, one.uid)
