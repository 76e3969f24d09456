// SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A Flamenco job type: cut models into parts with Hitem3D, a task for each batch of models.
//
// Put this file into the folder `scripts` beside flamenco-manager. The workers need the add-on, the keys and one shared
// data folder in their environment (HITEM3D_ACCESS_KEY, HITEM3D_SECRET_KEY, HITEM3D_HOME): keys are never part of a job.
//
// Flamenco gives a failed task to up to three workers, one after the other, and a job type can't forbid that. It is never
// a payment: with the shared data folder a model that was sent, or may have been sent, is not sent again by any of them,
// and --no-retry keeps even those back that failed at the service and were refunded.

const JOB_TYPE = {
    label: "Hitem3D Segment",
    description: "Cut model files into parts with Hitem3D. Each model costs API credits.",
    settings: [
        { key: "models", type: "string", required: true,
          description: "Paths of the model files (.glb, .obj, .stl, .blend) as the workers see them, one a line or separated by ;" },
        { key: "out", type: "string", subtype: "dir_path", required: true,
          description: "Folder for the results, as the workers see it" },
        { key: "batch_size", type: "int32", default: 10, visible: "submission",
          description: "Models in one task" },
        { key: "jobs", type: "int32", default: 2,
          description: "Models that one task has at the service at a time. All workers share the account's limit, 10 by default" },
        { key: "seg_level", type: "string", choices: ["low", "medium", "high"], default: "medium",
          description: "How finely to cut" },
        { key: "format", type: "string", choices: ["glb", "obj", "stl", "fbx", "usdz"], default: "glb",
          description: "The kind of file that comes back" },
        { key: "export_parts", type: "string", choices: ["", "3mf", "glb", "obj", "stl"], default: "",
          description: "Also write each part to a file of its own, or all to one 3MF" },
    ]
};

function compileJob(job) {
    const settings = job.settings;
    const models = settings.models.split(/[;\r\n]+/).map((model) => model.trim()).filter((model) => model);
    if (!models.length) {
        throw "There are no models in this job. Give at least one path.";
    }
    if (settings.batch_size < 1 || settings.jobs < 1) {
        throw "batch_size and jobs have to be 1 or more.";
    }
    // Results are named after their models, and each task sees only its own.
    const names = new Set(models.map(nameOf));
    if (names.size < models.length) {
        throw "Two of the models have the same name, and so would their results. Rename one, or make two jobs.";
    }
    for (let first = 0; first < models.length; first += settings.batch_size) {
        const batch = models.slice(first, first + settings.batch_size);
        const task = author.Task(`segment-${first + 1}-${first + batch.length}`, "blender");
        task.addCommand(author.Command("exec", {
            exe: "{blender}",
            args: ["--online-mode", "--command", "hitem3d", "segment"].concat(batch, argumentsOf(settings)),
        }));
        job.addTask(task);
    }
}

function argumentsOf(settings) {
    const args = [
        "--out", settings.out,
        "--jobs", String(settings.jobs),
        "--seg-level", settings.seg_level,
        "--format", settings.format,
        "--no-retry",
    ];
    return settings.export_parts ? args.concat(["--export-parts", settings.export_parts]) : args;
}

function nameOf(model) {
    return model.split(/[\\/]/).pop().replace(/\.[^.]*$/, "");
}
