// Small menus beside the button that opens them.
import { make } from "./dom.js";

export function openMenu(anchor, entries, { host = anchor.parentElement, kind = "" } = {}) {
  // `entries`: [label or elements, act]. In the top layer, so that nothing clips it.
  document.querySelector(".popup")?.remove();
  const box = make("div", { class: `popup ${kind}`, role: "menu", popover: "manual" });
  const shut = (back) => {
    if (!box.isConnected) return;
    document.removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", shut);
    box.remove();
    if (back) anchor.focus();
  };
  const outside = (event) => { if (!box.contains(event.target)) shut(false); };
  for (const [label, act, traits] of entries) {
    box.append(make("button", { type: "button", role: "menuitem", ...traits, onclick: () => { shut(true); act(); } },
      ...(Array.isArray(label) ? label : [label])));
  }
  box.addEventListener("keydown", (event) => steer(event, box, shut));
  document.addEventListener("pointerdown", outside, true);
  addEventListener("resize", shut);
  host.append(box);
  box.showPopover();
  settle(box, anchor.getBoundingClientRect());
  box.querySelector("button")?.focus();
  return shut;
}

function steer(event, box, shut) {
  const items = [...box.querySelectorAll("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const across = box.classList.contains("emoji");
  const steps = { ArrowDown: 1, ArrowUp: -1, ...(across ? { ArrowRight: 1, ArrowLeft: -1 } : {}) };
  if (event.key in steps) items.at((at + steps[event.key]) % items.length).focus();
  else if (event.key === "Home") items[0].focus();
  else if (event.key === "End") items.at(-1).focus();
  else if (event.key === "Escape" || event.key === "Tab") shut(true);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function settle(box, beside) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = beside.bottom + 4 + height <= innerHeight;
  const top = below ? beside.bottom + 4 : Math.max(8, beside.top - height - 4);
  const left = beside.left + width <= innerWidth - 8 ? beside.left : beside.right - width;
  box.style.top = `${top}px`;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
}
