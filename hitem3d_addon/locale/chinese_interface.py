# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window shows, in Simplified Chinese and the words of Blender's own interface: by module, as it is there."""

from __future__ import annotations

INTERFACE = {
    # consent.py
    "The model is sent over the internet to {host}.": "模型将通过互联网发送到 {host}。",
    (
        "Its shape goes there, and materials with their pictures only if you include them. Names, file paths and "
        "everything else stay on this computer."
    ): ("发送的是模型的形状；材质及其贴图只有在您选择包含时才会发送。名称、文件路径和其他一切内容都留在这台电脑上。"),
    "Each task costs API credits of your account. You are not asked again.": (
        "每个任务都会消耗您账户的 API 积分。以后不再询问。"
    ),
    # import_report.py
    (
        "Parts of “{name}”: {count}. They stand where it was when it was sent. It was flattened to a scale of 0 "
        "then, so how it was turned or scaled since can't be told. Move them into place by hand."
    ): (
        "“{name}” 的部件：{count} 个。它们位于发送时物体所在的位置。当时物体的缩放为 0（被压平），因此无法得知之后的"
        "旋转或缩放。请手动将它们移到位。"
    ),
    "Parts of “{name}”: {count}, in place (off by {percent:.5f} % of its size).": (
        "“{name}” 的部件：{count} 个，已就位（偏差为其尺寸的 {percent:.5f} %）。"
    ),
    (
        "Parts of “{name}”: {count}. They did not come back as they were sent, and how to turn them back is "
        "ambiguous: the model looks the same from several sides. They are left as delivered; turn them into place "
        "by hand."
    ): (
        "“{name}” 的部件：{count} 个。它们返回时与发送时的朝向不同，而且无法确定如何转回：模型从多个方向看都一样。部"
        "件保持返回时的状态；请手动旋转到位。"
    ),
    (
        "Parts of “{name}”: {count}. They are left as delivered: their surface does not match what was sent (off by "
        "{percent:.2f} % of its size). Check that they are in place."
    ): (
        "“{name}” 的部件：{count} 个。它们保持返回时的状态：其表面与发送的不符（偏差为其尺寸的 {percent:.2f} %）。请"
        "检查它们是否就位。"
    ),
    (
        "Parts of “{name}”: {count}. They are left as delivered: their size does not match what was sent, however "
        "they are turned. Move them into place by hand."
    ): ("“{name}” 的部件：{count} 个。它们保持返回时的状态：无论怎样旋转，其尺寸都与发送的不符。请手动将它们移到位。"),
    "Parts of “{name}”: {count}, imported as delivered.": "“{name}” 的部件：{count} 个，已按返回时的状态导入。",
    (
        "Parts of “{name}”: {count}, in place. They came back mirrored; that was undone: inverted, turned by {x}°, "
        "{y}°, {z}° about X, Y, Z, scaled by {scale:.6g}, moved by {distance:.6g} (off by {percent:.5f} % of its "
        "size)."
    ): (
        "“{name}” 的部件：{count} 个，已就位。返回时是镜像的，现已还原：反转，绕 X、Y、Z 旋转 {x}°、{y}°、{z}°，缩"
        "放 {scale:.6g}，移动 {distance:.6g}（偏差为其尺寸的 {percent:.5f} %）。"
    ),
    (
        "Parts of “{name}”: {count}, in place. They came back turned, moved or resized; that was undone: turned by "
        "{x}°, {y}°, {z}° about X, Y, Z, scaled by {scale:.6g}, moved by {distance:.6g} (off by {percent:.5f} % of "
        "its size)."
    ): (
        "“{name}” 的部件：{count} 个，已就位。返回时被旋转、移动或缩放过，现已还原：绕 X、Y、Z 旋转 {x}°、{y}°、{z}°"
        "，缩放 {scale:.6g}，移动 {distance:.6g}（偏差为其尺寸的 {percent:.5f} %）。"
    ),
    # board.py
    "{credits:g} API credits left": "剩余 {credits:g} API 积分",
    # menus.py
    "Apply Parts to Original": "将部件应用到原物体",
    "Save the file to keep its new task ids, for another computer too": (
        "保存文件以保留新的任务 ID，在其他电脑上也能使用"
    ),
    "Add Task by Id…": "用 ID 添加任务…",
    # operators.py
    "Send the model to Hitem3D, which cuts it into parts. Each time costs API credits": (
        "将模型发送到 Hitem3D，由其拆分为部件。每次都会消耗 API 积分"
    ),
    "Level": "级别",
    "How finely the model is cut": "模型拆分的精细程度",
    "Low": "低",
    "Few, large parts": "少量较大的部件",
    "Medium": "中等",
    "A balance of number and size": "数量与大小均衡",
    "High": "高",
    "Many, small parts": "大量较小的部件",
    "Format": "格式",
    "The kind of file that the service sends back": "服务返回的文件类型",
    "Wavefront OBJ, six decimals": "Wavefront OBJ，六位小数",
    "Binary glTF; keeps the parts and their names best": "二进制 glTF；最能保留部件及其名称",
    "Triangles only; parts come as loose shells": "仅有三角形；部件为松散的壳",
    "Autodesk FBX": "Autodesk FBX",
    "Universal Scene Description; needs a Blender with USD": "Universal Scene Description；需要带 USD 的 Blender",
    "Callback URL": "回调 URL",
    "A web address of yours that the service tells when the task is done": "您自己的网址，任务完成时服务会通知它",
    "Model URL": "模型 URL",
    "The web address of a GLB, STL or OBJ file to cut in place of the object": (
        "用来代替物体进行分割的 GLB、STL 或 OBJ 文件的网址"
    ),
    "Include Materials": "包含材质",
    "Send materials and textures too, which takes longer": "同时发送材质和纹理，耗时更长",
    "Include Children": "包含子物体",
    "Send the objects that are parented to it as one model with it": "将其子级物体与它一起作为一个模型发送",
    "Send": "发送",
    "What is sent": "发送的内容",
    "Active Object": "活动物体",
    "The active object": "活动物体",
    "Each Selected Object": "每个选中的物体",
    "One task for each selected object": "每个选中的物体各建一个任务",
    "Selection as One Model": "选中项作为一个模型",
    "All selected objects as one model, in one task": "将所有选中的物体作为一个模型，放在一个任务中",
    "Segment": "分割",
    "“{name}” is a library override: its task id is not saved with the file. The task stays in the list.": (
        "“{name}” 是库重写：其任务 ID 不会随文件保存。任务仍保留在列表中。"
    ),
    "Sending to Hitem3D in the background: {count} task(s)": "正在后台发送到 Hitem3D：{count} 个任务",
    "Check Task": "检查任务",
    "Ask Hitem3D how far the active object's task is": "向 Hitem3D 查询活动物体的任务进度",
    "Task": "任务",
    "The task's uid in the list": "该任务在列表中的 uid",
    "Asking Hitem3D…": "正在询问 Hitem3D…",
    "Sent to Hitem3D: {task_ids}": "已发送到 Hitem3D：{task_ids}",
    "Add Decimate": "添加精简",
    "Add a Decimate modifier that makes the model small enough to be sent; remove it again after the upload": (
        "添加一个精简修改器，使模型小到可以发送；上传后请将其移除"
    ),
    "Ratio": "比率",
    "The share of the triangles that stays": "保留的三角形所占的比例",
    "Click the mesh to reduce; it has to belong to this file": "点选要减面的网格；它必须属于此文件",
    "“{name}” is reduced to {percent:.0f} %": "“{name}” 已精简到 {percent:.0f} %",
    # parts_operators.py
    "Import Parts": "导入部件",
    "Import the parts of the active object's task, where the object is now": (
        "将活动物体的任务的部件导入到物体当前所在的位置"
    ),
    "Wait": "等待",
    "Wait until the service is done": "等待直到服务完成",
    "Timeout": "超时",
    "How long to wait at most, in seconds": "最长等待时间，以秒为单位",
    "Parts": "部件",
    "How the parts are told apart in the file that came back": "如何区分返回文件中的部件",
    "Automatic": "自动",
    "By objects, else materials, else colours, else loose pieces": "先按物体，其次按材质，再按颜色，最后按松散块",
    "As Delivered": "按返回的状态",
    "The objects that the file holds": "文件中包含的物体",
    "By Material": "按材质",
    "A part for each material": "每个材质一个部件",
    "By Colour": "按颜色",
    "A part for each vertex colour": "每个顶点颜色一个部件",
    "Loose Parts": "松散部件",
    "A part for each piece that hangs together": "每个连在一起的块为一个部件",
    "Placement": "放置",
    "Where the parts go": "部件的位置",
    "Where the object is; turned, moved or scaled if the service changed that": (
        "物体所在的位置；如果服务旋转、移动或缩放过，则予以还原"
    ),
    "Trust the coordinates that the service sent back": "采用服务返回的坐标",
    "Hide Original": "隐藏原物体",
    "Hide the object that was segmented": "隐藏被分割的物体",
    "Parent to Original": "设原物体为父级",
    "Make the parts children of the object that was segmented": "将部件设为被分割物体的子级",
    "The active object has no Hitem3D task. Segment it first": "活动物体没有 Hitem3D 任务。请先分割它",
    "The parts are being fetched, and are imported when they are here": "正在获取部件，到达后将自动导入",
    "Put the imported parts on the original, which keeps its topology, UVs, materials and modifiers": (
        "将导入的部件应用到原物体，保留其拓扑、UV、材质和修改器"
    ),
    "As": "作为",
    "What the parts become on the original": "部件在原物体上成为什么",
    "Face Attribute": "面属性",
    "A number for each face, in the attribute hitem3d_part": "每个面一个编号，存于属性 hitem3d_part 中",
    "Face Sets": "面组",
    "Face sets for Sculpt Mode": "用于雕刻模式的面组",
    "Vertex Groups": "顶点组",
    "A vertex group for each part": "每个部件一个顶点组",
    "Materials": "材质",
    "A material for each part": "每个部件一个材质",
    "Separate Objects": "分离为物体",
    "The original cut into objects, with all its data": "将原物体切分为多个物体，保留其全部数据",
    "Import the parts of the active object first": "请先导入活动物体的部件",
    "{count} parts on “{name}”. {unmatched:.1f} % of the surface lies on no part and took the nearest": (
        "“{name}” 上有 {count} 个部件。{unmatched:.1f} % 的表面不在任何部件上，归入了最近的部件"
    ),
    "{count} parts on “{name}”, {exact:.1f} % of the triangles matched exactly": (
        "“{name}” 上有 {count} 个部件，{exact:.1f} % 的三角形完全匹配"
    ),
    # preferences.py
    "Access Key": "访问密钥 (AK)",
    "Secret Key": "私有密钥 (SK)",
    "Token": "令牌",
    "The access key of your Hitem3D API key (ak_…)": "您的 Hitem3D API 密钥中的访问密钥（ak_…）",
    "The secret key, which the website shows once (sk_…)": "私有密钥，网站只显示一次（sk_…）",
    "A token to use instead of the two keys": "用来代替两个密钥的令牌",
    "Address": "地址",
    "The address of the service": "服务的地址",
    "CA File": "CA 文件",
    "Certificates to trust in place of the usual ones, for a network that inspects traffic": (
        "用来代替常规证书的受信任证书，适用于会检查流量的网络"
    ),
    "Import When Ready": "就绪后自动导入",
    "Import the parts as soon as they arrive, unless you are in the middle of something": (
        "部件到达后立即导入，除非您正在进行其他操作"
    ),
    # preferences_page.py
    "API Keys": "API 密钥",
    "Connection": "连接",
    "Kept in {file}, which only you can read": "保存在 {file} 中，只有您可以读取",
    "The environment has keys, which count: {names}": "以环境变量中的密钥为准：{names}",
    "{:.1f} MB": "{:.1f} MB",
    "Data folder: {folder}, {size}": "数据文件夹：{folder}，{size}",
    "Open Data Folder": "打开数据文件夹",
    "Open Log": "打开日志",
    "Set by your studio: {file}": "由工作室设置：{file}",
    "Models may not be sent to Hitem3D": "不允许将模型发送到 Hitem3D",
    "your studio": "您的工作室",
    "{value}, set by {source}": "{value}，由 {source} 设置",
    # sidebar.py
    "Allow Access…": "允许联机访问…",
    "Options": "选项",
    "Pictures: {size} MB of it": "其中贴图 {size} MB",
    "Pictures: about {size} MB; some have to be converted": "其中贴图约 {size} MB；有些需要转换",
    "Left out: {count} loose vertices": "不发送：{count} 个松散顶点",
    "Decimate to {percent:.0f} %": "精简到 {percent:.0f} %",
    "Too large to send: the limit is {limit} MB for each model. Reduce it to {percent:.0f} % or less.": (
        "太大，无法发送：每个模型的上限为 {limit} MB。请减少到 {percent:.0f} % 或更少。"
    ),
    (
        "Too large to send: the limit is {limit} MB for each model, and the pictures alone take {pictures} MB. Make "
        "them smaller, or turn off Include Materials in the options below."
    ): (
        "太大，无法发送：每个模型的上限为 {limit} MB，而仅贴图就占 {pictures} MB。请缩小贴图，或在下方的选项中关闭"
        "“包含材质”。"
    ),
    "Enter Keys…": "输入密钥…",
    "Try it without an account": "无需账户即可试用",
    (
        "The add-on's source has a local Hitem3D: run “python3 scripts/sandbox” there, then press this. Nothing "
        "leaves your computer."
    ): (
        "插件的源代码中带有本地 Hitem3D：在那里运行 “python3 scripts/sandbox”，然后按此按钮。不会有任何内容离开您的"
        "电脑。"
    ),
    "Settings by your studio": "由工作室设置",
    # sync.py
    "The background process keeps stopping, so tasks stand still. Its log file tells why: {file}.": (
        "后台进程不断停止，因此任务停滞。原因见其日志文件：{file}。"
    ),
    # task_operators.py
    "Stop": "停止",
    "Stop sending the model, or stop waiting for its parts; the service can't be told to stop": (
        "停止发送模型，或停止等待其部件；无法让服务停下来"
    ),
    "Stopping…": "正在停止…",
    "This task has ended already": "此任务已经结束",
    "Send Again": "重新发送",
    "Send the model again, as it was exported. If the first try reached the service after all, both are charged": (
        "按导出时的状态再次发送模型。如果第一次其实已到达服务，则两次都会扣费"
    ),
    "Sending again…": "正在重新发送…",
    "Give Task Id": "填写任务 ID",
    "Tell the task's id, as the Hitem3D website shows it, so that it need not be sent again": (
        "填写 Hitem3D 网站上显示的任务 ID，这样就无需再次发送"
    ),
    "Task Id": "任务 ID",
    "The task has its id now": "任务现在有了 ID",
    "Add Task by Id": "用 ID 添加任务",
    "Take a task from elsewhere to the active object, by its id: a colleague's, or one of the website": (
        "按 ID 将别处的任务（同事的，或网站上的）添加到活动物体"
    ),
    "Click the object that the task belongs to": "点选该任务所属的物体",
    "The task belongs to “{name}” now": "任务现在属于 “{name}”",
    "Forget": "移除任务",
    "Take the task out of the list and delete its files here; at the service nothing changes": (
        "将任务从列表中移除，并删除其在本机的文件；服务端没有变化"
    ),
    "Forgotten": "已移除",
    "Clear Finished Tasks": "清除已结束的任务",
    "Take all tasks that are done, failed or stopped out of the list and delete their files; imported parts stay": (
        "将所有已完成、失败或停止的任务从列表中移除，并删除其文件；已导入的部件保留"
    ),
    "Clearing…": "正在清除…",
    "Forgotten: {count} task(s)": "已移除：{count} 个任务",
    "Copy Task Id": "复制任务 ID",
    "Copy the task's id to the clipboard": "将任务 ID 复制到剪贴板",
    "This task has no id yet. Wait until it is sent.": "此任务还没有 ID。请等待其发送完成。",
    "Copied: {task_id}": "已复制：{task_id}",
    "Test Connection": "测试连接",
    "Ask Hitem3D whether the keys work and how many API credits are left": (
        "向 Hitem3D 查询密钥是否有效，以及剩余多少 API 积分"
    ),
    "Use Local Hitem3D": "使用本地 Hitem3D",
    "Set address and token to those of the local Hitem3D, which runs on this computer: python3 scripts/sandbox": (
        "将地址和令牌设为在这台电脑上运行的本地 Hitem3D：python3 scripts/sandbox"
    ),
    (
        "The add-on is not enabled in the preferences, so it has none to set. Enable it in Preferences > Add-ons."
    ): "插件未在偏好设置中启用，因此没有可设置的内容。请在 “偏好设置 > 插件” 中启用它。",
    "Set to the local Hitem3D. Start it with: python3 scripts/sandbox": (
        "已设为本地 Hitem3D。请用以下命令启动它：python3 scripts/sandbox"
    ),
    "This is no task id. It looks like segmentation_20260312_8f92ab3e1cde.": (
        "这不是任务 ID。任务 ID 形如 segmentation_20260312_8f92ab3e1cde。"
    ),
    # task_panels.py
    "Tasks": "任务",
    "The parts are imported": "部件已导入",
    "Sending {:.0f} of {:.0f} MB": "正在发送 {:.0f} / {:.0f} MB",
    "Fetching {:.0f} of {:.0f} MB": "正在获取 {:.0f} / {:.0f} MB",
    "{} so far": "已用 {}",
    # wording.py
    "In the service's queue": "在服务端排队中",
    "The service is cutting the model": "服务正在拆分模型",
    "At the service: {state}": "服务端状态：{state}",
    "Waiting to be sent": "等待发送",
    "Sending": "正在发送",
    "Uncertain: it may have been sent": "状态不明：可能已发送",
    "The parts are ready": "部件已就绪",
    "Failed": "失败",
    "Stopped": "已停止",
    "Segment into Parts…": "分割为部件…",
    "Segment into Parts": "分割为部件",
    "Send Models to Hitem3D?": "将模型发送到 Hitem3D？",
    "Agree": "同意",
    "Segment {count} objects: {count} tasks will be paid": "分割 {count} 个物体：将支付 {count} 个任务",
    "Segment Each ({count} Tasks)": "分别分割（{count} 个任务）",
    "Segment as One (1 Task)": "作为整体分割（1 个任务）",
    "Segment Part…": "分割部件…",
    "counting…": "正在计数…",
    "Get Keys…": "获取密钥…",
    "Hitem3D needs the keys of your account. It is also called Hi3D (platform.hi3d.ai).": (
        "Hitem3D 需要您账户的密钥。它也叫作 Hi3D（platform.hi3d.ai）。"
    ),
    "{} so far, longer than usual": "已用 {}，比平常久",
    "{} so far, about {} left": "已用 {}，约剩 {}",
    "No tasks yet": "还没有任务",
    "Import Again": "重新导入",
    "“{name}”, {level}, {ago}": "“{name}”，{level}，{ago}",
    "“{name}” from {file}, {level}, {ago}": "“{name}”，来自 {file}，{level}，{ago}",
    "Stop All": "全部停止",
    "Stop all tasks that are being sent or waited for. What the service has begun stays paid": (
        "停止所有正在发送或等待的任务。服务已开始的任务仍会收费"
    ),
    "Stopped: {count} task(s)": "已停止：{count} 个任务",
    "Waiting": "等待中",
    "Uncertain": "不确定",
    "Working": "处理中",
    "Ready": "就绪",
    "{count} s": "{count} 秒",
    "{count} min": "{count} 分钟",
    "{count} h": "{count} 小时",
    "{count} d": "{count} 天",
    "{count} s ago": "{count} 秒前",
    "{count} min ago": "{count} 分钟前",
    "{count} h ago": "{count} 小时前",
    "{count} days ago": "{count} 天前",
    "{models} models, {triangles} tris, {size} MB": "{models} 个模型，{triangles} 三角面，{size} MB",
    "{triangles} tris, {size} MB": "{triangles} 三角面，{size} MB",
    (
        "The same model was sent before with the same options, so its task is used and nothing is paid: "
        "{task_ids}. To send it once more, give again=True."
    ): ("相同的模型以前用相同的选项发送过，因此使用其任务，不另收费：{task_ids}。要再次发送，请给出 again=True。"),
    "Send the model although the same one was sent before with the same options, and pay once more": (
        "即使以前用相同的选项发送过相同的模型，也再次发送并再次付费"
    ),
    "Advanced": "高级",
    "{twins} of {count} models are the same as another one of them": "{count} 个模型中有 {twins} 个与其中另一个相同",
    "{known} of {count} models were sent before with the same options, {ago}": (
        "{count} 个模型中有 {known} 个以前用相同的选项发送过（{ago}）"
    ),
    "The same model was sent with the same options {ago}": "相同的模型在 {ago} 用相同的选项发送过",
    "Nothing is sent: the task that there is belongs to the object now": "未发送任何内容：已有的任务现在属于该物体",
    "Sent Before": "以前发送过",
    "Send what was sent before once more, or use the task that there is": "再次发送以前发送过的内容，或使用已有的任务",
    "Do": "操作",
    "What is done with what was sent before": "如何处理以前发送过的内容",
    "Use That Task": "使用该任务",
    "Nothing is paid; what was not sent before is sent": "不收费；以前未发送过的会被发送",
    "Each is a new task, which costs credits": "每个都是新任务，会消耗积分",
    "Continue": "继续",
    "{count} task(s) will be paid": "将支付 {count} 个任务",
    "Show": "显示",
    "Show the original or the parts, and hide the other": "显示原物体或部件，并隐藏另一方",
    "Which of the two is seen": "显示两者中的哪一个",
    "Original": "原物体",
    "The object that was sent": "发送的物体",
    "What the service cut it into": "服务将其拆分成的部件",
    "This task is not in the list, or was not sent. Click the task in the list.": (
        "该任务不在列表中，或尚未发送。请在列表中点击该任务。"
    ),
    "Replace Earlier Parts": "替换先前的部件",
    "Take away the parts that an earlier import of this task brought": "移除该任务先前导入的部件",
    "Replace": "替换",
    "Replace the Parts?": "替换部件？",
    "They were changed since they were imported, and the changes are lost.": "它们在导入后被修改过，这些修改将丢失。",
    "There are no parts to put on this object. Import them first.": "没有可应用到该物体的部件。请先导入它们。",
    "Leave the mode in which the active object is edited, and try again.": "请退出活动物体的编辑模式，然后重试。",
    "“{name}” is in another scene or view layer. Open that one first.": "“{name}” 在另一个场景或视图层中。请先打开它。",
    "Copy Id": "复制 ID",
}
