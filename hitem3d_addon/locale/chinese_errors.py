# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What core says went wrong, in Simplified Chinese: by module, as the templates are there."""

from __future__ import annotations

ERRORS = {
    # address.py
    (
        "This can't be the service's address: {address}. It has to begin with https:// (http:// only for this "
        "computer). Change it in the preferences."
    ): ("这不能作为服务地址：{address}。地址必须以 https:// 开头（http:// 仅限本机）。请在偏好设置中修改。"),
    (
        "The service's address must hold neither a user name nor a password nor a question: {address}. Change it in "
        "the preferences."
    ): ("服务地址中不能包含用户名、密码或查询参数：{address}。请在偏好设置中修改。"),
    # agent.py
    "The task is being worked on just now. Stop it first, or wait a moment.": (
        "该任务正在处理中。请先停止它，或稍等片刻。"
    ),
    "The add-on made a mistake; its log file has the details. Try again, and report it.": (
        "插件出错了，详情见其日志文件。请重试，并报告此问题。"
    ),
    "Blender was closed before the model was sent. It is sent when Blender is back.": (
        "模型发送之前 Blender 已关闭。重新打开 Blender 后会发送。"
    ),
    "The service has not finished after more than an hour. Check the task again later.": (
        "一个多小时后服务仍未完成。请稍后再次检查该任务。"
    ),
    # answer.py
    (
        "Hitem3D does not know this access key and secret key. Check both in the preferences; the secret key is "
        "shown only once at platform.hi3d.ai, so make a new pair there if it is lost."
    ): (
        "Hitem3D 不认识这组访问密钥和私有密钥。请在偏好设置中核对；私有密钥在 platform.hi3d.ai 上只显示一次，如果丢"
        "失，请在那里新建一组。"
    ),
    (
        "There are not enough API credits. They are separate from the website's credits: get an API package at "
        "platform.hi3d.ai, then try again."
    ): ("API 积分不足。API 积分与网站积分是分开的：请在 platform.hi3d.ai 购买 API 套餐，然后重试。"),
    "Hitem3D has an internal error at the moment (code 10000000). Try again later.": (
        "Hitem3D 目前出现内部错误（代码 10000000）。请稍后重试。"
    ),
    (
        "Hitem3D does not take a model with this number of faces (code 10031002). Reduce it, for example with a "
        "Decimate modifier, or divide it more finely, and try again."
    ): ("Hitem3D 不接受这个面数的模型（代码 10031002）。请减少面数（例如使用精简修改器），或进一步细分，然后重试。"),
    "Hitem3D can't give the result in this format (code 10031004). Choose another format.": (
        "Hitem3D 无法以此格式返回结果（代码 10031004）。请选择其他格式。"
    ),
    (
        "Hitem3D takes either a model or the address of one, not both (code 10031007). Give one of them."
    ): "Hitem3D 只接受模型或其地址中的一个，不能两者同时提供（代码 10031007）。请只提供其中一个。",
    "No model arrived at Hitem3D (code {code}). Try again; if it stays, a proxy may be in the way.": (
        "Hitem3D 没有收到模型（代码 {code}）。请重试；如果仍然如此，可能是代理造成的。"
    ),
    "Hitem3D misses the address of the model (code 10031011). Give mesh_url and try again.": (
        "Hitem3D 缺少模型的地址（代码 10031011）。请提供 mesh_url 并重试。"
    ),
    (
        "Hitem3D can't fetch the model from this address (code 10031012). Give one that begins with "
        "http:// or https://."
    ): "Hitem3D 无法从此地址获取模型（代码 10031012）。请提供以 http:// 或 https:// 开头的地址。",
    (
        "Hitem3D took this for a request of another kind (code {code}: {message}). Update the add-on; if it stays, "
        "report it."
    ): ("Hitem3D 把它当成了另一种请求（代码 {code}：{message}）。请更新插件；如果仍然如此，请报告此问题。"),
    "Hitem3D has too many tasks or requests of this account at once. Try again in a few minutes.": (
        "此账户在 Hitem3D 上同时进行的任务或请求过多。请过几分钟再试。"
    ),
    "Hitem3D says no: {message} (code {code}). If this stays, ask its support about the code.": (
        "Hitem3D 拒绝了请求：{message}（代码 {code}）。如果仍然如此，请向其客服询问此代码。"
    ),
    (
        "Access is refused (HTTP 403). Check that the account may use the API, and that no firewall or proxy is in "
        "the way."
    ): ("访问被拒绝（HTTP 403）。请确认该账户可以使用 API，并且没有被防火墙或代理阻挡。"),
    (
        "The address of the service is wrong: it does not know this request (HTTP {status}). Check it in the "
        "preferences."
    ): ("服务地址有误：该地址不认识此请求（HTTP {status}）。请在偏好设置中检查。"),
    (
        "The address of the service leads elsewhere (HTTP {status}). Check it in the preferences; in a hotel or "
        "studio network, a login page may be in the way."
    ): ("服务地址被转到了别处（HTTP {status}）。请在偏好设置中检查；在酒店或工作室的网络中，可能被登录页面拦截。"),
    "Hitem3D does not take the request (HTTP {status}). Update the add-on; if it stays, report it.": (
        "Hitem3D 不接受此请求（HTTP {status}）。请更新插件；如果仍然如此，请报告此问题。"
    ),
    (
        "Hitem3D does not take the token: it is wrong or has expired. Get a new one, or enter an access key and a "
        "secret key from platform.hi3d.ai in the preferences."
    ): (
        "Hitem3D 不接受此令牌：令牌有误或已过期。请获取新的令牌，或在偏好设置中输入 platform.hi3d.ai 的访问密钥和私"
        "有密钥。"
    ),
    (
        "Hitem3D could not cut the model into parts: it took too long or the model can't be read. The credits are "
        "refunded; try again later, or with a simpler model."
    ): ("Hitem3D 未能将模型拆分为部件：耗时过长，或模型无法读取。积分已退还；请稍后重试，或换用更简单的模型。"),
    (
        "The model is too large for Hitem3D. Reduce it, for example with a Decimate modifier, and try again; "
        "nothing was charged."
    ): ("模型对 Hitem3D 来说太大。请减小模型（例如使用精简修改器）后重试；没有扣费。"),
    "Hitem3D does not know this task. Check the task id, and that the keys are those of the account that made it.": (
        "Hitem3D 不认识此任务。请检查任务 ID，并确认密钥属于创建该任务的账户。"
    ),
    # authorization.py
    "The token holds characters that no token has. Copy it again, whole and without anything around it.": (
        "令牌中含有不应出现的字符。请重新完整复制，前后不要带其他内容。"
    ),
    (
        "There are no keys for Hitem3D. Enter a token, or an access key and a secret key, in the preferences, or "
        "set HITEM3D_TOKEN."
    ): ("没有 Hitem3D 的密钥。请在偏好设置中输入令牌，或访问密钥和私有密钥，或者设置 HITEM3D_TOKEN。"),
    # client.py
    (
        "The model was sent, but what {host} answered says nothing about the task (HTTP {status}). It may have been "
        "created and charged: check your credits at platform.hi3d.ai before you send it again."
    ): (
        "模型已发送，但 {host} 的答复没有提到任务（HTTP {status}）。任务可能已创建并扣费：再次发送之前，请在 "
        "platform.hi3d.ai 查看您的积分。"
    ),
    (
        "The model was sent, but the answer of {host} was lost ({reason}). The task may have been created and "
        "charged: check your credits at platform.hi3d.ai before you send it again."
    ): (
        "模型已发送，但 {host} 的答复丢失了（{reason}）。任务可能已创建并扣费：再次发送之前，请在 platform.hi3d.ai "
        "查看您的积分。"
    ),
    (
        "The connection to {host} broke while the model was being sent ({reason}). Nothing was charged; check the "
        "connection to the internet and send it again."
    ): ("发送模型时，与 {host} 的连接中断了（{reason}）。没有扣费；请检查网络连接，然后重新发送。"),
    (
        "What came from {host} is not an answer of Hitem3D. In a hotel or studio network a login page may be in the "
        "way; check also the service's address in the preferences."
    ): (
        "{host} 返回的内容不是 Hitem3D 的答复。在酒店或工作室的网络中，可能被登录页面拦截；也请检查偏好设置中的服务"
        "地址。"
    ),
    "Hitem3D can't answer at the moment (HTTP {status}). Try again in a while; nothing was charged.": (
        "Hitem3D 目前无法答复（HTTP {status}）。请过一会儿再试；没有扣费。"
    ),
    (
        "Hitem3D could not cut the model into parts: {reason}. The credits are refunded; try again later, or with a "
        "simpler model."
    ): ("Hitem3D 未能将模型拆分为部件：{reason}。积分已退还；请稍后重试，或换用更简单的模型。"),
    # credentials.py
    (
        "The saved keys can't be read: {file} ({reason}). Mend the permissions of the file, or delete it and enter "
        "the keys again."
    ): ("无法读取已保存的密钥：{file}（{reason}）。请修正文件的权限，或删除该文件并重新输入密钥。"),
    "The file with the saved keys is damaged: {file}. Delete it and enter the keys again.": (
        "保存密钥的文件已损坏：{file}。请删除该文件并重新输入密钥。"
    ),
    (
        "The keys can't be saved: {file} ({reason}). Free some space or mend the permissions of the folder, then "
        "try again."
    ): ("无法保存密钥：{file}（{reason}）。请腾出一些空间或修正文件夹的权限，然后重试。"),
    # data_folder.py
    (
        "The data folder can't be made: {folder} ({reason}). Choose another with the environment variable "
        "HITEM3D_HOME, or mend its permissions."
    ): ("无法创建数据文件夹：{folder}（{reason}）。请用环境变量 HITEM3D_HOME 指定其他文件夹，或修正其权限。"),
    # download.py
    (
        "What the service gave as the result is not a model that can be read, or it is damaged. Try again in a "
        "while; if it stays, ask Hitem3D's support about this task."
    ): ("服务给出的结果不是可读取的模型，或者已损坏。请过一会儿再试；如果仍然如此，请向 Hitem3D 客服询问此任务。"),
    (
        "The parts can't be saved in {folder}: {reason}. Free some space or mend the permissions of the folder, "
        "then try again."
    ): ("无法将部件保存到 {folder}：{reason}。请腾出一些空间或修正文件夹的权限，然后重试。"),
    (
        "The service gives a link to the parts that is not safe to follow ({host}): it has to be https. Ask "
        "Hitem3D's support about this task."
    ): ("服务给出的部件链接不安全（{host}）：必须使用 https。请向 Hitem3D 客服询问此任务。"),
    "The link to the parts leads from one address to the next without end ({host}). Try again in a while.": (
        "部件的链接在各地址之间无休止地跳转（{host}）。请过一会儿再试。"
    ),
    "The link to the parts is no longer good; it lives one hour. Try again to get a new one.": (
        "部件的链接已失效，其有效期为一小时。请重试以获取新的链接。"
    ),
    "{host} can't give out the parts now (HTTP {status}). Try again in a while.": (
        "{host} 目前无法提供部件（HTTP {status}）。请过一会儿再试。"
    ),
    (
        "The parts are not where the service says they are ({host}, HTTP {status}). Results are kept for a limited "
        "time; segment the object again if it was long ago."
    ): ("部件不在服务所说的位置（{host}，HTTP {status}）。结果只保留一段时间；如果时间已久，请重新分割物体。"),
    "Stopped the download. The parts can be downloaded again.": "已停止下载。可以重新下载部件。",
    (
        "The result is larger than any model can be; the download was stopped. Ask Hitem3D's support about this task."
    ): "结果的大小超出了任何模型的可能，已停止下载。请就此任务询问 Hitem3D 客服。",
    "The service gave an empty file as the result. Try again in a while.": "服务给出的结果是空文件。请过一会儿再试。",
    # model.py
    (
        "The model is too large to send: {size:.1f} MB, the limit is {limit:.0f} MB. Reduce it, for example with a "
        "Decimate modifier, and try again."
    ): ("模型太大，无法发送：{size:.1f} MB，上限为 {limit:.0f} MB。请减小模型（例如使用精简修改器），然后重试。"),
    "The model file is empty. Export it again.": "模型文件是空的。请重新导出。",
    # owner.py
    (
        "Files in the data folder can't be locked ({reason}), which keeps tasks from being sent twice. Choose "
        "another folder with the environment variable HITEM3D_HOME."
    ): (
        "无法锁定数据文件夹中的文件（{reason}），而锁定可防止任务被重复发送。请用环境变量 HITEM3D_HOME 指定其他文件夹。"
    ),
    (
        "The data folder can't be written: {folder} ({reason}). Free some space or mend its "
        "permissions, or name another one in HITEM3D_HOME."
    ): ("无法写入数据文件夹：{folder}（{reason}）。请腾出一些空间或修正其权限，或用 HITEM3D_HOME 指定其他文件夹。"),
    # site_settings.py
    "The studio's settings can't be read: {file} ({reason}). Ask the person who looks after Blender there.": (
        "无法读取工作室的设置：{file}（{reason}）。请联系工作室中负责 Blender 的人员。"
    ),
    # store.py
    (
        "Another process took the task over, so it was not sent from here. See in the task list how far it is."
    ): "另一个进程接管了该任务，因此没有从这里发送。请在任务列表中查看其进度。",
    (
        "Sending was interrupted, and nobody can know whether the service took the model; it may have been charged. "
        "Look at your tasks at Hitem3D: give the task id if it is there, else send it again."
    ): (
        "发送被中断，无法得知服务是否已收到模型；可能已经扣费。请在 Hitem3D 查看您的任务：如果任务在那里，请填写任"
        "务 ID，否则重新发送。"
    ),
    "The task list was made by a newer version of this add-on. Update the add-on to use it: {file}.": (
        "任务列表由此插件的更新版本创建。请更新插件后再使用：{file}。"
    ),
    (
        "The task list was damaged. It is kept as {file}, and a new list was begun; the tasks on the objects of "
        "your files still work."
    ): ("任务列表已损坏，保存为 {file}，并已新建列表；您文件中物体上的任务仍然有效。"),
    "The task list is in use by another program. Try again in a moment: {file}.": (
        "任务列表正被另一个程序使用。请稍后重试：{file}。"
    ),
    "The task list can't be used: {file} ({reason}). See that the disk has room and that you may write there.": (
        "无法使用任务列表：{file}（{reason}）。请确认磁盘有足够空间，并且您有写入权限。"
    ),
    "The task is no longer in the list; it was forgotten. Give its task id to take it back.": (
        "该任务已不在列表中：它已被移除。请提供其任务 ID 以重新添加。"
    ),
    # task.py
    (
        "A task needs either a mesh or the address of one (mesh_url). Give one of them, not both."
    ): "任务需要网格或其地址（mesh_url）中的一个。请只提供其中一个。",
    "{name} is not a web address: {address}. It has to begin with http:// or https://.": (
        "{name} 不是网址：{address}。它必须以 http:// 或 https:// 开头。"
    ),
    "The model file can't be read: {reason}. Export it again.": "无法读取模型文件：{reason}。请重新导出。",
    "The model file can't be read: {file} ({reason}). Check its name and its permissions.": (
        "无法读取模型文件：{file}（{reason}）。请检查其名称和权限。"
    ),
    (
        "It is not known whether the parts are ready: {obstacle} The task goes on at the service ({task_id}). "
        "Import the parts later."
    ): "无法得知部件是否已就绪：{obstacle} 任务仍在服务端继续（{task_id}）。请稍后导入部件。",
    (
        "The service gave {count} files; of those {taken} in the format {kind} were taken, as the others are the same "
        "model in other formats."
    ): "服务返回了 {count} 个文件；已采用其中 {taken} 个 {kind} 格式的文件，其余为同一模型的其他格式。",
    "This task was sent, or may have been, so it stays with its service: {host}.": (
        "此任务已发送或可能已发送，因此仍归属其服务：{host}。"
    ),
    # transport.py
    (
        "The address of the proxy can't be used ({proxy}). Write it as http://host:port in HTTPS_PROXY or in the "
        "system's proxy settings."
    ): "代理地址无法使用（{proxy}）。请在 HTTPS_PROXY 或系统代理设置中写成 http://主机:端口 的形式。",
    (
        "The proxy {proxy} is a SOCKS proxy, for which this Blender's Python lacks the module PySocks. Name an HTTP "
        "proxy in HTTPS_PROXY, or install PySocks into Blender's Python."
    ): (
        "代理 {proxy} 是 SOCKS 代理，而此 Blender 的 Python 缺少 PySocks 模块。请在 HTTPS_PROXY 中指定 HTTP 代理，"
        "或在 Blender 的 Python 中安装 PySocks。"
    ),
    (
        "The connection to {host} is not safe: {reason}. In a studio network this is usually a proxy with a "
        "certificate of its own: choose its certificate file in the preferences. Proxy: {proxy}, certificate file: "
        "{ca_file}."
    ): (
        "与 {host} 的连接不安全：{reason}。在工作室网络中，这通常是代理使用了自己的证书：请在偏好设置中选择其证书文"
        "件。代理：{proxy}，证书文件：{ca_file}。"
    ),
    (
        "The proxy {proxy} does not let Hitem3D through: {reason}. Check the system's proxy settings or HTTPS_PROXY "
        "and NO_PROXY."
    ): ("代理 {proxy} 不允许 Hitem3D 通过：{reason}。请检查系统的代理设置，或 HTTPS_PROXY 和 NO_PROXY。"),
    (
        "The name {host} can't be found on the network. Check the connection to the internet and the service's "
        "address in the preferences, then try again."
    ): ("在网络上找不到名称 {host}。请检查网络连接和偏好设置中的服务地址，然后重试。"),
    (
        "Nothing answers at {host}: the connection is refused. Check the service's address in the preferences and "
        "the firewall, then try again."
    ): ("{host} 没有回应：连接被拒绝。请检查偏好设置中的服务地址和防火墙，然后重试。"),
    "No answer from {host} in time. Check the connection to the internet, or try again later.": (
        "{host} 没有及时答复。请检查网络连接，或稍后重试。"
    ),
    "The connection to {host} broke ({reason}). Check the connection to the internet and try again.": (
        "与 {host} 的连接中断了（{reason}）。请检查网络连接，然后重试。"
    ),
    (
        "The certificate file is not there: {file}. Choose another in the preferences, or mend REQUESTS_CA_BUNDLE "
        "or SSL_CERT_FILE."
    ): ("证书文件不存在：{file}。请在偏好设置中选择其他文件，或修正 REQUESTS_CA_BUNDLE 或 SSL_CERT_FILE。"),
    (
        "This Blender has no “requests” module, which Hitem3D needs to reach the service. Use Blender from "
        "blender.org, or install the package python3-requests of your system."
    ): (
        "此 Blender 没有 “requests” 模块，而 Hitem3D 需要它来连接服务。请使用 blender.org 的 Blender，或安装系统的 "
        "python3-requests 软件包。"
    ),
    # upload.py
    "Stopped while the model was being sent. Nothing was charged.": "已在发送模型时停止。没有扣费。",
    "The service takes no model of this kind: {suffix}. Give a .glb, .stl or .obj file.": (
        "服务不接受这种模型：{suffix}。请提供 .glb、.stl 或 .obj 文件。"
    ),
    "The model file can't be read ({reason}). Nothing was charged; export it again.": (
        "无法读取模型文件（{reason}）。没有扣费；请重新导出。"
    ),
    "The model file changed while it was being sent. Nothing was charged; send it again.": (
        "模型文件在发送时被更改。没有扣费；请重新发送。"
    ),
    # workflow.py
    "Stopped waiting. The task goes on at the service; import it when it is ready.": (
        "已停止等待。任务仍在服务端继续；完成后即可导入。"
    ),
    (
        "The parts are not ready after {seconds} seconds; the task goes on at the service ({task_id}). Import the "
        "parts later."
    ): ("{seconds} 秒后部件仍未就绪；任务仍在服务端继续（{task_id}）。请稍后导入部件。"),
    "The parts are not ready: the service says “{state}”. Try again in a while.": (
        "部件尚未就绪：服务端状态为 “{state}”。请过一会儿再试。"
    ),
    "The service is done but gave no link to the parts. Try again in a while.": (
        "服务已完成，但没有给出部件的链接。请过一会儿再试。"
    ),
    "Stopped before it was sent; nothing was charged.": "已在发送前停止；没有扣费。",
    "We stopped waiting; the service goes on, and its credits stay spent. Check it again later.": (
        "已停止等待；服务仍在继续，积分不会退还。请稍后再次检查。"
    ),
    "This task was sent, so it is not sent again. Segment the object once more for a new one.": (
        "此任务已发送过，因此不会再次发送。如需新任务，请重新分割物体。"
    ),
    "The model's file is gone, so it can't be sent again. Segment the object once more.": (
        "模型文件已不存在，因此无法再次发送。请重新分割物体。"
    ),
    (
        "This task has its id already: {task_id}. To take in another one, use Add Task by Id."
    ): "此任务已有 ID：{task_id}。要添加另一个任务，请使用 “用 ID 添加任务”。",
    "The keys work: {host}, {credits:g} API credits left.": "密钥有效：{host}，剩余 {credits:g} API 积分。",
    "The model is being sent just now. Stop it first, or wait for its task id.": (
        "模型正在发送。请先停止，或等待其任务 ID。"
    ),
    "The service could not cut the model into parts. Credits are refunded; try again later.": (
        "服务未能将模型拆分为部件。积分会退还；请稍后重试。"
    ),
    "Another Blender is working on this task. Wait for it, or close that Blender, and try again.": (
        "另一个 Blender 正在处理此任务。请等待它完成，或关闭那个 Blender 后重试。"
    ),
    (
        "The model has not been sent yet, so there is nothing to ask the service for. Wait until it is sent."
    ): "模型尚未发送，因此还没有可向服务查询的内容。请等待其发送完成。",
    "This task belongs to {theirs}, but the add-on is set to {ours}. Change the address in the preferences.": (
        "此任务属于 {theirs}，但插件设置为 {ours}。请在偏好设置中更改地址。"
    ),
    (
        "The task failed at the service. Try again later, or with a simpler model."
    ): "任务在服务端失败。请稍后重试，或使用更简单的模型。",
}
