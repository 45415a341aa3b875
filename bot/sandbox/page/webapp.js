// A Mini App in a sheet: its page in a frame, and the messages it exchanges with its client.
import { dialog, toast } from "./dialogs.js";
import { make, named, round } from "./dom.js";
import { pickChat } from "./picker.js";
import { ask } from "./server.js";
import { themeParams } from "./theme.js";
import { words } from "./words.js";

export async function openMiniApp(chat, address, title) {
  const { column, person } = chat;
  let url;
  try {
    ({ url } = await ask(`people/${person.id}/webapp`, { url: address, chat: chat.key }));
  } catch (error) {
    toast(error.message, column.element);
    return;
  }
  url = url.replace(/tgWebAppThemeParams=[^&]*/, `tgWebAppThemeParams=${encodeURIComponent(JSON.stringify(themeParams()))}`);
  const frame = make("iframe", { src: url, title, sandbox: "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox", allow: "clipboard-write" });
  const action = make("button", { class: "tool main sheet-action", type: "button", hidden: true, onclick: () => tell("main_button_pressed") });
  const back = round("back", words.back, () => tell("back_button_pressed"), { hidden: true });
  const bar = make("header", { class: "bar" }, back, make("div", { class: "names" }, named(title, { class: "title" }), make("span", { class: "soft" }, words.miniApp)),
    round("close", words.close, () => box.close()));
  const box = dialog(title, [bar, make("div", { class: "sheet-page" }, make("div", { class: "spinner", "aria-hidden": "true" }), frame), action], { kind: "sheet" });
  const tell = (eventType, eventData = {}) => frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*");
  const theme = () => tell("theme_changed", { theme_params: themeParams() });
  const viewport = () => tell("viewport_changed", { height: frame.clientHeight, width: frame.clientWidth, is_state_stable: true, is_expanded: true });

  const answers = {
    iframe_ready: theme,
    web_app_ready: () => box.classList.add("ready"),
    web_app_expand: () => { box.classList.add("expanded"); viewport(); },
    web_app_close: () => box.close(),
    web_app_request_theme: theme,
    web_app_request_viewport: viewport,
    web_app_open_link: ({ url: link }) => { if (/^https?:/i.test(link)) open(link, "_blank", "noopener"); },
    web_app_open_tg_link: ({ path_full: path }) => { box.close(); chat.open(`https://t.me${path}`); },
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
