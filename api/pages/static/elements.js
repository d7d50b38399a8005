// Elements made from values; text is always text.

/** Returns an element: `on...` attributes are listeners, the others attributes; null, false and undefined are left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

export function button(text, onclick, attributes = {}) {
  return el("button", { type: "button", class: "plain", onclick, ...attributes }, text);
}

/** Returns an element that shows HTML which the server made safe. */
export function prose(html, style = "prose") {
  const element = el("div", { class: style });
  element.innerHTML = html;
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Tells a screen reader what was shown; tags of Markdown are not read out. */
export function speak(text) {
  byId("spoken").append(el("span", {}, `${text.replace(/[*`$]+|^#+ /g, "")} `));
}
