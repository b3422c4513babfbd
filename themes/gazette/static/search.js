// Search: the form of the search page, there and in a palette over any page. Loaded when it is first wanted.
// The index is Pagefind's (pagefind.app), one part a language, of a large collection several ("en", "en-x-1"); each part is
// searched, and the best of all come first.
const SHOWN = 10;
const MERGED = 100; // of each language, when results of several stand in order of date: each costs a request

// One Pagefind per language, for it holds only one: it reads the language from <html lang> the moment it is made.
async function openPart(folder, language) {
  const pagefind = await import(`${folder}pagefind.js?${language}`);
  const root = document.documentElement;
  const before = root.lang;
  root.lang = language;
  const part = pagefind.createInstance({ excerptLength: 24 });
  root.lang = before;
  await part.init();
  return part;
}

const spoken = (part) => part.split("-x-")[0];

async function openIndex(folder) {
  const address = new URL(folder, location.href).href;
  const answer = await fetch(`${address}pagefind-entry.json`);
  if (!answer.ok) throw new Error(answer.statusText);
  const { languages } = await answer.json();
  const mine = document.documentElement.lang.toLowerCase();
  const ranked = Object.keys(languages).sort(
    (a, b) => (spoken(b) === mine) - (spoken(a) === mine) || languages[b].page_count - languages[a].page_count || (a < b ? -1 : 1),
  );
  return Promise.all(ranked.map((language) => openPart(address, language)));
}

