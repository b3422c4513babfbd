// What scripts add to gazette; without them every page reads the same. No requests, nothing kept but the chosen scheme.
const root = document.documentElement;
const all = (selector) => document.querySelectorAll(selector);

// Colour scheme: automatic, light, dark, in turn
const schemes = ["auto", "light", "dark"];
const button = document.querySelector(".scheme");
if (button) {
  const names = button.dataset.names.split("|");
  const show = () => {
    button.title = names[schemes.indexOf(root.dataset.scheme)] ?? names[0];
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    root.dataset.scheme = schemes[(schemes.indexOf(root.dataset.scheme) + 1) % 3];
    try { localStorage.setItem("gazette-scheme", root.dataset.scheme); } catch { /* private mode: for this page only */ }
    show();
  });
  show();
}

// Copy the page's address, its citation, or a listing
const said = document.querySelector("[data-said]");
async function copy(text, from) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return;
  }
  const label = from.textContent;
  const done = said ? said.dataset.said : "✓";
  if (said) said.textContent = done;
  from.textContent = done;
  setTimeout(() => { from.textContent = label; if (said) said.textContent = ""; }, 1500);
}
for (const each of all("[data-copy]")) {
  each.addEventListener("click", () => copy(each.dataset.copy || each.parentNode.querySelector("p").innerText, each));
}
const cite = document.querySelector(".cite [data-copy]");
for (const listing of cite ? all(".prose pre") : []) {
  const box = document.createElement("div");
  const press = document.createElement("button");
  box.className = "code";
  press.type = "button";
  press.textContent = cite.textContent;
  press.addEventListener("click", () => copy(listing.innerText, press));
  listing.replaceWith(box);
  box.append(listing, press);
}

// The device's own share sheet, where there is one
const share = document.querySelector("[data-share]");
if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => {
    navigator.share({ title: document.querySelector("h1").innerText, url: location.href.split("#")[0] }).catch(() => {});
  });
}

// Contents: mark the section that is being read
const links = new Map([...all(".toc a")].map((link) => [link.getAttribute("href").slice(1), link]));
if (links.size) {
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let marked;
  const mark = () => {
    const now = links.get(headings.findLast((heading) => heading.getBoundingClientRect().top < 120)?.id);
    if (now === marked) return;
    marked?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    marked = now;
  };
  addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
  mark();
}

// Footnotes beside the text, where there is room: each as high as its mark, or below the one before
const prose = root.classList.contains("notes-beside") && document.querySelector(".prose:has(.footnotes)");
if (prose) {
  const room = matchMedia("(min-width: 75em)");
  const place = () => {
    prose.classList.toggle("beside", room.matches);
    let free = 0;
    for (const note of room.matches ? prose.querySelectorAll(".footnotes ol > li") : []) {
      const mark = document.getElementById(note.id.replace("fn-", "fnref-"));
      const at = Math.max(free, mark.getBoundingClientRect().top - prose.getBoundingClientRect().top);
      note.style.insetBlockStart = `${at}px`;
      free = at + note.offsetHeight + 14;
    }
  };
  new ResizeObserver(place).observe(prose);
}

// Search: a click, "/" or Ctrl-K fetch the palette; without it the link leads to the search page
const search = document.querySelector("[data-search]");
if (search) {
  const open = (event) => {
    event.preventDefault();
    import(search.dataset.search).then((palette) => palette.open(search)).catch(() => { location = search.href; });
  };
  search.addEventListener("click", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) open(event);
  });
  addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.metaKey;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (modified ? event.key.toLowerCase() === "k" : event.key === "/" && !typing && !event.altKey) open(event);
  });
}
