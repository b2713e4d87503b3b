// What the pages do beyond showing themselves: theme, search, opening and closing,
// narrowing the index. Without this script the pages are whole, and only lack these.
"use strict";
(() => {
  const root = document.documentElement;
  const store = {
    get(key) { try { return localStorage.getItem("cimarron." + key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem("cimarron." + key, value); } catch { /* stays for this page */ } },
  };

  // The theme is set before the first paint.
  const themes = ["system", "light", "dark"];
  const symbols = { system: "\u25d0", light: "\u2600", dark: "\u263e" };
  let theme = store.get("theme");
  if (!themes.includes(theme)) theme = "system";
  function showTheme() {
    if (theme === "system") delete root.dataset.theme; else root.dataset.theme = theme;
  }
  showTheme();

  function setUpTheme() {
    const button = document.querySelector(".theme");
    const describe = () => {
      button.firstElementChild.textContent = symbols[theme];
      button.setAttribute("aria-label", "Theme: " + theme);
      button.title = "Theme: " + theme;
    };
    button.hidden = false;
    describe();
    button.addEventListener("click", () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      store.set("theme", theme);
      showTheme();
      describe();
    });
  }

  // Opening and closing.
  function setUpDetails() {
    const toc = document.querySelector(".toc > details");
    if (toc && matchMedia("(min-width: 60.01rem)").matches) toc.open = true;

    for (const tools of document.querySelectorAll(".tools")) {
      tools.hidden = false;
      tools.addEventListener("click", (event) => {
        const which = event.target.dataset.open;
        if (!which) return;
        for (const one of document.querySelectorAll(".tree details")) one.open = which === "all";
      });
    }

    const inherited = [...document.querySelectorAll("details.inherited")];
    if (inherited.length > 0) {
      const show = (open) => { for (const one of inherited) one.open = open; };
      let open = store.get("inherited") === "shown";
      if (open) show(true);
      const buttons = [];
      for (const part of new Set(inherited.map((one) => one.parentElement))) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "toggle";
        button.addEventListener("click", () => {
          open = !open;
          store.set("inherited", open ? "shown" : "hidden");
          show(open);
          name();
        });
        part.querySelector("h2").append(" ", button);
        buttons.push(button);
      }
      const name = () => {
        for (const button of buttons) {
          button.textContent = open ? "Hide inherited" : "Show inherited";
          button.setAttribute("aria-pressed", String(open));
        }
      };
      name();
    }

    // A link to something inside a closed part opens it.
    const reveal = () => {
      if (location.hash.length < 2) return;
      let target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!target) return;
      const inner = target.querySelector(":scope > details");
      if (inner && target.closest(".tree")) inner.open = true;
      let opened = false;
      for (let one = target.closest("details"); one; one = one.parentElement.closest("details")) {
        opened = opened || !one.open;
        one.open = true;
      }
      if (opened || inner) target.scrollIntoView();
    };
    addEventListener("hashchange", reveal);
    reveal();
  }

  // The index of classes.
  function setUpFilter() {
    const filter = document.querySelector(".filter");
    if (!filter) return;
    filter.hidden = false;
    const input = filter.querySelector("input[type=search]");
    const kinds = [...filter.querySelectorAll("input[type=checkbox]")];
    const output = filter.querySelector("output");
    const letters = [...document.querySelectorAll("section.letter")].map((section) => ({
      section,
      items: [...section.querySelectorAll("li")].map((item) => ({
        item,
        name: item.querySelector("a").textContent.toLowerCase(),
        kinds: [...item.querySelectorAll(".badge")].map((badge) => badge.textContent),
      })),
    }));
    const apply = () => {
      const text = input.value.trim().toLowerCase();
      const wanted = kinds.filter((box) => box.checked).map((box) => box.value);
      let shown = 0;
      for (const { section, items } of letters) {
        let here = 0;
        for (const one of items) {
          const fits = one.name.includes(text) && wanted.every((kind) => one.kinds.includes(kind));
          one.item.hidden = !fits;
          if (fits) here += 1;
        }
        section.hidden = here === 0;
        shown += here;
      }
      output.textContent = text || wanted.length > 0 ? shown + (shown === 1 ? " class" : " classes") : "";
    };
    filter.addEventListener("input", apply);
    apply();
  }

  // Search. The index is a script, loaded when it is first wanted.
  const MOST = 40;
  const base = root.dataset.root;
  let entries = null;

  function slug(name) {
    let out = "";
    for (const byte of new TextEncoder().encode(name)) {
      const letter = String.fromCharCode(byte);
      out += /[A-Za-z0-9_]/.test(letter) ? letter : "-" + byte.toString(16).padStart(2, "0");
    }
    return out;
  }

  function readIndex({ n: spaces, c: classes, q: qualifiers }) {
    const several = spaces.length > 1;
    const all = [];
    const byClass = [];
    for (const [space, name, file, above, kind, about, properties, methods] of classes) {
      const page = base + spaces[space][1] + "class/" + (file || name) + ".html";
      const where = several ? " in " + spaces[space][0] : "";
      const words = { a: "association", i: "indication", c: "class" };
      const gone = kind.length > 1;
      const members = [];
      all.push({ rank: 0, name, href: page, what: words[kind[0]] + where, about: about || "", gone });
      for (const [list, prefix, what] of [[properties, "p-", "property"], [methods, "m-", "method"]]) {
        for (const member of list) {
          const entry = { rank: 1, owner: name, name: member, href: page + "#" + prefix + slug(member), what: what + where, about: "", gone };
          all.push(entry);
          members.push(entry);
        }
      }
      byClass.push({ name: name.toLowerCase(), above, members });
    }
    for (const [space, name] of qualifiers) {
      const href = base + spaces[space][1] + "qualifiers.html#q-" + slug(name);
      all.push({ rank: 1, name, href, what: "qualifier" + (several ? " in " + spaces[space][0] : ""), about: "" });
    }
    for (const entry of all) {
      entry.lower = entry.name.toLowerCase();
      entry.whole = entry.owner ? entry.owner.toLowerCase() + "." + entry.lower : entry.lower;
    }
    return { all, byClass };
  }

  function whenLoaded(then) {
    if (entries) { then(); return; }
    const script = document.createElement("script");
    script.src = base + "assets/search.js";
    script.addEventListener("load", () => {
      entries = readIndex(window.cimarronIndex);
      then();
    });
    document.head.append(script);
  }

  // The lower, the better; null where the entry does not fit. A name fits best as a
  // whole, then at its start, at the start of one of its words, and anywhere. Words also
  // fit as one, as names are written.
  function score(entry, words) {
    const apart = scoreOfEach(entry, words);
    if (words.length < 2) return apart;
    const joined = scoreOfEach(entry, [words.join("")]);
    if (joined === null) return apart;
    return apart === null ? joined + 2 : Math.min(apart, joined + 2);
  }

  function scoreOfEach(entry, words) {
    let total = entry.rank * 4 + (entry.gone ? 6 : 0);
    for (const word of words) {
      const text = word.includes(".") ? entry.whole : entry.lower;
      const at = text.indexOf(word);
      if (at < 0) {
        if (beginsBoth(entry, word)) { total += 10; continue; }
        if (entry.owner && words.length > 1 && entry.owner.toLowerCase().includes(word)) { total += 12; continue; }
        return null;
      }
      const bare = withoutSchema(entry.lower);
      const name = word.includes(".") ? entry.owner + "." + entry.name : entry.name;
      if (text === word || bare === word) total += 0;
      else if (at === 0 || bare.startsWith(word)) total += 8;
      else if (/[A-Z0-9]/.test(name[at]) || name[at - 1] === "_") total += 16;
      else total += 24;
    }
    return total + entry.name.length / 100;
  }

  function withoutSchema(name) {
    return name.slice(name.indexOf("_") + 1);
  }

  // Whether a word with a dot begins the names of a class and of a member of it.
  function beginsBoth(entry, word) {
    const dot = word.indexOf(".");
    if (dot < 1 || !entry.owner || !entry.lower.startsWith(word.slice(dot + 1))) return false;
    const owner = entry.owner.toLowerCase();
    return owner.startsWith(word.slice(0, dot)) || withoutSchema(owner).startsWith(word.slice(0, dot));
  }

  // What a class inherits is found by its dotted name too, or by both names.
  function inheritedMembers(text) {
    const dot = text.indexOf(".");
    if (dot < 1) return [];
    const found = [];
    const owner = text.slice(0, dot);
    const start = entries.byClass.findIndex((one) => one.name === owner || withoutSchema(one.name) === owner);
    for (let at = start >= 0 ? entries.byClass[start].above : -1; at >= 0; at = entries.byClass[at].above) {
      for (const member of entries.byClass[at].members) {
        if (member.lower.startsWith(text.slice(dot + 1))) found.push({ entry: member, score: 30 + found.length / 1000 });
      }
    }
    return found;
  }

  function search(query) {
    const text = query.toLowerCase().replace(/\(\)$/, "");
    const words = text.split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const found = [];
    for (const entry of entries.all) {
      const value = score(entry, words);
      if (value !== null) found.push({ entry, score: value });
    }
    found.push(...inheritedMembers(words.length === 2 ? words.join(".") : text.trim()));
    found.sort((a, b) => a.score - b.score || (a.entry.whole < b.entry.whole ? -1 : a.entry.whole > b.entry.whole ? 1 : 0));
    return found.map((one) => one.entry);
  }

  function marked(element, text, words) {
    const lower = text.toLowerCase();
    let at = -1;
    let length = 0;
    for (const word of words) {
      const here = lower.indexOf(word);
      if (here >= 0 && word.length > length) { at = here; length = word.length; }
    }
    if (at < 0) { element.append(text); return; }
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + length);
    element.append(text.slice(0, at), mark, text.slice(at + length));
  }

  function setUpSearch() {
    const form = document.querySelector("form.search");
    const input = document.getElementById("search");
    const list = document.getElementById("results");
    let chosen = -1;
    form.hidden = false;
    for (const hint of document.querySelectorAll(".hint")) hint.hidden = false;

    const options = () => [...list.querySelectorAll("a")];
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      chosen = -1;
    };
    const choose = (next) => {
      const all = options();
      if (all.length === 0) return;
      chosen = (next + all.length) % all.length;
      all.forEach((one, i) => one.setAttribute("aria-selected", String(i === chosen)));
      all[chosen].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", all[chosen].id);
    };
    const show = () => whenLoaded(() => {
      const query = input.value.trim();
      if (query === "") { close(); return; }
      const found = search(query);
      const words = query.toLowerCase().split(/\s+/);
      list.replaceChildren(...found.slice(0, MOST).map((entry, i) => {
        const link = document.createElement("a");
        link.href = entry.href;
        link.id = "result-" + i;
        link.setAttribute("role", "option");
        link.tabIndex = -1;
        const name = document.createElement("span");
        if (entry.gone) name.className = "gone";
        marked(name, entry.owner ? entry.owner + "." + entry.name : entry.name, words);
        const what = document.createElement("span");
        what.className = "what";
        what.textContent = entry.what;
        link.append(name, what);
        if (entry.about) {
          const about = document.createElement("span");
          about.className = "about";
          about.textContent = entry.about;
          link.append(about);
        }
        return link;
      }));
      if (found.length > MOST || found.length === 0) {
        const note = document.createElement("p");
        note.textContent = found.length === 0 ? "Nothing has this name." : "\u2026 and " + (found.length - MOST) + " more";
        list.append(note);
      }
      list.hidden = false;
      list.scrollTop = 0;
      input.setAttribute("aria-expanded", "true");
      chosen = -1;
      choose(0);
    });

    input.addEventListener("focus", () => whenLoaded(() => { if (input.value.trim()) show(); }));
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") { choose(chosen + 1); event.preventDefault(); }
      else if (event.key === "ArrowUp") { choose(chosen - 1); event.preventDefault(); }
      else if (event.key === "Escape") { if (list.hidden) input.blur(); close(); event.preventDefault(); }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const link = options()[Math.max(chosen, 0)];
      if (!link) return;
      close();
      input.blur();
      location.href = link.href;
    });
    list.addEventListener("click", (event) => { if (event.target.closest("a")) close(); });
    document.addEventListener("click", (event) => { if (!form.contains(event.target)) close(); });
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName) || document.activeElement.isContentEditable;
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.focus();
        input.select();
      }
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    setUpTheme();
    setUpDetails();
    setUpFilter();
    setUpSearch();
  });
})();
