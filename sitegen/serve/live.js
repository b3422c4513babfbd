// The preview's own script: hears that something changed, asks for the state of this page, and brings the page up to
// date in place. It applies what differs between the page as it was served and as it is served now, so whatever people
// or scripts have done to the page since (typed, opened, played, inserted) stays as it is.
(() => {
  "use strict";
  const me = document.currentScript, root = new URL(".", me.src).pathname, tab = Math.random().toString(36).slice(2);
  let digest = me.dataset.digest, status = +me.dataset.status, seen = -1, base = null, source = null, release = null;
  let asking = false, again = false, box = null, dismissed = "";
  const channel = window.BroadcastChannel ? new BroadcastChannel(root) : null;
  const served = () => fetch(location.href, { headers: { "X-Sitegen-Plain": "1" }, cache: "no-store" });
  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

  // ---- which node is which

  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.nodeType !== 1 || a.id === b.id) &&
    (a.nodeName !== "LINK" || a.rel === b.rel) && (a.nodeName !== "META" || a.name === b.name);
  const same = (a, b) => a.isEqualNode(b);

  // Pairs of two lists of nodes, in order: equal ends first, then the longest run of equal or alike nodes between them.
  function pairs(a, b, loose) {
    const out = new Map();
    let from = 0, n = a.length, m = b.length;
    while (from < n && from < m && same(a[from], b[from])) { out.set(b[from], a[from]); from++; }
    while (n > from && m > from && same(a[n - 1], b[m - 1])) out.set(b[--m], a[--n]);
    const x = a.slice(from, n), y = b.slice(from, m), w = y.length + 1;
    if (x.length * y.length > 4e6) return out;
    const score = (p, q) => same(p, q) ? 8 : loose(p, q) ? (p.id && p.id === q.id ? 4 : p.textContent === q.textContent ? 3 : 1) : 0;
    const best = new Uint32Array((x.length + 1) * w), scores = new Uint8Array(x.length * w);
    for (let i = x.length - 1; i >= 0; i--) for (let j = y.length - 1; j >= 0; j--) {
      const s = scores[i * w + j] = score(x[i], y[j]);
      best[i * w + j] = Math.max(best[(i + 1) * w + j], best[i * w + j + 1], s ? best[(i + 1) * w + j + 1] + s : 0);
    }
    for (let i = 0, j = 0; i < x.length && j < y.length;) {
      const s = scores[i * w + j];
      if (s && best[i * w + j] === best[(i + 1) * w + j + 1] + s) out.set(y[j++], x[i++]);
      else if (best[i * w + j] === best[(i + 1) * w + j]) i++;
      else j++;
    }
    return out;
  }

  // ---- bringing the page up to date

  function patch(live, was, now) {
    if (same(was, now)) return;
    if (now.nodeType !== 1) { if (live.data === was.data) live.data = now.data; return; }
    for (const { name, value } of now.attributes) if (was.getAttribute(name) !== value) live.setAttribute(name, value);
    for (const { name } of was.attributes) if (!now.hasAttribute(name)) live.removeAttribute(name);
    const before = [...was.childNodes], after = [...now.childNodes];
    const moved = pairs(before, after, alike), here = new Map();
    for (const [b, l] of pairs([...live.childNodes], before, alike)) here.set(b, l);
    const kept = new Set(moved.values());
    for (const node of before) if (!kept.has(node) && here.has(node)) here.get(node).remove();
    let last = null; // the live node after which the next one belongs
    for (const node of after) {
      const old = moved.get(node), mine = old && here.get(old);
      if (mine && mine.parentNode === live) {
        last = isSheet(old) && old.href !== node.href ? swap(mine, node) : (patch(mine, old, node), mine);
      } else {
        const fresh = document.importNode(node, true);
        live.insertBefore(fresh, last ? last.nextSibling : live.firstChild);
        last = fresh;
      }
    }
  }

  const isSheet = (node) => node.nodeName === "LINK" && /\bstylesheet\b/i.test(node.rel);

  // The old sheet stays until the new one is there, so the page is never bare.
  function swap(old, node, href) {
    const fresh = document.importNode(node, true);
    if (href) fresh.href = href;
    fresh.onload = fresh.onerror = () => old.remove();
    old.after(fresh);
    return fresh;
  }

  const scripts = (doc) => [...doc.querySelectorAll("script")].filter((s) => !/json/.test(s.type)).map((s) => s.outerHTML).join("\n");

  async function update() {
    const answer = await served(), text = await answer.text();
    if (answer.status !== 200) return; // the next state says why
    const now = parsed(text), newest = answer.headers.get("X-Sitegen-Digest");
    if (!base || status !== 200 || scripts(base) !== scripts(now)) return location.reload();
    patch(document.documentElement, base.documentElement, now.documentElement);
    base = now; digest = newest;
    document.dispatchEvent(new CustomEvent("sitegen:updated"));
  }

  // Plain files keep their address when they change: sheets and pictures that show them are asked for anew.
  function renew(files) {
    const changed = new Set(files), stamp = (url) => { url.searchParams.set("sitegen", Date.now()); return url.href; };
    const hit = (address) => { const url = address && new URL(address, location); return url && changed.has(decodeURI(url.pathname)) ? url : null; };
    for (const link of document.querySelectorAll("link[rel~=stylesheet]")) {
      const url = hit(link.href);
      if (url) swap(link, link, stamp(url));
    }
    for (const image of document.images) { const url = hit(image.currentSrc || image.src); if (url) image.src = stamp(url); }
    for (const script of document.scripts) if (hit(script.src)) return location.reload();
  }

  // ---- asking

  async function ask() {
    if (asking) { again = true; return; }
    asking = true;
    try {
      do {
        again = false;
        const query = new URLSearchParams({ page: location.pathname, seen });
        const answer = await fetch(`${root}state?${query}`, { cache: "no-store" });
        if (answer.status === 403) return location.reload(); // another run of the preview
        await take(await answer.json());
      } while (again);
    } catch { /* the preview has ended, or is starting again: the stream says when it is back */ } finally { asking = false; }
  }

  async function take(state) {
    const first = seen < 0;
    seen = state.number;
    if (state.navigate && !first && latest() && state.navigate !== decodeURI(location.pathname)) return location.assign(encodeURI(state.navigate));
    if (state.moved && state.status === 404) return location.replace(encodeURI(state.moved));
    if (state.status === 200) {
      if (status !== 200) return location.reload();
      if (state.digest !== digest) await update();
    } else if (status === 404 && state.status === 404 && state.digest !== digest) return location.reload();
    if (!first && state.files === null) return location.reload();
    if (state.files && state.files.length) renew(state.files);
    const gone = state.status === 404 && status === 200;
    show(gone ? [{ error: true, message: "This page has been deleted.", help: "It appears again as soon as it is back.", path: "" }] : state.problems, state.others, state.more);
  }

  const latest = () => { try { return (localStorage["sitegen:last"] || tab) === tab; } catch { return true; } };
  const mark = () => { try { localStorage["sitegen:last"] = tab; } catch { /* no storage, no matter */ } };

  // ---- what is wrong

  function show(problems, others, more) {
    const key = JSON.stringify([problems, others, more]);
    if (!problems.length && !others.length) { if (box) box.remove(); box = null; dismissed = ""; return; }
    if (box && box.key === key) return;
    if (box) box.remove();
    box = document.createElement("sitegen-overlay");
    box.key = key;
    const shadow = box.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    const open = problems.length > 0 && dismissed !== key;
    const panel = element("div", { className: "panel", hidden: !open, role: "alert" });
    const all = [...problems, ...others], count = all.length + more, grave = all.some((problem) => problem.error);
    const said = `${count} ${grave ? "problem" : "warning"}${count > 1 ? "s" : ""}`;
    const badge = element("button", { className: grave ? "badge" : "badge mild", hidden: open, textContent: said });
    badge.onclick = () => { panel.hidden = false; badge.hidden = true; };
    const close = element("button", { className: "close", textContent: "×", title: "Close (Escape)", ariaLabel: "Close" });
    close.onclick = () => { panel.hidden = true; badge.hidden = false; dismissed = key; };
    panel.append(close, ...all.map(entry));
    if (more) panel.append(element("section", { textContent: `… and ${more} more; sitegen build lists them all.` }));
    if (!grave) panel.classList.add("mild");
    shadow.append(panel, badge);
    document.documentElement.append(box);
  }

  function entry(problem) {
    const place = [problem.path, ...[problem.line, problem.line && problem.column].filter(Boolean)].join(":");
    const out = element("section");
    if (place) {
      const where = element(problem.link ? "a" : problem.post ? "button" : "span", { className: "place", textContent: place });
      if (problem.link) where.href = problem.link;
      else if (problem.post) where.onclick = () => fetch(`${root}open?at=${encodeURIComponent(place)}`, { method: "POST" });
      out.append(where);
    }
    out.append(element("p", { textContent: problem.message }));
    if (problem.excerpt && problem.line) {
      const pre = element("pre"), from = Math.max(0, problem.column - 1);
      if (problem.column) pre.append(problem.excerpt.slice(0, from), element("mark", { textContent: problem.excerpt.slice(from, from + Math.max(1, problem.width)) || " " }), problem.excerpt.slice(from + Math.max(1, problem.width)));
      else pre.append(problem.excerpt);
      out.append(pre);
    }
    if (problem.context) out.append(element("p", { className: "help", textContent: `while ${problem.context}` }));
    if (problem.help) out.append(element("p", { className: "help", textContent: problem.help }));
    return out;
  }

  const element = (name, fields = {}) => Object.assign(document.createElement(name), fields);
  addEventListener("keydown", (event) => { if (event.key === "Escape" && box) box.shadowRoot.querySelector(".close").click(); });

  const STYLE = `:host{all:initial;position:fixed;inset:0;z-index:2147483647;pointer-events:none;font:15px/1.5 system-ui,sans-serif;color:#eee}
.panel{pointer-events:auto;position:absolute;inset:5vh 0 auto;margin:auto;max-width:min(60rem,92vw);max-height:88vh;overflow:auto;box-sizing:border-box;padding:1.2rem 1.5rem;background:#1c1c1f;border-top:.35rem solid #e5484d;border-radius:.4rem;box-shadow:0 1rem 4rem #000a}
[hidden]{display:none!important}section+section{border-top:1px solid #444;margin-top:1rem;padding-top:1rem}
.place{all:unset;color:#7cc4ff;font:13px ui-monospace,monospace}a.place,button.place{cursor:pointer;text-decoration:underline}:focus-visible{outline:2px solid #7cc4ff}
p{margin:.3rem 0}pre{margin:.5rem 0;padding:.6rem;background:#000;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}mark{background:#e5484d;color:#fff}.help{color:#b9b9c0}
.badge,.close{pointer-events:auto;cursor:pointer;border:0;font:inherit;color:#fff;background:#c62a2f;border-radius:1rem;padding:.3rem .9rem}.badge{position:absolute;right:1rem;bottom:1rem}.mild{border-color:#d9a514}.badge.mild{background:#8a6500}.close{float:right;background:none;font-size:1.3rem}`;

  // ---- hearing

  // A browser opens six connections to a host. So one tab holds the stream for all of them, and passes on what it hears;
  // hidden tabs hold none, and ask when they are shown.
  function hear() {
    if (source || document.hidden) return;
    const open = () => {
      source = new EventSource(`${root}events`);
      source.onmessage = (event) => { ask(); if (channel) channel.postMessage(event.data); };
      source.onerror = () => { if (source && source.readyState === 2) { source = null; setTimeout(retry, 1000); } };
    };
    if (!navigator.locks || !channel) return open();
    if (release) return;
    const stop = new AbortController();
    release = () => stop.abort();
    navigator.locks.request(root, { signal: stop.signal }, () => new Promise((done) => {
      release = () => { done(); };
      if (!document.hidden) { open(); ask(); }
    })).catch(() => {});
  }

  // A preview that was started anew has another token: then the page is loaded again.
  async function retry() {
    try { await served(); location.reload(); } catch { setTimeout(retry, 1000); }
  }

  function rest() {
    if (source) { source.close(); source = null; }
    if (release) { release(); release = null; }
  }

  if (channel) channel.onmessage = () => { if (!document.hidden) ask(); };
  document.addEventListener("visibilitychange", () => { if (document.hidden) rest(); else { mark(); ask(); hear(); } });
  addEventListener("focus", mark);
  addEventListener("pagehide", rest);
  addEventListener("pageshow", (event) => { if (event.persisted) { ask(); hear(); } });
  if (!document.hidden) mark();

  (async () => {
    try {
      if (status === 200) {
        const answer = await served(), text = await answer.text();
        if (answer.headers.get("X-Sitegen-Digest") !== digest) return location.reload(); // it changed while it came
        base = parsed(text);
      }
    } catch { /* see ask */ }
    hear();
    ask();
  })();
})();
