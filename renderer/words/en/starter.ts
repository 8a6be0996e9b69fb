/** What the built-in model can draw, as in the README beside it. */
export const starter = {
  only: "{{model}} can draw only these: {{things}}.",
  things: {
    name: "Things",
    list: "dog, cat, fish, bird, flower, tree, house, star, heart, ball, box, moon, mushroom, boat, balloon, robot",
  },
  colours: {
    name: "Colours",
    list: "red, orange, yellow, green, blue, purple, pink, brown, black, white, gray",
  },
  places: {
    name: "Places",
    list: "in a meadow, on the beach, at night, at sunset, in the snow, under water, on a blue background (or another colour)",
  },
};

export const STARTER_KNOWS = ["things", "colours", "places"] as const;
