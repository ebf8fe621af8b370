// What the scripts of `static/` find in a page besides what every browser gives: libraries loaded before
// them, what one of them offers to the others, and the elements of our templates.

declare const Chart: typeof import("chart.js/auto").default;
declare const htmx: typeof import("htmx.org").default;
declare const protomapsL: typeof import("protomaps-leaflet");
declare const webauthnJSON: {
  create(options: unknown): Promise<unknown>;
  get(options: unknown): Promise<unknown>;
};

/** A site as a map draws it. */
interface PalierSite {
  at: L.LatLngExpression;
  level: number;
  /** What a screen reader says of its marker. */
  name: string;
  /** Its place in the list beside the map, from 1. */
  rank: number;
  key: string | number;
  /** The nodes of its popup. */
  about(): Node[];
}

interface PalierSites {
  draw(all: PalierSite[]): void;
  /** Mark one site, or none. */
  light(key: string | number | null): void;
  /** Bring a site into view and open its popup; false if it is not drawn. */
  show(key: string | number): boolean;
  /** Write on each marker the ranks it stands for, for paper. */
  number(): void;
}

interface PalierMap {
  /** The person asks for no movement. */
  still: boolean;
  sites(
    map: L.Map,
    words: { groupName(count: number, level: number): string; onLight?(key: string | number | null): void },
  ): PalierSites;
  keyboard(map: L.Map, closeWord: string): void;
  place(map: L.Map, bounds: L.LatLngBoundsExpression | null, maxZoom?: number): void;
  hashOf(map: L.Map): string;
  legend(): HTMLElement | null;
  paper(map: L.Map, sites: PalierSites): void;
  /** Fit the bounds into the map, by quarters of a zoom where it is narrow. */
  fit(map: L.Map, bounds: L.LatLngBoundsExpression, options?: L.FitBoundsOptions): void;
  /** Print the map once it is drawn on the paper's size; `settled` ends when its data has come. */
  print(map: L.Map, settled?: () => Promise<void>): Promise<void>;
}

/** One thing chosen in the filters of the map, and how to take it back. */
interface PalierChoice {
  label: string;
  remove(): void;
  isLevel?: boolean;
}

interface PalierMapFilters {
  form: PalierFilterForm;
  query(): URLSearchParams;
  chosen(): PalierChoice[];
  clear(): void;
  /** Choose what the query of an address says. */
  restore(search: string): void;
}

interface PalierMarkers {
  icon(level: number, options?: { count?: number; name?: string }): L.DivIcon;
  /** The ring of a hot spot. */
  ring(options: { html: HTMLElement; name: string }): L.DivIcon;
}

/** What the page of the map lends to the layer of hot spots. */
interface PalierHotSpotsTools {
  words: Record<string, string>;
  filled(text: string, values: Record<string, unknown>): string;
  number(n: number): string;
  element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement;
  levelLabel(level: number): Node;
  link(site: unknown[], name: string): Node;
  /** The person reads several landlords. */
  several: boolean;
}

interface PalierHotSpots {
  layer: HTMLElement;
  /** Draw and list the hot spots of an answer, none where the layer is off. */
  draw(hot?: { sites: any[][]; more: boolean; few: boolean }): void;
}

/** How the background of a map is painted, as a layer of protomaps-leaflet takes it. */
interface PalierBasemapStyle {
  nameRules: import("protomaps-leaflet").LabelRule[];
  paintRules: import("protomaps-leaflet").PaintRule[];
  labelRules: import("protomaps-leaflet").LabelRule[];
  backgroundColor: string;
}

interface Window {
  palierBasemap(map: L.Map): L.Layer | null;
  palierBasemapStyle(schema: string, dark: boolean, language: string, font: string): PalierBasemapStyle;
  palierMap: PalierMap;
  palierMapFilters: PalierMapFilters;
  palierHotSpots?(map: L.Map, tools: PalierHotSpotsTools): PalierHotSpots;
  palierMarkers: PalierMarkers;
  /** The maps that django-leaflet has made so far. */
  maps?: L.Map[];
}

