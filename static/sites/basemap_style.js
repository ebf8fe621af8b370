"use strict";
// Define the style of the base map: muted tones, so that levels are the only strong colours of a map.
(() => {
  // prettier-ignore
  const LIGHT = {
    land: "#f3f4ee", town: "#eeece8", green: "#e4ebdd", wood: "#d9e4d2", ground: "#eceae6", works: "#ebe9ed", sand: "#f1ecdf", water: "#c8d9e2",
    square: "#f0ede7", building: "#e1ded8", wall: "#cbc6be", street: "#ffffff", kerb: "#d6d3cd", road: "#ffffff", verge: "#c2beb6",
    rail: "#a8a49d", border: "#9a93a3", text: "#555c66", name: "#343b45", wet: "#5b7f92", halo: "#f6f5f2",
  };
  // prettier-ignore
  const DARK = {
    land: "#1c2531", town: "#212b39", green: "#1f2f30", wood: "#1d312c", ground: "#232d3a", works: "#262c3b", sand: "#2b2f36", water: "#101a27",
    square: "#2a3442", building: "#2a3646", wall: "#3a485b", street: "#354154", kerb: "#18202c", road: "#445269", verge: "#141b26",
    rail: "#5d6b80", border: "#77708a", text: "#a9b4c4", name: "#d5dde8", wet: "#6f93ab", halo: "#1c2531",
  };
  const POLYGON = 3,
    LINE = 2,
    POINT = 1;
  /** @typedef {(zoom: number, feature: import("protomaps-leaflet").Feature) => boolean} Test */
  /** @type {(...kinds: unknown[]) => Test} */
  const one =
    (...kinds) =>
    (_zoom, f) =>
      kinds.includes(f.props.kind);
  /** @type {(...kinds: unknown[]) => Test} */
  const classed =
    (...kinds) =>
    (_zoom, f) =>
      kinds.includes(f.props.class);
  /** @type {(type: number, test?: Test) => Test} */
  const shaped =
    (type, test = () => true) =>
    (zoom, f) =>
      f.geomType === type && test(zoom, f);

  // The layer of each kind of feature in the tiles, and its condition: [layer, test].
  const PROTOMAPS = {
    land: ["earth"],
    green: [
      "landuse",
      one(
        "park",
        "garden",
        "grass",
        "grassland",
        "scrub",
        "cemetery",
        "allotments",
        "village_green",
        "playground",
        "golf_course",
        "pitch",
        "recreation_ground",
      ),
    ],
    farm: ["landuse", one("farmland", "orchard", "vineyard", "meadow")],
    wood: ["landuse", one("wood", "forest", "nature_reserve")],
    town: ["landuse", one("residential")],
    ground: ["landuse", one("school", "university", "college", "kindergarten", "hospital", "railway")],
    works: ["landuse", one("industrial", "commercial", "military", "aerodrome")],
    sand: ["landuse", one("beach", "sand")],
    square: ["landuse", one("pedestrian", "pier")],
    water: ["water", shaped(POLYGON)],
    river: ["water", shaped(LINE)],
    building: ["buildings"],
    pier: ["roads", (_zoom, f) => f.props.kind_detail === "pier"],
    path: ["roads", (_zoom, f) => ["path", "other"].includes(f.props.kind) && f.props.kind_detail !== "pier"],
    minor: ["roads", one("minor_road")],
    major: ["roads", one("major_road", "medium_road")],
    highway: ["roads", one("highway")],
    rail: ["roads", one("rail")],
    border: ["boundaries"],
    majorName: ["roads", one("major_road", "medium_road", "highway")],
    minorName: ["roads", one("minor_road", "path")],
    waterName: ["water", shaped(POINT)],
    place: ["places", one("locality")],
    quarter: ["places", one("neighbourhood", "macrohood")],
    poi: [
      "pois",
      one(
        "station",
        "townhall",
        "town_hall",
        "hospital",
        "school",
        "college",
        "park",
        "lighthouse",
        "library",
        "stadium",
        "cemetery",
        "marketplace",
        "ferry_terminal",
      ),
    ],
  };
  const OPENMAPTILES = {
    green: ["landcover", classed("grass", "wetland")],
    farm: ["landcover", classed("farmland")],
    wood: ["landcover", classed("wood")],
    town: ["landuse", classed("residential", "suburb", "quarter", "neighbourhood")],
    yard: ["landuse", classed("cemetery", "pitch", "playground", "park", "zoo")],
    ground: ["landuse", classed("school", "university", "college", "kindergarten", "hospital", "railway")],
    works: ["landuse", classed("industrial", "commercial", "military")],
    sand: ["landcover", classed("sand")],
    square: ["transportation", shaped(POLYGON)],
    water: ["water", shaped(POLYGON)],
    river: ["waterway", shaped(LINE)],
    building: ["building"],
    pier: ["transportation", shaped(LINE, classed("pier"))],
    path: ["transportation", shaped(LINE, classed("path", "track"))],
    minor: ["transportation", shaped(LINE, classed("minor", "service"))],
    major: ["transportation", shaped(LINE, classed("primary", "secondary", "tertiary"))],
    highway: ["transportation", shaped(LINE, classed("motorway", "trunk"))],
    rail: ["transportation", shaped(LINE, classed("rail", "transit", "tram"))],
    border: ["boundary", (_zoom, f) => f.props.admin_level <= 8],
    majorName: ["transportation_name", classed("motorway", "trunk", "primary", "secondary", "tertiary")],
    minorName: ["transportation_name", classed("minor", "path")],
    waterName: ["water_name", shaped(POINT)],
    place: ["place", classed("city", "town", "village")],
    quarter: ["place", classed("suburb", "quarter", "neighbourhood")],
    poi: [
      "poi",
      (_zoom, f) =>
        ["town_hall", "hospital", "school", "college", "library", "park", "stadium", "cemetery"].includes(
          f.props.class,
        ) || f.props.subclass === "station",
    ],
  };

  const paints = (find, c) => {
    const by =
      (...stops) =>
      (zoom) =>
        protomapsL.exp(1.6, stops)(zoom);
    const rule = (thing, symbolizer, minzoom) => find(thing) && { ...find(thing), symbolizer, minzoom };
    const area = (thing, fill, minzoom) => rule(thing, new protomapsL.PolygonSymbolizer({ fill }), minzoom);
    const line = (thing, color, width, minzoom, more) =>
      rule(
        thing,
        new protomapsL.LineSymbolizer({ color, width, lineCap: "round", lineJoin: "round", ...more }),
        minzoom,
      );
    const minor = [
        [12, 0.4],
        [14, 1.6],
        [16, 6],
        [19, 22],
      ],
      major = [
        [8, 0.6],
        [12, 1.6],
        [14, 3.4],
        [16, 9],
        [19, 30],
      ];
    const highway = [
      [6, 0.8],
      [12, 2.4],
      [14, 4.4],
      [16, 11],
      [19, 34],
    ];
    const wider = (stops, more) => stops.map(([zoom, width]) => [zoom, width + more]);
    return [
      area("land", c.land),
      area("farm", c.land),
      area("town", c.town),
      area("green", c.green),
      area("yard", c.green),
      area("ground", c.ground),
      area("works", c.works),
      area("sand", c.sand),
      area("wood", c.wood),
      area("square", c.square),
      area("water", c.water),
      line("river", c.water, by([9, 0.4], [14, 2], [18, 10])),
      line("pier", c.square, by([13, 1], [16, 8], [19, 30])),
      rule(
        "building",
        new protomapsL.PolygonSymbolizer({
          fill: c.building,
          stroke: c.wall,
          width: (zoom) => (zoom < 16 ? 0.4 : 0.8),
          perFeature: true,
        }),
        14,
      ),
      line("path", c.kerb, by([14, 0.6], [19, 4]), 14, { lineCap: "butt" }),
      line("rail", c.rail, by([10, 0.6], [14, 1.2], [19, 3]), 10, { lineCap: "butt" }),
      line("minor", c.kerb, by(...wider(minor, 1.2)), 13),
      line("major", c.verge, by(...wider(major, 1.4)), 11),
      line("highway", c.verge, by(...wider(highway, 1.6)), 9),
      line("minor", c.street, by(...minor), 12),
      line("major", c.road, by(...major), 8),
      line("highway", c.road, by(...highway), 6),
      line("border", c.border, (zoom) => (zoom < 13 ? 1 : 1.4), 9, { dash: [6, 4], lineCap: "butt", opacity: 0.7 }),
    ].filter(Boolean);
  };
  const ABOVE_PX = 22;
  const labels = (find, c, language, font) => {
    const labelProps = [`name:${language}`, "name:fr", "name", "name:latin"];
    const halo = { labelProps, stroke: c.halo, width: 2 };
    const rule = (thing, symbolizer, minzoom, maxzoom) =>
      find(thing) && { ...find(thing), symbolizer, minzoom, maxzoom };
    const along = (fill, size) =>
      new protomapsL.LineLabelSymbolizer({
        ...halo,
        fill,
        font: (zoom) => `500 ${size(zoom)}px ${font}`,
        repeatDistance: 320,
      });
    const middle = (fill, weight, size, more) =>
      new protomapsL.CenteredTextSymbolizer({
        ...halo,
        fill,
        lineHeight: 1.35,
        font: (zoom) => `${weight} ${size(zoom)}px ${font}`,
        ...more,
      });
    // Above the middle of the town, where its markers are, so that their numbers stay legible.
    const places = rule(
      "place",
      new protomapsL.OffsetTextSymbolizer({
        ...halo,
        fill: c.name,
        font: (zoom) => `600 ${zoom < 12 ? 13 : 16}px ${font}`,
        offsetY: -ABOVE_PX,
        placements: [protomapsL.TextPlacements.N],
        justify: protomapsL.Justify.Center,
      }),
      7,
      14,
    );
    const others = [
      rule(
        "majorName",
        along(c.text, (zoom) => (zoom < 16 ? 11 : 13)),
        14,
      ),
      rule(
        "minorName",
        along(c.text, (zoom) => (zoom < 17 ? 11 : 12.5)),
        16,
      ),
      rule(
        "poi",
        middle(c.text, 500, () => 11.5),
        15,
      ),
      rule(
        "waterName",
        middle(c.wet, "italic 500", (zoom) => (zoom < 13 ? 12 : 13), { stroke: c.water, width: 1 }),
        9,
      ),
      rule(
        "quarter",
        middle(c.text, 600, () => 11, { textTransform: "uppercase", letterSpacing: 1 }),
        13,
        15,
      ),
    ];
    return { labelRules: others.filter(Boolean), nameRules: [places].filter(Boolean) };
  };

  // Return the options of a protomaps-leaflet layer: paint rules, label rules and background colour. The names of
  // towns are apart (nameRules), for a layer above the markers.
  window.palierBasemapStyle = (schema, dark, language, font) => {
    const layers = schema === "openmaptiles" ? OPENMAPTILES : PROTOMAPS;
    const find = (thing) => layers[thing] && { dataLayer: layers[thing][0], filter: layers[thing][1] };
    const colours = dark ? DARK : LIGHT;
    return {
      paintRules: paints(find, colours),
      ...labels(find, colours, language, font),
      backgroundColor: colours.land,
    };
  };
})();
