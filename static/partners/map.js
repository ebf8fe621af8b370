"use strict";
// Show the map of a publication: a marker for each site, and a slider over all publications to the circle.
function showPublishedSites(map) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const words = read("map-words");
  const row = (rank, points) => {
    const url = points.find((point) => point.rank === rank)?.url;
    return url && document.querySelector(`#ranking a[href="${url}"]`)?.closest("tr");
  };
  let shown = [];
  let lit = null;
  const light = (rank) => {
    lit?.classList.remove("published-row-lit");
    lit = row(rank, shown);
    lit?.classList.add("published-row-lit");
  };
  const groupName = (n, level) => words.group.replace("{n}", n).replace("{level}", level);
  const sites = palierMap.sites(map, { groupName, onLight: light });
  const about = (point) => {
    const link = document.createElement("a");
    link.href = point.url;
    link.textContent = `${point.rank}. ${point.name}`;
    const level = document.createElement("p");
    level.className = "m-0 text-secondary";
    level.textContent = `${point.label} – ${point.decision}`;
    return [link, level];
  };
  const draw = (points) => {
    shown = points;
    sites.draw(
      points.map((point) => ({
        ...point,
        key: point.rank,
        name: `${point.label} – ${point.rank}. ${point.name}`,
        about: () => about(point),
      })),
    );
  };
  palierMap.keyboard(map, words.close);
  palierMap.legend();
  palierMap.paper(map, sites);
  // The printed map shows the ranks of all sites: load the whole ranking to be printed with it.
  const button = /** @type {HTMLAnchorElement} */ (document.getElementById("map-print"));
  const whole = async () => {
    const part = document.getElementById("ranking");
    if (!("part" in part.dataset)) return () => {};
    const asked = new URLSearchParams(location.search);
    asked.set("par_page", new URLSearchParams(button.search).get("par_page"));
    asked.delete("page");
    const answer = await fetch(`?${asked}`, { headers: { "HX-Request": "true", "HX-Target": "ranking" } });
    if (!answer.ok) return () => {};
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const all = page.querySelector("#ranking");
    part.replaceWith(all);
    return () => all.replaceWith(part);
  };
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const fold = await whole();
    await palierMap.print(map);
    fold();
  });
  const pointed = ({ type, target }) => {
    const url = target.closest?.("#ranking tr")?.querySelector("a[href*='/sites/']")?.getAttribute("href");
    const rank = shown.find((point) => point.url === url)?.rank;
    sites.light(type === "mouseout" || type === "focusout" || rank === undefined ? null : rank);
  };
  for (const name of ["mouseover", "mouseout", "focusin", "focusout"]) document.addEventListener(name, pointed);

  const states = read("states");
  const here = read("state-here");
  const said = document.getElementById("state-said");
  const fetched = new Map();
  const fetchState = (index) => {
    if (!fetched.has(index)) {
      const asked = fetch(states[index].points).then((answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
        return answer.json();
      });
      // A failed request is not cached, so that it is repeated the next time.
      asked.catch(() => fetched.delete(index));
      fetched.set(index, asked);
    }
    return fetched.get(index);
  };
  const say = (text) => {
    said.textContent = text;
    said.hidden = false;
  };
  const begin = async () => {
    try {
      draw((await fetchState(here)).points);
      palierMap.place(map, L.latLngBounds(shown.map((point) => point.at)));
      map.on("moveend", () => history.replaceState(history.state, "", palierMap.hashOf(map)));
    } catch {
      say(words.failed);
    }
  };
  begin();

  const slider = /** @type {HTMLInputElement} */ (document.getElementById("state"));
  if (!slider) return;
  const open = /** @type {HTMLAnchorElement} */ (document.getElementById("state-open"));
  slider.addEventListener("input", async () => {
    const index = Number(slider.value);
    slider.setAttribute("aria-valuetext", states[index].day);
    const state = await fetchState(index).catch(() => null);
    if (Number(slider.value) !== index) return;
    if (!state) return say(words.failed);
    draw(state.points);
    say(`${states[index].day} : ${state.summary}`);
    open.href = states[index].page;
    open.hidden = states[index].page === slider.dataset.here;
  });
}
