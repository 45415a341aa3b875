// What the page says, in two languages.
const WORDS = {
  en: {
    people: "People", add: "Add a person", name: "Name", language: "Language", cancel: "Cancel", create: "Add",
    split: "Side by side", shop: "Shop", link: "Open a link", linkHint: "t.me link or invite code",
    open: "Open", write: "Message", send: "Send", menu: "Menu", start: "START", bot: "bot", more: "More",
    as: (name) => `as ${name}`, edited: "edited", forwarded: "Forwarded", close: "Close", ok: "OK",
    block: "Block the bot", unblock: "Unblock", blocked: "You blocked this bot", copied: "Copied",
    copy: "Copy", picture: "Picture", download: "Download", original: "Original file", typing: "typing…",
    upload_photo: "sending a picture…", upload_document: "sending a file…",
    silent: "No answer from the bot yet", offline: "Connection lost, trying again…",
    nobody: "Nobody is here yet. Add a person and be them: write, tap and open links as they would.",
    empty: "No messages yet. Tap START.", commands: "Commands", keyboard: "Quick replies",
    unread: (count) => `${count} new`, today: "Today", noCommands: "The bot lists no commands", refusals: {},
  },
  zh: {
    people: "人物", add: "添加人物", name: "名字", language: "语言", cancel: "取消", create: "添加",
    split: "并排查看", shop: "商店", link: "打开链接", linkHint: "t.me 链接或邀请码",
    open: "打开", write: "输入消息", send: "发送", menu: "菜单", start: "开始", bot: "机器人", more: "更多",
    as: (name) => `以${name}的身份`, edited: "已编辑", forwarded: "转发的消息", close: "关闭", ok: "好",
    block: "屏蔽机器人", unblock: "解除屏蔽", blocked: "你已屏蔽此机器人", copied: "已复制",
    copy: "复制", picture: "图片", download: "下载", original: "原图", typing: "正在输入…",
    upload_photo: "正在发送图片…", upload_document: "正在发送文件…",
    silent: "机器人还没有回应", offline: "连接中断，正在重试…",
    nobody: "这里还没有人。添加一个人物，以他的身份发消息、点按钮、打开链接。",
    empty: "还没有消息，点「开始」。", commands: "命令", keyboard: "快捷回复",
    unread: (count) => `${count} 条新消息`, today: "今天", noCommands: "机器人没有列出命令",
    refusals: {
      person: "找不到这个人物", length: "消息需为 1 至 4096 个字符", payload: "邀请码最多 64 个字符，只能包含字母、数字、_ 和 -",
      link: "这不是聊天链接", bot: "这里没有那个机器人", button: "按钮已不存在",
    },
  },
};

export const settings = JSON.parse(document.getElementById("settings").textContent);
export const words = WORDS[settings.lang] ?? WORDS.en;

export function timeOf(seconds) {
  return new Intl.DateTimeFormat(settings.lang, { hour: "2-digit", minute: "2-digit", hour12: false })
    .format(new Date(seconds * 1000));
}

export function dayOf(seconds) {
  const day = new Date(seconds * 1000);
  if (day.toDateString() === new Date().toDateString()) return words.today;
  return new Intl.DateTimeFormat(settings.lang, { month: "long", day: "numeric" }).format(day);
}

export function sizeOf(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}
