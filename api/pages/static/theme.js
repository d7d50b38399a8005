// Runs before anything is painted: the theme that was chosen, and what needs scripts shown.
const root = document.documentElement;
root.classList.add("scripted");
const kept = (() => {
  try {
    return localStorage.getItem("quicktakes.theme");
  } catch {
    return null; // storage may be forbidden
  }
})();
if (kept === "light" || kept === "dark") root.dataset.theme = kept;

addEventListener("DOMContentLoaded", () => {
  document.getElementById("theme").addEventListener("click", () => {
    const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
    const isDark = (root.dataset.theme || (prefersDark ? "dark" : "light")) === "dark";
    root.dataset.theme = isDark ? "light" : "dark";
    try {
      localStorage.setItem("quicktakes.theme", root.dataset.theme);
    } catch {
      // it then lasts until the page is left
    }
  });
});
