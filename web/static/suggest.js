// An ARIA combobox over every box with data-suggest; without this script the box simply submits.
const PAUSE_MS = 120;

for (const input of document.querySelectorAll("input[data-suggest]")) combobox(input);

function combobox(input) {
  const list = Object.assign(document.createElement("ul"), { id: `${input.id}-suggestions`, hidden: true });
  const status = Object.assign(document.createElement("div"), { className: "hidden" });
  let options = [];
  let active = -1;
  let timer = 0;
  let asked = null;

  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.placeholder);
  status.setAttribute("role", "status");
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  input.after(list, status);

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function select(index) {
    active = index;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", options[active].id);
  }

  function choose(index) {
    input.value = options[index].textContent;
    close();
    input.form.requestSubmit();
  }

  function show(names) {
    options = names.map((name, place) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${place}`, textContent: name, lang: "zh-CN" });
      option.setAttribute("role", "option");
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault(); // the box keeps its focus
        choose(place);
      });
      return option;
    });
    list.replaceChildren(...options);
    status.textContent = names.length ? `${names.length} ${input.dataset.announce}` : "";
    if (!names.length) return close();
    select(-1);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    const typed = input.value.trim();
    if (!typed || typed.length > 40) return close();
    try {
      const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal: asked.signal });
      if (answer.ok) show((await answer.json()).suggestions.filter((name) => name !== typed));
    } catch (error) {
      if (error.name !== "AbortError") close(); // offline: the box still submits
    }
  }

  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    asked?.abort();
    close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // this Enter ends a word of the input method, not the question
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && !list.hidden) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const size = options.length + 1; // one place for what was typed
      select(((active + 1 + step + size) % size) - 1);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(active);
    }
  });
}
