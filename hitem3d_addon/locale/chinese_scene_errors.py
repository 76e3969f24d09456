# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with objects, models and result files, in Simplified Chinese: by module, as the templates are there."""

from __future__ import annotations

SCENE_ERRORS = {
    # agent_process.py
    (
        "Blender's Python can't be started for the network's work ({reason}). Reinstall Blender, or allow {file} in "
        "your security software."
    ): ("无法启动用于联网的 Blender Python（{reason}）。请重新安装 Blender，或在安全软件中允许 {file} 运行。"),
    # evaluated_surface.py
    "“{name}” is hidden, so there is nothing to see of it. Show it and try again.": (
        "“{name}” 处于隐藏状态，看不到任何内容。请将其显示，然后重试。"
    ),
    "The location, rotation or scale of an object is not a number. Clear it and try again.": (
        "某个物体的位置、旋转或缩放不是数字。请将其清空，然后重试。"
    ),
    # glb_file.py
    "The model can't be written to {folder}: {reason}. Free some space there or choose another data folder.": (
        "无法将模型写入 {folder}：{reason}。请在那里腾出一些空间，或选择其他数据文件夹。"
    ),
    # glb_document.py
    "Left out, as the file does not show it: {names}.": "已忽略文件未显示的内容：{names}。",
    "Without its pictures, which are in files that did not come with it: {names}.": (
        "不含贴图，因为它们位于未随文件返回的其他文件中：{names}。"
    ),
    "Without its pictures, which are packed in a way that Blender can't read.": (
        "不含贴图，因为 Blender 无法读取其打包方式。"
    ),
    "Read without {names}, which says nothing about the surface.": "读取时忽略了与表面无关的 {names}。",
    # importers.py
    (
        "The parts came back compressed with {name}, which this Blender can't read. Try a newer Blender, or unpack the "
        "file with “gltf-transform copy” and import it by hand. It is kept in the data folder, which the add-on's "
        "preferences name: {place}."
    ): (
        "返回的部件以 {name} 压缩，此 Blender 无法读取。请尝试更新版本的 Blender，或用 “gltf-transform copy” "
        "解压该文件后手动导入。文件保存在数据文件夹中（插件的偏好设置中可以看到该文件夹）：{place}。"
    ),
    (
        "Blender can't read the GLB file that came back: {reason}. Download the parts again, or try a newer Blender. "
        "The file is kept in the data folder, which the add-on's preferences name: {place}."
    ): (
        "Blender 无法读取返回的 GLB 文件：{reason}。请重新下载部件，或尝试更新版本的 Blender。"
        "文件保存在数据文件夹中（插件的偏好设置中可以看到该文件夹）：{place}。"
    ),
    "The file with the parts can't be read: {reason}. Download the parts again.": (
        "无法读取部件文件：{reason}。请重新下载部件。"
    ),
    (
        "Blender's glTF importer is switched off. Enable the add-on “glTF 2.0 format” in Preferences > Add-ons and "
        "try again."
    ): ("Blender 的 glTF 导入器已关闭。请在 “偏好设置 > 插件” 中启用插件 “glTF 2.0 format”，然后重试。"),
    "Blender's FBX importer is switched off. Enable the add-on “FBX format” in Preferences > Add-ons and try again.": (
        "Blender 的 FBX 导入器已关闭。请在 “偏好设置 > 插件” 中启用插件 “FBX format”，然后重试。"
    ),
    # importing.py
    (
        "This build of Blender has no NumPy, which the import needs. Install your system's NumPy package for "
        "Blender's Python, or use Blender from blender.org."
    ): (
        "此 Blender 版本没有导入所需的 NumPy。请为 Blender 的 Python 安装系统的 NumPy 软件包，或使用 blender.org 的 "
        "Blender。"
    ),
    # labels.py
    "The parts of “{name}” are not where it is. Import them again, so that they stand in place, and retry.": (
        "“{name}” 的部件不在它所在的位置。请重新导入，使部件就位，然后重试。"
    ),
    "“{name}” is not a mesh, so it has no faces to label. Convert it to a mesh first (Object > Convert).": (
        "“{name}” 不是网格，没有可标记的面。请先将其转换为网格（物体 > 转换）。"
    ),
    "“{name}” comes from another file and can't be changed here. Make it local first (Object > Relations).": (
        "“{name}” 来自另一个文件，无法在此更改。请先将其转为本地项（物体 > 关系）。"
    ),
    "The mesh of “{name}” has no faces of its own: modifiers or instances make them. Apply those first.": (
        "“{name}” 的网格自身没有面：面由修改器或实例生成。请先应用它们。"
    ),
    "There are no parts of “{name}” to take the labels from. Import them first.": (
        "没有可用来标记的 “{name}” 的部件。请先导入。"
    ),
    "“{name}” shows no faces of its own: its modifiers make instances, or nothing. Apply them first.": (
        "“{name}” 没有显示自身的面：其修改器只生成实例，或什么也不生成。请先应用它们。"
    ),
    # material_export.py
    (
        "Materials are written by the add-on “glTF 2.0 format”, which is off. Turn it on in Preferences > Add-ons, "
        "or send the model without materials."
    ): ("材质由插件 “glTF 2.0 format” 写入，而它已关闭。请在 “偏好设置 > 插件” 中启用它，或不带材质发送模型。"),
    (
        "Blender's glTF exporter could not write this model with its materials. Send it without materials, or free "
        "some disk space."
    ): ("Blender 的 glTF 导出器无法写入此模型及其材质。请不带材质发送，或腾出一些磁盘空间。"),
    # object_tasks.py
    "No object is active. Click the object whose task you mean, and try again.": (
        "没有活动物体。请点选您所指任务的物体，然后重试。"
    ),
    "“{name}” has no Hitem3D task. Segment it first.": "“{name}” 没有 Hitem3D 任务。请先分割它。",
    (
        "The task of “{name}” is not in this computer's list and the object has no task id. Set its custom property "
        "hitem3d_task_id, or segment it again."
    ): ("“{name}” 的任务不在这台电脑的列表中，物体也没有任务 ID。请设置其自定义属性 hitem3d_task_id，或重新分割。"),
    # result_archive.py
    "The parts can't be unpacked: {reason}. Free some space on the disk and try again.": (
        "无法解压部件：{reason}。请在磁盘上腾出一些空间，然后重试。"
    ),
    (
        "The zip file that came back is not safe to unpack: “{name}” is a link, or no plain path. Ask Hitem3D's "
        "support about this task."
    ): ("返回的 zip 文件解压不安全：“{name}” 是链接，或不是普通路径。请向 Hitem3D 客服询问此任务。"),
    "The zip file that came back holds more than any model can. Ask Hitem3D's support about this task.": (
        "返回的 zip 文件的内容超出了任何模型的可能。请向 Hitem3D 客服询问此任务。"
    ),
    # scene_export.py
    "“{name}” is being sculpted with Multiresolution. Leave Sculpt Mode and try again.": (
        "“{name}” 正在以多级精度雕刻。请退出雕刻模式，然后重试。"
    ),
    "“{name}” has no faces to send, with its modifiers as they are. Choose an object with a surface.": (
        "“{name}” 按其修改器的现状没有可发送的面。请选择有表面的物体。"
    ),
    (
        "The selected objects have no faces to send, with their modifiers as they are. Choose objects with a surface."
    ): "选中的物体按其修改器的现状没有可发送的面。请选择有表面的物体。",
    (
        "This build of Blender has no NumPy, which the export needs. Install your system's NumPy package for "
        "Blender's Python, or use Blender from blender.org."
    ): (
        "此 Blender 版本没有导出所需的 NumPy。请为 Blender 的 Python 安装系统的 NumPy 软件包，或使用 blender.org 的 "
        "Blender。"
    ),
    # scene_import.py
    "Sculpt Mode": "雕刻模式",
    # separate.py
    "“{name}” has detail in a Multiresolution modifier, which a cut would lose. Apply it and try again.": (
        "“{name}” 的多级精度修改器中有细节，切分会使其丢失。请应用该修改器，然后重试。"
    ),
    # service.py
    (
        "There are no keys for Hitem3D. Enter an access key and a secret key in the add-on's preferences, or set "
        "HITEM3D_ACCESS_KEY and HITEM3D_SECRET_KEY."
    ): (
        "没有 Hitem3D 的密钥。请在插件的偏好设置中输入访问密钥和私有密钥，或设置 HITEM3D_ACCESS_KEY 和 "
        "HITEM3D_SECRET_KEY。"
    ),
    (
        "Your studio does not allow models to be sent to Hitem3D (set by {where}). Ask the person who "
        "looks after Blender there."
    ): "您的工作室不允许将模型发送到 Hitem3D（由 {where} 设置）。请联系工作室中负责 Blender 的人员。",
    "Blender was started with --offline-mode. Start it without, to use Hitem3D.": (
        "Blender 是以 --offline-mode 启动的。要使用 Hitem3D，请不带该选项启动。"
    ),
    "Online access is off. Allow it in Preferences > System > Network, or start Blender with --online-mode.": (
        "联机访问已关闭。请在 “偏好设置 > 系统 > 网络” 中允许，或以 --online-mode 启动 Blender。"
    ),
    # selection.py
    "No object is active. Click the object to cut into parts, and try again.": (
        "没有活动物体。请点选要拆分为部件的物体，然后重试。"
    ),
    "No object with a surface is selected. Select the objects to cut into parts, and try again.": (
        "没有选中带表面的物体。请选择要拆分为部件的物体，然后重试。"
    ),
    "“{name}” has no surface. Choose a mesh, a curve, a text or a metaball.": (
        "“{name}” 没有表面。请选择网格、曲线、文本或融球。"
    ),
    "“{name}” is an empty. Turn on Include Children to send what hangs on it, or select these objects.": (
        "“{name}” 是空物体。请启用 “包含子物体” 以发送其子级，或直接选择这些物体。"
    ),
    "“{name}” is an empty, which has no surface. Choose a mesh.": "“{name}” 是空物体，没有表面。请选择网格。",
    (
        "“{name}” is linked from another file, so its task can't be kept on it. Make it local (Object > Relations > "
        "Make Local) and try again."
    ): (
        "“{name}” 是从另一个文件链接的，因此无法在其上保存任务。请将其转为本地项（物体 > 关系 > 转为本地项），然后重"
        "试。"
    ),
    (
        "The certificate file is given relative to the .blend. Choose it again in the preferences, with Relative Path "
        "off."
    ): "证书文件是以相对于 .blend 的路径给出的。请在偏好设置中重新选择它，并关闭“相对路径”。",
    (
        "The file with the parts points to other files, which is not safe to follow. Ask Hitem3D's support about this "
        "task."
    ): ("部件文件指向其他文件，跟随它们并不安全。请就此任务询问 Hitem3D 的客服。"),
    (
        "The add-on's files have changed since this Blender was started, perhaps by an update in another one. Save "
        "your work and start Blender again."
    ): (
        "此 Blender 启动后，插件的文件发生了更改，可能是在另一个 Blender 中更新了插件。"
        "请保存您的工作并重新启动 Blender。"
    ),
    "The name of an object in this file can't be read. Rename the object, and try again.": (
        "此文件中有一个物体的名称无法读取。请重命名该物体，然后重试。"
    ),
    (
        "“{name}” can't be edited, so its task can't be kept on it. Make it local or choose another object."
    ): "“{name}” 不可编辑，因此无法在其上保存任务。请将其转为本地项，或选择其他物体。",
    (
        "The file with the parts is damaged, or not a model. Download the parts again, which costs nothing. "
        "If it stays so, ask Hitem3D's support about this task."
    ): ("部件文件已损坏，或不是模型。请重新下载部件，这不收费。如果仍然如此，请就此任务询问 Hitem3D 客服。"),
    ("There are no parts in the file that came back: it holds no surface. Ask Hitem3D's support about this task."): (
        "返回的文件中没有部件：其中没有任何表面。请就此任务询问 Hitem3D 客服。"
    ),
    (
        "The parts that came back can't be placed: some of their coordinates are not numbers. Ask Hitem3D's "
        "support about this task."
    ): ("无法放置返回的部件：其中一些坐标不是数字。请就此任务询问 Hitem3D 客服。"),
    (
        "The file with the parts holds more than any model can, and would keep Blender busy for minutes. Ask "
        "Hitem3D's support about this task."
    ): ("部件文件的内容超出任何模型可能的大小，会让 Blender 忙上好几分钟。请就此任务询问 Hitem3D 客服。"),
    (
        "The STL file that came back is damaged. Download the parts again, which costs nothing. If it stays "
        "so, ask Hitem3D's support about this task."
    ): ("返回的 STL 文件已损坏。请重新下载部件，这不收费。如果仍然如此，请就此任务询问 Hitem3D 客服。"),
    "Told apart by the objects in the file.": ("按文件中的物体区分。"),
    "Told apart by their materials.": ("按材质区分。"),
    "Told apart by their colours.": ("按颜色区分。"),
    "Told apart by what hangs together.": ("按相连的部分区分。"),
    "Told apart by the order of the triangles in the file.": ("按文件中三角形的顺序区分。"),
    "Nothing in the file tells parts apart: it is one piece.": ("文件中没有任何信息可区分部件：它是一个整体。"),
    "Told apart by the groups in the file.": ("按文件中的组区分。"),
    "Told apart by the solids in the file.": ("按文件中的实体区分。"),
    "Told apart by the subsets in the file.": ("按文件中的子集区分。"),
    "Told apart by the numbers in “{name}”.": ("按 “{name}” 中的编号区分。"),
    "Its groups would give other parts: choose By Group for Parts.": (
        "按组会得到不同的部件：请在 “部件” 中选择 “按组”。"
    ),
    "Its materials would give other parts: choose By Material for Parts.": (
        "按材质会得到不同的部件：请在 “部件” 中选择 “按材质”。"
    ),
    "Its colours would give other parts: choose By Colour for Parts.": (
        "按颜色会得到不同的部件：请在 “部件” 中选择 “按颜色”。"
    ),
    (
        "The STL came as one piece, and an STL can't tell parts apart that touch. GLB as the format can, the next time."
    ): ("返回的 STL 是一个整体，而 STL 无法区分相接触的部件。下次选择 GLB 格式即可区分。"),
    "There is no model in the zip file that came back. Ask Hitem3D's support about this task.": (
        "返回的 zip 文件中没有模型。请就此任务询问 Hitem3D 客服。"
    ),
    (
        "The zip file that came back is damaged: {reason}. Download the parts again, which costs nothing. If "
        "it stays so, ask Hitem3D's support about this task."
    ): ("返回的 zip 文件已损坏：{reason}。请重新下载部件，这不收费。如果仍然如此，请就此任务询问 Hitem3D 客服。"),
    (
        "The glTF file that came back is damaged: {reason}. Download the parts again, which costs nothing. If"
        " it stays so, ask Hitem3D's support about this task."
    ): ("返回的 glTF 文件已损坏：{reason}。请重新下载部件，这不收费。如果仍然如此，请就此任务询问 Hitem3D 客服。"),
    "By objects, else groups, else materials, else colours, else loose pieces": (
        "先按物体，其次按组，再按材质，再按颜色，最后按松散块"
    ),
    (
        "This Blender was built without USD, so it can't import USDZ files. Use a Blender from blender.org "
        "for them, or choose another format before you send."
    ): (
        "此 Blender 构建时未包含 USD，因此无法导入 USDZ 文件。请使用 blende"
        "r.org 提供的 Blender，或在发送前选择其他格式。"
    ),
    (
        "This Blender was built without an importer for {kind} files. Use a Blender from blender.org for "
        "them, or choose another format before you send."
    ): ("此 Blender 构建时未包含 {kind} 文件的导入器。请使用 blender.org 提供的 Blender，或在发送前选择其他格式。"),
    "The materials that came back are larger than any can be. Ask Hitem3D's support about this task.": (
        "返回的材质文件大得不正常。请就此任务询问 Hitem3D 客服。"
    ),
    "Told apart by the primitives in the file.": ("按文件中的图元区分。"),
    (
        "Blender can't read the {kind} file that came back: {reason}. A newer Blender or another program may."
        " The file is kept in the data folder, which the add-on's preferences name: {place}."
    ): (
        "Blender 无法读取返回的 {kind} 文件：{reason}。更新的 Blender"
        " 或其他程序也许可以。文件保留在插件偏好设置中所示的数据文件夹里：{place}。"
    ),
    ("“{name}” has vertices whose coordinates are not numbers, or infinite. Mend or delete them and try again."): (
        "“{name}” 有些顶点的坐标不是数字，或为无穷大。请修复或删除这些顶点，然后重试。"
    ),
    (
        "The file with the parts is damaged: {reason}. Download the parts again, which costs nothing. If it "
        "stays so, ask Hitem3D's support about this task."
    ): ("部件文件已损坏：{reason}。请重新下载部件，这不收费。如果仍然如此，请就此任务询问 Hitem3D 客服。"),
}
