// Sends a product's card: hands on the chat client's signed word, gets a prepared message, asks the client to send it.
const words = JSON.parse(document.getElementById("words").textContent);
const said = document.getElementById("said");
const fragment = new URLSearchParams(location.hash.slice(1));
const say = (text) => { said.textContent = text; };

function tell(eventType, eventData = {}) {
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(eventType, JSON.stringify(eventData));
  else if (window.external && "notify" in window.external) window.external.notify(JSON.stringify({ eventType, eventData }));
  else if (window.parent !== window) window.parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
}

function hear(eventType) {
  if (eventType === "prepared_message_sent") {
    say(words.sent);
    tell("web_app_close");
  }
  if (eventType === "prepared_message_failed") say(words.failed);
}

// The clients call back in one of these ways, by their kind and age.
window.Telegram = { WebView: { receiveEvent: hear } };
window.TelegramGameProxy = { receiveEvent: hear };
window.TelegramGameProxy_receiveEvent = hear;
window.addEventListener("message", (message) => {
  if (message.source !== window.parent || typeof message.data !== "string") return;
  try { hear(JSON.parse(message.data).eventType); } catch { /* not the chat client's word */ }
});

function dress() {
  try {
    const theme = JSON.parse(fragment.get("tgWebAppThemeParams") ?? "{}");
    const style = document.documentElement.style;
    if (/^#[0-9a-f]{6}$/i.test(theme.bg_color ?? "")) style.setProperty("--ground", theme.bg_color);
    if (/^#[0-9a-f]{6}$/i.test(theme.text_color ?? "")) style.setProperty("--text", theme.text_color);
  } catch { /* the page looks as the system does */ }
}

async function share() {
  const initData = fragment.get("tgWebAppData");
  if (!initData) return say(words.outside);
  say(words.wait);
  const product = new URLSearchParams(location.search).get("product") ?? "";
  const answer = await fetch("/app/share", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ init_data: initData, product }),
  });
  if (!answer.ok) return say(words.failed);
  const { id } = await answer.json();
  say(words.choose);
  return tell("web_app_send_prepared_message", { id });
}

dress();
tell("web_app_ready");
share().catch(() => say(words.failed));
