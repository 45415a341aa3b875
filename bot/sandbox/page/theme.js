// Light or dark: as the system has it, until somebody chooses here.
import { round, sign } from "./dom.js";
import { words } from "./words.js";

const system = matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

export function themeSwitch() {
  const button = round("moon", words.dark, () => {
    const wished = isDark() ? "light" : "dark";
    const asSystem = (wished === "dark") === system.matches;
    if (asSystem) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = wished;
    if (asSystem) localStorage.removeItem("theme");
    else localStorage.setItem("theme", wished);
    draw();
  }, { class: "theme" });
  const draw = () => {
    const label = isDark() ? words.light : words.dark;
    button.setAttribute("aria-label", label);
    button.title = label;
    button.replaceChildren(sign(isDark() ? "sun" : "moon"));
    dispatchEvent(new Event("theme"));
  };
  system.addEventListener("change", draw);
  draw();
  return button;
}

export function themeParams() {
  // The colours as a Mini App is told them.
  const style = getComputedStyle(document.body);
  const probe = document.body.appendChild(document.createElement("i"));
  const colour = (name) => {
    probe.style.color = style.getPropertyValue(name);
    const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g);
    return `#${[r, g, b].map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
  };
  const told = {
    bg_color: colour("--panel"), secondary_bg_color: colour("--ground"), text_color: colour("--ink"), hint_color: colour("--soft"),
    link_color: colour("--link"), button_color: colour("--accent"), button_text_color: colour("--on-accent"),
  };
  probe.remove();
  return told;
}
