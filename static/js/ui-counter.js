// Say how many characters are left, from 80 percent on. The visible line follows each key;
// a copy for screen readers waits until the typing rests, so that it does not talk over the writer.
const REST = 1200;

export function counters(root) {
  for (const line of root.querySelectorAll("[data-counter]")) {
    const area = document.getElementById(line.dataset.counter);
    if (!area || line.dataset.ready) continue;
    line.dataset.ready = "yes";
    const most = Number(area.dataset.max);
    const calm = line.textContent;
    const spoken = document.createElement("p");
    spoken.className = "visually-hidden";
    spoken.setAttribute("aria-live", "polite");
    line.after(spoken);
    let timer;
    const numbers = new Intl.NumberFormat(document.documentElement.lang);
    const count = (speak) => {
      // A line break is two characters on its way to the server.
      const used = area.value.replace(/\r\n|\n/g, "\r\n").length;
      const left = most - used;
      const words = left < 0 ? line.dataset.over : line.dataset.left;
      line.textContent = used < most * 0.8 ? calm : words.replace("{n}", numbers.format(Math.abs(left)));
      line.classList.toggle("over", left < 0);
      clearTimeout(timer);
      if (speak) timer = setTimeout(() => { spoken.textContent = used < most * 0.8 ? "" : line.textContent; }, REST);
    };
    area.addEventListener("input", () => count(true));
    count(false);
  }
}
