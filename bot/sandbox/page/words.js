// What the page says, in two languages.
const WORDS = {
  en: {
    page: "Chat sandbox", people: "People", add: "Add a person", name: "Name", handle: "Handle (optional)", language: "Language", cancel: "Cancel", create: "Add",
    languages: { "zh-hans": "中文", zh: "中文", en: "English" }, split: "Side by side", shop: "Shop", dark: "Dark colours", light: "Light colours",
    panel: "Server panel", closePanel: "Close the panel", closeColumn: (name) => `Close ${name}’s column`, back: "Back", close: "Close", ok: "OK",
    nobody: "Nobody is here yet. Add a person and be them: write, tap and open links as they would.", nobodyElse: "Nobody else is here yet.",
    chatsOf: (name) => `Chats of ${name}`, chats: "Back to the chats", newChat: "New chat", find: "Search", nothing: "Nothing found", noChats: "No chats yet",
    choose: "Choose a chat", unread: (count) => `${count} new`, you: "You", colon: ": ", as: (name) => `as ${name}`,
    kinds: { bot: "bot", private: "private chat", group: "group", supergroup: "supergroup", channel: "channel" }, kind: "Kind", title: "Title",
    withBot: (bot) => `Add @${bot}`, asForum: "With topics (forum)", pickSomebody: "Choose somebody to write to.",
    bot: "bot", more: "More", link: "Open a link", linkHint: "t.me link or invite code", open: "Open", block: "Block the bot", unblock: "Unblock",
    leave: "Leave", groupTools: "Members and rights", members: (count) => (count === 1 ? "1 member" : `${count} members`), addToGroup: "Add the bot to which group?",
    messages: "Conversation", empty: "No messages yet. Tap START.", quiet: "No messages yet.", earlier: "Earlier messages", toEnd: "To the end",
    today: "Today", yesterday: "Yesterday", edited: "edited", forwarded: "Forwarded message", silently: "Sent without sound", sent: "sent", via: "via ",
    actions: "Actions", reply: "Reply", react: "React", reactionOf: (emoji, count) => `${emoji} ${count}`, copy: "Copy", copied: "Copied", gone: "Deleted message",
    picture: "Picture", file: "File", download: "Download", original: "Original file", spoiler: "Hidden text, press to show", dice: (emoji, value) => `${emoji} shows ${value}`,
    pinned: "Pinned message", topics: "Topics", allTopics: "All", general: "General", newTopic: "New topic",
    typing: "typing…", doing: { typing: "typing…", upload_photo: "sending a picture…", upload_document: "sending a file…", choose_sticker: "choosing a sticker…" },
    write: "Message", send: "Send", start: "START", menu: "Menu", commands: "Commands", noCommands: "The bot lists no commands", keyboard: "Quick replies",
    attach: "Attach a file", caption: "Caption", asPhoto: "Send as picture", asFile: "Send as file", cancelReply: "Don’t reply",
    onlyAdmins: "Only admins write here", cannotWrite: "You can’t write here", silent: "No answer from the bot yet", offline: "Connection lost, trying again…",
    results: "Inline results", noResults: "No results", inlineSilent: "The bot has not answered yet…", sendTo: "Send to which chat?", sentTo: (name) => `Sent to ${name}`, miniApp: "Mini App",
    tabs: { journal: "Journal", faults: "Faults", bot: "Inline", clock: "Clock", group: "Group" }, all: "All", status: "Status", time: "Time", method: "Method",
    anyMethod: "Any method", succeeded: "Succeeded", failed: "Failed", anyTime: "Any time", lastMinute: "Last minute", last10: "Last 10 minutes", lastHour: "Last hour",
    hidePolls: "Hide polling", noEntries: "No such requests", request: "Request", answer: "Answer", unanswered: "no answer", fault: "Fault",
    faultKinds: { too_many: "429 Too many", forbidden: "403 Forbidden", server_error: "500 Error", hang: "Hangs", dropped: "Dropped" },
    faultsHint: "Make the bot’s next requests fail. “Dropped” takes effect, then the answer is lost.", howOften: "How often", once: "Once",
    times: (count) => (count === 1 ? "Once" : `${count} times`), untilCleared: "Until cleared", retryAfter: "Wait (seconds)", planFault: "Plan the fault", plans: "Planned", noFaults: "Nothing is planned to fail",
    cancelFault: "Take back", clearFaults: "Clear all", inlineMode: "Inline mode", inlineModeHint: "@bot in any chat asks the bot for results", inlineFeedback: "Inline feedback",
    inlineFeedbackHint: "The bot is told which result was chosen", clockNow: "The sandbox’s time", clockMoved: "Set by hand", clockReal: "The real time",
    hour: "+1 hour", day: "+1 day", week: "+7 days", resetClock: "Back to the real time", clockHint: "Moves the chat server’s clock: dates of messages, speed limits, the age of taps.",
    group: "Group", noGroups: "There is no group yet. “New chat” makes one.", inGroup: "Members", addMember: "Add a member…", migrate: "Upgrade to a supergroup", membership: (name) => `Membership of ${name}`,
    statuses: { creator: "owner", administrator: "admin", member: "member", restricted: "restricted", left: "left", kicked: "banned" }, ownerStays: "The owner stays the owner",
    promote: "Make admin", pinOnly: "Admin who may only pin", demote: "Make member", restrict: "Restrict", remove: "Remove", ban: "Ban",
    services: {
      created: (who) => `${who} created the chat`, joined: (who, what) => `${what || who} joined`, left: (who, what) => `${what || who} left`, pinned: (who) => `${who} pinned a message`,
      migrated: () => "The group became a supergroup", title: (who, what) => `The title is now “${what}”`, topic: (who, what) => `Topic “${what}” was created`,
      topic_renamed: (who, what) => `The topic is now called “${what}”`, topic_closed: () => "The topic was closed", topic_reopened: () => "The topic was opened again",
    },
    refusals: {},
  },
  zh: {
    page: "聊天沙盒", people: "人物", add: "添加人物", name: "名字", handle: "用户名（可选）", language: "语言", cancel: "取消", create: "添加",
    languages: { "zh-hans": "中文", zh: "中文", en: "English" }, split: "并排查看", shop: "商店", dark: "深色", light: "浅色",
    panel: "服务器面板", closePanel: "关闭面板", closeColumn: (name) => `关闭${name}的一栏`, back: "返回", close: "关闭", ok: "好",
    nobody: "这里还没有人。添加一个人物，以他的身份发消息、点按钮、打开链接。", nobodyElse: "这里还没有其他人。",
    chatsOf: (name) => `${name}的聊天`, chats: "返回聊天列表", newChat: "新聊天", find: "搜索", nothing: "没有找到", noChats: "还没有聊天",
    choose: "请选择一个聊天", unread: (count) => `${count} 条新消息`, you: "我", colon: "：", as: (name) => `以${name}的身份`,
    kinds: { bot: "机器人", private: "私聊", group: "群组", supergroup: "超级群组", channel: "频道" }, kind: "类型", title: "名称",
    withBot: (bot) => `添加 @${bot}`, asForum: "启用话题（论坛）", pickSomebody: "请选择聊天对象。",
    bot: "机器人", more: "更多", link: "打开链接", linkHint: "t.me 链接或邀请码", open: "打开", block: "屏蔽机器人", unblock: "解除屏蔽",
    leave: "退出", groupTools: "成员与权限", members: (count) => `${count} 位成员`, addToGroup: "把机器人加到哪个群？",
    messages: "对话", empty: "还没有消息，点「开始」。", quiet: "还没有消息。", earlier: "更早的消息", toEnd: "到末尾",
    today: "今天", yesterday: "昨天", edited: "已编辑", forwarded: "转发的消息", silently: "静音发送", sent: "已发送", via: "来自 ",
    actions: "操作", reply: "回复", react: "表情回应", reactionOf: (emoji, count) => `${emoji} ${count}`, copy: "复制", copied: "已复制", gone: "消息已删除",
    picture: "图片", file: "文件", download: "下载", original: "原图", spoiler: "隐藏文字，点按显示", dice: (emoji, value) => `${emoji} 点数 ${value}`,
    pinned: "置顶消息", topics: "话题", allTopics: "全部", general: "常规", newTopic: "新话题",
    typing: "正在输入…", doing: { typing: "正在输入…", upload_photo: "正在发送图片…", upload_document: "正在发送文件…", choose_sticker: "正在选择贴纸…" },
    write: "输入消息", send: "发送", start: "开始", menu: "菜单", commands: "命令", noCommands: "机器人没有列出命令", keyboard: "快捷回复",
    attach: "添加文件", caption: "说明文字", asPhoto: "作为图片发送", asFile: "作为文件发送", cancelReply: "取消回复",
    onlyAdmins: "只有管理员可以发言", cannotWrite: "你不能在这里发言", silent: "机器人还没有回应", offline: "连接中断，正在重试…",
    results: "内联结果", noResults: "没有结果", inlineSilent: "机器人还没有回应…", sendTo: "发送到哪个聊天？", sentTo: (name) => `已发送给${name}`, miniApp: "小程序",
    tabs: { journal: "日志", faults: "故障", bot: "内联", clock: "时钟", group: "群组" }, all: "全部", status: "状态", time: "时间", method: "方法",
    anyMethod: "任何方法", succeeded: "成功", failed: "失败", anyTime: "任何时间", lastMinute: "最近 1 分钟", last10: "最近 10 分钟", lastHour: "最近 1 小时",
    hidePolls: "隐藏轮询", noEntries: "没有这样的请求", request: "请求", answer: "回应", unanswered: "无回应", fault: "故障",
    faultKinds: { too_many: "429 过于频繁", forbidden: "403 禁止", server_error: "500 错误", hang: "挂起", dropped: "丢失回应" },
    faultsHint: "让机器人接下来的请求失败。「丢失回应」会先生效，然后连接中断。", howOften: "次数", once: "1 次",
    times: (count) => `${count} 次`, untilCleared: "直到清除", retryAfter: "等待（秒）", planFault: "安排故障", plans: "已安排", noFaults: "没有安排故障",
    cancelFault: "撤回", clearFaults: "全部清除", inlineMode: "内联模式", inlineModeHint: "在任何聊天里输入 @bot 即可向机器人查询", inlineFeedback: "内联反馈",
    inlineFeedbackHint: "告诉机器人选了哪个结果", clockNow: "沙盒时间", clockMoved: "已手动调整", clockReal: "真实时间",
    hour: "+1 小时", day: "+1 天", week: "+7 天", resetClock: "恢复真实时间", clockHint: "调整聊天服务器的时钟：消息日期、速度限制、按钮的有效期。",
    group: "群组", noGroups: "还没有群组，点「新聊天」创建。", inGroup: "成员", addMember: "添加成员…", migrate: "升级为超级群组", membership: (name) => `${name}的成员身份`,
    statuses: { creator: "群主", administrator: "管理员", member: "成员", restricted: "受限", left: "已退出", kicked: "已封禁" }, ownerStays: "群主身份不可更改",
    promote: "设为管理员", pinOnly: "仅可置顶的管理员", demote: "设为普通成员", restrict: "限制", remove: "移出", ban: "封禁",
    services: {
      created: (who) => `${who} 创建了聊天`, joined: (who, what) => `${what || who} 加入了`, left: (who, what) => `${what || who} 退出了`, pinned: (who) => `${who} 置顶了一条消息`,
      migrated: () => "群组已升级为超级群组", title: (who, what) => `名称改为「${what}」`, topic: (who, what) => `话题「${what}」已创建`,
      topic_renamed: (who, what) => `话题改名为「${what}」`, topic_closed: () => "话题已关闭", topic_reopened: () => "话题已重新打开",
    },
    refusals: {
      person: "找不到这个人物", length: "消息需为 1 至 4096 个字符", payload: "邀请码最多 64 个字符，只能包含字母、数字、_ 和 -",
      link: "这不是聊天链接", bot: "这里没有那个机器人", button: "按钮已不存在",
    },
  },
};

export const settings = JSON.parse(document.getElementById("settings").textContent);
const spoken = WORDS[settings.lang] ?? WORDS.en;

export const words = {
  ...spoken,
  service({ service, facts = {}, from }) {
    // A service message in words: who did what to whom.
    const who = from?.name ?? "";
    const what = facts.names?.join(", ") ?? facts.name ?? facts.title ?? "";
    return spoken.services[service]?.(who, what) ?? `${who} · ${service}`;
  },
};