declare const palierBasemapStyle: Window["palierBasemapStyle"];
declare const palierMap: PalierMap;
declare const palierMapFilters: PalierMapFilters;
declare const palierMarkers: PalierMarkers;

interface WindowEventMap {
  /** django-leaflet made a map. */
  "map:init": CustomEvent<{ map: L.Map; options: object }>;
}

/** What htmx tells with its events, as far as we listen. */
interface HtmxDetail {
  elt: HTMLElement;
  target: HTMLElement;
  formData: FormData;
  pathInfo: { requestPath: string };
  shouldSwap: boolean;
  xhr: XMLHttpRequest;
}

interface GlobalEventHandlersEventMap {
  /** A form was filled with a draft. */
  drafted: CustomEvent<{ answers: Map<string, string> }>;
  "htmx:load": CustomEvent<HtmxDetail>;
  "htmx:afterSettle": CustomEvent<HtmxDetail>;
  "htmx:beforeSwap": CustomEvent<HtmxDetail>;
  "htmx:responseError": CustomEvent<HtmxDetail>;
  "htmx:configRequest": CustomEvent<HtmxDetail>;
}

/** Fields that a script reaches by their names. */
type Fields<Names extends Record<string, Element>> = HTMLFormControlsCollection & Names;

interface PalierEntryForm extends HTMLFormElement {
  elements: Fields<{
    csrfmiddlewaretoken: HTMLInputElement;
    day: HTMLInputElement;
    narrative: HTMLTextAreaElement;
    token: HTMLInputElement;
  }>;
}

interface PalierFilterForm extends HTMLFormElement {
  elements: Fields<{
    period: HTMLSelectElement;
    qpv: HTMLInputElement;
    since: HTMLInputElement;
    until: HTMLInputElement;
  }>;
}

/** What scripts find by an id that does not stand on just any element. */
interface PalierIds {
  "account-menu": HTMLDetailsElement;
  confirm: HTMLDialogElement;
  "days-chart": HTMLCanvasElement;
  "history-chart": HTMLCanvasElement;
  id_latitude: HTMLInputElement;
  id_longitude: HTMLInputElement;
  "map-again": HTMLTemplateElement;
  "map-center-icon": HTMLTemplateElement;
  "map-filters": PalierFilterForm;
  "map-legend": HTMLDetailsElement;
  "map-login": HTMLTemplateElement;
  "map-overlay": HTMLInputElement;
  "map-paper-list": HTMLTableElement;
  "map-to-list": HTMLAnchorElement;
  state: HTMLInputElement;
  "state-open": HTMLAnchorElement;
}

/** What scripts find by a selector, where a tag's name alone does not say which kind it is. */
interface PalierSelectors {
  "#place-search": HTMLInputElement;
  ".map-legend": HTMLDetailsElement;
  ".map-menu": HTMLDetailsElement;
  "[data-faults] a": HTMLAnchorElement;
  "[data-level-bars]": HTMLCanvasElement;
  "[name=place]:checked": HTMLInputElement;
  "button[type=submit]": HTMLButtonElement;
  "details.list-menu[open]": HTMLDetailsElement;
  "form.entry": PalierEntryForm;
  "input[name=theme]": HTMLInputElement;
}

interface Document {
  getElementById<K extends keyof PalierIds>(id: K): PalierIds[K] | null;
}

/** Our pages are looked through for HTML elements only. */
interface ParentNode {
  querySelector<K extends keyof HTMLElementTagNameMap>(selectors: K): HTMLElementTagNameMap[K] | null;
  querySelector<K extends keyof PalierSelectors>(selectors: K): PalierSelectors[K] | null;
  querySelector(selectors: string): HTMLElement | null;
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(selectors: K): NodeListOf<HTMLElementTagNameMap[K]>;
  querySelectorAll<K extends keyof PalierSelectors>(selectors: K): NodeListOf<PalierSelectors[K]>;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}

interface Element {
  closest<K extends keyof HTMLElementTagNameMap>(selector: K): HTMLElementTagNameMap[K] | null;
  closest(selectors: string): HTMLElement | null;
}

/** What is cloned here is a part of a template. */
interface DocumentFragment {
  cloneNode(subtree?: boolean): DocumentFragment;
}