function start(box) {
  const form = box.querySelector("form");
  const status = box.querySelector("[role=status]");
  const list = box.querySelector(".found");
  const more = box.querySelector(".more");
  const words = JSON.parse(box.dataset.words);
  const inPalette = Boolean(box.closest("dialog"));
  let parts;
  let asked = 0;
  let results = [];

  const say = (text) => { status.textContent = text; };
  const load = () => (parts ??= openIndex(box.dataset.index).then(async (found) => {
    await offerFilters(found);
    return found;
  }));

  // The choices of each filter, with the number of articles, from all parts together
  async function offerFilters(found) {
    const totals = {};
    for (const filters of await Promise.all(found.map((part) => part.filters()))) {
      for (const [name, values] of Object.entries(filters)) {
        const total = (totals[name] ??= {});
        for (const [value, count] of Object.entries(values)) total[value] = (total[value] ?? 0) + count;
      }
    }
    const names = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language", fallback: "code" });
    for (const select of form.querySelectorAll("[data-filter]")) {
      const values = Object.entries(totals[select.name] ?? {});
      values.sort(([a], [b]) => (select.name === "year" ? b - a : a.localeCompare(b)));
      for (const [value, count] of values) {
        select.add(new Option(`${select.name === "language" ? names.of(value) : value} (${count})`, value));
      }
      select.parentNode.hidden = values.length < 2;
    }
  }

  // Only <mark> from an excerpt: Pagefind escapes the rest, and what is shown is text all the same
  function excerpt(html) {
    const read = new DOMParser().parseFromString(html, "text/html").body;
    const line = document.createElement("p");
    for (const node of read.childNodes) {
      const made = node.nodeName === "MARK" ? document.createElement("mark") : document.createDocumentFragment();
      made.append(node.textContent);
      line.append(made);
    }
    return line;
  }

  function shown({ url, meta, excerpt: html }) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const about = document.createElement("p");
    item.dir = "auto";
    if (meta.language) item.lang = meta.language;
    link.href = url;
    link.textContent = meta.title;
    about.className = "meta";
    for (const text of [meta.author, meta.date && day(meta.date)]) {
      if (!text) continue;
      const part = document.createElement("span");
      part.dir = "auto";
      part.textContent = text;
      about.append(part);
    }
    item.append(link, excerpt(html), about);
    return item;
  }

  // As the pages have it: in English the day before the month
  const locale = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang || "en";
  const day = (iso) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" })
    .format(new Date(`${iso}T00:00:00Z`));

  async function showMore(turn) {
    const next = await Promise.all(results.slice(list.children.length, list.children.length + SHOWN).map((r) => r.data()));
    if (turn !== asked) return;
    const first = next.map(shown);
    list.append(...first);
    more.hidden = list.children.length >= results.length;
    return first[0];
  }

  function query() {
    const filters = {};
    for (const select of form.querySelectorAll("[data-filter]")) if (select.value) filters[select.name] = select.value;
    const order = form.elements.order.value;
    const term = form.elements.q.value.trim();
    return { term, filters, sort: order ? { date: order } : {}, empty: !term && !Object.keys(filters).length };
  }

  // With an order, what each part gives is in order; dates of different parts are compared as they are shown
  async function merged(found, { term, filters, sort }) {
    const answers = await Promise.all(found.map((part) => part.search(term || null, { filters, sort })));
    const all = answers.flatMap((answer) => answer?.results ?? []);
    if (!sort.date) return all.sort((a, b) => b.score - a.score);
    if (answers.filter((answer) => answer?.results.length).length < 2) return all;
    const first = answers.flatMap((answer) => answer?.results.slice(0, MERGED) ?? []);
    const dated = await Promise.all(first.map(async (result) => [(await result.data()).meta.date ?? "", result]));
    dated.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (sort.date === "asc" ? 1 : -1));
    return [...dated.map(([, result]) => result), ...answers.flatMap((answer) => answer?.results.slice(MERGED) ?? [])];
  }

  async function ask() {
    const turn = ++asked;
    const wanted = query();
    if (!inPalette) history.replaceState(history.state, "", address(wanted));
    if (wanted.empty) {
      results = [];
      list.replaceChildren();
      more.hidden = true;
      say("");
      return;
    }
    let found;
    try {
      found = await merged(await load(), wanted);
    } catch {
      parts = undefined;
      if (turn === asked) say(words.failed);
      return;
    }
    if (turn !== asked) return;
    results = found;
    list.replaceChildren();
    const count = new Intl.NumberFormat(document.documentElement.lang || "en").format(found.length);
    say(found.length ? words.found.replace("{count}", count) : words.none);
    await showMore(turn);
  }

  function address({ term, filters, sort }) {
    const said = new URLSearchParams(filters);
    if (term) said.set("q", term);
    if (sort.date) said.set("order", sort.date);
    return `${location.pathname}${said.size ? `?${said}` : ""}`;
  }

  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    ask();
  });
  form.elements.q.addEventListener("focus", () => load().catch(() => { parts = undefined; }), { once: true });
  more.firstElementChild.addEventListener("click", async () => (await showMore(asked))?.querySelector("a").focus());

  // Arrows go from the words to the results and through them; Enter follows the link that has the focus, as ever
  box.addEventListener("keydown", (event) => {
    if (event.target.matches("select") || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (at < 0 && event.key !== "ArrowDown") return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to >= links.length) return;
    event.preventDefault();
    (to < 0 ? form.elements.q : links[to]).focus();
  });
  return {
    focus: () => form.elements.q.select(),
    async restore(search) {
      const given = new URLSearchParams(search);
      if (!given.size) return;
      form.elements.q.value = given.get("q") ?? "";
      form.elements.order.value = given.get("order") ?? "";
      try {
        await load();
      } catch {
        parts = undefined;
      }
      for (const select of form.querySelectorAll("[data-filter]")) select.value = given.get(select.name) ?? "";
      await ask();
    },
  };
}

// The palette takes its form, in the site's own words, from the search page
let dialog;
let palette;
export async function open(link) {
  const onPage = document.querySelector("main #Search");
  if (onPage) return onPage.querySelector("[name=q]").select();
  if (!dialog) {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const box = page.querySelector("#Search");
    dialog = document.createElement("dialog");
    dialog.className = "palette";
    dialog.lang = page.documentElement.lang;
    dialog.dir = page.documentElement.dir;
    dialog.setAttribute("aria-label", page.querySelector("h1").textContent);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.setAttribute("aria-label", JSON.parse(box.dataset.words).close);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("keydown", (event) => { // or Escape would first empty the field
      if (event.key !== "Escape") return;
      event.preventDefault();
      dialog.close();
    });
    dialog.append(close, document.adoptNode(box));
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = link.dataset.style;
    const styled = new Promise((done) => { style.onload = style.onerror = done; });
    document.head.append(style);
    await styled;
    document.body.append(dialog);
    palette = start(dialog.querySelector("#Search"));
  }
  if (!dialog.open) dialog.showModal();
  palette.focus();
}

const page = document.querySelector("main #Search");
if (page) {
  const form = start(page);
  form.restore(location.search);
  if (!location.search) form.focus();
}
