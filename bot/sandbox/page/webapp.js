// A Mini App in a sheet: its page in a frame, and the messages it exchanges with its client.
import { dialog, toast } from "./dialogs.js";
import { make, named, press, round, soft } from "./dom.js";
import { pickChat } from "./picker.js";
import { ask } from "./server.js";
import { themeParams } from "./theme.js";
import { words } from "./words.js";

const ALLOWED = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";

export async function openMiniApp(chat, address, title) {
  const { column, person } = chat;
  let url;
  try {
    ({ url } = await ask(`people/${person.id}/webapp`, { url: address, chat: chat.key }));
  } catch (error) {
    toast(error.message, column.element);
    return;
  }
  const colours = encodeURIComponent(JSON.stringify(themeParams()));
  url = url.replace(/tgWebAppThemeParams=[^&]*/, `tgWebAppThemeParams=${colours}`);
  const frame = make("iframe", { src: url, title, sandbox: ALLOWED, allow: "clipboard-write" });
  const action = press("tool main sheet-action", () => tell("main_button_pressed"), { hidden: true });
  const back = round("back", words.back, () => tell("back_button_pressed"), { hidden: true });
  const names = make("div", { class: "names" }, named(title, { class: "title" }), soft(words.miniApp));
  const bar = make("header", { class: "bar" }, back, names, round("close", words.close, () => box.close()));
  const page = make("div", { class: "sheet-page" }, make("div", { class: "spinner", "aria-hidden": "true" }), frame);
  const box = dialog(title, [bar, page, action], { kind: "sheet" });
  const tell = (eventType, eventData = {}) => {
    frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*");
  };
  const theme = () => tell("theme_changed", { theme_params: themeParams() });
  const viewport = () => {
    const size = { height: frame.clientHeight, width: frame.clientWidth };
    tell("viewport_changed", { ...size, is_state_stable: true, is_expanded: true });
  };

  const answers = {
    iframe_ready: theme,
    web_app_ready: () => box.classList.add("ready"),
    web_app_expand: () => { box.classList.add("expanded"); viewport(); },
    web_app_close: () => box.close(),
    web_app_request_theme: theme,
    web_app_request_viewport: viewport,
    web_app_open_link: ({ url: link }) => { if (/^https?:/i.test(link)) open(link, "_blank", "noopener"); },
    web_app_open_tg_link: ({ path_full: path }) => { box.close(); chat.open(`t.me${path}`); },
    web_app_setup_back_button: ({ is_visible: shown }) => { back.hidden = !shown; },
    web_app_setup_main_button: ({ is_visible: shown, text, is_active: active = true }) => {
      action.hidden = !shown;
      action.disabled = !active;
      if (text) action.textContent = text;
    },
    web_app_send_prepared_message: async ({ id }) => {
      const chosen = await pickChat(person, { title: words.sendTo });
      if (!chosen) { tell("prepared_message_failed", { error: "USER_DECLINED" }); return; }
      try {
        await ask(`people/${person.id}/chats/${chosen.key}/prepared`, { prepared_message_id: id });
        tell("prepared_message_sent");
        toast(words.sentTo(chosen.title), column.element);
      } catch (error) {
        tell("prepared_message_failed", { error: "MESSAGE_SEND_FAILED" });
        toast(error.message, column.element);
      }
    },
  };

  const hear = (event) => {
    // Only the frame's own page speaks for the app.
    if (event.source !== frame.contentWindow) return;
    const said = parsed(event.data);
    answers[said?.eventType]?.(parsed(said.eventData) ?? {});
  };
  addEventListener("message", hear);
  addEventListener("theme", theme);
  frame.addEventListener("load", () => box.classList.add("ready"));
  box.addEventListener("close", () => { removeEventListener("message", hear); removeEventListener("theme", theme); });
}

function parsed(said) {
  if (typeof said !== "string") return said;
  try { return JSON.parse(said); } catch { return null; }
}
