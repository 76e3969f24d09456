// SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Compiles a job as Flamenco's Manager does, with as much of its author API as job types document: prints the tasks.
// node compile_job.js SCRIPT '{"settings": …}'

const fs = require("fs");
const vm = require("vm");

const tasks = [];
const author = {
    Task: (name, type) => ({ name, type, commands: [], addCommand(command) { this.commands.push(command); } }),
    Command: (name, parameters) => ({ name, parameters }),
};
const code = fs.readFileSync(process.argv[2], "utf8") + "\n;[JOB_TYPE, compileJob];";
const [jobType, compileJob] = vm.runInNewContext(code, { author, print: () => {} });
const given = JSON.parse(process.argv[3]).settings;
const settings = {};
for (const setting of jobType.settings) {
    const value = setting.key in given ? given[setting.key] : setting.default;
    if (value === undefined && setting.required) throw new Error(`${setting.key} is required`);
    settings[setting.key] = value;
}
compileJob({ settings, addTask: (task) => tasks.push(task) });
console.log(JSON.stringify(tasks));
